/* receive.h - printing a stream: what its writer sends, until its end. */
#ifndef READER_RECEIVE_H
#define READER_RECEIVE_H

#include "common/memory/trailer.h"
#include "reader/context.h"

/*
 * Be the reader of the stream NAME, which was seen in the view `seen`, and print
 * all that its writer sends. The view is unmapped. If the writer dies, all that
 * it had sent is printed first. If the writer has let go of the stream before
 * anybody read it, or NAME is something else by now, set *is_gone and return
 * EXIT_DONE: then NAME is to be looked at again.
 */
enum status receive_run(const struct reader *reader, struct mapping *seen, bool *is_gone);

#endif
