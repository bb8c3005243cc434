/* windows_security.c - checks of code pages and of access rights. */
#include "common/tests/platform/windows_checks.h"

#include <string.h>

#include "common/text/sddl.h"

/* ---- Text -------------------------------------------------------------------------------------------------------- */

void windows_code_page_flags(void)
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

void windows_code_page_54936(void)
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

void windows_code_page_leads(void)
{
    CPINFO info;
    HOLDS(GetCPInfo(1252, &info));
    IS(info.MaxCharSize, 1);
    IS(info.LeadByte[0], 0);
    HOLDS(GetCPInfo(932, &info));
    IS(info.MaxCharSize, 2);
    HOLDS(info.LeadByte[0] == 0x81 && info.LeadByte[1] == 0x9F && info.LeadByte[2] == 0xE0 && info.LeadByte[3] == 0xFC);
    HOLDS(GetCPInfo(936, &info));
    HOLDS(info.LeadByte[0] == 0x81 && info.LeadByte[1] == 0xFE && info.LeadByte[2] == 0);
    wchar_t unit = 0;
    IS(error_of(MultiByteToWideChar(932, MB_ERR_INVALID_CHARS, "\x81", 1, &unit, 1) != 0), 1113);
}

void windows_code_page_utf8(void)
{
    char bytes[8];
    BOOL is_replaced = FALSE;
    IS(error_of(WideCharToMultiByte(CP_UTF8, WC_NO_BEST_FIT_CHARS, L"a", 1, bytes, 8, NULL, NULL) != 0),
       ERROR_INVALID_FLAGS);
    IS(error_of(WideCharToMultiByte(CP_UTF8, 0, L"a", 1, bytes, 8, NULL, &is_replaced) != 0), ERROR_INVALID_PARAMETER);
}

void windows_words_end(void)
{
    wchar_t words[300];
    DWORD count = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, ERROR_ACCESS_DENIED,
                                 0, words, 300, NULL);
    HOLDS(count > 2 && words[count - 2] == L'\r' && words[count - 1] == L'\n');
    count = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, 0x2000ABCD, 0, words, 300,
                           NULL);
    IS(count, 0);
}

/* ---- Security ---------------------------------------------------------------------------------------------------- */

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

/*
 * Return a part of the token of this process, or NULL. It is valid until the
 * next call.
 */
static const void *token_says(TOKEN_INFORMATION_CLASS what)
{
    static union {
        TOKEN_USER aligned;
        uint8_t bytes[DESCRIPTOR_ROOM];
    } known;
    HANDLE token = NULL;
    DWORD size = 0;
    bool is_known = OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) &&
                    GetTokenInformation(token, what, &known, sizeof known, &size);
    close_handle(token);
    return HOLDS(is_known) ? &known : NULL;
}

static void rights_are(enum object_kind kind, uint32_t wanted)
{
    char text[SDDL_ROOM];
    struct sddl sddl;
    struct sddl_entry entry;
    if (IS(object_security(unique("generic"), kind, text, sizeof text), 0) && HOLDS(sddl_parse(text, &sddl)) &&
        HOLDS(sddl_next(&sddl.list, &entry))) {
        IS(entry.rights, wanted);
    }
}

void windows_generic_rights(void)
{
    static const char everybody[] = "D:P(A;;GA;;;WD)";
    object *made = NULL;
    IS(section_create(unique("generic"), 1, everybody, &made), 0);
    rights_are(OBJECT_SECTION, 0xF001F);
    object_close(made);
    IS(section_create(unique("generic"), 1, "D:P(A;;GR;;;WD)", &made), 0);
    rights_are(OBJECT_SECTION, 0x20005);
    object_close(made);
    IS(object_create(OBJECT_MUTEX, unique("generic"), everybody, &made), 0);
    rights_are(OBJECT_MUTEX, 0x1F0001);
    object_close(made);
    IS(object_create(OBJECT_EVENT, unique("generic"), everybody, &made), 0);
    rights_are(OBJECT_EVENT, 0x1F0003);
    object_close(made);
    IS(object_create(OBJECT_SEMAPHORE, unique("generic"), everybody, &made), 0);
    rights_are(OBJECT_SEMAPHORE, 0x1F0003);
    object_close(made);
}

void windows_owner_of_object(void)
{
    object *made = NULL;
    PSID owner = NULL;
    BOOL is_default = FALSE;
    IS(object_create(OBJECT_MUTEX, unique("owner"), NULL, &made), 0);
    PSECURITY_DESCRIPTOR known = descriptor_of(handle_of(made), OWNER_SECURITY_INFORMATION);
    if (known != NULL && HOLDS(GetSecurityDescriptorOwner(known, &owner, &is_default))) {
        const TOKEN_USER *user = token_says(TokenUser);
        bool is_administrators = IsWellKnownSid(owner, WinBuiltinAdministratorsSid);
        bool is_user = user != NULL && EqualSid(owner, user->User.Sid);
        check_note("  the owner is %s", is_administrators ? "Administrators" : is_user ? "the user" : "somebody else");
        const TOKEN_OWNER *wanted = token_says(TokenOwner);
        HOLDS(wanted != NULL && EqualSid(owner, wanted->Owner));
    }
    object_close(made);
}

void windows_administrator_alias(void)
{
    char text[SDDL_ROOM] = "";
    if (!is_local_administrator()) {
        check_skip("this user is another one");
        return;
    }
    object *made = NULL;
    IS(object_create(OBJECT_MUTEX, unique("alias"), NULL, &made), 0);
    IS(object_security(unique("alias"), OBJECT_MUTEX, text, sizeof text), 0);
    HOLDS(strstr(text, ";LA)") != NULL);
    object_close(made);
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

void windows_default_list(void)
{
    HANDLE made = CreateMutexW(NULL, FALSE, wide_text(unique("list")));
    PSECURITY_DESCRIPTOR known = descriptor_of(made, DACL_SECURITY_INFORMATION);
    const TOKEN_DEFAULT_DACL *wanted = token_says(TokenDefaultDacl);
    BOOL has_list = FALSE;
    BOOL is_default = FALSE;
    ACL *list = NULL;
    if (known != NULL && wanted != NULL && HOLDS(GetSecurityDescriptorDacl(known, &has_list, &list, &is_default)) &&
        HOLDS(has_list && list != NULL) && HOLDS(wanted->DefaultDacl != NULL)) {
        HOLDS(same_accounts(list, wanted->DefaultDacl));
    }
    close_handle(made);
}

void windows_unknown_descriptors(void)
{
    HOLDS(sddl_check("D:(A;;GA;;;XX)") != 0);
    HOLDS(sddl_check("D:(A;;GA;;;S-1)") != 0);
    HOLDS(sddl_check("D:(Q;;GA;;;WD)") != 0);
    HOLDS(sddl_check("D:(A;;GA;;WD)") != 0);
}

void windows_read_control(void)
{
    object *made = NULL;
    object *opened = NULL;
    DWORD size = 0;
    uint8_t known[500];
    IS(object_create(OBJECT_MUTEX, unique("control"), NULL, &made), 0);
    IS(object_open(OBJECT_MUTEX, unique("control"), &opened), 0); /* with SYNCHRONIZE */
    IS(error_of(GetKernelObjectSecurity(handle_of(opened), OWNER_SECURITY_INFORMATION, known, sizeof known, &size)),
       ERROR_ACCESS_DENIED);
    object_close(opened);
    HANDLE asked = OpenMutexW(READ_CONTROL, FALSE, wide_text(unique("control")));
    (void)descriptor_of(asked, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION);
    close_handle(asked);
    object_close(made);
}

void windows_privileged_descriptors(void)
{
    object *made = NULL;
    (void)set_privilege(L"SeSecurityPrivilege", false);
    IS(object_create(OBJECT_MUTEX, unique("audit"), "D:P(A;;GA;;;WD)S:(AU;SA;GA;;;WD)", &made),
       ERROR_PRIVILEGE_NOT_HELD);
    object_close(made);
    if (integrity() < SECURITY_MANDATORY_SYSTEM_RID) {
        made = NULL;
        IS(object_create(OBJECT_MUTEX, unique("label"), "D:P(A;;GA;;;WD)S:(ML;;NW;;;SI)", &made),
           ERROR_PRIVILEGE_NOT_HELD);
        object_close(made);
    }
}

void windows_no_label(void)
{
    object *made = NULL;
    BOOL has_list = FALSE;
    BOOL is_default = FALSE;
    ACL *list = NULL;
    if (integrity() < SECURITY_MANDATORY_MEDIUM_RID) {
        check_skip("this process has a lower integrity");
        return;
    }
    IS(section_create(unique("label"), 1, NULL, &made), 0);
    PSECURITY_DESCRIPTOR known = descriptor_of(handle_of(made), LABEL_SECURITY_INFORMATION);
    if (known != NULL && HOLDS(GetSecurityDescriptorSacl(known, &has_list, &list, &is_default))) {
        HOLDS(!has_list || list == NULL || list->AceCount == 0);
    }
    object_close(made);
}

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
    close_handle(lowered);
    close_handle(token);
    return is_lowered;
}

/*
 * Open a section of this process for reading and for writing with a lower
 * integrity, and compare the errors.
 */
static void opens_with(WELL_KNOWN_SID_TYPE level, oserror reading, oserror writing)
{
    object *made = NULL;
    object *opened[2] = {NULL};
    IS(section_create(unique("lower"), 1, NULL, &made), 0);
    if (lower_integrity(level)) {
        oserror errors[2] = {section_open(unique("lower"), ACCESS_READ, &opened[0]),
                             section_open(unique("lower"), ACCESS_WRITE, &opened[1])};
        (void)RevertToSelf();
        IS(errors[0], reading);
        IS(errors[1], writing);
    }
    object_close(opened[0]);
    object_close(opened[1]);
    object_close(made);
}

void windows_low_integrity(void)
{
    if (integrity() < SECURITY_MANDATORY_MEDIUM_RID) {
        check_skip("this process has a low integrity itself");
        return;
    }
    opens_with(WinLowLabelSid, 0, OSERROR_ACCESS_DENIED);
}

void windows_medium_integrity(void)
{
    if (integrity() < SECURITY_MANDATORY_HIGH_RID) {
        check_skip("this process is not elevated");
        return;
    }
    opens_with(WinMediumLabelSid, 0, 0);
}

void windows_local_free(void)
{
    HOLDS(LocalFree(NULL) == NULL);
}
