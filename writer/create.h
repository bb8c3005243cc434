/*
 * create.h - creating a value and holding it; its steps are those of --put as
 * well.
 */
#ifndef WRITER_CREATE_H
#define WRITER_CREATE_H

#include "writer/contents.h"
#include "writer/context.h"
#include "writer/hold.h"

/*
 * Create NAME, which does not exist, and hold it: here, or with --detach in the
 * background.
 */
enum status create_run(struct writer *writer);

/*
 * Plan a section for `length` bytes or --size, with the trailer, and with a second
 * slot unless --sealed. With --raw it is exactly that large. On failure print a
 * message and return the status.
 */
enum status create_plan(const struct writer *writer, uint64_t length, struct trailer_plan *plan);

/*
 * Handle Ctrl+C ourselves from now on. Until then it kills the process, so a slow
 * input can be abandoned. This comes before other processes can see the value.
 */
enum status create_catch_interrupt(const struct writer *writer);

/*
 * Publish the contents that have been moved to the section. --raw memory has no
 * layout, so its view is closed.
 */
void create_publish(const struct writer *writer, const struct contents *contents, struct hold *hold);

/*
 * Hold NAME, whose contents are `length` bytes: here until it is to be let go, or
 * in the background. The caller owns `writer` until NAME is held. EXIT_CONFLICT
 * comes without a message if NAME was there before, and another process holds it
 * now.
 */
enum status create_keep(const struct writer *writer, uint64_t length, struct hold *hold);

#endif
