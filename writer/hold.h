/*
 * hold.h - keeping a name: its companions, and the process whose handle keeps it alive.
 *
 * A command that creates, updates, takes over or releases NAME owns `writer` from
 * before it looks at NAME until NAME is held or left alone. The owner of `writer`
 * may therefore conclude from a section without contents, or without a holder,
 * that the process that should have cared for it has died.
 */
#ifndef WRITER_HOLD_H
#define WRITER_HOLD_H

#include "common/memory/companion.h"
#include "common/memory/trailer.h"
#include "common/platform.h"
#include "writer/context.h"

struct hold {
    object *section;        /* the handle that the name lives by */
    struct mapping mapping; /* a view of it; its trailer is NULL if it has none of ours */
    object *writer;         /* mutex, owned by the command until NAME is held */
    object *holder;         /* mutex, owned by the holder */
    object *release;        /* event: let go */
    object *reads;          /* semaphore: raised for each complete read, or by a stream's reader; else NULL */
    object *turn;           /* mutex, with --reads: the readers' own */
    object *counted;        /* signal, with --reads: a read has been counted */
    bool writer_was_there;  /* `writer` was opened, and not created */
    bool ends;              /* NAME ends with this process: hold_close() releases it */
};

/*
 * How an attempt to create NAME ended. Unless it is HOLD_SETTLED, everything is
 * closed, and it may be repeated.
 */
enum hold_attempt {
    HOLD_SETTLED, /* it succeeded, or failed with a message */
    HOLD_GOING,   /* NAME exists, but is about to go away */
    HOLD_EXISTS,  /* NAME exists */
    HOLD_ALIEN    /* `writer`, which existed, lets other users in than NAME would */
};

/*
 * Create NAME as planned, and its companions. Begin the trailer, except with
 * --raw. The caller owns `writer`; no process owns `holder` yet. An object that
 * exists is never adopted. Wait for companions that readers of a predecessor
 * still have open. On any failure close everything, `writer` too.
 */
enum status hold_create(const struct writer *writer, const struct trailer_plan *plan, struct hold *hold,
                        enum hold_attempt *attempt);

/*
 * Own `writer`, and create NAME. Wait up to a second for a NAME that is about
 * to go away.
 */
enum status hold_make(const struct writer *writer, const struct trailer_plan *plan, struct hold *hold);

/* Report why no attempt succeeded. */
enum status hold_explain_attempt(const struct writer *writer, enum hold_attempt attempt);

/*
 * Create further companions of a NAME that this command has created. Print a
 * message on failure.
 */
enum status hold_add(const struct writer *writer, const struct companion *companions, size_t count);

/*
 * Own a mutex that this command has created. Other processes own it for no longer
 * than a look takes, or else it is a conflict.
 */
enum status hold_own(const struct writer *writer, object *mutex);

/* Report that another program owns such a mutex for longer. */
enum status hold_explain_owned(const struct report *report);

/* Release a mutex that we may own, and close it. */
void hold_close_mutex(object *mutex);

/*
 * Get the companions that a holder needs, for a NAME that exists and has no
 * holder. The caller owns `writer`. Open each companion that a process still has
 * open, and create the others. NAME does not count its reads.
 */
enum status hold_take_over(const struct writer *writer, struct hold *hold);

/*
 * Become the holder: own `holder`, and record that in the trailer. The caller, or
 * the process that started it, owns `writer`.
 */
enum status hold_begin(const struct writer *writer, struct hold *hold);

/*
 * Wait until --release, Ctrl+C, --hold-for, or the last of the reads that are
 * counted.
 */
enum status hold_wait(const struct writer *writer, const struct hold *hold);

/*
 * Release NAME if it ends with this process, and close everything, the mutexes
 * last: when `holder` is free, the section is closed.
 */
void hold_close(struct hold *hold);

#endif
