/* numbers_test.c - shmwrite stores numbers, from TEXT, a pipe, a file or a console. */
#include "common/tests/tool.h"

#include "writer/numbers.h"

static const char name[] = "demo";

/* Check that the value has exactly these bytes. */
static void check_stored(const char *bytes, size_t size)
{
    size_t printed = 0;
    machine_written_clear(TOOL_LOOKER, STANDARD_OUTPUT);
    CHECK_EQUAL(RUN(TOOL_LOOKER, "shmread", name), EXIT_DONE);
    const char *output = machine_written(TOOL_LOOKER, STANDARD_OUTPUT, &printed);
    CHECK_BYTES(output, printed, bytes, size);
    tool_clear_away(name);
}

/* Give shmwrite `size` bytes as its standard input, through a pipe that cuts them at `cut`. */
static void input_cut(const char *text, size_t size, size_t cut)
{
    struct machine_piece pieces[] = {{text, cut, 0}, {text + cut, size - cut, 0}};
    machine_input_pipe(TOOL_PROCESS, cut == 0 ? pieces + 1 : pieces, cut == 0 || cut == size ? 1 : 2);
}

#define STORED(name_of_type, words, stored)                                                                            \
    {                                                                                                                  \
        name_of_type, words, stored, sizeof(stored) - 1                                                                \
    }

static const struct {
    const char *type;
    const char *text;
    const char *bytes;
    size_t size;
} stored[] = {
    STORED("u8", "0 255 0x10 +1", "\0\xFF\x10\1"),
    STORED("i8", "-128 127 -1", "\x80\x7F\xFF"),
    STORED("u16", "0 65535 258", "\0\0\xFF\xFF\2\1"),
    STORED("i16", "-32768 32767 -0x2", "\0\x80\xFF\x7F\xFE\xFF"),
    STORED("u32", "4294967295 0x01020304", "\xFF\xFF\xFF\xFF\4\3\2\1"),
    STORED("i32", "-2147483648 2147483647", "\0\0\0\x80\xFF\xFF\xFF\x7F"),
    STORED("u64", "18446744073709551615 1", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\1\0\0\0\0\0\0\0"),
    STORED("i64", "-9223372036854775808 9223372036854775807", "\0\0\0\0\0\0\0\x80\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"),
    STORED("f32", "42.5 -0 3.4028235e38 -inf", "\0\0\x2A\x42\0\0\0\x80\xFF\xFF\x7F\x7F\0\0\x80\xFF"),
    STORED("f64", "0.1 NaN", "\x9A\x99\x99\x99\x99\x99\xB9\x3F\0\0\0\0\0\0\xF8\x7F"),
    STORED("u8", " \t1\r\n\r\n 2\n3\t\t4 \r5\n", "\1\2\3\4\5"),
};

#define REFUSED(name_of_type, words, says)                                                                             \
    {                                                                                                                  \
        name_of_type, words, sizeof(words) - 1, says                                                                   \
    }
#define WHOLE(quoted, from, to) "\"" quoted "\" is not a whole number from " from " to " to

static const struct {
    const char *type;
    const char *text;
    size_t size;
    const char *sentence;
} refused[] = {
    REFUSED("u8", "1 256 x", "u8: " WHOLE("256", "0", "255")),
    REFUSED("u8", "1 2 -1", "u8: " WHOLE("-1", "0", "255")),
    REFUSED("i8", "128", "i8: " WHOLE("128", "-128", "127")),
    REFUSED("u16", "65536", "u16: " WHOLE("65536", "0", "65535")),
    REFUSED("i16", "-32769 ", "i16: " WHOLE("-32769", "-32768", "32767")),
    REFUSED("u32", "4294967296", "u32: " WHOLE("4294967296", "0", "4294967295")),
    REFUSED("i32", "1.5", "i32: " WHOLE("1.5", "-2147483648", "2147483647")),
    REFUSED("u64", "18446744073709551616", "u64: " WHOLE("18446744073709551616", "0", "18446744073709551615")),
    REFUSED("i64", "9223372036854775808",
            "i64: " WHOLE("9223372036854775808", "-9223372036854775808", "9223372036854775807")),
    REFUSED("f32", "1e39", "f32: \"1e39\" is not a number from -3.4028235e38 to 3.4028235e38"),
    REFUSED("f64", "1e400", "f64: \"1e400\" is not a number from -1.7976931348623157e308 to 1.7976931348623157e308"),
    REFUSED("u8", "1,2", "u8: " WHOLE("1,2", "0", "255")),
    REFUSED("u8", "1\v2", "u8: " WHOLE("1?2", "0", "255")),
    REFUSED("u8", "4\0 5\0", "u8: " WHOLE("4?", "0", "255")),
    REFUSED("u8",
            "\xFF\xFE"
            "6\0x\0",
            "u8: " WHOLE("6x", "0", "255")),
    REFUSED("u8",
            "\xFF\xFE"
            "6\0\0\xD8 \0007\000",
            "u8: " WHOLE("6?", "0", "255")),
    REFUSED("u8",
            "\xFE\xFF"
            "\0006\0",
            "u8: " WHOLE("6?", "0", "255")),
    REFUSED("u8", "1 \"2\"", "u8: " WHOLE("\"2\"", "0", "255")),
    REFUSED("u8", "", "u8: the contents have no number"),
    REFUSED("f32", " \t\r\n", "f32: the contents have no number"),
};

/* Run shmwrite, which must refuse the contents with this sentence. */
static void check_refused(const char *const arguments[], const char *sentence)
{
    char line[200];
    machine_written_clear(TOOL_PROCESS, STANDARD_ERROR);
    (void)snprintf(line, sizeof line, "shmwrite: demo: %s\r\n", sentence);
    CHECK_EQUAL(tool_run(TOOL_PROCESS, arguments), EXIT_USAGE);
    CHECK_TEXT(tool_errors(TOOL_PROCESS), line);
    CHECK_EQUAL(machine_leaks(), 0);
}

int main(void)
{
    TEST("numbers are stored little-endian, from TEXT, a file, and a pipe that cuts them anywhere")
    {
        for (size_t i = 0; i < sizeof stored / sizeof *stored; i++) {
            const char *text = stored[i].text;
            size_t length = strlen(text);
            check_row(text);
            tool_reset();
            CHECK_EQUAL(RUN(2, "shmwrite", "--put", "-e", stored[i].type, "--", name, text), EXIT_DONE);
            check_stored(stored[i].bytes, stored[i].size);
            tool_reset();
            machine_file_put("file", text, length);
            CHECK_EQUAL(RUN(2, "shmwrite", "-d", "--chomp", "-e", stored[i].type, "-i", "file", name), EXIT_DONE);
            check_stored(stored[i].bytes, stored[i].size);
            for (size_t cut = 0; cut <= length; cut++) {
                tool_reset();
                CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", "-s", "100", name, "old value"), EXIT_DONE);
                input_cut(text, length, cut);
                CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "--update", "-e", stored[i].type, name), EXIT_DONE);
                check_stored(stored[i].bytes, stored[i].size);
            }
        }
    }

    TEST("a file or a pipe may begin with a byte order mark of UTF-8 or UTF-16")
    {
        static const char texts[][15] = {"\xEF\xBB\xBF 65\t 66\r\n", "\377\3766\0005\0 \0006\0006\0\n",
                                         "\xFE\xFF\0006\0005\0 \0006\0006"};
        static const size_t sizes[] = {12, 14, 12};
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            tool_reset();
            machine_file_put("file", texts[i], sizes[i]);
            CHECK_EQUAL(RUN(2, "shmwrite", "-d", "-e", "u8", "-i", "file", name), EXIT_DONE);
            check_stored("AB", 2);
            for (size_t cut = 0; cut <= sizes[i]; cut++) {
                tool_reset();
                input_cut(texts[i], sizes[i], cut);
                CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-d", "-e", "u8", name), EXIT_DONE);
                check_stored("AB", 2);
            }
        }
    }

    TEST("numbers may be typed, and are bytes for shmread")
    {
        static const uint16_t *const lines[] = {u"72 1", u"05\r\n", u"\r\n33\r\n", u"\x1A\r\n", NULL};
        tool_reset();
        machine_input_console(TOOL_PROCESS, lines);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmwrite", "-d", "-i", "-", "-e", "u8", name), EXIT_DONE);
        CHECK_EQUAL(RUN(3, "shmread", "--stat", name), EXIT_DONE);
        CHECK(strstr(tool_output(3), "encoding:  bytes\r\n") != NULL);
        check_stored("Hi!", 3);
    }

    TEST("a word that is no number of the type is reported, and nothing is changed or created")
    {
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
            const char *type = refused[i].type;
            check_row(refused[i].sentence);
            for (size_t cut = 0; cut <= refused[i].size; cut++) {
                tool_reset();
                input_cut(refused[i].text, refused[i].size, cut);
                check_refused((const char *const[]){"shmwrite", "-d", "-e", type, name, NULL}, refused[i].sentence);
                CHECK(tool_finds(name, NULL));
            }
            CHECK_EQUAL(RUN(3, "shmwrite", "--put", name, "old value"), EXIT_DONE);
            machine_file_put("file", refused[i].text, refused[i].size);
            check_refused((const char *const[]){"shmwrite", "-u", "-e", type, "-i", "file", name, NULL},
                          refused[i].sentence);
            if (strlen(refused[i].text) == refused[i].size) {
                check_refused((const char *const[]){"shmwrite", "-p", "-e", type, "--", name, refused[i].text, NULL},
                              refused[i].sentence);
            }
            CHECK(tool_finds(name, "old value"));
            tool_clear_away(name);
        }
    }

    TEST("a word of 2046 characters may be a number, a longer one is none, and its beginning is quoted")
    {
        static char text[NUMBERS_WORD_ROOM + 1];
        memset(text, '0', NUMBERS_WORD_ROOM - 2);
        tool_reset();
        CHECK_EQUAL(RUN(2, "shmwrite", "-d", "-e", "f32", name, text), EXIT_DONE);
        check_stored("\0\0\0\0", 4);
        text[NUMBERS_WORD_ROOM - 2] = '0';
        char sentence[200];
        (void)snprintf(sentence, sizeof sentence,
                       "f32: \"%.60s...\" is not a number from -3.4028235e38 to 3.4028235e38", text);
        check_refused((const char *const[]){"shmwrite", "-d", "-e", "f32", name, text, NULL}, sentence);
        text[NUMBERS_WORD_ROOM - 1] = '1';
        check_refused((const char *const[]){"shmwrite", "-d", "-e", "f32", name, text, NULL}, sentence);
        memcpy(text + 58, "\xE6\xBC\xA2", 3); /* the quotation ends before a character that it would cut */
        (void)snprintf(sentence, sizeof sentence,
                       "f32: \"%.58s...\" is not a number from -3.4028235e38 to 3.4028235e38", text);
        check_refused((const char *const[]){"shmwrite", "-d", "-e", "f32", name, text, NULL}, sentence);
    }

    TEST("--size and --pad count the bytes of the numbers, not those of the text")
    {
        tool_reset();
        CHECK_EQUAL(RUN(2, "shmwrite", "-d", "-s", "4", "-e", "u16", name, "10000 20000"), EXIT_DONE);
        check_stored("\x10\x27\x20\x4E", 4);
        tool_reset();
        CHECK_EQUAL(RUN(2, "shmwrite", "-d", "--pad", "6", "-e", "u16", name, "10000 20000"), EXIT_DONE);
        check_stored("\x10\x27\x20\x4E\0\0", 6);
        CHECK_EQUAL(RUN(2, "shmwrite", "-d", "-s", "4", "-e", "u16", name, "1 2 3"), EXIT_NO_ROOM);
        CHECK_TEXT(tool_errors(2), "shmwrite: demo: the contents are larger than 4 bytes\r\n");
    }

    TEST("a large file contains numbers, wherever a piece of it ends")
    {
        static char text[300000];
        static char wanted[150000];
        for (size_t i = 0; i < sizeof wanted; i++) {
            text[2 * i] = (char)('0' + i % 10);
            text[2 * i + 1] = "\n "[i % 2];
            wanted[i] = (char)(i % 10);
        }
        tool_reset();
        machine_file_put("in", text, sizeof text);
        CHECK_EQUAL(RUN(2, "shmwrite", "--put", "-e", "u8", "-i", "in", "-s", "150000", name), EXIT_DONE);
        check_stored(wanted, sizeof wanted);
    }
    return check_end();
}
