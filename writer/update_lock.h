/* update_lock.h - the mutex `writer`, which the process owns that creates, updates or releases a NAME. */
#ifndef WRITER_UPDATE_LOCK_H
#define WRITER_UPDATE_LOCK_H

#include "writer/hold.h"

/*
 * Own `writer` of NAME until hold->deadline. It is created if it does not exist,
 * for the users of NAME, or for those of hold->access if NAME does not exist. A
 * predecessor that died while it owned the mutex is no failure, since the journal
 * takes care of what it left. On failure print a message and return the status;
 * hold->writer is NULL then.
 */
enum status update_lock_own(const struct report *report, const struct writer_options *options, struct hold *hold);

/*
 * Return whether `writer`, which existed, lets the same users in as `holder`,
 * which we have created for the users of NAME. A command for a predecessor of
 * NAME may have created `writer`.
 */
bool update_lock_is_ours(const char *name);

#endif
