/* windows_checks.h - functions that the checks in windows_*.c share. */
#ifndef COMMON_TESTS_PLATFORM_WINDOWS_CHECKS_H
#define COMMON_TESTS_PLATFORM_WINDOWS_CHECKS_H

#include "common/tests/platform/checks.h"
#include "common/windows/wide.h"

/* Return a name or path in UTF-16. It is valid for the next 15 calls. */
const wchar_t *wide_text(const char *text);

/* The wall clock at the start of this process. */
extern uint64_t began;

/* Return the build of Windows, such as 19045. */
DWORD windows_build(void);

/* Close a handle unless it is NULL or INVALID_HANDLE_VALUE. */
void close_handle(HANDLE handle);

/* Return 0 if a call succeeded, or else the last error. */
static inline oserror error_of(bool success)
{
    return success ? OSERROR_NONE : GetLastError();
}

/*
 * Start this program again as `role` with one argument, with the `flags` of
 * CreateProcess(). Report a difference if that fails.
 */
struct raw_start {
    const char *role;
    const char *argument;  /* or NULL */
    const wchar_t *folder; /* the current directory, or NULL */
    DWORD flags;
};
bool start_raw(struct raw_start start, PROCESS_INFORMATION *started);

/*
 * Run `child`, a function of a console check, in a second process with an
 * invisible console, and report its differences here.
 */
void run_on_hidden_console(const char *child);

/*
 * Run the console check or the role of this name. Return false if none has this
 * name.
 */
bool console_child(const char *child);
bool object_role(const char *role, int count, char **arguments, int *status);
bool process_role(const char *role, int count, char **arguments, int *status);
bool file_role(const char *role, int count, char **arguments, int *status);
bool console_role(const char *role, int count, char **arguments, int *status);

/*
 * Return the integrity level of this process, such as
 * SECURITY_MANDATORY_HIGH_RID, or 0 if it has none.
 */
DWORD integrity(void);
bool is_elevated(void);

/*
 * Return whether the user is the local administrator, which SDDL calls LA. The
 * Administrator of a domain is another user, although that SID ends in 500,
 * too.
 */
bool is_local_administrator(void);

/*
 * Enable or disable a privilege. Return false if this process does not have it.
 */
bool set_privilege(const wchar_t *privilege, bool enabled);

#endif
