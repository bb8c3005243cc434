/*
 * explorer_test.c - check that the explorer finds a known defect.
 *
 * It runs small programs with a known defect, and the same programs without it.
 */
#include "common/memory/shared.h"
#include "common/tests/check.h"
#include "common/tests/machine/explorer.h"
#include "common/tests/machine/machine.h"

enum { ONE = 2, TWO = 3, KEEPER = 9 };

/* Two programs add one to a word of shared memory. */
struct adding {
    bool is_locked; /* each program owns a mutex while it adds */
    int rounds;     /* how many times each program adds */
    bool may_die;   /* a killed program may fail to add */
};

static const struct adding *adding;

static uint64_t *word_of(struct view *view)
{
    return (uint64_t *)(void *)view->base;
}

static int add(void *unused)
{
    struct view view;
    object *section = NULL;
    object *mutex = NULL;
    (void)unused;
    if (section_open("sum", ACCESS_WRITE, &section) != OSERROR_NONE ||
        view_map(section, ACCESS_WRITE, &view) != OSERROR_NONE ||
        object_open(OBJECT_MUTEX, "lock", &mutex) != OSERROR_NONE) {
        return 1;
    }
    for (int i = 0; i < adding->rounds; i++) {
        if (adding->is_locked) {
            (void)wait_any(&mutex, 1, CLOCK_NEVER);
        }
        uint64_t value = shared_load64_acquire(word_of(&view));
        shared_store64_release(word_of(&view), value + 1);
        if (adding->is_locked) {
            (void)object_signal(mutex, SIGNAL_RELEASE);
        }
    }
    object_close(mutex);
    view_unmap(&view);
    object_close(section);
    return 0;
}

static void begin(void *context)
{
    static const uint8_t zeros[4096];
    adding = context;
    machine_reset();
    machine_foreign_section("sum", zeros, sizeof zeros, sizeof zeros);
    machine_foreign("lock", OBJECT_MUTEX);
    machine_start(ONE, add, NULL);
    machine_start(TWO, add, NULL);
}

static void wait_for_both(void *unused)
{
    (void)unused;
    (void)machine_finish(ONE);
    (void)machine_finish(TWO);
}

static const char *judge(void *context)
{
    const struct adding *what = context;
    uint64_t sum = *(uint64_t *)(void *)machine_bytes("sum", NULL);
    uint64_t wanted = 2 * (uint64_t)what->rounds;
    bool is_right = sum == wanted || (what->may_die && explore_killed() != 0 && sum < wanted && sum >= wanted / 2);
    return is_right ? NULL : "an addition is lost";
}

static bool explore_adding(struct adding what, const struct explore_limits *limits, struct explore_counts *counts)
{
    struct exploration exploration = {
        .name = "adding", .context = &what, .begin = begin, .wait = wait_for_both, .judge = judge};
    return explore(&exploration, limits, counts);
}

int main(void)
{
    struct explore_counts counts;

    TEST("a schedule with one switch loses an addition, the plain schedule does not")
    {
        CHECK(explore_adding((struct adding){.rounds = 1}, &(struct explore_limits){.switches = 0}, &counts));
        CHECK_EQUAL(counts.schedules, 2); /* either program may begin */
        CHECK(!explore_adding((struct adding){.rounds = 1}, &(struct explore_limits){.switches = 1}, &counts));
        CHECK(counts.schedules < 20);
    }

    TEST("a replay of the failing schedule fails, a replay of another does not")
    {
        struct adding what = {.rounds = 1};
        struct exploration exploration = {
            .name = "adding", .context = &what, .begin = begin, .wait = wait_for_both, .judge = judge};
        CHECK(explore_replay(&exploration, ""));
        CHECK(!explore_replay(&exploration, "4>3"));
        CHECK(!explore_replay(&exploration, "not a schedule"));
    }

    TEST("with a mutex no schedule with up to three switches loses an addition")
    {
        struct adding what = {.is_locked = true, .rounds = 1};
        CHECK(explore_adding(what, &(struct explore_limits){.switches = 1}, &counts));
        size_t with_one = counts.schedules;
        CHECK(explore_adding(what, &(struct explore_limits){.switches = 2}, &counts));
        CHECK(counts.schedules > 5 * with_one);
        size_t with_two = counts.schedules;
        CHECK(explore_adding(what, &(struct explore_limits){.switches = 3}, &counts));
        CHECK(counts.schedules > 2 * with_two);
        CHECK_EQUAL(counts.kills, 0);
        CHECK_EQUAL(counts.one_in, 1);
    }

    TEST("a sample is about as large as its limit")
    {
        struct adding what = {.is_locked = true, .rounds = 4};
        CHECK(explore_adding(what, &(struct explore_limits){.switches = 2}, &counts));
        size_t all = counts.schedules;
        CHECK(explore_adding(what, &(struct explore_limits){.switches = 2, .most = all / 4}, &counts));
        CHECK(counts.one_in > 1);
        CHECK(counts.schedules > all / 16 && counts.schedules < all / 2);
    }

    TEST("a program is killed at each point, and the other continues")
    {
        struct adding what = {.is_locked = true, .rounds = 1};
        struct explore_limits limits = {.kills = true};
        CHECK(!explore_adding(what, &limits, &counts));
        what.may_die = true;
        CHECK(explore_adding(what, &limits, &counts));
        CHECK(counts.kills >= 2 * 8);
    }
    machine_reset();
    return check_end();
}
