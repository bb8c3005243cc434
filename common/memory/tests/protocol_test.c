/*
 * protocol_test.c - threads that publish, update and read a value.
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

enum { UPDATES = 20000, UPDATERS = 2, READERS = 2, MOST = UPDATERS * UPDATES + 3, CAPACITY = 200, WORDS = 20 };

/*
 * The shadows. An updater writes shadow_journal[n] before it makes update n
 * current in slot 1, and shadow_home[n] before it makes it current in slot 0. A
 * reader that has seen update n reads them.
 */
static uint64_t shadow_journal[MOST];
static uint64_t shadow_home[MOST];
static uint64_t shadow_first;

/* ---- The machine ------------------------------------------------------------------------------------------------- */

static _Thread_local uint32_t updating; /* sequence number of the update that this thread writes */
static _Thread_local bool has_journal;  /* the journal of that update is complete */
static struct mapping made;
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

/*
 * The contents of update n: words that contain n twice, so that a word of which
 * half is zero is detected.
 */
static uint64_t word_of(uint32_t n)
{
    return (uint64_t)n << 32 | n;
}

static bool is_word(uint64_t word)
{
    return word != 0 && word >> 32 == (word & UINT32_MAX);
}

static size_t length_of(uint32_t n)
{
    return sizeof(uint64_t) * (2 + n % (WORDS - 1));
}

static void *allocate(void)
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
    return view.base;
}

static void publish(size_t length)
{
    updating = 1;
    uint8_t *contents = value_contents(&made);
    for (size_t i = 0; i < length; i++) {
        contents[i] = i % 4 == 0 ? 1 : 0;
    }
    shadow_first = 1;
    shadow_home[1] = 1;
    value_publish(&made, length, (struct value_text){0});
}

static void update(uint32_t n, const void *bytes, size_t length)
{
    struct value_update begun;
    updating = n;
    has_journal = false;
    CHECK(value_begin_update(&made, &begun));
    CHECK_EQUAL(begun.sequence + 1, n);
    value_write(&begun, 0, bytes, length);
    value_commit(&begun, length, (struct value_text){0});
}

static void update_words(uint32_t n, size_t length)
{
    uint64_t words[WORDS];
    for (size_t i = 0; i < WORDS; i++) {
        words[i] = word_of(n);
    }
    update(n, words, length);
}

static pthread_t start(void *(*entry)(void *), void *context)
{
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, NULL, entry, context), 0);
    return thread;
}

static void end(pthread_t thread, void *memory)
{
    (void)pthread_join(thread, NULL);
    free(memory);
    CHECK_EQUAL(atomic_exchange(&races, 0), 0);
}

/* ---- One thing after the other ----------------------------------------------------------------------------------- */

static void *publish_beside(void *context)
{
    (void)context;
    publish(sizeof(uint64_t));
    return NULL;
}

/*
 * The length of the contents. Contents shorter than a word are copied as single
 * bytes.
 */
static size_t forced_length;

static void *update_twice(void *context)
{
    (void)context;
    for (uint32_t n = 2; n <= 3; n++) {
        if (forced_length < sizeof(uint64_t)) {
            uint8_t bytes[sizeof(uint64_t)];
            memset(bytes, (int)n, sizeof bytes);
            update(n, bytes, forced_length);
        } else {
            update_words(n, forced_length);
        }
    }
    return NULL;
}

static const uint8_t *slot_of(uint64_t slot)
{
    return made.view.base + slot * made.slot_size;
}

/*
 * Let the updater wait before its first store to `before` in `update`, and to
 * `next_before` in `next_update`.
 */
static void pause_updater(uint32_t update, const void *before, uint32_t next_update, const void *next_before)
{
    pauses[0].update = update;
    pauses[0].before = before;
    pauses[1].update = next_update;
    pauses[1].before = next_before;
}

/*
 * Look while `current` is {n, slot}, and copy after the updater has begun to
 * overwrite that slot. Return the first byte of the copy.
 */
static uint32_t look_then_copy(uint32_t n, uint64_t slot)
{
    struct value_look look;
    uint64_t copy[WORDS] = {0};
    CHECK(value_look(&made, &look));
    CHECK_EQUAL(look.current, (uint64_t)n << 1 | slot);
    go_to(2);
    wait_for(3);
    shared_copy_out((uint8_t *)copy, look.contents, forced_length);
    return *(const uint8_t *)copy;
}

static void test_one_after_the_other(void)
{
    TEST("a process that sees that a value is published sees all earlier stores of the creator")
    {
        void *memory = allocate();
        struct view view = made.view;
        struct mapping mapping;
        pthread_t thread = start(publish_beside, NULL);
        while (trailer_attach(&view, &mapping) != TRAILER_OURS) {
            (void)sched_yield();
        }
        CHECK_EQUAL(shadow_first, 1);
        end(thread, memory);
    }

    TEST("a reader that sees an update in either slot sees all earlier stores of the updater")
    {
        static const uint64_t *const shadows[] = {&shadow_home[2], &shadow_journal[2]};
        for (uint64_t slot = 0; slot < 2; slot++) {
            check_row(slot == 1 ? "journal" : "home");
            void *memory = allocate();
            publish(sizeof(uint64_t));
            forced_length = sizeof(uint64_t);
            pause_updater(slot == 1 ? 2 : 3, slot_of(1 - slot), 0, NULL);
            pthread_t thread = start(update_twice, NULL);
            wait_for(1);
            struct value_look look;
            CHECK(value_look(&made, &look));
            CHECK_EQUAL(look.current, (uint64_t)2 << 1 | slot);
            CHECK_EQUAL(*shadows[slot], 2);
            go_to(2);
            end(thread, memory);
        }
    }

    TEST("a reader that copies a byte of the next update sees that `current` has changed")
    {
        static const size_t lengths[] = {5, sizeof(uint64_t) * WORDS};
        for (size_t i = 0; i < 2; i++) {
            /*
             * In slot 1: the next update overwrites the journal, after this
             * update was copied to slot 0.
             */
            check_row(i == 0 ? "journal, bytes" : "journal, words");
            void *memory = allocate();
            publish(sizeof(uint64_t));
            forced_length = lengths[i];
            pause_updater(2, slot_of(0), 3, &made.trailer->slots[1].length);
            pthread_t thread = start(update_twice, NULL);
            wait_for(1);
            CHECK_EQUAL(look_then_copy(2, 1), 3);
            CHECK_EQUAL(shadow_home[2], 2);
            go_to(4);
            end(thread, memory);

            /*
             * In slot 0: the next update is copied there, after it was
             * published in the journal.
             */
            check_row(i == 0 ? "home, bytes" : "home, words");
            memory = allocate();
            publish(sizeof(uint64_t));
            pause_updater(2, slot_of(1), 2, &made.trailer->slots[0].length);
            thread = start(update_twice, NULL);
            wait_for(1);
            CHECK_EQUAL(look_then_copy(1, 0), 2);
            CHECK_EQUAL(shadow_journal[2], 2);
            go_to(4);
            end(thread, memory);
        }
        pause_updater(0, NULL, 0, NULL);
    }
}

/* ---- All at once ------------------------------------------------------------------------------------------------- */

static pthread_mutex_t writer = PTHREAD_MUTEX_INITIALIZER;
static uint32_t last_update; /* under `writer` */
static atomic_int updaters;
static atomic_uint torn;
static atomic_uint accepted;

static void *update_again_and_again(void *context)
{
    (void)context;
    for (int i = 0; i < UPDATES; i++) {
        (void)pthread_mutex_lock(&writer);
        uint32_t n = ++last_update;
        update_words(n, length_of(n));
        (void)pthread_mutex_unlock(&writer);
    }
    atomic_fetch_sub_explicit(&updaters, 1, memory_order_relaxed);
    return NULL;
}

/*
 * Check that the reader sees the shadow that its updater wrote. The reader has
 * looked at `current`, and has seen a store of update `seen`, which is the
 * update of that look or a later one.
 */
static void see(uint64_t current, uint32_t seen)
{
    uint32_t n = (uint32_t)(current >> 1);
    bool journal = (current & 1) != 0;
    uint64_t shadow = 0;
    if (seen == n) {
        shadow = journal ? shadow_journal[n] : shadow_home[n];
    } else if (seen > n && seen < MOST) {
        n = journal ? seen - 1 : seen;
        shadow = journal ? shadow_home[n] : shadow_journal[n];
    }
    if (shadow != n) {
        atomic_fetch_add_explicit(&torn, 1, memory_order_relaxed);
    }
}

static void *read_again_and_again(void *context)
{
    (void)context;
    uint32_t last = 0;
    for (int count = 0; atomic_load_explicit(&updaters, memory_order_relaxed) > 0 || count == 0; count++) {
        struct value_look look;
        uint64_t copy[WORDS + 2];
        if (!value_look(&made, &look)) {
            atomic_fetch_add_explicit(&torn, 1, memory_order_relaxed);
            break;
        }
        uint32_t n = (uint32_t)value_sequence(&look);
        size_t length = (size_t)look.slot.length;
        see(look.current, n);
        see(look.current, look.slot.writer);

        bool whole;
        if (count % 2 == 0) {
            whole = value_copy(&made, &look, 0, (uint8_t *)copy, length);
        } else {
            shared_copy_out((uint8_t *)copy, look.contents, length);
            for (size_t i = 0; i < length / sizeof *copy; i++) {
                if (is_word(copy[i])) {
                    see(look.current, (uint32_t)copy[i]);
                }
            }
            whole = value_is_unchanged(&made, &look);
        }
        if (!whole) {
            continue;
        }
        bool right = n >= last && look.slot.writer == n && look.slot.updated == n && length == length_of(n);
        for (size_t i = 0; i < length / sizeof *copy; i++) {
            right = right && copy[i] == word_of(n);
        }
        atomic_fetch_add_explicit(right ? &accepted : &torn, 1, memory_order_relaxed);
        last = n;
    }
    return NULL;
}

static void test_all_at_once(void)
{
    TEST("with several updaters and readers at once, no accepted copy is torn and no order is missing")
    {
        void *memory = allocate();
        pthread_t threads[UPDATERS + READERS];
        publish(0);
        update_words(2, length_of(2));
        last_update = 2;
        updaters = UPDATERS;
        for (size_t i = 0; i < UPDATERS + READERS; i++) {
            threads[i] = start(i < UPDATERS ? update_again_and_again : read_again_and_again, NULL);
        }
        for (size_t i = 0; i < UPDATERS + READERS; i++) {
            (void)pthread_join(threads[i], NULL);
        }
        free(memory);
        CHECK_EQUAL(torn, 0);
        CHECK(accepted > 0);
        CHECK_EQUAL(atomic_exchange(&races, 0), 0);
        printf("# %u copies accepted during %d updates\n", accepted, UPDATERS * UPDATES);
    }
}

int main(void)
{
    test_one_after_the_other();
    test_all_at_once();
    return check_end();
}
