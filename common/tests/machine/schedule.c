/* schedule.c - the threads of the simulated machine and its clock. */
#include <stdio.h>
#include <stdlib.h>

#include "common/tests/machine/parts.h"

#define RUNNERS 32U /* threads of all processes */

static struct runner main_runner;
static machine_choose *choose; /* NULL: switch only when the running program waits */
static void *choose_context;
static void (*wait_callback)(void *context);
static void *wait_context;

void schedule_leave_if_dead(void)
{
    if (!machine.processes[current()].is_dead) {
        return;
    }
    struct frame *frame = machine.running->frame;
    if (frame == NULL || frame->process != current()) {
        machine_mistake("process %u calls, and is dead", current());
    }
    machine.running->in_wait_callback = frame->in_wait_callback;
    machine.running->in_call_callback = frame->in_call_callback;
    longjmp(frame->jump, 1);
}

void schedule_give_turn(struct runner *to)
{
    struct runner *self = machine.running;
    machine.running = to;
    fiber_switch(&self->fiber, &to->fiber, self->finished);
}

static bool wait_is_over(const struct waiter *waiter)
{
    const struct process *process = &machine.processes[waiter->process];
    if (process->is_dead || waiter->deadline <= machine.now) {
        return true;
    }
    if (waiter->reads != NULL) {
        return waiter->reads->permits > 0;
    }
    if (process->catches && process->interrupted) {
        return true;
    }
    for (size_t i = 0; i < waiter->count; i++) {
        if (objects_is_signalled(waiter->objects[i]->target, waiter->process)) {
            return true;
        }
    }
    return waiter->until != NULL && waiter->until->finished;
}

static bool can_go_on(const struct runner *runner)
{
    if (runner->finished) {
        return false;
    }
    if (!runner->begun || runner->is_preempted) {
        return true;
    }
    return runner->waiter != NULL && wait_is_over(runner->waiter);
}

/*
 * List the runners that can continue. Begin with the one after the last that
 * ran, so that each gets its turn.
 */
static size_t list_runners(struct runner *able[RUNNERS])
{
    size_t count = 0;
    struct runner *candidate = machine.running;
    do {
        candidate = candidate->next != NULL ? candidate->next : machine.runners;
        if (can_go_on(candidate)) {
            if (count == RUNNERS) {
                machine_mistake("there are only %u runners", RUNNERS);
            }
            able[count++] = candidate;
        }
    } while (candidate != machine.running);
    return count;
}

/* Return how many threads of its process have begun before this one. */
static uint32_t thread_of(const struct runner *runner)
{
    uint32_t before = 0;
    for (const struct runner *other = machine.runners; other != runner; other = other->next) {
        before += other->process == runner->process;
    }
    return before;
}

static struct machine_option option_of(const struct runner *runner)
{
    return (struct machine_option){.process = runner->process, .thread = thread_of(runner)};
}

/* Return the first thread of a running process, or NULL. */
static struct runner *program_of(uint32_t number)
{
    for (struct runner *runner = machine.runners; runner != NULL; runner = runner->next) {
        if (runner != &main_runner && runner->process == number && runner->run == NULL && !runner->finished) {
            return runner;
        }
    }
    return NULL;
}

/*
 * Return whether this is a program that can be killed here. A program that
 * could also continue is killed when it does.
 */
static bool can_be_killed(const struct runner *runner)
{
    const struct process *process = &machine.processes[runner->process];
    return runner != &main_runner && runner->run == NULL && process->is_program && !process->is_dead &&
           (runner->process == current() || runner->waiter != NULL);
}

/*
 * Let the schedule choose before `function` happens at `offset` of `name`:
 * another runner may continue, or a process may be killed.
 */
static void point_at(const char *function, const char *name, size_t offset)
{
    struct runner *self = machine.running;
    if (choose == NULL || self == &main_runner || self->frame == NULL) {
        return;
    }
    struct runner *able[RUNNERS + 1];
    struct machine_option options[2 * RUNNERS];
    size_t count = 1;
    struct runner *others[RUNNERS];
    able[0] = self;
    options[0] = option_of(self);
    for (size_t i = 0, found = list_runners(others); i < found; i++) {
        if (others[i] != &main_runner) {
            able[count] = others[i];
            options[count++] = option_of(others[i]);
        }
    }
    size_t runnable = count;
    for (const struct runner *runner = machine.runners; runner != NULL && count < 2 * RUNNERS; runner = runner->next) {
        if (can_be_killed(runner)) {
            options[count++] = (struct machine_option){.process = runner->process, .kills = true};
        }
    }
    struct machine_point at = {.function = function, .name = name, .offset = offset, .who = options[0]};
    size_t chosen = choose(choose_context, &at, options, count);
    struct runner *to = chosen < runnable ? able[chosen] : self;
    if (chosen >= runnable) {
        machine.processes[options[chosen].process].is_dead = true;
        machine.processes[options[chosen].process].is_killed = true;
        to = options[chosen].process == current() ? self : program_of(options[chosen].process);
    }
    if (to != self) {
        self->is_preempted = true;
        schedule_give_turn(to);
        self->is_preempted = false;
    }
}

void schedule_point(const char *function, const char *name)
{
    point_at(function, name, SIZE_MAX);
}

/*
 * Return the runner that continues if the caller cannot, or NULL. The test
 * itself comes last.
 */
static struct runner *next_runner(void)
{
    struct runner *able[RUNNERS];
    size_t count = list_runners(able);
    if (choose == NULL || count < 2) {
        return count == 0 ? NULL : able[0];
    }
    struct machine_option options[RUNNERS];
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (able[i] != &main_runner) {
            able[kept] = able[i];
            options[kept++] = option_of(able[i]);
        }
    }
    struct machine_point at = {
        .function = "waits", .offset = SIZE_MAX, .who = option_of(machine.running), .is_free = true};
    return able[kept < 2 ? 0 : choose(choose_context, &at, options, kept)];
}

void machine_schedule(machine_choose *chooser, void *context)
{
    choose = chooser;
    machine.keeps_memory = true;
    choose_context = context;
}

const char *schedule_name_of(const object *named)
{
    return choose == NULL || named == NULL || named->target == NULL ? NULL : named->target->name;
}

void shared_step(const void *at, size_t size, bool stores); /* common/memory/shared.h calls this */

void shared_step(const void *at, size_t size, bool stores)
{
    const char *name = NULL;
    size_t offset = 0;
    if (stores) {
        machine_step();
    }
    if (choose != NULL && machine.running != &main_runner && size > 1 && sections_find(at, &name, &offset)) {
        point_at(stores ? "store" : "load", name, offset);
        schedule_leave_if_dead();
    }
}

/* Run a whole program, and end its process. */
static void run_program(struct runner *self)
{
    self->result = MACHINE_KILLED;
    if (!machine.processes[self->process].is_dead) {
        self->result = machine_run(self->process, self->entry, self->context);
    }
    machine.processes[self->process].is_dead = false;
    for (struct target *target = machine.targets; target != NULL; target = target->next) {
        if (target->kind == OBJECT_NONE && target->owner == self->process) {
            target->is_set = true;
            target->status = self->result == MACHINE_KILLED ? 1 : (uint32_t)self->result;
        }
    }
}

/* Run a further thread of a process. Its end does not end the process. */
static void run_further(struct runner *self)
{
    struct frame frame = {.process = self->process};
    self->frame = &frame;
    if (!machine.processes[self->process].is_dead && setjmp(frame.jump) == 0) {
        self->run(self->context);
    }
    self->frame = NULL;
    for (struct target *target = machine.targets; target != NULL; target = target->next) {
        target->is_set = target->is_set || target->thread == self;
    }
}

static void run_thread(void *context)
{
    struct runner *self = context;
    self->begun = true;
    if (self->run != NULL) {
        run_further(self);
    } else {
        run_program(self);
    }
    self->finished = true;

    /*
     * Pass the turn to the runner that ended this one, else to the next runnable
     * one. If no runner can run, the main thread advances the clock.
     */
    struct runner *next = self->ended_by != NULL ? self->ended_by : next_runner();
    schedule_give_turn(next != NULL ? next : &main_runner);
}

struct runner *schedule_add(struct runner added)
{
    struct runner *started = machine_need(malloc(sizeof *started));
    *started = added;
    started->number = added.process;
    struct runner **at = &machine.runners;
    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = started;
    fiber_begin(&started->fiber, run_thread, started);
    return started;
}

void machine_start(uint32_t number, int (*entry)(void *context), void *context)
{
    (void)schedule_add((struct runner){.process = machine_process(number)->number, .entry = entry, .context = context});
}

static bool is_in_wait_callback(void)
{
    for (const struct runner *runner = machine.runners; runner != NULL; runner = runner->next) {
        if (runner->in_wait_callback) {
            return true;
        }
    }
    return false;
}

/* Advance the clock to the earliest deadline of all waits. */
static void skip_to_deadline(void)
{
    uint64_t first = CLOCK_NEVER;
    for (const struct runner *runner = machine.runners; runner != NULL; runner = runner->next) {
        if (runner->waiter != NULL && runner->waiter->deadline < first) {
            first = runner->waiter->deadline;
        }
    }
    if (first == CLOCK_NEVER) {
        for (const struct runner *runner = machine.runners; runner != NULL; runner = runner->next) {
            if (runner->waiter != NULL && runner->waiter->reads != NULL) {
                (void)fprintf(stderr, "# machine: process %u waits for its input\n", runner->waiter->process);
            }
            for (size_t i = 0; runner->waiter != NULL && i < runner->waiter->count; i++) {
                const struct target *target = runner->waiter->objects[i]->target;
                (void)fprintf(stderr, "# machine: process %u waits for %s\n", runner->waiter->process,
                              target->name != NULL ? target->name : "something unnamed");
            }
        }
        machine_mistake("process %u waits for what never comes", current());
    }
    machine.now = first;
}

void schedule_wait(const struct waiter *waiter)
{
    struct runner *self = machine.running;
    self->waiter = waiter;
    struct runner *next = next_runner();
    if (next == NULL && wait_callback != NULL && !is_in_wait_callback()) {
        self->waiter = NULL;
        self->in_wait_callback = true;
        wait_callback(wait_context);
        self->in_wait_callback = false;
        self->process = waiter->process;
        schedule_leave_if_dead();
        self->waiter = waiter;
        next = next_runner();
    }
    if (next == NULL) {
        skip_to_deadline();
        next = next_runner();
    }
    if (next != self) {
        schedule_give_turn(next);
    }
    self->waiter = NULL;
    schedule_leave_if_dead();
}

static struct runner *runner_of(uint32_t number)
{
    for (struct runner *runner = machine.runners; runner != NULL; runner = runner->next) {
        if (runner != &main_runner && runner->number == number && runner->run == NULL && !runner->was_finished) {
            return runner;
        }
    }
    machine_mistake("process %u was not started", number);
}

int machine_finish(uint32_t number)
{
    struct runner *finished = runner_of(number);
    struct waiter waiter = {.process = current(), .deadline = CLOCK_NEVER, .until = finished};
    while (!finished->finished) {
        schedule_wait(&waiter);
    }
    finished->was_finished = true;
    return finished->result;
}

void machine_on_wait(void (*callback)(void *context), void *context)
{
    wait_callback = callback;
    wait_context = context;
}

/* ---- Clocks ------------------------------------------------------------------------------------------------------ */

uint64_t clock_now(void)
{
    return machine.now;
}

void spin_pause(void)
{
}

uint64_t spin_clock(void)
{
    return machine.now * 1000;
}

/* No other process runs while this one spins. */
bool spin_is_sensible(void)
{
    return false;
}

uint64_t clock_wall(void)
{
    return UINT64_C(133500000000000000) + machine.now * 10000;
}

void machine_clock_advance(uint64_t milliseconds)
{
    machine.now += milliseconds;
}

/* ---- Threads ----------------------------------------------------------------------------------------------------- */

oserror thread_start(void (*run)(void *context), void *context, object **thread)
{
    oserror error = machine_begin_call("thread_start");
    if (error == OSERROR_NONE) {
        struct target *target = target_add(OBJECT_NONE, NULL);
        target->thread = schedule_add((struct runner){.process = current(), .run = run, .context = context});
        *thread = handle_add(target, ACCESS_READ);
    }
    return error;
}

void schedule_reset(void)
{
    free(main_runner.names);
    main_runner = (struct runner){.process = 1, .begun = true};
    machine.runners = &main_runner;
    machine.running = &main_runner;
    machine.now = 1000;
    wait_callback = NULL;
    choose = NULL;
}

void schedule_end(void)
{
    if (machine.running != &main_runner || main_runner.frame != NULL) {
        machine_mistake("machine_reset from within a program");
    }
    for (uint32_t i = 0; i < PROCESSES; i++) {
        machine.processes[i].is_dead = machine.processes[i].is_program;
    }
    for (const struct runner *runner = main_runner.next; runner != NULL; runner = runner->next) {
        machine.processes[runner->process].is_dead = machine.processes[runner->process].is_dead || !runner->finished;
    }
    while (main_runner.next != NULL) {
        struct runner *ended = main_runner.next;
        while (!ended->finished) {
            schedule_give_turn(ended);
        }
        fiber_end(&ended->fiber);
        main_runner.next = ended->next;
        free(ended->arguments);
        free(ended->names);
        free(ended);
    }
}
