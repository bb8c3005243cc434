/* release.h - making the holder of a name let go, as `rm` does for a file. */
#ifndef WRITER_RELEASE_H
#define WRITER_RELEASE_H

#include "writer/context.h"

/*
 * Ask NAME's holder to let go, and return when NAME is gone. If another program
 * keeps NAME alive, return when our holder has let go, after a note about that.
 * --timeout bounds the wait.
 */
enum status release_run(struct writer *writer);

/*
 * End a value whose holder is dead, by the owner of `writer`. A holder that its
 * dead creator has started may just be beginning: it lets go, too.
 */
enum status release_value(const struct writer *writer);

#endif
