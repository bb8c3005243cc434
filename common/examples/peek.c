/*
 * peek.c - an example: a program of your own that reads a value of shmwrite.
 *
 *     peek NAME
 *     peek -f NAME
 *
 * prints the contents of NAME to standard output, byte for byte. With -f it
 * prints them again after each update, until NAME goes away. It needs this file,
 * winshm.h and Windows, and nothing else:
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

/* A string constant of winshm.h as UTF-16. */
#define WIDE(text) WIDE_(text)
#define WIDE_(text) L##text

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

/* The memory of NAME, which has been checked. */
struct memory {
    const wchar_t *name;
    const uint8_t *view;
    const winshm_trailer *trailer;
    uint64_t slots;
    uint64_t size; /* of a slot, in bytes */
};

/*
 * Copy the current contents. Set *length and *seen, the number of the update,
 * and return the copy, which the caller frees. Return NULL if that fails.
 */
static uint8_t *copy_contents(const struct memory *memory, size_t *length, uint64_t *seen)
{
    const winshm_trailer *trailer = memory->trailer;
    uint8_t *copy = NULL;
    for (int tries = 0; tries < TRIES; tries++) {
        /* Load which slot is current, and the length of its contents. */
        uint64_t before = load64(&trailer->current);
        uint64_t slot = before & 1;
        uint64_t claimed = load64(&trailer->slots[slot].length);
        if (slot >= memory->slots || claimed > memory->size) {
            continue; /* the two fields are of different updates, or damaged */
        }

        /*
         * Copy the contents, and accept the copy only if `current` has not
         * changed since. The fence makes sure that the copy is complete before
         * the second load of `current`.
         */
        *length = (size_t)claimed;
        *seen = before >> 1;
        uint8_t *room = realloc(copy, *length + 1); /* never 0 bytes, for an empty value */
        if (room == NULL) {
            break;
        }
        copy = room;
        memcpy(copy, memory->view + slot * memory->size, *length);
        atomic_thread_fence(memory_order_acquire);
        if (load64(&trailer->current) == before) {
            return copy;
        }
    }
    free(copy);
    return NULL;
}

/*
 * Print the current contents with WriteFile(), in pieces of at most 16 MiB: the
 * stdout of C would turn each line feed into two bytes. Return the exit status.
 */
static int print_contents(const struct memory *memory, uint64_t *seen)
{
    size_t length = 0;
    uint8_t *copy = copy_contents(memory, &length, seen);
    if (copy == NULL) {
        return fail(memory->name, "is damaged, changes all the time, or is too large for a copy");
    }
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    for (size_t done = 0; done < length;) {
        DWORD written;
        DWORD piece = length - done < 0x1000000 ? (DWORD)(length - done) : 0x1000000;
        if (!WriteFile(output, copy + done, piece, &written, NULL)) {
            free(copy);
            return fail(memory->name, "cannot be written to standard output");
        }
        done += written;
    }
    free(copy);
    return 0;
}

/*
 * Wait until the announcement `generation` is made: see winshm.h, FOLLOWERS. An
 * event that exists is opened. The second load of `announced` comes after the
 * event exists, so that an announcement in between is not missed. Look at NAME
 * once a second all the same, in case that its holder is killed. Only programs
 * of this user can open an event without an access list of its own.
 */
static void wait_for_change(const struct memory *memory, uint64_t generation)
{
    wchar_t event[300];
    (void)swprintf(event, 300, L"%ls" WIDE(WINSHM_COMPANION) WIDE(WINSHM_AFTER) L".%llx", memory->name,
                   (unsigned long long)generation);
    HANDLE after = CreateEventW(NULL, TRUE, FALSE, event);
    atomic_thread_fence(memory_order_seq_cst);
    if (load64(&memory->trailer->announced) == generation && WaitForSingleObject(after, 1000) == WAIT_FAILED) {
        Sleep(100);
    }
    if (after != NULL) {
        CloseHandle(after);
    }
}

/* Return whether a program still has the section of this name open. */
static bool has_holder(const wchar_t *name)
{
    HANDLE section = OpenFileMappingW(FILE_MAP_READ, FALSE, name);
    if (section != NULL) {
        CloseHandle(section);
    }
    return section != NULL;
}

/*
 * wmain() receives NAME in UTF-16, as the Unicode functions of Windows expect
 * it.
 */
int wmain(int argc, wchar_t *argv[])
{
    bool follows = argc == 3 && wcscmp(argv[1], L"-f") == 0;
    if (argc != 2 && !follows) {
        return fail(L"usage", "peek [-f] NAME");
    }
    const wchar_t *name = argv[argc - 1];

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

    /*
     * The name exists as long as a program has the section open, so close it.
     * The view keeps the memory.
     */
    CloseHandle(section);
    const struct memory memory = {.name = name, .view = view, .trailer = trailer, .slots = slots, .size = slot_size};
    int status;
    bool is_last;
    uint64_t seen = 0; /* the update that was printed last; the first one has number 1 */
    do {
        /*
         * Load the number of the next announcement before the look, and whether
         * NAME has ended. So a change after these loads ends the wait, and the
         * last contents are printed before the end.
         */
        uint64_t generation = load64(&trailer->announced);
        is_last = !follows || load32(&trailer->state) != WINSHM_PUBLISHED || !has_holder(name);
        atomic_thread_fence(memory_order_seq_cst);
        bool is_new = load64(&trailer->current) >> 1 != seen;
        status = is_new ? print_contents(&memory, &seen) : 0;
        if (!is_last && status == 0) {
            wait_for_change(&memory, generation);
        }
    } while (!is_last && status == 0);
    UnmapViewOfFile(view);
    return status;
}
