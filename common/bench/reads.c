/*
 * reads.c - measure printing of large values against a bare loop over the view.
 *
 *     bench dump NAME SIZE in-place|copied   write SIZE bytes of NAME to
 *                                            standard output: started by `reads`
 */
#include "common/bench/bench.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/*
 * The bytes that the bare loop passes to one call. A piece that is copied
 * before is small enough to stay in a cache.
 */
#define IN_PLACE (16 * MEGA)
#define COPIED (MEGA / 4)

int reads_dump(wchar_t *arguments[])
{
    HANDLE section = OpenFileMappingW(FILE_MAP_READ, FALSE, arguments[0]);
    uint64_t size = wcstoull(arguments[1], NULL, 10);
    BOOL copied = wcscmp(arguments[2], L"copied") == 0;
    bench_need(section != NULL, "dump: no such mapping");
    const uint8_t *bytes = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    size_t piece = copied ? COPIED : IN_PLACE;
    uint8_t *buffer = VirtualAlloc(NULL, piece, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    bench_need(bytes != NULL && buffer != NULL, "dump: memory");
    DWORD count;
    for (uint64_t done = 0; done < size; done += count) {
        size_t wanted = size - done < piece ? (size_t)(size - done) : piece;
        if (copied) {
            memcpy(buffer, bytes + done, wanted);
        }
        bench_need(WriteFile(output, copied ? buffer : bytes + done, (DWORD)wanted, &count, NULL), "dump: write");
    }
    return 0;
}

/*
 * Measure a command that writes to a file. Overwrite an existing file, so that
 * no space on the disk has to be allocated.
 */
static double into_file(const wchar_t *command, const wchar_t *path)
{
    HANDLE file = CreateFileW(path, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_ALWAYS, 0, NULL);
    bench_need(file != INVALID_HANDLE_VALUE, "the file to write to");
    double taken = bench_run(command, file);
    CloseHandle(file);
    return taken;
}

static void hold(const wchar_t *name, const wchar_t *file, const wchar_t *option)
{
    wchar_t command[COMMAND];
    (void)swprintf(command, COMMAND, L"\"%ls\\shmwrite.exe\" -q --hold-for 10m --detach %ls --input \"%ls\" %ls",
                   bench_tools, option, file, name);
    bench_need(bench_run(command, INVALID_HANDLE_VALUE) >= 0, "hold");
}

#define READERS 4

int reads_measure(wchar_t *arguments[])
{
    const wchar_t *file = arguments[1];
    const wchar_t *sink = arguments[2];
    unsigned rounds = bench_number(arguments[3]);
    wchar_t sealed[64];
    wchar_t updatable[64];
    wchar_t own[MAX_PATH];
    wchar_t command[COMMAND];
    WIN32_FILE_ATTRIBUTE_DATA data;
    bench_need(GetFileAttributesExW(file, GetFileExInfoStandard, &data), "size of the input");
    uint64_t size = (uint64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow;
    bench_own_path(own);
    bench_name(sealed);
    bench_name(updatable);
    hold(sealed, file, L"--sealed");
    hold(updatable, file, L"");
    static const struct {
        const char *key;
        const wchar_t *form;
        bool is_ours, is_sealed;
    } readers[READERS] = {
        {"values/bare-file", L"\"%ls\" dump %ls %llu in-place", false, true},
        {"values/sealed-file", L"\"%ls\\shmread.exe\" %ls", true, true},
        {"values/bare-copied-file", L"\"%ls\" dump %ls %llu copied", false, false},
        {"values/updatable-file", L"\"%ls\\shmread.exe\" %ls", true, false},
    };
    /*
     * Alternate between the order and its reverse. Round 0 is not measured,
     * because the first write to the file allocates its space.
     */
    for (unsigned round = 0; round <= rounds; round++) {
        for (size_t i = 0; i < READERS; i++) {
            size_t which = round % 2 == 0 ? i : READERS - 1 - i;
            (void)swprintf(command, COMMAND, readers[which].form, readers[which].is_ours ? bench_tools : own,
                           readers[which].is_sealed ? sealed : updatable, size);
            double taken = into_file(command, sink);
            bench_need(taken > 0, readers[which].key);
            if (round > 0) {
                bench_tell(readers[which].key, (double)size / (double)MEGA / taken); /* MiB a second */
            }
        }
    }
    bench_need(DeleteFileW(sink), "delete");
    bench_release(sealed);
    bench_release(updatable);
    return 0;
}
