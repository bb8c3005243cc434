/* follow_test.c - --follow prints each new value, and nothing else. */
#include "reader/tests/reading.h"

#include <inttypes.h>
#include <stdio.h>
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
    bool *is_done = context;
    if (!*is_done && strcmp(function, "file_write") == 0 && machine_call_process(index) == 2) {
        *is_done = true;
        CHECK_EQUAL(RUN(3, "shmwrite", "--release", name), EXIT_DONE);
        CHECK_TEXT(tool_errors(3), "");
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
        CHECK_EQUAL(RUN(4, "shmwrite", "-d", name, "second"), EXIT_DONE);
    }
}

/* Kill a writer that is about to wake the followers. */
static void kill_at_event(void *context, const char *function, size_t index)
{
    (void)context;
    if (strcmp(function, "event_open") == 0 && machine_call_process(index) == 3) {
        machine_kill_process(3);
    }
}

/* Return the name of the event that the next update of the value sets. */
static const char *event_name(void)
{
    static char event[64];
    uint64_t size;
    const uint8_t *bytes = machine_bytes(name, &size);
    const winshm_trailer *trailer = (const void *)(bytes + size - WINSHM_TRAILER_SIZE);
    (void)snprintf(event, sizeof event, "%s.winshm.after.%" PRIx64, name, trailer->announced);
    return event;
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
        bool is_done = false;
        with_value("first");
        machine_on_call(replace_when_printed, &is_done);
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

    TEST("--follow prints a value that was created again while it printed, although both have the same number")
    {
        bool is_done = false;
        with_value("first");
        machine_on_call(replace_when_printed, &is_done);
        START(2, "shmread", "-f", name);
        tool_sleep(100);
        machine_on_call(NULL, NULL);
        release(2, "first\r\nsecond\r\n");
    }

    TEST("--follow prints an update at once, and an idle follower looks once a second")
    {
        size_t waits = 0;
        with_value("one");
        START(2, "shmread", "-f", name);
        tool_sleep(100);
        machine_on_wait(count_waits, &waits);
        tool_sleep(10000);
        machine_on_wait(NULL, NULL);
        CHECK(waits <= 12);
        CHECK_EQUAL(RUN(3, "shmwrite", "-u", name, "two"), EXIT_DONE);
        tool_sleep(1);
        CHECK_TEXT(tool_output(2), "one\r\ntwo\r\n");
        CHECK_EQUAL(RUN(3, "shmwrite", "--put", name, "three"), EXIT_DONE);
        tool_sleep(1);
        release(2, "one\r\ntwo\r\nthree\r\n");
    }

    TEST("--follow prints the last value although NAME is released at once, and ends at once")
    {
        with_value("first");
        START(2, "shmread", "-f", name);
        START(4, "shmread", "-f", name);
        tool_sleep(100);
        uint64_t before = clock_now();
        CHECK_EQUAL(RUN(3, "shmwrite", "--put", name, "DONE"), EXIT_DONE);
        release(2, "first\r\nDONE\r\n");
        CHECK_EQUAL(machine_finish(4), EXIT_DONE);
        CHECK_TEXT(tool_output(4), "first\r\nDONE\r\n");
        CHECK(clock_now() - before < 100);
    }

    TEST("--follow prints an update within a second if its writer is killed before it announces it")
    {
        with_value("one");
        START(2, "shmread", "-f", name);
        tool_sleep(100);
        machine_on_call(kill_at_event, NULL);
        START(3, "shmwrite", "-u", name, "two");
        tool_sleep(1000);
        machine_on_call(NULL, NULL);
        release(2, "one\r\ntwo\r\n");
    }

    TEST("--follow prints the last value and ends within a second if the holder is killed")
    {
        with_value("one");
        uint32_t holder = machine_started();
        START(2, "shmread", "-f", name);
        tool_sleep(100);
        CHECK_EQUAL(RUN(3, "shmwrite", "-u", name, "two"), EXIT_DONE);
        machine_kill_process(holder);
        tool_sleep(1100);
        CHECK_TEXT(tool_output(2), "one\r\ntwo\r\n");
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
    }

    TEST("--follow looks at the interval of --interval if another program uses the name of the event")
    {
        static const enum object_kind squatters[] = {OBJECT_SEMAPHORE, OBJECT_MUTEX, OBJECT_EVENT, OBJECT_NONE};
        for (size_t i = 0; i < sizeof squatters / sizeof *squatters; i++) {
            size_t waits = 0;
            with_value("one");
            const char *event = event_name();
            check_row(event);
            if (squatters[i] == OBJECT_NONE) {
                machine_deny(event);
            } else {
                machine_foreign(event, squatters[i]);
            }
            if (squatters[i] == OBJECT_EVENT) {
                object *set = NULL;
                CHECK_EQUAL(object_open(OBJECT_EVENT, event, &set), OSERROR_NONE);
                CHECK_EQUAL(object_signal(set, SIGNAL_SET), OSERROR_NONE);
                object_close(set);
            }
            START(2, "shmread", "-f", name);
            machine_on_wait(count_waits, &waits);
            tool_sleep(1000);
            machine_on_wait(NULL, NULL);
            CHECK(waits >= 9 && waits <= 12);
            CHECK_EQUAL(RUN(3, "shmwrite", "-u", name, "two"), EXIT_DONE);
            tool_sleep(101);
            CHECK_TEXT(tool_output(2), "one\r\ntwo\r\n");
            CHECK_EQUAL(RUN(3, "shmwrite", "-u", name, "three"), EXIT_DONE);
            tool_sleep(1);
            release(2, "one\r\ntwo\r\nthree\r\n");
        }
    }

    TEST("--follow waits if another program keeps a value with --reads whose holder has died, and does not spin")
    {
        size_t waits = 0;
        tool_reset();
        CHECK_EQUAL(RUN(3, "shmwrite", "-d", "--reads", "5", name, "one"), EXIT_DONE);
        object *kept = NULL;
        CHECK_EQUAL(section_open(name, ACCESS_READ, &kept), OSERROR_NONE);
        machine_kill_process(machine_started());
        CHECK_EQUAL(RUN(2, "shmread", "-f", name), EXIT_NOTHING);
        machine_on_wait(count_waits, &waits);
        CHECK_EQUAL(RUN(4, "shmread", "-f", "--wait", "--timeout", "1s", name), EXIT_TIMED_OUT);
        machine_on_wait(NULL, NULL);
        CHECK(waits >= 9 && waits <= 11);
        object_close(kept);
    }

    TEST("--numbered prints the number of the update, --after skips up to a number, --count ends after some values")
    {
        with_value("one");
        START(2, "shmread", "-f", "--numbered", "--count", "2", name);
        START(4, "shmread", "-f", "--after", "2", "--numbered", "--count", "1", name);
        START(5, "shmread", "-f", "--after", "2", name);
        tool_sleep(10);
        CHECK_EQUAL(RUN(3, "shmwrite", "-u", name, ""), EXIT_DONE);
        tool_sleep(10);
        CHECK_TEXT(tool_output(4), "");
        CHECK_EQUAL(RUN(3, "shmwrite", "-u", name, "three"), EXIT_DONE);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "1 one\r\n2 \r\n");
        CHECK_EQUAL(machine_finish(4), EXIT_DONE);
        CHECK_TEXT(tool_output(4), "3 three\r\n");
        release(5, "three\r\n");
    }

    TEST("--after skips nothing of a value that is created again during --follow")
    {
        bool is_done = false;
        with_value("zero");
        CHECK_EQUAL(RUN(3, "shmwrite", "-u", name, "first"), EXIT_DONE);
        machine_on_call(replace_when_printed, &is_done);
        START(2, "shmread", "-f", "--after", "1", name);
        tool_sleep(100);
        machine_on_call(NULL, NULL);
        release(2, "first\r\nsecond\r\n");
    }

    TEST("--numbered and --after need a value of shmwrite")
    {
        with_foreign();
        CHECK_EQUAL(RUN(2, "shmread", "-f", "--numbered", name), EXIT_CONFLICT);
        CHECK_TEXT(tool_errors(2), "shmread: demo: memory of another program has no update numbers, which --numbered "
                                   "needs\r\n");
        CHECK_EQUAL(RUN(4, "shmread", "-f", "--count", "1", name), EXIT_DONE);
        CHECK_TEXT(tool_output(4), "theirs\r\n");
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

    TEST("--follow --json and --follow --get print each new value once, as one line or as fields of one moment")
    {
        static const struct {
            const char *const arguments[10];
            const char *output;
        } followers[] = {
            {{"shmread", "-f", "--json", "-n", "2", name},
             "{\"name\": \"demo\", \"encoding\": \"utf-8\", \"text\": \"1x\"}\r\n"
             "{\"name\": \"demo\", \"encoding\": \"utf-16\", \"text\": \"2\"}\r\n"},
            {{"shmread", "-f", "--json", "--get", "a=u8@0", "--get", "text@1", name},
             "{\"a\": 49, \"text@1\": \"x\"}\r\n{\"a\": 50, \"text@1\": \"\"}\r\n"},
            {{"shmread", "-f", "--json", "--get", "u8@0", "--rows", "2*1", name},
             "[{\"u8@0\": 49}, {\"u8@0\": 120}]\r\n[{\"u8@0\": 50}, {\"u8@0\": 0}]\r\n"},
            {{"shmread", "-f", "--get", "u8@0", "--get", "b=text@1", name}, "49\r\nb=x\r\n50\r\nb=\r\n"},
            {{"shmread", "-f", "--get", "u8@0", "--get", "text@0", "--rows", "2*1", name},
             "49\t1\r\n120\tx\r\n50\t2\r\n0\t\r\n"},
        };
        enum { COUNT = sizeof followers / sizeof *followers, FIRST = 4 };
        tool_reset();
        machine_foreign_section(name, "1x", 2, PAGE);
        for (uint32_t i = 0; i < COUNT; i++) {
            machine_start(FIRST + i, tool_entry, tool_prepare(FIRST + i, followers[i].arguments));
        }
        tool_sleep(350);
        memcpy(machine_bytes(name, NULL), "2\0", 2);
        tool_sleep(350);
        machine_forget(name);
        for (uint32_t i = 0; i < COUNT; i++) {
            check_row(followers[i].output);
            CHECK_EQUAL(machine_finish(FIRST + i), EXIT_DONE);
            CHECK_TEXT(tool_output(FIRST + i), followers[i].output);
        }
    }

    TEST("--follow --json prints each update of a value, and --follow --get ends at one without the field")
    {
        with_value("long");
        START(2, "shmread", "-f", "--json", name);
        START(5, "shmread", "-f", "--get", "u8@2", name);
        tool_sleep(250);
        CHECK_EQUAL(RUN(3, "shmwrite", "--update", name, "no"), EXIT_DONE);
        tool_sleep(250);
        CHECK_EQUAL(RUN(3, "shmwrite", "--release", name), EXIT_DONE);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        const char *second = strchr(tool_output(2), '\n');
        CHECK(strstr(tool_output(2), "\"updates\": 0, \"updated\": \"2") != NULL);
        CHECK(second != NULL && strstr(second, "\"updates\": 1, \"updated\": \"2") != NULL);
        CHECK(second != NULL && strstr(second, "\"text\": \"no\"}\r\n") != NULL);
        CHECK_EQUAL(machine_finish(5), EXIT_NOTHING);
        CHECK_TEXT(tool_output(5), "110\r\n");
        CHECK_TEXT(tool_errors(5), "shmread: demo: has no field u8@2: it has 2 bytes\r\n");
        CHECK_EQUAL(machine_leaks(), 0);
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
