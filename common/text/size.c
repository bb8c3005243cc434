/* size.c - parses and prints numbers of bytes. */
#include "common/text/size.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return 16; /* not a digit in any base */
}

static unsigned base_of(const char *text)
{
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;
}

const char *size_number(const char *text, uint64_t *number)
{
    unsigned base = base_of(text);
    text += base == 16 ? 2 : 0;

    uint64_t value = 0;
    const char *first = text;
    for (; (unsigned)digit_value(*text) < base; text++) {
        uint64_t digit = (uint64_t)digit_value(*text);
        if (value > (UINT64_MAX - digit) / base) {
            return NULL;
        }
        value = value * base + digit;
    }
    if (text == first) {
        return NULL;
    }
    *number = value;
    return text;
}

const char *size_prefix(const char *text, uint64_t *bytes)
{
    uint64_t number = 0;
    text = size_number(text, &number);
    if (text == NULL) {
        return NULL;
    }

    /*
     * The index of the suffix in this string, halved and rounded up, is its
     * power of 1024.
     */
    static const char suffixes[] = " KkMmGgTt";
    const char *suffix = *text != '\0' ? strchr(suffixes + 1, *text) : NULL;
    if (suffix != NULL) {
        unsigned shift = 10U * (unsigned)((suffix - suffixes + 1) / 2);
        if (number > UINT64_MAX >> shift) {
            return NULL;
        }
        number <<= shift;
        text++;
    }
    *bytes = number;
    return text;
}

bool size_parse(const char *text, uint64_t *bytes)
{
    uint64_t number;
    const char *end = size_prefix(text, &number);
    if (end == NULL || *end != '\0') {
        return false;
    }
    *bytes = number;
    return true;
}

bool size_is_too_large(const char *text)
{
    unsigned base = base_of(text);
    const char *first = text + (base == 16 ? 2 : 0);
    const char *end = first;
    while ((unsigned)digit_value(*end) < base) {
        end++;
    }
    bool has_digits = end > first;
    end += *end != '\0' && strchr("KkMmGgTt", *end) != NULL;
    uint64_t bytes;
    return has_digits && *end == '\0' && !size_parse(text, &bytes);
}

const char *size_print_exact(uint64_t bytes, char text[SIZE_ROOM])
{
    (void)snprintf(text, SIZE_ROOM, "%" PRIu64 " %s", bytes, bytes == 1 ? "byte" : "bytes");
    return text;
}

const char *size_print(uint64_t bytes, char text[SIZE_ROOM])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    unsigned shift = 0;
    while (bytes >> shift >= 1024) {
        shift += 10;
    }
    if (shift == 0) {
        return size_print_exact(bytes, text);
    }
    uint64_t rest = bytes & ((UINT64_C(1) << shift) - 1); /* below 2^60: rest * 10 does not overflow */
    (void)snprintf(text, SIZE_ROOM, "%" PRIu64 ".%u %s", bytes >> shift, (unsigned)(rest * 10 >> shift),
                   units[shift / 10]);
    return text;
}
