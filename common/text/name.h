/*
 * name.h - the names of shared memory, as users type them and as Windows knows
 * them.
 *
 * A full name is `x`, `Local\x` or `Global\x`, in UTF-8. A name without a
 * prefix belongs to the session of the user, as `Local\x` does; a `Global\`
 * name is the same in all sessions. See winshm.h, WINSHM_NAME_MAX.
 */
#ifndef COMMON_TEXT_NAME_H
#define COMMON_TEXT_NAME_H

#include <stdbool.h>
#include <stdint.h>

#include "common/include/winshm.h"

/*
 * Bytes that a full name, or the name of a companion, needs in UTF-8 with its
 * terminating zero: the prefix `Global\`, three bytes for each UTF-16 unit, and
 * the longest `.winshm.<role>`.
 */
#define NAME_ROOM (7 + 3 * WINSHM_NAME_MAX + WINSHM_COMPANION_MAX + 1)

/* The namespace that the options ask for: none, --local or --global. */
enum name_scope { NAME_AS_TYPED, NAME_LOCAL, NAME_GLOBAL };

/*
 * The faults of a name. They are detected here, because Windows reports each of
 * them with a different error code, and some not at all.
 */
enum name_fault {
    NAME_GOOD,
    NAME_EMPTY,       /* Windows would create memory without a name */
    NAME_ONLY_PREFIX, /* `Global\` */
    NAME_LONG,        /* more than WINSHM_NAME_MAX UTF-16 units after the prefix */
    NAME_BACKSLASH,   /* `a\b` */
    NAME_LEADING,     /* `\a` */
    NAME_PREFIX_CASE, /* `global\a`: the user probably means `Global\a` */
    NAME_SESSION,     /* `Session\1\a`: reserved by Windows */
    NAME_DIRECTORY,   /* `Global`, `Local` or `Session`: names of objects of Windows itself */
    NAME_SCOPE        /* --global with `Local\a`, or --local with `Global\a` */
};

/*
 * Write the full name for `typed` to `full`, with the prefix that `scope` asks
 * for. The user may have typed that prefix too. Return NAME_GOOD or the fault
 * of the name. With NAME_PREFIX_CASE, `full` is the name to suggest; with any
 * other fault it is `typed`, cut to the room of `full`.
 */
enum name_fault name_make(const char *typed, enum name_scope scope, char full[NAME_ROOM]);

/* Return the message for a fault, without a full stop at its end. */
const char *name_fault_text(enum name_fault fault);

/*
 * Write the full name of the same base in the other namespace to `elsewhere`:
 * `Global\a` for `a` and `Local\a`, and `a` for `Global\a`.
 */
void name_elsewhere(const char *full, char elsewhere[NAME_ROOM]);

/*
 * Return whether two names differ, and only in the case of ASCII letters. To
 * Windows they are two objects.
 */
bool name_differs_in_case(const char *one, const char *other);

#endif
