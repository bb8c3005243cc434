/* release.h - making the holder of a name let go: what `rm` does for a file. */
#ifndef WRITER_RELEASE_H
#define WRITER_RELEASE_H

#include "writer/context.h"

/*
 * Ask NAME's holder to let go, and return when NAME is gone; or, if another program keeps it alive, when our holder has
 * let go, with a word about that. --timeout bounds the wait.
 */
enum status release_run(const struct writer *writer);

/*
 * End a value whose holder is dead, by the owner of `writer`. A holder that its
 * dead creator has started may just be beginning: it lets go, too.
 */
enum status release_value(const struct report *report, const char *name);

#endif
