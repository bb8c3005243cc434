/* duration.h - parses lengths of time on the command line. */
#ifndef COMMON_TEXT_DURATION_H
#define COMMON_TEXT_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Parse `text` as
 *     duration = digits [ unit ]
 *     unit     = ms | s | m | h
 * where a number without a unit counts seconds, and set *milliseconds. Return
 * false, and leave *milliseconds as it is, if `text` has another form or is
 * more than 2^64 - 1 milliseconds.
 */
bool duration_parse(const char *text, uint64_t *milliseconds);

/*
 * Return whether `text` has this form, and duration_parse() refuses it only
 * because it is more than 2^64 - 1 milliseconds.
 */
bool duration_is_too_long(const char *text);

#endif
