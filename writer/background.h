/*
 * background.h - holding in the background: shmwrite starts itself again, and
 * the new process takes over what the command has created.
 *
 * The new process inherits the command's open objects. Their numbers are on its
 * command line. It owns `holder` and sets an event; then the command may end. If
 * the command is killed before the new process owns `holder`, that process ends
 * as well, and NAME is gone. If the command gives up waiting, it ends the new
 * process.
 */
#ifndef WRITER_BACKGROUND_H
#define WRITER_BACKGROUND_H

#include "writer/hold.h"

/*
 * Pass NAME on to a holder in the background, and return when it holds NAME.
 * `hold` is still ours to close. If the holder belongs to a job, which may end
 * it, a note says so. On failure print a message, and NAME is held by no other
 * process than us. EXIT_CONFLICT comes without a message: another process owns
 * `holder`.
 */
enum status background_start(const struct writer *writer, struct hold *hold);

/*
 * Be that holder: options->background has what background_start() wrote. Prints
 * nothing, since nobody can read it.
 */
enum status background_run(struct writer *writer);

#endif
