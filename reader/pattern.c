/* pattern.c - matches names against * and ?. */
#include "reader/pattern.h"

#include <stddef.h>
#include <string.h>

#include "common/text/text.h"

/*
 * Return whether `pattern` matches `name`. A star first matches no character.
 * On a mismatch the last star matches one character more, and the comparison
 * goes on behind that star. An earlier star does not have to match more,
 * because the last one can match any characters in its place. So the number of
 * steps is at most the product of the two lengths.
 */
static bool matches(const char *pattern, size_t pattern_length, const char *name, size_t name_length)
{
    const char *pattern_end = pattern + pattern_length;
    const char *name_end = name + name_length;
    const char *after_star = NULL;
    const char *star_at = NULL;
    while (name < name_end) {
        size_t size = 1;
        if (pattern < pattern_end && *pattern == '*') {
            after_star = ++pattern;
            star_at = name;
            continue;
        }
        if (pattern < pattern_end && *pattern == '?') {
            (void)text_character(name, (size_t)(name_end - name), &size);
            pattern++;
            name += size;
        } else if (pattern < pattern_end && text_lower(*pattern) == text_lower(*name)) {
            pattern++;
            name++;
        } else if (after_star != NULL) {
            (void)text_character(star_at, (size_t)(name_end - star_at), &size);
            star_at += size;
            name = star_at;
            pattern = after_star;
        } else {
            return false;
        }
    }
    while (pattern < pattern_end && *pattern == '*') {
        pattern++;
    }
    return pattern == pattern_end;
}

bool pattern_matches(const char *pattern, const char *name)
{
    const char *backslash = strchr(name, '\\');
    const char *base = backslash == NULL ? name : backslash + 1;
    const char *prefix = backslash == NULL ? "Local" : name;
    size_t prefix_length = backslash == NULL ? strlen(prefix) : (size_t)(backslash - name);

    /*
     * The only backslash of a name is the one behind its prefix. A pattern that
     * matches has at most one, too: compare the parts before and behind it.
     */
    const char *split = strchr(pattern, '\\');
    if (split != NULL) {
        if (!matches(pattern, (size_t)(split - pattern), prefix, prefix_length)) {
            return false;
        }
        pattern = split + 1;
    }
    return matches(pattern, strlen(pattern), base, strlen(base));
}
