/* starts.c - measure the start of programs, one by one and from a loop in cmd. */
#include "common/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

static void put(const wchar_t *name)
{
    wchar_t command[COMMAND];
    (void)swprintf(command, COMMAND, L"\"%ls\\shmwrite.exe\" -q --hold-for 10m --put %ls running", bench_tools, name);
    bench_need(bench_run(command, INVALID_HANDLE_VALUE) >= 0, "put");
}

/* ---- One by one -------------------------------------------------------------------------------------------------- */

/* Programs to start. The arguments of a form are the directory and a name. */
static const struct {
    const char *key;
    const wchar_t *form;
} programs[] = {
    {"start/nothing", L"\"%ls\\tests\\nothing.exe\""},
    {"start/minimal", L"\"%ls\\tests\\minimal.exe\" %ls"},
    {"start/shmread", L"\"%ls\\shmread.exe\" %ls"},
    {"start/update", L"\"%ls\\shmwrite.exe\" --update %ls running"},
    {"start/put", L"\"%ls\\shmwrite.exe\" --put %ls running"},
};
#define PROGRAMS (sizeof programs / sizeof *programs)

static void start_one(const char *key, const wchar_t *form, const wchar_t *name)
{
    wchar_t command[COMMAND];
    (void)swprintf(command, COMMAND, form, bench_tools, name);
    double taken = bench_run(command, INVALID_HANDLE_VALUE);
    bench_need(taken >= 0, key);
    bench_tell(key, taken * 1e3);
}

/*
 * Measure --put of a new NAME, and the smallest program that also starts a
 * program in the background. Wait until both background programs have ended.
 */
static void start_in_background(void)
{
    wchar_t fresh[64];
    bench_name(fresh);
    start_one("start/put-new", L"\"%ls\\shmwrite.exe\" --put %ls running", fresh);
    bench_release(fresh);
    start_one("start/starter", L"\"%ls\\tests\\starter.exe\"", fresh);
    Sleep(300); /* its child lives for */
}

/*
 * Alternate between the order and its reverse, so that each program runs
 * equally often after each of its neighbours.
 */
int starts_single(wchar_t *arguments[])
{
    unsigned count = bench_number(arguments[1]);
    wchar_t name[64];
    bench_name(name);
    put(name);
    for (unsigned turn = 0; turn < count; turn++) {
        for (size_t i = 0; i < PROGRAMS; i++) {
            size_t which = turn % 2 == 0 ? i : PROGRAMS - 1 - i;
            start_one(programs[which].key, programs[which].form, name);
        }
        if (turn % 4 == 0) {
            start_in_background();
        }
    }
    bench_release(name);
    return 0;
}

/* ---- From cmd ---------------------------------------------------------------------------------------------------- */

/* Commands for the loop, with a name as argument. */
static const struct {
    const char *key;
    const wchar_t *form;
} loops[] = {
    {"batch/get", L"for /f %%%%v in ('shmread %ls') do set v=%%%%v"},
    {"batch/get-file", L"for /f %%%%v in ('type %ls.tmp') do set v=%%%%v"},
    {"batch/get-minimal", L"for /f %%%%v in ('minimal %ls') do set v=%%%%v"},
};
#define LOOPS (sizeof loops / sizeof *loops)

/*
 * Return the time of a command in a batch file in the directory `bench`, with
 * the programs on its path.
 */
static double time_of_batch(const wchar_t *folder, const wchar_t *line)
{
    wchar_t path[COMMAND];
    wchar_t command[COMMAND];
    (void)swprintf(path, COMMAND, L"%ls\\bench\\loop.bat", folder);
    FILE *file = _wfopen(path, L"wb");
    bench_need(file != NULL &&
                   fprintf(file,
                           "@echo off\r\ncd /d \"%ls\\bench\"\r\nset PATH=%ls;%ls\\tests;%%PATH%%\r\n"
                           "%ls\r\nif not defined v exit /b 1\r\nexit /b 0\r\n",
                           folder, folder, folder, line) > 0 &&
                   fclose(file) == 0,
               "batch file");
    (void)swprintf(command, COMMAND, L"cmd /c \"%ls\"", path);
    double taken = bench_run(command, INVALID_HANDLE_VALUE);
    bench_need(taken >= 0 && DeleteFileW(path), "batch");
    return taken;
}

int starts_batch(wchar_t *arguments[])
{
    unsigned count = bench_number(arguments[1]);
    unsigned rounds = bench_number(arguments[2]);
    wchar_t name[64];
    wchar_t folder[MAX_PATH];
    wchar_t inside[COMMAND];
    wchar_t line[COMMAND + 64];
    bench_name(name);
    put(name);
    bench_need(GetFullPathNameW(bench_tools, MAX_PATH, folder, NULL) < MAX_PATH, "path");
    (void)swprintf(line, COMMAND, L"set v=1& echo running>%ls.tmp", name);
    (void)time_of_batch(folder, line);
    for (unsigned round = 0; round < rounds; round++) {
        double empty = time_of_batch(folder, L"set v=1");
        for (size_t i = 0; i < LOOPS; i++) {
            (void)swprintf(inside, COMMAND, loops[i].form, name);
            (void)swprintf(line, COMMAND + 64, L"for /l %%%%i in (1,1,%u) do %ls", count, inside);
            bench_tell(loops[i].key, count / (time_of_batch(folder, line) - empty));
        }
    }
    (void)swprintf(inside, COMMAND, L"%ls\\bench\\%ls.tmp", folder, name);
    bench_need(DeleteFileW(inside), "delete");
    bench_release(name);
    return 0;
}
