/*
 * ring_fuzz.c - use one side of a stream while the other side stores nonsense.
 *
 * The input is a program. It begins with the two positions and with the side
 * that is ours. Then each byte selects a step, and the operands of the step
 * follow it. In a step the other side, the liar, stores anything anywhere in
 * the trailer, or our side calls one of ring_*().
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

static void step(struct program *program, struct ring *ring, winshm_trailer *trailer, uint8_t *base)
{
    uint64_t choice = take(program, 1);
    uint64_t value = choice / 16;
    uint64_t *theirs = ring->produces ? &trailer->tail : &trailer->head;
    uint64_t *ours = ring->produces ? &trailer->head : &trailer->tail;
    uint32_t *their_flag = ring->produces ? &trailer->tail_waiting : &trailer->head_waiting;
    uint32_t *our_flag = ring->produces ? &trailer->head_waiting : &trailer->tail_waiting;
    uint32_t *their_close = ring->produces ? &trailer->consumer_closed : &trailer->producer_closed;
    uint32_t *our_close = ring->produces ? &trailer->producer_closed : &trailer->consumer_closed;
    switch (choice % 16) {
    case 0:
    case 1:
    case 2:
        *theirs = take_position(program, ring);
        break;
    case 3:
        *ours = take_position(program, ring);
        break;
    case 4:
        *their_flag = value == 15 ? (uint32_t)take(program, 4) : (uint32_t)value & 1;
        break;
    case 5:
        *our_flag = value == 15 ? (uint32_t)take(program, 4) : (uint32_t)value & 1;
        break;
    case 6:
        *their_close = value == 15 ? (uint32_t)take(program, 4) : (uint32_t)value;
        break;
    case 7: {
        uint64_t at = take(program, 2) % sizeof *trailer;
        ((uint8_t *)trailer)[at] = (uint8_t)take(program, 1);
        break;
    }
    case 8:
    case 9:
    case 10:
    case 11: {
        size_t found = look(ring, base, (uint8_t)choice);
        if (found > 0) {
            size_t used = value == 15 ? found : (size_t)(take(program, 2) % (found + 1));
            uint64_t before = ring->position;
            uint32_t flag = *their_flag;
            bool wakes = ring_advance(ring, used);
            HOLDS(ring->position == before + used && *ours == ring->position && can_be(ring));
            HOLDS(!wakes || (flag != 0 && *their_flag == 0));
            HOLDS(wakes || *their_flag == flag);
            HOLDS(wakes || !ring->produces || flag == 0); /* any byte wakes a consumer */
        }
        break;
    }
    case 12:
        if (ring_begin_wait(ring)) {
            /*
             * Our side waits only if it cannot go on: fewer bytes are ready
             * than it needs, and the other side is open.
             */
            uint64_t used = ring->produces ? ring->position - *theirs : *theirs - ring->position;
            HOLDS(used <= ring->capacity && *their_close == WINSHM_OPEN);
            HOLDS(ring->produces ? ring->capacity - used < ring->capacity / 4 : used == 0);
            HOLDS(*our_flag == 1);
        }
        break;
    case 13:
        ring_end_wait(ring);
        HOLDS(*our_flag == 0);
        break;
    case 14:
        HOLDS(ring_fill(ring) <= ring->capacity);
        HOLDS(ring_closed(ring) == *their_close);
        (void)ring_is_ready(ring);
        break;
    default:
        if (value & 1) {
            ring_close(ring, (enum winshm_closed)(value % 5));
            HOLDS(*our_close == value % 5);
        } else {
            ring_close_other(ring, (enum winshm_closed)(value % 5));
            HOLDS(*their_close == value % 5);
        }
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    uint64_t setting = take(&program, 1);
    uint64_t capacity = UINT64_C(4096) << (setting >> 1 & 1);
    bool produces = (setting & 1) != 0;

    /* Separate blocks, so that an access behind either is detected. */
    uint8_t *base = calloc(1, (size_t)capacity);
    winshm_trailer *trailer = aligned_alloc(128, sizeof *trailer);
    HOLDS(base != NULL && trailer != NULL);
    uint64_t start = (setting & 4) != 0 ? take(&program, 8) : (uint64_t)0 - take(&program, 2);
    uint64_t used = (setting & 8) != 0 ? take(&program, 8) : take(&program, 2) % (capacity + 1);
    *trailer = (winshm_trailer){.tail = start, .head = start + used};
    struct mapping mapping = {.view = {.base = base}, .trailer = trailer, .kind = WINSHM_STREAM, .capacity = capacity};
    struct ring ring;
    ring_attach(&ring, &mapping, produces);

    /*
     * The ring uses its own copies of these fields. The liar's stores to the
     * trailer must not change them.
     */
    while (program.left > 0) {
        step(&program, &ring, trailer, base);
        HOLDS(ring.trailer == trailer && ring.bytes == base && ring.capacity == capacity && ring.produces == produces);
    }
    free(base);
    free(trailer);
    return 0;
}

void fuzz_seeds(void)
{
    /* Each side, from an empty and a full ring: look, use, wait, be woken. */
    static const uint8_t producer[] = {1, 0, 0, 0, 0, 8, 0, 200, 12, 4, 0, 10, 248, 13, 14};
    static const uint8_t consumer[] = {0, 0, 0, 16, 0, 8, 0, 200, 12, 4, 0, 10, 248, 13, 14};
    static const uint8_t full[] = {3, 0, 0, 32, 0, 12, 0, 0, 100, 248, 31, 14};
    fuzz_seed(producer, sizeof producer);
    fuzz_seed(consumer, sizeof consumer);
    fuzz_seed(full, sizeof full);
}
