/* context.h - one run of shmwrite, as its verbs know it. */
#ifndef WRITER_CONTEXT_H
#define WRITER_CONTEXT_H

#include "writer/access.h"
#include "writer/options.h"

struct writer {
    const struct report *report;
    const struct writer_options *options;
    struct access_rules access; /* of what this run creates; zeros: only this user and SYSTEM may use it */
    uint64_t deadline;          /* when it gives up waiting for other processes */
};

#endif
