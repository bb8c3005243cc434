/* printable.h - decides which characters of a name can be shown as they are. */
#ifndef COMMON_TEXT_PRINTABLE_H
#define COMMON_TEXT_PRINTABLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Return whether a terminal can show the character `c` in a line without any
 * effect on other characters. Return false for control characters, for
 * characters that break the line or change the direction of the text, for
 * surrogates, for the byte order mark, for U+FFF9 to U+FFFF, and for the last
 * two code points of each plane, which are no characters.
 */
bool printable_is(uint32_t c);

#endif
