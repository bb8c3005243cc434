/* announcement_test.c - announcements, and the followers that wait for them. */
#include "common/memory/announcement.h"

#include <inttypes.h>

#include "common/tests/check.h"
#include "common/tests/machine/machine.h"

#define FOR_ALL "D:(A;;GA;;;WD)"
enum { INTERVAL = 100, LIMIT = 1000 };

static winshm_trailer trailer;
static const struct mapping mapping = {.trailer = &trailer, .kind = WINSHM_VALUE};

/* Begin with a value that has this number, and a follower that listens. */
static struct listening begin(uint64_t number)
{
    struct listening listening = {.name = "demo", .sddl = FOR_ALL};
    machine_reset();
    trailer = (winshm_trailer){.announced = number};
    announcement_listen(&listening, &mapping);
    return listening;
}

/* Wait for an announcement, and check how the wait ends and how long it takes. */
static void check_wait(struct listening *listening, enum waited_how how, uint64_t took)
{
    uint64_t before = clock_now();
    CHECK_EQUAL(announcement_wait(listening, &mapping, INTERVAL, before + LIMIT).how, how);
    CHECK_EQUAL(clock_now() - before, took);
}

static void announce(void *context)
{
    (void)context;
    machine_on_wait(NULL, NULL);
    announcement_make("demo", &mapping);
}

int main(void)
{
    TEST("one announcement ends the wait of every follower, and then nothing is left of its event")
    {
        struct listening first = begin(0x2a);
        struct listening second = first;
        check_wait(&first, WAITED_TIMEOUT, LIMIT);
        check_wait(&second, WAITED_TIMEOUT, LIMIT);
        CHECK_EQUAL(machine_live_objects(), 2);
        CHECK_EQUAL(object_kind_of("demo.winshm.after.2a"), OBJECT_EVENT);
        machine_on_wait(announce, NULL);
        check_wait(&first, WAITED_SIGNALLED, 0);
        check_wait(&second, WAITED_SIGNALLED, 0);
        CHECK_EQUAL(trailer.announced, 0x2b);
        announcement_listen(&first, &mapping);
        announcement_listen(&second, &mapping);
        check_wait(&first, WAITED_TIMEOUT, LIMIT);
        check_wait(&second, WAITED_TIMEOUT, LIMIT);
        CHECK_EQUAL(object_kind_of("demo.winshm.after.2a"), OBJECT_NONE);
        CHECK_EQUAL(machine_live_objects(), 2);
        announcement_forget(&first);
        announcement_forget(&second);
        CHECK_EQUAL(machine_live_objects(), 0);
    }

    TEST("an announcement after the look at the value ends the wait at once")
    {
        struct listening listening = begin(1);
        announcement_make("demo", &mapping);
        check_wait(&listening, WAITED_SIGNALLED, 0);
        announcement_forget(&listening);
        CHECK_EQUAL(machine_live_objects(), 0);
    }

    TEST("a follower whose event cannot be used looks at the interval, until the next announcement")
    {
        static const enum object_kind kinds[] = {OBJECT_SEMAPHORE, OBJECT_MUTEX, OBJECT_EVENT, OBJECT_NONE};
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            struct listening listening = begin(1);
            if (kinds[i] == OBJECT_NONE) {
                machine_deny("demo.winshm.after.1");
            } else {
                machine_foreign("demo.winshm.after.1", kinds[i]);
            }
            if (kinds[i] == OBJECT_EVENT) {
                announcement_make("demo", &mapping); /* sets it */
                trailer.announced = 1;
            }
            check_wait(&listening, WAITED_TIMEOUT, INTERVAL);
            announcement_listen(&listening, &mapping);
            check_wait(&listening, WAITED_TIMEOUT, INTERVAL);
            announcement_make("demo", &mapping);
            check_wait(&listening, WAITED_SIGNALLED, 0);
            announcement_listen(&listening, &mapping);
            check_wait(&listening, WAITED_TIMEOUT, LIMIT);
            announcement_forget(&listening);
        }
    }

    TEST("a follower that does not know who may use the event creates none")
    {
        struct listening listening = begin(1);
        listening = (struct listening){.name = "demo"};
        announcement_listen(&listening, &mapping);
        check_wait(&listening, WAITED_TIMEOUT, INTERVAL);
        CHECK_EQUAL(machine_live_objects(), 0);
    }
    machine_reset();
    return check_end();
}
