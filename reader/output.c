#include "output.h"

#include <string.h>

/* Bytes converted at a time. */
#define PIECE 4096U

enum status output_open(const struct report *report, const char *path, struct output *output)
{
    *output = (struct output){.report = report, .path = path, .at_line_start = true};
    if (path != NULL) {
        oserror error = file_create(path, &output->file);
        if (error != OSERROR_NONE) {
            return report_failure(report, STATUS_IO, error, "cannot write %s", path);
        }
    } else {
        output->file = file_standard(STANDARD_OUTPUT);
        if (output->file == NULL) {
            return report_failure(report, STATUS_IO, OSERROR_INVALID_HANDLE, "there is no standard output");
        }
    }
    output->console = file_is_console(output->file);
    return STATUS_DONE;
}

void output_text(struct output *output, struct value_text text)
{
    bool foreign = text.encoding == WINSHM_UTF16 || text.encoding == WINSHM_CODE_PAGE;
    output->converts = output->console || foreign;
    output->code_page = text.encoding == WINSHM_CODE_PAGE ? text.code_page : 0;
    output->decoder = (struct text_decoder){.rule = TEXT_STRICT, .wide = text.encoding == WINSHM_UTF16};
    output->encoder = (struct text_encoder){.rule = TEXT_STRICT};
    output->carry = 0;
    output->at_text_start = true;
}

static enum status failed(struct output *output, oserror error)
{
    if (error == OSERROR_NO_DATA) {
        output->is_cut_off = true;
        return report_failure(output->report, STATUS_IO, OSERROR_NONE, "whoever read the output has gone away");
    }
    return report_failure(output->report, STATUS_IO, error, "cannot write %s",
                          output->path != NULL ? output->path : "to standard output");
}

static enum status put_bytes(struct output *output, const void *bytes, size_t size)
{
    if (size == 0) {
        return STATUS_DONE;
    }
    oserror error = file_write(output->file, bytes, size);
    output->at_line_start = ((const uint8_t *)bytes)[size - 1] == '\n';
    return error == OSERROR_NONE ? STATUS_DONE : failed(output, error);
}

static enum status put_units(struct output *output, const uint16_t *units, size_t count, bool last)
{
    if (!output->console) {
        char bytes[TEXT_ENCODED_ROOM(TEXT_DECODED_ROOM(PIECE))];
        return put_bytes(output, bytes, text_encode(&output->encoder, units, count, last, bytes));
    }
    if (count == 0) {
        return STATUS_DONE;
    }
    oserror error = console_write(output->file, units, count);
    output->at_line_start = units[count - 1] == '\n';
    return error == OSERROR_NONE ? STATUS_DONE : failed(output, error);
}

static enum status put_decoded(struct output *output, const uint8_t *bytes, size_t size, bool last)
{
    uint16_t units[TEXT_DECODED_ROOM(PIECE)];
    size_t count = text_decode(&output->decoder, bytes, size, last, units);
    bool is_marked = output->at_text_start && output->decoder.wide && count > 0 && units[0] == TEXT_BYTE_ORDER_MARK;
    size_t mark = is_marked ? 1 : 0;
    output->at_text_start = output->at_text_start && count == 0;
    return put_units(output, units + mark, count - mark, last);
}

/* The same for a code page: what the system leaves of a piece begins the next one. */
static enum status put_code_page(struct output *output, const uint8_t *bytes, size_t size, bool last)
{
    uint8_t piece[CODE_PAGE_PIECE];
    uint16_t units[CODE_PAGE_PIECE];
    do {
        size_t fresh = sizeof piece - output->carry < size ? sizeof piece - output->carry : size;
        size_t count = output->carry + fresh;
        memcpy(piece, output->carried, output->carry);
        if (fresh > 0) {
            memcpy(piece + output->carry, bytes, fresh);
            bytes += fresh;
            size -= fresh;
        }

        size_t made = 0;
        size_t used = 0;
        oserror error = code_page_decode(output->code_page, piece, count, last, units, &made, &used);
        if (error != OSERROR_NONE) {
            return report_failure(output->report, STATUS_SYSTEM, error, "cannot decode code page %lu",
                                  (unsigned long)output->code_page);
        }
        output->carry = count - used;
        memcpy(output->carried, piece + used, output->carry);
        enum status status = put_units(output, units, made, last);
        if (status != STATUS_DONE) {
            return status;
        }
    } while (size > 0);
    return STATUS_DONE;
}

static enum status put_converted(struct output *output, const uint8_t *bytes, size_t size, bool last)
{
    return output->code_page != 0 ? put_code_page(output, bytes, size, last) : put_decoded(output, bytes, size, last);
}

enum status output_write(struct output *output, const uint8_t *bytes, uint64_t size)
{
    enum status status = STATUS_DONE;
    size_t most = output->converts ? PIECE : SIZE_MAX;
    while (status == STATUS_DONE && size > 0) {
        size_t piece = size < most ? (size_t)size : most;
        status = output->converts ? put_converted(output, bytes, piece, false) : put_bytes(output, bytes, piece);
        bytes += piece;
        size -= piece;
    }
    return status;
}

enum status output_end_value(struct output *output, bool whole_lines)
{
    enum status status = output->converts ? put_converted(output, NULL, 0, true) : STATUS_DONE;
    if (status == STATUS_DONE && whole_lines && !output->at_line_start) {
        static const uint16_t newline[] = {'\r', '\n'};
        status = output->console ? put_units(output, newline, 2, true) : put_bytes(output, "\r\n", 2);
    }
    return status;
}

enum status output_finish(struct output *output)
{
    enum status status = output_end_value(output, output->console);
    if (status == STATUS_DONE && output->path != NULL) {
        oserror error = file_commit(output->file, output->path);
        status = error == OSERROR_NONE ? STATUS_DONE : failed(output, error);
    }
    return status;
}

void output_close(struct output *output)
{
    if (output->path != NULL) {
        object_close(output->file);
    }
    *output = (struct output){0};
}
