/* text.c - converts and examines text in UTF-8 and UTF-16. */
#include "common/text/text.h"

#include <string.h>

#define REPLACEMENT 0xFFFDU
#define BYTE_ORDER_MARK 0xFEFFU
#define SWAPPED_MARK 0xFFFEU /* a byte order mark whose bytes are swapped; not a character */

static bool is_high(uint32_t unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low(uint32_t unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* ---- UTF-16 to UTF-8 --------------------------------------------------------------------------------------------- */

static char *put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xC0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *out++ = (char)(0xE0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    } else {
        *out++ = (char)(0xF0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3F));
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    }
    return out;
}

size_t text_encode(struct text_encoder *encoder, const uint16_t *units, size_t count, bool last, char *out)
{
    char *end = out;
    for (size_t i = 0; i < count; i++) {
        uint32_t unit = units[i];
        if (encoder->high != 0) {
            uint32_t high = encoder->high;
            encoder->high = 0;
            if (is_low(unit)) {
                end = put_utf8(end, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
                continue;
            }
            end = put_utf8(end, encoder->rule == TEXT_EXACT ? high : REPLACEMENT);
        }
        if (is_high(unit)) {
            encoder->high = (uint16_t)unit;
        } else {
            end = put_utf8(end, is_low(unit) && encoder->rule == TEXT_STRICT ? REPLACEMENT : unit);
        }
    }
    if (last && encoder->high != 0) {
        end = put_utf8(end, encoder->rule == TEXT_EXACT ? encoder->high : REPLACEMENT);
        encoder->high = 0;
    }
    return (size_t)(end - out);
}

/* ---- Bytes to UTF-16 --------------------------------------------------------------------------------------------- */

/*
 * Decode the first UTF-8 character of `bytes`, which has `count` bytes, at
 * least one. Set *value, and return the number of bytes used. Return 0 if the
 * bytes are only the beginning of a character.
 *
 * If the bytes are invalid, set *value to U+FFFD, and return the number of
 * bytes to skip: those that could begin a valid character, and at least one
 * (Unicode 15, section 3.9, "Substitution of maximal subparts"). With
 * TEXT_EXACT an encoded surrogate is valid.
 */
static size_t take_utf8(const uint8_t *bytes, size_t count, enum text_rule rule, uint32_t *value)
{
    uint8_t first = bytes[0];
    if (first < 0x80) {
        *value = first;
        return 1;
    }
    size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                  : first >= 0xE0 && first <= 0xEF ? 3
                  : first >= 0xF0 && first <= 0xF4 ? 4
                                                   : 0;
    *value = REPLACEMENT;
    if (size == 0) {
        return 1;
    }

    /*
     * The second byte has a narrower range after E0 and F0 (others are
     * overlong), after ED (others are surrogates) and after F4 (others are
     * beyond U+10FFFF).
     */
    uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    uint8_t high = first == 0xED && rule == TEXT_STRICT ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    uint32_t c = first & (0x7FU >> size);
    for (size_t i = 1; i < size; i++) {
        if (i == count) {
            return 0;
        }
        if (bytes[i] < low || bytes[i] > high) {
            return i;
        }
        c = c << 6 | (bytes[i] & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    *value = c;
    return size;
}

static uint32_t unit_at(const uint8_t *bytes, bool reversed)
{
    return reversed ? (uint32_t)(bytes[0] << 8 | bytes[1]) : (uint32_t)(bytes[0] | bytes[1] << 8);
}

/*
 * Like take_utf8(), but decode one unit of UTF-16, or one pair. The bytes of
 * each unit are swapped if `reversed` is set. `count` may be 0.
 */
static size_t take_utf16(const uint8_t *bytes, size_t count, enum text_rule rule, bool reversed, uint32_t *value)
{
    if (count < 2) {
        return 0;
    }
    uint32_t unit = unit_at(bytes, reversed);
    *value = unit;
    if (rule == TEXT_EXACT || (!is_high(unit) && !is_low(unit))) {
        return 2;
    }
    if (is_high(unit)) {
        if (count < 4) {
            return 0;
        }
        uint32_t next = unit_at(bytes + 2, reversed);
        if (is_low(next)) {
            *value = 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00);
            return 4;
        }
    }
    *value = REPLACEMENT;
    return 2;
}

static size_t text_take(const struct text_decoder *decoder, const uint8_t *bytes, size_t count, uint32_t *value)
{
    return decoder->wide ? take_utf16(bytes, count, decoder->rule, decoder->reversed, value)
                         : take_utf8(bytes, count, decoder->rule, value);
}

static uint16_t *put_utf16(uint16_t *out, uint32_t c)
{
    if (c >= 0x10000) {
        *out++ = (uint16_t)(0xD800 + ((c - 0x10000) >> 10));
        *out++ = (uint16_t)(0xDC00 + ((c - 0x10000) & 0x3FF));
    } else {
        *out++ = (uint16_t)c;
    }
    return out;
}

/*
 * Write a character to `out`, and return the place behind it. A byte order mark
 * at the beginning of marked text is not written. If its bytes are swapped, so
 * are those of all later units.
 */
static uint16_t *text_put(struct text_decoder *decoder, uint16_t *out, uint32_t c)
{
    bool is_first = decoder->marked && !decoder->begun;
    decoder->begun = true;
    if (is_first && decoder->wide && c == SWAPPED_MARK) {
        decoder->reversed = true;
        return out;
    }
    return is_first && c == BYTE_ORDER_MARK ? out : put_utf16(out, c);
}

/*
 * The end of the text cuts a character, of which `count` bytes are there.
 * Return how many of these bytes one U+FFFD replaces: all of them in UTF-8, and
 * one unit in UTF-16.
 */
static size_t cut_size(const struct text_decoder *decoder, size_t count)
{
    return decoder->wide && count > 2 ? 2 : count;
}

size_t text_decode(struct text_decoder *decoder, const uint8_t *bytes, size_t count, bool last, uint16_t *out)
{
    uint16_t *end = out;
    uint32_t c = 0;

    /*
     * Finish the character that the last call carried. Add one byte at a time
     * to its bytes, at most three, until they can be decoded.
     */
    while (decoder->carry > 0 && (count > 0 || last)) {
        size_t size = count > 0 ? 0 : cut_size(decoder, decoder->carry);
        c = REPLACEMENT;
        if (count > 0) {
            decoder->carried[decoder->carry] = *bytes;
            size = text_take(decoder, decoder->carried, decoder->carry + 1U, &c);
            if (size == 0) {
                decoder->carry++;
                bytes++;
                count--;
                continue;
            }
        }
        end = text_put(decoder, end, c);

        /*
         * A valid character has used the new byte. An invalid beginning has
         * not: decode the new byte again, and any carried bytes that were not
         * used.
         */
        if (size > decoder->carry) {
            bytes++;
            count--;
            decoder->carry = 0;
        } else {
            decoder->carry = (uint8_t)(decoder->carry - size);
            memmove(decoder->carried, decoder->carried + size, decoder->carry);
        }
    }

    while (count > 0) {
        size_t size = text_take(decoder, bytes, count, &c);
        if (size == 0) {
            if (!last) {
                memcpy(decoder->carried, bytes, count);
                decoder->carry = (uint8_t)count;
                break;
            }
            c = REPLACEMENT;
            size = cut_size(decoder, count);
        }
        end = text_put(decoder, end, c);
        bytes += size;
        count -= size;
    }
    return (size_t)(end - out);
}

/* ---- Whole strings ----------------------------------------------------------------------------------------------- */

size_t text_utf8_from_utf16(const uint16_t *units, size_t count, char *out)
{
    struct text_encoder encoder = {.rule = TEXT_EXACT};
    size_t length = text_encode(&encoder, units, count, true, out);
    out[length] = '\0';
    return length;
}

size_t text_utf16_from_utf8(const char *text, size_t length, uint16_t *out)
{
    struct text_decoder decoder = {.rule = TEXT_EXACT};
    size_t count = text_decode(&decoder, (const uint8_t *)text, length, true, out);
    out[count] = 0;
    return count;
}

bool text_has_half_pair(const uint16_t *units, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_high(units[i]) && i + 1 < count && is_low(units[i + 1])) {
            i++;
        } else if (is_high(units[i]) || is_low(units[i])) {
            return true;
        }
    }
    return false;
}

size_t text_before_nul(const uint8_t *bytes, size_t size, bool wide)
{
    if (!wide) {
        const uint8_t *nul = memchr(bytes, 0, size);
        return nul == NULL ? size : (size_t)(nul - bytes);
    }
    size_t i = 0;
    while (i + 1 < size && (bytes[i] != 0 || bytes[i + 1] != 0)) {
        i += 2;
    }
    return i + 1 < size ? i : size;
}

bool text_is_utf16(const uint8_t *bytes, size_t size)
{
    return size >= 2 && ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF) ||
                         (bytes[0] != 0 && bytes[1] == 0));
}

bool text_is_utf8(const uint8_t *bytes, size_t size, bool is_cut)
{
    while (size > 0) {
        uint32_t c = 0;
        size_t taken = take_utf8(bytes, size, TEXT_STRICT, &c);
        if (taken == 0) {
            return is_cut;
        }
        /*
         * EF BF BD is a valid U+FFFD. Any other U+FFFD replaces invalid bytes.
         */
        if (c == REPLACEMENT && (taken != 3 || bytes[0] != 0xEF)) {
            return false;
        }
        bytes += taken;
        size -= taken;
    }
    return true;
}

bool text_is_valid_utf16(const uint8_t *bytes, size_t size)
{
    bool reversed = size >= 2 && unit_at(bytes, false) == SWAPPED_MARK;
    while (size > 0) {
        uint32_t c = 0;
        size_t taken = take_utf16(bytes, size, TEXT_STRICT, reversed, &c);
        if (taken == 0 || (c == REPLACEMENT && unit_at(bytes, reversed) != REPLACEMENT)) {
            return false;
        }
        bytes += taken;
        size -= taken;
    }
    return true;
}

/*
 * Like text_final_newline(), for characters of `width` bytes. If a character
 * has two bytes, the one at index `zero` is the ASCII character, and the other
 * one is zero.
 */
static size_t final_newline(const uint8_t *bytes, size_t size, size_t width, size_t zero)
{
    static const char reversed[] = {'\n', '\r'};
    size_t newline = 0;
    for (size_t i = 0; i < sizeof reversed && size - newline >= width; i++) {
        const uint8_t *character = bytes + size - newline - width;
        if (character[zero] != (uint8_t)reversed[i] || (width == 2 && character[1 - zero] != 0)) {
            break;
        }
        newline += width;
    }
    return newline;
}

size_t text_final_newline(const uint8_t *bytes, size_t size, bool wide)
{
    size_t newline = final_newline(bytes, size, wide ? 2 : 1, 0);
    return newline == 0 && wide ? final_newline(bytes, size, 2, 1) : newline;
}

bool text_begins_in_any_case(const char *text, const char *prefix)
{
    for (; *prefix != '\0'; text++, prefix++) {
        if (text_lower(*text) != text_lower(*prefix)) {
            return false;
        }
    }
    return true;
}

uint32_t text_character(const char *text, size_t length, size_t *size)
{
    uint32_t c = REPLACEMENT;
    *size = take_utf8((const uint8_t *)text, length, TEXT_EXACT, &c);
    if (*size == 0) {
        *size = 1;
        c = REPLACEMENT;
    }
    return c;
}
