/* put.h - --put: updates NAME, or creates it and holds it in the background. */
#ifndef WRITER_PUT_H
#define WRITER_PUT_H

#include "writer/contents.h"
#include "writer/context.h"

enum status put_run(struct writer *writer);

/*
 * Before the input is read, report a NAME that cannot be opened for writing,
 * and return the status. Otherwise set *exists and return EXIT_DONE.
 */
enum status put_check(const struct writer *writer, bool *exists);

/*
 * Update NAME with the contents, or create it with a holder in the background.
 * If NAME exists, the contents are loaded here at the latest. Set *identity on
 * success. On failure print a message and return the status.
 */
enum status put_contents(struct writer *writer, struct contents *contents, struct trailer_identity *identity);

#endif
