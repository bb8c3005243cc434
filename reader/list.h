/* list.h - carries out --list: lists the named shared memory of the machine. */
#ifndef READER_LIST_H
#define READER_LIST_H

#include "reader/context.h"

/*
 * Print a row, or a JSON object, for each section in the namespaces that the
 * options select. With PATTERN list only names that match it. The sections of
 * this session come first, then those of `Global\`, both sorted by the bytes of
 * their names.
 *
 * Return EXIT_DONE, or report a failure and return its status. EXIT_NOTHING
 * means that there are no such sections. EXIT_TIMED_OUT means that the list
 * ends with the rows that were ready by then. If a namespace cannot be
 * searched, the sections of the other one are listed before that is reported.
 */
enum status list_run(const struct reader *reader);

#endif
