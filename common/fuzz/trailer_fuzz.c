/*
 * trailer_fuzz.c - judge views of any size and content, some of them changing.
 *
 * The input is a program. It begins with the size and content of the view and a
 * number of changes to its fields. The rest is stored by another program, the
 * liar, before the loads of trailer_attach(). For every input, trailer_attach()
 * touches nothing outside the view and stores nothing to it. Without a liar its
 * verdict is the same as that of judge(), an independent implementation. A view
 * with the verdict TRAILER_OURS is consistent whatever the liar stores.
 */
#include <string.h>

#include "common/fuzz/fuzz.h"
#include "common/memory/shared.h"
#include "common/memory/trailer.h"

/* The only functions of the platform that the code under test calls. */
uint64_t clock_wall(void)
{
    return 1;
}

uint32_t process_id(void)
{
    return 1;
}

/* ---- The view and the liar --------------------------------------------------------------------------------------- */

static struct view view;
static uint8_t *expected; /* the bytes that the view must contain: the liar stores to both */
static struct program liar;
static bool lied;

static const struct {
    size_t offset;
    size_t size;
} fields[] = {
    {offsetof(winshm_trailer, magic), 8},     {offsetof(winshm_trailer, state), 4},
    {offsetof(winshm_trailer, layout), 4},    {offsetof(winshm_trailer, kind), 4},
    {offsetof(winshm_trailer, capacity), 8},  {offsetof(winshm_trailer, section_size), 8},
    {offsetof(winshm_trailer, slot_size), 8}, {offsetof(winshm_trailer, current), 8},
    {offsetof(winshm_trailer, created), 8},   {offsetof(winshm_trailer, creator), 4},
    {offsetof(winshm_trailer, slots[0]), 8},  {offsetof(winshm_trailer, slots[1]), 8},
    {offsetof(winshm_trailer, head), 8},      {offsetof(winshm_trailer, tail), 8},
    {offsetof(winshm_trailer, reserved3), 8}, {offsetof(winshm_trailer, announced), 4},
};

static void store(size_t at, const void *bytes, size_t size)
{
    memcpy(view.base + at, bytes, size);
    memcpy(expected + at, bytes, size);
}

/* Change a field of the trailer, or any byte of the view. */
static void change(struct program *program)
{
    uint64_t choice = take(program, 1);
    size_t field = (size_t)choice % 20;
    if (field >= sizeof fields / sizeof *fields || view.committed < WINSHM_PAGE) {
        uint8_t byte = (uint8_t)take(program, 1);
        if (view.committed > 0) {
            store((size_t)take(program, 2) % view.committed, &byte, 1);
        }
        return;
    }
    size_t at = view.committed - WINSHM_TRAILER_SIZE + fields[field].offset;
    uint64_t value = 0;
    memcpy(&value, view.base + at, fields[field].size);
    value = take_number(program, value);
    store(at, &value, fields[field].size);
}

/* common/memory/shared.h calls this before each access to shared memory. */
void shared_step(const void *at, size_t size, bool stores)
{
    (void)at;
    (void)size;
    if (!stores && liar.left > 0 && take(&liar, 1) % 4 == 0) {
        change(&liar);
        lied = true;
    }
}

/* ---- A second judge ---------------------------------------------------------------------------------------------- */

static uint64_t field_at(const uint8_t *trailer, size_t offset, size_t size)
{
    uint64_t value = 0;
    for (size_t i = size; i > 0; i--) {
        value = value << 8 | trailer[offset + i - 1];
    }
    return value;
}

static enum trailer_verdict judge(const uint8_t *bytes, size_t committed, size_t size)
{
    bool is_empty = true;
    for (size_t i = 0; i < committed; i++) {
        is_empty = is_empty && bytes[i] == 0;
    }
    enum trailer_verdict not_ours = is_empty ? TRAILER_EMPTY : TRAILER_FOREIGN;
    if (size < 4096 || committed != size || memcmp(bytes + size - 8, "winshm\x1A\n", 8) != 0) {
        return not_ours;
    }
    const uint8_t *trailer = bytes + size - 512;
    uint64_t state = field_at(trailer, 264, 4);
    uint64_t layout = field_at(trailer, 384, 4);
    uint64_t kind = field_at(trailer, 388, 4);
    unsigned __int128 capacity = field_at(trailer, 400, 8);
    unsigned __int128 slot_size = field_at(trailer, 408, 8);
    unsigned __int128 room = size - 512;
    if (state == 0) {
        return TRAILER_FILLING;
    }
    if (state == 2) {
        return TRAILER_RELEASED;
    }
    if (layout > 1) {
        return TRAILER_NEWER;
    }
    if (state != 1 || layout != 1 || field_at(trailer, 392, 8) != size || kind < 1 || kind > 3) {
        return TRAILER_DAMAGED;
    }
    if (kind == WINSHM_STREAM) {
        for (uint64_t power = 4096; power <= room; power *= 2) {
            if (capacity == power) {
                return TRAILER_OURS;
            }
        }
        return TRAILER_DAMAGED;
    }
    unsigned __int128 slots = kind == WINSHM_VALUE ? 2 : 1;
    return slots * slot_size <= room && slot_size % 64 == 0 && capacity + 2 <= slot_size ? TRAILER_OURS
                                                                                         : TRAILER_DAMAGED;
}

/* Check the properties that callers rely on after the verdict TRAILER_OURS. */
static void check_ours(const struct mapping *mapping)
{
    unsigned __int128 capacity = mapping->capacity;
    unsigned __int128 slot_size = mapping->slot_size;
    unsigned __int128 room = view.size - WINSHM_TRAILER_SIZE;
    HOLDS((uint8_t *)mapping->trailer == view.base + view.size - WINSHM_TRAILER_SIZE);
    HOLDS(mapping->kind >= WINSHM_VALUE && mapping->kind <= WINSHM_STREAM);
    if (mapping->kind == WINSHM_STREAM) {
        HOLDS(capacity >= WINSHM_PAGE && capacity <= room && (mapping->capacity & (mapping->capacity - 1)) == 0);
    } else {
        HOLDS(capacity + WINSHM_TERMINATOR <= slot_size && mapping->slot_size % WINSHM_SLOT_ALIGN == 0);
        HOLDS(slot_size * (mapping->kind == WINSHM_VALUE ? 2 : 1) <= room);
    }
}

/* ---- One input --------------------------------------------------------------------------------------------------- */

/* Fill the view with a published value or stream. */
static void make_ours(struct program *program)
{
    struct trailer_plan plan;
    struct mapping mapping;
    uint64_t capacity = view.size / 2 - 300 + take(program, 1);
    if (take(program, 1) % 3 == 0) {
        HOLDS(trailer_plan_stream(view.size - WINSHM_PAGE, &plan));
    } else {
        HOLDS(trailer_plan(capacity % 2 + 1, capacity, (capacity & 2) != 0, &plan));
    }
    trailer_begin(&view, &plan, &mapping);
    HOLDS(mapping.trailer->state == WINSHM_FILLING);
    mapping.trailer->current = 2;
    mapping.trailer->state = WINSHM_PUBLISHED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    liar = (struct program){0};
    lied = false;

    /*
     * Whole pages, not all of them committed; or less than a page, which
     * Windows does not map.
     */
    uint64_t setting = take(&program, 1);
    size_t bytes = (size_t)((setting & 7) == 0 ? take(&program, 2) % WINSHM_PAGE : (1 + (setting & 3)) * WINSHM_PAGE);
    size_t committed = (setting & 0x38) == 0 ? (size_t)take(&program, 2) % (bytes + 1) : bytes;
    view = (struct view){.base = aligned_alloc(128, (committed + 127) & ~(size_t)127), .size = bytes};
    if (committed % 128 != 0) {
        free(view.base);
        view.base = malloc(committed);
    }
    expected = malloc(committed);
    HOLDS(view.base != NULL && expected != NULL);
    view.committed = committed;
    if (committed > 0) {
        memset(view.base, 0, committed);
    }

    if ((setting & 0x40) != 0) {
        size_t given = program.left < committed ? program.left : committed;
        if (given > 0) {
            memcpy(view.base + committed - given, program.at, given);
        }
        program.left = 0;
    } else if (committed == bytes && bytes >= WINSHM_PAGE) {
        make_ours(&program);
    }
    if (committed > 0) {
        memcpy(expected, view.base, committed);
    }
    for (uint64_t changes = take(&program, 1) % 8; changes > 0; changes--) {
        change(&program);
    }
    enum trailer_verdict wanted = judge(view.base, committed, bytes);

    liar = program;
    struct mapping mapping;
    enum trailer_verdict verdict = trailer_attach(&view, &mapping);
    HOLDS(lied || verdict == wanted);
    HOLDS(mapping.view.base == view.base && mapping.view.size == view.size);
    if (verdict == TRAILER_OURS) {
        check_ours(&mapping);
    }
    HOLDS(committed == 0 || memcmp(view.base, expected, committed) == 0);
    free(view.base);
    free(expected);
    return 0;
}

void fuzz_seeds(void)
{
    fuzz_seed("\x0F\x10\x01\x00", 4);                              /* a value */
    fuzz_seed("\x0F\x11\x01\x00", 4);                              /* a sealed one */
    fuzz_seed("\x09\x10\x00\x00", 4);                              /* a stream */
    fuzz_seed("\x0F\x10\x01\x01\x04\x01\x01", 7);                  /* capacity too large by one */
    fuzz_seed("\x0F\x10\x01\x00\x01\x01\x00\x04\x01\x01\x01", 11); /* a liar adds one to it */
    fuzz_seed("\x00\x10\x00\x10\x00", 5);
    fuzz_seed("\x4F\0\0\0\0\0\0\0\0\0\0\0winshm\x1A\n", 20);
}
