/*
 * background.h - holds a name in a background process.
 *
 * The command starts shmwrite again as a background process. That process takes
 * over the objects that the command has created: their numbers are on its
 * command line. It inherits the first three, and duplicates the others from the
 * command. Then it owns the mutex `holder` and sets an event, and the command
 * ends.
 *
 * If the command is killed before the background process has taken over, that
 * process ends as well, and NAME disappears. If the command stops waiting, it
 * ends the background process.
 */
#ifndef WRITER_BACKGROUND_H
#define WRITER_BACKGROUND_H

#include "writer/hold.h"

/*
 * Start a holder of NAME in the background, and return EXIT_DONE when it holds
 * NAME. The caller still closes `hold`. If the holder belongs to a job, which
 * may end it, print a note. If another process owns the mutex `holder`, return
 * EXIT_CONFLICT without a message. On any other failure print a message and
 * return the status. After a failure no other process holds NAME on behalf of
 * this one.
 */
enum status background_start(const struct writer *writer, struct hold *hold);

/*
 * Run as the holder that background_start() has started. options->background is
 * the value of --background. The process has no standard handles, so its
 * messages are not visible.
 */
enum status background_run(struct writer *writer);

#endif
