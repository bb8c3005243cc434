/*
 * lines.c - measure how many million lines a second become values by
 * `shmwrite --lines`.
 */
#include "common/bench/bench.h"

#include <stdbool.h>
#include <stdio.h>
#include <wchar.h>

#include "common/include/winshm.h"
#include "common/memory/shared.h"

#define LINE 64

/* A value in the background, which this process only watches. */
struct watched {
    wchar_t name[64];
    const uint8_t *base;
    const winshm_trailer *trailer;
};

static void watched_make(struct watched *watched)
{
    wchar_t command[COMMAND];
    MEMORY_BASIC_INFORMATION memory = {0};
    bench_name(watched->name);
    (void)swprintf(command, COMMAND, L"\"%ls\\shmwrite.exe\" -q --put %ls \"\"", bench_tools, watched->name);
    bench_need(bench_run(command, INVALID_HANDLE_VALUE) >= 0, "put");
    HANDLE section = OpenFileMappingW(FILE_MAP_READ, FALSE, watched->name);
    bench_need(section != NULL, "section");
    watched->base = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    bench_need(watched->base != NULL && VirtualQuery(watched->base, &memory, sizeof memory) != 0, "view");
    CloseHandle(section);
    watched->trailer = (const void *)(watched->base + memory.RegionSize - WINSHM_TRAILER_SIZE);
}

static uint64_t sequence_of(const struct watched *watched)
{
    return shared_load64_acquire(&watched->trailer->current) >> 1;
}

/* Start shmwrite, with a program that writes the file into a pipe, or with --input. */
static HANDLE start_lines(const wchar_t *file, const wchar_t *name, bool is_piped)
{
    wchar_t command[COMMAND];
    HANDLE reading = INVALID_HANDLE_VALUE;
    if (is_piped) {
        HANDLE writing;
        wchar_t own[MAX_PATH];
        bench_own_path(own);
        bench_need(CreatePipe(&reading, &writing, NULL, 0), "pipe");
        (void)swprintf(command, COMMAND, L"\"%ls\" move \"%ls\" - 65536", own, file);
        CloseHandle(bench_start(command, INVALID_HANDLE_VALUE, writing));
    }
    (void)swprintf(command, COMMAND, L"\"%ls\\shmwrite.exe\" -q --put --lines --input \"%ls\" %ls", bench_tools,
                   is_piped ? L"-" : file, name);
    return bench_start(command, reading, INVALID_HANDLE_VALUE);
}

/* Wait until the value has this number, or shmwrite has ended. */
static void wait_for(const struct watched *watched, uint64_t sequence, HANDLE writer)
{
    while (sequence_of(watched) < sequence && WaitForSingleObject(writer, 1) == WAIT_TIMEOUT) {
    }
}

/*
 * Measure from the first line that becomes the value to the last one, so
 * without the start of the programs.
 */
static void measure(const char *key, const wchar_t *file, bool is_piped, bool is_followed)
{
    struct watched watched;
    HANDLE follower = NULL;
    watched_make(&watched);
    if (is_followed) {
        wchar_t command[COMMAND];
        (void)swprintf(command, COMMAND, L"\"%ls\\shmread.exe\" -q --follow %ls", bench_tools, watched.name);
        follower = bench_start(command, INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE);
        Sleep(500); /* until it waits for an update */
    }
    HANDLE writer = start_lines(file, watched.name, is_piped);
    wait_for(&watched, 2, writer);
    double begun = bench_seconds();
    uint64_t first = sequence_of(&watched);
    wait_for(&watched, 1 + streams_size(file) / LINE, writer);
    bench_tell(key, 1e-6 * (double)(sequence_of(&watched) - first) / (bench_seconds() - begun));
    bench_finish(writer, key);
    bench_need(UnmapViewOfFile(watched.base), "unmap");
    bench_release(watched.name);
    if (follower != NULL) {
        bench_finish(follower, "follower");
    }
}

int lines_measure(wchar_t *arguments[])
{
    const wchar_t *file = arguments[1];
    for (unsigned round = bench_number(arguments[2]); round > 0; round--) {
        measure("lines/file", file, false, false);
        measure("lines/file-followed", file, false, true);
        measure("lines/pipe", file, true, false);
        measure("lines/pipe-followed", file, true, true);
        bench_tell("lines/pipe-alone", 1e-6 * (double)streams_size(file) / LINE / streams_pipe(file));
    }
    return 0;
}
