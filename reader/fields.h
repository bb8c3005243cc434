/*
 * fields.h - prints the fields of --get from one copy of memory.
 *
 * Without --rows each field is a line: its value, after its label and `=` if it
 * has a label. With --rows each row is a line, with a TAB between two values
 * and without labels. With --json the fields are one object, and rows are an
 * array of them.
 */
#ifndef READER_FIELDS_H
#define READER_FIELDS_H

#include "reader/context.h"

/*
 * Set options->length so that no more is copied than the fields need. Return
 * EXIT_DONE. If a field does not fit into a row, or a field or the rows not into
 * --length, report that and return EXIT_USAGE.
 */
enum status fields_limit(const struct report *report, struct reader_options *options);

/*
 * Print the fields, or the rows of them, from `size` bytes that have `offset` in
 * the memory. `text` is the encoding of the texts; with WINSHM_BYTES it is
 * detected for each. Print nothing if one of the fields is beyond the end:
 * report that, and return EXIT_NOTHING. Otherwise return EXIT_DONE, or report a
 * failure of the output and return its status.
 */
enum status fields_print(const struct reader *reader, const uint8_t *bytes, size_t size, uint64_t offset,
                         struct value_text text);

#endif
