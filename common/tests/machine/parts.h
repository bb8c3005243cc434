/*
 * parts.h - what the parts of the simulated machine share.
 *
 *     machine.c    the beginning and the end, and failures on demand
 *     schedule.c   threads and the clock: which thread runs, and for how long
 *     processes.c  processes: running, killing and starting them
 *     objects.c    names, handles, and waiting for objects
 *     sections.c   sections and views, and memory
 *     files.c      files, pipes, the console and the message box
 *     system.c     code pages, descriptors, and the system's words
 *
 * Each part keeps its own state and has a function that forgets it.
 */
#ifndef COMMON_TESTS_MACHINE_PARTS_H
#define COMMON_TESTS_MACHINE_PARTS_H

#include <setjmp.h>

#include "common/tests/machine/fiber.h"
#include "common/tests/machine/machine.h"
#include "common/text/text.h"

#define PROCESSES 64U
#define FIRST_STARTED 32U /* the number of the first process of process_start() */
#define WORLD 0U          /* the process of everybody else: what it holds is no leak */

/* ---- The machine ------------------------------------------------------------------------------------------------- */

/* Bytes that grow, with a zero after them. */
struct bytes {
    uint8_t *at;
    size_t size;
    size_t room;
};

/* An object, to which handles and views refer. */
struct target {
    enum object_kind kind; /* OBJECT_NONE: a process, or a thread */
    char *name;            /* without `Local\`; NULL when there is none, or when its last handle is closed */
    size_t handles;
    size_t views;
    struct memory *memory; /* a section's */
    uint64_t size;
    uint64_t committed;
    bool counted;   /* against the commit limit */
    bool is_set;    /* an event; a process, a thread: it has ended */
    bool resets;    /* an event: a wait that it ends resets it */
    size_t raised;  /* a semaphore */
    uint32_t owner; /* a mutex: a process, or 0; a process: its number */
    uint32_t status;
    size_t taken; /* how many times by its owner */
    bool abandoned;
    const struct runner *thread;
    char *sddl;       /* who may do what, if that was said */
    bool is_reported; /* `sddl` is only what object_security() reports */
    struct section_facts facts;
    struct target *next;
};

/* A stream of bytes to read or write: a file on the disk, or one end of something. */
struct stream {
    enum machine_stream kind;
    struct bytes bytes; /* to be read, or written */
    size_t position;
    uint64_t claimed; /* the size that a file seems to have */
    struct machine_piece *pieces;
    size_t piece;
    size_t piece_count;
    size_t permits; /* how many times machine_input_go_on() was called, and not used yet */
    const uint16_t *const *lines;
    size_t unit; /* of the first of the lines */
    uint64_t limit;
    oserror limit_error;
    size_t writes;
    struct text_encoder encoder;
};

/* A handle. */
struct object {
    uint32_t process;
    uint64_t number;       /* what a process that inherits it may adopt it by */
    bool unclaimed;        /* inherited, and not yet adopted */
    struct target *target; /* NULL for a file */
    enum access access;
    bool standard;
    bool absent;
    bool committed;
    char *path; /* of a file that is being made */
    struct stream stream;
    struct object *next;
};

/* A program under way, from machine_run() or machine_start(). */
struct frame {
    jmp_buf jump;
    uint32_t process;
    struct frame *previous;
    bool in_wait_callback;
    bool in_call_callback;
};

struct process {
    uint32_t number;
    bool is_program; /* it has a frame */
    bool is_dead;    /* and leaves it as soon as it is its turn */
    bool is_killed;  /* by the schedule: what it holds goes away bit by bit */
    bool catches;
    bool interrupted;
    bool is_told; /* process_life() returns `life` */
    enum life life;
    uint64_t begun; /* when its last program began, as clock_wall() */
    struct object standard[3];
};

/* A wait under way. */
struct waiter {
    uint32_t process;
    object *const *objects;
    size_t count;
    uint64_t deadline;
    const struct runner *until; /* or for the end of this one */
    const struct stream *reads; /* or for more to read */
};

/*
 * A thread, on a stack of its own. Only machine.running runs; the others have called
 * schedule_give_turn().
 */
struct runner {
    struct fiber fiber;
    uint32_t number;  /* of the process that it was started as */
    uint32_t process; /* whose turn it is in this thread */
    struct frame *frame;
    const struct waiter *waiter; /* NULL while it runs, and before it begins */
    bool in_wait_callback;
    bool in_call_callback;
    bool begun;
    bool finished;
    bool is_preempted; /* it could go on, but another one was chosen */
    bool was_finished; /* machine_finish() has returned its result */
    int result;
    int (*entry)(void *context);
    void *context;
    void *arguments;            /* of process_start() */
    void (*run)(void *context); /* of thread_start(): a thread more of the process */
    struct runner *ended_by;    /* who waits for it to leave */
    char *names;                /* in sections_list() */
    struct runner *next;
};

/* The state that several parts use. */
struct machine {
    struct process processes[PROCESSES];
    struct target *targets;
    struct object *handles; /* all that are open, the newest first */
    struct runner *runners; /* all of them, in the order of their beginning */
    struct runner *running; /* whose turn it is */
    uint64_t now;           /* milliseconds */
    bool keeps_memory;      /* since schedules are run */
};
extern struct machine machine;

/* The number of the process that is calling. */
static inline uint32_t current(void)
{
    return machine.running->process;
}

/* ---- machine.c --------------------------------------------------------------------------------------------------- */

/* A mistake of the calling program, or of the test. There is no going on after it. */
_Noreturn void machine_mistake(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Return the block. End the test if it is NULL: the real machine has no memory left. */
void *machine_need(void *block);
char *machine_copy(const char *text);

void bytes_append(struct bytes *bytes, const void *from, size_t size);
void bytes_free(struct bytes *bytes);

struct process *machine_process(uint32_t number);

/*
 * Begin a fallible call, and return the error that is wanted of it, if any.
 * machine_begin_own_call() is for a call that concerns only its own process:
 * no other can notice whether another thread ran before it or after it.
 * machine_begin_call_on() is for a call on the object `name`, NULL for one
 * without a name.
 */
oserror machine_begin_own_call(const char *function);
oserror machine_begin_call_on(const char *function, const char *name);
oserror machine_begin_call(const char *function);

/* A store to shared memory, before which a test may act or kill the process. */
void machine_step(void);

/* ---- schedule.c -------------------------------------------------------------------------------------------------- */

void schedule_reset(void);

/* End all threads but the test's. */
void schedule_end(void);

/* Leave the program if it was killed. */
void schedule_leave_if_dead(void);

/* Let another runner go on. Return when a runner gives the turn back. */
void schedule_give_turn(struct runner *to);

/* Another runner may go on in the place of the caller, or a process be killed, before this happens to `name`. */
void schedule_point(const char *function, const char *name);

/* The name of the object for schedule_point(). */
const char *schedule_name_of(const object *named);

struct runner *schedule_add(struct runner added);

/* Let something happen that may end this wait. On return everything has to be looked at again. */
void schedule_wait(const struct waiter *waiter);

/* ---- processes.c ------------------------------------------------------------------------------------------------- */

void processes_reset(void);

/*
 * Do what Windows does when a process has ended: its mutexes first. Return how
 * much there was to clear away. A process that clears itself away can be
 * interrupted between any two handles.
 */
size_t processes_clear(uint32_t number);

/* ---- objects.c --------------------------------------------------------------------------------------------------- */

void objects_reset(void);

/*
 * Judge a name as Windows does before it looks the name up. *key is the name
 * without `Local\`, which changes nothing. It is NULL for an object without a
 * name, which can only be created.
 */
oserror objects_key(const char *name, bool creating, const char **key);
const char *objects_without_local(const char *name);

/* Judge whether an object of this name may be created, and open one. */
oserror objects_may_create(const char *name, enum object_kind kind, const char **key);
oserror objects_open(const char *name, enum object_kind kind, enum access access, object **opened);
bool objects_is_denied(const char *name, enum access access);

/* The key of a name that is free, and an object that other programs keep. */
const char *objects_foreign_key(const char *name);
void objects_give_to_world(struct target *target);

/* Whether a wait of this process for it would end. */
bool objects_is_signalled(const struct target *target, uint32_t process);

struct target *target_add(enum object_kind kind, const char *key);
struct target *target_find(const char *key);

/* The object of that name, which exists. */
struct target *target_named(const char *name);

/* The object of a handle, which is open and of this process: else it is a mistake. */
struct target *target_check(object *used, enum object_kind kind, const char *function);
void target_free_if_unused(struct target *target);

object *handle_add(struct target *target, enum access access);
object *handle_check(object *used, const char *function);
void handle_drop(object *closed);

/* ---- sections.c -------------------------------------------------------------------------------------------------- */

struct memory;

void sections_reset(void);
void sections_drop(struct memory *memory);

/* Unmap the views of a process and give its memory back. Return how much there was. */
size_t sections_clear(uint32_t number);

/* Begin a question about an open section that not everybody may ask. */
oserror sections_may_ask(object *section, const char *function);

/* Find the section that is mapped at an address. Return whether there is one. */
bool sections_find(const void *at, const char **name, size_t *offset);

/* ---- files.c ----------------------------------------------------------------------------------------------------- */

void files_reset(void);
void files_drop(struct stream *stream);

/* ---- system.c ---------------------------------------------------------------------------------------------------- */

void system_reset(void);

#endif
