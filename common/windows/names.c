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
#define NO_MORE_ENTRIES ((NTSTATUS)0x8000001A)

/* The two strings of an entry have at most 65535 bytes each. */
#define ENTRY_ROOM (sizeof(struct entry) * 2 + 131072)
#define ENTRY_UNITS 32768

/*
 * A directory is read by counting its entries. If one goes while that is done,
 * those behind it move up, and the next is passed over. So a pass keeps some
 * entries as marks, with their places, and looks at the end whether each is still
 * in its place. If one is not, another pass follows, but not more than these.
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

/* ---- One pass ---------------------------------------------------------------------------------------------------- */

struct mark {
    ULONG place;
    uint64_t hash; /* of the entry's name */
};

/* A directory that is gone through. */
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

/* Read the entry at `place` into looking->entry. */
static NTSTATUS read_entry(const struct pass *pass, ULONG place)
{
    /* One at a time: Wine 8 knows no other way, and Windows has some hundred. */
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
 * Call `each` for each section in the directory. Return the status that ended
 * this, NO_MORE_ENTRIES if there are no more, or a success if `each` returned
 * false. *moved is set if entries may have been passed over.
 */
static NTSTATUS go_through(struct pass *pass, bool (*each)(void *context, const char *name), void *context, bool *moved)
{
    const struct entry *entry = (const void *)pass->looking->entry;
    NTSTATUS status = read_entry(pass, 0);
    ULONG place = 0;
    pass->count = 0;
    pass->stride = 1;
    for (; status >= 0; status = read_entry(pass, ++place)) {
        keep_mark(pass, place);
        if (is_section(&entry->type) && full_name(&entry->name, pass->prefix, pass->looking->name) &&
            !each(context, pass->looking->name)) {
            return status;
        }
    }
    *moved = status == NO_MORE_ENTRIES && !has_not_moved(pass, place);
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
    bool goes_on = true;
    for (size_t i = 0; i < count && goes_on; i++) {
        UNICODE_STRING path = {.Buffer = spaces[i].directory,
                               .Length = (USHORT)(wcslen(spaces[i].directory) * sizeof(wchar_t))};
        OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes, .ObjectName = &path};
        struct pass pass = {.query = query, .looking = looking, .prefix = spaces[i].prefix};
        NTSTATUS status = open(&pass.directory, DIRECTORY_QUERY, &attributes);
        bool moved = status >= 0;
        for (int passes = 0; passes < PASSES && moved; passes++) {
            moved = false;
            status = go_through(&pass, each, context, &moved);
        }
        if (pass.directory != NULL) {
            CloseHandle(pass.directory);
        }
        goes_on = status < 0;
        if (goes_on && status != NO_MORE_ENTRIES) {
            error = wide_kernel_error(status);
        }
    }
    memory_give(looking);
    return goes_on ? error : OSERROR_NONE;
}
