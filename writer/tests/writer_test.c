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

/*
 * Leave the value of a holder that has died. Another program keeps its memory,
 * and `known` of the holder's companions: none, the mutex, or both.
 */
static void leave_value(int known)
{
    object *kept = NULL;
    with_value();
    (void)machine_switch_process(0);
    CHECK_EQUAL(section_open(name, ACCESS_READ, &kept), 0);
    if (known > 0) {
        CHECK_EQUAL(object_open(OBJECT_MUTEX, "demo.winshm.holder", &kept), 0);
    }
    if (known > 1) {
        CHECK_EQUAL(object_open(OBJECT_EVENT, "demo.winshm.release", &kept), 0);
        CHECK_EQUAL(object_signal(kept, SIGNAL_SET), 0);
    }
    (void)machine_switch_process(1);
    machine_kill_process(machine_started());
}

static void with_dead_holder(void)
{
    leave_value(0);
}

static void with_dead_holder_whose_mutex_is_known(void)
{
    leave_value(1);
}

static void with_dead_holder_that_is_known(void)
{
    leave_value(2);
}

static void with_allowed(void)
{
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", "--allow", "read", "demo", "old value"), EXIT_DONE);
}

static void with_number(void)
{
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", "demo", "41"), EXIT_DONE);
}

/* Create a value that ends while the command waits for its end. */
static void with_value_that_ends(void)
{
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", "--hold-for", "100ms", "demo", "old value"), EXIT_DONE);
}

/* Start a program that runs for a second, as the parent of the command. */
static void with_parent(void)
{
    START(TOOL_OTHER, "shmread", "--quiet", "--wait", "--timeout", "1s", "nothing");
    tool_sleep(1);
    machine_parent(TOOL_PROCESS, TOOL_OTHER);
}

/* After success, the value is that of the command, whose parent then ends. */
static void check_with_parent(int status)
{
    CHECK(status != EXIT_DONE || tool_finds(name, "hello"));
    machine_kill_process(TOOL_OTHER);
    tool_sleep(10);
    CHECK(tool_finds(name, NULL));
}

static void check_waited(int status)
{
    tool_sleep(200);
    CHECK(status != EXIT_DONE || tool_finds(name, "hello"));
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
#define ADDS(label, ...)                                                                                               \
    .row = label, .prepare = with_number, .before = "41", .after = "42", .output = "42\r\n", .flags = TOOL_EITHER,     \
    CASE(__VA_ARGS__)
#define MUCH "much more than before, so that nothing of the old value is left"

static struct tool_case cases[] = {
    {UPDATES("--update", with_value, "hello", "--update", name, "hello")},
    {UPDATES("--update, a file", with_value_and_file, "filed", "--update", "-i", "file", name)},
    {UPDATES("--update with much", with_value, MUCH, "--update", name, MUCH)},
    {UPDATES("--update with nothing", with_value, "", "--update", name, "")},
    {UPDATES("--update --offset", with_value, "old hello", "--update", "--offset", "4", name, "hello")},
    {UPDATES("--update --pad", with_value, "old", "--update", "--offset", "3", "--pad", "20", name, "")},
    {UPDATES("--update --append", with_value, "old value, hello", "--update", "--append", name, ", hello")},
    {UPDATES("--update --if", with_value, "hello", "--update", "--if", "old value", name, "hello")},
    {ADDS("--update --add", "--update", "--add", "1", name)},
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
    {ADDS("--put --add, existing", "--put", "--add", "1", name)},
    {.row = "--put --add, new",
     .after = "1",
     .output = "1\r\n",
     .flags = TOOL_EITHER | TOOL_HELD,
     CASE("--put", "--add", "1", name)},
    {KEEPS("--put --append, new", NULL, "hello", "--put", "--append", name, "hello")},
    {UPDATES("--put --append, the holder is dead", with_dead_holder, "old value, hello", "--put", "--append", name,
             ", hello"),
     .flags = TOOL_EITHER | TOOL_HELD},
    {KEEPS("--detach --wait, free", NULL, "hello", "--detach", "--wait", name, "hello")},
    {.row = "--detach --wait",
     .prepare = with_value_that_ends,
     .after = "hello",
     .flags = TOOL_MOVING,
     .check = check_waited,
     CASE("--detach", "--wait", name, "hello")},
    {.row = "--hold-with", .prepare = with_parent, CASE("--hold-with", "3", name, "hello")},
    {.row = "--put --hold-with",
     .prepare = with_parent,
     .after = "hello",
     .flags = TOOL_HELD,
     CASE("--put", "--hold-with", "parent", name, "hello")},
    {.row = "--detach --hold-with, its end",
     .prepare = with_parent,
     .flags = TOOL_MOVING,
     .check = check_with_parent,
     CASE("--detach", "--hold-with", "parent", name, "hello")},
    {UPDATES("--update --raw", with_foreign, "our value", "--update", "--raw", name, "our")},
    {.row = "--release", .prepare = with_value, .before = "old value", .flags = TOOL_EITHER, CASE("--release", name)},
};
enum {
    CASES = sizeof cases / sizeof *cases,
    HELD_AGAIN = 10, /* from here on a new holder is started */
    STEPPED = 13     /* cases before this index update a value, and are killed before each store */
};

static void test_failing_calls(void)
{
    TEST("whichever call fails, of whichever verb, the run ends with one line and nothing left open")
    {
        size_t injected = 0;
        for (size_t i = 0; i < CASES; i++) {
            injected += tool_fail_each(&cases[i], name);
        }
        printf("# %zu calls failed\n", injected);
    }
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
                CHECK(parent ? status == MACHINE_KILLED : tool_is_status(status));
                CHECK(parent || tool_failures(TOOL_PROCESS) == (status != EXIT_DONE));
                check_after_kill(&cases[i]);
                tool_clear_away(name);
            }
        }
    }
}

/* ---- Failures that Wine does not have ---------------------------------------------------------------------------- */

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

/* Return bytes of the trailer of a value, `before_end` bytes before its end. */
static uint8_t *trailer_bytes(size_t before_end)
{
    uint64_t size = 0;
    with_value();
    uint8_t *bytes = machine_bytes(name, &size);
    return bytes + size - before_end;
}

static void with_damaged_sizes(void)
{
    memset(trailer_bytes(120), 0xEE, 24);
}

static void with_last_sequence(void)
{
    static const uint64_t last = UINT64_MAX - 1;
    memcpy(trailer_bytes(WINSHM_TRAILER_SIZE - offsetof(winshm_trailer, current)), &last, sizeof last);
}

static void with_newer_layout(void)
{
    *trailer_bytes(128) = 99;
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
#define MEMORY ": Not enough memory resources are available to process this command (8)"
#define PAGING_FILE "The paging file is too small for this operation to complete (1455)"
#define HUGE_SIZE "memory for 9895604649984000000 bytes cannot be allocated"
#define X101 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define END_IT "\r\nshmwrite: hint: end it with --release, then create it with --size 101 or more"

#define FAILS(with, words, ends, says) .prepare = with, .command = words, .status = ends, .line = says

static const struct failing {
    const char *command; /* what follows shmwrite */
    enum status status;
    const char *line;      /* after `shmwrite: ` and the subject */
    void (*prepare)(void); /* or NULL */
    const char *denied;    /* an object that this user may not open, or NULL */
    const char *fails;     /* a function that fails with `error`, or NULL */
    oserror error;
    uint64_t memory; /* the limit of committed bytes, or 0 */
    uint64_t view;   /* the limit of the bytes of a view, or 0 */
} failing[] = {
    {FAILS(machine_deny_global, "-g demo x", EXIT_DENIED, PRIVILEGE)},
    {FAILS(machine_deny_global, "--put Global\\demo x", EXIT_DENIED, PRIVILEGE)},
    {FAILS(NULL, "demo x", EXIT_DENIED, "access denied: this user may not create it (5)"), .denied = name},
    {FAILS(NULL, "--sddl D:P(A;;GA;;;BA) demo x", EXIT_DENIED,
           "access denied: its security descriptor needs a privilege that this user does not have: (1314)"),
     .fails = "section_create", .error = OSERROR_PRIVILEGE_NOT_HELD},
    {FAILS(NULL, "--sddl D:P(A;;GA;;;BA) demo x", EXIT_DENIED,
           "access denied: its helper object demo.winshm.release cannot be created: its security descriptor "
           "names an owner that this user may not set: (1307)"),
     .fails = "event_create", .error = OSERROR_INVALID_OWNER},
    {FAILS(with_foreign, "demo x", EXIT_DENIED, "access denied: it already exists, and this user may not open it (5)"),
     .denied = name},
    {FAILS(with_foreign, "--put demo x", EXIT_DENIED, "access denied: this user may not open it (5)"), .denied = name},
    {FAILS(with_closed_for_writing, "-u demo x", EXIT_DENIED, "access denied: this user may not open it (5)")},
    {FAILS(with_event, "-g demo x", EXIT_CONFLICT, "the name is that of an event, not of shared memory")},
    {FAILS(NULL, "-s 1M demo x", EXIT_NO_ROOM,
           "memory for 1048576 bytes cannot be allocated: " PAGING_FILE "\r\n"
           "shmwrite: hint: a value takes twice its size in memory, with --sealed only once"),
     .memory = 1 << 20},
    {FAILS(NULL, "-s 1M --sealed demo x", EXIT_NO_ROOM, "memory for 1048576 bytes cannot be allocated: " PAGING_FILE),
     .memory = 500000},
    {FAILS(NULL, "-s 1000000 --stream demo", EXIT_NO_ROOM,
           "memory for 1000000 bytes cannot be allocated: " PAGING_FILE),
     .memory = 500000},
    {FAILS(NULL, "-s 1M demo x", EXIT_NO_ROOM,
           "does not fit into the address space of this " TOOL_BITS "-bit program" MEMORY),
     .view = 1 << 20},
    {FAILS(NULL, "demo", EXIT_NO_ROOM, "memory for 65536 bytes cannot be allocated" MEMORY), .fails = "memory_take",
     .error = OSERROR_NOT_ENOUGH_MEMORY},
    {FAILS(NULL, "--raw -s 9000000T demo x", EXIT_NO_ROOM, HUGE_SIZE)},
    {FAILS(NULL, "-s 9000000T demo x", EXIT_NO_ROOM, HUGE_SIZE)},
    {FAILS(NULL, "--stream -s 9000000T demo", EXIT_NO_ROOM, HUGE_SIZE)},
    {FAILS(without_input, "demo", EXIT_IO, "there is no standard input: The handle is invalid (6)")},
    {FAILS(with_broken_pipe, "demo", EXIT_IO, "cannot read the input: (233)")},
    {FAILS(with_numbers, "-s 2 -e u8 demo", EXIT_NO_ROOM, "the contents are larger than 2 bytes")},
    {FAILS(with_broken_pipe, "-u demo", EXIT_NOTHING, "does not exist")},
    {FAILS(NULL, "-i none demo", EXIT_IO, "cannot open none: The system cannot find the file specified (2)")},
    {FAILS(NULL, "demo \xED\xA0\xBD", EXIT_USAGE,
           "the text has half of a surrogate pair, which only utf-16 can store")},
    {FAILS(with_file, "-s 4 -i file demo", EXIT_NO_ROOM, "the contents are larger than 4 bytes")},
    {FAILS(with_file, "--pad 4 -c -i file demo", EXIT_NO_ROOM, "the contents are larger than 4 bytes")},
    {FAILS(with_value, "-u --offset 98 demo abc", EXIT_NO_ROOM,
           "3 bytes at offset 98 do not fit: there is room for 100 bytes")},
    {FAILS(with_value, "-u demo " X101, EXIT_NO_ROOM, "101 bytes do not fit: there is room for 100 bytes" END_IT)},
    {FAILS(with_value, "-u --pad 101 demo x", EXIT_NO_ROOM,
           "101 bytes do not fit: there is room for 100 bytes" END_IT)},
    {FAILS(with_foreign, "-u --raw --pad 18446744073709551615 demo x", EXIT_NO_ROOM,
           "18446744073709551615 bytes do not fit: there is room for 4096 bytes")},
    {FAILS(with_sealed, "-u demo x", EXIT_CONFLICT,
           "is sealed, and cannot be updated\r\nshmwrite: hint: --release ends it")},
    {FAILS(with_foreign, "-u demo x", EXIT_CONFLICT, NO_LAYOUT)},
    {FAILS(with_foreign, "-p demo x", EXIT_CONFLICT, NO_LAYOUT)},
    {FAILS(with_foreign, "-u --raw --offset 4096 demo x", EXIT_NO_ROOM,
           "1 byte at offset 4096 does not fit: there is room for 4096 bytes")},
    {FAILS(with_value, "-u --raw demo x", EXIT_CONFLICT, "has a layout of shmwrite: update it without --raw")},
    {FAILS(with_filling, "-u demo x", EXIT_NOTHING, "has no contents yet")},
    {FAILS(with_filling, "-p demo x", EXIT_CONFLICT,
           "has no holder any more, but another program keeps the memory open")},
    {FAILS(with_damaged_sizes, "-p demo x", EXIT_BROKEN, "its layout is damaged")},
    {FAILS(with_last_sequence, "-p demo x", EXIT_BROKEN, "its layout is damaged")},
    {FAILS(with_last_sequence, "-u demo x", EXIT_BROKEN, "its layout is damaged")},
    {FAILS(with_newer_layout, "-u demo x", EXIT_BROKEN, "was created by a newer shmwrite: its layout is unknown")},
    {FAILS(with_holder_name_taken, "demo x", EXIT_CONFLICT,
           "its helper object demo.winshm.holder cannot be opened: the name is that of an event")},
    {FAILS(NULL, "-d demo x", EXIT_DENIED,
           "access denied: this user may not open its helper object demo.winshm.holder (5)"),
     .denied = "demo.winshm.holder"},
    {FAILS(NULL, "-R demo", EXIT_NOTHING, "does not exist")},
    {FAILS(with_foreign, "-R demo", EXIT_CONFLICT, "has no holder: shmwrite does not hold it")},
    {FAILS(NULL, "-d demo x", EXIT_SYSTEM, "cannot start the holder in the background: Access is denied (5)"),
     .fails = "process_start", .error = OSERROR_ACCESS_DENIED},
};

/*
 * Run shmwrite with the words of a command, between which there are blanks, and
 * then with NAME and `text`, if that is not NULL.
 */
static int run_words(uint32_t process, const char *command, const char *text)
{
    static char line[300];
    const char *words[12] = {"shmwrite"};
    size_t count = 1;
    (void)snprintf(line, sizeof line, "%s", command);
    for (char *word = strtok(line, " "); word != NULL; word = strtok(NULL, " ")) {
        words[count++] = word;
    }
    if (text != NULL) {
        words[count++] = name;
        words[count] = text;
    }
    return tool_run(process, words);
}

/* Run the row, with or without stderr. */
static void run_failing(const struct failing *row, bool is_deaf)
{
    (void)snprintf(check_row_text, sizeof check_row_text, "%s: %s", row->command, row->line);
    tool_reset();
    if (row->prepare != NULL) {
        row->prepare();
    }
    if (row->denied != NULL) {
        machine_deny(row->denied);
    }
    if (row->memory != 0) {
        machine_commit_limit(row->memory);
    }
    if (row->view != 0) {
        machine_view_limit(row->view);
    }
    if (row->fails != NULL) {
        machine_fail_function(row->fails, 0, row->error);
    }
    if (is_deaf) {
        machine_standard_absent(TOOL_PROCESS, STANDARD_ERROR);
    }
    CHECK_EQUAL(run_words(TOOL_PROCESS, row->command, NULL), row->status);
    CHECK_EQUAL(machine_leaks(), 0);
}

static void test_failures(void)
{
    TEST("each cause of a failure has its sentence and its status, and nothing is left")
    {
        for (size_t i = 0; i < sizeof failing / sizeof *failing; i++) {
            const char *subject = strstr(failing[i].command, "Global\\") == NULL ? name : "Global\\demo";
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

/* The command that creates the value, and the one that puts it again. */
static const struct put_again {
    const char *creator;
    const char *putter;
    const char *errors; /* NULL: none */
    enum status status;
} put_again[] = {
    {.creator = "--put", .putter = "--put -v", .errors = "shmwrite: demo: updated\r\n"},
    {.creator = "--put --size=100", .putter = "--put --size=100"},
    {.creator = "--put --size=100", .putter = "--put --size=101", .errors = NO_EFFECT("--size has")},
    {.creator = "--put --size=100", .putter = "--put --size=101 -q"},
    {.creator = "--put", .putter = "--put --size=1790"}, /* the room that it has without --size */
    {.creator = "--put", .putter = "--put --sealed", .errors = NO_EFFECT("--sealed has")},
    {.creator = "--put --hold-for=1h", .putter = "--put --hold-for=1h", .errors = NO_EFFECT("--hold-for has")},
    {.creator = "--put --reads=3", .putter = "--put --reads=2", .errors = NO_EFFECT("--reads has")},
    {.creator = "--put", .putter = "--put --size=9K --reads=1", .errors = NO_EFFECT("--size and --reads have")},
    {.creator = "--put",
     .putter = "--put --reads=1 --hold-for=1h --sealed --size=9K",
     .errors = NO_EFFECT("--size, --sealed, --hold-for and --reads have")},
    {.creator = "--put --allow=write", .putter = "--put --allow=write"},
    {.creator = "--put --allow=write", .putter = "--put"}, /* keeps the access list */
    {.creator = "--put --sddl " USER, .putter = "--put --sddl " USER},
    {.creator = "--put --allow=read", .putter = "--put --sddl " USER "(A;;0x20005;;;AU)"},
    {.creator = "--put", .putter = "--put --sddl " USER},
    {.creator = "--put", .putter = "--put --allow=read", .errors = NOT_AS("--allow"), .status = EXIT_CONFLICT},
    {.creator = "--put --allow=read",
     .putter = "--put --allow=write",
     .errors = NOT_AS("--allow"),
     .status = EXIT_CONFLICT},
    {.creator = "--put --allow=write",
     .putter = "--put --sddl " USER,
     .errors = NOT_AS("--sddl"),
     .status = EXIT_CONFLICT},
    {.creator = "--put --sealed",
     .putter = "--put --allow=read",
     .errors = "shmwrite: demo: is sealed, and cannot be updated\r\nshmwrite: hint: --release ends it\r\n",
     .status = EXIT_CONFLICT},
};

static void test_put_again(void)
{
    TEST("--put of a value that exists names each option that has no effect, and refuses another access list")
    {
        for (size_t i = 0; i < sizeof put_again / sizeof *put_again; i++) {
            const struct put_again *row = &put_again[i];
            check_row(row->putter);
            tool_reset();
            CHECK_EQUAL(run_words(TOOL_OTHER, row->creator, "old"), EXIT_DONE);
            CHECK_EQUAL(run_words(TOOL_PROCESS, row->putter, "new"), row->status);
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

    TEST("--put of a value whose holder died stores nothing if it refuses the access list, else it holds it for "
         "--hold-for")
    {
        tool_reset();
        with_dead_holder();
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "--allow", "read", name, "new"), EXIT_CONFLICT);
        CHECK_TEXT(tool_errors(TOOL_PROCESS), NOT_AS("--allow"));
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "--reads", "3", "--hold-for", "1s", name, "new"), EXIT_DONE);
        CHECK_TEXT(tool_errors(TOOL_PROCESS), NOT_AS("--allow") NO_EFFECT("--reads has"));
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
            CHECK_TEXT(
                tool_errors(TOOL_PROCESS),
                "shmwrite: TEXT is missing (try --help)\r\n"
                "shmwrite: hint: --input - reads it from the console; a variable that may be empty needs quotes\r\n");
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

    TEST("a stream that is typed arrives line by line, until a line cannot be stored in the chosen encoding")
    {
        static const uint16_t *const lines[] = {u"first\r\n", u"\x3042\r\n", u"last\r\n", CTRL_Z_LINE, NULL};
        for (int is_ansi = 0; is_ansi < 2; is_ansi++) {
            tool_reset();
            machine_input_console(TOOL_PROCESS, lines);
            START(TOOL_PROCESS, "shmwrite", "--stream", "--encoding", is_ansi ? "ansi" : "utf-8", name);
            START(TOOL_OTHER, "shmread", "--wait", name);
            CHECK_EQUAL(machine_finish(TOOL_OTHER), is_ansi ? EXIT_BROKEN : EXIT_DONE);
            CHECK_EQUAL(machine_finish(TOOL_PROCESS), is_ansi ? EXIT_IO : EXIT_DONE);
            CHECK_TEXT(tool_output(TOOL_OTHER), is_ansi ? "first\r\n" : "first\r\n\xE3\x81\x82\r\nlast\r\n");
            CHECK_EQUAL(tool_failures(TOOL_PROCESS), is_ansi);
            CHECK_EQUAL(machine_leaks(), 0);
        }
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

static void test_action_as_name(void)
{
    TEST("a NAME that is called like an action leads to a hint")
    {
        tool_reset();
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--hold-for", "0", "release", "x"), EXIT_DONE);
        CHECK_TEXT(tool_errors(TOOL_PROCESS), "shmwrite: release: holding 1 byte for 0.000 s or until Ctrl+C\r\n"
                                              "shmwrite: hint: release is NAME here; the action is --release\r\n");
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--hold-for", "0", "released", "x"), EXIT_DONE);
        CHECK_TEXT(tool_errors(TOOL_OTHER), "shmwrite: released: holding 1 byte for 0.000 s or until Ctrl+C\r\n");
    }
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
        }
    }

    TEST("a command that is killed while it starts its holder leaves nothing, and is not in the way of the next one")
    {
        kill_after_start();
        CHECK_EQUAL(RUN(4, "shmwrite", "--put", name, "y"), EXIT_DONE); /* while the holder begins */
        CHECK(tool_finds(name, "y"));
        tool_clear_away(name);
        kill_after_start();
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE); /* its process exists, and has not begun */
        CHECK_EQUAL(machine_finish(machine_started()), EXIT_SYSTEM);
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

    TEST("a released value that a reader keeps alive is reported")
    {
        object *section = NULL;
        tool_reset();
        with_value();
        CHECK_EQUAL(section_open(name, ACCESS_READ, &section), 0);
        CHECK_EQUAL(RUN(2, "shmwrite", "--release", name), EXIT_DONE);
        CHECK_TEXT(tool_errors(2), "shmwrite: demo: released, but another program keeps the memory open\r\n");
        object_close(section);
        CHECK_EQUAL(machine_live_objects(), 0);
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

    TEST("a file that shrinks or grows while it is read gives what it then has, no more than it had, and zeros up to "
         "--pad")
    {
        static const struct {
            const char *bytes;
            size_t size;
            uint64_t claimed;
            const char *options[2];
            size_t length; /* of the value: at most "abc", and zeros */
        } files[] = {{"abc", 3, 3, {"-q", "-t1s"}, 3},
                     {"abc", 3, 10, {"-q", "-t1s"}, 3},
                     {"abcdefghij", 10, 3, {"-q", "-t1s"}, 3},
                     {"", 0, 10, {"-q", "-t1s"}, 0},
                     {"abcdefghij", 10, 0, {"-q", "-t1s"}, 0},
                     {"abc", 3, 8, {"-q", "--pad=8"}, 8},
                     {"abcdefgh", 8, 3, {"-q", "--pad=8"}, 8},
                     {"abc\r\n", 5, 5, {"--chomp", "-t1s"}, 3},
                     {"abc\r\n", 5, 5, {"--chomp", "--pad=8"}, 8}};
        static const char *const verbs[] = {"-d", "-p", "-u"};
        for (size_t i = 0; i < 3 * (sizeof files / sizeof *files); i++) {
            const char *verb = verbs[i % 3];
            const char *const *options = files[i / 3].options;
            size_t length = files[i / 3].length;
            (void)snprintf(check_row_text, sizeof check_row_text, "file %zu, %s", i / 3, verb);
            tool_reset();
            if (i % 3 > 0) {
                with_value();
            }
            machine_input_file(TOOL_PROCESS, files[i / 3].bytes, files[i / 3].size, files[i / 3].claimed);
            CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", verb, options[0], options[1], name), EXIT_DONE);
            check_value("abc", length < 3 ? length : 3, length);
            tool_clear_away(name);
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
    test_action_as_name();
    test_by_hand();
    test_contents();
    test_padding();
    machine_reset();
    return check_end();
}
