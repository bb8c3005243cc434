/* size_test.c - tests of size.h: good and bad sizes, and printed ones. */
#include "common/text/size.h"

#include "common/tests/check.h"

static const struct {
    const char *text;
    uint64_t bytes;
} good[] = {
    {"0", 0},
    {"4096", 4096},
    {"0x10", 16},
    {"0xdeadBEEF", 0xDEADBEEF},
    {"0xffffffffffffffff", UINT64_MAX},
    {"18446744073709551615", UINT64_MAX},
    {"1K", 1024},
    {"3M", 3 * 1048576},
    {"2G", UINT64_C(2) << 30},
    {"5T", UINT64_C(5) << 40},
    {"5t", UINT64_C(5) << 40},
    {"0x10K", 16384},
    {"18014398509481983K", UINT64_C(18014398509481983) << 10},
    {"17592186044415M", UINT64_C(17592186044415) << 20},
    {"17179869183G", UINT64_C(17179869183) << 30},
    {"16777215T", UINT64_C(16777215) << 40},
    {"0xFFFFFFt", UINT64_C(0xFFFFFF) << 40},
};

static const char *const wrong[] = {"",
                                    "K",
                                    " 1",
                                    "1 ",
                                    "1 K",
                                    "-1",
                                    "+1",
                                    "1.5",
                                    "1e3",
                                    "x10",
                                    "0x",
                                    "0xK",
                                    "0xg",
                                    "1KB",
                                    "1kk",
                                    "1B",
                                    "1P",
                                    "ten",
                                    "1,0",
                                    "10h",
                                    "0x1h",
                                    "0b1",
                                    "1\n",
                                    "\xC2\xB2",
                                    "1\x80",
                                    "#1",
                                    "1_0",
                                    "0x0x",
                                    "1K1",
                                    "18446744073709551616B",
                                    "0x10000000000000000KB"};

static const char *const too_large[] = {
    "18446744073709551616", "18446744073709551620", "99999999999999999999", "0x10000000000000000",
    "18014398509481984K",   "17592186044416M",      "17179869184G",         "16777216T",
    "0x40000000000000K",    "0x1000000T",           "18446744073709551615T"};

static void check_refused(const char *text, bool is_too_large)
{
    check_row(text);
    uint64_t bytes = 0xA5;
    CHECK(!size_parse(text, &bytes));
    CHECK_EQUAL(bytes, 0xA5);
    CHECK(size_is_too_large(text) == is_too_large);
}

/* Sizes as they are printed for people, rounded down. */
static const struct {
    uint64_t bytes;
    const char *text;
} printed[] = {
    {0, "0 bytes"},
    {1023, "1023 bytes"},
    {1024, "1.0 KiB"},
    {1536, "1.5 KiB"},
    {1048575, "1023.9 KiB"},
    {1048576, "1.0 MiB"},
    {1153434, "1.1 MiB"}, /* 1.1000004 MiB */
    {UINT64_C(1) << 30, "1.0 GiB"},
    {(UINT64_C(1) << 60) - 1, "1023.9 PiB"},
    {UINT64_MAX, "15.9 EiB"},
};

/* The beginnings of longer texts. `rest` is what follows the size, or the number. */
static const struct {
    const char *text;
    uint64_t bytes;
    const char *rest;
    uint64_t number;
    const char *after_number;
} prefixes[] = {
    {"16*4", 16, "*4", 16, "*4"}, {"0x10K*2", 16384, "*2", 16, "K*2"}, {"1KB", 1024, "B", 1, "KB"},
    {"7 8", 7, " 8", 7, " 8"},    {"0x1g", 1U << 30, "", 1, "g"},      {"1.5", 1, ".5", 1, ".5"},
    {"12\n", 12, "\n", 12, "\n"},
};

int main(void)
{
    TEST("a size is a decimal or hexadecimal number with a power of 1024, up to 2^64 - 1")
    {
        for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
            check_row(good[i].text);
            uint64_t bytes = 0xA5;
            CHECK(size_parse(good[i].text, &bytes));
            CHECK_EQUAL(bytes, good[i].bytes);
            CHECK(!size_is_too_large(good[i].text));
        }
    }

    TEST("any other text, and a number beyond 2^64 - 1, is refused, and the result does not change")
    {
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            check_refused(wrong[i], false);
        }
        for (size_t i = 0; i < sizeof too_large / sizeof *too_large; i++) {
            check_refused(too_large[i], true);
        }
    }

    TEST("a size, or a number without a suffix, can be the beginning of a longer text")
    {
        for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
            check_row(prefixes[i].text);
            uint64_t bytes = 0xA5;
            const char *end = size_prefix(prefixes[i].text, &bytes);
            CHECK_EQUAL(bytes, prefixes[i].bytes);
            CHECK_TEXT(end == NULL ? "no size" : end, prefixes[i].rest);
            end = size_number(prefixes[i].text, &bytes);
            CHECK_EQUAL(bytes, prefixes[i].number);
            CHECK_TEXT(end == NULL ? "no number" : end, prefixes[i].after_number);
        }
        uint64_t bytes = 0xA5;
        CHECK(size_prefix("x", &bytes) == NULL);
        CHECK(size_prefix("18014398509481984K*", &bytes) == NULL);
        CHECK(size_number("18446744073709551616*", &bytes) == NULL);
        CHECK_EQUAL(bytes, 0xA5);
    }

    TEST("a size is printed in its largest unit, with one digit after the point, rounded down")
    {
        for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
            char text[SIZE_ROOM];
            check_row(printed[i].text);
            CHECK_TEXT(size_print(printed[i].bytes, text), printed[i].text);
        }
    }

    return check_end();
}
