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
#include "common/memory/holder.h"
#include "common/memory/trailer.h"
#include "common/platform.h"
#include "writer/access.h"
#include "writer/options.h"

struct hold {
    uint64_t deadline;                 /* when the command gives up waiting for other processes */
    const struct access_rules *access; /* of what the command creates */
    object *section;                   /* the handle that the name lives by */
    struct mapping mapping;            /* a view of it; its trailer is NULL where there is none of ours */
    object *writer;                    /* mutex, owned by the command until NAME is held */
    object *holder;                    /* mutex, owned by the holder */
    object *release;                   /* event: let go */
    object *reads;         /* semaphore: raised for each complete read, or by a stream's reader; else NULL */
    object *turn;          /* mutex, with --reads: the readers' own */
    object *counted;       /* signal, with --reads: a read has been counted */
    bool writer_was_there; /* `writer` was opened, and not created */
    bool ends;             /* NAME ends with this process: hold_close() releases it */
};

/* How an attempt to create NAME went, if it may be repeated: with `writer` closed. */
enum hold_attempt {
    HOLD_SETTLED, /* it succeeded, or failed with a message */
    HOLD_GOING,   /* NAME exists, but is about to go away */
    HOLD_EXISTS,  /* NAME exists */
    HOLD_ALIEN    /* `writer`, which existed, lets other users in than NAME would */
};

/*
 * Create NAME as planned, and its companions, by the owner of `writer`; `holder`
 * is owned by no process yet. Unless --raw is given the trailer is begun. An
 * object that exists is never adopted. Companions that a predecessor's readers still have
 * open are waited for. On any failure everything is closed, `writer` too.
 */
enum status hold_create(const struct report *report, const struct writer_options *options,
                        const struct trailer_plan *plan, struct hold *hold, enum hold_attempt *attempt);

/* Own `writer`, and create NAME; wait up to a second for a NAME that is about to go away. */
enum status hold_make(const struct report *report, const struct writer_options *options,
                      const struct trailer_plan *plan, struct hold *hold);

/* Report why no attempt succeeded. */
enum status hold_explain_attempt(const struct report *report, const char *name, enum hold_attempt attempt);

/* Create further companions of a NAME that we are making. Print a message on failure. */
enum status hold_add(const struct report *report, const struct writer_options *options, const struct hold *hold,
                     const struct companion *companions, size_t count);

/*
 * Own a mutex that we have made, which other processes own for no longer than a
 * look takes: else it is a conflict.
 */
enum status hold_own(const struct report *report, uint64_t deadline, object *mutex);

/* Report that another program owns such a mutex for longer. */
enum status hold_explain_owned(const struct report *report);

/* Release a mutex that we may own, and close it. */
void hold_close_mutex(object *mutex);

/*
 * Get what a holder needs for a NAME that exists and has no holder, by the owner
 * of `writer`. Each companion that a process still has open is opened, the others
 * are created. NAME does not count its reads.
 */
enum status hold_take_over(const struct report *report, const struct writer_options *options, struct hold *hold);

/*
 * Become the holder: own `holder`, and record that in the trailer. The caller, or
 * the process that started it, owns `writer`.
 */
enum status hold_begin(const struct report *report, uint64_t deadline, struct hold *hold);

/* Wait until --release, Ctrl+C, --hold-for, or the last of the reads that are counted. */
enum status hold_wait(const struct report *report, const struct writer_options *options, const struct hold *hold);

/*
 * Release NAME if it ends with this process, and close everything, the mutexes
 * last: when `holder` is free, the section is closed.
 */
void hold_close(struct hold *hold);

#endif
