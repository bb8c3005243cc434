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
    uint64_t sum;   /* checksum of the bytes and their order */
    uint64_t waits;
    uint64_t sets;
    uint64_t lost;
    bool broken;
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

static void side_wait(struct side *side)
{
    side->waits++;
    if (ring_begin_wait(side->ring)) {
        side->lost += !signal_wait(side->wake);
    }
    ring_end_wait(side->ring);
}

static void side_advance(struct side *side, size_t size)
{
    if (ring_advance(side->ring, size)) {
        side->sets++;
        signal_set(side->other);
    }
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
            side->broken = true;
            return 0;
        }
        if (size > 0) {
            return size < most ? size : most;
        }
        if (closed != WINSHM_OPEN) {
            return 0;
        }
        side_wait(side);
    }
}

static void *produce(void *given)
{
    struct side *side = given;
    uint32_t content = 12345;
    for (uint64_t left = side->total; left > 0;) {
        uint8_t *bytes;
        size_t size = side_piece(side, &bytes);
        if (size == 0) {
            break;
        }
        size = size < left ? size : (size_t)left;
        for (size_t i = 0; i < size; i++) {
            bytes[i] = (uint8_t)(next_random(&content) >> 7);
            side->sum = side->sum * 31 + bytes[i];
        }
        side_advance(side, size);
        left -= size;
    }
    ring_close(side->ring, WINSHM_ENDED);
    signal_set(side->other);
    return NULL;
}

static void *consume(void *given)
{
    struct side *side = given;
    uint8_t *bytes;
    size_t size;
    while ((size = side_piece(side, &bytes)) > 0) {
        for (size_t i = 0; i < size; i++) {
            side->sum = side->sum * 31 + bytes[i];
        }
        side->total += size;
        side_advance(side, size);
    }
    ring_close(side->ring, WINSHM_ENDED);
    signal_set(side->other);
    return NULL;
}

/*
 * Pass `total` bytes through a ring of `capacity` bytes whose first position is
 * `position`, in pieces of at most `in` and `out` bytes.
 */
static void run_threads(uint64_t capacity, uint64_t position, uint64_t total, uint64_t in, uint64_t out)
{
    char row[120];
    (void)snprintf(row, sizeof row, "%llu bytes, ring %llu at %llX, pieces up to %llu in, %llu out",
                   (unsigned long long)total, (unsigned long long)capacity, (unsigned long long)position,
                   (unsigned long long)in, (unsigned long long)out);
    check_row(row);

    struct made made;
    made_begin(&made, capacity, position, position);
    struct signal data = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct signal space = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct side producer = {
        .ring = &made.producer, .wake = &space, .other = &data, .seed = 1, .most = in, .total = total};
    struct side consumer = {.ring = &made.consumer, .wake = &data, .other = &space, .seed = 2, .most = out};
    pthread_t threads[2];
    if (pthread_create(&threads[0], NULL, produce, &producer) != 0 ||
        pthread_create(&threads[1], NULL, consume, &consumer) != 0) {
        abort();
    }
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);

    CHECK(!producer.broken && !consumer.broken);
    CHECK_EQUAL(consumer.total, total);
    CHECK_EQUAL(consumer.sum, producer.sum);
    CHECK_EQUAL(made.trailer->head, position + total);
    CHECK_EQUAL(made.trailer->tail, position + total);
    CHECK_EQUAL(producer.lost, 0);
    CHECK_EQUAL(consumer.lost, 0);
    CHECK(producer.sets <= consumer.waits);
    CHECK(consumer.sets <= producer.waits);
    printf("# %s: waits %llu and %llu, events %llu and %llu\n", row, (unsigned long long)producer.waits,
           (unsigned long long)consumer.waits, (unsigned long long)producer.sets, (unsigned long long)consumer.sets);
    made_free(&made);
}

int main(void)
{
    static const struct {
        uint64_t capacity;
        uint64_t position;
        uint64_t total;
        uint64_t in; /* largest number of bytes at a time */
        uint64_t out;
    } rows[] = {
        {.capacity = 4096, .position = 0, .total = 0, .in = 1, .out = 1},
        {.capacity = 4096, .position = 0, .total = 4095, .in = 4096, .out = 4096},
        {.capacity = 4096, .position = 0, .total = 4097, .in = 4096, .out = 4096},
        {.capacity = 4096, .position = 0, .total = 100000, .in = 1, .out = 1},
        {.capacity = 4096, .position = 0, .total = 2000000, .in = 1021, .out = 4096},
        {.capacity = 4096, .position = 0, .total = 2000000, .in = 4096, .out = 509},
        {.capacity = 4096, .position = UINT64_MAX - 65535, .total = 2000000, .in = 257, .out = 263},
        {.capacity = 8192, .position = 4095, .total = 2000000, .in = 8191, .out = 7},
        {.capacity = 65536, .position = UINT64_MAX, .total = 4000000, .in = 65536, .out = 65536},
    };
    TEST("every byte arrives in order and no wake-up is lost, for rings and pieces of many sizes")
    {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            run_threads(rows[i].capacity, rows[i].position, rows[i].total, rows[i].in, rows[i].out);
        }
    }
    return check_end();
}
