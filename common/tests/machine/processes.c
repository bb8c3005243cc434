/* processes.c - the processes of the simulated machine: running, killing and starting them. */
#include <stdlib.h>
#include <string.h>

#include "common/tests/machine/parts.h"

static size_t leaks;
static bool is_in_job; /* started processes stay in the job of the parent */
static uint32_t last_started;
static int (*started_main)(int count, char **arguments);

/*
 * Return the oldest open handle of a process, or NULL. Windows closes them in
 * this order.
 */
static object *oldest_handle(uint32_t number)
{
    object *oldest = NULL;
    for (object *open = machine.handles; open != NULL; open = open->next) {
        oldest = open->process == number ? open : oldest;
    }
    return oldest;
}

size_t processes_clear(uint32_t number)
{
    size_t cleared = 0;
    if (number == current() && machine.processes[number].is_killed) {
        schedule_point("is killed", NULL);
    }
    for (struct target *target = machine.targets; target != NULL; target = target->next) {
        if (target->kind == OBJECT_MUTEX && target->owner == number && number != WORLD) {
            target->owner = 0;
            target->taken = 0;
            target->abandoned = true;
            cleared++;
        }
    }
    for (object *open; (open = oldest_handle(number)) != NULL;) {
        if (number == current()) {
            schedule_point("loses its handle of", schedule_name_of(open));
        }
        cleared += !open->unclaimed; /* a program cannot close a handle that it has not adopted */
        handle_drop(open);
    }
    cleared += sections_clear(number);
    machine.processes[number].catches = false;
    machine.processes[number].interrupted = false;
    return cleared;
}

size_t machine_leaks(void)
{
    return leaks;
}

uint32_t machine_switch_process(uint32_t number)
{
    uint32_t before = current();
    machine.running->process = machine_process(number)->number;
    return before;
}

/* End the threads that a process has started. Return how many had not ended. */
static size_t end_threads(uint32_t number)
{
    struct runner *self = machine.running;
    size_t ended = 0;
    machine.processes[number].is_dead = true;
    for (struct runner *runner = machine.runners; runner != NULL; runner = runner->next) {
        if (runner->run == NULL || runner->process != number || runner->finished) {
            continue;
        }
        runner->ended_by = self;
        while (!runner->finished) {
            schedule_give_turn(runner);
        }
        ended++;
    }
    return ended;
}

int machine_run(uint32_t number, int (*entry)(void *context), void *context)
{
    struct process *process = machine_process(number);
    if (process->is_program) {
        machine_mistake("process %u is running already", number);
    }
    struct frame frame = {.process = number,
                          .previous = machine.running->frame,
                          .in_wait_callback = machine.running->in_wait_callback,
                          .in_call_callback = machine.running->in_call_callback};
    machine.running->frame = &frame;
    process->is_program = true;
    process->is_dead = false;
    process->begun = clock_wall();
    uint32_t before = machine_switch_process(number);
    volatile int result = MACHINE_KILLED;
    if (setjmp(frame.jump) == 0) {
        result = entry(context);
    }
    bool killed = process->is_dead;
    bool was_used = end_threads(number) > 0;
    process->is_dead = true;
    size_t cleared = processes_clear(number);
    process->is_program = false;
    process->is_dead = false;
    process->is_killed = false;
    leaks += killed || was_used ? 0 : cleared;
    machine.running->frame = frame.previous;
    machine.running->process = before;
    return killed ? MACHINE_KILLED : result;
}

static bool is_to_begin(uint32_t number)
{
    for (const struct runner *runner = machine.runners; runner != NULL; runner = runner->next) {
        if (!runner->begun && runner->process == number && runner->run == NULL) {
            return true;
        }
    }
    return false;
}

void machine_kill_process(uint32_t number)
{
    struct process *process = machine_process(number);
    (void)processes_clear(number);
    process->is_dead = process->is_program || is_to_begin(number);
    if (number == current()) {
        schedule_leave_if_dead();
    }
}

void machine_life(uint32_t number, enum life life)
{
    struct process *process = machine_process(number);
    process->is_told = true;
    process->life = life;
}

void machine_interrupt(uint32_t number)
{
    if (machine_process(number)->catches) {
        machine.processes[number].interrupted = true;
    } else {
        machine_kill_process(number);
    }
}

oserror interrupt_catch(void)
{
    oserror error = machine_begin_own_call("interrupt_catch");
    if (error == OSERROR_NONE) {
        machine.processes[current()].catches = true;
    }
    return error;
}

uint32_t process_id(void)
{
    return current();
}

void machine_program(int (*program)(int count, char **arguments))
{
    started_main = program;
}

void machine_job(void)
{
    is_in_job = true;
}

uint32_t machine_started(void)
{
    return last_started < FIRST_STARTED ? WORLD : last_started;
}

/* Copy arguments into one block, because a program may change their order. */
static char **copy_arguments(const char *const arguments[])
{
    size_t count = 0;
    size_t size = 0;
    for (; arguments[count] != NULL; count++) {
        size += strlen(arguments[count]) + 1;
    }
    char **copy = machine_need(malloc((count + 1) * sizeof *copy + size));
    char *to = (char *)(copy + count + 1);
    for (size_t i = 0; i < count; i++) {
        copy[i] = strcpy(to, arguments[i]);
        to += strlen(to) + 1;
    }
    copy[count] = NULL;
    return copy;
}

static int run_started(void *context)
{
    char **arguments = context;
    int count = 0;
    while (arguments[count] != NULL) {
        count++;
    }
    return started_main(count, arguments);
}

oserror process_start(const char *const arguments[], object *const passed[], size_t count, struct started *started)
{
    oserror error = machine_begin_call("process_start");
    if (started_main == NULL) {
        machine_mistake("process_start without machine_program()");
    }
    if (count == 0 || count > PROCESS_PASSED_MAX) {
        machine_mistake("process_start passes %zu objects", count);
    }
    if (error != OSERROR_NONE) {
        return error;
    }
    struct process *child = machine_process(++last_started);
    for (size_t which = 0; which < 3; which++) {
        child->standard[which].absent = true;
    }
    for (size_t i = 0; i < count; i++) {
        const object *inherited = handle_check(passed[i], "process_start");
        object *theirs = handle_add(inherited->target, inherited->access);
        theirs->process = last_started;
        theirs->number = inherited->number;
        theirs->unclaimed = true;
    }
    char **copy = copy_arguments(arguments);
    (void)schedule_add(
        (struct runner){.process = last_started, .entry = run_started, .context = copy, .arguments = copy});

    struct target *target = target_add(OBJECT_NONE, NULL);
    target->owner = last_started;
    *started = (struct started){.process = handle_add(target, ACCESS_READ), .in_job = is_in_job};
    return OSERROR_NONE;
}

void machine_parent(uint32_t number, uint32_t parent)
{
    machine_process(number)->parent = parent;
}

oserror process_open(uint32_t id, object **process)
{
    oserror error = machine_begin_call("process_open");
    if (error != OSERROR_NONE) {
        return error;
    }
    uint32_t wanted = id == PROCESS_PARENT ? machine.processes[current()].parent : id;
    if (wanted == 0 || wanted >= PROCESSES || !machine.processes[wanted].is_program ||
        machine.processes[wanted].is_dead) {
        return OSERROR_INVALID_PARAMETER;
    }
    if (id == PROCESS_PARENT && machine.processes[wanted].begun > machine.processes[current()].begun) {
        return OSERROR_INVALID_PARAMETER; /* a later process that got the ID of the parent */
    }
    struct target *target = target_add(OBJECT_NONE, NULL);
    target->owner = wanted;
    *process = handle_add(target, ACCESS_READ);
    return OSERROR_NONE;
}

uint32_t process_exit_status(object *process)
{
    const struct target *target = target_check(process, OBJECT_NONE, "process_exit_status");
    if (!target->is_set) {
        machine_mistake("process_exit_status of a process that has not ended");
    }
    return target->status;
}

void process_end(object *process)
{
    machine_kill_process(target_check(process, OBJECT_NONE, "process_end")->owner);
}

uint64_t object_number(const object *passed)
{
    return passed == NULL ? 0 : passed->number;
}

oserror process_self(object **self)
{
    oserror error = machine_begin_own_call("process_self");
    if (error == OSERROR_NONE) {
        struct target *target = target_add(OBJECT_NONE, NULL);
        target->owner = current();
        *self = handle_add(target, ACCESS_READ);
    }
    return error;
}

oserror object_adopt(object *process, uint64_t number, object **adopted)
{
    oserror error = machine_begin_call("object_adopt");
    uint32_t owner = process == NULL ? current() : target_check(process, OBJECT_NONE, "object_adopt")->owner;
    if (error != OSERROR_NONE) {
        return error;
    }
    for (object *open = machine.handles; open != NULL; open = open->next) {
        if (open->process != owner || open->number != number || (process != NULL && open->target == NULL)) {
            continue;
        }
        if (process == NULL) {
            open->unclaimed = false;
            *adopted = open;
        } else {
            *adopted = handle_add(open->target, open->access);
        }
        return OSERROR_NONE;
    }
    return OSERROR_INVALID_HANDLE;
}

enum life process_life(uint32_t id, uint64_t moment)
{
    if (machine_begin_call("process_life") != OSERROR_NONE) {
        return LIFE_UNKNOWN;
    }
    const struct process *process = id < PROCESSES ? &machine.processes[id] : NULL;
    if (process == NULL) {
        return LIFE_DEAD;
    }
    if (process->is_told) {
        return process->life;
    }
    return process->is_program && !process->is_dead && process->begun <= moment ? LIFE_ALIVE : LIFE_DEAD;
}

void processes_reset(void)
{
    leaks = 0;
    is_in_job = false;
    last_started = FIRST_STARTED - 1;
    started_main = NULL;
}
