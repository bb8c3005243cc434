/* fields_test.c - shmread prints fields, rows of them, and contents as JSON. */
#include "reader/options.h"
#include "reader/tests/reading.h"

/* A record of a game: speed, gear, rpm, and a name in UTF-16. */
#define RECORD                                                                                                         \
    "\x66\x66\x54\x43"                                                                                                 \
    "\3\0\0\0"                                                                                                         \
    "\xE4\x17\0\0"                                                                                                     \
    "M\0e\0\0\0x\0"

/* Two rows of 12 bytes: a name of 8 bytes and a float. */
#define TABLE                                                                                                          \
    "HEAD"                                                                                                             \
    "cpu\0????"                                                                                                        \
    "\0\0\x48\x42"                                                                                                     \
    "g\tpu\0???"                                                                                                       \
    "\0\0\xC0\x7F"

static const struct reading readings[] = {
    ROW("a number", THEIRS(RECORD), WITH("--get", "f32@0"), PRINTS("212.4\r\n")),
    ROW("fields with and without labels", THEIRS(RECORD),
        WITH("--get", "speed=f32@0", "--get=i32@4*2", "--get", "me=utf-16@12"),
        PRINTS("speed=212.4\r\n3 6116\r\nme=Me\r\n")),
    ROW("relative to --offset", THEIRS(RECORD), WITH("--get", "i32@0", "--offset", "4"), PRINTS("3\r\n")),
    ROW("JSON", THEIRS(RECORD), WITH("--json", "--get", "a=f32@0", "--get", "hex@4*2"),
        PRINTS("{\"a\": 212.4, \"hex@4*2\": \"0300\"}\r\n")),
    ROW("of a value", OURS("0123"), WITH("--get", "u8@3", "--get", "text@1"), PRINTS("51\r\n123\r\n")),
    ROW("of a sealed value", OURS("0123", "--sealed"), WITH("--get", "u8@3"), PRINTS("51\r\n")),
    ROW("of a value with --raw", OURS("0123"), WITH("--raw", "--get", "u16@2"), PRINTS("13106\r\n")),
    ROW("at the last byte", THEIRS("\1\2"), .at_end = true, WITH("--get", "u16@4094"), PRINTS("513\r\n")),
    ROW("across the end", THEIRS("\1\2"), .at_end = true, WITH("--get", "u8@0", "--get", "x=u16@4095"),
        FAILS(EXIT_NOTHING, "has no field x=u16@4095: it has 4096 bytes")),
    ROW("across the end, from --offset on", THEIRS("\1\2"), WITH("--offset", "4094", "--get", "u32@0"),
        FAILS(EXIT_NOTHING, "has no field u32@0 from offset 4094 on: it has 4096 bytes")),
    ROW("a text at the end", THEIRS("x"), WITH("--get", "text@4096"),
        FAILS(EXIT_NOTHING, "has no field text@4096: it has 4096 bytes")),
    ROW("a text in an empty value", OURS(""), WITH("--get", "text@0"),
        FAILS(EXIT_NOTHING, "has no field text@0: it has 0 bytes")),
    ROW("beyond the end of a value", OURS("0123"), WITH("--get", "u8@0", "--get", "u8@4"),
        FAILS(EXIT_NOTHING, "has no field u8@4: it has 4 bytes")),
    ROW("at 2^64 - 1", THEIRS("x"), WITH("--get", "u64@0xFFFFFFFFFFFFFFFF"),
        FAILS(EXIT_NOTHING, "has no field u64@0xFFFFFFFFFFFFFFFF: it has 4096 bytes")),
    ROW("to the end of --length", THEIRS("0123"), WITH("-n", "3", "--get", "u8@2", "--get", "text@1"),
        PRINTS("50\r\n12\r\n")),
    ROW("a text in another encoding", THEIRS("\x82\xA0\0"), WITH("--get", "text@0", "-e", "cp932"),
        PRINTS("\xE3\x81\x82\r\n")),
    ROW("a text as it is", THEIRS("caf\xE9\tx"), WITH("--get", "text@0", "-e", "bytes"), PRINTS("caf\xE9 x\r\n")),
    ROW("a text as it is, in JSON", THEIRS("caf\xE9\tx"), WITH("--get", "t=text@0", "-e", "bytes", "--json"),
        PRINTS("{\"t\": \"caf\\ufffd\\u0009x\"}\r\n")),
    ROW("a text in the recorded encoding", OURS("caf" E_ACUTE, "-e", "ansi"), WITH("--get", "text@0"),
        PRINTS("caf" E_ACUTE "\r\n")),
    ROW("a text that ends with the memory, in no UTF-8", THEIRS("caf\xE9"), .at_end = true, WITH("--get", "text@4092"),
        PRINTS("caf" E_ACUTE "\r\n")),
    ROW("rows", THEIRS(TABLE), WITH("--offset", "4", "--rows", "2*12", "--get", "n=text@0*8", "--get", "v=f32@8"),
        PRINTS("cpu\t50\r\ng pu\tnan\r\n")),
    ROW("rows in JSON", THEIRS(TABLE),
        WITH("--offset=4", "--rows=2*12", "--get", "n=text@0*8", "--get", "v=f32@8", "--json"),
        PRINTS("[{\"n\": \"cpu\", \"v\": 50},\r\n{\"n\": \"g\\u0009pu\", \"v\": null}]\r\n")),
    ROW("no rows", THEIRS(TABLE), WITH("--rows", "0*12", "--get", "u8@0")),
    ROW("no rows in JSON", THEIRS(TABLE), WITH("--rows", "0*12", "--get", "u8@0", "--json"), PRINTS("[]\r\n")),
    ROW("rows to the end", THEIRS("x"), WITH("--rows", "2*2K", "--get", "u8@2047"), PRINTS("0\r\n0\r\n")),
    ROW("rows across the end", THEIRS("x"), WITH("--rows", "2*2K", "--offset", "1", "--get", "u8@0"),
        FAILS(EXIT_NOTHING, "is too short for 2 rows of 2048 bytes at offset 1: it has 4096 bytes")),
    ROW("one row of one byte", THEIRS("x"), WITH("--rows", "1*1", "--offset", "4096", "--get", "u8@0"),
        FAILS(EXIT_NOTHING, "is too short for 1 row of 1 byte at offset 4096: it has 4096 bytes")),
    ROW("nothing", WITH("--get", "u8@0"), FAILS(EXIT_NOTHING, "does not exist")),

    /* Contents in JSON */
    ROW("a string", THEIRS("caf\xE9\0x"), WITH("--json"),
        PRINTS("{\"name\": \"demo\", \"encoding\": \"cp1252\", \"text\": \"caf" E_ACUTE "\"}\r\n")),
    ROW("a part", THEIRS("012\n4"), WITH("--json", "--offset", "2", "-n", "2"),
        PRINTS("{\"name\": \"demo\", \"encoding\": \"utf-8\", \"text\": \"2\\u000a\"}\r\n")),
    ROW("bytes", THEIRS("ab\0c\xFF"), WITH("--json", "-r", "-n", "5"),
        PRINTS("{\"name\": \"demo\", \"encoding\": \"bytes\", \"base64\": \"YWIAY/8=\"}\r\n")),
    ROW("another encoding", THEIRS("\x82\xA0\0"), WITH("--json", "-e", "cp932"),
        PRINTS("{\"name\": \"demo\", \"encoding\": \"cp932\", \"text\": \"\xE3\x81\x82\"}\r\n")),
    ROW("UTF-8 that is not valid", THEIRS("a\xFF\0"), WITH("--json", "-e", "utf-8"),
        PRINTS("{\"name\": \"demo\", \"encoding\": \"utf-8\", \"base64\": \"Yf8=\"}\r\n")),
    ROW("half a pair", THEIRS("a\0\x3D\xD8\0\0"), WITH("--json"),
        PRINTS("{\"name\": \"demo\", \"encoding\": \"utf-16\", \"base64\": \"YQA92A==\"}\r\n")),
    ROW("half a unit", THEIRS("a\0b\0"), WITH("--json", "-n", "3"),
        PRINTS("{\"name\": \"demo\", \"encoding\": \"utf-16\", \"base64\": \"YQBi\"}\r\n")),
};

/*
 * Check that shmread prints a value as JSON, without the time of its update,
 * which is a new one in each test.
 */
static void check_value(const char *wanted)
{
    machine_written_clear(TOOL_PROCESS, STANDARD_OUTPUT);
    CHECK_EQUAL(RUN(TOOL_PROCESS, "shmread", "--json", "demo"), EXIT_DONE);
    char text[400];
    (void)snprintf(text, sizeof text, "%s", tool_output(TOOL_PROCESS));
    char *time = strstr(text, "\"updated\": \"2");
    CHECK(time != NULL);
    if (time != NULL) {
        memmove(time, strstr(time, "Z\", ") + 4, strlen(strstr(time, "Z\", ") + 4) + 1);
    }
    CHECK_TEXT(text, wanted);
}

int main(void)
{
    TEST("fields of any memory are printed, or nothing if one of them is beyond the end")
    {
        for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
            reading_check(&readings[i]);
        }
    }

    TEST("64 fields are printed, and no more")
    {
        const char *arguments[2 + 2 * (FIELDS_MOST + 1) + 1] = {"shmread", "demo"};
        for (size_t i = 0; i < FIELDS_MOST + 1; i++) {
            arguments[2 + 2 * i] = "--get";
            arguments[2 + 2 * i + 1] = "u8@0";
        }
        tool_reset();
        machine_foreign_section("demo", "\1", 1, 4096);
        CHECK_EQUAL(tool_run(TOOL_PROCESS, arguments), EXIT_USAGE);
        arguments[2 + 2 * FIELDS_MOST] = NULL;
        machine_written_clear(TOOL_PROCESS, STANDARD_OUTPUT);
        CHECK_EQUAL(tool_run(TOOL_PROCESS, arguments), EXIT_DONE);
        CHECK_EQUAL(strlen(tool_output(TOOL_PROCESS)), 3 * FIELDS_MOST);
    }

    TEST("a value in JSON has the number and the time of its update")
    {
        tool_reset();
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", "-s", "100", "demo", "\"hello\""), EXIT_DONE);
        check_value("{\"name\": \"demo\", \"number\": 1, \"updates\": 0, \"encoding\": \"utf-8\", \"text\": "
                    "\"\\\"hello\\\"\"}\r\n");
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", "-e", "utf-16", "demo", HAN), EXIT_DONE);
        check_value("{\"name\": \"demo\", \"number\": 2, \"updates\": 1, \"encoding\": \"utf-16\", \"text\": \"" HAN
                    "\"}\r\n");
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", "-e", "u8", "demo", "0 1 2"), EXIT_DONE);
        check_value(
            "{\"name\": \"demo\", \"number\": 3, \"updates\": 2, \"encoding\": \"bytes\", \"base64\": \"AAEC\"}\r\n");
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", "demo", ""), EXIT_DONE);
        check_value("{\"name\": \"demo\", \"number\": 4, \"updates\": 3, \"encoding\": \"utf-8\", \"text\": \"\"}\r\n");
    }

    TEST("without memory for a copy nothing is printed")
    {
        tool_reset();
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "--put", "demo", "hello"), EXIT_DONE);
        machine_fail_function("memory_take", 0, OSERROR_NOT_ENOUGH_MEMORY);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmread", "--get", "u8@0", "demo"), EXIT_NO_ROOM);
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmread", "--follow", "--json", "demo"), EXIT_NO_ROOM);
        tool_reset();
        CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "-d", "--pad", "17M", "large", ""), EXIT_DONE);
        machine_fail_function("memory_take", 1, OSERROR_NOT_ENOUGH_MEMORY); /* the next one is for pieces */
        CHECK_EQUAL(RUN(TOOL_PROCESS, "shmread", "--json", "large"), EXIT_NO_ROOM);
        CHECK_TEXT(tool_output(TOOL_PROCESS), "");
        CHECK_EQUAL(machine_leaks(), 0);
    }
    return check_end();
}
