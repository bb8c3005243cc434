/*
 * pattern_fuzz.c - names by pattern, against a slow reference: it tries whatever a star could take.
 *
 * The input is a pattern and a name, with a zero between them, each made of what UTF-16 can be made of.
 */
#include <string.h>

#include "common/fuzz/fuzz.h"
#include "common/text/text.h"
#include "reader/pattern.h"

/* The next character, in lower case if it is of ASCII. Nothing follows the end. */
static uint32_t next(const char **text)
{
    size_t size = 0;
    uint32_t c = text_character(*text, strlen(*text), &size);
    *text += size;
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* What a wildcard takes is anything but the backslash between a prefix and a name. */
static bool matches(const char *pattern, const char *name)
{
    if (*pattern == '\0') {
        return *name == '\0';
    }
    bool may_take = *name != '\0' && *name != '\\';
    const char *name_rest = name;
    const char *pattern_rest = pattern;
    if (*pattern == '*') {
        return matches(pattern + 1, name) || (may_take && ((void)next(&name_rest), matches(pattern, name_rest)));
    }
    if (*name == '\0') {
        return false;
    }
    uint32_t wanted = next(&pattern_rest);
    uint32_t found = next(&name_rest);
    return (wanted == '?' ? may_take : wanted == found) && matches(pattern_rest, name_rest);
}

static bool reference(const char *pattern, const char *name)
{
    const char *backslash = strchr(name, '\\');
    if (strchr(pattern, '\\') == NULL) {
        return matches(pattern, backslash == NULL ? name : backslash + 1);
    }
    char *full = malloc(strlen(name) + 7);
    HOLDS(full != NULL);
    memcpy(full, "Local\\", 7);
    memcpy(full + (backslash == NULL ? 6 : 0), name, strlen(name) + 1);
    bool does = matches(pattern, full);
    free(full);
    return does;
}

/* The same text by way of UTF-16. */
static char *as_converted(const char *text)
{
    uint16_t *units = malloc(sizeof *units * (TEXT_DECODED_ROOM(strlen(text)) + 1));
    HOLDS(units != NULL);
    size_t count = text_utf16_from_utf8(text, strlen(text), units);
    char *utf8 = malloc(TEXT_ENCODED_ROOM(count) + 1);
    HOLDS(utf8 != NULL);
    char *converted = fuzz_text(utf8, text_utf8_from_utf16(units, count, utf8));
    free(utf8);
    free(units);
    return converted;
}

/* A pattern of a few stars and a name of a few characters: the reference takes all its time. */
static bool is_small(const char *pattern, const char *name)
{
    size_t stars = 0;
    for (const char *at = pattern; *at != '\0'; at++) {
        stars += *at == '*';
    }
    return stars <= 4 ? strlen(name) <= 80 : stars <= 8 && strlen(name) <= 20;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *first = fuzz_text(data, size);
    size_t length = strlen(first) < size ? strlen(first) + 1 : size;
    char *second = fuzz_text(data + length, size - length);
    char *pattern = as_converted(first);
    char *name = as_converted(second);

    /* The system knows no name with more than one. */
    char *backslash = strchr(name, '\\');
    char *another = backslash == NULL ? NULL : strchr(backslash + 1, '\\');
    if (another != NULL) {
        *another = '\0';
    }
    bool does = pattern_matches(pattern, name);
    HOLDS(!is_small(pattern, name) || does == reference(pattern, name));
    free(name);
    free(pattern);
    free(second);
    free(first);
    return 0;
}

void fuzz_seeds(void)
{
    static const char *const words[] = {"*", "?", "\\", "Local\\", "Global\\", "G*\\", "\xC3\xA9", "\xED\xA0\xBD"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        fuzz_word(words[i]);
    }
    FUZZ_SEED("d?mo*\0Global\\Demo.x");
    FUZZ_SEED("*a*b*c\0aXbXbcXc");
    FUZZ_SEED("l*\\*\0demo");
    FUZZ_SEED("GLOBAL\\*x?\0Global\\xx\xC3\xA9");
    FUZZ_SEED("?\0\xF0\x9F\x98\x80");
    FUZZ_SEED("*??c*\0\xE6\xBC\xA2\x63z");
    FUZZ_SEED("*?*?*\0abcabcabc");
}
