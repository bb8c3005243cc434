/* update.h - replacing what is in memory that exists: ours through the journal, other programs' as they expect it. */
#ifndef UPDATE_H
#define UPDATE_H

#include "contents.h"
#include "options.h"

/* Carry out --update. */
enum status update_run(const struct report *report, const struct writer_options *options);

/*
 * Replace the contents of NAME, whose section has been opened for writing. Loads `contents`; `deadline` bounds the wait
 * for another updater. *writer is then ours, and owned. *verdict is what NAME turned out to be: TRAILER_EMPTY and
 * TRAILER_FILLING are not told, as it may be looked at again.
 */
enum status update_section(const struct report *report, const struct writer_options *options, object *section,
                           struct contents *contents, uint64_t deadline, enum trailer_verdict *verdict,
                           object **writer);

/* That there is still nothing in NAME. */
enum status update_in_vain(const struct report *report, enum trailer_verdict verdict);

#endif
