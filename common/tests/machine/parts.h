/*
 * parts.h - types and functions that the parts of the simulated machine share.
 *
 *     machine.c    reset, counted calls, and failures on demand
 *     schedule.c   threads and the clock: which thread runs, and how long
 *     processes.c  processes: running, killing and starting them
 *     objects.c    names, handles, and waiting for objects
 *     sections.c   sections, views and memory
 *     files.c      files, pipes, the console and the message box
 *     system.c     code pages, descriptors and error texts
 *
 * Each part has its own state and a function that resets it.
 */
#ifndef COMMON_TESTS_MACHINE_PARTS_H
#define COMMON_TESTS_MACHINE_PARTS_H

#include <setjmp.h>

#include "common/tests/machine/fiber.h"
#include "common/tests/machine/machine.h"
#include "common/text/text.h"

#define PROCESSES 64U
#define FIRST_STARTED 32U /* the number of the first process of process_start() */
#define WORLD 0U          /* represents all other programs, whose open objects are not leaks */

/* ---- The machine ------------------------------------------------------------------------------------------------- */

/* A growing buffer, with a zero after its bytes. */
struct bytes {
    uint8_t *at;
    size_t size;
    size_t room;
};

/* An object, to which handles and views refer. */
struct target {
    enum object_kind kind; /* OBJECT_NONE: a process, or a thread */
    char *name;            /* without `Local\`; NULL: none, or its last handle is closed */
    size_t handles;
    size_t views;
    struct memory *memory; /* for a section */
    uint64_t size;
    uint64_t committed;
    bool counted;   /* it counts towards the commit limit */
    bool is_set;    /* an event is set; a process or thread has ended */
    bool resets;    /* an event: the end of a wait resets it */
    size_t raised;  /* a semaphore: its count */
    uint32_t owner; /* a mutex: the owner, or 0; a process: its number */
    uint32_t status;
    size_t taken; /* how many times the owner has acquired it */
    bool abandoned;
    const struct runner *thread;
    char *sddl;       /* the descriptor, or NULL */
    bool is_reported; /* `sddl` is only what object_security() reports */
    struct section_facts facts;
    struct target *next;
};

/* A stream of bytes to read or write: a file, a pipe or a console. */
struct stream {
    enum machine_stream kind;
    struct bytes bytes; /* still to be read, or already written */
    size_t position;
    uint64_t claimed; /* the size that a file reports */
    struct machine_piece *pieces;
    size_t piece;
    size_t piece_count;
    size_t permits; /* unused calls of machine_input_go_on() */
    const uint16_t *const *lines;
    size_t unit; /* index in the first line */
    uint64_t limit;
    oserror limit_error;
    size_t writes;
    struct text_encoder encoder;
};

/* A handle. */
struct object {
    uint32_t process;
    uint64_t number;       /* the number by which a process that inherits it adopts it */
    bool unclaimed;        /* inherited, and not yet adopted */
    struct target *target; /* NULL for a file */
    enum access access;
    bool standard;
    bool absent;
    bool committed;
    char *path; /* for a file that file_create() has begun */
    struct stream stream;
    struct object *next;
};

/* A running program, from machine_run() or machine_start(). */
struct frame {
    jmp_buf jump;
    uint32_t process;
    struct frame *previous;
    bool in_wait_callback;
    bool in_call_callback;
};

struct process {
    uint32_t number;
    uint32_t parent; /* of machine_parent(), or 0 */
    bool is_program; /* it has a frame */
    bool is_dead;    /* and its program ends at its next turn */
    bool is_killed;  /* by the schedule: its objects are released one by one */
    bool catches;
    bool interrupted;
    bool is_told; /* process_life() returns `life` */
    enum life life;
    uint64_t begun; /* start of its last program, as clock_wall() */
    struct object standard[3];
};

/* The current wait of a thread. */
struct waiter {
    uint32_t process;
    object *const *objects;
    size_t count;
    uint64_t deadline;
    const struct runner *until; /* also ends when this one ends */
    const struct stream *reads; /* also ends when more can be read */
};

/*
 * A thread with its own stack. Only machine.running runs. All others have
 * called schedule_give_turn().
 */
struct runner {
    struct fiber fiber;
    uint32_t number;  /* number of its first process */
    uint32_t process; /* the process that it acts as now */
    struct frame *frame;
    const struct waiter *waiter; /* NULL while it runs, and before it begins */
    bool in_wait_callback;
    bool in_call_callback;
    bool begun;
    bool finished;
    bool is_preempted; /* it could continue, but another one was chosen */
    bool was_finished; /* machine_finish() has returned its result */
    int result;
    int (*entry)(void *context);
    void *context;
    void *arguments;            /* of process_start() */
    void (*run)(void *context); /* for thread_start(): a further thread of the process */
    struct runner *ended_by;    /* the runner that waits for its end */
    char *names;                /* the buffer of sections_list() */
    struct runner *next;
};

/* The state that several parts use. */
struct machine {
    struct process processes[PROCESSES];
    struct target *targets;
    struct object *handles; /* all that are open, the newest first */
    struct runner *runners; /* in the order of their start */
    struct runner *running; /* the current one */
    uint64_t now;           /* milliseconds */
    bool keeps_memory;      /* sections keep their memory for reuse */
};
extern struct machine machine;

/* Return the number of the calling process. */
static inline uint32_t current(void)
{
    return machine.running->process;
}

/* ---- machine.c --------------------------------------------------------------------------------------------------- */

/*
 * End the test with a message, because of a mistake of the calling program or
 * of the test.
 */
_Noreturn void machine_mistake(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Return the block. End the test if it is NULL: the real machine has no memory left. */
void *machine_need(void *block);
char *machine_copy(const char *text);

void bytes_append(struct bytes *bytes, const void *from, size_t size);
void bytes_free(struct bytes *bytes);

struct process *machine_process(uint32_t number);

/*
 * Count the start of a fallible call. Return the error that the test has set
 * for it, or OSERROR_NONE. machine_begin_own_call() is for a call that concerns
 * only its own process: no other process can detect whether it ran before or
 * after. machine_begin_call_on() is for a call on the object `name`, or NULL
 * for one without a name.
 */
oserror machine_begin_own_call(const char *function);
oserror machine_begin_call_on(const char *function, const char *name);
oserror machine_begin_call(const char *function);

/*
 * Count a store to shared memory. Before it the test may act or kill the
 * process.
 */
void machine_step(void);

/* ---- schedule.c -------------------------------------------------------------------------------------------------- */

void schedule_reset(void);

/* End all threads except that of the test. */
void schedule_end(void);

/* Leave the program if it was killed. */
void schedule_leave_if_dead(void);

/* Let another runner continue. Return when a runner passes the turn back. */
void schedule_give_turn(struct runner *to);

/*
 * Let the schedule decide what happens before `function` acts on the object
 * `name`: another runner may continue, or a process may be killed.
 */
void schedule_point(const char *function, const char *name);

/* Return the name of the object for schedule_point(), or NULL. */
const char *schedule_name_of(const object *named);

struct runner *schedule_add(struct runner added);

/*
 * Let other runners continue, or advance the clock. The wait may be over when
 * this returns: the caller checks its condition again.
 */
void schedule_wait(const struct waiter *waiter);

/* ---- processes.c ------------------------------------------------------------------------------------------------- */

void processes_reset(void);

/*
 * Release the objects of a process as Windows does when it has ended: the
 * mutexes first. Return how many there were. A process that clears itself away
 * can be interrupted between any two handles.
 */
size_t processes_clear(uint32_t number);

/* ---- objects.c --------------------------------------------------------------------------------------------------- */

void objects_reset(void);

/*
 * Find the key of a name: the name without `Local\`, which changes nothing. It
 * is NULL for an object without a name, which can only be created. A backslash
 * behind the prefix is an error, as on Windows.
 */
oserror objects_key(const char *name, const char **key);
const char *objects_without_local(const char *name);

/*
 * objects_may_create() returns the error that creating an object of this name
 * fails with. objects_open() opens one. objects_is_denied() returns whether the
 * test has denied this access.
 */
oserror objects_may_create(const char *name, enum object_kind kind, const char **key);
oserror objects_open(const char *name, enum object_kind kind, enum access access, object **opened);
bool objects_is_denied(const char *name, enum access access);

/* Return the key of a name, which must be free. */
const char *objects_foreign_key(const char *name);

/* Let the process WORLD hold an object. */
void objects_give_to_world(struct target *target);

/* Return whether a wait of this process for it would end. */
bool objects_is_signalled(const struct target *target, uint32_t process);

struct target *target_add(enum object_kind kind, const char *key);
struct target *target_find(const char *key);

/* Return the object of that name. It is a mistake if there is none. */
struct target *target_named(const char *name);

/*
 * Return the object of a handle. It is a mistake if the handle is not open in
 * this process, or is of another kind.
 */
struct target *target_check(object *used, enum object_kind kind, const char *function);
void target_free_if_unused(struct target *target);

object *handle_add(struct target *target, enum access access);
object *handle_check(object *used, const char *function);
void handle_drop(object *closed);

/* ---- sections.c -------------------------------------------------------------------------------------------------- */

struct memory;

void sections_reset(void);
void sections_drop(struct memory *memory);

/*
 * Unmap the views of a process and release its memory. Return how many there
 * were.
 */
size_t sections_clear(uint32_t number);

/*
 * Begin a query about an open section that needs more than the right to read.
 */
oserror sections_may_ask(object *section, const char *function);

/* Find the section that is mapped at an address. Return whether there is one. */
bool sections_find(const void *at, const char **name, size_t *offset);

/* ---- files.c ----------------------------------------------------------------------------------------------------- */

void files_reset(void);
void files_drop(struct stream *stream);

/* ---- system.c ---------------------------------------------------------------------------------------------------- */

void system_reset(void);

#endif
