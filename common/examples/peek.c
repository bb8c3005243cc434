/*
 * peek.c - an example: a program of your own that reads a value of shmwrite.
 *
 *     peek NAME
 *
 * prints the contents of NAME to standard output, byte for byte. It needs this
 * file, winshm.h and Windows, and nothing else:
 *
 *     gcc -std=c11 -O2 -municode -I../include peek.c -o peek.exe
 *
 * The option -I names the folder of winshm.h. In the package that is -I.. and
 * after make install it is -IPREFIX/include.
 *
 * peek reads correctly while another program updates NAME: it prints the old
 * contents or the new ones, and never a mixture of both. A program that only
 * wants a string, which no other program updates, needs only the three lines
 * in winshm.h.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "winshm.h"

/*
 * Each update that ends during a copy costs another try. After so many tries
 * the writer either never pauses, or the memory is damaged.
 */
#define TRIES 10000

/*
 * Load a field that another process may be changing: once, as a whole, and with
 * acquire order, so that the load comes before everything that depends on it.
 */
static uint32_t load32(const uint32_t *from)
{
    return atomic_load_explicit((const _Atomic uint32_t *)from, memory_order_acquire);
}

static uint64_t load64(const uint64_t *from)
{
    return atomic_load_explicit((const _Atomic uint64_t *)from, memory_order_acquire);
}

/* Print why NAME cannot be read, and return the exit status. */
static int fail(const wchar_t *name, const char *what)
{
    fprintf(stderr, "peek: %ls: %s\n", name, what);
    return 1;
}

/*
 * wmain() receives NAME in UTF-16, as the Unicode functions of Windows expect
 * it.
 */
int wmain(int argc, wchar_t *argv[])
{
    if (argc != 2) {
        return fail(L"usage", "peek NAME");
    }
    const wchar_t *name = argv[1];

    /*
     * Ask for the right to read, and for no other. As long as a program has the
     * section open, the name exists.
     */
    HANDLE section = OpenFileMappingW(FILE_MAP_READ, FALSE, name);
    if (section == NULL) {
        return fail(name, GetLastError() == ERROR_FILE_NOT_FOUND ? "there is no such name" : "cannot be opened");
    }

    /*
     * Map all of the section, and ask Windows for the size of the view. The
     * sizes in the memory itself may be wrong.
     */
    const uint8_t *view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    MEMORY_BASIC_INFORMATION region;
    if (view == NULL || VirtualQuery(view, &region, sizeof region) == 0) {
        return fail(name, "cannot be mapped");
    }

    /*
     * The trailer is the end of the view. Check the fields in the order of
     * winshm.h, PUBLICATION: each one has a meaning only if those before it are
     * right.
     */
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

    /*
     * A value has two slots and can be updated. A sealed one has one slot and
     * never changes. Compare the slots with the real size of the view, so that
     * damaged memory cannot make us read beyond it.
     */
    uint64_t slots = kind == WINSHM_VALUE ? 2 : 1;
    uint64_t slot_size = load64(&trailer->slot_size);
    if (slot_size > (region.RegionSize - WINSHM_TRAILER_SIZE) / slots) {
        return fail(name, "is damaged");
    }

    uint8_t *copy = NULL;
    size_t length = 0;
    bool whole = false;
    for (int tries = 0; tries < TRIES && !whole; tries++) {
        /* Load which slot is current, and the length of its contents. */
        uint64_t before = load64(&trailer->current);
        uint64_t slot = before & 1;
        uint64_t claimed = load64(&trailer->slots[slot].length);
        if (slot >= slots || claimed > slot_size) {
            continue; /* the two fields are of different updates, or damaged */
        }

        /*
         * Copy the contents, and accept the copy only if `current` has not
         * changed since. The fence makes sure that the copy is complete before
         * the second load of `current`.
         */
        length = (size_t)claimed;
        uint8_t *room = realloc(copy, length + 1); /* never 0 bytes, for an empty value */
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
        return fail(name, "is damaged, or changes all the time");
    }

    /*
     * Write with WriteFile(), in pieces of at most 16 MiB: the stdout of C
     * would turn each line feed into two bytes.
     */
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
