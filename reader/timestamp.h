/* timestamp.h - prints times in the format of ISO 8601. */
#ifndef READER_TIMESTAMP_H
#define READER_TIMESTAMP_H

#include <stdint.h>

/*
 * Write a time, which is given in 100 ns since 1601-01-01 UTC (FILETIME), to
 * `text` in UTC, such as "2026-11-21T04:05:06.789Z". It is rounded down to the
 * millisecond. A year after 9999 has five digits and a sign, as in
 * "+60056-05-28T05:36:10.955Z". Return `text`.
 */
#define TIMESTAMP_ROOM 32
const char *timestamp_print(uint64_t moment, char text[TIMESTAMP_ROOM]);

#endif
