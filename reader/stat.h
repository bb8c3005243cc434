/* stat.h - --stat: what is known about NAME. */
#ifndef READER_STAT_H
#define READER_STAT_H

#include "reader/context.h"

/*
 * Describe NAME, with --wait as soon as there is something. It is a failure only
 * if NAME does not exist, or may not be opened or mapped.
 */
enum status stat_run(const struct reader *reader);

#endif
