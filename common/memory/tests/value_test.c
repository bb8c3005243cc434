/* value_test.c - publishing and reading a value, and shared copies. */
#include "common/memory/value.h"

#include <stdlib.h>

#include "common/memory/shared.h"
#include "common/tests/check.h"
#include "common/tests/machine/machine.h"

static const char name[] = "demo";

/*
 * A value in a section, in a view of its writer, and in a view of a reader that
 * cannot be written.
 */
struct made {
    object *section;
    struct mapping writer;
    struct mapping reader;
};

static struct made make(uint32_t kind, uint64_t capacity, const char *contents, size_t length)
{
    machine_reset();
    struct made made = {0};
    struct trailer_plan plan;
    struct view view;
    CHECK(trailer_plan(kind, capacity, false, &plan));
    CHECK_EQUAL(section_create(name, plan.section_size, NULL, &made.section), 0);
    CHECK_EQUAL(view_map(made.section, ACCESS_WRITE, &view), 0);
    trailer_begin(&view, &plan, &made.writer);
    memcpy(value_contents(&made.writer), contents, length);
    value_publish(&made.writer, length, (struct value_text){.encoding = WINSHM_UTF8});

    CHECK_EQUAL(view_map(made.section, ACCESS_READ, &view), 0);
    CHECK_EQUAL(trailer_attach(&view, &made.reader), TRAILER_OURS);
    return made;
}

static void test_publishing(void)
{
    TEST("the contents are at offset 0 with zeros behind them, and the trailer is as winshm.h describes it")
    {
        for (uint32_t kind = WINSHM_VALUE; kind <= WINSHM_SEALED; kind++) {
            struct made made = make(kind, 62, "hello", 5);
            const uint8_t *trailer = made.reader.view.base + 4096 - 512;
            static const uint8_t zeros[256];
            char identity[] = "\1\0\0\0?\0\0\0\0\x10\0\0\0\0\0\0\x3E\0\0\0\0\0\0\0\x40\0\0\0\0\0\0";
            identity[4] = (char)kind;
            CHECK_BYTES(made.reader.view.base, 7, "hello\0\0", 7);
            CHECK_BYTES(trailer, 256, zeros, 256);
            CHECK_BYTES(trailer + 256, 8, "\2\0\0\0\0\0\0\0", 8);
            CHECK_BYTES(trailer + 264, 8, "\1\0\0\0\0\0\0\0", 8);
            CHECK_BYTES(trailer + 272, 8, "\5\0\0\0\0\0\0\0", 8);
            CHECK_BYTES(trailer + 288, 16, "\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 16);
            CHECK_BYTES(trailer + 304, 56, zeros, 56);
            CHECK_BYTES(trailer + 360, 8, trailer + 416, 8);
            CHECK_BYTES(trailer + 368, 16, zeros, 16);
            CHECK_BYTES(trailer + 384, 32, identity, 32);
            CHECK_BYTES(trailer + 424, 4, "\1\0\0\0", 4);
            CHECK_BYTES(trailer + 428, 76, zeros, 76);
            CHECK_BYTES(trailer + 504, 8, "winshm\x1A\n", 8);
        }
    }

    TEST("value_look() finds what was published, with its description")
    {
        struct made made = make(WINSHM_VALUE, 62, "hello", 5);
        struct value_look look;
        machine_clock_advance(1);
        (void)machine_switch_process(7);
        value_publish(&made.writer, 5, (struct value_text){.encoding = WINSHM_CODE_PAGE, .code_page = 1252});
        CHECK(value_look(&made.reader, &look));
        CHECK_EQUAL(look.current, 2);
        CHECK_EQUAL(value_sequence(&look), 1);
        CHECK(look.contents == made.reader.view.base);
        CHECK_EQUAL(look.slot.length, 5);
        CHECK_EQUAL(look.slot.updated, clock_wall());
        CHECK_EQUAL(look.slot.updated, made.reader.created + 10000);
        CHECK_EQUAL(look.slot.encoding, WINSHM_CODE_PAGE);
        CHECK_EQUAL(look.slot.code_page, 1252);
        CHECK_EQUAL(look.slot.writer, 7);
    }
}

static void test_looking(void)
{
    TEST("value_copy() returns false after any change of `current`")
    {
        static const uint64_t changes[] = {3, 4, 5, 0, 2 + (UINT64_C(1) << 32), 2 + (UINT64_C(1) << 63), UINT64_MAX};
        for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
            struct made made = make(WINSHM_VALUE, 62, "before", 6);
            struct value_look look;
            uint8_t copy[6];
            CHECK(value_look(&made.reader, &look));
            CHECK(value_is_unchanged(&made.reader, &look));
            made.writer.trailer->current = changes[i];
            CHECK(!value_is_unchanged(&made.reader, &look));
            CHECK(!value_copy(&made.reader, &look, 0, copy, 6));
            made.writer.trailer->current = 2;
            CHECK(value_copy(&made.reader, &look, 2, copy, 4));
            CHECK_BYTES(copy, 4, "fore", 4);
        }
    }

    TEST("value_look() refuses damaged slots, and accepts those that just fit")
    {
        static const struct {
            const char *row;
            uint32_t kind;
            uint64_t current;
            uint64_t lengths[2];
            bool good;
        } looks[] = {
            {"the last sequence", WINSHM_VALUE, UINT64_MAX - 1, {5, 0}, true},
            {"a full slot", WINSHM_VALUE, 2, {62, UINT64_MAX}, true},
            {"longer than the capacity", WINSHM_VALUE, 2, {63, 0}, false},
            {"longer than everything", WINSHM_VALUE, 2, {UINT64_MAX, 0}, false},
            {"4 GiB too long", WINSHM_VALUE, 2, {UINT64_C(0x100000005), 0}, false},
            {"no sequence", WINSHM_VALUE, 0, {5, 0}, false},
            {"no sequence, slot 1", WINSHM_VALUE, 1, {5, 5}, false},
            {"a full journal", WINSHM_VALUE, 3, {UINT64_MAX, 62}, true},
            {"a journal that is too long", WINSHM_VALUE, 3, {5, 63}, false},
            {"sealed", WINSHM_SEALED, 2, {62, 0}, true},
            {"sealed, and too long", WINSHM_SEALED, 2, {63, 0}, false},
            {"sealed, with a journal", WINSHM_SEALED, 3, {5, 5}, false},
        };
        for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
            check_row(looks[i].row);
            struct made made = make(looks[i].kind, 62, "hello", 5);
            made.writer.trailer->current = looks[i].current;
            made.writer.trailer->slots[0].length = looks[i].lengths[0];
            made.writer.trailer->slots[1].length = looks[i].lengths[1];
            struct value_look look;
            CHECK(value_look(&made.reader, &look) == looks[i].good);
        }
    }
}

static void test_last_sequence(void)
{
    TEST("value_begin_update() refuses the last sequence, which has no next one, and changes nothing")
    {
        for (uint64_t slot = 0; slot < 2; slot++) {
            struct made made = make(WINSHM_VALUE, 62, "hello", 5);
            struct value_update update;
            uint64_t last = UINT64_MAX - 1;
            made.writer.trailer->slots[1].length = 3;
            made.writer.trailer->current = last | slot;
            CHECK(!value_begin_update(&made.writer, &update));
            CHECK_EQUAL(made.writer.trailer->current, last | slot);
            CHECK_BYTES(made.writer.view.base, 6, "hello", 6);
            made.writer.trailer->current = last - 2;
            CHECK(value_begin_update(&made.writer, &update));
            value_commit(&update, 0, (struct value_text){.encoding = WINSHM_UTF8});
            CHECK_EQUAL(made.writer.trailer->current, last);
        }
    }
}

/* ---- Shared copies ----------------------------------------------------------------------------------------------- */

enum { AROUND = 16, MOST = 40 };

static void test_copies(void)
{
    TEST("shared copies move the right bytes at every alignment and size")
    {
        uint64_t aligned[2][(2 * AROUND + MOST + 16) / 8]; /* no machine has longer words */
        for (size_t number = 0; number < 17 * 17 * (MOST + 1); number++) {
            size_t shared_at = number % 17;
            size_t own_at = number / 17 % 17;
            size_t size = number / (17 * 17);
            uint8_t *shared = (uint8_t *)aligned[0];
            uint8_t *own = (uint8_t *)aligned[1];
            uint8_t wanted[sizeof aligned[0]];

            memset(shared, 0xEE, sizeof aligned[0]);
            for (size_t i = 0; i < sizeof aligned[1]; i++) {
                own[i] = (uint8_t)(i + 1);
            }
            memset(wanted, 0xEE, sizeof wanted);
            memcpy(wanted + shared_at, own + own_at, size);
            shared_copy_in(shared + shared_at, own + own_at, size);
            CHECK_BYTES(shared, sizeof wanted, wanted, sizeof wanted);

            for (size_t i = 0; i < sizeof aligned[0]; i++) {
                shared[i] = (uint8_t)(i + 101);
            }
            memset(own, 0xEE, sizeof aligned[1]);
            memset(wanted, 0xEE, sizeof wanted);
            memcpy(wanted + own_at, shared + shared_at, size);
            shared_copy_out(own + own_at, shared + shared_at, size);
            CHECK_BYTES(own, sizeof wanted, wanted, sizeof wanted);

            memset(shared, 0xEE, sizeof aligned[0]);
            memset(wanted, 0xEE, sizeof wanted);
            memset(wanted + shared_at, 0, size);
            shared_zero(shared + shared_at, size);
            CHECK_BYTES(shared, sizeof wanted, wanted, sizeof wanted);
        }
    }

    TEST("shared_zero() continues after its first piece")
    {
        for (size_t size = 500; size < 1100; size++) {
            uint8_t *bytes = malloc(size);
            memset(bytes, 0xEE, size);
            shared_zero(bytes, size);
            bool all = true;
            for (size_t i = 0; i < size; i++) {
                all = all && bytes[i] == 0;
            }
            CHECK(all);
            free(bytes);
        }
    }
}

int main(void)
{
    test_publishing();
    test_looking();
    test_last_sequence();
    test_copies();
    machine_reset();
    return check_end();
}
