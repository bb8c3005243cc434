/* timestamp.h - times of day, as programs exchange them. */
#ifndef READER_TIMESTAMP_H
#define READER_TIMESTAMP_H

#include <stdint.h>

/*
 * A time in 100 ns since 1601-01-01 UTC (FILETIME) as ISO 8601 has it, in UTC and to the millisecond, cut off:
 * "2026-11-21T04:05:06.789Z". After the year 9999 it is "+60056-05-28T05:36:10.955Z". Returns `text`.
 */
#define TIMESTAMP_ROOM 32
const char *timestamp_print(uint64_t moment, char text[TIMESTAMP_ROOM]);

#endif
