/* wait.c - the clocks, mutexes, events and semaphores, and waiting for them. */
#include "common/windows/wide.h"

/*
 * GetTickCount64 never goes back, and counts the time in which the machine
 * sleeps. It advances in steps of 10 to 16 ms (MicrosoftDocs/sdk-api,
 * sysinfoapi GetTickCount64).
 */
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

/*
 * Ask for no more rights than the caller uses, because the object may grant no
 * more. SYNCHRONIZE is the right to wait. It is enough to wait for a mutex and
 * to release it (Wine dlls/kernel32/tests/sync.c, test_mutex). For events and
 * semaphores the right to change them is separate (MicrosoftDocs/win32
 * desktop-src/Sync/synchronization-object-security-and-access-rights.md).
 */
oserror object_open(enum object_kind kind, const char *name, object **opened)
{
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

/*
 * An event that is set by Ctrl+C, or NULL before interrupt_catch(). It stays
 * set, so it ends all later waits.
 */
static HANDLE interrupted;

/*
 * The control handler, which Windows calls on a thread of its own
 * (MicrosoftDocs/Console-Docs docs/handlerroutine.md).
 *
 * After Ctrl+C and Ctrl+Break it returns TRUE, so that Windows does not call
 * the default handler, which would end the process. After the console is
 * closed, and at shutdown, Windows ends the process when the handler returns,
 * or after five seconds. So the handler does not return, and the main thread
 * ends the process when it has cleaned up.
 *
 * A service is notified when any user logs off, which is no reason to end. So
 * the handler leaves that event to the next one: the default handler ignores it
 * in a service, and ends any other program.
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
 * The longest single wait, in milliseconds. Since Windows 8 the time of a wait
 * does not include the time in which the machine sleeps, but clock_now()
 * includes it (learn.microsoft.com windows/win32/sysinfo/windows-time). So
 * wait_any() waits in pieces, and compares the clock with the deadline after
 * each piece. Also, the time of a single wait has only 32 bits: 49 days.
 */
#define LONGEST_WAIT 60000U

/*
 * If several objects are signalled, the one with the lowest index ends the
 * wait, and the others do not change (MicrosoftDocs/sdk-api, synchapi
 * WaitForMultipleObjects, Remarks). `interrupted` is the last one, so that
 * Ctrl+C ends a wait only if no object of the caller is signalled. An abandoned
 * mutex, whose owner ended without releasing it, ends the wait as
 * WAIT_ABANDONED_0 plus its index, and the caller then owns it
 * (MicrosoftDocs/win32 desktop-src/Sync/mutex-objects.md).
 */
struct waited wait_any(object *const objects[], size_t count, uint64_t deadline)
{
    HANDLE handles[WAITED_MOST + 1]; /* the last one is `interrupted` */
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
