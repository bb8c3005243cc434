/*
 * text.h - between bytes and UTF-16.
 *
 * The command line, the console and every name in Windows are UTF-16, which may hold an unpaired surrogate. Inside the
 * tools they are UTF-8; TEXT_EXACT keeps such a surrogate as the three bytes it would have ("WTF-8"), so that a name
 * goes in and out unchanged. TEXT_STRICT puts U+FFFD in its place, as for anything else that is not valid.
 */
#ifndef COMMON_TEXT_TEXT_H
#define COMMON_TEXT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum text_rule { TEXT_STRICT, TEXT_EXACT };

/*
 * UTF-16 to UTF-8. Writes at most 3 bytes per unit to `out` and returns how many. Begin with a zeroed encoder: it
 * carries the first half of a pair from one call to the next; `last` says that none follows.
 */
struct text_encoder {
    enum text_rule rule;
    uint16_t high; /* the first half of a pair, or 0 */
};
size_t text_encode(struct text_encoder *encoder, const uint16_t *units, size_t count, bool last, char *out);
#define TEXT_ENCODED_ROOM(count) (3 * (count) + 3)

/*
 * UTF-8 or UTF-16 bytes to UTF-16 units. Begin with a decoder that is zero but for `rule`, `wide` and `marked`; a
 * character, or a unit, that is cut by the end of the bytes is carried to the next call. Returns how many units it
 * wrote to `out`.
 */
struct text_decoder {
    enum text_rule rule;
    bool wide;     /* UTF-16, little-endian unless its byte order mark says otherwise */
    bool marked;   /* a byte order mark at the start is no part of the text, and left out */
    bool begun;    /* its first character has been seen */
    bool reversed; /* UTF-16, big-endian: so said the mark */
    uint8_t carried[4];
    uint8_t carry;
};
size_t text_decode(struct text_decoder *decoder, const uint8_t *bytes, size_t count, bool last, uint16_t *out);
#define TEXT_DECODED_ROOM(count) ((count) + 4)

/* Whole strings, exactly. `out` has TEXT_ENCODED_ROOM or TEXT_DECODED_ROOM and one more, for the terminating zero. */
size_t text_utf8_from_utf16(const uint16_t *units, size_t count, char *out);
size_t text_utf16_from_utf8(const char *text, size_t length, uint16_t *out);

/* Does this well-formed text contain half a pair? Then UTF-8 cannot hold it. */
bool text_has_half_pair(const uint16_t *units, size_t count);

/* Bytes before the first NUL (of two bytes, when `wide`), at most `size`. */
size_t text_before_nul(const uint8_t *bytes, size_t size, bool wide);

/*
 * Is a string of unknown origin UTF-16? Yes, if it begins with its byte order mark, of either order, or if its second
 * byte is zero and its first is not.
 */
bool text_is_utf16(const uint8_t *bytes, size_t size);

/*
 * Is it valid UTF-8? With `is_cut`, something cut it off at its end, so that its last character may be a beginning.
 * Other encodings hardly ever look like it, but where they are ASCII.
 */
bool text_is_utf8(const uint8_t *bytes, size_t size, bool is_cut);

/*
 * Return the size of one final newline, CR LF or LF; 0 if there is none. With
 * `wide`, a character has two bytes, in either order.
 */
size_t text_final_newline(const uint8_t *bytes, size_t size, bool wide);

/*
 * The character at `text`, of at most `length` bytes, and its size. It may be half a pair; what is not valid is U+FFFD,
 * and *size how much of it is passed over.
 */
uint32_t text_character(const char *text, size_t length, size_t *size);

/* A letter of ASCII in lower case; anything else as it is. */
static inline char text_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

#endif
