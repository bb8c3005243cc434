/*
 * waiting_test.c - what shmwrite waits for, for how long, and what it says when that was in vain.
 *
 * Several programs at once, of which one is slow: its file comes from a drive that takes its time.
 */
#include "common/tests/tool.h"
#include "trailer.h"
#include "writer/hold.h"

enum { MAKER = 2, READER = 3, RELEASER = 4, PUTTER = 5, SQUATTER = 6 };

static uint64_t slow_for; /* milliseconds, once */

static void slow(void *unused, const char *function, size_t index)
{
    (void)unused;
    if (slow_for != 0 && strcmp(function, "file_read") == 0 && machine_call_process(index) == MAKER) {
        uint64_t milliseconds = slow_for;
        slow_for = 0;
        tool_sleep(milliseconds);
    }
}

/* From here on MAKER's input is a file that takes so long to read. */
static void begin_slow(uint64_t milliseconds)
{
    tool_reset();
    slow_for = milliseconds;
    machine_on_call(slow, NULL);
    machine_input_file(MAKER, "first", 5, 5);
}

/* The first line that was said is this one. */
static bool has_said(uint32_t process, const char *line)
{
    return strncmp(tool_errors(process), line, strlen(line)) == 0;
}

/* ---- Names that are just being made ------------------------------------------------------------------------------ */

static void test_being_made(void)
{
    TEST("a --put waits for one whose input is slow, and comes after it")
    {
        begin_slow(3000);
        START(MAKER, "shmwrite", "--put", "--size", "100", "demo");
        tool_sleep(100);
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--put", "--timeout", "30s", "demo", "second"), EXIT_DONE);
        CHECK_EQUAL(machine_finish(MAKER), EXIT_DONE);
        CHECK(tool_finds("demo", "second"));
        tool_clear_away("demo");
    }

    TEST("so does an --update, but not for longer than --timeout")
    {
        begin_slow(3000);
        START(MAKER, "shmwrite", "--put", "--size", "100", "demo");
        tool_sleep(100);
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--update", "--timeout", "1s", "demo", "second"), EXIT_TIMED_OUT);
        CHECK_EQUAL(clock_now(), 1000 + 100 + 1000);
        CHECK_EQUAL(RUN(READER, "shmwrite", "--update", "demo", "third"), EXIT_DONE);
        CHECK(tool_finds("demo", "third"));
        CHECK_EQUAL(machine_finish(MAKER), EXIT_DONE);
        tool_clear_away("demo");
    }

    TEST("one whose maker has died in the middle is nothing, and is said to be so at once")
    {
        begin_slow(3000);
        START(MAKER, "shmwrite", "demo");
        tool_sleep(100);
        object *section = NULL;
        CHECK_EQUAL(section_open("demo", ACCESS_READ, &section), OSERROR_NONE);
        machine_kill_process(MAKER);
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--update", "demo", "second"), EXIT_NOTHING);
        CHECK_EQUAL(clock_now(), 1000 + 100);
        object_close(section);
    }

    TEST("--release waits until it is made, and then it goes")
    {
        static const uint64_t times[] = {500, 3000};
        for (size_t i = 0; i < 2; i++) {
            begin_slow(times[i]);
            START(MAKER, "shmwrite", "demo");
            tool_sleep(100);
            CHECK_EQUAL(RUN(RELEASER, "shmwrite", "--release", "demo"), EXIT_DONE);
            CHECK_EQUAL(object_kind_of("demo"), OBJECT_NONE);
            CHECK_TEXT(tool_errors(RELEASER), "");
            CHECK_EQUAL(RUN(PUTTER, "shmwrite", "-d", "demo", "new"), EXIT_DONE);
            CHECK_EQUAL(machine_finish(MAKER), EXIT_DONE);
            tool_clear_away("demo");
        }
    }

    TEST("Ctrl+C ends a command whose input is slow, which then holds nothing")
    {
        begin_slow(30000);
        START(MAKER, "shmwrite", "demo");
        tool_sleep(100);
        machine_interrupt(MAKER);
        tool_sleep(100);
        CHECK_EQUAL(object_kind_of("demo"), OBJECT_NONE);
        CHECK_TEXT(tool_errors(MAKER), "");
        CHECK(machine_finish(MAKER) != EXIT_DONE);
    }
}

/* ---- --timeout --------------------------------------------------------------------------------------------------- */

/* Look at NAME every two seconds, for 40. */
static int look_often(void *unused)
{
    (void)unused;
    for (int i = 0; i < 20; i++) {
        static const char *const words[] = {"shmread", "-q", "--raw", "demo", NULL};
        struct tool *tool = tool_prepare(READER, words);
        tool_sleep(2000);
        (void)tool_main(tool->count, tool->arguments);
    }
    return 0;
}

static void test_timeout(void)
{
    TEST("a stream that is only looked at is given up when the time is up")
    {
        static const struct machine_piece pieces[] = {{"hello", 5, 0}, {NULL, 0, MACHINE_BLOCKS}};
        tool_reset();
        machine_input_pipe(MAKER, pieces, 2);
        machine_start(READER, look_often, NULL);
        CHECK_EQUAL(RUN(MAKER, "shmwrite", "--stream", "--timeout", "5s", "demo"), EXIT_TIMED_OUT);
        CHECK(clock_now() >= 1000 + 5000 && clock_now() < 1000 + 6000);
        CHECK(has_said(MAKER, "shmwrite: demo: the time is up: nobody has read it\r\n"));
        (void)machine_finish(READER);
    }

    TEST("a name that lingers is waited for a second, and not longer than --timeout")
    {
        static const struct {
            const char *timeout;
            uint64_t time;
        } rows[] = {{"50ms", 50}, {"10s", 1000}};
        static const char zeros[WINSHM_PAGE];
        for (size_t i = 0; i < 2; i++) {
            check_row(rows[i].timeout);
            object *section = NULL;
            tool_reset();
            CHECK_EQUAL(RUN(MAKER, "shmwrite", "-d", "demo", "x"), EXIT_DONE);
            CHECK_EQUAL(section_open("demo", ACCESS_READ, &section), OSERROR_NONE);
            uint64_t begun = clock_now();
            CHECK_EQUAL(RUN(RELEASER, "shmwrite", "--release", "-t", rows[i].timeout, "demo"), EXIT_DONE);
            CHECK_EQUAL(clock_now() - begun, rows[i].time);
            begun = clock_now();
            CHECK_EQUAL(RUN(PUTTER, "shmwrite", "-t", rows[i].timeout, "-d", "demo", "x"), EXIT_CONFLICT);
            CHECK_EQUAL(clock_now() - begun, rows[i].time);
            object_close(section);

            tool_reset();
            machine_foreign_section("demo", zeros, sizeof zeros, sizeof zeros);
            begun = clock_now();
            CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--put", "-t", rows[i].timeout, "demo", "x"), EXIT_CONFLICT);
            CHECK_EQUAL(clock_now() - begun, rows[i].time);
        }
    }
}

/* ---- Companions that are not ours -------------------------------------------------------------------------------- */

static int own_holder(void *unused)
{
    object *holder = NULL;
    (void)unused;
    CHECK_EQUAL(mutex_open("demo.winshm.holder", &holder), OSERROR_NONE);
    CHECK_EQUAL(wait_any(&holder, 1, clock_now()).how, WAITED_SIGNALLED);
    tool_sleep(100000);
    return 0;
}

static void test_squatters(void)
{
    TEST("a mutex of ours that another program owns before we do is a conflict")
    {
        struct report report = {.program = "shmwrite", .subject = "demo"};
        struct writer_options options = {.common.timeout = CLOCK_NEVER, .name = "demo"};
        struct hold hold;
        tool_reset();
        CHECK_EQUAL(hold_create(&report, &options, WINSHM_PAGE, NULL, &hold), EXIT_DONE);
        machine_start(SQUATTER, own_holder, NULL);
        tool_sleep(10);
        CHECK_EQUAL(hold_begin(&report, &options, &hold), EXIT_CONFLICT);
        CHECK(has_said(1, "shmwrite: demo: another program owns one of its mutexes\r\n"));
        machine_kill_process(SQUATTER);
        hold_close(&hold);
    }

    TEST("a value that is to be held again, and whose holder's mutex is something else, is a conflict that names it")
    {
        object *section = NULL;
        tool_reset();
        CHECK_EQUAL(RUN(MAKER, "shmwrite", "--put", "demo", "x"), EXIT_DONE);
        CHECK_EQUAL(section_open("demo", ACCESS_READ, &section), OSERROR_NONE);
        machine_kill_process(machine_started());
        machine_foreign("demo.winshm.holder", OBJECT_EVENT);
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--put", "demo", "y"), EXIT_CONFLICT);
        CHECK(strstr(tool_errors(PUTTER), "demo.winshm.holder") != NULL);
        CHECK_EQUAL(tool_failures(PUTTER), 1);
        object_close(section);
    }
}

int main(void)
{
    test_being_made();
    test_timeout();
    test_squatters();
    return check_end();
}
