/*
 * names.c - measure `shmread --list` among many mappings.
 *
 *     bench open NAME COUNT     open, map and close NAME.0, NAME.1 and so on:
 *                               started by `list`
 */
#include "common/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

static void one_of(wchar_t name[80], const wchar_t *base, unsigned number)
{
    (void)swprintf(name, 80, L"%ls.%u", base, number);
}

int names_open(wchar_t *arguments[])
{
    unsigned count = bench_number(arguments[1]);
    for (unsigned i = 0; i < count; i++) {
        wchar_t name[80];
        one_of(name, arguments[0], i);
        HANDLE section = OpenFileMappingW(FILE_MAP_READ, FALSE, name);
        const void *view = section == NULL ? NULL : MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
        bench_need(view != NULL && UnmapViewOfFile(view) && CloseHandle(section), "open");
    }
    return 0;
}

/* Return the number of lines that a command prints, or 0 if it fails. */
static unsigned lines_of(const wchar_t *command)
{
    HANDLE ends[2];
    char bytes[4096];
    unsigned lines = 0;
    bench_need(CreatePipe(&ends[0], &ends[1], NULL, 0), "pipe");
    HANDLE process = bench_start(command, INVALID_HANDLE_VALUE, ends[1]);
    for (DWORD got; ReadFile(ends[0], bytes, sizeof bytes, &got, NULL) && got > 0;) {
        for (DWORD i = 0; i < got; i++) {
            lines += bytes[i] == '\n';
        }
    }
    CloseHandle(ends[0]);
    return bench_exit_status(process, "lines") == 0 ? lines : 0;
}

int names_list(wchar_t *arguments[])
{
    unsigned count = bench_number(arguments[1]);
    unsigned rounds = bench_number(arguments[2]);
    wchar_t base[64];
    wchar_t own[MAX_PATH];
    wchar_t listing[COMMAND];
    wchar_t opening[COMMAND];
    bench_name(base);
    bench_own_path(own);
    for (unsigned i = 0; i < count; i++) {
        wchar_t name[80];
        one_of(name, base, i);
        HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, name);
        bench_need(section != NULL, "create");
        uint8_t *view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0); /* zeros are not listed */
        bench_need(view != NULL, "map");
        view[0] = 'x';
        UnmapViewOfFile(view);
    }
    (void)swprintf(listing, COMMAND, L"\"%ls\\shmread.exe\" -q --list", bench_tools);
    (void)swprintf(opening, COMMAND, L"\"%ls\" open %ls %u", own, base, count);
    if (lines_of(listing) < count) {
        fprintf(stderr, "bench: shmread --list is not there\n");
        rounds = 0;
    }
    for (unsigned round = 0; round < rounds; round++) {
        double bare = bench_run(opening, INVALID_HANDLE_VALUE);
        double listed = bench_run(listing, INVALID_HANDLE_VALUE);
        bench_need(bare > 0 && listed > 0, "list");
        bench_tell("list/bare", bare * 1e3);
        bench_tell("list/list", listed * 1e3);
    }
    return 0;
}
