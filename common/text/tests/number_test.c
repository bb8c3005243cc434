/*
 * number_test.c - tests of number.h: numbers of all types to text and back.
 *
 * The reference for floating-point numbers is the C library of Linux, whose
 * strtod(), strtof() and printf() round correctly.
 *
 *     number_test            a sample that takes about two seconds
 *     number_test --long     ten million doubles, and as many floats
 */
#include "common/text/number.h"

#include <stdlib.h>

#include "common/tests/check.h"

static uint64_t load(const uint8_t *bytes, size_t size)
{
    uint64_t number = 0;
    while (size-- > 0) {
        number = number << 8 | bytes[size];
    }
    return number;
}

static void save(uint64_t number, uint8_t bytes[8])
{
    for (size_t i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(number >> 8 * i);
    }
}

static const char *printed(enum number_type type, uint64_t number)
{
    static char text[NUMBER_ROOM];
    uint8_t bytes[8];
    save(number, bytes);
    return number_print(type, bytes, text);
}

/* Parse `text`, and return the number. Fail if it is refused. */
static uint64_t parsed(enum number_type type, const char *text)
{
    uint8_t bytes[9] = {[8] = 0xA5};
    check_row(text);
    CHECK(number_parse(type, text, bytes));
    CHECK_EQUAL(bytes[number_size(type)], number_size(type) == 8 ? 0xA5 : 0);
    return load(bytes, number_size(type));
}

static void check_refused(enum number_type type, const char *text)
{
    uint8_t bytes[8];
    uint8_t before[8];
    save(0x5A5A5A5A5A5A5A5A, bytes);
    save(0x5A5A5A5A5A5A5A5A, before);
    check_row(text);
    CHECK(!number_parse(type, text, bytes));
    CHECK_BYTES(bytes, sizeof bytes, before, sizeof before);
}

/* ---- Whole numbers ----------------------------------------------------------------------------------------------- */

static const struct {
    enum number_type type;
    const char *name;
    size_t size;
    const char *least;
    const char *most;
    uint64_t least_bits;
    uint64_t most_bits;
    const char *below;
    const char *above;
} wholes[] = {
    {NUMBER_U8, "u8", 1, "0", "255", 0, 255, "-1", "256"},
    {NUMBER_I8, "i8", 1, "-128", "127", 0x80, 0x7F, "-129", "128"},
    {NUMBER_U16, "u16", 2, "0", "65535", 0, 65535, "-1", "65536"},
    {NUMBER_I16, "i16", 2, "-32768", "32767", 0x8000, 0x7FFF, "-32769", "32768"},
    {NUMBER_U32, "u32", 4, "0", "4294967295", 0, 0xFFFFFFFF, "-1", "4294967296"},
    {NUMBER_I32, "i32", 4, "-2147483648", "2147483647", 0x80000000, 0x7FFFFFFF, "-2147483649", "2147483648"},
    {NUMBER_U64, "u64", 8, "0", "18446744073709551615", 0, UINT64_MAX, "-1", "18446744073709551616"},
    {NUMBER_I64, "i64", 8, "-9223372036854775808", "9223372036854775807", UINT64_C(1) << 63, INT64_MAX,
     "-9223372036854775809", "9223372036854775808"},
};

static const struct {
    const char *text;
    uint64_t bits; /* of an i16 */
} whole_forms[] = {
    {"7", 7},           {"+7", 7},      {"-7", 0xFFF9},      {"-0", 0},   {"007", 7},
    {"0x7fFF", 0x7FFF}, {"0X10", 0x10}, {"-0x8000", 0x8000}, {"+0x1", 1}, {"000000000000000000000000000009", 9},
};

static const char *const no_wholes[] = {"",   "-",   "+",  "--1", "+-1",  " 1",  "1 ",  "1.",  "1.0", "1e2",
                                        "0x", "-0x", "1K", "ten", "0x1g", "inf", "nan", "1\n", "1,0", "\xC2\xB9"};

static void test_wholes(void)
{
    TEST("a type has a name and a size, and other names are no types")
    {
        static const char *const names[] = {"", "u", "U8", "u80", "u 8", "f16", "f80", "int", "8", "u8 "};
        enum number_type type;
        for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++) {
            check_row(wholes[i].name);
            CHECK(number_type_named(wholes[i].name, strlen(wholes[i].name), &type));
            CHECK_EQUAL(type, wholes[i].type);
            CHECK_EQUAL(number_size(type), wholes[i].size);
            CHECK_TEXT(number_type_name(type), wholes[i].name);
        }
        CHECK(number_type_named("f32@", 3, &type) && type == NUMBER_F32 && number_size(type) == 4);
        CHECK(number_type_named("f64", 3, &type) && type == NUMBER_F64 && number_size(type) == 8);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            check_row(names[i]);
            CHECK(!number_type_named(names[i], strlen(names[i]), &type));
            CHECK_EQUAL(type, NUMBER_F64);
        }
    }

    TEST("a whole number of each type has exactly its range")
    {
        for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++) {
            enum number_type type = wholes[i].type;
            CHECK_TEXT(printed(type, wholes[i].least_bits), wholes[i].least);
            CHECK_TEXT(printed(type, wholes[i].most_bits), wholes[i].most);
            CHECK_EQUAL(parsed(type, wholes[i].least), wholes[i].least_bits);
            CHECK_EQUAL(parsed(type, wholes[i].most), wholes[i].most_bits);
            check_refused(type, wholes[i].below);
            check_refused(type, wholes[i].above);
        }
    }

    TEST("a whole number has a sign, and decimal or hexadecimal digits")
    {
        for (size_t i = 0; i < sizeof whole_forms / sizeof *whole_forms; i++) {
            CHECK_EQUAL(parsed(NUMBER_I16, whole_forms[i].text) & 0xFFFF, whole_forms[i].bits);
        }
        for (size_t i = 0; i < sizeof no_wholes / sizeof *no_wholes; i++) {
            check_refused(NUMBER_I16, no_wholes[i]);
            check_refused(NUMBER_U64, no_wholes[i]);
        }
    }
}

/* ---- Known floating-point numbers -------------------------------------------------------------------------------- */

static const struct {
    enum number_type type;
    const char *text;
    uint64_t bits;
} known[] = {
    {NUMBER_F64, "0", 0},
    {NUMBER_F64, "-0", UINT64_C(1) << 63},
    {NUMBER_F64, "-1", 0xBFF0000000000000},
    {NUMBER_F64, "0.1", 0x3FB999999999999A},
    {NUMBER_F64, "0.3", 0x3FD3333333333333},
    {NUMBER_F64, "0.30000000000000004", 0x3FD3333333333334},
    {NUMBER_F64, "42.5", 0x4045400000000000},
    {NUMBER_F64, "100", 0x4059000000000000},
    {NUMBER_F64, "5e-324", 1},
    {NUMBER_F64, "2.225073858507201e-308", 0x000FFFFFFFFFFFFF},  /* the largest subnormal */
    {NUMBER_F64, "2.2250738585072014e-308", 0x0010000000000000}, /* the smallest normal */
    {NUMBER_F64, "1.7976931348623157e308", 0x7FEFFFFFFFFFFFFF},
    {NUMBER_F64, "9007199254740991", 0x433FFFFFFFFFFFFF},
    {NUMBER_F64, "9007199254740994", 0x4340000000000001},
    {NUMBER_F64, "2e-44", 0x36DC8B8218854567},
    {NUMBER_F64, "0.00001", 0x3EE4F8B588E368F1},
    {NUMBER_F64, "9.999999999999999e-6", 0x3EE4F8B588E368F0},
    {NUMBER_F64, "1e16", 0x4341C37937E08000},
    {NUMBER_F64, "9999999999999998", 0x4341C37937E07FFF},
    {NUMBER_F64, "1.2345678901234568e16", 0x4345EE2A2EB5A5C4},
    {NUMBER_F64, "5.684341886080802e-14", 0x3D30000000000000}, /* 2^-44: the number below is half as far away */
    {NUMBER_F64, "8.98846567431158e307", 0x7FE0000000000000},  /* 2^1023 */
    {NUMBER_F64, "inf", 0x7FF0000000000000},
    {NUMBER_F64, "-inf", 0xFFF0000000000000},
    {NUMBER_F64, "nan", 0x7FF8000000000000},
    {NUMBER_F32, "-0", 0x80000000},
    {NUMBER_F32, "212.4", 0x43546666},
    {NUMBER_F32, "16777218", 0x4B800001},
    {NUMBER_F32, "1e-45", 1},
    {NUMBER_F32, "1.1754942e-38", 0x007FFFFF}, /* the largest subnormal */
    {NUMBER_F32, "1.1754944e-38", 0x00800000}, /* the smallest normal */
    {NUMBER_F32, "3.4028235e38", 0x7F7FFFFF},
    {NUMBER_F32, "9.8607613e-32", 0x0C000000}, /* 2^-103: the number below is half as far away */
    {NUMBER_F32, "-inf", 0xFF800000},
    {NUMBER_F32, "nan", 0x7FC00000},
};

/* Texts that are read as the same number as another text, which is printed. */
static const struct {
    enum number_type type;
    const char *text;
    const char *printed;
} float_forms[] = {
    {NUMBER_F64, "9007199254740993", "9007199254740992"}, /* in the middle: to the even one */
    {NUMBER_F64, "9007199254740993.00000000000000000000000000000000000000000000000001", "9007199254740994"},
    {NUMBER_F32, "16777217", "16777216"},
    {NUMBER_F32, "16777217.0000000001", "16777218"},
    {NUMBER_F64, "+1", "1"},
    {NUMBER_F64, "1.", "1"},
    {NUMBER_F64, ".5", "0.5"},
    {NUMBER_F64, "-.5E+0", "-0.5"},
    {NUMBER_F64, "0001e-0003", "0.001"},
    {NUMBER_F64, "1e-400", "0"},
    {NUMBER_F64, "-1e-400", "-0"},
    {NUMBER_F64, "2.4703282292062327e-324", "0"},      /* a little less than half of the smallest */
    {NUMBER_F64, "2.4703282292062328e-324", "5e-324"}, /* a little more */
    {NUMBER_F64, "1e-99999999999999999999999999", "0"},
    {NUMBER_F64, "0e99999999999999999999999999", "0"},
    {NUMBER_F64, "1.7976931348623158e308", "1.7976931348623157e308"},
    {NUMBER_F32, "3.40282356779733661637539395458142568448e38", NULL}, /* the middle to 2^128, which is even */
    {NUMBER_F32, "3.40282356779733661637539395458142568447e38", "3.4028235e38"},
    {NUMBER_F32, "7.006492321624085e-46", "0"},
    {NUMBER_F32, "7.0064923216240855e-46", "1e-45"},
    {NUMBER_F64, "1.7976931348623159e308", NULL},
    {NUMBER_F64, "-1e99999999999999999999999999", NULL},
    {NUMBER_F64, "INF", "inf"},
    {NUMBER_F64, "+Inf", "inf"},
    {NUMBER_F32, "-NaN", "nan"},
};

static const char *const no_floats[] = {"",     "-",   ".",     "-.",    "e5",   ".e5", "1e",       "1e+",   "1e-x",
                                        " 1",   "1 ",  "1,5",   "1.2.3", "0x10", "1f",  "--1",      "in",    "infinity",
                                        "nan1", "i\0", "1e5.5", "1_0",   "+-1",  "1K",  "\xC2\xB9", "1e1e1", "naninf"};

/* Copy `text` with `count` zeros behind its first character that is `where`. */
static const char *with_zeros(const char *text, char where, size_t count)
{
    static char longer[4096];
    size_t begin = (size_t)(strchr(text, where) - text) + 1;
    memcpy(longer, text, begin);
    memset(longer + begin, '0', count);
    strcpy(longer + begin + count, text + begin);
    return longer;
}

static void test_known(void)
{
    TEST("known doubles and floats are printed and read back")
    {
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            CHECK_TEXT(printed(known[i].type, known[i].bits), known[i].text);
            CHECK_EQUAL(parsed(known[i].type, known[i].text), known[i].bits);
        }
        CHECK_TEXT(printed(NUMBER_F64, UINT64_MAX), "nan");
        CHECK_TEXT(printed(NUMBER_F32, 0xFF800001), "nan");
        CHECK_EQUAL(parsed(NUMBER_F64, "-nan"), 0xFFF8000000000000);
    }

    TEST("a number is read in every form, is rounded to even, and may not be beyond the range")
    {
        for (size_t i = 0; i < sizeof float_forms / sizeof *float_forms; i++) {
            enum number_type type = float_forms[i].type;
            if (float_forms[i].printed == NULL) {
                check_refused(type, float_forms[i].text);
            } else {
                CHECK_TEXT(printed(type, parsed(type, float_forms[i].text)), float_forms[i].printed);
            }
        }
        for (size_t i = 0; i < sizeof no_floats / sizeof *no_floats; i++) {
            check_refused(NUMBER_F64, no_floats[i]);
            check_refused(NUMBER_F32, no_floats[i]);
        }
    }

    TEST("a number may have more digits than any double needs")
    {
        static const struct {
            const char *text;
            char where;
            size_t zeros;
            const char *printed;
        } rows[] = {
            {"0.1e2001", '.', 2000, "1"},
            {"5e-2001", '5', 2000, "0.5"},
            {"9007199254740993.", '.', 2000, "9007199254740992"},
            {"9007199254740993.1", '.', 2000, "9007199254740994"},
            {"1", '1', 308, "1e308"},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            const char *text = with_zeros(rows[i].text, rows[i].where, rows[i].zeros);
            CHECK_TEXT(printed(NUMBER_F64, parsed(NUMBER_F64, text)), rows[i].printed);
        }
        check_refused(NUMBER_F64, with_zeros("1", '1', 309));
    }
}

/* ---- Comparison with the C library ------------------------------------------------------------------------------- */

/* Return the pattern of the number that the C library reads. */
static uint64_t library_reads(enum number_type type, const char *text)
{
    uint64_t number = 0;
    if (type == NUMBER_F64) {
        double value = strtod(text, NULL);
        memcpy(&number, &value, sizeof value);
    } else {
        float value = strtof(text, NULL);
        memcpy(&number, &value, sizeof value);
    }
    return number;
}

static uint64_t infinity_of(enum number_type type)
{
    return type == NUMBER_F64 ? UINT64_C(0x7FF) << 52 : UINT64_C(0xFF) << 23;
}

static double value_of(enum number_type type, uint64_t number)
{
    double value = 0;
    if (type == NUMBER_F64) {
        memcpy(&value, &number, sizeof value);
    } else {
        uint32_t bits = (uint32_t)number;
        float narrow;
        memcpy(&narrow, &bits, sizeof narrow);
        value = (double)narrow;
    }
    return value;
}

/*
 * Return the number of digits of `text` without zeros at either end, and copy
 * them to `digits`.
 */
static size_t digits_of(const char *text, char digits[64])
{
    size_t count = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text >= (count > 0 ? '0' : '1') && *text <= '9') {
            digits[count++] = *text;
        }
    }
    while (count > 0 && digits[count - 1] == '0') {
        count--;
    }
    digits[count] = '\0';
    return count;
}

/*
 * Check one number: its text reads back as the same number, also by the C
 * library. No rounded text with a digit less does. Its digits are those to which
 * the C library rounds, unless these read back as another number.
 */
static bool agrees(enum number_type type, uint64_t number)
{
    uint64_t inf = infinity_of(type);
    uint64_t magnitude = number & (type == NUMBER_F64 ? (uint64_t)INT64_MAX : (uint64_t)INT32_MAX);
    const char *text = printed(type, number);
    uint8_t bytes[8] = {0};
    if (magnitude > inf) {
        return strcmp(text, "nan") == 0;
    }
    if (strlen(text) >= 25 || !number_parse(type, text, bytes) || load(bytes, number_size(type)) != number ||
        library_reads(type, text) != number) {
        return false;
    }
    if (magnitude == inf || magnitude == 0) {
        return true;
    }
    char digits[64];
    char nearest[64];
    char other[64];
    int count = (int)digits_of(text, digits);
    (void)snprintf(other, sizeof other, "%.*e", count > 1 ? count - 2 : 0, value_of(type, magnitude));
    if (count > 1 && library_reads(type, other) == magnitude) {
        return false;
    }
    (void)snprintf(other, sizeof other, "%.*e", count - 1, value_of(type, magnitude));
    (void)digits_of(other, nearest);
    return library_reads(type, other) != magnitude || strcmp(nearest, digits) == 0;
}

static void check_agrees(enum number_type type, uint64_t number)
{
    if (!agrees(type, number)) {
        check_row(printed(type, number));
        CHECK_EQUAL(number, UINT64_C(0xBAD));
    }
}

static uint64_t random_state = 88172645463325252;

/* Return the next number of xorshift64*. */
static uint64_t random_number(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * UINT64_C(2685821657736338717);
}

static void test_agreement(uint64_t count)
{
    TEST("numbers with all highest 16 bits, and random ones, are read back, with the fewest digits")
    {
        for (uint64_t high = 0; high <= 0xFFFF; high++) {
            check_agrees(NUMBER_F32, high << 16);
            check_agrees(NUMBER_F32, ((high << 16) - 1) & UINT32_MAX);
            check_agrees(NUMBER_F64, (high << 48) + high % 3 - 1);
        }
        for (uint64_t i = 0; i < count; i++) {
            uint64_t bits = random_number();
            check_agrees(NUMBER_F64, bits);
            check_agrees(NUMBER_F32, bits >> 32);
            if (i % 4 == 0) { /* a common size, with few bits */
                check_agrees(NUMBER_F64, (0x3E0 + bits % 0x40) << 52 | (bits >> 12 & UINT64_MAX << (bits >> 6 & 31)));
            }
        }
    }
}

static void check_read(enum number_type type, const char *text)
{
    uint64_t inf = infinity_of(type);
    uint64_t wanted = library_reads(type, text);
    uint8_t bytes[8];
    save(inf, bytes);
    bool is_number = number_parse(type, text, bytes);
    if (is_number != (wanted != inf) || load(bytes, number_size(type)) != wanted) {
        check_row(text);
        CHECK_EQUAL(load(bytes, number_size(type)), wanted);
    }
}

static void test_middles(uint64_t count)
{
    TEST("the middle of two numbers, and texts just below and above it, are rounded as the C library rounds them")
    {
        char text[1200];
        for (uint64_t i = 0; i < count; i++) {
            enum number_type type = i % 2 == 0 ? NUMBER_F64 : NUMBER_F32;
            uint64_t number = type == NUMBER_F64 ? random_number() >> 1 : random_number() >> 33;
            if (i % 8 < 2) {
                number &= UINT64_MAX >> (type == NUMBER_F64 ? 12 : 41); /* a subnormal */
            }
            if (number >= (type == NUMBER_F64 ? UINT64_C(0x7FE) << 52 : UINT64_C(0x7F) << 24)) {
                continue;
            }
            /*
             * A long double has at least 64 bits of mantissa, so it contains
             * the middle exactly.
             */
            long double middle = ((long double)value_of(type, number) + (long double)value_of(type, number + 1)) / 2;
            (void)snprintf(text, sizeof text, "%.800Le", middle);
            char *end = strchr(text, 'e');
            check_read(type, text);
            end[-1] = '1';
            check_read(type, text);
            end[-1] = '0';
            do { /* subtract 1 from the last digit that is not 0 */
                end--;
            } while (*end == '0' || *end == '.');
            (*end)--;
            check_read(type, text);
        }
    }
}

int main(int count, char **arguments)
{
    bool is_long = count > 1 && strcmp(arguments[1], "--long") == 0;
    test_wholes();
    test_known();
    test_agreement(is_long ? 10000000 : 50000);
    test_middles(is_long ? 100000 : 1000);
    return check_end();
}
