/* stat.h - --stat: what is known about NAME. */
#ifndef STAT_H
#define STAT_H

#include "options.h"
#include "output.h"

/* Describe what is under the name now. Only what may not be looked at is a failure. */
enum status stat_run(const struct report *report, const struct reader_options *options, struct output *output);

#endif
