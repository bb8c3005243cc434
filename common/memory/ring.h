/*
 * ring.h - a ring of bytes in shared memory, between one producer and one consumer: see winshm.h, STREAMS.
 *
 * A position counts all bytes since the beginning and only grows; an index is a position masked; a length is bytes. Our
 * own position is kept in private memory; the other side's is loaded when it is needed, and believed only as far as it
 * is possible: whoever lies gets RING_BROKEN, and never an access outside of the ring.
 */
#ifndef COMMON_MEMORY_RING_H
#define COMMON_MEMORY_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/memory/trailer.h"

struct ring {
    winshm_trailer *trailer;
    uint8_t *bytes;
    uint64_t capacity;
    uint64_t position; /* ours */
    uint64_t other;    /* the other side's, as last seen */
    bool produces;
};

/* The side of a fresh stream, or of one where somebody was already: its position goes on from there. */
void ring_attach(struct ring *ring, const struct mapping *mapping, bool produces);

/*
 * What can be produced, or consumed, now: *bytes is contiguous, and *size is at most to the end of the ring; 0
 * says that there is nothing yet. The other side's position is loaded only if nothing is known to be there.
 */
enum ring_verdict { RING_SOUND, RING_BROKEN };
enum ring_verdict ring_span(struct ring *ring, uint8_t **bytes, size_t *size);

/* So much of the span was produced, or consumed. True when the other side is waiting and wants to be woken for this. */
bool ring_advance(struct ring *ring, size_t size);

/*
 * Before waiting: say so, and look again. True when there is nothing to do but wait. A producer that had to wait looks
 * for a quarter of the ring, so that it is not woken for every byte; a consumer for any byte.
 */
bool ring_begin_wait(struct ring *ring);
void ring_end_wait(struct ring *ring);

/* A look without any promise, for spinning. */
bool ring_is_ready(const struct ring *ring);

/* How a side ended. */
uint32_t ring_closed(const struct ring *ring);                    /* the other's enum winshm_closed */
void ring_close(struct ring *ring, enum winshm_closed how);       /* ours; the other side's event is to be set */
void ring_close_other(struct ring *ring, enum winshm_closed how); /* theirs, who cannot */

/* Bytes in the ring. */
uint64_t ring_fill(const struct ring *ring);

#endif
