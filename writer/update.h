/*
 * update.h - --update: replaces the contents of a value, or with --raw the
 * contents of another program's memory.
 */
#ifndef WRITER_UPDATE_H
#define WRITER_UPDATE_H

#include "writer/contents.h"
#include "writer/context.h"

/* Carry out --update. On failure print a message and return the status. */
enum status update_run(struct writer *writer);

/*
 * Replace the contents of NAME, which is mapped for writing as `mapping`.
 * *verdict is the verdict on that mapping. The caller owns the mutex `writer`
 * and has loaded `contents`. If the value counts its reads, wait until no
 * reader is reading it.
 *
 * Return EXIT_NOTHING without a message if NAME has no contents, or was
 * released before the update was complete. Then *verdict is the reason. On any
 * other failure print a message and return the status.
 */
enum status update_value(const struct writer *writer, const struct mapping *mapping, const struct contents *contents,
                         enum trailer_verdict *verdict);

/*
 * Replace the contents of a released value that has no holder, but whose name
 * does not disappear because another program keeps the memory. After that the
 * value exists again. If this command would create a value of another kind, or
 * for other users, print a message and return EXIT_CONFLICT.
 */
enum status update_released(const struct writer *writer, const struct mapping *mapping,
                            const struct contents *contents);

/* Report that NAME still has no contents, and return the status. */
enum status update_in_vain(const struct report *report, enum trailer_verdict verdict);

#endif
