/* stream.c - one side of a stream: watches the ring, then waits. */
#include "common/memory/stream.h"

/*
 * Times in microseconds. A wake-up takes 5 to 20 on Windows and 80 on Wine, and
 * the other side needs about as long for its next piece of work. SPIN_MOST, the
 * longest time to watch, covers both. If a wait was over within SHORT_WAIT, the
 * other side is fast enough for the next one to begin with watching. SHORT_WAIT
 * is less than SPIN_MOST. So a wait before which a side watched for SPIN_MOST in
 * vain is never short, and a side that shares its processor with other programs
 * soon ceases to watch. SPIN_LEAST is not 0, because 0 turns watching off.
 */
#define SPIN_LEAST 1
#define SPIN_MOST 200
#define SHORT_WAIT 100

/* How long stream_gather() may leave a consumer asleep, in microseconds. */
#define GATHER_MOST 1000

/*
 * The most bytes to read or write at a time. They fit the cache of a processor,
 * and the time of a call of the system does not count for so many.
 */
#define PIECE_MOST ((uint64_t)256 * 1024)

void stream_begin(struct stream *stream)
{
    stream->spin = spin_is_sensible() ? SPIN_MOST : 0;
}

/* Set the event of each side whose bit is set. */
static void set_events(const struct stream *stream, uint32_t sides)
{
    for (size_t i = 0; sides != 0; i++, sides >>= 1) {
        if ((sides & 1) != 0) {
            (void)object_signal(stream->others[i], SIGNAL_SET);
        }
    }
}

/* Wake the other sides that wait for what this side has published. */
static void wake_others(struct stream *stream)
{
    stream->is_gathering = false;
    set_events(stream, ring_must_wake(&stream->ring));
}

void stream_advance(struct stream *stream, size_t size)
{
    ring_publish(&stream->ring, size);
    wake_others(stream);
}

void stream_gather(struct stream *stream, size_t size, uint64_t begun)
{
    ring_publish(&stream->ring, size);
    if (!stream->is_gathering) {
        stream->is_gathering = true;
        stream->gathering_since = begun;
    }
    if (ring_fill(&stream->ring) >= stream->ring.capacity / 2 ||
        spin_clock() - stream->gathering_since >= GATHER_MOST) {
        wake_others(stream);
    }
}

void stream_close(struct stream *stream, enum winshm_closed how)
{
    ring_close(&stream->ring, how);
    for (size_t i = 0; i < stream->other_count; i++) {
        (void)object_signal(stream->others[i], SIGNAL_SET);
    }
}

void stream_drop_slow(struct stream *stream)
{
    set_events(stream, ring_drop_slow(&stream->ring));
}

size_t stream_piece(const struct stream *stream, size_t span)
{
    uint64_t quarter = stream->ring.capacity / 4;
    size_t most = (size_t)(quarter < PIECE_MOST ? quarter : PIECE_MOST);
    return span < most ? span : most;
}

/*
 * Watch the ring until a wait would be over, and return true. Return false when
 * stream->spin microseconds have passed since `begin`.
 */
static bool watch(const struct stream *stream, uint64_t begin)
{
    while (!ring_is_ready(&stream->ring)) {
        spin_pause();
        if (spin_clock() - begin >= stream->spin) {
            return false;
        }
    }
    return true;
}

/*
 * Set how long the next wait watches: for the full time if this wait was short,
 * otherwise for half as long as before. So both sides of a busy stream stay
 * awake, and an idle side soon uses no processor time. Neither state is final:
 * one short wait is enough to return to the full time.
 */
static void adapt(struct stream *stream, uint64_t waited_for)
{
    if (waited_for < SHORT_WAIT) {
        stream->spin = SPIN_MOST;
    } else if (stream->spin > SPIN_LEAST) {
        stream->spin /= 2;
    }
}

struct waited stream_wait(struct stream *stream, uint64_t deadline)
{
    struct waited waited = {.how = WAITED_SIGNALLED, .which = 0};
    bool spins = stream->spin != 0;
    if (stream->is_gathering) {
        wake_others(stream);
    }
    uint64_t begin = spins ? spin_clock() : 0;
    if (spins && watch(stream, begin)) {
        return waited;
    }
    if (ring_begin_wait(&stream->ring)) {
        object *const awaited[] = {stream->wake, stream->end};
        waited = wait_any(awaited, stream->end != NULL ? 2 : 1, deadline);
    }
    ring_end_wait(&stream->ring);
    if (spins) {
        adapt(stream, spin_clock() - begin);
    }
    return waited;
}
