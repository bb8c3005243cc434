/* writer.h - carrying out a command line of shmwrite. */
#ifndef WRITER_WRITER_H
#define WRITER_WRITER_H

#include "common/console/status.h"

/*
 * Carry out a command line in UTF-8, which ends with NULL. On failure print a
 * message and return the status. Everything is closed then, except a stream whose
 * pump is blocked in a read: it stays open until the process ends.
 */
enum status writer_main(int count, char **arguments);

#endif
