/*
 * value_fuzz.c - read and update a value while the other side stores nonsense.
 *
 * The input is a program. It begins with the kind, the size and the length of
 * the value. Then each byte selects a step, and the operands of the step follow
 * it: look at the value, copy from it, update it, let the updater die in an
 * update, or change the behaviour of the liar. The liar is another program that
 * stores anything anywhere in the view, before any load or store of ours.
 *
 * For every input, no function touches anything outside the view, a reader
 * stores nothing, and an updater stores only to the slots and `current`. Each
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
static uint64_t lie_every;     /* 0, LIE_FOR_EVER, or accesses from one store to the next */
#define LIE_FOR_EVER 4
static uint64_t random_state;
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
static void lie(uint64_t choice, uint64_t value)
{
    size_t trailer = view_size - WINSHM_TRAILER_SIZE;
    switch (choice % 8) {
    case 0:
    case 1:
        lie_at(trailer + offsetof(winshm_trailer, current), value, 8);
        break;
    case 2:
        lie_at(trailer + offsetof(winshm_trailer, current), mapping.trailer->current ^ 1, 8);
        break;
    case 3:
        lie_at(trailer + offsetof(winshm_trailer, slots[0].length), value, 8);
        break;
    case 4:
        lie_at(trailer + offsetof(winshm_trailer, slots[1].length), value, 8);
        break;
    case 5:
        lie_at(trailer + (size_t)(value % WINSHM_TRAILER_SIZE), choice, 1);
        break;
    default:
        lie_at((size_t)(value % view_size), choice, 1);
        break;
    }
}

/*
 * Store another impossible state each time. A loop that repeats until the state
 * is possible would never end.
 */
static void lie_for_ever(void)
{
    size_t trailer = view_size - WINSHM_TRAILER_SIZE;
    lie_at(trailer + offsetof(winshm_trailer, current), mapping.trailer->current + 2, 8);
    lie_at(trailer + offsetof(winshm_trailer, slots[0].length), mapping.capacity + 1, 8);
    lie_at(trailer + offsetof(winshm_trailer, slots[1].length), mapping.capacity + 1, 8);
}

static void take_lie(void)
{
    uint64_t choice = take(source, 1);
    lie(choice, take_number(source, mapping.capacity));
}

static void before_access(void)
{
    accesses++;
    if (lie_every == LIE_FOR_EVER) {
        lie_for_ever();
    } else if (lie_every != 0 && accesses % lie_every == 0) {
        random_state ^= random_state << 13;
        random_state ^= random_state >> 7;
        random_state ^= random_state << 17;
        lie(random_state >> 32, random_state % (mapping.capacity + 3));
    }
    if (lie_after != 0 && --lie_after == 0) {
        take_lie();
        lie_after = take(source, 1);
    }
}

/* ---- Our side ---------------------------------------------------------------------------------------------------- */

static uint64_t die_after; /* die at this store of the next update, the first being 1; 0: never */
static jmp_buf death;

/* common/memory/shared.h calls this before each access to shared memory. */
void shared_step(const void *at, size_t size, bool stores)
{
    HOLDS((uintptr_t)at % size == 0);
    before_access();
    if (stores && die_after != 0 && --die_after == 0) {
        longjmp(death, 1);
    }
}

/* Return whether the update has made its contents current. */
static bool is_published(void)
{
    return mapping.trailer->current >> 1 > model.sequence;
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

/*
 * Write a part of the new contents. Its block is static, because longjmp() from
 * value_write() would leak an automatic one.
 */
static void write_contents(struct program *program, const struct value_update *update, uint8_t *bytes, size_t length)
{
    static uint8_t *piece;
    size_t at = (size_t)take(program, 2) % (length + 1);
    size_t size = (size_t)take(program, 2) % (length - at + 1);
    free(piece);
    piece = malloc(size);
    HOLDS(piece != NULL);
    if (size > 0) {
        memset(piece, (int)take(program, 1), size);
        memcpy(bytes + at, piece, size);
    }
    value_write(update, at, piece, size);
}

/* Update the value and check the result. The updater may die at any store. */
static void update(struct program *program, uint64_t choice)
{
    static uint8_t *bytes; /* the new contents; static, so that a death does not lose them */
    static size_t length;
    static uint64_t sequence;
    bytes = calloc(1, (size_t)mapping.capacity + 1);
    length = 0;
    sequence = model.sequence;
    HOLDS(bytes != NULL);
    die_after = choice % 2 != 0 ? 1 + take(program, 1) : 0;
    if (setjmp(death) == 0) {
        struct value_update update;
        accesses = 0;
        if (!value_begin_update(&mapping, &update)) {
            HOLDS(!model.known);
            free(bytes);
            check_written(true);
            return;
        }
        HOLDS(update.old.length <= mapping.capacity && update.journal == mapping.view.base + mapping.slot_size);
        HOLDS(!model.known || (update.old.length == model.length && update.sequence == model.sequence));
        length = (size_t)take_number(program, mapping.capacity) % ((size_t)mapping.capacity + 1);
        if (choice % 4 >= 2) {
            length = length < update.old.length ? (size_t)update.old.length : length;
            value_keep(&update, length);
            memcpy(bytes, update.journal, length); /* unused after a lie */
            for (size_t i = 0; model.known && i < length; i++) {
                HOLDS(bytes[i] == (i < model.length ? model.bytes[i] : 0));
            }
        } else {
            value_write(&update, 0, bytes, length);
        }
        for (uint64_t pieces = take(program, 1) % 4; pieces > 0; pieces--) {
            write_contents(program, &update, bytes, length);
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
    }
    check_written(true);
    if (model.known && is_published()) {
        free(model.bytes);
        model.bytes = bytes;
        model.length = length;
        model.sequence = sequence + 1;
        return;
    }
    free(bytes);
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
        lie_every = choice / 8 % 5;
        random_state = take(program, 2) + 1;
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
    lie_every = 0;
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
    lie_every = 0;
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
    fuzz_seed("\x00\x08\x00\x05\x00\x02\x00\x01\x00\x03", 10);                      /* look at it and copy */
    fuzz_seed("\x00\x08\x00\x05\x06\x00\x09\x02\x00\x01\x00\x04y\x00\x02\x00", 16); /* replace the contents */
    fuzz_seed("\x02\x08\x00\x05\x16\x00\x09\x01\x00\x01\x00\x04y\x00\x02\x00", 16); /* keep the old contents */
    fuzz_seed("\x00\x08\x00\x05\x0E\x04\x00\x09\x00\x00\x02\x00\x0E\x07\x00\x03\x00\x00\x06\x00\x04\x00", 22);
    fuzz_seed("\x00\x08\x00\x05\x03\x04\x00\x05\x00\x02\x00\x01\x00\x03\x06\x00\x05\x00", 18); /* a lie during a copy */
    fuzz_seed("\x00\x08\x00\x05\x0D\x00\x07\x00\x06\x00\x20\x00\x00\x02\x00\x00\x00\x09", 18); /* many lies */
    fuzz_seed("\x00\x08\x00\x05\x25\x00\x07\x00", 8);
    fuzz_seed("\x01\x08\x00\x05\x00\x02\x00\x01\x00\x03\x04\x03\x01\x01\x00", 15); /* sealed */
}
