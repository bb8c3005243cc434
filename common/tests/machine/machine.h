/*
 * machine.h - a simulated machine: the whole of platform.h, in memory, with failures on demand.
 *
 * Several processes share it, each known by a number; the test itself begins as process 1. Only one of them runs at
 * any moment, and another gets its turn only when the running one waits, so that every run is the same. There are three
 * ways to have a second process do something:
 *     machine_switch_process(2)      call it here and now, as process 2
 *     machine_run(2, entry, context) the same with a whole program, which may be killed in the middle of it
 *     machine_start(2, ...)          a program with a thread of its own: it runs while the others wait
 *
 * Time stands still until everybody waits. Then it jumps to the earliest deadline. A wait that nothing can end, and
 * whatever else is a mistake in the calling program and not something that happens to it (to use a handle of somebody
 * else, to close one twice, to write past a view), ends the test with a message.
 */
#ifndef COMMON_TESTS_MACHINE_MACHINE_H
#define COMMON_TESTS_MACHINE_MACHINE_H

#include "common/platform.h"

/* Forget everything: objects, files, scripts, failures, processes. The clock shows 1000; the caller is process 1. */
void machine_reset(void);

/* ---- Processes --------------------------------------------------------------------------------------------------- */

#define MACHINE_KILLED (-1)

/* From now on the calls come from process `number`. Returns the number of the one before. */
uint32_t machine_switch_process(uint32_t number);

/*
 * Run a program as process `number`, until it returns or is killed (MACHINE_KILLED). Either way the process is over:
 * its handles are closed, its views unmapped, its memory is given back, its mutexes are abandoned. What a program that
 * returned had left for that is counted in machine_leaks(), unless it had a thread that was still using it: that ends
 * with the process, wherever it is.
 */
int machine_run(uint32_t number, int (*entry)(void *context), void *context);

/* The same beside the caller. The program begins with the next wait of the others, or in machine_finish(). */
void machine_start(uint32_t number, int (*entry)(void *context), void *context);

/* Let the others run until process `number` is over, and return what it returned. */
int machine_finish(uint32_t number);

/*
 * What process_start() starts, beside the caller, as a process without standard handles. Their numbers are given out in
 * order: machine_started() is the last of them, or 0. Its end can be waited for by machine_finish().
 */
void machine_program(int (*program)(int count, char **arguments));
uint32_t machine_started(void);

/* From now on each process that process_start() starts stays in the job of its parent. */
void machine_job(void);

/* End a process here and now. Does not return to the program that this ends. */
void machine_kill_process(uint32_t number);

/* Kill whoever makes the fallible call `index` (see below), just before it happens. */
void machine_kill_at(size_t index);

/*
 * The stores into shared memory, of bytes and of words, are counted from 0. Kill
 * the process that makes the store `index` just before it, or do something
 * before each store; what is called there is not interrupted again.
 */
size_t machine_steps(void);
void machine_kill_at_step(size_t index);
void machine_on_step(void (*callback)(void *context), void *context);

/*
 * process_life() tells of a program that it lives, and of another process that it is dead. From now on it tells this of
 * `number`.
 */
void machine_life(uint32_t number, enum life life);

/* Ctrl+C: ends the waits of a process that has called interrupt_catch(), and kills any other. */
void machine_interrupt(uint32_t number);

/* ---- Schedules --------------------------------------------------------------------------------------------------- */

/*
 * From now on, let `choose` decide who runs, instead of switching only where
 * somebody waits. It is called before each call of a program, before each load
 * and store of memory in sections, while a killed process is cleared away, and
 * wherever a program waits or ends while several others can go on (is_free).
 * It returns the index of one of the options. Except with is_free, the first
 * option is the program that runs: it goes on. The others are all that can go on
 * in its place, and then the processes that can be killed.
 *
 * NULL ends this. Until then the test itself only waits, as in machine_finish().
 */
struct machine_option {
    uint32_t process;
    uint32_t thread; /* 0: the first of the process */
    bool kills;
};
struct machine_point {
    const char *function; /* which call; or what happens */
    const char *name;     /* of the object that it is for, or NULL */
    size_t offset;        /* in its memory, or SIZE_MAX */
    struct machine_option who;
    bool is_free;
};
typedef size_t machine_choose(void *context, const struct machine_point *point, const struct machine_option *options,
                              size_t count);
void machine_schedule(machine_choose *choose, void *context);

/* ---- What is left over ------------------------------------------------------------------------------------------- */

size_t machine_live_objects(void); /* handles of all processes: objects and files, not standard ones */
size_t machine_live_views(void);
size_t machine_live_memory(void); /* blocks */
size_t machine_leaks(void);       /* of all these, what programs had left when they returned */

/* ---- Time -------------------------------------------------------------------------------------------------------- */

void machine_clock_advance(uint64_t milliseconds);

/*
 * Called, as the process that waits, when nothing can go on but the clock; before it does, everybody looks again. It
 * may do anything, as any process; what has to wait for the waiting process is to be started, not run. NULL for none.
 * It is not called for a wait within it.
 */
void machine_on_wait(void (*callback)(void *context), void *context);

/* ---- Failures ---------------------------------------------------------------------------------------------------- */

/*
 * Every call that can fail is counted, from 0, when it begins. Its name is that
 * of the function. Calls of object_create(), object_open() and object_signal()
 * have names by the kind of object, such as "mutex_open", "event_set" and
 * "semaphore_raise".
 */
size_t machine_calls(void);
const char *machine_call_name(size_t index);
uint32_t machine_call_process(size_t index);

/* Let the call `index` fail. Any number of these may be asked for. */
void machine_fail(size_t index, oserror error);

/* Let the nth call of `function` from now on fail, the first being 1; with 0, every one. */
void machine_fail_function(const char *function, size_t nth, oserror error);

/* Called before each fallible call but those within it, so that something may happen at that moment. NULL for none. */
void machine_on_call(void (*callback)(void *context, const char *function, size_t index), void *context);

/* Bytes of sections and taken memory that there can be; beyond that it is OSERROR_COMMITMENT_LIMIT, or NULL. */
void machine_commit_limit(uint64_t bytes);

/* Views larger than this do not fit into the address space. */
void machine_view_limit(uint64_t bytes);

/* This user may not create sections in `Global\`. */
void machine_deny_global(void);

/* Whoever opens or creates `name`, an object or a file, is denied; or only who wants to write. */
void machine_deny(const char *name);
void machine_deny_write(const char *name);

/* ---- Objects of somebody else ------------------------------------------------------------------------------------ */

/*
 * A section that is none of ours: `bytes`, and zeros up to a whole page. Of its pages only those that `committed` bytes
 * reach into are there: touching another ends the test. Use machine_forget() to let go of it.
 */
void machine_foreign_section(const char *name, const void *bytes, uint64_t size, uint64_t committed);

/* From now on the system writes this user's SID by two letters, such as LA. They are not copied. */
void machine_user_letters(const char *letters);

/*
 * What section_facts() returns of a section but its size; and the SDDL string
 * that object_security() and section_security() return.
 */
void machine_facts(const char *name, struct section_facts facts);
void machine_security(const char *name, const char *sddl);

/* Any other kind, not owned and not set. */
void machine_foreign(const char *name, enum object_kind kind);
void machine_forget(const char *name);

/* A mutex made by machine_foreign(), taken by the calling process, so that the others find it busy. */
void machine_own(const char *name);

/* The bytes of a named section, to look at and to spoil; NULL when there is none. Valid as long as the section is. */
uint8_t *machine_bytes(const char *name, uint64_t *size);

/* ---- Files ------------------------------------------------------------------------------------------------------- */

void machine_file_put(const char *path, const void *bytes, size_t size);
const uint8_t *machine_file_bytes(const char *path, size_t *size); /* NULL when there is no such file */
void machine_file_device(const char *path);                        /* written as it is, its end not known */
void machine_disk_limit(uint64_t bytes);                           /* of all files: then the disk is full */

/*
 * The standard handles of a process. Until told otherwise the input is a pipe at its end, and the two outputs are pipes
 * that take everything.
 */
enum machine_stream { MACHINE_PIPE, MACHINE_FILE, MACHINE_CONSOLE };
void machine_standard_absent(uint32_t process, enum standard which);

/*
 * What one write has put into the pipe; a read gets no more than that. With an error, it fails instead; with
 * MACHINE_BLOCKS it waits there until machine_input_go_on() is called, or the process ends.
 */
#define MACHINE_BLOCKS ((oserror)0xFFFFFFFFU)
struct machine_piece {
    const void *bytes;
    size_t size;
    oserror error;
};
void machine_input_pipe(uint32_t process, const struct machine_piece *pieces, size_t count);
void machine_input_go_on(uint32_t process);

/* A file, whose size seems to be `claimed` when that is asked for: it may shrink or grow before it is read. */
void machine_input_file(uint32_t process, const void *bytes, size_t size, uint64_t claimed);

/* Lines as they are typed, the last followed by NULL, each with its CR LF. One that is "\x03" is Ctrl+C. */
void machine_input_console(uint32_t process, const uint16_t *const lines[]);

void machine_output(uint32_t process, enum standard which, enum machine_stream stream);

/* After `bytes` more, writing fails: a pipe breaks in the middle of a write, a disk is full. */
void machine_output_limit(uint32_t process, enum standard which, uint64_t bytes, oserror error);

/* What was written, ended by a zero that is not counted; what a console was given, in UTF-8. `size` may be NULL. */
const char *machine_written(uint32_t process, enum standard which, size_t *size);
size_t machine_writes(uint32_t process, enum standard which); /* in how many calls */
void machine_written_clear(uint32_t process, enum standard which);

/* ---- The message box --------------------------------------------------------------------------------------------- */

/* The last box that was shown: its text and title, in UTF-8; NULL when none was. It is dismissed at once. */
const char *machine_box_text(void);
const char *machine_box_title(void);

/* From now on nobody dismisses a box: it stays until its process ends. */
void machine_box_stays(void);

/* ---- The rest ---------------------------------------------------------------------------------------------------- */

/* 1252 until told otherwise. The machine knows 1252, ASCII as 437, hiragana as 932, and UTF-8 as 65001. */
void machine_code_page_ansi(uint32_t code_page);

#endif
