/* reader_test.c - each system call of shmread fails in turn. */
#include "common/tests/tool.h"

#include <unistd.h>

static const char name[] = "demo";

/* ---- The memory to be read --------------------------------------------------------------------------------------- */

#define PUT(...) CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", __VA_ARGS__), EXIT_DONE)

static void with_value(void)
{
    PUT("--put", "demo", "value");
}

static void with_reads(void)
{
    PUT("-d", "--reads", "100", "demo", "value");
}

static void with_sealed(void)
{
    PUT("-d", "--sealed", "demo", "value");
}

static void with_utf16(void)
{
    PUT("-d", "-e", "utf-16", "demo", "\xE6\xBC\xA2");
}

static void with_ansi(void)
{
    PUT("-d", "-e", "ansi", "demo", "\xC3\xA9");
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
    CHECK_EQUAL(is_new, status == EXIT_DONE);
}

static void with_late_value(void)
{
    START(TOOL_OTHER, "shmwrite", "--hold-for", "1s", "demo", "late");
}

static void write_now(const char *const arguments[])
{
    struct tool *tool = tool_prepare(TOOL_OTHER, arguments);
    CHECK_EQUAL(tool_main(tool->count, tool->arguments), EXIT_DONE);
    tool_sleep(250);
}
#define WRITE(...) write_now((const char *const[]){"shmwrite", __VA_ARGS__, NULL})

/*
 * Create a value, update it with other, the same and empty contents, and
 * release it.
 */
static int come_and_go(void *context)
{
    (void)context;
    WRITE("--put", "demo", "one");
    WRITE("--update", "demo", "two");
    WRITE("--update", "demo", "two");
    WRITE("--update", "demo", "");
    WRITE("--release", "demo");
    return 0;
}

static void with_changes(void)
{
    machine_start(TOOL_OTHER, come_and_go, NULL);
}

/*
 * Change another program's memory in the same way. An update with the same
 * bytes is not a new value there.
 */
static int change_foreign(void *context)
{
    (void)context;
    machine_foreign_section(name, "one", 4, 4096);
    for (int i = 0; i < 2; i++) {
        tool_sleep(250);
        memcpy(machine_bytes(name, NULL), "two", 4);
    }
    tool_sleep(250);
    machine_forget(name);
    return 0;
}

static void with_foreign_changes(void)
{
    machine_start(TOOL_OTHER, change_foreign, NULL);
}

/* ---- Each call fails --------------------------------------------------------------------------------------------- */

#define CASE(text, there, ...)                                                                                         \
    {                                                                                                                  \
        .row = (text), .prepare = (there), __VA_ARGS__                                                                 \
    }
#define READ(...) .arguments = {"shmread", __VA_ARGS__, "demo"}
#define FINDS(text) .before = (text), .after = (text)
#define PRINTS(text) FINDS(text), .output = (text)

static const struct tool_case cases[] = {
    CASE("a value", with_value, READ("-v"), PRINTS("value")),
    CASE("a value that is counted", with_reads, READ("-v"), PRINTS("value")),
    CASE("a sealed value", with_sealed, READ("-v"), PRINTS("value")),
    CASE("UTF-16", with_utf16, READ("-v"), PRINTS("\xE6\xBC\xA2")),
    CASE("a code page", with_ansi, READ("-v"), PRINTS("\xC3\xA9")),
    CASE("on a console", with_console, READ("-v"), FINDS("value"), .output = "value\r\n"),
    CASE("foreign", with_foreign, READ("-v"), PRINTS("theirs")),
    CASE("--raw", with_value, READ("--raw"), PRINTS("value")),
    CASE("an ANSI code page", with_latin, READ("-v"), PRINTS("caf\xC3\xA9")),
    CASE("--offset", with_value, READ("--offset", "1", "-n", "2"), FINDS("value"), .output = "al"),
    CASE("--hex", with_foreign, READ("--hex", "-n", "4"), FINDS("theirs"),
         .output = "00000000  74 68 65 69                                       |thei|\r\n00000004\r\n"),
    CASE("numbers", with_value, READ("-e", "u8", "-n", "2"), FINDS("value"), .output = "118\r\n97\r\n"),
    CASE("--get", with_value, READ("--get", "a=u8@1", "--get", "text@2"), FINDS("value"), .output = "a=97\r\nlue\r\n"),
    CASE("--rows, --json", with_foreign, READ("--rows", "2*2", "--get", "hex@1", "--json"), FINDS("theirs"),
         .output = "[{\"hex@1\": \"68\"},\r\n{\"hex@1\": \"69\"}]\r\n"),
    CASE("--json", with_foreign, READ("--json"), FINDS("theirs"),
         .output = "{\"name\": \"demo\", \"encoding\": \"utf-8\", \"text\": \"theirs\"}\r\n"),
    CASE("--get with --mutex", with_lock, READ("--mutex", "demo.lock", "--get", "text@0*5"), FINDS("theirs"),
         .output = "their\r\n"),
    CASE("--follow --json", with_foreign_changes, READ("-wf", "-t", "5s", "--json", "--get", "t=text@0"),
         .output = "{\"t\": \"one\"}\r\n{\"t\": \"two\"}\r\n", .flags = TOOL_MOVING),
    CASE("--follow --json of the contents", with_foreign_changes, READ("-wf", "-t", "5s", "--json"),
         .output = "{\"name\": \"demo\", \"encoding\": \"utf-8\", \"text\": \"one\"}\r\n"
                   "{\"name\": \"demo\", \"encoding\": \"utf-8\", \"text\": \"two\"}\r\n",
         .flags = TOOL_MOVING),
    CASE("--follow --get", with_changes, READ("-wf", "-t", "5s", "--offset", "1", "--get", "a=u8@0"),
         .output = "a=110\r\na=119\r\na=119\r\n", .flags = TOOL_MOVING),
    CASE("--mutex", with_lock, READ("--mutex", "demo.lock"), PRINTS("theirs")),
    CASE("--message-box", with_value, READ("-m"), FINDS("value"), .check = check_box),
    CASE("--output", with_old_file, READ("-o", "out"), FINDS("value"), .check = check_file),
    CASE("--wait", with_late_value, READ("--wait", "-t", "5s"), .after = "late", .output = "late",
         .flags = TOOL_MOVING),
    CASE("--follow", with_changes, READ("--wait", "--follow", "-t", "5s"), .output = "one\r\ntwo\r\ntwo\r\n\r\n",
         .flags = TOOL_MOVING),
    CASE("--follow, foreign", with_foreign_changes, READ("--wait", "--follow", "-t", "5s"), .output = "one\r\ntwo\r\n",
         .flags = TOOL_MOVING),
};

int main(void)
{
    (void)alarm(120);
    TEST("whichever system call fails, shmread ends with one message and leaves nothing open")
    {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            CHECK(tool_fail_each(&cases[i], name) > 0);
        }
    }

    machine_reset();
    return check_end();
}
