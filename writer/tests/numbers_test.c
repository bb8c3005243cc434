/* numbers_test.c - shmwrite stores numbers with --encoding u8 to f64. */
#include "common/tests/tool.h"

/* Check that `demo` begins with these bytes. */
static void check_memory(const void *wanted, size_t size)
{
    const uint8_t *bytes = machine_bytes("demo", NULL);
    CHECK(bytes != NULL);
    if (bytes != NULL) {
        CHECK_BYTES(bytes, size, wanted, size);
    }
}
#define MEMORY(literal) check_memory(literal, sizeof(literal) - 1)

#define LONG_WORD "0000000000000000000000000000000000000000000000000000000000000000"

static const struct {
    const char *type;
    const char *text;
    const char *bytes; /* NULL: refused */
    size_t size;
    const char *word; /* the one that is refused */
} rows[] = {
#define STORES(literal) .bytes = (literal), .size = sizeof(literal) - 1
    {"u8", "0 255 0x10", STORES("\0\xFF\x10")},
    {"i16", " -1\t-32768\r\n 7 ", STORES("\xFF\xFF\0\x80\7\0")},
    {"f32", "42.5 -0", STORES("\0\0\x2A\x42\0\0\0\x80")},
    {"f64", "1e0", STORES("\0\0\0\0\0\0\xF0\x3F")},
    {"u64", "18446744073709551615", STORES("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")},
    {"u16", LONG_WORD LONG_WORD "1", STORES("\1\0")},
    {"f32", "", STORES("")},
    {"f32", " \t\r\n", STORES("")},
    {"u8", "1 256 2", .word = "256"},
    {"u8", "-1", .word = "-1"},
    {"f32", "1e39", .word = "1e39"},
    {"f32", "1,5", .word = "1,5"},
    {"i8", "1 2x", .word = "2x"},
    {"u8", "1\v2", .word = "1?2"},
};

static void check_refusal(const char *word, const char *type)
{
    char line[200];
    (void)snprintf(line, sizeof line, "shmwrite: demo: \"%s\" is not a number of type %s\r\n", word, type);
    CHECK_TEXT(tool_errors(TOOL_PROCESS), line);
}

int main(void)
{
    TEST("TEXT is numbers, of which none may be beyond the range of the type")
    {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            tool_reset();
            check_row(rows[i].text);
            int status = RUN(TOOL_PROCESS, "shmwrite", "--put", "-e", rows[i].type, "--", "demo", rows[i].text);
            CHECK_EQUAL(status, rows[i].bytes != NULL ? EXIT_DONE : EXIT_USAGE);
            if (rows[i].bytes != NULL) {
                check_memory(rows[i].bytes, rows[i].size);
            } else {
                CHECK(machine_bytes("demo", NULL) == NULL);
                check_refusal(rows[i].word, rows[i].type);
            }
            CHECK_EQUAL(machine_leaks(), 0);
        }
    }

    TEST("numbers replace a part of another program's memory, or nothing of it")
    {
        tool_reset();
        machine_foreign_section("demo", "0123456789", 10, 4096);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-u", "--raw", "--offset", "2", "-e", "i16", "demo", "1 -1"),
                    EXIT_DONE);
        MEMORY("01\1\0\xFF\xFF"
               "6789");
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-u", "--raw", "-e", "i16", "demo", "1 99999"), EXIT_USAGE);
        MEMORY("01\1\0\xFF\xFF"
               "6789");
    }

    TEST("a file contains numbers, however it comes in pieces")
    {
        static char text[300000];
        static uint8_t wanted[150000];
        for (size_t i = 0; i < sizeof wanted; i++) {
            text[2 * i] = (char)('0' + i % 10);
            text[2 * i + 1] = "\n "[i % 2];
            wanted[i] = i % 10;
        }
        tool_reset();
        machine_file_put("in", text, sizeof text);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "-e", "u8", "-i", "in", "-s", "150000", "demo"), EXIT_DONE);
        check_memory(wanted, sizeof wanted);

        tool_reset();
        static const struct machine_piece pieces[] = {{"1", 1, 0}, {"2 3", 3, 0}, {"4", 1, 0}};
        machine_input_pipe(TOOL_PROCESS, pieces, 3);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "-e", "u8", "demo"), EXIT_DONE);
        MEMORY("\x0C\x22");
    }

    TEST("a NUL and a word that is too long are no numbers")
    {
        static char zeros[1024];
        tool_reset();
        machine_file_put("in", "1 2\0003", 5);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "-e", "u8", "-i", "in", "demo"), EXIT_USAGE);
        check_refusal("2", "u8");
        memset(zeros, '0', sizeof zeros);
        tool_reset();
        machine_file_put("in", zeros, sizeof zeros);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "-e", "u8", "-i", "in", "demo"), EXIT_USAGE);
        tool_reset();
        machine_file_put("in", zeros, sizeof zeros - 1);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "-e", "u8", "-i", "in", "demo"), EXIT_DONE);
    }

    TEST("--size is compared with the numbers, not with their digits")
    {
        tool_reset();
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "-s", "2", "-e", "u8", "demo", "255 255"), EXIT_DONE);
        tool_reset();
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "-s", "2", "-e", "u8", "demo", "1 2 3"), EXIT_NO_ROOM);
    }

    TEST("--pad fills up the contents with zero bytes, and refuses larger ones")
    {
        tool_reset();
        machine_foreign_section("demo", "0123456789", 10, 4096);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-u", "--raw", "--pad", "6", "-e", "utf-16", "demo", "me"),
                    EXIT_DONE);
        MEMORY("m\0e\0\0\0"
               "6789");
        machine_file_put("in", "ab\r\n", 4);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-u", "--raw", "--pad", "5", "-ci", "in", "demo"), EXIT_DONE);
        MEMORY("ab\0\0\0\0"
               "6789");
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-u", "--raw", "--pad", "3", "-e", "u8", "demo", "1 2 3"), EXIT_DONE);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-u", "--raw", "--pad", "2", "demo", "abc"), EXIT_NO_ROOM);
        MEMORY("\1\2\3\0\0\0"
               "6789");

        tool_reset();
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "--pad", "10000", "demo", ""), EXIT_DONE);
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmread", "-n", "1", "--get", "hex@9999", "demo"), EXIT_NOTHING);
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmread", "--get", "hex@9999", "demo"), EXIT_DONE);
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmread", "--get", "hex@10000", "demo"), EXIT_NOTHING);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--put", "-s", "4", "--pad", "5", "two", ""), EXIT_USAGE);
    }

    TEST("each failure of the system is reported, and leaves nothing open")
    {
        size_t last = 1;
        for (size_t i = 0; i < last; i++) {
            tool_reset();
            machine_file_put("in", "1 2 3", 5);
            size_t first = machine_calls();
            machine_fail(first + i, OSERROR_NOT_ENOUGH_MEMORY);
            int status = RUN(TOOL_PROCESS, "shmwrite", "--put", "-e", "f32", "-i", "in", "demo");
            last = machine_calls() - first;
            CHECK(tool_is_status(status) && tool_errors_are_lines(TOOL_PROCESS));
            CHECK_EQUAL(machine_leaks(), 0);
        }
        CHECK(last > 5);
    }
    return check_end();
}
