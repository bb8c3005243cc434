/* windows_security.c - checks of code pages and of access rights. */
#include "common/tests/platform/windows_checks.h"

#include <string.h>

#include "common/text/sddl.h"

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static void check_code_page_flags(void)
{
    static const UINT pages[] = {50220, 50221, 50222, 50225, 50227, 50229, 57002, 57011, 65000, 42};
    size_t known = 0;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        wchar_t units[8];
        if (!IsValidCodePage(pages[i])) {
            continue;
        }
        known++;
        int made = MultiByteToWideChar(pages[i], MB_ERR_INVALID_CHARS, "a", 1, units, 8);
        if (made != 0 || GetLastError() != ERROR_INVALID_FLAGS) {
            check_differs("%u: %d units, error %lu", pages[i], made, GetLastError());
        }
        if (code_page_is_known(pages[i])) {
            check_differs("%u is taken", pages[i]);
        }
    }
    check_note("  %lu of the 10 code pages are installed", (unsigned long)known);
    HOLDS(known > 0);
}

static void check_code_page_54936(void)
{
    static const uint8_t text[] = {'a', 0xBA, 0xBA, 0x94, 0x39, 0xFC, 0x36, 0x81, 0x30};
    static const uint16_t wanted[] = {'a', 0x6C49, 0xD83D, 0xDE00, 0xFFFD};
    uint16_t units[16];
    size_t made = 0;
    size_t used = 0;
    if (!IsValidCodePage(54936)) {
        check_skip("it is not installed");
        return;
    }
    HOLDS(code_page_is_known(54936));
    IS(code_page_decode(54936, text, sizeof text, false, units, &made, &used), 0);
    IS(made, 4);
    IS(used, 7);
    HOLDS(memcmp(units, wanted, 8) == 0);
    IS(code_page_decode(54936, text, sizeof text, true, units, &made, &used), 0);
    IS(made, 5);
    HOLDS(memcmp(units, wanted, 10) == 0);
}

static void check_texts(void)
{
    DOCUMENTED("code pages whose bytes depend on others take no flags: error 1004")
    {
        check_code_page_flags();
    }

    DOCUMENTED("code page 54936 has characters of 1, 2 and 4 bytes")
    {
        check_code_page_54936();
    }

    DOCUMENTED("GetCPInfo reports the first bytes of two")
    {
        CPINFO info;
        wchar_t unit = 0;
        HOLDS(GetCPInfo(1252, &info));
        IS(info.MaxCharSize, 1);
        IS(info.LeadByte[0], 0);
        HOLDS(GetCPInfo(932, &info));
        IS(info.MaxCharSize, 2);
        HOLDS(memcmp(info.LeadByte, "\x81\x9F\xE0\xFC", 4) == 0);
        HOLDS(GetCPInfo(936, &info));
        HOLDS(memcmp(info.LeadByte, "\x81\xFE\0", 3) == 0);
        IS(error_of(MultiByteToWideChar(932, MB_ERR_INVALID_CHARS, "\x81", 1, &unit, 1) != 0), 1113);
    }

    DOCUMENTED("UTF-8 takes no WC_NO_BEST_FIT_CHARS and no default character")
    {
        char bytes[8];
        BOOL is_replaced = FALSE;
        int count = WideCharToMultiByte(CP_UTF8, WC_NO_BEST_FIT_CHARS, L"a", 1, bytes, 8, NULL, NULL);
        IS(error_of(count != 0), ERROR_INVALID_FLAGS);
        count = WideCharToMultiByte(CP_UTF8, 0, L"a", 1, bytes, 8, NULL, &is_replaced);
        IS(error_of(count != 0), ERROR_INVALID_PARAMETER);
    }

    DOCUMENTED("FormatMessageW ends the words with CR LF")
    {
        const DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;
        wchar_t words[300];
        DWORD count = FormatMessageW(flags, NULL, ERROR_ACCESS_DENIED, 0, words, 300, NULL);
        HOLDS(count > 2 && words[count - 2] == L'\r' && words[count - 1] == L'\n');
        IS(FormatMessageW(flags, NULL, 0x2000ABCD, 0, words, 300, NULL), 0);
    }
}

/* ---- Owners and lists -------------------------------------------------------------------------------------------- */

#define DESCRIPTOR_ROOM 4096

/* Return a part of the descriptor of an object, or NULL. */
static PSECURITY_DESCRIPTOR descriptor_of(HANDLE asked, SECURITY_INFORMATION part)
{
    static union {
        SECURITY_DESCRIPTOR descriptor;
        uint8_t bytes[DESCRIPTOR_ROOM];
    } known;
    DWORD size = 0;
    return IS(error_of(GetKernelObjectSecurity(asked, part, &known, sizeof known, &size)), 0) ? &known : NULL;
}

/* Check the rights in the first entry of the list of an object. */
static void check_rights(enum object_kind kind, const char *sddl, uint32_t wanted)
{
    object *made = created_as(kind, unique("generic"), sddl);
    char text[SDDL_ROOM];
    struct sddl parsed;
    struct sddl_entry entry;
    if (IS(object_security(unique("generic"), kind, text, sizeof text), 0) && HOLDS(sddl_parse(text, &parsed)) &&
        HOLDS(sddl_next(&parsed.list, &entry))) {
        IS(entry.rights, wanted);
    }
    drop(made);
}

/* Check that the owner of a new object is the one that the token names. */
static void check_owner(void)
{
    PSID owner = NULL;
    BOOL is_default = FALSE;
    PSECURITY_DESCRIPTOR known =
        descriptor_of(handle_of(created(OBJECT_MUTEX, unique("owner"))), OWNER_SECURITY_INFORMATION);
    if (known != NULL && HOLDS(GetSecurityDescriptorOwner(known, &owner, &is_default))) {
        const TOKEN_USER *user = token_says(TokenUser);
        bool is_administrators = IsWellKnownSid(owner, WinBuiltinAdministratorsSid);
        bool is_user = user != NULL && EqualSid(owner, user->User.Sid);
        check_note("  the owner is %s", is_administrators ? "Administrators" : is_user ? "the user" : "somebody else");
        const TOKEN_OWNER *wanted = token_says(TokenOwner);
        HOLDS(wanted != NULL && EqualSid(owner, wanted->Owner));
    }
}

static bool same_accounts(const ACL *one, const ACL *other)
{
    bool is_same = one->AceCount == other->AceCount;
    for (DWORD i = 0; is_same && i < one->AceCount; i++) {
        ACCESS_ALLOWED_ACE *entries[2] = {NULL};
        is_same = GetAce((ACL *)one, i, (void **)&entries[0]) && GetAce((ACL *)other, i, (void **)&entries[1]) &&
                  EqualSid(&entries[0]->SidStart, &entries[1]->SidStart);
    }
    return is_same;
}

/* Check that an object without a descriptor has the list of the token. */
static void check_default_list(void)
{
    BOOL has_list = FALSE;
    BOOL is_default = FALSE;
    ACL *list = NULL;
    HANDLE made = kept(CreateMutexW(NULL, FALSE, wide_text(unique("list"))));
    PSECURITY_DESCRIPTOR known = descriptor_of(made, DACL_SECURITY_INFORMATION);
    const TOKEN_DEFAULT_DACL *wanted = token_says(TokenDefaultDacl);
    if (known != NULL && wanted != NULL && HOLDS(GetSecurityDescriptorDacl(known, &has_list, &list, &is_default)) &&
        HOLDS(has_list && list != NULL) && HOLDS(wanted->DefaultDacl != NULL)) {
        HOLDS(same_accounts(list, wanted->DefaultDacl));
    }
}

static void check_security(void)
{
    static const char everybody[] = "D:P(A;;GA;;;WD)";

    DOCUMENTED("generic rights read back as those of the kind of object")
    {
        check_rights(OBJECT_SECTION, everybody, 0xF001F);
        check_rights(OBJECT_SECTION, "D:P(A;;GR;;;WD)", 0x20005);
        check_rights(OBJECT_MUTEX, everybody, 0x1F0001);
        check_rights(OBJECT_EVENT, everybody, 0x1F0003);
        check_rights(OBJECT_SEMAPHORE, everybody, 0x1F0003);
    }

    DOCUMENTED("an object belongs to the owner that the token names")
    {
        check_owner();
    }

    DOCUMENTED("the built-in Administrator reads back as LA")
    {
        char text[SDDL_ROOM] = "";
        if (is_local_administrator()) {
            (void)created(OBJECT_MUTEX, unique("alias"));
            IS(object_security(unique("alias"), OBJECT_MUTEX, text, sizeof text), 0);
            HOLDS(strstr(text, ";LA)") != NULL);
        } else {
            check_skip("this user is another one");
        }
    }

    DOCUMENTED("without a descriptor an object gets the list of the token of its creator")
    {
        check_default_list();
    }

    DOCUMENTED("a descriptor with unknown accounts or kinds of entries is refused")
    {
        HOLDS(sddl_check("D:(A;;GA;;;XX)") != 0);
        HOLDS(sddl_check("D:(A;;GA;;;S-1)") != 0);
        HOLDS(sddl_check("D:(Q;;GA;;;WD)") != 0);
        HOLDS(sddl_check("D:(A;;GA;;WD)") != 0);
    }

    DOCUMENTED("READ_CONTROL is what it takes to read the owner and the list")
    {
        DWORD size = 0;
        uint8_t known[500];
        (void)created(OBJECT_MUTEX, unique("control"));
        HANDLE waiting = handle_of(opened(OBJECT_MUTEX, unique("control"))); /* with SYNCHRONIZE */
        IS(error_of(GetKernelObjectSecurity(waiting, OWNER_SECURITY_INFORMATION, known, sizeof known, &size)),
           ERROR_ACCESS_DENIED);
        HANDLE asking = kept(OpenMutexW(READ_CONTROL, FALSE, wide_text(unique("control"))));
        (void)descriptor_of(asking, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION);
    }

    DOCUMENTED("an audit entry, or a label above that of the process, is error 1314")
    {
        object *made = NULL;
        (void)set_privilege(L"SeSecurityPrivilege", false);
        IS(object_create(OBJECT_MUTEX, NULL, "D:P(A;;GA;;;WD)S:(AU;SA;GA;;;WD)", &made), ERROR_PRIVILEGE_NOT_HELD);
        object_close(made);
        if (integrity() < SECURITY_MANDATORY_SYSTEM_RID) {
            made = NULL;
            IS(object_create(OBJECT_MUTEX, NULL, "D:P(A;;GA;;;WD)S:(ML;;NW;;;SI)", &made), ERROR_PRIVILEGE_NOT_HELD);
            object_close(made);
        }
    }

    DOCUMENTED("LocalFree takes NULL")
    {
        HOLDS(LocalFree(NULL) == NULL);
    }
}

/* ---- Integrity --------------------------------------------------------------------------------------------------- */

/*
 * Lower the integrity of this thread until RevertToSelf(). If that is
 * impossible, skip the check and return false.
 */
static bool lower_integrity(WELL_KNOWN_SID_TYPE level)
{
    HANDLE token = NULL;
    HANDLE lowered = NULL;
    union {
        SID sid;
        uint8_t bytes[SECURITY_MAX_SID_SIZE];
    } sid = {0};
    DWORD size = sizeof sid;
    bool is_lowered = false;
    if (OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY, &token) &&
        DuplicateTokenEx(token, TOKEN_QUERY | TOKEN_IMPERSONATE | TOKEN_ADJUST_DEFAULT, NULL, SecurityImpersonation,
                         TokenImpersonation, &lowered) &&
        CreateWellKnownSid(level, NULL, &sid, &size)) {
        TOKEN_MANDATORY_LABEL label = {.Label = {.Sid = &sid, .Attributes = SE_GROUP_INTEGRITY}};
        is_lowered = SetTokenInformation(lowered, TokenIntegrityLevel, &label, (DWORD)(sizeof label + size)) &&
                     SetThreadToken(NULL, lowered);
    }
    if (!is_lowered) {
        check_skip("the integrity cannot be lowered (%lu)", GetLastError());
    }
    (void)kept(lowered);
    (void)kept(token);
    return is_lowered;
}

/*
 * Open a section of this process for reading and for writing with a lower
 * integrity, and compare the errors.
 */
static void opens_with(WELL_KNOWN_SID_TYPE level, oserror reading, oserror writing)
{
    (void)created(OBJECT_SECTION, unique("lower"));
    if (lower_integrity(level)) {
        oserror errors[2] = {opening_for(ACCESS_READ, unique("lower")), opening_for(ACCESS_WRITE, unique("lower"))};
        (void)RevertToSelf();
        IS(errors[0], reading);
        IS(errors[1], writing);
    }
}

static void check_integrity(void)
{
    DOCUMENTED("an object of a process of medium integrity or more has no label")
    {
        BOOL has_list = FALSE;
        BOOL is_default = FALSE;
        ACL *list = NULL;
        HANDLE made = handle_of(created(OBJECT_SECTION, unique("label")));
        if (integrity() < SECURITY_MANDATORY_MEDIUM_RID) {
            check_skip("this process has a lower integrity");
        } else {
            PSECURITY_DESCRIPTOR known = descriptor_of(made, LABEL_SECURITY_INFORMATION);
            if (known != NULL && HOLDS(GetSecurityDescriptorSacl(known, &has_list, &list, &is_default))) {
                HOLDS(!has_list || list == NULL || list->AceCount == 0);
            }
        }
    }

    DOCUMENTED("a low integrity reads what this user made, and may not write it")
    {
        if (integrity() < SECURITY_MANDATORY_MEDIUM_RID) {
            check_skip("this process has a low integrity itself");
        } else {
            opens_with(WinLowLabelSid, 0, OSERROR_ACCESS_DENIED);
        }
    }

    DOCUMENTED("a medium integrity writes what an elevated process of the user made")
    {
        if (integrity() < SECURITY_MANDATORY_HIGH_RID) {
            check_skip("this process is not elevated");
        } else {
            opens_with(WinMediumLabelSid, 0, 0);
        }
    }
}

void windows_check_security(void)
{
    check_texts();
    check_security();
    check_integrity();
}
