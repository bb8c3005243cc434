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

static void with_numbers(void)
{
    static const struct machine_piece pieces[] = {{"65 6", 4, 0}, {"6 67\r\n", 6, 0}};
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

static void with_allowed(void)
{
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", "--allow", "read", "demo", "old value"), EXIT_DONE);
}

static void with_foreign(void)
{
    machine_foreign_section(name, "old value\0more", 15, 4096);
}

/* The fields of a row, whose last words are the command line. */
#define CASE(...) .arguments = {"shmwrite", __VA_ARGS__}
#define HOLDS(label, with, ...) .row = label, .prepare = with, CASE("--hold-for", "1s", __VA_ARGS__)
#define KEEPS(label, with, value, ...)                                                                                 \
    .row = label, .prepare = with, .after = value, .flags = TOOL_HELD, CASE(__VA_ARGS__)
#define UPDATES(label, with, value, ...)                                                                               \
    .row = label, .prepare = with, .before = "old value", .after = value, CASE(__VA_ARGS__)
#define PUTS(label, with) UPDATES(label, with, "hello", "--put", name, "hello"), .flags = TOOL_EITHER | TOOL_HELD
#define MUCH "much more than before, so that nothing of the old value is left"

static struct tool_case cases[] = {
    {UPDATES("--update", with_value, "hello", "--update", name, "hello")},
    {UPDATES("--update, a file", with_value_and_file, "filed", "--update", "-i", "file", name)},
    {UPDATES("--update with much", with_value, MUCH, "--update", name, MUCH)},
    {UPDATES("--update with nothing", with_value, "", "--update", name, "")},
    {UPDATES("--update --offset", with_value, "old hello", "--update", "--offset", "4", name, "hello")},
    {UPDATES("--update --pad", with_value, "old", "--update", "--offset", "3", "--pad", "20", name, "")},
    {PUTS("--put, existing", with_value)},
    {PUTS("--put, the holder is dead", with_dead_holder)},
    {PUTS("--put, the holder is dead, and known", with_dead_holder_that_is_known)},
    {PUTS("--put, the holder is dead, and its mutex known", with_dead_holder_whose_mutex_is_known)},
    {HOLDS("TEXT", NULL, name, "hello")},
    {HOLDS("a pipe", with_pipe, name)},
    {HOLDS("a file", with_file, "-i", "file", name)},
    {HOLDS("a console", with_console, name)},
    {HOLDS("--chomp", with_file, "-c", "-i", "file", name)},
    {HOLDS("--encoding ansi", NULL, "-e", "ansi", name, "\xC3\xA9")},
    {HOLDS("--encoding i32", NULL, "-e", "i32", name, "1 2 -3")},
    {HOLDS("--raw", NULL, "--raw", name, "hello")},
    {KEEPS("--sealed", NULL, "hello", "--sealed", "-d", name, "hello")},
    {KEEPS("--detach", NULL, "hello", "--detach", name, "hello")},
    {KEEPS("--detach --reads", NULL, "hello", "--detach", "--reads", "2", name, "hello")},
    {KEEPS("--detach, numbers from a pipe", with_numbers, "ABC", "-d", "-e", "u8", name)},
    {KEEPS("--detach, a pipe", with_pipe, "piped", "--detach", name)},
    {KEEPS("--put, new", NULL, "hello", "--put", name, "hello")},
    {KEEPS("--put --pad, a file", with_file, "filed", "--put", "--pad", "16", "-i", "file", name)},
    {KEEPS("--put --allow", NULL, "hello", "--put", "--allow", "write", name, "hello")},
    {KEEPS("--put --sddl", NULL, "hello", "--put", "--sddl", "D:(A;;GA;;;WD)", name, "hello")},
    {UPDATES("--put --allow, existing", with_allowed, "hello", "--put", "--allow", "read", name, "hello"),
     .flags = TOOL_EITHER | TOOL_HELD},
    {UPDATES("--update --raw", with_foreign, "our value", "--update", "--raw", name, "our")},
    {.row = "--release", .prepare = with_value, .before = "old value", .flags = TOOL_EITHER, CASE("--release", name)},
};
enum {
    CASES = sizeof cases / sizeof *cases,
    HELD_AGAIN = 7, /* from here on a new holder is started */
    STEPPED = 10    /* cases before this index update a value, and are killed before each store */
};

static size_t injected;

static void test_failing_calls(void)
{
    TEST("whichever call fails, of whichever verb, the run ends with one line and nothing left open")
    {
        for (size_t i = 0; i < CASES; i++) {
            injected += tool_fail_each(&cases[i], name);
        }
    }
    printf("# %zu calls failed\n", injected);
}

/* ---- Kills ------------------------------------------------------------------------------------------------------- */

/* Return whether shmread finds the old contents or the new ones. */
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
        for (size_t i = 0; i < STEPPED; i++) {
            size_t steps = count_steps(&cases[i]);
            CHECK(steps >= 12);
            for (size_t step = 0; step < steps; step++) {
                (void)snprintf(check_row_text, sizeof check_row_text, "%s, step %zu", cases[i].row, step);
                (void)tool_begin(&cases[i]);
                machine_kill_at_step(machine_steps() + step);
                int status = tool_run(TOOL_PROCESS, cases[i].arguments);
                CHECK(status == MACHINE_KILLED || i >= HELD_AGAIN); /* or the new holder dies */
                kills++;
                check_after_kill(&cases[i]);
                tool_clear_away(name);
            }
        }
    }

    TEST("whoever is killed at any call leaves a value whole, or no name at all, and the next --put works")
    {
        static bool ours[1000];
        for (size_t i = 0; i < CASES; i++) {
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

static void with_no_memory(void)
{
    machine_commit_limit(500000);
}

static void with_little_room(void)
{
    machine_view_limit(1 << 20);
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

static void with_broken_numbers(void)
{
    static const struct machine_piece pieces[] = {{"1 2", 3, 0}, {NULL, 0, OSERROR_PIPE_NOT_CONNECTED}};
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

#define PRIVILEGE                                                                                                      \
    "access denied: creating memory in Global\\ takes SeCreateGlobalPrivilege (5)\r\n"                                 \
    "shmwrite: hint: administrators and services have this privilege: run elevated, or leave out Global\\"
#define NO_LAYOUT                                                                                                      \
    "has no layout of shmwrite: it was created with --raw, or by another program\r\n"                                  \
    "shmwrite: hint: --update --raw writes into such memory"
#define DENIED ": Access is denied (5)"
#define MEMORY ": Not enough memory resources are available to process this command (8)"
#define PAGING_FILE "The paging file is too small for this operation to complete (1455)"
#define FAILS(with, ends, says, ...) .prepare = with, .status = ends, .line = says, CASE(__VA_ARGS__)

static const struct failing {
    const char *arguments[10];
    void (*prepare)(void); /* or NULL */
    const char *fails;     /* a function that fails with `error`, or NULL */
    oserror error;
    enum status status;
    const char *subject; /* NULL: demo */
    const char *line;    /* after `shmwrite: ` and the subject */
} failing[] = {
    {FAILS(deny_global, EXIT_DENIED, PRIVILEGE, "-g", name, "x")},
    {.subject = "Global\\demo", FAILS(deny_global, EXIT_DENIED, PRIVILEGE, "--put", "Global\\demo", "x")},
    {FAILS(deny_here, EXIT_DENIED, "access denied: this user may not create it (5)", name, "x")},
    {.fails = "section_create",
     .error = OSERROR_PRIVILEGE_NOT_HELD,
     FAILS(NULL, EXIT_DENIED,
           "access denied: its security descriptor needs a privilege that this user does not have: (1314)", "--sddl",
           "D:P(A;;GA;;;BA)", name, "x")},
    {.fails = "section_create",
     .error = OSERROR_INVALID_OWNER,
     FAILS(NULL, EXIT_DENIED,
           "access denied: its security descriptor names an owner that this user may not set: (1307)", "--sddl",
           "D:P(A;;GA;;;BA)", name, "x")},
    {.fails = "event_create",
     .error = OSERROR_PRIVILEGE_NOT_HELD,
     FAILS(NULL, EXIT_DENIED,
           "access denied: its helper object demo.winshm.release cannot be created: its security descriptor "
           "needs a privilege that this user does not have: (1314)",
           "--sddl", "D:P(A;;GA;;;BA)", name, "x")},
    {.fails = "event_create",
     .error = OSERROR_INVALID_OWNER,
     FAILS(NULL, EXIT_DENIED,
           "access denied: its helper object demo.winshm.release cannot be created: its security descriptor "
           "names an owner that this user may not set: (1307)",
           "--sddl", "D:P(A;;GA;;;BA)", name, "x")},
    {FAILS(with_closed, EXIT_DENIED, "access denied: it already exists, and this user may not open it (5)", name, "x")},
    {FAILS(with_closed, EXIT_DENIED, "access denied: this user may not open it (5)", "--put", name, "x")},
    {FAILS(with_closed_for_writing, EXIT_DENIED, "access denied: this user may not open it (5)", "-u", name, "x")},
    {FAILS(with_event, EXIT_CONFLICT, "the name is that of an event, not of shared memory", "-g", name, "x")},
    {FAILS(with_little_memory, EXIT_NO_ROOM,
           "memory for 1048576 bytes cannot be allocated: " PAGING_FILE "\r\n"
           "shmwrite: hint: a value takes twice its size in memory, with --sealed only once",
           "-s", "1M", name, "x")},
    {FAILS(with_no_memory, EXIT_NO_ROOM, "memory for 1048576 bytes cannot be allocated: " PAGING_FILE, "-s", "1M",
           "--sealed", name, "x")},
    {FAILS(with_no_memory, EXIT_NO_ROOM, "memory for 1000000 bytes cannot be allocated: " PAGING_FILE, "-s", "1000000",
           "--raw", name, "x")},
    {FAILS(with_no_memory, EXIT_NO_ROOM, "memory for 1000000 bytes cannot be allocated: " PAGING_FILE, "-s", "1000000",
           "--stream", name)},
    {FAILS(with_little_room, EXIT_NO_ROOM,
           "does not fit into the address space of this " TOOL_BITS "-bit program" MEMORY, "-s", "1M", name, "x")},
    {.fails = "memory_take",
     .error = OSERROR_NOT_ENOUGH_MEMORY,
     FAILS(NULL, EXIT_NO_ROOM, "memory for 65536 bytes cannot be allocated" MEMORY, name, "x")},
    {.fails = "memory_take",
     .error = OSERROR_NOT_ENOUGH_MEMORY,
     FAILS(NULL, EXIT_NO_ROOM, "memory for 65536 bytes cannot be allocated" MEMORY, name)},
    {FAILS(without_input, EXIT_IO, "there is no standard input: The handle is invalid (6)", name)},
    {FAILS(with_broken_pipe, EXIT_IO, "cannot read the input: (233)", name)},
    {FAILS(with_broken_numbers, EXIT_IO, "cannot read the input: (233)", "-e", "u8", name)},
    {FAILS(with_numbers, EXIT_NO_ROOM, "the contents are larger than 2 bytes", "-s", "2", "-e", "u8", name)},
    {FAILS(with_broken_pipe, EXIT_NOTHING, "does not exist", "-u", name)},
    {FAILS(NULL, EXIT_IO, "cannot open none: The system cannot find the file specified (2)", "-i", "none", name)},
    {FAILS(NULL, EXIT_USAGE, "the text has half of a surrogate pair, which only utf-16 can store", name,
           "\xED\xA0\xBD")},
    {FAILS(with_file, EXIT_NO_ROOM, "the contents are larger than 4 bytes", "-s", "4", "-i", "file", name)},
    {FAILS(with_value, EXIT_NO_ROOM, "3 bytes at offset 98 do not fit: there is room for 100 bytes", "-u", "--offset",
           "98", name, "abc")},
    {FAILS(with_value, EXIT_NO_ROOM,
           "126 bytes do not fit: there is room for 100 bytes\r\n"
           "shmwrite: hint: end it with --release, then create it with --size 126 or more",
           "-u", name, MUCH MUCH)},
    {FAILS(NULL, EXIT_NO_ROOM, "the contents are larger than 4 bytes", "--pad", "4", "-s", "100", name, "hello")},
    {FAILS(with_file, EXIT_NO_ROOM, "the contents are larger than 4 bytes", "--pad", "4", "-c", "-i", "file", name)},
    {FAILS(with_value, EXIT_NO_ROOM,
           "101 bytes do not fit: there is room for 100 bytes\r\n"
           "shmwrite: hint: end it with --release, then create it with --size 101 or more",
           "-u", "--pad", "101", name, "x")},
    {FAILS(with_value, EXIT_NO_ROOM, "2 bytes at offset 99 do not fit: there is room for 100 bytes", "-u", "--offset",
           "99", "--pad", "2", name, "x")},
    {FAILS(with_foreign, EXIT_NO_ROOM, "18446744073709551615 bytes do not fit: there is room for 4096 bytes", "-u",
           "--raw", "--pad", "18446744073709551615", name, "x")},
    {FAILS(with_sealed, EXIT_CONFLICT, "is sealed, and cannot be updated\r\nshmwrite: hint: --release ends it", "-u",
           name, "x")},
    {FAILS(with_foreign, EXIT_CONFLICT, NO_LAYOUT, "-u", name, "x")},
    {FAILS(with_foreign, EXIT_CONFLICT, NO_LAYOUT, "-u", "--offset", "3", name, "x")},
    {FAILS(with_foreign, EXIT_CONFLICT, NO_LAYOUT, "-p", name, "x")},
    {FAILS(with_foreign, EXIT_NO_ROOM, "1 byte at offset 4096 does not fit: there is room for 4096 bytes", "-u",
           "--raw", "--offset", "4096", name, "x")},
    {FAILS(with_value, EXIT_CONFLICT, "has a layout of shmwrite: update it without --raw", "-u", "--raw", name, "x")},
    {FAILS(with_filling, EXIT_NOTHING, "has no contents yet", "-u", name, "x")},
    {FAILS(with_filling, EXIT_CONFLICT, "has no holder any more, but another program keeps the memory open", "-p", name,
           "x")},
    {FAILS(with_damaged, EXIT_BROKEN, "its layout is damaged", "-p", name, "x")},
    {FAILS(with_newer, EXIT_BROKEN, "was created by a newer shmwrite: its layout is unknown", "-u", name, "x")},
    {FAILS(with_holder_name_taken, EXIT_CONFLICT,
           "its helper object demo.winshm.holder cannot be opened: the name is that of an event", name, "x")},
    {FAILS(with_holder_closed, EXIT_DENIED,
           "access denied: this user may not open its helper object demo.winshm.holder (5)", "-d", name, "x")},
    {FAILS(NULL, EXIT_NOTHING, "does not exist", "-R", name)},
    {FAILS(with_foreign, EXIT_CONFLICT, "has no holder: shmwrite does not hold it", "-R", name)},
    {.fails = "process_start",
     .error = OSERROR_ACCESS_DENIED,
     FAILS(NULL, EXIT_SYSTEM, "cannot start the holder in the background" DENIED, "-d", name, "x")},
};

/* Run the row, with or without stderr. */
static void run_failing(const struct failing *row, bool is_deaf)
{
    (void)snprintf(check_row_text, sizeof check_row_text, "%s %s: %s", row->arguments[1], row->arguments[2], row->line);
    tool_reset();
    if (row->prepare != NULL) {
        row->prepare();
    }
    if (row->fails != NULL) {
        machine_fail_function(row->fails, 0, row->error);
    }
    if (is_deaf) {
        machine_standard_absent(TOOL_PROCESS, STANDARD_ERROR);
    }
    CHECK_EQUAL(tool_run(TOOL_PROCESS, row->arguments), row->status);
    CHECK_EQUAL(machine_leaks(), 0);
}

static void test_failures(void)
{
    TEST("each cause of a failure has its sentence and its status, and nothing is left")
    {
        for (size_t i = 0; i < sizeof failing / sizeof *failing; i++) {
            const char *subject = failing[i].subject == NULL ? name : failing[i].subject;
            char line[400];
            (void)snprintf(line, sizeof line, "shmwrite: %s: %s\r\n", subject, failing[i].line);
            run_failing(&failing[i], false);
            CHECK_TEXT(tool_errors(TOOL_PROCESS), line);
            run_failing(&failing[i], true);
        }
    }
}

/* ---- --put of a value that exists -------------------------------------------------------------------------------- */

#define NO_EFFECT(options) "shmwrite: demo: already exists, so " options " no effect\r\n"
#define NOT_AS(option)                                                                                                 \
    "shmwrite: demo: already exists, but not with the access list of " option "\r\n"                                   \
    "shmwrite: hint: end it with --release; then --put creates it with this access list\r\n"
#define USER "D:P(A;;GA;;;SY)(A;;GA;;;S-1-5-21-1-2-3-1001)"

/* The options of the command that creates the value, and those of --put. */
static const struct put_again {
    const char *creator[2];
    const char *putter[4];
    const char *errors; /* NULL: none */
    enum status status;
} put_again[] = {
    {.creator = {"--size=100"}, .putter = {"--size=100"}},
    {.creator = {"--size=100"}, .putter = {"--size=99"}},
    {.putter = {"-v"}, .errors = "shmwrite: demo: updated\r\n"},
    {.creator = {"--size=100"}, .putter = {"--size=101"}, .errors = NO_EFFECT("--size has")},
    {.creator = {"--size=100"}, .putter = {"--size=101", "-q"}},
    {.putter = {"--size=1790"}}, /* the room that it has without --size */
    {.putter = {"--sealed"}, .errors = NO_EFFECT("--sealed has")},
    {.creator = {"--hold-for=1h"}, .putter = {"--hold-for=1h"}, .errors = NO_EFFECT("--hold-for has")},
    {.creator = {"--reads=3"}, .putter = {"--reads=3"}},
    {.creator = {"--reads=3"}, .putter = {"--reads=2"}, .errors = NO_EFFECT("--reads has")},
    {.putter = {"--reads=1"}, .errors = NO_EFFECT("--reads has")},
    {.putter = {"--size=9K", "--reads=1"}, .errors = NO_EFFECT("--size and --reads have")},
    {.putter = {"--reads=1", "--hold-for=1h", "--sealed", "--size=9K"},
     .errors = NO_EFFECT("--size, --sealed, --hold-for and --reads have")},
    {.creator = {"--allow=read"}, .putter = {"--allow=read"}},
    {.creator = {"--allow=write"}, .putter = {"--allow=write"}},
    {.creator = {"--allow=write"}}, /* --put without it keeps the access list */
    {.creator = {"--sddl", USER}, .putter = {"--sddl", USER}},
    {.creator = {"--allow=read"}, .putter = {"--sddl", USER "(A;;0x20005;;;AU)"}},
    {.putter = {"--sddl", USER}},
    {.putter = {"--allow=read"}, .errors = NOT_AS("--allow"), .status = EXIT_CONFLICT},
    {.putter = {"--allow=read", "--size=9K"}, .errors = NOT_AS("--allow"), .status = EXIT_CONFLICT},
    {.creator = {"--allow=read"}, .putter = {"--allow=write"}, .errors = NOT_AS("--allow"), .status = EXIT_CONFLICT},
    {.creator = {"--allow=write"}, .putter = {"--sddl", USER}, .errors = NOT_AS("--sddl"), .status = EXIT_CONFLICT},
    {.creator = {"--sealed"},
     .putter = {"--allow=read"},
     .errors = "shmwrite: demo: is sealed, and cannot be updated\r\nshmwrite: hint: --release ends it\r\n",
     .status = EXIT_CONFLICT},
};

/* Run shmwrite --put with these options, as process `process`. */
static int put_with(uint32_t process, const char *const options[], size_t count, const char *text)
{
    const char *words[10] = {"shmwrite", "--put"};
    size_t length = 2;
    for (size_t i = 0; i < count && options[i] != NULL; i++) {
        words[length++] = options[i];
    }
    words[length++] = name;
    words[length] = text;
    return tool_run(process, words);
}

static void test_put_again(void)
{
    TEST("--put of a value that exists names each option that has no effect, and refuses another access list")
    {
        for (size_t i = 0; i < sizeof put_again / sizeof *put_again; i++) {
            const struct put_again *row = &put_again[i];
            check_row(row->putter[0] == NULL ? "no option" : row->putter[0]);
            tool_reset();
            CHECK_EQUAL(put_with(TOOL_OTHER, row->creator, 2, "old"), EXIT_DONE);
            CHECK_EQUAL(put_with(TOOL_PROCESS, row->putter, 4, "new"), row->status);
            CHECK_TEXT(tool_errors(TOOL_PROCESS), row->errors == NULL ? "" : row->errors);
            CHECK(tool_finds(name, row->status == EXIT_DONE ? "new" : "old"));
            CHECK_EQUAL(machine_leaks(), 0);
        }
    }

    TEST("--put --allow updates the value that another user has created with the same option")
    {
        tool_reset();
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", "--allow", "write", name, "old"), EXIT_DONE);
        machine_security(name, "D:P(A;;GA;;;SY)(A;;GA;;;S-1-5-21-1-2-3-1002)(A;;0x20007;;;AU)");
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "--allow", "write", name, "new"), EXIT_DONE);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "--allow", "read", name, "no"), EXIT_CONFLICT);
        machine_security(name, "D:P(A;;GA;;;SY)(A;;GA;;;S-1-5-21-1-2-3-1002)(A;;0x20007;;;WD)");
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "--allow", "write", name, "no"), EXIT_CONFLICT);
        machine_security(name, "D:P(A;;GA;;;SY)(A;;GA;;;WD)(A;;0x20007;;;AU)");
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "--allow", "write", name, "no"), EXIT_CONFLICT);
        CHECK(tool_finds(name, "new"));
    }

    TEST("--put --allow compares access lists in Global\\ without the privilege to create there")
    {
        tool_reset();
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "-g", "--put", "--allow", "write", name, "old"), EXIT_DONE);
        machine_deny_global();
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-g", "--put", "--allow", "write", name, "new"), EXIT_DONE);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-g", "--put", "--allow", "read", name, "no"), EXIT_CONFLICT);
        CHECK(tool_finds("Global\\demo", "new"));
    }

    TEST("--put of a value whose holder died neither ends it nor stores anything if it refuses the access list")
    {
        tool_reset();
        with_dead_holder();
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "--allow", "read", name, "new"), EXIT_CONFLICT);
        CHECK_TEXT(tool_errors(TOOL_PROCESS), NOT_AS("--allow"));
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "--reads", "3", name, "new"), EXIT_DONE);
        CHECK_TEXT(tool_errors(TOOL_PROCESS), NOT_AS("--allow") NO_EFFECT("--reads has"));
        CHECK(tool_finds(name, "new"));
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--release", name), EXIT_DONE);
    }

    TEST("--put that takes over the value of a dead holder holds it for --hold-for")
    {
        tool_reset();
        with_dead_holder();
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "--hold-for", "1s", name, "new"), EXIT_DONE);
        CHECK_TEXT(tool_errors(TOOL_PROCESS), "");
        CHECK(tool_finds(name, "new"));
        CHECK_EQUAL(machine_finish(machine_started()), EXIT_DONE);
        CHECK(tool_finds(name, NULL));
    }
}

/* ---- The console ------------------------------------------------------------------------------------------------- */

#define HINT "shmwrite: demo: type the contents; Ctrl+Z and Enter at the start of a line end them\r\n"
#define CTRL_Z_LINE u"\x1A\r\n"

/* Type `units` and then Ctrl+Z: the value is `value`. */
static void type(const char *row, const uint16_t *const lines[], const char *value)
{
    check_row(row);
    tool_reset();
    machine_input_console(TOOL_PROCESS, lines);
    CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-d", "-i", "-", name), EXIT_DONE);
    CHECK_TEXT(tool_errors(TOOL_PROCESS), HINT);
    CHECK(tool_finds(name, value));
    tool_clear_away(name);
}

#define TYPE(row, value, ...) type(row, (const uint16_t *const[]){__VA_ARGS__, NULL}, value)

/* A line of `count` times `unit` before `end`, in both encodings. */
static void type_long(const char *row, size_t count, const uint16_t *end, const char *end_text)
{
    static uint16_t line[2100];
    static char value[2100];
    for (size_t i = 0; i < count; i++) {
        line[i] = 'a';
        value[i] = 'a';
    }
    memcpy(line + count, end, 10);
    (void)snprintf(value + count, sizeof value - count, "%s", end_text);
    TYPE(row, value, line, CTRL_Z_LINE);
}

static void test_console(void)
{
    TEST("--put, --update and --detach read a console only with --input -")
    {
        static const char *const verbs[] = {"--put", "--update", "--detach"};
        for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
            check_row(verbs[i]);
            tool_reset();
            with_value();
            with_console();
            const char *typed = i == 2 ? "other" : name;
            CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", verbs[i], typed), EXIT_USAGE);
            CHECK_TEXT(tool_errors(TOOL_PROCESS), "shmwrite: TEXT is missing (try --help)\r\n"
                                                  "shmwrite: hint: --input - reads the contents from the console\r\n");
            CHECK(tool_finds(name, "old value"));
            tool_clear_away(name);
        }
    }
    TEST("typed contents end with Ctrl+Z at the start of a line, and are not cut within a character")
    {
        TYPE("a line", "one\r\n", u"one\r\n", CTRL_Z_LINE, u"not read\r\n");
        TYPE("nothing", "", CTRL_Z_LINE);
        TYPE("Ctrl+Z in the middle of a line", "a\x1A\r\n\r\n", u"a\x1A\r\n", u"\r\n", u"\x1A\x20rest\r\n");
        /* A read returns 2048 units. */
        type_long("a pair that a read cuts", 2047, u"\xD83D\xDE00\r\n", "\xF0\x9F\x98\x80\r\n");
        type_long("Ctrl+Z where a read cuts a line", 2048, u"\x1A\r\n\0", "\x1A\r\n");
    }

    TEST("half a pair is refused, but in UTF-16")
    {
        static const uint16_t half[] = {0xD83D, '\r', '\n', 0};
        static const uint16_t *const lines[] = {half, u"\x1A\r\n", NULL};
        tool_reset();
        machine_input_console(TOOL_PROCESS, lines);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-d", "-i", "-", name), EXIT_IO);
        CHECK_EQUAL(tool_failures(TOOL_PROCESS), 1);
        machine_input_console(TOOL_PROCESS, lines);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-d", "-i", "-", "-e", "utf-16", name), EXIT_DONE);
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

/* Kill a --put as soon as it has started its holder. */
static void kill_after_start(void)
{
    bool has_started = false;
    tool_reset();
    machine_on_call(kill_at_wait_after_start, &has_started);
    CHECK(RUN(2, "shmwrite", "--put", "--reads", "2", name, "x") == MACHINE_KILLED);
    machine_on_call(NULL, NULL);
}

static void test_holding(void)
{
    TEST("a holder lets go when it is asked to, when its time is up, when it was read, and at Ctrl+C, with status 0")
    {
        static const struct {
            const char *line;
            const char *arguments[7];
            void (*happens)(void *context);
            uint32_t process; /* that it starts, or 0 */
        } ends[] = {
            {"released: interrupted", {"shmwrite", "-v", name, "x"}, interrupt_tool, 0},
            {"released: on request", {"shmwrite", "-v", name, "x"}, release_tool, TOOL_RELEASER},
            {"released: --hold-for is over", {"shmwrite", "-v", "--hold-for", "1500ms", name, "x"}, NULL, 0},
            {"released: all reads are done", {"shmwrite", "-v", "--reads", "2", name, "x"}, read_twice, TOOL_LOOKER},
        };
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            check_row(ends[i].line);
            tool_reset();
            machine_on_wait(ends[i].happens, NULL);
            CHECK_EQUAL(tool_run(TOOL_PROCESS, ends[i].arguments), EXIT_DONE);
            CHECK(strstr(tool_errors(TOOL_PROCESS), ends[i].line) != NULL);
            CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
            CHECK(ends[i].process == 0 || machine_finish(ends[i].process) == EXIT_DONE);
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
        kill_after_start();
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE); /* its process exists, and has not begun */
        CHECK_EQUAL(machine_finish(machine_started()), EXIT_SYSTEM);
        CHECK_EQUAL(machine_live_objects(), 0);
    }

    TEST("a holder whose command is killed before it holds does not get in the way of the next command")
    {
        kill_after_start();
        CHECK_EQUAL(RUN(4, "shmwrite", "--put", name, "y"), EXIT_DONE); /* while the first one begins */
        CHECK(tool_finds(name, "y"));
        tool_clear_away(name);
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

    TEST("a released value that a reader keeps alive is reported")
    {
        tool_reset();
        keep_value();
        CHECK_EQUAL(RUN(2, "shmwrite", "--release", name), EXIT_DONE);
        CHECK_TEXT(tool_errors(2), "shmwrite: demo: released, but another program keeps the memory open\r\n");
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
        CHECK(strstr(tool_errors(TOOL_PROCESS), "--background is internal and cannot be used") != NULL);
        machine_written_clear(TOOL_PROCESS, STANDARD_ERROR);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--background", "9,9,9,9,9,9,9,9,9,9", name), EXIT_SYSTEM);
        CHECK(strstr(tool_errors(TOOL_PROCESS), "cannot take over the memory from the command that created it") !=
              NULL);
    }

    TEST("no progress is shown into a line that is being typed, and the note that no reader comes only after it")
    {
        static const uint16_t *const lines[] = {u"typed\r\n", u"\x1A\r\n", NULL};
        tool_reset();
        machine_input_console(TOOL_PROCESS, lines);
        machine_output(TOOL_PROCESS, STANDARD_ERROR, MACHINE_CONSOLE);
        START(TOOL_PROCESS, "shmwrite", "--stream", "--progress", name);
        tool_sleep(5000);
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmread", name), EXIT_DONE);
        CHECK_EQUAL(machine_finish(TOOL_PROCESS), EXIT_DONE);
        CHECK_TEXT(tool_errors(TOOL_PROCESS), HINT "shmwrite: demo: waiting for a reader\r\n");
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

/*
 * Check that the value has `size` bytes: the first `length` ones of `bytes`,
 * and zeros. Check that the memory is zero behind it.
 */
static void check_value(const char *bytes, size_t length, size_t size)
{
    static char wanted[2048];
    memset(wanted, 0, sizeof wanted);
    memcpy(wanted, bytes, length);
    CHECK_BYTES(machine_bytes(name, NULL), size + 20, wanted, size + 20);
    machine_written_clear(TOOL_LOOKER, STANDARD_OUTPUT);
    CHECK_EQUAL(RUN(TOOL_LOOKER, "shmread", "-e", "bytes", name), EXIT_DONE);
    size_t printed = 0;
    const char *output = machine_written(TOOL_LOOKER, STANDARD_OUTPUT, &printed);
    CHECK_BYTES(output, printed, wanted, size);
}

static void test_padding(void)
{
    TEST("--pad fills with zeros behind the contents, and they belong to the value")
    {
        static const char *const verbs[] = {"-d", "-p", "-u"};
        for (size_t i = 0; i < 3; i++) {
            check_row(verbs[i]);
            tool_reset();
            if (i > 0) {
                CHECK_EQUAL(RUN(3, "shmwrite", "-d", "-s", "2000", name, "old value, and long"), EXIT_DONE);
            }
            CHECK_EQUAL(RUN(2, "shmwrite", verbs[i], "--pad", "1025", name, "hello"), EXIT_DONE);
            check_value("hello", 5, 1025);
            CHECK_EQUAL(RUN(2, "shmwrite", "-u", "--pad", "5", name, "HELLO"), EXIT_DONE);
            check_value("HELLO", 5, 5);
            tool_clear_away(name);
        }
    }

    TEST("--pad fills a part, and the rest of the value stays")
    {
        tool_reset();
        CHECK_EQUAL(RUN(2, "shmwrite", "-d", "-s", "100", name, "0123456789abcdef"), EXIT_DONE);
        CHECK_EQUAL(RUN(2, "shmwrite", "-u", "--offset", "2", "--pad", "6", name, "xyz"), EXIT_DONE);
        check_value("01xyz\0\0\00089abcdef", 16, 16);
        CHECK_EQUAL(RUN(2, "shmwrite", "-u", "--offset", "12", "--pad", "10", "-e", "utf-16", name, "u"), EXIT_DONE);
        check_value("01xyz\0\0\00089abu", 13, 22);
        CHECK_EQUAL(RUN(2, "shmwrite", "-u", "--offset", "0", "--pad", "3", name, ""), EXIT_DONE);
        check_value("\0\0\0yz\0\0\00089abu", 13, 22);
        tool_clear_away(name);
    }

    TEST("--pad fills behind a file that shrinks or grows while it is read, and behind --chomp")
    {
        static const struct {
            const char *bytes;
            size_t size;
            uint64_t claimed;
            const char *chomp;
        } files[] = {{"abc", 3, 3, "-q"},          {"abc", 3, 8, "-q"},        {"abcdefgh", 8, 3, "-q"},
                     {"abc\r\n", 5, 5, "--chomp"}, {"abc\n", 4, 4, "--chomp"}, {"abc", 3, 3, "--chomp"}};
        static const char *const verbs[] = {"-d", "-p", "-u"};
        for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
            for (size_t verb = 0; verb < 3; verb++) {
                (void)snprintf(check_row_text, sizeof check_row_text, "file %zu, %s", i, verbs[verb]);
                tool_reset();
                if (verb > 0) {
                    with_value();
                }
                machine_input_file(TOOL_PROCESS, files[i].bytes, files[i].size, files[i].claimed);
                CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", verbs[verb], files[i].chomp, "--pad", "8", name), EXIT_DONE);
                check_value("abc", 3, 8);
                tool_clear_away(name);
            }
        }
    }

    TEST("--update --raw --pad fills with zeros in the memory of another program, and changes no other byte")
    {
        tool_reset();
        static char bytes[2000];
        memset(bytes, 'x', sizeof bytes);
        machine_foreign_section(name, bytes, sizeof bytes, 4096);
        CHECK_EQUAL(RUN(2, "shmwrite", "-u", "--raw", "--offset", "2", "--pad", "1500", name, "abc"), EXIT_DONE);
        memcpy(bytes + 2, "abc", 3);
        memset(bytes + 5, 0, 1497);
        CHECK_BYTES(machine_bytes(name, NULL), sizeof bytes, bytes, sizeof bytes);
        tool_clear_away(name);
    }
}

int main(void)
{
    (void)alarm(120);
    test_failing_calls();
    test_kills();
    test_failures();
    test_put_again();
    test_console();
    test_holding();
    test_by_hand();
    test_contents();
    test_padding();
    machine_reset();
    return check_end();
}
