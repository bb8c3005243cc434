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

void windows_console_only(void)
{
    HANDLE reading = NULL;
    HANDLE writing = NULL;
    DWORD mode = 0;
    DWORD count = 0;
    HOLDS(CreatePipe(&reading, &writing, NULL, 0));
    HANDLE device = CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    HOLDS(!GetConsoleMode(reading, &mode));
    HOLDS(!GetConsoleMode(writing, &mode));
    HOLDS(!GetConsoleMode(device, &mode));
    HOLDS(!WriteConsoleW(writing, L"a", 1, &count, NULL));
    HOLDS(!WriteConsoleW(device, L"a", 1, &count, NULL));
    HOLDS(!file_is_console((object *)device));
    close_handle(reading);
    close_handle(writing);
    close_handle(device);
    run_on_hidden_console("only");
}

static void child_only(void)
{
    HANDLE in = open_console(L"CONIN$");
    HANDLE out = open_console(L"CONOUT$");
    HOLDS(file_is_console((object *)in));
    HOLDS(file_is_console((object *)out));
    IS(GetFileType(in), FILE_TYPE_CHAR);
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
 * the program.
 */
struct reading {
    HANDLE in;
    bool as_file;
    wchar_t units[100];
    size_t got;
    oserror error;
};

static void read_line(void *context)
{
    struct reading *reading = context;
    if (reading->as_file) {
        reading->error = file_read((object *)reading->in, reading->units, 100, &reading->got);
    } else {
        reading->error = console_read((object *)reading->in, (uint16_t *)reading->units, 100, &reading->got);
    }
}

/* Static, because a thread that never ends continues to use it. */
static struct reading line;

static bool reads(const wchar_t *typed, bool as_file)
{
    object *thread = NULL;
    line = (struct reading){.in = open_console(L"CONIN$"), .as_file = as_file, .got = 99};
    HOLDS(line.in != INVALID_HANDLE_VALUE);
    IS(thread_start(read_line, &line, &thread), 0);
    type(line.in, typed);
    return wait_for(thread, 2000) == WAITED_SIGNALLED;
}

static void child_line(void)
{
    if (!reads(L"ab\r", false)) {
        check_differs("the read does not end");
        return;
    }
    IS(line.error, 0);
    IS(line.got, 4);
    HOLDS(wmemcmp(line.units, L"ab\r\n", 4) == 0);
}

static void child_end(void)
{
    if (!HOLDS(reads(L"\x1A\r", false))) {
        return;
    }
    IS(line.got, 3);
    HOLDS(line.units[0] == 0x1A);
    if (!HOLDS(reads(L"\x1A\r", true))) {
        return;
    }
    IS(line.error, 0);
    IS(line.got, 0);
}

static BOOL WINAPI go_on(DWORD event)
{
    (void)event;
    return TRUE;
}

static void child_interrupted(void)
{
    HOLDS(SetConsoleCtrlHandler(go_on, TRUE));
    if (!reads(L"\x03", false)) {
        check_skip("this system does not take Ctrl+C from a program that types");
        return;
    }
    IS(line.error, OSERROR_OPERATION_ABORTED);
}

static void child_large(void)
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

void windows_console_line(void)
{
    run_on_hidden_console("line");
}

void windows_console_end(void)
{
    run_on_hidden_console("end");
}

void windows_console_interrupted(void)
{
    run_on_hidden_console("interrupted");
}

void windows_console_large_write(void)
{
    run_on_hidden_console("large");
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
static int role_sleep(char **names, bool catches)
{
    object *ready = NULL;
    object *end = NULL;
    if (object_open(OBJECT_EVENT, names[0], &ready) != 0 || object_open(OBJECT_EVENT, names[1], &end) != 0) {
        return 1;
    }
    if (catches && (interrupt_catch() != 0 || !SetConsoleCtrlHandler(note_thread, TRUE))) {
        return 2;
    }
    (void)object_signal(ready, SIGNAL_SET);
    struct waited waited = wait_any(&end, 1, clock_now() + 2000);
    if (waited.how == WAITED_INTERRUPTED) {
        return handler_thread != 0 && handler_thread != GetCurrentThreadId() ? 40 : 41;
    }
    return waited.how == WAITED_SIGNALLED ? 50 : 51;
}

/* Start role_sleep() on this console. Return when it is ready. */
static bool start_sleeper(const char *role, DWORD flags, PROCESS_INFORMATION *started)
{
    char arguments[400];
    object *ready = NULL;
    IS(object_create(OBJECT_EVENT, unique(role), NULL, &ready), 0);
    (void)snprintf(arguments, sizeof arguments, "%s %s", unique(role), unique("end"));
    bool is_ready = start_raw((struct raw_start){.role = role, .argument = arguments, .flags = flags}, started) &&
                    IS(wait_for(ready, 10000), WAITED_SIGNALLED);
    object_close(ready);
    return is_ready;
}

static void child_break(void)
{
    object *end = NULL;
    PROCESS_INFORMATION started;
    IS(object_create(OBJECT_EVENT, unique("end"), NULL, &end), 0);
    if (start_sleeper("sleep", CREATE_NEW_PROCESS_GROUP, &started)) {
        IS(error_of(GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, started.dwProcessId)), 0);
        CloseHandle(started.hThread);
        IS(end_of((object *)started.hProcess), 0xC000013A);
    }
    object_close(end);
}

static void child_caught(void)
{
    object *end = NULL;
    PROCESS_INFORMATION started;
    HOLDS(SetConsoleCtrlHandler(go_on, TRUE)); /* Ctrl+C reaches this process, too */
    IS(object_create(OBJECT_EVENT, unique("end"), NULL, &end), 0);
    if (start_sleeper("catch", 0, &started)) {
        IS(error_of(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0)), 0);
        CloseHandle(started.hThread);
        IS(end_of((object *)started.hProcess), 40);
    }
    object_close(end);
}

static void child_group(void)
{
    object *end = NULL;
    PROCESS_INFORMATION same;
    PROCESS_INFORMATION other;
    HOLDS(SetConsoleCtrlHandler(go_on, TRUE));
    IS(object_create(OBJECT_EVENT, unique("end"), NULL, &end), 0);
    if (start_sleeper("sleep", 0, &same) && start_sleeper("catch", CREATE_NEW_PROCESS_GROUP, &other)) {
        HOLDS(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0));
        IS(end_of((object *)same.hProcess), 0xC000013A);
        IS(wait_for((object *)other.hProcess, 100), WAITED_TIMEOUT);
        IS(object_signal(end, SIGNAL_SET), 0);
        IS(end_of((object *)other.hProcess), 50);
    }
    object_close(end);
}

void windows_console_break(void)
{
    run_on_hidden_console("break");
}

void windows_console_caught(void)
{
    run_on_hidden_console("caught");
}

void windows_console_group(void)
{
    run_on_hidden_console("group");
}

bool console_child(const char *child)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } children[] = {
        {"only", child_only},   {"line", child_line},     {"end", child_end},     {"large", child_large},
        {"break", child_break}, {"caught", child_caught}, {"group", child_group}, {"interrupted", child_interrupted}};
    for (size_t i = 0; i < sizeof children / sizeof *children; i++) {
        if (strcmp(child, children[i].name) == 0) {
            children[i].run();
            return true;
        }
    }
    return false;
}

bool console_role(const char *role, int count, char **arguments, int *status)
{
    if (count != 2 || (strcmp(role, "sleep") != 0 && strcmp(role, "catch") != 0)) {
        return false;
    }
    *status = role_sleep(arguments, strcmp(role, "catch") == 0);
    return true;
}
