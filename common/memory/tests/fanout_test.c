/* fanout_test.c - a ring with several consumers: who sets the pace, who is woken, who is dropped. */
#include <stdatomic.h>
#include <string.h>

#include "common/memory/ring.h"
#include "common/tests/check.h"

#define CAPACITY 4096
#define QUARTER (CAPACITY / 4)
#define CONSUMERS 3

static _Alignas(128) uint8_t memory[2 * CAPACITY];
static winshm_trailer *trailer;
static winshm_consumer *lines;
static struct ring producer;
static struct ring consumers[CONSUMERS];

/* Begin with an empty ring, to which all consumers are attached. */
static void begin(uint64_t position)
{
    struct mapping mapping = {.view = {.base = memory, .size = sizeof memory},
                              .trailer = (winshm_trailer *)(void *)(memory + sizeof memory - WINSHM_TRAILER_SIZE),
                              .kind = WINSHM_FANOUT,
                              .capacity = CAPACITY,
                              .consumers = CONSUMERS};
    memset(memory, 0, sizeof memory);
    trailer = mapping.trailer;
    lines = trailer_consumers(&mapping);
    trailer->head = position;
    for (uint32_t i = 0; i < CONSUMERS; i++) {
        lines[i].tail = position;
        lines[i].process = 100 + i;
        ring_consume(&consumers[i], &mapping, i);
    }
    ring_produce(&producer, &mapping);
}

static size_t span(struct ring *ring)
{
    uint8_t *bytes;
    size_t size = 77777;
    CHECK_EQUAL(ring_span(ring, &bytes, &size), RING_SOUND);
    return size;
}

/* Use `size` bytes, which must be there. Return who is to be woken. */
static uint32_t use(struct ring *ring, size_t size)
{
    CHECK(span(ring) >= size);
    return ring_advance(ring, size);
}

static void test_pace(void)
{
    TEST("each consumer gets all bytes, and the slowest one limits the room")
    {
        static const uint64_t starts[] = {0, CAPACITY / 2 * 2, UINT64_MAX - CAPACITY + 1};
        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
            begin(starts[i]);
            CHECK_EQUAL(use(&producer, CAPACITY), 0);
            CHECK_EQUAL(span(&producer), 0);
            CHECK_EQUAL(use(&consumers[0], CAPACITY), 0);
            CHECK_EQUAL(use(&consumers[1], 1000), 0);
            CHECK_EQUAL(span(&producer), 0);
            CHECK_EQUAL(ring_fill(&producer), CAPACITY);
            CHECK_EQUAL(use(&consumers[2], 10), 0);
            CHECK_EQUAL(span(&producer), 10);
            CHECK_EQUAL(ring_fill(&producer), CAPACITY - 10);
            CHECK_EQUAL(ring_fill(&consumers[1]), CAPACITY - 1000);
            CHECK_EQUAL(span(&consumers[2]), CAPACITY - 10);
        }
    }

    TEST("a line without a consumer limits the room, and one that has ended does not")
    {
        begin(0);
        lines[1].process = 0;
        (void)use(&producer, CAPACITY);
        (void)use(&consumers[0], CAPACITY);
        (void)use(&consumers[2], CAPACITY);
        CHECK_EQUAL(span(&producer), 0);
        ring_end_consumer(&producer, 1, WINSHM_DIED);
        CHECK_EQUAL(span(&producer), CAPACITY);
        lines[1].closed = WINSHM_OPEN; /* it has ended for good */
        (void)use(&producer, CAPACITY);
        (void)use(&consumers[0], CAPACITY);
        (void)use(&consumers[2], 1);
        CHECK_EQUAL(span(&producer), 1);
    }

    TEST("the producer ends when the last consumer has ended, and has no more room then")
    {
        begin(0);
        (void)use(&producer, CAPACITY);
        for (uint32_t i = 0; i < CONSUMERS; i++) {
            CHECK_EQUAL(ring_closed(&producer), WINSHM_OPEN);
            CHECK(ring_begin_wait(&producer) == (i == 0));
            ring_end_wait(&producer);
            ring_close(&consumers[i], i == 0 ? WINSHM_CUT_OFF : WINSHM_FAILED);
            if (i == 0) {
                (void)use(&consumers[1], QUARTER);
                (void)use(&consumers[2], QUARTER);
            }
        }
        CHECK_EQUAL(ring_closed(&producer), WINSHM_CUT_OFF);
        CHECK_EQUAL(span(&producer), 0);
        memset(lines, 0, sizeof *lines * CONSUMERS); /* they lie: no one can come back */
        CHECK(ring_closed(&producer) != WINSHM_OPEN);
        CHECK(ring_is_ready(&producer));
    }
}

static void test_waking(void)
{
    TEST("the producer wakes each consumer that waits, and no other one")
    {
        for (uint32_t waiting = 0; waiting < 1U << CONSUMERS; waiting++) {
            begin(0);
            for (uint32_t i = 0; i < CONSUMERS; i++) {
                CHECK((waiting >> i & 1) == 0 || ring_begin_wait(&consumers[i]));
            }
            CHECK_EQUAL(use(&producer, 1), waiting);
            CHECK_EQUAL(use(&producer, 1), 0);
        }
    }

    TEST("a producer that waits is woken by the consumer that makes a quarter of the ring free for all")
    {
        begin(0);
        (void)use(&producer, CAPACITY);
        CHECK(ring_begin_wait(&producer));
        CHECK_EQUAL(use(&consumers[0], CAPACITY), 0);
        CHECK_EQUAL(use(&consumers[1], QUARTER), 0);
        CHECK_EQUAL(use(&consumers[2], QUARTER - 1), 0);
        CHECK_EQUAL(use(&consumers[1], 1), 0);
        CHECK_EQUAL(use(&consumers[2], 1), 1);
        CHECK_EQUAL(use(&consumers[2], 1), 0); /* the flag is cleared */
    }

    TEST("a consumer that waits is woken when the producer has dropped it")
    {
        begin(0);
        CHECK(ring_begin_wait(&consumers[1]));
        ring_end_consumer(&producer, 1, WINSHM_DROPPED);
        CHECK(ring_is_dropped(&consumers[1]));
        CHECK(ring_is_ready(&consumers[1]));
        CHECK(!ring_is_dropped(&consumers[0]));
    }
}

static void test_dropping(void)
{
    TEST("the consumers that keep the ring full are dropped, and the others go on")
    {
        begin(0);
        CHECK_EQUAL(ring_drop_slow(&producer), 0);
        (void)use(&producer, CAPACITY);
        (void)use(&consumers[1], 1);
        CHECK_EQUAL(ring_drop_slow(&producer), 1 | 4);
        CHECK_EQUAL(lines[0].closed, WINSHM_DROPPED);
        CHECK_EQUAL(lines[1].closed, WINSHM_OPEN);
        CHECK_EQUAL(lines[2].closed, WINSHM_DROPPED);
        CHECK_EQUAL(span(&producer), 1);
        CHECK_EQUAL(ring_drop_slow(&producer), 0);
    }

    TEST("nobody is dropped while a consumer has not come")
    {
        begin(0);
        lines[2].process = 0;
        (void)use(&producer, CAPACITY);
        CHECK_EQUAL(ring_drop_slow(&producer), 0);
        CHECK_EQUAL(lines[0].closed, WINSHM_OPEN);
    }

    TEST("a consumer whose position is impossible is ended as failed, and the others go on")
    {
        static const uint64_t lies[] = {CAPACITY + 1, UINT64_MAX, UINT64_C(1) << 63, (uint64_t)0 - CAPACITY};
        for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
            begin(0);
            (void)use(&producer, CAPACITY);
            (void)use(&consumers[0], 5);
            (void)use(&consumers[2], CAPACITY);
            lines[1].tail = lies[i];
            CHECK(ring_is_ready(&producer));
            CHECK_EQUAL(span(&producer), 5);
            CHECK_EQUAL(lines[1].closed, WINSHM_FAILED);
            CHECK_EQUAL(lines[0].closed, WINSHM_OPEN);
        }
    }

    TEST("a false position of another consumer does not keep this one from waking the producer")
    {
        begin(0);
        (void)use(&producer, CAPACITY);
        CHECK(ring_begin_wait(&producer));
        (void)use(&consumers[2], CAPACITY);
        lines[0].tail = CAPACITY + 5;
        CHECK_EQUAL(use(&consumers[1], QUARTER), 1);
    }
}

static void test_claim(void)
{
    TEST("before bytes are overwritten the claim says so")
    {
        begin(100);
        CHECK_EQUAL(trailer->claim, 0);
        ring_claim(&producer, 50);
        CHECK_EQUAL(trailer->claim, 150);
        CHECK_EQUAL(trailer->head, 100);
        (void)use(&producer, 7);
        ring_claim(&producer, 1);
        CHECK_EQUAL(trailer->claim, 108);
    }
}

int main(void)
{
    test_pace();
    test_waking();
    test_dropping();
    test_claim();
    return check_end();
}
