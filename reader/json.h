/*
 * json.h - writes JSON (RFC 8259), one item at a time.
 *
 *     json_begin(&json, put, context);
 *     json_open(&json, NULL, '{');
 *     json_number(&json, "size", 4096);
 *     json_close(&json, '}');
 *
 * writes {"size": 4096}. All characters that printable_is() rejects are
 * escaped, so that no text can move the cursor of a terminal or look like
 * another line. These include half a pair of surrogates, for which UTF-8 has no
 * bytes.
 */
#ifndef READER_JSON_H
#define READER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json {
    void (*put)(void *context, const char *bytes, size_t size);
    void *context;
    bool is_first; /* the innermost brackets are still empty */
    bool is_line;  /* the next item begins a line */
    bool has_key;  /* json_key() has written the key of the next item */
};

/*
 * Begin a JSON text. It is written in pieces, each by a call of `put` with
 * `context`.
 */
void json_begin(struct json *json, void (*put)(void *context, const char *bytes, size_t size), void *context);

/*
 * Write one item. `key` is its key if it belongs to an object, and NULL if it
 * belongs to an array or is the whole text. All texts are UTF-8, as text.h
 * writes it with TEXT_EXACT.
 *
 * json_open() opens an object with the bracket { or an array with the bracket
 * [. json_close() closes the innermost one with } or ]. json_line() writes no
 * item, but begins a new line before the next one. json_plain() writes `text`
 * as it is: a number, or null.
 */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_line(struct json *json);
void json_text(struct json *json, const char *key, const char *text);
void json_number(struct json *json, const char *key, uint64_t number);
void json_boolean(struct json *json, const char *key, bool value);
void json_plain(struct json *json, const char *key, const char *text);

/* Write bytes as a text in base64 (RFC 4648, section 4). */
void json_base64(struct json *json, const char *key, const uint8_t *bytes, size_t size);

/*
 * Write the key of the next item, of `length` bytes. The item itself is then
 * written with NULL as its key.
 */
void json_key(struct json *json, const char *key, size_t length);

/*
 * Write a text in pieces: begin it, add any number of pieces, and end it. A
 * piece has whole characters. The parameter of json_text_add() is a struct json,
 * so that it can be passed as a decode_put_utf8.
 */
void json_text_begin(struct json *json, const char *key);
void json_text_add(void *json, const char *text, size_t length);
void json_text_end(struct json *json);

#endif
