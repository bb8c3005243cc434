/* hex_test.c - hex dumps of bytes that come in pieces of any size. */
#include "reader/hex.h"

#include "common/tests/check.h"

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
    {"a line", 0, "hello world\n\0\x7F\x80\xFF", 16,
     "00000000  68 65 6c 6c 6f 20 77 6f  72 6c 64 0a 00 7f 80 ff  |hello world.....|\r\n"
     "00000010\r\n"},
    {"a line and a byte, from an offset", 0x1F5, "0123456789abcdef~", 17,
     "000001f5  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\r\n"
     "00000205  7e                                                |~|\r\n"
     "00000206\r\n"},
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

int main(void)
{
    TEST("a hex dump looks like that of hexdump -C, in pieces of any size")
    {
        for (size_t i = 0; i < sizeof dumps / sizeof *dumps; i++) {
            check_row(dumps[i].row);
            for (size_t cut = 1; cut <= 80; cut++) {
                check_dump(i, cut);
            }
        }
    }

    TEST("a line has room for the largest offset")
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
    return check_end();
}
