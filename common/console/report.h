/*
 * report.h - prints the messages of the tools.
 *
 * A message is one line on stderr, written in one call, so that the lines of
 * two programs do not mix:
 *
 *     shmread: NAME: sentence: words of Windows (5)
 *
 * The words and the number are those of the system's error. They are left out
 * if the system reported none. Characters that are not printable are replaced
 * by a question mark each, so that a name can neither move the cursor nor fake
 * a second line. The contents of shared memory are never part of a message.
 */
#ifndef COMMON_CONSOLE_REPORT_H
#define COMMON_CONSOLE_REPORT_H

#include <stdbool.h>

#include "common/console/status.h"
#include "common/oserror.h"

/* The beginning of every message, and the messages to print. Owns nothing. */
struct report {
    const char *program;
    const char *subject; /* NAME as the user typed it; NULL before it is known */
    bool quiet;          /* --quiet: print no messages */
    bool verbose;        /* --verbose: print details too */
};

/*
 * Let the compiler check the arguments of a function against its format.
 * `place` is the number of the parameter that is the format, and `first` is the
 * number of the first argument. On Windows __MINGW_PRINTF_FORMAT of <stdio.h>
 * is the kind of formats that printf expects. It depends on the C library,
 * because each one has another format for 64-bit numbers.
 */
#ifdef __MINGW_PRINTF_FORMAT
#define REPORT_FORMAT(place, first) __attribute__((format(__MINGW_PRINTF_FORMAT, place, first)))
#else
#define REPORT_FORMAT(place, first) __attribute__((format(printf, place, first)))
#endif

/*
 * Report a failure, unless `report` is quiet. `error` is the error of the
 * system, or OSERROR_NONE. Return `status`, so that a caller can report and
 * return a failure in one statement. Here and below, the message is lost if it
 * cannot be written.
 *
 * A message of EXIT_DENIED contains "access denied", so the number of
 * OSERROR_ACCESS_DENIED follows it without the words.
 */
enum status report_failure(const struct report *report, enum status status, oserror error, const char *format, ...)
    REPORT_FORMAT(4, 5);

/*
 * Print a hint after a message, unless `report` is quiet, on a line of its own:
 *
 *     shmread: hint: Global\demo exists: use --global
 */
void report_hint(const struct report *report, const char *format, ...) REPORT_FORMAT(2, 3);

/*
 * Print a note about something that is not a failure, unless `report` is quiet.
 */
void report_note(const struct report *report, const char *format, ...) REPORT_FORMAT(2, 3);

/* Print a detail, if `report` is verbose and not quiet. */
void report_detail(const struct report *report, const char *format, ...) REPORT_FORMAT(2, 3);

/*
 * Print a line of progress, unless `report` is quiet. On a console each call
 * overwrites the line of the last call, and the line that is the `last` one
 * stays. Anywhere else each call prints a new line. A line that would not fit
 * into its row of the console is printed without NAME.
 */
void report_progress(const struct report *report, bool last, const char *format, ...) REPORT_FORMAT(3, 4);

/*
 * Report a wrong command line, with a hint at --help, even if `report` is
 * quiet. Return EXIT_USAGE.
 */
enum status report_usage(const struct report *report, const char *format, ...) REPORT_FORMAT(2, 3);

/*
 * Print `text` to stdout, for --help and --version, with CR LF for each line
 * end, as programs of Windows do. Return EXIT_DONE, or report a failure and
 * return EXIT_IO.
 */
enum status report_print(const struct report *report, const char *text);

#endif
