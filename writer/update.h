/*
 * update.h - replacing contents: a value's through the journal, other programs'
 * as they expect it.
 */
#ifndef WRITER_UPDATE_H
#define WRITER_UPDATE_H

#include "writer/contents.h"
#include "writer/context.h"

/* Carry out --update. */
enum status update_run(struct writer *writer);

/*
 * Replace the contents of NAME, which has been mapped for writing and found to
 * be *verdict. The caller owns `writer` and has loaded `contents`. If the
 * value counts its reads, wait for the reader whose turn it is. On failure print a
 * message and return the status. EXIT_NOTHING comes without one: NAME has no
 * contents, or was released before the update was complete. *verdict says which.
 */
enum status update_value(const struct writer *writer, const struct mapping *mapping, const struct contents *contents,
                         enum trailer_verdict *verdict);

/*
 * Replace the contents of a released value that has no holder and whose name does
 * not go away. The value exists again after that. EXIT_CONFLICT, after a message,
 * if this command would have made another kind of value, or for other users.
 */
enum status update_released(const struct writer *writer, const struct mapping *mapping,
                            const struct contents *contents);

/* Report that NAME still has no contents. */
enum status update_in_vain(const struct report *report, enum trailer_verdict verdict);

#endif
