/*
 * ring_tsan_test.c - a producer and a consumer thread, under ThreadSanitizer.
 *
 * The threads wait as stream.c does, but do not watch the ring first. Each wait
 * has a deadline: the test counts a lost wake-up, and continues.
 */
#include <pthread.h>
#include <time.h>

#include "common/memory/tests/ring_made.h"
#include "common/tests/check.h"

#define LOST_AFTER 2 /* seconds */

/* An event that is reset when it ends a wait. */
struct signal {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_set;
};

struct side {
    struct ring *ring;
    struct signal *wake;
    struct signal *other;
    uint32_t seed;
    uint64_t most;  /* largest number of bytes at a time */
    uint64_t total; /* bytes in all, for the producer */
    uint64_t done;
    uint32_t content; /* the random numbers that the bytes are made of */
    uint64_t waits;
    uint64_t sets;
    uint64_t wrong; /* bytes that are not the next ones */
    uint64_t lost;
};

static void signal_set(struct signal *signal)
{
    pthread_mutex_lock(&signal->lock);
    signal->is_set = true;
    pthread_cond_signal(&signal->changed);
    pthread_mutex_unlock(&signal->lock);
}

static bool signal_wait(struct signal *signal)
{
    struct timespec until;
    (void)timespec_get(&until, TIME_UTC);
    until.tv_sec += LOST_AFTER;
    pthread_mutex_lock(&signal->lock);
    int error = 0;
    while (!signal->is_set && error == 0) {
        error = pthread_cond_timedwait(&signal->changed, &signal->lock, &until);
    }
    bool came = signal->is_set;
    signal->is_set = false;
    pthread_mutex_unlock(&signal->lock);
    return came;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/*
 * Wait for the next piece and set *bytes to its beginning. Return its size, or 0
 * if the other side has ended or the ring is damaged.
 */
static size_t side_piece(struct side *side, uint8_t **bytes)
{
    size_t most = 1 + next_random(&side->seed) % side->most;
    for (;;) {
        /*
         * Load this first, so that ring_span() finds all bytes sent before the
         * end.
         */
        uint32_t closed = ring_closed(side->ring);
        size_t size = 0;
        if (ring_span(side->ring, bytes, &size) == RING_BROKEN) {
            return 0;
        }
        if (size > 0) {
            return size < most ? size : most;
        }
        if (closed != WINSHM_OPEN) {
            return 0;
        }
        side->waits++;
        if (ring_begin_wait(side->ring)) {
            side->lost += !signal_wait(side->wake);
        }
        ring_end_wait(side->ring);
    }
}

/* Produce, or consume and compare, `total` bytes. Then end. */
static void *run_side(void *given)
{
    struct side *side = given;
    uint8_t *bytes;
    size_t size;
    while (side->done < side->total && (size = side_piece(side, &bytes)) > 0) {
        size = size < side->total - side->done ? size : (size_t)(side->total - side->done);
        for (size_t i = 0; i < size; i++) {
            uint8_t next = (uint8_t)(next_random(&side->content) >> 7);
            if (side->ring->produces) {
                bytes[i] = next;
            }
            side->wrong += bytes[i] != next;
        }
        side->done += size;
        if (ring_advance(side->ring, size)) {
            side->sets++;
            signal_set(side->other);
        }
    }
    ring_close(side->ring, WINSHM_ENDED);
    signal_set(side->other);
    return NULL;
}

static const struct row {
    uint64_t capacity;
    uint64_t position; /* the first */
    uint64_t total;
    uint64_t in; /* largest number of bytes at a time */
    uint64_t out;
} rows[] = {
    {.capacity = 4096, .position = 0, .total = 4097, .in = 4096, .out = 4096},
    {.capacity = 4096, .position = 0, .total = 100000, .in = 1, .out = 1},
    {.capacity = 4096, .position = 0, .total = 2000000, .in = 1021, .out = 4096},
    {.capacity = 4096, .position = UINT64_MAX - 65535, .total = 2000000, .in = 257, .out = 263},
    {.capacity = 8192, .position = 4095, .total = 2000000, .in = 8191, .out = 7},
    {.capacity = 65536, .position = UINT64_MAX, .total = 4000000, .in = 65536, .out = 65536},
};

static void check_threads(const struct row *row)
{
    struct made made;
    made_begin(&made, row->capacity, row->position, row->position);
    struct signal data = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct signal space = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct side sides[] = {{.ring = &made.producer, .wake = &space, .other = &data, .seed = 1, .most = row->in},
                           {.ring = &made.consumer, .wake = &data, .other = &space, .seed = 2, .most = row->out}};
    pthread_t threads[2];
    for (size_t i = 0; i < 2; i++) {
        sides[i].content = 12345;
        sides[i].total = row->total;
        CHECK_EQUAL(pthread_create(&threads[i], NULL, run_side, &sides[i]), 0);
    }
    for (size_t i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    for (size_t i = 0; i < 2; i++) {
        CHECK_EQUAL(sides[i].done, row->total);
        CHECK_EQUAL(sides[i].wrong, 0);
        CHECK_EQUAL(sides[i].lost, 0);
        CHECK(sides[i].sets <= sides[1 - i].waits);
    }
    made_free(&made);
}

int main(void)
{
    TEST("every byte arrives in order and no wake-up is lost, for rings and pieces of many sizes")
    {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            char text[20];
            (void)snprintf(text, sizeof text, "row %zu", i);
            check_row(text);
            check_threads(&rows[i]);
        }
    }
    return check_end();
}
