/* hold_test.c - how long a value is held, and how it is let go of. */
#include "common/tests/tool.h"

enum { WRITER = 2, READER = 3, RELEASER = 4 };

static void forget_release(void *context)
{
    static const char release[] = "demo.winshm.release";
    bool *was_there = context;
    if (object_kind_of(release) != OBJECT_NONE) {
        machine_forget(release);
        *was_there = object_kind_of(release) != OBJECT_NONE;
        machine_kill_process(READER); /* and with it the mutex is free */
    }
}

static int own_holder(void *unused)
{
    object *holder = NULL;
    (void)unused;
    CHECK_EQUAL(object_open(OBJECT_MUTEX, "demo.winshm.holder", &holder), 0);
    CHECK_EQUAL(wait_any(&holder, 1, 0).how, WAITED_SIGNALLED);
    (void)wait_any(NULL, 0, CLOCK_NEVER - 1);
    return 0;
}

/* Lines that are typed into a console, on their way as each of them ends. */
static const uint16_t *const lines[] = {u"first\r\n", u"second\r\n", u"\x1A\r\n", NULL};

int main(void)
{
    TEST("a --release that waits for a holder to let go does not keep its event")
    {
        bool is_kept = false;
        tool_reset();
        machine_foreign_section("demo", "x", 1, WINSHM_PAGE);
        machine_foreign("demo.winshm.holder", OBJECT_MUTEX);
        machine_foreign("demo.winshm.release", OBJECT_EVENT);
        machine_start(READER, own_holder, NULL);
        tool_sleep(1);
        machine_on_wait(forget_release, &is_kept);
        CHECK_EQUAL(RUN(RELEASER, "shmwrite", "--release", "--timeout", "1m", "demo"), EXIT_DONE);
        CHECK(!is_kept);
        CHECK_EQUAL(object_kind_of("demo.winshm.release"), OBJECT_NONE);
    }

    TEST("a stream that is typed arrives line by line")
    {
        tool_reset();
        machine_input_console(WRITER, lines);
        START(WRITER, "shmwrite", "--stream", "demo");
        START(READER, "shmread", "--wait", "demo");
        CHECK_EQUAL(machine_finish(READER), EXIT_DONE);
        CHECK_EQUAL(machine_finish(WRITER), EXIT_DONE);
        CHECK_TEXT(tool_output(READER), "first\r\nsecond\r\n");
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("typed text that cannot be stored in the chosen encoding ends a stream")
    {
        static const uint16_t *const typed[] = {u"first\r\n", u"\x3042\r\n", u"\x1A\r\n", NULL};
        tool_reset();
        machine_input_console(WRITER, typed);
        START(WRITER, "shmwrite", "--stream", "--encoding", "ansi", "demo");
        START(READER, "shmread", "--wait", "demo");
        CHECK_EQUAL(machine_finish(READER), EXIT_BROKEN);
        CHECK_EQUAL(machine_finish(WRITER), EXIT_IO);
        CHECK_TEXT(tool_output(READER), "first\r\n");
        CHECK_EQUAL(tool_failures(WRITER), 1);
    }

    TEST("a stream larger than any machine is refused")
    {
        tool_reset();
        CHECK_EQUAL(RUN(WRITER, "shmwrite", "--stream", "--size", "9000000T", "demo"), EXIT_NO_ROOM);
        CHECK_EQUAL(RUN(WRITER, "shmwrite", "--size", "9000000T", "demo", "x"), EXIT_NO_ROOM);
        CHECK_EQUAL(RUN(WRITER, "shmwrite", "--raw", "--size", "9000000T", "demo", "x"), EXIT_NO_ROOM);
        CHECK_EQUAL(RUN(WRITER, "shmwrite", "--raw", "demo", ""), EXIT_USAGE);
        CHECK_EQUAL(tool_failures(WRITER), 4);
    }

    TEST("an object that is no shared memory is reported by its kind")
    {
        static const char *const kinds[] = {
            [OBJECT_EVENT] = "an event", [OBJECT_MUTEX] = "a mutex", [OBJECT_SEMAPHORE] = "a semaphore",
            [OBJECT_TIMER] = "a timer",  [OBJECT_JOB] = "a job",
        };
        for (enum object_kind kind = OBJECT_EVENT; kind <= OBJECT_JOB; kind++) {
            check_row(kinds[kind]);
            tool_reset();
            machine_foreign("demo", kind);
            CHECK_EQUAL(RUN(WRITER, "shmwrite", "demo", "x"), EXIT_CONFLICT);
            CHECK_EQUAL(RUN(READER, "shmread", "demo"), EXIT_CONFLICT);
            CHECK(strstr(tool_errors(WRITER), kinds[kind]) != NULL);
            CHECK(strstr(tool_errors(READER), kinds[kind]) != NULL);
        }
    }
    return check_end();
}
