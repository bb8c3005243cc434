/* textout.c - collects lines of our own for the output. */
#include "reader/textout.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/text/printable.h"

void sheet_begin(struct sheet *sheet, struct output *output)
{
    sheet->output = output;
    sheet->length = 0;
    sheet->status = EXIT_DONE;
    output_text(output, (struct value_text){.encoding = WINSHM_UTF8}, false);
}

static void write_out(struct sheet *sheet)
{
    if (sheet->status == EXIT_DONE) {
        sheet->status = output_write(sheet->output, (const uint8_t *)sheet->text, sheet->length);
    }
    sheet->length = 0;
}

static void put(struct sheet *sheet, const char *bytes, size_t size)
{
    while (size > 0) {
        size_t room = sizeof sheet->text - sheet->length;
        size_t piece = size < room ? size : room;
        memcpy(sheet->text + sheet->length, bytes, piece);
        sheet->length += piece;
        bytes += piece;
        size -= piece;
        if (sheet->length == sizeof sheet->text) {
            write_out(sheet);
        }
    }
}

void sheet_masked(struct sheet *sheet, const char *text)
{
    size_t length = strlen(text);
    size_t size;
    for (size_t at = 0; at < length; at += size) {
        bool is_shown = printable_is(text_character(text + at, length - at, &size));
        put(sheet, is_shown ? text + at : "?", is_shown ? size : 1);
    }
}

void sheet_print(struct sheet *sheet, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put(sheet, text, strlen(text));
}

static void put_json(void *context, const char *bytes, size_t size)
{
    put(context, bytes, size);
}

void sheet_json(struct sheet *sheet, struct json *json)
{
    json_begin(json, put_json, sheet);
}

enum status sheet_end(struct sheet *sheet)
{
    write_out(sheet);
    return sheet->status;
}
