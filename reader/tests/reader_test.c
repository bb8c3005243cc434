/* reader_test.c - each failure of a call, and each kill, while shmread runs. */
#include "common/tests/tool.h"

#include <unistd.h>

#include "common/memory/trailer.h"

static const char name[] = "demo";

/* ---- What is there ----------------------------------------------------------------------------------------------- */

static void with_value(void)
{
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", "demo", "value"), EXIT_DONE);
}

static void with_reads(void)
{
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "-d", "--reads", "100", "demo", "value"), EXIT_DONE);
}

static void with_sealed(void)
{
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "-d", "--sealed", "demo", "value"), EXIT_DONE);
}

static void with_utf16(void)
{
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "-d", "-e", "utf-16", "demo", "\xE6\xBC\xA2"), EXIT_DONE);
}

static void with_ansi(void)
{
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "-d", "-e", "ansi", "demo", "\xC3\xA9"), EXIT_DONE);
}

static void with_console(void)
{
    with_value();
    machine_output(TOOL_PROCESS, STANDARD_OUTPUT, MACHINE_CONSOLE);
    machine_output(TOOL_PROCESS, STANDARD_ERROR, MACHINE_CONSOLE);
}

static void with_foreign(void)
{
    machine_foreign_section(name, "theirs\0more", 12, 4096);
}

static void with_foreign_utf16(void)
{
    machine_foreign_section(name, "t\0h\0\xE9\0\0\0more", 12, 4096);
}

static void with_lock(void)
{
    with_foreign();
    machine_foreign("demo.lock", OBJECT_MUTEX);
}

static void with_latin(void)
{
    machine_foreign_section(name, "caf\xE9\0more", 9, 4096);
}

static void check_box(int status)
{
    if (status == EXIT_DONE) {
        CHECK_TEXT(machine_box_text(), "value");
    }
}

static void with_old_file(void)
{
    with_value();
    machine_file_put("out", "old", 3);
}

static void check_file(int status)
{
    size_t size = 0;
    const uint8_t *bytes = machine_file_bytes("out", &size);
    bool is_new = size == 5;
    CHECK_BYTES(bytes, size, is_new ? "value" : "old", is_new ? 5U : 3U);
    CHECK(is_new == (status == EXIT_DONE) || status == MACHINE_KILLED);
}

static void with_late_value(void)
{
    START(TOOL_OTHER, "shmwrite", "--hold-for", "1s", "demo", "late");
}

static void do_tool(const char *const arguments[])
{
    struct tool *tool = tool_prepare(TOOL_OTHER, arguments);
    CHECK_EQUAL(tool_main(tool->count, tool->arguments), EXIT_DONE);
}

#define DO(...) do_tool((const char *const[]){"shmwrite", __VA_ARGS__, NULL})

/* A value comes, changes, stays, and goes. */
static int come_and_go(void *context)
{
    (void)context;
    DO("--put", "demo", "one");
    tool_sleep(250);
    DO("--update", "demo", "two");
    tool_sleep(250);
    DO("--update", "demo", "two");
    tool_sleep(250);
    DO("--update", "demo", "");
    tool_sleep(250);
    DO("--release", "demo");
    return 0;
}

static void with_changes(void)
{
    machine_start(TOOL_OTHER, come_and_go, NULL);
}

/* The same in another program's memory, where the same bytes are the same value. */
static int change_foreign(void *context)
{
    (void)context;
    machine_foreign_section(name, "one", 4, 4096);
    tool_sleep(250);
    memcpy(machine_bytes(name, NULL), "two", 4);
    tool_sleep(250);
    memcpy(machine_bytes(name, NULL), "two", 4);
    tool_sleep(250);
    machine_forget(name);
    return 0;
}

static void with_foreign_changes(void)
{
    machine_start(TOOL_OTHER, change_foreign, NULL);
}

/* ---- Each call fails --------------------------------------------------------------------------------------------- */

static const struct tool_case cases[] = {
    {"a value", with_value, {"shmread", "demo"}, "value", "value", "value", 0, NULL},
    {"a value that is counted", with_reads, {"shmread", "demo"}, "value", "value", "value", 0, NULL},
    {"a sealed value", with_sealed, {"shmread", "demo"}, "value", "value", "value", 0, NULL},
    {"UTF-16", with_utf16, {"shmread", "demo"}, "\xE6\xBC\xA2", "\xE6\xBC\xA2", "\xE6\xBC\xA2", 0, NULL},
    {"a code page", with_ansi, {"shmread", "demo"}, "\xC3\xA9", "\xC3\xA9", "\xC3\xA9", 0, NULL},
    {"on a console", with_console, {"shmread", "demo"}, "value", "value", "value\r\n", 0, NULL},
    {"foreign", with_foreign, {"shmread", "demo"}, "theirs", "theirs", "theirs", 0, NULL},
    {"foreign UTF-16", with_foreign_utf16, {"shmread", "demo"}, "th\xC3\xA9", "th\xC3\xA9", "th\xC3\xA9", 0, NULL},
    {"--raw", with_value, {"shmread", "--raw", "demo"}, "value", "value", "value", 0, NULL},
    {"--raw, foreign", with_foreign, {"shmread", "--raw", "demo"}, "theirs", "theirs", "theirs", 0, NULL},
    {"--text", with_value, {"shmread", "--text", "demo"}, "value", "value", "value", 0, NULL},
    {"an ANSI code page", with_latin, {"shmread", "demo"}, "caf\xC3\xA9", "caf\xC3\xA9", "caf\xC3\xA9", 0, NULL},
    {"-e", with_ansi, {"shmread", "-e", "cp1252", "demo"}, "\xC3\xA9", "\xC3\xA9", "\xC3\xA9", 0, NULL},
    {"--offset", with_value, {"shmread", "--offset", "1", "-n", "2", "demo"}, "value", "value", "al", 0, NULL},
    {"--hex",
     with_foreign,
     {"shmread", "--hex", "-n", "4", "demo"},
     "theirs",
     "theirs",
     "00000000  74 68 65 69                                       |thei|\r\n00000004\r\n",
     0,
     NULL},
    {"--hex on a console",
     with_console,
     {"shmread", "--hex", "demo"},
     "value",
     "value",
     "00000000  76 61 6c 75 65                                    |value|\r\n00000005\r\n",
     0,
     NULL},
    {"--lock", with_lock, {"shmread", "--lock", "demo.lock", "demo"}, "theirs", "theirs", "theirs", 0, NULL},
    {"--message-box", with_value, {"shmread", "-m", "demo"}, "value", "value", NULL, 0, check_box},
    {"--output", with_old_file, {"shmread", "-o", "out", "demo"}, "value", "value", NULL, 0, check_file},
    {"--wait", with_late_value, {"shmread", "--wait", "-t", "5s", "demo"}, NULL, "late", "late", TOOL_MOVING, NULL},
    {"--follow",
     with_changes,
     {"shmread", "--wait", "--follow", "-t", "5s", "demo"},
     NULL,
     NULL,
     "one\r\ntwo\r\ntwo\r\n\r\n",
     TOOL_MOVING,
     NULL},
    {"--follow, foreign",
     with_foreign_changes,
     {"shmread", "--wait", "--follow", "-t", "5s", "demo"},
     NULL,
     NULL,
     "one\r\ntwo\r\n",
     TOOL_MOVING,
     NULL},
};

static void test_failing_calls(void)
{
    TEST("whichever call fails, the run ends with one line and nothing left open")
    {
        size_t injected = 0;
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            injected += tool_fail_each(&cases[i], name);
        }
        printf("# %zu calls failed\n", injected);
    }

    TEST("a reader that is killed at any call changes nothing")
    {
        static bool ours[1000];
        size_t kills = 0;
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            size_t calls = tool_rehearse(&cases[i], name, ours, 1000);
            for (size_t call = 0; call < calls && (cases[i].flags & TOOL_MOVING) == 0; call++) {
                size_t first = tool_begin(&cases[i]);
                machine_kill_at(first + call);
                bool is_killed = tool_run(TOOL_PROCESS, cases[i].arguments) == MACHINE_KILLED;
                if (!is_killed) {
                    CHECK(machine_call_process(first + call) != TOOL_PROCESS); /* it was the holder that counts */
                    tool_clear_away(name);
                    continue;
                }
                kills++;
                CHECK(tool_finds(name, cases[i].after));
                if (cases[i].check != NULL) {
                    cases[i].check(MACHINE_KILLED);
                }
                tool_clear_away(name);
            }
        }
        printf("# %zu kills\n", kills);
    }
}

/* ---- Failures that Wine does not have ---------------------------------------------------------------------------- */

static void with_global(void)
{
    machine_foreign_section("Global\\demo", "x", 1, 4096);
}

static void with_closed(void)
{
    with_foreign();
    machine_deny(name);
}

static void with_mutex(void)
{
    machine_foreign(name, OBJECT_MUTEX);
}

static void with_zeros(void)
{
    machine_foreign_section(name, NULL, 4096, 4096);
}

static void with_reserved(void)
{
    machine_foreign_section(name, NULL, 65536, 0);
}

static void with_filling(void)
{
    static const uint64_t magic = WINSHM_MAGIC;
    with_zeros();
    memcpy(machine_bytes(name, NULL) + 4096 - 8, &magic, 8);
}

static void spoil(size_t offset, int byte, size_t count)
{
    uint64_t size = 0;
    with_value();
    uint8_t *bytes = machine_bytes(name, &size);
    memset(bytes + size - WINSHM_TRAILER_SIZE + offset, byte, count);
}

static void with_damage(void)
{
    spoil(offsetof(winshm_trailer, capacity), 0xEE, 8);
}

static void with_false_length(void)
{
    spoil(offsetof(winshm_trailer, slots), 0xEE, 8);
}

static void with_newer(void)
{
    spoil(offsetof(winshm_trailer, layout), 99, 1);
}

static void with_little_room(void)
{
    with_foreign();
    machine_view_limit(1);
}

static void without_memory(void)
{
    with_value();
    machine_fail_function("memory_take", 0, OSERROR_NOT_ENOUGH_MEMORY);
}

static void without_output(void)
{
    with_value();
    machine_standard_absent(TOOL_PROCESS, STANDARD_OUTPUT);
}

static void with_closed_output(void)
{
    with_value();
    machine_output_limit(TOOL_PROCESS, STANDARD_OUTPUT, 2, OSERROR_NO_DATA);
}

static void with_full_disk(void)
{
    with_value();
    machine_disk_limit(3);
}

static void with_closed_file(void)
{
    with_value();
    machine_deny_write("out");
}

static const struct {
    const char *row;
    void (*prepare)(void);
    const char *arguments[10];
    enum status status;
    const char *line; /* after `shmread: demo: ` */
} failing[] = {
    {"nothing", NULL, {"demo"}, EXIT_NOTHING, "does not exist"},
    {"in the other namespace",
     with_global,
     {"demo"},
     EXIT_NOTHING,
     "does not exist, but Global\\demo does: try --global"},
    {"closed", with_closed, {"demo"}, EXIT_DENIED, "exists, but is closed to this user: Access is denied (5)"},
    {"a mutex", with_mutex, {"demo"}, EXIT_CONFLICT, "the name is that of a mutex, not of shared memory"},
    {"zeros", with_zeros, {"demo"}, EXIT_NOTHING, "nothing has been put into it yet"},
    {"nothing is committed", with_reserved, {"demo"}, EXIT_NOTHING, "nothing has been put into it yet"},
    {"being filled", with_filling, {"demo"}, EXIT_NOTHING, "nothing has been put into it yet"},
    {"being filled, --raw", with_filling, {"-r", "demo"}, EXIT_NOTHING, "nothing has been put into it yet"},
    {"damaged", with_damage, {"demo"}, EXIT_BROKEN, "its layout is damaged"},
    {"a false length", with_false_length, {"demo"}, EXIT_BROKEN, "its layout is damaged"},
    {"newer", with_newer, {"demo"}, EXIT_BROKEN, "was made by a newer shmwrite: its layout is not known"},
    {"the time is up", NULL, {"-w", "-t", "2s", "demo"}, EXIT_TIMED_OUT, "the time is up, and there is nothing yet"},
    {"the time is up, zeros",
     with_zeros,
     {"-w", "-t", "2s", "demo"},
     EXIT_TIMED_OUT,
     "the time is up, and there is nothing yet"},
    {"follow nothing", NULL, {"-f", "demo"}, EXIT_NOTHING, "does not exist"},
    {"follow what does not change",
     with_foreign,
     {"-f", "-t", "2s", "demo"},
     EXIT_TIMED_OUT,
     "the time is up, and there is nothing new"},
    {"no output", without_output, {"demo"}, EXIT_IO, "there is no standard output: The handle is invalid (6)"},
    {"a closed pipe", with_closed_output, {"demo"}, EXIT_IO, "whoever read the output has gone away"},
    {"a full disk",
     with_full_disk,
     {"-o", "out", "demo"},
     EXIT_IO,
     "cannot write out: There is not enough space on the disk (112)"},
    {"a closed file", with_closed_file, {"-o", "out", "demo"}, EXIT_IO, "cannot write out: Access is denied (5)"},
    {"no memory",
     without_memory,
     {"demo"},
     EXIT_NO_ROOM,
     "memory for 5 bytes could not be had: Not enough memory resources are available to process this command (8)"},
    {"no address space",
     with_little_room,
     {"demo"},
     EXIT_NO_ROOM,
     "does not fit into the address space of this " TOOL_BITS
     "-bit program: Not enough memory resources are available to process "
     "this command (8)"},
};

static void test_failures(void)
{
    TEST("each cause of a failure has its sentence and its status, and nothing is left")
    {
        for (size_t i = 0; i < 2 * (sizeof failing / sizeof *failing); i++) {
            bool deaf = i % 2 == 1; /* with nobody to say it to */
            const char *all[12] = {"shmread"};
            memcpy(all + 1, failing[i / 2].arguments, sizeof failing->arguments);
            check_row(failing[i / 2].row);
            tool_reset();
            if (failing[i / 2].prepare != NULL) {
                failing[i / 2].prepare();
            }
            if (deaf) {
                machine_standard_absent(TOOL_PROCESS, STANDARD_ERROR);
            }
            CHECK_EQUAL(tool_run(TOOL_PROCESS, all), failing[i / 2].status);
            char line[300];
            (void)snprintf(line, sizeof line, "shmread: demo: %s\r\n", failing[i / 2].line);
            CHECK_TEXT(tool_errors(TOOL_PROCESS), deaf ? "" : line);
            CHECK_EQUAL(machine_leaks(), 0);
        }
    }
}

/* ---- Waiting and following --------------------------------------------------------------------------------------- */

static void count_waits(void *context)
{
    ++*(size_t *)context;
}

/* While a value is printed, its name is given to another. */
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

static void test_following(void)
{
    TEST("between two looks nothing is kept open, so that a dead program's memory is not kept alive")
    {
        tool_reset();
        with_foreign();
        START(2, "shmread", "--follow", name);
        tool_sleep(250);
        CHECK_EQUAL(machine_live_objects() + machine_live_views(), 0);
        machine_forget(name);
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "theirs\r\n");
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("--follow looks as often as --interval says")
    {
        size_t waits = 0;
        tool_reset();
        with_foreign();
        machine_on_wait(count_waits, &waits);
        CHECK_EQUAL(RUN(2, "shmread", "-f", "--interval", "500ms", "-t", "10s", name), EXIT_TIMED_OUT);
        CHECK(waits >= 19 && waits <= 21);
    }

    TEST("a value that is made anew under the same name is new, though its number is the same")
    {
        tool_reset();
        CHECK_EQUAL(RUN(3, "shmwrite", "-d", name, "first"), EXIT_DONE);
        START(2, "shmread", "-f", "--interval", "1s", name);
        tool_sleep(100);
        CHECK_EQUAL(RUN(3, "shmwrite", "--release", name), EXIT_DONE);
        CHECK_EQUAL(RUN(3, "shmwrite", "-d", name, "second"), EXIT_DONE);
        tool_sleep(1500);
        CHECK_EQUAL(RUN(3, "shmwrite", "--release", name), EXIT_DONE);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "first\r\nsecond\r\n");
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("--follow passes over an update that is too short for --offset, and goes on")
    {
        tool_reset();
        CHECK_EQUAL(RUN(3, "shmwrite", "-d", name, "short"), EXIT_DONE);
        START(2, "shmread", "--follow", "--offset", "6", name);
        tool_sleep(150);
        static const char *const updates[] = {"long enough", "no", "again a long one"};
        for (size_t i = 0; i < sizeof updates / sizeof *updates; i++) {
            CHECK_EQUAL(RUN(3, "shmwrite", "--update", name, updates[i]), EXIT_DONE);
            tool_sleep(150);
        }
        CHECK_EQUAL(RUN(3, "shmwrite", "--release", name), EXIT_DONE);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "nough\r\na long one\r\n");
        CHECK_TEXT(tool_errors(2), "");
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("such a value is nothing new: --timeout ends it")
    {
        tool_reset();
        CHECK_EQUAL(RUN(3, "shmwrite", "-d", name, "short"), EXIT_DONE);
        CHECK_EQUAL(RUN(2, "shmread", "--follow", "--offset", "6", "--timeout", "1s", name), EXIT_TIMED_OUT);
        CHECK_EQUAL(RUN(2, "shmread", "--offset", "6", name), EXIT_NOTHING);
    }

    TEST("a reader that is slow to print keeps no name alive: it is free when its holder has let go")
    {
        tool_reset();
        CHECK_EQUAL(RUN(3, "shmwrite", "-d", name, "first"), EXIT_DONE);
        machine_on_call(replace_when_printed, NULL);
        CHECK_EQUAL(RUN(2, "shmread", name), EXIT_DONE);
        machine_on_call(NULL, NULL);
        CHECK_TEXT(tool_output(2), "first");
        CHECK(tool_finds(name, "second"));
    }

    TEST("--wait waits for contents, not for the name alone")
    {
        tool_reset();
        with_zeros();
        START(2, "shmread", "--wait", name);
        tool_sleep(500);
        memcpy(machine_bytes(name, NULL), "now", 3);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "now");
    }

    TEST("a read that was not delivered is not counted")
    {
        tool_reset();
        CHECK_EQUAL(RUN(3, "shmwrite", "-d", "--reads", "1", name, "x"), EXIT_DONE);
        machine_output_limit(2, STANDARD_OUTPUT, 0, OSERROR_NO_DATA);
        CHECK_EQUAL(RUN(2, "shmread", name), EXIT_IO);
        tool_sleep(100);
        CHECK_EQUAL(object_kind_of(name), OBJECT_SECTION);
        CHECK_EQUAL(RUN(4, "shmread", name), EXIT_DONE);
        tool_sleep(100);
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
    }
}

int main(void)
{
    (void)alarm(120);
    test_failing_calls();
    test_failures();
    test_following();
    machine_reset();
    return check_end();
}
