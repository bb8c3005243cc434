/*
 * output.h - where the contents go: a console, a file that is replaced when it is whole, a message box, or standard
 * output as it is.
 *
 * Bytes go out unchanged, unless they are text that is to be decoded, or go to a console or a box: there everything is
 * text. Nothing is added, but a final newline on a console. Or they go out as a hex dump.
 */
#ifndef READER_OUTPUT_H
#define READER_OUTPUT_H

#include "common/console/report.h"
#include "common/memory/value.h"
#include "common/platform.h"
#include "common/text/text.h"
#include "reader/hex.h"
#include "reader/message_box.h"

struct output {
    const struct report *report;
    const char *path; /* of the file to replace, or NULL */
    object *file;
    bool console;
    struct message_box box; /* instead of a file or a console */
    bool dumps;             /* as hex, */
    struct hex hex;         /* made by this */
    bool converts;          /* between the decoder and the encoder, or the console, there is UTF-16 */
    uint32_t code_page;     /* the decoder's, or 0 for UTF-8 and UTF-16 */
    struct text_decoder decoder;
    struct text_encoder encoder;
    uint8_t carried[4]; /* of a code page: the beginning of a character */
    size_t carry;
    bool is_cut_off;    /* whoever read it has gone away */
    bool at_line_start; /* nothing was, or a newline was the last */
};

/* Open standard output, or `path`, or a message box. On failure a line has been said, and there is nothing to close. */
enum status output_open(const struct report *report, const char *path, bool in_box, struct output *output);

/*
 * What the bytes that follow are. UTF-16 and code pages are decoded; UTF-8 only when it `is_sure`, and not what
 * somebody once said of bytes that go out as they are. What is not valid becomes U+FFFD, and a byte order mark at the
 * start of what is decoded is no part of the text, and left out.
 */
void output_text(struct output *output, struct value_text text, bool is_sure);

/* Dump the bytes that follow, of which the first is at `offset`. */
void output_hex(struct output *output, uint64_t offset);

/* Write some bytes, which may be cut anywhere. */
enum status output_write(struct output *output, const uint8_t *bytes, uint64_t size);

/* A value was written: complete the last character or the dump, and with `whole_lines` the last line. */
enum status output_end_value(struct output *output, bool whole_lines);

/* All was written: complete what is to be, on a console the last line, put a file in its place, or show the box. */
enum status output_finish(struct output *output);

/* Close it. A file that was not finished leaves no trace. */
void output_close(struct output *output);

#endif
