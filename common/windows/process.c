/* process.c - this process, and starting it again in the background. */
#include "wide.h"

#include <stdlib.h>
#include <string.h>

/* The longest path and command line that Windows takes, in UTF-16 units. */
#define PATH_ROOM 32768
#define COMMAND_ROOM 32768

uint32_t process_id(void)
{
    return GetCurrentProcessId();
}

/*
 * Add an argument so that the C library of the new process splits it off unchanged: in quotes, a quote as \", and
 * backslashes before a quote doubled (MicrosoftDocs/cpp-docs docs/c-language/parsing-c-command-line-arguments.md).
 */
static wchar_t *add_argument(wchar_t *to, const wchar_t *argument)
{
    *to++ = L'"';
    for (size_t backslashes = 0;; argument++) {
        if (*argument == L'\\') {
            backslashes++;
        } else if (*argument == L'"' || *argument == L'\0') {
            for (; backslashes > 0; backslashes--) {
                *to++ = L'\\';
            }
            if (*argument == L'\0') {
                break;
            }
            *to++ = L'\\';
        } else {
            backslashes = 0;
        }
        *to++ = *argument;
    }
    *to++ = L'"';
    *to++ = L' ';
    return to;
}

static oserror command_line(const char *const arguments[], wchar_t *line)
{
    wchar_t *end = line;
    for (; *arguments != NULL; arguments++) {
        wchar_t *wide = wide_path(*arguments);
        if (wide == NULL) {
            return OSERROR_NOT_ENOUGH_MEMORY;
        }
        if (2 * wcslen(wide) + 4 > (size_t)(line + COMMAND_ROOM - end)) {
            free(wide);
            return OSERROR_FILENAME_EXCED_RANGE;
        }
        end = add_argument(end, wide);
        free(wide);
    }
    *end = L'\0';
    return OSERROR_NONE;
}

/*
 * DETACHED_PROCESS, and nothing to inherit, is what leaves the child without any handle of ours: with our console, or
 * a hidden one of its own, it would get copies of our standard handles, and whoever reads our output to its end would
 * wait for it (rprichard/win32-console-docs, "CreateProcess"; Wine dlls/kernel32/tests/process.c,
 * test_StdHandleInheritance). A job that does not let go answers 5, and keeps the child.
 */
static oserror start_detached(const wchar_t *program, wchar_t *line, const wchar_t *folder, object **process)
{
    static const DWORD flags = DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP;
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION started;
    if (!CreateProcessW(program, line, NULL, NULL, FALSE, flags | CREATE_BREAKAWAY_FROM_JOB, NULL, folder, &startup,
                        &started)) {
        if (GetLastError() != ERROR_ACCESS_DENIED ||
            !CreateProcessW(program, line, NULL, NULL, FALSE, flags, NULL, folder, &startup, &started)) {
            return GetLastError();
        }
    }
    CloseHandle(started.hThread);
    *process = (object *)started.hProcess;
    return OSERROR_NONE;
}

oserror process_start(const char *const arguments[], object **process)
{
    wchar_t *program = malloc((PATH_ROOM + COMMAND_ROOM) * sizeof *program);
    if (program == NULL) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }
    wchar_t *line = program + PATH_ROOM;
    wchar_t folder[MAX_PATH + 1];

    /* In the system's folder the child keeps nobody from removing theirs, or from taking out a drive. */
    oserror error = OSERROR_NONE;
    if (GetModuleFileNameW(NULL, program, PATH_ROOM) == 0 || GetSystemDirectoryW(folder, MAX_PATH + 1) == 0) {
        error = GetLastError();
    }
    if (error == OSERROR_NONE) {
        error = command_line(arguments, line);
    }
    if (error == OSERROR_NONE) {
        error = start_detached(program, line, folder, process);
    }
    free(program);
    return error;
}

uint32_t process_exit_status(object *process)
{
    DWORD status = 0;
    return GetExitCodeProcess(handle_of(process), &status) ? status : UINT32_MAX;
}

/* Handles are numbers of 32 bits that are the same in 32-bit and 64-bit programs (MicrosoftDocs/win32, "Interprocess
 * Communication Between 32-bit and 64-bit Applications"). */
uint64_t object_number(const object *told)
{
    return (uintptr_t)told;
}

oserror object_adopt(uint32_t process, uint64_t number, object **adopted)
{
    HANDLE theirs = OpenProcess(PROCESS_DUP_HANDLE, FALSE, process);
    if (theirs == NULL) {
        return GetLastError();
    }
    HANDLE ours = NULL;
    oserror error = OSERROR_NONE;
    HANDLE told = (HANDLE)(uintptr_t)number; // NOLINT(performance-no-int-to-ptr): that is how handles are told
    if (!DuplicateHandle(theirs, told, GetCurrentProcess(), &ours, 0, FALSE, DUPLICATE_SAME_ACCESS)) {
        error = GetLastError();
    }
    CloseHandle(theirs);
    return error != OSERROR_NONE ? error : wide_handle(ours, adopted);
}

void process_settle(void)
{
    /* Both sizes -1: take as much out of the working set as there is (MicrosoftDocs/sdk-api, winbase). */
    SetProcessWorkingSetSize(GetCurrentProcess(), (SIZE_T)-1, (SIZE_T)-1);
}
