/* contents_json.c - prints contents as a JSON object. */
#include "reader/contents_json.h"

#include <string.h>

#include "common/text/text.h"
#include "reader/decode.h"
#include "reader/describe.h"
#include "reader/textout.h"
#include "reader/timestamp.h"

static bool is_text(const struct decode_source *source)
{
    size_t size = (size_t)source->size;
    switch (source->text.encoding) {
    case WINSHM_UTF16:
        return text_is_valid_utf16(source->bytes, size);
    case WINSHM_CODE_PAGE:
        return true;
    case WINSHM_UTF8:
        return text_is_utf8(source->bytes, size, false);
    default: /* a decoder would leave out a byte order mark */
        if (size >= 3 && memcmp(source->bytes, "\xEF\xBB\xBF", 3) == 0) {
            return false;
        }
        return memchr(source->bytes, 0, size) == NULL && text_is_utf8(source->bytes, size, false);
    }
}

/* Print the object. `look` is that at the value, or NULL for other memory. */
static enum status put_json_contents(const struct reader *reader, const struct value_look *look,
                                     const struct decode_source *source)
{
    struct textout out;
    struct json json;
    textout_begin(&out, reader->output);
    textout_json(&out, &json);
    json_open(&json, NULL, '{');
    json_text(&json, "name", reader->options->name);
    if (look != NULL) {
        char time[TIMESTAMP_ROOM];
        json_number(&json, "number", value_sequence(look));
        json_number(&json, "updates", value_sequence(look) - 1);
        json_text(&json, "updated", timestamp_print(look->slot.updated, time));
    }
    char encoding[DESCRIBE_ENCODING_ROOM];
    winshm_slot slot = {.encoding = source->text.encoding, .code_page = source->text.code_page};
    json_text(&json, "encoding", describe_encoding(&slot, encoding));
    enum status status = EXIT_DONE;
    if (is_text(source)) {
        json_text_begin(&json, "text");
        status = decode_utf8(source, json_text_add, &json);
        json_text_end(&json);
    } else {
        json_base64(&json, "base64", source->bytes, (size_t)source->size);
    }
    json_close(&json, '}');
    textout_print(&out, "\r\n");
    return status == EXIT_DONE ? textout_end(&out) : status;
}

enum status contents_json_value(const struct reader *reader, const struct copied_value *value)
{
    const struct reader_options *options = reader->options;
    struct decode_source source = {.report = reader->report, .bytes = value->bytes, .size = value->size};
    source.text = options->has_encoding ? options->encoding : value_text_of(&value->look);
    if (options->text) {
        source.size = text_before_nul(source.bytes, (size_t)source.size, value_text_is_wide(source.text));
    }
    return put_json_contents(reader, &value->look, &source);
}

enum status contents_json_memory(const struct reader *reader, const struct copied_memory *part)
{
    struct decode_source source = {.report = reader->report, .bytes = part->bytes, .size = part->size};
    source.text = reader->options->has_encoding ? reader->options->encoding : part->text;
    return put_json_contents(reader, NULL, &source);
}
