/*
 * hold.h - creates a name with its companions, and holds it.
 *
 * The process that holds NAME has a handle to it, because Windows removes a
 * name with its last handle. A command that creates, updates, takes over or
 * releases NAME owns the mutex `writer`. It does so from before it looks at
 * NAME until NAME has a holder or the command is done. So if the owner of
 * `writer` finds a section without contents, its creator has died, and if it
 * finds a value without a holder, the holder has let go or died.
 */
#ifndef WRITER_HOLD_H
#define WRITER_HOLD_H

#include "common/memory/companion.h"
#include "common/memory/trailer.h"
#include "common/platform.h"
#include "writer/context.h"

struct hold {
    object *section;        /* the handle that keeps the name in use */
    struct mapping mapping; /* its view; mapping.trailer is NULL if it has no trailer of ours */
    object *writer;         /* mutex, owned by the command until NAME is held */
    object *holder;         /* mutex, owned by the holder */
    object *release;        /* event: asks the holder to let go */
    object *reads;          /* semaphore raised by readers, with --reads or for a stream; or NULL */
    object *turn;           /* mutex, with --reads: owned by a reader during its read */
    object *counted;        /* event, with --reads: the holder has counted a read */
    bool writer_was_there;  /* `writer` was opened, and not created */
    const char *ends;       /* NAME if it ends with this process: hold_close() releases it; or NULL */
};

/*
 * The result of an attempt to create NAME. After any result but HOLD_SETTLED
 * everything is closed, no message was printed, and the caller may try again.
 */
enum hold_attempt {
    HOLD_SETTLED, /* it succeeded, or failed with a message */
    HOLD_GOING,   /* NAME exists, but is about to disappear */
    HOLD_EXISTS,  /* NAME exists */
    HOLD_ALIEN    /* the mutex `writer` existed, and its access list does not fit NAME */
};

/*
 * Create the section NAME as planned, and its companions. Begin its trailer,
 * except with --raw. The caller owns the mutex `writer`. No process owns the
 * mutex `holder` yet. An object that exists already is never used. If readers
 * of an earlier value still have its companions open, wait up to a second until
 * they close them.
 *
 * Set *attempt, and return EXIT_DONE or the status. On any failure close
 * everything, also `writer`. On a failure with HOLD_SETTLED print a message.
 */
enum status hold_create(const struct writer *writer, const struct trailer_plan *plan, struct hold *hold,
                        enum hold_attempt *attempt);

/*
 * Own the mutex `writer`, and create NAME as hold_create() does. If NAME is
 * about to disappear, wait up to a second for that. With --wait, wait for NAME
 * to disappear, until writer->deadline or the end of the process of
 * --hold-with. On failure print a message and return the status.
 */
enum status hold_make(const struct writer *writer, const struct trailer_plan *plan, struct hold *hold);

/*
 * Report why the last attempt failed, and return the status. `attempt` is not
 * HOLD_SETTLED.
 */
enum status hold_explain_attempt(const struct writer *writer, enum hold_attempt attempt);

/*
 * Create further companions of a NAME that this command has created. Print a
 * message on failure.
 */
enum status hold_add(const struct writer *writer, const struct companion *companions, size_t count);

/*
 * Own a mutex that this command has created. Another process may own it for a
 * moment to look at it. If it is owned by another process for more than a
 * second, print a message and return EXIT_CONFLICT.
 */
enum status hold_own(const struct writer *writer, object *mutex);

/*
 * Report that another program owns a mutex of NAME, and return EXIT_CONFLICT.
 */
enum status hold_explain_owned(const struct report *report);

/*
 * Release a mutex if this thread owns it, and close it. Do nothing with NULL.
 */
void hold_close_mutex(object *mutex);

/*
 * Open the companions that a holder needs, for a NAME that exists and has no
 * holder. Create each companion that no process has open. The caller owns the
 * mutex `writer`, and NAME does not count its reads. On failure print a message
 * and return the status.
 */
enum status hold_take_over(const struct writer *writer, struct hold *hold);

/*
 * Become the holder: own the mutex `holder`, and record this process in the
 * trailer if there is one. The caller, or the command that started this
 * process, owns the mutex `writer`. On failure print a message and return the
 * status.
 */
enum status hold_begin(const struct writer *writer, struct hold *hold);

/*
 * Open the process of --hold-with as writer->with. On failure print a message
 * and return the status.
 */
enum status hold_open_process(struct writer *writer);

/*
 * Report that the process writer->with has ended, and return EXIT_NOTHING.
 */
enum status hold_explain_ended(const struct writer *writer);

/*
 * Hold NAME, and count the reads if the value counts them. Return EXIT_DONE
 * after --release, Ctrl+C, the end of --hold-for or of the process
 * writer->with, or the last read. On failure print a message and return the
 * status.
 */
enum status hold_wait(const struct writer *writer, const struct hold *hold);

/*
 * Release NAME if it ends with this process, and close everything. Close the
 * mutexes last: a process that finds `holder` free can rely on this process
 * having closed the section.
 */
void hold_close(struct hold *hold);

#endif
