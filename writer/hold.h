/*
 * hold.h - being the holder of a name: the process whose handle keeps it alive, and who lets go when asked to.
 *
 * While a name is being made its maker owns `writer`, so that whoever finds it without a holder knows whether one is
 * about to come.
 */
#ifndef HOLD_H
#define HOLD_H

#include "options.h"
#include "platform.h"

/*
 * Until when a name that should go away, or come, is waited for: not for long, and not longer than --timeout. And how
 * often it is looked at, in milliseconds.
 */
#define HOLD_LOOK_EVERY 10
uint64_t hold_linger(const struct writer_options *options);

/*
 * How long a companion that somebody owns is waited for, in milliseconds, if --timeout does not say: an honest owner
 * has done with it long before, and another program that has taken the name may own it for ever.
 */
#define HOLD_PATIENCE 60000

/* When what begins now is given up: after --timeout, or else after `patience`, in milliseconds. */
uint64_t hold_deadline(const struct writer_options *options, uint64_t patience);

struct hold {
    object *section; /* the handle that the name lives by */
    object *writer;  /* mutex */
    object *holder;  /* mutex, owned by the holder */
    object *release; /* event: let go */
    object *reads;   /* semaphore: one for each complete read, with --reads, or for a stream's reader; else NULL */
};

/*
 * Create NAME with `size` bytes, and its companions; `writer` is owned by us, `holder` by nobody. What exists is never
 * adopted; but the name of a holder that has just let go or died may linger for a moment, and is waited for. On failure
 * a line has been said and nothing is held. With `exists`, that NAME exists is not told but reported there: at once.
 */
enum status hold_create(const struct report *report, const struct writer_options *options, uint64_t size, bool *exists,
                        struct hold *hold);

/* One more companion of a NAME that we are making. On failure a line has been said. */
struct hold_companion {
    const char *role;
    oserror (*create)(const char *name, const char *sddl, object **companion);
    object **companion;
};
enum status hold_add(const struct report *report, const struct writer_options *options,
                     const struct hold_companion *added);

/*
 * Own a mutex that we have made, which nobody owns for longer than a look takes: else it is a conflict. Release one
 * that we may own, and close it.
 */
enum status hold_own(const struct report *report, const struct writer_options *options, object *mutex);
void hold_close_mutex(object *mutex);

/* Is NAME taken, by anything that will not go away by itself? Then says so, before any input is read. */
enum status hold_check(const struct report *report, const char *name);

/*
 * Own `writer` of a NAME that exists, until `deadline`. It is made anew where the last one that knew it has died: that
 * is not told, nor that a predecessor died while owning it, since the journal takes care of what it left.
 */
enum status hold_own_writer(const struct report *report, const char *name, uint64_t deadline, object **writer);

/*
 * If nobody holds NAME, whose section and owned `writer` are in `hold`, get what a holder needs. *vacant says whether
 * that was so.
 */
enum status hold_take_over(const struct report *report, const struct writer_options *options, struct hold *hold,
                           bool *vacant);

/* Become the holder: own `holder`. Nobody else tries for longer than a look takes. */
enum status hold_begin(const struct report *report, const struct writer_options *options, const struct hold *hold);

/* Wait until somebody asks to let go, Ctrl+C is pressed, or --hold-for or --reads is reached. */
enum status hold_wait(const struct report *report, const struct writer_options *options, const struct hold *hold);

/* Close everything, the mutexes last: when `holder` is free, the section is closed. */
void hold_close(struct hold *hold);

#endif
