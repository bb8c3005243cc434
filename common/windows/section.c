/*
 * section.c - opens and maps named memory, and finds which kind of object a
 * name belongs to.
 */
#include "common/windows/wide.h"

#define PSAPI_VERSION 2 /* use the functions in KERNEL32, where they are since Windows 7 */
#include <psapi.h>

void object_close(object *closed)
{
    if (closed != NULL) {
        CloseHandle(handle_of(closed));
    }
}

HANDLE wide_open(enum object_kind kind, DWORD rights, const char *name)
{
    struct wide_name room;
    const wchar_t *wide = wide_name(name, &room);
    switch (kind) {
    case OBJECT_NONE:
        break;
    case OBJECT_SECTION:
        return OpenFileMappingW(rights, FALSE, wide);
    case OBJECT_EVENT:
    case OBJECT_AUTO_EVENT:
        return OpenEventW(rights, FALSE, wide);
    case OBJECT_MUTEX:
        return OpenMutexW(rights, FALSE, wide);
    case OBJECT_SEMAPHORE:
        return OpenSemaphoreW(rights, FALSE, wide);
    case OBJECT_TIMER:
        return OpenWaitableTimerW(rights, FALSE, wide);
    case OBJECT_JOB:
        return OpenJobObjectW(rights, FALSE, wide);
    }
    SetLastError(ERROR_INVALID_HANDLE);
    return NULL;
}

/*
 * Try to open `name` as each kind of object. All kinds share one set of names.
 * If the object is of another kind, the error is ERROR_INVALID_HANDLE. If it is
 * of this kind but this user may not open it, the error is ERROR_ACCESS_DENIED.
 * So both success and ERROR_ACCESS_DENIED prove the kind. Windows compares the
 * kind before it checks the access (Wine dlls/ntdll/tests/om.c states the
 * status of each; reactos/reactos ntoskrnl/ob/obhandle.c, ObpCreateHandle).
 */
enum object_kind object_kind_of(const char *name)
{
    for (enum object_kind kind = OBJECT_SECTION; kind <= OBJECT_JOB; kind++) {
        DWORD rights = kind == OBJECT_SECTION ? FILE_MAP_READ : kind == OBJECT_JOB ? JOB_OBJECT_QUERY : SYNCHRONIZE;
        HANDLE handle = wide_open(kind, rights, name);
        if (handle != NULL) {
            CloseHandle(handle);
            return kind;
        }
        if (GetLastError() == ERROR_ACCESS_DENIED) {
            return kind;
        }
    }
    return OBJECT_NONE;
}

/*
 * To inspect a section requires two more rights than to read it: SECTION_QUERY
 * for section_facts(), and READ_CONTROL for section_security(). A section may
 * grant both, one or none of them. So ACCESS_INSPECT tries to open it with both
 * rights, then with each one, and finally with neither.
 *
 * SECTION_QUERY is never requested alone, but always with FILE_MAP_READ. Alone
 * it has the value of FILE_MAP_COPY, which OpenFileMappingW replaces by
 * FILE_MAP_READ (Wine dlls/kernelbase/sync.c).
 */
oserror section_open(const char *name, enum access access, object **section)
{
    struct wide_name room;
    const wchar_t *wide = wide_name(name, &room);
    static const DWORD inspecting[] = {SECTION_QUERY | READ_CONTROL, SECTION_QUERY, READ_CONTROL};
    for (size_t i = 0; access == ACCESS_INSPECT && i < sizeof inspecting / sizeof *inspecting; i++) {
        HANDLE opened = OpenFileMappingW(FILE_MAP_READ | inspecting[i], FALSE, wide);
        if (opened != NULL || GetLastError() != ERROR_ACCESS_DENIED) {
            return wide_handle(opened, section);
        }
    }
    DWORD rights = access == ACCESS_WRITE ? FILE_MAP_READ | FILE_MAP_WRITE : FILE_MAP_READ;
    return wide_handle(OpenFileMappingW(rights, FALSE, wide), section);
}

/*
 * A size of 0 maps the whole section (MicrosoftDocs/sdk-api, memoryapi
 * MapViewOfFile, dwNumberOfBytesToMap).
 */
oserror view_map(object *section, enum access access, struct view *view)
{
    uint8_t *base = MapViewOfFile(handle_of(section), access == ACCESS_WRITE ? FILE_MAP_WRITE : FILE_MAP_READ, 0, 0, 0);
    if (base == NULL) {
        /*
         * The handle grants reading, so error 5 cannot mean that access is
         * denied. 32-bit Windows returns it for a section that is larger than 4
         * GiB, because it cuts the size to 32 bits before it compares it
         * (reactos/reactos
         * modules/rostests/apitests/ntdll/NtMapViewOfSection.c,
         * STATUS_INVALID_VIEW_SIZE).
         */
        oserror error = GetLastError();
        bool is_large = sizeof base == 4 && access == ACCESS_READ && error == ERROR_ACCESS_DENIED;
        return is_large ? OSERROR_NOT_ENOUGH_MEMORY : error;
    }

    /*
     * Add up the regions of the view. A view is one region, unless the creator
     * of the section has only reserved its memory (SEC_RESERVE): then only some
     * pages are committed, and each change of state begins another region. An
     * access to a page that is not committed, or is a guard page, would crash.
     * So `committed` ends before the first such page.
     */
    *view = (struct view){.base = base};
    MEMORY_BASIC_INFORMATION region;
    bool plain = true;
    while (VirtualQuery(base + view->size, &region, sizeof region) != 0 && region.AllocationBase == base) {
        plain = plain && region.State == MEM_COMMIT && (region.Protect & (PAGE_NOACCESS | PAGE_GUARD)) == 0;
        view->size += region.RegionSize;
        view->committed += plain ? region.RegionSize : 0;
    }
    return OSERROR_NONE;
}

/*
 * A view of a file has a file name. For a view of other memory
 * GetMappedFileNameW fails with error 1006, ERROR_FILE_INVALID. No right to the
 * section is required (Wine dlls/psapi/tests/psapi_main.c,
 * test_GetMappedFileName). After any other error return true, which is the safe
 * answer: the caller does not access the bytes of a file, because a page that
 * cannot be read would end this process.
 */
bool view_is_file(const struct view *view)
{
    wchar_t path[MAX_PATH];
    return GetMappedFileNameW(GetCurrentProcess(), view->base, path, MAX_PATH) > 0 ||
           GetLastError() != ERROR_FILE_INVALID;
}

void view_unmap(struct view *view)
{
    if (view->base != NULL) {
        UnmapViewOfFile(view->base);
        *view = (struct view){0};
    }
}
