/*
 * value_fuzz.c - attach to memory, read and update a value while the other side
 * stores nonsense.
 *
 * The input is a program. It begins with the kind, the size and the length of
 * the value. Then each byte selects a step, and the operands of the step follow
 * it: look at the value, copy from it, update it, let the updater die in an
 * update, or change the behaviour of the liar. The liar is another program that
 * stores anything anywhere in the view, before any load or store of ours.
 *
 * For every input, no function touches anything outside the view, a reader
 * stores nothing, and an updater stores only to the slots and `current`. A view
 * with the verdict TRAILER_OURS is consistent whatever the liar stores. Each
 * look that succeeds returns a possible length and address. Each function ends.
 * While the liar stores nothing, a reader reads exactly the old or the new
 * contents, wherever an updater died.
 */
#include <setjmp.h>
#include <string.h>

#include "common/fuzz/fuzz.h"
#include "common/memory/shared.h"
#include "common/memory/value.h"

/* The only functions of the platform that the code under test calls. */
uint64_t clock_wall(void)
{
    return 1;
}

uint32_t process_id(void)
{
    return 1;
}

/* ---- The value --------------------------------------------------------------------------------------------------- */

static struct mapping mapping;
static size_t view_size;
static uint8_t *expected; /* the bytes that the view must contain: the liar stores to both */

/*
 * The value that a reader must find. The first store of the liar clears
 * `known`.
 */
static struct {
    bool known;
    uint64_t sequence;
    size_t length;
    uint8_t *bytes;
} model;

/* ---- The liar ---------------------------------------------------------------------------------------------------- */

static struct program *source; /* the input that selects the stores of the liar */
static uint64_t lie_after;     /* accesses until the next store of the liar; 0: none */
static bool lies_always;       /* the liar stores before each access */
static uint64_t wrong_sizes;   /* bit i: at access i of 64 it stores wrong sizes, otherwise the right ones */
static size_t accesses;

static void lie_at(size_t at, uint64_t value, size_t size)
{
    memcpy(mapping.view.base + at, &value, size);
    memcpy(expected + at, &value, size);
    model.known = false;
}

/*
 * Store to `current` or to a length in most cases, to any byte in the others.
 */
static void take_lie(void)
{
    static const size_t words[] = {offsetof(winshm_trailer, current),         offsetof(winshm_trailer, slots[0].length),
                                   offsetof(winshm_trailer, slots[1].length), offsetof(winshm_trailer, capacity),
                                   offsetof(winshm_trailer, slot_size),       offsetof(winshm_trailer, kind),
                                   offsetof(winshm_trailer, consumers)};
    size_t trailer = view_size - WINSHM_TRAILER_SIZE;
    uint64_t choice = take(source, 1);
    uint64_t value = take_number(source, mapping.capacity);
    if (choice % 8 < 4) {
        size_t word = choice / 8 % (sizeof words / sizeof *words);
        lie_at(trailer + words[word], value, word < 5 ? 8 : 4);
    } else if (choice % 8 == 4) {
        lie_at(trailer + words[0], mapping.trailer->current ^ 1, 8);
    } else if (choice % 8 == 5) {
        lie_at(trailer + (size_t)(value % WINSHM_TRAILER_SIZE), choice, 1);
    } else {
        lie_at((size_t)(value % view_size), choice, 1);
    }
}

/*
 * Store another impossible state each time. A loop that repeats until the state
 * is possible would never end, and a size that is loaded twice may be another.
 */
static void lie_always(void)
{
    size_t trailer = view_size - WINSHM_TRAILER_SIZE;
    lie_at(trailer + offsetof(winshm_trailer, current), mapping.trailer->current + 2, 8);
    lie_at(trailer + offsetof(winshm_trailer, slots[0].length), mapping.capacity + 1, 8);
    lie_at(trailer + offsetof(winshm_trailer, slots[1].length), mapping.capacity + 1, 8);
    bool is_wrong = (wrong_sizes >> accesses % 64 & 1) != 0;
    lie_at(trailer + offsetof(winshm_trailer, capacity), is_wrong ? UINT64_MAX : mapping.capacity, 8);
    lie_at(trailer + offsetof(winshm_trailer, slot_size), is_wrong ? view_size : mapping.slot_size, 8);
}

/* ---- Our side ---------------------------------------------------------------------------------------------------- */

static uint64_t die_after; /* die at this store of the next update, the first being 1; 0: never */
static jmp_buf death;

/* common/memory/shared.h calls this before each access to shared memory. */
void shared_step(const void *at, size_t size, bool stores)
{
    HOLDS((uintptr_t)at % size == 0);
    accesses++;
    if (lies_always) {
        lie_always();
    }
    if (lie_after != 0 && --lie_after == 0) {
        take_lie();
        lie_after = take(source, 1);
    }
    if (stores && die_after != 0 && --die_after == 0) {
        longjmp(death, 1);
    }
}

/*
 * Check that the view has changed only where it may: nowhere for a reader, in
 * the slots and `current` for an updater.
 */
static void check_written(bool by_updater)
{
    if (by_updater) {
        size_t trailer = view_size - WINSHM_TRAILER_SIZE;
        const struct {
            size_t at;
            size_t size;
        } own[] = {{0, 2 * (size_t)mapping.slot_size},
                   {trailer + offsetof(winshm_trailer, current), 8},
                   {trailer + offsetof(winshm_trailer, slots[0]), offsetof(winshm_slot, reserved)},
                   {trailer + offsetof(winshm_trailer, slots[1]), offsetof(winshm_slot, reserved)}};
        for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
            memcpy(expected + own[i].at, mapping.view.base + own[i].at, own[i].size);
        }
    }
    HOLDS(memcmp(mapping.view.base, expected, view_size) == 0);
}

/*
 * Attach to the view again, or to its beginning without the trailer. Check the
 * properties that callers rely on after the verdict TRAILER_OURS.
 */
static void attach(bool is_part)
{
    struct view view = mapping.view;
    struct mapping again;
    view.committed -= is_part ? WINSHM_PAGE / 2 : 0;
    enum trailer_verdict verdict = trailer_attach(&view, &again);
    HOLDS(!model.known || is_part == (verdict != TRAILER_OURS));
    HOLDS(again.view.base == view.base && again.view.size == view_size);
    if (verdict == TRAILER_OURS) {
        unsigned __int128 slot_size = again.slot_size;
        unsigned __int128 room = view_size - WINSHM_TRAILER_SIZE;
        HOLDS(!is_part && (uint8_t *)again.trailer == view.base + room);
        HOLDS(again.kind >= WINSHM_VALUE && again.kind <= WINSHM_FANOUT);
        if (trailer_is_stream(&again)) {
            HOLDS(again.capacity >= WINSHM_PAGE && again.capacity <= room);
            HOLDS((again.capacity & (again.capacity - 1)) == 0);
            const uint8_t *lines = (const uint8_t *)trailer_consumers(&again);
            HOLDS(again.consumers >= 1 && lines >= view.base);
            HOLDS(lines + again.consumers * sizeof(winshm_consumer) <= view.base + view_size);
            HOLDS(again.kind == WINSHM_STREAM || lines >= view.base + again.capacity);
            HOLDS(again.kind == WINSHM_STREAM || again.consumers <= (room - again.capacity) / sizeof(winshm_consumer));
        } else {
            HOLDS((unsigned __int128)again.capacity + WINSHM_TERMINATOR <= slot_size);
            HOLDS(again.slot_size % WINSHM_SLOT_ALIGN == 0);
            HOLDS(slot_size * (again.kind == WINSHM_VALUE ? 2 : 1) <= room);
        }
    }
    check_written(false);
}

static bool look(struct value_look *seen)
{
    accesses = 0;
    bool found = value_look(&mapping, seen);
    HOLDS(accesses <= (size_t)8 * 1000); /* the limit of tries in value_look() */
    if (found) {
        HOLDS(seen->slot.length <= mapping.capacity && value_sequence(seen) != 0);
        HOLDS(seen->contents == mapping.view.base + (seen->current & 1) * mapping.slot_size);
        HOLDS((seen->current & 1) == 0 || mapping.kind == WINSHM_VALUE);
    }
    HOLDS(!model.known || found);
    HOLDS(!model.known || (seen->contents[model.length] == 0 && seen->contents[model.length + 1] == 0));
    check_written(false);
    return found;
}

/* Copy a part of the contents chosen by the input, and check it. */
static void copy(struct program *program, const struct value_look *seen)
{
    size_t length = (size_t)seen->slot.length;
    size_t from = (size_t)take(program, 2) % (length + 1);
    size_t size = (size_t)take(program, 2) % (length - from + 1);
    uint8_t *to = malloc(size);
    HOLDS(to != NULL);
    bool good = value_copy(&mapping, seen, from, to, size);
    HOLDS(!model.known || good == (seen->current == mapping.trailer->current));
    if (model.known && good) {
        HOLDS(value_sequence(seen) == model.sequence && length == model.length &&
              memcmp(to, model.bytes + from, size) == 0);
    }
    free(to);
    check_written(false);
}

/* Write a part of the new contents, or all of them. */
static void write_contents(const struct value_update *update, uint8_t *bytes, size_t at, size_t size)
{
    static uint8_t *piece; /* static: longjmp() from value_write() would leak it */
    free(piece);
    piece = fuzz_block(bytes + at, size);
    value_write(update, at, piece, size);
}

/*
 * Update the value and check the result: all of it, or with `keeps` a part. The
 * updater may die at any store. Return the length of the new contents, which
 * are `bytes`. Return SIZE_MAX if the update cannot begin.
 */
static size_t update_bytes(struct program *program, bool keeps, uint8_t *bytes)
{
    static size_t length; /* static, so that a death does not lose it */
    struct value_update update;
    length = 0;
    if (setjmp(death) != 0) {
        return length;
    }
    accesses = 0;
    if (!value_begin_update(&mapping, &update)) {
        HOLDS(!model.known);
        return SIZE_MAX;
    }
    HOLDS(update.old.length <= mapping.capacity && update.journal == mapping.view.base + mapping.slot_size);
    HOLDS(!model.known || (update.old.length == model.length && update.sequence == model.sequence));
    length = (size_t)take_number(program, mapping.capacity) % ((size_t)mapping.capacity + 1);
    if (keeps) {
        length = length < update.old.length ? (size_t)update.old.length : length;
        value_keep(&update, length);
        memcpy(bytes, update.journal, length); /* unused after a lie */
        for (size_t i = 0; model.known && i < length; i++) {
            HOLDS(bytes[i] == (i < model.length ? model.bytes[i] : 0));
        }
    } else {
        write_contents(&update, bytes, 0, length);
    }
    for (uint64_t pieces = take(program, 1) % 4; pieces > 0; pieces--) {
        size_t at = (size_t)take(program, 2) % (length + 1);
        size_t size = (size_t)take(program, 2) % (length - at + 1);
        memset(bytes + at, (int)take(program, 1), size);
        write_contents(&update, bytes, at, size);
    }
    value_commit(&update, length, (struct value_text){.encoding = WINSHM_UTF8});

    /*
     * A foreign program may read up to the first zero, or everything. Zeros
     * must replace the rest of the old contents.
     */
    size_t stale = model.length > length ? model.length : length;
    for (size_t i = length; i < stale + WINSHM_TERMINATOR; i++) {
        HOLDS(!model.known || mapping.view.base[i] == 0);
    }
    return length;
}

static void update(struct program *program, uint64_t choice)
{
    uint8_t *bytes = calloc(1, (size_t)mapping.capacity + 1);
    HOLDS(bytes != NULL);
    die_after = choice % 2 != 0 ? 1 + take(program, 1) : 0;
    size_t length = update_bytes(program, choice % 4 >= 2, bytes);
    check_written(true);
    if (model.known && mapping.trailer->current >> 1 > model.sequence) {
        free(model.bytes);
        model.bytes = bytes;
        model.length = length;
        model.sequence++;
    } else {
        free(bytes);
    }
}

static void step(struct program *program, struct value_look *seen, bool *has_seen)
{
    uint64_t choice = take(program, 1);
    switch (choice % 8) {
    case 0:
    case 1:
        *has_seen = look(seen);
        break;
    case 2:
        if (*has_seen) {
            copy(program, seen);
        }
        break;
    case 3:
        lie_after = take(program, 1);
        break;
    case 4:
        take_lie();
        break;
    case 5:
        lies_always = choice / 8 % 4 == 0;
        wrong_sizes = take(program, 8);
        break;
    case 7:
        attach(choice / 8 % 4 == 0);
        break;
    default:
        if (mapping.kind == WINSHM_VALUE) {
            update(program, choice / 8);
        }
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    source = &program;
    lie_after = 0;
    lies_always = false;
    die_after = 0;

    uint64_t setting = take(&program, 1);
    struct trailer_plan plan;
    HOLDS(trailer_plan((setting & 1) + 1, take(&program, 1) * 8, (setting & 2) != 0, &plan));
    view_size = (size_t)plan.section_size;
    struct view view = {.base = aligned_alloc(128, view_size), .size = view_size, .committed = view_size};
    expected = malloc(view_size);
    HOLDS(view.base != NULL && expected != NULL);
    memset(view.base, 0, view_size);
    trailer_begin(&view, &plan, &mapping);
    size_t length = (size_t)take(&program, 2) % ((size_t)plan.capacity + 1);
    memset(value_contents(&mapping), 'x', length);
    value_publish(&mapping, length, (struct value_text){.encoding = WINSHM_UTF8});
    memcpy(expected, view.base, view_size);
    model.known = true;
    model.sequence = 1;
    model.length = length;
    model.bytes = fuzz_block(view.base, length);

    struct value_look seen;
    bool has_seen = false;
    while (program.left > 0) {
        step(&program, &seen, &has_seen);
    }
    lie_after = 0;
    lies_always = false;
    if (look(&seen)) {
        uint8_t *whole = malloc((size_t)seen.slot.length);
        HOLDS(whole != NULL && value_copy(&mapping, &seen, 0, whole, (size_t)seen.slot.length));
        HOLDS(!model.known || (seen.slot.length == model.length && value_sequence(&seen) == model.sequence &&
                               memcmp(whole, model.bytes, model.length) == 0));
        free(whole);
    }
    free(model.bytes);
    free(expected);
    free(view.base);
    return 0;
}

void fuzz_seeds(void)
{
    FUZZ_SEED("\x00\x08\x00\x05\x00\x02\x00\x01\x00\x03");                      /* look at it and copy */
    FUZZ_SEED("\x00\x08\x00\x05\x06\x00\x09\x02\x00\x01\x00\x04y\x00\x02\x00"); /* replace the contents */
    FUZZ_SEED("\x02\x08\x00\x05\x16\x00\x09\x01\x00\x01\x00\x04y\x00\x02\x00"); /* keep the old contents */
    FUZZ_SEED("\x00\x08\x00\x05\x0E\x04\x00\x09\x00\x00\x02\x00\x0E\x07\x00\x03\x00\x00\x06\x00\x04\x00");
    FUZZ_SEED("\x00\x08\x00\x05\x03\x04\x00\x05\x00\x02\x00\x01\x00\x03\x06\x00\x05\x00"); /* a lie during a copy */
    FUZZ_SEED("\x00\x08\x00\x05\x05\1\2\4\x30\7\2\x99\6\0\6\0\x20\x0F\x0F\x0F");           /* lies always */
    FUZZ_SEED("\x00\x08\x00\x05\x0F\x07\x04\x18\x01\x01\x0F\x04\x28\x01\x03\x0F"); /* attach, with lies about sizes */
    FUZZ_SEED("\x01\x08\x00\x05\x00\x02\x00\x01\x00\x03\x04\x03\x01\x01\x00");     /* sealed */
    FUZZ_SEED("\x00\xFF\x00\x05\x04\x28\x00\x04\x04\x18\x04\x0C\x04\x30\x00\x1C\x0F"); /* it becomes a fan-out */
}
