/* process.c - this process, and starting it again in the background. */
#include "common/windows/wide.h"

#include <stdlib.h>
#include <string.h>

/* The longest path and command line that Windows takes, in UTF-16 units. */
#define PATH_ROOM 32768
#define COMMAND_ROOM 32768

/* How long an end is waited for, in milliseconds. */
#define END_LIMIT 5000

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

/* The child's command line, and the objects that it is to inherit. */
struct start {
    wchar_t *line;
    HANDLE passed[PROCESS_PASSED_MAX];
    size_t count;
    LPPROC_THREAD_ATTRIBUTE_LIST attributes;
};

/*
 * A handle has to be inheritable to be on the list of those that a child
 * inherits. Ours are so only while CreateProcess runs: no other thread of ours
 * starts a program, and a program that something else starts in this process
 * later gets none of them.
 */
static oserror set_inheritable(const struct start *start, DWORD flag)
{
    oserror error = OSERROR_NONE;
    for (size_t i = 0; i < start->count; i++) {
        if (!SetHandleInformation(start->passed[i], HANDLE_FLAG_INHERIT, flag) && error == OSERROR_NONE) {
            error = GetLastError();
        }
    }
    return error;
}

/* Make start->attributes, with the list of handles. Freed by free_attributes(). */
static oserror make_attributes(struct start *start)
{
    SIZE_T size = 0;
    InitializeProcThreadAttributeList(NULL, 1, 0, &size); /* fails, and sets the size */
    LPPROC_THREAD_ATTRIBUTE_LIST made = malloc(size);
    if (made == NULL) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }
    if (!InitializeProcThreadAttributeList(made, 1, 0, &size)) {
        oserror error = GetLastError();
        free(made);
        return error;
    }
    start->attributes = made;
    return UpdateProcThreadAttribute(made, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, start->passed,
                                     start->count * sizeof *start->passed, NULL, NULL)
               ? OSERROR_NONE
               : GetLastError();
}

static void free_attributes(struct start *start)
{
    if (start->attributes != NULL) {
        DeleteProcThreadAttributeList(start->attributes);
        free(start->attributes);
    }
}

/*
 * DETACHED_PROCESS leaves the child without standard handles, and the list
 * keeps every other inheritable handle from it. With our console, or a hidden
 * one of its own, the child would get copies of our standard handles, and a
 * program that reads our output to its end would wait for the child
 * (rprichard/win32-console-docs, "CreateProcess",
 * "PROC_THREAD_ATTRIBUTE_HANDLE_LIST"). A job that does not allow breaking away
 * answers 5, and then the child stays in it. It may also leave one job and stay
 * in another around that, so the child itself is asked.
 */
static oserror start_detached(const wchar_t *program, const wchar_t *folder, const struct start *start,
                              struct started *started)
{
    static const DWORD flags = DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP | EXTENDED_STARTUPINFO_PRESENT;
    STARTUPINFOEXW startup = {.StartupInfo = {.cb = sizeof startup}, .lpAttributeList = start->attributes};
    PROCESS_INFORMATION made;
    if (!CreateProcessW(program, start->line, NULL, NULL, TRUE, flags | CREATE_BREAKAWAY_FROM_JOB, NULL, folder,
                        &startup.StartupInfo, &made)) {
        if (GetLastError() != ERROR_ACCESS_DENIED ||
            !CreateProcessW(program, start->line, NULL, NULL, TRUE, flags, NULL, folder, &startup.StartupInfo, &made)) {
            return GetLastError();
        }
    }
    BOOL in_job = FALSE;
    started->process = (object *)made.hProcess;
    started->in_job = IsProcessInJob(made.hProcess, NULL, &in_job) && in_job;
    CloseHandle(made.hThread);
    return OSERROR_NONE;
}

oserror process_start(const char *const arguments[], object *const passed[], size_t count, struct started *started)
{
    wchar_t *program = malloc((PATH_ROOM + COMMAND_ROOM) * sizeof *program);
    if (program == NULL) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }
    struct start start = {.line = program + PATH_ROOM, .count = count};
    for (size_t i = 0; i < count; i++) {
        start.passed[i] = handle_of(passed[i]);
    }

    /* In the system's folder the child keeps nobody from removing theirs, or from taking out a drive. */
    wchar_t folder[MAX_PATH + 1];
    oserror error = OSERROR_NONE;
    if (GetModuleFileNameW(NULL, program, PATH_ROOM) == 0 || GetSystemDirectoryW(folder, MAX_PATH + 1) == 0) {
        error = GetLastError();
    }
    if (error == OSERROR_NONE) {
        error = command_line(arguments, start.line);
    }
    if (error == OSERROR_NONE) {
        error = make_attributes(&start);
    }
    if (error == OSERROR_NONE) {
        error = set_inheritable(&start, HANDLE_FLAG_INHERIT);
        if (error == OSERROR_NONE) {
            error = start_detached(program, folder, &start, started);
        }
        (void)set_inheritable(&start, 0);
    }
    free_attributes(&start);
    free(program);
    return error;
}

uint32_t process_exit_status(object *process)
{
    DWORD status = 0;
    return GetExitCodeProcess(handle_of(process), &status) ? status : UINT32_MAX;
}

void process_end(object *process)
{
    /* Its handle is signalled after its own handles are closed. The limit is for a process that a driver keeps. */
    TerminateProcess(handle_of(process), 1);
    WaitForSingleObject(handle_of(process), END_LIMIT);
}

/*
 * An inherited handle has the same value in the child
 * (MicrosoftDocs/win32 desktop-src/ProcThread/inheritance.md).
 */
uint64_t object_number(const object *passed)
{
    return (uintptr_t)passed;
}

oserror process_self(object **self)
{
    HANDLE handle = NULL;
    if (!DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &handle, PROCESS_DUP_HANDLE,
                         FALSE, 0)) {
        return GetLastError();
    }
    return wide_handle(handle, self);
}

oserror object_adopt(object *process, uint64_t number, object **adopted)
{
    HANDLE theirs = (HANDLE)(uintptr_t)number; // NOLINT(performance-no-int-to-ptr): that is how handles are passed
    HANDLE ours = theirs;
    BOOL done = process == NULL ? SetHandleInformation(theirs, HANDLE_FLAG_INHERIT, 0)
                                : DuplicateHandle(handle_of(process), theirs, GetCurrentProcess(), &ours, 0, FALSE,
                                                  DUPLICATE_SAME_ACCESS);
    if (!done) {
        return GetLastError();
    }
    *adopted = (object *)ours;
    return OSERROR_NONE;
}
