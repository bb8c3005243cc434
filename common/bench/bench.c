/*
 * bench.c - measure the speed of the two tools and of alternatives.
 *
 * scripts/bench.sh runs these commands. TOOLS is the directory of shmwrite.exe
 * and shmread.exe, with tests/ in it. Results are lines on stdout, whose fields
 * are separated by tabs.
 *
 * streams.c
 *     bench throughput TOOLS FILE ROUNDS   move the bytes of FILE by a stream, a
 *                                          pipe and a file to NUL
 *     bench latency TOOLS COUNT            the time that a line needs
 * starts.c
 *     bench starts TOOLS COUNT             start programs that print or put a
 *                                          small value
 *     bench batch TOOLS COUNT ROUNDS       the same from a loop in cmd
 * reads.c
 *     bench reads TOOLS FILE SINK ROUNDS   print values with the contents of
 *                                          FILE, to NUL and to the file SINK
 * updates.c
 *     bench follow TOOLS COUNT             the time until `shmread --follow`
 *                                          prints an update
 * names.c
 *     bench list TOOLS COUNT ROUNDS        --list among COUNT mappings
 *
 * These start further commands of the same program: `move`, `dump`, `poll` and
 * `open`.
 */
#include "common/bench/bench.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

const wchar_t *bench_tools = L".";

void bench_fail(const char *what)
{
    fprintf(stderr, "bench: %s: error %lu\n", what, GetLastError());
    exit(1);
}

void bench_need(BOOL succeeded, const char *what)
{
    if (!succeeded) {
        bench_fail(what);
    }
}

void bench_must(uint32_t error, const char *what)
{
    SetLastError(error);
    bench_need(error == 0, what);
}

double bench_seconds(void)
{
    LARGE_INTEGER frequency;
    LARGE_INTEGER now;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&now);
    return (double)now.QuadPart / (double)frequency.QuadPart;
}

void bench_tell(const char *key, double value)
{
    printf("%s\t%.9g\n", key, value);
    (void)fflush(stdout);
}

void bench_own_path(wchar_t path[MAX_PATH])
{
    bench_need(GetModuleFileNameW(NULL, path, MAX_PATH) < MAX_PATH, "own name");
}

void bench_name(wchar_t name[64])
{
    static unsigned count;
    (void)swprintf(name, 64, L"bench.%lu.%u", GetCurrentProcessId(), count++);
}

void bench_narrow(const wchar_t wide[64], char name[64])
{
    size_t i = 0;
    do {
        name[i] = (char)wide[i];
    } while (wide[i++] != 0);
}

/* ---- Processes --------------------------------------------------------------------------------------------------- */

/* NULL if it could not be started: Wine does not do it now and then. */
static HANDLE try_to_start(const wchar_t *command, HANDLE input, HANDLE output)
{
    SECURITY_ATTRIBUTES inheritable = {.nLength = sizeof inheritable, .bInheritHandle = TRUE};
    HANDLE nul = CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inheritable,
                             OPEN_EXISTING, 0, NULL);
    STARTUPINFOW startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES};
    startup.hStdInput = input == INVALID_HANDLE_VALUE ? nul : input;
    startup.hStdOutput = output == INVALID_HANDLE_VALUE ? nul : output;
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    if (input != INVALID_HANDLE_VALUE) {
        bench_need(SetHandleInformation(input, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT), "inherit");
    }
    if (output != INVALID_HANDLE_VALUE) {
        bench_need(SetHandleInformation(output, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT), "inherit");
    }
    wchar_t writable[COMMAND];
    (void)swprintf(writable, COMMAND, L"%ls", command);
    PROCESS_INFORMATION process;
    if (CreateProcessW(NULL, writable, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process)) {
        CloseHandle(process.hThread);
    } else {
        fprintf(stderr, "bench: error %lu: %ls\n", GetLastError(), command);
        process.hProcess = NULL;
    }
    CloseHandle(nul);
    if (input != INVALID_HANDLE_VALUE) {
        CloseHandle(input);
    }
    if (output != INVALID_HANDLE_VALUE) {
        CloseHandle(output);
    }
    return process.hProcess;
}

HANDLE bench_start(const wchar_t *command, HANDLE input, HANDLE output)
{
    HANDLE process = try_to_start(command, input, output);
    bench_need(process != NULL, "cannot start a program");
    return process;
}

DWORD bench_exit_status(HANDLE process, const char *what)
{
    DWORD status = 1;
    bench_need(WaitForSingleObject(process, 300000) == WAIT_OBJECT_0, what);
    bench_need(GetExitCodeProcess(process, &status), what);
    CloseHandle(process);
    return status;
}

void bench_finish(HANDLE process, const char *what)
{
    DWORD status = bench_exit_status(process, what);
    if (status != 0) {
        fprintf(stderr, "bench: %s: exit status %lu\n", what, status);
        exit(1);
    }
}

double bench_run(const wchar_t *command, HANDLE output)
{
    for (int tries = 0; tries < 3; tries++) {
        HANDLE copy = output;
        bench_need(output == INVALID_HANDLE_VALUE || DuplicateHandle(GetCurrentProcess(), output, GetCurrentProcess(),
                                                                     &copy, 0, TRUE, DUPLICATE_SAME_ACCESS),
                   "duplicate");
        double begun = bench_seconds();
        HANDLE process = try_to_start(command, INVALID_HANDLE_VALUE, copy);
        DWORD status = process == NULL ? 1 : bench_exit_status(process, "run");
        double ended = bench_seconds();
        if (status == 0) {
            return ended - begun;
        }
        fprintf(stderr, "bench: status %lu of %ls\n", status, command);
    }
    return -1;
}

void bench_release(const wchar_t *name)
{
    wchar_t command[COMMAND];
    (void)swprintf(command, COMMAND, L"\"%ls\\shmwrite.exe\" -q --release %ls", bench_tools, name);
    bench_need(bench_run(command, INVALID_HANDLE_VALUE) >= 0, "release");
}

/* ------------------------------------------------------------------------------------------------------------------ */

int wmain(int count, wchar_t *arguments[]); /* MinGW does not declare it */
int wmain(int count, wchar_t *arguments[])
{
    static int (*const verbs[])(const wchar_t *, int, wchar_t **) = {streams_verb, starts_verb, reads_verb,
                                                                     updates_verb, names_verb};
    (void)_setmode(_fileno(stdout), _O_BINARY);
    for (size_t i = 0; count > 1 && i < sizeof verbs / sizeof *verbs; i++) {
        int status = verbs[i](arguments[1], count - 2, arguments + 2);
        if (status != BENCH_OTHER) {
            return status;
        }
    }
    fprintf(stderr, "bench: see common/bench/bench.c\n");
    return 2;
}
