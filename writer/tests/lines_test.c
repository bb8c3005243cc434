/* lines_test.c - --lines makes each line of its input the value of NAME. */
#include "common/tests/tool.h"

#include <unistd.h>

#include "common/memory/value.h"

static const char name[] = "demo";

enum { FOLLOWER = 7 };

/* ---- All values that NAME ever had ------------------------------------------------------------------------------- */

/* Each of them, followed by '|'; of UTF-16 without its zero bytes. */
static char recorded[1000];
static uint64_t last_sequence;

/*
 * Append the value of NAME to `recorded` if it is complete and new. The updates
 * have numbers without a gap.
 */
static void record(void *context)
{
    uint64_t size = 0;
    uint8_t *bytes = machine_bytes(name, &size);
    struct mapping mapping;
    struct value_look look;
    (void)context;
    if (bytes == NULL ||
        trailer_attach(&(struct view){.base = bytes, .size = size, .committed = size}, &mapping) != TRAILER_OURS ||
        !value_look(&mapping, &look) || (look.current & 1) != 0 || value_sequence(&look) == last_sequence) {
        return;
    }
    CHECK_EQUAL(value_sequence(&look), last_sequence + 1);
    last_sequence = value_sequence(&look);
    size_t length = strlen(recorded);
    for (size_t i = 0; i < look.slot.length && length < sizeof recorded - 2; i++) {
        recorded[length] = (char)look.contents[i];
        length += look.contents[i] != '\0';
    }
    recorded[length] = '|';
    recorded[length + 1] = '\0';
}

static void record_from_now_on(void)
{
    recorded[0] = '\0';
    last_sequence = 0;
    machine_on_step(record, NULL);
}

/* ---- Where a line ends ------------------------------------------------------------------------------------------- */

#define INPUT(...) .pieces = {__VA_ARGS__}
#define P(text)                                                                                                        \
    {                                                                                                                  \
        .bytes = text, .size = sizeof(text) - 1                                                                        \
    }
#define END_WITH(number)                                                                                               \
    {                                                                                                                  \
        .error = number                                                                                                \
    }

static const struct cut {
    const char *row;
    struct machine_piece pieces[6];
    const char *options[2];
    const char *values; /* as in `recorded` */
    enum status status;
    const char *line; /* on stderr after `shmwrite: demo: `, or NULL */
} cuts[] = {
    {"LF, and CR LF", INPUT(P("one\ntwo\r\nthree\n")), .values = "one|two|three|"},
    {"an empty line", INPUT(P("\n\r\none\n\n")), .values = "||one||"},
    {"the last line has no end", INPUT(P("one\ntwo")), .values = "one|two|"},
    {"one line without an end", INPUT(P("one")), .values = "one|"},
    {"a CR that is not before an LF", INPUT(P("a\rb\n\r\r\nc\r")), .values = "a\rb|\r|c\r|"},
    {"a line in pieces", INPUT(P("o"), P("ne\r"), P("\ntwo"), P("\nth"), P("ree\n")), .values = "one|two|three|"},
    {"the longest line", INPUT(P("abc\r"), P("\nde"), P("f\ngh")), .options = {"-s", "3"}, .values = "abc|def|gh|"},
    {"a line that is too long", INPUT(P("abc\r\ndefg\nh\n")), .options = {"-s", "3"}, .values = "abc|",
     .status = EXIT_NO_ROOM, .line = "line 2 is larger than 3 bytes"},
    {"a line that is too long, in pieces", INPUT(P("abc\nde"), P("fg"), P("\n")), .options = {"-s", "3"},
     .values = "abc|", .status = EXIT_NO_ROOM, .line = "line 2 is larger than 3 bytes"},
    {"a line that is too long, before it ends", INPUT(P("ab"), P("cdefgh"), {.error = MACHINE_BLOCKS}),
     .options = {"-s", "3"}, .values = "", .status = EXIT_NO_ROOM, .line = "line 1 is larger than 3 bytes"},
    {"the largest --size", INPUT(P("one\n")), .options = {"-s", "18446744073709551615"}, .values = "",
     .status = EXIT_NO_ROOM,
     .line = "memory for 18446744073709551615 bytes cannot be allocated: Not enough memory resources are available to "
             "process this command (8)"},
    {"UTF-16", INPUT(P("o\0n\0\r\0\n\0\n\0t\0")), .options = {"-e", "utf-16"}, .values = "on||t|"},
    {"UTF-16, in odd pieces", INPUT(P("o"), P("\0n"), P("\0\r\0\n"), P("\0t\0\n"), P("\0")),
     .options = {"-e", "utf-16"}, .values = "on|t|"},
    {"UTF-16, with the byte of an LF in a character", INPUT(P("\n\na\nb\0\n\0")), .options = {"-e", "utf-16"},
     .values = "\n\na\nb|"},
    {"the input is empty", INPUT({0}), .values = "", .status = EXIT_NOTHING,
     .line = "nothing to write: the input is empty"},
    {"the input fails", INPUT(P("one\ntw"), END_WITH(OSERROR_PIPE_NOT_CONNECTED)), .values = "one|", .status = EXIT_IO,
     .line = "cannot read the input: (233)"},
    {"the input fails at once", INPUT(END_WITH(OSERROR_PIPE_NOT_CONNECTED)), .values = "", .status = EXIT_IO,
     .line = "cannot read the input: (233)"},
};

static void run_cut(const struct cut *cut, bool puts)
{
    size_t pieces = 0;
    while (pieces < 6 && (cut->pieces[pieces].size > 0 || cut->pieces[pieces].error != OSERROR_NONE)) {
        pieces++;
    }
    tool_reset();
    machine_input_pipe(TOOL_PROCESS, cut->pieces, pieces);
    record_from_now_on();
    const char *arguments[8] = {"shmwrite", "--lines", name, cut->options[0], cut->options[1]};
    arguments[cut->options[0] == NULL ? 3 : 5] = puts ? "--put" : NULL;
    CHECK_EQUAL(tool_run(TOOL_PROCESS, arguments), cut->status);
    machine_on_step(NULL, NULL);
    CHECK_TEXT(recorded, cut->values);
    char said[200] = "";
    if (cut->line != NULL) {
        (void)snprintf(said, sizeof said, "shmwrite: demo: %s\r\n", cut->line);
        CHECK(strstr(tool_errors(TOOL_PROCESS), said) != NULL);
    }
    CHECK_EQUAL(tool_failures(TOOL_PROCESS), cut->line != NULL);
    bool stays = puts && cut->values[0] != '\0';
    CHECK_EQUAL(object_kind_of(name), stays ? OBJECT_SECTION : OBJECT_NONE);
    tool_clear_away(name);
}

static void test_cuts(void)
{
    TEST("each line is a value of its own, in order, whatever pieces the input comes in")
    {
        for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
            for (int puts = 0; puts < 2; puts++) {
                (void)snprintf(check_row_text, sizeof check_row_text, "%s%s", cuts[i].row, puts ? ", --put" : "");
                run_cut(&cuts[i], puts);
            }
        }
    }

    TEST("a line that is typed is a value as soon as it ends")
    {
        static const uint16_t *const lines[] = {u"one\r\n", u"\r\n", u"tw\u00F6\r\n", u"\x1A\r\n", NULL};
        tool_reset();
        machine_input_console(TOOL_PROCESS, lines);
        record_from_now_on();
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "--lines", name), EXIT_DONE);
        machine_on_step(NULL, NULL);
        CHECK_TEXT(recorded, "one||tw\xC3\xB6|");
        tool_clear_away(name);
    }

    TEST("a file of more than the ring holds is cut where its lines end")
    {
        enum { LINES = 300, LENGTH = 7001 };
        static char file[LINES * (LENGTH + 1)];
        static char last[LENGTH + 1];
        memset(file, 'x', sizeof file);
        for (size_t i = 1; i <= LINES; i++) {
            file[i * (LENGTH + 1) - 1] = '\n';
        }
        memset(last, 'x', LENGTH);
        tool_reset();
        machine_file_put("file", file, sizeof file);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "--lines", "-P", "-i", "file", name), EXIT_DONE);
        CHECK(strstr(tool_errors(TOOL_PROCESS), "shmwrite: demo: 2.0 MiB, ") != NULL);
        CHECK(tool_finds(name, last));
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmread", "--stat", name), EXIT_DONE);
        CHECK(strstr(tool_output(TOOL_OTHER), "updates:   299\r\n") != NULL);
        tool_clear_away(name);
    }
}

/* ---- Batches ----------------------------------------------------------------------------------------------------- */

#define BLOCKS                                                                                                         \
    {                                                                                                                  \
        .error = MACHINE_BLOCKS                                                                                        \
    }

static void with_input(const struct machine_piece *pieces, size_t count)
{
    tool_reset();
    machine_input_pipe(TOOL_PROCESS, pieces, count);
}

/* Let the input go on, and the processes with what comes. */
static void go_on(void)
{
    machine_input_go_on(TOOL_PROCESS);
    tool_sleep(2);
}

static uint64_t announced(void)
{
    uint64_t size;
    const uint8_t *bytes = machine_bytes(name, &size);
    return ((const winshm_trailer *)(const void *)(bytes + size - WINSHM_TRAILER_SIZE))->announced;
}

static void signal_release(void *context, const char *function, size_t index)
{
    bool *is_done = context;
    object *release = NULL;
    if (!*is_done && strcmp(function, "event_open") == 0 && machine_call_process(index) == TOOL_PROCESS) {
        *is_done = true;
        uint32_t before = machine_switch_process(TOOL_OTHER);
        CHECK_EQUAL(object_open(OBJECT_EVENT, "demo.winshm.release", &release), OSERROR_NONE);
        CHECK_EQUAL(object_signal(release, SIGNAL_SET), OSERROR_NONE);
        object_close(release);
        (void)machine_switch_process(before);
    }
}

static void test_batches(void)
{
    static const struct machine_piece slow[] = {P("one\n"), BLOCKS, P("two\nthree\nfo"), BLOCKS, P("ur\n"), BLOCKS};

    TEST("a follower is woken once for the lines that come together, and sees each line at once")
    {
        for (int puts = 0; puts < 2; puts++) {
            check_row(puts ? "--put" : "held here");
            with_input(slow, 6);
            START(TOOL_PROCESS, "shmwrite", "--lines", name, puts ? "--put" : "-q");
            tool_sleep(2);
            START(FOLLOWER, "shmread", "-f", "--numbered", name);
            tool_sleep(2);
            uint64_t before = announced();
            go_on();
            CHECK_EQUAL(announced(), before + 1);
            CHECK_TEXT(tool_output(FOLLOWER), "1 one\r\n3 three\r\n");
            go_on();
            CHECK_TEXT(tool_output(FOLLOWER), "1 one\r\n3 three\r\n4 four\r\n");
            go_on();
            CHECK_EQUAL(machine_finish(TOOL_PROCESS), EXIT_DONE);
            tool_clear_away(name);
        }
    }

    TEST("other processes update NAME between two batches")
    {
        for (int puts = 0; puts < 2; puts++) {
            check_row(puts ? "--put" : "held here");
            with_input(slow, 6);
            START(TOOL_PROCESS, "shmwrite", "--lines", name, puts ? "--put" : "-q");
            tool_sleep(2);
            CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", name, "other"), EXIT_DONE);
            go_on();
            CHECK(tool_finds(name, "three"));
            CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--update", name, "other"), EXIT_DONE);
            CHECK(tool_finds(name, "other"));
            go_on();
            CHECK(tool_finds(name, "four"));
            go_on();
            CHECK_EQUAL(machine_finish(TOOL_PROCESS), EXIT_DONE);
            tool_clear_away(name);
        }
    }

    TEST("a holder in the foreground lets go of NAME on request and at Ctrl+C, also while it waits for input")
    {
        for (int interrupts = 0; interrupts < 2; interrupts++) {
            with_input(slow, 6);
            START(TOOL_PROCESS, "shmwrite", "--lines", "-v", name);
            tool_sleep(2);
            CHECK(tool_finds(name, "one"));
            if (interrupts) {
                machine_interrupt(TOOL_PROCESS);
            } else {
                CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--release", name), EXIT_DONE);
                CHECK_TEXT(tool_errors(TOOL_OTHER), "");
            }
            CHECK_EQUAL(machine_finish(TOOL_PROCESS), EXIT_DONE);
            CHECK_TEXT(tool_errors(TOOL_PROCESS),
                       interrupts ? "shmwrite: demo: holding the newest line until the input ends\r\n"
                                    "shmwrite: demo: released: interrupted\r\n"
                                  : "shmwrite: demo: holding the newest line until the input ends\r\n"
                                    "shmwrite: demo: released: on request\r\n");
            tool_clear_away(name);
        }
    }

    TEST("a holder in the foreground lets go of NAME although its input never pauses")
    {
        static char much[600000];
        bool is_done = false;
        memset(much, '\n', sizeof much);
        tool_reset();
        machine_input_file(TOOL_PROCESS, much, sizeof much, sizeof much);
        machine_on_call(signal_release, &is_done);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--lines", "-P", name), EXIT_DONE);
        machine_on_call(NULL, NULL);
        CHECK(strstr(tool_errors(TOOL_PROCESS), "256.0 KiB, ") != NULL);
        tool_clear_away(name);
    }

    TEST("--put --lines keeps nothing open between two batches, and ends with 1 after NAME was released")
    {
        for (int again = 0; again < 2; again++) {
            check_row(again ? "NAME was created again" : "NAME is gone");
            with_input(slow, 6);
            START(TOOL_PROCESS, "shmwrite", "--put", "--lines", name);
            tool_sleep(2);
            CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--release", name), EXIT_DONE);
            CHECK_TEXT(tool_errors(TOOL_OTHER), "");
            CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
            if (again) {
                CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", name, "again"), EXIT_DONE);
            }
            go_on();
            CHECK_EQUAL(machine_finish(TOOL_PROCESS), EXIT_NOTHING);
            CHECK_TEXT(tool_errors(TOOL_PROCESS), "shmwrite: demo: has been released\r\n");
            CHECK(tool_finds(name, again ? "again" : NULL));
            tool_clear_away(name);
        }
    }

    TEST("--put --lines ends at Ctrl+C, and leaves the last line")
    {
        with_input(slow, 6);
        START(TOOL_PROCESS, "shmwrite", "--put", "--lines", name);
        tool_sleep(2);
        machine_interrupt(TOOL_PROCESS);
        CHECK_EQUAL(machine_finish(TOOL_PROCESS), EXIT_INTERRUPTED);
        CHECK(tool_finds(name, "one"));
        tool_clear_away(name);
    }

    TEST("--lines waits for another updater for as long as --timeout")
    {
        for (int puts = 0; puts < 2; puts++) {
            object *mutex = NULL;
            with_input(slow, 6);
            START(TOOL_PROCESS, "shmwrite", "--lines", "-t", "300ms", name, puts ? "--put" : "-v");
            tool_sleep(2);
            CHECK_EQUAL(object_open(OBJECT_MUTEX, "demo.winshm.writer", &mutex), OSERROR_NONE);
            CHECK_EQUAL(wait_any(&mutex, 1, 0).how, WAITED_SIGNALLED);
            go_on();
            CHECK_EQUAL(machine_finish(TOOL_PROCESS), EXIT_TIMED_OUT);
            CHECK(strstr(tool_errors(TOOL_PROCESS), "demo: timed out waiting for another writer\r\n") != NULL);
            CHECK_EQUAL(object_signal(mutex, SIGNAL_RELEASE), OSERROR_NONE);
            object_close(mutex);
            tool_clear_away(name);
        }
    }
}

/* ---- Values that exist ------------------------------------------------------------------------------------------- */

static const struct machine_piece short_lines[] = {P("one\ntwo lines\n"), P("3\n")};

static void test_existing(void)
{
    static const struct {
        const char *row;
        const char *arguments[8]; /* with which NAME is created before */
        bool puts;
        enum status status;
        const char *line;
        const char *value; /* afterwards */
    } rows[] = {
        {"a value, without --put", {"shmwrite", "--put", name, "old"}, false, EXIT_CONFLICT, "already exists", "old"},
        {"a value that counts its reads",
         {"shmwrite", "-d", "--reads", "9", name, "old"},
         true,
         EXIT_CONFLICT,
         "counts its reads: --lines cannot update it",
         "old"},
        {"a sealed value", {"shmwrite", "-d", "--sealed", name, "old"}, true, EXIT_CONFLICT, "is sealed, and ", "old"},
        {"a value with little room",
         {"shmwrite", "--put", "--size", "4", name, "old"},
         true,
         EXIT_NO_ROOM,
         "line 2 is larger than 4 bytes",
         "one"},
        {"another access list", {"shmwrite", "--put", "--allow", "read", name, "old"}, true, EXIT_DONE, NULL, "3"},
    };
    TEST("--lines refuses values that it cannot update, and updates all others")
    {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            check_row(rows[i].row);
            with_input(short_lines, 2);
            CHECK_EQUAL(tool_run(TOOL_OTHER, rows[i].arguments), EXIT_DONE);
            CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--lines", name, rows[i].puts ? "--put" : "-v"), rows[i].status);
            CHECK(rows[i].line == NULL || strstr(tool_errors(TOOL_PROCESS), rows[i].line) != NULL);
            CHECK_EQUAL(tool_failures(TOOL_PROCESS), rows[i].line != NULL);
            CHECK(tool_finds(name, rows[i].value));
            tool_clear_away(name);
        }
    }

    TEST("--put --lines holds a value again whose holder has died")
    {
        object *section = NULL;
        with_input(short_lines, 2);
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", name, "old"), EXIT_DONE);
        CHECK_EQUAL(section_open(name, ACCESS_READ, &section), OSERROR_NONE);
        machine_kill_process(machine_started());
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "--lines", name), EXIT_DONE);
        object_close(section);
        CHECK(tool_finds(name, "3"));
        tool_clear_away(name);
    }
}

/* ---- Failures and kills ------------------------------------------------------------------------------------------ */

/* The values of NAME in the cases below, in order. */
static const char *const known[] = {"old value", "first line", "second", "", "the fourth and longest", "5"};

static void with_lines(void)
{
    static const struct machine_piece pieces[] = {P("first line\nsecond\n\nthe "), P("fourth and longest\r\n5")};
    machine_input_pipe(TOOL_PROCESS, pieces, 2);
}

static void with_file(void)
{
    machine_file_put("file", "first line\nsecond\n", 18);
}

static void with_console(void)
{
    static const uint16_t *const lines[] = {u"first line\r\n", u"second\r\n", u"\x1A\r\n", NULL};
    machine_input_console(TOOL_PROCESS, lines);
}

static void with_value(void)
{
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", "--size", "100", name, known[0]), EXIT_DONE);
    with_lines();
}

/* Return whether NAME has one of the known values, or does not exist. */
static bool is_whole(void)
{
    bool found = tool_finds(name, NULL);
    for (size_t i = 0; i < sizeof known / sizeof *known && !found; i++) {
        found = tool_finds(name, known[i]);
    }
    return found;
}

static void check_whole(int status)
{
    CHECK(is_whole());
    CHECK(status != EXIT_DONE || tool_finds(name, NULL) || !tool_finds(name, known[0]));
}

#define CASE(label, with, ...) .row = label, .prepare = with, .arguments = {"shmwrite", __VA_ARGS__}

static const struct tool_case cases[] = {
    {CASE("--lines", with_lines, "--lines", name), .flags = TOOL_PUMPING},
    {CASE("--lines, a file", with_file, "--lines", "-i", "file", name), .flags = TOOL_PUMPING},
    {CASE("--lines, a console", with_console, "--lines", name), .flags = TOOL_PUMPING},
    {CASE("--put --lines", with_value, "--put", "--lines", name), .before = "old value", .after = "5",
     .flags = TOOL_MOVING | TOOL_PUMPING, .check = check_whole},
    {CASE("--put --lines, new", with_lines, "--put", "--lines", name), .after = "5",
     .flags = TOOL_MOVING | TOOL_PUMPING, .check = check_whole},
};
enum { CASES = sizeof cases / sizeof *cases };

static void test_failing_calls(void)
{
    TEST("whichever call fails, --lines ends with one line on stderr, a whole value and nothing left open")
    {
        size_t injected = 0;
        for (size_t i = 0; i < CASES; i++) {
            injected += tool_fail_each(&cases[i], name);
        }
        printf("# %zu calls failed\n", injected);
    }
}

/* Check that a follower has printed some of the known values, each once, and in order. */
static void check_order(void)
{
    const char *printed = tool_output(FOLLOWER);
    size_t next = 0;
    while (*printed != '\0') {
        size_t length = strcspn(printed, "\r");
        while (next < 6 && (strlen(known[next]) != length || strncmp(known[next], printed, length) != 0)) {
            next++;
        }
        if (next == 6) {
            CHECK_TEXT(tool_output(FOLLOWER), "the known values, in order");
            return;
        }
        next++;
        printed += length + (strncmp(printed + length, "\r\n", 2) == 0 ? 2 : 0);
    }
}

static void test_kills(void)
{
    TEST("if --lines is killed before any store, NAME has a whole line or is gone, and a follower saw them in order")
    {
        size_t kills = 0;
        for (size_t i = 0; i < CASES; i++) {
            for (size_t step = 0;; step++) {
                (void)snprintf(check_row_text, sizeof check_row_text, "%s, step %zu", cases[i].row, step);
                (void)tool_begin(&cases[i]);
                START(FOLLOWER, "shmread", "-q", "--wait", "-f", "-t", "5s", name);
                tool_sleep(10);
                machine_kill_at_step(machine_steps() + step);
                bool is_over = tool_run(TOOL_PROCESS, cases[i].arguments) != MACHINE_KILLED;
                CHECK(is_whole());
                machine_kill_at_step(SIZE_MAX);
                (void)machine_finish(FOLLOWER);
                check_order();
                tool_clear_away(name);
                if (is_over && step > 200) {
                    break;
                }
                kills += !is_over;
            }
        }
        CHECK(kills > 400); /* a 32-bit program stores fewer times */
        printf("# %zu kills\n", kills);
    }
}

static void test_options(void)
{
    TEST("--hold-for, --size and --allow are those of the value that --put --lines creates")
    {
        with_input(short_lines, 2);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "--lines", "--hold-for", "5s", "--size", "9", "--allow",
                        "read", name),
                    EXIT_DONE);
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmread", "--stat", name), EXIT_DONE);
        CHECK(strstr(tool_output(TOOL_OTHER), "capacity:  9 bytes\r\n") != NULL);
        tool_sleep(5000);
        CHECK(tool_finds(name, NULL));
        tool_clear_away(name);
    }

    TEST("--lines fails if the room for a line and its ring is more than any memory")
    {
        static const char *const sizes[] = {"0xffffffffffffffff", "0xffffffffffeffdfc", "0xffffffffffeffdfd",
                                            "0xfffffffffff00000"};
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            check_row(sizes[i]);
            with_input(short_lines, 2);
            CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--lines", "--size", sizes[i], name), EXIT_NO_ROOM);
            tool_clear_away(name);
        }
    }
}

int main(void)
{
    (void)alarm(300);
    test_cuts();
    test_batches();
    test_existing();
    test_failing_calls();
    test_kills();
    test_options();
    machine_reset();
    return check_end();
}
