/*
 * announcement.h - wakes the followers of a value whenever it has changed.
 *
 * The protocol is that of winshm.h, FOLLOWERS. After each change of a value,
 * and after its end, the process that changed it announces the change. A
 * follower waits for the next announcement, and needs no right to write to the
 * memory.
 *
 * Each announcement has an event of its own, which is set once and never used
 * again. So no announcement can be missed, and a process that dies leaves
 * nothing behind. The followers create the event, so an announcement costs one
 * failing attempt to open it if nobody follows.
 */
#ifndef COMMON_MEMORY_ANNOUNCEMENT_H
#define COMMON_MEMORY_ANNOUNCEMENT_H

#include "common/memory/companion.h"
#include "common/memory/trailer.h"

/*
 * Announce that the value NAME, which is mapped for writing, has changed or
 * ended. The change must have been stored before. Never fail: a follower that
 * cannot be woken looks at the value from time to time.
 */
void announcement_make(const char *name, const struct mapping *mapping);

/* A follower of a value, between two announcements. */
struct listening {
    const char *name;    /* NAME: a full name */
    const char *sddl;    /* the descriptor for the event, or NULL if it is not known */
    uint64_t generation; /* the number of the next announcement, at the last announcement_listen() */
    object *event;       /* the event of that announcement, or NULL */
    bool is_old;         /* the event is that of an earlier announcement, to be closed when there is time */
    bool is_deaf;        /* this event cannot be used: poll until the next announcement */
};

/*
 * Begin to listen for changes, before the follower looks at the value. The
 * first call gets a *listening that has only the name and the descriptor.
 * announcement_wait() ends at once if there was an announcement after this
 * call, so a change that the look misses ends the wait.
 */
void announcement_listen(struct listening *listening, const struct mapping *mapping);

/*
 * Wait until the next announcement, or until `deadline`. Return at once if it
 * was made since announcement_listen(). If the event cannot be created or
 * opened, or if another program has set it, wait for at most `interval`
 * milliseconds instead. Return how the wait ended: after WAITED_SIGNALLED and
 * WAITED_TIMEOUT the caller looks at the value again.
 */
struct waited announcement_wait(struct listening *listening, const struct mapping *mapping, uint64_t interval,
                                uint64_t deadline);

/* Close the event. */
void announcement_forget(struct listening *listening);

#endif
