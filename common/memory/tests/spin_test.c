/*
 * spin_test.c - how long one side of a stream watches before it waits.
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
        CHECK_EQUAL(wait_for(100, 400), 1);
        CHECK_EQUAL(wait_for(10000, 10000), 200);
    }

    TEST("with one processor a side waits at once, so that the other side can run")
    {
        begin(false);
        CHECK_EQUAL(wait_for(50, 100), 0);
        CHECK_EQUAL(wait_for(50, 100), 0);
    }
    made_free(&made);
    return check_end();
}
