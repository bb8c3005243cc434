/* receive.h - printing a stream: what its writer sends, until its end. */
#ifndef RECEIVE_H
#define RECEIVE_H

#include "options.h"
#include "output.h"

/*
 * Be the reader of the stream NAME, which has one, and bring all that comes to `output`. If the writer dies, all that
 * it had sent comes out first.
 */
enum status receive_run(const struct report *report, const struct reader_options *options, struct output *output);

#endif
