/*
 * ring_fuzz.c - use one side of a stream while the other side stores nonsense.
 *
 * The input is a program. It begins with the two positions and with the side
 * that is ours. Then each byte selects a step, and the operands of the step
 * follow it. In a step the other side, the liar, stores anything anywhere in
 * the trailer and the lines of the consumers, or our side calls one of
 * ring_*().
 *
 * For every input, each span lies within the ring and has a length that the two
 * positions allow. Our side stores only to its own words of the trailer, and to
 * the waiting flag of the other side when it wakes that side.
 */
#include <string.h>

#include "common/fuzz/fuzz.h"
#include "common/memory/ring.h"

/*
 * Return a position: near ours, near ours plus or minus the capacity, or any.
 */
static uint64_t take_position(struct program *program, const struct ring *ring)
{
    uint64_t kind = take(program, 1);
    uint64_t near = take(program, 1);
    switch (kind % 6) {
    case 0:
        return ring->position + near;
    case 1:
        return ring->position - near;
    case 2:
        return ring->position + ring->capacity + near - 128;
    case 3:
        return ring->position - ring->capacity + near - 128;
    case 4:
        return ring->position + (near << (kind / 6));
    default:
        return take(program, 8);
    }
}

/* ---- Steps and checks -------------------------------------------------------------------------------------------- */

static bool can_be(const struct ring *ring)
{
    return ring->produces ? ring->position - ring->other <= ring->capacity
                          : ring->other - ring->position <= ring->capacity;
}

/*
 * Call ring_span() and check the span. Read or overwrite each of its bytes.
 * Return the length of the span, or 0 if there is none.
 */
static size_t look(struct ring *ring, uint8_t *base, uint8_t filler)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    if (ring_span(ring, &bytes, &size) == RING_BROKEN) {
        HOLDS(bytes == NULL && size == 0);
        return 0;
    }
    HOLDS(bytes >= base && size <= ring->capacity && (size_t)(bytes - base) <= ring->capacity - size);
    HOLDS((uint64_t)(bytes - base) == (ring->position & (ring->capacity - 1)));
    HOLDS(can_be(ring));
    if (ring->produces) {
        HOLDS(size <= ring->capacity - (ring->position - ring->other));
        memset(bytes, filler, size);
    } else {
        HOLDS(size <= ring->other - ring->position);
        volatile uint8_t sum = 0;
        for (size_t i = 0; i < size; i++) {
            sum = (uint8_t)(sum + bytes[i]);
        }
    }
    return size;
}

/* The words of one side. */
struct side {
    uint64_t *position;
    uint32_t *waiting;
    uint32_t *closed;
};

static struct side side_of(const struct ring *ring, bool produces, uint32_t number)
{
    winshm_trailer *trailer = ring->trailer;
    winshm_consumer *line = &ring->consumers[number];
    return produces ? (struct side){&trailer->head, &trailer->head_waiting, &trailer->producer_closed}
                    : (struct side){&line->tail, &line->tail_waiting, &line->closed};
}

/* Read or write a part of the span, and check who is woken. */
static void advance(struct program *program, struct ring *ring, uint8_t *base)
{
    size_t found = look(ring, base, 'x');
    uint64_t used = take(program, 2) % (found + 1);
    uint64_t before = ring->position;
    uint32_t others = ring->produces ? ring->count : 1;
    uint32_t flags[WINSHM_CONSUMERS_MAX];
    for (uint32_t i = 0; i < others; i++) {
        flags[i] = *side_of(ring, !ring->produces, i).waiting;
    }
    if (found > 0) {
        uint32_t wakes = ring_advance(ring, (size_t)used);
        HOLDS(ring->position == before + used && can_be(ring) && wakes >> others == 0);
        for (uint32_t i = 0; i < others; i++) {
            bool is_woken = (wakes >> i & 1) != 0;
            uint32_t now = *side_of(ring, !ring->produces, i).waiting;
            HOLDS(is_woken ? flags[i] != 0 && now == 0 : now == flags[i]);
            HOLDS(is_woken || !ring->produces || flags[i] == 0); /* any byte wakes a consumer */
        }
    }
}

/*
 * Our side has decided to wait. Check that it cannot go on: fewer bytes are
 * ready than it needs, and the other side is open.
 */
static void check_waits(const struct ring *ring)
{
    struct side ours = side_of(ring, ring->produces, ring->own);
    HOLDS(*ours.waiting == 1 && ring_closed(ring) == WINSHM_OPEN);
    if (!ring->produces) {
        HOLDS(ring->trailer->head == ring->position && *ours.closed == WINSHM_OPEN);
        return;
    }
    uint64_t most = 0;
    for (uint32_t i = 0; i < ring->count; i++) {
        uint64_t used = ring->position - ring->consumers[i].tail;
        if (ring->consumers[i].closed == WINSHM_OPEN && (ring->ended >> i & 1) == 0) {
            HOLDS(used <= ring->capacity);
            most = used > most ? used : most;
        }
    }
    HOLDS(ring->capacity - most < ring->capacity / 4);
}

static void step(struct program *program, struct ring *ring, uint8_t *base)
{
    uint64_t choice = take(program, 1);
    uint64_t value = choice / 16;
    uint32_t number = ring->count > 1 ? (uint32_t)take(program, 1) % ring->count : 0;
    struct side theirs = side_of(ring, !ring->produces, number);
    struct side ours = side_of(ring, ring->produces, ring->own);
    uint32_t *const words[] = {theirs.waiting, ours.waiting, theirs.closed};
    switch (choice % 16) {
    case 0:
    case 1:
    case 2:
        *theirs.position = take_position(program, ring);
        break;
    case 3:
        *ours.position = take_position(program, ring);
        break;
    case 4:
    case 5:
    case 6:
        *words[choice % 16 - 4] = value == 15 ? (uint32_t)take(program, 4) : (uint32_t)value;
        break;
    case 7: {
        uint64_t at = take(program, 2) % sizeof *ring->trailer;
        ((uint8_t *)ring->trailer)[at] = (uint8_t)take(program, 1);
        break;
    }
    case 8: {
        uint64_t at = take(program, 1) % sizeof *ring->consumers;
        ((uint8_t *)&ring->consumers[number])[at] = (uint8_t)take(program, 1);
        break;
    }
    case 9:
        (void)ring_drop_slow(ring);
        break;
    case 12:
        if (ring_begin_wait(ring)) {
            check_waits(ring);
        }
        break;
    case 13:
        ring_end_wait(ring);
        HOLDS(*ours.waiting == 0);
        break;
    case 14:
        HOLDS(ring_fill(ring) <= ring->capacity);
        HOLDS(ring->count > 1 || ring->ended != 0 || ring_closed(ring) == *theirs.closed);
        (void)ring_is_ready(ring);
        break;
    case 15:
        ring_close(ring, (enum winshm_closed)(value % 5));
        HOLDS(*ours.closed == value % 5);
        break;
    default:
        advance(program, ring, base);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    uint64_t setting = take(&program, 1);
    uint64_t capacity = UINT64_C(4096) << (setting >> 1 & 1);
    bool produces = (setting & 1) != 0;
    uint32_t count = (uint32_t)(setting >> 4 & 3) + 1;

    /* Separate blocks, so that an access behind either is detected. */
    uint8_t *base = aligned_alloc(128, (size_t)capacity + (count > 1 ? count * sizeof(winshm_consumer) : 0));
    winshm_trailer *trailer = aligned_alloc(128, sizeof *trailer);
    HOLDS(base != NULL && trailer != NULL);
    memset(base, 0, (size_t)capacity);
    uint64_t start = (setting & 4) != 0 ? take(&program, 8) : (uint64_t)0 - take(&program, 2);
    uint64_t used = (setting & 8) != 0 ? take(&program, 8) : take(&program, 2) % (capacity + 1);
    *trailer = (winshm_trailer){.head = start + used};
    struct mapping mapping = {.view = {.base = base},
                              .trailer = trailer,
                              .kind = count > 1 ? WINSHM_FANOUT : WINSHM_STREAM,
                              .capacity = capacity,
                              .consumers = count};
    winshm_consumer *lines = trailer_consumers(&mapping);
    memset(lines, 0, count * sizeof *lines);
    for (uint32_t i = 0; i < count; i++) {
        lines[i].tail = start;
    }
    struct ring ring;
    if (produces) {
        ring_produce(&ring, &mapping);
    } else {
        ring_consume(&ring, &mapping, (uint32_t)(setting >> 6) % count);
    }
    uint32_t own = ring.own;

    /*
     * The ring uses its own copies of these fields. The liar's stores to the
     * trailer must not change them.
     */
    while (program.left > 0) {
        step(&program, &ring, base);
        HOLDS(ring.trailer == trailer && ring.bytes == base && ring.capacity == capacity && ring.produces == produces);
        HOLDS(ring.consumers == lines && ring.count == count && ring.own == own);
    }
    free(base);
    free(trailer);
    return 0;
}

void fuzz_seeds(void)
{
    /* Each side, from an empty and a full ring: look, use, wait, be woken. */
    FUZZ_SEED("\1\0\0\0\0\10\0\310\14\4\0\12\370\15\16");
    FUZZ_SEED("\0\0\0\20\0\10\0\310\14\4\0\12\370\15\16");
    FUZZ_SEED("\3\0\0\40\0\14\0\0\144\370\37\16");
    FUZZ_SEED("\41\0\0\0\0\12\0\377\17\14\0\11\0\0\1\5\16\2\11\1");
    FUZZ_SEED("\240\0\0\0\0\12\0\377\17\14\0\11\0\0\1\5\16\2\11\1");
}
