/* printable.h - which characters of a name may be shown. */
#ifndef COMMON_TEXT_PRINTABLE_H
#define COMMON_TEXT_PRINTABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Not control characters, what turns the direction of text or breaks a line, half pairs, and what is no character. */
bool printable_is(uint32_t c);

#endif
