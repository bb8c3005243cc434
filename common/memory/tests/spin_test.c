/*
 * spin_test.c - how long one side of a stream watches before it waits, and when
 * it wakes the other side.
 *
 * This file implements the functions of platform.h that stream.c calls. Its
 * clock advances by a microsecond with each spin_pause().
 */
#include "common/memory/stream.h"
#include "common/memory/tests/ring_made.h"
#include "common/tests/check.h"

static struct made made;
static uint64_t microseconds;
static uint64_t comes_at;   /* when the producer sends a byte; UINT64_MAX: never */
static uint64_t wait_takes; /* microseconds that wait_any() takes */
static size_t waits;
static size_t wakes; /* how often an event was set */
static bool is_sensible;

static void come(void)
{
    if (microseconds >= comes_at) {
        comes_at = UINT64_MAX;
        (void)ring_advance(&made.producer, 1);
    }
}

void spin_pause(void)
{
    microseconds++;
    come();
}

uint64_t spin_clock(void)
{
    return microseconds;
}

bool spin_is_sensible(void)
{
    return is_sensible;
}

oserror object_signal(object *signalled, enum object_signal how)
{
    (void)signalled;
    (void)how;
    wakes++;
    return OSERROR_NONE;
}

struct waited wait_any(object *const objects[], size_t count, uint64_t deadline)
{
    (void)objects;
    (void)count;
    (void)deadline;
    waits++;
    microseconds += wait_takes;
    come();
    return (struct waited){.how = WAITED_SIGNALLED, .which = 0};
}

static struct stream stream;
static object *event; /* of the other side: object_signal() only counts */

static void begin(bool sensible)
{
    made_free(&made);
    made_begin(&made, 4096, 0, 0);
    is_sensible = sensible;
    microseconds = 1000;
    stream = (struct stream){.ring = made.consumer};
    stream_begin(&stream);
}

/*
 * Wait for a byte that comes after `after` microseconds, with a wait_any() of
 * `waiting` microseconds. Return for how long the consumer watched before it
 * called wait_any(), or UINT64_MAX if it did not call it.
 */
static uint64_t wait_for(uint64_t after, uint64_t waiting)
{
    uint64_t begun = microseconds;
    waits = 0;
    wait_takes = waiting;
    comes_at = begun + after;
    CHECK_EQUAL(stream_wait(&stream, CLOCK_NEVER).how, WAITED_SIGNALLED);
    CHECK_EQUAL(made.trailer->tail_waiting, 0);
    stream.ring.position = made.trailer->head; /* consume all bytes */
    made.trailer->tail = made.trailer->head;
    return waits == 0 ? UINT64_MAX : microseconds - begun - waiting;
}

enum { HALF = 2048, LONG = 1000 }; /* of the ring, and the microseconds that a consumer is left asleep at most */

/* Let the producer use the stream, while the consumer sleeps. */
static void begin_to_produce(void)
{
    begin(true);
    stream = (struct stream){.ring = made.producer, .others = &event, .other_count = 1};
    stream_begin(&stream);
    made.trailer->tail_waiting = 1;
    wakes = 0;
}

/* Read `size` bytes within `taken` microseconds. Return how often that wakes the consumer. */
static size_t gather(size_t size, uint64_t taken)
{
    size_t before = wakes;
    uint64_t begun = microseconds;
    uint64_t head = made.trailer->head;
    microseconds += taken;
    stream_gather(&stream, size, begun);
    CHECK_EQUAL(made.trailer->head, head + size);
    return wakes - before;
}

static void test_gathering(void)
{
    TEST("a producer that gathers wakes the consumer once, when half of the ring is full")
    {
        begin_to_produce();
        CHECK_EQUAL(gather(HALF - 1, 0), 0);
        CHECK_EQUAL(gather(1, 0), 1);
        CHECK_EQUAL(gather(1, 0), 0);
        made.trailer->tail_waiting = 1;
        CHECK_EQUAL(gather(1, 0), 1);
        made.trailer->tail_waiting = 1;
        made.trailer->tail = made.trailer->head - (HALF - 2);
        CHECK_EQUAL(gather(1, 0), 0);
        CHECK_EQUAL(gather(1, 0), 1);
    }

    TEST("it wakes the consumer a millisecond after it began to read what it holds back, so also after a slow read")
    {
        begin_to_produce();
        for (int time = 0; time < 2; time++) {
            CHECK_EQUAL(gather(1, 0), 0);
            CHECK_EQUAL(gather(1, LONG - 1), 0);
            CHECK_EQUAL(gather(1, 1), 1);
            made.trailer->tail_waiting = 1;
        }
        CHECK_EQUAL(gather(1, LONG), 1);
        made.trailer->tail_waiting = 1;
        microseconds += LONG;
        CHECK_EQUAL(gather(1, LONG - 1), 0);
        CHECK_EQUAL(gather(1, LONG), 1);
    }

    TEST("it wakes the consumer before it waits for room, and at the end")
    {
        begin_to_produce();
        CHECK_EQUAL(gather(1, 0), 0);
        CHECK_EQUAL(stream_wait(&stream, CLOCK_NEVER).how, WAITED_SIGNALLED);
        CHECK_EQUAL(wakes, 1);
        made.trailer->tail_waiting = 1;
        CHECK_EQUAL(gather(1, LONG - 1), 0);
        CHECK_EQUAL(gather(1, 1), 1);

        begin_to_produce();
        CHECK_EQUAL(gather(1, 0), 0);
        stream_close(&stream, WINSHM_ENDED);
        CHECK_EQUAL(wakes, 1);
    }

    TEST("it does not set the event if the consumer is awake, and without gathering it wakes it at once")
    {
        begin_to_produce();
        made.trailer->tail_waiting = 0;
        CHECK_EQUAL(gather(HALF, LONG), 0);
        CHECK_EQUAL(stream_wait(&stream, CLOCK_NEVER).how, WAITED_SIGNALLED);
        CHECK_EQUAL(wakes, 0);
        begin_to_produce();
        stream_advance(&stream, 1);
        CHECK_EQUAL(wakes, 1);
    }

    TEST("a piece is at most a quarter of the ring and at most 256 KiB")
    {
        begin(true);
        CHECK_EQUAL(stream_piece(&stream, 1023), 1023);
        CHECK_EQUAL(stream_piece(&stream, 4096), 1024);
        stream.ring.capacity = 8U << 20;
        CHECK_EQUAL(stream_piece(&stream, 8U << 20), 256U << 10);
    }
}

int main(void)
{
    TEST("a side that watches does not wait for a byte that comes soon")
    {
        begin(true);
        CHECK_EQUAL(wait_for(50, 0), UINT64_MAX);
        CHECK_EQUAL(wait_for(199, 0), UINT64_MAX);
    }

    TEST("the time to watch halves after each long wait, and is full again after a short one")
    {
        begin(true);
        static const uint64_t watched[] = {200, 100, 50, 25, 12, 6, 3, 1, 1, 1};
        for (size_t i = 0; i < sizeof watched / sizeof *watched; i++) {
            CHECK_EQUAL(wait_for(10000, 10000), watched[i]);
        }
        CHECK_EQUAL(wait_for(98, 99), 1); /* 100 in all */
        CHECK_EQUAL(wait_for(90, 90), 1);
        CHECK_EQUAL(wait_for(10000, 10000), 200);
    }

    TEST("with one processor a side waits at once, so that the other side can run")
    {
        begin(false);
        CHECK_EQUAL(wait_for(50, 100), 0);
        CHECK_EQUAL(wait_for(50, 100), 0);
    }
    test_gathering();
    made_free(&made);
    return check_end();
}
