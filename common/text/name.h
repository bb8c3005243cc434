/* name.h - the names of shared memory, as a user types them and as Windows wants them. */
#ifndef COMMON_TEXT_NAME_H
#define COMMON_TEXT_NAME_H

#include <stdint.h>

#include "common/include/winshm.h"

/* Room for a name, or a companion's, in UTF-8 with its zero: `Global\`, three bytes a unit, `.winshm.<role>`. */
#define NAME_ROOM (7 + 3 * WINSHM_NAME_MAX + WINSHM_COMPANION_MAX + 1)

enum name_scope { NAME_AS_TYPED, NAME_LOCAL, NAME_GLOBAL };

/* What is wrong with a name. Windows would answer each with another error, and some with success. */
enum name_fault {
    NAME_GOOD,
    NAME_EMPTY,       /* would be unnamed memory */
    NAME_ONLY_PREFIX, /* `Global\` */
    NAME_LONG,        /* more than WINSHM_NAME_MAX units */
    NAME_BACKSLASH,   /* `a\b` */
    NAME_LEADING,     /* `\a` */
    NAME_PREFIX_CASE, /* `global\a`: "did you mean Global\a?" */
    NAME_SESSION,     /* `Session\1\a`: reserved */
    NAME_DIRECTORY,   /* `Global`, `Local`, `Session`: Windows keeps its own objects there */
    NAME_SCOPE        /* --global with `Local\a`, or the other way round */
};

/*
 * Make the full name of what was typed: with the prefix that `scope` asks for, which may be typed as well. On a fault,
 * `full` is the name to suggest with NAME_PREFIX_CASE, and otherwise what was typed, cut if need be.
 */
enum name_fault name_make(const char *typed, enum name_scope scope, char full[NAME_ROOM]);

/* What to tell the user, without a final stop. */
const char *name_fault_text(enum name_fault fault);

/* The same base in the other namespace: `Global\a` for `a` and `Local\a`, `a` for `Global\a`. */
void name_elsewhere(const char *full, char elsewhere[NAME_ROOM]);

#endif
