/*
 * create.c - making named objects, for this user and SYSTEM. It stands apart because it needs ADVAPI32, which a program
 * that only reads is not to load.
 */
#include "wide.h"

#include <sddl.h>
#include <stdio.h>

static oserror last_error_unless(BOOL succeeded)
{
    return succeeded ? OSERROR_NONE : GetLastError();
}

/*
 * The user is named by its SID, not as OWNER RIGHTS or by the default descriptor: an elevated process' objects belong
 * to Administrators, and its default descriptor leaves the same user's ordinary processes out
 * (MicrosoftDocs/win32 desktop-src/Memory/file-mapping-security-and-access-rights.md).
 */
static oserror security(SECURITY_ATTRIBUTES **attributes)
{
    static SECURITY_ATTRIBUTES made = {.nLength = sizeof made};
    *attributes = &made;
    if (made.lpSecurityDescriptor != NULL) {
        return OSERROR_NONE;
    }

    union {
        TOKEN_USER user;
        uint8_t bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } token_user;
    HANDLE token = NULL;
    DWORD size = 0;
    oserror error = last_error_unless(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
    if (error != OSERROR_NONE) {
        return error;
    }
    error = last_error_unless(GetTokenInformation(token, TokenUser, &token_user, sizeof token_user, &size));
    CloseHandle(token);
    if (error != OSERROR_NONE) {
        return error;
    }

    wchar_t *sid = NULL;
    error = last_error_unless(ConvertSidToStringSidW(token_user.user.User.Sid, &sid));
    if (error != OSERROR_NONE) {
        return error;
    }
    wchar_t sddl[256];
    (void)swprintf(sddl, sizeof sddl / sizeof *sddl, L"D:P(A;;GA;;;SY)(A;;GA;;;%ls)", sid);
    LocalFree(sid);
    return last_error_unless(
        ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl, SDDL_REVISION_1, &made.lpSecurityDescriptor, NULL));
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

oserror section_create(const char *name, uint64_t size, object **section)
{
    struct wide_name room;
    SECURITY_ATTRIBUTES *attributes = NULL;
    oserror error = security(&attributes);
    return error != OSERROR_NONE ? error
                                 : fresh(CreateFileMappingW(INVALID_HANDLE_VALUE, attributes, PAGE_READWRITE,
                                                            (DWORD)(size >> 32), (DWORD)size, wide_name(name, &room)),
                                         section);
}

oserror mutex_create(const char *name, object **mutex)
{
    struct wide_name room;
    SECURITY_ATTRIBUTES *attributes = NULL;
    oserror error = security(&attributes);
    return error != OSERROR_NONE ? error : fresh(CreateMutexW(attributes, FALSE, wide_name(name, &room)), mutex);
}

oserror event_create(const char *name, object **event)
{
    struct wide_name room;
    SECURITY_ATTRIBUTES *attributes = NULL;
    oserror error = security(&attributes);
    const wchar_t *wide = name == NULL ? NULL : wide_name(name, &room);
    return error != OSERROR_NONE ? error : fresh(CreateEventW(attributes, TRUE, FALSE, wide), event);
}

oserror signal_create(const char *name, object **signal)
{
    struct wide_name room;
    SECURITY_ATTRIBUTES *attributes = NULL;
    oserror error = security(&attributes);
    return error != OSERROR_NONE ? error
                                 : fresh(CreateEventW(attributes, FALSE, FALSE, wide_name(name, &room)), signal);
}

oserror semaphore_create(const char *name, object **semaphore)
{
    struct wide_name room;
    SECURITY_ATTRIBUTES *attributes = NULL;
    oserror error = security(&attributes);
    return error != OSERROR_NONE ? error
                                 : fresh(CreateSemaphoreW(attributes, 0, INT32_MAX, wide_name(name, &room)), semaphore);
}
