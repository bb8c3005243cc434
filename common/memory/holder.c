/* holder.c - detects whether a process holds a name. */
#include "common/memory/holder.h"

#include "common/memory/companion.h"
#include "common/memory/shared.h"

/*
 * Attempts to load `held` and `holder` without a change in between. A new
 * holder takes over rarely, so after these attempts the trailer is damaged.
 */
#define LOOK_TRIES 10

/*
 * Return whether no living process owns the mutex: then a wait that may not
 * block makes us its owner, and we release it at once. Set *error if the wait
 * fails.
 */
static bool is_free(object *mutex, oserror *error)
{
    struct waited waited = wait_any(&mutex, 1, 0);
    if (waited.how != WAITED_SIGNALLED && waited.how != WAITED_ABANDONED) {
        *error = waited.how == WAITED_FAILED ? waited.error : OSERROR_NONE;
        return false;
    }
    (void)object_signal(mutex, SIGNAL_RELEASE);
    return true;
}

enum holder_state holder_find(const char *name, oserror *error)
{
    object *holder = NULL;
    *error = companion_open(name, COMPANION_HOLDER, NULL, &holder);
    if (*error == OSERROR_FILE_NOT_FOUND) {
        *error = OSERROR_NONE;
        return HOLDER_NONE;
    }
    if (*error != OSERROR_NONE) {
        return HOLDER_ALIVE;
    }
    enum holder_state state = is_free(holder, error) ? HOLDER_GONE : HOLDER_ALIVE;
    object_close(holder);
    return state;
}

enum life holder_life(const struct mapping *mapping)
{
    const winshm_trailer *trailer = mapping->trailer;
    for (int tries = 0; tries < LOOK_TRIES; tries++) {
        uint64_t held = shared_load64_acquire(&trailer->held);
        uint32_t holder = shared_load32_acquire(&trailer->holder);
        enum life life = holder == 0 ? process_life(mapping->creator, mapping->created) : process_life(holder, held);

        /*
         * The two loads may belong to different holders, or a new holder may
         * have taken over after them. So believe LIFE_DEAD only if both fields
         * are still the same.
         */
        if (life != LIFE_DEAD ||
            (shared_load32_acquire(&trailer->holder) == holder && shared_load64_acquire(&trailer->held) == held)) {
            return life;
        }
    }
    return LIFE_UNKNOWN;
}

bool holder_is_over(const struct mapping *mapping)
{
    return trailer_is_released(mapping) || holder_life(mapping) == LIFE_DEAD;
}

oserror holder_count_read(const char *name)
{
    object *reads = NULL;
    oserror error = companion_open(name, COMPANION_ATTACHED, NULL, &reads);
    if (error == OSERROR_NONE) {
        error = object_signal(reads, SIGNAL_RAISE);
        object_close(reads);
    }
    /*
     * A semaphore at its maximum is raised already, which is all that the
     * producer waits for.
     */
    return error == OSERROR_TOO_MANY_POSTS ? OSERROR_NONE : error;
}
