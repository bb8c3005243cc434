/*
 * create.c - creates named objects, with the access list of each.
 *
 * A security descriptor says which users may do what with an object. The user
 * writes one in SDDL, the string form. Without that, default_descriptor() lets
 * only this user and SYSTEM use the object.
 */
#include "common/windows/wide.h"

#include <sddl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/*
 * A function of ADVAPI32. It is loaded on demand, so that a command without
 * SDDL does not pay for loading ADVAPI32.
 */
typedef BOOL(WINAPI *string_to_descriptor)(const wchar_t *sddl, DWORD revision, PSECURITY_DESCRIPTOR *descriptor,
                                           ULONG *size);

/* Parse `sddl`. The caller passes *descriptor to LocalFree(). */
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

/* A TOKEN_USER, and room for the SID to which it points. */
struct token_user {
    TOKEN_USER user;
    uint8_t sid[SECURITY_MAX_SID_SIZE];
};

/*
 * Read the user from the token of this process. The functions of ntdll do what
 * OpenProcessToken and GetTokenInformation do, without loading ADVAPI32
 * (learn.microsoft.com
 * windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntqueryinformationtoken).
 */
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

/*
 * One entry of an access list, which allows `sid` the rights in `mask`. The
 * fields are those of ACCESS_ALLOWED_ACE, whose last field is where the SID
 * begins (MicrosoftDocs/sdk-api, winnt/ns-winnt-access_allowed_ace.md).
 */
struct allowed {
    ACE_HEADER header;
    ACCESS_MASK mask;
    uint8_t sid[SECURITY_MAX_SID_SIZE];
};

/*
 * Append an entry that allows `sid` everything to a list that has room for it.
 * An entry is only as long as its SID, and AclSize counts the bytes in use.
 */
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
 * Set *descriptor to D:P(A;;GA;;;SY)(A;;GA;;;SID), with the SID of this user.
 * It is built once, and is never freed. No object may lack a descriptor:
 * Windows would use the default list of the token instead.
 *
 * The entry has the SID of the user, and not OWNER RIGHTS. Objects that an
 * elevated process creates belong to Administrators, so OWNER RIGHTS would not
 * grant access to the ordinary processes of the same user (git-for-windows/git
 * issue 2304). Neither does the default list of an elevated process
 * (MicrosoftDocs/win32
 * desktop-src/Memory/file-mapping-security-and-access-rights.md).
 *
 * The structures are built by hand, because ADVAPI32 would have to be loaded to
 * build them. Under Wine that takes a millisecond or more.
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

/*
 * Convert the result of a create function. If the name exists, Windows returns
 * a handle to the existing object with error 183: close that handle and return
 * OSERROR_ALREADY_EXISTS. The creator of that object has chosen its size, its
 * state and its access list, whatever this call asked for (MicrosoftDocs/win32
 * desktop-src/Sync/object-names.md). For a new object the last error is 0.
 */
static oserror fresh(HANDLE handle, object **out)
{
    if (handle != NULL && GetLastError() == ERROR_ALREADY_EXISTS) {
        CloseHandle(handle);
        return OSERROR_ALREADY_EXISTS;
    }
    return wide_handle(handle, out);
}

/*
 * Create an object of any kind. `size` is the size of a section in bytes.
 * `name` is NULL for an object without a name. If `sddl` is NULL, the object
 * gets the default descriptor.
 */
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
