/* reader.h - what shmread does. */
#ifndef READER_READER_H
#define READER_READER_H

#include "common/console/status.h"

/*
 * Carry out a command line in UTF-8, which ends with NULL. Every failure has been told on stderr when this returns, and
 * everything is closed.
 */
enum status reader_main(int count, char **arguments);

#endif
