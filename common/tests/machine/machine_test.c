/*
 * machine_test.c - tests of the simulated machine where it adds to platform.h.
 */
#include "common/tests/machine/machine.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/memory/shared.h"
#include "common/tests/check.h"

/* ---- Named objects ----------------------------------------------------------------------------------------------- */

static object *new_section(const char *name, uint64_t size)
{
    object *section = NULL;
    CHECK_EQUAL(section_create(name, size, NULL, &section), 0);
    return section;
}

static struct view new_view(object *section, enum access access)
{
    struct view view = {0};
    CHECK_EQUAL(view_map(section, access, &view), 0);
    return view;
}

static void test_sections(void)
{
    TEST("a section larger than 4 GiB works in a 64-bit program")
    {
        machine_reset();
        struct view view = {0};
        object *section = new_section("x", (UINT64_C(5) << 30) + 1);
        oserror error = view_map(section, ACCESS_WRITE, &view);
        CHECK_EQUAL(error, sizeof(size_t) == 4 ? OSERROR_NOT_ENOUGH_MEMORY : OSERROR_NONE);
        if (error == OSERROR_NONE) {
            CHECK_EQUAL(view.size, (UINT64_C(5) << 30) + 4096);
            view.base[view.size - 1] = 1;
            CHECK_EQUAL(machine_bytes("x", NULL)[view.size - 1], 1);
        }
    }

    TEST("memory and the address space can be limited")
    {
        machine_reset();
        machine_commit_limit(3 * 4096);
        object *section = new_section("x", 8192);
        object *other = NULL;
        CHECK_EQUAL(section_create("y", 4097, NULL, &other), OSERROR_COMMITMENT_LIMIT);
        CHECK_EQUAL(object_kind_of("y"), OBJECT_NONE);
        void *memory = memory_take(4096);
        CHECK(memory != NULL);
        CHECK(memory_take(1) == NULL);
        memory_give(memory);
        CHECK_EQUAL(machine_live_memory(), 0);
        CHECK_EQUAL(section_create("y", 4096, NULL, &other), 0);
        object_close(section);
        CHECK(memory_take(8192) != NULL);
        CHECK(memory_take(SIZE_MAX) == NULL);
        CHECK(memory_take(0) == NULL);
        CHECK_EQUAL(section_create("z", UINT64_C(1) << 62, NULL, &section), OSERROR_NOT_ENOUGH_MEMORY);
        CHECK_EQUAL(section_create("z", UINT64_MAX, NULL, &section), OSERROR_INVALID_PARAMETER);

        machine_reset();
        machine_view_limit(8192);
        struct view view;
        CHECK_EQUAL(view_map(new_section("x", 8193), ACCESS_READ, &view), OSERROR_NOT_ENOUGH_MEMORY);
        CHECK_EQUAL(view_map(new_section("y", 8192), ACCESS_READ, &view), 0);
    }

    TEST("denied access is error 5, a wrong kind of object is detected first")
    {
        machine_reset();
        object *object = NULL;
        (void)new_section("x", 1);
        (void)new_section("y", 1);
        machine_deny("Local\\x");
        machine_deny_write("y");
        machine_deny("new");
        machine_deny("file");
        CHECK_EQUAL(section_open("x", ACCESS_READ, &object), OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(section_create("Local\\x", 1, NULL, &object), OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(object_open(OBJECT_MUTEX, "x", &object), OSERROR_INVALID_HANDLE);
        CHECK_EQUAL(object_kind_of("x"), OBJECT_SECTION);
        CHECK_EQUAL(section_open("y", ACCESS_WRITE, &object), OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(section_open("y", ACCESS_READ, &object), 0);
        CHECK_EQUAL(object_create(OBJECT_EVENT, "new", NULL, &object), OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(file_create("file", &object), OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(file_open("file", &object), OSERROR_ACCESS_DENIED);
    }

    TEST("without the privilege only the creation of a global section fails")
    {
        machine_reset();
        object *object = NULL;
        machine_foreign_section("Global\\there", NULL, 1, 1);
        machine_deny_global();
        CHECK_EQUAL(section_create("Global\\x", 1, NULL, &object), OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(section_create("x", 1, NULL, &object), 0);
        CHECK_EQUAL(object_create(OBJECT_EVENT, "Global\\e", NULL, &object), 0);
        CHECK_EQUAL(object_create(OBJECT_MUTEX, "Global\\m", NULL, &object), 0);
        CHECK_EQUAL(section_open("Global\\there", ACCESS_READ, &object), 0);
    }

    TEST("foreign objects exist until machine_forget(), and are no leaks")
    {
        machine_reset();
        object *object = NULL;
        machine_foreign_section("x", "hello", 5, 4096);
        struct view view;
        CHECK_EQUAL(section_open("x", ACCESS_READ, &object), 0);
        CHECK_EQUAL(view_map(object, ACCESS_READ, &view), 0);
        CHECK_EQUAL(view.size, 4096);
        CHECK_BYTES(view.base, 6, "hello", 6);
        machine_bytes("x", NULL)[0] = 'j';
        CHECK_EQUAL(view.base[0], 'j');
        machine_forget("x");
        CHECK_EQUAL(object_kind_of("x"), OBJECT_SECTION);
        object_close(object);
        view_unmap(&view);
        CHECK_EQUAL(object_kind_of("x"), OBJECT_NONE);

        for (enum object_kind kind = OBJECT_EVENT; kind <= OBJECT_JOB; kind++) {
            machine_foreign("y", kind);
            CHECK_EQUAL(object_kind_of("y"), kind);
            CHECK_EQUAL(section_create("y", 1, NULL, &object), OSERROR_INVALID_HANDLE);
            CHECK_EQUAL(machine_live_objects(), 0);
            machine_forget("y");
        }
        CHECK_EQUAL(object_kind_of("y"), OBJECT_NONE);
    }

    TEST("a section may be committed in part")
    {
        machine_reset();
        object *object = NULL;
        struct view view;
        machine_foreign_section("x", NULL, 12288, 4096);
        CHECK_EQUAL(section_open("x", ACCESS_READ, &object), 0);
        CHECK_EQUAL(view_map(object, ACCESS_READ, &view), 0);
        CHECK_EQUAL(view.size, 12288);
        CHECK_EQUAL(view.committed, 4096);
        CHECK_EQUAL(view.base[4095], 0);
    }
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

static struct waited wait_one(object *object, uint64_t deadline)
{
    return wait_any(&object, 1, deadline);
}

static void set_event(void *context)
{
    object *event = NULL;
    machine_switch_process(2);
    CHECK_EQUAL(object_open(OBJECT_EVENT, context, &event), 0);
    CHECK_EQUAL(object_signal(event, SIGNAL_SET), 0);
    object_close(event);
}

static void count_waits(void *context)
{
    ++*(int *)context;
}

static void interrupt_process_1(void *context)
{
    (void)context;
    machine_interrupt(1);
}

static void test_waiting(void)
{
    TEST("only waits advance the clock, to their deadline")
    {
        machine_reset();
        CHECK_EQUAL(clock_now(), 1000);
        uint64_t wall = clock_wall();
        object *event = NULL;
        CHECK_EQUAL(object_create(OBJECT_EVENT, "e", NULL, &event), 0);
        CHECK_EQUAL(wait_one(event, 1500).how, WAITED_TIMEOUT);
        CHECK_EQUAL(clock_now(), 1500);
        CHECK_EQUAL(clock_wall(), wall + 500 * 10000);
        CHECK_EQUAL(wait_one(event, 3).how, WAITED_TIMEOUT);
        CHECK_EQUAL(clock_now(), 1500);
        CHECK_EQUAL(wait_any(NULL, 0, 1600).how, WAITED_TIMEOUT);
        CHECK_EQUAL(clock_now(), 1600);
        machine_clock_advance(5);
        CHECK_EQUAL(clock_now(), 1605);
    }

    TEST("the mutex of a killed process is abandoned for the first waiter only")
    {
        machine_reset();
        object *mutex = NULL;
        machine_foreign("m", OBJECT_MUTEX);
        CHECK_EQUAL(object_open(OBJECT_MUTEX, "m", &mutex), 0);
        machine_switch_process(2);
        machine_own("m");
        machine_switch_process(1);
        CHECK_EQUAL(wait_one(mutex, 0).how, WAITED_TIMEOUT);
        machine_kill_process(2);
        CHECK_EQUAL(wait_one(mutex, 0).how, WAITED_ABANDONED);
        CHECK_EQUAL(wait_one(mutex, 0).how, WAITED_SIGNALLED);
    }

    TEST("a killed process leaves no handle, view, memory or name")
    {
        machine_reset();
        machine_switch_process(2);
        (void)new_view(new_section("x", 1), ACCESS_WRITE);
        (void)memory_take(1);
        object *mutex = NULL;
        CHECK_EQUAL(object_create(OBJECT_MUTEX, "m", NULL, &mutex), 0);
        machine_switch_process(1);
        CHECK_EQUAL(machine_live_objects(), 2);
        CHECK_EQUAL(machine_live_views(), 1);
        CHECK_EQUAL(machine_live_memory(), 1);
        machine_kill_process(2);
        CHECK_EQUAL(machine_live_objects() + machine_live_views() + machine_live_memory(), 0);
        CHECK_EQUAL(object_kind_of("x"), OBJECT_NONE);
        CHECK_EQUAL(object_kind_of("m"), OBJECT_NONE);
    }

    TEST("a callback before the clock advances can end a wait")
    {
        machine_reset();
        object *event = NULL;
        CHECK_EQUAL(object_create(OBJECT_EVENT, "e", NULL, &event), 0);
        machine_on_wait(set_event, "e");
        CHECK_EQUAL(wait_one(event, CLOCK_NEVER).how, WAITED_SIGNALLED);
        CHECK_EQUAL(process_id(), 1);
        CHECK_EQUAL(clock_now(), 1000);

        int waits = 0;
        object *other = NULL;
        CHECK_EQUAL(object_create(OBJECT_EVENT, "other", NULL, &other), 0);
        machine_on_wait(count_waits, &waits);
        CHECK_EQUAL(wait_one(other, 2000).how, WAITED_TIMEOUT);
        CHECK_EQUAL(waits, 1);
        CHECK_EQUAL(clock_now(), 2000);
        CHECK_EQUAL(wait_one(other, 2000).how, WAITED_TIMEOUT); /* no wait: it is too late */
        CHECK_EQUAL(waits, 1);
    }

    TEST("Ctrl+C ends this wait and the next ones, unless an object is signalled")
    {
        machine_reset();
        object *event = NULL;
        CHECK_EQUAL(object_create(OBJECT_EVENT, "e", NULL, &event), 0);
        CHECK_EQUAL(interrupt_catch(), 0);
        machine_on_wait(interrupt_process_1, NULL);
        CHECK_EQUAL(wait_one(event, CLOCK_NEVER).how, WAITED_INTERRUPTED);
        CHECK_EQUAL(wait_one(event, 0).how, WAITED_INTERRUPTED);
        CHECK_EQUAL(object_signal(event, SIGNAL_SET), 0);
        CHECK_EQUAL(wait_one(event, CLOCK_NEVER).how, WAITED_SIGNALLED);
    }
}

/* ---- Programs ---------------------------------------------------------------------------------------------------- */

static int tidy_program(void *context)
{
    object *event = NULL;
    if (object_create(OBJECT_EVENT, "e", NULL, &event) == 0) {
        object_close(event);
    }
    return *(int *)context;
}

static int untidy_program(void *context)
{
    (void)context;
    (void)new_section("x", 1);
    (void)memory_take(1);
    return 5;
}

/*
 * A holder: it holds a section until another process sets the event x.release.
 */
static int holding_program(void *context)
{
    object *section = NULL;
    object *holder = NULL;
    object *release = NULL;
    int result = 8;
    if (section_create("x", 1, NULL, &section) == 0 && object_create(OBJECT_MUTEX, "x.holder", NULL, &holder) == 0 &&
        wait_one(holder, 0).how == WAITED_SIGNALLED && object_create(OBJECT_EVENT, "x.release", NULL, &release) == 0) {
        result = wait_one(release, *(uint64_t *)context).how == WAITED_SIGNALLED ? 3 : 6;
        (void)object_signal(holder, SIGNAL_RELEASE);
    }
    object_close(release);
    object_close(holder);
    object_close(section);
    return result;
}

/* A releaser: it sets x.release, and waits until the holder has released. */
static int releasing_program(void *context)
{
    object *holder = NULL;
    object *release = NULL;
    CHECK_EQUAL(object_open(OBJECT_MUTEX, "x.holder", &holder), 0);
    CHECK_EQUAL(object_open(OBJECT_EVENT, "x.release", &release), 0);
    CHECK_EQUAL(object_signal(release, SIGNAL_SET), 0);
    *(struct waited *)context = wait_one(holder, CLOCK_NEVER);
    object_close(holder);
    object_close(release);
    return object_kind_of("x") == OBJECT_NONE ? 0 : 1;
}

static int sleeping_program(void *context)
{
    static uint64_t woken;
    for (int i = 0; i < 3; i++) {
        (void)wait_any(NULL, 0, clock_now() + *(uint64_t *)context);
        CHECK(clock_now() >= woken);
        woken = clock_now();
    }
    return (int)clock_now();
}

static void kill_process_2(void *context)
{
    (void)context;
    machine_kill_process(2);
}

static void start_releaser_once(void *context)
{
    machine_on_wait(NULL, NULL);
    machine_start(3, releasing_program, context);
}

/*
 * The program for process_start(): it adopts the event with the number
 * arguments[2], sets it, and returns arguments[1].
 */
static int answering_program(int count, char **arguments)
{
    object *event = NULL;
    CHECK_EQUAL(count, 3);
    CHECK(arguments[count] == NULL);
    CHECK(file_standard(STANDARD_ERROR) == NULL);
    if (object_adopt(NULL, (uint64_t)atoi(arguments[2]), &event) != 0) {
        return 77;
    }
    CHECK_EQUAL(object_signal(event, SIGNAL_SET), 0);
    object_close(event);
    return atoi(arguments[1]);
}

static const char *const answers[] = {"answer", "42", "0", NULL};

static void kill_at_third_step(void *context)
{
    if (++*(int *)context == 3) {
        machine_kill_process(2);
    }
}

static int storing_program(void *context)
{
    uint32_t word = 0;
    for (int i = 0; i < *(int *)context; i++) {
        shared_store32_release(&word, 1);
    }
    return *(int *)context;
}

static void test_programs(void)
{
    TEST("a started process may leave handles unadopted, be ended, or stay in a job")
    {
        machine_reset();
        machine_program(answering_program);
        object *event = NULL;
        struct started started = {0};
        char number[24];
        CHECK_EQUAL(machine_started(), 0);
        CHECK_EQUAL(object_create(OBJECT_EVENT, "e", NULL, &event), 0);
        (void)snprintf(number, sizeof number, "%llu", (unsigned long long)object_number(event));
        const char *const arguments[] = {"answer", "42", number, NULL};
        CHECK_EQUAL(process_start(arguments, &event, 1, &started), 0);
        number[0] = 'x'; /* the machine has copied it */
        CHECK(!started.in_job);
        CHECK_EQUAL(machine_finish(machine_started()), 42);
        object_close(started.process);
        CHECK_EQUAL(process_start(answers, &event, 1, &started), 0);
        CHECK_EQUAL(machine_finish(machine_started()), 77);
        CHECK_EQUAL(machine_leaks(), 0);
        object_close(started.process);

        machine_job();
        CHECK_EQUAL(process_start(answers, &event, 1, &started), 0);
        CHECK(started.in_job);
        process_end(started.process);
        CHECK_EQUAL(wait_one(started.process, CLOCK_NEVER).how, WAITED_SIGNALLED);
        CHECK_EQUAL(process_exit_status(started.process), 1);
        process_end(started.process);
    }

    TEST("a started process owns what it inherits, even after its parent has ended")
    {
        machine_reset();
        machine_program(answering_program);
        struct started started = {0};
        object *event = NULL;
        (void)machine_switch_process(2);
        CHECK_EQUAL(object_create(OBJECT_EVENT, "e", NULL, &event), 0);
        CHECK_EQUAL(process_start(answers, &event, 1, &started), 0);
        (void)machine_switch_process(1);
        machine_kill_process(2);
        CHECK_EQUAL(object_kind_of("e"), OBJECT_EVENT);
        machine_kill_process(machine_started());
        CHECK_EQUAL(object_kind_of("e"), OBJECT_NONE);
    }

    TEST("a program can be killed, or a callback run, before each store to shared memory")
    {
        int steps = 5;
        machine_reset();
        CHECK_EQUAL(machine_run(2, storing_program, &steps), 5);
        CHECK_EQUAL(machine_steps(), 5);
        for (size_t i = 0; i < 5; i++) {
            machine_reset();
            machine_kill_at_step(i);
            CHECK(machine_run(2, storing_program, &steps) == MACHINE_KILLED);
            CHECK_EQUAL(machine_steps(), i + 1);
        }
        machine_reset();
        int seen = 0;
        machine_on_step(kill_at_third_step, &seen);
        CHECK(machine_run(2, storing_program, &steps) == MACHINE_KILLED);
        CHECK_EQUAL(seen, 3);
    }

    static uint64_t never = CLOCK_NEVER;

    TEST("a program runs as a process, and its leaks are counted and released")
    {
        machine_reset();
        int status = 7;
        CHECK_EQUAL(machine_run(2, tidy_program, &status), 7);
        CHECK_EQUAL(machine_leaks(), 0);
        CHECK_EQUAL(process_id(), 1);
        CHECK_EQUAL(machine_run(2, untidy_program, NULL), 5);
        CHECK_EQUAL(machine_leaks(), 2);
        CHECK_EQUAL(machine_live_objects() + machine_live_memory(), 0);
        CHECK_EQUAL(object_kind_of("x"), OBJECT_NONE);
    }

    TEST("a program killed at any call leaves nothing")
    {
        machine_reset();
        uint64_t deadline = 2000;
        CHECK_EQUAL(machine_run(2, holding_program, &deadline), 6);
        CHECK_EQUAL(machine_leaks(), 0);
        size_t calls = machine_calls();
        CHECK_EQUAL(calls, 5);
        for (size_t i = 0; i < calls; i++) {
            machine_reset();
            machine_kill_at(i);
            CHECK(machine_run(2, holding_program, &deadline) == MACHINE_KILLED);
            CHECK_EQUAL(machine_calls(), i + 1);
            CHECK_EQUAL(machine_live_objects(), 0);
            CHECK_EQUAL(machine_leaks(), 0);
            CHECK_EQUAL(process_id(), 1);
        }
    }

    TEST("a waiting program can be killed, by the test or by Ctrl+C")
    {
        machine_reset();
        machine_on_wait(kill_process_2, NULL);
        CHECK(machine_run(2, holding_program, &never) == MACHINE_KILLED);
        machine_on_wait(interrupt_process_1, NULL);
        CHECK(machine_run(1, holding_program, &never) == MACHINE_KILLED);
        CHECK_EQUAL(machine_live_objects(), 0);
        uint64_t deadline = 2000;
        machine_on_wait(NULL, NULL);
        CHECK_EQUAL(machine_run(2, holding_program, &deadline), 6);
    }

    TEST("programs run side by side, each until it waits")
    {
        machine_reset();
        struct waited waited = {.how = WAITED_FAILED};
        machine_start(2, holding_program, &never);
        CHECK_EQUAL(object_kind_of("x"), OBJECT_NONE);
        CHECK_EQUAL(wait_any(NULL, 0, 1001).how, WAITED_TIMEOUT);
        CHECK_EQUAL(object_kind_of("x"), OBJECT_SECTION);
        CHECK_EQUAL(machine_run(3, releasing_program, &waited), 0);
        CHECK_EQUAL(waited.how, WAITED_SIGNALLED);
        CHECK_EQUAL(machine_finish(2), 3);
        CHECK_EQUAL(machine_leaks(), 0);
        CHECK_EQUAL(clock_now(), 1001);
    }

    TEST("a waiter detects the death of a program that runs beside it")
    {
        machine_reset();
        object *holder = NULL;
        machine_start(2, holding_program, &never);
        CHECK_EQUAL(wait_any(NULL, 0, 1001).how, WAITED_TIMEOUT);
        CHECK_EQUAL(object_open(OBJECT_MUTEX, "x.holder", &holder), 0);
        CHECK_EQUAL(wait_one(holder, 1002).how, WAITED_TIMEOUT);
        machine_on_wait(kill_process_2, NULL);
        CHECK_EQUAL(wait_one(holder, CLOCK_NEVER).how, WAITED_ABANDONED);
        CHECK(machine_finish(2) == MACHINE_KILLED);
        CHECK_EQUAL(object_kind_of("x"), OBJECT_NONE);
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("the clock advances to the next deadline of all programs")
    {
        machine_reset();
        uint64_t periods[] = {70, 100, 30};
        for (uint32_t i = 0; i < 3; i++) {
            machine_start(2 + i, sleeping_program, &periods[i]);
        }
        CHECK_EQUAL(machine_finish(2), 1210);
        CHECK_EQUAL(machine_finish(4), 1090);
        CHECK_EQUAL(machine_finish(3), 1300);
        CHECK_EQUAL(clock_now(), 1300);
    }

    TEST("a callback may start the program that ends the wait")
    {
        machine_reset();
        struct waited waited = {.how = WAITED_FAILED};
        machine_on_wait(start_releaser_once, &waited);
        CHECK_EQUAL(machine_run(2, holding_program, &never), 3);
        CHECK_EQUAL(machine_finish(3), 0);
        CHECK_EQUAL(waited.how, WAITED_SIGNALLED);
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("a reset ends programs that still run or have not begun")
    {
        machine_reset();
        machine_start(2, holding_program, &never);
        (void)wait_any(NULL, 0, 1001);
        machine_start(3, holding_program, &never);
        machine_reset();
        CHECK_EQUAL(machine_live_objects(), 0);
        CHECK_EQUAL(object_kind_of("x"), OBJECT_NONE);
        CHECK_EQUAL(clock_now(), 1000);
        uint64_t deadline = 2000;
        CHECK_EQUAL(machine_run(2, holding_program, &deadline), 6);
    }

    TEST("a program that is killed before it begins does not begin")
    {
        machine_reset();
        int status = 0;
        machine_start(2, tidy_program, &status);
        machine_kill_process(2);
        CHECK(machine_finish(2) == MACHINE_KILLED);
        CHECK_EQUAL(machine_calls(), 0);
        CHECK_EQUAL(machine_run(2, tidy_program, &status), 0);
    }
}

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

static void kill_process_2_at_event(void *context, const char *function, size_t index)
{
    (void)index;
    ++*(int *)context;
    if (strcmp(function, "event_create") == 0) {
        machine_kill_process(2);
    }
    object *object = NULL;
    (void)section_open("nothing", ACCESS_READ, &object);
}

/* ---- Threads ----------------------------------------------------------------------------------------------------- */

static struct {
    object *event;
    uint32_t process;
    char got[8];
    bool has_ended;
} further;

static void set_in_thread(void *context)
{
    (void)context;
    further.process = process_id();
    CHECK_EQUAL(object_signal(further.event, SIGNAL_SET), 0);
    further.has_ended = true;
}

static int wait_for_thread(void *context)
{
    (void)context;
    object *thread = NULL;
    CHECK_EQUAL(object_create(OBJECT_EVENT, NULL, NULL, &further.event), 0);
    CHECK_EQUAL(thread_start(set_in_thread, NULL, &thread), 0);
    object *const awaited[] = {further.event, thread};
    CHECK_EQUAL(wait_any(awaited, 2, CLOCK_NEVER).which, 0);
    CHECK_EQUAL(wait_any(&thread, 1, CLOCK_NEVER).how, WAITED_SIGNALLED);
    object_close(thread);
    object_close(further.event);
    return 7;
}

static void read_input(void *context)
{
    (void)context;
    for (size_t got = 1; got != 0;) {
        CHECK_EQUAL(file_read(file_standard(STANDARD_INPUT), further.got, sizeof further.got, &got), 0);
    }
    further.has_ended = true;
}

/* Start the thread, and return after 50 ms even if it still runs. */
static int leave_thread(void *context)
{
    (void)context;
    object *thread = NULL;
    CHECK_EQUAL(thread_start(read_input, NULL, &thread), 0);
    return (int)wait_any(&thread, 1, clock_now() + 50).how;
}

static void test_threads(void)
{
    static const struct machine_piece pieces[] = {{"abc", 3, 0}, {NULL, 0, MACHINE_BLOCKS}};

    TEST("a thread belongs to its process, which can wait for its end")
    {
        machine_reset();
        further.has_ended = false;
        CHECK_EQUAL(machine_run(2, wait_for_thread, NULL), 7);
        CHECK_EQUAL(further.process, 2);
        CHECK(further.has_ended);
        CHECK_EQUAL(machine_live_objects() + machine_leaks(), 0);
    }

    TEST("a read waits for its input")
    {
        machine_reset();
        machine_input_pipe(2, pieces, 2);
        machine_input_go_on(2);
        further.has_ended = false;
        CHECK_EQUAL(machine_run(2, leave_thread, NULL), WAITED_SIGNALLED);
        CHECK(further.has_ended);
    }

    TEST("a waiting thread ends with its process, and its objects are no leaks")
    {
        for (int killed = 0; killed < 2; killed++) {
            machine_reset();
            machine_input_pipe(2, pieces, 2);
            further.has_ended = false;
            machine_start(2, leave_thread, NULL);
            CHECK_EQUAL(wait_any(NULL, 0, clock_now() + 10).how, WAITED_TIMEOUT);
            if (killed) {
                machine_kill_process(2);
            }
            CHECK_EQUAL(machine_finish(2), killed ? MACHINE_KILLED : (int)WAITED_TIMEOUT);
            CHECK(!further.has_ended);
            CHECK(memcmp(further.got, "abc", 3) == 0);
            CHECK_EQUAL(machine_live_objects() + machine_leaks(), 0);
        }
    }

    TEST("a kill of a thread in a call kills the process")
    {
        machine_reset();
        machine_kill_at(3); /* after event_create, thread_start and wait_any */
        further.has_ended = false;
        CHECK_EQUAL(machine_run(2, wait_for_thread, NULL), MACHINE_KILLED);
        CHECK(!further.has_ended);
        CHECK_EQUAL(machine_live_objects(), 0);
    }
}

static void test_failures(void)
{
    TEST("each fallible call is counted by name, and can fail without an effect")
    {
        static const char *const functions[] = {
            "section_create", "section_open",     "view_map",       "mutex_create",     "mutex_open",
            "event_create",   "event_open",       "event_set",      "wait_any",         "interrupt_catch",
            "file_open",      "file_read",        "file_write",     "file_create",      "file_commit",
            "memory_take",    "console_write",    "console_read",   "code_page_encode", "code_page_decode",
            "event_reset",    "semaphore_create", "semaphore_open", "semaphore_raise",  "process_start",
            "object_adopt",
        };
        static const uint16_t *const lines[] = {u"a\r\n", NULL};
        const size_t count = sizeof functions / sizeof *functions;
        for (size_t failing = 0; failing <= count; failing++) {
            machine_reset();
            machine_input_console(1, lines);
            machine_output(1, STANDARD_ERROR, MACHINE_CONSOLE);
            machine_file_put("in", "abc", 3);
            char row[40];
            (void)snprintf(row, sizeof row, "%s fails", failing < count ? functions[failing] : "nothing");
            check_row(row);

            /*
             * Create all objects before the count begins, so that one failure
             * affects one call.
             */
            object *section = new_section("s", 1);
            object *event = NULL;
            object *semaphore = NULL;
            object *opened = NULL;
            object *out = NULL;
            object *file = NULL;
            uint8_t bytes[8];
            uint16_t units[8];
            size_t size = 0;
            machine_foreign("m", OBJECT_MUTEX);
            CHECK_EQUAL(object_create(OBJECT_EVENT, "e", NULL, &event), 0);
            CHECK_EQUAL(object_create(OBJECT_SEMAPHORE, "n", NULL, &semaphore), 0);
            machine_program(answering_program);
            CHECK_EQUAL(file_create("out", &out), 0);
            CHECK_EQUAL(file_open("in", &file), 0);
            size_t before = machine_calls();
            size_t live = machine_live_objects();
            if (failing < count) {
                machine_fail(before + failing, 4321);
            }

            struct view view = {0};
            struct waited waited;
            struct started started;
            oserror errors[sizeof functions / sizeof *functions];
            size_t i = 0;
            errors[i++] = section_create("new", 1, NULL, &opened);
            errors[i++] = section_open("s", ACCESS_READ, &opened);
            errors[i++] = view_map(section, ACCESS_READ, &view);
            errors[i++] = object_create(OBJECT_MUTEX, "newer", NULL, &opened);
            errors[i++] = object_open(OBJECT_MUTEX, "m", &opened);
            errors[i++] = object_create(OBJECT_EVENT, "newest", NULL, &opened);
            errors[i++] = object_open(OBJECT_EVENT, "e", &opened);
            errors[i++] = object_signal(event, SIGNAL_SET);
            waited = wait_one(event, 0);
            errors[i++] = waited.how == WAITED_FAILED ? waited.error : 0;
            CHECK(waited.how == (failing == 7 ? WAITED_TIMEOUT : failing == 8 ? WAITED_FAILED : WAITED_SIGNALLED));
            errors[i++] = interrupt_catch();
            errors[i++] = file_open("in", &opened);
            errors[i++] = file_read(file, bytes, 8, &size);
            errors[i++] = file_write(out, "xyz", 3);
            errors[i++] = file_create("another", &opened);
            errors[i++] = file_commit(out, "out");
            void *memory = memory_take(1);
            errors[i++] = memory == NULL ? 4321 : 0;
            errors[i++] = console_write(file_standard(STANDARD_ERROR), u"a", 1);
            errors[i++] = console_read(file_standard(STANDARD_INPUT), units, 8, &size);
            errors[i++] = code_page_encode(1252, units, 1, bytes, 8, &size);
            errors[i++] = code_page_decode(1252, bytes, 1, true, units, &size, &size);
            errors[i++] = object_signal(event, SIGNAL_RESET);
            errors[i++] = object_create(OBJECT_SEMAPHORE, "newest of all", NULL, &opened);
            errors[i++] = object_open(OBJECT_SEMAPHORE, "n", &opened);
            errors[i++] = object_signal(semaphore, SIGNAL_RAISE);
            errors[i++] = process_start(answers, &event, 1, &started);
            errors[i++] = object_adopt(NULL, object_number(event), &opened);
            CHECK_EQUAL(i, count);

            CHECK_EQUAL(machine_calls(), before + count);
            for (i = 0; i < count; i++) {
                CHECK_TEXT(machine_call_name(before + i), functions[i]);
                CHECK_EQUAL(errors[i], i == failing ? 4321 : 0);
            }
            static const uint8_t opens[] = {1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1,
                                            0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 2, 0, 0};
            CHECK_EQUAL(machine_live_objects(), live + 12 - opens[failing]);
            CHECK((view.base == NULL) == (failing == 2));
            CHECK((machine_file_bytes("out", NULL) == NULL) == (failing == 14));
            CHECK_TEXT(machine_written(1, STANDARD_ERROR, NULL), failing == 16 ? "" : "a");
        }
        CHECK_TEXT(machine_call_name(SIZE_MAX), "");
    }

    TEST("the nth call of a function from now on can fail, or every call")
    {
        machine_reset();
        object *opened = NULL;
        object *section = new_section("x", 1);
        CHECK_EQUAL(section_open("x", ACCESS_READ, &opened), 0);
        machine_fail_function("section_open", 2, OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(section_open("x", ACCESS_READ, &opened), 0);
        CHECK_EQUAL(section_open("x", ACCESS_READ, &opened), OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(section_open("x", ACCESS_READ, &opened), 0);
        machine_fail_function("view_map", 0, OSERROR_NOT_ENOUGH_MEMORY);
        struct view view;
        for (int i = 0; i < 3; i++) {
            CHECK_EQUAL(view_map(section, ACCESS_READ, &view), OSERROR_NOT_ENOUGH_MEMORY);
        }
        machine_reset();
        section = new_section("x", 1);
        CHECK_EQUAL(view_map(section, ACCESS_READ, &view), 0);
    }

    TEST("a callback before any call may even end the caller")
    {
        machine_reset();
        int calls = 0;
        uint64_t deadline = 2000;
        machine_on_call(kill_process_2_at_event, &calls);
        CHECK(machine_run(2, holding_program, &deadline) == MACHINE_KILLED);
        CHECK_EQUAL(calls, 4);
        CHECK_EQUAL(machine_calls(), 7); /* three of them from the callback */
        machine_on_call(NULL, NULL);
        CHECK_EQUAL(machine_run(2, holding_program, &deadline), 6);
        CHECK_EQUAL(calls, 4);
    }
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

static void test_files(void)
{
    uint8_t bytes[32];
    size_t got = 99;

    TEST("a read of a pipe returns at most one piece, and its size is unknown")
    {
        machine_reset();
        static const struct machine_piece pieces[] = {{"hello", 5, 0}, {"", 0, 0}, {"a\0b", 3, 0}};
        machine_input_pipe(1, pieces, 3);
        object *input = file_standard(STANDARD_INPUT);
        uint64_t remaining = 0;
        CHECK(!file_remaining(input, &remaining));
        CHECK(!file_is_console(input));
        CHECK_EQUAL(file_read(input, bytes, 4, &got), 0);
        CHECK_BYTES(bytes, got, "hell", 4);
        CHECK_EQUAL(file_read(input, bytes, 4, &got), 0);
        CHECK_BYTES(bytes, got, "o", 1);
        CHECK_EQUAL(file_read(input, bytes, 4, &got), 0);
        CHECK_BYTES(bytes, got, "a\0b", 3);
        for (int i = 0; i < 2; i++) {
            CHECK_EQUAL(file_read(input, bytes, 4, &got), 0);
            CHECK_EQUAL(got, 0);
        }
    }

    TEST("a pipe can fail in the middle")
    {
        machine_reset();
        static const struct machine_piece pieces[] = {{"hello", 5, 0}, {NULL, 0, OSERROR_PIPE_NOT_CONNECTED}};
        machine_input_pipe(1, pieces, 2);
        object *input = file_standard(STANDARD_INPUT);
        CHECK_EQUAL(file_read(input, bytes, 32, &got), 0);
        CHECK_EQUAL(file_read(input, bytes, 32, &got), OSERROR_PIPE_NOT_CONNECTED);
        CHECK_EQUAL(got, 5);
        CHECK_EQUAL(file_read(input, bytes, 32, &got), OSERROR_PIPE_NOT_CONNECTED);
    }

    TEST("a file reports the bytes that remain, and may report a false number")
    {
        machine_reset();
        machine_input_file(1, "hello", 5, 5);
        object *input = file_standard(STANDARD_INPUT);
        uint64_t remaining = 0;
        CHECK(file_remaining(input, &remaining));
        CHECK_EQUAL(remaining, 5);
        CHECK_EQUAL(file_read(input, bytes, 2, &got), 0);
        CHECK(file_remaining(input, &remaining));
        CHECK_EQUAL(remaining, 3);
        machine_input_file(1, "hello", 5, 2);
        CHECK(file_remaining(input, &remaining));
        CHECK_EQUAL(remaining, 2);
        CHECK_EQUAL(file_read(input, bytes, 32, &got), 0);
        CHECK_BYTES(bytes, got, "hello", 5);
        CHECK(file_remaining(input, &remaining));
        CHECK_EQUAL(remaining, 0);
    }

    TEST("a standard handle may be absent in one process")
    {
        machine_reset();
        machine_standard_absent(1, STANDARD_OUTPUT);
        CHECK(file_standard(STANDARD_OUTPUT) == NULL);
        machine_switch_process(2);
        object *output = file_standard(STANDARD_OUTPUT);
        CHECK_EQUAL(file_write(output, "two", 3), 0);
        CHECK_TEXT(machine_written(2, STANDARD_OUTPUT, NULL), "two");
        CHECK_TEXT(machine_written(1, STANDARD_OUTPUT, NULL), "");
    }

    TEST("written bytes and writes are recorded, until the limit")
    {
        machine_reset();
        object *output = file_standard(STANDARD_OUTPUT);
        CHECK_EQUAL(file_write(output, "a\0b", 3), 0);
        CHECK_EQUAL(file_write(output, "", 0), 0);
        CHECK_EQUAL(file_write(output, "cd", 2), 0);
        size_t size = 0;
        const char *written = machine_written(1, STANDARD_OUTPUT, &size);
        CHECK_BYTES(written, size + 1, "a\0bcd", 6);
        CHECK_EQUAL(machine_writes(1, STANDARD_OUTPUT), 2);
        machine_output_limit(1, STANDARD_OUTPUT, 2, OSERROR_NO_DATA);
        CHECK_EQUAL(file_write(output, "e", 1), 0);
        CHECK_EQUAL(file_write(output, "fg", 2), OSERROR_NO_DATA);
        CHECK_EQUAL(file_write(output, "h", 1), OSERROR_NO_DATA);
        written = machine_written(1, STANDARD_OUTPUT, &size);
        CHECK_BYTES(written, size, "a\0bcdef", 7);
    }

    TEST("a console returns typed lines, and prints UTF-16")
    {
        machine_reset();
        static const uint16_t *const lines[] = {u"ab\r\n", u"\u6F22\r\n", u"\x03", u"\x1A\r\n", NULL};
        uint16_t units[8];
        machine_input_console(1, lines);
        object *input = file_standard(STANDARD_INPUT);
        CHECK_EQUAL(interrupt_catch(), 0);
        CHECK(file_is_console(input));
        CHECK_EQUAL(console_read(input, units, 3, &got), 0);
        CHECK_BYTES(units, got * 2, u"ab\r", 6);
        CHECK_EQUAL(console_read(input, units, 3, &got), 0);
        CHECK_BYTES(units, got * 2, u"\n", 2);
        CHECK_EQUAL(console_read(input, units, 8, &got), 0);
        CHECK_BYTES(units, got * 2, u"\u6F22\r\n", 6);
        CHECK_EQUAL(console_read(input, units, 8, &got), OSERROR_OPERATION_ABORTED);
        CHECK_EQUAL(wait_any(NULL, 0, CLOCK_NEVER).how, WAITED_INTERRUPTED);
        CHECK_EQUAL(console_read(input, units, 8, &got), 0);
        CHECK_BYTES(units, got * 2, u"\x1A\r\n", 6);

        machine_output(1, STANDARD_OUTPUT, MACHINE_CONSOLE);
        object *output = file_standard(STANDARD_OUTPUT);
        static const uint16_t emoji[] = {'a', 0xD83D, 0xDE00};
        CHECK_EQUAL(console_write(output, emoji, 2), 0);
        CHECK_EQUAL(console_write(output, emoji + 2, 1), 0);
        CHECK_TEXT(machine_written(1, STANDARD_OUTPUT, NULL), "a\xF0\x9F\x98\x80");
        CHECK_EQUAL(machine_writes(1, STANDARD_OUTPUT), 2);
    }

    TEST("a disk can be full, and a device is written directly")
    {
        machine_reset();
        object *file = NULL;
        machine_file_put("f", "hello", 5);
        machine_disk_limit(8);
        CHECK_EQUAL(file_create("g", &file), 0);
        CHECK_EQUAL(file_write(file, "abc", 3), 0);
        CHECK_EQUAL(file_write(file, "d", 1), OSERROR_DISK_FULL);
        object_close(file);
        CHECK_EQUAL(file_create("h", &file), 0);
        CHECK_EQUAL(file_write(file, "abcd", 4), OSERROR_DISK_FULL);

        machine_reset();
        machine_file_device("CON");
        size_t size = 0;
        CHECK_EQUAL(file_create("CON", &file), 0);
        CHECK_EQUAL(file_write(file, "abc", 3), 0);
        CHECK_BYTES(machine_file_bytes("CON", &size), size, "abc", 3);
        CHECK_EQUAL(file_commit(file, "CON"), 0);
        CHECK_BYTES(machine_file_bytes("CON", &size), size, "abc", 3);
        uint64_t remaining = 0;
        CHECK_EQUAL(file_open("CON", &file), 0);
        CHECK(!file_remaining(file, &remaining));
    }
}

/* ---- Code pages -------------------------------------------------------------------------------------------------- */

static void test_code_pages(void)
{
    TEST("a code page encodes only its own characters, and can be UTF-8")
    {
        uint8_t bytes[8];
        size_t made = 0;
        machine_reset();
        CHECK_EQUAL(code_page_encode(437, u"\u00E9", 1, bytes, 8, &made), OSERROR_NO_UNICODE_TRANSLATION);
        CHECK_EQUAL(code_page_encode(12, u"a", 1, bytes, 8, &made), OSERROR_INVALID_PARAMETER);
        machine_code_page_ansi(65001);
        CHECK_EQUAL(code_page_ansi(), 65001);
        CHECK_EQUAL(code_page_encode(65001, u"\u6F22", 1, bytes, 8, &made), 0);
        CHECK_BYTES(bytes, made, "\xE6\xBC\xA2", 3);
    }
}

/* ---- Mistakes ---------------------------------------------------------------------------------------------------- */

static object *opened_for_mistakes(void)
{
    machine_reset();
    (void)new_section("x", 1);
    object *opened = NULL;
    CHECK_EQUAL(section_open("x", ACCESS_READ, &opened), 0);
    return opened;
}

static void write_to_reading_view(void)
{
    new_view(opened_for_mistakes(), ACCESS_READ).base[0] = 1;
}

static volatile uint8_t sink;

static void read_beyond_view(void)
{
    struct view view = new_view(opened_for_mistakes(), ACCESS_READ);
    sink = view.base[view.size];
}

static void read_before_view(void)
{
    struct view view = new_view(opened_for_mistakes(), ACCESS_READ);
    sink = *(view.base - 1);
}

static void read_after_unmapping(void)
{
    struct view view = new_view(opened_for_mistakes(), ACCESS_READ);
    const uint8_t *base = view.base;
    view_unmap(&view);
    sink = base[0];
}

static void read_what_is_not_committed(void)
{
    machine_reset();
    object *opened = NULL;
    machine_foreign_section("x", NULL, 8192, 4096);
    CHECK_EQUAL(section_open("x", ACCESS_READ, &opened), 0);
    sink = new_view(opened, ACCESS_READ).base[4096];
}

static void wait_for_ever(void)
{
    machine_reset();
    object *event = NULL;
    CHECK_EQUAL(object_create(OBJECT_EVENT, "e", NULL, &event), 0);
    (void)wait_one(event, CLOCK_NEVER);
}

static void close_twice(void)
{
    object *opened = opened_for_mistakes();
    object_close(opened);
    object_close(opened);
}

static void close_a_standard_handle(void)
{
    machine_reset();
    object_close(file_standard(STANDARD_OUTPUT));
}

static void close_somebody_elses(void)
{
    object *opened = opened_for_mistakes();
    machine_switch_process(2);
    object_close(opened);
}

static void give_twice(void)
{
    machine_reset();
    void *memory = memory_take(1);
    memory_give(memory);
    memory_give(memory);
}

static void write_bytes_to_a_console(void)
{
    machine_reset();
    machine_output(1, STANDARD_OUTPUT, MACHINE_CONSOLE);
    (void)file_write(file_standard(STANDARD_OUTPUT), "a", 1);
}

static void read_bytes_from_a_console(void)
{
    static const uint16_t *const lines[] = {NULL};
    machine_reset();
    machine_input_console(1, lines);
    size_t got = 0;
    uint8_t byte = 0;
    (void)file_read(file_standard(STANDARD_INPUT), &byte, 1, &got);
}

static void wait_for_a_section(void)
{
    (void)wait_one(opened_for_mistakes(), CLOCK_NEVER);
}

static void set_a_section(void)
{
    (void)object_signal(opened_for_mistakes(), SIGNAL_SET);
}

static const struct {
    const char *row;
    void (*mistake)(void);
} mistakes[] = {
    {"writing to a view for reading", write_to_reading_view},
    {"reading beyond a view", read_beyond_view},
    {"reading before a view", read_before_view},
    {"reading a view that was unmapped", read_after_unmapping},
    {"reading a page that is not committed", read_what_is_not_committed},
    {"waiting without an end", wait_for_ever},
    {"closing a handle twice", close_twice},
    {"closing a standard handle", close_a_standard_handle},
    {"closing a handle of another process", close_somebody_elses},
    {"releasing memory twice", give_twice},
    {"writing bytes to a console", write_bytes_to_a_console},
    {"reading bytes from a console", read_bytes_from_a_console},
    {"waiting for a section", wait_for_a_section},
    {"setting a section", set_a_section},
};

static void test_mistakes(void)
{
    TEST("a mistake of a program ends the test")
    {
        for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
            check_row(mistakes[i].row);
            machine_reset();
            (void)fflush(stdout);
            pid_t child = fork();
            if (child == 0) {
                (void)signal(SIGABRT, SIG_DFL);
                (void)signal(SIGSEGV, SIG_DFL);
                (void)close(STDERR_FILENO);
                mistakes[i].mistake();
                _exit(0);
            }
            int status = 0;
            CHECK(waitpid(child, &status, 0) == child);
            CHECK(WIFSIGNALED(status) && (WTERMSIG(status) == SIGABRT || WTERMSIG(status) == SIGSEGV));
        }
    }
}

int main(void)
{
    test_sections();
    test_waiting();
    test_programs();
    test_threads();
    test_failures();
    test_files();
    test_code_pages();
    test_mistakes();
    machine_reset();
    return check_end();
}
