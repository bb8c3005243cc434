/* windows_objects.c - checks of names, sections and memory. */
#include "common/tests/platform/windows_checks.h"

#include <psapi.h>
#include <stdio.h>
#include <string.h>
#include <winternl.h>

#include "common/include/winshm.h"

HANDLE section_of(DWORD size, DWORD flags, const char *name)
{
    return kept(CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE | flags, 0, size, wide_text(name)));
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static void check_existing(void)
{
    DOCUMENTED("to create what exists leaves its size, state and descriptor as they are")
    {
        (void)section_of(4096, 0, unique("section"));
        HANDLE again = section_of(65536, 0, unique("section"));
        IS(GetLastError(), ERROR_ALREADY_EXISTS);
        IS(view_of((object *)again, ACCESS_READ).size, 4096);

        (void)kept(CreateEventW(NULL, FALSE, TRUE, wide_text(unique("event"))));
        again = kept(CreateEventW(NULL, TRUE, FALSE, wide_text(unique("event"))));
        IS(GetLastError(), ERROR_ALREADY_EXISTS);
        IS(WaitForSingleObject(again, 0), WAIT_OBJECT_0); /* it is still set */
        IS(WaitForSingleObject(again, 0), WAIT_TIMEOUT);  /* and it still resets itself */

        char before[1000] = "";
        char after[1000] = "-";
        (void)created_as(OBJECT_SECTION, unique("open"), "D:P(A;;GA;;;WD)");
        IS(object_security(unique("open"), OBJECT_SECTION, before, sizeof before), 0);
        (void)section_of(1, 0, unique("open"));
        IS(object_security(unique("open"), OBJECT_SECTION, after, sizeof after), 0);
        HOLDS(strcmp(before, after) == 0);
    }

    DOCUMENTED("to create what is new leaves 0 as the last error")
    {
        SetLastError(1234);
        (void)section_of(1, 0, unique("fresh-s"));
        IS(GetLastError(), 0);
        SetLastError(1234);
        (void)kept(CreateMutexW(NULL, FALSE, wide_text(unique("fresh-m"))));
        IS(GetLastError(), 0);
        SetLastError(1234);
        (void)kept(CreateEventW(NULL, FALSE, FALSE, wide_text(unique("fresh-e"))));
        IS(GetLastError(), 0);
        SetLastError(1234);
        (void)kept(CreateSemaphoreW(NULL, 0, 1, wide_text(unique("fresh-r"))));
        IS(GetLastError(), 0);
    }

    DOCUMENTED("timers and jobs share the names")
    {
        (void)kept(CreateWaitableTimerW(NULL, FALSE, wide_text(unique("timer"))));
        (void)kept(CreateJobObjectW(NULL, wide_text(unique("job"))));
        IS(creating(OBJECT_SECTION, unique("timer")), OSERROR_INVALID_HANDLE);
        IS(creating(OBJECT_SECTION, unique("job")), OSERROR_INVALID_HANDLE);
        IS(opening(OBJECT_MUTEX, unique("timer")), OSERROR_INVALID_HANDLE);
        IS(opening(OBJECT_MUTEX, unique("job")), OSERROR_INVALID_HANDLE);
        IS(object_kind_of(unique("timer")), OBJECT_TIMER);
        IS(object_kind_of(unique("job")), OBJECT_JOB);
    }
}

/* ---- Directories ------------------------------------------------------------------------------------------------- */

typedef NTSTATUS(NTAPI *open_function)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *);
typedef NTSTATUS(NTAPI *list_function)(HANDLE, void *, ULONG, BOOLEAN, BOOLEAN, ULONG *, ULONG *);

/* Open an object of the kernel, which the check owns. Return the NTSTATUS. */
static uint32_t open_by_path(const char *function, ACCESS_MASK access, const wchar_t *path, HANDLE *handle)
{
    open_function open = (open_function)(void (*)(void))wide_kernel_function(function);
    UNICODE_STRING name = {.Buffer = (wchar_t *)path, .Length = (USHORT)(wcslen(path) * sizeof *path)};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes, .ObjectName = &name};
    *handle = NULL;
    NTSTATUS status = open == NULL ? -1 : open(handle, access, &attributes);
    (void)kept(*handle);
    return (uint32_t)status;
}

/* Return whether a string of a directory is `text`. */
static bool is_text(const UNICODE_STRING *string, const wchar_t *text)
{
    size_t size = wcslen(text) * sizeof *text;
    return string->Length == size && memcmp(string->Buffer, text, size) == 0;
}

/*
 * Request all entries of a directory, first with a buffer that is too small.
 * `entries` has room for the names and types of all of them.
 */
static void check_list(HANDLE directory, const wchar_t *name, UNICODE_STRING *entries, ULONG size)
{
    list_function list = (list_function)(void (*)(void))wide_kernel_function("NtQueryDirectoryObject");
    ULONG place = 0;
    ULONG returned = 0;
    unsigned found = 0;
    if (!HOLDS(list != NULL)) {
        return;
    }
    IS((uint32_t)list(directory, entries, 64, FALSE, TRUE, &place, &returned), 0x105);
    memset(entries, 0xAA, size);
    if (IS((uint32_t)list(directory, entries, size, FALSE, TRUE, &place, &returned), 0)) {
        const UNICODE_STRING *entry = entries;
        for (; entry[0].Buffer != NULL; entry += 2) {
            found += is_text(&entry[0], name) && is_text(&entry[1], L"Event");
        }
        IS(found, 1);
        IS(entry[0].Length + entry[0].MaximumLength + entry[1].Length + entry[1].MaximumLength, 0);
        HOLDS(entry[1].Buffer == NULL);
    }
}

static void check_directories(void)
{
    wchar_t path[400];
    char name[NAME_ROOM];
    HANDLE handle = NULL;

    DOCUMENTED("a name without prefix is in the directory of this session")
    {
        (void)created(OBJECT_SECTION, unique("path"));
        (void)_snwprintf(path, 400, L"\\Sessions\\%lu\\BaseNamedObjects\\%ls", windows_session(),
                         wide_text(unique("path")));
        if (in_session_zero()) {
            (void)_snwprintf(path, 400, L"\\BaseNamedObjects\\%ls", wide_text(unique("path")));
        }
        IS(open_by_path("NtOpenSection", SECTION_MAP_READ, path, &handle), 0);
    }

    DOCUMENTED("Session\\N\\x is x of session N")
    {
        (void)created(OBJECT_SECTION, unique("prefix"));
        (void)snprintf(name, sizeof name, "Session\\%lu\\%s", windows_session(), unique("prefix"));
        if (in_session_zero()) {
            check_skip("this is session 0");
        } else {
            IS(opening(OBJECT_SECTION, name), 0);
        }
    }

    /*
     * Print the results for the directories of other sessions. They are not
     * judged, because no document states them.
     */
    DOCUMENTED("the directories of sessions can be asked for")
    {
        IS(open_by_path("NtOpenDirectoryObject", 1, L"\\BaseNamedObjects", &handle), 0);
        for (DWORD number = 0; number < 10; number++) {
            (void)_snwprintf(path, 100, L"\\Sessions\\%lu\\BaseNamedObjects", number);
            uint32_t status = open_by_path("NtOpenDirectoryObject", 1, path, &handle);
            if (number != 0 && number == windows_session()) {
                IS(status, 0);
            } else if (status != 0xC0000034 && status != 0xC000003A) {
                check_note("  the directory of session %lu answers 0x%lX", number, (unsigned long)status);
            }
        }
    }

    DOCUMENTED("one call returns all entries of a directory")
    {
        const ULONG size = 16U << 20;
        UNICODE_STRING *entries = memory_take(size);
        (void)_snwprintf(path, 400, L"Global\\%ls", wide_text(unique("entry")));
        HOLDS(kept(CreateEventW(NULL, FALSE, FALSE, path)) != NULL);
        IS(open_by_path("NtOpenDirectoryObject", 1, L"\\BaseNamedObjects", &handle), 0);
        if (HOLDS(entries != NULL)) {
            check_list(handle, path + 7, entries, size);
        }
        memory_give(entries);
    }
}

/* Check what fails while this process does not have the privilege. */
static void check_without_privilege(void)
{
    char name[NAME_ROOM];
    char there[NAME_ROOM];
    (void)snprintf(name, sizeof name, "Global\\%s", unique("privilege"));
    (void)snprintf(there, sizeof there, "Global\\%s", unique("there"));
    bool is_held = set_privilege(L"SeCreateGlobalPrivilege", true);
    if (is_held) {
        (void)created(OBJECT_SECTION, there);
        HOLDS(set_privilege(L"SeCreateGlobalPrivilege", false));
        IS(opening(OBJECT_SECTION, there), 0);
    }
    IS(creating(OBJECT_SECTION, name), OSERROR_ACCESS_DENIED);
    IS(opening(OBJECT_SECTION, name), OSERROR_FILE_NOT_FOUND);
    for (size_t i = 1; i < KINDS; i++) {
        IS(creating(kinds[i], name), 0);
    }
    if (is_held) {
        (void)set_privilege(L"SeCreateGlobalPrivilege", true);
    }
}

static void check_global(void)
{
    DOCUMENTED("without the privilege a section in Global\\ is error 5, and all else can be made there")
    {
        if (in_session_zero()) {
            check_skip("session 0 needs no privilege");
        } else {
            check_without_privilege();
        }
    }

    DOCUMENTED("with the privilege a section in Global\\ can be made")
    {
        char name[NAME_ROOM];
        (void)snprintf(name, sizeof name, "Global\\%s", unique("section"));
        if (in_session_zero() || set_privilege(L"SeCreateGlobalPrivilege", true)) {
            IS(creating(OBJECT_SECTION, name), 0);
        } else {
            check_skip("this process does not have the privilege");
        }
    }
}

/* ---- Sections ---------------------------------------------------------------------------------------------------- */

static uint64_t committed_pages(void)
{
    PERFORMANCE_INFORMATION known = {.cb = sizeof known};
    return GetPerformanceInfo(&known, sizeof known) ? known.CommitTotal : 0;
}

/*
 * Succeed if one of three tries does: other processes may allocate and release
 * memory at the same time.
 */
static void check_commit_charge(void)
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

/* Check what NtQuerySection reports of files and images. */
static void check_facts_of_file(void)
{
    struct section_facts facts = {0};
    wchar_t program[1024];
    (void)GetModuleFileNameW(NULL, program, 1024);
    HANDLE file = kept(CreateFileW(program, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL));
    HANDLE made = kept(CreateFileMappingW(file, NULL, PAGE_READONLY, 0, 0, NULL));
    HANDLE image = kept(CreateFileMappingW(file, NULL, PAGE_READONLY | SEC_IMAGE, 0, 0, NULL));
    IS(section_facts((object *)made, &facts), 0);
    HOLDS(facts.is_file && !facts.is_image && !facts.is_reserved);
    IS(facts.size, GetFileSize(file, NULL));
    IS(section_facts((object *)image, &facts), 0);
    HOLDS(facts.is_image);
}

static void check_sections(void)
{
    object *made = NULL;

    DOCUMENTED("a page has 4096 bytes")
    {
        SYSTEM_INFO info;
        GetSystemInfo(&info);
        IS(info.dwPageSize, WINSHM_PAGE);
        IS(info.dwAllocationGranularity, 65536);
    }

    DOCUMENTED("to create a section takes all of its memory from what may be committed")
    {
        check_commit_charge();
    }

    DOCUMENTED("more than may be committed is refused when it is created")
    {
        check_too_large(UINT64_C(8) << 40);
    }

    DOCUMENTED("a handle that may only write cannot be mapped for reading")
    {
        (void)section_of(4096, 0, unique("write"));
        HANDLE writing = kept(OpenFileMappingW(FILE_MAP_WRITE, FALSE, wide_text(unique("write"))));
        void *view = MapViewOfFile(writing, FILE_MAP_READ, 0, 0, 0);
        IS(error_of(view != NULL), ERROR_ACCESS_DENIED);
        volatile uint8_t *written = MapViewOfFile(writing, FILE_MAP_WRITE, 0, 0, 0);
        if (HOLDS(written != NULL)) {
            IS(written[0], 0);
            UnmapViewOfFile((void *)written);
        }
    }

    DOCUMENTED("NtQuerySection reports how a section was made, to a handle with SECTION_QUERY")
    {
        typedef NTSTATUS(NTAPI * query_section)(HANDLE, int, void *, SIZE_T, SIZE_T *);
        query_section query = (query_section)(void (*)(void))wide_kernel_function("NtQuerySection");
        _Alignas(16) uint8_t known[64];
        struct section_facts facts = {0};
        HANDLE reserved = section_of(100000, SEC_RESERVE, unique("facts-r"));
        IS(section_facts((object *)reserved, &facts), 0);
        HOLDS(facts.is_reserved && !facts.is_file && !facts.is_image);
        IS(facts.size, 102400);

        /* A handle for reading only. SECTION_QUERY is a separate right. */
        HANDLE reading = kept(OpenFileMappingW(FILE_MAP_READ, FALSE, wide_text(unique("facts-r"))));
        if (HOLDS(query != NULL)) {
            IS((uint32_t)query(reading, 0, known, sizeof(void *) == 8 ? 24 : 16, NULL), 0xC0000022);
        }
        (void)created_as(OBJECT_SECTION, unique("facts-s"), "D:P(A;;LC;;;WD)");
        if (IS(section_open(unique("facts-s"), ACCESS_INSPECT, &made), 0)) {
            (void)view_of(owned(made), ACCESS_READ);
            IS(section_facts(made, &facts), OSERROR_ACCESS_DENIED);
        }
        check_facts_of_file();
    }
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

/* Commit a page of a reserved section. The section's base may be NULL. */
static bool commits_page(uint8_t *at)
{
    return VirtualAlloc(at, 4096, MEM_COMMIT, PAGE_READWRITE) != NULL;
}

static void check_memory(void)
{
    MEMORY_BASIC_INFORMATION region = {0};

    DOCUMENTED("a view of 0 bytes is all of it, one beyond the end is error 5")
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
        HOLDS(VirtualQuery(view, &region, sizeof region) != 0);
        IS(region.RegionSize, 131072);
        HOLDS(region.BaseAddress == view && region.AllocationBase == view);
        HOLDS(region.State == MEM_COMMIT && region.Type == MEM_MAPPED);
        UnmapViewOfFile(view);
    }

    DOCUMENTED("a section that is only reserved has pages where somebody committed them")
    {
        HANDLE made = section_of(131072, SEC_RESERVE, unique("reserved"));
        uint8_t *base = MapViewOfFile(made, FILE_MAP_WRITE, 0, 0, 0);
        object *section = opened(OBJECT_SECTION, unique("reserved"));
        struct view view = view_of(section, ACCESS_READ);
        IS(view.size, 131072);
        IS(view.committed, 0);
        if (HOLDS(base != NULL) && HOLDS(commits_page(base)) && HOLDS(commits_page(base + 65536))) {
            base[0] = 5;
            IS(*(volatile uint8_t *)view.base, 5);
            view = view_of(section, ACCESS_READ);
            IS(view.size, 131072);
            IS(view.committed, 4096);
        }
        UnmapViewOfFile(base);
    }

    DOCUMENTED("a page of a section that is committed stays so")
    {
        uint8_t *base = MapViewOfFile(section_of(65536, SEC_RESERVE, unique("stays")), FILE_MAP_WRITE, 0, 0, 0);
        if (HOLDS(base != NULL)) {
            HOLDS(commits_page(base));
            IS(error_of(VirtualFree(base, 4096, MEM_DECOMMIT)), ERROR_INVALID_PARAMETER);
            UnmapViewOfFile(base);
        }
    }

    DOCUMENTED("memory that is given back is free")
    {
        uint8_t *memory = memory_take(1U << 20);
        if (HOLDS(memory != NULL)) {
            memory[100000] = 1;
            memory_give(memory);
            HOLDS(VirtualQuery(memory, &region, sizeof region) != 0);
            IS(region.State, MEM_FREE);
        }
    }
}

void windows_check_objects(void)
{
    check_existing();
    check_directories();
    check_global();
    check_sections();
    check_memory();
}
