/* textout.c - collects lines that shmread writes itself, for the output. */
#include "reader/textout.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/text/printable.h"

void textout_begin(struct textout *out, struct output *output)
{
    out->output = output;
    out->length = 0;
    out->status = EXIT_DONE;
    output_text(output, (struct value_text){.encoding = WINSHM_UTF8}, false);
}

static void write_out(struct textout *out)
{
    if (out->status == EXIT_DONE) {
        out->status = output_write(out->output, (const uint8_t *)out->text, out->length);
    }
    out->length = 0;
}

void textout_bytes(void *context, const char *bytes, size_t size)
{
    struct textout *out = context;
    while (size > 0) {
        size_t room = sizeof out->text - out->length;
        size_t piece = size < room ? size : room;
        memcpy(out->text + out->length, bytes, piece);
        out->length += piece;
        bytes += piece;
        size -= piece;
        if (out->length == sizeof out->text) {
            write_out(out);
        }
    }
}

void textout_masked(struct textout *out, const char *text)
{
    size_t length = strlen(text);
    size_t size;
    for (size_t at = 0; at < length; at += size) {
        bool is_shown = printable_is(text_character(text + at, length - at, &size));
        textout_bytes(out, is_shown ? text + at : "?", is_shown ? size : 1);
    }
}

void textout_print(struct textout *out, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    textout_bytes(out, text, strlen(text));
}

void textout_json(struct textout *out, struct json *json)
{
    json_begin(json, textout_bytes, out);
}

enum status textout_end(struct textout *out)
{
    write_out(out);
    return out->status;
}
