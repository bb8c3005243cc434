/*
 * stream.h - one side of a stream: its ring, and how it waits.
 *
 * A wait has two parts. First the side watches the ring for about the time that
 * a wake-up takes. This avoids the cost of a wake-up if the other side is fast.
 * The time is adapted: it is long as long as waits are short, and shrinks when
 * they are long. Then the side stores its waiting flag (ring.h) and waits for
 * its event. There is no polling: every wait is ended by an event, a mutex or
 * the deadline.
 */
#ifndef COMMON_MEMORY_STREAM_H
#define COMMON_MEMORY_STREAM_H

#include "common/memory/ring.h"
#include "common/platform.h"

/*
 * The caller owns the objects, and keeps them open as long as it uses the
 * stream.
 */
struct stream {
    struct ring ring;
    object *wake;          /* the event that wakes this side */
    object *const *others; /* the events that wake the consumers, in order; or that of the producer */
    size_t other_count;
    object *end;   /* also ends a wait: the mutex of the other side, or an event; or NULL */
    uint64_t spin; /* microseconds to watch before the next wait; 0: never */
};

/*
 * Begin to use a stream. The caller has attached the ring and has set `wake`,
 * `others`, `other_count` and `end`.
 */
void stream_begin(struct stream *stream);

/*
 * Record that this side has produced, or consumed, the first `size` bytes of
 * the span, and set the events of those that wait for them.
 */
void stream_advance(struct stream *stream, size_t size);

/* Store how this side ends, and set the events of the other side in any case. */
void stream_close(struct stream *stream, enum winshm_closed how);

/*
 * For a producer with several consumers, whose ring is full: drop those that
 * keep it full, and set their events. Drop none while a consumer has not come.
 */
void stream_drop_slow(struct stream *stream);

/*
 * Return how many bytes of a span to read or write at a time: at most a quarter
 * of the ring, so that both sides work at the same time.
 */
size_t stream_piece(const struct stream *stream, size_t span);

/*
 * Wait until this side may have something to do, or until `deadline`. Return
 * how the wait ended:
 *   - WAITED_SIGNALLED with which == 0: the ring may have data or room, or the
 *     other side may have ended. Look again.
 *   - WAITED_SIGNALLED with which == 1, or WAITED_ABANDONED: stream->end ended
 *     the wait. If it is a mutex, the caller owns it now.
 *   - Otherwise as wait_any() does.
 */
struct waited stream_wait(struct stream *stream, uint64_t deadline);

#endif
