/*
 * patience.h - how long a command waits for other processes, and for a name to
 * go away.
 */
#ifndef WRITER_PATIENCE_H
#define WRITER_PATIENCE_H

#include "writer/options.h"

/*
 * How long a command waits for companions that another process owns, in
 * milliseconds, if --timeout does not say: an honest owner is done long before,
 * and a hostile one never.
 */
#define PATIENCE_MS 60000

/*
 * Return the deadline of a command that begins now: --timeout, or else
 * `patience` milliseconds.
 */
uint64_t patience_deadline(const struct writer_options *options, uint64_t patience);

/*
 * Return the deadline for a name to go away: a second from now, but not after
 * `deadline`.
 */
uint64_t patience_for_name(uint64_t deadline);

/*
 * Return whether `deadline` has passed. If it has not, sleep for a moment, so
 * that a loop may look again.
 */
bool patience_is_over(uint64_t deadline);

#endif
