/*
 * update_lock.h - the mutex `writer`, owned by a process that creates, updates
 * or releases NAME.
 */
#ifndef WRITER_UPDATE_LOCK_H
#define WRITER_UPDATE_LOCK_H

#include "writer/hold.h"

/*
 * Own the mutex `writer` of NAME as hold->writer. Wait for it as
 * update_lock_wait() does. If it does not exist, create it with access for the
 * users of NAME, or with writer->access if NAME does not exist. An owner that
 * died is no failure: value_begin_update() completes the update of a dead
 * updater. On failure print a message, leave hold->writer NULL, and return the
 * status.
 */
enum status update_lock_own(const struct writer *writer, struct hold *hold);

/*
 * Own hold->writer, which this command has opened, and wait for it until
 * writer->deadline, or with --wait until writer->with ends. On failure print a
 * message and return the status.
 */
enum status update_lock_wait(const struct writer *writer, const struct hold *hold);

/*
 * Return whether the mutex `writer` has the same access list as the mutex
 * `holder`, which this command has created for the users of NAME. `writer`
 * existed before, and may have been created for an earlier NAME with other
 * users.
 */
bool update_lock_is_ours(const char *name);

#endif
