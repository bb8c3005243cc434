/* size.h - parses numbers of bytes on the command line, and prints them. */
#ifndef COMMON_TEXT_SIZE_H
#define COMMON_TEXT_SIZE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Parse `text` as
 *     size   = number [ suffix ]
 *     number = decimal digits | "0x" hexadecimal digits
 *     suffix = K | M | G | T, in either case: times 1024, 1024^2, 1024^3, 1024^4
 * and set *bytes. Return false, and leave *bytes as it is, if `text` has
 * another form or is more than 2^64 - 1.
 */
bool size_parse(const char *text, uint64_t *bytes);

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
