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

bool size_parse(const char *text, uint64_t *bytes)
{
    unsigned base = 10;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    }

    uint64_t number = 0;
    const char *first = text;
    for (; (unsigned)digit_value(*text) < base; text++) {
        uint64_t digit = (uint64_t)digit_value(*text);
        if (number > (UINT64_MAX - digit) / base) {
            return false;
        }
        number = number * base + digit;
    }
    if (text == first) {
        return false;
    }

    /*
     * The index of the suffix in this string, halved and rounded up, is its
     * power of 1024.
     */
    static const char suffixes[] = " KkMmGgTt";
    if (*text != '\0') {
        const char *suffix = strchr(suffixes + 1, *text);
        if (suffix == NULL || text[1] != '\0') {
            return false;
        }
        unsigned shift = 10U * (unsigned)((suffix - suffixes + 1) / 2);
        if (number > UINT64_MAX >> shift) {
            return false;
        }
        number <<= shift;
    }
    *bytes = number;
    return true;
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
