/* windows_processes.c - checks of processes, jobs and handles between them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/tests/platform/windows_checks.h"

/* Return the handle of this process that has a number. */
static HANDLE handle_with(const char *number)
{
    return (HANDLE)(uintptr_t)strtoul(number, NULL, 10); // NOLINT(performance-no-int-to-ptr): how handles are passed
}

static const char *number_of(HANDLE handle)
{
    static char number[30];
    (void)snprintf(number, sizeof number, "%lu", (unsigned long)(uintptr_t)handle);
    return number;
}

/* ---- In the background ------------------------------------------------------------------------------------------- */

/*
 * The number may be that of another handle in this process. So the parent
 * checks whether the event is set.
 */
static int look_around(char **arguments)
{
    DWORD process = 0;
    wchar_t current[MAX_PATH + 1] = L"";
    wchar_t system[MAX_PATH + 1] = L"";
    (void)SetEvent(handle_with(arguments[0]));
    (void)GetCurrentDirectoryW(MAX_PATH, current);
    (void)GetSystemDirectoryW(system, MAX_PATH);
    return (GetConsoleProcessList(&process, 1) != 0 ? 1 : 0) + (_wcsicmp(current, system) == 0 ? 0 : 2);
}

static void check_background(void)
{
    PROCESS_INFORMATION started;

    DOCUMENTED("a process in the background has no console, inherits nothing, and is in the folder of the system")
    {
        SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
        HANDLE event = kept(CreateEventW(&inherited, TRUE, FALSE, NULL));
        uint32_t status = end_of(START("detached", number_of(event)));
        IS(WaitForSingleObject(event, 0), WAIT_TIMEOUT);
        IS(status & 1, 0); /* bit 0: it has a console */
        IS(status & 2, 0); /* bit 1: it is in another folder */
        HOLDS(status < 4);
    }

    DOCUMENTED("a folder that is the current directory of a process cannot be removed")
    {
        char names[3 * NAME_ROOM];
        const wchar_t *folder = wide_text(scratch("current"));
        HOLDS(CreateDirectoryW(folder, NULL));
        (void)created(OBJECT_SECTION, unique("current"));
        object *ready = created(OBJECT_EVENT, unique("current.ready"));
        object *end = created(OBJECT_EVENT, unique("current.end"));
        (void)snprintf(names, sizeof names, "%s %s %s", unique("current"), unique("current.ready"),
                       unique("current.end"));
        struct raw_start start = {.role = "keep", .argument = names, .folder = folder, .flags = DETACHED_PROCESS};
        if (IS(start_raw(start, &started), 0)) {
            IS(wait_for(ready, 20000), WAITED_SIGNALLED);
            IS(error_of(RemoveDirectoryW(folder)), ERROR_SHARING_VIOLATION);
            IS(object_signal(end, SIGNAL_SET), 0);
            IS(end_of((object *)started.hProcess), 0);
        }
        (void)RemoveDirectoryW(folder);
    }
}

/* ---- Jobs -------------------------------------------------------------------------------------------------------- */

static const struct raw_start leaving = {
    .role = "return", .argument = "0", .flags = CREATE_BREAKAWAY_FROM_JOB | DETACHED_PROCESS};

/*
 * Start a process that leaves the job. Return 0 if it has left, 1 if it is in
 * the job, 2 if that is unknown, or the error plus 1000 if it cannot be
 * started.
 */
static int break_away(char **arguments)
{
    HANDLE job = OpenJobObjectW(JOB_OBJECT_QUERY, FALSE, wide_text(arguments[0]));
    PROCESS_INFORMATION started;
    BOOL is_in = FALSE;
    oserror error = start_raw(leaving, &started);
    if (error != OSERROR_NONE) {
        return 1000 + (int)error;
    }
    if (!IsProcessInJob(started.hProcess, job, &is_in)) {
        return 2;
    }
    (void)WaitForSingleObject(started.hProcess, 10000);
    return is_in ? 1 : 0;
}

/* Check the status of break_away() in a job with these limits. */
static void check_breakaway(DWORD limits, uint32_t wanted)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION set = {.BasicLimitInformation = {.LimitFlags = limits}};
    HANDLE job = kept(CreateJobObjectW(NULL, wide_text(unique("job"))));
    PROCESS_INFORMATION started;
    HOLDS(SetInformationJobObject(job, JobObjectExtendedLimitInformation, &set, sizeof set));
    struct raw_start start = {
        .role = "breakaway", .argument = unique("job"), .flags = CREATE_SUSPENDED | DETACHED_PROCESS};
    if (!IS(start_raw(start, &started), 0)) {
        return;
    }
    if (AssignProcessToJobObject(job, started.hProcess)) {
        (void)ResumeThread(started.hThread);
        IS(end_of((object *)started.hProcess), wanted);
    } else {
        check_skip("a process cannot be put into a job here (%lu)", GetLastError());
        (void)TerminateProcess(started.hProcess, 1);
    }
}

static void check_jobs(void)
{
    DOCUMENTED("a job that does not let go answers CREATE_BREAKAWAY_FROM_JOB with error 5")
    {
        check_breakaway(0, 1000 + ERROR_ACCESS_DENIED);
    }

    DOCUMENTED("a job that lets go does so with CREATE_BREAKAWAY_FROM_JOB")
    {
        check_breakaway(JOB_OBJECT_LIMIT_BREAKAWAY_OK, 0);
    }

    DOCUMENTED("CREATE_BREAKAWAY_FROM_JOB does nothing without a job")
    {
        BOOL is_in = FALSE;
        PROCESS_INFORMATION started;
        (void)IsProcessInJob(GetCurrentProcess(), NULL, &is_in);
        if (is_in) {
            check_skip("this process is in a job");
        } else if (IS(start_raw(leaving, &started), 0)) {
            IS(end_of((object *)started.hProcess), 0);
        }
    }
}

/* ---- Handles of other processes ---------------------------------------------------------------------------------- */

static int set_duplicate(char **arguments)
{
    HANDLE parent = OpenProcess(PROCESS_DUP_HANDLE, FALSE, strtoul(arguments[0], NULL, 10));
    HANDLE ours = NULL;
    if (parent == NULL) {
        return 1;
    }
    if (!DuplicateHandle(parent, handle_with(arguments[1]), GetCurrentProcess(), &ours, 0, FALSE,
                         DUPLICATE_SAME_ACCESS)) {
        return 2;
    }
    return SetEvent(ours) ? 0 : 3;
}

static void check_handles(void)
{
    DOCUMENTED("a process can duplicate a handle out of its parent")
    {
        HANDLE event = kept(CreateEventW(NULL, TRUE, FALSE, NULL));
        char id[30];
        (void)snprintf(id, sizeof id, "%lu", GetCurrentProcessId());
        IS(end_of(START("duplicate", id, number_of(event))), 0);
        IS(WaitForSingleObject(event, 0), WAIT_OBJECT_0);
    }
}

/* ---- Ends, numbers and times ------------------------------------------------------------------------------------- */

static void sleep_on(void *context)
{
    (void)context;
    Sleep(25000);
}

static int leave_thread(char **arguments)
{
    object *thread = NULL;
    (void)arguments;
    return thread_start(sleep_on, NULL, &thread) == 0 && wait_for(thread, 20) == WAITED_TIMEOUT ? 5 : 1;
}

static uint64_t birth_of(HANDLE process)
{
    FILETIME birth = {0};
    FILETIME unused[3];
    HOLDS(GetProcessTimes(process, &birth, &unused[0], &unused[1], &unused[2]));
    return (uint64_t)birth.dwHighDateTime << 32 | birth.dwLowDateTime;
}

static void check_ends(void)
{
    DOCUMENTED("a process ends with all its threads when main returns")
    {
        IS(end_of(START("threads")), 5);
    }

    DOCUMENTED("a process ID is valid while a handle to the process is open")
    {
        object *process = START("return", "7");
        IS(wait_for(process, 20000), WAITED_SIGNALLED);
        DWORD id = GetProcessId(handle_of(process));
        HANDLE same = kept(OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id));
        if (IS(error_of(same != NULL), 0)) {
            IS(end_of((object *)same), 7);
        }
    }

    DOCUMENTED("OpenProcess of an ID that nobody has is error 87")
    {
        IS(outcome(OpenProcess(SYNCHRONIZE, FALSE, 0x7FFFFFFC)), ERROR_INVALID_PARAMETER);
        IS(process_life(0x7FFFFFFC, clock_wall()), LIFE_DEAD);
    }

    /*
     * inspect.c compares the two clocks. If one were ahead of the other, a
     * process that has just begun would seem to be dead. inspect.c allows 1 s,
     * and so does this check.
     */
    DOCUMENTED("a process began before it reads the clock, and after its creator did")
    {
        const uint64_t slack = 10000000;
        uint64_t own = birth_of(GetCurrentProcess());
        uint64_t before = clock_wall();
        object *process = START("return", "0");
        uint64_t after = clock_wall();
        uint64_t birth = birth_of(handle_of(process));
        check_note("  this process began %" PRId64 " us before its first instruction; a second one %" PRId64
                   " us after it was wanted",
                   (int64_t)(began - own) / 10, (int64_t)(birth - before) / 10);
        HOLDS(own <= began + slack);
        HOLDS(birth + slack >= before);
        HOLDS(birth <= after + slack);
        IS(end_of(process), 0);
    }
}

/* ---- The program ------------------------------------------------------------------------------------------------- */

static void check_system_library(void)
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

static void check_program(void)
{
    DOCUMENTED("LOAD_LIBRARY_SEARCH_SYSTEM32 takes a library from the folder of the system")
    {
        check_system_library();
    }

    DOCUMENTED("the manifest turns virtualization off")
    {
        const DWORD *is_on = token_says(TokenVirtualizationEnabled);
        HOLDS(is_on != NULL && *is_on == 0);
    }
}

const struct role process_roles[] = {{"detached", look_around},
                                     {"breakaway", break_away},
                                     {"duplicate", set_duplicate},
                                     {"threads", leave_thread},
                                     {NULL, NULL}};

void windows_check_processes(void)
{
    check_background();
    check_jobs();
    check_handles();
    check_ends();
    check_program();
}
