/* print.h - prints NAME once, and what was copied of it. */
#ifndef READER_PRINT_H
#define READER_PRINT_H

#include "reader/copy.h"
#include "reader/find.h"

/* Print the contents of NAME, or all of a stream. */
enum status print_run(const struct reader *reader);

/*
 * Prepare the output for bytes that are `text`, unless the options ask for
 * something else. The first of them is at `offset`. `is_sure` is that of
 * output_text().
 */
void print_begin(const struct reader *reader, struct value_text text, bool is_sure, uint64_t offset);

/* Print a value that was taken. */
enum status print_value(const struct reader *reader, struct copied_value *value);

/* Print a copy of memory. */
enum status print_copied(const struct reader *reader, const struct copied_memory *part);

/* Print the memory as it is. With `may_be_empty`, report it instead if it is nothing but zeros. */
enum status print_memory(const struct reader *reader, const struct found_memory *found, bool may_be_empty);

#endif
