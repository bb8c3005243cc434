/*
 * explain.h - reports why an object could not be opened, created or used.
 *
 * One error code of Windows has several causes, and the user can only act on
 * the cause. So the functions below look for the cause, for example at the
 * objects of this name, report it, and return the exit status for it. `name` is
 * a full name, and `error` is the error of the failed call.
 */
#ifndef COMMON_CONSOLE_EXPLAIN_H
#define COMMON_CONSOLE_EXPLAIN_H

#include "common/console/report.h"
#include "common/memory/companion.h"
#include "common/memory/trailer.h"
#include "common/platform.h"

/* Return the words for a kind of object, such as "a mutex". */
const char *explain_kind_text(enum object_kind kind);

/*
 * Print a hint at a name that the user may have meant, if there is one: the same
 * name in the other namespace, or one of the first thousand names that differs
 * only in the case of ASCII letters.
 */
void explain_other_name(const struct report *report, const char *name);

/* Report why section_open() failed. */
enum status explain_open(const struct report *report, const char *name, oserror error);

/* Report why view_map() failed. */
enum status explain_map(const struct report *report, oserror error);

/* Report why section_create() failed, for a section of `size` bytes. */
enum status explain_create(const struct report *report, const char *name, uint64_t size, oserror error);

/*
 * Report why a companion of NAME could not be opened or created. `role` and
 * `value` are as in companion.h.
 */
enum status explain_companion(const struct report *report, const char *name, enum companion_role role,
                              const struct mapping *value, oserror error);

/*
 * Return the status for a wait that ended as `waited` describes:
 *   - signalled or abandoned: EXIT_DONE, without a message;
 *   - interrupted: EXIT_INTERRUPTED, without a message;
 *   - timed out: report the sentence `late`, and return EXIT_TIMED_OUT;
 *   - failed: report the sentence `failed` and the error of the system, and
 *     return EXIT_SYSTEM.
 */
enum status explain_wait(const struct report *report, struct waited waited, const char *late, const char *failed);

/*
 * Report why a view with this verdict cannot be used. Return EXIT_DONE, without
 * a message, for TRAILER_OURS and TRAILER_FOREIGN.
 */
enum status explain_verdict(const struct report *report, enum trailer_verdict verdict);

/* Report that `size` bytes could not be allocated, and return EXIT_NO_ROOM. */
enum status explain_no_memory(const struct report *report, uint64_t size, oserror error);

#endif
