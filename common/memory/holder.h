/*
 * holder.h - detects whether a process holds NAME.
 *
 * There are two ways. holder_find() looks at the mutex `holder`, which the
 * holder owns as long as it lives. This also works without a trailer, but it
 * owns the mutex for a moment, and needs a right to it that users who may only
 * read NAME do not have. holder_life() looks for the process that the trailer
 * records as the holder. It disturbs no other process, and needs only the right
 * to read the section.
 */
#ifndef COMMON_MEMORY_HOLDER_H
#define COMMON_MEMORY_HOLDER_H

#include "common/memory/trailer.h"

enum holder_state {
    HOLDER_NONE, /* there is no holder, and no mutex `holder` */
    HOLDER_GONE, /* the holder died or is about to end: the mutex exists without an owner */
    HOLDER_ALIVE /* a process owns the mutex, or that is unknown */
};

/*
 * Return the state of the holder of NAME, a full name. If no process owns the
 * mutex `holder`, this function owns it for a moment. So if two processes call
 * this function at the same time, one of them may return HOLDER_ALIVE because
 * of the other. A caller that gets HOLDER_ALIVE although holder_life() returns
 * LIFE_DEAD tries again for a short time.
 *
 * If the mutex cannot be opened or waited for, set *error and return
 * HOLDER_ALIVE, which is the careful assumption. Otherwise *error is
 * OSERROR_NONE.
 */
enum holder_state holder_find(const char *name, oserror *error);

/*
 * Return whether the process that the trailer records as the holder is alive.
 * Before there is a holder, return whether the creator is alive. Return
 * LIFE_UNKNOWN if the system does not say, or if the records keep changing.
 * Every reader may call this function, because it owns no mutex.
 */
enum life holder_life(const struct mapping *mapping);

/*
 * Return whether the value has been released or its holder is dead. Then no
 * further read of it can be counted.
 */
bool holder_is_over(const struct mapping *mapping);

/*
 * Report to the producer of the stream NAME that its consumer has attached, by
 * raising the semaphore `reads`. Succeed if the semaphore is already at its
 * maximum. Return OSERROR_FILE_NOT_FOUND if no producer has created it.
 */
oserror holder_count_read(const char *name);

#endif
