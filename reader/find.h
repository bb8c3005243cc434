/* find.h - opens the memory NAME for reading, and waits for it with --wait. */
#ifndef READER_FIND_H
#define READER_FIND_H

#include "reader/context.h"
#include "reader/turn.h"

/*
 * The result of one look at NAME. It has a view of the section, but no handle:
 * Windows removes a name with the last handle, so a reader's handle would keep
 * NAME in use after its holder has let go. The view keeps only the bytes.
 */
struct found_memory {
    struct turn turn;             /* the turn of this reader, if the holder counts the read */
    object *mutex;                /* the mutex of --mutex; NULL if the memory is ours */
    struct mapping mapping;       /* only mapping.view unless the memory has our trailer */
    enum trailer_verdict verdict; /* valid if the section is mapped */
    oserror open_error;           /* why the section cannot be opened */
    oserror map_error;            /* why the section cannot be mapped */
    oserror mutex_error;          /* why the mutex cannot be opened */
};

/*
 * Look at NAME once: open and map the section, and examine its trailer. If the
 * memory has no trailer of ours, also open the mutex of --mutex. Store each
 * failure in *found, and print no message. The caller calls find_close() in
 * each case.
 */
void find_look(const struct reader *reader, struct found_memory *found);

/* Release the turn, close and unmap everything, and clear *found. */
void find_close(struct found_memory *found);

/*
 * Return true if there is nothing to read yet, so that waiting may help: the
 * section or the mutex does not exist, or the memory has no contents.
 */
bool find_is_nothing(const struct found_memory *found);

/*
 * Look at NAME. With --wait look again until there is something to read, or the
 * deadline passes. If the holder counts this read, also wait for the turn, as
 * find_take_turn() does. Return EXIT_DONE, also if there is nothing and --wait
 * is not given. Otherwise report the failure and return its status. The caller
 * calls find_close() in each case.
 */
enum status find_wait(const struct reader *reader, struct found_memory *found);

/*
 * Sleep before another look, because there is nothing yet. Return EXIT_DONE. If
 * the deadline has passed, report that instead, and return EXIT_TIMED_OUT.
 */
enum status find_pause(const struct reader *reader);

/*
 * Sleep for `milliseconds`, but not beyond the deadline. Return EXIT_DONE, or
 * report that the system cannot wait, and return EXIT_SYSTEM.
 */
enum status find_sleep(const struct reader *reader, uint64_t milliseconds);

/*
 * Return EXIT_DONE. If the system could not wait, report that instead, and
 * return EXIT_SYSTEM.
 */
enum status find_check_wait(const struct reader *reader, struct waited waited);

/*
 * If the holder counts this read, wait for the turn of this reader, as
 * turn_take() does. If the value ends before that, set found->open_error to
 * OSERROR_FILE_NOT_FOUND, as if NAME did not exist. Return EXIT_DONE in both
 * cases. Otherwise report the failure and return its status.
 */
enum status find_take_turn(const struct reader *reader, struct found_memory *found);

/*
 * Return true if the memory can be printed: it is ours, or another program's,
 * or --raw is given and its trailer is newer or damaged.
 */
bool find_can_print(const struct reader_options *options, const struct found_memory *found);

/* Report why the memory cannot be printed, and return the status. */
enum status find_explain(const struct reader *reader, const struct found_memory *found);

/*
 * Return true if the memory is a stream that is to be received. A consumer
 * writes to the memory, so receive_run() opens the stream again, for writing.
 * With --raw a stream is only printed, as other memory is.
 */
bool find_is_stream(const struct reader_options *options, const struct found_memory *found);

/*
 * If --mutex is given and the memory is ours, report that and return
 * EXIT_USAGE. Otherwise return EXIT_DONE. A reader of our values needs no
 * mutex, and our updaters would not wait for one.
 */
enum status find_refuse_mutex(const struct reader *reader, const struct found_memory *found);

#endif
