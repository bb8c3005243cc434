/* update.h - replacing what is in memory that exists: ours through the journal, other programs' as they expect it. */
#ifndef WRITER_UPDATE_H
#define WRITER_UPDATE_H

#include "writer/contents.h"
#include "writer/context.h"
#include "writer/hold.h"
#include "writer/options.h"

/* Carry out --update. */
enum status update_run(const struct writer *writer);

/*
 * Replace the contents of NAME, which hold_open() has opened for writing and
 * found to be *verdict, by the owner of `writer`. `contents` are loaded. If the
 * value counts its reads, wait for the reader whose turn it is. On
 * failure print a message and return the status. EXIT_NOTHING comes without one:
 * there is nothing in NAME, or it was released before the update was complete.
 * That is in *verdict.
 */
enum status update_value(const struct report *report, const struct writer_options *options, const struct hold *hold,
                         const struct contents *contents, enum trailer_verdict *verdict);

/*
 * Replace the contents of a released value that has no holder and whose name does
 * not go away. The value exists again after that. EXIT_CONFLICT, after a message,
 * if this command would have made another kind of value, or for other users.
 */
enum status update_released(const struct report *report, const struct writer_options *options, const struct hold *hold,
                            const struct contents *contents);

/* Report that there is still nothing in NAME. */
enum status update_in_vain(const struct report *report, enum trailer_verdict verdict);

#endif
