/* ring.c - the ring of a stream: positions, spans and waiting flags. */
#include "common/memory/ring.h"

#include <stdatomic.h>

#include "common/memory/shared.h"

/* Return the bytes of room for which a producer waits. */
static uint64_t enough_room(const struct ring *ring)
{
    return ring->capacity / 4;
}

static uint64_t load_other(const struct ring *ring)
{
    return shared_load64_acquire(ring->produces ? &ring->trailer->tail : &ring->trailer->head);
}

/*
 * Return the bytes that this side may use if the other side is at position
 * `other`. The result is larger than the capacity if that position is
 * impossible.
 */
static uint64_t available(const struct ring *ring, uint64_t other)
{
    return ring->produces ? ring->capacity - (ring->position - other) : other - ring->position;
}

/*
 * Return whether 0 to `capacity` bytes are in the ring if the other side is at
 * `other`.
 */
static bool is_possible(const struct ring *ring, uint64_t other)
{
    return ring->produces ? ring->position - other <= ring->capacity : other - ring->position <= ring->capacity;
}

void ring_attach(struct ring *ring, const struct mapping *mapping, bool produces)
{
    *ring = (struct ring){
        .trailer = mapping->trailer, .bytes = mapping->view.base, .capacity = mapping->capacity, .produces = produces};
    ring->position = shared_load64_acquire(produces ? &ring->trailer->head : &ring->trailer->tail);
    ring->other = ring->position;
    if (produces) {
        ring->other -= ring->capacity; /* as if it were full: the first ring_span() loads it */
    }
}

enum ring_verdict ring_span(struct ring *ring, uint8_t **bytes, size_t *size)
{
    if (available(ring, ring->other) == 0) {
        uint64_t other = load_other(ring);
        if (!is_possible(ring, other)) {
            return RING_BROKEN; /* ring->other stays as it is: the next call finds the same */
        }
        ring->other = other;
    }
    uint64_t index = ring->position & (ring->capacity - 1);
    uint64_t length = available(ring, ring->other);
    uint64_t to_end = ring->capacity - index;
    *bytes = ring->bytes + index;
    *size = (size_t)(length < to_end ? length : to_end);
    return RING_SOUND;
}

bool ring_advance(struct ring *ring, size_t size)
{
    ring->position += size;
    shared_store64_release(ring->produces ? &ring->trailer->head : &ring->trailer->tail, ring->position);

    /*
     * This fence pairs with that of ring_begin_wait(). One side stores its
     * position and then loads the waiting flag of the other side. The other
     * side stores that flag and then loads the position. With both fences at
     * least one of the two loads returns the new number: either this side sees
     * the flag and wakes the other, or the other side sees the position and
     * does not sleep. Without one of them both loads may return the old
     * number, even on x86, which delays a store beyond a later load, and the
     * other side would sleep until it is woken for something else.
     */
    atomic_thread_fence(memory_order_seq_cst);
    uint32_t *waiting = ring->produces ? &ring->trailer->tail_waiting : &ring->trailer->head_waiting;
    if (shared_load32_acquire(waiting) == 0) {
        return false;
    }
    if (!ring->produces) {
        uint64_t room = ring->capacity - (shared_load64_acquire(&ring->trailer->head) - ring->position);
        if (room < enough_room(ring)) {
            return false; /* a later call wakes the producer, when there is enough room */
        }
    }
    /*
     * The exchange returns the flag to one call only, so that one wait gets one
     * event.
     */
    return atomic_exchange_explicit((_Atomic uint32_t *)waiting, 0, memory_order_acq_rel) != 0;
}

/* See ring_advance() for the fence. */
bool ring_begin_wait(struct ring *ring)
{
    shared_store32_release(ring->produces ? &ring->trailer->head_waiting : &ring->trailer->tail_waiting, 1);
    atomic_thread_fence(memory_order_seq_cst);
    return !ring_is_ready(ring);
}

void ring_end_wait(struct ring *ring)
{
    shared_store32_release(ring->produces ? &ring->trailer->head_waiting : &ring->trailer->tail_waiting, 0);
}

/*
 * An impossible position counts as ready, so that ring_span() reports it and
 * nothing waits for it.
 */
bool ring_is_ready(const struct ring *ring)
{
    uint64_t other = load_other(ring);
    uint64_t enough = ring->produces ? enough_room(ring) : 1;
    return !is_possible(ring, other) || available(ring, other) >= enough || ring_closed(ring) != WINSHM_OPEN;
}

uint32_t ring_closed(const struct ring *ring)
{
    return shared_load32_acquire(ring->produces ? &ring->trailer->consumer_closed : &ring->trailer->producer_closed);
}

void ring_close(struct ring *ring, enum winshm_closed how)
{
    shared_store32_release(ring->produces ? &ring->trailer->producer_closed : &ring->trailer->consumer_closed, how);
}

void ring_close_other(struct ring *ring, enum winshm_closed how)
{
    shared_store32_release(ring->produces ? &ring->trailer->consumer_closed : &ring->trailer->producer_closed, how);
}

uint64_t ring_fill(const struct ring *ring)
{
    uint64_t other = load_other(ring);
    uint64_t fill = ring->produces ? ring->position - other : other - ring->position;
    return fill < ring->capacity ? fill : ring->capacity;
}
