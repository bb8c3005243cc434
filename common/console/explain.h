/*
 * explain.h - why NAME could not be opened or created, in the user's terms.
 *
 * One error code of Windows has several causes, and the cause is what the user can do something about: so each function
 * looks around, says one line, and returns the status. `name` is the full name.
 */
#ifndef COMMON_CONSOLE_EXPLAIN_H
#define COMMON_CONSOLE_EXPLAIN_H

#include "common/console/report.h"
#include "common/memory/companion.h"
#include "common/memory/trailer.h"
#include "common/platform.h"

/* Return the words for a kind of object: "a mutex". */
const char *explain_kind_text(enum object_kind kind);

enum status explain_open(const struct report *report, const char *name, oserror error);
enum status explain_map(const struct report *report, oserror error);
enum status explain_create(const struct report *report, const char *name, uint64_t size, oserror error);

/* The same for a companion of NAME (see companion.h). */
enum status explain_companion(const struct report *report, const char *name, enum companion_role role,
                              const struct mapping *value, oserror error);

/*
 * How a wait for one thing ended: EXIT_DONE when it came. `late` is what to say when the time is up, `failed` when it
 * could not be waited for.
 */
enum status explain_wait(const struct report *report, struct waited waited, const char *late, const char *failed);

/* A view of ours that cannot be used: every verdict but TRAILER_OURS and TRAILER_FOREIGN. */
enum status explain_verdict(const struct report *report, enum trailer_verdict verdict);

/* No memory for `size` bytes, whatever they were for. */
enum status explain_no_memory(const struct report *report, uint64_t size, oserror error);

#endif
