/* wide.h - what the files of this folder share: Windows' headers, handles, and names in UTF-16. */
#ifndef COMMON_WINDOWS_WIDE_H
#define COMMON_WINDOWS_WIDE_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include "common/platform.h"
#include "common/text/name.h"

/* An object is a handle. */
static inline HANDLE handle_of(object *from)
{
    return (HANDLE)from;
}

/* What a call that returns a handle has said: NULL becomes the error. */
static inline oserror wide_handle(HANDLE handle, object **out)
{
    if (handle == NULL) {
        return GetLastError();
    }
    *out = (object *)handle;
    return OSERROR_NONE;
}

/* A name, or a companion's, in UTF-16. */
struct wide_name {
    wchar_t text[NAME_ROOM + 4];
};
const wchar_t *wide_name(const char *name, struct wide_name *room);

/* Open an object of any kind with these rights. NULL, with GetLastError(), on failure. */
HANDLE wide_open(enum object_kind kind, DWORD rights, const char *name);

/* A path of any length in UTF-16, to be given to free(). NULL when there is no memory. */
wchar_t *wide_path(const char *path);

/*
 * A function of a library of the system, for what only few commands need: it is loaded now, and for good, from nowhere
 * but the system's folder. NULL, with GetLastError(), when there is none.
 */
FARPROC wide_function(const wchar_t *library, const char *name);

/* A function of ntdll, to be called with what Microsoft's page of it says; NULL when there is none. */
FARPROC wide_kernel_function(const char *name);

/* The Windows error that a status of such a function stands for. */
oserror wide_kernel_error(LONG status);

/* The command line in UTF-8, ended by NULL. Lives as long as the process; NULL when there is no memory. */
char **wide_arguments(int count, wchar_t **arguments);

#endif
