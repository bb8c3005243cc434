/* follow.h - carries out --follow: prints each new value of NAME. */
#ifndef READER_FOLLOW_H
#define READER_FOLLOW_H

#include "reader/context.h"

/*
 * Print each new value of NAME until NAME disappears, and then return
 * EXIT_DONE. If NAME is a stream, print the stream, and return its status. If
 * NAME does not exist at the first look, wait for it with --wait, or else
 * report that.
 *
 * Look at NAME at the interval of --interval. Close everything between two
 * looks. An open section would keep NAME in use, and the reader would never see
 * it disappear.
 *
 * Each value that is printed restarts the timeout. If no new value comes before
 * the deadline, report that and return EXIT_TIMED_OUT. Report any other
 * failure, and return its status.
 */
enum status follow_run(struct reader *reader);

#endif
