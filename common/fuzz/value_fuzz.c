/*
 * value_fuzz.c - a value whose other side lies, in the middle of whatever is done.
 *
 * The input is a program: first the value, then what is done. A byte chooses the step; what it needs follows it: a
 * look, a copy, an update, an updater that dies, or how the other side lies from now on. It stores anything anywhere,
 * before any single load or store of ours.
 *
 * Whatever is stored, nothing outside of the view is touched, nothing is written but the slots and `current`, nothing
 * at all by a reader, what a look promises is possible, and everything ends. And while nobody lies, what is read is
 * what was written: the old contents or the new ones, wherever an updater died.
 */
#include <setjmp.h>
#include <string.h>

#include "common/fuzz/fuzz.h"
#include "common/memory/shared.h"
#include "common/memory/value.h"

/* Nobody else is needed of the machine. */
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
static uint8_t *expected; /* the bytes of the view, and what the liar stored to them */

/* What is there, as long as nobody has lied about it. */
static struct {
    bool known;
    uint64_t sequence;
    size_t length;
    uint8_t *bytes;
} model;

/* ---- The other side ---------------------------------------------------------------------------------------------- */

static struct program *source; /* where its lies come from */
static uint64_t lie_after;     /* accesses until the next one; 0: never */
static uint64_t lie_every;     /* or every so many, of its own making */
#define LIE_FOR_EVER 4
static uint64_t random_state;
static size_t accesses;

static void lie_at(size_t at, uint64_t value, size_t size)
{
    memcpy(mapping.view.base + at, &value, size);
    memcpy(expected + at, &value, size);
    model.known = false;
}

/* `current` and the lengths are what matters; now and then anything. */
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

/* Something else each time, and nothing that could be: whoever looks again and again looks for ever. */
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

static uint64_t die_after; /* so many stores; 0: not at all */
static jmp_buf death;

/* Called by common/memory/shared.h. */
void shared_step(const void *at, size_t size, bool stores)
{
    HOLDS((uintptr_t)at % size == 0);
    before_access();
    if (stores && die_after != 0 && --die_after == 0) {
        longjmp(death, 1);
    }
}

/* Has the update got so far that its contents are current? */
static bool is_published(void)
{
    return mapping.trailer->current >> 1 > model.sequence;
}

/* A reader writes nothing, and an updater only what is its own; then that is what is there. */
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
    HOLDS(accesses <= (size_t)8 * 1000); /* tries */
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

/* Copy some of it, in pieces, or all. */
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

/* Some bytes of the new contents, in a block that a death in value_write() does not lose. */
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

/* An update; the updater may die in it. */
static void update(struct program *program, uint64_t choice)
{
    static uint8_t *bytes; /* what the contents become; not to be lost by a death */
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
            memcpy(bytes, update.journal, length); /* for the model, which is not to be believed after a lie */
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

        /* What a program sees that reads up to the first zero, or everything. */
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
    fuzz_seed("\x00\x08\x00\x05\x00\x02\x00\x01\x00\x03", 10);                      /* look and copy */
    fuzz_seed("\x00\x08\x00\x05\x06\x00\x09\x02\x00\x01\x00\x04y\x00\x02\x00", 16); /* a whole update */
    fuzz_seed("\x02\x08\x00\x05\x16\x00\x09\x01\x00\x01\x00\x04y\x00\x02\x00", 16); /* one that keeps the old */
    fuzz_seed("\x00\x08\x00\x05\x0E\x04\x00\x09\x00\x00\x02\x00\x0E\x07\x00\x03\x00\x00\x06\x00\x04\x00", 22);
    fuzz_seed("\x00\x08\x00\x05\x03\x04\x00\x05\x00\x02\x00\x01\x00\x03\x06\x00\x05\x00", 18); /* lies meanwhile */
    fuzz_seed("\x00\x08\x00\x05\x0D\x00\x07\x00\x06\x00\x20\x00\x00\x02\x00\x00\x00\x09", 18); /* lies all the time */
    fuzz_seed("\x00\x08\x00\x05\x25\x00\x07\x00", 8);
    fuzz_seed("\x01\x08\x00\x05\x00\x02\x00\x01\x00\x03\x04\x03\x01\x01\x00", 15); /* sealed */
}
