/* holder.h - whether somebody holds NAME. `name` is the full name. */
#ifndef COMMON_MEMORY_HOLDER_H
#define COMMON_MEMORY_HOLDER_H

#include "common/memory/trailer.h"

enum holder_state {
    HOLDER_NONE, /* there is no holder, and nothing is left of one */
    HOLDER_GONE, /* it died, or is about to end: somebody still has its companion open */
    HOLDER_ALIVE
};

/*
 * Return whether the holder of NAME is alive, by a look at its mutex, which the
 * caller owns for a moment if nobody does. The caller owns `writer` of NAME.
 * HOLDER_ALIVE, with the *error, also when that cannot be known.
 */
enum holder_state holder_find(const char *name, oserror *error);

/*
 * Return whether the process lives that the trailer says holds the value, or,
 * before there is a holder, the creator. LIFE_UNKNOWN if the system does not say.
 * Owns no mutex, so that every reader may call it.
 */
enum life holder_life(const struct mapping *mapping);

/* Whether the value has been released or its holder is dead: no further read of it can be counted. */
bool holder_is_over(const struct mapping *mapping);

/*
 * Tell a stream's writer that its reader has come. Returns
 * OSERROR_FILE_NOT_FOUND where no writer waits for that.
 */
oserror holder_count_read(const char *name);

#endif
