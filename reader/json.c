/* json.c - writes JSON (RFC 8259), one item at a time. */
#include "reader/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/text/printable.h"
#include "common/text/text.h"

void json_begin(struct json *json, void (*put)(void *context, const char *bytes, size_t size), void *context)
{
    *json = (struct json){.put = put, .context = context, .is_first = true};
}

static void json_put(struct json *json, const char *text)
{
    json->put(json->context, text, strlen(text));
}

/* Write a unit of UTF-16 as an escape, such as \u001b. */
static void put_unit(struct json *json, unsigned unit)
{
    char escape[16]; /* some compilers check that there is room for any unsigned */
    (void)snprintf(escape, sizeof escape, "\\u%04x", unit);
    json_put(json, escape);
}

/* Write text between two quotes. */
static void put_escaped(struct json *json, const char *text, size_t length)
{
    size_t size;
    for (size_t at = 0; at < length; at += size) {
        uint32_t c = text_character(text + at, length - at, &size);
        if (c == '"' || c == '\\') {
            json_put(json, "\\");
        }
        if (printable_is(c)) {
            json->put(json->context, text + at, size);
        } else if (c >= 0x10000) {
            put_unit(json, 0xD800 + ((c - 0x10000) >> 10));
            put_unit(json, 0xDC00 + ((c - 0x10000) & 0x3FF));
        } else {
            put_unit(json, c);
        }
    }
}

/*
 * Write the comma and the line end that separate an item from the last one, and
 * its key. If json_key() has written them, do nothing.
 */
static void begin_item(struct json *json, const char *key)
{
    if (key != NULL) {
        json_key(json, key, strlen(key));
    } else if (!json->has_key) {
        json_put(json, json->is_first ? "" : json->is_line ? "," : ", ");
        json_put(json, json->is_line ? "\r\n" : "");
        json->is_first = false;
        json->is_line = false;
    }
    json->has_key = false;
}

void json_key(struct json *json, const char *key, size_t length)
{
    begin_item(json, NULL);
    json_put(json, "\"");
    put_escaped(json, key, length);
    json_put(json, "\": ");
    json->has_key = true;
}

void json_open(struct json *json, const char *key, char bracket)
{
    begin_item(json, key);
    json->put(json->context, &bracket, 1);
    json->is_first = true;
}

void json_close(struct json *json, char bracket)
{
    json->put(json->context, &bracket, 1);
    json->is_first = false;
}

void json_line(struct json *json)
{
    json->is_line = true;
}

void json_text_begin(struct json *json, const char *key)
{
    begin_item(json, key);
    json_put(json, "\"");
}

void json_text_add(void *json, const char *text, size_t length)
{
    put_escaped(json, text, length);
}

void json_text_end(struct json *json)
{
    json_put(json, "\"");
}

void json_text(struct json *json, const char *key, const char *text)
{
    json_text_begin(json, key);
    put_escaped(json, text, strlen(text));
    json_text_end(json);
}

void json_plain(struct json *json, const char *key, const char *text)
{
    begin_item(json, key);
    json_put(json, text);
}

void json_base64(struct json *json, const char *key, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    json_text_begin(json, key);
    for (size_t left; size > 0; bytes += left, size -= left) {
        left = size < 3 ? size : 3;
        uint32_t group = (uint32_t)bytes[0] << 16;
        group |= left > 1 ? (uint32_t)bytes[1] << 8 : 0;
        group |= left > 2 ? bytes[2] : 0;
        char text[] = {digits[group >> 18], digits[group >> 12 & 63], digits[group >> 6 & 63], digits[group & 63]};
        memset(text + left + 1, '=', 3 - left);
        json->put(json->context, text, sizeof text);
    }
    json_text_end(json);
}

void json_number(struct json *json, const char *key, uint64_t number)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%" PRIu64, number);
    json_plain(json, key, digits);
}

void json_boolean(struct json *json, const char *key, bool value)
{
    json_plain(json, key, value ? "true" : "false");
}
