/*
 * order_test.c - the order of the stores that publish or update a value.
 *
 * Before each store to shared memory a reader looks at the value. It must see
 * no value yet, the old contents, or the new ones, complete. At the same point
 * the writer may die. So the test copies the memory there, and lets a second
 * writer update the copy, with a reader before each of its stores. The second
 * writer may die too, and a third one follows.
 */
#include <stdlib.h>

#include "common/memory/shared.h"
#include "common/memory/value.h"
#include "common/tests/check.h"

uint64_t clock_wall(void)
{
    return 1234;
}

uint32_t process_id(void)
{
    return 7;
}

/* ---- The reader -------------------------------------------------------------------------------------------------- */

enum { SIZE = WINSHM_PAGE, CAPACITY = 100, DEATHS = 2 };

/*
 * A memory and the contents that a reader may find in it. worlds[0] is that of
 * the first writer, and each other one that of the writer after a death.
 */
static struct world {
    _Alignas(4096) uint8_t memory[SIZE];
    struct mapping mapping;
    const char *old; /* NULL: no value yet */
    const char *new;
    uint64_t old_sequence;
    bool found_new; /* a reader has found `new`: later ones must not find `old` */
    size_t looks;
} worlds[1 + DEATHS];
static struct world *watched; /* the memory that the reader looks at; NULL for none */

static bool is_text(const uint8_t *bytes, uint64_t length, const char *text)
{
    return text != NULL && length == strlen(text) && memcmp(bytes, text, (size_t)length) == 0;
}

static struct view view_of(struct world *world)
{
    return (struct view){.base = world->memory, .size = SIZE, .committed = SIZE};
}

/*
 * Look at the memory as a reader, check what is there, and return whether there
 * is a value.
 */
static bool look_at(struct world *world)
{
    struct mapping mapping;
    struct value_look look;
    struct view view = view_of(world);
    enum trailer_verdict verdict = trailer_attach(&view, &mapping);
    world->looks++;
    if (verdict != TRAILER_OURS) {
        bool is_first = verdict == TRAILER_EMPTY && world->looks == 1;
        CHECK(world->old == NULL && !world->found_new && (verdict == TRAILER_FILLING || is_first));
        return false;
    }
    uint8_t copy[SIZE];
    bool is_found = value_look(&mapping, &look);
    CHECK(is_found && value_copy(&mapping, &look, 0, copy, (size_t)look.slot.length));
    if (!is_found) {
        return false;
    }
    bool is_new = is_text(copy, look.slot.length, world->new);
    CHECK(is_new || (is_text(copy, look.slot.length, world->old) && !world->found_new));
    CHECK_EQUAL(value_sequence(&look), world->old_sequence + is_new);
    CHECK_EQUAL(look.slot.writer, 7);
    CHECK_EQUAL(look.slot.encoding, value_sequence(&look) > 1 ? WINSHM_UTF8 : WINSHM_UTF16);
    CHECK(look.contents[look.slot.length] == 0 && look.contents[look.slot.length + 1] == 0);
    world->found_new = is_new;
    return true;
}

static void update_to(const struct world *world, const char *contents)
{
    struct value_update update;
    CHECK(value_begin_update(&world->mapping, &update));
    value_write(&update, 0, (const uint8_t *)contents, strlen(contents));
    value_commit(&update, strlen(contents), (struct value_text){.encoding = WINSHM_UTF8});
}

/* Let a reader look before each store until end_watch(). */
static void watch(struct world *world, uint64_t sequence, const char *old, const char *new)
{
    world->old = old;
    world->new = new;
    world->old_sequence = sequence;
    world->found_new = false;
    world->looks = 0;
    watched = world;
}

/* Check that the new contents are there, and only zeros after them. */
static void end_watch(struct world *world, size_t least)
{
    watched = NULL;
    CHECK(look_at(world) && world->found_new && world->looks > least);
    for (size_t i = strlen(world->new); i < CAPACITY + WINSHM_TERMINATOR; i++) {
        CHECK_EQUAL(world->memory[i], 0);
    }
}

static void watch_update(struct world *world, uint64_t sequence, const char *old, const char *new)
{
    watch(world, sequence, old, new);
    update_to(world, new);
    end_watch(world, 12);
}

/* shared.h calls this before each access. */
void shared_step(const void *at, size_t size, bool stores)
{
    static const char *const next[1 + DEATHS] = {NULL, "by the next", "last"};
    struct world *world = watched;
    (void)at;
    (void)size;
    if (!stores || world == NULL) {
        return;
    }
    watched = NULL; /* watch_update() below sets it for its own memory */
    if (look_at(world) && world < worlds + DEATHS) {
        struct world *other = world + 1;
        memcpy(other->memory, world->memory, SIZE);
        struct view view = view_of(other);
        CHECK_EQUAL(trailer_attach(&view, &other->mapping), TRAILER_OURS);
        watch_update(other, world->old_sequence + world->found_new, world->found_new ? world->new : world->old,
                     next[other - worlds]);
    }
    watched = world;
}

static struct world *make(const char *contents)
{
    struct trailer_plan plan;
    struct view view = view_of(worlds);
    memset(worlds->memory, 0, SIZE);
    CHECK(trailer_plan(WINSHM_VALUE, CAPACITY, false, &plan));
    trailer_begin(&view, &plan, &worlds->mapping);
    memcpy(value_contents(&worlds->mapping), contents, strlen(contents));
    value_publish(&worlds->mapping, strlen(contents), (struct value_text){.encoding = WINSHM_UTF16});
    return worlds;
}

int main(void)
{
    TEST("a reader finds no value before publication, and all of it afterwards")
    {
        watch(worlds, 0, NULL, "some contents");
        (void)make("some contents");
        end_watch(worlds, 10);
    }

    TEST("before each store of an update the old or the new contents are complete, and another updater can take over")
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
            watch_update(make(pairs[i].old), 1, pairs[i].old, pairs[i].new);
        }

        /* The journal contains older, longer contents. */
        check_row("an old journal");
        struct world *made = make("0123456789 0123456789 0123456789");
        update_to(made, "0123456789 0123456789");
        watch_update(made, 2, "0123456789 0123456789", "ab");
    }

    TEST("a part written behind the end leaves zeros in the gap, even over older contents")
    {
        struct world *made = make("0123456789 0123456789");
        struct value_update update;
        update_to(made, "ab");
        CHECK(value_begin_update(&made->mapping, &update));
        memset(update.journal, '?', 30);
        value_keep(&update, 9);
        value_write(&update, 8, (const uint8_t *)"z", 1);
        value_commit(&update, 9, (struct value_text){.encoding = WINSHM_UTF8});
        CHECK_BYTES(made->memory, 22, "ab\0\0\0\0\0\0z\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
    }
    return check_end();
}
