/* stat.h - carries out --stat: describes NAME. */
#ifndef READER_STAT_H
#define READER_STAT_H

#include "reader/context.h"

/*
 * Print a description of NAME, as lines or as a JSON object. With --wait first
 * wait until NAME has contents. Return EXIT_DONE, or report the failure and
 * return its status. NAME itself causes a failure only if it does not exist, or
 * cannot be opened or mapped. Damaged memory is described, as far as possible.
 */
enum status stat_run(const struct reader *reader);

#endif
