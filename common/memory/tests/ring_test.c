/* ring_test.c - the ring: spans, waiting, ends, and false positions. */
#include "common/memory/ring.h"

#include "common/memory/tests/ring_made.h"
#include "common/tests/check.h"

#define CAPACITY 4096
#define QUARTER 1024
#define LAST UINT64_MAX /* the last position: 0 follows */

/* Check the address and the length of the span. */
static void check_span(struct made *made, struct ring *ring, uint64_t index, uint64_t length)
{
    uint8_t *bytes = NULL;
    size_t size = 77777;
    CHECK_EQUAL(ring_span(ring, &bytes, &size), RING_SOUND);
    CHECK_EQUAL(size, length);
    CHECK_EQUAL(bytes - made->bytes, index);
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
    {.row = "data up to the end", .tail = 4000, .head = 4096, .room = 4000, .data = 96},
    {.row = "data across the end", .tail = 4000, .head = 4106, .room = 3990, .data = 96},
    {.row = "room across the end", .tail = 4000, .head = 4090, .room = 6, .data = 90},
    {.row = "empty at the end", .tail = 4095, .head = 4095, .room = 1},
    {.row = "one byte at the end", .tail = 4095, .head = 4096, .room = 4095, .data = 1},
    {.row = "full, one before the end", .tail = 4095, .head = 8191, .data = 1},
    {.row = "empty after the end", .tail = 4096, .head = 4096, .room = 4096},
    {.row = "a later lap", .tail = 40960, .head = 40961, .room = 4095, .data = 1},
    {.row = "beyond 32 bits", .tail = 0xFFFFFFFF, .head = 0x100000000, .room = 4095, .data = 1},
    {.row = "the sign changes", .tail = 0x7FFFFFFFFFFFFFFF, .head = 0x8000000000000000, .room = 4095, .data = 1},
    {.row = "empty, one before the last", .tail = LAST - 1, .head = LAST - 1, .room = 2},
    {.row = "empty at the last", .tail = LAST, .head = LAST, .room = 1},
    {.row = "one byte, the last position", .tail = LAST, .room = 4095, .data = 1},
    {.row = "data across the last", .tail = LAST - 9, .head = 20, .room = 4066, .data = 10},
    {.row = "full up to the last", .tail = LAST - 4095, .data = 4096},
    {.row = "full across the last", .tail = LAST - 9, .head = 4086, .data = 10},
    {.row = "empty, begun again", .room = 4096},
};

static void test_spans(void)
{
    TEST("a span is all that a side may use, in one piece, up to the end of the ring")
    {
        for (size_t i = 0; i < sizeof corners / sizeof *corners; i++) {
            check_row(corners[i].row);
            struct made made;
            made_begin(&made, CAPACITY, corners[i].tail, corners[i].head);
            check_span(&made, &made.producer, corners[i].head % CAPACITY, corners[i].room);
            check_span(&made, &made.consumer, corners[i].tail % CAPACITY, corners[i].data);
            made_free(&made);
        }
    }

    TEST("ring_span() changes nothing in the trailer")
    {
        struct made made;
        made_begin(&made, CAPACITY, 10, 20);
        winshm_trailer before = *made.trailer;
        for (int i = 0; i < 3; i++) {
            check_span(&made, &made.producer, 20, 4076);
            check_span(&made, &made.consumer, 10, 10);
        }
        CHECK_BYTES(made.trailer, sizeof before, &before, sizeof before);
        made_free(&made);
    }

    TEST("a text that crosses the end of the ring or the last position arrives unchanged")
    {
        static const uint64_t starts[] = {0, 1, 4093, 4094, 4095, 4096, 8189, LAST - 2, LAST - 1, LAST};
        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
            struct made made;
            made_begin(&made, CAPACITY, starts[i], starts[i]);
            pass(&made.producer, "hello");
            CHECK_EQUAL(made.trailer->head, starts[i] + 5);
            CHECK_EQUAL(made.trailer->tail, starts[i]);
            for (size_t at = 0; at < CAPACITY; at++) {
                uint64_t nth = (at - starts[i]) % CAPACITY;
                CHECK_EQUAL(made.bytes[at], nth < 5 ? "hello"[nth] : '.');
            }
            pass(&made.consumer, "hello");
            CHECK_EQUAL(made.trailer->tail, starts[i] + 5);
            check_span(&made, &made.consumer, (starts[i] + 5) % CAPACITY, 0);
            made_free(&made);
        }
    }

    TEST("a ring can be filled to its last byte and emptied")
    {
        static const uint64_t starts[] = {0, 1, 4095, LAST - 4095, LAST - 1, LAST};
        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
            struct made made;
            made_begin(&made, CAPACITY, starts[i], starts[i]);
            char text[CAPACITY + 1];
            for (size_t at = 0; at < CAPACITY; at++) {
                text[at] = (char)('a' + at % 23);
            }
            text[CAPACITY] = '\0';
            pass(&made.producer, text);
            check_span(&made, &made.producer, starts[i] % CAPACITY, 0);
            CHECK_EQUAL(ring_fill(&made.producer), CAPACITY);
            pass(&made.consumer, text);
            check_span(&made, &made.consumer, starts[i] % CAPACITY, 0);
            CHECK_EQUAL(ring_fill(&made.consumer), 0);
            made_free(&made);
        }
    }

    TEST("a side that attaches continues at its position in the trailer")
    {
        struct made made;
        made_begin(&made, CAPACITY, 5000, 5000);
        pass(&made.producer, "one two");
        pass(&made.consumer, "one ");
        ring_attach(&made.producer, &made.mapping, true);
        ring_attach(&made.consumer, &made.mapping, false);
        pass(&made.producer, " three");
        pass(&made.consumer, "two three");
        CHECK_EQUAL(made.trailer->head, 5013);
        CHECK_EQUAL(made.trailer->tail, 5013);
        made_free(&made);
    }

    TEST("a side stores only its own fields of the trailer")
    {
        struct made made;
        made_begin(&made, CAPACITY, 7, 7);
        winshm_trailer wanted = *made.trailer;
        pass(&made.producer, "12345678");
        (void)ring_begin_wait(&made.producer);
        ring_close(&made.producer, WINSHM_FAILED);
        wanted.head = 15;
        wanted.head_waiting = 1;
        wanted.producer_closed = WINSHM_FAILED;
        CHECK_BYTES(made.trailer, sizeof wanted, &wanted, sizeof wanted);
        ring_end_wait(&made.producer);
        wanted.head_waiting = 0;

        pass(&made.consumer, "123");
        (void)ring_begin_wait(&made.consumer);
        ring_close(&made.consumer, WINSHM_CUT_OFF);
        wanted.tail = 10;
        wanted.tail_waiting = 1;
        wanted.consumer_closed = WINSHM_CUT_OFF;
        CHECK_BYTES(made.trailer, sizeof wanted, &wanted, sizeof wanted);
        made_free(&made);
    }
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

static void test_waiting(void)
{
    TEST("a side that does not wait is not woken")
    {
        struct made made;
        made_begin(&made, CAPACITY, 0, 0);
        CHECK_EQUAL(pass(&made.producer, "some"), 0);
        CHECK_EQUAL(pass(&made.consumer, "some"), 0);
        made_free(&made);
    }

    TEST("a consumer waits while the ring is empty, and one byte wakes it")
    {
        static const uint64_t starts[] = {0, 4095, LAST};
        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
            struct made made;
            made_begin(&made, CAPACITY, starts[i], starts[i]);
            CHECK(!ring_is_ready(&made.consumer));
            CHECK(ring_begin_wait(&made.consumer));
            CHECK_EQUAL(made.trailer->tail_waiting, 1);
            CHECK_EQUAL(pass(&made.producer, "x"), 1);
            CHECK_EQUAL(made.trailer->tail_waiting, 0);
            CHECK(ring_is_ready(&made.consumer));
            made_free(&made);
        }
    }

    TEST("a wait causes one wake-up, however often the other side passes bytes on")
    {
        struct made made;
        made_begin(&made, CAPACITY, 0, 0);
        CHECK(ring_begin_wait(&made.consumer));
        CHECK_EQUAL(pass(&made.producer, "1"), 1);
        CHECK_EQUAL(pass(&made.producer, "2"), 0);
        ring_end_wait(&made.consumer);
        CHECK_EQUAL(pass(&made.producer, "3"), 0);
        made_free(&made);
    }

    TEST("a side that ends its wait is not woken any more")
    {
        struct made made;
        made_begin(&made, CAPACITY, 0, 0);
        CHECK(ring_begin_wait(&made.consumer));
        ring_end_wait(&made.consumer);
        CHECK_EQUAL(made.trailer->tail_waiting, 0);
        CHECK_EQUAL(pass(&made.producer, "1"), 0);
        CHECK(!ring_begin_wait(&made.consumer));
        ring_end_wait(&made.consumer);
        CHECK_EQUAL(made.trailer->tail_waiting, 0);
        made_free(&made);
    }

    TEST("a producer that waits is woken when exactly a quarter of the ring is free")
    {
        static const uint64_t starts[] = {0, 1000, 3500, LAST - 4095, LAST - 500, LAST};
        for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
            struct made made;
            made_begin(&made, CAPACITY, starts[i], starts[i] + CAPACITY);
            CHECK(!ring_is_ready(&made.producer));
            CHECK(ring_begin_wait(&made.producer));
            for (uint64_t room = 1; room < QUARTER; room++) {
                CHECK_EQUAL(pass(&made.consumer, "."), 0);
                CHECK_EQUAL(made.trailer->head_waiting, 1);
                CHECK(!ring_is_ready(&made.producer));
            }
            CHECK_EQUAL(pass(&made.consumer, "."), 1);
            CHECK_EQUAL(made.trailer->head_waiting, 0);
            CHECK(ring_is_ready(&made.producer));
            CHECK_EQUAL(pass(&made.consumer, "."), 0);
            made_free(&made);
        }
    }

    TEST("a producer waits if less than a quarter of the ring is free")
    {
        for (uint64_t room = QUARTER - 1; room <= QUARTER + 1; room++) {
            struct made made;
            made_begin(&made, CAPACITY, 0, CAPACITY - room);
            CHECK_EQUAL(ring_begin_wait(&made.producer), room < QUARTER);
            CHECK_EQUAL(ring_is_ready(&made.producer), room >= QUARTER);
            made_free(&made);
        }
    }

    TEST("a consumer that consumes everything wakes the producer")
    {
        struct made made;
        made_begin(&made, CAPACITY, LAST, LAST + CAPACITY);
        uint8_t *bytes;
        size_t size;
        CHECK(ring_begin_wait(&made.producer));
        CHECK_EQUAL(ring_span(&made.consumer, &bytes, &size), RING_SOUND);
        CHECK_EQUAL(size, 1); /* up to the end of the ring */
        CHECK(!ring_advance(&made.consumer, size));
        CHECK_EQUAL(ring_span(&made.consumer, &bytes, &size), RING_SOUND);
        CHECK_EQUAL(size, CAPACITY - 1);
        CHECK(ring_advance(&made.consumer, size));
        made_free(&made);
    }

    TEST("a waiting flag of another value than 1 also means that the side waits")
    {
        struct made made;
        made_begin(&made, CAPACITY, 0, 0);
        made.trailer->tail_waiting = 0xFFFFFFFF;
        CHECK_EQUAL(pass(&made.producer, "1"), 1);
        CHECK_EQUAL(made.trailer->tail_waiting, 0);
        made_free(&made);
    }
}

/* ---- Ends -------------------------------------------------------------------------------------------------------- */

static void test_ends(void)
{
    TEST("ring_closed() returns how the other side ended, not the own side")
    {
        for (uint32_t how = WINSHM_ENDED; how <= WINSHM_DIED; how++) {
            struct made made;
            made_begin(&made, CAPACITY, 0, 0);
            CHECK_EQUAL(ring_closed(&made.producer), WINSHM_OPEN);
            CHECK_EQUAL(ring_closed(&made.consumer), WINSHM_OPEN);
            ring_close(&made.producer, (enum winshm_closed)how);
            CHECK_EQUAL(ring_closed(&made.consumer), how);
            CHECK_EQUAL(ring_closed(&made.producer), WINSHM_OPEN);
            CHECK_EQUAL(made.trailer->producer_closed, how);
            made_free(&made);

            made_begin(&made, CAPACITY, 0, 0);
            ring_close(&made.consumer, (enum winshm_closed)how);
            CHECK_EQUAL(ring_closed(&made.producer), how);
            CHECK_EQUAL(ring_closed(&made.consumer), WINSHM_OPEN);
            CHECK_EQUAL(made.trailer->consumer_closed, how);
            made_free(&made);
        }
    }

    TEST("the side that is left stores the death of the other side")
    {
        struct made made;
        made_begin(&made, CAPACITY, 0, 0);
        ring_close_other(&made.producer, WINSHM_DIED);
        CHECK_EQUAL(made.trailer->consumer_closed, WINSHM_DIED);
        CHECK_EQUAL(made.trailer->producer_closed, WINSHM_OPEN);
        ring_close_other(&made.consumer, WINSHM_DIED);
        CHECK_EQUAL(made.trailer->producer_closed, WINSHM_DIED);
        made_free(&made);
    }

    TEST("a side does not wait for another one that has ended")
    {
        for (uint32_t how = WINSHM_ENDED; how <= WINSHM_DIED + 1; how++) {
            struct made made;
            made_begin(&made, CAPACITY, 0, CAPACITY);
            CHECK(ring_begin_wait(&made.producer));
            made.trailer->consumer_closed = how;
            CHECK(!ring_begin_wait(&made.producer));
            CHECK(ring_is_ready(&made.producer));
            made_free(&made);

            made_begin(&made, CAPACITY, 0, 0);
            CHECK(ring_begin_wait(&made.consumer));
            made.trailer->producer_closed = how;
            CHECK(!ring_begin_wait(&made.consumer));
            CHECK(ring_is_ready(&made.consumer));
            made_free(&made);
        }
    }

    TEST("a side that has ended itself may still wait")
    {
        struct made made;
        made_begin(&made, CAPACITY, 0, 0);
        ring_close(&made.consumer, WINSHM_ENDED);
        CHECK(ring_begin_wait(&made.consumer));
        made_free(&made);
    }

    TEST("bytes sent before the producer ended are still there")
    {
        struct made made;
        made_begin(&made, CAPACITY, 4090, 4090);
        pass(&made.producer, "the last words");
        ring_close(&made.producer, WINSHM_ENDED);
        pass(&made.consumer, "the last words");
        check_span(&made, &made.consumer, (4090 + 14) % CAPACITY, 0);
        made_free(&made);
    }
}

/* ---- Lies -------------------------------------------------------------------------------------------------------- */

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
    {"the beginning", 0, 0},
    {"ahead of us, or beyond the ring, by one", 10001, 10000 + 4097},
    {"a lap ahead", 10000 + 4096, 10000 + 2 * 4096},
    {"the middle of all", UINT64_C(1) << 63, UINT64_C(1) << 63},
    {"the last", LAST, LAST},
    {"just the upper half", 10000 + (UINT64_C(1) << 32), 10000 + (UINT64_C(1) << 32)},
};

static void check_broken(struct made *made, struct ring *ring)
{
    uint8_t sentinel = 0;
    uint8_t *bytes = &sentinel;
    size_t size = 77777;
    CHECK(ring_is_ready(ring)); /* so that ring_span() reports it, and nothing waits */
    CHECK(!ring_begin_wait(ring));
    ring_end_wait(ring);
    CHECK(ring_fill(ring) <= CAPACITY);
    for (int i = 0; i < 3; i++) { /* the verdict stays the same */
        CHECK_EQUAL(ring_span(ring, &bytes, &size), RING_BROKEN);
        CHECK(bytes == &sentinel);
        CHECK_EQUAL(size, 77777);
    }
    CHECK_EQUAL(made->producer.position, 10000);
    CHECK_EQUAL(made->consumer.position, 10000);
}

static void test_lies(void)
{
    TEST("an impossible position breaks the ring, and it stays broken")
    {
        for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
            check_row(lies[i].row);
            struct made made;
            made_begin(&made, CAPACITY, 10000, 10000);
            made.trailer->tail = 10000 - CAPACITY;
            check_span(&made, &made.producer, 10000 % CAPACITY, 0);
            made.trailer->tail = lies[i].tail;
            check_broken(&made, &made.producer);
            made_free(&made);

            made_begin(&made, CAPACITY, 10000, 10000);
            check_span(&made, &made.consumer, 10000 % CAPACITY, 0);
            made.trailer->head = lies[i].head;
            check_broken(&made, &made.consumer);
            made_free(&made);
        }
    }

    TEST("a span uses the position loaded before, even if it has become false since")
    {
        struct made made;
        made_begin(&made, CAPACITY, 100, 200);
        check_span(&made, &made.producer, 200, CAPACITY - 200);
        check_span(&made, &made.consumer, 100, 100);
        uint64_t head = made.trailer->head;
        made.trailer->tail = LAST;
        check_span(&made, &made.producer, 200, CAPACITY - 200);
        made.trailer->tail = 100;
        made.trailer->head = 0;
        check_span(&made, &made.consumer, 100, 100);
        made.trailer->head = head;
        made_free(&made);
    }

    TEST("a side does not load its own position from the trailer")
    {
        struct made made;
        made_begin(&made, CAPACITY, 4090, 4090);
        made.trailer->head = 12345;
        pass(&made.producer, "0123456789");
        CHECK_EQUAL(made.trailer->head, 4100);
        check_span(&made, &made.producer, 4, CAPACITY - 10);
        made.trailer->tail = 999;
        pass(&made.consumer, "01234567");
        CHECK_EQUAL(made.trailer->tail, 4098);
        check_span(&made, &made.consumer, 2, 2);
        made_free(&made);
    }

    TEST("a side that attaches to impossible positions finds the ring broken at the first span")
    {
        static const struct {
            uint64_t tail;
            uint64_t head;
        } pairs[] = {{1, 0}, {0, 4097}, {LAST, 4096}, {4096, LAST}, {0, UINT64_C(1) << 63}, {4097, 4096}};
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
            struct made made;
            made_begin(&made, CAPACITY, pairs[i].tail, pairs[i].head);
            uint8_t *bytes;
            size_t size;
            CHECK_EQUAL(ring_span(&made.producer, &bytes, &size), RING_BROKEN);
            CHECK_EQUAL(ring_span(&made.consumer, &bytes, &size), RING_BROKEN);
            made_free(&made);
        }
    }

    TEST("a producer that waits is woken although its own position in the trailer is false")
    {
        struct made made;
        made_begin(&made, CAPACITY, 0, CAPACITY);
        CHECK(ring_begin_wait(&made.producer));
        uint8_t *bytes;
        size_t size;
        CHECK_EQUAL(ring_span(&made.consumer, &bytes, &size), RING_SOUND);
        made.trailer->head = 3 * CAPACITY;
        CHECK(ring_advance(&made.consumer, 1));
        CHECK_EQUAL(made.trailer->tail, 1);
        made_free(&made);
    }

    TEST("ring_fill() is never more than the capacity, even with false positions")
    {
        static const uint64_t claims[] = {0, 1, 4096, 9999, 10001, 14096, 14097, UINT64_C(1) << 63, LAST};
        for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
            struct made made;
            made_begin(&made, CAPACITY, 10000, 10000);
            made.trailer->tail = claims[i];
            CHECK(ring_fill(&made.producer) <= CAPACITY);
            made.trailer->tail = 10000;
            made.trailer->head = claims[i];
            CHECK(ring_fill(&made.consumer) <= CAPACITY);
            made_free(&made);
        }
    }
}

int main(void)
{
    test_spans();
    test_waiting();
    test_ends();
    test_lies();
    return check_end();
}
