/*
 * platform.h - what the two tools ask of the machine, and nothing else.
 *
 * common/windows/ is the real machine; common/tests/machine/ is a simulated one,
 * with failures on demand. Everything outside those two is plain C11 and runs on
 * both.
 *
 * Conventions. A function that can fail returns 0 or the system's error code (oserror.h). Names, paths and texts are
 * UTF-8, in which an unpaired surrogate is kept as its three bytes (see text.h), so that every legal Windows name
 * survives. An `object` is anything that can be closed; object_close of NULL does nothing. Out parameters are written
 * on success only. Times are absolute milliseconds of clock_now() and never go back; CLOCK_NEVER never comes.
 */
#ifndef COMMON_PLATFORM_H
#define COMMON_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/oserror.h"
#include "common/text/name.h"

typedef struct object object;

void object_close(object *closed);

/* What is known under a name, whether or not it may be opened. OBJECT_NONE also when it cannot be told. */
enum object_kind {
    OBJECT_NONE,
    OBJECT_SECTION,
    OBJECT_EVENT,
    OBJECT_MUTEX,
    OBJECT_SEMAPHORE,
    OBJECT_TIMER,
    OBJECT_JOB,
    OBJECT_AUTO_EVENT /* an event that is reset when it ends a wait; known under its name as OBJECT_EVENT */
};
enum object_kind object_kind_of(const char *name);

/* ---- Sections and views ------------------------------------------------------------------------------------------ */

/*
 * ACCESS_INSPECT and ACCESS_WRITE include reading. ACCESS_INSPECT also asks for
 * the rights of section_facts() and section_security(), and opens the section
 * without those that it does not grant.
 */
enum access { ACCESS_READ, ACCESS_INSPECT, ACCESS_WRITE };

/* A view of a whole section. The bytes [0, committed) may be touched; committed < size only in foreign sections. */
struct view {
    uint8_t *base;
    size_t size;      /* bytes, a multiple of the page */
    size_t committed; /* bytes from the base that are plain committed memory */
};

/*
 * Create a named section of `size` zero bytes, backed by the paging file. Never adopts one that exists: that is
 * OSERROR_ALREADY_EXISTS, and nothing is held. The name lives as long as a process has a handle. Who may do what with
 * it is `sddl`, a security descriptor in words; NULL, here and wherever something is created: this user and SYSTEM may
 * do everything, and nobody else anything.
 */
oserror section_create(const char *name, uint64_t size, const char *sddl, object **section);
oserror section_open(const char *name, enum access access, object **section);

/* Map all of it. Fails with OSERROR_NOT_ENOUGH_MEMORY when it does not fit into the address space. */
oserror view_map(object *section, enum access access, struct view *view);
void view_unmap(struct view *view);

/* Return whether a file backs the view, for a section that does not grant section_facts(). */
bool view_is_file(const struct view *view);

/* ---- Looking around ---------------------------------------------------------------------------------------------- */

/*
 * Call `each` with the full name of every section in the namespaces that `scope` asks for: this session's
 * (NAME_LOCAL), that of all sessions (NAME_GLOBAL), or both (NAME_AS_TYPED), where the names are `x` and `Global\x`.
 * In a service they are one. They come in no order, and some more than once; one that comes or goes meanwhile may be
 * left out. A name may be longer than NAME_ROOM, and then it is none that can be opened here; one with a NUL in it is
 * none that can be told, and is left out. One namespace that may not be looked into is passed over, and its error
 * returned at the end. Stops, with OSERROR_NONE, when `each` returns false.
 */
oserror sections_list(enum name_scope scope, bool (*each)(void *context, const char *name), void *context);

/* What the system itself knows of a section. */
struct section_facts {
    uint64_t size;    /* bytes; of a file not whole pages */
    bool is_file;     /* backed by a file, not by the paging file */
    bool is_image;    /* an executable, mapped as one */
    bool is_reserved; /* made without memory: its maker commits pages one by one */
};
/* For a section that was created here, or opened with ACCESS_INSPECT. */
oserror section_facts(object *section, struct section_facts *facts);

/*
 * Who may do what with the section or companion `name`: its owner and its access list as an SDDL string, of at most
 * `room` bytes with its zero. One without a list, which is open to everybody, has D:NO_ACCESS_CONTROL. The right to
 * read it is separate from the right to read the memory. OSERROR_FILENAME_EXCED_RANGE when it does not fit.
 */
oserror object_security(const char *name, enum object_kind kind, char *sddl, size_t room);

/* The same of a section that was created here, or opened with ACCESS_INSPECT. */
oserror section_security(object *section, char *sddl, size_t room);

/* Does the system understand `sddl`? Its error says what it does not. */
oserror sddl_check(const char *sddl);

/* The SID of the user whose process this is, in numbers: S-1-5-21-... */
#define SID_ROOM 192
oserror user_sid(char sid[SID_ROOM]);

/*
 * The same SID as object_security() writes it. For some users of the machine
 * that is two letters: LA for the built-in Administrator, LG for the guest.
 */
oserror user_in_sddl(char sid[SID_ROOM]);

/*
 * Return whether process `id` lives and began before `moment` (as clock_wall).
 * A process that began more than a second later has inherited its ID.
 */
enum life { LIFE_UNKNOWN, LIFE_DEAD, LIFE_ALIVE };
enum life process_life(uint32_t id, uint64_t moment);

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

#define CLOCK_NEVER UINT64_MAX

uint64_t clock_now(void);  /* milliseconds since some moment */
uint64_t clock_wall(void); /* 100 ns since 1601-01-01 UTC, as in winshm.h */

/*
 * Create or open a mutex, an event of either kind, or a semaphore.
 * object_create() fails with OSERROR_ALREADY_EXISTS if the name is taken. A new
 * mutex is owned by no thread, a new event is not set, and a new semaphore is at
 * 0. `name` may be NULL for an object that only this process and its children
 * know. object_open() asks for the right to wait and to signal, but only for the
 * right to raise a semaphore.
 */
oserror object_create(enum object_kind kind, const char *name, const char *sddl, object **created);
oserror object_open(enum object_kind kind, const char *name, object **opened);

/*
 * Change the state of an object. To release a mutex that is not ours changes
 * nothing. A semaphore that is full cannot be raised: OSERROR_TOO_MANY_POSTS.
 */
enum object_signal {
    SIGNAL_RELEASE, /* a mutex */
    SIGNAL_SET,     /* an event */
    SIGNAL_RESET,   /* an event */
    SIGNAL_RAISE    /* a semaphore, by one */
};
oserror object_signal(object *signalled, enum object_signal how);

/* How a wait ended. INTERRUPTED: by Ctrl+C and its like, once interrupt_catch() was called. */
enum waited_how { WAITED_SIGNALLED, WAITED_ABANDONED, WAITED_TIMEOUT, WAITED_INTERRUPTED, WAITED_FAILED };
struct waited {
    enum waited_how how;
    size_t which;  /* index of the signalled or abandoned object: the lowest, when there are several */
    oserror error; /* with WAITED_FAILED */
};

/* Wait for one of `count` objects (0 to 8) until `deadline`. A mutex that ends the wait is owned by the caller. */
struct waited wait_any(object *const objects[], size_t count, uint64_t deadline);

/* A short delay for the machine's sake while memory is being watched, and what it is measured by. */
void spin_pause(void);
uint64_t spin_clock(void);   /* microseconds since some moment, cheaply */
bool spin_is_sensible(void); /* is there another processor for whoever is waited for? */

/*
 * Run `run(context)` on a thread of its own. *thread can be waited for. A thread that is still running when main()
 * returns ends with the process.
 */
oserror thread_start(void (*run)(void *context), void *context, object **thread);

/* From now on Ctrl+C, Ctrl+Break and the closing of the console end waits instead of the process. */
oserror interrupt_catch(void);

/* ---- Files, pipes and the console -------------------------------------------------------------------------------- */

enum standard { STANDARD_INPUT, STANDARD_OUTPUT, STANDARD_ERROR };

object *file_standard(enum standard which); /* NULL when there is none. Not to be closed. */
oserror file_open(const char *path, object **file);

/* Bytes from here to the end, for a file on disk. False for everything whose end is not known. */
bool file_remaining(object *file, uint64_t *bytes);

/* Read at most `size` bytes; *got == 0 is the end of a file or pipe. */
oserror file_read(object *file, void *bytes, size_t size, size_t *got);

/* Write all of it. A pipe whose reader went away is OSERROR_NO_DATA, whichever way the system put it. */
oserror file_write(object *file, const void *bytes, size_t size);

/*
 * Write a file that takes its place only when it is whole: until file_commit() a file that was there stays as it is,
 * and whatever happens to this process nothing is left behind. A device or a pipe is written directly. To commit takes
 * two steps, to keep the new file and to rename it: who is killed between them leaves it beside the other, whole.
 *
 * Some file systems cannot delete a file when its handle is closed: there a
 * process that is killed leaves the new file beside the other. Where another
 * program has the old file open, both functions try again for half a second.
 */
oserror file_create(const char *path, object **file);
oserror file_commit(object *file, const char *path);

bool file_is_console(object *file);
/* Read at most `size` UTF-16 units of what was typed. OSERROR_OPERATION_ABORTED after Ctrl+C. */
oserror console_read(object *console, uint16_t *units, size_t size, size_t *got);
oserror console_write(object *console, const uint16_t *units, size_t size);

/* ---- The message box --------------------------------------------------------------------------------------------- */

/*
 * Show `text`, ended by a zero, under `title`, and return when the user has
 * dismissed it. Fail at once where no user sees the screen, as in a service.
 */
oserror message_box(const char *title, const uint16_t *text);

/* ---- The rest ---------------------------------------------------------------------------------------------------- */

void *memory_take(size_t size); /* NULL when it could not be had; for large blocks, given back to the system at once */
void memory_give(void *memory);

uint32_t process_id(void);

/*
 * Start this very program again, in the background: without a console, without
 * standard handles or the current directory of ours, and outside of our jobs as
 * far as they allow it. `arguments` begin with the name of the program and end
 * with NULL. The child inherits the `count` objects in `passed` (1 to
 * PROCESS_PASSED_MAX, none of them NULL), and nothing else. If we are killed in
 * the middle of this call, a child may be left that never runs and keeps what it
 * inherited: so nothing with a name is passed.
 *
 * started->process can be waited for, and has its exit status when it has ended.
 */
#define PROCESS_PASSED_MAX 3
struct started {
    object *process;
    bool in_job; /* the child belongs to a job, and may end with it */
};
oserror process_start(const char *const arguments[], object *const passed[], size_t count, struct started *started);
uint32_t process_exit_status(object *process);

/* End a started process now, and return when it has closed all it had open. */
void process_end(object *process);

/*
 * Objects pass from a parent to its child by numbers, which the parent writes
 * into `arguments`; NULL has the number 0. The object that a child adopts is the
 * child's to close.
 *
 * A child adopts an object that it inherited, with `process` NULL. It takes any
 * other object of its parent out of `process`, as long as the parent lives and
 * without any right of its own to the parent: `process` is what process_self()
 * returned to the parent and the child inherited. object_adopt() fails with
 * OSERROR_INVALID_HANDLE if nothing is open under that number.
 */
uint64_t object_number(const object *passed);
oserror process_self(object **self);
oserror object_adopt(object *process, uint64_t number, object **adopted);

/* The system's words for `error`, without a final stop or line end; "" when it has none. Returns `text`. */
const char *system_error_text(oserror error, char *text, size_t size);

#define CODE_PAGE_UTF8 65001
#define CODE_PAGE_UTF16 1200

uint32_t code_page_ansi(void); /* the number of this system's ANSI code page */
uint32_t code_page_oem(void);  /* and of the one that its consoles began with */

/*
 * From UTF-16 to a code page: at most `room` bytes, *made in fact. A unit makes at most four bytes. Fails with
 * OSERROR_NO_UNICODE_TRANSLATION on a character that the code page does not have. Not for UTF-8, which text.h knows.
 */
oserror code_page_encode(uint32_t code_page, const uint16_t *units, size_t count, uint8_t *out, size_t room,
                         size_t *made);

/* Can code_page_decode() decode it? Not those whose characters depend on what stands before them, such as UTF-7. */
bool code_page_is_known(uint32_t code_page);

/*
 * From a code page to UTF-16: as many whole characters as there are in `bytes`, of which there are at most
 * CODE_PAGE_PIECE. *used is how many bytes that was: the up to three others begin a character, and belong to the next
 * call, unless it is the `last`. What is invalid, or cut off at the last end, becomes U+FFFD. A byte makes at most one
 * unit.
 */
#define CODE_PAGE_PIECE 4096
oserror code_page_decode(uint32_t code_page, const uint8_t *bytes, size_t count, bool last, uint16_t *out, size_t *made,
                         size_t *used);

#endif
