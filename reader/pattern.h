/* pattern.h - names by pattern. */
#ifndef READER_PATTERN_H
#define READER_PATTERN_H

#include <stdbool.h>

/*
 * Does `pattern` match all of `name`, a full one? `*` is any characters, `?` any one; letters of ASCII match in either
 * case, since it is for finding. A pattern without a backslash is compared with the name without its prefix, one with a
 * backslash with all of it, in which a name without prefix has `Local\`.
 */
bool pattern_matches(const char *pattern, const char *name);

#endif
