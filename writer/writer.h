/* writer.h - what shmwrite does. */
#ifndef WRITER_WRITER_H
#define WRITER_WRITER_H

#include "common/console/status.h"

/*
 * Carry out a command line in UTF-8, which ends with NULL. Every failure has been told on stderr when this returns, and
 * everything is closed: but for a stream whose input nobody can be kept from reading, until the process ends.
 */
enum status writer_main(int count, char **arguments);

#endif
