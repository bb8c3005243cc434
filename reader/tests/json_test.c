/* json_test.c - the JSON that is written. */
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
    {"demo", "\"demo\""},
    {"Global\\x", "\"Global\\\\x\""},
    {"\"quoted\"", "\"\\\"quoted\\\"\""},
    {"a/b", "\"a/b\""},
    {"\x01\x1F\t\r\n\b\f", "\"\\u0001\\u001f\\u0009\\u000d\\u000a\\u0008\\u000c\""},
    {"\x7F", "\"\\u007f\""},
    {"\xC2\x9B", "\"\\u009b\""},                          /* a control character of eight bits */
    {"\xC3\xA9\xE6\xBC\xA2", "\"\xC3\xA9\xE6\xBC\xA2\""}, /* letters stay */
    {"\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\""},         /* and what is beyond the BMP */
    {"\xE2\x80\xA8", "\"\\u2028\""},                      /* what breaks a line, or turns its direction */
    {"\xE2\x80\xAE", "\"\\u202e\""},
    {"\xED\xA0\x80", "\"\\ud800\""}, /* half a pair */
    {"a\xED\xBF\xBF", "\"a\\udfff\""},
    {"\xED\xB0\x80\xED\xA0\x80", "\"\\udc00\\ud800\""},
    {"\xF0\x9F\xBF\xBF", "\"\\ud83f\\udfff\""}, /* no character: U+1FFFF */
    {"\xEF\xBF\xBD", "\"\\ufffd\""},            /* what stands for what is not valid */
    {"\xFF", "\"\\ufffd\""},                    /* what is not UTF-8 */
    {"\xC3", "\"\\ufffd\""},
};

int main(void)
{
    TEST("a text is escaped where it has to be")
    {
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            struct json json = begin();
            check_row(texts[i].json);
            json_text(&json, NULL, texts[i].text);
            CHECK_TEXT(written, texts[i].json);
        }
    }
    TEST("numbers are whole, however large")
    {
        struct json json = begin();
        json_number(&json, NULL, UINT64_MAX);
        CHECK_TEXT(written, "18446744073709551615");
    }
    TEST("objects and arrays stand in each other")
    {
        struct json json = begin();
        json_open(&json, NULL, '[');
        json_open(&json, NULL, '{');
        json_number(&json, "a", 1);
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
        CHECK_TEXT(written, "[{\"a\": 1, \"b\": true, \"c\": [\"d\", false]},\r\n{}]");
    }
    return check_end();
}
