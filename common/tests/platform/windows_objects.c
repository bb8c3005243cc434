/* windows_objects.c - checks of names, sections, memory and waiting. */
#include "common/tests/platform/windows_checks.h"

#include <inttypes.h>
#include <psapi.h>
#include <stdio.h>
#include <string.h>
#include <winternl.h>

#define EVERYBODY "D:P(A;;GA;;;WD)"
#define ONLY_SYNCHRONIZE "D:P(A;;0x100000;;;WD)"

/* ---- Names and sections ------------------------------------------------------------------------------------------ */

static HANDLE section_of(DWORD size, DWORD flags, const char *name)
{
    return CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | flags, 0, size, wide_text(name));
}

void windows_existing_object(void)
{
    HANDLE first = section_of(4096, 0, unique("there"));
    HANDLE second = section_of(65536, 0, unique("there"));
    IS(GetLastError(), ERROR_ALREADY_EXISTS);
    struct view view = {0};
    if (HOLDS(second != NULL) && mapped((object *)second, ACCESS_READ, &view)) {
        IS(view.size, 4096);
    }
    view_unmap(&view);
    close_handle(first);
    close_handle(second);

    first = CreateEventW(NULL, FALSE, TRUE, wide_text(unique("there")));
    second = CreateEventW(NULL, TRUE, FALSE, wide_text(unique("there")));
    IS(GetLastError(), ERROR_ALREADY_EXISTS);
    IS(WaitForSingleObject(second, 0), WAIT_OBJECT_0); /* it is still set */
    IS(WaitForSingleObject(second, 0), WAIT_TIMEOUT);  /* and it still resets itself */
    close_handle(first);
    close_handle(second);

    char before[1000] = "";
    char after[1000] = "-";
    object *made = NULL;
    IS(section_create(unique("there"), 1, EVERYBODY, &made), 0);
    IS(object_security(unique("there"), OBJECT_SECTION, before, sizeof before), 0);
    second = section_of(1, 0, unique("there"));
    IS(object_security(unique("there"), OBJECT_SECTION, after, sizeof after), 0);
    HOLDS(strcmp(before, after) == 0);
    close_handle(second);
    object_close(made);
}

void windows_fresh_last_error(void)
{
    HANDLE made[4];
    SetLastError(1234);
    made[0] = section_of(1, 0, unique("fresh-s"));
    IS(GetLastError(), 0);
    SetLastError(1234);
    made[1] = CreateMutexW(NULL, FALSE, wide_text(unique("fresh-m")));
    IS(GetLastError(), 0);
    SetLastError(1234);
    made[2] = CreateEventW(NULL, FALSE, FALSE, wide_text(unique("fresh-e")));
    IS(GetLastError(), 0);
    SetLastError(1234);
    made[3] = CreateSemaphoreW(NULL, 0, 1, wide_text(unique("fresh-r")));
    IS(GetLastError(), 0);
    for (size_t i = 0; i < 4; i++) {
        close_handle(made[i]);
    }
}

void windows_timers_and_jobs(void)
{
    object *other = NULL;
    HANDLE timer = CreateWaitableTimerW(NULL, FALSE, wide_text(unique("timer")));
    HANDLE job = CreateJobObjectW(NULL, wide_text(unique("job")));
    IS(section_create(unique("timer"), 1, NULL, &other), OSERROR_INVALID_HANDLE);
    IS(section_create(unique("job"), 1, NULL, &other), OSERROR_INVALID_HANDLE);
    IS(object_open(OBJECT_MUTEX, unique("timer"), &other), OSERROR_INVALID_HANDLE);
    IS(object_open(OBJECT_MUTEX, unique("job"), &other), OSERROR_INVALID_HANDLE);
    IS(object_kind_of(unique("timer")), OBJECT_TIMER);
    IS(object_kind_of(unique("job")), OBJECT_JOB);
    close_handle(timer);
    close_handle(job);
}

static DWORD session(void)
{
    DWORD number = 0;
    (void)ProcessIdToSessionId(GetCurrentProcessId(), &number);
    return number;
}

static NTSTATUS open_by_path(const char *function, ACCESS_MASK access, const wchar_t *path)
{
    typedef NTSTATUS(NTAPI * open)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *);
    open opener = (open)(void (*)(void))wide_kernel_function(function);
    UNICODE_STRING name = {.Buffer = (wchar_t *)path, .Length = (USHORT)(wcslen(path) * sizeof *path)};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes, .ObjectName = &name};
    HANDLE handle = NULL;
    NTSTATUS status = opener == NULL ? -1 : opener(&handle, access, &attributes);
    close_handle(handle);
    return status;
}

void windows_session_directory(void)
{
    wchar_t path[400];
    object *made = NULL;
    IS(section_create(unique("path"), 1, NULL, &made), 0);
    if (in_session_zero()) {
        (void)_snwprintf(path, 400, L"\\BaseNamedObjects\\%ls", wide_text(unique("path")));
    } else {
        (void)_snwprintf(path, 400, L"\\Sessions\\%lu\\BaseNamedObjects\\%ls", session(), wide_text(unique("path")));
    }
    IS((uint32_t)open_by_path("NtOpenSection", SECTION_MAP_READ, path), 0);
    object_close(made);
}

void windows_session_prefix(void)
{
    char name[400];
    object *made = NULL;
    object *opened = NULL;
    if (in_session_zero()) {
        check_skip("this is session 0");
        return;
    }
    (void)snprintf(name, sizeof name, "Session\\%lu\\%s", session(), unique("prefix"));
    IS(section_create(unique("prefix"), 1, NULL, &made), 0);
    IS(section_open(name, ACCESS_READ, &opened), 0);
    object_close(opened);
    object_close(made);
}

/*
 * Print the results for the directories of other sessions. They are not judged,
 * because no document states them.
 */
void windows_other_sessions(void)
{
    wchar_t path[100];
    IS((uint32_t)open_by_path("NtOpenDirectoryObject", 1, L"\\BaseNamedObjects"), 0);
    for (DWORD number = 0; number < 10; number++) {
        (void)_snwprintf(path, 100, L"\\Sessions\\%lu\\BaseNamedObjects", number);
        NTSTATUS status = open_by_path("NtOpenDirectoryObject", 1, path);
        if (number != 0 && number == session()) {
            IS((uint32_t)status, 0);
        } else if (status != (NTSTATUS)0xC0000034 && status != (NTSTATUS)0xC000003A) {
            check_note("  the directory of session %lu answers 0x%lX", number, (unsigned long)status);
        }
    }
}

/* Return whether a string of a directory is `text`. */
static bool is_text(const UNICODE_STRING *string, const wchar_t *text)
{
    size_t size = wcslen(text) * sizeof *text;
    return string->Length == size && memcmp(string->Buffer, text, size) == 0;
}

/*
 * Request all entries of \BaseNamedObjects, first with a buffer that is too
 * small.
 */
void windows_whole_directory(void)
{
    typedef NTSTATUS(NTAPI * open_directory)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *);
    typedef NTSTATUS(NTAPI * query_directory)(HANDLE, void *, ULONG, BOOLEAN, BOOLEAN, ULONG *, ULONG *);
    open_directory open = (open_directory)(void (*)(void))wide_kernel_function("NtOpenDirectoryObject");
    query_directory query = (query_directory)(void (*)(void))wide_kernel_function("NtQueryDirectoryObject");
    wchar_t name[400];
    wchar_t path[] = L"\\BaseNamedObjects";
    UNICODE_STRING path_string = {.Buffer = path, .Length = sizeof path - sizeof *path};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes, .ObjectName = &path_string};
    const ULONG size = 16U << 20;
    UNICODE_STRING *entries = memory_take(size);
    HANDLE directory = NULL;
    (void)_snwprintf(name, 400, L"Global\\%ls", wide_text(unique("entry")));
    HANDLE made = CreateEventW(NULL, FALSE, FALSE, name);
    if (HOLDS(open != NULL && query != NULL && entries != NULL && made != NULL)) {
        ULONG place = 0;
        ULONG returned = 0;
        unsigned found = 0;
        IS((uint32_t)open(&directory, 1, &attributes), 0);
        IS((uint32_t)query(directory, entries, 64, FALSE, TRUE, &place, &returned), 0x105);
        memset(entries, 0xAA, size);
        if (IS((uint32_t)query(directory, entries, size, FALSE, TRUE, &place, &returned), 0)) {
            const UNICODE_STRING *entry = entries;
            for (; entry[0].Buffer != NULL; entry += 2) {
                found += is_text(&entry[0], name + 7) && is_text(&entry[1], L"Event");
            }
            IS(found, 1);
            IS(entry[0].Length + entry[0].MaximumLength + entry[1].Length + entry[1].MaximumLength, 0);
            HOLDS(entry[1].Buffer == NULL);
        }
    }
    close_handle(made);
    close_handle(directory);
    memory_give(entries);
}

void windows_global_privilege(void)
{
    if (in_session_zero()) {
        check_skip("session 0 needs no privilege");
        return;
    }
    char name[NAME_ROOM];
    char there[NAME_ROOM];
    object *kept = NULL;
    object *made[4] = {NULL};
    (void)snprintf(name, sizeof name, "Global\\%s", unique("privilege"));
    (void)snprintf(there, sizeof there, "Global\\%s", unique("there"));
    bool is_held = set_privilege(L"SeCreateGlobalPrivilege", true);
    if (is_held) {
        IS(section_create(there, 1, NULL, &kept), 0);
        HOLDS(set_privilege(L"SeCreateGlobalPrivilege", false));
        IS(section_open(there, ACCESS_READ, &made[3]), 0);
    }
    object *section = NULL;
    IS(section_create(name, 1, NULL, &section), OSERROR_ACCESS_DENIED);
    object_close(section);
    section = NULL;
    IS(section_open(name, ACCESS_READ, &section), OSERROR_FILE_NOT_FOUND);
    IS(object_create(OBJECT_MUTEX, name, NULL, &made[0]), 0);
    object_close(made[0]);
    IS(object_create(OBJECT_EVENT, name, NULL, &made[1]), 0);
    object_close(made[1]);
    IS(object_create(OBJECT_SEMAPHORE, name, NULL, &made[2]), 0);
    object_close(made[2]);
    object_close(made[3]);
    object_close(kept);
    if (is_held) {
        (void)set_privilege(L"SeCreateGlobalPrivilege", true);
    }
}

void windows_global_section(void)
{
    char name[NAME_ROOM];
    object *made = NULL;
    if (!in_session_zero() && !set_privilege(L"SeCreateGlobalPrivilege", true)) {
        check_skip("this process does not have the privilege");
        return;
    }
    (void)snprintf(name, sizeof name, "Global\\%s", unique("section"));
    IS(section_create(name, 1, NULL, &made), 0);
    object_close(made);
}

void windows_page_size(void)
{
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    IS(info.dwPageSize, WINSHM_PAGE);
    IS(info.dwAllocationGranularity, 65536);
}

static uint64_t committed_pages(void)
{
    PERFORMANCE_INFORMATION known = {.cb = sizeof known};
    return GetPerformanceInfo(&known, sizeof known) ? known.CommitTotal : 0;
}

/*
 * Succeed if one of three tries does: other processes may allocate and release
 * memory at the same time.
 */
void windows_commit_charge(void)
{
    uint64_t before = 0;
    uint64_t after = 0;
    for (int i = 0; i < 3; i++) {
        object *made = NULL;
        before = committed_pages();
        oserror error = section_create(unique("charge"), 256U << 20, NULL, &made);
        after = committed_pages();
        object_close(made);
        if (error == OSERROR_COMMITMENT_LIMIT) {
            check_skip("there are no 256 MiB");
            return;
        }
        if (!IS(error, 0) || after >= before + 50000) { /* of 65536 pages */
            return;
        }
    }
    check_differs("%lu pages before and %lu after", (unsigned long)before, (unsigned long)after);
}

void windows_too_large_to_commit(void)
{
    object *made = NULL;
    oserror error = section_create(unique("limit"), UINT64_C(8) << 40, NULL, &made);
    bool is_refused = error == OSERROR_COMMITMENT_LIMIT || error == OSERROR_NO_SYSTEM_RESOURCES ||
                      error == OSERROR_NOT_ENOUGH_MEMORY || error == OSERROR_INVALID_PARAMETER;
    if (!is_refused) {
        check_differs("8 TiB: error %u", error);
    }
    object_close(made);
}

void windows_view_sizes(void)
{
    HANDLE small = section_of(4090, 0, unique("small"));
    HANDLE large = section_of(131072, 0, unique("large"));
    void *view = MapViewOfFile(small, FILE_MAP_READ, 0, 0, 4096);
    HOLDS(view != NULL);
    UnmapViewOfFile(view);
    view = MapViewOfFile(small, FILE_MAP_READ, 0, 0, 4097);
    IS(error_of(view != NULL), ERROR_ACCESS_DENIED);
    view = MapViewOfFile(large, FILE_MAP_READ, 0, 4096, 0);
    IS(error_of(view != NULL), ERROR_MAPPED_ALIGNMENT);
    view = MapViewOfFile(large, FILE_MAP_READ, 0, 0, 0);
    MEMORY_BASIC_INFORMATION region = {0};
    HOLDS(VirtualQuery(view, &region, sizeof region) != 0);
    IS(region.RegionSize, 131072);
    HOLDS(region.BaseAddress == view && region.AllocationBase == view);
    HOLDS(region.State == MEM_COMMIT && region.Type == MEM_MAPPED);
    UnmapViewOfFile(view);
    close_handle(small);
    close_handle(large);
}

void windows_write_only_handle(void)
{
    HANDLE made = section_of(4096, 0, unique("write"));
    HANDLE opened = OpenFileMappingW(FILE_MAP_WRITE, FALSE, wide_text(unique("write")));
    void *view = MapViewOfFile(opened, FILE_MAP_READ, 0, 0, 0);
    IS(error_of(view != NULL), ERROR_ACCESS_DENIED);
    volatile uint8_t *written = MapViewOfFile(opened, FILE_MAP_WRITE, 0, 0, 0);
    if (HOLDS(written != NULL)) {
        IS(written[0], 0);
        UnmapViewOfFile((void *)written);
    }
    close_handle(opened);
    close_handle(made);
}

void windows_query_section(void)
{
    struct section_facts facts = {0};
    HANDLE made = section_of(100000, SEC_RESERVE, unique("facts-r"));
    IS(section_facts((object *)made, &facts), 0);
    HOLDS(facts.is_reserved && !facts.is_file && !facts.is_image);
    IS(facts.size, 102400);

    /* A handle for reading only. SECTION_QUERY is a separate right. */
    typedef NTSTATUS(NTAPI * query_section)(HANDLE, int, void *, SIZE_T, SIZE_T *);
    query_section query = (query_section)(void (*)(void))wide_kernel_function("NtQuerySection");
    _Alignas(16) uint8_t known[64];
    HANDLE reading = OpenFileMappingW(FILE_MAP_READ, FALSE, wide_text(unique("facts-r")));
    if (HOLDS(query != NULL)) {
        IS((uint32_t)query(reading, 0, known, sizeof(void *) == 8 ? 24 : 16, NULL), 0xC0000022);
    }
    close_handle(reading);
    close_handle(made);

    object *shy = NULL;
    object *opened = NULL;
    struct view view = {0};
    IS(section_create(unique("facts-s"), 1, "D:P(A;;LC;;;WD)", &shy), 0);
    IS(section_open(unique("facts-s"), ACCESS_INSPECT, &opened), 0);
    if (opened != NULL && mapped(opened, ACCESS_READ, &view)) {
        IS(section_facts(opened, &facts), OSERROR_ACCESS_DENIED);
        view_unmap(&view);
    }
    object_close(opened);
    object_close(shy);

    wchar_t program[1024];
    (void)GetModuleFileNameW(NULL, program, 1024);
    HANDLE file = CreateFileW(program, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    made = CreateFileMappingW(file, NULL, PAGE_READONLY, 0, 0, wide_text(unique("facts-f")));
    HANDLE image = CreateFileMappingW(file, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, wide_text(unique("facts-i")));
    IS(section_facts((object *)made, &facts), 0);
    HOLDS(facts.is_file && !facts.is_image && !facts.is_reserved);
    IS(facts.size, GetFileSize(file, NULL));
    IS(section_facts((object *)image, &facts), 0);
    HOLDS(facts.is_image);
    close_handle(image);
    close_handle(made);
    close_handle(file);
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

void windows_reserved_section(void)
{
    HANDLE made = section_of(131072, SEC_RESERVE, unique("reserved"));
    uint8_t *base = MapViewOfFile(made, FILE_MAP_WRITE, 0, 0, 0);
    object *opened = NULL;
    struct view view = {0};
    IS(section_open(unique("reserved"), ACCESS_READ, &opened), 0);
    if (HOLDS(base != NULL) && opened != NULL && mapped(opened, ACCESS_READ, &view)) {
        IS(view.size, 131072);
        IS(view.committed, 0);
        HOLDS(VirtualAlloc(base, 4096, MEM_COMMIT, PAGE_READWRITE) != NULL);
        base[0] = 5;
        IS(*(volatile uint8_t *)view.base, 5);
        view_unmap(&view);
        HOLDS(VirtualAlloc(base + 65536, 4096, MEM_COMMIT, PAGE_READWRITE) != NULL);
        IS(view_map(opened, ACCESS_READ, &view), 0);
        IS(view.size, 131072);
        IS(view.committed, 4096);
        view_unmap(&view);
    }
    UnmapViewOfFile(base);
    object_close(opened);
    close_handle(made);
}

void windows_committed_stays(void)
{
    HANDLE made = section_of(65536, SEC_RESERVE, unique("stays"));
    uint8_t *base = MapViewOfFile(made, FILE_MAP_WRITE, 0, 0, 0);
    if (HOLDS(base != NULL)) {
        HOLDS(VirtualAlloc(base, 4096, MEM_COMMIT, PAGE_READWRITE) != NULL);
        IS(error_of(VirtualFree(base, 4096, MEM_DECOMMIT)), ERROR_INVALID_PARAMETER);
        UnmapViewOfFile(base);
    }
    close_handle(made);
}

void windows_memory_release(void)
{
    uint8_t *memory = memory_take(1U << 20);
    MEMORY_BASIC_INFORMATION region = {0};
    if (HOLDS(memory != NULL)) {
        memory[100000] = 1;
        memory_give(memory);
        HOLDS(VirtualQuery(memory, &region, sizeof region) != 0);
        IS(region.State, MEM_FREE);
    }
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

static DWORD released_by_thread;

static void release_mutex(void *mutex)
{
    released_by_thread = error_of(ReleaseMutex(mutex));
}

static void take_mutex(void *mutex)
{
    (void)WaitForSingleObject(mutex, 0);
}

void windows_mutex_of_thread(void)
{
    object *mutex = NULL;
    object *thread = NULL;
    IS(object_create(OBJECT_MUTEX, unique("thread"), NULL, &mutex), 0);
    IS(wait_for(mutex, 0), WAITED_SIGNALLED);
    IS(thread_start(release_mutex, mutex, &thread), 0);
    IS(wait_for(thread, 5000), WAITED_SIGNALLED);
    IS(released_by_thread, ERROR_NOT_OWNER);
    IS(end_of(start_role("try", unique("thread"), NULL, NULL)), WAITED_TIMEOUT);
    object_close(thread);
    (void)object_signal(mutex, SIGNAL_RELEASE);
    object_close(mutex);
}

void windows_mutex_least_access(void)
{
    object *mutex = NULL;
    object *opened = NULL;
    IS(object_create(OBJECT_MUTEX, unique("least"), ONLY_SYNCHRONIZE, &mutex), 0);
    IS(object_open(OBJECT_MUTEX, unique("least"), &opened), 0);
    IS(wait_for(opened, 0), WAITED_SIGNALLED);
    IS(end_of(start_role("try", unique("least"), NULL, NULL)), WAITED_TIMEOUT);
    (void)object_signal(opened, SIGNAL_RELEASE);
    IS(end_of(start_role("try", unique("least"), NULL, NULL)), WAITED_SIGNALLED);
    object_close(opened);
    object_close(mutex);
}

void windows_mutex_killed(void)
{
    object *mutex = NULL;
    object *ready = NULL;
    object *end = NULL;
    object *thread = NULL;
    IS(object_create(OBJECT_MUTEX, unique("killed"), NULL, &mutex), 0);
    IS(object_create(OBJECT_EVENT, unique("killed.ready"), NULL, &ready), 0);
    IS(object_create(OBJECT_EVENT, unique("killed.end"), NULL, &end), 0);
    object *process = start_role("own", unique("killed"), unique("killed.ready"), unique("killed.end"));
    if (process != NULL) {
        IS(wait_for(ready, 20000), WAITED_SIGNALLED);
        HOLDS(TerminateProcess(handle_of(process), 5));
        IS(wait_for(mutex, 5000), WAITED_ABANDONED);
        (void)object_signal(mutex, SIGNAL_RELEASE);
        IS(end_of(process), 5);
    }
    IS(thread_start(take_mutex, mutex, &thread), 0);
    IS(wait_for(thread, 5000), WAITED_SIGNALLED);
    IS(wait_for(mutex, 5000), WAITED_ABANDONED);
    (void)object_signal(mutex, SIGNAL_RELEASE);
    object_close(thread);
    object_close(mutex);
    object_close(ready);
    object_close(end);
}

/*
 * Own the mutex and wait to be killed. This process opens the section last of
 * many objects, so Windows closes that handle late.
 */
static int role_dying(char **names)
{
    object *mutex = NULL;
    object *ready = NULL;
    object *section = NULL;
    if (object_open(OBJECT_MUTEX, names[0], &mutex) != 0 || object_open(OBJECT_EVENT, names[1], &ready) != 0 ||
        wait_for(mutex, 5000) == WAITED_TIMEOUT) {
        return 1;
    }
    for (int i = 0; i < 3000; i++) {
        (void)CreateEventW(NULL, FALSE, FALSE, NULL);
    }
    if (section_create(names[2], 1, NULL, &section) != 0 || object_signal(ready, SIGNAL_SET) != 0) {
        return 1;
    }
    Sleep(20000);
    return 1;
}

void windows_mutex_before_handles(void)
{
    object *mutex = NULL;
    object *ready = NULL;
    int lingered = 0;
    IS(object_create(OBJECT_MUTEX, unique("dying.mutex"), NULL, &mutex), 0);
    IS(object_create(OBJECT_EVENT, unique("dying.ready"), NULL, &ready), 0);
    for (int i = 0; i < 4; i++) {
        (void)object_signal(ready, SIGNAL_RESET);
        object *process = start_role("dying", unique("dying.mutex"), unique("dying.ready"), unique("dying.section"));
        if (process == NULL || !IS(wait_for(ready, 20000), WAITED_SIGNALLED)) {
            break;
        }
        HOLDS(TerminateProcess(handle_of(process), 5));
        IS(wait_for(mutex, 5000), WAITED_ABANDONED);
        lingered += object_kind_of(unique("dying.section")) == OBJECT_SECTION;
        (void)object_signal(mutex, SIGNAL_RELEASE);
        IS(end_of(process), 5);
        uint64_t deadline = clock_now() + 2000;
        while (object_kind_of(unique("dying.section")) != OBJECT_NONE && clock_now() < deadline) {
            Sleep(1);
        }
        IS(object_kind_of(unique("dying.section")), OBJECT_NONE);
    }
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    if (lingered == 0 && info.dwNumberOfProcessors == 1) {
        check_skip("the one processor has closed the handles first");
    } else if (lingered == 0) {
        check_differs("the name was gone already, 4 of 4 times");
    }
    object_close(mutex);
    object_close(ready);
}

void windows_event_rights(void)
{
    object *event = NULL;
    object *semaphore = NULL;
    IS(object_create(OBJECT_EVENT, unique("rights-e"), NULL, &event), 0);
    IS(object_create(OBJECT_SEMAPHORE, unique("rights-s"), NULL, &semaphore), 0);
    HANDLE waiting = OpenEventW(SYNCHRONIZE, FALSE, wide_text(unique("rights-e")));
    HANDLE setting = OpenEventW(EVENT_MODIFY_STATE, FALSE, wide_text(unique("rights-e")));
    IS(error_of(SetEvent(waiting)), ERROR_ACCESS_DENIED);
    IS(error_of(ResetEvent(waiting)), ERROR_ACCESS_DENIED);
    IS(error_of(SetEvent(setting)), 0);
    IS(WaitForSingleObject(setting, 0), WAIT_FAILED);
    IS(WaitForSingleObject(waiting, 0), WAIT_OBJECT_0);
    close_handle(waiting);
    close_handle(setting);
    waiting = OpenSemaphoreW(SYNCHRONIZE, FALSE, wide_text(unique("rights-s")));
    setting = OpenSemaphoreW(SEMAPHORE_MODIFY_STATE, FALSE, wide_text(unique("rights-s")));
    IS(error_of(ReleaseSemaphore(waiting, 1, NULL)), ERROR_ACCESS_DENIED);
    IS(error_of(ReleaseSemaphore(setting, 1, NULL)), 0);
    IS(WaitForSingleObject(setting, 0), WAIT_FAILED);
    IS(WaitForSingleObject(waiting, 0), WAIT_OBJECT_0);
    close_handle(waiting);
    close_handle(setting);
    object_close(event);
    object_close(semaphore);
}

void windows_mutex_all_access(void)
{
    object *mutex = NULL;
    IS(object_create(OBJECT_MUTEX, unique("all"), ONLY_SYNCHRONIZE, &mutex), 0);
    HANDLE again = CreateMutexW(NULL, FALSE, wide_text(unique("all")));
    IS(error_of(again != NULL), ERROR_ACCESS_DENIED);
    close_handle(again);
    again = OpenMutexW(SYNCHRONIZE, FALSE, wide_text(unique("all")));
    HOLDS(again != NULL);
    close_handle(again);
    object_close(mutex);
}

/*
 * Measure the median step of the clock. On a busy machine a step is sometimes
 * seen late, and then the next one is shorter. The steps are not whole numbers
 * of milliseconds, so a step that is seen may be one millisecond longer.
 */
void windows_tick_steps(void)
{
    enum { STEPS = 25 };
    uint64_t steps[STEPS] = {0};
    uint64_t last = clock_now();
    uint64_t deadline = last + 1000;
    size_t count = 0;
    bool is_first = true; /* the first step began before the measurement */
    while (count < STEPS && last < deadline) {
        uint64_t now = clock_now();
        if (now == last) {
            continue;
        }
        size_t at = count; /* insert it in order */
        for (; !is_first && at > 0 && steps[at - 1] > now - last; at--) {
            steps[at] = steps[at - 1];
        }
        if (!is_first) {
            steps[at] = now - last;
            count++;
        }
        is_first = false;
        last = now;
    }
    if (HOLDS(count > 0)) {
        unsigned long middle = (unsigned long)steps[count / 2];
        check_note("  clock_now: steps of %lu to %lu ms, most of them %lu", (unsigned long)steps[0],
                   (unsigned long)steps[count - 1], middle);
        if (middle > 17) {
            check_differs("%lu ms", middle);
        }
    }
}

/*
 * Return the shortest of 20 waits of 1 ms, in microseconds. Other work on the
 * machine can only make a wait longer.
 */
static uint64_t shortest_wait(HANDLE event)
{
    uint64_t shortest = UINT64_MAX;
    for (int i = 0; i < 20; i++) {
        uint64_t begun = spin_clock();
        if (event == NULL) {
            Sleep(1);
        } else {
            (void)WaitForSingleObject(event, 1);
        }
        uint64_t took = spin_clock() - begun;
        shortest = took < shortest ? took : shortest;
    }
    return shortest;
}

void windows_short_waits(void)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    uint64_t slept = shortest_wait(NULL);
    uint64_t waited = shortest_wait(event);
    check_note("  Sleep(1) takes at least %" PRIu64 " us, a wait of 1 ms %" PRIu64 " us", slept, waited);
    HOLDS(slept <= 32000);
    HOLDS(waited <= 32000);
    close_handle(event);
}

void windows_performance_counter(void)
{
    DWORD_PTR ours = 0;
    DWORD_PTR all = 0;
    (void)GetProcessAffinityMask(GetCurrentProcess(), &ours, &all);
    uint64_t last = 0;
    for (int round = 0; round < 3; round++) {
        for (DWORD_PTR one = 1; one != 0; one <<= 1) {
            if ((ours & one) != 0 && SetThreadAffinityMask(GetCurrentThread(), one) != 0) {
                uint64_t now = spin_clock();
                HOLDS(now >= last);
                last = now;
            }
        }
    }
    if (ours != 0) {
        (void)SetThreadAffinityMask(GetCurrentThread(), ours);
    }
    uint64_t apart = UINT64_MAX;
    for (int i = 0; i < 5 && apart > 40000; i++) { /* the thread may pause between the clocks */
        uint64_t ticks = clock_now();
        uint64_t spun = spin_clock();
        Sleep(200);
        ticks = (clock_now() - ticks) * 1000;
        spun = spin_clock() - spun;
        apart = ticks > spun ? ticks - spun : spun - ticks;
    }
    if (apart > 40000) {
        check_differs("%lu us apart in 200 ms", (unsigned long)apart);
    }
}

void windows_one_processor(void)
{
    DWORD_PTR ours = 0;
    DWORD_PTR all = 0;
    if (!GetProcessAffinityMask(GetCurrentProcess(), &ours, &all) || ours == 0) {
        check_skip("this process has processors of several groups");
        return;
    }
    DWORD_PTR lowest = ours & (~ours + 1);
    IS(spin_is_sensible(), ours != lowest);
    if (!SetProcessAffinityMask(GetCurrentProcess(), lowest)) {
        check_skip("the processors cannot be chosen (%lu)", GetLastError());
        return;
    }
    HOLDS(!spin_is_sensible());
    (void)SetProcessAffinityMask(GetCurrentProcess(), ours);
}

bool object_role(const char *role, int count, char **arguments, int *status)
{
    if (count != 3 || strcmp(role, "dying") != 0) {
        return false;
    }
    *status = role_dying(arguments);
    return true;
}
