/* names.c - what names there are. */
#include "common/windows/wide.h"

#include <stdio.h>
#include <string.h>
#include <winternl.h>

#include "common/text/text.h"

/* What winternl.h lacks, from MicrosoftDocs/win32 desktop-src/DevNotes/ntopendirectoryobject.md and
 * ntquerydirectoryobject.md, which say to call both through GetProcAddress. */
#define DIRECTORY_QUERY 1
struct entry {
    UNICODE_STRING name;
    UNICODE_STRING type;
};
typedef NTSTATUS(NTAPI *open_directory)(HANDLE *directory, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes);
typedef NTSTATUS(NTAPI *query_directory)(HANDLE directory, void *buffer, ULONG length, BOOLEAN single, BOOLEAN restart,
                                         ULONG *context, ULONG *returned);

/* From MS-ERREF, section 2.3.1. */
#define ALL_RETURNED ((NTSTATUS)0)
#define MORE_ENTRIES ((NTSTATUS)0x00000105)
#define NO_MORE_ENTRIES ((NTSTATUS)0x8000001A)
#define LENGTH_MISMATCH ((NTSTATUS)0xC0000004)
#define NO_MEMORY ((NTSTATUS)0xC0000017)
#define BUFFER_TOO_SMALL ((NTSTATUS)0xC0000023)
#define INTERNAL_ERROR ((NTSTATUS)0xC00000E5)

/* The sizes of a buffer for all entries of a directory: it is doubled from the
 * first of these to the last. */
#define LIST_LEAST 65536U
#define LIST_MOST (64U << 20)

/* The two strings of an entry have at most 65535 bytes each. */
#define ENTRY_ROOM (sizeof(struct entry) * 2 + 131072)
#define ENTRY_UNITS 32768

/*
 * A pass reads a directory entry by entry, and counts them. If one goes during
 * the pass, those behind it move up, and the pass misses the next one. So a pass
 * keeps some entries as marks, with their places, and looks at the end whether
 * each is still in its place. If one is not, another pass follows, but there are
 * no more passes than these. Where programs look names up all the time, and each
 * lookup moves an entry, as on Windows, several passes may still miss a name. So
 * list_directory() asks for all entries in one call first.
 */
#define PASSES 3
#define MARKS 64U

struct space {
    wchar_t directory[64];
    const char *prefix;
};

static struct space global_namespace(const char *prefix)
{
    return (struct space){.directory = L"\\BaseNamedObjects", .prefix = prefix};
}

/*
 * Where the names are: sessions have a directory each, but session 0, in which services run, has the global one
 * (MicrosoftDocs/win32 desktop-src/TermServ/kernel-object-namespaces.md).
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

/* Room for one entry of a directory, and for its full name in UTF-8. */
struct looking {
    _Alignas(struct entry) uint8_t entry[ENTRY_ROOM];
    char name[sizeof "Global\\" + TEXT_ENCODED_ROOM(ENTRY_UNITS)];
};

/* Make the full name of an entry; false when it has a NUL, which none that Win32 makes has. */
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

/* The function to call for each section, and its first argument. `stopped` is set when it returned false. */
struct caller {
    bool (*each)(void *context, const char *name);
    void *context;
    bool stopped;
};

struct mark {
    ULONG place;
    uint64_t hash; /* of the entry's name */
};

/* A directory that is listed, and what one pass keeps. */
struct pass {
    HANDLE directory;
    query_directory query;
    struct looking *looking;
    const char *prefix;
    struct mark marks[MARKS]; /* at each multiple of `stride` */
    size_t count;
    ULONG stride;
    struct mark last;
};

/* Call caller->each if the entry is a section with a name that can be printed. Return false if the list ends here. */
static bool report_entry(const struct pass *pass, const struct entry *entry, struct caller *caller)
{
    if (is_section(&entry->type) && full_name(&entry->name, pass->prefix, pass->looking->name)) {
        caller->stopped = !caller->each(caller->context, pass->looking->name);
    }
    return !caller->stopped;
}

/* ---- All entries in one call ------------------------------------------------------------------------------------- */

/* The answer of the system: entries up to one of zeros, then their strings. */
struct list {
    uint8_t *bytes;
    ULONG size;
};

static bool is_too_small(NTSTATUS status)
{
    return status == MORE_ENTRIES || status == BUFFER_TOO_SMALL || status == LENGTH_MISMATCH;
}

/*
 * Read all entries into list->bytes, which the caller passes to memory_give().
 * The system locks the directory during a call, so that the entries of one call
 * are consistent. Entries that a call without enough room has returned are
 * therefore dropped, and the next call starts at the first entry again.
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

/* Whether a string has no bytes, or lies in the list, in whole units. */
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
 * Count the entries before the one of zeros. Return false if there is no such
 * one, or if an entry has a string that does not lie in the list.
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
 * Report the sections in the directory from a list that one call has read.
 * Return NO_MORE_ENTRIES if all entries were in it, or else the status for which
 * there is no such list, and then none has been reported.
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

/* Read the entry at `place` into looking->entry. */
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

/* Keep the entry that was read, if its place is one for a mark. When all marks are used, every other one is dropped. */
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

/* Whether no entry has moved: each mark is in its place, and there are no more entries than there were. */
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
 * Report the sections in the directory in one pass. Return the status that ended
 * it: NO_MORE_ENTRIES if there are no more. *moved is set if the pass may have
 * missed entries.
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

/* Report the sections in an open directory: from one list, or entry by entry on a system that returns none. */
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
