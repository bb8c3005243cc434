/* fields.c - prints the fields of --get from one copy of memory. */
#include "reader/fields.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/text/size.h"
#include "reader/textout.h"

enum status fields_limit(const struct report *report, struct reader_options *options)
{
    char limit[SIZE_ROOM];
    uint64_t needed = options->row_count * options->row_size;
    for (size_t i = 0; i < options->field_count; i++) {
        const struct field *field = &options->fields[i];
        if (options->has_rows && !field_fits(field, options->row_size)) {
            return report_usage(report, "--get: \"%s\" is beyond a row of %s", field->text,
                                size_print_exact(options->row_size, limit));
        }
        if (!options->has_rows && options->length != UINT64_MAX && !field_fits(field, options->length)) {
            return report_usage(report, "--get: \"%s\" is beyond the %s of --length", field->text,
                                size_print_exact(options->length, limit));
        }
        if (!options->has_rows) {
            uint64_t end = field_end(field);
            needed = end > needed ? end : needed;
        }
    }
    if (options->has_rows && needed > options->length) {
        return report_usage(report, "--rows: %" PRIu64 "*%" PRIu64 " is beyond the %s of --length", options->row_count,
                            options->row_size, size_print_exact(options->length, limit));
    }
    options->length = needed < options->length ? needed : options->length;
    return EXIT_DONE;
}

/*
 * Check that all fields, or all rows, are within `size` bytes. If they are not,
 * the memory ends there, since --length is large enough: see fields_limit().
 */
static enum status fields_check(const struct reader *reader, size_t size, uint64_t offset)
{
    const struct reader_options *options = reader->options;
    char total[SIZE_ROOM];
    (void)size_print_exact(offset + size, total);
    if (options->has_rows && options->row_count * options->row_size > size) {
        char row[SIZE_ROOM];
        return report_failure(reader->report, EXIT_NOTHING, OSERROR_NONE,
                              "is too short for %" PRIu64 " row%s of %s at offset %" PRIu64 ": it has %s",
                              options->row_count, options->row_count == 1 ? "" : "s",
                              size_print_exact(options->row_size, row), offset, total);
    }
    for (size_t i = 0; !options->has_rows && i < options->field_count; i++) {
        const struct field *field = &options->fields[i];
        if (!field_fits(field, size)) {
            char from[sizeof " from offset 18446744073709551615 on"];
            (void)snprintf(from, sizeof from, " from offset %" PRIu64 " on", offset);
            return report_failure(reader->report, EXIT_NOTHING, OSERROR_NONE, "has no field %s%s: it has %s",
                                  field->text, offset > 0 ? from : "", total);
        }
    }
    return EXIT_DONE;
}

/* Print one row of values, or all fields if there are no rows. */
static enum status put_fields(const struct reader *reader, const struct field_memory *memory, struct textout *out)
{
    const struct reader_options *options = reader->options;
    enum status status = EXIT_DONE;
    for (size_t i = 0; status == EXIT_DONE && i < options->field_count; i++) {
        const struct field *field = &options->fields[i];
        bool is_last = i + 1 == options->field_count;
        if (!options->has_rows && field->label_length > 0) {
            textout_bytes(out, field->text, field->label_length + 1);
        }
        status = field_print(field, memory, textout_bytes, out);
        textout_bytes(out, options->has_rows && !is_last ? "\t" : "\r\n", options->has_rows && !is_last ? 1 : 2);
    }
    return status;
}

static enum status put_object(const struct reader *reader, const struct field_memory *memory, struct json *json)
{
    const struct reader_options *options = reader->options;
    enum status status = EXIT_DONE;
    json_open(json, NULL, '{');
    for (size_t i = 0; status == EXIT_DONE && i < options->field_count; i++) {
        status = field_json(&options->fields[i], memory, json);
    }
    json_close(json, '}');
    return status;
}

enum status fields_print(const struct reader *reader, const uint8_t *bytes, size_t size, uint64_t offset,
                         struct value_text text)
{
    const struct reader_options *options = reader->options;
    enum status status = fields_check(reader, size, offset);
    if (status != EXIT_DONE) {
        return status;
    }

    struct textout out;
    struct json json;
    textout_begin(&out, reader->output);
    textout_json(&out, &json);
    if (options->json && options->has_rows) {
        json_open(&json, NULL, '[');
    }
    bool is_recorded = text.encoding != WINSHM_BYTES && !value_text_is_wide(text);
    struct field_memory memory = {.report = reader->report, .bytes = bytes, .size = size};
    memory.has_encoding = options->has_encoding || is_recorded; /* a field of UTF-16 has a type of its own */
    memory.text = options->has_encoding ? options->encoding : text;
    uint64_t count = 1;
    if (options->has_rows) {
        memory.size = (size_t)options->row_size;
        count = options->row_count;
    }
    for (uint64_t i = 0; status == EXIT_DONE && out.status == EXIT_DONE && i < count; i++) {
        if (!options->json) {
            status = put_fields(reader, &memory, &out);
        } else {
            if (i > 0 && options->verb != VERB_FOLLOW) {
                json_line(&json);
            }
            status = put_object(reader, &memory, &json);
        }
        memory.bytes += options->row_size;
    }
    if (options->json) {
        textout_print(&out, "%s\r\n", options->has_rows ? "]" : "");
    }
    return status == EXIT_DONE ? textout_end(&out) : status;
}
