/* hold.h - being the holder of a name: the process whose handle keeps it alive. */
#ifndef HOLD_H
#define HOLD_H

#include "options.h"
#include "platform.h"

struct hold {
    object *section; /* the handle that the name lives by */
    object *holder;  /* mutex, owned */
    object *release; /* event */
};

/*
 * Create NAME with `size` bytes, and the companions of its holder. What exists is never adopted; but the name of a
 * holder that has just let go or died may linger for a moment, and is waited for. On failure a line has been said and
 * nothing is held.
 */
enum status hold_create(const struct report *report, const char *name, uint64_t size, struct hold *hold);

/* Is NAME taken, by anything that will not go away by itself? Then says so, before any input is read. */
enum status hold_check(const struct report *report, const char *name);

/* Wait until somebody asks to let go, Ctrl+C is pressed, or `hold_for` milliseconds have passed. */
enum status hold_wait(const struct report *report, const struct hold *hold, uint64_t hold_for);

/* Let go, of the section last: when `holder` is free, the name is. */
void hold_close(struct hold *hold);

#endif
