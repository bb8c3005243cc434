/*
 * context.h - the options, the output and the deadline of one run of shmread.
 */
#ifndef READER_CONTEXT_H
#define READER_CONTEXT_H

#include "common/console/report.h"
#include "reader/options.h"
#include "reader/output.h"

/* One run of shmread. reader_main() fills it, and passes it to the verb. */
struct reader {
    const struct report *report;
    const struct reader_options *options;
    struct output *output;
    uint64_t deadline; /* the end of --timeout, which --follow restarts after each value */
};

#endif
