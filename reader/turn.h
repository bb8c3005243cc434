/*
 * turn.h - waits for the turn of a reader whose read is counted.
 *
 * The protocol is that of winshm.h, COUNTED READS. Only one reader at a time
 * has its turn: it owns the mutex `turn` of the value. It prints the value,
 * raises the semaphore `reads`, and keeps its turn until the holder has counted
 * the read. So the next reader knows whether there are reads left.
 *
 *     turn_take(reader, mapping, &turn);
 *     if (turn.is_ours) { print the value; turn_count(reader, &turn); }
 *     turn_close(&turn);
 */
#ifndef READER_TURN_H
#define READER_TURN_H

#include "reader/context.h"

struct turn {
    const struct mapping *mapping;
    object *mutex;   /* `turn` */
    object *reads;   /* semaphore */
    object *counted; /* event */
    uint64_t done;   /* `reads_done` when the turn began */
    uint64_t held;   /* `held` when the turn began; 0 if there was no holder yet */
    bool is_ours;    /* this reader owns the mutex, and may print the value */
};

/*
 * Return true if the holder of the value in `mapping` counts this read: reads
 * of the value are counted, and this reader prints all of its contents.
 */
bool turn_is_counted(const struct reader *reader, const struct mapping *mapping);

/*
 * Open the companions, and wait for the turn at the value in `mapping`. Set
 * turn->is_ours and return EXIT_DONE when this reader may print the value.
 * Return EXIT_DONE without turn->is_ours if no further read of the value can be
 * counted: it was released, all its reads are done, or its holder is dead.
 * Otherwise report the failure and return its status.
 *
 * Wait until the deadline, and for at most a minute unless --wait or --follow
 * is given. Then report that another reader has the turn. In each case the
 * caller calls turn_close() before it unmaps the view.
 */
enum status turn_take(const struct reader *reader, const struct mapping *mapping, struct turn *turn);

/*
 * Report to the holder that this reader has printed all of the value, and wait
 * until the holder has counted the read, has let go, or is dead. Return
 * EXIT_DONE then, and also if the turn is not ours. Otherwise report the
 * failure and return its status. A holder has until the deadline to count the
 * read, but at least five seconds and at most a minute.
 */
enum status turn_count(const struct reader *reader, const struct turn *turn);

/* Release the turn if it is ours, close all objects, and clear *turn. */
void turn_close(struct turn *turn);

#endif
