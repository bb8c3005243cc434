/*
 * deadline.h - deadlines: moments at which a wait ends.
 *
 * A deadline is a moment of clock_now(), in milliseconds. CLOCK_NEVER is the
 * deadline of a wait without end.
 */
#ifndef COMMON_DEADLINE_H
#define COMMON_DEADLINE_H

#include "common/platform.h"

/*
 * Return the moment `milliseconds` after `now`, or CLOCK_NEVER if that is
 * beyond the end of the clock.
 */
static inline uint64_t deadline_from(uint64_t now, uint64_t milliseconds)
{
    return milliseconds < CLOCK_NEVER - now ? now + milliseconds : CLOCK_NEVER;
}

/* Like deadline_from(), but counted from the present moment. */
static inline uint64_t deadline_in(uint64_t milliseconds)
{
    return deadline_from(clock_now(), milliseconds);
}

/* Like deadline_in(), but return `latest` if that is earlier. */
static inline uint64_t deadline_within(uint64_t milliseconds, uint64_t latest)
{
    uint64_t moment = deadline_in(milliseconds);
    return moment < latest ? moment : latest;
}

/*
 * Sleep until `moment`, and return how the sleep ended, as wait_any() does. It
 * ends early if a caught Ctrl+C interrupts it, or if waiting fails.
 */
static inline struct waited deadline_sleep(uint64_t moment)
{
    return wait_any(NULL, 0, moment);
}

#endif
