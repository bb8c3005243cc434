/* wait.c - mutexes, events, the clock, and waiting for them. */
#include "common/windows/wide.h"

uint64_t clock_now(void)
{
    return GetTickCount64();
}

uint64_t clock_wall(void)
{
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    return (uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime;
}

oserror object_open(enum object_kind kind, const char *name, object **opened)
{
    /* SYNCHRONIZE is enough to wait for a mutex and to release it (Wine dlls/kernel32/tests/sync.c, test_mutex). */
    DWORD rights = kind == OBJECT_MUTEX       ? SYNCHRONIZE
                   : kind == OBJECT_SEMAPHORE ? SEMAPHORE_MODIFY_STATE
                                              : SYNCHRONIZE | EVENT_MODIFY_STATE;
    return wide_handle(wide_open(kind, rights, name), opened);
}

oserror object_signal(object *signalled, enum object_signal how)
{
    HANDLE handle = handle_of(signalled);
    BOOL done = FALSE;
    switch (how) {
    case SIGNAL_RELEASE:
        done = ReleaseMutex(handle);
        break;
    case SIGNAL_SET:
        done = SetEvent(handle);
        break;
    case SIGNAL_RESET:
        done = ResetEvent(handle);
        break;
    case SIGNAL_RAISE:
        done = ReleaseSemaphore(handle, 1, NULL);
        break;
    }
    return done ? OSERROR_NONE : GetLastError();
}

/* ---- Ctrl+C and its like ----------------------------------------------------------------------------------------- */

static HANDLE interrupted;

/*
 * The system calls this on a thread of its own. After the closing of the
 * console the process dies when the handler returns, or after five seconds. So
 * the handler does not return, and the main thread ends the process when it has
 * cleaned up (MicrosoftDocs/Console-Docs docs/handlerroutine.md).
 *
 * A service hears of the log-off of any user, and that is no reason to end. The
 * next handler decides: the default one of a service ignores a log-off, and
 * that of any other program ends it.
 */
static BOOL WINAPI interrupt(DWORD event)
{
    if (event == CTRL_LOGOFF_EVENT) {
        return FALSE;
    }
    SetEvent(interrupted);
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) {
        Sleep(INFINITE);
    }
    return TRUE;
}

oserror interrupt_catch(void)
{
    if (interrupted != NULL) {
        return OSERROR_NONE;
    }
    interrupted = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (interrupted == NULL) {
        return GetLastError();
    }
    if (!SetConsoleCtrlHandler(interrupt, TRUE)) {
        oserror error = GetLastError();
        CloseHandle(interrupted);
        interrupted = NULL;
        return error;
    }
    return OSERROR_NONE;
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

/*
 * The longest single wait, in milliseconds. Since Windows 8 a wait does not
 * count the time that the machine is asleep, but the clock does: after each
 * piece wait_any() compares the clock with the deadline again.
 */
#define LONGEST_WAIT 60000U

struct waited wait_any(object *const objects[], size_t count, uint64_t deadline)
{
    HANDLE handles[9];
    DWORD all = 0;
    for (; all < count; all++) {
        handles[all] = handle_of(objects[all]);
    }
    if (interrupted != NULL) {
        handles[all++] = interrupted;
    }

    for (;;) {
        uint64_t now = clock_now();
        uint64_t left = deadline > now ? deadline - now : 0;
        DWORD piece = deadline == CLOCK_NEVER ? INFINITE : left > LONGEST_WAIT ? LONGEST_WAIT : (DWORD)left;
        DWORD result = WAIT_TIMEOUT;
        if (all > 0) {
            result = WaitForMultipleObjects(all, handles, FALSE, piece);
        } else {
            Sleep(piece);
        }

        if (result < WAIT_OBJECT_0 + count) {
            return (struct waited){.how = WAITED_SIGNALLED, .which = result - WAIT_OBJECT_0};
        }
        if (result < WAIT_OBJECT_0 + all) {
            return (struct waited){.how = WAITED_INTERRUPTED};
        }
        if (result >= WAIT_ABANDONED_0 && result < WAIT_ABANDONED_0 + count) {
            return (struct waited){.how = WAITED_ABANDONED, .which = result - WAIT_ABANDONED_0};
        }
        if (result != WAIT_TIMEOUT) {
            return (struct waited){.how = WAITED_FAILED, .error = GetLastError()};
        }
        if (clock_now() >= deadline) {
            return (struct waited){.how = WAITED_TIMEOUT};
        }
    }
}
