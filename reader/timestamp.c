/* timestamp.c - prints times in the format of ISO 8601. */
#include "reader/timestamp.h"

#include <stdbool.h>
#include <stdio.h>

#define PER_MILLISECOND UINT64_C(10000)
#define PER_SECOND UINT64_C(10000000)
#define PER_DAY (PER_SECOND * 86400)

/*
 * The calendar repeats itself every 400 years. The year 1601 begins such a
 * period.
 */
#define DAYS_IN_400_YEARS 146097U

static bool is_leap_year(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Return the days of a month, which counts from 0 for January. */
static unsigned days_in_month(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month] + (month == 1 && is_leap_year(year) ? 1U : 0U);
}

const char *timestamp_print(uint64_t moment, char text[TIMESTAMP_ROOM])
{
    unsigned day = (unsigned)(moment / PER_DAY);
    unsigned year = 1601 + day / DAYS_IN_400_YEARS * 400;
    day %= DAYS_IN_400_YEARS;
    for (unsigned length; day >= (length = is_leap_year(year) ? 366U : 365U); year++) {
        day -= length;
    }
    unsigned month = 0;
    for (unsigned length; day >= (length = days_in_month(year, month)); month++) {
        day -= length;
    }

    uint64_t time = moment % PER_DAY;
    unsigned second = (unsigned)(time / PER_SECOND);
    (void)snprintf(text, TIMESTAMP_ROOM, "%s%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", year > 9999 ? "+" : "", year,
                   month + 1, day + 1, second / 3600, second / 60 % 60, second % 60,
                   (unsigned)(time % PER_SECOND / PER_MILLISECOND));
    return text;
}
