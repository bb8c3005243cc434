/* holder.h - whether somebody holds NAME, and whether it is ours at all. `name` is the full name. */
#ifndef HOLDER_H
#define HOLDER_H

#include "platform.h"

enum holder_state {
    HOLDER_NONE, /* there is no holder, and nothing is left of one */
    HOLDER_GONE, /* it died, or is about to end: somebody still has its companion open */
    HOLDER_ALIVE
};

/* Is the holder of NAME alive? HOLDER_ALIVE, with the *error, also when it cannot be told. */
enum holder_state holder_find(const char *name, oserror *error);

/*
 * Does NAME have our trailer? Without a holder, only that tells that it once had one. Fails when NAME cannot be opened.
 */
oserror holder_is_ours(const char *name, bool *ours);

/*
 * Tell whoever counts, a holder or a stream's writer, that NAME has been read. Where nobody does, that is
 * OSERROR_FILE_NOT_FOUND.
 */
oserror holder_count_read(const char *name);

#endif
