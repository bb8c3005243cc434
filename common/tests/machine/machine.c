/* machine.c - reset, counted calls, and failures of the simulated machine. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/tests/machine/parts.h"

struct machine machine;

struct failure {
    const char *function; /* NULL: the call `nth` of all functions */
    size_t nth;
    oserror error;
    struct failure *next;
};

static struct failure *failures;
static struct call {
    const char *function;
    uint32_t process;
} * calls;
static size_t call_count;
static size_t call_room;
static size_t kill_at;
static size_t step_count;
static size_t kill_at_step;
static void (*step_callback)(void *context);
static void *step_context;
static void (*call_callback)(void *context, const char *function, size_t index);
static void *call_context;

_Noreturn void machine_mistake(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fflush(stdout);
    (void)fputs("# machine: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    abort();
}

void *machine_need(void *block)
{
    if (block == NULL) {
        machine_mistake("the real machine has no memory left");
    }
    return block;
}

char *machine_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(machine_need(malloc(size)), text, size);
}

void bytes_append(struct bytes *bytes, const void *from, size_t size)
{
    if (bytes->size + size + 1 > bytes->room) {
        bytes->room = 2 * (bytes->size + size) + 64;
        bytes->at = machine_need(realloc(bytes->at, bytes->room));
    }
    if (size > 0) {
        memcpy(bytes->at + bytes->size, from, size);
    }
    bytes->size += size;
    bytes->at[bytes->size] = 0;
}

void bytes_free(struct bytes *bytes)
{
    free(bytes->at);
    *bytes = (struct bytes){0};
}

static void forget_calls(void)
{
    while (failures != NULL) {
        struct failure *failure = failures;
        failures = failure->next;
        free(failure);
    }
    free(calls);
    calls = NULL;
    call_count = 0;
    call_room = 0;
    call_callback = NULL;
    kill_at = SIZE_MAX;
    step_count = 0;
    step_callback = NULL;
    kill_at_step = SIZE_MAX;
}

static void forget_all(void)
{
    for (uint32_t i = 0; i < PROCESSES; i++) {
        machine.processes[i] = (struct process){.number = i};
        for (size_t which = 0; which < 3; which++) {
            machine.processes[i].standard[which] =
                (struct object){.process = i, .standard = true, .stream = {.kind = MACHINE_PIPE, .limit = UINT64_MAX}};
        }
    }
    schedule_reset();
    processes_reset();
    objects_reset();
    sections_reset();
    files_reset();
    system_reset();
    forget_calls();
}

__attribute__((constructor)) static void switch_on(void)
{
    forget_all();
}

struct process *machine_process(uint32_t number)
{
    if (number >= PROCESSES) {
        machine_mistake("there are only %u processes", PROCESSES);
    }
    return &machine.processes[number];
}

void machine_kill_at(size_t index)
{
    kill_at = index;
}

void machine_reset(void)
{
    schedule_end();
    for (uint32_t i = 0; i < PROCESSES; i++) {
        (void)processes_clear(i);
        for (size_t which = 0; which < 3; which++) {
            files_drop(&machine.processes[i].standard[which].stream);
        }
    }
    forget_all();
}

/* ---- Failures on demand ------------------------------------------------------------------------------------------ */

size_t machine_calls(void)
{
    return call_count;
}

const char *machine_call_name(size_t index)
{
    return index < call_count ? calls[index].function : "";
}

uint32_t machine_call_process(size_t index)
{
    return index < call_count ? calls[index].process : WORLD;
}

static void failure_add(const char *function, size_t nth, oserror error)
{
    struct failure *failure = machine_need(malloc(sizeof *failure));
    *failure = (struct failure){.function = function, .nth = nth, .error = error, .next = failures};
    failures = failure;
}

void machine_fail(size_t index, oserror error)
{
    failure_add(NULL, index, error);
}

void machine_fail_function(const char *function, size_t nth, oserror error)
{
    for (size_t i = 0; nth > 0 && i < call_count; i++) {
        nth += strcmp(calls[i].function, function) == 0;
    }
    failure_add(function, nth, error);
}

void machine_on_call(void (*callback)(void *context, const char *function, size_t index), void *context)
{
    call_callback = callback;
    call_context = context;
}

/* Return whether the call `index` is the one of its function that is to fail. */
static bool is_nth_call(const struct failure *failure, size_t index)
{
    size_t nth = 0;
    for (size_t i = 0; i <= index && failure->nth != 0; i++) {
        nth += strcmp(calls[i].function, failure->function) == 0;
    }
    return nth == failure->nth && strcmp(calls[index].function, failure->function) == 0;
}

static void kill_caller_if(bool is_its_turn)
{
    if (is_its_turn && !machine.processes[current()].is_program) {
        machine_mistake("only a program of machine_run() or machine_start() can be killed in a call");
    }
    if (is_its_turn) {
        machine_kill_process(current());
    }
}

oserror machine_begin_own_call(const char *function)
{
    schedule_leave_if_dead();
    size_t index = call_count;
    if (call_count == call_room) {
        call_room = 2 * call_room + 64;
        calls = machine_need(realloc(calls, call_room * sizeof *calls));
    }
    calls[call_count++] = (struct call){.function = function, .process = current()};
    if (call_callback != NULL && !machine.running->in_call_callback) {
        uint32_t caller = current();
        machine.running->in_call_callback = true;
        call_callback(call_context, function, index);
        machine.running->in_call_callback = false;
        machine.running->process = caller;
        schedule_leave_if_dead();
    }
    kill_caller_if(index == kill_at);
    for (const struct failure *failure = failures; failure != NULL; failure = failure->next) {
        if (failure->function == NULL ? failure->nth == index : is_nth_call(failure, index)) {
            return failure->error;
        }
    }
    return OSERROR_NONE;
}

oserror machine_begin_call_on(const char *function, const char *name)
{
    schedule_leave_if_dead();
    schedule_point(function, name);
    return machine_begin_own_call(function);
}

oserror machine_begin_call(const char *function)
{
    return machine_begin_call_on(function, NULL);
}

size_t machine_steps(void)
{
    return step_count;
}

void machine_kill_at_step(size_t index)
{
    kill_at_step = index;
}

void machine_on_step(void (*callback)(void *context), void *context)
{
    step_callback = callback;
    step_context = context;
}

/* Count a store to shared memory, before it happens. */
void machine_step(void)
{
    schedule_leave_if_dead();
    if (step_callback != NULL && !machine.running->in_call_callback) {
        uint32_t caller = current();
        machine.running->in_call_callback = true;
        step_callback(step_context);
        machine.running->in_call_callback = false;
        machine.running->process = caller;
        schedule_leave_if_dead();
    }
    kill_caller_if(step_count++ == kill_at_step);
}
