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
    object *end;              /* also ends a wait: the mutex of the other side, or an event; or NULL */
    uint64_t spin;            /* microseconds to watch before the next wait; 0: never */
    bool is_gathering;        /* stream_gather() has held bytes back */
    uint64_t gathering_since; /* the spin_clock() before the first of them was read */
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

/*
 * Record that this side has produced the first `size` bytes of the span, but
 * hold them back from a consumer that sleeps: do not wake it for a few bytes.
 * This is for an input whose bytes come at once, such as a file on a disk: to
 * wake the consumer takes as long as to read some hundred KiB of it. `begun` is
 * the spin_clock() before the caller read these bytes.
 *
 * A consumer that is awake sees the bytes at once. A consumer that sleeps is
 * woken by the first of these:
 *   - this function, if half of the ring is full, or if a millisecond has
 *     passed since the caller began to read the first bytes held back;
 *   - stream_wait(), before this side waits for room;
 *   - stream_close(), also after an error.
 *
 * So bytes that took long to read are not held back. But nothing wakes the
 * consumer during the next read. If that read blocks, as of a disk that has to
 * start or a network share that hangs, the bytes held back wait for its end.
 * They are less than half of the ring, and were read within a millisecond. Do
 * not use this function if the next bytes may depend on what the consumer does
 * with these, as those of a pipe or a console may.
 */
void stream_gather(struct stream *stream, size_t size, uint64_t begun);

/* Store how this side ends, and set the events of the other side in any case. */
void stream_close(struct stream *stream, enum winshm_closed how);

/*
 * For a producer with several consumers, whose ring is full: drop those that
 * keep it full, and set their events. Drop none while a consumer has not come.
 */
void stream_drop_slow(struct stream *stream);

/*
 * Return how many bytes of a span to read or write at a time: at most a quarter
 * of the ring, so that both sides work at the same time, and at most 256 KiB.
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
