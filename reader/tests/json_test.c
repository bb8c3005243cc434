/* json_test.c - texts, numbers, objects and arrays in JSON. */
#include "reader/json.h"

#include "common/tests/check.h"

static char written[4096];
static size_t length;

static void put(void *context, const char *bytes, size_t size)
{
    (void)context;
    if (size < sizeof written - length) {
        memcpy(written + length, bytes, size);
        length += size;
        written[length] = '\0';
    }
}

static struct json begin(void)
{
    struct json json;
    length = 0;
    written[0] = '\0';
    json_begin(&json, put, NULL);
    return json;
}

static const struct {
    const char *text;
    const char *json;
} texts[] = {
    {"", "\"\""},
    {"\"quoted\"", "\"\\\"quoted\\\"\""},
    {"\x01\x1F\t\r\n\b\f", "\"\\u0001\\u001f\\u0009\\u000d\\u000a\\u0008\\u000c\""},
    {"\x7F", "\"\\u007f\""},
    {"\xC2\x9B", "\"\\u009b\""},                          /* U+009B, a control character */
    {"\xC3\xA9\xE6\xBC\xA2", "\"\xC3\xA9\xE6\xBC\xA2\""}, /* letters are not escaped */
    {"\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\""},         /* an emoji is not escaped */
    {"\xE2\x80\xA8", "\"\\u2028\""},                      /* U+2028, a line separator */
    {"\xE2\x80\xAE", "\"\\u202e\""},                      /* U+202E, which reverses text */
    {"\xED\xA0\x80", "\"\\ud800\""},                      /* half a pair of surrogates */
    {"\xED\xB0\x80\xED\xA0\x80", "\"\\udc00\\ud800\""},
    {"\xF0\x9F\xBF\xBF", "\"\\ud83f\\udfff\""}, /* U+1FFFF is no character */
    {"\xEF\xBF\xBD", "\"\\ufffd\""},            /* the replacement character */
    {"\xC3", "\"\\ufffd\""},
};

int main(void)
{
    TEST("a text is quoted, and characters are escaped that JSON or a terminal would misread")
    {
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            struct json json = begin();
            check_row(texts[i].json);
            json_text(&json, NULL, texts[i].text);
            CHECK_TEXT(written, texts[i].json);
        }
    }
    TEST("objects and arrays contain each other, with commas between their items")
    {
        struct json json = begin();
        json_open(&json, NULL, '[');
        json_open(&json, NULL, '{');
        json_number(&json, "a", UINT64_MAX);
        json_boolean(&json, "b", true);
        json_open(&json, "c", '[');
        json_text(&json, NULL, "d");
        json_boolean(&json, NULL, false);
        json_close(&json, ']');
        json_close(&json, '}');
        json_line(&json);
        json_open(&json, NULL, '{');
        json_close(&json, '}');
        json_close(&json, ']');
        CHECK_TEXT(written, "[{\"a\": 18446744073709551615, \"b\": true, \"c\": [\"d\", false]},\r\n{}]");
    }
    TEST("a key of any characters is escaped, and can be a part of a longer text")
    {
        struct json json = begin();
        json_open(&json, NULL, '{');
        json_key(&json, "a\"\x1B=1", 3);
        json_number(&json, NULL, 1);
        json_key(&json, "b", 1);
        json_open(&json, NULL, '[');
        json_number(&json, NULL, 2);
        json_plain(&json, NULL, "null");
        json_close(&json, ']');
        json_plain(&json, "c\\", "-0.5");
        json_close(&json, '}');
        CHECK_TEXT(written, "{\"a\\\"\\u001b\": 1, \"b\": [2, null], \"c\\\\\": -0.5}");
    }
    TEST("bytes are written in base64")
    {
        static const char *const texts_in_base64[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
        for (size_t i = 0; i < sizeof texts_in_base64 / sizeof *texts_in_base64; i++) {
            struct json json = begin();
            char wanted[16];
            (void)snprintf(wanted, sizeof wanted, "\"%s\"", texts_in_base64[i]);
            json_base64(&json, NULL, (const uint8_t *)"foobar", i);
            CHECK_TEXT(written, wanted);
        }
        struct json json = begin();
        json_base64(&json, NULL, (const uint8_t *)"\0\x10\x83\xFB\xEF\xFF", 6);
        CHECK_TEXT(written, "\"ABCD++//\"");
    }
    TEST("a text can be written in pieces")
    {
        struct json json = begin();
        json_open(&json, NULL, '[');
        json_text_begin(&json, NULL);
        json_text_add(&json, "one\n", 4);
        json_text_add(&json, "", 0);
        json_text_add(&json, "\xC3\xA9", 2);
        json_text_end(&json);
        json_text_begin(&json, NULL);
        json_text_end(&json);
        json_close(&json, ']');
        CHECK_TEXT(written, "[\"one\\u000a\xC3\xA9\", \"\"]");
    }
    return check_end();
}
