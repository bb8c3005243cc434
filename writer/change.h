/*
 * change.h - computes the new contents of a value from the old ones: --offset,
 * --append, --add and --if.
 */
#ifndef WRITER_CHANGE_H
#define WRITER_CHANGE_H

#include "writer/contents.h"
#include "writer/context.h"

/*
 * Return whether `length` bytes, written from --offset on, fit into `capacity`
 * bytes.
 */
bool change_fits(const struct writer_options *options, uint64_t length, uint64_t capacity);

/*
 * Report that `length` bytes do not fit into `capacity` bytes, and return
 * EXIT_NO_ROOM.
 */
enum status change_too_large(const struct writer *writer, uint64_t length, uint64_t capacity);

/*
 * Replace the contents of a value in one update, as the options ask: all of
 * them, the part at --offset, by appending (--append) or by adding (--add). The
 * caller owns the mutex `writer`, so no other update comes between the look at
 * the old contents and the new ones. If `is_new`, there are no old contents to
 * append or add to. With --add store the new number in *writer->sum.
 *
 * If --if asks for other contents, print a message, change nothing, and return
 * EXIT_CONFLICT. On any other failure change nothing either, print a message
 * and return the status.
 */
enum status change_value(const struct writer *writer, const struct mapping *mapping, const struct contents *contents,
                         bool is_new);

/*
 * With --add print the new number on standard output. On failure print a
 * message and return the status.
 */
enum status change_print_sum(const struct writer *writer);

#endif
