/* context.h - the state of one run of shmwrite, which every verb uses. */
#ifndef WRITER_CONTEXT_H
#define WRITER_CONTEXT_H

#include "writer/access.h"
#include "writer/options.h"

struct writer {
    const struct report *report;
    const struct writer_options *options;
    struct access_rules access; /* access to what this run creates; zeros: this user and SYSTEM */
    uint64_t deadline;          /* when this run stops waiting for other processes */
    object *with;               /* the process of --hold-with, or NULL */
    int64_t *sum;               /* with --add: where to store the new number */
};

#endif
