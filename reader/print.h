/* print.h - prints NAME once, or a copy of its contents. */
#ifndef READER_PRINT_H
#define READER_PRINT_H

#include "reader/copy.h"
#include "reader/find.h"

/*
 * Carry out a command line without --follow, --stat and --list: find NAME,
 * print its contents or all of a stream, and report the read if the holder
 * counts it. Return EXIT_DONE, or report the failure and return its status.
 */
enum status print_run(const struct reader *reader);

/*
 * Prepare the output for the bytes that follow. With --hex they are dumped, and
 * the first byte has `offset`. With a type as --encoding they are printed as
 * numbers of this type. Otherwise their encoding is that of --encoding,
 * or `text` if that is not given. `is_sure` is passed to output_text(), and is
 * true if `text` was detected in the bytes themselves.
 */
void print_begin(const struct reader *reader, struct value_text text, bool is_sure, uint64_t offset);

/*
 * Print a value for which copy_value() has returned COPY_TAKEN. Return
 * EXIT_DONE, or report the failure and return its status. It is a failure if
 * the value must be printed in pieces, and is updated before the last one.
 */
enum status print_value(const struct reader *reader, struct copied_value *value);

/* Print memory that copy_memory() has copied. Fail as output_write() does. */
enum status print_copied(const struct reader *reader, const struct copied_memory *part);

/*
 * Copy the requested part of the memory as copy_memory() does, and print it. If
 * `may_be_empty` is set and all bytes are zero, report that the memory is empty
 * instead. Return EXIT_DONE, or report the failure and return its status.
 */
enum status print_memory(const struct reader *reader, const struct found_memory *found, bool may_be_empty);

#endif
