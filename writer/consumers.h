/*
 * consumers.h - keeps track of the consumers of a stream, for its producer.
 *
 * A consumer comes, which it shows by raising the semaphore `reads`, and ends,
 * which releases or abandons its mutex `consumer`. The protocol is that of
 * winshm.h, STREAMS. Only the thread that supervises the stream uses this file.
 */
#ifndef WRITER_CONSUMERS_H
#define WRITER_CONSUMERS_H

#include "common/memory/ring.h"
#include "writer/context.h"

struct consumers {
    winshm_consumer *lines; /* in the view */
    uint32_t count;
    uint32_t here;      /* bit i is set when consumer i seems to be attached */
    uint32_t ended;     /* bit i is set when consumer i has ended */
    uint32_t have_come; /* the largest number that were attached or had ended so far */
    object *data[WINSHM_CONSUMERS_MAX];
    object *mutexes[WINSHM_CONSUMERS_MAX];
    enum winshm_closed how[WINSHM_CONSUMERS_MAX]; /* of those that have ended */
    uint64_t tails[WINSHM_CONSUMERS_MAX];         /* as last loaded */
};

/*
 * Create the companions of all consumers of the new stream `mapping`. On
 * failure print a message and return the status. In each case the caller calls
 * consumers_close(), before it unmaps the view.
 */
enum status consumers_create(const struct writer *writer, const struct mapping *mapping, struct consumers *consumers);
void consumers_close(struct consumers *consumers);

/*
 * Return how many consumers are still to come. A process that only owns the
 * mutex of a line is none: any user who may read NAME can own it.
 */
uint32_t consumers_missing(const struct consumers *consumers);

/* Return whether all consumers have ended. */
bool consumers_have_ended(const struct consumers *consumers);

/*
 * Find out who has raised the semaphore `reads`. Return whether there is a
 * consumer that was not there before. Set *is_first if there never were so
 * many.
 */
bool consumers_meet(struct consumers *consumers, bool *is_first);

/*
 * Append the mutexes of the consumers that are attached to `awaited`, which has
 * room for all, and their numbers to `numbers`. Return how many these are.
 */
size_t consumers_await(const struct consumers *consumers, object *awaited[], uint32_t numbers[]);

/*
 * This thread now owns the mutex of consumer `number`. Find out how that
 * consumer has ended, and store it. If its process died before it became the
 * consumer, another one may come.
 */
void consumers_leave(struct consumers *consumers, const struct ring *ring, uint32_t number);

/*
 * Load all positions. Return whether the position of a consumer has grown since
 * the last call. A true position only grows, so one that goes back and forth
 * does not count. A position beyond `head`, which is loaded later, is
 * impossible: if it is that of the only consumer, set *is_broken, and otherwise
 * end this consumer. Also notice consumers that were dropped.
 */
bool consumers_look(struct consumers *consumers, const struct ring *ring, bool *is_broken);

/*
 * Return how many bytes before `head` the slowest consumer has not consumed. It
 * may be any number, and is for display only.
 */
uint64_t consumers_fill(const struct consumers *consumers, uint64_t head);

/* Drop all consumers that have not ended, because they do not read the rest. */
void consumers_drop(struct consumers *consumers, const struct ring *ring);

/*
 * All consumers have ended. Return EXIT_DONE if each has the whole stream.
 * Otherwise print a message and return the status.
 */
enum status consumers_judge(const struct consumers *consumers, const struct report *report);

#endif
