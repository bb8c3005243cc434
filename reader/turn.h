/*
 * turn.h - the turn of a reader whose complete read is counted: see winshm.h,
 * COUNTED READS.
 *
 * One reader at a time owns the mutex `turn` of a value with counted reads. It
 * prints the value, raises `reads`, and keeps its turn until the holder has
 * counted the read. So the next reader sees how many reads are left.
 */
#ifndef READER_TURN_H
#define READER_TURN_H

#include "reader/context.h"

struct turn {
    const struct mapping *mapping;
    object *mutex;
    object *reads;
    object *counted;
    uint64_t done; /* reads_done when the turn began */
    uint64_t held; /* and since when the holder held it; 0: it did not yet */
    bool is_ours;  /* the mutex is owned: this reader may print the value */
};

/* Return whether the holder of the value of ours in `mapping` counts this read. */
bool turn_is_counted(const struct reader *reader, const struct mapping *mapping);

/*
 * Wait for the turn at the value in `mapping`. Return EXIT_DONE with
 * turn->is_ours set when the value may be printed, and not set when it does not
 * exist any more: it was released, all its reads are done, or its holder is
 * dead. Otherwise report the failure and return its status. In each case the
 * caller calls turn_close() later.
 */
enum status turn_take(const struct reader *reader, const struct mapping *mapping, struct turn *turn);

/*
 * The value was printed. If the turn is ours, report the complete read to the
 * holder, and wait until the holder has counted it, has let go, or is dead.
 * Return EXIT_DONE then; otherwise report the failure and return its status.
 */
enum status turn_count(const struct reader *reader, const struct turn *turn);

/* Release the turn, if it is ours, and close its objects. */
void turn_close(struct turn *turn);

#endif
