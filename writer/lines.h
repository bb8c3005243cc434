/*
 * lines.h - --lines: makes each line of the input the new value of NAME.
 *
 * The first line creates NAME, or with --put updates it if it exists. Each
 * later line is an update of its own. The lines that come together are a batch:
 * this process owns the mutex `writer` once for all of them, and announces them
 * once. Without --put this process holds NAME until the input ends. With --put
 * it has NAME open only during a batch, so that a --release at any other time
 * ends NAME at once.
 *
 * Two threads do this. A pump (pump.h) reads the input into a ring in private
 * memory, and the main thread takes the lines out of it. So a process that
 * holds NAME can let go of it even while the pump is blocked in a read.
 */
#ifndef WRITER_LINES_H
#define WRITER_LINES_H

#include "writer/context.h"

enum status lines_run(struct writer *writer);

#endif
