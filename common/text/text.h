/*
 * text.h - converts text between UTF-8 and UTF-16, and examines it.
 *
 * The command line, the console and all names of Windows are UTF-16. Inside the
 * tools text is UTF-8. Each character beyond U+FFFF is two units in UTF-16, a
 * pair of surrogates. Windows also allows half a pair: a surrogate without its
 * other half, for which UTF-8 has no bytes. There are two rules for it:
 *   - TEXT_EXACT writes the three bytes that the surrogate would have
 *     ("WTF-8"), and reads them back. So every name passes through the tools
 *     unchanged.
 *   - TEXT_STRICT writes U+FFFD instead, as for all other invalid input.
 */
#ifndef COMMON_TEXT_TEXT_H
#define COMMON_TEXT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum text_rule { TEXT_STRICT, TEXT_EXACT };

/*
 * Convert `count` units of UTF-16 to UTF-8. Write at most
 * TEXT_ENCODED_ROOM(count) bytes to `out`, without a terminating zero, and
 * return their number.
 *
 * A text may be converted in pieces, one call for each. For the first piece all
 * fields of the encoder but `rule` are zero. If a piece ends with the first
 * half of a pair, the encoder carries it to the next call. `last` is true for
 * the last piece, which may be empty.
 */
struct text_encoder {
    enum text_rule rule;
    uint16_t high; /* the first half of a pair, carried from the last call, or 0 */
};
size_t text_encode(struct text_encoder *encoder, const uint16_t *units, size_t count, bool last, char *out);
#define TEXT_ENCODED_ROOM(count) (3 * (count) + 3)

/*
 * Convert `count` bytes of UTF-8, or of UTF-16 if `wide` is set, to units of
 * UTF-16. Write at most TEXT_DECODED_ROOM(count) units to `out`, without a
 * terminating zero, and return their number.
 *
 * A text may be converted in pieces, one call for each. For the first piece all
 * fields of the decoder but `rule`, `wide` and `marked` are zero. If the end of
 * a piece cuts a character, or a unit of UTF-16, the decoder carries its bytes
 * to the next call. `last` is true for the last piece, which may be empty.
 */
struct text_decoder {
    enum text_rule rule;
    bool wide;          /* UTF-16, little-endian unless its byte order mark says otherwise */
    bool marked;        /* leave out a byte order mark at the beginning of the text */
    bool begun;         /* the first character has been converted */
    bool reversed;      /* the text is big-endian UTF-16: the byte order mark said so */
    uint8_t carried[4]; /* the first `carry` bytes of a character that was cut */
    uint8_t carry;      /* at most 3 between two calls */
};
size_t text_decode(struct text_decoder *decoder, const uint8_t *bytes, size_t count, bool last, uint16_t *out);
#define TEXT_DECODED_ROOM(count) ((count) + 4)

/*
 * Convert a whole string with TEXT_EXACT, write a terminating zero behind it,
 * and return its length without that zero. `out` has room for one more than
 * TEXT_ENCODED_ROOM(count) bytes, or TEXT_DECODED_ROOM(length) units.
 */
size_t text_utf8_from_utf16(const uint16_t *units, size_t count, char *out);
size_t text_utf16_from_utf8(const char *text, size_t length, uint16_t *out);

/*
 * Return whether `units` contain half a pair, so that UTF-8 has no bytes for
 * the text.
 */
bool text_has_half_pair(const uint16_t *units, size_t count);

/*
 * Return the number of bytes before the first NUL, or `size` if there is none.
 * In `wide` text a NUL is two zero bytes at an even offset.
 */
size_t text_before_nul(const uint8_t *bytes, size_t size, bool wide);

/*
 * Return whether a string of unknown encoding looks like UTF-16. It does if it
 * begins with a byte order mark, of either order, or if its second byte is zero
 * and its first one is not, as for an ASCII character in UTF-16.
 */
bool text_is_utf16(const uint8_t *bytes, size_t size);

/*
 * Return whether the bytes are valid UTF-8. If `is_cut` is set, they are the
 * beginning of a longer text, and their last character may be incomplete. Text
 * in another encoding is hardly ever valid UTF-8, except if it is plain ASCII.
 */
bool text_is_utf8(const uint8_t *bytes, size_t size, bool is_cut);

/*
 * Return whether the bytes are valid UTF-16, with no half pair and no half of a
 * unit. A byte order mark at the beginning sets the order of the bytes.
 */
bool text_is_valid_utf16(const uint8_t *bytes, size_t size);

/*
 * Return the number of bytes of the newline, CR LF or LF, with which the text
 * ends, or 0 if it ends without one. A character of `wide` text has two bytes,
 * in either order.
 */
size_t text_final_newline(const uint8_t *bytes, size_t size, bool wide);

/*
 * Return the first character of the UTF-8 `text`, which has `length` bytes, at
 * least one. Set *size to the number of its bytes. The character may be half a
 * pair (TEXT_EXACT). For invalid bytes return U+FFFD, and set *size to the
 * number of bytes to skip.
 */
uint32_t text_character(const char *text, size_t length, size_t *size);

/* Return an ASCII letter in lower case, and any other character as it is. */
static inline char text_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/*
 * Return whether `text` begins with `prefix`, where upper and lower case of
 * ASCII letters are the same.
 */
bool text_begins_in_any_case(const char *text, const char *prefix);

#endif
