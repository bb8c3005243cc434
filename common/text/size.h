/* size.h - numbers of bytes on the command line. */
#ifndef COMMON_TEXT_SIZE_H
#define COMMON_TEXT_SIZE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Parse `text` as
 *     size   = number [ suffix ]
 *     number = decimal digits | "0x" hexadecimal digits
 *     suffix = K | M | G | T, in either case: times 1024, 1024^2, 1024^3, 1024^4
 * False when it is anything else, or beyond 2^64 - 1.
 */
bool size_parse(const char *text, uint64_t *bytes);

/* For people: "512 bytes", "1.5 MiB". Returns `text`. */
#define SIZE_ROOM 32
const char *size_print(uint64_t bytes, char text[SIZE_ROOM]);

#endif
