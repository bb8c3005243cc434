/*
 * update_lock.h - the mutex `writer`, owned by a process that creates, updates
 * or releases NAME.
 */
#ifndef WRITER_UPDATE_LOCK_H
#define WRITER_UPDATE_LOCK_H

#include "writer/hold.h"

/*
 * Own `writer` of NAME until writer->deadline. If it does not exist, create it for
 * the users of NAME, or as writer->access says if NAME does not exist either. A
 * predecessor that died while it owned the mutex is no failure, since the journal
 * takes care of what it left. On failure print a message and return the status;
 * hold->writer is NULL then.
 */
enum status update_lock_own(const struct writer *writer, struct hold *hold);

/*
 * Return whether `writer`, which existed, lets the same users in as `holder`,
 * which we have created for the users of NAME. A command for a predecessor of
 * NAME may have created `writer`.
 */
bool update_lock_is_ours(const char *name);

#endif
