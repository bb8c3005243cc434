/* timestamp_test.c - times in the format of ISO 8601. */
#include "reader/timestamp.h"

#include "common/tests/check.h"

static const struct {
    uint64_t moment;
    const char *text;
} moments[] = {
    {0, "1601-01-01T00:00:00.000Z"},
    {10000, "1601-01-01T00:00:00.001Z"},
    {UINT64_C(997056000000000), "1604-02-29T00:00:00.000Z"},
    {UINT64_C(94405823990000000), "1900-02-28T23:59:59.000Z"},
    {UINT64_C(94405824000000000), "1900-03-01T00:00:00.000Z"},
    {UINT64_C(116444736000000000), "1970-01-01T00:00:00.000Z"},
    {UINT64_C(125963423999990000), "2000-02-29T23:59:59.999Z"},
    {UINT64_C(157520160000000000), "2100-03-01T00:00:00.000Z"},
    {UINT64_C(252190368000000000), "2400-02-29T00:00:00.000Z"},
    {UINT64_C(2650467743999990000), "9999-12-31T23:59:59.999Z"},
    {UINT64_C(2650467744000000000), "+10000-01-01T00:00:00.000Z"},
    {UINT64_MAX, "+60056-05-28T05:36:10.955Z"},
};

int main(void)
{
    TEST("a time is printed in UTC, rounded down to the millisecond")
    {
        for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
            char text[TIMESTAMP_ROOM];
            check_row(moments[i].text);
            CHECK_TEXT(timestamp_print(moments[i].moment, text), moments[i].text);
        }
    }
    TEST("each day of 400 years has a later date than the day before")
    {
        char before[TIMESTAMP_ROOM];
        char text[TIMESTAMP_ROOM];
        (void)timestamp_print(0, before);
        for (uint64_t day = 1; day < 146097; day++) {
            CHECK(strcmp(timestamp_print(day * UINT64_C(864000000000), text), before) > 0);
            memcpy(before, text, sizeof before);
        }
        CHECK_TEXT(before, "2000-12-31T00:00:00.000Z");
    }
    return check_end();
}
