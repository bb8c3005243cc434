/* names.c - what names there are. */
#include "wide.h"

#include <stdio.h>
#include <string.h>
#include <winternl.h>

#include "text.h"

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
 * Entries are counted: when one goes meanwhile, those behind it move up, and the next is passed over. So each directory
 * is gone through more than once.
 */
#define PASSES 3

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
    for (size_t i = 0; i < PASSES * count && goes_on; i++) {
        struct space *space = &spaces[i / PASSES];
        UNICODE_STRING path = {.Buffer = space->directory,
                               .Length = (USHORT)(wcslen(space->directory) * sizeof(wchar_t))};
        OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes, .ObjectName = &path};
        HANDLE directory = NULL;
        NTSTATUS status = open(&directory, DIRECTORY_QUERY, &attributes);

        /* One at a time: Wine 8 knows no other way, and Windows has some hundred. */
        ULONG place = 0;
        ULONG returned = 0;
        while (goes_on && status >= 0) {
            const struct entry *entry = (const void *)looking->entry;
            status = query(directory, looking->entry, sizeof looking->entry, TRUE, FALSE, &place, &returned);
            if (status >= 0 && is_section(&entry->type) && full_name(&entry->name, space->prefix, looking->name)) {
                goes_on = each(context, looking->name);
            }
        }
        if (directory != NULL) {
            CloseHandle(directory);
        }
        if (goes_on && status != NO_MORE_ENTRIES) {
            error = wide_kernel_error(status);
        }
    }
    memory_give(looking);
    return goes_on ? error : OSERROR_NONE;
}
