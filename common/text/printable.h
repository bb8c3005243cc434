/* printable.h - decides which characters of a name can be shown as they are. */
#ifndef COMMON_TEXT_PRINTABLE_H
#define COMMON_TEXT_PRINTABLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Return whether the character `c` can be shown in a line of a terminal without
 * changing anything but its own place. Control characters cannot, nor can
 * characters that break the line or turn the direction of the text, surrogates,
 * the byte order mark, U+FFF9 to U+FFFF, and the last two of each plane, which
 * are no characters.
 */
bool printable_is(uint32_t c);

#endif
