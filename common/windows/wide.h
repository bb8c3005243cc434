/*
 * wide.h - handles, UTF-16 and functions of DLLs, for the files of this folder.
 *
 * This folder implements platform.h with the functions of Windows. The contract
 * of each function is in platform.h. README.md lists every behaviour of Windows
 * that the code relies on, with its source and its test.
 */
#ifndef COMMON_WINDOWS_WIDE_H
#define COMMON_WINDOWS_WIDE_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include "common/platform.h"
#include "common/text/name.h"

/*
 * Return the handle behind an object. An object is a handle with another type.
 */
static inline HANDLE handle_of(object *from)
{
    return (HANDLE)from;
}

/*
 * Convert the result of a call that returns NULL when it fails: set *out to the
 * handle, or return GetLastError(). No other call may come in between.
 */
static inline oserror wide_handle(HANDLE handle, object **out)
{
    if (handle == NULL) {
        return GetLastError();
    }
    *out = (object *)handle;
    return OSERROR_NONE;
}

/*
 * Convert the full name of a section or of a companion to UTF-16. Return the
 * converted name, which is in `room`.
 */
struct wide_name {
    wchar_t text[NAME_ROOM + 4];
};
const wchar_t *wide_name(const char *name, struct wide_name *room);

/*
 * Open an object of any kind, with the access rights of Windows in `rights`.
 * Return NULL, with the error in GetLastError(), if that fails. Do not pass
 * SECTION_QUERY as the only right to a section: see section_open().
 */
HANDLE wide_open(enum object_kind kind, DWORD rights, const char *name);

/*
 * Return when a process began, in the format of clock_wall(), or 0 if the system
 * does not return it.
 */
uint64_t wide_beginning(HANDLE process);

/*
 * Convert a path, or any other text, to UTF-16. Return a string that the caller
 * passes to free(), or NULL if there is no memory.
 */
wchar_t *wide_path(const char *path);

/*
 * Load a library of Windows from the system folder, and return its function
 * `name`. Return NULL, with the error in GetLastError(), if there is no such
 * library or function. The library stays loaded until the process ends. This is
 * for libraries that only few commands need, because loading one takes longer
 * than printing a small value.
 */
FARPROC wide_function(const wchar_t *library, const char *name);

/*
 * Return the function `name` of ntdll.dll, or NULL if it has none. ntdll is in
 * every process. Its functions are not in the import libraries. Call one only
 * as its page in Microsoft's documentation says.
 */
FARPROC wide_kernel_function(const char *name);

/*
 * Return the Windows error for an NTSTATUS that a function of ntdll returned.
 */
oserror wide_kernel_error(LONG status);

/*
 * Convert the arguments of wmain() to UTF-8. Return an array of `count` strings
 * and a final NULL, which is never freed, or NULL if there is no memory.
 */
char **wide_arguments(int count, wchar_t **arguments);

#endif
