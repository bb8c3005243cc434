/* reader.h - carries out a command line of shmread. */
#ifndef READER_READER_H
#define READER_READER_H

#include "common/console/status.h"

/*
 * Carry out a command line: `count` strings in UTF-8, followed by NULL, the
 * first of which is the program's name. Return the exit status of shmread. By
 * then every failure has been reported on stderr, and every object is closed.
 */
enum status reader_main(int count, char **arguments);

#endif
