/* lock_test.c - --wait creates NAME when it is free, --hold-with ends it with a process. */
#include "common/tests/tool.h"

#include <unistd.h>

static const char name[] = "demo";

enum { OWNER = 2, FIRST, SECOND = 6, OTHER };

/* Start a program that runs for a second, and does nothing else. */
static void start_other(void)
{
    START(OTHER, "shmread", "--quiet", "--wait", "--timeout", "1s", "nothing");
}

/* Kill OTHER, and let another program have its number. */
static void use_number_again(void)
{
    machine_kill_process(OTHER);
    tool_sleep(1);
    start_other();
    tool_sleep(1);
}

static void use_number_before_open(void *context, const char *function, size_t index)
{
    (void)context;
    (void)index;
    if (strcmp(function, "process_open") == 0) {
        use_number_again();
    }
}

int main(void)
{
    (void)alarm(120);
    TEST("of two commands that wait with --wait, one creates NAME when it is free, and the other goes on waiting")
    {
        tool_reset();
        CHECK_EQUAL(RUN(OWNER, "shmwrite", "--detach", name, "owner"), EXIT_DONE);
        START(FIRST, "shmwrite", "--detach", "--wait", name, "waited");
        START(SECOND, "shmwrite", "--detach", "--wait", name, "waited");
        for (int i = 0; i < 2; i++) {
            tool_sleep(500);
            CHECK(tool_finds(name, i == 0 ? "owner" : "waited"));
            CHECK_EQUAL(RUN(OWNER, "shmwrite", "--release", name), EXIT_DONE);
        }
        CHECK_EQUAL(machine_finish(FIRST), EXIT_DONE);
        CHECK_EQUAL(machine_finish(SECOND), EXIT_DONE);
        CHECK(tool_finds(name, "waited"));
        CHECK_TEXT(tool_errors(FIRST), "");
        CHECK_TEXT(tool_errors(SECOND), "");
    }

    TEST("--wait creates NAME within a second after its holder was killed")
    {
        tool_reset();
        CHECK_EQUAL(RUN(OWNER, "shmwrite", "--detach", name, "owner"), EXIT_DONE);
        START(FIRST, "shmwrite", "--detach", "--wait", name, "waited");
        tool_sleep(500);
        machine_kill_process(machine_started());
        tool_sleep(1000);
        CHECK(tool_finds(name, "waited"));
        CHECK_EQUAL(machine_finish(FIRST), EXIT_DONE);
    }

    TEST("--wait ends with 6 when --timeout is over, and changes nothing")
    {
        tool_reset();
        CHECK_EQUAL(RUN(OWNER, "shmwrite", "--detach", name, "owner"), EXIT_DONE);
        uint64_t before = clock_now();
        CHECK_EQUAL(RUN(FIRST, "shmwrite", "--detach", "--wait", "--timeout", "2s", name, "x"), EXIT_TIMED_OUT);
        CHECK_TEXT(tool_errors(FIRST), "shmwrite: demo: timed out waiting for its end\r\n");
        CHECK(clock_now() - before >= 2000 && clock_now() - before < 2200);
        CHECK(tool_finds(name, "owner"));
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("--wait with --timeout 0 creates NAME if it is free, and else ends with 6 at once")
    {
        tool_reset();
        CHECK_EQUAL(RUN(FIRST, "shmwrite", "--detach", "--wait", "--timeout", "0", name, "x"), EXIT_DONE);
        CHECK_TEXT(tool_errors(FIRST), "");
        CHECK(tool_finds(name, "x"));
        uint64_t before = clock_now();
        CHECK_EQUAL(RUN(SECOND, "shmwrite", "--detach", "--wait", "--timeout", "0", name, "y"), EXIT_TIMED_OUT);
        CHECK_TEXT(tool_errors(SECOND), "shmwrite: demo: timed out waiting for its end\r\n");
        CHECK(clock_now() - before < 10);
        CHECK(tool_finds(name, "x"));
        tool_clear_away(name);
        START(FIRST, "shmwrite", "--wait", "--timeout", "0", name, "z");
        tool_sleep(100);
        CHECK(tool_finds(name, "z"));
        CHECK_EQUAL(RUN(SECOND, "shmwrite", "--release", name), EXIT_DONE);
        CHECK_EQUAL(machine_finish(FIRST), EXIT_DONE);
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("--wait waits a second for a helper object of an earlier value, or until --timeout")
    {
        tool_reset();
        machine_foreign("demo.winshm.release", OBJECT_EVENT);
        CHECK_EQUAL(RUN(FIRST, "shmwrite", "--detach", "--wait", "--timeout", "200ms", name, "x"), EXIT_TIMED_OUT);
        CHECK_TEXT(tool_errors(FIRST), "shmwrite: demo: timed out waiting for its end\r\n");
        CHECK_EQUAL(RUN(SECOND, "shmwrite", "--detach", "--wait", name, "x"), EXIT_CONFLICT);
        CHECK_TEXT(tool_errors(SECOND), "shmwrite: demo: its helper object demo.winshm.release cannot be created: the "
                                        "name is taken by an event\r\n");
        machine_forget("demo.winshm.release");
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("--wait ends when the process of --hold-with ends, and changes nothing")
    {
        static const char *const processes[] = {"7", "parent"};
        for (size_t i = 0; i < 2; i++) {
            tool_reset();
            CHECK_EQUAL(RUN(OWNER, "shmwrite", "--detach", name, "owner"), EXIT_DONE);
            start_other();
            tool_sleep(1);
            machine_parent(FIRST, OTHER);
            START(FIRST, "shmwrite", "--detach", "--wait", "--hold-with", processes[i], name, "waited");
            tool_sleep(500);
            machine_kill_process(OTHER);
            uint64_t before = clock_now();
            CHECK_EQUAL(machine_finish(FIRST), EXIT_NOTHING);
            CHECK(clock_now() - before < 100);
            CHECK_TEXT(tool_errors(FIRST),
                       i == 0 ? "shmwrite: demo: --hold-with: process 7 has ended\r\n"
                              : "shmwrite: demo: --hold-with: the process that started shmwrite has ended\r\n");
            CHECK(tool_finds(name, "owner"));
            CHECK_EQUAL(machine_leaks(), 0);
        }
    }

    TEST("--wait ends with that process also while another program owns the mutex of the writers")
    {
        tool_reset();
        machine_foreign("demo.winshm.writer", OBJECT_MUTEX);
        machine_own("demo.winshm.writer");
        start_other();
        tool_sleep(1);
        START(FIRST, "shmwrite", "--detach", "--wait", "--timeout", "1h", "--hold-with", "7", name, "waited");
        tool_sleep(500);
        machine_kill_process(OTHER);
        uint64_t before = clock_now();
        CHECK_EQUAL(machine_finish(FIRST), EXIT_NOTHING);
        CHECK(clock_now() - before < 100);
        CHECK_TEXT(tool_errors(FIRST), "shmwrite: demo: --hold-with: process 7 has ended\r\n");
        machine_forget("demo.winshm.writer");
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("--hold-with ends a value with a process, in the background and in the foreground")
    {
        for (int background = 0; background < 2; background++) {
            tool_reset();
            start_other();
            tool_sleep(1);
            START(FIRST, "shmwrite", background != 0 ? "--detach" : "--verbose", "--hold-with", "7", name, "x");
            tool_sleep(900);
            CHECK(tool_finds(name, "x"));
            CHECK_EQUAL(machine_finish(OTHER), EXIT_TIMED_OUT);
            tool_sleep(10);
            CHECK(tool_finds(name, NULL));
            CHECK_EQUAL(machine_finish(FIRST), EXIT_DONE);
            CHECK(background != 0 ||
                  strstr(tool_errors(FIRST), "released: the process of --hold-with has ended") != NULL);
        }
    }

    TEST("--hold-with parent waits for the process that started shmwrite, also if that is killed")
    {
        tool_reset();
        start_other();
        tool_sleep(1);
        machine_parent(FIRST, OTHER);
        CHECK_EQUAL(RUN(FIRST, "shmwrite", "--put", "--hold-with", "parent", name, "x"), EXIT_DONE);
        CHECK_EQUAL(RUN(SECOND, "shmwrite", "--put", "--hold-with", "7", name, "y"), EXIT_DONE);
        CHECK_TEXT(tool_errors(SECOND), "shmwrite: demo: already exists, so --hold-with has no effect\r\n");
        machine_kill_process(OTHER);
        tool_sleep(10);
        CHECK(tool_finds(name, NULL));
    }

    TEST("--hold-with does not mistake a later process for the one that had its number before")
    {
        static const char *const processes[] = {"7", "parent"};
        for (size_t i = 0; i < 2; i++) {
            tool_reset();
            start_other();
            tool_sleep(1);
            machine_parent(FIRST, OTHER);
            CHECK_EQUAL(RUN(FIRST, "shmwrite", "--detach", "--hold-with", processes[i], name, "x"), EXIT_DONE);
            CHECK(tool_finds(name, "x"));
            use_number_again();
            tool_sleep(10);
            CHECK(tool_finds(name, NULL));
            CHECK_EQUAL(process_life(OTHER, clock_wall()), LIFE_ALIVE);
        }

        tool_reset();
        start_other();
        tool_sleep(1);
        machine_parent(FIRST, OTHER);
        machine_on_call(use_number_before_open, NULL);
        CHECK_EQUAL(RUN(FIRST, "shmwrite", "--detach", "--hold-with", "parent", name, "x"), EXIT_NOTHING);
        machine_on_call(NULL, NULL);
        CHECK(tool_finds(name, NULL));
    }

    TEST("--hold-with of a process that does not exist, or may not be opened, creates nothing")
    {
        static const struct {
            oserror error;
            int status;
            const char *message;
        } failures[] = {
            {OSERROR_NONE, EXIT_NOTHING, "shmwrite: demo: --hold-with: process 7 does not exist\r\n"},
            {OSERROR_ACCESS_DENIED, EXIT_DENIED,
             "shmwrite: demo: access denied: this user may not wait for process 7 (5)\r\n"},
            {OSERROR_NOT_ENOUGH_MEMORY, EXIT_SYSTEM,
             "shmwrite: demo: --hold-with: cannot wait for process 7: Not enough memory resources are available to "
             "process this command (8)\r\n"},
        };
        for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
            check_row(failures[i].message);
            tool_reset();
            if (failures[i].error != OSERROR_NONE) {
                machine_fail_function("process_open", 1, failures[i].error);
            }
            CHECK_EQUAL(RUN(FIRST, "shmwrite", "--detach", "--hold-with", "7", name, "x"), failures[i].status);
            CHECK_TEXT(tool_errors(FIRST), failures[i].message);
            CHECK(tool_finds(name, NULL));
        }
        CHECK_EQUAL(RUN(SECOND, "shmwrite", "--detach", "--hold-with", "parent", name, "x"), EXIT_NOTHING);
        CHECK_TEXT(tool_errors(SECOND),
                   "shmwrite: demo: --hold-with: the process that started shmwrite does not exist\r\n");
    }
    machine_reset();
    return check_end();
}
