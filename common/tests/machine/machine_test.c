/*
 * machine_test.c - tests of the failures, kills and limits of the simulated
 * machine, and of the mistakes that it detects.
 *
 * The other tests would pass without them: a failure or a kill that does not
 * happen harms no program. platform_test.c shows that the machine behaves as
 * platform.h documents.
 */
#include "common/tests/machine/machine.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/memory/shared.h"
#include "common/tests/check.h"

static object *new_section(const char *name, uint64_t size)
{
    object *section = NULL;
    CHECK_EQUAL(section_create(name, size, NULL, &section), 0);
    return section;
}

static object *new_object(enum object_kind kind, const char *name)
{
    object *made = NULL;
    CHECK_EQUAL(object_create(kind, name, NULL, &made), 0);
    return made;
}

/* ---- Limits ------------------------------------------------------------------------------------------------------ */

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

static void test_limits(void)
{
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
        object_close(section);
        CHECK(memory_take(12288) != NULL);

        machine_reset();
        machine_view_limit(8192);
        struct view view;
        CHECK_EQUAL(view_map(new_section("x", 8193), ACCESS_READ, &view), OSERROR_NOT_ENOUGH_MEMORY);
        CHECK_EQUAL(view_map(new_section("y", 8192), ACCESS_READ, &view), 0);
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
}

/* ---- Kills ------------------------------------------------------------------------------------------------------- */

static int tidy_program(void *context)
{
    object_close(new_object(OBJECT_EVENT, "e"));
    return *(int *)context;
}

static int untidy_program(void *context)
{
    struct view view;
    (void)context;
    CHECK_EQUAL(view_map(new_section("x", 1), ACCESS_READ, &view), 0);
    (void)memory_take(1);
    return 5;
}

/*
 * A holder: it holds a section until another process sets the event x.release.
 */
static int holding_program(void *context)
{
    object *section = new_section("x", 1);
    object *holder = new_object(OBJECT_MUTEX, "x.holder");
    CHECK_EQUAL(wait_any(&holder, 1, 0).how, WAITED_SIGNALLED);
    object *release = new_object(OBJECT_EVENT, "x.release");
    int result = wait_any(&release, 1, *(uint64_t *)context).how == WAITED_SIGNALLED ? 3 : 6;
    (void)object_signal(holder, SIGNAL_RELEASE);
    object_close(release);
    object_close(holder);
    object_close(section);
    return result;
}

static void kill_process_2(void *context)
{
    (void)context;
    machine_kill_process(2);
}

static void interrupt_process_2(void *context)
{
    (void)context;
    machine_interrupt(2);
}

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

static void test_kills(void)
{
    uint64_t deadline = 2000;
    uint64_t never = CLOCK_NEVER;

    TEST("a program runs as a process, and its leaks are counted and released")
    {
        machine_reset();
        int status = 7;
        CHECK_EQUAL(machine_run(2, tidy_program, &status), 7);
        CHECK_EQUAL(machine_leaks(), 0);
        CHECK_EQUAL(process_id(), 1);
        CHECK_EQUAL(machine_run(2, untidy_program, NULL), 5);
        CHECK_EQUAL(machine_leaks(), 3);
        CHECK_EQUAL(machine_live_objects() + machine_live_views() + machine_live_memory(), 0);
        CHECK_EQUAL(object_kind_of("x"), OBJECT_NONE);
    }

    TEST("a program killed at any call leaves nothing")
    {
        machine_reset();
        CHECK_EQUAL(machine_run(2, holding_program, &deadline), 6);
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

    TEST("a program can be killed, or a callback run, before each store to shared memory")
    {
        int steps = 5;
        int seen = 0;
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
        machine_on_step(kill_at_third_step, &seen);
        CHECK(machine_run(2, storing_program, &steps) == MACHINE_KILLED);
        CHECK_EQUAL(seen, 3);
    }

    TEST("a waiting program can be killed, by the test or by Ctrl+C")
    {
        machine_reset();
        machine_on_wait(kill_process_2, NULL);
        CHECK(machine_run(2, holding_program, &never) == MACHINE_KILLED);
        machine_on_wait(interrupt_process_2, NULL);
        CHECK(machine_run(2, holding_program, &never) == MACHINE_KILLED);
        CHECK_EQUAL(machine_live_objects(), 0);
        machine_on_wait(NULL, NULL);
        CHECK_EQUAL(machine_run(2, holding_program, &deadline), 6);
    }
}

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

static const char *const functions[] = {
    "section_create",   "section_open",     "view_map",    "mutex_create",     "mutex_open",     "event_create",
    "event_open",       "event_set",        "wait_any",    "interrupt_catch",  "file_open",      "file_read",
    "file_write",       "file_create",      "file_commit", "memory_take",      "console_write",  "console_read",
    "code_page_encode", "code_page_decode", "event_reset", "semaphore_create", "semaphore_open", "semaphore_raise",
    "process_start",    "object_adopt",
};
#define FUNCTIONS (sizeof functions / sizeof *functions)

static int program(int count, char **arguments)
{
    (void)arguments;
    return count;
}

/*
 * Make each of these calls once, with the call `failing` failing. Create what
 * they need before, so that one failure affects one call.
 */
static void test_failing(size_t failing)
{
    static const uint16_t *const lines[] = {u"a\r\n", NULL};
    static const char *const arguments[] = {"program", NULL};
    object *section = new_section("s", 1);
    object *event = new_object(OBJECT_EVENT, "e");
    object *semaphore = new_object(OBJECT_SEMAPHORE, "n");
    object *out = NULL;
    object *in = NULL;
    object *opened = NULL;
    struct view view = {0};
    struct started started;
    uint8_t bytes[8];
    uint16_t units[8];
    size_t size = 0;
    machine_foreign("m", OBJECT_MUTEX);
    machine_program(program);
    machine_input_console(1, lines);
    machine_output(1, STANDARD_ERROR, MACHINE_CONSOLE);
    machine_file_put("in", "abc", 3);
    CHECK_EQUAL(file_create("out", &out), 0);
    CHECK_EQUAL(file_open("in", &in), 0);
    size_t before = machine_calls();
    size_t live = machine_live_objects();
    if (failing < FUNCTIONS) {
        machine_fail(before + failing, 4321);
    }

    oserror errors[FUNCTIONS];
    size_t i = 0;
    errors[i++] = section_create("new", 1, NULL, &opened);
    errors[i++] = section_open("s", ACCESS_READ, &opened);
    errors[i++] = view_map(section, ACCESS_READ, &view);
    errors[i++] = object_create(OBJECT_MUTEX, "newer", NULL, &opened);
    errors[i++] = object_open(OBJECT_MUTEX, "m", &opened);
    errors[i++] = object_create(OBJECT_EVENT, "newest", NULL, &opened);
    errors[i++] = object_open(OBJECT_EVENT, "e", &opened);
    errors[i++] = object_signal(event, SIGNAL_SET);
    struct waited waited = wait_any(&event, 1, 0);
    errors[i++] = waited.how == WAITED_FAILED ? waited.error : 0;
    CHECK(waited.how == (failing == 7 ? WAITED_TIMEOUT : failing == 8 ? WAITED_FAILED : WAITED_SIGNALLED));
    errors[i++] = interrupt_catch();
    errors[i++] = file_open("in", &opened);
    errors[i++] = file_read(in, bytes, 8, &size);
    errors[i++] = file_write(out, "xyz", 3);
    errors[i++] = file_create("another", &opened);
    errors[i++] = file_commit(out, "out");
    errors[i++] = memory_take(1) == NULL ? 4321 : 0;
    errors[i++] = console_write(file_standard(STANDARD_ERROR), u"a", 1);
    errors[i++] = console_read(file_standard(STANDARD_INPUT), units, 8, &size);
    errors[i++] = code_page_encode(1252, units, 1, bytes, 8, &size);
    errors[i++] = code_page_decode(1252, bytes, 1, true, units, &size, &size);
    errors[i++] = object_signal(event, SIGNAL_RESET);
    errors[i++] = object_create(OBJECT_SEMAPHORE, "newest of all", NULL, &opened);
    errors[i++] = object_open(OBJECT_SEMAPHORE, "n", &opened);
    errors[i++] = object_signal(semaphore, SIGNAL_RAISE);
    errors[i++] = process_start(arguments, &event, 1, &started);
    errors[i++] = object_adopt(NULL, object_number(event), &opened);
    CHECK_EQUAL(i, FUNCTIONS);

    CHECK_EQUAL(machine_calls(), before + FUNCTIONS);
    for (i = 0; i < FUNCTIONS; i++) {
        CHECK_TEXT(machine_call_name(before + i), functions[i]);
        CHECK_EQUAL(errors[i], i == failing ? 4321 : 0);
    }
    static const uint8_t opens[FUNCTIONS + 1] = {
        [0] = 1, [1] = 1, [3] = 1, [4] = 1, [5] = 1, [6] = 1, [10] = 1, [13] = 1, [21] = 1, [22] = 1, [24] = 2};
    CHECK_EQUAL(machine_live_objects(), live + 12 - opens[failing]);
    CHECK((view.base == NULL) == (failing == 2));
    CHECK((machine_file_bytes("out", NULL) == NULL) == (failing == 14));
    CHECK_TEXT(machine_written(1, STANDARD_ERROR, NULL), failing == 16 ? "" : "a");
}

static void test_failures(void)
{
    TEST("each fallible call is counted by name, and can fail without an effect")
    {
        for (size_t failing = 0; failing <= FUNCTIONS; failing++) {
            check_row(failing < FUNCTIONS ? functions[failing] : "nothing fails");
            machine_reset();
            test_failing(failing);
        }
    }

    TEST("the nth call of a function from now on can fail, or every call")
    {
        machine_reset();
        object *opened = NULL;
        struct view view;
        object *section = new_section("x", 1);
        CHECK_EQUAL(section_open("x", ACCESS_READ, &opened), 0);
        machine_fail_function("section_open", 2, OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(section_open("x", ACCESS_READ, &opened), 0);
        CHECK_EQUAL(section_open("x", ACCESS_READ, &opened), OSERROR_ACCESS_DENIED);
        CHECK_EQUAL(section_open("x", ACCESS_READ, &opened), 0);
        machine_fail_function("view_map", 0, OSERROR_NOT_ENOUGH_MEMORY);
        for (int i = 0; i < 3; i++) {
            CHECK_EQUAL(view_map(section, ACCESS_READ, &view), OSERROR_NOT_ENOUGH_MEMORY);
        }
    }
}

/* ---- Mistakes ---------------------------------------------------------------------------------------------------- */

static const char *const mistakes[] = {
    "writing to a view for reading",
    "reading beyond a view",
    "reading before a view",
    "reading a view that was unmapped",
    "reading a page that is not committed",
    "closing a handle twice",
    "closing a handle of another process",
    "closing a standard handle",
    "waiting without an end",
    "waiting for a section",
    "setting a section",
    "releasing memory twice",
    "writing bytes to a console",
    "reading bytes from a console",
};

static volatile uint8_t sink;

static void make_mistake(size_t which)
{
    static const uint16_t *const lines[] = {NULL};
    struct view view = {0};
    object *section = NULL;
    object *event = new_object(OBJECT_EVENT, "e");
    uint8_t byte = 0;
    size_t got = 0;
    machine_foreign_section("x", NULL, 8192, 4096);
    CHECK_EQUAL(section_open("x", ACCESS_READ, &section), 0);
    CHECK_EQUAL(view_map(section, ACCESS_READ, &view), 0);
    const uint8_t *base = view.base;
    void *memory = memory_take(1);
    machine_input_console(1, lines);
    machine_output(1, STANDARD_OUTPUT, MACHINE_CONSOLE);
    switch (which) {
    case 0:
        view.base[0] = 1;
        break;
    case 1:
        sink = base[view.size];
        break;
    case 2:
        sink = *(base - 1);
        break;
    case 3:
        view_unmap(&view);
        sink = base[0];
        break;
    case 4:
        sink = base[4096];
        break;
    case 5:
        object_close(event);
        object_close(event);
        break;
    case 6:
        (void)machine_switch_process(2);
        object_close(event);
        break;
    case 7:
        object_close(file_standard(STANDARD_OUTPUT));
        break;
    case 8:
        (void)wait_any(&event, 1, CLOCK_NEVER);
        break;
    case 9:
        (void)wait_any(&section, 1, CLOCK_NEVER);
        break;
    case 10:
        (void)object_signal(section, SIGNAL_SET);
        break;
    case 11:
        memory_give(memory);
        memory_give(memory);
        break;
    case 12:
        (void)file_write(file_standard(STANDARD_OUTPUT), "a", 1);
        break;
    default:
        (void)file_read(file_standard(STANDARD_INPUT), &byte, 1, &got);
        break;
    }
}

static void test_mistakes(void)
{
    TEST("a mistake of a program ends the test")
    {
        for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
            check_row(mistakes[i]);
            machine_reset();
            (void)fflush(stdout);
            pid_t child = fork();
            if (child == 0) {
                (void)signal(SIGABRT, SIG_DFL);
                (void)signal(SIGSEGV, SIG_DFL);
                (void)close(STDERR_FILENO);
                make_mistake(i);
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
    test_limits();
    test_kills();
    test_failures();
    test_mistakes();
    machine_reset();
    return check_end();
}
