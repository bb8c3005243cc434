/* size.h - parses numbers of bytes on the command line, and prints them. */
#ifndef COMMON_TEXT_SIZE_H
#define COMMON_TEXT_SIZE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Parse the beginning of `text` as
 *     size   = number [ suffix ]
 *     number = decimal digits | "0x" hexadecimal digits
 *     suffix = K | M | G | T, in either case: times 1024, 1024^2, 1024^3, 1024^4
 * and set *bytes. Return the place behind the size. Return NULL, and leave
 * *bytes as it is, if `text` begins with no number or with one that is, with its
 * suffix, more than 2^64 - 1. size_number() takes only a `number`.
 */
const char *size_prefix(const char *text, uint64_t *bytes);
const char *size_number(const char *text, uint64_t *number);

/*
 * Like size_prefix(), for all of `text`. Return false, and leave *bytes as it
 * is, if `text` is not a size.
 */
bool size_parse(const char *text, uint64_t *bytes);

/*
 * Return whether `text` has the form of a size that size_parse() refuses only
 * because it is more than 2^64 - 1.
 */
bool size_is_too_large(const char *text);

#define SIZE_ROOM 32

/*
 * Write a number of bytes to `text` in a short form, rounded down, such as "1
 * byte", "512 bytes" or "1.5 MiB". Return `text`.
 */
const char *size_print(uint64_t bytes, char text[SIZE_ROOM]);

/*
 * Write a number of bytes to `text` with all digits, such as "1 byte" or
 * "1048577 bytes", and return `text`.
 */
const char *size_print_exact(uint64_t bytes, char text[SIZE_ROOM]);

#endif
