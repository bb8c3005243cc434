/* tap.h - carries out --tap: looks into a stream without taking part in it. */
#ifndef READER_TAP_H
#define READER_TAP_H

#include "reader/context.h"

/*
 * Print the bytes that pass through the stream NAME from now on, until its end.
 * The memory is mapped for reading only, and no process waits for this one. So
 * it may be overtaken by the writer. It then goes on in the middle of the ring,
 * and reports the bytes that it has missed, at most once a second.
 *
 * Return EXIT_DONE if the stream has ended well and nothing was missed.
 * Otherwise report the failure, and return its status. If NAME is not a stream,
 * that is EXIT_USAGE.
 */
enum status tap_run(const struct reader *reader);

#endif
