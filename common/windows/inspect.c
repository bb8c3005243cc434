/*
 * inspect.c - asks Windows about a section, its access list, the user, and a
 * process.
 *
 * The functions of ADVAPI32 are loaded on demand, so that a program that only
 * prints does not pay for loading ADVAPI32.
 */
#include "common/windows/wide.h"

#include <sddl.h>
#include <string.h>
#include <winternl.h>

/*
 * NtQuerySection and its types, which winternl.h lacks. They are from
 * learn.microsoft.com/windows/win32/devnotes/ntquerysection, which says to call
 * the function through GetProcAddress. The handle must have SECTION_QUERY.
 */
#define SECTION_BASIC_INFORMATION 0
struct section_basic_information {
    void *base;
    ULONG attributes;   /* the SEC_ flags with which it was created, or SEC_FILE */
    LARGE_INTEGER size; /* bytes: whole pages, unless a file backs the section */
};
typedef NTSTATUS(NTAPI *query_section)(HANDLE section, int information_class, void *information, SIZE_T length,
                                       SIZE_T *returned);

oserror section_facts(object *section, struct section_facts *facts)
{
    query_section query = (query_section)(void (*)(void))wide_kernel_function("NtQuerySection");
    if (query == NULL) {
        return GetLastError();
    }
    struct section_basic_information known = {0};
    NTSTATUS status = query(handle_of(section), SECTION_BASIC_INFORMATION, &known, sizeof known, NULL);
    if (status < 0) {
        return wide_kernel_error(status);
    }
    *facts = (struct section_facts){.size = (uint64_t)known.size.QuadPart,
                                    .is_file = (known.attributes & (SEC_FILE | SEC_IMAGE)) != 0,
                                    .is_image = (known.attributes & SEC_IMAGE) != 0,
                                    .is_reserved = (known.attributes & SEC_RESERVE) != 0};
    return OSERROR_NONE;
}

/* ---- Access lists and the user ----------------------------------------------------------------------------------- */

/* The functions of ADVAPI32 that this file calls. */
struct advapi {
    BOOL(WINAPI *get_security)(HANDLE, SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, DWORD, DWORD *);
    BOOL(WINAPI *get_list)(PSECURITY_DESCRIPTOR, BOOL *, PACL *, BOOL *);
    BOOL(WINAPI *to_string)(PSECURITY_DESCRIPTOR, DWORD, SECURITY_INFORMATION, wchar_t **, ULONG *);
    BOOL(WINAPI *open_token)(HANDLE, DWORD, HANDLE *);
    BOOL(WINAPI *get_token)(HANDLE, TOKEN_INFORMATION_CLASS, void *, DWORD, DWORD *);
    BOOL(WINAPI *sid_to_string)(PSID, wchar_t **);
    BOOL(WINAPI *make_descriptor)(PSECURITY_DESCRIPTOR, DWORD);
    BOOL(WINAPI *set_owner)(PSECURITY_DESCRIPTOR, PSID, BOOL);
};

/* Load ADVAPI32, and set each field of *advapi. */
static oserror load_advapi(struct advapi *advapi)
{
    const struct {
        const char *name;
        void *place;
    } functions[] = {{"GetKernelObjectSecurity", &advapi->get_security},
                     {"GetSecurityDescriptorDacl", &advapi->get_list},
                     {"ConvertSecurityDescriptorToStringSecurityDescriptorW", &advapi->to_string},
                     {"OpenProcessToken", &advapi->open_token},
                     {"GetTokenInformation", &advapi->get_token},
                     {"ConvertSidToStringSidW", &advapi->sid_to_string},
                     {"InitializeSecurityDescriptor", &advapi->make_descriptor},
                     {"SetSecurityDescriptorOwner", &advapi->set_owner}};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        FARPROC found = wide_function(L"advapi32.dll", functions[i].name);
        if (found == NULL) {
            oserror error = GetLastError();
            return error != OSERROR_NONE ? error : OSERROR_INVALID_HANDLE;
        }
        memcpy(functions[i].place, &found, sizeof found);
    }
    return OSERROR_NONE;
}

/*
 * Write one part of a descriptor as SDDL to `out`, which has room for `room`
 * bytes with the terminating zero. Return OSERROR_FILENAME_EXCED_RANGE if the
 * part does not fit.
 */
static oserror add_string(const struct advapi *advapi, PSECURITY_DESCRIPTOR descriptor, SECURITY_INFORMATION part,
                          char *out, size_t room)
{
    wchar_t *wide = NULL;
    ULONG count = 0;
    if (!advapi->to_string(descriptor, SDDL_REVISION_1, part, &wide, &count)) {
        return GetLastError();
    }
    bool fits = WideCharToMultiByte(CP_UTF8, 0, wide, -1, out, (int)room, NULL, NULL) > 0;
    LocalFree(wide);
    return fits ? OSERROR_NONE : OSERROR_FILENAME_EXCED_RANGE;
}

/*
 * Write the owner and the access list of a descriptor as SDDL. If there is no
 * list, or if it is NULL, every user may do everything (MicrosoftDocs/win32
 * desktop-src/SecAuthZ/null-dacls-and-empty-dacls.md). A list without entries
 * is the opposite: it grants nothing. Wine 8 writes all three as the same
 * string, so the two parts are converted one by one, and a missing list is
 * written here.
 */
static oserror to_sddl(const struct advapi *advapi, PSECURITY_DESCRIPTOR descriptor, char *sddl, size_t room)
{
    static const char no_list[] = "D:NO_ACCESS_CONTROL";
    BOOL has_list = FALSE;
    BOOL is_default = FALSE;
    PACL list = NULL;
    if (!advapi->get_list(descriptor, &has_list, &list, &is_default)) {
        return GetLastError();
    }
    oserror error = add_string(advapi, descriptor, OWNER_SECURITY_INFORMATION, sddl, room);
    if (error != OSERROR_NONE) {
        return error;
    }
    size_t length = strlen(sddl);
    if (has_list && list != NULL) {
        return add_string(advapi, descriptor, DACL_SECURITY_INFORMATION, sddl + length, room - length);
    }
    if (sizeof no_list > room - length) {
        return OSERROR_FILENAME_EXCED_RANGE;
    }
    memcpy(sddl + length, no_list, sizeof no_list);
    return OSERROR_NONE;
}

/*
 * The most bytes of a descriptor. An access list has at most 64 KiB, because
 * the size in its header has 16 bits. The rest is for the owner.
 */
#define DESCRIPTOR_ROOM (65536 + 1024)

/* Write the owner and the access list of an open object as SDDL. */
static oserror read_security(const struct advapi *advapi, HANDLE asked, char *sddl, size_t room)
{
    PSECURITY_DESCRIPTOR descriptor = memory_take(DESCRIPTOR_ROOM);
    DWORD size = 0;
    oserror error;
    if (descriptor == NULL) {
        error = OSERROR_NOT_ENOUGH_MEMORY;
    } else if (!advapi->get_security(asked, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, descriptor,
                                     DESCRIPTOR_ROOM, &size)) {
        error = GetLastError();
    } else {
        error = to_sddl(advapi, descriptor, sddl, room);
    }
    memory_give(descriptor);
    return error;
}

oserror section_security(object *section, char *sddl, size_t room)
{
    struct advapi advapi;
    oserror error = load_advapi(&advapi);
    return error != OSERROR_NONE ? error : read_security(&advapi, handle_of(section), sddl, room);
}

oserror object_security(const char *name, enum object_kind kind, char *sddl, size_t room)
{
    struct advapi advapi;
    oserror error = load_advapi(&advapi);
    if (error != OSERROR_NONE) {
        return error;
    }
    HANDLE asked = wide_open(kind, READ_CONTROL, name);
    if (asked == NULL) {
        return GetLastError();
    }
    error = read_security(&advapi, asked, sddl, room);
    CloseHandle(asked);
    return error;
}

/* A TOKEN_USER, and room for the SID to which it points. */
union token_user {
    TOKEN_USER user;
    uint8_t bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
};

/* Load ADVAPI32, and read the user from the token of this process. */
static oserror ask_user(struct advapi *advapi, union token_user *token_user)
{
    *token_user = (union token_user){0};
    oserror error = load_advapi(advapi);
    if (error != OSERROR_NONE) {
        return error;
    }
    HANDLE token = NULL;
    DWORD size = 0;
    if (!advapi->open_token(GetCurrentProcess(), TOKEN_QUERY, &token)) {
        return GetLastError();
    }
    if (!advapi->get_token(token, TokenUser, token_user, sizeof *token_user, &size)) {
        error = GetLastError();
    }
    CloseHandle(token);
    return error;
}

/*
 * In SDDL Windows writes some SIDs as two letters, such as LA for the built-in
 * Administrator (MicrosoftDocs/win32 desktop-src/SecAuthZ/sid-strings.md). So
 * that the caller can compare the user with the SIDs in an access list, let
 * Windows write a descriptor whose owner is the user, and cut off its "O:".
 */
oserror user_in_sddl(char sid[SID_ROOM])
{
    struct advapi advapi;
    union token_user token_user;
    SECURITY_DESCRIPTOR descriptor;
    char sddl[SID_ROOM + 2];
    oserror error = ask_user(&advapi, &token_user);
    if (error != OSERROR_NONE) {
        return error;
    }
    if (!advapi.make_descriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION) ||
        !advapi.set_owner(&descriptor, token_user.user.User.Sid, FALSE)) {
        return GetLastError();
    }
    error = add_string(&advapi, &descriptor, OWNER_SECURITY_INFORMATION, sddl, sizeof sddl);
    if (error == OSERROR_NONE) {
        memcpy(sid, sddl + 2, strlen(sddl + 2) + 1);
    }
    return error;
}

oserror user_sid(char sid[SID_ROOM])
{
    struct advapi advapi;
    union token_user token_user;
    oserror error = ask_user(&advapi, &token_user);
    if (error != OSERROR_NONE) {
        return error;
    }
    wchar_t *wide = NULL;
    if (!advapi.sid_to_string(token_user.user.User.Sid, &wide)) {
        return GetLastError();
    }
    bool fits = WideCharToMultiByte(CP_UTF8, 0, wide, -1, sid, SID_ROOM, NULL, NULL) > 0;
    LocalFree(wide);
    return fits ? OSERROR_NONE : OSERROR_FILENAME_EXCED_RANGE;
}

/* ---- Processes --------------------------------------------------------------------------------------------------- */

/*
 * The largest time, in units of 100 ns, by which a process may seem to have
 * begun after `moment`. Both times are of clocks that advance in steps and that
 * may be set (MicrosoftDocs/win32 desktop-src/SysInfo/file-times.md).
 */
#define CLOCK_SLACK 10000000U

/*
 * When a process has ended and all handles to it are closed, Windows may give
 * its ID to a new process
 * (devblogs.microsoft.com/oldnewthing/20110107-00/?p=11803). So a process with
 * this ID that began after `moment` is another one.
 */
enum life process_life(uint32_t id, uint64_t moment)
{
    HANDLE process = OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id);
    if (process == NULL) {
        /*
         * ERROR_INVALID_PARAMETER: no process has this ID. Any other error: the
         * process exists, but this user may not open it (MicrosoftDocs/sdk-api,
         * processthreadsapi, OpenProcess).
         */
        return GetLastError() == ERROR_INVALID_PARAMETER ? LIFE_DEAD : LIFE_UNKNOWN;
    }
    enum life life = LIFE_UNKNOWN;
    uint64_t beginning = wide_beginning(process);
    if (WaitForSingleObject(process, 0) == WAIT_OBJECT_0) {
        life = LIFE_DEAD;
    } else if (beginning != 0) {
        life = beginning <= moment || beginning - moment <= CLOCK_SLACK ? LIFE_ALIVE : LIFE_DEAD;
    }
    CloseHandle(process);
    return life;
}
