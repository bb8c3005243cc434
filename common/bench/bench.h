/*
 * bench.h - functions that all measurements share: the clock, programs,
 * results.
 */
#ifndef COMMON_BENCH_BENCH_H
#define COMMON_BENCH_BENCH_H

#include <windows.h>

#include <stdint.h>

#define MEGA ((size_t)1 << 20)
#define COMMAND 2048

/* Print `what` and the last error of the system, and exit. */
__attribute__((noreturn)) void bench_fail(const char *what);
void bench_need(BOOL succeeded, const char *what);
void bench_must(uint32_t error, const char *what); /* an oserror */

double bench_seconds(void);

/* Print one result to stdout as a line: key, tab, value. */
void bench_tell(const char *key, double value);

extern const wchar_t *bench_tools; /* the directory of shmwrite.exe and shmread.exe */

void bench_own_path(wchar_t path[MAX_PATH]);
void bench_name(wchar_t name[64]); /* a different name for each call */

/*
 * Start a command with these standard handles and close both here.
 * INVALID_HANDLE_VALUE is replaced by NUL.
 */
HANDLE bench_start(const wchar_t *command, HANDLE input, HANDLE output);
DWORD bench_exit_status(HANDLE process, const char *what);
void bench_finish(HANDLE process, const char *what); /* must end with status 0 */

/*
 * Run a command with `output` as its standard output, or NUL if that is
 * INVALID_HANDLE_VALUE. Return the seconds from its start to its end. Wine
 * sometimes fails to start a program, so try up to three times. Return a
 * negative number if the command did not end with status 0 in any of them.
 */
double bench_run(const wchar_t *command, HANDLE output);

/*
 * Release a value that a holder in the background holds. Return after the
 * holder has released it.
 */
void bench_release(const wchar_t *name);

unsigned bench_number(const wchar_t *argument);

uint64_t streams_size(const wchar_t *path); /* of a file, in bytes */

/*
 * Return the seconds in which the bytes of a file go through an anonymous pipe
 * to NUL.
 */
double streams_pipe(const wchar_t *file);

/*
 * The commands of the other files. Each has the arguments that follow its name,
 * and returns an exit status.
 */
int streams_throughput(wchar_t *arguments[]);
int streams_latency(wchar_t *arguments[]);
int streams_readers(wchar_t *arguments[]);
int streams_beside(wchar_t *arguments[]);
int streams_busy(wchar_t *arguments[]);
int streams_move(wchar_t *arguments[]);
int starts_single(wchar_t *arguments[]);
int starts_batch(wchar_t *arguments[]);
int reads_measure(wchar_t *arguments[]);
int reads_dump(wchar_t *arguments[]);
int updates_follow(wchar_t *arguments[]);
int lines_measure(wchar_t *arguments[]);
int names_list(wchar_t *arguments[]);
int names_open(wchar_t *arguments[]);
#endif
