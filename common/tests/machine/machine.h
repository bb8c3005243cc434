/*
 * machine.h - a simulated machine: all of platform.h in memory, with failures
 * on demand.
 *
 * Several processes share the machine. Each has a number from 1 to 63; the test
 * itself begins as process 1. Only one process runs at any moment, and another
 * one continues only when the running one waits. So every run is the same. A
 * second process can run in three ways:
 *
 *     machine_switch_process(2)      the caller continues as process 2
 *     machine_run(2, entry, context) the caller runs a whole program as process 2;
 *                                    it may be killed in the middle
 *     machine_start(2, ...)          the program has a thread of its own and runs
 *                                    while the others wait
 *
 * The clock advances only when every process waits. Then it jumps to the
 * earliest deadline. The test ends with a message if no event and no deadline
 * can end a wait. It also ends if a program makes a mistake, in contrast to an
 * error that happens to the program: if it uses the handle of another process,
 * closes a handle twice, or writes behind a view.
 */
#ifndef COMMON_TESTS_MACHINE_MACHINE_H
#define COMMON_TESTS_MACHINE_MACHINE_H

#include "common/platform.h"

/*
 * Delete all objects, files, scripts, failures and processes. Set the clock to
 * 1000 ms and make the caller process 1. Each test begins with this.
 */
void machine_reset(void);

/* ---- Processes --------------------------------------------------------------------------------------------------- */

#define MACHINE_KILLED (-1)

/* Continue as process `number`. Return the number of the process before. */
uint32_t machine_switch_process(uint32_t number);

/*
 * Run a program as process `number` until it returns or is killed. Return its
 * result, or MACHINE_KILLED. Then the machine ends the process as Windows does:
 * it closes the handles, unmaps the views, releases the memory, and abandons
 * the mutexes. The objects that a program leaves open when it returns are
 * counted by machine_leaks(). They are not counted if another thread of the
 * process was running, which may have been using them: the machine ends that
 * thread together with the process.
 */
int machine_run(uint32_t number, int (*entry)(void *context), void *context);

/*
 * Start a program as process `number` and return at once. The program begins
 * when the other processes wait, or in machine_finish().
 */
void machine_start(uint32_t number, int (*entry)(void *context), void *context);

/*
 * Let the other processes run until process `number` ends. Return its result.
 */
int machine_finish(uint32_t number);

/*
 * Set the function that process_start() runs, as a new process beside the
 * caller. The new process has no standard handles and gets the next number: 32,
 * 33 and so on. machine_started() returns the last number, or 0 if none was
 * started. machine_finish() waits for the end of such a process, too.
 */
void machine_program(int (*program)(int count, char **arguments));
uint32_t machine_started(void);

/*
 * From now on let process_start() report that the new process stays in the job
 * of its parent.
 */
void machine_job(void);

/*
 * Let `parent` be the process that started process `number`. By default the
 * parent has ended.
 */
void machine_parent(uint32_t number, uint32_t parent);

/* Kill a process at once. Do not return if it is the process of the caller. */
void machine_kill_process(uint32_t number);

/*
 * Kill the process that makes the fallible call `index` (see Failures) just
 * before the call. It must be a program of machine_run() or machine_start().
 */
void machine_kill_at(size_t index);

/*
 * The machine counts the stores to shared memory from 0. machine_steps()
 * returns their number so far. machine_kill_at_step() kills the process that
 * makes the store `index`, just before it. machine_on_step() calls a function
 * before each store, except the stores of that function itself. NULL ends this.
 */
size_t machine_steps(void);
void machine_kill_at_step(size_t index);
void machine_on_step(void (*callback)(void *context), void *context);

/*
 * By default process_life() returns LIFE_ALIVE for a running program and
 * LIFE_DEAD for any other process. From now on it returns `life` for process
 * `number`.
 */
void machine_life(uint32_t number, enum life life);

/*
 * Send Ctrl+C to a process. It interrupts the waits of a process that has
 * called interrupt_catch(), and kills any other process.
 */
void machine_interrupt(uint32_t number);

/* ---- Schedules --------------------------------------------------------------------------------------------------- */

/*
 * From now on let `choose` decide which process runs, instead of switching only
 * when one waits. The machine calls it at these points: before each call of a
 * program, before each load and store of memory in sections, while it removes
 * the objects of a killed process, and when a program waits or ends and several
 * others can continue (is_free).
 *
 * `choose` returns the index of one of the options. Unless is_free is set, the
 * first option is the running program, which then continues. After it come the
 * other programs that can continue, and then the processes that can be killed.
 *
 * NULL ends this. Until then the test itself only waits, as in
 * machine_finish().
 */
struct machine_option {
    uint32_t process;
    uint32_t thread; /* 0: the first thread of the process */
    bool kills;
};
struct machine_point {
    const char *function; /* name of the call or of the event */
    const char *name;     /* name of the object concerned, or NULL */
    size_t offset;        /* offset in the memory of that object, or SIZE_MAX */
    struct machine_option who;
    bool is_free;
};
typedef size_t machine_choose(void *context, const struct machine_point *point, const struct machine_option *options,
                              size_t count);
void machine_schedule(machine_choose *choose, void *context);

/* ---- Leaks ------------------------------------------------------------------------------------------------------- */

size_t machine_live_objects(void); /* open handles of all processes, without the standard handles */
size_t machine_live_views(void);
size_t machine_live_memory(void); /* blocks of memory */
size_t machine_leaks(void);       /* of all these, left open by programs that returned */

/* ---- Time -------------------------------------------------------------------------------------------------------- */

void machine_clock_advance(uint64_t milliseconds);

/*
 * Set a function that the machine calls, as the waiting process, when no
 * process can continue before the clock advances. Afterwards every process
 * checks again whether its wait is over. The function may act as any process. A
 * program that has to wait for the waiting process must be started by
 * machine_start(), not run. The machine does not call the function for a wait
 * inside it. NULL for none.
 */
void machine_on_wait(void (*callback)(void *context), void *context);

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

/*
 * Every call that can fail is counted from 0 when it begins. machine_calls()
 * returns the number so far, machine_call_process() the process that made the
 * call `index`, and machine_call_name() the name of the function. Calls of
 * object_create(), object_open() and object_signal() have names by the kind of
 * object, such as "mutex_open", "event_set" and "semaphore_raise".
 */
size_t machine_calls(void);
const char *machine_call_name(size_t index);
uint32_t machine_call_process(size_t index);

/* Let the call `index` fail with `error`. Several failures may be set. */
void machine_fail(size_t index, oserror error);

/*
 * Let the nth call of `function` from now on fail, the first being 1. Let all
 * its calls fail if `nth` is 0.
 */
void machine_fail_function(const char *function, size_t nth, oserror error);

/*
 * Set a function that is called before each fallible call, except calls that it
 * makes itself. NULL for none.
 */
void machine_on_call(void (*callback)(void *context, const char *function, size_t index), void *context);

/*
 * Limit the committed bytes of all sections and of memory from memory_take().
 * An allocation beyond the limit fails with OSERROR_COMMITMENT_LIMIT, or with
 * NULL.
 */
void machine_commit_limit(uint64_t bytes);

/*
 * Let the mapping of a view larger than `bytes` fail, as if the address space
 * were full.
 */
void machine_view_limit(uint64_t bytes);

/* Deny this user the right to create sections in `Global\`. */
void machine_deny_global(void);

/*
 * Deny every process to open or create the object `name`, or create that file.
 * machine_deny_write() denies only opening it for writing.
 */
void machine_deny(const char *name);
void machine_deny_write(const char *name);

/* ---- Objects of other programs ----------------------------------------------------------------------------------- */

/*
 * Create a section as another program would, with `size` bytes rounded up to
 * whole pages. It contains `size` bytes from `bytes`, or zeros if that is NULL.
 * Only the pages that the first `committed` bytes reach into are committed. An
 * access to another page ends the test. The caller releases the section with
 * machine_forget().
 */
void machine_foreign_section(const char *name, const void *bytes, uint64_t size, uint64_t committed);

/*
 * From now on let user_in_sddl() and descriptors name this user by two letters,
 * such as LA, instead of by a SID. The string is not copied.
 */
void machine_user_letters(const char *letters);

/*
 * Set the result of section_facts() for a section, except the size.
 * machine_security() sets the SDDL string that object_security() and
 * section_security() return.
 */
void machine_facts(const char *name, struct section_facts facts);
void machine_security(const char *name, const char *sddl);

/*
 * Create an object of any other kind as another program would: a mutex is not
 * owned, an event is not set. machine_forget() releases such an object or
 * section.
 */
void machine_foreign(const char *name, enum object_kind kind);
void machine_forget(const char *name);

/*
 * Let the calling process own a mutex of machine_foreign(), so that all other
 * processes find it owned.
 */
void machine_own(const char *name);

/*
 * Return the bytes of a named section, which the caller may read and change, or
 * NULL if there is none. Store their number in *size unless `size` is NULL. The
 * pointer is valid until the section is released.
 */
uint8_t *machine_bytes(const char *name, uint64_t *size);

/* ---- Files ------------------------------------------------------------------------------------------------------- */

void machine_file_put(const char *path, const void *bytes, size_t size);
const uint8_t *machine_file_bytes(const char *path, size_t *size); /* NULL if there is none */
void machine_file_device(const char *path);                        /* a device of unknown size */
void machine_disk_limit(uint64_t bytes);                           /* beyond it the disk is full */

/*
 * The standard handles of a process. By default the input is a pipe whose other
 * end is closed, and the outputs are pipes that accept everything.
 */
enum machine_stream { MACHINE_PIPE, MACHINE_FILE, MACHINE_CONSOLE };
void machine_standard_absent(uint32_t process, enum standard which);

/*
 * The input as a sequence of pieces. Each piece is what one write has put into
 * the pipe, and a read returns at most the rest of one piece. A piece with an
 * error makes the read fail. A piece with MACHINE_BLOCKS makes the read wait
 * until machine_input_go_on() is called or the process ends.
 */
#define MACHINE_BLOCKS ((oserror)0xFFFFFFFFU)
struct machine_piece {
    const void *bytes;
    size_t size;
    oserror error;
};
void machine_input_pipe(uint32_t process, const struct machine_piece *pieces, size_t count);
void machine_input_go_on(uint32_t process);

/*
 * Make the input a file of `size` bytes. file_remaining() behaves as if the file
 * had `claimed` bytes, to simulate a file that changes size after that call.
 */
void machine_input_file(uint32_t process, const void *bytes, size_t size, uint64_t claimed);

/*
 * The input is a console. Each line ends with CR LF, and NULL follows the last
 * line. The line "\x03" is Ctrl+C.
 */
void machine_input_console(uint32_t process, const uint16_t *const lines[]);

void machine_output(uint32_t process, enum standard which, enum machine_stream stream);

/*
 * Let a write fail with `error` after `bytes` more bytes, as when a pipe breaks
 * or the disk is full.
 */
void machine_output_limit(uint32_t process, enum standard which, uint64_t bytes, oserror error);

/*
 * Return the bytes that the process has written, terminated by a zero that
 * *size does not count. Text for a console is returned as UTF-8. `size` may be
 * NULL.
 */
const char *machine_written(uint32_t process, enum standard which, size_t *size);
size_t machine_writes(uint32_t process, enum standard which); /* how many calls of write */
void machine_written_clear(uint32_t process, enum standard which);

/* ---- The message box --------------------------------------------------------------------------------------------- */

/*
 * Return the text or the title of the last message box, as UTF-8, or NULL if
 * there was none. The user dismisses each box at once.
 */
const char *machine_box_text(void);
const char *machine_box_title(void);

/*
 * From now on the user does not dismiss a box. It stays until its process ends.
 */
void machine_box_stays(void);

/* ---- Code pages -------------------------------------------------------------------------------------------------- */

/*
 * Set the ANSI code page, which is 1252 by default. The machine supports 1252,
 * 437 (ASCII only) and 932 (hiragana only). The tools convert UTF-8 themselves.
 */
void machine_code_page_ansi(uint32_t code_page);

#endif
