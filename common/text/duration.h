/* duration.h - lengths of time on the command line. */
#ifndef COMMON_TEXT_DURATION_H
#define COMMON_TEXT_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Parse `text` as
 *     duration = digits [ unit ]
 *     unit     = ms | s | m | h
 * A number alone is seconds. False when it is anything else, or beyond 2^64 - 1 milliseconds.
 */
bool duration_parse(const char *text, uint64_t *milliseconds);

#endif
