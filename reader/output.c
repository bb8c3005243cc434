/*
 * output.c - writes contents to standard output, a console, a file or a message
 * box.
 */
#include "reader/output.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The number of bytes that are dumped at a time. */
#define DUMP_PIECE ((size_t)8 << 10)

/* The number of characters that are collected from printed numbers. */
#define NUMBERS_ROOM 4096U

enum status output_open(const struct report *report, const char *path, bool in_box, struct output *output)
{
    *output = (struct output){.report = report, .path = path, .at_line_start = true};
    if (in_box) {
        return message_box_open(report, &output->box);
    }
    if (path != NULL) {
        oserror error = file_create(path, &output->file);
        if (error != OSERROR_NONE) {
            return report_failure(report, EXIT_IO, error, "cannot write %s", path);
        }
    } else {
        output->file = file_standard(STANDARD_OUTPUT);
        if (output->file == NULL) {
            return report_failure(report, EXIT_IO, OSERROR_INVALID_HANDLE, "there is no standard output");
        }
    }
    output->console = file_is_console(output->file);
    return EXIT_DONE;
}

static enum status output_failed(struct output *output, oserror error)
{
    if (error == OSERROR_NO_DATA) {
        output->is_cut_off = true;
        return report_failure(output->report, EXIT_IO, OSERROR_NONE, "the program that read the output has ended");
    }
    return report_failure(output->report, EXIT_IO, error, "cannot write %s",
                          output->path != NULL ? output->path : "to standard output");
}

static enum status put_bytes(struct output *output, const void *bytes, size_t size)
{
    if (size == 0) {
        return EXIT_DONE;
    }
    oserror error = file_write(output->file, bytes, size);
    output->at_line_start = ((const uint8_t *)bytes)[size - 1] == '\n';
    return error == OSERROR_NONE ? EXIT_DONE : output_failed(output, error);
}

/* Write decoded text: a decode_put. */
static enum status put_units(void *context, const uint16_t *units, size_t count, bool last)
{
    struct output *output = context;
    if (output->box.units != NULL) {
        message_box_put(&output->box, units, count);
        return EXIT_DONE;
    }
    if (!output->console) {
        char bytes[TEXT_ENCODED_ROOM(DECODE_UNITS)];
        size_t size = text_encode(&output->encoder, units, count, last, bytes);
        return put_bytes(output, bytes, size);
    }
    if (count == 0) {
        return EXIT_DONE;
    }
    oserror error = console_write(output->file, units, count);
    output->at_line_start = units[count - 1] == '\n';
    return error == OSERROR_NONE ? EXIT_DONE : output_failed(output, error);
}

/* Write ASCII characters as they are: 24 at most. */
static enum status put_plain(struct output *output, const char *text)
{
    uint16_t units[24];
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++) {
        units[i] = (uint8_t)text[i];
    }
    return output->console ? put_units(output, units, length, true) : put_bytes(output, text, length);
}

enum status output_number(struct output *output, uint64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64 " ", number);
    enum status status = put_plain(output, text);
    output->at_line_start = false;
    return status;
}

void output_text(struct output *output, struct value_text text, bool is_sure)
{
    bool is_wide = value_text_is_wide(text);
    bool is_utf8 = text.encoding == WINSHM_UTF8 && is_sure;
    output->form = OUTPUT_BYTES;
    output->converts =
        output->console || output->box.units != NULL || is_wide || is_utf8 || text.encoding == WINSHM_CODE_PAGE;
    output->decoding = (struct decoding){.report = output->report, .put = put_units, .context = output};
    decode_begin(&output->decoding, text, is_wide || is_utf8);
    output->encoder = (struct text_encoder){.rule = TEXT_STRICT};
}

void output_hex(struct output *output, uint64_t offset)
{
    output_text(output, (struct value_text){.encoding = WINSHM_BYTES}, false);
    output->form = OUTPUT_HEX;
    output->hex = (struct hex){.offset = offset};
}

void output_numbers(struct output *output, enum number_type type)
{
    output_text(output, (struct value_text){.encoding = WINSHM_BYTES}, false);
    output->form = OUTPUT_NUMBERS;
    output->number = type;
    output->begun_size = 0;
}

/*
 * Write bytes, or the lines of a dump, and convert them if that is required.
 */
static enum status output_put(struct output *output, const uint8_t *bytes, uint64_t size)
{
    if (output->converts) {
        return size > 0 ? decode_bytes(&output->decoding, bytes, size, false) : EXIT_DONE;
    }
    enum status status = EXIT_DONE;
    while (status == EXIT_DONE && size > 0) {
        size_t piece = size < SIZE_MAX ? (size_t)size : SIZE_MAX;
        status = put_bytes(output, bytes, piece);
        bytes += piece;
        size -= piece;
    }
    return status;
}

static enum status put_dumped(struct output *output, const uint8_t *bytes, uint64_t size)
{
    char lines[HEX_ROOM(DUMP_PIECE)];
    enum status status = EXIT_DONE;
    while (status == EXIT_DONE && size > 0) {
        size_t piece = size < DUMP_PIECE ? (size_t)size : DUMP_PIECE;
        status = output_put(output, (const uint8_t *)lines, hex_put(&output->hex, bytes, piece, lines));
        bytes += piece;
        size -= piece;
    }
    return status;
}

static enum status put_numbers(struct output *output, const uint8_t *bytes, uint64_t size)
{
    char lines[NUMBERS_ROOM + NUMBER_ROOM];
    size_t length = 0;
    enum status status = EXIT_DONE;
    while (status == EXIT_DONE && size > 0) {
        size_t missing = number_size(output->number) - output->begun_size;
        size_t fresh = size < missing ? (size_t)size : missing;
        memcpy(output->begun + output->begun_size, bytes, fresh);
        output->begun_size += fresh;
        bytes += fresh;
        size -= fresh;
        if (fresh == missing) {
            length += strlen(number_print(output->number, output->begun, lines + length));
            lines[length++] = '\r';
            lines[length++] = '\n';
            output->begun_size = 0;
        }
        if (length >= NUMBERS_ROOM - 2 || size == 0) {
            status = output_put(output, (const uint8_t *)lines, length);
            length = 0;
        }
    }
    return status;
}

enum status output_write(struct output *output, const uint8_t *bytes, uint64_t size)
{
    switch (output->form) {
    case OUTPUT_HEX:
        return put_dumped(output, bytes, size);
    case OUTPUT_NUMBERS:
        return put_numbers(output, bytes, size);
    case OUTPUT_BYTES:
        break;
    }
    return output_put(output, bytes, size);
}

/* Write what remains in the dump, or in the decoder and the encoder. */
static enum status complete(struct output *output)
{
    if (output->form == OUTPUT_HEX) {
        char lines[HEX_END_ROOM];
        return output_put(output, (const uint8_t *)lines, hex_end(&output->hex, lines));
    }
    return output->converts ? decode_bytes(&output->decoding, NULL, 0, true) : EXIT_DONE;
}

enum status output_end_value(struct output *output, bool whole_lines)
{
    enum status status = complete(output);
    if (status == EXIT_DONE && whole_lines && !output->at_line_start) {
        status = put_plain(output, "\r\n");
    }
    return status;
}

enum status output_finish(struct output *output)
{
    enum status status = output_end_value(output, output->console);
    if (status == EXIT_DONE && output->box.units != NULL) {
        status = message_box_show(&output->box);
    }
    if (status == EXIT_DONE && output->path != NULL) {
        oserror error = file_commit(output->file, output->path);
        status = error == OSERROR_NONE ? EXIT_DONE : output_failed(output, error);
    }
    return status;
}

void output_close(struct output *output)
{
    if (output->path != NULL) {
        object_close(output->file);
    }
    message_box_close(&output->box);
    *output = (struct output){0};
}
