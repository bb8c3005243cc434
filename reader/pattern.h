/* pattern.h - selects names by a pattern with * and ?. */
#ifndef READER_PATTERN_H
#define READER_PATTERN_H

#include <stdbool.h>

/*
 * Return whether `pattern` matches the whole of the full name `name`. In a
 * pattern `*` matches any number of characters, `?` matches one character, and
 * an ASCII letter matches itself in upper and lower case.
 *
 * A pattern without a backslash is compared with the name without its prefix. A
 * pattern with a backslash is compared with the name including its prefix, and
 * a name without a prefix counts as one in `Local\`.
 */
bool pattern_matches(const char *pattern, const char *name);

#endif
