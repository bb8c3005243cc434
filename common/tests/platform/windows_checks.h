/* windows_checks.h - functions that the checks in windows_*.c share. */
#ifndef COMMON_TESTS_PLATFORM_WINDOWS_CHECKS_H
#define COMMON_TESTS_PLATFORM_WINDOWS_CHECKS_H

#include "common/tests/platform/checks.h"
#include "common/windows/wide.h"

/* The checks and the roles of each file. */
void windows_check_objects(void);
void windows_check_waiting(void);
void windows_check_processes(void);
void windows_check_files(void);
void windows_check_console(void);
void windows_check_security(void);
extern const struct role waiting_roles[];
extern const struct role process_roles[];
extern const struct role file_roles[];
extern const struct role console_roles[];

/* Return a name or path in UTF-16. It is valid for the next 15 calls. */
const wchar_t *wide_text(const char *text);

/* The wall clock at the start of this process. */
extern uint64_t began;

/* Return the build of Windows, such as 19045. */
DWORD windows_build(void);

/* Return the number of the session of this process. */
DWORD windows_session(void);

/* Return 0 if a call succeeded, or else the last error. */
static inline oserror error_of(bool success)
{
    return success ? OSERROR_NONE : GetLastError();
}

/*
 * Let the current check own a handle, which is closed after it, and return the
 * handle. The handle may be NULL or INVALID_HANDLE_VALUE.
 */
static inline HANDLE kept(HANDLE made)
{
    if (made != NULL && made != INVALID_HANDLE_VALUE) {
        (void)owned((object *)made);
    }
    return made;
}

/*
 * Return 0 if a call has returned a handle, which is closed, or else the last
 * error.
 */
oserror outcome(HANDLE handle);

/* Create a section of the paging file, which the check owns. */
HANDLE section_of(DWORD size, DWORD flags, const char *name);

/*
 * Start this program again as `role` with one argument, with the `flags` of
 * CreateProcess(). The check owns the handles.
 */
struct raw_start {
    const char *role;
    const char *argument;  /* or NULL */
    const wchar_t *folder; /* the current directory, or NULL */
    DWORD flags;
};
oserror start_raw(struct raw_start start, PROCESS_INFORMATION *started);

/*
 * Return a part of the token of this process, or NULL. It is valid until the
 * next call.
 */
const void *token_says(TOKEN_INFORMATION_CLASS what);

/*
 * Return the integrity level of this process, such as
 * SECURITY_MANDATORY_HIGH_RID, or 0 if it has none.
 */
DWORD integrity(void);

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
