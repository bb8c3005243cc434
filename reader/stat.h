/* stat.h - --stat: what is known about NAME. */
#ifndef READER_STAT_H
#define READER_STAT_H

#include "reader/context.h"

/*
 * Describe what is under the name now. Only what may not be looked at is a
 * failure. If *is_nothing_yet is set, and there is nothing yet, return EXIT_DONE
 * without a word; in all other cases it is cleared.
 */
enum status stat_run(const struct reader *reader, bool *is_nothing_yet);

#endif
