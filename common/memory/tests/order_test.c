/*
 * order_test.c - the order in which a value is stored.
 *
 * The writing code is built into this file, so that a reader can look before each of its stores: whatever it sees then
 * is nothing yet, the old contents, or the new ones, whole.
 */
#include <stdlib.h>

#include "common/memory/shared.h"
#include "common/memory/trailer.h"
#include "common/tests/check.h"

static void before_store(void);
static void store8(uint8_t *to, uint8_t value)
{
    before_store();
    shared_store8_release(to, value);
}
static void store32(uint32_t *to, uint32_t value)
{
    before_store();
    shared_store32_release(to, value);
}
static void store64(uint64_t *to, uint64_t value)
{
    before_store();
    shared_store64_release(to, value);
}
#define shared_store8_release store8
#define shared_store32_release store32
#define shared_store64_release store64
#include "common/memory/shared.c"
#include "common/memory/trailer.c"
#include "common/memory/value.c"

uint64_t clock_wall(void)
{
    return 1234;
}

uint32_t process_id(void)
{
    return 7;
}

void value_step(int step)
{
    (void)step;
}

/* ---- The reader -------------------------------------------------------------------------------------------------- */

#define SIZE ((size_t)WINSHM_PAGE)
static _Alignas(4096) uint8_t memory[SIZE];
static const struct view view = {.base = memory, .size = SIZE, .committed = SIZE};
static struct mapping made;

/* What may be found. */
static const char *old; /* NULL: nothing yet */
static size_t old_length;
static uint64_t old_sequence = 1;
static const char *new;
static size_t new_length;
static bool found_new; /* and then nothing else any more */
static size_t looks;
static bool is_looking;

static void look_at_it(void)
{
    struct mapping mapping;
    struct value_look look;
    enum trailer_verdict verdict = trailer_attach(&view, &mapping);
    looks++;
    if (verdict != TRAILER_OURS) {
        CHECK(old == NULL && !found_new && (verdict == TRAILER_FILLING || (verdict == TRAILER_EMPTY && looks == 1)));
        return;
    }
    uint8_t copy[SIZE];
    bool is_found = value_look(&mapping, &look);
    CHECK(is_found);
    if (!is_found || !value_copy(&mapping, &look, 0, copy, (size_t)look.slot.length)) {
        return;
    }
    bool is_new = look.slot.length == new_length && memcmp(copy, new, new_length) == 0;
    bool is_old = old != NULL && look.slot.length == old_length && memcmp(copy, old, old_length) == 0;
    CHECK(is_new || (is_old && !found_new));
    CHECK_EQUAL(value_sequence(&look), is_new && old != NULL ? old_sequence + 1 : old_sequence);
    CHECK_EQUAL(look.slot.writer, 7);
    CHECK_EQUAL(look.slot.encoding, is_new || old_sequence > 1 ? WINSHM_UTF8 : WINSHM_UTF16);
    CHECK(look.contents[look.slot.length] == 0 && look.contents[look.slot.length + 1] == 0);
    found_new = is_new;
}

static void before_store(void)
{
    if (is_looking) {
        look_at_it();
    }
}

static void watch(const char *from, size_t from_length, const char *to, size_t to_length)
{
    old = from;
    old_length = from_length;
    new = to;
    new_length = to_length;
    found_new = false;
    looks = 0;
    is_looking = true;
}

/* Then it is there. */
static void end_watch(size_t least)
{
    is_looking = false;
    look_at_it();
    CHECK(found_new && looks > least);
}

static void make(const char *contents, size_t length, uint32_t encoding)
{
    struct trailer_plan plan;
    memset(memory, 0, SIZE);
    CHECK(trailer_plan(WINSHM_VALUE, 100, false, &plan));
    trailer_begin(&view, &plan, &made);
    memcpy(value_contents(&made), contents, length);
    value_publish(&made, length, (struct value_text){.encoding = encoding});
}

static void update_to(const char *contents, size_t length)
{
    struct value_update update;
    CHECK(value_begin_update(&made, &update));
    value_write(&update, 0, (const uint8_t *)contents, length);
    value_commit(&update, length, (struct value_text){.encoding = WINSHM_UTF8});
}

/* An update from contents that have this number. */
static void watch_update(uint64_t sequence, const char *from, const char *to)
{
    watch(from, strlen(from), to, strlen(to));
    old_sequence = sequence;
    update_to(to, strlen(to));
    end_watch(12);
    old_sequence = 1;
}

int main(void)
{
    TEST("until a value is published there is nothing, and from then on all of it")
    {
        watch(NULL, 0, "some contents", 13);
        make("some contents", 13, WINSHM_UTF8);
        end_watch(10);
    }

    TEST("at each moment of an update, to a longer or a shorter value, all of the old or all of the new is there")
    {
        static const struct {
            const char *old;
            const char *new;
        } pairs[] = {{"", "x"},
                     {"x", ""},
                     {"short", "a value that is longer"},
                     {"a value that is longer", "short"},
                     {"the same", "the SAME"}};
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
            check_row(pairs[i].new);
            make(pairs[i].old, strlen(pairs[i].old), WINSHM_UTF16);
            watch_update(1, pairs[i].old, pairs[i].new);
        }
    }

    TEST("a part beyond the end leaves zeros between, though older contents were there")
    {
        make("0123456789 0123456789", 21, WINSHM_UTF8);
        update_to("ab", 2);
        struct value_update update;
        CHECK(value_begin_update(&made, &update));
        value_keep(&update, 9);
        value_write(&update, 8, (const uint8_t *)"z", 1);
        value_commit(&update, 9, (struct value_text){.encoding = WINSHM_UTF8});
        CHECK_BYTES(memory, 12, "ab\0\0\0\0\0\0z\0\0\0", 12);

        /* The journal has the older contents of before the last. */
        make("0123456789 0123456789 0123456789", 32, WINSHM_UTF16);
        update_to("0123456789 0123456789", 21);
        watch_update(2, "0123456789 0123456789", "ab");
        CHECK(value_begin_update(&made, &update));
        memset(update.journal, '?', 30);
        value_keep(&update, 9);
        value_commit(&update, 9, (struct value_text){.encoding = WINSHM_UTF8});
        CHECK_BYTES(memory, 12, "ab\0\0\0\0\0\0\0\0\0\0", 12);
    }
    return check_end();
}
