/*
 * windows_console.c - checks of the console.
 *
 * They run in a second process with an invisible console. So the result does
 * not depend on the place where winshm-check.exe is started, and nothing is
 * shown.
 */
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "common/tests/platform/windows_checks.h"

static HANDLE open_console(const wchar_t *name)
{
    return CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0,
                       NULL);
}

/* The part of the check that needs a console. The other part is below. */
static void is_console(void)
{
    HANDLE in = open_console(L"CONIN$");
    HANDLE out = open_console(L"CONOUT$");
    HOLDS(file_is_console((object *)in));
    HOLDS(file_is_console((object *)out));
    IS(GetFileType(in), FILE_TYPE_CHAR);
}

static void others_are_no_console(void)
{
    HANDLE reading = NULL;
    HANDLE writing = NULL;
    DWORD mode = 0;
    DWORD count = 0;
    HOLDS(CreatePipe(&reading, &writing, NULL, 0));
    HANDLE device = kept(CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL));
    HOLDS(!GetConsoleMode(kept(reading), &mode));
    HOLDS(!GetConsoleMode(kept(writing), &mode));
    HOLDS(!GetConsoleMode(device, &mode));
    HOLDS(!WriteConsoleW(writing, L"a", 1, &count, NULL));
    HOLDS(!WriteConsoleW(device, L"a", 1, &count, NULL));
    HOLDS(!file_is_console((object *)device));
}

/* ---- Typing ------------------------------------------------------------------------------------------------------ */

/* Type a text. Ctrl is pressed for control characters other than Enter. */
static void type(HANDLE in, const wchar_t *text)
{
    for (; *text != L'\0'; text++) {
        bool is_control = *text < L' ' && *text != L'\r';
        INPUT_RECORD key = {.EventType = KEY_EVENT};
        KEY_EVENT_RECORD *event = &key.Event.KeyEvent;
        event->bKeyDown = TRUE;
        event->wRepeatCount = 1;
        event->wVirtualKeyCode = (WORD)(*text == L'\r' ? VK_RETURN : is_control ? *text + 'A' - 1 : *text - 'a' + 'A');
        event->wVirtualScanCode = (WORD)MapVirtualKeyW(event->wVirtualKeyCode, MAPVK_VK_TO_VSC);
        event->uChar.UnicodeChar = *text;
        event->dwControlKeyState = is_control ? LEFT_CTRL_PRESSED : 0;
        DWORD count = 0;
        HOLDS(WriteConsoleInputW(in, &key, 1, &count));
        event->bKeyDown = FALSE;
        HOLDS(WriteConsoleInputW(in, &key, 1, &count));
    }
}

/*
 * A read on a thread of its own, so that a read that never ends does not hang
 * the program. It is static, because such a thread continues to use it.
 */
static struct {
    HANDLE in;
    bool as_file;
    wchar_t units[100];
    size_t got;
    oserror error;
} line;

static void read_line(void *unused)
{
    (void)unused;
    line.error = line.as_file ? file_read((object *)line.in, line.units, 100, &line.got)
                              : console_read((object *)line.in, (uint16_t *)line.units, 100, &line.got);
}

static bool reads(const wchar_t *typed, bool as_file)
{
    object *thread = NULL;
    line.in = open_console(L"CONIN$");
    line.as_file = as_file;
    line.got = 99;
    HOLDS(line.in != INVALID_HANDLE_VALUE);
    IS(thread_start(read_line, NULL, &thread), 0);
    type(line.in, typed);
    return wait_for(thread, 2000) == WAITED_SIGNALLED;
}

static void read_returns(void)
{
    if (HOLDS(reads(L"ab\r", false))) {
        IS(line.error, 0);
        IS(line.got, 4);
        HOLDS(wmemcmp(line.units, L"ab\r\n", 4) == 0);
    }
}

static void read_end(void)
{
    if (HOLDS(reads(L"\x1A\r", false))) {
        IS(line.got, 3);
        HOLDS(line.units[0] == 0x1A);
    }
    if (HOLDS(reads(L"\x1A\r", true))) {
        IS(line.error, 0);
        IS(line.got, 0);
    }
}

static BOOL WINAPI go_on(DWORD event)
{
    (void)event;
    return TRUE;
}

static void read_interrupted(void)
{
    HOLDS(SetConsoleCtrlHandler(go_on, TRUE));
    if (reads(L"\x03", false)) {
        IS(line.error, OSERROR_OPERATION_ABORTED);
    } else {
        check_skip("this system does not take Ctrl+C from a program that types");
    }
}

static void write_much(void)
{
    static uint16_t units[3 * 8192 + 5];
    HANDLE out = open_console(L"CONOUT$");
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        units[i] = (uint16_t)('a' + i % 26);
    }
    DWORD count = 0;
    HOLDS(WriteConsoleW(out, units, 8192, &count, NULL));
    IS(count, 8192);
    IS(console_write((object *)out, units, sizeof units / sizeof *units), 0);
}

/* ---- Ctrl+C and Ctrl+Break --------------------------------------------------------------------------------------- */

static DWORD handler_thread;

static BOOL WINAPI note_thread(DWORD event)
{
    (void)event;
    handler_thread = GetCurrentThreadId();
    return FALSE;
}

/*
 * Wait until an event of the console ends this process, or until the end of the
 * wait if none does.
 */
static int wait_for_event(char **names)
{
    object *ready = NULL;
    object *end = NULL;
    if (object_open(OBJECT_EVENT, names[0], &ready) != 0 || object_open(OBJECT_EVENT, names[1], &end) != 0) {
        return 1;
    }
    (void)object_signal(ready, SIGNAL_SET);
    struct waited waited = wait_any(&end, 1, clock_now() + 2000);
    if (waited.how == WAITED_INTERRUPTED) {
        return handler_thread != 0 && handler_thread != GetCurrentThreadId() ? 40 : 41;
    }
    return waited.how == WAITED_SIGNALLED ? 50 : 51;
}

static int catch_event(char **names)
{
    return interrupt_catch() != 0 || !SetConsoleCtrlHandler(note_thread, TRUE) ? 2 : wait_for_event(names);
}

/* Start one of these roles on this console. Return when it is ready. */
static bool start_sleeper(const char *role, DWORD flags, PROCESS_INFORMATION *started)
{
    char arguments[400];
    object *ready = created(OBJECT_EVENT, unique(role));
    (void)snprintf(arguments, sizeof arguments, "%s %s", unique(role), unique("end"));
    return IS(start_raw((struct raw_start){.role = role, .argument = arguments, .flags = flags}, started), 0) &&
           IS(wait_for(ready, 10000), WAITED_SIGNALLED);
}

static void break_ends(void)
{
    PROCESS_INFORMATION started;
    (void)created(OBJECT_EVENT, unique("end"));
    if (start_sleeper("sleep", CREATE_NEW_PROCESS_GROUP, &started)) {
        IS(error_of(GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, started.dwProcessId)), 0);
        IS(end_of((object *)started.hProcess), 0xC000013A);
    }
}

static void catcher_goes_on(void)
{
    PROCESS_INFORMATION started;
    HOLDS(SetConsoleCtrlHandler(go_on, TRUE)); /* Ctrl+C reaches this process, too */
    (void)created(OBJECT_EVENT, unique("end"));
    if (start_sleeper("catch", 0, &started)) {
        IS(error_of(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0)), 0);
        IS(end_of((object *)started.hProcess), 40);
    }
}

static void group_goes_on(void)
{
    PROCESS_INFORMATION same;
    PROCESS_INFORMATION other;
    HOLDS(SetConsoleCtrlHandler(go_on, TRUE));
    object *end = created(OBJECT_EVENT, unique("end"));
    if (start_sleeper("sleep", 0, &same) && start_sleeper("catch", CREATE_NEW_PROCESS_GROUP, &other)) {
        HOLDS(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0));
        IS(end_of((object *)same.hProcess), 0xC000013A);
        IS(wait_for((object *)other.hProcess, 100), WAITED_TIMEOUT);
        IS(object_signal(end, SIGNAL_SET), 0);
        IS(end_of((object *)other.hProcess), 50);
    }
}

/* ---- The checks and the second process --------------------------------------------------------------------------- */

static const struct {
    const char *title;
    void (*run)(void); /* in the second process */
} checks[] = {
    {"GetConsoleMode and WriteConsole fail for all but consoles", is_console},
    {"ReadConsoleW returns when a line is complete", read_returns},
    {"ReadConsoleW gives Ctrl+Z as a character, and ReadFile makes an end of it", read_end},
    {"Ctrl+C ends ReadConsoleW with success, no characters, and error 995", read_interrupted},
    {"WriteConsoleW takes 8192 units at a time", write_much},
    {"Ctrl+Break ends a process with status 0xC000013A", break_ends},
    {"a process that catches Ctrl+C goes on, and its handler runs on another thread", catcher_goes_on},
    {"Ctrl+C does not reach a new process group", group_goes_on},
};
#define CHECKS (sizeof checks / sizeof *checks)

/*
 * Run a check, and report through a section: a line for each difference, or a
 * reason to skip the check. Return 0 if the behaviour is as documented, 1 if
 * different, 2 if skipped.
 */
static int run_check(char **arguments)
{
    object *report = NULL;
    struct view view = {0};
    if (section_open(arguments[1], ACCESS_WRITE, &report) != 0 || view_map(report, ACCESS_WRITE, &view) != 0) {
        return 3;
    }
    (void)SetConsoleCtrlHandler(NULL, FALSE); /* in the background Ctrl+C is ignored */
    checks[(size_t)(arguments[0][0] - '0') % CHECKS].run();
    bool differs = check.differences[0] != '\0';
    (void)snprintf((char *)view.base, view.size, "%s", differs ? check.differences : check.skip_reason);
    return differs ? 1 : check.skip_reason[0] != '\0' ? 2 : 0;
}

static void run_on_hidden_console(size_t which)
{
    PROCESS_INFORMATION started;
    char arguments[300];
    const char *report = (const char *)bytes_of(created(OBJECT_SECTION, unique("report")), ACCESS_READ);
    (void)snprintf(arguments, sizeof arguments, "%lu %s", (unsigned long)which, unique("report"));
    struct raw_start start = {.role = "console", .argument = arguments, .flags = CREATE_NO_WINDOW};
    if (IS(start_raw(start, &started), 0)) {
        if (WaitForSingleObject(started.hProcess, 15000) != WAIT_OBJECT_0) {
            (void)TerminateProcess(started.hProcess, 1);
            check_differs("the second process hangs");
        }
        uint32_t status = end_of((object *)started.hProcess);
        if (status == 2) {
            check_skip("%s", report);
        } else if (status != 0) {
            check_differs("%s (status %u)", report, status);
        }
    }
}

const struct role console_roles[] = {
    {"console", run_check}, {"sleep", wait_for_event}, {"catch", catch_event}, {NULL, NULL}};

void windows_check_console(void)
{
    for (size_t i = 0; i < CHECKS; i++) {
        DOCUMENTED(checks[i].title)
        {
            if (checks[i].run == is_console) {
                others_are_no_console();
            }
            run_on_hidden_console(i);
        }
    }
}
