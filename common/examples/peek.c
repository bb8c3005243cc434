/*
 * peek.c - a program of your own that reads what shmwrite holds.
 *
 *     peek NAME
 *
 * prints the contents of NAME to stdout, byte for byte, and needs nothing but this file, winshm.h and Windows:
 *
 *     gcc -std=c11 -O2 -municode -I../include peek.c -o peek.exe
 *
 * where -I names the folder of winshm.h: in the package it is -I.. instead, after make install PREFIX/include.
 *
 * It reads correctly while somebody updates NAME: it prints the old contents or the new ones, and never a mixture. A
 * program that only wants a string, and that nobody updates, can do with the three lines in winshm.h.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "winshm.h"

/* An update replaces the contents at once; to meet this many in a row is to meet a writer that never pauses. */
#define TRIES 10000

/* Every field that another process may be changing is loaded once, whole, and before everything that depends on it. */
static uint32_t load32(const uint32_t *from)
{
    return atomic_load_explicit((const _Atomic uint32_t *)from, memory_order_acquire);
}

static uint64_t load64(const uint64_t *from)
{
    return atomic_load_explicit((const _Atomic uint64_t *)from, memory_order_acquire);
}

static int fail(const wchar_t *name, const char *what)
{
    fprintf(stderr, "peek: %ls: %s\n", name, what);
    return 1;
}

/* Names are UTF-16, so the Unicode functions know them all. */
int wmain(int argc, wchar_t *argv[])
{
    if (argc != 2) {
        return fail(L"usage", "peek NAME");
    }
    const wchar_t *name = argv[1];

    /* Reading needs no more than the right to read. Keep the section open as long as the view: it keeps the name. */
    HANDLE section = OpenFileMappingW(FILE_MAP_READ, FALSE, name);
    if (section == NULL) {
        return fail(name, GetLastError() == ERROR_FILE_NOT_FOUND ? "there is no such name" : "cannot be opened");
    }

    /* Map all of it, and ask how large it is: Windows knows, and the memory itself might lie. */
    const uint8_t *view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    MEMORY_BASIC_INFORMATION region;
    if (view == NULL || VirtualQuery(view, &region, sizeof region) == 0) {
        return fail(name, "cannot be mapped");
    }

    /* The trailer is the end of the view. The order of these questions is that of the causes. */
    if (region.State != MEM_COMMIT || region.RegionSize < WINSHM_PAGE) {
        return fail(name, "was not made by shmwrite");
    }
    const winshm_trailer *trailer = (const void *)(view + region.RegionSize - WINSHM_TRAILER_SIZE);
    if (load64(&trailer->magic) != WINSHM_MAGIC) {
        return fail(name, "was not made by shmwrite");
    }
    if (load32(&trailer->state) != WINSHM_PUBLISHED) {
        return fail(name, "is still being filled");
    }
    if (load32(&trailer->layout) != WINSHM_LAYOUT) {
        return fail(name, "has a layout that this program does not know");
    }
    uint32_t kind = load32(&trailer->kind);
    if (kind != WINSHM_VALUE && kind != WINSHM_SEALED) {
        return fail(name, "is a stream, not a value");
    }

    /* A value has two slots and may be updated; a sealed one has a single slot and never changes. Believe no size. */
    uint64_t slots = kind == WINSHM_VALUE ? 2 : 1;
    uint64_t slot_size = load64(&trailer->slot_size);
    if (slot_size > (region.RegionSize - WINSHM_TRAILER_SIZE) / slots) {
        return fail(name, "is damaged");
    }

    uint8_t *copy = NULL;
    size_t length = 0;
    bool whole = false;
    for (int tries = 0; tries < TRIES && !whole; tries++) {
        /* Which slot is current, and how much does it hold? */
        uint64_t before = load64(&trailer->current);
        uint64_t slot = before & 1;
        uint64_t claimed = load64(&trailer->slots[slot].length);
        if (slot >= slots || claimed > slot_size) {
            continue; /* the fields of two updates; or damaged, if it stays so */
        }

        /* Copy it, and accept the copy only if nothing has happened meanwhile. The fence keeps it before that look. */
        length = (size_t)claimed;
        uint8_t *room = realloc(copy, length + 1); /* an empty value is a value too */
        if (room == NULL) {
            free(copy);
            return fail(name, "is too large for a copy");
        }
        copy = room;
        memcpy(copy, view + slot * slot_size, length);
        atomic_thread_fence(memory_order_acquire);
        whole = load64(&trailer->current) == before;
    }
    UnmapViewOfFile(view);
    CloseHandle(section);
    if (!whole) {
        free(copy);
        return fail(name, "is damaged, or never stands still");
    }

    /* Not printf: C's stdout would turn each line feed into two bytes, and stop at none of the zeros only by luck. */
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    for (size_t done = 0; done < length;) {
        DWORD written;
        DWORD piece = length - done < 0x1000000 ? (DWORD)(length - done) : 0x1000000;
        if (!WriteFile(output, copy + done, piece, &written, NULL)) {
            free(copy);
            return fail(name, "cannot be written to standard output");
        }
        done += written;
    }
    free(copy);
    return 0;
}
