/* windows_processes.c - checks of processes, jobs and handles between them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/tests/platform/windows_checks.h"

static uint32_t end_of_raw(PROCESS_INFORMATION *started)
{
    CloseHandle(started->hThread);
    return end_of((object *)started->hProcess);
}

/* ---- In the background ------------------------------------------------------------------------------------------- */

static bool is_in_system_folder(void)
{
    wchar_t current[MAX_PATH + 1] = L"";
    wchar_t system[MAX_PATH + 1] = L"";
    (void)GetCurrentDirectoryW(MAX_PATH, current);
    (void)GetSystemDirectoryW(system, MAX_PATH);
    return _wcsicmp(current, system) == 0;
}

/*
 * The number may be that of another handle in this process. So check whether
 * the event is set.
 */
static int role_detached(const char *number)
{
    DWORD process = 0;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): that is how handles are passed
    (void)SetEvent((HANDLE)(uintptr_t)strtoul(number, NULL, 10));
    return (GetConsoleProcessList(&process, 1) != 0 ? 1 : 0) + (is_in_system_folder() ? 0 : 2);
}

void windows_detached(void)
{
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    HANDLE event = CreateEventW(&inherited, TRUE, FALSE, NULL);
    char number[30];
    (void)snprintf(number, sizeof number, "%lu", (unsigned long)(uintptr_t)event);
    uint32_t status = end_of(start_role("detached", number, NULL, NULL));
    IS(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
    IS(status & 1, 0); /* bit 0: it has a console */
    IS(status & 2, 0); /* bit 1: it is in another folder */
    HOLDS(status < 4);
    close_handle(event);
}

static int role_linger(char **names)
{
    object *ready = NULL;
    object *end = NULL;
    return object_open(OBJECT_EVENT, names[0], &ready) == 0 && object_open(OBJECT_EVENT, names[1], &end) == 0 &&
                   object_signal(ready, SIGNAL_SET) == 0 && wait_for(end, 20000) == WAITED_SIGNALLED
               ? 0
               : 1;
}

void windows_current_directory(void)
{
    object *ready = NULL;
    object *end = NULL;
    PROCESS_INFORMATION started;
    char names[2 * NAME_ROOM];
    const wchar_t *folder = wide_text(scratch("current"));
    HOLDS(CreateDirectoryW(folder, NULL));
    IS(object_create(OBJECT_EVENT, unique("linger.ready"), NULL, &ready), 0);
    IS(object_create(OBJECT_EVENT, unique("linger.end"), NULL, &end), 0);
    (void)snprintf(names, sizeof names, "%s %s", unique("linger.ready"), unique("linger.end"));
    if (start_raw((struct raw_start){.role = "linger", .argument = names, .folder = folder, .flags = DETACHED_PROCESS},
                  &started)) {
        IS(wait_for(ready, 20000), WAITED_SIGNALLED);
        IS(error_of(RemoveDirectoryW(folder)), ERROR_SHARING_VIOLATION);
        IS(object_signal(end, SIGNAL_SET), 0);
        IS(end_of_raw(&started), 0);
    }
    (void)RemoveDirectoryW(folder);
    object_close(ready);
    object_close(end);
}

/* ---- Jobs -------------------------------------------------------------------------------------------------------- */

/*
 * Start a process that leaves the job. Return 0 if it has left, 1 if it is in
 * the job, 2 if that is unknown, or the error plus 1000 if it cannot be
 * started.
 */
static int role_breakaway(const char *name)
{
    HANDLE job = OpenJobObjectW(JOB_OBJECT_QUERY, FALSE, wide_text(name));
    wchar_t program[1024];
    wchar_t line[] = L"winshm-check --role return 0";
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION started;
    (void)GetModuleFileNameW(NULL, program, 1024);
    if (!CreateProcessW(program, line, NULL, NULL, FALSE, CREATE_BREAKAWAY_FROM_JOB | DETACHED_PROCESS, NULL, NULL,
                        &startup, &started)) {
        return 1000 + (int)GetLastError();
    }
    BOOL is_in = FALSE;
    if (!IsProcessInJob(started.hProcess, job, &is_in)) {
        return 2;
    }
    (void)WaitForSingleObject(started.hProcess, 10000);
    return is_in ? 1 : 0;
}

/*
 * Return the status of role_breakaway() in a job with these limits, or
 * UINT32_MAX.
 */
static uint32_t breakaway(DWORD limits)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION wanted = {.BasicLimitInformation = {.LimitFlags = limits}};
    HANDLE job = CreateJobObjectW(NULL, wide_text(unique("job")));
    PROCESS_INFORMATION started;
    uint32_t status = UINT32_MAX;
    HOLDS(SetInformationJobObject(job, JobObjectExtendedLimitInformation, &wanted, sizeof wanted));
    if (start_raw((struct raw_start){.role = "breakaway",
                                     .argument = unique("job"),
                                     .flags = CREATE_SUSPENDED | DETACHED_PROCESS},
                  &started)) {
        if (AssignProcessToJobObject(job, started.hProcess)) {
            (void)ResumeThread(started.hThread);
            status = end_of_raw(&started);
        } else {
            check_skip("a process cannot be put into a job here (%lu)", GetLastError());
            (void)TerminateProcess(started.hProcess, 1);
            (void)end_of_raw(&started);
        }
    }
    close_handle(job);
    return status;
}

void windows_breakaway_denied(void)
{
    uint32_t status = breakaway(0);
    HOLDS(status == 1000 + ERROR_ACCESS_DENIED || status == UINT32_MAX);
}

void windows_breakaway_granted(void)
{
    uint32_t status = breakaway(JOB_OBJECT_LIMIT_BREAKAWAY_OK);
    HOLDS(status == 0 || status == UINT32_MAX);
}

void windows_breakaway_without_job(void)
{
    BOOL is_in = FALSE;
    PROCESS_INFORMATION started;
    (void)IsProcessInJob(GetCurrentProcess(), NULL, &is_in);
    if (is_in) {
        check_skip("this process is in a job");
    } else if (start_raw((struct raw_start){.role = "return",
                                            .argument = "0",
                                            .flags = CREATE_BREAKAWAY_FROM_JOB | DETACHED_PROCESS},
                         &started)) {
        IS(end_of_raw(&started), 0);
    }
}

/* ---- Handles of other processes ---------------------------------------------------------------------------------- */

/*
 * Set the event whose number is in a section, as soon as the number is there.
 */
static int role_number(char **names)
{
    object *section = NULL;
    object *ready = NULL;
    struct view view = {0};
    if (object_open(OBJECT_EVENT, names[1], &ready) != 0 || wait_for(ready, 20000) != WAITED_SIGNALLED ||
        section_open(names[0], ACCESS_READ, &section) != 0 || view_map(section, ACCESS_READ, &view) != 0) {
        return 1;
    }
    uint64_t number = 0;
    memcpy(&number, view.base, sizeof number);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): that is how handles are passed
    return SetEvent((HANDLE)(uintptr_t)number) ? 0 : 2;
}

void windows_handle_into_child(void)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    HANDLE theirs = NULL;
    object *section = NULL;
    object *ready = NULL;
    struct view view = {0};
    IS(section_create(unique("number"), 8, NULL, &section), 0);
    IS(object_create(OBJECT_EVENT, unique("number.ready"), NULL, &ready), 0);
    object *process = start_role("number", unique("number"), unique("number.ready"), NULL);
    if (process != NULL && section != NULL && mapped(section, ACCESS_WRITE, &view)) {
        HOLDS(
            DuplicateHandle(GetCurrentProcess(), event, handle_of(process), &theirs, 0, FALSE, DUPLICATE_SAME_ACCESS));
        uint64_t number = (uintptr_t)theirs;
        HOLDS(number >> 32 == 0);
        memcpy(view.base, &number, sizeof number);
        IS(object_signal(ready, SIGNAL_SET), 0);
        IS(end_of(process), 0);
        IS(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    }
    view_unmap(&view);
    object_close(section);
    object_close(ready);
    close_handle(event);
}

static int role_adopt(char **arguments)
{
    HANDLE parent = OpenProcess(PROCESS_DUP_HANDLE, FALSE, strtoul(arguments[0], NULL, 10));
    // NOLINTNEXTLINE(performance-no-int-to-ptr): that is how handles are passed
    HANDLE theirs = (HANDLE)(uintptr_t)strtoul(arguments[1], NULL, 10);
    HANDLE ours = NULL;
    if (parent == NULL) {
        return 1;
    }
    if (!DuplicateHandle(parent, theirs, GetCurrentProcess(), &ours, 0, FALSE, DUPLICATE_SAME_ACCESS)) {
        return 2;
    }
    return SetEvent(ours) ? 0 : 3;
}

void windows_handle_out_of_parent(void)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    char numbers[2][30];
    (void)snprintf(numbers[0], sizeof numbers[0], "%lu", GetCurrentProcessId());
    (void)snprintf(numbers[1], sizeof numbers[1], "%lu", (unsigned long)(uintptr_t)event);
    IS(end_of(start_role("adopt", numbers[0], numbers[1], NULL)), 0);
    IS(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    close_handle(event);
}

/* ---- Ends, numbers and times ------------------------------------------------------------------------------------- */

static void sleep_on(void *context)
{
    (void)context;
    Sleep(25000);
}

static int role_threads(void)
{
    object *thread = NULL;
    return thread_start(sleep_on, NULL, &thread) == 0 && wait_for(thread, 20) == WAITED_TIMEOUT ? 5 : 1;
}

void windows_exit_with_threads(void)
{
    IS(end_of(start_role("threads", NULL, NULL, NULL)), 5);
}

void windows_process_id_kept(void)
{
    object *process = start_role("return", "7", NULL, NULL);
    if (process == NULL) {
        return;
    }
    IS(wait_for(process, 20000), WAITED_SIGNALLED);
    DWORD id = GetProcessId(handle_of(process));
    HANDLE opened = OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id);
    if (IS(error_of(opened != NULL), 0)) {
        IS(WaitForSingleObject(opened, 0), WAIT_OBJECT_0);
        IS(process_exit_status((object *)opened), 7);
    }
    close_handle(opened);
    IS(end_of(process), 7);
}

void windows_process_id_unknown(void)
{
    HANDLE opened = OpenProcess(SYNCHRONIZE, FALSE, 0x7FFFFFFC);
    IS(error_of(opened != NULL), ERROR_INVALID_PARAMETER);
    close_handle(opened);
    IS(process_life(0x7FFFFFFC, clock_wall()), LIFE_DEAD);
}

static uint64_t birth_of(HANDLE process)
{
    FILETIME birth = {0};
    FILETIME unused[3];
    HOLDS(GetProcessTimes(process, &birth, &unused[0], &unused[1], &unused[2]));
    return (uint64_t)birth.dwHighDateTime << 32 | birth.dwLowDateTime;
}

/*
 * inspect.c compares the two clocks. If one were ahead of the other, a process
 * that has just begun would seem to be dead. inspect.c allows 1 s, and so does
 * this check.
 */
#define CLOCK_SLACK 10000000U

void windows_process_birth(void)
{
    uint64_t own = birth_of(GetCurrentProcess());
    uint64_t before = clock_wall();
    object *process = start_role("return", "0", NULL, NULL);
    uint64_t after = clock_wall();
    if (process == NULL) {
        return;
    }
    uint64_t birth = birth_of(handle_of(process));
    check_note("  this process began %" PRId64 " us before its first instruction; a second one %" PRId64
               " us after it was wanted",
               (int64_t)(began - own) / 10, (int64_t)(birth - before) / 10);
    HOLDS(own <= began + CLOCK_SLACK);
    HOLDS(birth + CLOCK_SLACK >= before);
    HOLDS(birth <= after + CLOCK_SLACK);
    IS(end_of(process), 0);
}

void windows_system_library(void)
{
    HMODULE library = LoadLibraryExW(L"version.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (library == NULL && GetLastError() == ERROR_INVALID_PARAMETER && windows_build() < 9200) {
        check_skip("this Windows 7 does not know the flag, and has no KB2533623");
        return;
    }
    wchar_t path[MAX_PATH + 1] = L"";
    wchar_t system[MAX_PATH + 1] = L"";
    if (HOLDS(library != NULL)) {
        (void)GetModuleFileNameW(library, path, MAX_PATH);
        (void)GetSystemDirectoryW(system, MAX_PATH);
        bool is_there = _wcsnicmp(path, system, wcslen(system)) == 0;
        if (GetSystemWow64DirectoryW(system, MAX_PATH) > 0) { /* the folder of a 32-bit program */
            is_there = is_there || _wcsnicmp(path, system, wcslen(system)) == 0;
        }
        HOLDS(is_there);
        FreeLibrary(library);
    }
}

void windows_no_virtualization(void)
{
    HANDLE token = NULL;
    DWORD is_on = 1;
    DWORD size = 0;
    HOLDS(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
    IS(error_of(GetTokenInformation(token, TokenVirtualizationEnabled, &is_on, sizeof is_on, &size)), 0);
    IS(is_on, 0);
    close_handle(token);
}

bool process_role(const char *role, int count, char **arguments, int *status)
{
    if (count == 0 && strcmp(role, "threads") == 0) {
        *status = role_threads();
    } else if (count == 1 && strcmp(role, "detached") == 0) {
        *status = role_detached(arguments[0]);
    } else if (count == 2 && strcmp(role, "linger") == 0) {
        *status = role_linger(arguments);
    } else if (count == 1 && strcmp(role, "breakaway") == 0) {
        *status = role_breakaway(arguments[0]);
    } else if (count == 2 && strcmp(role, "number") == 0) {
        *status = role_number(arguments);
    } else if (count == 2 && strcmp(role, "adopt") == 0) {
        *status = role_adopt(arguments);
    } else {
        return false;
    }
    return true;
}
