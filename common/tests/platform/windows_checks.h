/* windows_checks.h - what the checks that only Windows can answer share. */
#ifndef COMMON_TESTS_PLATFORM_WINDOWS_CHECKS_H
#define COMMON_TESTS_PLATFORM_WINDOWS_CHECKS_H

#include "common/tests/platform/checks.h"
#include "common/windows/wide.h"

/* A name or path in UTF-16. Valid for the next 15 calls. */
const wchar_t *wide_text(const char *text);

/* The wall clock when this process began to run. */
extern uint64_t began;

/* The build of Windows, such as 19045. */
DWORD windows_build(void);

/* Close what may be NULL or INVALID_HANDLE_VALUE. */
void close_handle(HANDLE handle);

/* The error of a call that returned `success`, or 0. */
static inline oserror error_of(bool success)
{
    return success ? OSERROR_NONE : GetLastError();
}

/* Start this program again as `role` with one argument, as CreateProcess does with `flags`. Reports a failure. */
struct raw_start {
    const char *role;
    const char *argument;  /* or NULL */
    const wchar_t *folder; /* the current directory, or NULL */
    DWORD flags;
};
bool start_raw(struct raw_start start, PROCESS_INFORMATION *started);

/*
 * Run `child`, a function of a console check, in a second process, which has a
 * console that nobody sees, and report its differences here.
 */
void run_on_hidden_console(const char *child);

/* The functions for that, and for other roles, by name. Return false when there is none of that name. */
bool console_child(const char *child);
bool object_role(const char *role, int count, char **arguments, int *status);
bool process_role(const char *role, int count, char **arguments, int *status);
bool file_role(const char *role, int count, char **arguments, int *status);
bool console_role(const char *role, int count, char **arguments, int *status);

/* The integrity level of this process, such as SECURITY_MANDATORY_HIGH_RID; 0 when it has none. */
DWORD integrity(void);
bool is_elevated(void);

/* Whether the user is LA. The Administrator of a domain is another one, though that SID ends in 500 as well. */
bool is_local_administrator(void);

/* Enable or disable a privilege. Return false when this process does not have it. */
bool set_privilege(const wchar_t *privilege, bool enabled);

#endif
