/*
 * report.h - what the tools say on stderr: one line a message, in one write,
 *
 *     shmread: NAME: what went wrong: what Windows said (5)
 *
 * in which the system's words stand when, and only when, the system had a reason. What is not printable is masked, so
 * that a name cannot move the cursor or forge a second line. Contents never get here.
 */
#ifndef COMMON_CONSOLE_REPORT_H
#define COMMON_CONSOLE_REPORT_H

#include <stdbool.h>

#include "common/console/status.h"
#include "common/oserror.h"

struct report {
    const char *program;
    const char *subject; /* NAME as the user typed it, or NULL before it is known */
    bool quiet;          /* say nothing at all: the exit status tells */
    bool verbose;        /* also say what only the curious want to know */
};

/*
 * Let the compiler check arguments against their format. GCC for Windows has to be asked to expect the C99 formats,
 * which mingw-w64's own printf understands; clang always expects them, and does not know the name.
 */
#if defined __MINGW32__ && !defined __clang__
#define REPORT_FORMAT(place, first) __attribute__((format(gnu_printf, place, first)))
#else
#define REPORT_FORMAT(place, first) __attribute__((format(printf, place, first)))
#endif

/* A failure. Returns `status`, so that it can be told and returned in one statement. */
enum status report_failure(const struct report *report, enum status status, oserror error, const char *format, ...)
    REPORT_FORMAT(4, 5);

/* Something the user should know, though nothing failed. */
void report_note(const struct report *report, const char *format, ...) REPORT_FORMAT(2, 3);

/* The same, only with --verbose. */
void report_detail(const struct report *report, const char *format, ...) REPORT_FORMAT(2, 3);

/*
 * How far something has come: a console shows it in one line that is redrawn, and kept when it is the `last`; anywhere
 * else each is a line.
 */
void report_progress(const struct report *report, bool last, const char *format, ...) REPORT_FORMAT(3, 4);

/* A wrong command line: says so even when quiet, points to --help, and returns EXIT_USAGE. */
enum status report_usage(const struct report *report, const char *format, ...) REPORT_FORMAT(2, 3);

/* Print to stdout, for --help and --version. Lines end in CR LF, as Windows' own programs end them. */
enum status report_print(const struct report *report, const char *text);

#endif
