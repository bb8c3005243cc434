/* thread.c - threads, and waiting without giving up the processor. */
#include "common/windows/wide.h"

#include <stdlib.h>

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

void spin_pause(void)
{
    /* A clock is read after each call, and costs as much as some of these. */
    for (int i = 0; i < 16; i++) {
        YieldProcessor();
    }
}

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

bool spin_is_sensible(void)
{
    DWORD_PTR ours;
    DWORD_PTR all;
    return GetProcessAffinityMask(GetCurrentProcess(), &ours, &all) && (ours & (ours - 1)) != 0;
}
