/*
 * waiting_test.c - what shmwrite waits for, for how long, and what it says when that was in vain.
 *
 * Several programs at once, of which one is slow: its file comes from a drive that takes its time.
 */
#include "common/memory/trailer.h"
#include "common/tests/tool.h"
#include "writer/hold.h"

enum { CREATOR = 2, READER = 3, RELEASER = 4, PUTTER = 5, SQUATTER = 6 };

static const char *pause_at; /* CREATOR pauses in its first call of this function */
static uint64_t pause_for;   /* for this number of milliseconds */
static char long_text[9000];

static void pause_once(void *unused, const char *function, size_t index)
{
    (void)unused;
    if (pause_at != NULL && strcmp(function, pause_at) == 0 && machine_call_process(index) == CREATOR) {
        pause_at = NULL;
        tool_sleep(pause_for);
    }
}

/*
 * Give the creator a file as input, and pause the creator for `milliseconds` in
 * its first call of `function`.
 */
static void begin_pausing(const char *function, uint64_t milliseconds)
{
    tool_reset();
    pause_at = function;
    pause_for = milliseconds;
    machine_on_call(pause_once, NULL);
    machine_input_file(CREATOR, "first", 5, 5);
}

/* Return whether the first line of a process is this one. */
static bool has_said(uint32_t process, const char *line)
{
    return strncmp(tool_errors(process), line, strlen(line)) == 0;
}

static object *kept; /* a section that another program keeps */

static void keep_section(void)
{
    uint32_t test = machine_switch_process(0);
    CHECK_EQUAL(section_open("demo", ACCESS_READ, &kept), OSERROR_NONE);
    (void)machine_switch_process(test);
}

/* ---- Names that are just being made ------------------------------------------------------------------------------ */

static void test_being_made(void)
{
    TEST("a command waits for a NAME that is being created, wherever its creator is")
    {
        static const char *const functions[] = {"file_read", "view_map", "event_create", "interrupt_catch",
                                                "process_start"};
        static const char *const verbs[] = {"--update", "--put", "--release"};
        for (size_t i = 0; i < 15; i++) {
            bool is_release = i % 3 == 2;
            (void)snprintf(check_row_text, sizeof check_row_text, "%s, %s", functions[i / 3], verbs[i % 3]);
            begin_pausing(functions[i / 3], 3000);
            START(CREATOR, "shmwrite", "--detach", "--size", "100", "demo");
            tool_sleep(100);
            CHECK_EQUAL(is_release ? RUN(PUTTER, "shmwrite", "--release", "demo")
                                   : RUN(PUTTER, "shmwrite", verbs[i % 3], "demo", "second"),
                        EXIT_DONE);
            CHECK_TEXT(tool_errors(PUTTER), "");
            CHECK_EQUAL(machine_finish(CREATOR), EXIT_DONE);
            CHECK(pause_at == NULL);
            CHECK(tool_finds("demo", is_release ? NULL : "second"));
            tool_clear_away("demo");
        }
    }

    TEST("an --update waits for it not longer than --timeout")
    {
        begin_pausing("file_read", 3000);
        START(CREATOR, "shmwrite", "--put", "demo");
        tool_sleep(100);
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--update", "--timeout", "1s", "demo", "second"), EXIT_TIMED_OUT);
        CHECK_EQUAL(clock_now(), 1000 + 100 + 1000);
        CHECK_EQUAL(machine_finish(CREATOR), EXIT_DONE);
    }

    TEST("one whose creator has died in the middle is nothing, and is reported to be so at once")
    {
        begin_pausing("file_read", 3000);
        START(CREATOR, "shmwrite", "demo");
        tool_sleep(100);
        keep_section();
        machine_kill_process(CREATOR);
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--update", "demo", "second"), EXIT_NOTHING);
        CHECK_EQUAL(clock_now(), 1000 + 100);
        CHECK_EQUAL(RUN(RELEASER, "shmwrite", "--put", "demo", "second"), EXIT_CONFLICT);
        CHECK(has_said(RELEASER, "shmwrite: demo: has no holder any more, but another program keeps the memory open"));
    }

    TEST("Ctrl+C ends a command whose input is slow, which then holds nothing")
    {
        begin_pausing("file_read", 30000);
        START(CREATOR, "shmwrite", "demo");
        tool_sleep(100);
        machine_interrupt(CREATOR);
        tool_sleep(100);
        CHECK_EQUAL(object_kind_of("demo"), OBJECT_NONE);
        CHECK_TEXT(tool_errors(CREATOR), "");
        CHECK(machine_finish(CREATOR) != EXIT_DONE);
    }
}

/* ---- Commands that meet on one name ------------------------------------------------------------------------------ */

static winshm_trailer *trailer_of(const char *name)
{
    uint64_t size = 0;
    uint8_t *bytes = machine_bytes(name, &size);
    return (winshm_trailer *)(void *)(bytes + size - sizeof(winshm_trailer));
}

static void stop_keeping(void *moment)
{
    if (clock_now() >= *(uint64_t *)moment && kept != NULL) {
        uint32_t test = machine_switch_process(0);
        object_close(kept);
        kept = NULL;
        (void)machine_switch_process(test);
    }
}

/* As --stat does where it cannot ask for the process. */
static int look_at_holder(void *unused)
{
    object *holder = NULL;
    (void)unused;
    CHECK_EQUAL(object_open(OBJECT_MUTEX, "demo.winshm.holder", &holder), OSERROR_NONE);
    CHECK_EQUAL(wait_any(&holder, 1, 0).how, WAITED_SIGNALLED);
    tool_sleep(300);
    (void)object_signal(holder, SIGNAL_RELEASE);
    object_close(holder);
    return 0;
}

/* A value that another program keeps, with an option, and its holder dead. */
static void begin_dead(const char *option)
{
    tool_reset();
    CHECK_EQUAL(RUN(CREATOR, "shmwrite", "--put", option, "demo", "first"), EXIT_DONE);
    keep_section();
    machine_kill_process(machine_started());
}

/* A value whose holder has died, while a program looks at the mutex. */
static void begin_looked_at(void)
{
    begin_dead("-q");
    machine_foreign("demo.winshm.holder", OBJECT_MUTEX);
    machine_start(SQUATTER, look_at_holder, NULL);
    tool_sleep(1);
}

/* A released value whose memory another program keeps. */
static void begin_released(const char *action, const char *option)
{
    tool_reset();
    CHECK_EQUAL(RUN(CREATOR, "shmwrite", action, option, "demo", "first"), EXIT_DONE);
    keep_section();
    CHECK_EQUAL(RUN(RELEASER, "shmwrite", "--release", "-t", "100ms", "demo"), EXIT_DONE);
    CHECK_EQUAL(trailer_of("demo")->state, WINSHM_RELEASED);
}

static void test_meeting(void)
{
    TEST("zeros that a creator has left when it died are nothing, and zeros of another program a conflict")
    {
        static const char *const commands[][5] = {{"shmwrite", "--release", "demo"}, {"shmwrite", "-u", "demo", "x"}};
        for (size_t i = 0; i < 2; i++) {
            check_row(commands[i][1]);
            tool_reset();
            machine_foreign_section("demo", NULL, WINSHM_PAGE, WINSHM_PAGE);
            CHECK_EQUAL(tool_run(PUTTER, commands[i]), EXIT_CONFLICT);
            CHECK_EQUAL(clock_now(), 1000 + 1000);
            keep_section();
            machine_forget("demo");
            machine_on_wait(stop_keeping, &(uint64_t){1000 + 1500});
            CHECK_EQUAL(tool_run(RELEASER, commands[i]), EXIT_NOTHING);
            CHECK_EQUAL(tool_failures(RELEASER), 1);
        }
    }

    TEST("a released value does not exist, and --put waits for its name")
    {
        begin_released("--put", "-q");
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--update", "demo", "second"), EXIT_NOTHING);
        machine_on_wait(stop_keeping, &(uint64_t){1000 + 500});
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--put", "--size", "9000", "demo", "second"), EXIT_DONE);
        CHECK(tool_finds("demo", "second"));
        CHECK_EQUAL(trailer_of("demo")->current >> 1, 1);
        CHECK(trailer_of("demo")->capacity >= 9000);
        tool_clear_away("demo");
    }

    TEST("a holder that lets go by itself releases its value, and --release that of a dead one")
    {
        tool_reset();
        CHECK_EQUAL(RUN(CREATOR, "shmwrite", "-d", "--hold-for", "1s", "demo", "first"), EXIT_DONE);
        keep_section();
        CHECK_EQUAL(machine_finish(machine_started()), EXIT_DONE);
        CHECK_EQUAL(trailer_of("demo")->state, WINSHM_RELEASED);
        begin_dead("-q");
        CHECK_EQUAL(RUN(RELEASER, "shmwrite", "--release", "demo"), EXIT_DONE);
        CHECK_EQUAL(trailer_of("demo")->state, WINSHM_RELEASED);
        kept = NULL;
    }

    TEST("a released value that other programs keep is put again into their memory")
    {
        begin_released("--put", "-q");
        uint64_t before = clock_now();
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--put", "demo", "second"), EXIT_DONE);
        CHECK_EQUAL(clock_now() - before, 1000);
        CHECK(tool_finds("demo", "second"));
        CHECK_EQUAL(trailer_of("demo")->state, WINSHM_PUBLISHED);
        CHECK_EQUAL(trailer_of("demo")->holder, machine_started());
    }

    TEST("a released value that other programs keep is put again only as what this command would make")
    {
        static const struct {
            const char *action;
            const char *created;
            const char *option;
            const char *text;
        } rows[] = {{"--put", "--allow=write", "-t9s", "second"}, {"--put", "-q", "--allow=read", "second"},
                    {"--put", "-q", "--size=9000", "second"},     {"--put", "-q", "--sealed", "second"},
                    {"--put", "-q", "--reads=1", "second"},       {"--put", "-q", "-t9s", long_text},
                    {"--detach", "--sealed", "-t9s", "second"}};
        memset(long_text, 'x', sizeof long_text - 1);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            check_row(rows[i].option);
            begin_released(rows[i].action, rows[i].created);
            CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--put", rows[i].option, "demo", rows[i].text), EXIT_CONFLICT);
            CHECK(strstr(tool_errors(PUTTER), "has no holder any more, but another program keeps the memory open") !=
                  NULL);
            CHECK_EQUAL(tool_failures(PUTTER), 1);
            CHECK_EQUAL(trailer_of("demo")->state, WINSHM_RELEASED);
        }
    }

    TEST("a value that counts its reads and whose holder died is not held again")
    {
        tool_reset();
        CHECK_EQUAL(RUN(CREATOR, "shmwrite", "--put", "--reads", "3", "demo", "first"), EXIT_DONE);
        tool_count_read("demo");
        keep_section();
        machine_kill_process(machine_started());
        machine_on_wait(stop_keeping, &(uint64_t){1000 + 500});
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--put", "--reads", "2", "demo", "second"), EXIT_DONE);
        CHECK_EQUAL(trailer_of("demo")->reads, 2);
        CHECK_EQUAL(trailer_of("demo")->reads_done, 0);
        tool_clear_away("demo");
    }

    TEST("an update of a value that counts its reads waits for the reader whose turn it is, not beyond --timeout")
    {
        tool_reset();
        CHECK_EQUAL(RUN(CREATOR, "shmwrite", "--put", "--reads", "1", "demo", "first"), EXIT_DONE);
        object *turn = NULL;
        CHECK_EQUAL(object_open(OBJECT_MUTEX, tool_counted("demo", COMPANION_TURN), &turn), OSERROR_NONE);
        CHECK_EQUAL(wait_any(&turn, 1, clock_now()).how, WAITED_SIGNALLED);
        uint64_t before = clock_now();
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--update", "-t", "200ms", "demo", "second"), EXIT_TIMED_OUT);
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--put", "-t", "200ms", "demo", "second"), EXIT_TIMED_OUT);
        CHECK_EQUAL(clock_now() - before, 400);
        CHECK(strstr(tool_errors(PUTTER), "timed out waiting for a reader") != NULL);
        CHECK_EQUAL(trailer_of("demo")->current >> 1, 1);
        (void)object_signal(turn, SIGNAL_RELEASE);
        object_close(turn);
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--update", "demo", "second"), EXIT_DONE);
        CHECK(tool_finds("demo", "second"));
        tool_clear_away("demo");
    }

    TEST("a value that was read as often as it may be is released, although its holder died before it said so")
    {
        tool_reset();
        CHECK_EQUAL(RUN(CREATOR, "shmwrite", "--put", "--reads", "3", "demo", "first"), EXIT_DONE);
        trailer_of("demo")->reads_done = 3;
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--update", "demo", "second"), EXIT_NOTHING);
        tool_clear_away("demo");
    }

    TEST("a process that only looks at the mutex of a dead holder is not taken for a holder")
    {
        begin_looked_at();
        CHECK_EQUAL(RUN(PUTTER, "shmwrite", "--put", "demo", "second"), EXIT_DONE);
        CHECK_EQUAL(trailer_of("demo")->holder, machine_started());
        CHECK(trailer_of("demo")->held != 0 && trailer_of("demo")->held <= clock_wall());
        CHECK_EQUAL(machine_finish(SQUATTER), 0);
        machine_kill_process(0);
        machine_forget("demo.winshm.holder");
        CHECK(tool_finds("demo", "second"));
        tool_clear_away("demo");
    }

    TEST("a look at the mutex of a dead holder is not waited for beyond --timeout")
    {
        static const char *const commands[][7] = {{"shmwrite", "--put", "-t", "100ms", "demo", "second"},
                                                  {"shmwrite", "--release", "-t", "100ms", "demo"}};
        for (size_t i = 0; i < 2; i++) {
            check_row(commands[i][1]);
            begin_looked_at();
            uint64_t before = clock_now();
            (void)tool_run(PUTTER, commands[i]);
            CHECK(clock_now() - before <= 120);
            machine_kill_process(SQUATTER);
        }
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

/*
 * A reader that attaches to the stream, reads nothing, and wakes the writer
 * again and again.
 */
static int read_nothing(void *unused)
{
    object *consumer = NULL;
    object *space = NULL;
    object *reads = NULL;
    (void)unused;
    CHECK_EQUAL(object_open(OBJECT_MUTEX, "demo.winshm.consumer", &consumer), OSERROR_NONE);
    CHECK_EQUAL(wait_any(&consumer, 1, 0).how, WAITED_SIGNALLED);
    CHECK_EQUAL(object_open(OBJECT_EVENT, "demo.winshm.space", &space), OSERROR_NONE);
    CHECK_EQUAL(object_open(OBJECT_SEMAPHORE, "demo.winshm.reads", &reads), OSERROR_NONE);
    trailer_of("demo")->consumer = READER;
    CHECK_EQUAL(object_signal(reads, SIGNAL_RAISE), OSERROR_NONE);
    for (int i = 0; i < 600 && object_kind_of("demo") == OBJECT_SECTION; i++) {
        CHECK_EQUAL(object_signal(space, SIGNAL_SET), OSERROR_NONE);
        tool_sleep(100);
    }
    return 0;
}

/* `reads` is raised whenever the writer waits, and time passes. */
static void raise_always(void *release_at, const char *function, size_t index)
{
    static bool within;
    object *companion = NULL;
    if (within || strcmp(function, "wait_any") != 0 || machine_call_process(index) != CREATOR) {
        return;
    }
    within = true;
    uint32_t writer = machine_switch_process(SQUATTER);
    if (object_open(OBJECT_SEMAPHORE, "demo.winshm.reads", &companion) == OSERROR_NONE) {
        CHECK_EQUAL(object_signal(companion, SIGNAL_RAISE), OSERROR_NONE);
        object_close(companion);
        machine_clock_advance(10);
    }
    if (release_at != NULL && clock_now() > *(uint64_t *)release_at &&
        object_open(OBJECT_EVENT, "demo.winshm.release", &companion) == OSERROR_NONE) {
        CHECK_EQUAL(object_signal(companion, SIGNAL_SET), OSERROR_NONE);
        object_close(companion);
    }
    (void)machine_switch_process(writer);
    within = false;
}

static void test_timeout(void)
{
    TEST("a reader that wakes the writer and takes nothing does not keep it from giving up")
    {
        static char much[8192];
        static const struct machine_piece pieces[] = {{much, sizeof much, 0}, {NULL, 0, MACHINE_BLOCKS}};
        tool_reset();
        machine_input_pipe(CREATOR, pieces, 2);
        START(CREATOR, "shmwrite", "--stream", "--size", "4K", "--timeout", "3s", "demo");
        tool_sleep(10);
        machine_start(READER, read_nothing, NULL);
        CHECK_EQUAL(machine_finish(CREATOR), EXIT_TIMED_OUT);
        CHECK(clock_now() <= 1000 + 3000 + 200);
        CHECK(has_said(CREATOR, "shmwrite: demo: timed out waiting for the reader, which has stopped reading\r\n"));
        machine_kill_process(READER);
    }

    TEST("nor does one that raises the count of its readers, also not from --release")
    {
        static const struct machine_piece pieces[] = {{"hello", 5, 0}, {NULL, 0, MACHINE_BLOCKS}};
        static uint64_t release_at = 1000 + 2000;
        for (int i = 0; i < 2; i++) {
            tool_reset();
            machine_input_pipe(CREATOR, pieces, 2);
            machine_on_call(raise_always, i == 0 ? NULL : &release_at);
            CHECK_EQUAL(RUN(CREATOR, "shmwrite", "--stream", "--timeout", "5s", "demo"),
                        i == 0 ? EXIT_TIMED_OUT : EXIT_BROKEN);
            CHECK(clock_now() <= (i == 0 ? 1000 + 5000 : release_at) + 200);
        }
    }

    TEST("a stream that is only looked at is given up when the time is up")
    {
        static const struct machine_piece pieces[] = {{"hello", 5, 0}, {NULL, 0, MACHINE_BLOCKS}};
        tool_reset();
        machine_input_pipe(CREATOR, pieces, 2);
        machine_start(READER, look_often, NULL);
        CHECK_EQUAL(RUN(CREATOR, "shmwrite", "--stream", "--timeout", "5s", "demo"), EXIT_TIMED_OUT);
        CHECK(clock_now() >= 1000 + 5000 && clock_now() < 1000 + 6000);
        CHECK(has_said(CREATOR, "shmwrite: demo: timed out waiting for a reader\r\n"));
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
            CHECK_EQUAL(RUN(CREATOR, "shmwrite", "-d", "demo", "x"), EXIT_DONE);
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
    CHECK_EQUAL(object_open(OBJECT_MUTEX, "demo.winshm.holder", &holder), OSERROR_NONE);
    CHECK_EQUAL(wait_any(&holder, 1, clock_now()).how, WAITED_SIGNALLED);
    tool_sleep(100000);
    return 0;
}

/*
 * Delete the event of a holder that is waited for. If it is still there, a
 * waiting command keeps it. Then let the holder die, so that its mutex is free.
 */
static void forget_release(void *is_kept)
{
    static const char release[] = "demo.winshm.release";
    if (object_kind_of(release) != OBJECT_NONE) {
        machine_forget(release);
        *(bool *)is_kept = object_kind_of(release) != OBJECT_NONE;
        machine_kill_process(SQUATTER);
    }
}

static void test_squatters(void)
{
    TEST("a --release that waits for a holder to let go does not keep its event")
    {
        bool is_kept = false;
        tool_reset();
        machine_foreign_section("demo", "x", 1, WINSHM_PAGE);
        machine_foreign("demo.winshm.holder", OBJECT_MUTEX);
        machine_foreign("demo.winshm.release", OBJECT_EVENT);
        machine_start(SQUATTER, own_holder, NULL);
        tool_sleep(1);
        machine_on_wait(forget_release, &is_kept);
        CHECK_EQUAL(RUN(RELEASER, "shmwrite", "--release", "--timeout", "1m", "demo"), EXIT_DONE);
        CHECK(!is_kept);
        CHECK_EQUAL(object_kind_of("demo.winshm.release"), OBJECT_NONE);
    }

    TEST("a mutex of ours that another program owns before we do is a conflict")
    {
        struct report report = {.program = "shmwrite", .subject = "demo"};
        struct writer_options options = {.common.timeout = CLOCK_NEVER, .name = "demo"};
        struct writer writer = {.report = &report, .options = &options, .deadline = CLOCK_NEVER};
        struct hold hold = {0};
        struct trailer_plan plan;
        tool_reset();
        CHECK(trailer_plan(WINSHM_VALUE, 10, true, &plan));
        CHECK_EQUAL(hold_make(&writer, &plan, &hold), EXIT_DONE);
        machine_start(SQUATTER, own_holder, NULL);
        tool_sleep(10);
        CHECK_EQUAL(hold_begin(&writer, &hold), EXIT_CONFLICT);
        CHECK(has_said(1, "shmwrite: demo: another program owns one of its mutexes\r\n"));
        machine_kill_process(SQUATTER);
        hold_close(&hold);
    }
}

int main(void)
{
    test_being_made();
    test_meeting();
    test_timeout();
    test_squatters();
    return check_end();
}
