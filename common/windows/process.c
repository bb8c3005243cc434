/*
 * process.c - starts this program again in the background, and passes handles
 * to the new process.
 */
#include "common/windows/wide.h"

#include <stdlib.h>
#include <string.h>
#include <winternl.h>

/*
 * Room for the longest path and the longest command line of Windows, in UTF-16
 * units with the terminating zero (MicrosoftDocs/sdk-api, processthreadsapi
 * CreateProcessW, lpCommandLine).
 */
#define PATH_ROOM 32768
#define COMMAND_ROOM 32768

/* The longest wait for the end of a process, in milliseconds. */
#define END_LIMIT 5000

uint32_t process_id(void)
{
    return GetCurrentProcessId();
}

/*
 * Write an argument to a command line, so that the C library of the new process
 * splits it off unchanged: in quotes, each quote as \", and each backslash that
 * is before a quote as two. All other backslashes stay single
 * (MicrosoftDocs/cpp-docs docs/c-language/parsing-c-command-line-arguments.md).
 * Return the end of what was written.
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

/*
 * Write the command line to `line`, which has COMMAND_ROOM units. Return
 * OSERROR_FILENAME_EXCED_RANGE if it may not fit. An argument of n units
 * becomes at most 2 n, two quotes and a blank, and a terminating zero follows.
 */
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

/* The command line of the child, and the handles that the child inherits. */
struct start {
    wchar_t *line;
    HANDLE passed[PROCESS_PASSED_MAX];
    size_t count;
    LPPROC_THREAD_ATTRIBUTE_LIST attributes; /* contains `passed` */
};

/*
 * Make the handles in start->passed inheritable (HANDLE_FLAG_INHERIT), or not
 * inheritable (0). Handles in an attribute list must be inheritable. They are
 * inheritable only while CreateProcess runs, so that no program that this
 * process starts later, for whatever reason, inherits them. Return the first
 * error, but try all handles.
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

/*
 * Create start->attributes, with the list of the only handles that the child
 * inherits. The caller calls free_attributes(), also after a failure.
 */
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
 * Start the child, without a console and, if possible, outside of our jobs.
 *
 * With DETACHED_PROCESS the child has no standard handles. With our console, or
 * with a hidden console of its own, the child would get copies of our standard
 * handles. A program that reads our output to its end would then wait for the
 * child. The list of handles in start->attributes excludes all other
 * inheritable handles (rprichard/win32-console-docs, "CreateProcess",
 * "PROC_THREAD_ATTRIBUTE_HANDLE_LIST"). CREATE_NEW_PROCESS_GROUP excludes the
 * child from the Ctrl+C of our console.
 *
 * Windows ends all processes of a job with the job. CREATE_BREAKAWAY_FROM_JOB
 * lets the child leave our job. If the job does not allow that, the error is 5,
 * and the child is started inside the job (Wine dlls/kernel32/tests/process.c,
 * test_BreakawayOk). Where jobs are nested, the child may leave one and stay in
 * another (MicrosoftDocs/win32 desktop-src/ProcThread/nested-jobs.md). So
 * success does not show that the child is in no job, and IsProcessInJob is
 * asked.
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

    /*
     * A process holds its current directory open, so that no one can remove
     * that folder or eject its drive
     * (devblogs.microsoft.com/oldnewthing/20101109-00/?p=12323). So the child
     * starts in the system folder.
     */
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

uint64_t wide_beginning(HANDLE process)
{
    FILETIME began;
    FILETIME unused[3];
    return GetProcessTimes(process, &began, &unused[0], &unused[1], &unused[2])
               ? (uint64_t)began.dwHighDateTime << 32 | began.dwLowDateTime
               : 0;
}

/*
 * Return the ID of the process that started this one, or 0 if it is not known.
 * NtQueryInformationProcess and its structure are described at
 * learn.microsoft.com/windows/win32/api/winternl/nf-winternl-ntqueryinformationprocess.
 */
static DWORD parent_id(void)
{
    typedef NTSTATUS(NTAPI * query_process)(HANDLE, PROCESSINFOCLASS, void *, ULONG, ULONG *);
    query_process query = (query_process)(void (*)(void))wide_kernel_function("NtQueryInformationProcess");
    PROCESS_BASIC_INFORMATION known = {0};
    if (query == NULL || query(GetCurrentProcess(), ProcessBasicInformation, &known, sizeof known, NULL) < 0) {
        return 0;
    }
    return (DWORD)(ULONG_PTR)known.InheritedFromUniqueProcessId;
}

/*
 * Windows uses the ID of a process again when it has ended. A parent began
 * before its child, so a process that began later is another one.
 */
oserror process_open(uint32_t id, object **process)
{
    bool is_parent = id == PROCESS_PARENT;
    DWORD wanted = is_parent ? parent_id() : id;
    HANDLE opened = wanted == 0 ? NULL : OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, wanted);
    if (opened == NULL) {
        return wanted == 0 ? OSERROR_INVALID_PARAMETER : GetLastError();
    }
    if (WaitForSingleObject(opened, 0) == WAIT_OBJECT_0 ||
        (is_parent && wide_beginning(opened) > wide_beginning(GetCurrentProcess()))) {
        CloseHandle(opened);
        return OSERROR_INVALID_PARAMETER;
    }
    *process = (object *)opened;
    return OSERROR_NONE;
}

uint32_t process_exit_status(object *process)
{
    DWORD status = 0;
    return GetExitCodeProcess(handle_of(process), &status) ? status : UINT32_MAX;
}

void process_end(object *process)
{
    /*
     * TerminateProcess returns before the process has ended. The wait ends once
     * Windows has closed all handles that the process owned. END_LIMIT bounds
     * the wait, because a driver can keep the process from ending.
     */
    TerminateProcess(handle_of(process), 1);
    WaitForSingleObject(handle_of(process), END_LIMIT);
}

/*
 * An inherited handle has the same value in the child as in the parent
 * (MicrosoftDocs/win32 desktop-src/ProcThread/inheritance.md), so that the
 * value can be passed on the command line.
 */
uint64_t object_number(const object *passed)
{
    return (uintptr_t)passed;
}

/*
 * The handle has only PROCESS_DUP_HANDLE. A child that inherits it can
 * duplicate every other handle of this process, although it may not open this
 * process (MicrosoftDocs/win32
 * desktop-src/ProcThread/process-security-and-access-rights.md).
 */
oserror process_self(object **self)
{
    HANDLE handle = NULL;
    if (!DuplicateHandle(GetCurrentProcess(), GetCurrentProcess(), GetCurrentProcess(), &handle, PROCESS_DUP_HANDLE,
                         FALSE, 0)) {
        return GetLastError();
    }
    return wide_handle(handle, self);
}

/*
 * An inherited handle belongs to this process already. SetHandleInformation
 * fails if the number is not that of an open handle (MicrosoftDocs/sdk-api,
 * handleapi), and it prevents that a further child inherits the handle. Any
 * other handle is duplicated out of `process`.
 */
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
