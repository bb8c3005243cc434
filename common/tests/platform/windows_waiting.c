/* windows_waiting.c - checks of mutexes, events, semaphores and clocks. */
#include "common/tests/platform/windows_checks.h"

#include <stdio.h>

#define ONLY_SYNCHRONIZE "D:P(A;;0x100000;;;WD)"

/* ---- Mutexes ----------------------------------------------------------------------------------------------------- */

static DWORD released_by_thread;

static void release_in_thread(void *mutex)
{
    released_by_thread = error_of(ReleaseMutex(mutex));
}

static void take_in_thread(void *mutex)
{
    (void)WaitForSingleObject(mutex, 0);
}

static void run_in_thread(void (*run)(void *), object *context)
{
    object *thread = NULL;
    IS(thread_start(run, context, &thread), 0);
    IS(wait_for(owned(thread), 5000), WAITED_SIGNALLED);
}

/* Kill a helper. Check that the mutex is abandoned, and release it. */
static void kill_owner(struct helper helper, object *mutex)
{
    HOLDS(TerminateProcess(handle_of(helper.process), 5));
    IS(wait_for(mutex, 5000), WAITED_ABANDONED);
}

static void check_mutexes(void)
{
    DOCUMENTED("a mutex belongs to a thread: to another, ReleaseMutex is error 288, and changes nothing")
    {
        object *mutex = created(OBJECT_MUTEX, unique("thread"));
        IS(wait_for(mutex, 0), WAITED_SIGNALLED);
        run_in_thread(release_in_thread, mutex);
        IS(released_by_thread, ERROR_NOT_OWNER);
        IS(TRIED(unique("thread")), WAITED_TIMEOUT);
        (void)object_signal(mutex, SIGNAL_RELEASE);
    }

    DOCUMENTED("SYNCHRONIZE is enough to wait for a mutex and to release it")
    {
        (void)created_as(OBJECT_MUTEX, unique("least"), ONLY_SYNCHRONIZE);
        object *mutex = opened(OBJECT_MUTEX, unique("least"));
        IS(wait_for(mutex, 0), WAITED_SIGNALLED);
        IS(TRIED(unique("least")), WAITED_TIMEOUT);
        (void)object_signal(mutex, SIGNAL_RELEASE);
        IS(TRIED(unique("least")), WAITED_SIGNALLED);
    }

    DOCUMENTED("a mutex of a thread or process that was killed is abandoned")
    {
        object *mutex = created(OBJECT_MUTEX, unique("killed"));
        struct helper helper = helper_start("own", unique("killed"));
        kill_owner(helper, mutex);
        (void)object_signal(mutex, SIGNAL_RELEASE);
        IS(end_of(helper.process), 5);
        run_in_thread(take_in_thread, mutex);
        IS(wait_for(mutex, 5000), WAITED_ABANDONED);
        (void)object_signal(mutex, SIGNAL_RELEASE);
    }

    DOCUMENTED("CreateMutex of one that exists asks for all access to it")
    {
        (void)created_as(OBJECT_MUTEX, unique("all"), ONLY_SYNCHRONIZE);
        IS(outcome(CreateMutexW(NULL, FALSE, wide_text(unique("all")))), ERROR_ACCESS_DENIED);
        IS(outcome(OpenMutexW(SYNCHRONIZE, FALSE, wide_text(unique("all")))), 0);
    }
}

/*
 * Own the mutex and wait to be killed. This process opens the section last of
 * many objects, so Windows closes that handle late.
 */
static int die_slowly(char **arguments)
{
    object *mutex = NULL;
    object *section = NULL;
    char name[NAME_ROOM];
    (void)snprintf(name, sizeof name, "%s.section", arguments[0]);
    if (object_open(OBJECT_MUTEX, arguments[0], &mutex) != 0 || wait_for(mutex, 5000) == WAITED_TIMEOUT) {
        return 1;
    }
    for (int i = 0; i < 3000; i++) {
        (void)CreateEventW(NULL, FALSE, FALSE, NULL);
    }
    return section_create(name, 1, NULL, &section) == 0 ? helper_wait(arguments) : 1;
}

const struct role waiting_roles[] = {{"dying", die_slowly}, {NULL, NULL}};

static void check_death(void)
{
    DOCUMENTED("mutexes of a dying process are abandoned before its names go")
    {
        object *mutex = created(OBJECT_MUTEX, unique("dying"));
        int lingered = 0;
        for (int i = 0; i < 4; i++) {
            struct helper helper = helper_start("dying", unique("dying"));
            kill_owner(helper, mutex);
            lingered += object_kind_of(unique("dying.section")) == OBJECT_SECTION;
            (void)object_signal(mutex, SIGNAL_RELEASE);
            IS(end_of(helper.process), 5);
            uint64_t deadline = clock_now() + 2000;
            while (object_kind_of(unique("dying.section")) != OBJECT_NONE && clock_now() < deadline) {
                Sleep(1);
            }
            IS(object_kind_of(unique("dying.section")), OBJECT_NONE);
        }
        SYSTEM_INFO info;
        GetSystemInfo(&info);
        if (lingered == 0 && info.dwNumberOfProcessors == 1) {
            check_skip("the one processor has closed the handles first");
        } else if (lingered == 0) {
            check_differs("the name was gone already, 4 of 4 times");
        }
    }
}

/* ---- Events and semaphores --------------------------------------------------------------------------------------- */

static void check_rights(void)
{
    DOCUMENTED("to set an event, to raise a semaphore and to wait are rights of their own")
    {
        (void)created(OBJECT_EVENT, unique("rights-e"));
        HANDLE waiting = kept(OpenEventW(SYNCHRONIZE, FALSE, wide_text(unique("rights-e"))));
        HANDLE setting = kept(OpenEventW(EVENT_MODIFY_STATE, FALSE, wide_text(unique("rights-e"))));
        IS(error_of(SetEvent(waiting)), ERROR_ACCESS_DENIED);
        IS(error_of(ResetEvent(waiting)), ERROR_ACCESS_DENIED);
        IS(error_of(SetEvent(setting)), 0);
        IS(WaitForSingleObject(setting, 0), WAIT_FAILED);
        IS(WaitForSingleObject(waiting, 0), WAIT_OBJECT_0);

        (void)created(OBJECT_SEMAPHORE, unique("rights-s"));
        waiting = kept(OpenSemaphoreW(SYNCHRONIZE, FALSE, wide_text(unique("rights-s"))));
        setting = kept(OpenSemaphoreW(SEMAPHORE_MODIFY_STATE, FALSE, wide_text(unique("rights-s"))));
        IS(error_of(ReleaseSemaphore(waiting, 1, NULL)), ERROR_ACCESS_DENIED);
        IS(error_of(ReleaseSemaphore(setting, 1, NULL)), 0);
        IS(WaitForSingleObject(setting, 0), WAIT_FAILED);
        IS(WaitForSingleObject(waiting, 0), WAIT_OBJECT_0);
    }
}

/* ---- Clocks ------------------------------------------------------------------------------------------------------ */

#define STEPS 25

/*
 * Measure steps of the clock for at most a second, in order of their length.
 * Return their number. The first step began before the measurement.
 */
static size_t measure_steps(uint64_t steps[STEPS])
{
    uint64_t first = clock_now();
    uint64_t last = first;
    size_t count = 0;
    while (count < STEPS && last < first + 1000) {
        uint64_t now = clock_now();
        if (now == last) {
            continue;
        }
        if (last != first) {
            size_t at = count++;
            for (; at > 0 && steps[at - 1] > now - last; at--) {
                steps[at] = steps[at - 1];
            }
            steps[at] = now - last;
        }
        last = now;
    }
    return count;
}

/* Check that the counter does not go back from one processor to another. */
static void check_counter_on(DWORD_PTR processors)
{
    uint64_t last = 0;
    for (int round = 0; round < 3; round++) {
        for (DWORD_PTR one = 1; one != 0; one <<= 1) {
            if ((processors & one) != 0 && SetThreadAffinityMask(GetCurrentThread(), one) != 0) {
                uint64_t now = spin_clock();
                HOLDS(now >= last);
                last = now;
            }
        }
    }
    if (processors != 0) {
        (void)SetThreadAffinityMask(GetCurrentThread(), processors);
    }
}

static void check_clocks(void)
{
    DWORD_PTR ours = 0;
    DWORD_PTR all = 0;

    /*
     * Judge the median step. On a busy machine a step is sometimes seen late,
     * and then the next one is shorter. The steps are not whole numbers of
     * milliseconds, so a step that is seen may be one millisecond longer.
     */
    DOCUMENTED("clock_now goes in steps of at most 16 ms")
    {
        uint64_t steps[STEPS] = {0};
        size_t count = measure_steps(steps);
        if (HOLDS(count > 0)) {
            unsigned long middle = (unsigned long)steps[count / 2];
            check_note("  clock_now: steps of %lu to %lu ms, most of them %lu", (unsigned long)steps[0],
                       (unsigned long)steps[count - 1], middle);
            if (middle > 17) {
                check_differs("%lu ms", middle);
            }
        }
    }

    DOCUMENTED("QueryPerformanceCounter keeps pace with the clock, on all processors")
    {
        (void)GetProcessAffinityMask(GetCurrentProcess(), &ours, &all);
        check_counter_on(ours);
        uint64_t apart = UINT64_MAX;
        for (int i = 0; i < 5 && apart > 40000; i++) { /* the thread may pause between the clocks */
            uint64_t ticks = clock_now();
            uint64_t spun = spin_clock();
            Sleep(200);
            ticks = (clock_now() - ticks) * 1000;
            spun = spin_clock() - spun;
            apart = ticks > spun ? ticks - spun : spun - ticks;
        }
        if (apart > 40000) {
            check_differs("%lu us apart in 200 ms", (unsigned long)apart);
        }
    }

    DOCUMENTED("a process that may use one processor does not spin")
    {
        if (!GetProcessAffinityMask(GetCurrentProcess(), &ours, &all) || ours == 0) {
            check_skip("this process has processors of several groups");
        } else {
            DWORD_PTR lowest = ours & (~ours + 1);
            IS(spin_is_sensible(), ours != lowest);
            if (SetProcessAffinityMask(GetCurrentProcess(), lowest)) {
                HOLDS(!spin_is_sensible());
                (void)SetProcessAffinityMask(GetCurrentProcess(), ours);
            } else {
                check_skip("the processors cannot be chosen (%lu)", GetLastError());
            }
        }
    }
}

void windows_check_waiting(void)
{
    check_mutexes();
    check_death();
    check_rights();
    check_clocks();
}
