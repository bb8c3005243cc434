/* writer.h - carries out a command line of shmwrite. */
#ifndef WRITER_WRITER_H
#define WRITER_WRITER_H

#include "common/console/status.h"

/*
 * Carry out a command line in UTF-8, which ends with NULL, and return the exit
 * status. On failure print a message. Everything is closed on return, except a
 * stream whose pump is blocked in a read: that stays open until the process
 * ends.
 */
enum status writer_main(int count, char **arguments);

#endif
