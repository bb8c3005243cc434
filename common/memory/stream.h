/*
 * stream.h - one side of a stream: its ring, and the waiting for the other side.
 *
 * Waiting begins with watching the memory for about as long as a wake-up would take, adapted to what that has brought
 * lately; then the waiting flag, and the event. No sleep stands in for a wake-up.
 */
#ifndef COMMON_MEMORY_STREAM_H
#define COMMON_MEMORY_STREAM_H

#include "common/memory/ring.h"
#include "common/platform.h"

struct stream {
    struct ring ring;
    object *wake;  /* event: we are woken by it */
    object *other; /* event: the other side is */
    object *end;   /* what else ends a wait: the other side's mutex, or an event */
    uint64_t spin; /* microseconds to watch before the next wait; 0: never */
};

/* Begin with the ring attached and the events in place. */
void stream_begin(struct stream *stream);

/* So much of the span was produced, or consumed: tell the other side, if it waits for that. */
void stream_advance(struct stream *stream, size_t size);

/* We have ended: tell the other side, whatever it waits for. */
void stream_close(struct stream *stream, enum winshm_closed how);

/* The most that is read or written at a time, so that both sides work at once. */
size_t stream_piece(const struct stream *stream, size_t span);

/*
 * Wait until there is room, or something to consume, or the other side has ended. SIGNALLED with which == 0: look
 * again; with which == 1, or ABANDONED: stream->end has come, and is owned if it is a mutex.
 */
struct waited stream_wait(struct stream *stream, uint64_t deadline);

#endif
