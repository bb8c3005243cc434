/* duration_test.c - tests of duration.h and of the deadlines of deadline.h. */
#include "common/deadline.h"
#include "common/text/duration.h"

#include "common/platform.h"
#include "common/tests/check.h"

static const struct {
    const char *text;
    uint64_t milliseconds;
} good[] = {
    {"0", 0},
    {"0ms", 0},
    {"0h", 0},
    {"1", 1000},
    {"500ms", 500},
    {"10s", 10000},
    {"010s", 10000},
    {"5m", 300000},
    {"1h", 3600000},
    {"18446744073709551615ms", UINT64_MAX},
    {"18446744073709551", UINT64_C(18446744073709551000)},
    {"18446744073709551s", UINT64_C(18446744073709551000)},
    {"307445734561825m", UINT64_C(307445734561825) * 60000},
    {"5124095576030h", UINT64_C(5124095576030) * 3600000},
};

static const char *const wrong[] = {"",
                                    "s",
                                    "ms",
                                    " 1",
                                    "1 ",
                                    "1 s",
                                    "-1",
                                    "+1",
                                    "1.5",
                                    "1.5s",
                                    "1e3",
                                    "1S",
                                    "1MS",
                                    "1Ms",
                                    "1H",
                                    "1d",
                                    "1us",
                                    "1min",
                                    "1m30s",
                                    "1ss",
                                    "1mss",
                                    "1sm",
                                    "0x10",
                                    "forever",
                                    "1\n",
                                    "18446744073709551616d",
                                    "x18446744073709551616s"};

static const char *const too_long[] = {"18446744073709551616ms", "18446744073709551620ms", "99999999999999999999ms",
                                       "18446744073709552",      "18446744073709552s",     "307445734561826m",
                                       "5124095576031h",         "18446744073709551615h"};

static const struct {
    const char *row;
    uint64_t now;
    uint64_t milliseconds;
    uint64_t moment;
} moments[] = {
    {.row = "later", .now = 1000, .milliseconds = 250, .moment = 1250},
    {.row = "the last moment", .now = 1000, .milliseconds = CLOCK_NEVER - 1001, .moment = CLOCK_NEVER - 1},
    {.row = "just never", .now = 1000, .milliseconds = CLOCK_NEVER - 1000, .moment = CLOCK_NEVER},
    {.row = "beyond the end of the clock", .now = 1000, .milliseconds = CLOCK_NEVER, .moment = CLOCK_NEVER},
    {.row = "just beyond the end", .now = 1000, .milliseconds = CLOCK_NEVER - 1, .moment = CLOCK_NEVER},
    {.row = "after the end of the clock", .now = CLOCK_NEVER - 1, .milliseconds = 1, .moment = CLOCK_NEVER},
};

static void check_refused(const char *text, bool is_too_long)
{
    check_row(text);
    uint64_t milliseconds = 0xA5;
    CHECK(!duration_parse(text, &milliseconds));
    CHECK_EQUAL(milliseconds, 0xA5);
    CHECK(duration_is_too_long(text) == is_too_long);
}

int main(void)
{
    TEST("a duration is a number of seconds, or of its unit, up to 2^64 - 1 milliseconds")
    {
        for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
            check_row(good[i].text);
            uint64_t milliseconds = 0xA5;
            CHECK(duration_parse(good[i].text, &milliseconds));
            CHECK_EQUAL(milliseconds, good[i].milliseconds);
            CHECK(!duration_is_too_long(good[i].text));
        }
    }

    TEST("any other text, and a duration beyond 2^64 - 1 milliseconds, is refused, and the result does not change")
    {
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            check_refused(wrong[i], false);
        }
        for (size_t i = 0; i < sizeof too_long / sizeof *too_long; i++) {
            check_refused(too_long[i], true);
        }
    }

    TEST("a moment beyond the end of the clock is never")
    {
        for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
            check_row(moments[i].row);
            CHECK_EQUAL(deadline_from(moments[i].now, moments[i].milliseconds), moments[i].moment);
        }
    }

    return check_end();
}
