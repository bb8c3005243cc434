/*
 * fence_test.c - the fences of ring_begin_wait() and ring_advance(), on a processor that stores late.
 *
 * One thread says that it waits at the moment at which the other publishes, again and again: whoever waits has to be
 * woken. x86 delays a store beyond a later load, so that with a fence left out both find nothing, now and then. On a
 * machine with one processor nothing can be found; scripts/model.sh looks at every run.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "common/memory/tests/ring_made.h"
#include "common/tests/check.h"

#define ROUNDS 400000U
#define SPINS 1000

static struct made made;
static atomic_uint turn[2]; /* of the two threads: how many rounds each has begun, and ended */
static bool waits;

/* Both go on at the same moment, if there are two processors. */
static void meet(size_t side, unsigned round)
{
    atomic_store(&turn[side], round);
    for (unsigned spins = 0; atomic_load(&turn[1 - side]) < round; spins++) {
        if (spins > SPINS) {
            (void)sched_yield();
        }
    }
}

/* Let some time pass, and have at hand what is loaded next: then that load is fast, and the store before it is not. */
static void idle(unsigned times)
{
    const volatile winshm_trailer *trailer = made.trailer;
    for (volatile unsigned i = 0; i < times; i++) {
    }
    (void)trailer->head;
    (void)trailer->tail;
}

/* In even rounds the consumer waits, in odd ones the producer. */
static struct ring *waiter(unsigned round)
{
    return round % 2 == 0 ? &made.consumer : &made.producer;
}

static void *wait_again_and_again(void *unused)
{
    (void)unused;
    for (unsigned round = 0; round < ROUNDS; round++) {
        meet(0, 2 * round + 1);
        idle(round * 7 % 127);
        waits = ring_begin_wait(waiter(round));
        meet(0, 2 * round + 2);
    }
    return NULL;
}

int main(void)
{
    TEST("whoever says that it waits, while the other side publishes, is woken or sees it")
    {
        pthread_t thread;
        unsigned lost = 0;
        made_begin(&made, 4096, 0, 0);
        CHECK_EQUAL(pthread_create(&thread, NULL, wait_again_and_again, NULL), 0);
        for (unsigned round = 0; round < ROUNDS; round++) {
            /* An empty ring for a consumer that waits, a full one for a producer. */
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
            meet(1, 2 * round + 2);
            lost += waits && !wakes;
        }
        pthread_join(thread, NULL);
        CHECK_EQUAL(lost, 0);
        made_free(&made);
    }
    return check_end();
}
