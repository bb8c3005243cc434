/*
 * ring.h - a ring of bytes between one producer and its consumers.
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
 * position never results in an access outside of the ring. If it is that of the
 * only other side, it results in RING_BROKEN. If it is that of one of several
 * consumers, the producer drops this consumer.
 */
#ifndef COMMON_MEMORY_RING_H
#define COMMON_MEMORY_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory/trailer.h"

/* One side of a ring. It owns nothing: the mapping must stay mapped. */
struct ring {
    winshm_trailer *trailer;    /* in the view */
    winshm_consumer *consumers; /* in the view: the lines of all consumers */
    uint32_t count;             /* of these lines */
    uint32_t own;               /* of a consumer: the number of its line */
    uint32_t ended;             /* of a producer: bit i is set when consumer i has ended */
    uint8_t *bytes;             /* in the view: `capacity` bytes */
    uint64_t capacity;          /* bytes, a power of two */
    uint64_t position;          /* of this side */
    uint64_t other;             /* of the producer, or of the slowest consumer, as last loaded */
    bool produces;              /* this side is the producer */
};

/*
 * Make *ring the producer of a stream, or its consumer number `own`. `mapping`
 * is a stream that trailer_attach() found to be TRAILER_OURS, or a new one. The
 * first position of this side is the one in the trailer or in its line.
 */
void ring_produce(struct ring *ring, const struct mapping *mapping);
void ring_consume(struct ring *ring, const struct mapping *mapping, uint32_t own);

/*
 * Find the bytes that this side may use now: room to write for a producer, data
 * to read for a consumer. Store their address in *bytes and their number in
 * *size, and return RING_SOUND. The span is contiguous, so it ends at the end
 * of the ring, and the next call finds the rest. *size is 0 if there is nothing
 * yet, and for a producer also if all consumers have ended.
 *
 * The position of the other side is loaded only if all bytes up to the last one
 * loaded are used up. Return RING_BROKEN if it is impossible. Then *bytes and
 * *size are not set, and later calls return the same. If the position of one of
 * several consumers is impossible, drop this consumer with WINSHM_FAILED.
 */
enum ring_verdict { RING_SOUND, RING_BROKEN };
enum ring_verdict ring_span(struct ring *ring, uint8_t **bytes, size_t *size);

/*
 * Before a producer writes to the first `size` bytes of the span: store in
 * `claim` how far it may overwrite the ring, and pass a release fence.
 */
void ring_claim(const struct ring *ring, size_t size);

/*
 * Record that this side has produced, or consumed, the first `size` bytes of
 * the span. The other side sees that when it looks, but is not woken.
 */
void ring_publish(struct ring *ring, size_t size);

/*
 * Return which other sides wait for what this side has published: bit i stands
 * for consumer i, and bit 0 for the producer. The caller sets the event of
 * each, once: the waiting flag is already cleared. A waiting consumer is to be
 * woken for any byte. A waiting producer is to be woken when a quarter of the
 * ring is free, so that it is not woken for every byte.
 */
uint32_t ring_must_wake(struct ring *ring);

/* Call ring_publish() and then ring_must_wake(), and return its result. */
uint32_t ring_advance(struct ring *ring, size_t size);

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
 * Return whether a wait of this side would be over: a consumer has data or was
 * dropped, a producer has room for a quarter of the ring, the other side has
 * ended, or its position is impossible. This is a look without a fence. A
 * program that sleeps because the result is false must call ring_begin_wait()
 * first.
 */
bool ring_is_ready(const struct ring *ring);

/*
 * Return how the other side has ended: an enum winshm_closed, or any other
 * number if the trailer is damaged. To a producer, the other side is open as
 * long as one of its consumers is open. After that the result is how the first
 * one has ended. A producer stores its last position before it closes. So a
 * consumer calls this before ring_span(): if the producer had ended and the
 * span is empty, everything has been consumed.
 */
uint32_t ring_closed(const struct ring *ring);

/*
 * Return whether the producer no longer waits for this consumer, which is one of
 * several. The result is also true if the producer may be overwriting bytes from
 * the position of this consumer on, because another program has stored a false
 * position for it. If the result is false after the caller has copied bytes of
 * the span, the copy is right.
 */
bool ring_is_dropped(const struct ring *ring);

/*
 * Store how this side ends, unless it is a consumer that the producer has
 * dropped as too slow. Afterwards the caller sets the events of the other side.
 */
void ring_close(struct ring *ring, enum winshm_closed how);

/* A consumer stores that the producer has died. */
void ring_bury_producer(const struct ring *ring);

/*
 * The producer stores how one of its consumers has ended, and does not wait for
 * it any longer. The thread that uses the ring notices this at its next
 * ring_span(). Any thread of the producer may call this.
 */
void ring_end_consumer(const struct ring *ring, uint32_t number, enum winshm_closed how);

/*
 * The producer drops each consumer for which there is no room in the ring, with
 * WINSHM_DROPPED. Return which they are: bit i stands for consumer i. Return 0
 * and drop none if a line has had no consumer yet.
 */
uint32_t ring_drop_slow(struct ring *ring);

/*
 * Return the number of bytes in the ring that the slowest consumer, or this
 * one, has not consumed, at most the capacity. It may change at any moment. It
 * is for display, and to decide whether a wake-up is worth it.
 */
uint64_t ring_fill(const struct ring *ring);

#endif
