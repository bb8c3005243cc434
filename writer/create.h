/* create.h - creating a value and holding it; its steps are those of --put as well. */
#ifndef WRITER_CREATE_H
#define WRITER_CREATE_H

#include "writer/contents.h"
#include "writer/context.h"
#include "writer/hold.h"

/* Create NAME, which does not exist, and hold it: here, or with --detach in the background. */
enum status create_run(struct writer *writer);

/* How large the section is to be: for the contents or --size, with the trailer, and a second slot unless --sealed. */
enum status create_plan(const struct report *report, const struct writer_options *options,
                        const struct contents *contents, struct trailer_plan *plan);

/* Put the contents into the fresh section, and make them known. */
enum status create_fill(const struct report *report, const struct writer_options *options, struct hold *hold,
                        struct contents *contents);

/*
 * Hold NAME: here until it is to be let go, or in the background. `writer` is
 * owned until it is held. EXIT_CONFLICT comes without a message if NAME was there
 * before, and another process holds it now.
 */
enum status create_keep(const struct report *report, const struct writer_options *options, struct hold *hold,
                        uint64_t length);

#endif
