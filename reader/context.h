/* context.h - what each verb of shmread works with. */
#ifndef READER_CONTEXT_H
#define READER_CONTEXT_H

#include "common/console/report.h"
#include "reader/options.h"
#include "reader/output.h"

/* One run of shmread. */
struct reader {
    const struct report *report;
    const struct reader_options *options;
    struct output *output;
    uint64_t deadline; /* --timeout, from the beginning; --follow restarts it with each value */
};

#endif
