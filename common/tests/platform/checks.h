/*
 * checks.h - how a check of platform_test.c is written, and how it reports.
 *
 * A check is a block behind DOCUMENTED with a title, which states the behaviour
 * that Windows documents. The block uses IS and HOLDS for each condition that
 * must be true. If all are true, the behaviour is "as documented". Otherwise
 * the line of the check reports each condition that is false.
 *
 *     DOCUMENTED("a name goes away with the last handle")
 *     {
 *         drop(created(OBJECT_SECTION, unique("name")));
 *         IS(opening(OBJECT_SECTION, unique("name")), OSERROR_FILE_NOT_FOUND);
 *     }
 *
 * platform_test.c has the checks that need only platform.h: they also run on
 * the simulated machine. The checks that need Windows itself are in windows_*.c
 * of this folder.
 */
#ifndef COMMON_TESTS_PLATFORM_CHECKS_H
#define COMMON_TESTS_PLATFORM_CHECKS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/console/report.h"
#include "common/platform.h"

/* ---- Reporting: platform_test.c ---------------------------------------------------------------------------------- */

/* Begin a check. Report the one before, and close everything that it owns. */
#define DOCUMENTED(title) if (check_begin(title))
bool check_begin(const char *title);

/*
 * Compare a condition, or a value with the documented one. If they differ,
 * report this for the current check. Return whether they agree, so that a check
 * can end if the rest makes no sense.
 */
#define HOLDS(condition) check_holds((condition), #condition)
#define IS(got, wanted) check_is(#got, (uint64_t)(got), (uint64_t)(wanted))
bool check_is(const char *text, uint64_t got, uint64_t wanted);

#define PRINTF_LIKE REPORT_FORMAT(1, 2)

/* Report a difference of the current check, as printf() does. */
void check_differs(const char *format, ...) PRINTF_LIKE;

/* Inline, so that static analysis knows the condition afterwards. */
static inline bool check_holds(bool holds, const char *text)
{
    if (!holds) {
        check_differs("not so: %s", text);
    }
    return holds;
}

/* Report that the current check cannot be made here, and why. */
void check_skip(const char *format, ...) PRINTF_LIKE;

/* Print a line with a measured value, which is not judged. */
void check_note(const char *format, ...) PRINTF_LIKE;

/* The current check. */
extern struct check {
    const char *title;      /* NULL: there is none */
    char differences[1200]; /* so far, or "" */
    char skip_reason[200];  /* or "" */
} check;

/* ---- Owned objects: platform_test.c ------------------------------------------------------------------------------ */

/*
 * Let the current check own an object, which is closed after it, and return the
 * object. drop() closes one earlier. Only checks use this and the functions
 * below: a role leaves its objects to the end of its process.
 */
object *owned(object *made);
void drop(object *dropped);

/*
 * Create or open an object of any kind that has a name, and own it. A section
 * has one page, and is opened for reading. If that fails, report a difference
 * and return NULL.
 */
object *created(enum object_kind kind, const char *name);
object *created_as(enum object_kind kind, const char *name, const char *sddl);
object *opened(enum object_kind kind, const char *name);

/* Return the error of creating or opening an object, and close it. */
oserror creating(enum object_kind kind, const char *name);
oserror opening(enum object_kind kind, const char *name);
oserror opening_for(enum access access, const char *section);

/*
 * Map a section until the check ends. If that fails, report a difference and
 * return a view of one page of zeros, so that the check can go on.
 */
struct view view_of(object *section, enum access access);
uint8_t *bytes_of(object *section, enum access access);

/* ---- Helpers: platform_test.c ------------------------------------------------------------------------------------ */

/* The kinds of objects that created() can create. */
#define KINDS 4
extern const enum object_kind kinds[KINDS];

/*
 * Return a name for an object that no other process uses. It is valid for the
 * next 31 calls.
 */
const char *unique(const char *suffix);

/* Wait for one object for at most `milliseconds`. Return how the wait ended. */
enum waited_how wait_for(object *waited, uint64_t milliseconds);

/* Check that creating a section of this size is an error for lack of room. */
void check_too_large(uint64_t size);

/*
 * Start this program again as a role with arguments, in the background. Return
 * the process, which the check owns. If that fails, report a difference and
 * return NULL.
 */
#define START(...) start_self((const char *const[]){"winshm-check", "--role", __VA_ARGS__, NULL})
object *start_self(const char *const arguments[]);

/* Wait for the end of a started program, and return its status. */
uint32_t end_of(object *process);

/* Run the role `try` in another process: see try_mutex() in platform_test.c. */
#define TRIED(mutex) end_of(START("try", mutex))

/*
 * A process in a role that takes three arguments: `name`, and the names of two
 * events. It sets the first when it is ready, and ends after the second is set.
 * helper_start() returns when it is ready. helper_end() returns its status.
 */
struct helper {
    object *process;
    object *end;
};
struct helper helper_start(const char *role, const char *name);
uint32_t helper_end(struct helper helper);

/*
 * A role: a function that this program runs instead of the checks. It returns
 * the exit status. The arguments end in NULL. A list of roles ends in a row
 * without a name.
 */
struct role {
    const char *name;
    int (*run)(char **arguments);
};

/* Report to the parent as helper_start() expects it, and wait for the end. */
int helper_wait(char **arguments);

/*
 * Run the program: all checks, or a role if the arguments name one. Return the
 * exit status.
 */
int platform_main(int count, char **arguments);

/* ---- The machine: windows.c, or simulated.c ---------------------------------------------------------------------- */

/* Print lines that describe the machine on which the checks run. */
void machine_describe(void);

/* Make the checks that only this machine has. */
void machine_checks(void);

/* The roles that only this machine has. NULL ends the lists. */
extern const struct role *const machine_roles[];

/*
 * Return whether this process is in session 0, where names without a prefix are
 * global.
 */
bool in_session_zero(void);

/*
 * Return the path of a file in a private folder, which the first call creates.
 * The path is valid for the next 7 calls.
 */
const char *scratch(const char *file);

/* Delete that folder with all files in it. Return false if a file is left. */
bool scratch_clear(void);

/*
 * Return whether the machine can replace an open file. If it cannot, skip the
 * current check.
 */
bool replaces_open_files(void);

#endif
