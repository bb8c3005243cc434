/* trailer_test.c - plans, and verdicts on good, damaged and foreign views. */
#include "common/memory/trailer.h"

#include "common/memory/shared.h"
#include "common/tests/check.h"

uint64_t clock_wall(void)
{
    return 133;
}

uint32_t process_id(void)
{
    return 77;
}

/* ---- Plans ------------------------------------------------------------------------------------------------------- */

#define GIB(number) (UINT64_C(number) << 30)

static const struct {
    const char *row;
    uint32_t kind;
    bool at_least;
    uint64_t capacity;
    uint64_t planned;
    uint64_t slot_size;
    uint64_t section_size;
} plans[] = {
    {"an empty value", WINSHM_VALUE, false, 0, 0, 64, 4096},
    {"a line and one byte", WINSHM_VALUE, false, 63, 63, 128, 4096},
    {"a full page", WINSHM_VALUE, false, 1790, 1790, 1792, 4096},
    {"a page and one byte", WINSHM_VALUE, false, 1791, 1791, 1856, 8192},
    {"a full sealed page", WINSHM_SEALED, false, 3582, 3582, 3584, 4096},
    {"all that a page holds", WINSHM_VALUE, true, 0, 1790, 1792, 4096},
    {"all that a sealed page holds", WINSHM_SEALED, true, 5, 3582, 3584, 4096},
    {"all of two pages", WINSHM_VALUE, true, 1791, 3838, 3840, 8192},
    {"beyond 4 GiB", WINSHM_SEALED, false, GIB(5), GIB(5), GIB(5) + 64, GIB(5) + 4096},
    {"the largest value", WINSHM_VALUE, false, GIB(1) << 32, GIB(1) << 32, (GIB(1) << 32) + 64, (GIB(2) << 32) + 4096},
};

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
        struct trailer_plan plan;
        CHECK(!trailer_plan(WINSHM_VALUE, (GIB(1) << 32) + 1, false, &plan));
        CHECK(!trailer_plan(WINSHM_SEALED, UINT64_MAX - 2, true, &plan));
    }
}

/* ---- Verdicts ---------------------------------------------------------------------------------------------------- */

/* The view, and its trailer if the view has SIZE bytes. */
enum { SIZE = 4096 };
static _Alignas(4096) uint8_t memory[4 * SIZE];
static winshm_trailer *const trailer = (winshm_trailer *)(void *)(memory + SIZE - WINSHM_TRAILER_SIZE);

static enum trailer_verdict attach(size_t size, struct mapping *mapping)
{
    struct view view = {.base = memory, .size = size, .committed = size};
    return trailer_attach(&view, mapping);
}

/*
 * Make the memory a published value, sealed value or stream with as much room
 * as there is. A value has the capacity 1790 and the slot size 1792, a sealed
 * one 3582 and 3584.
 */
static void make(uint32_t kind)
{
    struct trailer_plan plan = {0};
    memset(memory, 0, sizeof memory);
    CHECK(kind >= WINSHM_STREAM || trailer_plan(kind, 10, true, &plan));
    *trailer = (winshm_trailer){.magic = WINSHM_MAGIC,
                                .state = WINSHM_PUBLISHED,
                                .current = 2,
                                .layout = WINSHM_LAYOUT,
                                .kind = kind,
                                .section_size = SIZE,
                                .created = 133,
                                .creator = 77};
    trailer->capacity = plan.capacity;
    trailer->slot_size = plan.slot_size;
}

#define FIELD(field) #field, offsetof(winshm_trailer, field), sizeof(((winshm_trailer *)NULL)->field)

/* Changes of one field in a value or a sealed value of one page. */
static const struct {
    uint32_t kind;
    const char *row;
    size_t offset;
    size_t size;
    uint64_t value;
    enum trailer_verdict verdict;
} spoiled[] = {
    {WINSHM_VALUE, FIELD(magic), 0, TRAILER_FOREIGN},
    {WINSHM_VALUE, FIELD(magic), WINSHM_MAGIC ^ UINT64_C(1) << 63, TRAILER_FOREIGN},
    {WINSHM_VALUE, FIELD(state), WINSHM_FILLING, TRAILER_FILLING},
    {WINSHM_VALUE, FIELD(state), WINSHM_RELEASED, TRAILER_RELEASED},
    {WINSHM_VALUE, FIELD(state), 3, TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(state), 0x100, TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(layout), 0, TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(layout), WINSHM_LAYOUT + 1, TRAILER_NEWER},
    {WINSHM_VALUE, FIELD(layout), UINT32_MAX, TRAILER_NEWER},
    {WINSHM_VALUE, FIELD(kind), 0, TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(kind), WINSHM_STREAM, TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(kind), WINSHM_FANOUT, TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(kind), 5, TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(section_size), 4095, TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(section_size), 8192, TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(section_size), UINT64_C(0x100000000) + 4096, TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(capacity), 0, TRAILER_OURS},
    {WINSHM_VALUE, FIELD(capacity), 1791, TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(capacity), UINT64_C(0x100000000), TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(capacity), UINT64_MAX - 1, TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(slot_size), 0, TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(slot_size), 1728, TRAILER_DAMAGED}, /* less than the capacity */
    {WINSHM_VALUE, FIELD(slot_size), 1793, TRAILER_DAMAGED},
    {WINSHM_VALUE, FIELD(slot_size), 1856, TRAILER_DAMAGED},              /* two of them reach into the trailer */
    {WINSHM_VALUE, FIELD(slot_size), UINT64_C(1) << 63, TRAILER_DAMAGED}, /* two of them are 0 */
    {WINSHM_VALUE, FIELD(slot_size), UINT64_MAX - 63, TRAILER_DAMAGED},
    {WINSHM_SEALED, FIELD(slot_size), 3584, TRAILER_OURS},
    {WINSHM_SEALED, FIELD(slot_size), 3648, TRAILER_DAMAGED},

    /* Fields that are not part of the identity, or that may contain anything. */
    {WINSHM_VALUE, FIELD(created), UINT64_MAX, TRAILER_OURS},
    {WINSHM_VALUE, FIELD(creator), UINT32_MAX, TRAILER_OURS},
    {WINSHM_VALUE, FIELD(current), UINT64_MAX, TRAILER_OURS},
    {WINSHM_VALUE, FIELD(slots[0].length), UINT64_MAX, TRAILER_OURS},
    {WINSHM_VALUE, FIELD(head), UINT64_MAX, TRAILER_OURS},
    {WINSHM_VALUE, FIELD(holder), UINT32_MAX, TRAILER_OURS},
    {WINSHM_VALUE, FIELD(reads), UINT64_MAX, TRAILER_OURS},
    {WINSHM_VALUE, FIELD(reads_done), UINT64_MAX, TRAILER_OURS},
};

/* Slot sizes of a value of 10 bytes, and rings of a stream in 16 KiB. */
static const struct {
    uint32_t kind;
    uint64_t size;
    enum trailer_verdict verdict;
} sizes[] = {
    {WINSHM_VALUE, 64, TRAILER_OURS},        {WINSHM_VALUE, 128, TRAILER_OURS},
    {WINSHM_VALUE, 32, TRAILER_DAMAGED},     {WINSHM_VALUE, 63, TRAILER_DAMAGED},
    {WINSHM_VALUE, 65, TRAILER_DAMAGED},     {WINSHM_VALUE, 96, TRAILER_DAMAGED},
    {WINSHM_STREAM, 4096, TRAILER_OURS},     {WINSHM_STREAM, 8192, TRAILER_OURS},
    {WINSHM_STREAM, 0, TRAILER_DAMAGED},     {WINSHM_STREAM, 2048, TRAILER_DAMAGED},
    {WINSHM_STREAM, 4097, TRAILER_DAMAGED},  {WINSHM_STREAM, 12288, TRAILER_DAMAGED},
    {WINSHM_STREAM, 16384, TRAILER_DAMAGED}, {WINSHM_STREAM, UINT64_C(1) << 63, TRAILER_DAMAGED},
    {WINSHM_FANOUT, 8192, TRAILER_OURS},     {WINSHM_FANOUT, 16384, TRAILER_DAMAGED},
};

static void test_verdicts(void)
{
    struct mapping mapping;

    TEST("trailer_attach() copies the identity of a value and of a sealed value")
    {
        for (uint32_t kind = WINSHM_VALUE; kind <= WINSHM_SEALED; kind++) {
            make(kind);
            CHECK_EQUAL(attach(SIZE, &mapping), TRAILER_OURS);
            CHECK(mapping.view.base == memory);
            CHECK_EQUAL(mapping.view.size, SIZE);
            CHECK(mapping.trailer == trailer);
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
            char row[60];
            (void)snprintf(row, sizeof row, "%s = %llu", spoiled[i].row, (unsigned long long)spoiled[i].value);
            check_row(row);
            make(spoiled[i].kind);
            memcpy((uint8_t *)trailer + spoiled[i].offset, &spoiled[i].value, spoiled[i].size);
            CHECK_EQUAL(attach(SIZE, &mapping), spoiled[i].verdict);
        }
    }

    TEST("a slot size is a multiple of 64, and the size of a ring a power of two that fits before the trailer")
    {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            char row[60];
            (void)snprintf(row, sizeof row, "kind %u: %llu", sizes[i].kind, (unsigned long long)sizes[i].size);
            check_row(row);
            make(sizes[i].kind);
            trailer->capacity = sizes[i].kind == WINSHM_VALUE ? 10 : sizes[i].size;
            trailer->slot_size = sizes[i].kind == WINSHM_VALUE ? sizes[i].size : 0;
            trailer->consumers = WINSHM_CONSUMERS_MAX;
            trailer->section_size = sizeof memory;
            memcpy(memory + sizeof memory - WINSHM_TRAILER_SIZE, trailer, WINSHM_TRAILER_SIZE);
            CHECK_EQUAL(attach(sizeof memory, &mapping), sizes[i].verdict);
        }
    }

    TEST("a stream has one consumer, and a fan-out has 2 to 28, whose lines lie behind the ring")
    {
        static const struct {
            uint32_t kind;
            uint32_t stored;
            uint32_t consumers; /* 0: damaged */
        } rows[] = {{WINSHM_STREAM, 0, 1},  {WINSHM_STREAM, 5, 1},   {WINSHM_FANOUT, 0, 0},
                    {WINSHM_FANOUT, 1, 0},  {WINSHM_FANOUT, 2, 2},   {WINSHM_FANOUT, 28, 28},
                    {WINSHM_FANOUT, 29, 0}, {WINSHM_FANOUT, ~0U, 0}, {WINSHM_VALUE, 2, 0}};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            make(rows[i].kind);
            trailer->capacity = rows[i].kind == WINSHM_VALUE ? 10 : 4096;
            trailer->slot_size = rows[i].kind == WINSHM_VALUE ? 64 : 0;
            trailer->consumers = rows[i].stored;
            trailer->section_size = sizeof memory;
            memcpy(memory + sizeof memory - WINSHM_TRAILER_SIZE, trailer, WINSHM_TRAILER_SIZE);
            char row[40];
            (void)snprintf(row, sizeof row, "kind %u, %u consumers", rows[i].kind, rows[i].stored);
            check_row(row);
            bool is_sound = rows[i].consumers != 0 || rows[i].kind == WINSHM_VALUE;
            CHECK_EQUAL(attach(sizeof memory, &mapping), is_sound ? TRAILER_OURS : TRAILER_DAMAGED);
            if (is_sound) {
                CHECK_EQUAL(mapping.consumers, rows[i].consumers);
                CHECK_EQUAL(trailer_is_stream(&mapping), rows[i].kind != WINSHM_VALUE);
            }
            if (is_sound && rows[i].kind == WINSHM_STREAM) {
                CHECK((void *)trailer_consumers(&mapping) == (void *)&mapping.trailer->tail);
            } else if (is_sound && rows[i].kind == WINSHM_FANOUT) {
                CHECK((void *)trailer_consumers(&mapping) == (void *)(memory + 4096));
            }
        }
    }

    TEST("of several causes the first one decides: foreign, filling, released, newer, damaged")
    {
        make(WINSHM_VALUE);
        trailer->section_size = 1;
        CHECK_EQUAL(attach(SIZE, &mapping), TRAILER_DAMAGED);
        trailer->layout = WINSHM_LAYOUT + 1;
        CHECK_EQUAL(attach(SIZE, &mapping), TRAILER_NEWER);
        trailer->state = WINSHM_RELEASED;
        CHECK_EQUAL(attach(SIZE, &mapping), TRAILER_RELEASED);
        trailer->state = WINSHM_FILLING;
        CHECK_EQUAL(attach(SIZE, &mapping), TRAILER_FILLING);
        trailer->magic = 0;
        CHECK_EQUAL(attach(SIZE, &mapping), TRAILER_FOREIGN);
    }

    TEST("a released value is released in every view")
    {
        make(WINSHM_VALUE);
        CHECK_EQUAL(attach(SIZE, &mapping), TRAILER_OURS);
        CHECK(!trailer_is_released(&mapping));
        trailer_release(&mapping);
        CHECK(trailer_is_released(&mapping));
        CHECK_EQUAL(attach(SIZE, &mapping), TRAILER_RELEASED);
    }
}

/* ---- Views that are empty or foreign ----------------------------------------------------------------------------- */

static int looks_until_begun; /* looks at the magic number after which a creator stores it; 0: never */

/* shared.h calls this before each access. */
void shared_step(const void *at, size_t size, bool stores)
{
    (void)size;
    (void)stores;
    if (at == &trailer->magic && looks_until_begun > 0 && --looks_until_begun == 0) {
        trailer->magic = WINSHM_MAGIC;
    }
}

static void test_views(void)
{
    struct mapping mapping;

    TEST("a view of zeros is empty, and one with any other byte is not")
    {
        memset(memory, 0, sizeof memory);
        CHECK_EQUAL(attach(SIZE, &mapping), TRAILER_EMPTY);
        for (size_t at = 0; at < SIZE; at++) {
            memory[at] = 1;
            CHECK_EQUAL(attach(SIZE, &mapping), TRAILER_FOREIGN);
            memory[at] = 0;
        }
    }

    TEST("a view smaller than a page is foreign or empty, and so is one that is not all committed")
    {
        make(WINSHM_VALUE);
        memmove(memory, trailer, WINSHM_TRAILER_SIZE);
        CHECK_EQUAL(attach(WINSHM_TRAILER_SIZE, &mapping), TRAILER_FOREIGN);
        CHECK_EQUAL(attach(0, &mapping), TRAILER_EMPTY);
        make(WINSHM_VALUE);
        struct view view = {.base = memory, .size = SIZE, .committed = SIZE / 2};
        CHECK_EQUAL(trailer_attach(&view, &mapping), TRAILER_EMPTY);
        memory[SIZE / 2 - 1] = 1;
        CHECK_EQUAL(trailer_attach(&view, &mapping), TRAILER_FOREIGN);
    }

    TEST("a creator that begins while the zeros are checked is not taken for another program")
    {
        memset(memory, 0, sizeof memory);
        memory[SIZE - 1] = WINSHM_MAGIC >> 56; /* the check finds a byte of its magic number */
        looks_until_begun = 2;
        CHECK_EQUAL(attach(SIZE, &mapping), TRAILER_FILLING);
    }
}

int main(void)
{
    test_plans();
    test_verdicts();
    test_views();
    return check_end();
}
