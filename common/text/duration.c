/* duration.c - parses lengths of time. */
#include "common/text/duration.h"

#include <stddef.h>
#include <string.h>

/* Return the milliseconds of a unit, or 0 if `text` is not a unit. */
static uint64_t unit_of(const char *text)
{
    static const struct {
        const char *unit;
        uint64_t milliseconds;
    } units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(text, units[i].unit) == 0) {
            return units[i].milliseconds;
        }
    }
    return 0;
}

bool duration_parse(const char *text, uint64_t *milliseconds)
{
    uint64_t number = 0;
    const char *first = text;
    for (; *text >= '0' && *text <= '9'; text++) {
        uint64_t digit = (uint64_t)(*text - '0');
        if (number > (UINT64_MAX - digit) / 10) {
            return false;
        }
        number = number * 10 + digit;
    }
    uint64_t unit = unit_of(text);
    if (text == first || unit == 0 || number > UINT64_MAX / unit) {
        return false;
    }
    *milliseconds = number * unit;
    return true;
}

bool duration_is_too_long(const char *text)
{
    const char *unit = text + strspn(text, "0123456789");
    uint64_t milliseconds;
    return unit > text && unit_of(unit) != 0 && !duration_parse(text, &milliseconds);
}
