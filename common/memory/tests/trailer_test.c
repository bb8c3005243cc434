/* trailer_test.c - plans, and verdicts on good, damaged and foreign views. */
#include "common/memory/trailer.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "common/memory/shared.h"
#include "common/memory/value.h"
#include "common/tests/check.h"
#include "common/tests/machine/machine.h"

/* ---- Plans ------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *row;
    uint32_t kind;
    uint64_t capacity;
    bool at_least;
    uint64_t planned;
    uint64_t slot_size;
    uint64_t section_size;
} plans[] = {
    {"an empty value", WINSHM_VALUE, 0, false, 0, 64, 4096},
    {"an empty sealed value", WINSHM_SEALED, 0, false, 0, 64, 4096},
    {"a full line", WINSHM_VALUE, 62, false, 62, 64, 4096},
    {"a line and one byte", WINSHM_VALUE, 63, false, 63, 128, 4096},
    {"a full page", WINSHM_VALUE, 1790, false, 1790, 1792, 4096},
    {"a page and one byte", WINSHM_VALUE, 1791, false, 1791, 1856, 8192},
    {"a full sealed page", WINSHM_SEALED, 3582, false, 3582, 3584, 4096},
    {"a sealed page and one byte", WINSHM_SEALED, 3583, false, 3583, 3648, 8192},
    {"all that a page holds", WINSHM_VALUE, 0, true, 1790, 1792, 4096},
    {"all that a sealed page holds", WINSHM_SEALED, 5, true, 3582, 3584, 4096},
    {"all of two pages", WINSHM_VALUE, 1791, true, 3838, 3840, 8192},
    {"no more than all", WINSHM_VALUE, 1790, true, 1790, 1792, 4096},
    {"beyond 4 GiB", WINSHM_SEALED, UINT64_C(5) << 30, false, UINT64_C(5) << 30, (UINT64_C(5) << 30) + 64,
     (UINT64_C(5) << 30) + 4096},
    {"the largest value", WINSHM_VALUE, UINT64_C(1) << 62, false, UINT64_C(1) << 62, (UINT64_C(1) << 62) + 64,
     (UINT64_C(1) << 63) + 4096},
    {"the largest sealed value", WINSHM_SEALED, UINT64_C(1) << 62, false, UINT64_C(1) << 62, (UINT64_C(1) << 62) + 64,
     (UINT64_C(1) << 62) + 4096},
};

static const uint64_t too_large[] = {(UINT64_C(1) << 62) + 1, UINT64_C(1) << 63, UINT64_MAX - 4096, UINT64_MAX - 2,
                                     UINT64_MAX};

static uint64_t bytes_needed(const struct trailer_plan *plan)
{
    return plan->slot_size * (plan->kind == WINSHM_SEALED ? 1 : 2) + WINSHM_TRAILER_SIZE;
}

static void test_plans(void)
{
    TEST("a plan has the sizes that the layout requires")
    {
        for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
            check_row(plans[i].row);
            struct trailer_plan plan = {0};
            CHECK(trailer_plan(plans[i].kind, plans[i].capacity, plans[i].at_least, &plan));
            CHECK_EQUAL(plan.kind, plans[i].kind);
            CHECK_EQUAL(plan.capacity, plans[i].planned);
            CHECK_EQUAL(plan.slot_size, plans[i].slot_size);
            CHECK_EQUAL(plan.section_size, plans[i].section_size);
        }
    }

    TEST("no plan is too small or a page too large, for each capacity up to 20000")
    {
        for (uint64_t number = 0; number < 4 * 20000; number++) {
            uint64_t capacity = number / 4;
            struct trailer_plan plan = {0};
            uint32_t kind = number % 2 == 0 ? WINSHM_VALUE : WINSHM_SEALED;
            CHECK(trailer_plan(kind, capacity, number / 2 % 2 == 1, &plan));
            CHECK(plan.slot_size % WINSHM_SLOT_ALIGN == 0);
            CHECK(plan.section_size % WINSHM_PAGE == 0);
            CHECK(plan.capacity + WINSHM_TERMINATOR <= plan.slot_size);
            CHECK(bytes_needed(&plan) <= plan.section_size);
            CHECK(number / 2 % 2 == 1 ? plan.capacity >= capacity : plan.capacity == capacity);

            struct trailer_plan page_less = plan;
            page_less.slot_size =
                (capacity + WINSHM_TERMINATOR + WINSHM_SLOT_ALIGN - 1) / WINSHM_SLOT_ALIGN * WINSHM_SLOT_ALIGN;
            CHECK(bytes_needed(&page_less) > plan.section_size - WINSHM_PAGE);
        }
    }

    TEST("a capacity above the largest one is refused")
    {
        for (size_t i = 0; i < sizeof too_large / sizeof *too_large; i++) {
            struct trailer_plan plan;
            CHECK(!trailer_plan(WINSHM_VALUE, too_large[i], false, &plan));
            CHECK(!trailer_plan(WINSHM_SEALED, too_large[i], true, &plan));
        }
    }
}

/* ---- Verdicts ---------------------------------------------------------------------------------------------------- */

static const char name[] = "demo";

/*
 * A mapping in the section `name`: a view for reading, and the trailer for the
 * test to change.
 */
struct made {
    object *section;
    struct view view;
    winshm_trailer *trailer;
};

static struct made make(uint64_t size)
{
    machine_reset();
    struct made made = {0};
    machine_foreign_section(name, NULL, size, size);
    made.trailer = (winshm_trailer *)(void *)(machine_bytes(name, &size) + size - WINSHM_TRAILER_SIZE);
    CHECK_EQUAL(section_open(name, ACCESS_READ, &made.section), 0);
    CHECK_EQUAL(view_map(made.section, ACCESS_READ, &made.view), 0);
    return made;
}

static struct made make_value(uint32_t kind)
{
    struct trailer_plan plan;
    CHECK(trailer_plan(kind, 10, true, &plan));
    struct made made = make(plan.section_size);
    made.trailer->magic = WINSHM_MAGIC;
    made.trailer->state = WINSHM_PUBLISHED;
    made.trailer->current = 2;
    made.trailer->layout = WINSHM_LAYOUT;
    made.trailer->kind = kind;
    made.trailer->section_size = plan.section_size;
    made.trailer->capacity = plan.capacity;
    made.trailer->slot_size = plan.slot_size;
    made.trailer->created = 133;
    made.trailer->creator = 77;
    return made;
}

static struct made make_stream(uint64_t section_size, uint64_t capacity)
{
    struct made made = make(section_size);
    made.trailer->magic = WINSHM_MAGIC;
    made.trailer->state = WINSHM_PUBLISHED;
    made.trailer->layout = WINSHM_LAYOUT;
    made.trailer->kind = WINSHM_STREAM;
    made.trailer->section_size = section_size;
    made.trailer->capacity = capacity;
    return made;
}

#define FIELD(field) #field, offsetof(winshm_trailer, field), sizeof(((winshm_trailer *)NULL)->field)

/*
 * Changes of one field in a value of one page. The sizes before the change are
 * section_size 4096, capacity 1790 and slot_size 1792.
 */
static const struct {
    const char *row;
    size_t offset;
    size_t size;
    uint64_t value;
    enum trailer_verdict verdict;
} spoiled[] = {
    {FIELD(magic), 0, TRAILER_FOREIGN},
    {FIELD(magic), WINSHM_MAGIC ^ 1, TRAILER_FOREIGN},
    {FIELD(magic), WINSHM_MAGIC ^ UINT64_C(1) << 63, TRAILER_FOREIGN},
    {FIELD(state), WINSHM_FILLING, TRAILER_FILLING},
    {FIELD(state), WINSHM_RELEASED, TRAILER_RELEASED},
    {FIELD(state), 3, TRAILER_DAMAGED},
    {FIELD(state), 0x100, TRAILER_DAMAGED},
    {FIELD(state), UINT32_MAX, TRAILER_DAMAGED},
    {FIELD(layout), 0, TRAILER_DAMAGED},
    {FIELD(layout), WINSHM_LAYOUT + 1, TRAILER_NEWER},
    {FIELD(layout), UINT32_MAX, TRAILER_NEWER},
    {FIELD(kind), 0, TRAILER_DAMAGED},
    {FIELD(kind), WINSHM_STREAM, TRAILER_DAMAGED},
    {FIELD(kind), 4, TRAILER_DAMAGED},
    {FIELD(kind), UINT32_MAX, TRAILER_DAMAGED},
    {FIELD(section_size), 0, TRAILER_DAMAGED},
    {FIELD(section_size), 4095, TRAILER_DAMAGED},
    {FIELD(section_size), 4097, TRAILER_DAMAGED},
    {FIELD(section_size), 8192, TRAILER_DAMAGED},
    {FIELD(section_size), UINT64_C(0x100000000) + 4096, TRAILER_DAMAGED},
    {FIELD(section_size), UINT64_MAX, TRAILER_DAMAGED},
    {FIELD(capacity), 0, TRAILER_OURS},
    {FIELD(capacity), 1, TRAILER_OURS},
    {FIELD(capacity), 1791, TRAILER_DAMAGED},
    {FIELD(capacity), 1792, TRAILER_DAMAGED},
    {FIELD(capacity), 4096, TRAILER_DAMAGED},
    {FIELD(capacity), UINT64_C(0x100000000), TRAILER_DAMAGED},
    {FIELD(capacity), UINT64_MAX - 1, TRAILER_DAMAGED},
    {FIELD(capacity), UINT64_MAX, TRAILER_DAMAGED},
    {FIELD(slot_size), 0, TRAILER_DAMAGED},
    {FIELD(slot_size), 1, TRAILER_DAMAGED},
    {FIELD(slot_size), 1728, TRAILER_DAMAGED}, /* less than the capacity */
    {FIELD(slot_size), 1791, TRAILER_DAMAGED},
    {FIELD(slot_size), 1793, TRAILER_DAMAGED},
    {FIELD(slot_size), 1856, TRAILER_DAMAGED}, /* two of them reach into the trailer */
    {FIELD(slot_size), 3584, TRAILER_DAMAGED},
    {FIELD(slot_size), 4096, TRAILER_DAMAGED},
    {FIELD(slot_size), UINT64_C(1) << 63, TRAILER_DAMAGED}, /* two of them are 0 */
    {FIELD(slot_size), (UINT64_C(1) << 63) + 64, TRAILER_DAMAGED},
    {FIELD(slot_size), UINT64_MAX - 63, TRAILER_DAMAGED},
    {FIELD(slot_size), UINT64_MAX, TRAILER_DAMAGED},

    /*
     * Fields that are not part of the identity, or that may contain anything.
     */
    {FIELD(created), UINT64_MAX, TRAILER_OURS},
    {FIELD(creator), UINT32_MAX, TRAILER_OURS},
    {FIELD(current), UINT64_MAX, TRAILER_OURS},
    {FIELD(slots[0].length), UINT64_MAX, TRAILER_OURS},
    {FIELD(head), UINT64_MAX, TRAILER_OURS},
    {FIELD(tail), UINT64_MAX, TRAILER_OURS},
    {FIELD(reserved2), UINT32_MAX, TRAILER_OURS},
    {FIELD(holder), UINT32_MAX, TRAILER_OURS},
    {FIELD(held), UINT64_MAX, TRAILER_OURS},
    {FIELD(reads), UINT64_MAX, TRAILER_OURS},
    {FIELD(reads_done), UINT64_MAX, TRAILER_OURS},
};

static const struct {
    const char *row;
    uint64_t section_size;
    uint64_t capacity;
    enum trailer_verdict verdict;
} streams[] = {
    {.row = "the smallest", .section_size = 8192, .capacity = 4096, .verdict = TRAILER_OURS},
    {.row = "unused room", .section_size = 65536, .capacity = 4096, .verdict = TRAILER_OURS},
    {.row = "1 MiB", .section_size = (1 << 20) + 4096, .capacity = 1 << 20, .verdict = TRAILER_OURS},
    {.row = "no capacity", .section_size = 8192, .verdict = TRAILER_DAMAGED},
    {.row = "a byte", .section_size = 8192, .capacity = 1, .verdict = TRAILER_DAMAGED},
    {.row = "less than a page", .section_size = 8192, .capacity = 2048, .verdict = TRAILER_DAMAGED},
    {.row = "not a power of two", .section_size = 65536, .capacity = 4097, .verdict = TRAILER_DAMAGED},
    {.row = "not a power of two, either", .section_size = 65536, .capacity = 12288, .verdict = TRAILER_DAMAGED},
    {.row = "larger than the room", .section_size = 8192, .capacity = 8192, .verdict = TRAILER_DAMAGED},
    {.row = "no room for the trailer", .section_size = 4096, .capacity = 4096, .verdict = TRAILER_DAMAGED},
    {.row = "the largest power of two",
     .section_size = 8192,
     .capacity = UINT64_C(1) << 63,
     .verdict = TRAILER_DAMAGED},
    {.row = "everything", .section_size = 8192, .capacity = UINT64_MAX, .verdict = TRAILER_DAMAGED},
};

static void test_verdicts(void)
{
    TEST("trailer_attach() copies the identity of a value and of a sealed value")
    {
        for (uint32_t kind = WINSHM_VALUE; kind <= WINSHM_SEALED; kind++) {
            struct made made = make_value(kind);
            struct mapping mapping;
            CHECK_EQUAL(trailer_attach(&made.view, &mapping), TRAILER_OURS);
            CHECK(mapping.view.base == made.view.base);
            CHECK_EQUAL(mapping.view.size, 4096);
            CHECK((uint8_t *)mapping.trailer == made.view.base + 4096 - 512);
            CHECK_EQUAL(mapping.kind, kind);
            CHECK_EQUAL(mapping.capacity, kind == WINSHM_VALUE ? 1790 : 3582);
            CHECK_EQUAL(mapping.slot_size, kind == WINSHM_VALUE ? 1792 : 3584);
            CHECK_EQUAL(mapping.created, 133);
            CHECK_EQUAL(mapping.creator, 77);
        }
    }

    TEST("each wrong field results in the verdict that describes it")
    {
        for (size_t i = 0; i < sizeof spoiled / sizeof *spoiled; i++) {
            struct made made = make_value(WINSHM_VALUE);
            char row[60];
            (void)snprintf(row, sizeof row, "%s = %llu", spoiled[i].row, (unsigned long long)spoiled[i].value);
            check_row(row);
            memcpy((uint8_t *)made.trailer + spoiled[i].offset, &spoiled[i].value, spoiled[i].size);
            struct mapping mapping;
            CHECK_EQUAL(trailer_attach(&made.view, &mapping), spoiled[i].verdict);
        }
    }

    TEST("the slot of a sealed value may have all the room before the trailer")
    {
        static const struct {
            uint64_t slot_size;
            enum trailer_verdict verdict;
        } slots[] = {{3584, TRAILER_OURS}, {3648, TRAILER_DAMAGED}, {3583, TRAILER_DAMAGED}, {4096, TRAILER_DAMAGED}};
        for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
            struct made made = make_value(WINSHM_SEALED);
            made.trailer->slot_size = slots[i].slot_size;
            struct mapping mapping;
            CHECK_EQUAL(trailer_attach(&made.view, &mapping), slots[i].verdict);
        }
    }

    TEST("a slot size that is not a multiple of 64 is damage, even if the capacity fits")
    {
        static const struct {
            uint64_t slot_size;
            enum trailer_verdict verdict;
        } slots[] = {{64, TRAILER_OURS},    {128, TRAILER_OURS},   {1792, TRAILER_OURS},  {32, TRAILER_DAMAGED},
                     {63, TRAILER_DAMAGED}, {65, TRAILER_DAMAGED}, {96, TRAILER_DAMAGED}, {1791, TRAILER_DAMAGED}};
        for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
            struct made made = make_value(WINSHM_VALUE);
            made.trailer->capacity = 10;
            made.trailer->slot_size = slots[i].slot_size;
            struct mapping mapping;
            CHECK_EQUAL(trailer_attach(&made.view, &mapping), slots[i].verdict);
        }
    }

    TEST("the ring of a stream has to be a power of two that fits before the trailer")
    {
        for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
            check_row(streams[i].row);
            struct made made = make_stream(streams[i].section_size, streams[i].capacity);
            struct mapping mapping;
            CHECK_EQUAL(trailer_attach(&made.view, &mapping), streams[i].verdict);
            if (streams[i].verdict == TRAILER_OURS) {
                CHECK_EQUAL(mapping.kind, WINSHM_STREAM);
                CHECK_EQUAL(mapping.capacity, streams[i].capacity);
            }
        }
    }

    TEST("of several causes the first one decides: foreign, filling, released, newer, damaged")
    {
        struct made made = make_value(WINSHM_VALUE);
        struct mapping mapping;
        made.trailer->section_size = 1;
        CHECK_EQUAL(trailer_attach(&made.view, &mapping), TRAILER_DAMAGED);
        made.trailer->layout = WINSHM_LAYOUT + 1;
        CHECK_EQUAL(trailer_attach(&made.view, &mapping), TRAILER_NEWER);
        made.trailer->state = WINSHM_RELEASED;
        CHECK_EQUAL(trailer_attach(&made.view, &mapping), TRAILER_RELEASED);
        made.trailer->state = WINSHM_FILLING;
        CHECK_EQUAL(trailer_attach(&made.view, &mapping), TRAILER_FILLING);
        made.trailer->magic = 0;
        CHECK_EQUAL(trailer_attach(&made.view, &mapping), TRAILER_FOREIGN);
        CHECK(mapping.view.base == made.view.base);
    }

    TEST("a released value is released in every view")
    {
        struct made made = make_value(WINSHM_VALUE);
        struct mapping mapping;
        CHECK_EQUAL(trailer_attach(&made.view, &mapping), TRAILER_OURS);
        CHECK(!trailer_is_released(&mapping));
        mapping.trailer = made.trailer; /* the view is read-only here */
        trailer_release(&mapping);
        CHECK(trailer_is_released(&mapping));
        CHECK_EQUAL(made.trailer->state, WINSHM_RELEASED);
        CHECK_EQUAL(trailer_attach(&made.view, &mapping), TRAILER_RELEASED);
        CHECK_EQUAL(trailer_glance(&made.view, &mapping), TRAILER_RELEASED);
    }

    TEST("no value of any byte of the trailer causes a crash")
    {
        struct made made = make_value(WINSHM_VALUE);
        uint8_t *trailer = (uint8_t *)made.trailer;
        for (size_t at = 0; at < WINSHM_TRAILER_SIZE; at++) {
            uint8_t before = trailer[at];
            for (unsigned value = 0; value < 256; value++) {
                trailer[at] = (uint8_t)value;
                struct mapping mapping;
                enum trailer_verdict verdict = trailer_attach(&made.view, &mapping);
                CHECK(verdict != TRAILER_OURS || mapping.capacity <= 3582);
                CHECK(at < 504 || value == before || verdict == TRAILER_FOREIGN);
            }
            trailer[at] = before;
        }
    }
}

/*
 * The size of a section in bytes. To search all of it for a byte that is not
 * zero takes longer than to start a thread.
 */
enum { LARGE = 4 << 20 };

static _Atomic int begun;

static void *begin_soon(void *context)
{
    winshm_trailer *trailer = context;
    for (int i = 0; i < 100; i++) {
        (void)sched_yield();
    }
    shared_store64_release(&trailer->magic, WINSHM_MAGIC);
    begun = 1;
    return NULL;
}

static void test_views(void)
{
    TEST("a view smaller than a page is foreign or empty, and no byte beyond it is read")
    {
        static const size_t sizes[] = {0, 1, 8, 511, 512, 513, 4088, 4095};
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            uint8_t *bytes = malloc(sizes[i] + 1);
            memset(bytes, 'x', sizes[i] + 1);
            struct view view = {.base = bytes + 1, .size = sizes[i], .committed = sizes[i]};
            struct mapping mapping;
            CHECK_EQUAL(trailer_attach(&view, &mapping), sizes[i] == 0 ? TRAILER_EMPTY : TRAILER_FOREIGN);
            CHECK_EQUAL(mapping.view.size, sizes[i]);
            memset(bytes, 0, sizes[i] + 1);
            CHECK_EQUAL(trailer_attach(&view, &mapping), TRAILER_EMPTY);
            free(bytes);
        }
    }

    TEST("a view that is not all committed is foreign or empty, and no other byte is read")
    {
        for (uint64_t committed = 0; committed < 16384; committed += 4096) {
            machine_reset();
            object *section = NULL;
            struct view view;
            struct mapping mapping;
            machine_foreign_section(name, NULL, 16384, committed);
            CHECK_EQUAL(section_open(name, ACCESS_READ, &section), 0);
            CHECK_EQUAL(view_map(section, ACCESS_READ, &view), 0);
            CHECK_EQUAL(trailer_attach(&view, &mapping), TRAILER_EMPTY);
            CHECK_EQUAL(mapping.view.committed, committed);
            if (committed > 0) {
                machine_bytes(name, NULL)[committed - 1] = 1;
                CHECK_EQUAL(trailer_attach(&view, &mapping), TRAILER_FOREIGN);
            }
        }
    }

    TEST("a view of zeros is empty, and one with any other byte is not")
    {
        struct made made = make(8192);
        struct mapping mapping;
        CHECK_EQUAL(trailer_attach(&made.view, &mapping), TRAILER_EMPTY);
        for (size_t at = 0; at < 8192; at++) {
            machine_bytes(name, NULL)[at] = 1;
            CHECK_EQUAL(trailer_attach(&made.view, &mapping), TRAILER_FOREIGN);
            machine_bytes(name, NULL)[at] = 0;
        }
    }

    TEST("a creator that begins while the zeros are checked is not taken for another program")
    {
        struct made made = make(LARGE);
        for (int i = 0; i < 10; i++) {
            struct mapping mapping;
            pthread_t thread;
            begun = 0;
            CHECK_EQUAL(pthread_create(&thread, NULL, begin_soon, made.trailer), 0);
            enum trailer_verdict verdict;
            bool may_be_empty;
            do {
                may_be_empty = begun == 0;
                verdict = trailer_attach(&made.view, &mapping);
                CHECK(verdict == TRAILER_FILLING || (verdict == TRAILER_EMPTY && may_be_empty));
            } while (may_be_empty);
            CHECK_EQUAL(pthread_join(thread, NULL), 0);
            made.trailer->magic = 0;
        }
    }

    TEST("the magic number at another place than the end is foreign")
    {
        struct made made = make(8192);
        uint64_t magic = WINSHM_MAGIC;
        memcpy(machine_bytes(name, NULL) + 4096 - 8, &magic, 8);
        memcpy(machine_bytes(name, NULL), &magic, 8);
        struct mapping mapping;
        CHECK_EQUAL(trailer_attach(&made.view, &mapping), TRAILER_FOREIGN);
    }

    TEST("a mapping is being filled from trailer_begin() until publication")
    {
        machine_reset();
        struct trailer_plan plan;
        object *section = NULL;
        struct view view;
        struct mapping mapping;
        struct mapping other;
        CHECK(trailer_plan(WINSHM_VALUE, 5000, false, &plan));
        CHECK_EQUAL(section_create(name, plan.section_size, NULL, &section), 0);
        CHECK_EQUAL(view_map(section, ACCESS_WRITE, &view), 0);
        CHECK_EQUAL(trailer_attach(&view, &other), TRAILER_EMPTY);
        trailer_begin(&view, &plan, &mapping);
        CHECK_EQUAL(trailer_attach(&view, &other), TRAILER_FILLING);
        memcpy(value_contents(&mapping), "hello", 5);
        value_publish(&mapping, 5, (struct value_text){.encoding = WINSHM_UTF8});
        CHECK_EQUAL(trailer_attach(&view, &other), TRAILER_OURS);

        CHECK(mapping.trailer == other.trailer);
        CHECK_EQUAL(other.kind, mapping.kind);
        CHECK_EQUAL(other.capacity, 5000);
        CHECK_EQUAL(mapping.capacity, 5000);
        CHECK_EQUAL(other.slot_size, mapping.slot_size);
        CHECK_EQUAL(other.created, clock_wall());
        CHECK_EQUAL(mapping.created, clock_wall());
        CHECK_EQUAL(other.creator, 1);
        CHECK_EQUAL(mapping.creator, 1);
    }
}

int main(void)
{
    test_plans();
    test_verdicts();
    test_views();
    machine_reset();
    return check_end();
}
