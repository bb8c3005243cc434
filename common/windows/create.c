/* create.c - making named objects, and saying who may use them. */
#include "common/windows/wide.h"

#include <sddl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Of ADVAPI32, which who only updates what exists is not to wait for. */
typedef BOOL(WINAPI *string_to_descriptor)(const wchar_t *sddl, DWORD revision, PSECURITY_DESCRIPTOR *descriptor,
                                           ULONG *size);

static oserror descriptor_of(const char *sddl, PSECURITY_DESCRIPTOR *descriptor)
{
    FARPROC found = wide_function(L"advapi32.dll", "ConvertStringSecurityDescriptorToSecurityDescriptorW");
    if (found == NULL) {
        return GetLastError();
    }
    wchar_t *wide = wide_path(sddl);
    if (wide == NULL) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }
    BOOL understood = ((string_to_descriptor)(void (*)(void))found)(wide, SDDL_REVISION_1, descriptor, NULL);
    oserror error = understood ? OSERROR_NONE : GetLastError();
    free(wide);
    return error;
}

oserror sddl_check(const char *sddl)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    oserror error = descriptor_of(sddl, &descriptor);
    LocalFree(descriptor);
    return error;
}

/* The user of this process' token. ntdll has what ADVAPI32 would have to be loaded for. */
struct token_user {
    TOKEN_USER user;
    uint8_t sid[SECURITY_MAX_SID_SIZE];
};

static oserror token_user(struct token_user *user)
{
    typedef LONG(NTAPI * open_token)(HANDLE process, ACCESS_MASK access, HANDLE * token);
    typedef LONG(NTAPI * query_token)(HANDLE token, TOKEN_INFORMATION_CLASS kind, void *into, ULONG size, ULONG *used);
    open_token open = (open_token)(void (*)(void))wide_kernel_function("NtOpenProcessToken");
    query_token query = (query_token)(void (*)(void))wide_kernel_function("NtQueryInformationToken");
    if (open == NULL || query == NULL) {
        return ERROR_PROC_NOT_FOUND;
    }
    HANDLE token = NULL;
    LONG status = open(GetCurrentProcess(), TOKEN_QUERY, &token);
    if (status < 0) {
        return wide_kernel_error(status);
    }
    ULONG used = 0;
    status = query(token, TokenUser, user, sizeof *user, &used);
    CloseHandle(token);
    return status < 0 ? wide_kernel_error(status) : OSERROR_NONE;
}

/* One entry of an access list: everything is allowed to `sid`. */
struct allowed {
    ACE_HEADER header;
    ACCESS_MASK mask;
    uint8_t sid[SECURITY_MAX_SID_SIZE];
};

/* Append such an entry to a list that has room for it. */
static void allow_everything(ACL *list, const SID *sid)
{
    size_t length = offsetof(SID, SubAuthority) + sid->SubAuthorityCount * sizeof sid->SubAuthority[0];
    size_t size = offsetof(struct allowed, sid) + length;
    struct allowed *entry = (struct allowed *)((uint8_t *)list + list->AclSize);
    entry->header = (ACE_HEADER){.AceType = ACCESS_ALLOWED_ACE_TYPE, .AceSize = (WORD)size};
    entry->mask = GENERIC_ALL;
    memcpy(entry->sid, sid, length);
    list->AclSize = (WORD)(list->AclSize + size);
    list->AceCount++;
}

/*
 * D:P(A;;GA;;;SY)(A;;GA;;;this user), made once. The user is named by its SID,
 * not as OWNER RIGHTS or by the default descriptor: an elevated process' objects
 * belong to Administrators, and its default descriptor leaves the same user's
 * ordinary processes out
 * (MicrosoftDocs/win32 desktop-src/Memory/file-mapping-security-and-access-rights.md).
 * ADVAPI32 is not loaded for it: under Wine that takes a millisecond or more.
 */
static oserror default_descriptor(PSECURITY_DESCRIPTOR *descriptor)
{
    static const SID system = {.Revision = SID_REVISION,
                               .SubAuthorityCount = 1,
                               .IdentifierAuthority = {SECURITY_NT_AUTHORITY},
                               .SubAuthority = {SECURITY_LOCAL_SYSTEM_RID}};
    static struct {
        ACL list;
        struct allowed entries[2];
    } room;
    static SECURITY_DESCRIPTOR made;
    if (made.Revision == 0) {
        struct token_user user;
        oserror error = token_user(&user);
        if (error != OSERROR_NONE) {
            return error;
        }
        room.list = (ACL){.AclRevision = ACL_REVISION, .AclSize = sizeof room.list};
        allow_everything(&room.list, &system);
        // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): an error above is never 0
        allow_everything(&room.list, user.user.User.Sid);
        made = (SECURITY_DESCRIPTOR){.Revision = SECURITY_DESCRIPTOR_REVISION,
                                     .Control = SE_DACL_PRESENT | SE_DACL_PROTECTED,
                                     .Dacl = &room.list};
    }
    *descriptor = &made;
    return OSERROR_NONE;
}

/* What exists is not adopted: its maker chose its kind, its size, its state and who may touch it. */
static oserror fresh(HANDLE handle, object **out)
{
    if (handle != NULL && GetLastError() == ERROR_ALREADY_EXISTS) {
        CloseHandle(handle);
        return OSERROR_ALREADY_EXISTS;
    }
    return wide_handle(handle, out);
}

/* Create an object of any kind; `size` is that of a section. */
static oserror create_any(enum object_kind kind, uint64_t size, const char *name, const char *sddl, object **created)
{
    struct wide_name room;
    SECURITY_ATTRIBUTES attributes = {.nLength = sizeof attributes};
    const wchar_t *wide = name == NULL ? NULL : wide_name(name, &room);
    oserror error = sddl == NULL ? default_descriptor(&attributes.lpSecurityDescriptor)
                                 : descriptor_of(sddl, &attributes.lpSecurityDescriptor);
    if (error != OSERROR_NONE) {
        return error;
    }
    HANDLE handle = NULL;
    switch (kind) {
    case OBJECT_SECTION:
        handle = CreateFileMappingW(INVALID_HANDLE_VALUE, &attributes, PAGE_READWRITE, (DWORD)(size >> 32), (DWORD)size,
                                    wide);
        break;
    case OBJECT_MUTEX:
        handle = CreateMutexW(&attributes, FALSE, wide);
        break;
    case OBJECT_EVENT:
    case OBJECT_AUTO_EVENT:
        handle = CreateEventW(&attributes, kind == OBJECT_EVENT, FALSE, wide);
        break;
    case OBJECT_SEMAPHORE:
        handle = CreateSemaphoreW(&attributes, 0, INT32_MAX, wide);
        break;
    default:
        SetLastError(ERROR_INVALID_PARAMETER);
        break;
    }
    error = fresh(handle, created);
    if (sddl != NULL) {
        LocalFree(attributes.lpSecurityDescriptor);
    }
    return error;
}

oserror section_create(const char *name, uint64_t size, const char *sddl, object **section)
{
    return create_any(OBJECT_SECTION, size, name, sddl, section);
}

oserror object_create(enum object_kind kind, const char *name, const char *sddl, object **created)
{
    return create_any(kind, 0, name, sddl, created);
}
