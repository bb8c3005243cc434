/*
 * progress.h - prints the progress of a stream, for --progress, or a note about
 * a stream that has not begun.
 *
 * On a console the progress is one line, which is redrawn five times a second.
 * Anywhere else, as in a file or a pipe, a new line is printed every second.
 *
 * Without --progress a stream that waits for its other side would look as if it
 * hung. So after two seconds of that, one note is printed, only on a console.
 * With --progress the line itself says so.
 */
#ifndef COMMON_CONSOLE_PROGRESS_H
#define COMMON_CONSOLE_PROGRESS_H

#include "common/console/report.h"
#include "common/platform.h"

struct progress {
    const struct report *report; /* NULL: print nothing */
    const char *awaited;         /* NULL: the other side has come */
    bool is_note;                /* print only the note that `awaited` is awaited */
    uint64_t total;              /* bytes in the whole stream; 0: not known */
    uint64_t begun;              /* moment of clock_now() */
    uint64_t every;              /* milliseconds between two lines */
    uint64_t due;                /* deadline for the next line; CLOCK_NEVER: there is none */
};

/*
 * Begin to show progress: 0 bytes have passed, and the time begins now. Print
 * nothing, also later, if `wanted` is false, if `report` is quiet, or if the
 * process has no standard error. `total` is the size of the whole stream in
 * bytes, or 0 if it is not known. `report` must stay valid as long as *progress
 * is used.
 */
void progress_begin(struct progress *progress, const struct report *report, bool wanted, uint64_t total);

/*
 * If progress is shown, let the line end in "waiting for AWAITED", without the
 * rate and the time left. Otherwise let progress_show() print this as a note
 * once, two seconds from now, if standard error is a console. The text may
 * change, and must stay valid until progress_has_come().
 */
void progress_await(struct progress *progress, const struct report *report, const char *awaited);

/* Print no such words any more: AWAITED has come. */
void progress_has_come(struct progress *progress);

/*
 * Print the progress if the next line is due, or in any case if `last`. `bytes`
 * have passed so far, and the ring contains `fill` of at most `capacity` bytes.
 * The line has the bytes, the average rate and the time so far, how full the
 * ring is, and, if the total is known, the percentage and the time left. After
 * the last line the console continues on a new line.
 */
void progress_show(struct progress *progress, uint64_t bytes, uint64_t fill, uint64_t capacity, bool last);

#endif
