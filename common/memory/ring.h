/*
 * ring.h - a ring of bytes between one producer and one consumer.
 *
 * The protocol is that of winshm.h, STREAMS. This file does not wait and sets
 * no events: stream.h adds that.
 *
 * Three kinds of numbers occur:
 *   - A position counts all bytes produced, or consumed, since the beginning.
 *     It only grows, and after 2^64 - 1 it continues with 0. All differences
 *     are taken modulo 2^64, so that this does no harm.
 *   - An index is an offset into the ring: a position modulo the capacity.
 *   - A length is a number of bytes.
 *
 * Each process uses one side of the ring. It counts its own position in private
 * memory, and stores a copy in the trailer for the other side. The position of
 * the other side is loaded from the trailer, where it may be anything. It is
 * used only if it lies within one capacity of the own position, so a false
 * position results in RING_BROKEN, and never in an access outside of the ring.
 */
#ifndef COMMON_MEMORY_RING_H
#define COMMON_MEMORY_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory/trailer.h"

/* One side of a ring. It owns nothing: the mapping must stay mapped. */
struct ring {
    winshm_trailer *trailer; /* in the view */
    uint8_t *bytes;          /* in the view: `capacity` bytes */
    uint64_t capacity;       /* bytes, a power of two */
    uint64_t position;       /* of this side */
    uint64_t other;          /* of the other side, as last loaded */
    bool produces;           /* this side is the producer */
};

/*
 * Make *ring the producer or the consumer of a stream. `mapping` is a stream
 * that trailer_attach() found to be TRAILER_OURS, or a new one. The first
 * position of this side is the one in the trailer.
 */
void ring_attach(struct ring *ring, const struct mapping *mapping, bool produces);

/*
 * Find the bytes that this side may use now: room to write for a producer, data
 * to read for a consumer. Store their address in *bytes and their number in
 * *size, and return RING_SOUND. The span is contiguous, so it ends at the end
 * of the ring, and the next call finds the rest. *size is 0 if there is nothing
 * yet. Calling this function changes nothing in shared memory.
 *
 * The position of the other side is loaded only if all bytes up to the last one
 * loaded are used up. Return RING_BROKEN if it is impossible. Then *bytes and
 * *size are not set, and later calls return the same.
 */
enum ring_verdict { RING_SOUND, RING_BROKEN };
enum ring_verdict ring_span(struct ring *ring, uint8_t **bytes, size_t *size);

/*
 * Record that this side has produced, or consumed, the first `size` bytes of
 * the span. Return true if the other side waits for this. Then the caller sets
 * the event of the other side, once: the waiting flag is already cleared. A
 * waiting consumer is to be woken for any byte. A waiting producer is to be
 * woken when a quarter of the ring is free, so that it is not woken for every
 * byte.
 */
bool ring_advance(struct ring *ring, size_t size);

/*
 * Before a wait: store 1 in the waiting flag of this side, pass a fence, and
 * look at the ring again. Return true if there is nothing to do: then the
 * caller waits for its event. In any case the caller calls ring_end_wait()
 * afterwards, which clears the flag. The event may be set although there is
 * nothing to do, so look again after each wait.
 */
bool ring_begin_wait(struct ring *ring);
void ring_end_wait(struct ring *ring);

/*
 * Return whether a wait of this side would be over: a consumer has data, a
 * producer has room for a quarter of the ring, the other side has ended, or its
 * position is impossible. This is a look without a fence. A program that sleeps
 * because the result is false must call ring_begin_wait() first.
 */
bool ring_is_ready(const struct ring *ring);

/*
 * Return how the other side has ended: an enum winshm_closed, or any other
 * number if the trailer is damaged. A producer stores its last position before
 * it closes. So a consumer calls this before ring_span(): if the producer had
 * ended and the span is empty, everything has been consumed.
 */
uint32_t ring_closed(const struct ring *ring);

/*
 * Store how this side ends. Afterwards the caller sets the event of the other
 * side.
 */
void ring_close(struct ring *ring, enum winshm_closed how);

/* Store how the other side ended, after it has died and cannot do so itself. */
void ring_close_other(struct ring *ring, enum winshm_closed how);

/*
 * Return the number of bytes in the ring, at most its capacity. It may change
 * at any moment, and is for display only.
 */
uint64_t ring_fill(const struct ring *ring);

#endif
