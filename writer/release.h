/* release.h - --release: ends a name by asking its holder to let go. */
#ifndef WRITER_RELEASE_H
#define WRITER_RELEASE_H

#include "writer/context.h"

/*
 * Ask the holder of NAME to let go, and return EXIT_DONE when NAME has
 * disappeared. If another program keeps the memory open, print a note and
 * return when the holder has let go. --timeout limits the wait. On failure
 * print a message and return the status.
 */
enum status release_run(struct writer *writer);

/*
 * End a value whose holder is dead. The caller owns the mutex `writer`. If a
 * command died while it started a holder in the background, that holder ends as
 * well. On failure print a message and return the status.
 */
enum status release_value(const struct writer *writer);

#endif
