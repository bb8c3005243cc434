/* lock.h - the mutex by which the maker of a mapping and its readers keep out of each other's way. */
#ifndef READER_LOCK_H
#define READER_LOCK_H

#include "common/console/report.h"
#include "common/platform.h"

struct lock {
    const char *name; /* in full */
    object *mutex;
    uint64_t deadline;
    bool abandoned; /* whoever had it before us died with it */
};

/*
 * Wait for it. EXIT_DONE says that it is ours: its maker waits from now on, so that nothing but the copy is made
 * before lock_release(). Otherwise a line has been said.
 */
enum status lock_take(const struct report *report, struct lock *lock);
void lock_release(struct lock *lock);

#endif
