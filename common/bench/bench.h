/* bench.h - what all measurements have in common: a clock, starting programs, and telling a result. */
#ifndef COMMON_BENCH_BENCH_H
#define COMMON_BENCH_BENCH_H

#include <windows.h>

#include <stdint.h>

#define MEGA ((size_t)1 << 20)
#define COMMAND 2048

/* What failed, and the system's number: ends the program. */
__attribute__((noreturn)) void bench_fail(const char *what);
void bench_need(BOOL succeeded, const char *what);
void bench_must(uint32_t error, const char *what); /* an oserror */

double bench_seconds(void);

/* One measured value on stdout: "key, tab, value". */
void bench_tell(const char *key, double value);

extern const wchar_t *bench_tools; /* the directory of shmwrite.exe and shmread.exe */

void bench_own_path(wchar_t path[MAX_PATH]);
void bench_name(wchar_t name[64]); /* another one each time */

/* The same name, which is ASCII, as the functions of platform.h take it. */
void bench_narrow(const wchar_t wide[64], char name[64]);

/* The standard handles are these; INVALID_HANDLE_VALUE is NUL. Both are closed here. */
HANDLE bench_start(const wchar_t *command, HANDLE input, HANDLE output);
DWORD bench_exit_status(HANDLE process, const char *what);
void bench_finish(HANDLE process, const char *what); /* with status 0 */

/*
 * Run a command to its end, its output being `output` or, if that is INVALID_HANDLE_VALUE, NUL: the seconds from its
 * start to its end. Negative when it did not end with status 0, three times running: Wine does not start a program
 * now and then.
 */
double bench_run(const wchar_t *command, HANDLE output);

/* Let go of a value whose holder is in the background, and wait until it has. */
void bench_release(const wchar_t *name);

/* The verbs of the other files; `arguments` are what follows the verb. */
#define BENCH_OTHER (-1) /* not one of its verbs */
int streams_verb(const wchar_t *verb, int count, wchar_t *arguments[]);
int starts_verb(const wchar_t *verb, int count, wchar_t *arguments[]);
int reads_verb(const wchar_t *verb, int count, wchar_t *arguments[]);
int updates_verb(const wchar_t *verb, int count, wchar_t *arguments[]);
int names_verb(const wchar_t *verb, int count, wchar_t *arguments[]);

#endif
