/*
 * names.c - lists the names of all sections, from the directories of the
 * kernel.
 *
 * The kernel has a directory of objects for each session, and one for all
 * sessions. list_directory() reads one directory, in one of two ways:
 *   1. All entries in one call (report_list()). Windows supports this.
 *   2. One entry in each call (go_through()), on systems that support nothing
 *      else, such as Wine 8. Such a pass may miss a name, so it may be repeated.
 */
#include "common/windows/wide.h"

#include <stdio.h>
#include <string.h>
#include <winternl.h>

#include "common/text/text.h"

/*
 * NtOpenDirectoryObject, NtQueryDirectoryObject and their types, which
 * winternl.h lacks. They are from MicrosoftDocs/win32
 * desktop-src/DevNotes/ntopendirectoryobject.md and ntquerydirectoryobject.md,
 * which say to call both through GetProcAddress. DIRECTORY_QUERY is the right
 * to list a directory.
 */
#define DIRECTORY_QUERY 1
struct entry {
    UNICODE_STRING name;
    UNICODE_STRING type;
};
typedef NTSTATUS(NTAPI *open_directory)(HANDLE *directory, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes);
typedef NTSTATUS(NTAPI *query_directory)(HANDLE directory, void *buffer, ULONG length, BOOLEAN single, BOOLEAN restart,
                                         ULONG *context, ULONG *returned);

/*
 * The values of NTSTATUS that are distinguished here, from MS-ERREF, section
 * 2.3.1.
 */
#define ALL_RETURNED ((NTSTATUS)0)
#define MORE_ENTRIES ((NTSTATUS)0x00000105)
#define NO_MORE_ENTRIES ((NTSTATUS)0x8000001A)
#define LENGTH_MISMATCH ((NTSTATUS)0xC0000004)
#define NO_MEMORY ((NTSTATUS)0xC0000017)
#define BUFFER_TOO_SMALL ((NTSTATUS)0xC0000023)
#define INTERNAL_ERROR ((NTSTATUS)0xC00000E5)

/*
 * The least and the greatest size of the buffer for all entries of a directory,
 * in bytes. The size is doubled as long as the entries do not fit.
 */
#define LIST_LEAST 65536U
#define LIST_MOST (64U << 20)

/*
 * Room for the entry that one call returns, in bytes. Each of its two strings
 * has at most 65535 bytes, because the length of a UNICODE_STRING has 16 bits.
 * ENTRY_UNITS is the most UTF-16 units of its name.
 */
#define ENTRY_ROOM (sizeof(struct entry) * 2 + 131072)
#define ENTRY_UNITS 32768

/*
 * A pass reads a directory entry by entry, by the place of each entry. If an
 * entry disappears during the pass, all later entries move up by one place, and
 * the pass misses the next entry. So a pass remembers some entries, its marks,
 * with their places. At its end it checks whether each mark is still in its
 * place. If one has moved, another pass follows, up to PASSES in all.
 *
 * On Windows each lookup of a name moves its entry to the front of its bucket
 * (reactos/reactos ntoskrnl/ob/obdir.c, ObpLookupEntryDirectory). If programs
 * look up names all the time, PASSES passes may still miss a name. So
 * list_directory() asks for all entries in one call first.
 */
#define PASSES 3
#define MARKS 64U

/*
 * A directory of the kernel, and the prefix that the tools put before its
 * names.
 */
struct space {
    wchar_t directory[64];
    const char *prefix;
};

static struct space global_namespace(const char *prefix)
{
    return (struct space){.directory = L"\\BaseNamedObjects", .prefix = prefix};
}

/*
 * Write the directories to which `scope` refers to `found`, and return their
 * number. Each session has a directory of its own, except session 0, in which
 * services run: its names are in the global directory (MicrosoftDocs/win32
 * desktop-src/TermServ/kernel-object-namespaces.md;
 * remkoweijnen.nl/blog/2009/01/27/accessing-kernel-objects-in-other-sessions).
 */
static size_t namespaces(enum name_scope scope, struct space found[2])
{
    DWORD session = 0;
    if (!ProcessIdToSessionId(GetCurrentProcessId(), &session) || session == 0) {
        found[0] = global_namespace(scope == NAME_GLOBAL ? "Global\\" : "");
        return 1;
    }
    size_t count = 0;
    if (scope != NAME_GLOBAL) {
        found[count].prefix = "";
        (void)swprintf(found[count].directory, sizeof found[count].directory / sizeof *found[count].directory,
                       L"\\Sessions\\%lu\\BaseNamedObjects", (unsigned long)session);
        count++;
    }
    if (scope != NAME_LOCAL) {
        found[count++] = global_namespace("Global\\");
    }
    return count;
}

static bool is_section(const UNICODE_STRING *type)
{
    static const wchar_t section[] = L"Section";
    return type->Length == sizeof section - sizeof *section && memcmp(type->Buffer, section, type->Length) == 0;
}

/* Room for one entry of a directory, and for a full name in UTF-8. */
struct looking {
    _Alignas(struct entry) uint8_t entry[ENTRY_ROOM];
    char name[sizeof "Global\\" + TEXT_ENCODED_ROOM(ENTRY_UNITS)];
};

/*
 * Write the full name of an entry to `name`, in UTF-8. Return false if the name
 * contains a NUL. No function of Win32 creates such a name, but a program may
 * create one with a function of ntdll.
 */
static bool full_name(const UNICODE_STRING *base, const char *prefix, char *name)
{
    size_t count = base->Length / sizeof(wchar_t);
    for (size_t i = 0; i < count; i++) {
        if (base->Buffer[i] == L'\0') {
            return false;
        }
    }
    int length = snprintf(name, sizeof "Global\\", "%s", prefix);
    (void)text_utf8_from_utf16((const uint16_t *)base->Buffer, count, name + length);
    return true;
}

/*
 * The function to call for each section, and its first argument. `stopped` is
 * set once it returns false.
 */
struct caller {
    bool (*each)(void *context, const char *name);
    void *context;
    bool stopped;
};

/* An entry that a pass remembers, to detect later whether it has moved. */
struct mark {
    ULONG place;
    uint64_t hash; /* of the name of the entry */
};

/* The directory that is being listed, and the marks of one pass. */
struct pass {
    HANDLE directory;
    query_directory query;
    struct looking *looking;
    const char *prefix;
    struct mark marks[MARKS]; /* the entries whose place is a multiple of `stride` */
    size_t count;             /* of marks */
    ULONG stride;
    struct mark last; /* the last entry that was read */
};

/*
 * Call caller->each if the entry is a section whose name has no NUL. Return
 * false if caller->each wants no more sections.
 */
static bool report_entry(const struct pass *pass, const struct entry *entry, struct caller *caller)
{
    if (is_section(&entry->type) && full_name(&entry->name, pass->prefix, pass->looking->name)) {
        caller->stopped = !caller->each(caller->context, pass->looking->name);
    }
    return !caller->stopped;
}

/* ---- All entries in one call ------------------------------------------------------------------------------------- */

/*
 * The result of one call: all entries, then an entry of zeros, then the strings
 * of all entries.
 */
struct list {
    uint8_t *bytes;
    ULONG size;
};

/*
 * Return whether the status means that the buffer was too small for all
 * entries. Systems differ in which of the three they return.
 */
static bool is_too_small(NTSTATUS status)
{
    return status == MORE_ENTRIES || status == BUFFER_TOO_SMALL || status == LENGTH_MISMATCH;
}

/*
 * Read all entries into list->bytes, which the caller passes to memory_give().
 * The kernel locks the directory during a call, so that the entries of one call
 * are consistent. So if the buffer was too small, drop the entries that it has,
 * and begin with the first entry again, in a buffer of twice the size
 * (MicrosoftDocs/win32 desktop-src/DevNotes/ntquerydirectoryobject.md;
 * reactos/reactos ntoskrnl/ob/obdir.c, NtQueryDirectoryObject).
 */
static NTSTATUS read_list(const struct pass *pass, struct list *list)
{
    NTSTATUS status = BUFFER_TOO_SMALL;
    for (list->size = LIST_LEAST; list->size <= LIST_MOST && is_too_small(status); list->size *= 2) {
        ULONG place = 0;
        ULONG returned = 0;
        memory_give(list->bytes);
        list->bytes = memory_take(list->size);
        if (list->bytes == NULL) {
            return NO_MEMORY;
        }
        status = pass->query(pass->directory, list->bytes, list->size, FALSE, TRUE, &place, &returned);
    }
    list->size /= 2;
    return status;
}

/*
 * Return whether a string is empty, or lies in the list, at an even offset and
 * with an even length. The kernel wrote the list, but a damaged one must not
 * make this process read other memory.
 */
static bool is_inside(const struct list *list, const UNICODE_STRING *string)
{
    uintptr_t offset = (uintptr_t)string->Buffer - (uintptr_t)list->bytes;
    return string->Length == 0 || (offset <= list->size && string->Length <= list->size - offset &&
                                   offset % sizeof(wchar_t) == 0 && string->Length % sizeof(wchar_t) == 0);
}

static bool is_zeros(const UNICODE_STRING *string)
{
    return string->Length == 0 && string->MaximumLength == 0 && string->Buffer == NULL;
}

/*
 * Count the entries before the entry of zeros. Return false if the list has no
 * entry of zeros, or if a string of an entry does not lie in the list.
 */
static bool count_entries(const struct list *list, size_t *count)
{
    const struct entry *entries = (const void *)list->bytes;
    for (size_t i = 0; i < list->size / sizeof *entries; i++) {
        *count = i;
        if (is_zeros(&entries[i].name) && is_zeros(&entries[i].type)) {
            return true;
        }
        if (!is_inside(list, &entries[i].name) || !is_inside(list, &entries[i].type)) {
            return false;
        }
    }
    return false;
}

/*
 * Read all entries in one call, and report the sections among them. Return
 * NO_MORE_ENTRIES if that worked. Otherwise no section has been reported:
 * return the status of the failure, or INTERNAL_ERROR for a damaged list.
 */
static NTSTATUS report_list(const struct pass *pass, struct caller *caller)
{
    struct list list = {.bytes = NULL};
    size_t count = 0;
    NTSTATUS status = read_list(pass, &list);
    if (status == ALL_RETURNED && count_entries(&list, &count)) {
        const struct entry *entries = (const void *)list.bytes;
        for (size_t i = 0; i < count && report_entry(pass, &entries[i], caller); i++) {
        }
        status = NO_MORE_ENTRIES;
    } else if (status >= 0) {
        status = INTERNAL_ERROR;
    }
    memory_give(list.bytes);
    return status;
}

/* ---- Entry by entry ---------------------------------------------------------------------------------------------- */

/* Read the entry at `place`, counted from 0, into looking->entry. */
static NTSTATUS read_entry(const struct pass *pass, ULONG place)
{
    ULONG returned = 0;
    return pass->query(pass->directory, pass->looking->entry, sizeof pass->looking->entry, TRUE, FALSE, &place,
                       &returned);
}

/* The FNV-1a hash of the name of the entry that was read. */
static uint64_t hash_entry(const struct pass *pass)
{
    const struct entry *entry = (const void *)pass->looking->entry;
    const uint8_t *bytes = (const uint8_t *)entry->name.Buffer;
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < entry->name.Length; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001B3);
    }
    return hash;
}

/*
 * Remember the entry that was read as the last one, and as a mark if its place
 * is a multiple of the stride. If all marks are in use, drop every other mark
 * and double the stride. So the marks are spread over all of a directory,
 * however many entries it has.
 */
static void keep_mark(struct pass *pass, ULONG place)
{
    pass->last = (struct mark){place, hash_entry(pass)};
    if (place % pass->stride != 0) {
        return;
    }
    if (pass->count == MARKS) {
        for (pass->count = 0; pass->count < MARKS / 2; pass->count++) {
            pass->marks[pass->count] = pass->marks[2 * pass->count];
        }
        pass->stride *= 2;
    }
    if (place % pass->stride == 0) {
        pass->marks[pass->count++] = pass->last;
    }
}

static bool is_in_place(const struct pass *pass, struct mark mark)
{
    return read_entry(pass, mark.place) >= 0 && hash_entry(pass) == mark.hash;
}

/*
 * Return whether no entry has moved: each mark and the last entry are in their
 * places, and the directory still has no more than `entries` entries.
 */
static bool has_not_moved(const struct pass *pass, ULONG entries)
{
    for (size_t i = 0; i < pass->count; i++) {
        if (!is_in_place(pass, pass->marks[i])) {
            return false;
        }
    }
    return (entries == 0 || is_in_place(pass, pass->last)) && read_entry(pass, entries) == NO_MORE_ENTRIES;
}

/*
 * Report the sections in the directory in one pass. Return the status of the
 * last call: NO_MORE_ENTRIES after the last entry, a failure, or success if
 * caller->each wants no more sections. Set *moved if the pass may have missed
 * entries.
 */
static NTSTATUS go_through(struct pass *pass, struct caller *caller, bool *moved)
{
    const struct entry *entry = (const void *)pass->looking->entry;
    NTSTATUS status = read_entry(pass, 0);
    ULONG place = 0;
    pass->count = 0;
    pass->stride = 1;
    for (; status >= 0; status = read_entry(pass, ++place)) {
        keep_mark(pass, place);
        if (!report_entry(pass, entry, caller)) {
            return status;
        }
    }
    *moved = status == NO_MORE_ENTRIES && !has_not_moved(pass, place);
    return status;
}

/* ---- The directories --------------------------------------------------------------------------------------------- */

/*
 * Report the sections in an open directory: all in one call, or entry by entry
 * on a system that refuses that. A section that several passes read is reported
 * several times.
 */
static NTSTATUS list_directory(struct pass *pass, struct caller *caller)
{
    NTSTATUS status = report_list(pass, caller);
    bool moved = status != NO_MORE_ENTRIES;
    for (int passes = 0; passes < PASSES && moved; passes++) {
        moved = false;
        status = go_through(pass, caller, &moved);
    }
    return status;
}

oserror sections_list(enum name_scope scope, bool (*each)(void *context, const char *name), void *context)
{
    open_directory open = (open_directory)(void (*)(void))wide_kernel_function("NtOpenDirectoryObject");
    query_directory query = (query_directory)(void (*)(void))wide_kernel_function("NtQueryDirectoryObject");
    if (open == NULL || query == NULL) {
        return GetLastError();
    }
    struct looking *looking = memory_take(sizeof *looking);
    if (looking == NULL) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }

    struct space spaces[2];
    size_t count = namespaces(scope, spaces);
    oserror error = OSERROR_NONE;
    struct caller caller = {.each = each, .context = context};
    for (size_t i = 0; i < count && !caller.stopped; i++) {
        UNICODE_STRING path = {.Buffer = spaces[i].directory,
                               .Length = (USHORT)(wcslen(spaces[i].directory) * sizeof(wchar_t))};
        OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes, .ObjectName = &path};
        struct pass pass = {.query = query, .looking = looking, .prefix = spaces[i].prefix};
        NTSTATUS status = open(&pass.directory, DIRECTORY_QUERY, &attributes);
        if (status >= 0) {
            status = list_directory(&pass, &caller);
            CloseHandle(pass.directory);
        }
        if (status < 0 && status != NO_MORE_ENTRIES) {
            error = wide_kernel_error(status);
        }
    }
    memory_give(looking);
    return caller.stopped ? OSERROR_NONE : error;
}
