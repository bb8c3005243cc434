/* progress.c - prints the progress of a stream, for --progress. */
#include "common/console/progress.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/deadline.h"
#include "common/text/size.h"

/* Milliseconds between two lines. */
#define EVERY_ON_CONSOLE 200
#define EVERY_ELSEWHERE 1000

/* Milliseconds before the note about a side that has not come. */
#define AWAIT_QUIETLY 2000

void progress_begin(struct progress *progress, const struct report *report, bool wanted, uint64_t total)
{
    object *error = file_standard(STANDARD_ERROR);
    *progress = (struct progress){.due = CLOCK_NEVER};
    if (wanted && error != NULL && !report->quiet) {
        progress->report = report;
        progress->total = total;
        progress->begun = clock_now();
        progress->every = file_is_console(error) ? EVERY_ON_CONSOLE : EVERY_ELSEWHERE;
        progress->due = deadline_from(progress->begun, progress->every);
    }
}

void progress_await(struct progress *progress, const struct report *report, const char *awaited)
{
    object *error = file_standard(STANDARD_ERROR);
    if (progress->report != NULL && !progress->is_note) {
        progress->awaited = awaited;
    } else if (progress->report == NULL && error != NULL && file_is_console(error)) {
        *progress =
            (struct progress){.report = report, .awaited = awaited, .is_note = true, .due = deadline_in(AWAIT_QUIETLY)};
    }
}

void progress_has_come(struct progress *progress)
{
    progress->awaited = NULL;
    if (progress->is_note) {
        progress->due = CLOCK_NEVER;
    }
}

/*
 * Write the percentage and the time left to `text`, at the average rate so far.
 * Write "" if there are no bytes yet, or if the total is unknown or wrong.
 */
static void append_rest(const struct progress *progress, uint64_t bytes, uint64_t elapsed, char *text, size_t room)
{
    text[0] = '\0';
    if (progress->total == 0 || bytes == 0 || bytes > progress->total) {
        return;
    }
    double share = (double)bytes / (double)progress->total;
    uint64_t left = (uint64_t)((double)elapsed * (1 - share) / share / 1000);
    (void)snprintf(text, room, ", %u %%, %" PRIu64 ":%02u left", (unsigned)(100 * share), left / 60,
                   (unsigned)(left % 60));
}

void progress_show(struct progress *progress, uint64_t bytes, uint64_t fill, uint64_t capacity, bool last)
{
    uint64_t now = clock_now();
    if (progress->report == NULL || (now < progress->due && !last)) {
        return;
    }
    if (progress->is_note) {
        if (!last && progress->awaited != NULL) {
            report_note(progress->report, "waiting for %s", progress->awaited);
        }
        progress->due = CLOCK_NEVER;
        return;
    }
    progress->due = deadline_from(now, progress->every);

    uint64_t elapsed = now - progress->begun;
    unsigned minutes = (unsigned)(elapsed / 60000);
    unsigned seconds = (unsigned)(elapsed / 1000 % 60);
    unsigned percent = (unsigned)(100 * fill / capacity);
    char size[SIZE_ROOM];
    (void)size_print(bytes, size);
    if (progress->awaited != NULL) {
        /* Without the rate, which means nothing yet, this fits into a row. */
        report_progress(progress->report, last, "%s, %u:%02u, ring %u %% full, waiting for %s", size, minutes, seconds,
                        percent, progress->awaited);
        return;
    }
    uint64_t rate = (uint64_t)((double)bytes * 1000 / (double)(elapsed != 0 ? elapsed : 1));
    char speed[SIZE_ROOM];
    char rest[64];
    append_rest(progress, bytes, elapsed, rest, sizeof rest);
    report_progress(progress->report, last, "%s, %s/s, %u:%02u, ring %u %% full%s", size, size_print(rate, speed),
                    minutes, seconds, percent, rest);
}
