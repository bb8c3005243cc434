/* machine.c - platform.h, simulated in memory. */
#define _GNU_SOURCE /* memfd_create */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/include/winshm.h"
#include "common/tests/machine/parts.h"
#include "common/text/sddl.h"

struct machine machine;

struct failure {
    const char *function; /* or NULL, for the call `nth` of all */
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

#define KEPT_SIZE ((uint64_t)64 << 10)

/* A view that nobody has mapped now, but that stays in the address space. */
struct spare {
    uint8_t *base;
    enum access access;
    struct spare *next;
};

/* A section's memory. Small ones are kept while schedules are run: to make and to map one takes the system a while. */
struct memory {
    int file;
    uint64_t size;
    uint8_t *bytes; /* the test's own view of it, or NULL */
    struct spare *spares;
    struct memory *next;
};

struct mapped {
    struct view view;
    uint32_t process;
    struct target *target;
    enum access access;
    struct mapped *next;
};

struct taken {
    void *memory;
    size_t size;
    uint32_t process;
    struct taken *next;
};

static struct memory *kept_memories;
static struct mapped *views;
static struct taken *memories;
static uint64_t commit_limit;
static uint64_t view_limit;

/* Error codes that the tools do not distinguish, but that Windows returns. */
enum { INVALID_NAME = 123, BAD_PATHNAME = 161 };

struct denial {
    char *name;
    bool write_only;
    struct denial *next;
};

static struct denial *denials;
static bool global_is_denied;
static uint64_t last_number;

static size_t leaks;
static bool is_in_job; /* each process that is started */
static uint32_t last_started;
static int (*started_main)(int count, char **arguments);

#define RUNNERS 32U /* threads of all processes */

static struct runner main_runner;
static machine_choose *choose; /* NULL: switch only where somebody waits */
static void *choose_context;
static void (*wait_callback)(void *context);
static void *wait_context;

struct disk_file {
    char *path;
    bool device;
    struct bytes bytes;
    struct disk_file *next;
};

static struct disk_file *disk;
static uint64_t disk_limit;
static char *box_text;
static char *box_title;
static bool box_stays;

#define INSUFFICIENT_BUFFER 122 /* an error that the tools do not distinguish */

static uint32_t ansi_code_page;
static const char *user_letters;

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

/* ---- Memory of sections ------------------------------------------------------------------------------------------ */

static struct memory *memory_new(uint64_t size)
{
    struct memory *memory = machine_need(malloc(sizeof *memory));
    *memory = (struct memory){.file = memfd_create("section", MFD_CLOEXEC), .size = size};
    if (memory->file < 0 || ftruncate(memory->file, (off_t)size) != 0) {
        machine_mistake("the real machine cannot make a section of %llu bytes", (unsigned long long)size);
    }
    return memory;
}

static uint8_t *memory_bytes(struct memory *memory)
{
    if (memory->bytes == NULL) {
        memory->bytes = mmap(NULL, (size_t)memory->size, PROT_READ | PROT_WRITE, MAP_SHARED, memory->file, 0);
        if (memory->bytes == MAP_FAILED) {
            machine_mistake("the real machine cannot map a section");
        }
    }
    return memory->bytes;
}

/* Fresh memory of zeros. */
static struct memory *memory_for(uint64_t size)
{
    for (struct memory **at = &kept_memories; *at != NULL; at = &(*at)->next) {
        if ((*at)->size == size) {
            struct memory *memory = *at;
            *at = memory->next;
            memset(memory_bytes(memory), 0, (size_t)size);
            return memory;
        }
    }
    return memory_new(size);
}

static void view_drop(uint8_t *base, uint64_t size)
{
    (void)munmap(base - WINSHM_PAGE, (size_t)size + 2 * (size_t)WINSHM_PAGE);
}

void sections_drop(struct memory *memory)
{
    if (machine.keeps_memory && memory->size <= KEPT_SIZE) {
        memory->next = kept_memories;
        kept_memories = memory;
        return;
    }
    while (memory->spares != NULL) {
        struct spare *spare = memory->spares;
        memory->spares = spare->next;
        view_drop(spare->base, memory->size);
        free(spare);
    }
    if (memory->bytes != NULL) {
        (void)munmap(memory->bytes, (size_t)memory->size);
    }
    (void)close(memory->file);
    free(memory);
}

/* A spare view, or NULL. */
static uint8_t *spare_view(struct memory *memory, enum access access)
{
    for (struct spare **at = &memory->spares; *at != NULL; at = &(*at)->next) {
        struct spare *spare = *at;
        if (spare->access == access) {
            uint8_t *base = spare->base;
            *at = spare->next;
            free(spare);
            return base;
        }
    }
    return NULL;
}

/* ---- Objects ----------------------------------------------------------------------------------------------------- */

void target_free_if_unused(struct target *target)
{
    if (target->handles == 0) {
        free(target->name);
        target->name = NULL;
    }
    if (target->handles > 0 || target->views > 0) {
        return;
    }
    for (struct target **at = &machine.targets; *at != NULL; at = &(*at)->next) {
        if (*at == target) {
            *at = target->next;
            break;
        }
    }
    if (target->kind == OBJECT_SECTION) {
        sections_drop(target->memory);
    }
    free(target->sddl);
    free(target);
}

object *handle_add(struct target *target, enum access access)
{
    object *made = machine_need(calloc(1, sizeof *made));
    last_number += 4;
    *made = (struct object){
        .process = current(), .number = last_number, .target = target, .access = access, .next = machine.handles};
    made->stream.limit = UINT64_MAX;
    machine.handles = made;
    if (target != NULL) {
        target->handles++;
    }
    return made;
}

object *handle_check(object *used, const char *function)
{
    if (used == NULL) {
        machine_mistake("%s of NULL", function);
    }
    if (used >= machine.processes[current()].standard && used < machine.processes[current()].standard + 3) {
        return used;
    }
    for (object *open = machine.handles; open != NULL; open = open->next) {
        if (open == used) {
            if (open->process != current()) {
                machine_mistake("%s: process %u uses a handle of process %u", function, current(), open->process);
            }
            return used;
        }
    }
    machine_mistake("%s of a handle that is not open", function);
}

struct target *target_check(object *used, enum object_kind kind, const char *function)
{
    struct target *target = handle_check(used, function)->target;
    if (target == NULL || target->kind != kind) {
        machine_mistake("%s of another kind of object", function);
    }
    return target;
}

void files_drop(struct stream *stream)
{
    bytes_free(&stream->bytes);
    free(stream->pieces);
    *stream = (struct stream){.limit = UINT64_MAX};
}

void handle_drop(object *closed)
{
    for (object **at = &machine.handles; *at != NULL; at = &(*at)->next) {
        if (*at == closed) {
            *at = closed->next;
            break;
        }
    }
    if (closed->target != NULL) {
        closed->target->handles--;
        target_free_if_unused(closed->target);
    }
    files_drop(&closed->stream);
    free(closed->path);
    free(closed);
}

void object_close(object *closed)
{
    if (closed == NULL) {
        return;
    }
    if (handle_check(closed, "object_close")->standard) {
        machine_mistake("object_close of a standard handle");
    }
    if (closed->target != NULL) {
        schedule_point("object_close", schedule_name_of(closed));
        schedule_leave_if_dead();
    }
    handle_drop(closed);
}

static struct mapped **mapped_find(const uint8_t *base)
{
    struct mapped **at = &views;
    while (*at != NULL && (*at)->view.base != base) {
        at = &(*at)->next;
    }
    return at;
}

static void mapped_drop(struct mapped **at)
{
    struct mapped *dropped = *at;
    *at = dropped->next;
    if (machine.keeps_memory && dropped->view.size <= KEPT_SIZE) {
        struct spare *spare = machine_need(malloc(sizeof *spare));
        struct memory *memory = dropped->target->memory;
        *spare = (struct spare){.base = dropped->view.base, .access = dropped->access, .next = memory->spares};
        memory->spares = spare;
    } else {
        view_drop(dropped->view.base, dropped->view.size);
    }
    dropped->target->views--;
    target_free_if_unused(dropped->target);
    free(dropped);
}

static void taken_drop(struct taken **at)
{
    struct taken *dropped = *at;
    *at = dropped->next;
    free(dropped->memory);
    free(dropped);
}

/* The oldest open handle of a process, or NULL: Windows closes them in this order. */
static object *oldest_handle(uint32_t number)
{
    object *oldest = NULL;
    for (object *open = machine.handles; open != NULL; open = open->next) {
        oldest = open->process == number ? open : oldest;
    }
    return oldest;
}

size_t sections_clear(uint32_t number)
{
    size_t cleared = 0;
    for (struct mapped **at = &views; *at != NULL;) {
        if ((*at)->process == number) {
            mapped_drop(at);
            cleared++;
        } else {
            at = &(*at)->next;
        }
    }
    for (struct taken **at = &memories; *at != NULL;) {
        if ((*at)->process == number) {
            taken_drop(at);
            cleared++;
        } else {
            at = &(*at)->next;
        }
    }
    return cleared;
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
        cleared += !open->unclaimed; /* a program cannot close what it has not adopted */
        handle_drop(open);
    }
    cleared += sections_clear(number);
    machine.processes[number].catches = false;
    machine.processes[number].interrupted = false;
    return cleared;
}

size_t machine_live_objects(void)
{
    size_t count = 0;
    for (const object *open = machine.handles; open != NULL; open = open->next) {
        count += open->process != WORLD;
    }
    return count;
}

size_t machine_live_views(void)
{
    size_t count = 0;
    for (const struct mapped *mapped = views; mapped != NULL; mapped = mapped->next) {
        count++;
    }
    return count;
}

size_t machine_live_memory(void)
{
    size_t count = 0;
    for (const struct taken *taken = memories; taken != NULL; taken = taken->next) {
        count++;
    }
    return count;
}

size_t machine_leaks(void)
{
    return leaks;
}

/* ---- Processes and threads --------------------------------------------------------------------------------------- */

uint32_t machine_switch_process(uint32_t number)
{
    uint32_t before = current();
    machine.running->process = machine_process(number)->number;
    return before;
}

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

/* Have the threads that a process has started leave: they end with it. Returns how many were still there. */
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

void machine_kill_at(size_t index)
{
    kill_at = index;
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

bool objects_is_signalled(const struct target *target, uint32_t process)
{
    switch (target->kind) {
    case OBJECT_MUTEX:
        return target->owner == 0 || target->owner == process;
    case OBJECT_SEMAPHORE:
        return target->raised > 0;
    default:
        return target->is_set;
    }
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

/* The runners that can go on, beginning after the one that has just run, so that each gets its turn. */
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

/* ---- Schedules --------------------------------------------------------------------------------------------------- */

/* How many threads of its process have begun before this one. */
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

/* The first thread of a process that runs, or NULL. */
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
 * Whether this is a program that can be killed here. One that could go on as
 * well is killed where it does.
 */
static bool can_be_killed(const struct runner *runner)
{
    const struct process *process = &machine.processes[runner->process];
    return runner != &main_runner && runner->run == NULL && process->is_program && !process->is_dead &&
           (runner->process == current() || runner->waiter != NULL);
}

/* Somebody may go on in the place of the caller, or kill a process, before this happens at `offset` of `name`. */
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

/* The next one, where the caller cannot go on; NULL for none. The test itself comes last. */
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

void shared_step(const void *at, size_t size, bool stores); /* called by common/memory/shared.h */

bool sections_find(const void *at, const char **name, size_t *offset)
{
    for (const struct mapped *mapped = views; mapped != NULL; mapped = mapped->next) {
        const uint8_t *base = mapped->view.base;
        if ((const uint8_t *)at >= base && (const uint8_t *)at < base + mapped->view.size) {
            *name = mapped->target->name;
            *offset = (size_t)((const uint8_t *)at - base);
            return true;
        }
    }
    return false;
}

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

/* A whole program, and its end as a process. */
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

/* A thread more of a process, which ends no process. */
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

    /* With nobody to go on, it is the main thread that moves the clock. */
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

/* Move the clock to the first deadline of all. */
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

static void box_forget(void)
{
    free(box_text);
    free(box_title);
    box_text = NULL;
    box_title = NULL;
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

void machine_on_wait(void (*callback)(void *context), void *context)
{
    wait_callback = callback;
    wait_context = context;
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
    if (index == kill_at) {
        if (!machine.processes[current()].is_program) {
            machine_mistake("only a program of machine_run() or machine_start() can be killed in a call");
        }
        machine_kill_process(current());
    }
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

/* Before a store into shared memory. */
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
    if (step_count++ == kill_at_step) {
        if (!machine.processes[current()].is_program) {
            machine_mistake("only a program of machine_run() or machine_start() can be killed in a step");
        }
        machine_kill_process(current());
    }
}

void machine_commit_limit(uint64_t bytes)
{
    commit_limit = bytes;
}

void machine_view_limit(uint64_t bytes)
{
    view_limit = bytes;
}

void machine_deny_global(void)
{
    global_is_denied = true;
}

const char *objects_without_local(const char *name)
{
    return strncmp(name, "Local\\", 6) == 0 ? name + 6 : name;
}

static void denial_add(const char *name, bool write_only)
{
    struct denial *denial = machine_need(malloc(sizeof *denial));
    *denial =
        (struct denial){.name = machine_copy(objects_without_local(name)), .write_only = write_only, .next = denials};
    denials = denial;
}

void machine_deny(const char *name)
{
    denial_add(name, false);
}

void machine_deny_write(const char *name)
{
    denial_add(name, true);
}

bool objects_is_denied(const char *name, enum access access)
{
    for (const struct denial *denial = denials; denial != NULL; denial = denial->next) {
        if (strcmp(denial->name, name) == 0 && (access == ACCESS_WRITE || !denial->write_only)) {
            return true;
        }
    }
    return false;
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

oserror objects_key(const char *name, bool creating, const char **key)
{
    *key = NULL;
    if (name == NULL) {
        return creating ? OSERROR_NONE : OSERROR_INVALID_PARAMETER;
    }
    if (name[0] == '\0') {
        return creating ? OSERROR_NONE : OSERROR_INVALID_HANDLE;
    }
    if (name[0] == '\\') {
        return BAD_PATHNAME;
    }
    const char *base = objects_without_local(name);
    base = strncmp(base, "Global\\", 7) == 0 && base == name ? base + 7 : base;
    if (base != name && (base[0] == '\0' || base[0] == '\\')) {
        return INVALID_NAME;
    }
    if (strchr(base, '\\') != NULL) {
        return OSERROR_PATH_NOT_FOUND;
    }
    if (strcmp(name, "Global") == 0 || strcmp(name, "Local") == 0 || strcmp(name, "Session") == 0) {
        return OSERROR_INVALID_HANDLE;
    }
    *key = objects_without_local(name);
    return OSERROR_NONE;
}

struct target *target_find(const char *key)
{
    for (struct target *target = machine.targets; target != NULL; target = target->next) {
        if (target->name != NULL && strcmp(target->name, key) == 0) {
            return target;
        }
    }
    return NULL;
}

struct target *target_add(enum object_kind kind, const char *key)
{
    struct target *target = machine_need(calloc(1, sizeof *target));
    *target = (struct target){.kind = kind, .name = key == NULL ? NULL : machine_copy(key), .next = machine.targets};
    machine.targets = target;
    return target;
}

/*
 * Return whether the descriptor that the object was created with gives this
 * access to nobody. The machine has one user, so it does not matter for whom an
 * entry is, and only a section's rights are distinguished.
 */
static bool is_refused(const struct target *target, enum access access)
{
    struct sddl sddl;
    struct sddl_entry entry;
    if (target->sddl == NULL || target->is_reported || !sddl_parse(target->sddl, &sddl) || !sddl.has_list) {
        return false;
    }
    enum sddl_grant wanted = access == ACCESS_WRITE ? SDDL_WRITE : SDDL_READ;
    while (sddl_next(&sddl.list, &entry)) {
        bool grants = target->kind != OBJECT_SECTION || sddl_section_grant(entry.rights) >= wanted;
        if (!entry.is_plain || (!entry.denies && grants)) {
            return false;
        }
    }
    return true;
}

oserror objects_may_create(const char *name, enum object_kind kind, const char **key)
{
    oserror error = objects_key(name, true, key);
    if (error != OSERROR_NONE || *key == NULL) {
        return error;
    }
    const struct target *there = target_find(*key);
    if (there != NULL && there->kind != kind) {
        return OSERROR_INVALID_HANDLE;
    }
    if (objects_is_denied(*key, ACCESS_WRITE) || (there != NULL && is_refused(there, ACCESS_WRITE))) {
        return OSERROR_ACCESS_DENIED;
    }
    if (there != NULL) {
        return OSERROR_ALREADY_EXISTS;
    }
    if (kind == OBJECT_SECTION && global_is_denied && strncmp(*key, "Global\\", 7) == 0) {
        return OSERROR_ACCESS_DENIED;
    }
    return OSERROR_NONE;
}

oserror objects_open(const char *name, enum object_kind kind, enum access access, object **opened)
{
    const char *key = NULL;
    oserror error = objects_key(name, false, &key);
    if (error != OSERROR_NONE) {
        return error;
    }
    struct target *there = target_find(key);
    if (there != NULL && there->kind != kind) {
        return OSERROR_INVALID_HANDLE;
    }
    if (objects_is_denied(key, access)) {
        return OSERROR_ACCESS_DENIED;
    }
    if (there == NULL) {
        return OSERROR_FILE_NOT_FOUND;
    }
    if (is_refused(there, access)) {
        return OSERROR_ACCESS_DENIED;
    }
    *opened = handle_add(there, access);
    return OSERROR_NONE;
}

enum object_kind object_kind_of(const char *name)
{
    schedule_point("object_kind_of", name);
    schedule_leave_if_dead();
    const char *key = NULL;
    const struct target *there = objects_key(name, false, &key) == OSERROR_NONE ? target_find(key) : NULL;
    return there == NULL ? OBJECT_NONE : there->kind;
}

/* ---- Sections and views ------------------------------------------------------------------------------------------ */

static uint64_t committed_bytes(void)
{
    uint64_t sum = 0;
    for (const struct target *target = machine.targets; target != NULL; target = target->next) {
        sum += target->counted ? target->size : 0;
    }
    for (const struct taken *taken = memories; taken != NULL; taken = taken->next) {
        sum += taken->size;
    }
    return sum;
}

static bool fits_commit_limit(uint64_t size)
{
    uint64_t used = committed_bytes();
    return used <= commit_limit && size <= commit_limit - used;
}

static uint64_t whole_pages(uint64_t size)
{
    return (size + WINSHM_PAGE - 1) / WINSHM_PAGE * WINSHM_PAGE;
}

static struct target *section_add(const char *key, uint64_t size, uint64_t committed)
{
    struct target *target = target_add(OBJECT_SECTION, key);
    target->size = size;
    target->committed = committed;
    target->memory = size <= KEPT_SIZE ? memory_for(size) : memory_new(size);
    return target;
}

oserror section_create(const char *name, uint64_t size, const char *sddl, object **section)
{
    oserror error = machine_begin_call_on("section_create", name);
    if (error != OSERROR_NONE) {
        return error;
    }
    if (size == 0 || size > INT64_MAX) {
        return OSERROR_INVALID_PARAMETER;
    }
    const char *key = NULL;
    error = objects_may_create(name, OBJECT_SECTION, &key);
    if (error != OSERROR_NONE) {
        return error;
    }
    if (size > UINT64_C(1) << 46) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }
    size = whole_pages(size);
    if (!fits_commit_limit(size)) {
        return OSERROR_COMMITMENT_LIMIT;
    }
    struct target *target = section_add(key, size, size);
    target->counted = true;
    target->sddl = sddl == NULL ? NULL : machine_copy(sddl);
    *section = handle_add(target, ACCESS_WRITE);
    return OSERROR_NONE;
}

oserror section_open(const char *name, enum access access, object **section)
{
    oserror error = machine_begin_call_on("section_open", name);
    return error != OSERROR_NONE ? error : objects_open(name, OBJECT_SECTION, access, section);
}

/* Whether the system may be asked about an open section. As on Windows, a handle to read does not grant it. */
oserror sections_may_ask(object *section, const char *function)
{
    oserror error = machine_begin_own_call(function);
    (void)target_check(section, OBJECT_SECTION, function);
    return error == OSERROR_NONE && section->access == ACCESS_READ ? OSERROR_ACCESS_DENIED : error;
}

oserror section_facts(object *section, struct section_facts *facts)
{
    oserror error = sections_may_ask(section, "section_facts");
    if (error == OSERROR_NONE) {
        *facts = section->target->facts;
        facts->size = section->target->size;
    }
    return error;
}

bool view_is_file(const struct view *view)
{
    struct mapped **mapped = mapped_find(view->base);
    if (*mapped == NULL) {
        machine_mistake("view_is_file of something else");
    }
    return (*mapped)->target->facts.is_file;
}

/* The names are copied first: any of them may go away while the caller looks at another. */
oserror sections_list(enum name_scope scope, bool (*each)(void *context, const char *name), void *context)
{
    struct runner *self = machine.running;
    size_t size = 0;
    oserror error = machine_begin_call("sections_list");
    for (const struct target *target = machine.targets; target != NULL; target = target->next) {
        if (target->kind != OBJECT_SECTION || target->name == NULL) {
            continue;
        }
        /* A failure is that of the first namespace: the global one, or the one that was asked for. */
        bool global = strncmp(target->name, "Global\\", 7) == 0;
        bool is_passed_over = error != OSERROR_NONE && (scope != NAME_AS_TYPED || global);
        if (scope != (global ? NAME_LOCAL : NAME_GLOBAL) && !is_passed_over) {
            size_t length = strlen(target->name) + 1;
            self->names = machine_need(realloc(self->names, size + length));
            memcpy(self->names + size, target->name, length);
            size += length;
        }
    }
    for (size_t at = 0; at < size; at += strlen(self->names + at) + 1) {
        /* Some come more than once. */
        if (!each(context, self->names + at) || !each(context, self->names + at)) {
            return OSERROR_NONE;
        }
    }
    return error;
}

/* A view has a page on either side that no program may touch. One for reading crashes a program that writes to it. */
static uint8_t *view_new(const struct memory *memory, enum access access, size_t committed)
{
    size_t size = (size_t)memory->size;
    uint8_t *fenced =
        mmap(NULL, size + 2 * (size_t)WINSHM_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (fenced == MAP_FAILED) {
        return NULL;
    }
    uint8_t *base = fenced + WINSHM_PAGE;
    int protection = access == ACCESS_WRITE ? PROT_READ | PROT_WRITE : PROT_READ;
    if (mmap(base, size, protection, MAP_SHARED | MAP_FIXED, memory->file, 0) != base) {
        view_drop(base, size);
        return NULL;
    }
    if (committed < size && mprotect(base + committed, size - committed, PROT_NONE) != 0) {
        machine_mistake("the real machine cannot protect a page");
    }
    return base;
}

oserror view_map(object *section, enum access access, struct view *view)
{
    oserror error = machine_begin_own_call("view_map");
    struct target *target = target_check(section, OBJECT_SECTION, "view_map");
    if (error != OSERROR_NONE) {
        return error;
    }
    if (access == ACCESS_WRITE && section->access != ACCESS_WRITE) {
        return OSERROR_ACCESS_DENIED;
    }
    if (target->size > view_limit || target->size > SIZE_MAX - 2 * (size_t)WINSHM_PAGE) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }

    size_t size = (size_t)target->size;
    size_t committed = (size_t)target->committed;
    uint8_t *base = committed == size ? spare_view(target->memory, access) : NULL;
    base = base != NULL ? base : view_new(target->memory, access, committed);
    if (base == NULL) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }

    struct mapped *mapped = machine_need(malloc(sizeof *mapped));
    *mapped = (struct mapped){.view = {.base = base, .size = size, .committed = committed},
                              .process = current(),
                              .target = target,
                              .access = access,
                              .next = views};
    views = mapped;
    target->views++;
    *view = mapped->view;
    return OSERROR_NONE;
}

void view_unmap(struct view *view)
{
    if (view->base == NULL) {
        return;
    }
    struct mapped **at = mapped_find(view->base);
    if (*at == NULL || (*at)->process != current()) {
        machine_mistake("view_unmap of what is not a view of process %u", current());
    }
    mapped_drop(at);
    *view = (struct view){0};
}

/* ---- Objects of somebody else ------------------------------------------------------------------------------------ */

const char *objects_foreign_key(const char *name)
{
    const char *key = NULL;
    if (objects_key(name, true, &key) != OSERROR_NONE || key == NULL || target_find(key) != NULL) {
        machine_mistake("%s cannot be made", name);
    }
    return key;
}

void objects_give_to_world(struct target *target)
{
    uint32_t before = machine_switch_process(WORLD);
    (void)handle_add(target, ACCESS_WRITE);
    (void)machine_switch_process(before);
}

void machine_foreign_section(const char *name, const void *bytes, uint64_t size, uint64_t committed)
{
    uint64_t pages = whole_pages(size);
    uint64_t there = whole_pages(committed);
    struct target *target = section_add(objects_foreign_key(name), pages, there < pages ? there : pages);
    objects_give_to_world(target);
    if (bytes != NULL) {
        memcpy(machine_bytes(name, NULL), bytes, (size_t)size);
    }
}

void machine_facts(const char *name, struct section_facts facts)
{
    target_named(name)->facts = facts;
}

void machine_security(const char *name, const char *sddl)
{
    struct target *target = target_named(name);
    free(target->sddl);
    target->sddl = machine_copy(sddl);
    target->is_reported = true;
}

void machine_foreign(const char *name, enum object_kind kind)
{
    if (kind == OBJECT_SECTION || kind == OBJECT_NONE) {
        machine_mistake("use machine_foreign_section()");
    }
    objects_give_to_world(target_add(kind, objects_foreign_key(name)));
}

struct target *target_named(const char *name)
{
    struct target *target = target_find(objects_without_local(name));
    if (target == NULL) {
        machine_mistake("there is no %s", name);
    }
    return target;
}

void machine_forget(const char *name)
{
    const struct target *target = target_named(name);
    for (object *open = machine.handles, *next; open != NULL; open = next) {
        next = open->next;
        if (open->process == WORLD && open->target == target) {
            handle_drop(open);
        }
    }
}

void machine_own(const char *name)
{
    struct target *target = target_named(name);
    if (target->kind != OBJECT_MUTEX || target->owner != 0) {
        machine_mistake("%s cannot be taken", name);
    }
    target->owner = current();
    target->taken = 1;
    target->abandoned = false;
}

uint8_t *machine_bytes(const char *name, uint64_t *size)
{
    struct target *target = target_find(objects_without_local(name));
    if (target == NULL || target->kind != OBJECT_SECTION) {
        return NULL;
    }
    if (size != NULL) {
        *size = target->size;
    }
    return memory_bytes(target->memory);
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

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

/* Nobody else runs while somebody spins. */
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

/* How the calls on objects are called by machine_call_name() and its like: by the kind of object. */
static const struct {
    const char *create;
    const char *open;
    enum object_kind kind; /* under its name */
} kinds[] = {
    [OBJECT_MUTEX] = {"mutex_create", "mutex_open", OBJECT_MUTEX},
    [OBJECT_EVENT] = {"event_create", "event_open", OBJECT_EVENT},
    [OBJECT_AUTO_EVENT] = {"auto_event_create", "event_open", OBJECT_EVENT},
    [OBJECT_SEMAPHORE] = {"semaphore_create", "semaphore_open", OBJECT_SEMAPHORE},
};
static const struct {
    const char *call;
    enum object_kind kind;
} signals[] = {
    [SIGNAL_RELEASE] = {"mutex_release", OBJECT_MUTEX},
    [SIGNAL_SET] = {"event_set", OBJECT_EVENT},
    [SIGNAL_RESET] = {"event_reset", OBJECT_EVENT},
    [SIGNAL_RAISE] = {"semaphore_raise", OBJECT_SEMAPHORE},
};

oserror object_create(enum object_kind kind, const char *name, const char *sddl, object **created)
{
    oserror error = machine_begin_call_on(kinds[kind].create, name);
    const char *key = NULL;
    if (error == OSERROR_NONE) {
        error = objects_may_create(name, kinds[kind].kind, &key);
    }
    if (error == OSERROR_NONE) {
        struct target *target = target_add(kinds[kind].kind, key);
        target->resets = kind == OBJECT_AUTO_EVENT;
        target->sddl = sddl == NULL ? NULL : machine_copy(sddl);
        *created = handle_add(target, ACCESS_WRITE);
    }
    return error;
}

oserror object_open(enum object_kind kind, const char *name, object **opened)
{
    oserror error = machine_begin_call_on(kinds[kind].open, name);
    return error != OSERROR_NONE ? error : objects_open(name, kinds[kind].kind, ACCESS_WRITE, opened);
}

/* To release a mutex never fails. */
oserror object_signal(object *signalled, enum object_signal how)
{
    oserror error = OSERROR_NONE;
    if (how == SIGNAL_RELEASE) {
        schedule_point(signals[how].call, schedule_name_of(signalled));
        schedule_leave_if_dead();
    } else {
        error = machine_begin_call_on(signals[how].call, schedule_name_of(signalled));
    }
    struct target *target = target_check(signalled, signals[how].kind, signals[how].call);
    if (error != OSERROR_NONE) {
        return error;
    }
    switch (how) {
    case SIGNAL_RELEASE:
        if (target->owner == current() && --target->taken == 0) {
            target->owner = 0;
        }
        break;
    case SIGNAL_SET:
    case SIGNAL_RESET:
        target->is_set = how == SIGNAL_SET;
        break;
    case SIGNAL_RAISE:
        target->raised++;
        break;
    }
    return OSERROR_NONE;
}

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

oserror interrupt_catch(void)
{
    oserror error = machine_begin_own_call("interrupt_catch");
    if (error == OSERROR_NONE) {
        machine.processes[current()].catches = true;
    }
    return error;
}

/* End a wait if anything has happened: the lowest object, then Ctrl+C, then the deadline. */
static bool end_wait(const struct waiter *waiter, struct waited *waited)
{
    for (size_t i = 0; i < waiter->count; i++) {
        struct target *target = handle_check(waiter->objects[i], "wait_any")->target;
        if (!objects_is_signalled(target, waiter->process)) {
            continue;
        }
        *waited = (struct waited){.how = target->abandoned ? WAITED_ABANDONED : WAITED_SIGNALLED, .which = i};
        target->abandoned = false;
        if (target->kind == OBJECT_MUTEX) {
            target->owner = waiter->process;
            target->taken++;
        } else if (target->kind == OBJECT_SEMAPHORE) {
            target->raised--;
        } else if (target->resets) {
            target->is_set = false;
        }
        return true;
    }
    const struct process *process = &machine.processes[waiter->process];
    if (process->catches && process->interrupted) {
        *waited = (struct waited){.how = WAITED_INTERRUPTED};
        return true;
    }
    if (waiter->deadline <= machine.now) {
        *waited = (struct waited){.how = WAITED_TIMEOUT};
        return true;
    }
    return false;
}

struct waited wait_any(object *const objects[], size_t count, uint64_t deadline)
{
    oserror error = machine_begin_call_on("wait_any", count == 0 ? NULL : schedule_name_of(objects[0]));
    if (error != OSERROR_NONE) {
        return (struct waited){.how = WAITED_FAILED, .error = error};
    }
    if (count > 8) {
        machine_mistake("wait_any for %zu objects", count);
    }
    for (size_t i = 0; i < count; i++) {
        const struct target *target = handle_check(objects[i], "wait_any")->target;
        if (target == NULL || target->kind == OBJECT_SECTION) {
            machine_mistake("wait_any for what cannot be waited for");
        }
    }
    struct waiter waiter = {.process = current(), .objects = objects, .count = count, .deadline = deadline};
    struct waited waited = {.how = WAITED_FAILED};
    while (!end_wait(&waiter, &waited)) {
        schedule_wait(&waiter);
    }
    return waited;
}

/* ---- Files, pipes and the console -------------------------------------------------------------------------------- */

static struct disk_file *disk_find(const char *path)
{
    struct disk_file *file = disk;
    while (file != NULL && strcmp(file->path, path) != 0) {
        file = file->next;
    }
    return file;
}

static struct disk_file *disk_add(const char *path)
{
    struct disk_file *file = disk_find(path);
    if (file == NULL) {
        file = machine_need(calloc(1, sizeof *file));
        *file = (struct disk_file){.path = machine_copy(path), .next = disk};
        disk = file;
    }
    return file;
}

static uint64_t disk_used(void)
{
    uint64_t used = 0;
    for (const struct disk_file *file = disk; file != NULL; file = file->next) {
        used += file->bytes.size;
    }
    for (const object *open = machine.handles; open != NULL; open = open->next) {
        used += open->path != NULL ? open->stream.bytes.size : 0;
    }
    return used;
}

void machine_file_put(const char *path, const void *bytes, size_t size)
{
    struct disk_file *file = disk_add(path);
    bytes_free(&file->bytes);
    bytes_append(&file->bytes, bytes, size);
}

const uint8_t *machine_file_bytes(const char *path, size_t *size)
{
    const struct disk_file *file = disk_find(path);
    if (file != NULL && size != NULL) {
        *size = file->bytes.size;
    }
    return file == NULL ? NULL : file->bytes.at;
}

void machine_file_device(const char *path)
{
    machine_file_put(path, "", 0);
    disk_find(path)->device = true;
}

void machine_disk_limit(uint64_t bytes)
{
    disk_limit = bytes;
}

static object *standard_of(uint32_t process, enum standard which)
{
    return &machine_process(process)->standard[which];
}

/* A fresh stream in the place of the one before. */
static struct stream *standard_renew(uint32_t process, enum standard which, enum machine_stream kind)
{
    object *renewed = standard_of(process, which);
    renewed->absent = false;
    files_drop(&renewed->stream);
    renewed->stream.kind = kind;
    return &renewed->stream;
}

void machine_standard_absent(uint32_t process, enum standard which)
{
    standard_of(process, which)->absent = true;
}

void machine_input_pipe(uint32_t process, const struct machine_piece *pieces, size_t count)
{
    struct stream *stream = standard_renew(process, STANDARD_INPUT, MACHINE_PIPE);
    stream->pieces = machine_need(malloc((count + 1) * sizeof *pieces));
    for (size_t i = 0; i < count; i++) {
        stream->pieces[i] = pieces[i];
    }
    stream->piece_count = count;
}

void machine_input_go_on(uint32_t process)
{
    standard_of(process, STANDARD_INPUT)->stream.permits++;
}

void machine_input_file(uint32_t process, const void *bytes, size_t size, uint64_t claimed)
{
    struct stream *stream = standard_renew(process, STANDARD_INPUT, MACHINE_FILE);
    bytes_append(&stream->bytes, bytes, size);
    stream->claimed = claimed;
}

void machine_input_console(uint32_t process, const uint16_t *const lines[])
{
    standard_renew(process, STANDARD_INPUT, MACHINE_CONSOLE)->lines = lines;
}

void machine_output(uint32_t process, enum standard which, enum machine_stream stream)
{
    struct stream *renewed = standard_renew(process, which, stream);
    renewed->encoder.rule = TEXT_EXACT;
}

void machine_output_limit(uint32_t process, enum standard which, uint64_t bytes, oserror error)
{
    standard_of(process, which)->stream.limit = bytes;
    standard_of(process, which)->stream.limit_error = error;
}

const char *machine_written(uint32_t process, enum standard which, size_t *size)
{
    const struct bytes *bytes = &standard_of(process, which)->stream.bytes;
    if (size != NULL) {
        *size = bytes->size;
    }
    return bytes->at == NULL ? "" : (const char *)bytes->at;
}

size_t machine_writes(uint32_t process, enum standard which)
{
    return standard_of(process, which)->stream.writes;
}

void machine_written_clear(uint32_t process, enum standard which)
{
    bytes_free(&standard_of(process, which)->stream.bytes);
    standard_of(process, which)->stream.writes = 0;
}

object *file_standard(enum standard which)
{
    object *standard = standard_of(current(), which);
    return standard->absent ? NULL : standard;
}

static struct stream *stream_check(object *file, const char *function)
{
    if (handle_check(file, function)->target != NULL) {
        machine_mistake("%s of what is not a file", function);
    }
    return &file->stream;
}

oserror file_open(const char *path, object **file)
{
    oserror error = machine_begin_own_call("file_open");
    if (error != OSERROR_NONE) {
        return error;
    }
    if (objects_is_denied(path, ACCESS_READ)) {
        return OSERROR_ACCESS_DENIED;
    }
    const struct disk_file *there = disk_find(path);
    if (there == NULL) {
        return OSERROR_FILE_NOT_FOUND;
    }
    object *opened = handle_add(NULL, ACCESS_READ);
    opened->stream.kind = MACHINE_FILE;
    bytes_append(&opened->stream.bytes, there->bytes.at, there->bytes.size);
    opened->stream.claimed = there->device ? UINT64_MAX : there->bytes.size;
    *file = opened;
    return OSERROR_NONE;
}

bool file_remaining(object *file, uint64_t *bytes)
{
    const struct stream *stream = stream_check(file, "file_remaining");
    if (stream->kind != MACHINE_FILE || stream->claimed == UINT64_MAX) {
        return false;
    }
    *bytes = stream->claimed > stream->position ? stream->claimed - stream->position : 0;
    return true;
}

oserror file_read(object *file, void *bytes, size_t size, size_t *got)
{
    oserror error = machine_begin_own_call("file_read");
    struct stream *stream = stream_check(file, "file_read");
    if (stream->kind == MACHINE_CONSOLE) {
        machine_mistake("file_read of a console");
    }
    if (error != OSERROR_NONE) {
        return error;
    }
    const uint8_t *from = stream->bytes.at;
    size_t there = stream->bytes.size;
    if (stream->pieces != NULL) {
        while (stream->piece < stream->piece_count && stream->pieces[stream->piece].error == OSERROR_NONE &&
               stream->position == stream->pieces[stream->piece].size) {
            stream->piece++;
            stream->position = 0;
        }
        while (stream->piece < stream->piece_count && stream->pieces[stream->piece].error == MACHINE_BLOCKS) {
            struct waiter waiter = {.process = current(), .deadline = CLOCK_NEVER, .reads = stream};
            while (stream->permits == 0) {
                schedule_wait(&waiter);
            }
            stream->permits--;
            stream->piece++;
        }
        if (stream->piece == stream->piece_count) {
            *got = 0;
            return OSERROR_NONE;
        }
        if (stream->pieces[stream->piece].error != OSERROR_NONE) {
            return stream->pieces[stream->piece].error;
        }
        from = stream->pieces[stream->piece].bytes;
        there = stream->pieces[stream->piece].size;
    }
    size_t count = there - stream->position < size ? there - stream->position : size;
    if (count > 0) {
        memcpy(bytes, from + stream->position, count);
    }
    stream->position += count;
    *got = count;
    return OSERROR_NONE;
}

oserror file_write(object *file, const void *bytes, size_t size)
{
    oserror error = machine_begin_own_call("file_write");
    struct stream *stream = stream_check(file, "file_write");
    if (stream->kind == MACHINE_CONSOLE) {
        machine_mistake("file_write to a console");
    }
    if (file->committed) {
        machine_mistake("file_write to a file that is committed");
    }
    if (file == &machine.processes[current()].standard[STANDARD_INPUT] ||
        (!file->standard && file->access != ACCESS_WRITE)) {
        machine_mistake("file_write to what is open for reading");
    }
    if (error != OSERROR_NONE || size == 0) {
        return error;
    }
    stream->writes++;
    uint64_t room = stream->limit;
    error = stream->limit_error;
    if (!file->standard) {
        uint64_t used = disk_used();
        room = used < disk_limit ? disk_limit - used : 0;
        error = OSERROR_DISK_FULL;
    }
    size_t count = size <= room ? size : (size_t)room;
    struct disk_file *device = file->path == NULL ? NULL : disk_find(file->path);
    bytes_append(device != NULL && device->device ? &device->bytes : &stream->bytes, bytes, count);
    if (stream->limit != UINT64_MAX) {
        stream->limit -= count;
    }
    return count == size ? OSERROR_NONE : error;
}

oserror file_create(const char *path, object **file)
{
    oserror error = machine_begin_own_call("file_create");
    if (error != OSERROR_NONE) {
        return error;
    }
    if (objects_is_denied(path, ACCESS_WRITE)) {
        return OSERROR_ACCESS_DENIED;
    }
    object *made = handle_add(NULL, ACCESS_WRITE);
    made->stream.kind = MACHINE_FILE;
    made->path = machine_copy(path);
    *file = made;
    return OSERROR_NONE;
}

oserror file_commit(object *file, const char *path)
{
    oserror error = machine_begin_own_call("file_commit");
    struct stream *stream = stream_check(file, "file_commit");
    if (file->path == NULL || file->committed || strcmp(file->path, path) != 0) {
        machine_mistake("file_commit of what was not made as %s", path);
    }
    if (error != OSERROR_NONE) {
        return error;
    }
    file->committed = true;
    struct disk_file *there = disk_add(path);
    if (!there->device) {
        bytes_free(&there->bytes);
        bytes_append(&there->bytes, stream->bytes.at, stream->bytes.size);
        bytes_free(&stream->bytes);
    }
    return OSERROR_NONE;
}

bool file_is_console(object *file)
{
    return stream_check(file, "file_is_console")->kind == MACHINE_CONSOLE;
}

oserror console_read(object *console, uint16_t *units, size_t size, size_t *got)
{
    oserror error = machine_begin_own_call("console_read");
    struct stream *stream = stream_check(console, "console_read");
    if (stream->kind != MACHINE_CONSOLE || stream->lines == NULL) {
        machine_mistake("console_read of what is not the keyboard");
    }
    if (error != OSERROR_NONE) {
        return error;
    }
    if (*stream->lines == NULL) {
        machine_mistake("process %u reads the console, and nobody types", current());
    }
    const uint16_t *line = *stream->lines;
    if (line[0] == 3) {
        stream->lines++;
        machine_interrupt(current());
        return OSERROR_OPERATION_ABORTED;
    }
    size_t count = 0;
    while (count < size && line[stream->unit] != 0) {
        units[count++] = line[stream->unit++];
    }
    if (line[stream->unit] == 0) {
        stream->lines++;
        stream->unit = 0;
    }
    *got = count;
    return OSERROR_NONE;
}

oserror console_write(object *console, const uint16_t *units, size_t size)
{
    oserror error = machine_begin_own_call("console_write");
    struct stream *stream = stream_check(console, "console_write");
    if (stream->kind != MACHINE_CONSOLE || stream->lines != NULL) {
        machine_mistake("console_write to what is not the screen");
    }
    if (error != OSERROR_NONE || size == 0) {
        return error;
    }
    char *text = machine_need(malloc(TEXT_ENCODED_ROOM(size)));
    stream->writes++;
    bytes_append(&stream->bytes, text, text_encode(&stream->encoder, units, size, false, text));
    free(text);
    return OSERROR_NONE;
}

/* ---- The message box --------------------------------------------------------------------------------------------- */

oserror message_box(const char *title, const uint16_t *text)
{
    oserror error = machine_begin_own_call("message_box");
    if (error != OSERROR_NONE) {
        return error;
    }
    size_t count = 0;
    while (text[count] != 0) {
        count++;
    }
    box_forget();
    box_text = machine_need(malloc(TEXT_ENCODED_ROOM(count) + 1));
    (void)text_utf8_from_utf16(text, count, box_text);
    box_title = machine_copy(title);
    struct waiter waiter = {.process = current(), .deadline = CLOCK_NEVER};
    while (box_stays) {
        schedule_wait(&waiter);
    }
    return OSERROR_NONE;
}

void machine_box_stays(void)
{
    box_stays = true;
}

const char *machine_box_text(void)
{
    return box_text;
}

const char *machine_box_title(void)
{
    return box_title;
}

/* ---- The rest ---------------------------------------------------------------------------------------------------- */

void *memory_take(size_t size)
{
    if (machine_begin_own_call("memory_take") != OSERROR_NONE || size == 0 || (uint64_t)size > UINT64_C(1) << 38 ||
        !fits_commit_limit(whole_pages(size))) {
        return NULL;
    }
    struct taken *taken = machine_need(malloc(sizeof *taken));
    *taken = (struct taken){.memory = malloc(size), .size = size, .process = current(), .next = memories};
    if (taken->memory == NULL) {
        free(taken);
        return NULL;
    }
    memset(taken->memory, 0xA5, size < 1 << 20 ? size : 1 << 20); /* nobody has promised zeros */
    memories = taken;
    return taken->memory;
}

void memory_give(void *memory)
{
    if (memory == NULL) {
        return;
    }
    for (struct taken **at = &memories; *at != NULL; at = &(*at)->next) {
        if ((*at)->memory == memory && (*at)->process == current()) {
            taken_drop(at);
            return;
        }
    }
    machine_mistake("memory_give of what process %u has not taken", current());
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

/* Arguments as a program gets them, in one block, as it may change their order. */
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

const char *system_error_text(oserror error, char *text, size_t size)
{
    static const struct {
        oserror error;
        const char *words;
    } known[] = {
        {OSERROR_FILE_NOT_FOUND, "The system cannot find the file specified"},
        {OSERROR_PATH_NOT_FOUND, "The system cannot find the path specified"},
        {OSERROR_ACCESS_DENIED, "Access is denied"},
        {OSERROR_INVALID_HANDLE, "The handle is invalid"},
        {OSERROR_NOT_ENOUGH_MEMORY, "Not enough memory resources are available to process this command"},
        {OSERROR_INVALID_PARAMETER, "The parameter is incorrect"},
        {OSERROR_BROKEN_PIPE, "The pipe has been ended"},
        {OSERROR_DISK_FULL, "There is not enough space on the disk"},
        {OSERROR_ALREADY_EXISTS, "Cannot create a file when that file already exists"},
        {OSERROR_NO_DATA, "The pipe is being closed"},
        {OSERROR_COMMITMENT_LIMIT, "The paging file is too small for this operation to complete"},
    };
    const char *words = "";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        words = known[i].error == error ? known[i].words : words;
    }
    (void)snprintf(text, size, "%s", words);
    return text;
}

uint32_t code_page_ansi(void)
{
    return ansi_code_page;
}

uint32_t code_page_oem(void)
{
    return 437;
}

void machine_code_page_ansi(uint32_t code_page)
{
    ansi_code_page = code_page;
}

/* The characters of 1252 in the place of the C1 controls. Five of them stay controls. */
static const uint16_t in_1252[32] = {0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                     0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
                                     0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                     0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

static bool is_known_code_page(uint32_t code_page)
{
    return code_page == 1252 || code_page == 437 || code_page == 932 || code_page == 65001;
}

/* One unit in one of the small code pages: its bytes, or 0 of them. */
static size_t encode_unit(uint32_t code_page, uint16_t unit, uint8_t out[2])
{
    if (unit < 0x80 || (code_page == 1252 && unit >= 0xA0 && unit <= 0xFF)) {
        out[0] = (uint8_t)unit;
        return 1;
    }
    for (size_t i = 0; code_page == 1252 && i < 32; i++) {
        if (in_1252[i] == unit) {
            out[0] = (uint8_t)(0x80 + i);
            return 1;
        }
    }
    if (code_page == 932 && unit >= 0x3041 && unit <= 0x3093) {
        out[0] = 0x82;
        out[1] = (uint8_t)(0x9F + (unit - 0x3041));
        return 2;
    }
    return 0;
}

oserror code_page_encode(uint32_t code_page, const uint16_t *units, size_t count, uint8_t *out, size_t room,
                         size_t *made)
{
    oserror error = machine_begin_own_call("code_page_encode");
    if (error != OSERROR_NONE) {
        return error;
    }
    if (!is_known_code_page(code_page)) {
        return OSERROR_INVALID_PARAMETER;
    }
    struct bytes result = {0};
    if (code_page == 65001) {
        error = text_has_half_pair(units, count) ? OSERROR_NO_UNICODE_TRANSLATION : OSERROR_NONE;
        result.room = TEXT_ENCODED_ROOM(count) + 1;
        result.at = machine_need(malloc(result.room));
        result.size = text_utf8_from_utf16(units, count, (char *)result.at);
    } else {
        for (size_t i = 0; i < count && error == OSERROR_NONE; i++) {
            uint8_t bytes[2];
            size_t size = encode_unit(code_page, units[i], bytes);
            bytes_append(&result, bytes, size);
            error = size == 0 ? OSERROR_NO_UNICODE_TRANSLATION : OSERROR_NONE;
        }
    }
    if (error == OSERROR_NONE && result.size > room) {
        error = INSUFFICIENT_BUFFER;
    }
    if (error == OSERROR_NONE) {
        if (result.size > 0) {
            memcpy(out, result.at, result.size);
        }
        *made = result.size;
    }
    bytes_free(&result);
    return error;
}

/* One character of one of the small code pages. Returns how many bytes it has; 0 when the next byte decides. */
static size_t decode_unit(uint32_t code_page, const uint8_t *bytes, size_t count, uint16_t *unit)
{
    uint8_t first = bytes[0];
    *unit = first < 0x80 ? first : 0xFFFD;
    if (code_page == 1252 && first >= 0x80) {
        *unit = first < 0xA0 ? in_1252[first - 0x80] : first;
    }
    bool leads = code_page == 932 && ((first >= 0x81 && first <= 0x9F) || (first >= 0xE0 && first <= 0xFC));
    if (!leads || count < 2) {
        return leads ? 0 : 1;
    }
    if (first == 0x82 && bytes[1] >= 0x9F && bytes[1] <= 0xF1) {
        *unit = (uint16_t)(0x3041 + (bytes[1] - 0x9F));
    }
    return 2;
}

bool code_page_is_known(uint32_t code_page)
{
    return is_known_code_page(code_page);
}

oserror code_page_decode(uint32_t code_page, const uint8_t *bytes, size_t count, bool last, uint16_t *out, size_t *made,
                         size_t *used)
{
    oserror error = machine_begin_own_call("code_page_decode");
    if (error != OSERROR_NONE) {
        return error;
    }
    if (!is_known_code_page(code_page)) {
        return OSERROR_INVALID_PARAMETER;
    }
    if (count > CODE_PAGE_PIECE) {
        machine_mistake("code_page_decode: %zu bytes are too many at a time", count);
    }
    size_t units = 0;
    size_t at = 0;
    while (at < count) {
        size_t size = decode_unit(code_page, bytes + at, count - at, &out[units]);
        if (size == 0 && !last) {
            break;
        }
        if (size == 0) {
            out[units] = 0xFFFD;
            size = count - at;
        }
        units++;
        at += size;
    }
    *made = units;
    *used = at;
    return OSERROR_NONE;
}

/* ---- Who may, and who lives ------------------------------------------------------------------------------------- */

#define USER_SID "S-1-5-21-1-2-3-1001"

oserror user_sid(char sid[SID_ROOM])
{
    oserror error = machine_begin_own_call("user_sid");
    if (error == OSERROR_NONE) {
        (void)snprintf(sid, SID_ROOM, USER_SID);
    }
    return error;
}

oserror user_in_sddl(char sid[SID_ROOM])
{
    oserror error = machine_begin_own_call("user_in_sddl");
    if (error == OSERROR_NONE) {
        (void)snprintf(sid, SID_ROOM, "%s", user_letters != NULL ? user_letters : USER_SID);
    }
    return error;
}

void machine_user_letters(const char *letters)
{
    user_letters = letters;
}

/* Write a descriptor as the system does: this user by its letters, if it has some. */
static int write_sddl(const char *list, char *sddl, size_t room)
{
    int length = snprintf(sddl, room, "O:%s", user_letters != NULL ? user_letters : USER_SID);
    while (*list != '\0') {
        bool is_user = user_letters != NULL && strncmp(list, USER_SID, strlen(USER_SID)) == 0;
        size_t at = (size_t)length < room ? (size_t)length : room;
        length +=
            is_user ? snprintf(sddl + at, room - at, "%s", user_letters) : snprintf(sddl + at, room - at, "%c", *list);
        list += is_user ? strlen(USER_SID) : 1;
    }
    return length;
}

static oserror security_of(const struct target *target, char *sddl, size_t room)
{
    int length = write_sddl(target->sddl != NULL ? target->sddl : "D:P(A;;GA;;;SY)(A;;GA;;;" USER_SID ")", sddl, room);
    return (size_t)length < room ? OSERROR_NONE : OSERROR_FILENAME_EXCED_RANGE;
}

oserror object_security(const char *name, enum object_kind kind, char *sddl, size_t room)
{
    oserror error = machine_begin_call_on("object_security", name);
    const char *key = NULL;
    if (error == OSERROR_NONE) {
        error = objects_key(name, false, &key);
    }
    if (error != OSERROR_NONE) {
        return error;
    }
    const struct target *target = target_find(key);
    if (target == NULL || target->kind != kind) {
        return target == NULL ? OSERROR_FILE_NOT_FOUND : OSERROR_INVALID_HANDLE;
    }
    return security_of(target, sddl, room);
}

oserror section_security(object *section, char *sddl, size_t room)
{
    oserror error = sections_may_ask(section, "section_security");
    return error == OSERROR_NONE ? security_of(section->target, sddl, room) : error;
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

oserror sddl_check(const char *sddl)
{
    oserror error = machine_begin_own_call("sddl_check");
    struct sddl parsed;
    return error != OSERROR_NONE ? error : sddl_parse(sddl, &parsed) ? OSERROR_NONE : OSERROR_INVALID_PARAMETER;
}

void files_reset(void)
{
    while (disk != NULL) {
        struct disk_file *file = disk;
        disk = file->next;
        bytes_free(&file->bytes);
        free(file->path);
        free(file);
    }
    disk_limit = UINT64_MAX;
    box_forget();
    box_stays = false;
}

void objects_reset(void)
{
    while (denials != NULL) {
        struct denial *denial = denials;
        denials = denial->next;
        free(denial->name);
        free(denial);
    }
    global_is_denied = false;
    last_number = 0;
}

void processes_reset(void)
{
    leaks = 0;
    is_in_job = false;
    last_started = FIRST_STARTED - 1;
    started_main = NULL;
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

void sections_reset(void)
{
    commit_limit = UINT64_MAX;
    view_limit = UINT64_MAX;
}

void system_reset(void)
{
    ansi_code_page = 1252;
    user_letters = NULL;
}
