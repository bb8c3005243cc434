/* receive.h - receives a stream: prints all that its producer sends. */
#ifndef READER_RECEIVE_H
#define READER_RECEIVE_H

#include "common/memory/trailer.h"
#include "reader/context.h"

/*
 * Become the consumer of the stream NAME, and print all bytes that its producer
 * sends. The protocol is that of winshm.h, STREAMS. `seen` is a mapping in
 * which find_look() has found the stream. It may be unmapped, to make room in
 * the address space.
 *
 * Return EXIT_DONE when the producer has sent all bytes and the output is
 * complete. Otherwise report the failure and return its status:
 *   - EXIT_CONFLICT: the stream has, or had, another consumer.
 *   - EXIT_BROKEN: the producer failed or died. All bytes that it had sent are
 *     printed before that is reported.
 *   - EXIT_TIMED_OUT: no byte came within --timeout, which restarts after each
 *     piece.
 *   - EXIT_USAGE: an option was given that is only for values.
 *
 * If the producer has let go of the stream before it had a consumer, or NAME
 * has become the name of other memory, set *is_gone, print nothing and return
 * EXIT_DONE. The caller then looks at NAME again.
 */
enum status receive_run(const struct reader *reader, struct mapping *seen, bool *is_gone);

#endif
