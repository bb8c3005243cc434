/*
 * patience.h - limits how long a command waits for other processes, and for a
 * name to disappear.
 */
#ifndef WRITER_PATIENCE_H
#define WRITER_PATIENCE_H

#include "writer/options.h"

/*
 * How long a command waits for a companion that another process owns, in
 * milliseconds, if --timeout is not given. A program of ours owns it for a much
 * shorter time. The limit is for a hostile program, which may never release it.
 */
#define PATIENCE_MS 60000

/*
 * Return the deadline of a command that begins now: after --timeout if that is
 * given, otherwise after `patience` milliseconds.
 */
uint64_t patience_deadline(const struct writer_options *options, uint64_t patience);

/*
 * Return the deadline for a name to disappear: a second from now, but not after
 * `deadline`.
 */
uint64_t patience_for_name(uint64_t deadline);

/*
 * Return whether `deadline` has passed. If it has not, sleep for a moment
 * first, so that the caller can look again.
 */
bool patience_is_over(uint64_t deadline);

#endif
