/*
 * background.h - holding in the background: this program, started again, takes over what a command has made.
 *
 * The command tells it on its command line which process to ask, and the numbers of its open objects; it adopts them,
 * owns `holder`, and says that it is ready: from then on the command may end.
 */
#ifndef BACKGROUND_H
#define BACKGROUND_H

#include "hold.h"

/*
 * Hand NAME over to a holder in the background, and return when it holds it. `hold` is still ours to close. On failure
 * a line has been said, and nobody holds it but us.
 */
enum status background_start(const struct report *report, const struct writer_options *options,
                             const struct hold *hold);

/* Be that holder: options->background is what background_start() wrote. Says nothing, there is nobody to read it. */
enum status background_run(const struct report *report, const struct writer_options *options);

#endif
