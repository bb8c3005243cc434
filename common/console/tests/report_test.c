/* report_test.c - the parts of messages, and how they are written. */
#include "common/console/report.h"

#include "common/tests/check.h"
#include "common/tests/machine/machine.h"
#include "common/text/name.h"

static const struct report plain = {.program = "shmread", .subject = "demo"};

static const char *said(void)
{
    return machine_written(1, STANDARD_ERROR, NULL);
}

/* Subjects, and how each is printed. */
static const struct {
    const char *subject;
    const char *shown;
} masks[] = {
    {"plain", "plain"},
    {"%s%n%d", "%s%n%d"},
    {"caf\xC3\xA9", "caf\xC3\xA9"},
    {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
    {"a\r\nb", "a??b"},
    {"\x1B[2J", "?[2J"},
    {"\x01\x07\x08\x09\x1F\x7F", "??????"},
    {"\xC2\x80\xC2\x85\xC2\x9B\xC2\x9F", "????"},
    {"left\xE2\x80\x8Eright\xE2\x80\x8F", "left?right?"},
    {"\xE2\x80\xA8\xE2\x80\xA9", "??"},
    {"x\xE2\x80\xAEy", "x?y"},
    {"\xEF\xBB\xBFx", "?x"},
    {"\xEF\xBF\xBD\xEF\xBF\xBE\xEF\xBF\xBF", "???"},
    {"\xED\xA0\xBD", "?"}, /* half a surrogate pair */
    {"\x80\xFF", "??"},
    {"\xE6\xBC", "?"}, /* an incomplete character: one question mark for its two bytes */
};

static void test_shape(void)
{
    TEST("report_failure() prints program, NAME and sentence in one line, and returns the status")
    {
        machine_reset();
        CHECK_EQUAL(report_failure(&plain, EXIT_NOTHING, OSERROR_NONE, "no such %s, %d", "name", 7), EXIT_NOTHING);
        CHECK_TEXT(said(), "shmread: demo: no such name, 7\r\n");
        CHECK_EQUAL(machine_writes(1, STANDARD_ERROR), 1);
        CHECK_TEXT(machine_written(1, STANDARD_OUTPUT, NULL), "");
    }

    TEST("the words and the number of a system error follow the sentence, or the number alone if there are no words")
    {
        machine_reset();
        CHECK_EQUAL(report_failure(&plain, EXIT_IO, OSERROR_ACCESS_DENIED, "cannot open it"), EXIT_IO);
        CHECK_TEXT(said(), "shmread: demo: cannot open it: Access is denied (5)\r\n");
        CHECK_EQUAL(machine_writes(1, STANDARD_ERROR), 1);
        machine_written_clear(1, STANDARD_ERROR);
        CHECK_EQUAL(report_failure(&plain, EXIT_SYSTEM, UINT32_MAX, "cannot open it"), EXIT_SYSTEM);
        CHECK_TEXT(said(), "shmread: demo: cannot open it: (4294967295)\r\n");
    }

    TEST("a NAME that is not known yet is left out, and an empty one is not")
    {
        struct report report = {.program = "shmwrite"};
        machine_reset();
        report_note(&report, "no input");
        report.subject = "";
        report_note(&report, "no input");
        CHECK_TEXT(said(), "shmwrite: no input\r\nshmwrite: : no input\r\n");
    }
}

static void test_masking(void)
{
    TEST("only characters that are not printable are masked, in NAME and in the sentence")
    {
        for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
            machine_reset();
            check_row(masks[i].shown);
            struct report report = {.program = "shmread", .subject = masks[i].subject};
            char line[200];
            (void)snprintf(line, sizeof line, "shmread: %s: did you mean Global\\?]0;x??\r\n", masks[i].shown);
            report_note(&report, "did you mean %s?", "Global\\\x1B]0;x\x07");
            CHECK_TEXT(said(), line);
        }
    }

    TEST("a message of any length is one line in one write, and the longest NAME leaves room for the system's words")
    {
        static char name[3 * NAME_ROOM];
        struct report report = {.program = "shmwrite", .subject = name};
        memset(name, 'n', NAME_ROOM - 1);
        machine_reset();
        report_failure(&report, EXIT_CONFLICT, OSERROR_ALREADY_EXISTS, "%s already exists", name);
        CHECK(strstr(said(), " already exists: Cannot create a file when that file already exists (183)\r\n") != NULL);
        memset(name, 'n', sizeof name - 1);
        machine_reset();
        report_failure(&report, EXIT_DENIED, OSERROR_ACCESS_DENIED, "%s %s %s", name, name, name);
        CHECK(strlen(said()) > 2 * NAME_ROOM && strcspn(said(), "\r\n") == strlen(said()) - 2);
        CHECK_EQUAL(machine_writes(1, STANDARD_ERROR), 1);
    }
}

static void test_loudness(void)
{
    TEST("with --quiet only errors of the command line are printed")
    {
        machine_reset();
        struct report report = {.program = "shmread", .subject = "demo", .quiet = true, .verbose = true};
        CHECK_EQUAL(report_failure(&report, EXIT_BROKEN, OSERROR_ACCESS_DENIED, "gone"), EXIT_BROKEN);
        report_note(&report, "note");
        report_detail(&report, "detail");
        CHECK_TEXT(said(), "");
        CHECK_EQUAL(report_usage(&report, "no such option: %s", "--x"), EXIT_USAGE);
        CHECK_TEXT(said(), "shmread: no such option: --x (try --help)\r\n");
        CHECK_EQUAL(machine_writes(1, STANDARD_ERROR), 1);
    }

    TEST("a note is always printed, a detail only with --verbose")
    {
        machine_reset();
        report_note(&plain, "holding %d bytes", 5);
        report_detail(&plain, "detail");
        CHECK_TEXT(said(), "shmread: demo: holding 5 bytes\r\n");
        machine_written_clear(1, STANDARD_ERROR);
        struct report report = {.program = "shmread", .subject = "demo", .verbose = true};
        report_detail(&report, "%zu looks", (size_t)3);
        CHECK_TEXT(said(), "shmread: demo: 3 looks\r\n");
        CHECK_EQUAL(machine_writes(1, STANDARD_ERROR), 1);
    }

    TEST("the status is returned even if stderr does not exist or fails")
    {
        machine_reset();
        machine_standard_absent(1, STANDARD_ERROR);
        CHECK_EQUAL(report_failure(&plain, EXIT_BROKEN, OSERROR_NONE, "gone"), EXIT_BROKEN);
        CHECK_EQUAL(report_usage(&plain, "gone"), EXIT_USAGE);
        machine_reset();
        machine_fail_function("file_write", 0, OSERROR_NO_DATA);
        CHECK_EQUAL(report_failure(&plain, EXIT_BROKEN, OSERROR_NONE, "gone"), EXIT_BROKEN);
        CHECK_EQUAL(machine_calls(), 1);
    }
}

static void test_console(void)
{
    TEST("a message overwrites a line of progress, and the next message does not")
    {
        machine_reset();
        machine_output(1, STANDARD_ERROR, MACHINE_CONSOLE);
        struct report report = {.program = "shmread", .subject = "demo"};
        report_progress(&report, false, "%s", "a hundred MiB, and the ring is 100 % full");
        machine_written_clear(1, STANDARD_ERROR);
        CHECK_EQUAL(report_failure(&report, EXIT_BROKEN, OSERROR_NONE, "gone"), EXIT_BROKEN);
        char wanted[100];
        (void)snprintf(wanted, sizeof wanted, "%-78s\r\n", "shmread: demo: gone");
        CHECK_TEXT(said(), wanted);
        machine_written_clear(1, STANDARD_ERROR);
        report_note(&report, "over");
        CHECK_TEXT(said(), "shmread: demo: over\r\n");
    }

    TEST("progress on a console fits into one row, without NAME if necessary")
    {
        struct report report = {.program = "shmread", .subject = "a-name-of-some-forty-characters-or-more"};
        char wanted[200];
        machine_reset();
        machine_output(1, STANDARD_ERROR, MACHINE_CONSOLE);
        report_progress(&report, false, "%s", "12.5 MiB, 3.1 MiB/s, 0:04");
        report_progress(&report, true, "%s", "1002.5 MiB, 103.1 MiB/s, 0:33");
        (void)snprintf(wanted, sizeof wanted, "%-78s\r%-78s\r\n",
                       "shmread: a-name-of-some-forty-characters-or-more: 12.5 MiB, 3.1 MiB/s, 0:04",
                       "shmread: 1002.5 MiB, 103.1 MiB/s, 0:33");
        CHECK_TEXT(said(), wanted);
        machine_reset();
        report_progress(&report, false, "%s", "1002.5 MiB, 103.1 MiB/s, 0:33");
        CHECK_TEXT(said(), "shmread: a-name-of-some-forty-characters-or-more: 1002.5 MiB, 103.1 MiB/s, 0:33\r\n");
    }

    TEST("a console gets a message as UTF-16, and no character of a long line is cut in two")
    {
        for (size_t before = 0; before < 4; before++) {
            machine_reset();
            machine_output(1, STANDARD_ERROR, MACHINE_CONSOLE);
            char text[1600] = "";
            for (size_t i = 0; i < before; i++) {
                (void)strcat(text, "x");
            }
            for (size_t i = 0; i < 380; i++) {
                (void)strcat(text, "\xF0\x9F\x98\x80");
            }
            report_note(&plain, "%s", text);
            char line[1700];
            (void)snprintf(line, sizeof line, "shmread: demo: %s\r\n", text);
            CHECK_TEXT(said(), line);
        }
    }
}

static void test_printing(void)
{
    TEST("help is printed to stdout with CR LF, also on a console")
    {
        for (size_t i = 0; i < 2; i++) {
            machine_reset();
            machine_output(1, STANDARD_OUTPUT, i == 0 ? MACHINE_PIPE : MACHINE_CONSOLE);
            CHECK_EQUAL(report_print(&plain, "one\n\n  caf\xC3\xA9\nthree"), EXIT_DONE);
            CHECK_TEXT(machine_written(1, STANDARD_OUTPUT, NULL), "one\r\n\r\n  caf\xC3\xA9\r\nthree");
            CHECK_TEXT(said(), "");
        }
    }

    TEST("help that cannot be printed is a write failure, whichever call fails")
    {
        machine_reset();
        (void)report_print(&plain, "one\ntwo\n");
        size_t calls = machine_calls();
        CHECK(calls >= 1);
        for (size_t i = 0; i < calls; i++) {
            machine_reset();
            machine_fail(i, OSERROR_NO_DATA);
            CHECK_EQUAL(report_print(&plain, "one\ntwo\n"), EXIT_IO);
            CHECK_TEXT(said(), "shmread: demo: cannot write to standard output: The pipe is being closed (232)\r\n");
        }
        machine_reset();
        machine_standard_absent(1, STANDARD_OUTPUT);
        CHECK_EQUAL(report_print(&plain, "one\n"), EXIT_IO);
        CHECK_TEXT(said(), "shmread: demo: cannot write to standard output: The handle is invalid (6)\r\n");
    }
}

int main(void)
{
    test_shape();
    test_masking();
    test_loudness();
    test_console();
    test_printing();
    machine_reset();
    return check_end();
}
