/*
 * turn_test.c - counted reads: one reader at a time has its turn.
 *
 * The holder is a program of this test, so that it can be late, die or let go
 * at any moment.
 */
#include "common/tests/tool.h"

#include <unistd.h>

#include "common/memory/companion.h"
#include "common/memory/shared.h"
#include "common/memory/trailer.h"
#include "common/memory/value.h"

static const char name[] = "demo";

enum { HOLDER = 2, FIRST = 3, SECOND = 4, THIRD = 5 };

/* ---- The holder -------------------------------------------------------------------------------------------------- */

static struct mapping held; /* the value that was held last */
static uint64_t late;       /* milliseconds that the holder waits before it counts a read */
static uint64_t reads_done; /* the reads that the holder has counted */

struct item {
    const char *text;
    uint64_t reads;
};

static object *companion(enum companion_role role)
{
    object *created = NULL;
    CHECK_EQUAL(companion_create(name, role, &held, NULL, &created), OSERROR_NONE);
    return created;
}

/*
 * Create a value, hold it until the last read has been counted, and let go of
 * it.
 */
static int hold(void *context)
{
    const struct item *item = context;
    struct trailer_plan plan;
    struct view view;
    object *section = NULL;
    CHECK(trailer_plan(WINSHM_VALUE, strlen(item->text), false, &plan));
    plan.reads = item->reads;
    CHECK_EQUAL(section_create(name, plan.section_size, NULL, &section), OSERROR_NONE);
    CHECK_EQUAL(view_map(section, ACCESS_WRITE, &view), OSERROR_NONE);
    trailer_begin(&view, &plan, &held);
    struct mapping mapping = held;
    object *turn = companion(COMPANION_TURN);
    object *reads = companion(COMPANION_READS);
    object *counted = companion(COMPANION_COUNTED);
    memcpy(value_contents(&mapping), item->text, strlen(item->text));
    shared_store64_release(&mapping.trailer->held, clock_wall());
    shared_store32_release(&mapping.trailer->holder, process_id());
    value_publish(&mapping, strlen(item->text), (struct value_text){.encoding = WINSHM_BYTES});

    for (uint64_t done = 0; done < item->reads;) {
        CHECK_EQUAL(wait_any(&reads, 1, CLOCK_NEVER).how, WAITED_SIGNALLED);
        tool_sleep(late);
        shared_store64_release(&mapping.trailer->reads_done, ++done);
        reads_done = done;
        if (done == item->reads) {
            trailer_release(&mapping);
        }
        (void)object_signal(counted, SIGNAL_SET);
    }
    view_unmap(&view);
    object_close(section);
    object_close(turn);
    object_close(reads);
    object_close(counted);
    return EXIT_DONE;
}

static void start(const char *text, uint64_t reads)
{
    static struct item item;
    item = (struct item){text, reads};
    tool_reset();
    late = 0;
    reads_done = 0;
    machine_start(HOLDER, hold, &item);
    tool_sleep(1);
}

/* A program that keeps the section open, and so the memory and its name. */
static int keep(void *context)
{
    object *section = NULL;
    (void)context;
    CHECK_EQUAL(section_open(name, ACCESS_READ, &section), OSERROR_NONE);
    tool_sleep(100000);
    object_close(section);
    return 0;
}

/* ---- Events in the middle of a read ------------------------------------------------------------------------------ */

static const char *awaited_call;
static uint32_t awaited_process;
static void (*meanwhile)(void);

static void happen(void *context, const char *function, size_t index)
{
    (void)context;
    if (meanwhile != NULL && machine_call_process(index) == awaited_process && strcmp(function, awaited_call) == 0) {
        void (*event)(void) = meanwhile;
        meanwhile = NULL;
        event();
    }
}

/* Let `event` happen when the process is about to call the function `call`. */
static void at(uint32_t process, const char *call, void (*event)(void))
{
    awaited_process = process;
    awaited_call = call;
    meanwhile = event;
    machine_on_call(happen, NULL);
}

static void let_go(void)
{
    trailer_release(&held);
}

static void kill_holder(void)
{
    machine_kill_process(HOLDER);
}

static void begin_to_hold(void)
{
    shared_store64_release(&held.trailer->held, clock_wall());
    shared_store32_release(&held.trailer->holder, HOLDER);
}

static void kill_first(void)
{
    machine_kill_process(FIRST);
}

static int second_status;

static void read_too(void)
{
    second_status = RUN(SECOND, "shmread", "-t", "1s", name);
}

/* Change the trailer to that of a value without a holder. */
static void has_no_holder(void)
{
    held.trailer->holder = 0;
    held.trailer->held = 0;
}

static void keep_memory(void)
{
    machine_start(THIRD, keep, NULL);
    tool_sleep(1);
}

/*
 * Read the value, and check the status, the output, and the message after
 * `shmread: demo: `.
 */
static void check_read(uint32_t reader, int status, const char *output, const char *line)
{
    char said[100] = "";
    CHECK_EQUAL(RUN(reader, "shmread", name), status);
    if (line != NULL) {
        (void)snprintf(said, sizeof said, "shmread: demo: %s\r\n", line);
    }
    CHECK_TEXT(tool_output(reader), output);
    CHECK_TEXT(tool_errors(reader), said);
}

/* Read the value with an option, and check the status and how long it takes. */
static void check_timed(const char *option, int status, uint64_t milliseconds)
{
    uint64_t begun = clock_now();
    CHECK_EQUAL(RUN(FIRST, "shmread", option, name), status);
    CHECK(clock_now() >= begun + milliseconds && clock_now() < begun + milliseconds + 100);
    CHECK_EQUAL(machine_leaks(), 0);
}

static const char *const partial[][4] = {
    {"-n1"},    {"-n", "100"}, {"--offset", "9"}, {"--text"},     {"--raw"},           {"-n0", "-r"}, {"--stat"},
    {"--list"}, {"-x", "-n4"}, {"-t0", "-fn1"},   {"-f", "-rt0"}, {"--get", "text@0"}, {"-e", "u8"}};
static const char *const complete[][3] = {{"-v"}, {"--wait"}, {"--hex"}, {"-o", "out"}, {"-e", "utf-8"}, {"-m"}};

/* Run shmread with one or two options. */
static int read_with(const char *const options[])
{
    return options[1] == NULL ? RUN(FIRST, "shmread", options[0], name)
                              : RUN(FIRST, "shmread", options[0], options[1], name);
}

static void (*const ends[])(void) = {let_go, kill_holder};

int main(void)
{
    (void)alarm(60);
    TEST("shmread ends when its read has been counted, and not before")
    {
        start("x", 2);
        late = 300;
        check_timed("-v", EXIT_DONE, 300);
        CHECK_EQUAL(reads_done, 1);
        check_read(FIRST, EXIT_DONE, "xx", NULL);
        CHECK_EQUAL(machine_finish(HOLDER), EXIT_DONE);
        check_read(FIRST, EXIT_NOTHING, "xx", "does not exist");
    }

    TEST("if one read is left, one of two readers prints the value, and the other reports that it does not exist")
    {
        for (int i = 0; i < 2; i++) {
            start("x", 1);
            START(FIRST, "shmread", i == 0 ? "-v" : "--follow", name);
            START(SECOND, "shmread", i == 0 ? "-v" : "--follow", "--timeout", "1s", name);
            int first = machine_finish(FIRST);
            int second = machine_finish(SECOND);
            CHECK((first == EXIT_DONE && second == EXIT_NOTHING) || (first == EXIT_NOTHING && second == EXIT_DONE));
            uint32_t winner = first == EXIT_DONE ? FIRST : SECOND;
            uint32_t loser = first == EXIT_DONE ? SECOND : FIRST;
            CHECK_TEXT(tool_output(winner), i == 0 ? "x" : "x\r\n");
            CHECK_TEXT(tool_output(loser), "");
            CHECK_TEXT(tool_errors(loser), "shmread: demo: does not exist\r\n");
            CHECK_EQUAL(machine_finish(HOLDER), EXIT_DONE);
            CHECK_EQUAL(machine_leaks(), 0);
        }
    }

    TEST("shmread does not print a released value, although another program keeps its memory")
    {
        start("x", 1);
        keep_memory();
        check_read(FIRST, EXIT_DONE, "x", NULL);
        CHECK_EQUAL(machine_finish(HOLDER), EXIT_DONE);
        CHECK_EQUAL(object_kind_of(name), OBJECT_SECTION);
        check_read(SECOND, EXIT_NOTHING, "", "has been released, but another program keeps the memory open");
        CHECK_EQUAL(RUN(SECOND, "shmread", "-wt1s", name), EXIT_TIMED_OUT);
        CHECK_EQUAL(RUN(SECOND, "shmread", "--follow", name), EXIT_NOTHING);
        CHECK_EQUAL(RUN(SECOND, "shmread", "--raw", name), EXIT_NOTHING);
        CHECK_TEXT(tool_output(SECOND), "");
    }

    TEST("a reader waits until --timeout for another reader that has its turn")
    {
        start("x", 2);
        at(FIRST, "file_write", read_too);
        uint64_t begun = clock_now();
        check_read(FIRST, EXIT_DONE, "x", NULL);
        CHECK_EQUAL(second_status, EXIT_TIMED_OUT);
        CHECK_TEXT(tool_output(SECOND), "");
        CHECK_TEXT(tool_errors(SECOND), "shmread: demo: timed out waiting for another reader\r\n");
        CHECK(clock_now() >= begun + 1000 && clock_now() < begun + 1100);
        CHECK_EQUAL(reads_done, 1);
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("a reader that waits for its turn ends when the holder lets go or dies")
    {
        for (size_t i = 0; i < 2; i++) {
            start("x", 1);
            object *turn = NULL;
            CHECK_EQUAL(companion_open(name, COMPANION_TURN, &held, &turn), OSERROR_NONE);
            CHECK_EQUAL(wait_any(&turn, 1, 0).how, WAITED_SIGNALLED);
            START(FIRST, "shmread", name);
            tool_sleep(500);
            ends[i]();
            CHECK_EQUAL(machine_finish(FIRST), EXIT_NOTHING);
            CHECK(clock_now() < 1700);
            CHECK_TEXT(tool_output(FIRST), "");
            (void)object_signal(turn, SIGNAL_RELEASE);
            object_close(turn);
        }
    }

    TEST("a read is not counted if it is refused, cut off, partial or killed")
    {
        start("some text", 1);
        machine_output_limit(FIRST, STANDARD_OUTPUT, 2, OSERROR_NO_DATA);
        CHECK_EQUAL(RUN(FIRST, "shmread", name), EXIT_IO);
        machine_output_limit(FIRST, STANDARD_OUTPUT, UINT64_MAX, OSERROR_NONE);
        for (size_t i = 0; i < sizeof partial / sizeof *partial; i++) {
            check_row(partial[i][0]);
            int status = read_with(partial[i]);
            CHECK(status == EXIT_DONE || status == EXIT_TIMED_OUT);
        }
        CHECK_EQUAL(RUN(FIRST, "shmread", "--mutex", "some", name), EXIT_USAGE);
        machine_file_put("out", "old", 3);
        machine_deny_write("out");
        CHECK_EQUAL(RUN(FIRST, "shmread", "-o", "out", name), EXIT_IO);
        at(FIRST, "semaphore_raise", kill_first);
        CHECK_EQUAL(RUN(FIRST, "shmread", name), MACHINE_KILLED);
        tool_sleep(100);
        CHECK_EQUAL(reads_done, 0);
        check_read(SECOND, EXIT_DONE, "some text", NULL);
        CHECK_EQUAL(machine_finish(HOLDER), EXIT_DONE);
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("a complete read is counted, in whatever form the value is printed")
    {
        start("x", sizeof complete / sizeof *complete);
        for (size_t i = 0; i < sizeof complete / sizeof *complete; i++) {
            CHECK_EQUAL(read_with(complete[i]), EXIT_DONE);
            CHECK_EQUAL(reads_done, i + 1);
        }
        CHECK_EQUAL(machine_finish(HOLDER), EXIT_DONE);
    }

    TEST("shmread succeeds at once if the holder lets go or dies before it has counted the read")
    {
        for (size_t i = 0; i < 2; i++) {
            start("x", 1);
            late = 10000;
            at(FIRST, "semaphore_raise", ends[i]);
            check_timed("-v", EXIT_DONE, 0);
        }
    }

    TEST("shmread does not print a value whose dead holder cannot count the read, but prints a part of it")
    {
        start("x", 1);
        keep_memory();
        kill_holder();
        check_timed("-v", EXIT_NOTHING, 0);
        CHECK_TEXT(tool_output(FIRST), "");
        check_timed("-n9", EXIT_DONE, 0);
    }

    TEST("no reader waits for a holder if the creator died before there was one, before or after printing")
    {
        start("x", 1);
        has_no_holder();
        at(FIRST, "semaphore_raise", kill_holder);
        check_timed("--wait", EXIT_DONE, 0);
        start("x", 1);
        has_no_holder();
        keep_memory();
        at(FIRST, "mutex_open", kill_holder);
        check_timed("-v", EXIT_NOTHING, 0);
    }

    TEST("a reader waits for the first holder to count its read, also if that holder began during the read")
    {
        start("x", 2);
        has_no_holder();
        late = 300;
        at(FIRST, "semaphore_raise", begin_to_hold);
        check_timed("-v", EXIT_DONE, 300);
        CHECK_EQUAL(reads_done, 1);
    }

    TEST("a reader waits at most a minute, or until --timeout, for a live holder that does not count the read")
    {
        for (size_t i = 0; i < 2; i++) {
            start("x", 1);
            late = 1000000;
            check_timed(i == 0 ? "-t10s" : "-v", EXIT_TIMED_OUT, i == 0 ? 10000 : 60000);
            CHECK_TEXT(tool_errors(FIRST), "shmread: demo: timed out waiting for its holder to count the read\r\n");
        }
    }

    TEST("shmread prints nothing if it may not open a companion")
    {
        char full[NAME_ROOM];
        start("x", 1);
        companion_name(name, COMPANION_READS, &held, full);
        machine_deny(full);
        CHECK_EQUAL(RUN(FIRST, "shmread", name), EXIT_DENIED);
        CHECK_TEXT(tool_output(FIRST), "");
    }
    machine_reset();
    return check_end();
}
