/*
 * text_fuzz.c - convert text between encodings, in one piece and in many.
 *
 * The input is a byte with settings, a list of lengths of pieces, and the bytes
 * to convert to UTF-16 and then to UTF-8. The following must hold:
 *     - converting in pieces produces the same as converting the whole,
 *     - each result fits into the room that TEXT_*_ROOM() promises,
 *     - the result is well formed,
 *     - well-formed text is the same after a conversion there and back,
 *     - each search in a text finds the same as a simple loop and reads no byte
 *       behind the text.
 */
#include <string.h>

#include "common/fuzz/fuzz.h"
#include "common/text/text.h"

/*
 * Return whether the bytes are UTF-8 according to table 3-7 of Unicode 15. If
 * `halves` is set, accept a half of a surrogate pair as three bytes, too.
 */
static bool is_utf8(const uint8_t *at, size_t size, bool halves)
{
    while (size > 0) {
        uint32_t c = 0;
        size_t length = at[0] < 0x80 ? 1 : at[0] >> 5 == 6 ? 2 : at[0] >> 4 == 14 ? 3 : at[0] >> 3 == 30 ? 4 : 0;
        if (length == 0 || length > size) {
            return false;
        }
        c = length == 1 ? at[0] : at[0] & (0x7FU >> length);
        for (size_t i = 1; i < length; i++) {
            if (at[i] >> 6 != 2) {
                return false;
            }
            c = c << 6 | (at[i] & 0x3FU);
        }
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        if (c < least[length] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF && !halves)) {
            return false;
        }
        at += length;
        size -= length;
    }
    return true;
}

/*
 * Return the length of the next piece: at most `left`, and all of it after the
 * last cut.
 */
static size_t cut(struct program *cuts, size_t left)
{
    size_t size = cuts->left > 0 ? (size_t)take(cuts, 1) % 16 : left;
    return size < left ? size : left;
}

/*
 * Decode the bytes in pieces, each from a block of exactly its size to a block
 * of exactly the room that is promised. Store the units at `to`, and return
 * their number.
 */
static size_t decode(struct program cuts, struct text_decoder decoder, const uint8_t *bytes, size_t size, uint16_t *to)
{
    size_t made = 0;
    bool last = false;
    for (size_t done = 0; !last;) {
        size_t length = cut(&cuts, size - done);
        last = cuts.left == 0 && done + length == size;
        uint8_t *piece = fuzz_block(bytes + done, length);
        uint16_t *out = malloc(sizeof *out * TEXT_DECODED_ROOM(length));
        HOLDS(out != NULL);
        size_t count = text_decode(&decoder, piece, length, last, out);
        HOLDS(count <= TEXT_DECODED_ROOM(length) && decoder.carry <= (last ? 0 : 3));
        memcpy(to + made, out, sizeof *out * count);
        made += count;
        done += length;
        free(out);
        free(piece);
    }
    return made;
}

/* Encode the units in the same way. */
static size_t encode(struct program cuts, enum text_rule rule, const uint16_t *units, size_t count, char *to)
{
    struct text_encoder encoder = {.rule = rule};
    size_t made = 0;
    bool last = false;
    for (size_t done = 0; !last;) {
        size_t length = cut(&cuts, count - done);
        last = cuts.left == 0 && done + length == count;
        uint16_t *piece = fuzz_block(units + done, sizeof *units * length);
        char *out = malloc(TEXT_ENCODED_ROOM(length));
        HOLDS(out != NULL);
        size_t size = text_encode(&encoder, piece, length, last, out);
        HOLDS(size <= TEXT_ENCODED_ROOM(length) && (!last || encoder.high == 0));
        memcpy(to + made, out, size);
        made += size;
        done += length;
        free(out);
        free(piece);
    }
    return made;
}

static void check_conversion(struct program cuts, struct text_decoder decoder, const uint8_t *bytes, size_t size)
{
    static const struct program whole;
    enum text_rule rule = decoder.rule;
    uint16_t *units = malloc(sizeof *units * TEXT_DECODED_ROOM(size));
    uint16_t *again = malloc(2 * sizeof *again * TEXT_DECODED_ROOM(size));
    HOLDS(units != NULL && again != NULL);
    size_t count = decode(whole, decoder, bytes, size, units);
    HOLDS(decode(cuts, decoder, bytes, size, again) == count && memcmp(units, again, sizeof *units * count) == 0);
    HOLDS(rule == TEXT_EXACT || !text_has_half_pair(units, count));

    char *utf8 = malloc(TEXT_ENCODED_ROOM(count) + 1);
    char *pieces = malloc(2 * TEXT_ENCODED_ROOM(count));
    HOLDS(utf8 != NULL && pieces != NULL);
    size_t length = encode(whole, rule, units, count, utf8);
    HOLDS(encode(cuts, rule, units, count, pieces) == length && memcmp(utf8, pieces, length) == 0);
    HOLDS(is_utf8((const uint8_t *)utf8, length, rule == TEXT_EXACT));
    if (!decoder.wide && is_utf8(bytes, size, false)) {
        HOLDS(length == size && memcmp(utf8, bytes, size) == 0);
    }

    /* A name converted to UTF-8 and back is the same, whatever its units are. */
    uint16_t *back = malloc(sizeof *back * (TEXT_DECODED_ROOM(length) + 1));
    HOLDS(back != NULL && text_utf16_from_utf8(utf8, length, back) == count && back[count] == 0);
    HOLDS(memcmp(back, units, sizeof *back * count) == 0);
    free(back);
    free(pieces);
    free(utf8);
    free(again);
    free(units);
}

/*
 * Return the length of the newline at the end of the bytes: of CR LF, of LF
 * alone, or 0. `newline` is CR and LF in `length` bytes, `width` bytes each.
 */
static size_t ends_with(const uint8_t *bytes, size_t size, const char *newline, size_t length, size_t width)
{
    if (size >= length && memcmp(bytes + size - length, newline, length) == 0) {
        return length;
    }
    return length > width ? ends_with(bytes, size, newline + width, length - width, width) : 0;
}

static void check_looks(const uint8_t *bytes, size_t size)
{
    for (size_t width = 1; width <= 2; width++) {
        size_t nul = size;
        for (size_t i = 0; i + width <= size && nul == size; i += width) {
            nul = bytes[i] == 0 && bytes[i + width - 1] == 0 ? i : size;
        }
        HOLDS(text_before_nul(bytes, size, width == 2) == nul);
    }
    bool is_reversed = ends_with(bytes, size, "\0\n", 2, 2) > 0;
    HOLDS(text_final_newline(bytes, size, false) == ends_with(bytes, size, "\r\n", 2, 1));
    HOLDS(text_final_newline(bytes, size, true) == ends_with(bytes, size, is_reversed ? "\0\r\0\n" : "\r\0\n\0", 4, 2));
    unsigned pair = size >= 2 ? (unsigned)bytes[0] << 8 | bytes[1] : 0;
    HOLDS(text_is_utf16(bytes, size) == (pair == 0xFFFE || pair == 0xFEFF || (pair != 0 && (pair & 0xFF) == 0)));
    HOLDS(!is_utf8(bytes, size, false) || text_is_utf8(bytes, size, false));
    for (size_t at = 0; at < size;) {
        size_t passed = 0;
        uint32_t c = text_character((const char *)bytes + at, size - at, &passed);
        HOLDS(c <= 0x10FFFF && passed >= 1 && passed <= 4 && passed <= size - at);
        at += passed;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    uint64_t setting = take(&program, 1);
    size_t cut_count = (size_t)(setting >> 3) < program.left ? (size_t)(setting >> 3) : program.left;
    struct program cuts = {.at = program.at, .left = cut_count};
    struct text_decoder decoder = {.rule = (setting & 1) != 0 ? TEXT_EXACT : TEXT_STRICT, .wide = (setting & 2) != 0};
    size = program.left - cut_count;
    uint8_t *bytes = fuzz_block(program.at + cut_count, size);
    check_conversion(cuts, decoder, bytes, size);
    check_looks(bytes, size);
    free(bytes);
    return 0;
}

void fuzz_seeds(void)
{
    FUZZ_WORDS("\xC3\xA9", "\xE6\xBC\xA2", "\xF0\x9F\x98\x80", "\xED\xA0\xBD", "\xED\xB8\x80", "\xE0\x80\x80",
               "\xF4\x90\x80\x80", "\xC0\x80", "\x3D\xD8\x01\xDE", "\xFF\xFE", "\r\n", "\xEF\xBB\xBF");
    FUZZ_SEED("\x20\1\2\1\3h\xC3\xA9llo \xE6\xBC\xA2 \xF0\x9F\x98\x80\r\n");
    FUZZ_SEED("\x21\1\2\1\3\xED\xA0\xBD x \xED\xA0\xBD\xED\xB8\x80");
    FUZZ_SEED("\x22\1\2\1\3h\0\xE9\0\x3D\xD8\x00\xDE\x3D\xD8\r\0\n");
    FUZZ_SEED("\x23\1\1\1\1h\0\xE9\0\x3D\xD8\x00\xDE\x3D\xD8x\0");
}
