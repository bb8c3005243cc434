/* field_test.c - tests of field.h: descriptions of fields, and what they print. */
#include "reader/field.h"

#include "common/tests/tool.h"

/* ---- Descriptions ------------------------------------------------------------------------------------------------ */

static const struct {
    const char *text;
    const char *label;
    enum field_kind kind;
    enum number_type number;
    uint64_t offset;
    uint64_t count;
} good[] = {
    {"u8@0", "", FIELD_NUMBER, NUMBER_U8, 0, 1},
    {"f64@4K", "", FIELD_NUMBER, NUMBER_F64, 4096, 1},
    {"gear=i32@0x10", "gear", FIELD_NUMBER, NUMBER_I32, 16, 1},
    {"f32@28*3", "", FIELD_NUMBER, NUMBER_F32, 28, 3},
    {"u16@0x1k*0x2K", "", FIELD_NUMBER, NUMBER_U16, 1024, 2048},
    {"text@32*260", "", FIELD_TEXT, NUMBER_U8, 32, 260},
    {"name=text@32", "name", FIELD_TEXT, NUMBER_U8, 32, UINT64_MAX},
    {"utf-16@2", "", FIELD_UTF16, NUMBER_U8, 2, UINT64_MAX},
    {"hex@5", "", FIELD_HEX, NUMBER_U8, 5, 1},
    {"hex@18446744073709551615*18446744073709551615", "", FIELD_HEX, NUMBER_U8, UINT64_MAX, UINT64_MAX},
    {"u64@0*18446744073709551615", "", FIELD_NUMBER, NUMBER_U64, 0, UINT64_MAX},
    {"i8@1=u8@2", "i8@1", FIELD_NUMBER, NUMBER_U8, 2, 1},
    {" a b\"'%!&|<>^*@\\\xC3\xA9\xF0\x9F\x98\x80 =u8@0", " a b\"'%!&|<>^*@\\\xC3\xA9\xF0\x9F\x98\x80 ", FIELD_NUMBER,
     NUMBER_U8, 0, 1},
};

/* The beginnings of explanations, and the descriptions that get them. */
static const struct {
    const char *fault;
    const char *texts[12];
} wrong[] = {
    {"the type is", {"", "@", "@0", "float@0", "U8@0", "u8 @0", "utf-8@0", "tex@0", "x=", "x=@0", "x=y=u8@0"}},
    {"@OFFSET", {"u8"}},
    {"the label is empty", {"=u8@0"}},
    {"the label contains", {"\n=u8@0", "a\tb=u8@0", "\x7F=u8@0", "\xC2\x9B=u8@0"}}, /* U+009B */
    {"the offset", {"u8@", "u8@-1", "u8@0x", "u8@1.5", "u8@1 ", "u8@1KB", "u8@18446744073709551616", "u8@0@0"}},
    {"the count is 0", {"u8@0*0"}},
    {"the count", {"u8@0*", "u8@0*-1", "u8@0*1*1", "u8@0*18446744073709551616"}},
};

static void check_fault(const char *text, const char *fault, const char *wanted)
{
    check_row(text);
    CHECK(fault != NULL && strncmp(fault, wanted, strlen(wanted)) == 0);
}

/* Parse a description that is good, and return the field. */
static struct field parsed(const char *text)
{
    struct field field;
    const char *fault = field_parse(text, &field);
    CHECK_TEXT(fault == NULL ? "good" : fault, "good");
    return field;
}

static void test_descriptions(void)
{
    TEST("a description has a type and an offset, and may have a label and a count")
    {
        for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
            check_row(good[i].text);
            struct field field = parsed(good[i].text);
            CHECK(field.text == good[i].text);
            CHECK_BYTES(field.text, field.label_length, good[i].label, strlen(good[i].label));
            CHECK_EQUAL(field.kind, good[i].kind);
            CHECK_EQUAL(field.number, good[i].number);
            CHECK_EQUAL(field.offset, good[i].offset);
            CHECK_EQUAL(field.count, good[i].count);
        }
    }

    TEST("any other description is refused, with the part that is wrong")
    {
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            for (const char *const *text = wrong[i].texts; *text != NULL; text++) {
                struct field field;
                check_fault(*text, field_parse(*text, &field), wrong[i].fault);
            }
        }
    }
}

static void test_rows(void)
{
    static const struct {
        const char *text;
        uint64_t count;
        uint64_t size;
    } rows[] = {{"3*1324", 3, 1324},
                {"0*1", 0, 1},
                {"0x10*4K", 16, 4096},
                {"1*18446744073709551615", 1, UINT64_MAX},
                {"4294967295*4294967297", UINT32_MAX, UINT64_C(4294967297)}};
    static const struct {
        const char *fault;
        const char *texts[14];
    } bad[] = {
        {"is not",
         {"", "3", "3*", "*3", "a*1", "1*a", "1*1*1", "3 * 4", "-1*1", "3x4", "1*1 ", "18446744073709551616*1",
          "1*18446744073709551616"}},
        {"has rows of 0 bytes", {"3*0"}},
        {"has more than", {"4294967296*4294967296"}},
    };
    uint64_t count;
    uint64_t size;

    TEST("rows are a count and a size")
    {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            check_row(rows[i].text);
            CHECK(field_parse_rows(rows[i].text, &count, &size) == NULL);
            CHECK_EQUAL(count, rows[i].count);
            CHECK_EQUAL(size, rows[i].size);
        }
    }

    TEST("other rows, and rows with more than 2^64 - 1 bytes, are refused")
    {
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
            for (const char *const *text = bad[i].texts; *text != NULL; text++) {
                check_fault(*text, field_parse_rows(*text, &count, &size), bad[i].fault);
            }
        }
    }
}

/* ---- Contents ---------------------------------------------------------------------------------------------------- */

/*
 * Memory and a field in it, as it is printed and as it is in JSON. The last
 * byte of the memory is the last byte of the string.
 */
static const struct {
    const char *text;
    const char *memory;
    size_t size;
    const char *printed; /* NULL: the field does not fit */
    const char *json;    /* the value, if it is not `printed` */
} contents[] = {
#define MEMORY(literal) (literal), sizeof(literal) - 1
    {"u8@0", MEMORY("\xFF"), "255", NULL},
    {"i8@0", MEMORY("\xFF"), "-1", NULL},
    {"u16@1", MEMORY("x\x02\x01"), "258", NULL},
    {"i64@0", MEMORY("\0\0\0\0\0\0\0\x80"), "-9223372036854775808", NULL},
    {"f32@0*2", MEMORY("\xCD\xCC\xCC\x3D\0\0\0\x80"), "0.1 -0", "[0.1, -0]"},
    {"f32@0*3", MEMORY("\0\0\xC0\x7F\0\0\x80\x7F\0\0\x80\xFF"), "nan inf -inf", "[null, null, null]"},
    {"u8@0*3", MEMORY("\1\2\3"), "1 2 3", "[1, 2, 3]"},

    /* At the last byte, across the end, and beyond it. */
    {"u8@2", MEMORY("\1\2\3"), "3", NULL},
    {"u8@3", MEMORY("\1\2\3"), NULL, NULL},
    {"u8@2*2", MEMORY("\1\2\3"), NULL, NULL},
    {"u16@1", MEMORY("\1\2\3"), "770", NULL},
    {"u64@18446744073709551615", MEMORY("\1\2\3"), NULL, NULL},
    {"u64@0*2305843009213693952", MEMORY("\1\2\3"), NULL, NULL}, /* 2^64 bytes */
    {"text@18446744073709551615*2", MEMORY("\1\2\3"), NULL, NULL},
    {"hex@0*4", MEMORY("\1\2\3"), NULL, NULL},
    {"u8@0", MEMORY(""), NULL, NULL},

    /* Texts. */
    {"text@1", MEMORY("xhello\0rest"), "hello", "\"hello\""},
    {"text@1*3", MEMORY("xhello\0rest"), "hel", "\"hel\""},
    {"text@8*100", MEMORY("xhello\0\0end"), "end", "\"end\""},
    {"text@3", MEMORY("abc\0"), "", "\"\""},
    {"text@3", MEMORY("abc"), NULL, NULL},
    {"text@4", MEMORY("abc"), NULL, NULL},
    {"text@0", MEMORY(""), NULL, NULL},
    {"text@0", MEMORY("a\tb\r\nc\x1B\"d"), "a b  c\x1B\"d", "\"a\\u0009b\\u000d\\u000ac\\u001b\\\"d\""},
    {"text@0", MEMORY("\xC2\xB0K"), "\xC2\xB0K", "\"\xC2\xB0K\""},
    {"text@0", MEMORY("\xB0K"), "\xC2\xB0K", "\"\xC2\xB0K\""}, /* code page 1252 */
    {"text@0*3", MEMORY("ab\xC2\xB0"), "ab\xEF\xBF\xBD", "\"ab\\ufffd\""},
    {"utf-16@0", MEMORY("a\0\xB0\0\0\0b\0"), "a\xC2\xB0", "\"a\xC2\xB0\""},
    {"utf-16@1*2", MEMORY("xa\0b\0c\0"), "ab", "\"ab\""},
    {"utf-16@0", MEMORY("a\0b"), "a", "\"a\""},
    {"utf-16@0", MEMORY("\0\0"), "", "\"\""},
    {"utf-16@0", MEMORY("a"), NULL, NULL},
    {"utf-16@0", MEMORY("\xFE\xFF\0a\0b"), "ab", "\"ab\""},
    {"utf-16@0", MEMORY("\xFF\xFEk\0"), "k", "\"k\""},
    {"utf-16@0", MEMORY("\0\xD8k\0"), "\xEF\xBF\xBDk", "\"\\ufffdk\""},
    {"utf-16@0*1", MEMORY("\x3D\xD8\0\xDE"), "\xEF\xBF\xBD", "\"\\ufffd\""},
    {"utf-16@0", MEMORY("\x3D\xD8\0\xDE\n\0"), "\xF0\x9F\x98\x80 ", "\"\xF0\x9F\x98\x80\\u000a\""},

    {"hex@1*3", MEMORY("\0\x01\xAB\xFF"), "01abff", "\"01abff\""},
#undef MEMORY
};

static char written[32768];
static size_t written_length;

static void put(void *context, const char *bytes, size_t size)
{
    (void)context;
    if (size < sizeof written - written_length) {
        memcpy(written + written_length, bytes, size);
        written_length += size;
    }
    written[written_length] = '\0';
}

static const struct report report = {.program = "shmread"};

/* Print a field that fits in memory of exactly `size` bytes. */
static const char *print(const struct field *field, const char *memory, size_t size)
{
    uint8_t *copy = malloc(size + 1);
    written_length = 0;
    written[0] = '\0';
    if (copy != NULL) {
        memcpy(copy + 1, memory, size); /* an odd address */
        struct field_memory source = {.report = &report, .bytes = copy + 1, .size = size};
        CHECK_EQUAL(field_print(field, &source, put, NULL), EXIT_DONE);
    }
    free(copy);
    return written;
}

static const char *print_json(const struct field *field, const char *memory, size_t size)
{
    struct field_memory source = {.report = &report, .bytes = (const uint8_t *)memory, .size = size};
    struct json json;
    written_length = 0;
    json_begin(&json, put, NULL);
    json_open(&json, NULL, '{');
    CHECK_EQUAL(field_json(field, &source, &json), EXIT_DONE);
    json_close(&json, '}');
    return written;
}

static void test_contents(void)
{
    TEST("a field is printed, also as JSON with its description as the key, unless it is not all within the memory")
    {
        for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
            check_row(contents[i].text);
            struct field field = parsed(contents[i].text);
            CHECK_EQUAL(field_fits(&field, contents[i].size), contents[i].printed != NULL);
            if (contents[i].printed != NULL) {
                char json[256];
                CHECK_TEXT(print(&field, contents[i].memory, contents[i].size), contents[i].printed);
                (void)snprintf(json, sizeof json, "{\"%s\": %s}", contents[i].text,
                               contents[i].json != NULL ? contents[i].json : contents[i].printed);
                CHECK_TEXT(print_json(&field, contents[i].memory, contents[i].size), json);
            }
        }
    }

    TEST("a label is the key in JSON, and is escaped")
    {
        struct field field = parsed("a \"b\"\xE2\x80\xAE=u8@0");
        CHECK_TEXT(print_json(&field, "\7", 1), "{\"a \\\"b\\\"\\u202e\": 7}");
        field = parsed("gear=i8@0*2");
        CHECK_TEXT(print_json(&field, "\7\xFF", 2), "{\"gear\": [7, -1]}");
    }

    TEST("the encoding of a text can be given")
    {
        struct field field = parsed("text@0");
        struct field_memory source = {.report = &report, .bytes = (const uint8_t *)"\x82\xA0", .size = 2};
        source.has_encoding = true;
        source.text = (struct value_text){.encoding = WINSHM_CODE_PAGE, .code_page = 932};
        written_length = 0;
        CHECK_EQUAL(field_print(&field, &source, put, NULL), EXIT_DONE);
        CHECK_TEXT(written, "\xE3\x81\x82");
        source.text = (struct value_text){.encoding = WINSHM_UTF8};
        written_length = 0;
        CHECK_EQUAL(field_print(&field, &source, put, NULL), EXIT_DONE);
        CHECK_TEXT(written, "\xEF\xBF\xBD\xEF\xBF\xBD");
    }

    TEST("a text that is longer than a piece is whole")
    {
        static char memory[10000];
        static char wanted[20001];
        memset(memory, 0xB0, sizeof memory); /* a degree sign in code page 1252 */
        for (size_t i = 0; i < sizeof memory; i++) {
            memcpy(wanted + 2 * i, "\xC2\xB0", 2);
        }
        struct field field = parsed("text@0");
        CHECK_TEXT(print(&field, memory, sizeof memory), wanted);
    }
}

int main(void)
{
    machine_reset();
    machine_code_page_ansi(1252);
    test_descriptions();
    test_rows();
    test_contents();
    return check_end();
}
