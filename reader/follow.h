/* follow.h - --follow: each new value of NAME. */
#ifndef READER_FOLLOW_H
#define READER_FOLLOW_H

#include "reader/context.h"

/*
 * Print each new value until NAME goes away. Between two looks nothing is kept
 * open, so that no reader keeps the memory alive, and the end of NAME is seen.
 */
enum status follow_run(struct reader *reader);

#endif
