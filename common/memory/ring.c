/* ring.c - the ring of a stream: positions, spans and waiting flags. */
#include "common/memory/ring.h"

#include <stdatomic.h>

#include "common/memory/shared.h"

/* Return the bytes of room for which a producer waits. */
static uint64_t enough_room(const struct ring *ring)
{
    return ring->capacity / 4;
}

static uint64_t load_tail(const struct ring *ring, uint32_t number)
{
    return shared_load64_acquire(&ring->consumers[number].tail);
}

static bool is_closed(const struct ring *ring, uint32_t number)
{
    return (ring->ended >> number & 1) != 0 || shared_load32_acquire(&ring->consumers[number].closed) != WINSHM_OPEN;
}

/*
 * Return the largest number of bytes that an open consumer has not consumed, of
 * the bytes up to `head`. A number above the capacity is left out if
 * `skips_impossible` is set. Otherwise it is returned. Store whether there is
 * an open consumer in *any.
 */
static uint64_t most_left(const struct ring *ring, uint64_t head, bool skips_impossible, bool *any)
{
    uint64_t most = 0;
    *any = false;
    for (uint32_t i = 0; i < ring->count; i++) {
        if (!is_closed(ring, i)) {
            uint64_t left = head - load_tail(ring, i);
            *any = true;
            most = left > most && !(skips_impossible && left > ring->capacity) ? left : most;
        }
    }
    return most;
}

static void begin_ring(struct ring *ring, const struct mapping *mapping)
{
    *ring = (struct ring){.trailer = mapping->trailer,
                          .consumers = trailer_consumers(mapping),
                          .count = mapping->consumers,
                          .bytes = mapping->view.base,
                          .capacity = mapping->capacity};
}

void ring_produce(struct ring *ring, const struct mapping *mapping)
{
    begin_ring(ring, mapping);
    ring->produces = true;
    ring->position = shared_load64_acquire(&ring->trailer->head);
    ring->other = ring->position - ring->capacity; /* as if it were full: the first ring_span() loads it */
}

void ring_consume(struct ring *ring, const struct mapping *mapping, uint32_t own)
{
    begin_ring(ring, mapping);
    ring->own = own;
    ring->position = load_tail(ring, own);
    ring->other = ring->position;
}

/*
 * Return the bytes that this side may use if the other side is at
 * ring->other.
 */
static uint64_t available(const struct ring *ring)
{
    return ring->produces ? ring->capacity - (ring->position - ring->other) : ring->other - ring->position;
}

/* Load the position of the producer. Return false if it is impossible. */
static bool load_producer(struct ring *ring)
{
    uint64_t head = shared_load64_acquire(&ring->trailer->head);
    if (head - ring->position > ring->capacity) {
        return false; /* ring->other stays as it is: the next call finds the same */
    }
    ring->other = head;
    return true;
}

/*
 * Load the position of the slowest consumer that has not ended. If all have
 * ended, there is no room. Drop a consumer whose position is impossible, or
 * return false if it is the only one.
 */
static bool load_consumers(struct ring *ring)
{
    uint64_t most = 0;
    bool any = false;
    for (uint32_t i = 0; i < ring->count; i++) {
        uint32_t bit = UINT32_C(1) << i;
        ring->ended |= is_closed(ring, i) ? bit : 0;
        uint64_t left = ring->position - load_tail(ring, i);
        if ((ring->ended & bit) == 0 && left > ring->capacity) {
            if (ring->count == 1) {
                return false;
            }
            ring_end_consumer(ring, i, WINSHM_FAILED);
            ring->ended |= bit;
        }
        if ((ring->ended & bit) == 0) {
            any = true;
            most = left > most ? left : most;
        }
    }
    ring->other = ring->position - (any ? most : ring->capacity);
    return true;
}

enum ring_verdict ring_span(struct ring *ring, uint8_t **bytes, size_t *size)
{
    if (available(ring) == 0 && !(ring->produces ? load_consumers(ring) : load_producer(ring))) {
        return RING_BROKEN;
    }
    uint64_t index = ring->position & (ring->capacity - 1);
    uint64_t length = available(ring);
    uint64_t to_end = ring->capacity - index;
    *bytes = ring->bytes + index;
    *size = (size_t)(length < to_end ? length : to_end);
    return RING_SOUND;
}

void ring_claim(const struct ring *ring, size_t size)
{
    shared_store64_release(&ring->trailer->claim, ring->position + size);
    /* The bytes of the ring are written after this store, even if they are written with plain stores. */
    atomic_thread_fence(memory_order_release);
}

/*
 * If a side waits, clear its waiting flag and return true. The exchange returns
 * the flag to one call only, so that one wait gets one event.
 */
static bool take_flag(uint32_t *waiting)
{
    return shared_load32_acquire(waiting) != 0 &&
           atomic_exchange_explicit((_Atomic uint32_t *)waiting, 0, memory_order_acq_rel) != 0;
}

/*
 * Return whether a quarter of the ring is free for a waiting producer. A
 * consumer that has moved beyond `head` since it was loaded leaves room, and so
 * does one whose position is impossible.
 */
static bool has_room(const struct ring *ring)
{
    bool any;
    uint64_t head = shared_load64_acquire(&ring->trailer->head);
    return ring->capacity - most_left(ring, head, true, &any) >= enough_room(ring);
}

void ring_publish(struct ring *ring, size_t size)
{
    ring->position += size;
    shared_store64_release(ring->produces ? &ring->trailer->head : &ring->consumers[ring->own].tail, ring->position);
}

/*
 * The fence pairs with that of ring_begin_wait(). One side stores its position
 * and then loads the waiting flag of the other side. The other side stores that
 * flag and then loads the position. With both fences at least one of the two
 * loads returns the new number: either this side sees the flag and wakes the
 * other, or the other side sees the position and does not sleep. Without one of
 * them both loads may return the old number, even on x86, which delays a store
 * beyond a later load, and the other side would sleep until it is woken for
 * something else. The same holds for two consumers that each store their own
 * position and load that of the other one: at least one of them sees that both
 * have made room.
 */
uint32_t ring_must_wake(struct ring *ring)
{
    atomic_thread_fence(memory_order_seq_cst);
    if (!ring->produces) {
        uint32_t *waiting = &ring->trailer->head_waiting;
        return shared_load32_acquire(waiting) != 0 && has_room(ring) && take_flag(waiting);
    }
    uint32_t wakes = 0;
    for (uint32_t i = 0; i < ring->count; i++) {
        wakes |= (uint32_t)take_flag(&ring->consumers[i].tail_waiting) << i;
    }
    return wakes;
}

uint32_t ring_advance(struct ring *ring, size_t size)
{
    ring_publish(ring, size);
    return ring_must_wake(ring);
}

static uint32_t *own_flag(const struct ring *ring)
{
    return ring->produces ? &ring->trailer->head_waiting : &ring->consumers[ring->own].tail_waiting;
}

/* See ring_must_wake() for the fence. */
bool ring_begin_wait(struct ring *ring)
{
    shared_store32_release(own_flag(ring), 1);
    atomic_thread_fence(memory_order_seq_cst);
    return !ring_is_ready(ring);
}

void ring_end_wait(struct ring *ring)
{
    shared_store32_release(own_flag(ring), 0);
}

/*
 * An impossible position counts as ready, so that ring_span() reports it and
 * nothing waits for it.
 */
bool ring_is_ready(const struct ring *ring)
{
    if (!ring->produces) {
        return shared_load64_acquire(&ring->trailer->head) != ring->position || ring_closed(ring) != WINSHM_OPEN ||
               ring_is_dropped(ring);
    }
    bool any;
    uint64_t left = most_left(ring, ring->position, false, &any);
    return !any || left > ring->capacity || ring->capacity - left >= enough_room(ring);
}

uint32_t ring_closed(const struct ring *ring)
{
    if (!ring->produces) {
        return shared_load32_acquire(&ring->trailer->producer_closed);
    }
    for (uint32_t i = 0; i < ring->count; i++) {
        if (!is_closed(ring, i)) {
            return WINSHM_OPEN;
        }
    }
    uint32_t closed = shared_load32_acquire(&ring->consumers[0].closed);
    return closed != WINSHM_OPEN ? closed : WINSHM_FAILED;
}

/*
 * The fence pairs with that of ring_claim(). Bytes that the caller has copied
 * before are those of its position if `claim`, loaded after them, is within one
 * capacity of that position.
 */
bool ring_is_dropped(const struct ring *ring)
{
    atomic_thread_fence(memory_order_acquire);
    return shared_load32_acquire(&ring->consumers[ring->own].closed) != WINSHM_OPEN ||
           (ring->count > 1 && shared_load64_acquire(&ring->trailer->claim) - ring->position > ring->capacity);
}

void ring_close(struct ring *ring, enum winshm_closed how)
{
    uint32_t *own = &ring->consumers[ring->own].closed;
    if (ring->produces) {
        shared_store32_release(&ring->trailer->producer_closed, how);
    } else if (shared_load32_acquire(own) != WINSHM_DROPPED) {
        shared_store32_release(own, how);
    }
}

void ring_bury_producer(const struct ring *ring)
{
    shared_store32_release(&ring->trailer->producer_closed, WINSHM_DIED);
}

void ring_end_consumer(const struct ring *ring, uint32_t number, enum winshm_closed how)
{
    shared_store32_release(&ring->consumers[number].closed, how);
}

uint32_t ring_drop_slow(struct ring *ring)
{
    uint32_t slow = 0;
    for (uint32_t i = 0; i < ring->count; i++) {
        if (is_closed(ring, i)) {
            continue;
        }
        if (shared_load32_acquire(&ring->consumers[i].process) == 0) {
            return 0;
        }
        slow |= (uint32_t)(ring->position - load_tail(ring, i) == ring->capacity) << i;
    }
    for (uint32_t i = 0; i < ring->count; i++) {
        if ((slow >> i & 1) != 0) {
            ring_end_consumer(ring, i, WINSHM_DROPPED);
        }
    }
    ring->ended |= slow;
    return slow;
}

uint64_t ring_fill(const struct ring *ring)
{
    bool any;
    uint64_t fill = ring->produces ? most_left(ring, ring->position, false, &any)
                                   : shared_load64_acquire(&ring->trailer->head) - ring->position;
    return fill < ring->capacity ? fill : ring->capacity;
}
