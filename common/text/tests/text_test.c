/* text_test.c - tests of text.h: UTF-8 and UTF-16, whole and in pieces. */
#include "common/text/text.h"

#include <stdlib.h>

#include "common/tests/check.h"

#define R 0xFFFD

/* ---- UTF-16 to UTF-8 --------------------------------------------------------------------------------------------- */

static const struct {
    const char *row;
    uint16_t units[6]; /* up to the first 0 */
    const char *strict;
    const char *exact;
} encoded[] = {
    {"nothing", {0}, "", ""},
    {"one byte each", {'a', 0x7F}, "a\x7F", "a\x7F"},
    {"two bytes", {0x80, 0x7FF}, "\xC2\x80\xDF\xBF", "\xC2\x80\xDF\xBF"},
    {"three bytes", {0x800, 0xFFFF}, "\xE0\xA0\x80\xEF\xBF\xBF", "\xE0\xA0\x80\xEF\xBF\xBF"},
    {"around the half pairs", {0xD7FF, 0xE000}, "\xED\x9F\xBF\xEE\x80\x80", "\xED\x9F\xBF\xEE\x80\x80"},
    {"the first pair", {0xD800, 0xDC00}, "\xF0\x90\x80\x80", "\xF0\x90\x80\x80"},
    {"the last pair", {0xDBFF, 0xDFFF}, "\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
    {"a pair among letters", {'x', 0xD83D, 0xDE00, 'y'}, "x\xF0\x9F\x98\x80y", "x\xF0\x9F\x98\x80y"},
    {"a first half alone", {0xD83D}, "\xEF\xBF\xBD", "\xED\xA0\xBD"},
    {"a second half after a letter", {'x', 0xDE00, 'y'}, "x\xEF\xBF\xBDy", "x\xED\xB8\x80y"},
    {"a first half before a pair",
     {0xD83D, 0xD83D, 0xDE00},
     "\xEF\xBF\xBD\xF0\x9F\x98\x80",
     "\xED\xA0\xBD\xF0\x9F\x98\x80"},
    {"a pair in the wrong order", {0xDE00, 0xD83D}, "\xEF\xBF\xBD\xEF\xBF\xBD", "\xED\xB8\x80\xED\xA0\xBD"},
};

/*
 * Encode `units` in three pieces, which end at the two cuts and at the end. If
 * `empty_last` is set, a fourth, empty piece is the last one.
 */
static size_t encode_cut(enum text_rule rule, const uint16_t *units, size_t count, size_t cut, size_t cut2,
                         bool empty_last, char *out)
{
    struct text_encoder encoder = {.rule = rule};
    size_t size = text_encode(&encoder, units, cut, false, out);
    size += text_encode(&encoder, units + cut, cut2 - cut, false, out + size);
    size += text_encode(&encoder, units + cut2, count - cut2, !empty_last, out + size);
    if (empty_last) {
        size += text_encode(&encoder, NULL, 0, true, out + size);
    }
    CHECK_EQUAL(encoder.high, 0);
    return size;
}

static void test_encoding(void)
{
    TEST("UTF-16 is converted to UTF-8, wherever it is cut")
    {
        for (size_t i = 0; i < sizeof encoded / sizeof *encoded; i++) {
            check_row(encoded[i].row);
            size_t count = 0;
            while (count < 6 && encoded[i].units[count] != 0) {
                count++;
            }
            for (size_t cuts = 0; cuts < 2 * (count + 1) * (count + 1); cuts++) {
                size_t cut = cuts / 2 % (count + 1);
                size_t cut2 = cuts / 2 / (count + 1);
                if (cut > cut2) {
                    continue;
                }
                char out[64];
                bool empty_last = cuts % 2 == 1;
                size_t size = encode_cut(TEXT_STRICT, encoded[i].units, count, cut, cut2, empty_last, out);
                CHECK_BYTES(out, size, encoded[i].strict, strlen(encoded[i].strict));
                size = encode_cut(TEXT_EXACT, encoded[i].units, count, cut, cut2, empty_last, out);
                CHECK_BYTES(out, size, encoded[i].exact, strlen(encoded[i].exact));
            }
        }
    }
}

/* ---- UTF-8 to UTF-16 --------------------------------------------------------------------------------------------- */

/*
 * Invalid bytes decode to one U+FFFD for each longest beginning of a valid
 * character. A NUL is a character like any other.
 */
#define BYTES(literal) literal, sizeof literal - 1
static const struct {
    const char *row;
    const char *bytes;
    size_t size;
    size_t count;
    uint16_t units[14];
} decoded[] = {
    {"nothing", BYTES(""), 0, {0}},
    {"ASCII, NUL and Ctrl+Z", BYTES("a\0\x1A\x7F"), 4, {'a', 0, 0x1A, 0x7F}},
    {"two bytes", BYTES("\xC2\x80\xDF\xBF"), 2, {0x80, 0x7FF}},
    {"three bytes", BYTES("\xE0\xA0\x80\xE6\xBC\xA2\xEF\xBF\xBF"), 3, {0x800, 0x6F22, 0xFFFF}},
    {"around the half pairs", BYTES("\xED\x9F\xBF\xEE\x80\x80"), 2, {0xD7FF, 0xE000}},
    {"four bytes", BYTES("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), 4, {0xD800, 0xDC00, 0xDBFF, 0xDFFF}},
    {"U+FFFD itself", BYTES("\xEF\xBF\xBD"), 1, {R}},
    {"a byte order mark is a character", BYTES("\xEF\xBB\xBFx"), 2, {0xFEFF, 'x'}},
    {"a lone following byte", BYTES("x\x80y"), 3, {'x', R, 'y'}},
    {"never a first byte", BYTES("\xC0\xC1\xF5\xFF\xFE"), 5, {R, R, R, R, R}},
    {"overlong, two bytes", BYTES("\xC0\x80"), 2, {R, R}},
    {"overlong, three bytes, the last", BYTES("\xE0\x9F\xBF"), 3, {R, R, R}},
    {"overlong, four bytes, the last", BYTES("\xF0\x8F\xBF\xBF"), 4, {R, R, R, R}},
    {"beyond U+10FFFF", BYTES("\xF4\x90\x80\x80"), 4, {R, R, R, R}},
    {"a half pair", BYTES("\xED\xA0\x80"), 3, {R, R, R}},
    {"cut after two of three", BYTES("\xE6\xBC"), 1, {R}},
    {"cut after three of four", BYTES("\xF0\x9F\x98"), 1, {R}},
    {"a letter within four", BYTES("\xF0\x9F\x98x"), 2, {R, 'x'}},
    {"a beginning before a character", BYTES("\xF0\x9F\xE6\xBC\xA2"), 2, {R, 0x6F22}},
    {"a beginning that cannot go on so", BYTES("\xE0\xBFx\xE0\x9F"), 4, {R, 'x', R, R}},
    {"the example of the Unicode standard, table 3-8",
     BYTES("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64"),
     10,
     {'a', R, R, R, 'b', R, 'c', R, R, 'd'}},
    {"table 3-9", BYTES("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"), 9, {R, R, R, R, R, R, R, R, 'A'}},
    {"table 3-10", BYTES("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"), 9, {R, R, R, R, R, R, R, R, 'A'}},
    {"table 3-11", BYTES("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"), 9, {R, R, R, R, R, 'A', R, R, 'B'}},
};

/* ---- UTF-16 bytes to UTF-16 -------------------------------------------------------------------------------------- */

static const struct {
    const char *row;
    const char *bytes;
    size_t size;
    size_t count;
    uint16_t strict[6];
    size_t exact_count;
    uint16_t exact[6];
} wide[] = {
    {"nothing", BYTES(""), 0, {0}, 0, {0}},
    {"letters and a NUL", BYTES("a\0\0\0\x22\x6F"), 3, {'a', 0, 0x6F22}, 3, {'a', 0, 0x6F22}},
    {"a pair", BYTES("\x3D\xD8\x00\xDE"), 2, {0xD83D, 0xDE00}, 2, {0xD83D, 0xDE00}},
    {"a first half alone", BYTES("\x3D\xD8"), 1, {R}, 1, {0xD83D}},
    {"a second half", BYTES("\x00\xDEx\0"), 2, {R, 'x'}, 2, {0xDE00, 'x'}},
    {"a first half before a pair",
     BYTES("\x3D\xD8\x3D\xD8\x00\xDE"),
     3,
     {R, 0xD83D, 0xDE00},
     3,
     {0xD83D, 0xD83D, 0xDE00}},
    {"a letter and a half", BYTES("a\0b"), 2, {'a', R}, 2, {'a', R}},
    {"a first half, and half of the second", BYTES("\x3D\xD8\x00"), 2, {R, R}, 2, {0xD83D, R}},
    {"a pair and a half letter", BYTES("\x3D\xD8\x00\xDEx"), 3, {0xD83D, 0xDE00, R}, 3, {0xD83D, 0xDE00, R}},
};

/*
 * Decode in three pieces, each in memory of its exact size. If `empty_last` is
 * set, a fourth, empty piece is the last one.
 */
static size_t decode_cut(enum text_rule rule, bool is_wide, const char *bytes, size_t size, size_t cut, size_t cut2,
                         bool empty_last, uint16_t *out)
{
    struct text_decoder decoder = {.rule = rule, .wide = is_wide};
    const size_t ends[] = {0, cut, cut2, size};
    size_t count = 0;
    for (size_t i = 0; i < 3; i++) {
        size_t piece = ends[i + 1] - ends[i];
        uint8_t *exact = malloc(piece + 1);
        memcpy(exact + 1, bytes + ends[i], piece);
        uint16_t *units = malloc(TEXT_DECODED_ROOM(piece) * sizeof *units);
        size_t made = text_decode(&decoder, exact + 1, piece, i == 2 && !empty_last, units);
        memcpy(out + count, units, made * sizeof *units);
        count += made;
        free(units);
        free(exact);
    }
    if (empty_last) {
        count += text_decode(&decoder, NULL, 0, true, out + count);
    }
    CHECK_EQUAL(decoder.carry, 0);
    return count;
}

static void check_decoded(enum text_rule rule, bool is_wide, const char *bytes, size_t size, const uint16_t *units,
                          size_t count)
{
    for (size_t cut2 = 0; cut2 <= size; cut2++) {
        for (size_t cut = 0; cut <= cut2; cut++) {
            for (int empty_last = 0; empty_last < 2; empty_last++) {
                uint16_t out[64];
                size_t made = decode_cut(rule, is_wide, bytes, size, cut, cut2, empty_last == 1, out);
                CHECK_BYTES(out, made * sizeof *out, units, count * sizeof *units);
            }
        }
    }
}

static void test_decoding(void)
{
    TEST("UTF-8 is converted to UTF-16, with one U+FFFD for each invalid part, wherever it is cut")
    {
        for (size_t i = 0; i < sizeof decoded / sizeof *decoded; i++) {
            check_row(decoded[i].row);
            check_decoded(TEXT_STRICT, false, decoded[i].bytes, decoded[i].size, decoded[i].units, decoded[i].count);
        }
    }

    TEST("bytes of UTF-16 are converted to units, wherever they are cut")
    {
        for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
            check_row(wide[i].row);
            check_decoded(TEXT_STRICT, true, wide[i].bytes, wide[i].size, wide[i].strict, wide[i].count);
            check_decoded(TEXT_EXACT, true, wide[i].bytes, wide[i].size, wide[i].exact, wide[i].exact_count);
        }
    }

    TEST("TEXT_EXACT: every unit is the same after UTF-8 and back")
    {
        for (uint32_t unit = 0; unit <= 0xFFFF; unit++) {
            const uint16_t units[] = {(uint16_t)unit, 'x', (uint16_t)unit};
            char text[TEXT_ENCODED_ROOM(3) + 1];
            uint16_t back[TEXT_DECODED_ROOM(sizeof text) + 1];
            size_t length = text_utf8_from_utf16(units, 3, text);
            CHECK_EQUAL(text[length], 0);
            size_t count = text_utf16_from_utf8(text, length, back);
            CHECK_BYTES(back, count * sizeof *back, units, sizeof units);
            CHECK_EQUAL(back[count], 0);
        }
    }
}

/* ---- Properties of text ------------------------------------------------------------------------------------------ */

static const struct {
    const char *row;
    uint16_t units[5];
    size_t count;
    bool half;
} pairs[] = {
    {"a pair", {0xD83D, 0xDE00}, 2, false},
    {"a pair that is cut", {0xD83D, 0xDE00}, 1, true},
    {"a pair and its second half again", {0xD83D, 0xDE00, 0xDE00}, 3, true},
    {"a first half before a pair", {0xD83D, 0xD83D, 0xDE00}, 3, true},
    {"a first half at the end", {'a', 'b', 0xD83D}, 3, true},
};

static const struct {
    const char *bytes;
    size_t size;
    size_t narrow;
    size_t wide;
} nuls[] = {
    {BYTES(""), 0, 0},           {BYTES("\0"), 0, 1},       {BYTES("a"), 1, 1},        {BYTES("\0\0"), 0, 0},
    {BYTES("ab\0\0"), 2, 2},     {BYTES("a\0b\0"), 1, 4},   {BYTES("a\0\0\0b"), 1, 2}, {BYTES("ab\0c\0\0d"), 2, 4},
    {BYTES("a\0\0b\0\0"), 1, 4}, {BYTES("a\0\0b\0"), 1, 5}, {BYTES("abc"), 3, 3},      {BYTES("ab\0"), 2, 3},
};

static const struct {
    const char *bytes;
    size_t size;
    bool wide;
} guesses[] = {
    {BYTES(""), false},
    {BYTES("\0\0"), false},
    {BYTES("a\0"), true},
    {BYTES("\0a"), false},
    {BYTES("\x22\x6F\x22\x6F"), false},
    {BYTES("\xFF\xFE"), true},
    {BYTES("\xFE\xFF\0a"), true},
    {BYTES("\0\xFE\xFF"), false},
    {BYTES("\xEF\xBB\xBFx\0"), false},
    {BYTES("\xEF\0"), true},
};

static const struct {
    const char *bytes;
    size_t size;
    bool whole; /* valid as a string that ends here */
    bool cut;   /* valid as a string that was cut here */
} utf8[] = {
    {BYTES(""), true, true},
    {BYTES("ascii \x7F\x01\0"), true, true},
    {BYTES("\xC3\xA9t\xC3\xA9"), true, true},
    {BYTES("\xE6\xBC\xA2\xF0\x9F\x98\x80"), true, true},
    {BYTES("\xEF\xBF\xBD"), true, true}, /* U+FFFD itself */
    {BYTES("caf\xE9"), false, true},     /* Latin 1, or the beginning of a character of three bytes */
    {BYTES("\xF0\x9F\x98"), false, true},
    {BYTES("caf\xE9 "), false, false},
    {BYTES("\x80"), false, false},
    {BYTES("\xC0\x80"), false, false},
    {BYTES("\xED\xA0\xBD"), false, false},     /* half a pair */
    {BYTES("\xF0\x9F\x98x"), false, false},    /* the beginning of a character, but no end */
    {BYTES("\xF4\x90\x80\x80"), false, false}, /* beyond the last plane */
};

static const struct {
    const char *row;
    bool wide;
    bool marked;
    const char *bytes;
    size_t size;
    size_t count;
    uint16_t units[4];
} marks[] = {
    {"UTF-8", false, true, BYTES("\xEF\xBB\xBFx"), 1, {'x'}},
    {"UTF-8, and a second one", false, true, BYTES("\xEF\xBB\xBF\xEF\xBB\xBF"), 1, {0xFEFF}},
    {"UTF-8, not at the start", false, true, BYTES("x\xEF\xBB\xBF"), 2, {'x', 0xFEFF}},
    {"UTF-8, where it is a character", false, false, BYTES("\xEF\xBB\xBFx"), 2, {0xFEFF, 'x'}},
    {"UTF-16", true, true, BYTES("\xFF\xFEx\0"), 1, {'x'}},
    {"UTF-16, swapped", true, true, BYTES("\xFE\xFF\0x\xD8\x3D\xDE\0"), 3, {'x', 0xD83D, 0xDE00}},
    {"UTF-16, swapped, half a pair", true, true, BYTES("\xFE\xFF\xD8\x3D\0x"), 2, {R, 'x'}},
    {"UTF-16, swapped, cut", true, true, BYTES("\xFE\xFF\0x\0"), 2, {'x', R}},
    {"UTF-16, swapped, not at the start", true, true, BYTES("x\0\xFE\xFF"), 2, {'x', 0xFFFE}},
};

static void test_marks(void)
{
    TEST("a byte order mark is left out of marked text, wherever it is cut, and sets the byte order")
    {
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
            check_row(marks[i].row);
            for (size_t cut = 0; cut <= marks[i].size; cut++) {
                struct text_decoder decoder = {.rule = TEXT_STRICT, .wide = marks[i].wide, .marked = marks[i].marked};
                uint16_t out[20];
                const uint8_t *bytes = (const uint8_t *)marks[i].bytes;
                size_t count = text_decode(&decoder, bytes, cut, false, out);
                count += text_decode(&decoder, bytes + cut, marks[i].size - cut, true, out + count);
                CHECK_BYTES(out, 2 * count, marks[i].units, 2 * marks[i].count);
            }
        }
    }
}

static const struct {
    const char *bytes;
    size_t size;
    size_t narrow;
    size_t wide;
} newlines[] = {
    {BYTES(""), 0, 0},          {BYTES("\n"), 1, 0},          {BYTES("\r"), 0, 0},       {BYTES("\r\n"), 2, 0},
    {BYTES("\n\r"), 0, 0},      {BYTES("a\n"), 1, 0},         {BYTES("a\r\n"), 2, 0},    {BYTES("a\r\r\n"), 2, 0},
    {BYTES("a\n\n"), 1, 0},     {BYTES("a\r"), 0, 0},         {BYTES("\n\0"), 0, 2},     {BYTES("\r\0\n\0"), 0, 4},
    {BYTES("a\0\n\0"), 0, 2},   {BYTES("a\0\r\0\n\0"), 0, 4}, {BYTES("\r\n\0"), 0, 2},   {BYTES("a\0\n\n"), 1, 0},
    {BYTES("\0\n"), 1, 2},      {BYTES("\0\r\0\n"), 1, 4},    {BYTES("\0a\0\n"), 1, 2},  {BYTES("\n\0\n"), 1, 2},
    {BYTES("a\0\n\n\0"), 0, 2}, {BYTES("\r\r\n\0"), 0, 2},    {BYTES("\n\0\n\0"), 0, 2},
};

static const struct {
    const char *bytes;
    size_t length;
    uint32_t character;
    size_t size;
} characters[] = {
    {BYTES("a"), 'a', 1},
    {BYTES("\0"), 0, 1},
    {BYTES("\xC3\xA9x"), 0xE9, 2},
    {BYTES("\xE6\xBC\xA2"), 0x6F22, 3},
    {BYTES("\xF0\x9F\x98\x80"), 0x1F600, 4},
    {BYTES("\x80"), R, 1},
    {BYTES("\xC0\x80"), R, 1},
    {BYTES("\xED\xA0\xBD"), 0xD83D, 3},
};

static void test_looks(void)
{
    TEST("half a pair is detected in any place")
    {
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
            check_row(pairs[i].row);
            CHECK(text_has_half_pair(pairs[i].units, pairs[i].count) == pairs[i].half);
        }
    }

    TEST("the first NUL ends a string, and a NUL of two bytes is at an even offset")
    {
        for (size_t i = 0; i < sizeof nuls / sizeof *nuls; i++) {
            char row[20];
            (void)snprintf(row, sizeof row, "%zu", i);
            check_row(row);
            const uint8_t *bytes = (const uint8_t *)nuls[i].bytes;
            CHECK_EQUAL(text_before_nul(bytes, nuls[i].size, false), nuls[i].narrow);
            CHECK_EQUAL(text_before_nul(bytes, nuls[i].size, true), nuls[i].wide);
        }
    }

    TEST("a string looks like UTF-16 if it has a byte order mark, or if only its second byte is zero")
    {
        for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++) {
            check_row(guesses[i].bytes);
            CHECK(text_is_utf16((const uint8_t *)guesses[i].bytes, guesses[i].size) == guesses[i].wide);
        }
    }

    TEST("a string is UTF-8 if each character is valid, except one that was cut")
    {
        for (size_t i = 0; i < sizeof utf8 / sizeof *utf8; i++) {
            check_row(utf8[i].bytes);
            CHECK(text_is_utf8((const uint8_t *)utf8[i].bytes, utf8[i].size, false) == utf8[i].whole);
            CHECK(text_is_utf8((const uint8_t *)utf8[i].bytes, utf8[i].size, true) == utf8[i].cut);
        }
    }

    TEST("UTF-16 is valid if it has no half pair and no half unit, in the order of its byte order mark")
    {
        for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
            bool is_valid = true;
            for (size_t j = 0; j < wide[i].count; j++) {
                is_valid = is_valid && wide[i].strict[j] != R;
            }
            check_row(wide[i].row);
            CHECK(text_is_valid_utf16((const uint8_t *)wide[i].bytes, wide[i].size) == is_valid);
        }
        CHECK(text_is_valid_utf16((const uint8_t *)"\xFD\xFF", 2)); /* U+FFFD itself */
        CHECK(text_is_valid_utf16((const uint8_t *)"\xFE\xFF\xD8\x3D\xDE\0\xFF\xFD", 8));
        CHECK(!text_is_valid_utf16((const uint8_t *)"\xFE\xFF\xDE\0", 4));
    }

    TEST("a final newline is LF or CR LF, in characters of one or two bytes")
    {
        for (size_t i = 0; i < sizeof newlines / sizeof *newlines; i++) {
            char row[20];
            (void)snprintf(row, sizeof row, "%zu", i);
            check_row(row);
            const uint8_t *bytes = (const uint8_t *)newlines[i].bytes;
            CHECK_EQUAL(text_final_newline(bytes, newlines[i].size, false), newlines[i].narrow);
            CHECK_EQUAL(text_final_newline(bytes, newlines[i].size, true), newlines[i].wide);
        }
    }

    TEST("a character has a value and a size, also half a pair, and invalid bytes are U+FFFD")
    {
        for (size_t i = 0; i < sizeof characters / sizeof *characters; i++) {
            check_row(characters[i].bytes);
            size_t size = 0;
            CHECK_EQUAL(text_character(characters[i].bytes, characters[i].length, &size), characters[i].character);
            CHECK_EQUAL(size, characters[i].size);
        }
    }
}

int main(void)
{
    test_encoding();
    test_decoding();
    test_looks();
    test_marks();
    return check_end();
}
