/*
 * moment_fuzz.c - times of day, read back: the days are counted by a formula, and not year by year.
 *
 * The input is a time, or one that is near the beginning of a year.
 */
#include <stdio.h>
#include <string.h>

#include "common/fuzz/fuzz.h"
#include "reader/moment.h"

#define DAY UINT64_C(864000000000)

/* Days from 1601-01-01 to that of a year. */
static uint64_t days_before(uint64_t year)
{
    uint64_t past = year - 1;
    return 365 * past + past / 4 - past / 100 + past / 400 - (UINT64_C(365) * 1600 + 400 - 16 + 4);
}

static void check(uint64_t moment)
{
    static const unsigned before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    char *text = malloc(MOMENT_ROOM);
    char again[64];
    HOLDS(text != NULL && moment_print(moment, text) == text);
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
    unsigned thousandths = 0;
    bool is_long = text[0] == '+';
    HOLDS(sscanf(text + is_long, "%5u-%2u-%2uT%2u:%2u:%2u.%3uZ", &year, &month, &day, &hour, &minute, &second,
                 &thousandths) == 7);
    (void)snprintf(again, sizeof again, "%s%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", is_long ? "+" : "", year, month, day,
                   hour, minute, second, thousandths);
    HOLDS(strcmp(text, again) == 0 && is_long == (year > 9999));

    HOLDS(month >= 1 && month <= 12 && day >= 1 && hour < 24 && minute < 60 && second < 60);
    bool leaps = days_before(year + 1) - days_before(year) == 366;
    HOLDS(day <= before[month] - before[month - 1] + (month == 2 && leaps));
    uint64_t days = days_before(year) + before[month - 1] + (month > 2 && leaps) + day - 1;
    uint64_t seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    HOLDS((seconds * 1000 + thousandths) == moment / 10000);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    while (program.left > 0) {
        check(take_number(&program, UINT64_MAX));
        uint64_t year = 1601 + take(&program, 2) % 58455;
        uint64_t day = days_before(year) + take(&program, 1) % 61;
        check(day * DAY);
        check(day * DAY + DAY - 1);
        check(day * DAY - (day > 0 ? 1 : 0));
    }
    return 0;
}

void fuzz_seeds(void)
{
    FUZZ_SEED("\0\0\0\0\0\3\0\0\0\0\3\1\1\0\0");
    FUZZ_SEED("\7\0\1\xDC\0\0\0\0\0\0\1\x8F\x3B");
    FUZZ_SEED("\5\3\xE4\x56\x3C\5\1\x20\xCF\x3B");
}
