/* decode.h - decodes text in any encoding to UTF-16, piece by piece. */
#ifndef READER_DECODE_H
#define READER_DECODE_H

#include "common/console/report.h"
#include "common/memory/value.h"
#include "common/platform.h"
#include "common/text/text.h"

/*
 * Write `count` units of decoded text. `last` is true for the last units of the
 * text, of which there may be none. Return EXIT_DONE. Otherwise report the
 * failure and return its status.
 */
typedef enum status decode_put(void *context, const uint16_t *units, size_t count, bool last);

/*
 * The state of a decoder. The caller sets the first three fields, and then
 * begins any number of texts, one after the other.
 */
struct decoding {
    const struct report *report;
    decode_put *put;
    void *context;      /* of `put` */
    uint32_t code_page; /* from which the bytes are decoded, or 0 for UTF-8 and UTF-16 */
    struct text_decoder decoder;
    uint8_t carried[4]; /* `carry` bytes of a code page: the beginning of a character */
    size_t carry;
};

/*
 * The number of bytes that are decoded at a time, and the largest number of
 * units in a call of `put`.
 */
#define DECODE_PIECE 4096U
#define DECODE_UNITS TEXT_DECODED_ROOM(DECODE_PIECE)
_Static_assert(CODE_PAGE_PIECE <= DECODE_UNITS, "a byte of a code page becomes at most one unit");

/*
 * Begin a text. Bytes of unknown encoding count as UTF-8. A byte order mark at
 * the beginning of the text is left out if `marked` is set.
 */
void decode_begin(struct decoding *decoding, struct value_text text, bool marked);

/*
 * Decode the next bytes of the text, of any number. `last` is true for the last
 * ones, of which there may be none. Invalid bytes become U+FFFD. Return
 * EXIT_DONE. Otherwise report the failure and return its status.
 */
enum status decode_bytes(struct decoding *decoding, const uint8_t *bytes, uint64_t size, bool last);

/* A whole text, which decode_utf8() converts. */
struct decode_source {
    const struct report *report;
    struct value_text text; /* the encoding */
    const uint8_t *bytes;
    uint64_t size;
};

/*
 * Convert a whole text to UTF-8, without a byte order mark at its beginning, and
 * write it by calls of `put` with `context`. Each call has whole characters.
 * Return as decode_bytes() does.
 */
typedef void decode_put_utf8(void *context, const char *bytes, size_t size);
enum status decode_utf8(const struct decode_source *source, decode_put_utf8 *put, void *context);

/*
 * Return the encoding of a string of another program that is not UTF-16: UTF-8
 * if the bytes are valid UTF-8, otherwise the ANSI code page. If `is_cut` is
 * set, the last character may be incomplete.
 */
struct value_text decode_detect(const uint8_t *bytes, size_t size, bool is_cut);

#endif
