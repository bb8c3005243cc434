/*
 * bench.c - measure the speed of the two tools and of alternatives.
 *
 * scripts/bench.sh runs these commands. TOOLS is the directory of shmwrite.exe
 * and shmread.exe, with tests/ in it. Results are lines on stdout, whose fields
 * are separated by tabs.
 *
 * streams.c
 *     bench throughput TOOLS FILE ROUNDS   move the bytes of FILE by a stream
 *                                          and a pipe to NUL
 *     bench beside TOOLS FILE ROUNDS       the same, and a bare loop of ReadFile
 *                                          and WriteFile, beside busy loops
 *     bench latency TOOLS COUNT            the time that a line needs
 *     bench readers TOOLS FILE ROUNDS      move the bytes of FILE to 1, 2, 4 and
 *                                          8 readers, by a stream and by tee
 * starts.c
 *     bench starts TOOLS COUNT             start programs that print or put a
 *                                          small value
 *     bench batch TOOLS COUNT ROUNDS       print it in a loop in cmd
 * reads.c
 *     bench reads TOOLS FILE SINK ROUNDS   print values with the contents of
 *                                          FILE, to the file SINK
 * updates.c
 *     bench follow TOOLS COUNT             the time until `shmread --follow`
 *                                          prints an update
 * lines.c
 *     bench lines TOOLS FILE ROUNDS        million lines a second by `shmwrite
 *                                          --lines`, with lines of 64 bytes
 * names.c
 *     bench list TOOLS COUNT ROUNDS        --list among COUNT mappings
 *
 * These start further commands of the same program: `busy`, `move`, `dump` and
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

unsigned bench_number(const wchar_t *argument)
{
    return (unsigned)wcstoul(argument, NULL, 10);
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
    HANDLE ends[] = {input, output};
    for (int i = 0; i < 2; i++) {
        bench_need(ends[i] == INVALID_HANDLE_VALUE ||
                       SetHandleInformation(ends[i], HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT),
                   "inherit");
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
    for (int i = 0; i < 2; i++) {
        if (ends[i] != INVALID_HANDLE_VALUE) {
            CloseHandle(ends[i]);
        }
    }
    return process.hProcess;
}

HANDLE bench_start(const wchar_t *command, HANDLE input, HANDLE output)
{
    HANDLE process = try_to_start(command, input, output);
    for (int tries = 1; tries < 3 && process == NULL && input == output; tries++) { /* without handles to close */
        process = try_to_start(command, input, output);
    }
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

static const struct {
    const wchar_t *name;
    int count; /* of arguments */
    int (*run)(wchar_t *arguments[]);
} commands[] = {
    {L"throughput", 3, streams_throughput},
    {L"latency", 2, streams_latency},
    {L"readers", 3, streams_readers},
    {L"beside", 3, streams_beside},
    {L"busy", 1, streams_busy},
    {L"move", 3, streams_move},
    {L"starts", 2, starts_single},
    {L"batch", 3, starts_batch},
    {L"reads", 4, reads_measure},
    {L"dump", 3, reads_dump},
    {L"follow", 2, updates_follow},
    {L"lines", 3, lines_measure},
    {L"list", 3, names_list},
    {L"open", 2, names_open},
};

int wmain(int count, wchar_t *arguments[]); /* MinGW does not declare it */
int wmain(int count, wchar_t *arguments[])
{
    (void)_setmode(_fileno(stdout), _O_BINARY);
    for (size_t i = 0; count > 2 && i < sizeof commands / sizeof *commands; i++) {
        if (wcscmp(arguments[1], commands[i].name) == 0 && count - 2 == commands[i].count) {
            bench_tools = arguments[2]; /* the first argument of all that measure */
            return commands[i].run(arguments + 2);
        }
    }
    fprintf(stderr, "bench: see common/bench/bench.c\n");
    return 2;
}
