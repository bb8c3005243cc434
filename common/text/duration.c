/* duration.c - parses lengths of time. */
#include "common/text/duration.h"

#include <stddef.h>
#include <string.h>

bool duration_parse(const char *text, uint64_t *milliseconds)
{
    static const struct {
        const char *unit;
        uint64_t milliseconds;
    } units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};

    uint64_t number = 0;
    const char *first = text;
    for (; *text >= '0' && *text <= '9'; text++) {
        uint64_t digit = (uint64_t)(*text - '0');
        if (number > (UINT64_MAX - digit) / 10) {
            return false;
        }
        number = number * 10 + digit;
    }
    if (text == first) {
        return false;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(text, units[i].unit) == 0) {
            if (number > UINT64_MAX / units[i].milliseconds) {
                return false;
            }
            *milliseconds = number * units[i].milliseconds;
            return true;
        }
    }
    return false;
}
