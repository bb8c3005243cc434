/* writer_test.c - shmwrite on the simulated machine, with failures and kills. */
#include "common/tests/tool.h"

#include <unistd.h>

#include "common/memory/trailer.h"

static const char name[] = "demo";

/* ---- Each call fails --------------------------------------------------------------------------------------------- */

static void with_pipe(void)
{
    static const struct machine_piece pieces[] = {{"pi", 2, 0}, {"ped", 3, 0}};
    machine_input_pipe(TOOL_PROCESS, pieces, 2);
}

static void with_file(void)
{
    machine_file_put("file", "filed", 5);
}

static void with_console(void)
{
    static const uint16_t *const lines[] = {u"typed\r\n", u"\x1A\r\n", NULL};
    machine_input_console(TOOL_PROCESS, lines);
    machine_output(TOOL_PROCESS, STANDARD_ERROR, MACHINE_CONSOLE);
}

static void with_value(void)
{
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", "--size", "100", "demo", "old value"), EXIT_DONE);
}

static void with_value_and_file(void)
{
    with_value();
    with_file();
}

/* A reader keeps the memory alive; and in the second case the holder's companions too. */
static object *kept[3];

static void keep_value(void)
{
    with_value();
    (void)machine_switch_process(0);
    CHECK_EQUAL(section_open(name, ACCESS_READ, &kept[0]), 0);
    (void)machine_switch_process(1);
}

static void with_dead_holder(void)
{
    keep_value();
    machine_kill_process(machine_started());
}

static void with_dead_holder_that_is_known(void)
{
    keep_value();
    (void)machine_switch_process(0);
    CHECK_EQUAL(object_open(OBJECT_MUTEX, "demo.winshm.holder", &kept[1]), 0);
    CHECK_EQUAL(object_open(OBJECT_EVENT, "demo.winshm.release", &kept[2]), 0);
    CHECK_EQUAL(object_signal(kept[2], SIGNAL_SET), 0);
    (void)machine_switch_process(1);
    machine_kill_process(machine_started());
}

static void with_dead_holder_whose_mutex_is_known(void)
{
    keep_value();
    (void)machine_switch_process(0);
    CHECK_EQUAL(object_open(OBJECT_MUTEX, "demo.winshm.holder", &kept[1]), 0);
    (void)machine_switch_process(1);
    machine_kill_process(machine_started());
}

static void with_foreign(void)
{
    machine_foreign_section(name, "their value\0more", 17, 4096);
}

static const struct tool_case cases[] = {
    {"TEXT", NULL, {"shmwrite", "--hold-for", "1s", "demo", "hello"}, NULL, NULL, NULL, 0, NULL},
    {"a pipe", with_pipe, {"shmwrite", "--hold-for", "1s", "demo"}, NULL, NULL, NULL, 0, NULL},
    {"a file", with_file, {"shmwrite", "--hold-for", "1s", "-i", "file", "demo"}, NULL, NULL, NULL, 0, NULL},
    {"a console", with_console, {"shmwrite", "--hold-for", "1s", "demo"}, NULL, NULL, NULL, 0, NULL},
    {"--chomp", with_file, {"shmwrite", "--hold-for", "1s", "-c", "-i", "file", "demo"}, NULL, NULL, NULL, 0, NULL},
    {"--encoding ansi",
     NULL,
     {"shmwrite", "--hold-for", "1s", "-e", "ansi", "demo", "\xC3\xA9"},
     NULL,
     NULL,
     NULL,
     0,
     NULL},
    {"--raw", NULL, {"shmwrite", "--raw", "--hold-for", "1s", "demo", "hello"}, NULL, NULL, NULL, 0, NULL},
    {"--sealed", NULL, {"shmwrite", "--sealed", "-d", "demo", "hello"}, NULL, "hello", NULL, TOOL_HELD, NULL},
    {"--detach", NULL, {"shmwrite", "--detach", "demo", "hello"}, NULL, "hello", NULL, TOOL_HELD, NULL},
    {"--detach --reads",
     NULL,
     {"shmwrite", "--detach", "--reads", "2", "demo", "hello"},
     NULL,
     "hello",
     NULL,
     TOOL_HELD,
     NULL},
    {"--detach, a pipe", with_pipe, {"shmwrite", "--detach", "demo"}, NULL, "piped", NULL, TOOL_HELD, NULL},
    {"--put, new", NULL, {"shmwrite", "--put", "demo", "hello"}, NULL, "hello", NULL, TOOL_HELD, NULL},
    {"--put --allow",
     NULL,
     {"shmwrite", "--put", "--allow", "write", "demo", "hello"},
     NULL,
     "hello",
     NULL,
     TOOL_HELD,
     NULL},
    {"--put --sddl",
     NULL,
     {"shmwrite", "--put", "--sddl", "D:(A;;GA;;;WD)", "demo", "hello"},
     NULL,
     "hello",
     NULL,
     TOOL_HELD,
     NULL},
    {"--put, existing",
     with_value,
     {"shmwrite", "--put", "demo", "hello"},
     "old value",
     "hello",
     NULL,
     TOOL_EITHER | TOOL_HELD,
     NULL},
    {"--update", with_value, {"shmwrite", "--update", "demo", "hello"}, "old value", "hello", NULL, 0, NULL},
    {"--update, a file",
     with_value_and_file,
     {"shmwrite", "--update", "-i", "file", "demo"},
     "old value",
     "filed",
     NULL,
     0,
     NULL},
    {"--update --offset",
     with_value,
     {"shmwrite", "--update", "--offset", "4", "demo", "hello"},
     "old value",
     "old hello",
     NULL,
     0,
     NULL},
    {"--update --raw",
     with_foreign,
     {"shmwrite", "--update", "--raw", "demo", "our"},
     "their value",
     "ourir value",
     NULL,
     0,
     NULL},
    {"--put, the holder is dead",
     with_dead_holder,
     {"shmwrite", "--put", "demo", "hello"},
     "old value",
     "hello",
     NULL,
     TOOL_EITHER | TOOL_HELD,
     NULL},
    {"--put, the holder is dead, and known",
     with_dead_holder_that_is_known,
     {"shmwrite", "--put", "demo", "hello"},
     "old value",
     "hello",
     NULL,
     TOOL_EITHER | TOOL_HELD,
     NULL},
    {"--put, the holder is dead, and its mutex known",
     with_dead_holder_whose_mutex_is_known,
     {"shmwrite", "--put", "demo", "hello"},
     "old value",
     "hello",
     NULL,
     TOOL_EITHER | TOOL_HELD,
     NULL},
    {"--release", with_value, {"shmwrite", "--release", "demo"}, "old value", NULL, NULL, TOOL_EITHER, NULL},
};

static size_t injected;

static void test_failing_calls(void)
{
    TEST("whichever call fails, of whichever verb, the run ends with one line and nothing left open")
    {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            injected += tool_fail_each(&cases[i], name);
        }
    }
    printf("# %zu calls failed\n", injected);
}

/* ---- Kills ------------------------------------------------------------------------------------------------------- */

/* Does shmread find what was there, or what was to be there? */
static bool finds_whole(const struct tool_case *tested)
{
    return tool_finds(name, tested->before) || tool_finds(name, tested->after);
}

/* After somebody was killed: it is whole, and the next --put works. */
static void check_after_kill(const struct tool_case *tested)
{
    tool_sleep(100);
    CHECK(finds_whole(tested));
    if (object_kind_of(name) != OBJECT_NONE && strstr(tested->row, "--raw") != NULL) {
        return; /* not ours to put into */
    }
    CHECK_EQUAL(RUN(TOOL_PUTTER, "shmwrite", "--put", name, "third"), EXIT_DONE);
    CHECK_TEXT(tool_errors(TOOL_PUTTER), "");
    tool_forget(name);
    CHECK(tool_finds(name, "third"));
}

static void read_in_the_middle(void *context)
{
    CHECK(finds_whole(context));
}

/* Commands that update; the last finishes first what a predecessor left. */
static struct tool_case updates[] = {
    {"--update", with_value, {"shmwrite", "--update", "demo", "hello"}, "old value", "hello", NULL, 0, NULL},
    {"--update with much",
     with_value,
     {"shmwrite", "--update", "demo", "much more than before, so that nothing of the old value is left"},
     "old value",
     "much more than before, so that nothing of the old value is left",
     NULL,
     0,
     NULL},
    {"--update with nothing", with_value, {"shmwrite", "--update", "demo", ""}, "old value", "", NULL, 0, NULL},
    {"--update --offset",
     with_value,
     {"shmwrite", "--update", "--offset", "4", "demo", "hello"},
     "old value",
     "old hello",
     NULL,
     0,
     NULL},
    {"--put", with_value, {"shmwrite", "--put", "demo", "hello"}, "old value", "hello", NULL, 0, NULL},
    {"--put, the holder is dead",
     with_dead_holder,
     {"shmwrite", "--put", "demo", "hello"},
     "old value",
     "hello",
     NULL,
     0,
     NULL},
};

static size_t kills;

/* The stores of an update that runs to its end, with a reader before each of them. */
static size_t count_steps(struct tool_case *tested)
{
    (void)tool_begin(tested);
    size_t before = machine_steps();
    machine_on_step(read_in_the_middle, tested);
    CHECK_EQUAL(tool_run(TOOL_PROCESS, tested->arguments), EXIT_DONE);
    return machine_steps() - before;
}

static void test_kills(void)
{
    TEST("an updater that is killed before any store leaves the old value or the new one, and the next works")
    {
        for (size_t i = 0; i < sizeof updates / sizeof *updates; i++) {
            size_t steps = count_steps(&updates[i]);
            CHECK(steps >= 12);
            for (size_t step = 0; step < steps; step++) {
                (void)snprintf(check_row_text, sizeof check_row_text, "%s, step %zu", updates[i].row, step);
                (void)tool_begin(&updates[i]);
                machine_kill_at_step(machine_steps() + step);
                int status = tool_run(TOOL_PROCESS, updates[i].arguments);
                CHECK(status == MACHINE_KILLED || updates[i].prepare == with_dead_holder); /* or the new holder dies */
                kills++;
                check_after_kill(&updates[i]);
                tool_clear_away(name);
            }
        }
    }

    TEST("whoever is killed at any call leaves a value whole, or no name at all, and the next --put works")
    {
        static bool ours[1000];
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            size_t calls = tool_rehearse(&cases[i], name, ours, 1000);
            for (size_t call = 0; call < calls; call++) {
                if (!ours[call]) {
                    continue;
                }
                size_t first = tool_begin(&cases[i]);
                machine_kill_at(first + call);
                int status = tool_run(TOOL_PROCESS, cases[i].arguments);
                bool parent = machine_call_process(first + call) == TOOL_PROCESS;
                (void)snprintf(check_row_text, sizeof check_row_text, "%s, killed at call %zu (%s of process %u)",
                               cases[i].row, call, machine_call_name(first + call), machine_call_process(first + call));
                kills++;
                CHECK(parent ? status == MACHINE_KILLED : tool_is_status(status));
                CHECK(parent || tool_failures(TOOL_PROCESS) == (status != EXIT_DONE));
                check_after_kill(&cases[i]);
                tool_clear_away(name);
            }
        }
        printf("# %zu kills\n", kills);
    }

    TEST("the name of a holder that is killed is gone")
    {
        tool_reset();
        with_value();
        machine_kill_process(machine_started());
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
        CHECK_EQUAL(machine_live_objects(), 0);
        CHECK_EQUAL(RUN(2, "shmwrite", "--put", name, "again"), EXIT_DONE);
        CHECK(tool_finds(name, "again"));
        tool_clear_away(name);
    }
}

/* ---- Failures that Wine does not have ---------------------------------------------------------------------------- */

static void deny_global(void)
{
    machine_deny_global();
}

static void deny_here(void)
{
    machine_deny(name);
}

static void with_closed(void)
{
    with_foreign();
    machine_deny(name);
}

static void with_closed_for_writing(void)
{
    with_foreign();
    machine_deny_write(name);
}

static void with_event(void)
{
    machine_foreign("Global\\demo", OBJECT_EVENT);
    machine_deny("Global\\demo");
    machine_deny_global();
}

static void with_little_memory(void)
{
    machine_commit_limit(1 << 20);
}

static void with_little_room(void)
{
    machine_view_limit(1 << 20);
}

static void without_memory(void)
{
    machine_fail_function("memory_take", 0, OSERROR_NOT_ENOUGH_MEMORY);
}

static void without_input(void)
{
    machine_standard_absent(TOOL_PROCESS, STANDARD_INPUT);
}

static void with_broken_pipe(void)
{
    static const struct machine_piece pieces[] = {{"half", 4, 0}, {NULL, 0, OSERROR_PIPE_NOT_CONNECTED}};
    machine_input_pipe(TOOL_PROCESS, pieces, 2);
}

static void with_sealed(void)
{
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--detach", "--sealed", "demo", "old value"), EXIT_DONE);
}

static void with_holder_name_taken(void)
{
    machine_foreign("demo.winshm.holder", OBJECT_EVENT);
}

static void with_holder_closed(void)
{
    machine_deny("demo.winshm.holder");
}

static void with_busy_writer(void)
{
    with_value();
    object *writer = NULL;
    (void)machine_switch_process(0);
    CHECK_EQUAL(object_create(OBJECT_MUTEX, "demo.winshm.writer", NULL, &writer), OSERROR_ALREADY_EXISTS);
    CHECK_EQUAL(object_open(OBJECT_MUTEX, "demo.winshm.writer", &writer), OSERROR_NONE);
    (void)machine_switch_process(7);
    machine_own("demo.winshm.writer");
    (void)machine_switch_process(1);
}

static void with_deaf_holder(void)
{
    machine_foreign_section(name, "x", 1, 4096);
    machine_foreign("demo.winshm.release", OBJECT_EVENT);
    machine_foreign("demo.winshm.holder", OBJECT_MUTEX);
    (void)machine_switch_process(7);
    machine_own("demo.winshm.holder");
    (void)machine_switch_process(1);
}

static void with_damaged(void)
{
    with_value();
    uint64_t size = 0;
    uint8_t *bytes = machine_bytes(name, &size);
    memset(bytes + size - 120, 0xEE, 24); /* the sizes */
}

static void with_newer(void)
{
    with_value();
    uint64_t size = 0;
    uint8_t *bytes = machine_bytes(name, &size);
    bytes[size - 128] = 99;
}

static void with_filling(void)
{
    static const uint64_t magic = WINSHM_MAGIC;
    machine_foreign_section(name, NULL, 4096, 4096);
    memcpy(machine_bytes(name, NULL) + 4096 - 8, &magic, 8);
}

static void with_zeros(void)
{
    machine_foreign_section(name, NULL, 4096, 4096);
}

static void with_unstartable(void)
{
    machine_fail_function("process_start", 1, OSERROR_ACCESS_DENIED);
}

static void with_privileged_descriptor(void)
{
    machine_fail_function("section_create", 1, OSERROR_PRIVILEGE_NOT_HELD);
}

static void with_foreign_owner(void)
{
    machine_fail_function("section_create", 1, OSERROR_INVALID_OWNER);
}

static void with_privileged_companion(void)
{
    machine_fail_function("event_create", 1, OSERROR_PRIVILEGE_NOT_HELD);
}

static void with_foreign_owner_of_companion(void)
{
    machine_fail_function("event_create", 1, OSERROR_INVALID_OWNER);
}

#define PRIVILEGE                                                                                                      \
    "making shared memory in Global\\ takes the privilege SeCreateGlobalPrivilege, which administrators and services"  \
    " have: run elevated, or leave out Global\\: Access is denied (5)"

static const struct {
    const char *row;
    void (*prepare)(void);
    const char *arguments[10];
    enum status status;
    const char *line; /* after `shmwrite: ` */
} failing[] = {
    {"no privilege", deny_global, {"-g", "demo", "x"}, EXIT_DENIED, "demo: " PRIVILEGE},
    {"no privilege, --put", deny_global, {"--put", "Global\\demo", "x"}, EXIT_DENIED, "Global\\demo: " PRIVILEGE},
    {"not there, and denied", deny_here, {"demo", "x"}, EXIT_DENIED, "demo: cannot be created: Access is denied (5)"},
    {"a privilege that the descriptor takes",
     with_privileged_descriptor,
     {"--sddl", "D:P(A;;GA;;;BA)", "demo", "x"},
     EXIT_DENIED,
     "demo: access denied: its security descriptor takes a privilege that this user does not have: (1314)"},
    {"an owner that may not be set",
     with_foreign_owner,
     {"--sddl", "D:P(A;;GA;;;BA)", "demo", "x"},
     EXIT_DENIED,
     "demo: access denied: its security descriptor names an owner that this user may not set: (1307)"},
    {"a privilege that a companion's descriptor takes",
     with_privileged_companion,
     {"--sddl", "D:P(A;;GA;;;BA)", "demo", "x"},
     EXIT_DENIED,
     "demo: access denied to demo.winshm.release, needed beside it: its security descriptor takes a privilege that "
     "this user does not have: (1314)"},
    {"an owner that may not be set, of a companion",
     with_foreign_owner_of_companion,
     {"--sddl", "D:P(A;;GA;;;BA)", "demo", "x"},
     EXIT_DENIED,
     "demo: access denied to demo.winshm.release, needed beside it: its security descriptor names an owner that this "
     "user may not set: (1307)"},
    {"there, and closed",
     with_closed,
     {"demo", "x"},
     EXIT_DENIED,
     "demo: exists already, and is closed to this user: Access is denied (5)"},
    {"there, and closed, --put",
     with_closed,
     {"--put", "demo", "x"},
     EXIT_DENIED,
     "demo: exists, but is closed to this user: Access is denied (5)"},
    {"there, and closed, --update",
     with_closed_for_writing,
     {"-u", "demo", "x"},
     EXIT_DENIED,
     "demo: exists, but is closed to this user: Access is denied (5)"},
    {"an event, and closed",
     with_event,
     {"-g", "demo", "x"},
     EXIT_CONFLICT,
     "demo: the name is that of an event, not of shared memory"},
    {"the commit limit",
     with_little_memory,
     {"-s", "1M", "demo", "x"},
     EXIT_NO_ROOM,
     "demo: memory for 2101248 bytes could not be had: The paging file is too small for this operation to complete "
     "(1455)"},
    {"the address space",
     with_little_room,
     {"-s", "1M", "demo", "x"},
     EXIT_NO_ROOM,
     "demo: does not fit into the address space of this " TOOL_BITS
     "-bit program: Not enough memory resources are available to process this command (8)"},
    {"no memory for TEXT",
     without_memory,
     {"demo", "x"},
     EXIT_NO_ROOM,
     "demo: memory for 65536 bytes could not be had: Not enough memory resources are available to process this command "
     "(8)"},
    {"no memory for a pipe",
     without_memory,
     {"demo"},
     EXIT_NO_ROOM,
     "demo: memory for 65536 bytes could not be had: Not enough memory resources are available to process this command "
     "(8)"},
    {"no standard input",
     without_input,
     {"demo"},
     EXIT_IO,
     "demo: there is no standard input: The handle is invalid (6)"},
    {"a pipe that breaks", with_broken_pipe, {"demo"}, EXIT_IO, "demo: cannot read the input: (233)"},
    {"a pipe that breaks, --update", with_broken_pipe, {"-u", "demo"}, EXIT_NOTHING, "demo: does not exist"},
    {"no such file",
     NULL,
     {"-i", "none", "demo"},
     EXIT_IO,
     "demo: cannot open none: The system cannot find the file specified (2)"},
    {"too much for --size",
     with_file,
     {"-s", "4", "-i", "file", "demo"},
     EXIT_NO_ROOM,
     "demo: the contents are larger than 4 bytes"},
    {"too much to update",
     with_value,
     {"-u", "--offset", "98", "demo", "abc"},
     EXIT_NO_ROOM,
     "demo: 3 bytes at offset 98 do not fit: there is room for 100"},
    {"sealed", with_sealed, {"-u", "demo", "x"}, EXIT_CONFLICT, "demo: is sealed, and cannot be updated"},
    {"foreign",
     with_foreign,
     {"-u", "demo", "x"},
     EXIT_CONFLICT,
     "demo: was not made by shmwrite: --update --raw writes into it"},
    {"foreign zeros",
     with_zeros,
     {"-u", "demo", "x"},
     EXIT_CONFLICT,
     "demo: was not made by shmwrite: --update --raw writes into it"},
    {"foreign, --put",
     with_foreign,
     {"-p", "demo", "x"},
     EXIT_CONFLICT,
     "demo: was not made by shmwrite: --update --raw writes into it"},
    {"foreign, too large",
     with_foreign,
     {"-u", "--raw", "--offset", "4096", "demo", "x"},
     EXIT_NO_ROOM,
     "demo: 1 bytes at offset 4096 do not fit: there is room for 4096"},
    {"ours, --raw",
     with_value,
     {"-u", "--raw", "demo", "x"},
     EXIT_CONFLICT,
     "demo: was made by shmwrite: update it without --raw"},
    {"being filled", with_filling, {"-u", "demo", "x"}, EXIT_NOTHING, "demo: nothing has been put into it yet"},
    {"filled by the dead, --put",
     with_filling,
     {"-p", "demo", "x"},
     EXIT_CONFLICT,
     "demo: has no holder any more, but another program keeps its memory"},
    {"damaged", with_damaged, {"-p", "demo", "x"}, EXIT_BROKEN, "demo: its layout is damaged"},
    {"newer",
     with_newer,
     {"-u", "demo", "x"},
     EXIT_BROKEN,
     "demo: was made by a newer shmwrite: its layout is not known"},
    {"a companion's name is taken",
     with_holder_name_taken,
     {"demo", "x"},
     EXIT_CONFLICT,
     "demo: the name demo.winshm.holder, needed beside it, is that of an event"},
    {"a companion is closed",
     with_holder_closed,
     {"-d", "demo", "x"},
     EXIT_DENIED,
     "demo: demo.winshm.holder, needed beside it, is closed to this user: Access is denied (5)"},
    {"another update goes on",
     with_busy_writer,
     {"-u", "-t", "2s", "demo", "x"},
     EXIT_TIMED_OUT,
     "demo: timed out waiting for another writer"},
    {"a holder that does not let go",
     with_deaf_holder,
     {"-R", "-t", "2s", "demo"},
     EXIT_TIMED_OUT,
     "demo: timed out waiting for its holder to let go"},
    {"nothing to release", NULL, {"-R", "demo"}, EXIT_NOTHING, "demo: does not exist"},
    {"not ours to release", with_foreign, {"-R", "demo"}, EXIT_CONFLICT, "demo: is not held by shmwrite"},
    {"no background",
     with_unstartable,
     {"-d", "demo", "x"},
     EXIT_SYSTEM,
     "demo: cannot start the holder in the background: Access is denied (5)"},
};

static void run_row(const char *row, void (*prepare)(void), const char *const arguments[], bool deaf, int *status)
{
    const char *all[12] = {"shmwrite"};
    for (size_t i = 0; i < 10 && arguments[i] != NULL; i++) {
        all[i + 1] = arguments[i];
    }
    check_row(row);
    tool_reset();
    if (prepare != NULL) {
        prepare();
    }
    if (deaf) {
        machine_standard_absent(TOOL_PROCESS, STANDARD_ERROR);
    }
    *status = tool_run(TOOL_PROCESS, all);
}

static void test_failures(void)
{
    TEST("each cause of a failure has its sentence and its status, and nothing is left")
    {
        for (size_t i = 0; i < sizeof failing / sizeof *failing; i++) {
            int status;
            run_row(failing[i].row, failing[i].prepare, failing[i].arguments, false, &status);
            char line[400];
            (void)snprintf(line, sizeof line, "shmwrite: %s\r\n", failing[i].line);
            CHECK_EQUAL(status, failing[i].status);
            CHECK_TEXT(tool_errors(TOOL_PROCESS), line);
            CHECK_EQUAL(machine_writes(TOOL_PROCESS, STANDARD_ERROR), 1);
            CHECK_EQUAL(machine_leaks(), 0);

            /* The same with nobody to say it to. */
            run_row(failing[i].row, failing[i].prepare, failing[i].arguments, true, &status);
            CHECK_EQUAL(status, failing[i].status);
            CHECK_EQUAL(machine_leaks(), 0);
        }
    }
}

/* ---- The console ------------------------------------------------------------------------------------------------- */

static void test_console(void)
{
    static uint16_t cut[2052];
    for (size_t i = 0; i < 2047; i++) {
        cut[i] = 'a';
    }
    memcpy(cut + 2047, u"\xD83D\xDE00\r\n", 10); /* the buffer ends within the pair */
    static char long_value[2100];
    memset(long_value, 'a', 2047);
    strcpy(long_value + 2047, "\xF0\x9F\x98\x80\r\n");

    static uint16_t ctrl_z_after_cut[2052];
    for (size_t i = 0; i < 2048; i++) {
        ctrl_z_after_cut[i] = 'b';
    }
    memcpy(ctrl_z_after_cut + 2048, u"\x1A\r\n", 8);
    static char ctrl_z_value[2100];
    memset(ctrl_z_value, 'b', 2048);
    strcpy(ctrl_z_value + 2048, "\x1A\r\n");

    static const uint16_t *const one[] = {u"one\r\n", u"\x1A\r\n", u"not read\r\n", NULL};
    static const uint16_t *const none[] = {u"\x1A\r\n", NULL};
    static const uint16_t *const middle[] = {u"a\x1A"
                                             u"b\r\n",
                                             u"\r\n",
                                             u"\x1A"
                                             u"rest\r\n",
                                             NULL};
    static const uint16_t *const pair[] = {cut, u"\x1A\r\n", NULL};
    static const uint16_t *const after_cut[] = {ctrl_z_after_cut, u"\x1A\r\n", NULL};
    static const struct {
        const char *row;
        const uint16_t *const *lines;
        const char *value;
    } typed[] = {
        {"a line", one, "one\r\n"},
        {"nothing", none, ""},
        {"Ctrl+Z in the middle of a line", middle,
         "a\x1A"
         "b\r\n\r\n"},
        {"a pair that a read cuts", pair, long_value},
        {"Ctrl+Z where a read cuts a line", after_cut, ctrl_z_value},
    };

    TEST("what is typed ends with Ctrl+Z at the start of a line, and is not cut within a character")
    {
        for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
            check_row(typed[i].row);
            tool_reset();
            machine_input_console(TOOL_PROCESS, typed[i].lines);
            CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-d", name), EXIT_DONE);
            CHECK_TEXT(tool_errors(TOOL_PROCESS),
                       "shmwrite: demo: type the contents; Ctrl+Z and Enter at the start of a line end them\r\n");
            CHECK_EQUAL(RUN(TOOL_LOOKER, "shmread", name), EXIT_DONE);
            CHECK_TEXT(tool_output(TOOL_LOOKER), typed[i].value);
            tool_clear_away(name);
        }
    }

    TEST("half a pair is refused, but in UTF-16")
    {
        static const uint16_t half[] = {0xD83D, '\r', '\n', 0};
        static const uint16_t *const lines[] = {half, u"\x1A\r\n", NULL};
        tool_reset();
        machine_input_console(TOOL_PROCESS, lines);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-d", name), EXIT_IO);
        CHECK_EQUAL(tool_failures(TOOL_PROCESS), 1);
        machine_input_console(TOOL_PROCESS, lines);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-d", "-e", "utf-16", name), EXIT_DONE);
        CHECK_BYTES(machine_bytes(name, NULL), 8, "\x3D\xD8\r\0\n\0\0\0", 8);
        tool_clear_away(name);
    }

    TEST("Ctrl+C while typing ends the command, says nothing, and makes nothing")
    {
        static const uint16_t *const lines[] = {u"one\r\n", u"\x03", NULL};
        tool_reset();
        machine_input_console(TOOL_PROCESS, lines);
        CHECK(RUN(TOOL_PROCESS, "shmwrite", name) == MACHINE_KILLED);
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);

        /* The read may return before the end comes. */
        tool_reset();
        machine_input_console(TOOL_PROCESS, lines);
        machine_fail_function("console_read", 2, OSERROR_OPERATION_ABORTED);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", name), EXIT_INTERRUPTED);
        CHECK_EQUAL(tool_failures(TOOL_PROCESS), 0);
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
        CHECK_EQUAL(machine_leaks(), 0);
    }
}

/* ---- Holding ----------------------------------------------------------------------------------------------------- */

static void interrupt_tool(void *context)
{
    (void)context;
    machine_interrupt(TOOL_PROCESS);
}

static void release_tool(void *context)
{
    (void)context;
    machine_on_wait(NULL, NULL);
    START(TOOL_RELEASER, "shmwrite", "--release", name);
}

static int count_two_reads(void *context)
{
    (void)context;
    tool_count_read(name);
    CHECK_EQUAL(object_kind_of(name), OBJECT_SECTION);
    tool_count_read(name);
    return 0;
}

static void read_twice(void *context)
{
    (void)context;
    machine_on_wait(NULL, NULL);
    machine_start(TOOL_LOOKER, count_two_reads, NULL);
}

static void kill_at_wait_after_start(void *context, const char *function, size_t index)
{
    bool *has_started = context;
    (void)index;
    if (*has_started && strcmp(function, "wait_any") == 0) {
        machine_kill_process(2);
    }
    *has_started = *has_started || strcmp(function, "process_start") == 0;
}

static void test_holding(void)
{
    TEST("a holder lets go when it is told to, when its time is up, when it was read, and at Ctrl+C, with status 0")
    {
        static const struct {
            const char *row;
            void (*happens)(void *context);
            const char *option;
            const char *argument;
            const char *line;
        } ends[] = {
            {"Ctrl+C", interrupt_tool, "-v", NULL, "let go: interrupted"},
            {"--release", release_tool, "-v", NULL, "let go: somebody asked for it"},
            {"--hold-for", NULL, "--hold-for", "1500ms", "let go: the time is up"},
            {"--reads", read_twice, "--reads", "2", "let go: it has been read"},
        };
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            check_row(ends[i].row);
            tool_reset();
            machine_on_wait(ends[i].happens, NULL);
            int status = ends[i].argument == NULL
                             ? RUN(TOOL_PROCESS, "shmwrite", "-v", name, "x")
                             : RUN(TOOL_PROCESS, "shmwrite", "-v", ends[i].option, ends[i].argument, name, "x");
            CHECK_EQUAL(status, EXIT_DONE);
            CHECK(strstr(tool_errors(TOOL_PROCESS), ends[i].line) != NULL);
            CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
            if (ends[i].happens == release_tool) {
                CHECK_EQUAL(machine_finish(TOOL_RELEASER), EXIT_DONE);
            }
            if (ends[i].happens == read_twice) {
                CHECK_EQUAL(machine_finish(TOOL_LOOKER), 0);
            }
            CHECK_EQUAL(machine_leaks(), 0);
            CHECK_EQUAL(machine_live_objects(), 0);
        }
    }

    TEST("a holder that stays in a job is reported, and holds")
    {
        static const char note[] =
            "shmwrite: demo: the holder belongs to the job of its caller and may end with it\r\n";
        static const char *const ways[] = {"--detach", "--put"};
        for (size_t i = 0; i < 2; i++) {
            check_row(ways[i]);
            tool_reset();
            machine_job();
            CHECK_EQUAL(RUN(2, "shmwrite", ways[i], name, "x"), EXIT_DONE);
            CHECK_TEXT(tool_errors(2), note);
            CHECK(tool_finds(name, "x"));
            CHECK_EQUAL(RUN(4, "shmwrite", "--put", name, "y"), EXIT_DONE);
            CHECK_TEXT(tool_errors(4), "");
            tool_clear_away(name);
            CHECK_EQUAL(RUN(5, "shmwrite", "--quiet", ways[i], name, "x"), EXIT_DONE);
            CHECK_TEXT(tool_errors(5), "");
            tool_clear_away(name);
        }
    }

    TEST("a command that is killed while it starts its holder leaves nothing of NAME, though the holder never runs")
    {
        tool_reset();
        bool has_started = false;
        machine_on_call(kill_at_wait_after_start, &has_started);
        CHECK(RUN(2, "shmwrite", "--put", "--reads", "2", name, "x") == MACHINE_KILLED);
        machine_on_call(NULL, NULL);
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE); /* its process is there, and has not begun */
        CHECK_EQUAL(machine_finish(machine_started()), EXIT_SYSTEM);
        CHECK_EQUAL(machine_live_objects(), 0);
    }

    TEST("a holder whose command is killed before it holds ends too, and leaves nothing")
    {
        tool_reset();
        bool has_started = false;
        machine_on_call(kill_at_wait_after_start, &has_started);
        CHECK(RUN(2, "shmwrite", "--put", name, "x") == MACHINE_KILLED);
        machine_on_call(NULL, NULL);
        CHECK_EQUAL(RUN(4, "shmwrite", "--put", name, "y"), EXIT_DONE); /* while the first one begins */
        CHECK(tool_finds(name, "y"));
        tool_clear_away(name);
        has_started = false;
        machine_on_call(kill_at_wait_after_start, &has_started);
        CHECK(RUN(2, "shmwrite", "--put", name, "x") == MACHINE_KILLED);
        machine_on_call(NULL, NULL);
        CHECK_EQUAL(machine_finish(machine_started()), EXIT_SYSTEM);
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
        CHECK_EQUAL(machine_live_objects(), 0);
    }

    TEST("a command that does not wait for its holder ends it, and leaves nothing")
    {
        tool_reset();
        CHECK_EQUAL(RUN(2, "shmwrite", "--put", "--timeout", "0", name, "x"), EXIT_TIMED_OUT);
        CHECK_TEXT(tool_errors(2), "shmwrite: demo: timed out waiting for the holder in the background to start\r\n");
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
        CHECK_EQUAL(machine_live_objects(), 0);
        CHECK(machine_finish(machine_started()) == MACHINE_KILLED);
    }

    TEST("a background holder counts the reads as well, and its time")
    {
        tool_reset();
        CHECK_EQUAL(RUN(2, "shmwrite", "-d", "--reads", "2", name, "x"), EXIT_DONE);
        tool_count_read(name);
        tool_count_read(name);
        CHECK_EQUAL(machine_finish(machine_started()), EXIT_DONE);
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
        CHECK_EQUAL(RUN(2, "shmwrite", "-d", "--hold-for", "5s", name, "x"), EXIT_DONE);
        uint64_t before = clock_now();
        CHECK_EQUAL(machine_finish(machine_started()), EXIT_DONE);
        CHECK_EQUAL(clock_now(), before + 5000);
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("released and made again a hundred times in a row")
    {
        for (int i = 0; i < 100; i++) {
            if (i % 25 == 0) {
                tool_reset();
            }
            CHECK_EQUAL(RUN(2, "shmwrite", "-d", name, "x"), EXIT_DONE);
            CHECK_EQUAL(RUN(2, "shmwrite", "--release", name), EXIT_DONE);
        }
        CHECK_EQUAL(machine_live_objects(), 0);
    }

    TEST("two --put at once both succeed, and one of them is last")
    {
        tool_reset();
        START(2, "shmwrite", "--put", name, "two");
        START(3, "shmwrite", "--put", name, "three");
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_EQUAL(machine_finish(3), EXIT_DONE);
        CHECK(tool_finds(name, "two") || tool_finds(name, "three"));
        CHECK_TEXT(tool_errors(2), "");
        CHECK_TEXT(tool_errors(3), "");
        tool_clear_away(name);
    }

    TEST("--release says so when another program keeps the memory alive")
    {
        tool_reset();
        keep_value();
        CHECK_EQUAL(RUN(2, "shmwrite", "--release", name), EXIT_DONE);
        CHECK_TEXT(tool_errors(2), "shmwrite: demo: its holder has let go, but another program keeps it alive\r\n");
        tool_clear_away(name);
    }
}

/* ---- By hand --------------------------------------------------------------------------------------------------- */

static void test_by_hand(void)
{
    TEST("the option that starts a holder in the background is refused by hand, with a message")
    {
        tool_reset();
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--background", "abc", name), EXIT_USAGE);
        CHECK(strstr(tool_errors(TOOL_PROCESS), "--background is for shmwrite itself") != NULL);
        machine_written_clear(TOOL_PROCESS, STANDARD_ERROR);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--background", "9,9,9,9,9,9,9,9,9,9", name), EXIT_SYSTEM);
        CHECK(strstr(tool_errors(TOOL_PROCESS), "cannot take over what is to be held") != NULL);
    }

    TEST("no progress is shown into a line that is being typed")
    {
        static const uint16_t *const lines[] = {u"typed\r\n", u"\x1A\r\n", NULL};
        tool_reset();
        machine_input_console(TOOL_PROCESS, lines);
        machine_output(TOOL_PROCESS, STANDARD_ERROR, MACHINE_CONSOLE);
        START(TOOL_PROCESS, "shmwrite", "--stream", "--progress", name);
        tool_sleep(5000);
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmread", name), EXIT_DONE);
        CHECK_EQUAL(machine_finish(TOOL_PROCESS), EXIT_DONE);
        CHECK_TEXT(tool_errors(TOOL_PROCESS),
                   "shmwrite: demo: type the contents; Ctrl+Z and Enter at the start of a line end them\r\n");
    }

    TEST("a reader comes to a stream whose count of readers is full")
    {
        static const struct machine_piece pieces[] = {{"hello", 5, 0}};
        object *reads = NULL;
        tool_reset();
        machine_input_pipe(TOOL_PROCESS, pieces, 1);
        START(TOOL_PROCESS, "shmwrite", "--stream", name);
        tool_sleep(10);
        START(TOOL_OTHER, "shmread", name);
        CHECK_EQUAL(object_open(OBJECT_SEMAPHORE, "demo.winshm.reads", &reads), OSERROR_NONE);
        for (int i = 0; i < 100; i++) {
            CHECK_EQUAL(object_signal(reads, SIGNAL_RAISE), OSERROR_NONE);
        }
        object_close(reads);
        machine_fail_function("semaphore_raise", 1, OSERROR_TOO_MANY_POSTS);
        CHECK_EQUAL(machine_finish(TOOL_OTHER), EXIT_DONE);
        CHECK_TEXT(tool_output(TOOL_OTHER), "hello");
        CHECK_EQUAL(machine_finish(TOOL_PROCESS), EXIT_DONE);
    }
}

/* ---- Contents ---------------------------------------------------------------------------------------------------- */

static void test_contents(void)
{
    TEST("a file that shrinks or grows while it is read gives what it then has, and no more than it had")
    {
        static const struct {
            size_t size;
            uint64_t claimed;
            const char *value;
        } files[] = {{3, 3, "abc"}, {3, 10, "abc"}, {10, 3, "abc"}, {0, 10, ""}, {10, 0, ""}};
        for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
            static const char *const verbs[] = {"-d", "-p", "-u"};
            for (size_t verb = 0; verb < 3; verb++) {
                (void)snprintf(check_row_text, sizeof check_row_text, "%zu bytes of %zu, %s", files[i].size,
                               (size_t)files[i].claimed, verbs[verb]);
                tool_reset();
                if (verb > 0) {
                    with_value();
                }
                machine_input_file(TOOL_PROCESS, "abcdefghij", files[i].size, files[i].claimed);
                CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", verbs[verb], name), EXIT_DONE);
                CHECK(tool_finds(name, files[i].value));
                char wanted[12] = {0};
                memcpy(wanted, files[i].value, strlen(files[i].value));
                CHECK_BYTES(machine_bytes(name, NULL), 12, wanted, 12);
                tool_clear_away(name);
            }
        }
    }

    TEST("an update leaves nothing of a longer value behind, for programs that only want a string")
    {
        tool_reset();
        with_value();
        CHECK_EQUAL(RUN(2, "shmwrite", "-u", name, "ab"), EXIT_DONE);
        CHECK_BYTES(machine_bytes(name, NULL), 12, "ab\0\0\0\0\0\0\0\0\0", 12);
        CHECK_EQUAL(RUN(2, "shmwrite", "-u", "--offset", "6", name, "cd"), EXIT_DONE);
        CHECK_BYTES(machine_bytes(name, NULL), 12, "ab\0\0\0\0cd\0\0\0", 12);
        CHECK_EQUAL(RUN(2, "shmwrite", "-u", "--offset", "1", name, "X"), EXIT_DONE);
        CHECK_BYTES(machine_bytes(name, NULL), 12, "aX\0\0\0\0cd\0\0\0", 12);
        machine_written_clear(3, STANDARD_OUTPUT);
        CHECK_EQUAL(RUN(2, "shmwrite", "-u", "--offset", "20", name, ""), EXIT_DONE);
        CHECK_EQUAL(RUN(2, "shmwrite", "-u", "--offset", "101", name, ""), EXIT_NO_ROOM);
        CHECK_EQUAL(RUN(3, "shmread", "--stat", name), EXIT_DONE);
        CHECK(strstr(tool_output(3), "length:    8 bytes\r\n") != NULL);
        CHECK(strstr(tool_output(3), "updates:   3\r\n") != NULL);
        tool_clear_away(name);
    }
}

int main(void)
{
    (void)alarm(120);
    test_failing_calls();
    test_kills();
    test_failures();
    test_console();
    test_holding();
    test_by_hand();
    test_contents();
    machine_reset();
    return check_end();
}
