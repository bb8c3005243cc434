/* progress.h - how far a stream has come, for --progress: a line that a console redraws, elsewhere one a second. */
#ifndef COMMON_CONSOLE_PROGRESS_H
#define COMMON_CONSOLE_PROGRESS_H

#include "common/console/report.h"
#include "common/platform.h"

struct progress {
    const struct report *report; /* NULL: nobody wants to know */
    uint64_t total;              /* bytes to come in all; 0: not known */
    uint64_t begun;              /* when */
    uint64_t every;              /* milliseconds between two lines */
    uint64_t due;                /* when the next line is; CLOCK_NEVER without --progress */
};

void progress_begin(struct progress *progress, const struct report *report, bool wanted, uint64_t total);

/* Show it if it is due, or with `last` in any case: `bytes` so far, and how full the ring is. */
void progress_show(struct progress *progress, uint64_t bytes, uint64_t fill, uint64_t capacity, bool last);

#endif
