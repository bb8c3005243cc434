/*
 * output.h - writes contents to standard output, a console, a file or a message
 * box.
 *
 * A file is replaced only when the new contents are complete. The bytes are
 * written unchanged, except in these cases:
 *   - Text in UTF-16 or in a code page is converted to UTF-8.
 *   - A console and a message box show text: all bytes are decoded for them,
 *     and a console gets a newline at the end of the last line.
 *   - A hex dump can be written instead of the bytes, or the numbers in them.
 */
#ifndef READER_OUTPUT_H
#define READER_OUTPUT_H

#include "common/console/report.h"
#include "common/memory/value.h"
#include "common/platform.h"
#include "common/text/number.h"
#include "common/text/text.h"
#include "reader/decode.h"
#include "reader/hex.h"
#include "reader/message_box.h"

/* The form in which the bytes are written. */
enum output_form { OUTPUT_BYTES, OUTPUT_HEX, OUTPUT_NUMBERS };

struct output {
    const struct report *report;
    const char *path; /* of the file to replace, or NULL */
    object *file;
    bool console;
    struct message_box box; /* if box.units is not NULL: instead of a file or a console */
    enum output_form form;
    struct hex hex;          /* the state of a hex dump */
    enum number_type number; /* of the numbers */
    uint8_t begun[8];        /* `begun_size` bytes: the beginning of a number */
    size_t begun_size;
    bool converts; /* decode the bytes to UTF-16, which is encoded again or shown */
    struct decoding decoding;
    struct text_encoder encoder;
    bool is_cut_off;    /* the program that read the output closed its end of the pipe */
    bool at_line_start; /* nothing has been written, or a newline was last */
};

/*
 * Open a message box if `in_box` is set, otherwise the file `path`, or standard
 * output if `path` is NULL. Return EXIT_DONE. On failure print a message and
 * return the status; then there is nothing to close.
 */
enum status output_open(const struct report *report, const char *path, bool in_box, struct output *output);

/*
 * Set the encoding of the bytes that follow. Text in UTF-16 or a code page is
 * decoded. UTF-8 is decoded only if `is_sure` is set: otherwise the encoding is
 * only a claim of the writer, and the bytes are written unchanged except to a
 * console or a box. In decoded text invalid bytes become U+FFFD. A byte order
 * mark at the beginning is left out.
 */
void output_text(struct output *output, struct value_text text, bool is_sure);

/*
 * Write the bytes that follow as a hex dump, in which the first byte has
 * `offset`.
 */
void output_hex(struct output *output, uint64_t offset);

/*
 * Write the bytes that follow as numbers of this type, one a line. Bytes at the
 * end that are less than a number are left out.
 */
void output_numbers(struct output *output, enum number_type type);

/*
 * Write the number of an update and a blank, before output_text() or the like.
 */
enum status output_number(struct output *output, uint64_t number);

/*
 * Write a piece of the contents, of any size. Return EXIT_DONE. On failure
 * print a message and return the status.
 */
enum status output_write(struct output *output, const uint8_t *bytes, uint64_t size);

/*
 * End a value: write what remains of its last character or of the dump, and a
 * newline if `whole_lines` is set and the last line has none. Fail as
 * output_write() does.
 */
enum status output_end_value(struct output *output, bool whole_lines);

/*
 * End the output: end the last value, with a newline on a console. Then show
 * the message box until it is closed, or put the new file in the place of the
 * old one. Fail as output_write() does.
 */
enum status output_finish(struct output *output);

/*
 * Close the output. If output_finish() has not succeeded, no new file is left.
 */
void output_close(struct output *output);

#endif
