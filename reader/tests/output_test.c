/* output_test.c - characters that are cut, by a piece or by the end. */
#include "common/tests/tool.h"

enum { WRITER = 2, READER = 3 };

/* A value that came from a file, of text in this encoding. */
static void put(const void *bytes, size_t size, const char *encoding)
{
    machine_input_file(WRITER, bytes, size, size);
    CHECK_EQUAL(RUN(WRITER, "shmwrite", "--put", "--encoding", encoding, "demo"), EXIT_DONE);
}

int main(void)
{
    TEST("a character that the end cuts is shown to be missing")
    {
        tool_reset();
        put("a\0b", 3, "utf-16");
        CHECK_EQUAL(RUN(READER, "shmread", "demo"), EXIT_DONE);
        CHECK_TEXT(tool_output(READER), "a\xEF\xBF\xBD");
    }

    TEST("when the last of it cannot be written the file stays what it was")
    {
        size_t size = 0;
        tool_reset();
        put("a\0b", 3, "utf-16");
        machine_file_put("file", "old", 3);
        machine_disk_limit(4);
        CHECK_EQUAL(RUN(READER, "shmread", "--output", "file", "demo"), EXIT_IO);
        CHECK_EQUAL(tool_failures(READER), 1);
        const uint8_t *bytes = machine_file_bytes("file", &size);
        CHECK_BYTES(bytes, size, "old", 3);
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("a character of a code page across two pieces is one")
    {
        static uint8_t bytes[4097 + 3];
        memset(bytes, 'a', sizeof bytes);
        memcpy(bytes + 4095, "\x82\xA0", 2);
        tool_reset();
        machine_code_page_ansi(932);
        put(bytes, sizeof bytes, "ansi");
        CHECK_EQUAL(RUN(READER, "shmread", "demo"), EXIT_DONE);
        CHECK_EQUAL(strlen(tool_output(READER)), sizeof bytes + 1);
        CHECK_TEXT(tool_output(READER) + 4095, "\xE3\x81\x82"
                                               "aaa");
    }
    return check_end();
}
