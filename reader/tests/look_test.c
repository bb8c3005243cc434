/* look_test.c - waiting, printing and following on the simulated machine. */
#include "common/tests/tool.h"

#include <unistd.h>

#include "reader/hex.h"

static const char name[] = "demo";

/* ---- Hex dumps --------------------------------------------------------------------------------------------------- */

static const struct {
    const char *row;
    uint64_t offset;
    const char *bytes;
    size_t size;
    const char *dump;
} dumps[] = {
    {"nothing", 0, "", 0, ""},
    {"nothing, from an offset", 5, "", 0, ""},
    {"one byte", 0, "A", 1,
     "00000000  41                                                |A|\r\n"
     "00000001\r\n"},
    {"eight bytes", 0, "01234567", 8,
     "00000000  30 31 32 33 34 35 36 37                           |01234567|\r\n"
     "00000008\r\n"},
    {"a line", 0, "hello world\n\0\x7F\x80\xFF", 16,
     "00000000  68 65 6c 6c 6f 20 77 6f  72 6c 64 0a 00 7f 80 ff  |hello world.....|\r\n"
     "00000010\r\n"},
    {"a line and a byte, from an offset", 0x1F5, "0123456789abcdef~", 17,
     "000001f5  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\r\n"
     "00000205  7e                                                |~|\r\n"
     "00000206\r\n"},
    {"two equal lines", 0, "0123456789abcdef0123456789abcdef", 32,
     "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\r\n"
     "*\r\n"
     "00000020\r\n"},
    {"three equal lines, another, and part of that", 0,
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbb", 67,
     "00000000  61 61 61 61 61 61 61 61  61 61 61 61 61 61 61 61  |aaaaaaaaaaaaaaaa|\r\n"
     "*\r\n"
     "00000030  62 62 62 62 62 62 62 62  62 62 62 62 62 62 62 62  |bbbbbbbbbbbbbbbb|\r\n"
     "00000040  62 62 62                                          |bbb|\r\n"
     "00000043\r\n"},
    {"two times equal lines", 0, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 64,
     "00000000  61 61 61 61 61 61 61 61  61 61 61 61 61 61 61 61  |aaaaaaaaaaaaaaaa|\r\n"
     "*\r\n"
     "00000020  62 62 62 62 62 62 62 62  62 62 62 62 62 62 62 62  |bbbbbbbbbbbbbbbb|\r\n"
     "*\r\n"
     "00000040\r\n"},
    {"across 4 GiB", 0xFFFFFFF8, "0123456789abcdefgh", 18,
     "fffffff8  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\r\n"
     "100000008  67 68                                             |gh|\r\n"
     "10000000a\r\n"},
};

static void check_dump(size_t i, size_t cut)
{
    char out[2000];
    struct hex hex = {.offset = dumps[i].offset};
    const uint8_t *bytes = (const uint8_t *)dumps[i].bytes;
    size_t size = 0;
    for (size_t at = 0; at < dumps[i].size; at += cut) {
        size_t piece = dumps[i].size - at < cut ? dumps[i].size - at : cut;
        char lines[HEX_ROOM(100)];
        size_t made = hex_put(&hex, bytes + at, piece, lines);
        CHECK(made <= HEX_ROOM(piece));
        memcpy(out + size, lines, made);
        size += made;
    }
    size += hex_end(&hex, out + size);
    CHECK_BYTES(out, size, dumps[i].dump, strlen(dumps[i].dump));
}

static void test_dumps(void)
{
    TEST("a hex dump is that of hexdump -C, however the bytes come")
    {
        for (size_t i = 0; i < sizeof dumps / sizeof *dumps; i++) {
            check_row(dumps[i].row);
            for (size_t cut = 1; cut <= 80; cut++) {
                check_dump(i, cut);
            }
        }
    }

    TEST("a line has room for the greatest offset")
    {
        char out[HEX_ROOM(16) + HEX_END_ROOM];
        struct hex hex = {.offset = UINT64_MAX - 16};
        static const char wanted[] =
            "ffffffffffffffef  78 78 78 78 78 78 78 78  78 78 78 78 78 78 78 78  |xxxxxxxxxxxxxxxx|\r\n"
            "ffffffffffffffff\r\n";
        size_t size = hex_put(&hex, (const uint8_t *)"xxxxxxxxxxxxxxxx", 16, out);
        CHECK(size <= HEX_LINE);
        size += hex_end(&hex, out + size);
        CHECK_BYTES(out, size, wanted, sizeof wanted - 1);
    }
}

/* ---- What is printed of memory ----------------------------------------------------------------------------------- */

#define PAGE 4096U
#define HAN "\xE6\xBC\xA2"
#define E_ACUTE "\xC3\xA9"
#define WRONG "\xEF\xBF\xBD"

/* Bytes of another program, at the beginning of a page or, with `at_end`, at its end. */
struct foreign {
    const char *row;
    const char *bytes;
    size_t size;
    bool at_end;
    const char *arguments[8];
    const char *output;
};
#define B(bytes) bytes, sizeof(bytes) - 1

static const struct foreign foreign[] = {
    {"ASCII", B("abc\0def"), false, {NULL}, "abc"},
    {"UTF-8", B(HAN E_ACUTE "\0x"), false, {NULL}, HAN E_ACUTE},
    {"UTF-8 with its mark", B("\xEF\xBB\xBF" HAN), false, {NULL}, HAN},
    {"ANSI", B("caf\xE9\0x"), false, {NULL}, "caf" E_ACUTE},
    {"ANSI, one character", B("\xE9"), false, {NULL}, E_ACUTE},
    {"UTF-16", B("c\0\xE9\0\0\0x\0"), false, {NULL}, "c" E_ACUTE},
    {"UTF-16 with its mark", B("\xFF\xFE\x22\x6F\0\0"), false, {NULL}, HAN},
    {"UTF-16, big-endian", B("\xFE\xFF\x6F\x22\0a\0\0\0b"), false, {NULL}, HAN "a"},
    {"UTF-16, half a pair",
     B("a\0\x3D\xD8"
       "b\0"),
     false,
     {NULL},
     "a" WRONG "b"},
    {"UTF-8, cut by the end", B("x" HAN "\xE6\xBC"), true, {"--offset", "4090"}, "x" HAN WRONG},
    {"UTF-16, cut by the end", B("a\0\x22\x6F\x3D\xD8"), true, {"--offset", "4090"}, "a" HAN WRONG},
    {"UTF-16, half a unit at the end", B("a\0\x22\x6F\x3D"), true, {"--offset", "4091"}, "a" HAN WRONG},
    {"UTF-8, cut by --length", B(HAN HAN), false, {"-n", "5"}, HAN WRONG},

    {"-e bytes", B("caf\xE9\xFF\0x"), false, {"-e", "bytes"}, "caf\xE9\xFF"},
    {"-e bytes, though it is UTF-16", B("c\0d\0\0\0"), false, {"-e", "bytes"}, "c"},
    {"-e oem", B("caf\x0A\0x"), false, {"-e", "oem"}, "caf\n"},
    {"-e utf-8, not valid", B("a\xE9z\xE6\xBC\0x"), false, {"-e", "utf-8"}, "a" WRONG "z" WRONG},
    {"-e utf-8 with its mark", B("\xEF\xBB\xBFx"), false, {"-e", "utf-8"}, "x"},
    {"-e utf-16",
     B("\x22\x6F"
       "a\0\0\0b\0"),
     false,
     {"-e", "utf-16"},
     HAN "a"},
    {"-e utf-16, no NUL of one byte ends it",
     B("\0\x4E"
       "a\0\0\0b\0"),
     false,
     {"-e", "utf-16"},
     "\xE4\xB8\x80"
     "a"},
    {"-e utf-16, big-endian", B("\xFE\xFF\0a\0\0\0b"), false, {"-e", "utf-16"}, "a"},
    {"-e ansi", B(E_ACUTE "\0x"), false, {"-e", "ansi"}, "\xC3\x83\xC2\xA9"},
    {"-e cp1252", B("\xE9"), false, {"-e", "cp1252"}, E_ACUTE},
    {"-e cp932", B("\x82\xA0\x82\xA2\0x"), false, {"-e", "cp932"}, "\xE3\x81\x82\xE3\x81\x84"},
    {"-e cp932, cut", B("\x82\xA0\x82\xA2"), false, {"-e", "cp932", "-n", "3"}, "\xE3\x81\x82" WRONG},
    {"-e auto", B("caf\xE9"), false, {"-e", "auto"}, "caf" E_ACUTE},

    {"--offset", B("head\0text\0rest"), false, {"--offset", "5"}, "text"},
    {"--offset, --length", B("0123456789"), false, {"--offset", "0x2", "-n", "3"}, "234"},
    {"--length to a NUL", B("ab\0cd"), false, {"-n", "4"}, "ab"},
    {"--length 0", B("ab"), false, {"-n", "0"}, ""},
    {"--length beyond the end", B("text"), true, {"--offset", "4092", "-n", "1G"}, "text"},
    {"--offset is the end", B("text"), false, {"--offset", "4096"}, ""},
    {"--offset to UTF-16", B("\1\2h\0i\0\0\0x"), false, {"--offset", "2"}, "hi"},
    {"--offset to UTF-16 in a record", B("\1\2h\0i\0xx"), false, {"--offset", "2", "--length", "4"}, "hi"},
    {"--offset into nothing", B("text"), false, {"--offset", "100"}, ""},
};

/* Print the memory with the options of a row. Returns the status. */
static int print_foreign(const struct foreign *row)
{
    static uint8_t page[PAGE];
    memset(page, 0, sizeof page);
    page[0] = 1; /* not nothing */
    memcpy(page + (row->at_end ? PAGE - row->size : 0), row->bytes, row->size);
    tool_reset();
    machine_foreign_section(name, page, PAGE, PAGE);
    const char *all[12] = {"shmread", name};
    memcpy(all + 2, row->arguments, sizeof row->arguments);
    return tool_run(TOOL_PROCESS, all);
}

static void check_foreign(const struct foreign *row)
{
    check_row(row->row);
    CHECK_EQUAL(print_foreign(row), EXIT_DONE);
    CHECK_TEXT(tool_output(TOOL_PROCESS), row->output);
    CHECK_TEXT(tool_errors(TOOL_PROCESS), "");
    CHECK_EQUAL(machine_leaks(), 0);
}

/* With --raw nothing stops at a NUL. */
static void check_raw(const char *const arguments[], const void *wanted, size_t wanted_size)
{
    tool_reset();
    machine_foreign_section(name, "ab\0c\xE9\0\x22\x6F", 8, PAGE);
    CHECK_EQUAL(tool_run(TOOL_PROCESS, arguments), EXIT_DONE);
    size_t size = 0;
    const char *written = machine_written(TOOL_PROCESS, STANDARD_OUTPUT, &size);
    CHECK_BYTES(written, size, wanted, wanted_size);
}
#define RAW(...)                                                                                                       \
    (const char *const[])                                                                                              \
    {                                                                                                                  \
        "shmread", "--raw", __VA_ARGS__, "demo", NULL                                                                  \
    }

static void test_foreign(void)
{
    TEST("another program's text is printed as what it is, or as what it is said to be")
    {
        for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
            check_foreign(&foreign[i]);
        }
    }

    TEST("with --raw exactly the bytes of a range are printed, or decoded")
    {
        check_raw(RAW("--offset", "1", "-n", "6"), "b\0c\xE9\0\x22", 6);
        check_raw(RAW("--offset", "1", "-n", "5", "-e", "cp1252"), "b\0c" E_ACUTE "\0", 6);
        check_raw(RAW("--offset", "6", "-n", "2", "-e", "utf-16"), HAN, 3);
        check_raw(RAW("--offset", "4095", "-n", "9"), "\0", 1);
    }

    TEST("an ANSI code page that is UTF-8 is decoded as that")
    {
        tool_reset();
        machine_code_page_ansi(CODE_PAGE_UTF8);
        machine_foreign_section(name, "a\xE9z", 3, PAGE);
        CHECK_EQUAL(RUN(2, "shmread", name), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "a" WRONG "z");
    }

    TEST("memory of which a part is not there is printed up to there, in every way")
    {
        static const char *const ways[][6] = {
            {"shmread", "demo"}, {"shmread", "-e", "utf-16", "demo"}, {"shmread", "-n", "1M", "demo"}};
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
            tool_reset();
            machine_foreign_section(name, NULL, 65536, PAGE);
            memset(machine_bytes(name, NULL), 'x', PAGE);
            CHECK_EQUAL(tool_run(2, ways[i]), EXIT_DONE);
            CHECK_EQUAL(strlen(tool_output(2)), i == 1 ? PAGE / 2 * 3 : PAGE);
        }
        tool_reset();
        machine_foreign_section(name, NULL, 65536, PAGE);
        memset(machine_bytes(name, NULL), 'x', PAGE);
        CHECK_EQUAL(RUN(2, "shmread", "-x", "--offset", "4090", name), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "00000ffa  78 78 78 78 78 78                                 |xxxxxx|\r\n"
                                   "00001000\r\n");
        CHECK_EQUAL(RUN(3, "shmread", "--offset", "4097", name), EXIT_NOTHING);
        CHECK_TEXT(tool_errors(3), "shmread: demo: there is nothing at offset 4097: it has 4096 bytes\r\n");
    }
}

/* ---- What is printed of values ----------------------------------------------------------------------------------- */

static const struct {
    const char *row;
    const char *made[6];
    const char *arguments[8];
    enum status status;
    const char *output;
} values[] = {
    {"a part", {"demo", "0123456789"}, {"--offset", "2", "-n", "3"}, EXIT_DONE, "234"},
    {"a part to the end", {"demo", "0123456789"}, {"--offset", "8", "-n", "3"}, EXIT_DONE, "89"},
    {"the end", {"demo", "0123456789"}, {"--offset", "10"}, EXIT_DONE, ""},
    {"beyond the end", {"demo", "0123456789"}, {"--offset", "11"}, EXIT_NOTHING, ""},
    {"far beyond",
     {"demo", "0123456789"},
     {"--offset", "0xFFFFFFFFFFFFFFFF", "-n", "0xFFFFFFFFFFFFFFFF"},
     EXIT_NOTHING,
     ""},
    {"nothing of it", {"demo", "0123456789"}, {"-n", "0"}, EXIT_DONE, ""},
    {"sealed", {"--sealed", "demo", "0123456789"}, {"--offset", "2", "-n", "3"}, EXIT_DONE, "234"},
    {"sealed, beyond the end", {"--sealed", "demo", "012"}, {"--offset", "4"}, EXIT_NOTHING, ""},
    {"a dump",
     {"demo", "0123456789"},
     {"-x", "--offset", "8"},
     EXIT_DONE,
     "00000008  38 39                                             |89|\r\n0000000a\r\n"},
    {"a dump of UTF-16",
     {"-e", "utf-16", "demo", "hi"},
     {"-x"},
     EXIT_DONE,
     "00000000  68 00 69 00                                       |h.i.|\r\n00000004\r\n"},
    {"a dump of nothing", {"demo", ""}, {"-x"}, EXIT_DONE, ""},
    {"as bytes", {"-e", "utf-16", "demo", HAN}, {"-e", "bytes"}, EXIT_DONE, "\x22\x6F"},
    {"as another code page", {"demo", E_ACUTE}, {"-e", "cp1252"}, EXIT_DONE, "\xC3\x83\xC2\xA9"},
    {"as UTF-16", {"demo", "h"}, {"-e", "utf-16"}, EXIT_DONE, WRONG},
    {"UTF-8 with its mark, as it is", {"demo", "\xEF\xBB\xBFx"}, {NULL}, EXIT_DONE, "\xEF\xBB\xBFx"},
    {"UTF-8 with its mark, decoded", {"demo", "\xEF\xBB\xBFx"}, {"-e", "utf-8"}, EXIT_DONE, "x"},
    {"UTF-8, cut, as it is", {"demo", HAN}, {"-n", "2"}, EXIT_DONE, "\xE6\xBC"},
    {"UTF-8, cut, decoded", {"demo", HAN}, {"-n", "2", "-e", "utf-8"}, EXIT_DONE, WRONG},
    {"a part of UTF-16", {"-e", "utf-16", "demo", "a" HAN "b"}, {"--offset", "2", "-n", "2"}, EXIT_DONE, HAN},
};

static void check_value(size_t i)
{
    check_row(values[i].row);
    tool_reset();
    const char *make[9] = {"shmwrite", "-d"};
    memcpy(make + 2, values[i].made, sizeof values->made);
    CHECK_EQUAL(tool_run(TOOL_OTHER, make), EXIT_DONE);
    const char *all[12] = {"shmread", name};
    memcpy(all + 2, values[i].arguments, sizeof values->arguments);
    CHECK_EQUAL(tool_run(TOOL_PROCESS, all), values[i].status);
    CHECK_TEXT(tool_output(TOOL_PROCESS), values[i].output);
    CHECK(tool_failures(TOOL_PROCESS) == (values[i].status == EXIT_DONE ? 0 : 1));
    CHECK_EQUAL(machine_leaks(), 0);
}

/* A value of 40 MiB, whose 32-bit words are their numbers. */
#define LARGE ((size_t)40 << 20)

static void put_large(const char *kind)
{
    tool_reset();
    uint32_t *words = malloc(LARGE);
    for (uint32_t i = 0; words != NULL && i < LARGE / sizeof *words; i++) {
        words[i] = i;
    }
    machine_file_put("large", words, LARGE);
    free(words);
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "-d", "-i", "large", kind, name), EXIT_DONE);
}

static void check_large(const char *offset, const char *length, size_t from, size_t size)
{
    machine_written_clear(TOOL_PROCESS, STANDARD_OUTPUT);
    CHECK_EQUAL(RUN(TOOL_PROCESS, "shmread", "--offset", offset, "-n", length, name), EXIT_DONE);
    size_t written_size = 0;
    const char *written = machine_written(TOOL_PROCESS, STANDARD_OUTPUT, &written_size);
    size_t all = 0;
    const uint8_t *file = machine_file_bytes("large", &all);
    CHECK_EQUAL(written_size, size);
    CHECK(written_size == size && memcmp(written, file + from, size) == 0);
}

/* When the first piece has been printed, it is updated. */
static void update_when_written(void *context, const char *function, size_t index)
{
    (void)context;
    (void)index;
    if (strcmp(function, "file_write") == 0) {
        machine_on_call(NULL, NULL);
        CHECK_EQUAL(RUN(5, "shmwrite", "--update", "demo", "small"), EXIT_DONE);
    }
}

static void test_values(void)
{
    TEST("a part of a value, its dump, and what it is decoded as")
    {
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
            check_value(i);
        }
    }

    TEST("a part of a large value comes whole, sealed or not")
    {
        static const char *const kinds[] = {"--verbose", "--sealed"};
        for (size_t i = 0; i < 2; i++) {
            check_row(kinds[i]);
            put_large(kinds[i]);
            check_large("1", "33M", 1, (size_t)33 << 20);
            check_large("39M", "5M", (size_t)39 << 20, (size_t)1 << 20);
            check_large("17M", "8", (size_t)17 << 20, 8);
        }
    }

    TEST("a large value that changes while a part of it is printed is printed as it was")
    {
        put_large("--verbose");
        machine_on_call(update_when_written, NULL);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmread", "--offset", "1", "-n", "33M", name), EXIT_DONE);
        machine_on_call(NULL, NULL);
        CHECK_TEXT(tool_errors(TOOL_PROCESS), "");
        size_t size = 0;
        (void)machine_written(TOOL_PROCESS, STANDARD_OUTPUT, &size);
        CHECK_EQUAL(size, (size_t)33 << 20);
    }

    TEST("a part that begins beyond the end of a large value is nothing")
    {
        put_large("--verbose");
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmread", "--offset", "41943041", name), EXIT_NOTHING);
        CHECK_TEXT(tool_errors(TOOL_PROCESS),
                   "shmread: demo: there is nothing at offset 41943041: it has 41943040 bytes\r\n");
    }
}

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

static void feed(const char *first, const char *second)
{
    static struct machine_piece pieces[2];
    tool_reset();
    pieces[0] = (struct machine_piece){first, strlen(first), OSERROR_NONE};
    pieces[1] = (struct machine_piece){second, strlen(second), OSERROR_NONE};
    machine_input_pipe(TOOL_OTHER, pieces, 2);
    START(TOOL_OTHER, "shmwrite", "-q", "--stream", "demo");
}

static void test_streams(void)
{
    TEST("a stream is decoded, and a character that two writes share stays whole")
    {
        feed("\x82\xA0\x82", "\xA2");
        CHECK_EQUAL(RUN(2, "shmread", "--wait", "-e", "cp932", name), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "\xE3\x81\x82\xE3\x81\x84");
        feed("a\xE6\xBC", "\xA2\xFF");
        CHECK_EQUAL(RUN(2, "shmread", "--wait", "-e", "utf-8", name), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "a" HAN WRONG);
    }

    TEST("a stream is dumped, line after line, however it comes")
    {
        feed("0123456789", "abcdefgh");
        CHECK_EQUAL(RUN(2, "shmread", "--wait", "-x", name), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\r\n"
                                   "00000010  67 68                                             |gh|\r\n"
                                   "00000012\r\n");
    }

    TEST("a stream has no parts, and no lock")
    {
        static const char *const wrong[][8] = {{"shmread", "--wait", "--offset", "1", "demo"},
                                               {"shmread", "--wait", "-n", "1", "demo"},
                                               {"shmread", "--wait", "-f", "-n", "1", "demo"},
                                               {"shmread", "--wait", "--lock", "theirs", "demo"},
                                               {"shmread", "--wait", "-f", "--lock", "theirs", "demo"}};
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            feed("0123456789", "abcdefgh");
            CHECK_EQUAL(tool_run(2, wrong[i]), EXIT_USAGE);
            CHECK_TEXT(tool_errors(2), i < 3 ? "shmread: demo: is a stream: --offset and --length are for values\r\n"
                                             : "shmread: demo: was made by shmwrite: it needs no lock\r\n");
            CHECK_EQUAL(RUN(4, "shmread", name), EXIT_DONE); /* it was not touched */
            CHECK_TEXT(tool_output(4), "0123456789abcdefgh");
        }
    }
}

/* ---- Memory that changes while it is read ------------------------------------------------------------------------ */

/* After each copy its reader gives way to others for a moment, which is where its maker goes on, so many times. */
static size_t changes;

static void change(void *context, const char *function, size_t index)
{
    (void)index;
    if (strcmp(function, "wait_any") == 0 && changes > 0) {
        changes--;
        *(char *)machine_bytes(name, NULL) += 1;
        memcpy(machine_bytes(name, NULL) + 1, context, strlen(context) + 1);
    }
}

/* Read a foreign string "astart", which changes so often, to "b", "c" ... with another end. */
static int read_changing(size_t times, const char *end, const char *option)
{
    static char context[20];
    (void)snprintf(context, sizeof context, "%s", end);
    tool_reset();
    machine_foreign_section(name, "astart", 7, PAGE);
    changes = times;
    machine_on_call(change, context);
    int status = RUN(2, "shmread", "--verbose", option, name);
    machine_on_call(NULL, NULL);
    return status;
}

static void test_stability(void)
{
    TEST("memory that changes while it is copied is copied again until it does not, whatever its length becomes")
    {
        static const char *const ends[] = {"start", "longer than that", "s"};
        static const char *const options[] = {"-n100", "-x", "--raw"};
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            for (size_t times = 0; times < 5; times++) {
                char wanted[40];
                CHECK_EQUAL(read_changing(times, ends[i], options[0]), EXIT_DONE);
                (void)snprintf(wanted, sizeof wanted, "%c%s", (char)('a' + times), times == 0 ? "start" : ends[i]);
                CHECK_TEXT(tool_output(2), wanted);
                CHECK_TEXT(tool_errors(2), "");
            }
        }
        for (size_t i = 1; i < 3; i++) {
            CHECK_EQUAL(read_changing(3, "ART", options[i]), EXIT_DONE);
            CHECK(strncmp(tool_output(2), i == 1 ? "00000000  64 41 52 54 00 74 00 " : "dART", i == 1 ? 31 : 4) == 0);
            CHECK_EQUAL(machine_leaks(), 0);
        }
    }

    TEST("memory that does not stop changing is printed as it was at last, and that is said")
    {
        CHECK_EQUAL(read_changing(SIZE_MAX, "start", "-z"), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "istart"); /* it changes in the pauses too */
        CHECK_TEXT(tool_errors(2),
                   "shmread: demo: changed each time that it was copied: this is the last of 5 copies\r\n");
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("memory that is too large to be copied goes out from where it stands")
    {
        tool_reset();
        machine_foreign_section(name, NULL, LARGE, LARGE);
        memset(machine_bytes(name, NULL), 'x', LARGE);
        machine_commit_limit(16 * PAGE); /* of which foreign memory takes nothing */
        CHECK_EQUAL(RUN(2, "shmread", "--raw", name), EXIT_DONE);
        CHECK_EQUAL(strlen(tool_output(2)), LARGE);
        CHECK_EQUAL(RUN(4, "shmread", name), EXIT_DONE);
        CHECK_EQUAL(strlen(tool_output(4)), LARGE);
        CHECK_EQUAL(RUN(5, "shmread", "-x", name), EXIT_DONE);
        CHECK_TEXT(tool_output(5) + 80, "*\r\n02800000\r\n");
    }
}

/* ---- Locks ------------------------------------------------------------------------------------------------------- */

static const char theirs[] = "demo.lock";

static void with_lock(void)
{
    tool_reset();
    machine_foreign_section(name, "theirs", 7, PAGE);
    machine_foreign(theirs, OBJECT_MUTEX);
}

/* When something is written, whoever wants the mutex gets it; that it is taken before that, ends the test. */
static void take_when_written(void *context, const char *function, size_t index)
{
    (void)index;
    if (strcmp(function, "file_write") == 0 && *(size_t *)context == 0) {
        ++*(size_t *)context;
        uint32_t before = machine_switch_process(9);
        machine_own(theirs);
        (void)machine_switch_process(before);
    }
}

/* Its maker, who has the mutex for a second, and fills the memory meanwhile. */
static int make_with_lock(void *context)
{
    object *mutex = NULL;
    CHECK_EQUAL(mutex_open(theirs, &mutex), OSERROR_NONE);
    CHECK_EQUAL(wait_any(&mutex, 1, CLOCK_NEVER).how, WAITED_SIGNALLED);
    memset(machine_bytes(name, NULL), 0, PAGE);
    tool_sleep(1000);
    memcpy(machine_bytes(name, NULL), context, strlen(context));
    if (strcmp(context, "dead") != 0) {
        mutex_release(mutex);
    }
    object_close(mutex);
    return 0;
}

static void start_maker(const char *text)
{
    static char context[20];
    (void)snprintf(context, sizeof context, "%s", text);
    with_lock();
    machine_start(6, make_with_lock, context);
    tool_sleep(100);
}

static const struct {
    const char *row;
    enum object_kind kind; /* what has the mutex's name */
    bool denied;
    bool owned;
    bool ours; /* and NAME is ours */
    const char *arguments[8];
    enum status status;
    const char *line;
} refused[] = {
    {"no mutex", OBJECT_NONE, false, false, false, {NULL}, EXIT_NOTHING, "the mutex demo.lock does not exist"},
    {"no mutex, following",
     OBJECT_NONE,
     false,
     false,
     false,
     {"-f"},
     EXIT_NOTHING,
     "the mutex demo.lock does not exist"},
    {"no mutex, and the time is up",
     OBJECT_NONE,
     false,
     false,
     false,
     {"-w", "-t", "1s"},
     EXIT_TIMED_OUT,
     "the time is up, and there is nothing yet"},
    {"an event",
     OBJECT_EVENT,
     false,
     false,
     false,
     {"-w"},
     EXIT_CONFLICT,
     "the name demo.lock is that of an event, not of a mutex"},
    {"denied",
     OBJECT_MUTEX,
     true,
     false,
     false,
     {NULL},
     EXIT_DENIED,
     "the mutex demo.lock exists, but is closed to this user: Access is denied (5)"},
    {"taken",
     OBJECT_MUTEX,
     false,
     true,
     false,
     {"-t", "1s"},
     EXIT_TIMED_OUT,
     "the time is up, and the mutex demo.lock is still taken"},
    {"taken, following",
     OBJECT_MUTEX,
     false,
     true,
     false,
     {"-f", "-t", "1s"},
     EXIT_TIMED_OUT,
     "the time is up, and the mutex demo.lock is still taken"},
    {"ours", OBJECT_MUTEX, false, false, true, {NULL}, EXIT_USAGE, "was made by shmwrite: it needs no lock"},
    {"ours, raw", OBJECT_MUTEX, false, false, true, {"-r"}, EXIT_USAGE, "was made by shmwrite: it needs no lock"},
    {"ours, following", OBJECT_NONE, false, false, true, {"-f"}, EXIT_USAGE, "was made by shmwrite: it needs no lock"},
};

static void check_refused(size_t i)
{
    check_row(refused[i].row);
    tool_reset();
    if (refused[i].ours) {
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "-d", name, "ours"), EXIT_DONE);
    } else {
        machine_foreign_section(name, "theirs", 7, PAGE);
    }
    if (refused[i].kind != OBJECT_NONE) {
        machine_foreign(theirs, refused[i].kind);
    }
    if (refused[i].denied) {
        machine_deny(theirs);
    }
    if (refused[i].owned) {
        machine_own(theirs);
    }
    const char *all[12] = {"shmread", "--lock", theirs, name};
    memcpy(all + 4, refused[i].arguments, sizeof refused->arguments);
    CHECK_EQUAL(tool_run(TOOL_PROCESS, all), refused[i].status);
    char line[200];
    (void)snprintf(line, sizeof line, "shmread: demo: %s\r\n", refused[i].line);
    CHECK_TEXT(tool_errors(TOOL_PROCESS), line);
    CHECK_EQUAL(machine_leaks(), 0);
}

static void test_locks(void)
{
    TEST("a lock that cannot be had has its sentence and its status")
    {
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
            check_refused(i);
        }
    }

    TEST("the mutex is free again before anything is printed")
    {
        static const char *const ways[][8] = {{"shmread", "--lock", "demo.lock", "demo"},
                                              {"shmread", "--lock", "demo.lock", "-x", "demo"},
                                              {"shmread", "--lock", "demo.lock", "--raw", "demo"},
                                              {"shmread", "--lock", "demo.lock", "-t1s", "-f", "demo"}};
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
            size_t taken = 0;
            with_lock();
            machine_on_call(take_when_written, &taken);
            CHECK_EQUAL(tool_run(2, ways[i]), i == 3 ? EXIT_TIMED_OUT : EXIT_DONE);
            machine_on_call(NULL, NULL);
            CHECK_EQUAL(taken, 1);
        }
    }

    TEST("a large part is copied, so that its maker is not blocked by the output")
    {
        size_t taken = 0;
        tool_reset();
        machine_foreign_section(name, NULL, LARGE, LARGE);
        *machine_bytes(name, NULL) = 1;
        machine_foreign(theirs, OBJECT_MUTEX);
        machine_on_call(take_when_written, &taken);
        CHECK_EQUAL(RUN(2, "shmread", "--lock", theirs, "--raw", name), EXIT_DONE);
        machine_on_call(NULL, NULL);
        CHECK_EQUAL(taken, 1);
        CHECK_EQUAL(machine_writes(2, STANDARD_OUTPUT), 1);
    }

    TEST("what is being filled by who has the mutex is waited for")
    {
        start_maker("filled");
        CHECK_EQUAL(RUN(2, "shmread", "-v", "--lock", theirs, name), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "filled");
        CHECK_TEXT(tool_errors(2), "");
        CHECK_EQUAL(machine_finish(6), 0);
    }

    TEST("what is still nothing when the mutex is free is nothing")
    {
        start_maker("");
        CHECK_EQUAL(RUN(2, "shmread", "--lock", theirs, name), EXIT_NOTHING);
        CHECK_TEXT(tool_errors(2), "shmread: demo: nothing has been put into it yet\r\n");
        CHECK_EQUAL(machine_finish(6), 0);
    }

    TEST("a mutex whose owner died is taken, and let go, and that is said")
    {
        start_maker("dead");
        CHECK_EQUAL(RUN(2, "shmread", "-v", "--lock", theirs, name), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "dead");
        CHECK_TEXT(tool_errors(2), "shmread: demo: the mutex demo.lock was left by a program that died with it: "
                                   "what it wrote may not be whole\r\n");
        CHECK_EQUAL(RUN(4, "shmread", "-v", "-t1s", "--lock", theirs, name), EXIT_DONE);
        CHECK_TEXT(tool_errors(4), "");
    }

    TEST("--wait waits for the mutex too")
    {
        tool_reset();
        machine_foreign_section(name, "theirs", 7, PAGE);
        START(2, "shmread", "--wait", "--lock", theirs, name);
        tool_sleep(500);
        CHECK_TEXT(tool_output(2), "");
        machine_foreign(theirs, OBJECT_MUTEX);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "theirs");
    }

    TEST("while it waits for the mutex it is there, but between two looks it keeps nothing open")
    {
        with_lock();
        START(2, "shmread", "--follow", "--lock", theirs, name);
        tool_sleep(250);
        machine_forget(theirs);
        CHECK_EQUAL(object_kind_of(theirs), OBJECT_NONE);
        machine_forget(name);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "theirs\r\n");
        CHECK_EQUAL(machine_leaks(), 0);
    }
}

/* ---- Message boxes ----------------------------------------------------------------------------------------------- */

/* A box that is made of so many times `piece`, and that. */
static void check_long_box(const char *piece, size_t times, const char *more, size_t shown, const char *end)
{
    tool_reset();
    size_t size = strlen(piece);
    char *text = malloc(times * size + strlen(more) + 1);
    for (size_t i = 0; i < times; i++) {
        memcpy(text + i * size, piece, size);
    }
    memcpy(text + times * size, more, strlen(more) + 1);
    machine_file_put("text", text, times * size + strlen(more));
    free(text);
    CHECK_EQUAL(RUN(3, "shmwrite", "-d", "-i", "text", name), EXIT_DONE);
    CHECK_EQUAL(RUN(2, "shmread", "-v", "-m", name), EXIT_DONE);
    size_t length = strlen(machine_box_text());
    CHECK_EQUAL(length, shown * size + strlen(end));
    CHECK_TEXT(machine_box_text() + shown * size, end);
    CHECK_TEXT(tool_errors(2), strstr(end, "...") == NULL
                                   ? ""
                                   : "shmread: demo: is longer than a message box takes: only its "
                                     "beginning is shown\r\n");
}

static void test_boxes(void)
{
    TEST("a message box shows the text, under NAME as it was typed, and nothing else is printed")
    {
        static const struct {
            const char *bytes;
            size_t size;
            const char *option;
            const char *shown;
        } boxes[] = {
            {B("theirs\0x"), "-n100", "theirs"}, {B("caf\xE9"), "-n100", "caf" E_ACUTE},
            {B("h\0i\0\0\0"), "-n100", "hi"},    {B("a\xE9z"), "-eutf-8", "a" WRONG "z"},
            {B("raw\0x"), "-r", "raw"},          {B("raw\xFF\0x"), "-r", "raw" WRONG},
        };
        for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
            tool_reset();
            machine_foreign_section(name, boxes[i].bytes, boxes[i].size, PAGE);
            machine_standard_absent(2, STANDARD_OUTPUT); /* as where a box is wanted */
            CHECK_EQUAL(RUN(2, "shmread", "-m", boxes[i].option, "Local\\demo"), EXIT_DONE);
            CHECK_TEXT(machine_box_text(), boxes[i].shown);
            CHECK_TEXT(machine_box_title(), "Local\\demo");
            CHECK_EQUAL(machine_leaks(), 0);
        }
    }

    TEST("while a box is shown the memory is not kept alive")
    {
        tool_reset();
        CHECK_EQUAL(RUN(3, "shmwrite", "-d", "--reads", "1", name, "value"), EXIT_DONE);
        machine_fail_function("message_box", 1, 1459);
        CHECK_EQUAL(RUN(2, "shmread", "-m", name), EXIT_SYSTEM);
        CHECK(strncmp(tool_errors(2), "shmread: demo: a message box cannot be shown", 44) == 0);
        CHECK_EQUAL(RUN(2, "shmread", "-m", name), EXIT_DONE); /* which is the one read */
        CHECK_TEXT(machine_box_text(), "value");
        tool_sleep(100);
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
    }

    TEST("--timeout bounds a message box, which then counts as no read")
    {
        tool_reset();
        CHECK_EQUAL(RUN(3, "shmwrite", "-d", "--reads", "1", name, "value"), EXIT_DONE);
        machine_box_stays();
        uint64_t begun = clock_now();
        CHECK_EQUAL(RUN(2, "shmread", "-m", "-t", "2s", name), EXIT_TIMED_OUT);
        CHECK_TEXT(tool_errors(2), "shmread: demo: timed out waiting for the message box to be closed\r\n");
        CHECK_TEXT(machine_box_text(), "value");
        CHECK_EQUAL(clock_now() - begun, 2000);
        CHECK_EQUAL(machine_leaks(), 0);
        CHECK_EQUAL(object_kind_of(name), OBJECT_SECTION);
    }

    TEST("--timeout begins again when the message box is shown")
    {
        tool_reset();
        machine_box_stays();
        uint64_t begun = clock_now();
        START(2, "shmread", "--wait", "-m", "-t", "2s", name);
        tool_sleep(1500);
        CHECK_EQUAL(RUN(3, "shmwrite", "-d", name, "late"), EXIT_DONE);
        CHECK_EQUAL(machine_finish(2), EXIT_TIMED_OUT);
        CHECK_TEXT(machine_box_text(), "late");
        CHECK(clock_now() - begun >= 3500);
    }

    TEST("what stands after a NUL does not make a text too long for a box")
    {
        tool_reset();
        machine_foreign_section(name, NULL, (size_t)20 * PAGE, (size_t)20 * PAGE);
        memset(machine_bytes(name, NULL), 'x', (size_t)20 * PAGE);
        machine_bytes(name, NULL)[3] = 0;
        CHECK_EQUAL(RUN(2, "shmread", "-v", "-m", "--raw", name), EXIT_DONE);
        CHECK_TEXT(machine_box_text(), "xxx");
        CHECK_TEXT(tool_errors(2), "");
    }

    TEST("a text that is too long for a box is cut, visibly, and not within a character")
    {
        check_long_box("x", 32768, "", 32768, "");
        check_long_box("x", 32768, "y", 32768, "...");
        check_long_box(HAN, 40000, "", 32768, "...");
        check_long_box("\xF0\x9F\x98\x80", 16384, "", 16384, "");
        check_long_box("\xF0\x9F\x98\x80", 16384, "y", 16384, "...");
        check_long_box("\xF0\x9F\x98\x80"
                       "x\xF0\x9F\x98\x80",
                       6553, "xx\xF0\x9F\x98\x80", 6553, "xx...");
    }
}

/* ---- Following --------------------------------------------------------------------------------------------------- */

static void test_following(void)
{
    TEST("--follow dumps each value, and decodes each")
    {
        tool_reset();
        machine_foreign_section(name, "a\xE9", 2, PAGE);
        START(2, "shmread", "-f", "-x", "-n", "2", name);
        START(4, "shmread", "-f", "-e", "cp1252", name);
        START(5, "shmread", "-f", "--offset", "1", name);
        tool_sleep(250);
        memcpy(machine_bytes(name, NULL), "b\0", 2);
        tool_sleep(250);
        machine_forget(name);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "00000000  61 e9                                             |a.|\r\n00000002\r\n"
                                   "00000000  62 00                                             |b.|\r\n00000002\r\n");
        CHECK_EQUAL(machine_finish(4), EXIT_DONE);
        CHECK_TEXT(tool_output(4), "a" E_ACUTE "\r\nb\r\n");
        CHECK_EQUAL(machine_finish(5), EXIT_DONE);
        CHECK_TEXT(tool_output(5), E_ACUTE "\r\n\r\n");
    }

    TEST("--follow --raw prints all of one of ours, whenever it is updated")
    {
        tool_reset();
        CHECK_EQUAL(RUN(4, "shmwrite", "--put", name, "one"), EXIT_DONE);
        START(2, "shmread", "-f", "-r", "-n", "5", name);
        tool_sleep(250);
        CHECK_EQUAL(RUN(4, "shmwrite", "--update", name, "two"), EXIT_DONE);
        tool_sleep(250);
        CHECK_EQUAL(RUN(4, "shmwrite", "--release", name), EXIT_DONE);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_BYTES(tool_output(2), 14, "one\0\0\r\ntwo\0\0\r\n", 14);
    }

    TEST("--follow prints a sealed value once, whatever its number has become")
    {
        tool_reset();
        CHECK_EQUAL(RUN(4, "shmwrite", "--detach", "--sealed", name, "sealed"), EXIT_DONE);
        uint64_t size = 0;
        uint8_t *bytes = machine_bytes(name, &size);
        ((winshm_trailer *)(void *)(bytes + size - WINSHM_TRAILER_SIZE))->current = 7 << 1;
        CHECK_EQUAL(RUN(2, "shmread", "-f", "-t", "300ms", name), EXIT_TIMED_OUT);
        CHECK_TEXT(tool_output(2), "sealed\r\n");
    }

    TEST("--follow keeps a copy of large memory, and prints it again when it has changed")
    {
        tool_reset();
        machine_foreign_section(name, NULL, LARGE, LARGE);
        START(2, "shmread", "-f", "-r", name);
        memset(machine_bytes(name, NULL), 'x', LARGE);
        tool_sleep(250);
        memset(machine_bytes(name, NULL) + LARGE - 1, 'y', 1);
        tool_sleep(250);
        machine_forget(name);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_EQUAL(strlen(tool_output(2)), 2 * (LARGE + 2));
        CHECK_TEXT(tool_output(2) + 2 * LARGE, "xy\r\n");
    }
}

int main(void)
{
    (void)alarm(120);
    test_dumps();
    test_foreign();
    test_values();
    test_streams();
    test_stability();
    test_locks();
    test_boxes();
    test_following();
    machine_reset();
    return check_end();
}
