/*
 * existing.h - opens a NAME that exists, and detects whether it has a holder.
 */
#ifndef WRITER_EXISTING_H
#define WRITER_EXISTING_H

#include "common/memory/holder.h"
#include "writer/hold.h"

/*
 * Open NAME with `access`, map it, and check its trailer. Set hold->section,
 * hold->mapping and *verdict. On failure return the error of the system, and
 * print no message. Then hold->section is NULL if NAME could not be opened, and
 * not NULL if it could not be mapped. In each case the caller calls
 * hold_close().
 */
oserror existing_open(const struct writer *writer, enum access access, struct hold *hold,
                      enum trailer_verdict *verdict);

/*
 * Open NAME with `access`, and close it at once, so that this process does not
 * keep NAME in use. Return OSERROR_NONE, or the reason why NAME cannot be
 * opened.
 */
oserror existing_probe(const struct writer *writer, enum access access);

/* Report why existing_open() failed, and return the status. */
enum status existing_explain_open(const struct writer *writer, const struct hold *hold, oserror error);

/*
 * Report that NAME exists, with a hint at what the user can do about that.
 * Return EXIT_CONFLICT.
 */
enum status existing_explain_taken(const struct writer *writer);

/*
 * Return the state of the holder of NAME, and set *error, as holder_find()
 * does. The caller owns the mutex `writer`. If a process owns the mutex
 * `holder` although the trailer records no living holder, that process may only
 * be looking at the mutex. Then try again for up to a second, but not beyond
 * writer->deadline.
 */
enum holder_state existing_find_holder(const struct writer *writer, const struct mapping *mapping, oserror *error);

/*
 * Check NAME before any input is read. Return EXIT_DONE if NAME does not exist,
 * is about to disappear, or has no contents yet. Otherwise print a message and
 * return the status.
 */
enum status existing_check(const struct writer *writer);

/*
 * Return whether NAME, which exists, is about to disappear: its holder has let
 * go or died, or its creator died.
 */
bool existing_is_going(const struct writer *writer);

#endif
