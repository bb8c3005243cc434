/* create.h - creates a value and holds it. --put uses the same steps. */
#ifndef WRITER_CREATE_H
#define WRITER_CREATE_H

#include "writer/contents.h"
#include "writer/context.h"
#include "writer/hold.h"

/*
 * Create NAME, which must not exist, and hold it. Return when this process lets
 * go, or with --detach when a background process holds NAME. On failure print a
 * message and return the status.
 */
enum status create_run(struct writer *writer);

/*
 * Create NAME, move the contents into it, and publish it. If NAME is about to
 * disappear, wait up to a second for that. On success this process owns the
 * mutex `writer`. On failure print a message and return the status. In each case
 * the caller calls hold_close().
 */
enum status create_value(const struct writer *writer, struct contents *contents, struct hold *hold);

/*
 * Plan the sizes of a section whose contents have room for --size bytes. If
 * --size is not given, they have room for `length` bytes, or with --lines for
 * OPTIONS_LINE_ROOM bytes. Without --sealed it has a second slot.
 * With --raw it has only the contents, and no trailer. On failure print a
 * message and return the status.
 */
enum status create_plan(const struct writer *writer, uint64_t length, struct trailer_plan *plan);

/*
 * From now on let Ctrl+C end the holding instead of killing the process. Call
 * this just before other processes can see the value. Until then Ctrl+C kills
 * the process, so that the user can stop a slow input. On failure print a
 * message and return the status.
 */
enum status create_catch_interrupt(const struct writer *writer);

/*
 * Publish the contents, which have been moved to the section. Memory of --raw
 * has no trailer: only unmap its view.
 */
void create_publish(const struct writer *writer, const struct contents *contents, struct hold *hold);

/*
 * Hold NAME, whose contents have `length` bytes. With --detach or --put start a
 * holder in the background. Otherwise hold NAME in this process, and return
 * when it is to let go. The caller owns the mutex `writer`, which is released
 * when NAME is held.
 *
 * If NAME existed before this command, and another process now holds it, return
 * EXIT_CONFLICT without a message. On any other failure print a message and
 * return the status.
 */
enum status create_keep(const struct writer *writer, uint64_t length, struct hold *hold);

#endif
