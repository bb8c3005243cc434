/*
 * json.h - writing JSON (RFC 8259), piece by piece.
 *
 *     json_begin(&json, put, context);
 *     json_open(&json, NULL, '{');
 *     json_number(&json, "size", 4096);
 *     json_close(&json, '}');
 *
 * writes {"size": 4096}. What is not printable is escaped, so that it neither moves a cursor nor forges a line; half a
 * pair too, which UTF-8 cannot hold.
 */
#ifndef READER_JSON_H
#define READER_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json {
    void (*put)(void *context, const char *bytes, size_t size);
    void *context;
    bool is_first; /* nothing stands in the innermost brackets yet */
    bool is_line;  /* the next item begins a line */
};

void json_begin(struct json *json, void (*put)(void *context, const char *bytes, size_t size), void *context);

/* In an object each has a `key`; in an array, and at the top, it is NULL. Keys are written as they are. */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);
void json_line(struct json *json);                                    /* the next item begins a line */
void json_text(struct json *json, const char *key, const char *text); /* UTF-8, as in text.h with TEXT_EXACT */
void json_number(struct json *json, const char *key, uint64_t number);
void json_boolean(struct json *json, const char *key, bool value);

#endif
