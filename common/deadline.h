/* deadline.h - moments of clock_now() at which something is given up, and sleeping until one. */
#ifndef COMMON_DEADLINE_H
#define COMMON_DEADLINE_H

#include "common/platform.h"

/* Return the moment `milliseconds` after `now`; CLOCK_NEVER when that is beyond the end of the clock. */
static inline uint64_t deadline_from(uint64_t now, uint64_t milliseconds)
{
    return milliseconds < CLOCK_NEVER - now ? now + milliseconds : CLOCK_NEVER;
}

/* The same from this moment on. */
static inline uint64_t deadline_in(uint64_t milliseconds)
{
    return deadline_from(clock_now(), milliseconds);
}

/* The same, but not later than `latest`. */
static inline uint64_t deadline_within(uint64_t milliseconds, uint64_t latest)
{
    uint64_t moment = deadline_in(milliseconds);
    return moment < latest ? moment : latest;
}

/*
 * Sleep until `moment`. Return early, as wait_any() does, when a caught Ctrl+C
 * interrupts the sleep or waiting fails.
 */
static inline struct waited deadline_sleep(uint64_t moment)
{
    return wait_any(NULL, 0, moment);
}

#endif
