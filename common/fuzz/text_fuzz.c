/*
 * text_fuzz.c - convert text between encodings, in one piece and in many.
 *
 * The input is a byte with settings, a list of lengths of pieces, and the bytes
 * to convert. The following must hold:
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
 * Decode one piece, from a block of exactly its size to a block of exactly the
 * room that is promised. Return the number of units, which are copied to `to`.
 */
static size_t decode_piece(struct text_decoder *decoder, const uint8_t *bytes, size_t size, bool last, uint16_t *to)
{
    uint8_t *piece = fuzz_block(bytes, size);
    uint16_t *out = malloc(sizeof *out * TEXT_DECODED_ROOM(size));
    HOLDS(out != NULL);
    size_t count = text_decode(decoder, piece, size, last, out);
    HOLDS(count <= TEXT_DECODED_ROOM(size) && decoder->carry <= (last ? 0 : 3));
    memcpy(to, out, sizeof *out * count);
    free(out);
    free(piece);
    return count;
}

static size_t encode_piece(struct text_encoder *encoder, const uint16_t *units, size_t count, bool last, char *to)
{
    uint16_t *piece = fuzz_block(units, sizeof *units * count);
    char *out = malloc(TEXT_ENCODED_ROOM(count));
    HOLDS(out != NULL);
    size_t size = text_encode(encoder, piece, count, last, out);
    HOLDS(size <= TEXT_ENCODED_ROOM(count) && (!last || encoder->high == 0));
    memcpy(to, out, size);
    free(out);
    free(piece);
    return size;
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

static void check_decode(struct program cuts, const uint8_t *bytes, size_t size, enum text_rule rule, bool wide)
{
    struct text_decoder whole_decoder = {.rule = rule, .wide = wide};
    struct text_decoder decoder = whole_decoder;
    uint16_t *whole = malloc(sizeof *whole * TEXT_DECODED_ROOM(size));
    uint16_t *pieces = malloc(sizeof *pieces * 2 * TEXT_DECODED_ROOM(size));
    HOLDS(whole != NULL && pieces != NULL);
    size_t count = decode_piece(&whole_decoder, bytes, size, true, whole);
    size_t made = 0;
    for (size_t done = 0; done < size;) {
        size_t piece = cut(&cuts, size - done);
        made += decode_piece(&decoder, bytes + done, piece, false, pieces + made);
        done += piece;
    }
    made += decode_piece(&decoder, NULL, 0, true, pieces + made);
    HOLDS(made == count && memcmp(whole, pieces, sizeof *whole * count) == 0);
    HOLDS(rule == TEXT_EXACT || !text_has_half_pair(whole, count));

    /*
     * Encode the result again. It must be UTF-8, and the same bytes if the
     * input was UTF-8.
     */
    struct text_encoder encoder = {.rule = rule};
    char *back = malloc(TEXT_ENCODED_ROOM(count));
    HOLDS(back != NULL);
    size_t length = encode_piece(&encoder, whole, count, true, back);
    HOLDS(is_utf8((const uint8_t *)back, length, rule == TEXT_EXACT));
    if (!wide && is_utf8(bytes, size, false)) {
        HOLDS(length == size && memcmp(back, bytes, size) == 0);
    }
    free(back);
    free(pieces);
    free(whole);
}

static void check_encode(struct program cuts, const uint16_t *units, size_t count, enum text_rule rule)
{
    struct text_encoder whole_encoder = {.rule = rule};
    struct text_encoder encoder = whole_encoder;
    char *whole = malloc(TEXT_ENCODED_ROOM(count) + 1);
    char *pieces = malloc(2 * TEXT_ENCODED_ROOM(count));
    HOLDS(whole != NULL && pieces != NULL);
    size_t size = encode_piece(&whole_encoder, units, count, true, whole);
    size_t made = 0;
    for (size_t done = 0; done < count;) {
        size_t piece = cut(&cuts, count - done);
        made += encode_piece(&encoder, units + done, piece, false, pieces + made);
        done += piece;
    }
    made += encode_piece(&encoder, NULL, 0, true, pieces + made);
    HOLDS(made == size && memcmp(whole, pieces, size) == 0);
    HOLDS(is_utf8((const uint8_t *)whole, size, rule == TEXT_EXACT));

    /*
     * A name converted to UTF-8 and back is unchanged, whatever its units are.
     */
    uint16_t *back = malloc(sizeof *back * (TEXT_DECODED_ROOM(size) + 1));
    HOLDS(back != NULL);
    whole[size] = '\0';
    size_t again = text_utf16_from_utf8(whole, size, back);
    HOLDS(back[again] == 0);
    bool is_same = again == count && memcmp(back, units, sizeof *back * count) == 0;
    HOLDS(is_same || (rule == TEXT_STRICT && text_has_half_pair(units, count)));
    free(back);
    free(pieces);
    free(whole);
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

        HOLDS(text_final_newline(bytes, size, width == 2) == (width == 1 ? ends_with(bytes, size, "\r\n", 2, 1)
                                                              : ends_with(bytes, size, "\0\n", 2, 2)
                                                                  ? ends_with(bytes, size, "\0\r\0\n", 4, 2)
                                                                  : ends_with(bytes, size, "\r\0\n\0", 4, 2)));
    }
    unsigned pair = size >= 2 ? (unsigned)bytes[0] << 8 | bytes[1] : 0;
    bool is_wide = pair == 0xFFFE || pair == 0xFEFF || (pair != 0 && (pair & 0xFF) == 0);
    HOLDS(text_is_utf16(bytes, size) == is_wide);
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
    enum text_rule rule = (setting & 1) != 0 ? TEXT_EXACT : TEXT_STRICT;
    size_t cut_count = (size_t)(setting >> 3) < program.left ? (size_t)(setting >> 3) : program.left;
    struct program cuts = {.at = program.at, .left = cut_count};
    size = program.left - cut_count;
    uint8_t *bytes = fuzz_block(program.at + cut_count, size);
    if ((setting & 2) != 0) {
        uint16_t *units = malloc(size);
        HOLDS(units != NULL);
        if (size > 1) {
            memcpy(units, bytes, size / 2 * 2);
        }
        check_encode(cuts, units, size / 2, rule);
        free(units);
    } else {
        check_decode(cuts, bytes, size, rule, (setting & 4) != 0);
    }
    check_looks(bytes, size);
    free(bytes);
    return 0;
}

void fuzz_seeds(void)
{
    static const char *const words[] = {"\xC3\xA9",
                                        "\xE6\xBC\xA2",
                                        "\xF0\x9F\x98\x80",
                                        "\xED\xA0\xBD",
                                        "\xED\xB8\x80",
                                        "\xE0\x80\x80",
                                        "\xF4\x90\x80\x80",
                                        "\xC0\x80",
                                        "\x3D\xD8\x01\xDE",
                                        "\x3D\xD8",
                                        "\x01\xDE",
                                        "\xFF\xFE",
                                        "\r\n",
                                        "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        fuzz_word(words[i]);
    }
    fuzz_seed_text("\x20\1\2\1\3h\xC3\xA9llo \xE6\xBC\xA2 \xF0\x9F\x98\x80\r\n");
    fuzz_seed_text("\x21\1\2\1\3\xED\xA0\xBD x \xED\xA0\xBD\xED\xB8\x80");
    fuzz_seed("\x24\1\2\1\3h\0\xE9\0\x3D\xD8\x00\xDE\x3D\xD8\r\0\n", 18);
    fuzz_seed("\x22\1\0\1\3h\0\xE9\0\x3D\xD8\x00\xDE\x3D\xD8x\0", 17);
    fuzz_seed("\x23\1\1\1\1h\0\xE9\0\x3D\xD8\x00\xDE\x3D\xD8x\0", 17);
}
