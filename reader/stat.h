/* stat.h - --stat: what is known about NAME. */
#ifndef READER_STAT_H
#define READER_STAT_H

#include "reader/options.h"
#include "reader/output.h"

/*
 * Describe what is under the name now. Only what may not be looked at is a
 * failure. If *is_nothing_yet is set, and there is nothing yet, return EXIT_DONE
 * without a word; in all other cases it is cleared.
 */
enum status stat_run(const struct report *report, const struct reader_options *options, struct output *output,
                     bool *is_nothing_yet);

#endif
