/* lock.c - owns the mutex of another program while its memory is copied. */
#include "reader/lock.h"

enum status lock_take(const struct report *report, struct lock *lock)
{
    struct waited waited = wait_any(&lock->mutex, 1, lock->deadline);
    switch (waited.how) {
    case WAITED_SIGNALLED:
    case WAITED_ABANDONED:
        lock->abandoned = waited.how == WAITED_ABANDONED;
        break;
    case WAITED_TIMEOUT:
        return report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE, "the time is up, and the mutex %s is still taken",
                              lock->name);
    case WAITED_INTERRUPTED: /* by nothing: here Ctrl+C ends the program */
    case WAITED_FAILED:
        return report_failure(report, EXIT_SYSTEM, waited.error, "cannot wait for the mutex %s", lock->name);
    }
    return EXIT_DONE;
}

void lock_release(struct lock *lock)
{
    mutex_release(lock->mutex);
}
