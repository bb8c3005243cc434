/* windows.c - run platform_test.c on Windows: winshm-check.exe. */
#include <windows.h>

#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/console/version.h"
#include "common/tests/platform/windows_checks.h"
#include "common/text/text.h"

/*
 * The limit for all checks, in milliseconds. They take some seconds, and half a
 * minute under Wine. A check that hangs ends the program.
 */
#define LONGEST_RUN 120000U
#define LONGEST_ROLE 30000U

uint64_t began;

const wchar_t *wide_text(const char *text)
{
    static wchar_t texts[16][2048];
    static size_t next;
    wchar_t *wide = texts[next++ % 16];
    size_t length = strlen(text);
    (void)text_utf16_from_utf8(text, length < 2000 ? length : 2000, (uint16_t *)wide);
    return wide;
}

oserror outcome(HANDLE handle)
{
    if (handle == NULL || handle == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    CloseHandle(handle);
    return OSERROR_NONE;
}

/* ---- Which machine ----------------------------------------------------------------------------------------------- */

static OSVERSIONINFOW version(void)
{
    typedef LONG(WINAPI * get_version)(OSVERSIONINFOW *);
    OSVERSIONINFOW known = {.dwOSVersionInfoSize = sizeof known};
    get_version get = (get_version)(void (*)(void))wide_kernel_function("RtlGetVersion");
    if (get != NULL) {
        (void)get(&known);
    }
    return known;
}

DWORD windows_build(void)
{
    return version().dwBuildNumber;
}

static const char *architecture(WORD number)
{
    switch (number) {
    case PROCESSOR_ARCHITECTURE_AMD64:
        return "x86_64";
    case PROCESSOR_ARCHITECTURE_INTEL:
        return "x86";
    case 12:
        return "ARM64";
    default:
        return "another";
    }
}

/* On ARM64 all other functions report x86_64 to an x86_64 program. */
static const char *native_architecture(void)
{
    typedef BOOL(WINAPI * is_wow64)(HANDLE, USHORT *, USHORT *);
    is_wow64 ask = (is_wow64)(void (*)(void))GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "IsWow64Process2");
    USHORT process = 0;
    USHORT machine = 0;
    if (ask != NULL && ask(GetCurrentProcess(), &process, &machine) && machine == 0xAA64) {
        return "ARM64";
    }
    SYSTEM_INFO info;
    GetNativeSystemInfo(&info);
    return architecture(info.wProcessorArchitecture);
}

const void *token_says(TOKEN_INFORMATION_CLASS what)
{
    static union {
        TOKEN_USER aligned;
        uint8_t bytes[4096];
    } known;
    HANDLE token = NULL;
    DWORD size = 0;
    bool is_known = OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) &&
                    GetTokenInformation(token, what, &known, sizeof known, &size);
    CloseHandle(token);
    return HOLDS(is_known) ? &known : NULL;
}

static DWORD token_number(TOKEN_INFORMATION_CLASS what)
{
    const DWORD *number = token_says(what);
    return number != NULL ? *number : 0;
}

DWORD integrity(void)
{
    const TOKEN_MANDATORY_LABEL *label = token_says(TokenIntegrityLevel);
    return label == NULL ? 0
                         : *GetSidSubAuthority(label->Label.Sid, (DWORD)*GetSidSubAuthorityCount(label->Label.Sid) - 1);
}

bool is_local_administrator(void)
{
    const TOKEN_USER *user = token_says(TokenUser);
    PSECURITY_DESCRIPTOR named = NULL;
    PSID administrator = NULL;
    BOOL is_default = FALSE;
    bool is_same =
        user != NULL && ConvertStringSecurityDescriptorToSecurityDescriptorW(L"O:LA", SDDL_REVISION_1, &named, NULL) &&
        GetSecurityDescriptorOwner(named, &administrator, &is_default) && EqualSid(user->User.Sid, administrator);
    LocalFree(named);
    return is_same;
}

bool set_privilege(const wchar_t *privilege, bool enabled)
{
    HANDLE token = NULL;
    TOKEN_PRIVILEGES wanted = {.PrivilegeCount = 1};
    wanted.Privileges[0].Attributes = enabled ? SE_PRIVILEGE_ENABLED : 0;
    if (!LookupPrivilegeValueW(NULL, privilege, &wanted.Privileges[0].Luid) ||
        !OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token)) {
        return false;
    }
    bool is_set = AdjustTokenPrivileges(token, FALSE, &wanted, 0, NULL, NULL) && GetLastError() == ERROR_SUCCESS;
    CloseHandle(token);
    return is_set;
}

DWORD windows_session(void)
{
    DWORD number = 0;
    (void)ProcessIdToSessionId(GetCurrentProcessId(), &number);
    return number;
}

bool in_session_zero(void)
{
    return windows_session() == 0;
}

static void describe_console(void)
{
    DWORD input = 0;
    DWORD output = 0;
    const DWORD shared = FILE_SHARE_READ | FILE_SHARE_WRITE;
    HANDLE in = kept(CreateFileW(L"CONIN$", GENERIC_READ, shared, NULL, OPEN_EXISTING, 0, NULL));
    HANDLE out = kept(CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE, shared, NULL, OPEN_EXISTING, 0, NULL));
    if (GetConsoleMode(in, &input) && GetConsoleMode(out, &output)) {
        check_note("console: yes, modes 0x%lX and 0x%lX, code pages %u and %u", input, output, GetConsoleCP(),
                   GetConsoleOutputCP());
    } else {
        check_note("console: no");
    }
}

static void describe_job(void)
{
    BOOL is_in = FALSE;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    (void)IsProcessInJob(GetCurrentProcess(), NULL, &is_in);
    if (is_in && QueryInformationJobObject(NULL, JobObjectExtendedLimitInformation, &limits, sizeof limits, NULL)) {
        check_note("job: yes, limits 0x%lX", limits.BasicLimitInformation.LimitFlags);
    } else {
        check_note("job: %s", is_in ? "yes" : "no");
    }

    /* shmwrite starts a holder in the background in this way. */
    static const char *const arguments[] = {"winshm-check", "--role", "return", "0", NULL};
    struct started started = {0};
    object *passed = created(OBJECT_EVENT, NULL);
    oserror error = process_start(arguments, &passed, 1, &started);
    if (error == OSERROR_NONE) {
        check_note("a process in the background is in a job: %s", started.in_job ? "yes" : "no");
        (void)wait_for(owned(started.process), 20000);
    } else {
        check_note("a process in the background: error %u", error);
    }
}

/* Return whether windows are visible. If not, a message box never returns. */
static const char *window_station(void)
{
    USEROBJECTFLAGS flags = {0};
    HWINSTA station = GetProcessWindowStation();
    if (station == NULL || !GetUserObjectInformationW(station, UOI_FLAGS, &flags, sizeof flags, NULL)) {
        return "none";
    }
    return (flags.dwFlags & WSF_VISIBLE) != 0 ? "visible" : "not visible";
}

void machine_describe(void)
{
    typedef const char *(*wine_version)(void);
    OSVERSIONINFOW known = version();
    wine_version wine = (wine_version)(void (*)(void))wide_kernel_function("wine_get_version");
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    DWORD level = integrity();
    check_note("winshm-check %s", version_text);
    check_note("Windows %lu.%lu.%lu%s%s", known.dwMajorVersion, known.dwMinorVersion, known.dwBuildNumber,
               wine != NULL ? ", Wine " : "", wine != NULL ? wine() : "");
    check_note("program: %s, machine: %s, processors: %lu", architecture(info.wProcessorArchitecture),
               native_architecture(), info.dwNumberOfProcessors);
    check_note("elevated: %s, type %lu", token_number(TokenElevation) != 0 ? "yes" : "no",
               token_number(TokenElevationType));
    check_note("session: %lu", windows_session());
    check_note("integrity: %s (0x%lX)",
               level >= SECURITY_MANDATORY_SYSTEM_RID   ? "system"
               : level >= SECURITY_MANDATORY_HIGH_RID   ? "high"
               : level >= SECURITY_MANDATORY_MEDIUM_RID ? "medium"
                                                        : "low",
               level);
    describe_console();
    describe_job();
    check_note("window station: %s", window_station());
    check_note("code pages: ANSI %u, OEM %u", GetACP(), GetOEMCP());
}

/* ---- Files of our own -------------------------------------------------------------------------------------------- */

static char folder[MAX_PATH * 3 + 40];

const char *scratch(const char *file)
{
    static char paths[8][sizeof folder + 600];
    static size_t next;
    if (folder[0] == '\0') {
        wchar_t temporary[MAX_PATH + 1] = L"";
        (void)GetTempPathW(MAX_PATH, temporary);
        size_t length = text_utf8_from_utf16((const uint16_t *)temporary, wcslen(temporary), folder);
        (void)snprintf(folder + length, sizeof folder - length, "winshm-check.%lu", GetCurrentProcessId());
        (void)CreateDirectoryW(wide_text(folder), NULL);
    }
    char *path = paths[next++ % 8];
    (void)snprintf(path, sizeof paths[0], "%s%s%s", folder, file[0] == '\0' ? "" : "\\", file);
    return path;
}

/* Delete a folder with its files. The paths may be long. */
static bool remove_all(const wchar_t *path)
{
    wchar_t *inside = malloc(32768 * sizeof *inside);
    WIN32_FIND_DATAW found;
    if (inside == NULL) {
        return false;
    }
    (void)_snwprintf(inside, 32767, L"%ls\\*", path);
    HANDLE search = FindFirstFileW(inside, &found);
    while (search != INVALID_HANDLE_VALUE) {
        if (wcscmp(found.cFileName, L".") != 0 && wcscmp(found.cFileName, L"..") != 0) {
            (void)_snwprintf(inside, 32767, L"%ls\\%ls", path, found.cFileName);
            if ((found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
                (void)remove_all(inside);
            } else {
                (void)DeleteFileW(inside);
            }
        }
        if (!FindNextFileW(search, &found)) {
            FindClose(search);
            search = INVALID_HANDLE_VALUE;
        }
    }
    free(inside);
    return RemoveDirectoryW(path) != 0;
}

/* A virus scanner may have the files open, so try for two seconds. */
bool scratch_clear(void)
{
    wchar_t path[MAX_PATH + 60];
    if (folder[0] == '\0') {
        return true;
    }
    (void)_snwprintf(path, MAX_PATH + 59, L"\\\\?\\%ls", wide_text(folder));
    for (int i = 0; i < 20; i++) {
        if (remove_all(path)) {
            return true;
        }
        Sleep(100);
    }
    return false;
}

/* ---- A second process -------------------------------------------------------------------------------------------- */

oserror start_raw(struct raw_start start, PROCESS_INFORMATION *started)
{
    wchar_t program[1024];
    wchar_t line[2048];
    STARTUPINFOW startup = {.cb = sizeof startup};
    (void)GetModuleFileNameW(NULL, program, 1024);
    (void)_snwprintf(line, 2047, L"winshm-check --role %ls %ls", wide_text(start.role),
                     start.argument != NULL ? wide_text(start.argument) : L"");
    line[2047] = L'\0';
    if (!CreateProcessW(program, line, NULL, NULL, FALSE, start.flags, NULL, start.folder, &startup, started)) {
        return GetLastError();
    }
    (void)kept(started->hThread);
    (void)kept(started->hProcess);
    return OSERROR_NONE;
}

const struct role *const machine_roles[] = {waiting_roles, process_roles, file_roles, console_roles, NULL};

void machine_checks(void)
{
    windows_check_objects();
    windows_check_waiting();
    windows_check_processes();
    windows_check_files();
    windows_check_console();
    windows_check_security();
}

/* ---- The program ------------------------------------------------------------------------------------------------- */

static bool is_role;

static DWORD WINAPI end_what_hangs(void *unused)
{
    (void)unused;
    Sleep(is_role ? LONGEST_ROLE : LONGEST_RUN);
    if (!is_role) {
        printf("not ok - different: %s: it hangs, and the checks end here\n",
               check.title != NULL ? check.title : "the end");
        (void)fflush(stdout);
        (void)scratch_clear();
    }
    ExitProcess(9);
}

static LONG WINAPI end_what_crashes(EXCEPTION_POINTERS *pointers)
{
    printf("not ok - different: %s: it crashes (0x%lX), and the checks end here\n",
           check.title != NULL ? check.title : "the beginning", pointers->ExceptionRecord->ExceptionCode);
    (void)fflush(stdout);
    (void)scratch_clear();
    ExitProcess(9);
}

/*
 * Windows calls this after Ctrl+C, or when the window is closed. Only the
 * second process presses Ctrl+C itself, on its own console.
 */
static BOOL WINAPI end_what_is_stopped(DWORD event)
{
    (void)event;
    (void)scratch_clear();
    ExitProcess(9);
}

int _dowildcard = 0;

int wmain(int count, wchar_t **wide); /* the start-up code of MinGW declares none */

int wmain(int count, wchar_t **wide)
{
    began = clock_wall();
    is_role = count > 2 && wcscmp(wide[1], L"--role") == 0;
    if (count > 1 && !is_role) {
        (void)fputs("usage: winshm-check >check.txt (it takes no arguments)\n", stderr);
        return 9;
    }
    (void)SetUnhandledExceptionFilter(end_what_crashes);
    if (!is_role) {
        (void)SetConsoleCtrlHandler(end_what_is_stopped, TRUE);
    }
    (void)outcome(CreateThread(NULL, 0, end_what_hangs, NULL, 0, NULL));
    char **arguments = wide_arguments(count, wide);
    return arguments == NULL ? 9 : platform_main(count, arguments);
}
