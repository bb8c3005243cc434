/*
 * existing.h - looking at a NAME that exists: opening it, and finding out
 * whether a process holds it.
 */
#ifndef WRITER_EXISTING_H
#define WRITER_EXISTING_H

#include "common/memory/holder.h"
#include "writer/hold.h"

/*
 * Open NAME with `access`, map it, and judge it. If that fails, hold->section is
 * NULL when NAME could not be opened, and not NULL when it could not be mapped.
 * hold_close() closes it in either case.
 */
oserror existing_open(const struct writer *writer, enum access access, struct hold *hold,
                      enum trailer_verdict *verdict);

/*
 * Open NAME with `access`, and close it at once, so that this process does not
 * keep it alive. Return why that failed.
 */
oserror existing_probe(const struct writer *writer, enum access access);

/* Report why existing_open() failed. */
enum status existing_explain_open(const struct writer *writer, const struct hold *hold, oserror error);

/* Report that NAME exists, with a hint at what the user can do about it. Return EXIT_CONFLICT. */
enum status existing_explain_taken(const struct writer *writer);

/*
 * Return whether NAME has a living holder. The caller owns `writer`. If `holder`
 * is owned, but the trailer says that the recorded holder is dead, some process
 * is just looking at the mutex: wait up to a second for that, but not beyond
 * writer->deadline.
 */
enum holder_state existing_find_holder(const struct writer *writer, const struct mapping *mapping, oserror *error);

/*
 * Check NAME before any input is read. Return EXIT_DONE if NAME does not exist,
 * is about to go away, or has no contents yet. Otherwise print a message and
 * return the status.
 */
enum status existing_check(const struct writer *writer);

/*
 * Return whether NAME, which exists, is about to go away: its holder has let go
 * or died, or its creator died.
 */
bool existing_is_going(const struct writer *writer);

#endif
