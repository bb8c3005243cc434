/* reader.h - carrying out a command line of shmread. */
#ifndef READER_READER_H
#define READER_READER_H

#include "common/console/status.h"

/*
 * Carry out a command line in UTF-8, which ends with NULL. When this returns,
 * every failure has been reported on stderr, and everything is closed.
 */
enum status reader_main(int count, char **arguments);

#endif
