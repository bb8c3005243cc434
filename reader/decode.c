/* decode.c - decodes text in any encoding to UTF-16, piece by piece. */
#include "reader/decode.h"

#include <string.h>

void decode_begin(struct decoding *decoding, struct value_text text, bool marked)
{
    bool is_wide = value_text_is_wide(text);
    decoding->code_page = text.encoding == WINSHM_CODE_PAGE ? text.code_page : 0;
    decoding->decoder = (struct text_decoder){.rule = TEXT_STRICT, .wide = is_wide, .marked = marked};
    decoding->carry = 0;
}

static enum status decode_unicode(struct decoding *decoding, const uint8_t *bytes, size_t size, bool last)
{
    uint16_t units[TEXT_DECODED_ROOM(DECODE_PIECE)];
    size_t count = text_decode(&decoding->decoder, bytes, size, last, units);
    return decoding->put(decoding->context, units, count, last);
}

/*
 * Decode a piece in a code page. The system decodes whole characters. The bytes
 * that it leaves at the end of a piece are the beginning of the next one.
 */
static enum status decode_code_page(struct decoding *decoding, const uint8_t *bytes, size_t size, bool last)
{
    uint8_t piece[CODE_PAGE_PIECE];
    uint16_t units[CODE_PAGE_PIECE];
    do {
        size_t fresh = sizeof piece - decoding->carry < size ? sizeof piece - decoding->carry : size;
        size_t count = decoding->carry + fresh;
        memcpy(piece, decoding->carried, decoding->carry);
        if (fresh > 0) {
            memcpy(piece + decoding->carry, bytes, fresh);
            bytes += fresh;
            size -= fresh;
        }

        size_t made = 0;
        size_t used = 0;
        bool is_end = last && size == 0;
        oserror error = code_page_decode(decoding->code_page, piece, count, is_end, units, &made, &used);
        if (error != OSERROR_NONE) {
            return report_failure(decoding->report, EXIT_SYSTEM, error, "cannot decode code page %lu",
                                  (unsigned long)decoding->code_page);
        }
        decoding->carry = count - used;
        memcpy(decoding->carried, piece + used, decoding->carry);
        enum status status = decoding->put(decoding->context, units, made, is_end);
        if (status != EXIT_DONE) {
            return status;
        }
    } while (size > 0);
    return EXIT_DONE;
}

enum status decode_bytes(struct decoding *decoding, const uint8_t *bytes, uint64_t size, bool last)
{
    for (;;) {
        size_t piece = size < DECODE_PIECE ? (size_t)size : DECODE_PIECE;
        bool is_end = last && piece == size;
        enum status status = decoding->code_page != 0 ? decode_code_page(decoding, bytes, piece, is_end)
                                                      : decode_unicode(decoding, bytes, piece, is_end);
        size -= piece;
        if (status != EXIT_DONE || size == 0) {
            return status;
        }
        bytes += piece;
    }
}

/* Where decode_utf8() writes. */
struct decode_target {
    decode_put_utf8 *put;
    void *context;
    struct text_encoder encoder;
};

/* Encode and write decoded text: a decode_put. */
static enum status put_target(void *context, const uint16_t *units, size_t count, bool last)
{
    struct decode_target *target = context;
    char bytes[TEXT_ENCODED_ROOM(DECODE_UNITS)];
    target->put(target->context, bytes, text_encode(&target->encoder, units, count, last, bytes));
    return EXIT_DONE;
}

enum status decode_utf8(const struct decode_source *source, decode_put_utf8 *put, void *context)
{
    struct decode_target target = {.put = put, .context = context, .encoder = {.rule = TEXT_STRICT}};
    struct decoding decoding = {.report = source->report, .put = put_target, .context = &target};
    decode_begin(&decoding, source->text, true);
    return decode_bytes(&decoding, source->bytes, source->size, true);
}

struct value_text decode_detect(const uint8_t *bytes, size_t size, bool is_cut)
{
    uint32_t ansi = code_page_ansi();
    if (ansi == CODE_PAGE_UTF8 || text_is_utf8(bytes, size, is_cut)) {
        return (struct value_text){.encoding = WINSHM_UTF8};
    }
    return (struct value_text){.encoding = WINSHM_CODE_PAGE, .code_page = ansi};
}
