/*
 * protocol_test.c - an updater thread pauses at a store, and a reader looks.
 *
 * On x86 a store or a load that lost its order still does what it should. So
 * the test states in plain variables, the shadows, what the order promises. An
 * updater writes a shadow before it publishes, and a reader that has seen what
 * was published reads it: where the order is missing, ThreadSanitizer reports a
 * race.
 *
 * The threads wait for each other by relaxed variables, which order nothing.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "common/memory/shared.h"
#include "common/memory/value.h"
#include "common/tests/check.h"

enum { UPDATES = 3, CAPACITY = 200, WORDS = 20 };

/*
 * The shadows. An updater writes shadow_journal[n] before it makes update n
 * current in slot 1, and shadow_home[n] before it makes it current in slot 0. A
 * reader that has seen update n reads them.
 */
static uint64_t shadow_journal[UPDATES + 1];
static uint64_t shadow_home[UPDATES + 1];

/* ---- The machine ------------------------------------------------------------------------------------------------- */

static _Thread_local uint32_t updating; /* sequence number of the update that this thread writes */
static _Thread_local bool has_journal;  /* the journal of that update is complete */
static struct mapping made;
static size_t length; /* of each update: less than a word, which is copied as single bytes, or many words */
static atomic_int stage;
static struct {
    uint32_t update;
    const void *before; /* address of the store; NULL for no pause */
} pauses[2];            /* the updater waits before these stores */
static atomic_int races;

void __tsan_on_report(void *report); /* called by the sanitizer */

void __tsan_on_report(void *report)
{
    (void)report;
    atomic_fetch_add_explicit(&races, 1, memory_order_relaxed);
}

uint64_t clock_wall(void)
{
    return updating;
}

uint32_t process_id(void)
{
    return updating;
}

static void go_to(int next)
{
    atomic_store_explicit(&stage, next, memory_order_relaxed);
}

static void wait_for(int awaited)
{
    while (atomic_load_explicit(&stage, memory_order_relaxed) < awaited) {
        (void)sched_yield();
    }
}

/*
 * shared.h calls this before each access. An update stores `current` twice:
 * when the journal is complete, and when the bytes are in slot 0.
 */
void shared_step(const void *at, size_t size, bool stores)
{
    (void)size;
    if (!stores) {
        return;
    }
    if (at == &made.trailer->current) {
        (has_journal ? shadow_home : shadow_journal)[updating] = updating;
        has_journal = true;
    }
    for (int i = 0; i < 2; i++) {
        if (at == pauses[i].before && updating == pauses[i].update) {
            go_to(2 * i + 1);
            wait_for(2 * i + 2);
        }
    }
}

/* ---- A value ----------------------------------------------------------------------------------------------------- */

static void allocate(void)
{
    struct trailer_plan plan;
    CHECK(trailer_plan(WINSHM_VALUE, CAPACITY, false, &plan));
    struct view view = {.base = aligned_alloc(WINSHM_PAGE, plan.section_size),
                        .size = (size_t)plan.section_size,
                        .committed = (size_t)plan.section_size};
    memset(view.base, 0, view.size);
    updating = 1;
    trailer_begin(&view, &plan, &made);
    atomic_store_explicit(&stage, 0, memory_order_relaxed);
}

static void publish(void)
{
    updating = 1;
    memset(value_contents(&made), 1, sizeof(uint64_t));
    shadow_home[1] = 1;
    value_publish(&made, sizeof(uint64_t), (struct value_text){0});
}

/* Each byte of update n is n. */
static void *update_twice(void *unused)
{
    (void)unused;
    for (uint32_t n = 2; n <= UPDATES; n++) {
        struct value_update update;
        uint8_t bytes[sizeof(uint64_t) * WORDS];
        memset(bytes, (int)n, sizeof bytes);
        updating = n;
        has_journal = false;
        CHECK(value_begin_update(&made, &update));
        CHECK_EQUAL(update.sequence + 1, n);
        value_write(&update, 0, bytes, length);
        value_commit(&update, length, (struct value_text){0});
    }
    return NULL;
}

static const void *slot_of(uint64_t slot)
{
    return made.view.base + slot * made.slot_size;
}

/*
 * Publish a value, and start an updater. It waits before its first store to
 * `before` in `n`, and to `next_before` in `next`.
 */
static pthread_t start_updater(uint32_t n, const void *before, uint32_t next, const void *next_before)
{
    publish();
    pauses[0].update = n;
    pauses[0].before = before;
    pauses[1].update = next;
    pauses[1].before = next_before;
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, NULL, update_twice, NULL), 0);
    wait_for(1);
    return thread;
}

static void end(pthread_t thread)
{
    (void)pthread_join(thread, NULL);
    free(made.view.base);
    CHECK_EQUAL(atomic_exchange(&races, 0), 0);
}

static const uint8_t *look_at(uint32_t n, uint64_t slot)
{
    struct value_look look;
    CHECK(value_look(&made, &look));
    CHECK_EQUAL(look.current, (uint64_t)n << 1 | slot);
    return look.contents;
}

/* Copy contents after the updater has begun to overwrite them. */
static void check_overwritten(const uint8_t *contents, uint32_t by)
{
    uint8_t copy[sizeof(uint64_t) * WORDS];
    go_to(2);
    wait_for(3);
    shared_copy_out(copy, contents, length);
    CHECK_EQUAL(copy[0], by);
}

int main(void)
{
    TEST("a reader that sees an update in either slot sees all earlier stores of the updater")
    {
        static const uint64_t *const shadows[] = {&shadow_home[2], &shadow_journal[2]};
        length = sizeof(uint64_t);
        for (uint64_t slot = 0; slot < 2; slot++) {
            check_row(slot == 1 ? "journal" : "home");
            allocate();
            pthread_t thread = start_updater(slot == 1 ? 2 : 3, slot_of(1 - slot), 0, NULL);
            (void)look_at(2, slot);
            CHECK_EQUAL(*shadows[slot], 2);
            go_to(2);
            end(thread);
        }
    }

    TEST("a reader that copies a byte of the next update sees that `current` has changed")
    {
        for (size_t i = 0; i < 2; i++) {
            /*
             * In slot 1: the next update overwrites the journal, after this
             * update was copied to slot 0.
             */
            length = i == 0 ? 5 : sizeof(uint64_t) * WORDS;
            check_row(i == 0 ? "journal, bytes" : "journal, words");
            allocate();
            pthread_t thread = start_updater(2, slot_of(0), 3, &made.trailer->slots[1].length);
            check_overwritten(look_at(2, 1), 3);
            CHECK_EQUAL(shadow_home[2], 2);
            go_to(4);
            end(thread);

            /*
             * In slot 0: the next update is copied there, after it was
             * published in the journal.
             */
            check_row(i == 0 ? "home, bytes" : "home, words");
            allocate();
            thread = start_updater(2, slot_of(1), 2, &made.trailer->slots[0].length);
            check_overwritten(look_at(1, 0), 2);
            CHECK_EQUAL(shadow_journal[2], 2);
            go_to(4);
            end(thread);
        }
    }
    return check_end();
}
