/* follow_test.c - --follow prints each new value, and nothing else. */
#include "reader/tests/reading.h"

#include <unistd.h>

static void with_foreign(void)
{
    tool_reset();
    machine_foreign_section(name, "theirs", 7, PAGE);
}

static void with_value(const char *text)
{
    tool_reset();
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "-d", name, text), EXIT_DONE);
}

/*
 * Release the value, and check that shmread then ends, and what it has printed.
 */
static void release(uint32_t follower, const char *output)
{
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--release", name), EXIT_DONE);
    CHECK_EQUAL(machine_finish(follower), EXIT_DONE);
    CHECK_TEXT(tool_output(follower), output);
    CHECK_TEXT(tool_errors(follower), "");
    CHECK_EQUAL(machine_leaks(), 0);
}

static void count_waits(void *context)
{
    ++*(size_t *)context;
}

/*
 * While shmread prints a value, release it and create another one of the same
 * name.
 */
static void replace_when_printed(void *context, const char *function, size_t index)
{
    (void)context;
    if (strcmp(function, "file_write") == 0 && machine_call_process(index) == 2) {
        CHECK_EQUAL(RUN(3, "shmwrite", "--release", name), EXIT_DONE);
        CHECK_TEXT(tool_errors(3), "");
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
        CHECK_EQUAL(RUN(3, "shmwrite", "-d", name, "second"), EXIT_DONE);
    }
}

int main(void)
{
    (void)alarm(120);
    TEST("--follow closes the memory and the mutex between two looks, and so does not keep their names in use")
    {
        with_foreign();
        machine_foreign("demo.lock", OBJECT_MUTEX);
        START(2, "shmread", "--follow", "--mutex", "demo.lock", name);
        tool_sleep(250);
        CHECK_EQUAL(machine_live_objects() + machine_live_views(), 0);
        machine_forget("demo.lock");
        machine_forget(name);
        CHECK_EQUAL(object_kind_of("demo.lock"), OBJECT_NONE);
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "theirs\r\n");
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("a name is free when its holder has let go, also while a slow reader is still printing the value")
    {
        with_value("first");
        machine_on_call(replace_when_printed, NULL);
        CHECK_EQUAL(RUN(2, "shmread", name), EXIT_DONE);
        machine_on_call(NULL, NULL);
        CHECK_TEXT(tool_output(2), "first");
        CHECK(tool_finds(name, "second"));
    }

    TEST("--follow looks at NAME at the interval of --interval, and ends if nothing is new within --timeout")
    {
        size_t waits = 0;
        with_foreign();
        machine_on_wait(count_waits, &waits);
        CHECK_EQUAL(RUN(2, "shmread", "-f", "--interval", "500ms", "-t", "10s", name), EXIT_TIMED_OUT);
        CHECK_TEXT(tool_errors(2), "shmread: demo: timed out waiting for a new value\r\n");
        CHECK(waits >= 19 && waits <= 21);
    }

    TEST("--follow prints a value that was created again, although both values have the same sequence number")
    {
        with_value("first");
        START(2, "shmread", "-f", "--interval", "1s", name);
        tool_sleep(100);
        CHECK_EQUAL(RUN(3, "shmwrite", "--release", name), EXIT_DONE);
        CHECK_EQUAL(RUN(3, "shmwrite", "-d", name, "second"), EXIT_DONE);
        tool_sleep(1500);
        release(2, "first\r\nsecond\r\n");
    }

    TEST("--follow skips a value that ends before --offset, and does not restart the timeout for it")
    {
        static const char *const updates[] = {"long enough", "no", "again a long one"};
        with_value("short");
        CHECK_EQUAL(RUN(4, "shmread", "--follow", "--offset", "6", "--timeout", "1s", name), EXIT_TIMED_OUT);
        START(2, "shmread", "--follow", "--offset", "6", name);
        for (size_t i = 0; i < sizeof updates / sizeof *updates; i++) {
            tool_sleep(150);
            CHECK_EQUAL(RUN(3, "shmwrite", "--update", name, updates[i]), EXIT_DONE);
        }
        tool_sleep(150);
        release(2, "nough\r\na long one\r\n");
    }

    TEST("--follow --hex dumps each value from its beginning, and --follow --encoding decodes each value")
    {
        tool_reset();
        machine_foreign_section(name, "a\xE9", 2, PAGE);
        START(2, "shmread", "-f", "-x", "-n", "2", name);
        START(4, "shmread", "-f", "-e", "cp1252", name);
        START(5, "shmread", "-f", "--offset", "1", name);
        tool_sleep(250);
        memcpy(machine_bytes(name, NULL), "b\0", 2);
        tool_sleep(250);
        machine_forget(name);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "00000000  61 e9                                             |a.|\r\n00000002\r\n"
                                   "00000000  62 00                                             |b.|\r\n00000002\r\n");
        CHECK_EQUAL(machine_finish(4), EXIT_DONE);
        CHECK_TEXT(tool_output(4), "a" E_ACUTE "\r\nb\r\n");
        CHECK_EQUAL(machine_finish(5), EXIT_DONE);
        CHECK_TEXT(tool_output(5), E_ACUTE "\r\n\r\n");
    }

    TEST("--follow --raw prints the memory of a value of ours after each update")
    {
        with_value("one");
        START(2, "shmread", "-f", "-r", "-n", "5", name);
        tool_sleep(250);
        CHECK_EQUAL(RUN(4, "shmwrite", "--update", name, "two"), EXIT_DONE);
        tool_sleep(250);
        CHECK_EQUAL(RUN(4, "shmwrite", "--release", name), EXIT_DONE);
        CHECK_BYTES(tool_output(2), 14, "one\0\0\r\ntwo\0\0\r\n", 14);
    }

    TEST("--follow prints a sealed value once, whatever its sequence number is")
    {
        uint64_t size = 0;
        tool_reset();
        CHECK_EQUAL(RUN(4, "shmwrite", "--detach", "--sealed", name, "sealed"), EXIT_DONE);
        uint8_t *bytes = machine_bytes(name, &size);
        ((winshm_trailer *)(void *)(bytes + size - WINSHM_TRAILER_SIZE))->current = 7 << 1;
        CHECK_EQUAL(RUN(2, "shmread", "-f", "-t", "300ms", name), EXIT_TIMED_OUT);
        CHECK_TEXT(tool_output(2), "sealed\r\n");
    }

    TEST("--follow prints large memory of another program again when its last byte has changed")
    {
        with_large('x');
        START(2, "shmread", "-f", "-r", name);
        tool_sleep(250);
        memset(machine_bytes(name, NULL) + LARGE - 1, 'y', 1);
        tool_sleep(250);
        machine_forget(name);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_EQUAL(strlen(tool_output(2)), 2 * (LARGE + 2));
        CHECK_TEXT(tool_output(2) + 2 * LARGE, "xy\r\n");
    }
    machine_reset();
    return check_end();
}
