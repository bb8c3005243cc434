/*
 * fence_test.c - the fences of ring_begin_wait() and ring_advance().
 *
 * In each round one thread begins to wait at the moment at which the other one
 * passes bytes on. The waiting thread has to see the bytes, or to be woken. x86
 * delays a store beyond a later load. So without one of the two fences, in some
 * rounds neither thread sees the store of the other one.
 *
 * The test needs two processors: with one it cannot fail. On a busy machine each
 * meeting of the threads waits for the scheduler, so the test also ends after
 * SECONDS. scripts/model.sh checks the same protocol in every possible run.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#include "common/memory/tests/ring_made.h"
#include "common/tests/check.h"

#define ROUNDS 400000U
#define SPINS 1000
#define SECONDS 20

static struct made made;
static atomic_uint turn[2]; /* for each thread, the number of rounds that it has begun and ended */
static bool waits;          /* the result of ring_begin_wait() in this round */
static bool is_last;        /* both threads end after this round */

/* Wait for the other thread, so that both continue at the same moment. */
static void meet(size_t side, unsigned round)
{
    atomic_store(&turn[side], round);
    for (unsigned spins = 0; atomic_load(&turn[1 - side]) < round; spins++) {
        if (spins > SPINS) {
            (void)sched_yield();
        }
    }
}

/*
 * Let some time pass, and bring the positions into the cache. Then the loads
 * that follow are faster than the stores before them.
 */
static void idle(unsigned times)
{
    const volatile winshm_trailer *trailer = made.trailer;
    for (volatile unsigned i = 0; i < times; i++) {
    }
    (void)trailer->head;
    (void)trailer->tail;
}

/*
 * Return the side that waits: the consumer in even rounds, the producer in odd
 * ones.
 */
static struct ring *waiter(unsigned round)
{
    return round % 2 == 0 ? &made.consumer : &made.producer;
}

static void *wait_again_and_again(void *unused)
{
    (void)unused;
    for (unsigned round = 0; !is_last; round++) {
        meet(0, 2 * round + 1);
        idle(round * 7 % 127);
        waits = ring_begin_wait(waiter(round));
        meet(0, 2 * round + 2);
    }
    return NULL;
}

int main(void)
{
    TEST("a side that begins to wait while the other side passes bytes on sees them or is woken")
    {
        pthread_t thread;
        unsigned lost = 0;
        time_t end = time(NULL) + SECONDS;
        made_begin(&made, 4096, 0, 0);
        CHECK_EQUAL(pthread_create(&thread, NULL, wait_again_and_again, NULL), 0);
        for (unsigned round = 0; !is_last; round++) {
            /*
             * The ring is empty for a consumer that waits, and full for a
             * producer.
             */
            struct ring *other = round % 2 == 0 ? &made.producer : &made.consumer;
            made.trailer->head = made.producer.position = round % 2 == 0 ? 0 : 4096;
            made.trailer->tail = made.consumer.position = 0;
            made.trailer->head_waiting = 0;
            made.trailer->tail_waiting = 0;
            made.producer.other = 0;
            made.consumer.other = made.trailer->head;
            meet(1, 2 * round + 1);
            idle(round * 13 % 101);
            bool wakes = ring_advance(other, 1024);
            is_last = round + 1 == ROUNDS || time(NULL) > end; /* the other thread reads it after meet() */
            meet(1, 2 * round + 2);
            lost += waits && !wakes;
        }
        pthread_join(thread, NULL);
        CHECK_EQUAL(lost, 0);
        made_free(&made);
    }
    return check_end();
}
