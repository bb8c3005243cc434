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
 * Look at a value of ours when it has changed, as announcement.h reports, and
 * look at NAME once a second. Keep the view of the value, so that its last
 * contents are printed after NAME has disappeared. Look at other memory at
 * the interval of --interval, and close it between two looks. An open section
 * would keep NAME in use, and the reader would never see it disappear.
 *
 * Each value that is printed restarts the timeout. If no new value comes before
 * the deadline, report that and return EXIT_TIMED_OUT. Report any other
 * failure, and return its status.
 */
enum status follow_run(struct reader *reader);

#endif
