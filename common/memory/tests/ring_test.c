/* ring_test.c - the ring: spans, waiting, ends, and false positions. */
#include "common/memory/ring.h"

#include "common/memory/tests/ring_made.h"
#include "common/tests/check.h"

#define CAPACITY 4096
#define QUARTER 1024
#define LAST UINT64_MAX /* the last position: 0 follows */

static struct made made;
static struct ring *const producer = &made.producer;
static struct ring *const consumer = &made.consumer;

static void begin(uint64_t tail, uint64_t head)
{
    made_free(&made);
    made_begin(&made, CAPACITY, tail, head);
}

/* Check the address and the length of the span. */
static void check_span(struct ring *ring, uint64_t index, uint64_t length)
{
    uint8_t *bytes = NULL;
    size_t size = 77777;
    CHECK_EQUAL(ring_span(ring, &bytes, &size), RING_SOUND);
    CHECK_EQUAL(size, length);
    CHECK_EQUAL(bytes - made.bytes, index);
}

/*
 * Produce a text, or consume and compare it, in as many spans as needed. Return
 * how many of them required a wake-up of the other side.
 */
static size_t pass(struct ring *ring, const char *text)
{
    size_t wakes = 0;
    for (size_t left = strlen(text); left > 0;) {
        uint8_t *bytes = NULL;
        size_t size = 0;
        CHECK_EQUAL(ring_span(ring, &bytes, &size), RING_SOUND);
        CHECK(size > 0);
        if (size == 0) {
            break;
        }
        size = size < left ? size : left;
        if (ring->produces) {
            memcpy(bytes, text, size);
        } else {
            CHECK_BYTES(bytes, size, text, size);
        }
        wakes += ring_advance(ring, size);
        text += size;
        left -= size;
    }
    return wakes;
}

/* ---- Spans ------------------------------------------------------------------------------------------------------- */

/* The positions, and the span that each side then finds. */
static const struct {
    const char *row;
    uint64_t tail;
    uint64_t head;
    uint64_t room;
    uint64_t data;
} corners[] = {
    {.row = "fresh", .room = 4096},
    {.row = "one byte", .head = 1, .room = 4095, .data = 1},
    {.row = "one byte of room", .head = 4095, .room = 1, .data = 4095},
    {.row = "full", .head = 4096, .data = 4096},
    {.row = "empty in the middle", .tail = 100, .head = 100, .room = 3996},
    {.row = "full in the middle", .tail = 100, .head = 4196, .data = 3996},
    {.row = "data across the end", .tail = 4000, .head = 4106, .room = 3990, .data = 96},
    {.row = "room across the end", .tail = 4000, .head = 4090, .room = 6, .data = 90},
    {.row = "one byte at the end", .tail = 4095, .head = 4096, .room = 4095, .data = 1},
    {.row = "empty after the end", .tail = 4096, .head = 4096, .room = 4096},
    {.row = "beyond 32 bits", .tail = 0xFFFFFFFF, .head = 0x100000000, .room = 4095, .data = 1},
    {.row = "the sign changes", .tail = INT64_MAX, .head = UINT64_C(1) << 63, .room = 4095, .data = 1},
    {.row = "empty at the last", .tail = LAST, .head = LAST, .room = 1},
    {.row = "one byte, the last position", .tail = LAST, .room = 4095, .data = 1},
    {.row = "data across the last", .tail = LAST - 9, .head = 20, .room = 4066, .data = 10},
    {.row = "full across the last", .tail = LAST - 9, .head = 4086, .data = 10},
};

static const uint64_t starts[] = {0, 1, 4093, 4095, LAST - 4095, LAST - 2, LAST};
enum { STARTS = sizeof starts / sizeof *starts };

static void test_spans(void)
{
    TEST("a span is all that a side may use, in one piece, up to the end of the ring")
    {
        for (size_t i = 0; i < sizeof corners / sizeof *corners; i++) {
            check_row(corners[i].row);
            begin(corners[i].tail, corners[i].head);
            winshm_trailer before = *made.trailer;
            check_span(producer, corners[i].head % CAPACITY, corners[i].room);
            check_span(consumer, corners[i].tail % CAPACITY, corners[i].data);
            CHECK_BYTES(made.trailer, sizeof before, &before, sizeof before);
        }
    }

    TEST("a text that crosses the end of the ring or the last position arrives unchanged, also one that fills the ring")
    {
        static char full[CAPACITY + 1];
        for (size_t at = 0; at < CAPACITY; at++) {
            full[at] = (char)('a' + at % 23);
        }
        for (size_t i = 0; i < 2 * STARTS; i++) {
            uint64_t start = starts[i / 2];
            const char *text = i % 2 == 0 ? "hello" : full;
            size_t length = strlen(text);
            begin(start, start);
            pass(producer, text);
            CHECK_EQUAL(made.trailer->head, start + length);
            CHECK_EQUAL(made.trailer->tail, start);
            CHECK_EQUAL(ring_fill(producer), length);
            for (size_t at = 0; at < CAPACITY; at++) {
                uint64_t nth = (at - start) % CAPACITY;
                CHECK_EQUAL(made.bytes[at], nth < length ? text[nth] : '.');
            }
            pass(consumer, text);
            CHECK_EQUAL(made.trailer->tail, start + length);
            CHECK_EQUAL(ring_fill(consumer), 0);
            check_span(consumer, (start + length) % CAPACITY, 0);
        }
    }

    TEST("a side stores only its own fields of the trailer")
    {
        begin(7, 7);
        winshm_trailer wanted = *made.trailer;
        pass(producer, "12345678");
        (void)ring_begin_wait(producer);
        ring_close(producer, WINSHM_FAILED);
        wanted.head = 15;
        wanted.head_waiting = 1;
        wanted.producer_closed = WINSHM_FAILED;
        CHECK_BYTES(made.trailer, sizeof wanted, &wanted, sizeof wanted);
        ring_end_wait(producer);
        wanted.head_waiting = 0;

        pass(consumer, "123");
        (void)ring_begin_wait(consumer);
        ring_close(consumer, WINSHM_CUT_OFF);
        wanted.tail = 10;
        wanted.tail_waiting = 1;
        wanted.consumer_closed = WINSHM_CUT_OFF;
        CHECK_BYTES(made.trailer, sizeof wanted, &wanted, sizeof wanted);
    }
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

static void test_waiting(void)
{
    TEST("a consumer waits while the ring is empty, and the next byte wakes it once")
    {
        for (size_t i = 0; i < STARTS; i++) {
            begin(starts[i], starts[i]);
            CHECK_EQUAL(pass(producer, "not waiting yet"), 0);
            CHECK(!ring_begin_wait(consumer));
            ring_end_wait(consumer);
            CHECK_EQUAL(pass(consumer, "not waiting yet"), 0);
            CHECK(!ring_is_ready(consumer));
            CHECK(ring_begin_wait(consumer));
            CHECK_EQUAL(made.trailer->tail_waiting, 1);
            CHECK_EQUAL(pass(producer, "1"), 1);
            CHECK_EQUAL(made.trailer->tail_waiting, 0);
            CHECK(ring_is_ready(consumer));
            CHECK_EQUAL(pass(producer, "2"), 0);
        }
    }

    TEST("a side that ends its wait is not woken any more, and any flag but 0 means that a side waits")
    {
        begin(0, 0);
        CHECK(ring_begin_wait(consumer));
        ring_end_wait(consumer);
        CHECK_EQUAL(pass(producer, "1"), 0);
        made.trailer->tail_waiting = UINT32_MAX;
        CHECK_EQUAL(pass(producer, "1"), 1);
        CHECK_EQUAL(made.trailer->tail_waiting, 0);
    }

    TEST("a producer that waits is woken when exactly a quarter of the ring is free")
    {
        for (size_t i = 0; i < STARTS; i++) {
            begin(starts[i], starts[i] + CAPACITY);
            CHECK(!ring_is_ready(producer));
            CHECK(ring_begin_wait(producer));
            for (uint64_t room = 1; room < QUARTER; room++) {
                CHECK_EQUAL(pass(consumer, "."), 0);
                CHECK_EQUAL(made.trailer->head_waiting, 1);
                CHECK(!ring_is_ready(producer));
            }
            CHECK_EQUAL(pass(consumer, "."), 1);
            CHECK_EQUAL(made.trailer->head_waiting, 0);
            CHECK(ring_is_ready(producer));
            CHECK_EQUAL(pass(consumer, "."), 0);
        }
    }

    TEST("a producer waits only if less than a quarter of the ring is free")
    {
        for (uint64_t room = QUARTER - 1; room <= QUARTER + 1; room++) {
            begin(0, CAPACITY - room);
            CHECK_EQUAL(ring_begin_wait(producer), room < QUARTER);
        }
    }

    TEST("a producer that waits is woken although its own position in the trailer is false")
    {
        begin(0, CAPACITY);
        CHECK(ring_begin_wait(producer));
        check_span(consumer, 0, CAPACITY);
        made.trailer->head = 3 * CAPACITY;
        CHECK(ring_advance(consumer, 1));
        CHECK_EQUAL(made.trailer->tail, 1);
    }
}

/* ---- Ends and lies ----------------------------------------------------------------------------------------------- */

/*
 * Let `other` end, or let `side` store that it has died. Check the field of the
 * trailer, and that `side` does not wait any more.
 */
static void check_ended(struct ring *side, struct ring *other, enum winshm_closed how, const uint32_t *field)
{
    CHECK(ring_begin_wait(side));
    ring_close(side, WINSHM_ENDED);
    CHECK_EQUAL(ring_closed(side), WINSHM_OPEN);
    if (how == WINSHM_DIED && side->produces) {
        ring_end_consumer(side, 0, how);
    } else if (how == WINSHM_DIED) {
        ring_bury_producer(side);
    } else {
        ring_close(other, how);
    }
    CHECK_EQUAL(*field, how);
    CHECK_EQUAL(ring_closed(side), how);
    CHECK_EQUAL(ring_closed(other), WINSHM_ENDED);
    CHECK(!ring_begin_wait(side));
    CHECK(ring_is_ready(side));
}

static void test_ends(void)
{
    TEST("a side does not wait for another one that has ended, or whose death it has stored")
    {
        for (int how = WINSHM_ENDED; how <= WINSHM_DIED; how++) {
            begin(0, CAPACITY);
            check_ended(producer, consumer, (enum winshm_closed)how, &made.trailer->consumer_closed);
            begin(0, 0);
            check_ended(consumer, producer, (enum winshm_closed)how, &made.trailer->producer_closed);
        }
    }
}

/*
 * False positions of the other side, while the own position is 10000. `tail` is
 * for a producer whose ring is full, `head` for a consumer whose ring is empty.
 */
static const struct {
    const char *row;
    uint64_t tail;
    uint64_t head;
} lies[] = {
    {"backwards by one", 10000 - 4097, 10000 - 1},
    {"backwards by a lap", 10000 - 2 * 4096, 10000 - 4096},
    {"ahead of us, or beyond the ring, by one", 10001, 10000 + 4097},
    {"a lap ahead", 10000 + 4096, 10000 + 2 * 4096},
    {"the middle of all", UINT64_C(1) << 63, UINT64_C(1) << 63},
    {"the last", LAST, LAST},
    {"just the upper half", 10000 + (UINT64_C(1) << 32), 10000 + (UINT64_C(1) << 32)},
};

static void check_broken(struct ring *ring)
{
    uint8_t sentinel = 0;
    uint8_t *bytes = &sentinel;
    size_t size = 77777;
    CHECK(!ring_begin_wait(ring)); /* so that ring_span() reports it, and nothing waits */
    ring_end_wait(ring);
    CHECK(ring_fill(ring) <= CAPACITY);
    for (int i = 0; i < 2; i++) { /* the verdict stays the same */
        CHECK_EQUAL(ring_span(ring, &bytes, &size), RING_BROKEN);
        CHECK(bytes == &sentinel);
        CHECK_EQUAL(size, 77777);
    }
    CHECK_EQUAL(ring->position, 10000);
}

static void test_lies(void)
{
    TEST("an impossible position breaks the ring, and it stays broken")
    {
        for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
            check_row(lies[i].row);
            begin(10000 - CAPACITY, 10000);
            check_span(producer, 10000 % CAPACITY, 0);
            made.trailer->tail = lies[i].tail;
            check_broken(producer);

            begin(10000, 10000);
            check_span(consumer, 10000 % CAPACITY, 0);
            made.trailer->head = lies[i].head;
            check_broken(consumer);
        }
    }
}

int main(void)
{
    test_spans();
    test_waiting();
    test_ends();
    test_lies();
    made_free(&made);
    return check_end();
}
