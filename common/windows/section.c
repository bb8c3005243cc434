/* section.c - what is under a name, and named memory: opening and mapping it. */
#include "common/windows/wide.h"

#define PSAPI_VERSION 2 /* it is in KERNEL32 since Windows 7 */
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
 * An object of another type answers ERROR_INVALID_HANDLE, one that is closed to us ERROR_ACCESS_DENIED: the type is
 * compared first (Wine dlls/ntdll/tests/om.c states the status of each).
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
 * The right to ask goes with reading here: alone, SECTION_QUERY has the number
 * of FILE_MAP_COPY, and would be taken for that.
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

oserror view_map(object *section, enum access access, struct view *view)
{
    uint8_t *base = MapViewOfFile(handle_of(section), access == ACCESS_WRITE ? FILE_MAP_WRITE : FILE_MAP_READ, 0, 0, 0);
    if (base == NULL) {
        /* What may be read by its handle is denied only when it is larger than all addresses of a 32-bit program: its
         * size is cut to 32 bits before it is compared (reactos/reactos
         * modules/rostests/apitests/ntdll/NtMapViewOfSection.c, STATUS_INVALID_VIEW_SIZE). */
        oserror error = GetLastError();
        bool is_large = sizeof base == 4 && access == ACCESS_READ && error == ERROR_ACCESS_DENIED;
        return is_large ? OSERROR_NOT_ENOUGH_MEMORY : error;
    }

    /* A view is one region, unless its maker reserved memory and committed some of it: then it is several. */
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
 * Every view of a file has a name, and that of other memory has none: error
 * 1006. No right to the section is needed. Where the answer is another one the
 * view is taken for one of a file, since then nobody touches it.
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
