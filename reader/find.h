/* find.h - looks at what is under NAME, and waits for it. */
#ifndef READER_FIND_H
#define READER_FIND_H

#include "reader/context.h"
#include "reader/turn.h"

/*
 * One look at NAME. There is no handle of the section: a handle would keep NAME
 * alive, the view keeps only the bytes.
 */
struct found_memory {
    struct turn turn;       /* while a read is counted */
    object *lock;           /* the mutex that goes with another program's memory, if one was named */
    struct mapping mapping; /* at least its view */
    enum trailer_verdict verdict;
    oserror open_error; /* why there is no section */
    oserror map_error;  /* why there is no view */
    oserror lock_error; /* why there is no mutex */
};

/* Take one look. The caller calls find_close() later. */
void find_look(const struct reader *reader, struct found_memory *found);
void find_close(struct found_memory *found);

/* Return whether there is nothing to be read yet. Then waiting may help. */
bool find_is_nothing(const struct found_memory *found);

/*
 * Take a look, and with --wait look again until there is something. If the
 * holder counts this read, wait for the turn, as find_take_turn() does. Return
 * EXIT_DONE, also if there is nothing and --wait is not given; otherwise report
 * the failure and return its status. The caller calls find_close() in each case.
 */
enum status find_wait(const struct reader *reader, struct found_memory *found);

/* There is nothing yet: let some time pass, or report that the deadline has passed. */
enum status find_pause(const struct reader *reader);

/* Sleep between two looks, but not beyond the deadline. */
enum status find_sleep(const struct reader *reader, uint64_t milliseconds);

/*
 * If the holder counts this read, wait for its turn. A value that does not exist
 * any more is seen as a name that does not exist: open_error is set.
 */
enum status find_take_turn(const struct reader *reader, struct found_memory *found);

bool find_can_print(const struct reader_options *options, const struct found_memory *found);

/* Report why what was seen cannot be printed. */
enum status find_explain(const struct reader *reader, const struct found_memory *found);

/* A stream has a reader, who writes too: it is opened again, for writing, and only once. */
bool find_is_stream(const struct reader_options *options, const struct found_memory *found);

/*
 * --lock is meaningless for our own values: readers need no mutex, and our
 * updaters would ignore one. Report that, if it is given.
 */
enum status find_refuse_lock(const struct reader *reader, const struct found_memory *found);

#endif
