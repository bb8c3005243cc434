/*
 * platform.h - everything that the two tools ask of the machine.
 *
 * common/windows/ implements these functions on Windows. common/tests/machine/
 * simulates a machine with failures on demand. All other code is plain C11 and
 * runs on both.
 *
 * Conventions:
 *   - A function of type oserror returns OSERROR_NONE, which is 0, on success.
 *     Otherwise it returns the error code of Windows (oserror.h).
 *   - A function writes its results through pointers, only on success.
 *   - Names, paths and texts are UTF-8 and end in a zero byte. An unpaired
 *     surrogate of UTF-16 is encoded as three bytes (text.h), so that every
 *     name that Windows allows survives. A `name` is a full name (name.h).
 *   - An `object` is anything that can be closed: a section, a mutex, an event,
 *     a semaphore, a file, a thread or a process. A function that returns an
 *     object makes the caller its owner, and the owner passes it to
 *     object_close(). A function that receives an object does not own it.
 *   - A deadline is a moment of clock_now(), in milliseconds.
 *   - Sizes are in bytes, unless a contract says otherwise.
 */
#ifndef COMMON_PLATFORM_H
#define COMMON_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/oserror.h"
#include "common/text/name.h"

typedef struct object object;

/*
 * Close an object. Do nothing if `closed` is NULL. The system removes the
 * object and its name when no process has the object open any more.
 */
void object_close(object *closed);

/* The kind of the object under a name. */
enum object_kind {
    OBJECT_NONE, /* there is no object, or its kind is unknown */
    OBJECT_SECTION,
    OBJECT_EVENT,
    OBJECT_MUTEX,
    OBJECT_SEMAPHORE,
    OBJECT_TIMER,
    OBJECT_JOB,
    OBJECT_AUTO_EVENT /* an event that is reset when it ends a wait */
};

/*
 * Return the kind of the object `name`, also if this user may not open it.
 * Return OBJECT_NONE if no object has this name, or if its kind cannot be
 * detected. Return OBJECT_EVENT for an event of either kind, because an event
 * that exists does not show which it is.
 */
enum object_kind object_kind_of(const char *name);

/* ---- Sections and views ------------------------------------------------------------------------------------------ */

/*
 * The access to a section or a view. ACCESS_INSPECT and ACCESS_WRITE include
 * reading. ACCESS_INSPECT also asks for the rights that section_facts() and
 * section_security() need. If the section does not grant one of these rights,
 * it is opened without that right.
 */
enum access { ACCESS_READ, ACCESS_INSPECT, ACCESS_WRITE };

/*
 * A view of a whole section. A program may touch only the bytes
 * [0, committed). In a section that shmwrite created, all bytes are committed.
 */
struct view {
    uint8_t *base;
    size_t size;      /* bytes, a multiple of the page */
    size_t committed; /* bytes from the base that are plain committed memory */
};

/*
 * Create a section of `size` zero bytes, rounded up to whole pages and backed
 * by the paging file. It can be mapped for reading and writing.
 *
 * `sddl` is the security descriptor of the section as an SDDL string. Here and
 * in object_create(), NULL grants full access to this user and to
 * SYSTEM, and no access to anybody else.
 *
 * If an object of this kind and name exists, fail with OSERROR_ALREADY_EXISTS
 * and leave that object alone. If an object of another kind has the name, fail
 * with OSERROR_INVALID_HANDLE.
 */
oserror section_create(const char *name, uint64_t size, const char *sddl, object **section);

/*
 * Open an existing section. Fail with OSERROR_FILE_NOT_FOUND if nothing has
 * this name, with OSERROR_INVALID_HANDLE if it is the name of an object of
 * another kind, and with OSERROR_ACCESS_DENIED if this user may not open the
 * section.
 */
oserror section_open(const char *name, enum access access, object **section);

/*
 * Map all of a section that was opened with at least this access. The caller
 * passes the view to view_unmap(). The memory exists as long as a view of it,
 * but its name only as long as a process has the section open. So the caller
 * may close `section` first if it does not need the name. Fail with
 * OSERROR_NOT_ENOUGH_MEMORY if the section does not fit into the address space.
 */
oserror view_map(object *section, enum access access, struct view *view);

/* Unmap a view and clear *view. Do nothing if view->base is NULL. */
void view_unmap(struct view *view);

/*
 * Return true if a file other than the paging file backs the view, or if the
 * system does not answer. No right to the section is needed, so this works for
 * a section that does not grant section_facts().
 */
bool view_is_file(const struct view *view);

/* ---- Looking around ---------------------------------------------------------------------------------------------- */

/*
 * Call `each` with the full name of every section in the namespaces that
 * `scope` selects: that of this session (NAME_LOCAL), that of all sessions
 * (NAME_GLOBAL), or both (NAME_AS_TYPED). The names have the form `x` in the
 * first and `Global\x` in the second. In a service both are the same namespace.
 * `name` is valid during the call of `each` only.
 *
 * The names are in no order, and some are reported more than once. A section
 * that appears or disappears during the call may be left out. A name that
 * contains a NUL is left out. A name may be longer than NAME_ROOM, and then the
 * tools cannot open it.
 *
 * If `each` returns false, stop and return OSERROR_NONE. If a namespace cannot
 * be listed, list the other one and then return the error.
 */
oserror sections_list(enum name_scope scope, bool (*each)(void *context, const char *name), void *context);

/* The system's own description of a section. */
struct section_facts {
    uint64_t size;    /* bytes; for a file any number, otherwise whole pages */
    bool is_file;     /* backed by a file, not by the paging file */
    bool is_image;    /* an executable, mapped as one */
    bool is_reserved; /* created with SEC_RESERVE: its creator commits the pages one by one */
};

/*
 * Describe a section that section_create() returned, or that was opened with
 * ACCESS_INSPECT. Fail with OSERROR_ACCESS_DENIED if the section did not grant
 * the right to query it.
 */
oserror section_facts(object *section, struct section_facts *facts);

/*
 * Write the owner and the access list of the object `name` to `sddl`, as an
 * SDDL string of at most `room` bytes with its zero. An object without an
 * access list is open to everybody, and its list is written as
 * D:NO_ACCESS_CONTROL. `kind` is OBJECT_SECTION, OBJECT_MUTEX, OBJECT_EVENT or
 * OBJECT_SEMAPHORE.
 *
 * The right to read the list (READ_CONTROL) is separate from the right to read
 * the memory: fail with OSERROR_ACCESS_DENIED without it. Fail with
 * OSERROR_FILENAME_EXCED_RANGE if the string does not fit.
 */
oserror object_security(const char *name, enum object_kind kind, char *sddl, size_t room);

/*
 * Like object_security(), for a section that section_create() returned or that
 * was opened with ACCESS_INSPECT.
 */
oserror section_security(object *section, char *sddl, size_t room);

/* Return OSERROR_NONE if the system understands `sddl`, otherwise its error. */
oserror sddl_check(const char *sddl);

/* Write the SID of this process's user as numbers: S-1-5-21-... */
#define SID_ROOM 192
oserror user_sid(char sid[SID_ROOM]);

/*
 * Write the SID of this process's user as object_security() writes it. Windows
 * abbreviates the SIDs of some users of the machine to two letters: LA for the
 * built-in Administrator, LG for the guest.
 */
oserror user_in_sddl(char sid[SID_ROOM]);

/*
 * Return LIFE_ALIVE if the process that had the ID `id` at `moment`, a moment
 * of clock_wall(), still runs. Return LIFE_DEAD if it has ended. Windows reuses
 * the IDs of dead processes: if the process with this ID began more than a
 * second after `moment`, it is another one, and the result is LIFE_DEAD. Return
 * LIFE_UNKNOWN if this user may not query the process.
 */
enum life { LIFE_UNKNOWN, LIFE_DEAD, LIFE_ALIVE };
enum life process_life(uint32_t id, uint64_t moment);

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

/* The deadline of a wait without a time limit. */
#define CLOCK_NEVER UINT64_MAX

uint64_t clock_now(void);  /* milliseconds since some fixed moment; never decreases */
uint64_t clock_wall(void); /* 100 ns since 1601-01-01 UTC, as in winshm.h; a user may set it back */

/*
 * The objects that a process waits for, and what ends a wait for each of them:
 *   - OBJECT_MUTEX: no thread owns it. The wait makes the calling thread its
 *     owner. A mutex belongs to a thread, and its owner may wait for it again
 *     without blocking. If its owner dies, the mutex is abandoned.
 *   - OBJECT_EVENT: it is set. It stays set until SIGNAL_RESET.
 *   - OBJECT_AUTO_EVENT: it is set. It is reset when it ends the wait of one
 *     thread.
 *   - OBJECT_SEMAPHORE: its count is above 0. The wait decreases the count by
 *     one.
 *
 * object_create() creates an object of one of these kinds with the security
 * descriptor `sddl`. It treats `sddl` as section_create() does, and fails as
 * section_create() does. A new mutex has no owner, a new event is not set, and
 * a new semaphore has the count 0. `name` may be NULL for an object that only
 * this process and its children use.
 *
 * object_open() opens an existing object of one of these kinds with the rights
 * to wait for it and to signal it, and a semaphore with the right to raise it
 * only. It fails as section_open() does.
 */
oserror object_create(enum object_kind kind, const char *name, const char *sddl, object **created);
oserror object_open(enum object_kind kind, const char *name, object **opened);

/*
 * Change the state of an object. SIGNAL_RELEASE fails, and changes nothing, if
 * the calling thread does not own the mutex. An owner that has waited for the
 * mutex several times must release it as many times. SIGNAL_RAISE fails with
 * OSERROR_TOO_MANY_POSTS if the count is INT32_MAX.
 */
enum object_signal {
    SIGNAL_RELEASE, /* a mutex */
    SIGNAL_SET,     /* an event of either kind */
    SIGNAL_RESET,   /* an event of either kind */
    SIGNAL_RAISE    /* a semaphore, by one */
};
oserror object_signal(object *signalled, enum object_signal how);

/* How a wait ended. */
enum waited_how {
    WAITED_SIGNALLED,   /* for a mutex: the caller owns it now */
    WAITED_ABANDONED,   /* the last owner of a mutex died: the caller owns it now */
    WAITED_TIMEOUT,     /* the deadline passed */
    WAITED_INTERRUPTED, /* Ctrl+C, Ctrl+Break or the end of the console, after interrupt_catch() */
    WAITED_FAILED       /* the system refused to wait */
};
struct waited {
    enum waited_how how;
    size_t which;  /* index of the signalled or abandoned object; the lowest of several */
    oserror error; /* with WAITED_FAILED */
};

/* The most objects of one wait. Windows allows 64, and one of these is for Ctrl+C. */
#define WAITED_MOST 63

/*
 * Wait until one of `count` objects (0 to WAITED_MOST) is signalled or
 * abandoned, the deadline has passed, or Ctrl+C interrupts the wait. Return how
 * the wait ended. If the deadline has passed already, look at the objects once
 * and return. The deadline 0 has always passed. With no objects this is a
 * sleep. An object that is signalled takes precedence over an interruption.
 */
struct waited wait_any(object *const objects[], size_t count, uint64_t deadline);

/*
 * Let the processor idle for a microsecond or less, in a loop that watches
 * memory instead of waiting.
 */
void spin_pause(void);

/*
 * Return microseconds since some fixed moment, from a clock that is cheap to
 * read.
 */
uint64_t spin_clock(void);

/*
 * Return whether this process may run on two processors or more. On one, a loop
 * that watches memory would keep the other process from changing it.
 */
bool spin_is_sensible(void);

/*
 * Start a thread that calls run(context) and then ends. A wait for *thread ends
 * when the thread has ended. A thread that is still running when main() returns
 * ends with the process.
 */
oserror thread_start(void (*run)(void *context), void *context, object **thread);

/*
 * Make Ctrl+C, Ctrl+Break and the closing of the console end waits instead of
 * the process. Any of the three ends a wait_any() that is waiting, and every
 * later wait_any() that would wait, with WAITED_INTERRUPTED. After the closing
 * of the console the system ends the process within five seconds. Do nothing if
 * interrupt_catch() has succeeded before.
 */
oserror interrupt_catch(void);

/* ---- Files, pipes and the console -------------------------------------------------------------------------------- */

enum standard { STANDARD_INPUT, STANDARD_OUTPUT, STANDARD_ERROR };

/*
 * Return a standard handle of this process, or NULL if it has none. The process
 * owns the result: the caller must not close it.
 */
object *file_standard(enum standard which);

/*
 * Open an existing file, device or pipe for reading. Other programs may read,
 * write and delete it in the meantime.
 */
oserror file_open(const char *path, object **file);

/*
 * Write the number of bytes from the current position to the end of the file to
 * *bytes, and return true. Return false if `file` is not a file on a disk: then
 * the number of bytes is not known.
 */
bool file_remaining(object *file, uint64_t *bytes);

/*
 * Read at most `size` bytes from a file or pipe, and wait for at least one
 * byte. *got is the number of bytes read. *got == 0 means the end of the file,
 * or that all writers of the pipe have closed it.
 */
oserror file_read(object *file, void *bytes, size_t size, size_t *got);

/*
 * Write all of the `size` bytes. Fail with OSERROR_NO_DATA if the reader of a
 * pipe has closed it. Windows has three error codes for this, and all become
 * this one. After a failure some of the bytes may have been written.
 */
oserror file_write(object *file, const void *bytes, size_t size);

/*
 * Replace a file in one step. file_create() creates a new file beside `path`,
 * the caller writes it, and file_commit() renames it to `path`. Until then a
 * file that exists under `path` stays as it is. The caller closes `file` after
 * file_commit(), or closes it without file_commit() to discard the new file.
 *
 * file_create() fails if the existing file cannot be written. If `path` is a
 * device or a pipe, file_create() opens it for writing, and file_commit() does
 * nothing. If file_commit() fails, the new file is discarded.
 *
 * The new file is marked for deletion until file_commit(), so Windows deletes
 * it however the process ends. There are two exceptions:
 *   - file_commit() removes the mark before it renames the file. A process that
 *     is killed between these two steps leaves the complete new file beside the
 *     old one.
 *   - Some file systems do not support the mark. There a process that is killed
 *     leaves the new file beside the old one.
 *
 * If another program has the old file open, both functions try again for half a
 * second.
 */
oserror file_create(const char *path, object **file);
oserror file_commit(object *file, const char *path);

/* Return whether `file` is a console. */
bool file_is_console(object *file);

/*
 * Read at most `size` UTF-16 units that the user has typed. *got is the number
 * of units. Ctrl+Z is the unit 0x1A, not an end. Fail with
 * OSERROR_OPERATION_ABORTED after Ctrl+C.
 */
oserror console_read(object *console, uint16_t *units, size_t size, size_t *got);

/* Print all of `size` UTF-16 units. */
oserror console_write(object *console, const uint16_t *units, size_t size);

/* ---- The message box --------------------------------------------------------------------------------------------- */

/*
 * Show `text`, UTF-16 that ends in a zero unit, in a message box with the title
 * `title`. Return when the user has dismissed the box. Fail at once if no user
 * sees the screen, as in a service.
 */
oserror message_box(const char *title, const uint16_t *text);

/* ---- The rest ---------------------------------------------------------------------------------------------------- */

/*
 * Allocate a large block of `size` bytes, whose contents are undefined. Return
 * NULL on failure. The caller passes the block to memory_give(), which returns
 * it to the system at once. memory_give() does nothing with NULL.
 */
void *memory_take(size_t size);
void memory_give(void *memory);

/* Return the ID of this process. */
uint32_t process_id(void);

/*
 * Start this program again in the background: without a console, without
 * standard handles, in the system's directory instead of the current one, and
 * outside of the jobs of this process as far as these allow it. `arguments`
 * begin with the name of the program and end with NULL. The child inherits the
 * `count` objects in `passed` and no others; `count` is 1 to
 * PROCESS_PASSED_MAX, and no object is NULL.
 *
 * A wait for started->process ends when the child has ended. The caller owns
 * this object; closing it does not end the child.
 *
 * If this process is killed during the call, a child may be left that never
 * runs, and keeps the inherited objects open. Therefore pass no object that has
 * a name.
 */
#define PROCESS_PASSED_MAX 3
struct started {
    object *process;
    bool in_job; /* the child belongs to a job, and may end with it */
};
oserror process_start(const char *const arguments[], object *const passed[], size_t count, struct started *started);

/*
 * Open the process with this ID, or with PROCESS_PARENT the one that started
 * this process. A wait for *process ends when that process has ended. As long
 * as the object is open, no other process gets the ID. Fail with
 * OSERROR_INVALID_PARAMETER if there is no such process, or if the parent has
 * ended and another process has its ID by now. Fail with OSERROR_ACCESS_DENIED
 * if this user may not wait for it.
 */
#define PROCESS_PARENT 0
oserror process_open(uint32_t id, object **process);

/*
 * Return the exit status of a started process that has ended, or UINT32_MAX if
 * the system does not return it.
 */
uint32_t process_exit_status(object *process);

/*
 * End a started process, and return when the system has closed all objects that
 * it had open, or after five seconds.
 */
void process_end(object *process);

/*
 * Pass an object to a child by its number. The parent passes the number as an
 * argument to the child, and the child adopts the object. There are two ways:
 *   - The parent passes the object to process_start(). An inherited object has
 *     the same number in the child, which adopts it with `process` NULL.
 *   - The child duplicates any other object of the parent, also one that the
 *     parent has opened after process_start(). `process` is the result of
 *     process_self() in the parent, which the child has inherited and adopted.
 *     This works as long as the parent lives, and the child needs no other
 *     right to the parent.
 *
 * object_number() returns the number of an object, or 0 for NULL.
 * process_self() opens this process for that purpose. object_adopt() makes the
 * child the owner of the object, and fails with OSERROR_INVALID_HANDLE if
 * nothing is open under that number.
 */
uint64_t object_number(const object *passed);
oserror process_self(object **self);
oserror object_adopt(object *process, uint64_t number, object **adopted);

/*
 * Write the system's text for `error` to `text`, of `size` bytes, without a
 * final full stop and line end. Write "" if the system has no text, and cut a
 * text that is too long after a whole character. Return `text`.
 */
const char *system_error_text(oserror error, char *text, size_t size);

#define CODE_PAGE_UTF8 65001
#define CODE_PAGE_UTF16 1200

uint32_t code_page_ansi(void); /* the number of the ANSI code page of this system */
uint32_t code_page_oem(void);  /* the number of the code page with which consoles start */

/*
 * Convert `count` UTF-16 units to a code page other than UTF-8, for which
 * text.h has functions. Write at most `room` bytes to `out`, and their number
 * to *made. A unit becomes at most four bytes. Fail with
 * OSERROR_NO_UNICODE_TRANSLATION if the code page does not have one of the
 * characters.
 */
oserror code_page_encode(uint32_t code_page, const uint16_t *units, size_t count, uint8_t *out, size_t room,
                         size_t *made);

/*
 * Return whether code_page_decode() can decode this code page. It cannot decode
 * a code page that is not installed, nor one in which the meaning of a byte
 * depends on earlier characters, such as UTF-7.
 */
bool code_page_is_known(uint32_t code_page);

/*
 * Convert the whole characters at the beginning of `bytes` from a code page to
 * UTF-16. `count` is at most CODE_PAGE_PIECE bytes. Write the units to `out`
 * and their number to *made. A byte becomes at most one unit. An invalid byte
 * or character becomes U+FFFD.
 *
 * *used is the number of bytes converted. Up to three bytes may remain, which
 * begin a character; the caller passes them again before the next bytes. If
 * `last`, no bytes follow, and an incomplete character at the end becomes
 * U+FFFD.
 */
#define CODE_PAGE_PIECE 4096
oserror code_page_decode(uint32_t code_page, const uint8_t *bytes, size_t count, bool last, uint16_t *out, size_t *made,
                         size_t *used);

#endif
