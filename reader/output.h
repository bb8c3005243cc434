/*
 * output.h - where the contents go: a console, a file that is replaced when it is whole, or standard output as it is.
 *
 * Bytes go out unchanged, unless they are text in another encoding than UTF-8, or go to a console: there everything is
 * text. Nothing is added, but a final newline on a console.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "platform.h"
#include "report.h"
#include "text.h"
#include "value.h"

struct output {
    const struct report *report;
    const char *path; /* of the file to replace, or NULL */
    object *file;
    bool console;
    bool converts;      /* between the decoder and the encoder, or the console, there is UTF-16 */
    uint32_t code_page; /* the decoder's, or 0 for UTF-8 and UTF-16 */
    struct text_decoder decoder;
    struct text_encoder encoder;
    uint8_t carried[4]; /* of a code page: the beginning of a character */
    size_t carry;
    bool at_text_start; /* nothing of it was decoded yet */
    bool is_cut_off;    /* whoever read it has gone away */
    bool at_line_start; /* nothing was, or a newline was the last */
};

/* Open standard output, or `path`. On failure a line has been said, and there is nothing to close. */
enum status output_open(const struct report *report, const char *path, struct output *output);

/* What the bytes that follow are. The byte order mark of UTF-16 is no part of the text, and left out. */
void output_text(struct output *output, struct value_text text);

/* Write some bytes, which may be cut anywhere. */
enum status output_write(struct output *output, const uint8_t *bytes, uint64_t size);

/* A value was written: complete the last character, and with `whole_lines` the last line. */
enum status output_end_value(struct output *output, bool whole_lines);

/* All was written: complete the last character, on a console the last line, and put a file in its place. */
enum status output_finish(struct output *output);

/* Close it. A file that was not finished leaves no trace. */
void output_close(struct output *output);

#endif
