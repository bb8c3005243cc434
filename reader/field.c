/* field.c - parses the description of a field, and prints the field. */
#include "reader/field.h"

#include <string.h>

#include "common/text/size.h"
#include "common/text/text.h"
#include "reader/decode.h"
#include "reader/hex.h"

/* ---- Descriptions ------------------------------------------------------------------------------------------------ */

static bool has_control(const char *text, size_t length)
{
    size_t size;
    for (size_t at = 0; at < length; at += size) {
        uint32_t c = text_character(text + at, length - at, &size);
        if (c < 0x20 || (c >= 0x7F && c <= 0x9F)) {
            return true;
        }
    }
    return false;
}

/* Set the kind of the field, and the number of units without COUNT. */
static bool field_type(const char *name, size_t length, struct field *field)
{
    static const struct {
        const char *name;
        enum field_kind kind;
        uint64_t count;
    } kinds[] = {{"text", FIELD_TEXT, UINT64_MAX}, {"utf-16", FIELD_UTF16, UINT64_MAX}, {"hex", FIELD_HEX, 1}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strlen(kinds[i].name) == length && memcmp(kinds[i].name, name, length) == 0) {
            field->kind = kinds[i].kind;
            field->count = kinds[i].count;
            return true;
        }
    }
    field->kind = FIELD_NUMBER;
    field->count = 1;
    return number_type_named(name, length, &field->number);
}

const char *field_parse(const char *text, struct field *field)
{
    *field = (struct field){.text = text};
    const char *label_end = strchr(text, '=');
    if (label_end != NULL) {
        field->label_length = (size_t)(label_end - text);
        if (field->label_length == 0) {
            return "the label is empty";
        }
        if (has_control(text, field->label_length)) {
            return "the label contains a control character";
        }
        text = label_end + 1;
    }

    size_t type_length = strcspn(text, "@");
    if (!field_type(text, type_length, field)) {
        return "the type is none of u8, i8, u16, i16, u32, i32, u64, i64, f32, f64, text, utf-16 and hex";
    }
    text += type_length;
    if (*text != '@') {
        return "@OFFSET is missing after the type";
    }
    text = size_prefix(text + 1, &field->offset);
    if (text == NULL || (*text != '*' && *text != '\0')) {
        return "the offset is not a number of bytes such as 16, 0x10 or 4K";
    }
    if (*text == '*' && !size_parse(text + 1, &field->count)) {
        return "the count is not a number such as 1 or 16";
    }
    return field->count == 0 ? "the count is 0" : NULL;
}

const char *field_parse_rows(const char *text, uint64_t *count, uint64_t *size)
{
    text = size_prefix(text, count);
    if (text == NULL || *text != '*' || !size_parse(text + 1, size)) {
        return "is not COUNT*SIZE such as 3*1324";
    }
    if (*size == 0) {
        return "has rows of 0 bytes";
    }
    return *count > UINT64_MAX / *size ? "has more than 2^64 - 1 bytes" : NULL;
}

static size_t unit_size(const struct field *field)
{
    return field->kind == FIELD_NUMBER ? number_size(field->number) : field->kind == FIELD_UTF16 ? 2 : 1;
}

static bool field_is_text(const struct field *field)
{
    return field->kind == FIELD_TEXT || field->kind == FIELD_UTF16;
}

bool field_fits(const struct field *field, uint64_t size)
{
    uint64_t count = field_is_text(field) ? 1 : field->count;
    return field->offset <= size && count <= (size - field->offset) / unit_size(field);
}

uint64_t field_end(const struct field *field)
{
    size_t unit = unit_size(field);
    return field->count <= (UINT64_MAX - field->offset) / unit ? field->offset + field->count * unit : UINT64_MAX;
}

/* ---- Texts ------------------------------------------------------------------------------------------------------- */

/* Where the text of a line goes. */
struct field_line {
    field_put *put;
    void *context;
};

/* Write a piece of a text, with blanks for TAB, CR and LF: a field_put. */
static void put_line_text(void *context, const char *bytes, size_t size)
{
    const struct field_line *line = context;
    for (size_t from = 0, at = 0; at <= size; at++) {
        bool is_blank = at < size && (bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n');
        if (is_blank || at == size) {
            line->put(line->context, bytes + from, at - from);
            line->put(line->context, " ", is_blank ? 1 : 0);
            from = at + 1;
        }
    }
}

/* Return the encoding of the bytes of a text. `is_cut`: see text_is_utf8(). */
static struct value_text field_encoding(const struct field *field, const struct field_memory *memory, size_t size,
                                        bool is_cut)
{
    if (field->kind == FIELD_UTF16) {
        return (struct value_text){.encoding = WINSHM_UTF16};
    }
    return memory->has_encoding ? memory->text : decode_detect(memory->bytes + field->offset, size, is_cut);
}

/* Return the bytes of a text, and their encoding. */
static struct decode_source field_source(const struct field *field, const struct field_memory *memory)
{
    const uint8_t *bytes = memory->bytes + field->offset;
    size_t unit = unit_size(field);
    size_t most = (memory->size - (size_t)field->offset) / unit;
    bool may_be_cut = field->count <= most;
    most = (may_be_cut ? (size_t)field->count : most) * unit;
    size_t size = text_before_nul(bytes, most, unit == 2);
    struct decode_source source = {.report = memory->report, .bytes = bytes, .size = size};
    source.text = field_encoding(field, memory, size, may_be_cut && size == most);
    return source;
}

static enum status field_put_text(const struct field *field, const struct field_memory *memory, field_put *put,
                                  void *context)
{
    struct field_line line = {.put = put, .context = context};
    struct decode_source source = field_source(field, memory);
    if (source.text.encoding == WINSHM_BYTES) {
        put_line_text(&line, (const char *)source.bytes, (size_t)source.size);
        return EXIT_DONE;
    }
    return decode_utf8(&source, put_line_text, &line);
}

/* ---- All fields -------------------------------------------------------------------------------------------------- */

/* Print number `i` of the field to `text`, and return `text`. */
static const char *field_number(const struct field *field, const struct field_memory *memory, uint64_t i, char *text)
{
    size_t at = (size_t)(field->offset + i * number_size(field->number));
    return number_print(field->number, memory->bytes + at, text);
}

static void field_put_hex(const struct field *field, const struct field_memory *memory, field_put *put, void *context)
{
    for (uint64_t i = 0; i < field->count; i++) {
        char digits[2];
        hex_digits(memory->bytes[field->offset + i], digits);
        put(context, digits, sizeof digits);
    }
}

enum status field_print(const struct field *field, const struct field_memory *memory, field_put *put, void *context)
{
    if (field_is_text(field)) {
        return field_put_text(field, memory, put, context);
    }
    if (field->kind == FIELD_HEX) {
        field_put_hex(field, memory, put, context);
        return EXIT_DONE;
    }
    for (uint64_t i = 0; i < field->count; i++) {
        char number[NUMBER_ROOM];
        put(context, " ", i > 0 ? 1 : 0);
        (void)field_number(field, memory, i, number);
        put(context, number, strlen(number));
    }
    return EXIT_DONE;
}

size_t field_key_length(const struct field *field)
{
    return field->label_length > 0 ? field->label_length : strlen(field->text);
}

enum status field_json(const struct field *field, const struct field_memory *memory, struct json *json)
{
    json_key(json, field->text, field_key_length(field));
    if (field->kind != FIELD_NUMBER) {
        enum status status = EXIT_DONE;
        json_text_begin(json, NULL);
        if (field->kind == FIELD_HEX) {
            field_put_hex(field, memory, json_text_add, json);
        } else {
            struct decode_source source = field_source(field, memory);
            status = decode_utf8(&source, json_text_add, json);
        }
        json_text_end(json);
        return status;
    }
    if (field->count > 1) {
        json_open(json, NULL, '[');
    }
    for (uint64_t i = 0; i < field->count; i++) {
        char number[NUMBER_ROOM];
        bool is_finite = strpbrk(field_number(field, memory, i, number), "in") == NULL;
        json_plain(json, NULL, is_finite ? number : "null");
    }
    if (field->count > 1) {
        json_close(json, ']');
    }
    return EXIT_DONE;
}
