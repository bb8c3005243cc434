/*
 * thread.c - starts threads, and waits for a moment without giving up the
 * processor.
 */
#include "common/windows/wide.h"

#include <stdlib.h>

/* The function that a new thread calls. The thread frees it. */
struct start {
    void (*run)(void *context);
    void *context;
};

static DWORD WINAPI begin(void *given)
{
    struct start start = *(struct start *)given;
    free(given);
    start.run(start.context);
    return 0;
}

oserror thread_start(void (*run)(void *context), void *context, object **thread)
{
    struct start *start = malloc(sizeof *start);
    if (start == NULL) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }
    *start = (struct start){.run = run, .context = context};
    HANDLE handle = CreateThread(NULL, 0, begin, start, 0, NULL);
    if (handle == NULL) {
        oserror error = GetLastError();
        free(start);
        return error;
    }
    *thread = (object *)handle;
    return OSERROR_NONE;
}

/*
 * YieldProcessor informs the processor that it is in a loop that waits, so that
 * it saves power and leaves more to its other thread. The caller reads a clock
 * after each pause, which costs as much as a few of these.
 */
void spin_pause(void)
{
    for (int i = 0; i < 16; i++) {
        YieldProcessor();
    }
}

/*
 * The performance counter is the same on all processors, and its frequency
 * never changes (MicrosoftDocs/win32
 * desktop-src/SysInfo/acquiring-high-resolution-time-stamps.md). Whole seconds
 * and the rest are converted one by one, because `ticks * 1000000` would
 * overflow.
 */
uint64_t spin_clock(void)
{
    static LARGE_INTEGER frequency;
    LARGE_INTEGER now;
    if (frequency.QuadPart == 0) {
        QueryPerformanceFrequency(&frequency);
    }
    QueryPerformanceCounter(&now);
    uint64_t ticks = (uint64_t)now.QuadPart;
    uint64_t each = (uint64_t)frequency.QuadPart;
    return ticks / each * 1000000 + ticks % each * 1000000 / each;
}

/*
 * The mask has one bit for each processor on which this process may run. It is
 * 0 for a process in several processor groups (MicrosoftDocs/sdk-api, winbase
 * GetProcessAffinityMask), for which this returns false, too.
 */
bool spin_is_sensible(void)
{
    DWORD_PTR ours;
    DWORD_PTR all;
    return GetProcessAffinityMask(GetCurrentProcess(), &ours, &all) && (ours & (ours - 1)) != 0;
}
