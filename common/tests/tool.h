/*
 * tool.h - run both complete tools as programs of the simulated machine.
 *
 *     tool_reset();
 *     CHECK_EQUAL(RUN(2, "shmwrite", "--put", "demo", "hello"), EXIT_DONE);
 *     CHECK_EQUAL(RUN(3, "shmread", "demo"), EXIT_DONE);
 *     CHECK_TEXT(machine_written(3, STANDARD_OUTPUT, NULL), "hello");
 */
#ifndef COMMON_TESTS_TOOL_H
#define COMMON_TESTS_TOOL_H

#include <stdlib.h>

#include "common/console/status.h"
#include "common/memory/companion.h"
#include "common/tests/check.h"
#include "common/tests/machine/machine.h"
#include "reader/reader.h"
#include "writer/writer.h"

/* The word size that --version prints. */
#if UINTPTR_MAX == UINT32_MAX
#define TOOL_BITS "32"
#else
#define TOOL_BITS "64"
#endif

/*
 * The command line of a process. getopt may change the order of the words, but
 * not the words.
 */
struct tool {
    int count;
    char *arguments[160];
};

static inline int tool_main(int count, char **arguments)
{
    return (int)(strcmp(arguments[0], "shmread") == 0 ? reader_main : writer_main)(count, arguments);
}

static inline int tool_entry(void *context)
{
    struct tool *tool = context;
    return tool_main(tool->count, tool->arguments);
}

/*
 * Return the command line of a process. It is static, one for each number, and
 * valid as long as the program runs.
 */
static inline struct tool *tool_prepare(uint32_t process, const char *const arguments[])
{
    static struct tool tools[64];
    struct tool *tool = &tools[process];
    for (tool->count = 0; arguments[tool->count] != NULL; tool->count++) {
        tool->arguments[tool->count] = (char *)(uintptr_t)arguments[tool->count];
    }
    tool->arguments[tool->count] = NULL;
    return tool;
}

static inline int tool_run(uint32_t process, const char *const arguments[])
{
    return machine_run(process, tool_entry, tool_prepare(process, arguments));
}

#define RUN(process, ...) tool_run(process, (const char *const[]){__VA_ARGS__, NULL})
#define START(process, ...)                                                                                            \
    machine_start(process, tool_entry, tool_prepare(process, (const char *const[]){__VA_ARGS__, NULL}))

/* Reset the machine, and let both tools start themselves in the background. */
static inline void tool_reset(void)
{
    machine_reset();
    machine_program(tool_main);
}

static inline void tool_sleep(uint64_t milliseconds)
{
    (void)wait_any(NULL, 0, clock_now() + milliseconds);
}

static inline const char *tool_output(uint32_t process)
{
    return machine_written(process, STANDARD_OUTPUT, NULL);
}

static inline const char *tool_errors(uint32_t process)
{
    return machine_written(process, STANDARD_ERROR, NULL);
}

/*
 * Return how many of the lines on stderr are failures. The others are notes and
 * hints.
 */
static inline size_t tool_failures(uint32_t process)
{
    static const char *const notes[] = {
        ": holding ", ": type the contents; ", ": released, but another program", ": already exists, so --",
        ": hint: ",   ": waiting for "};
    size_t failures = 0;
    for (const char *line = tool_errors(process); *line != '\0';) {
        size_t length = strcspn(line, "\n");
        bool is_note = false;
        for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
            const char *found = strstr(line, notes[i]);
            is_note = is_note || (found != NULL && found < line + length);
        }
        failures += !is_note;
        line += length + (line[length] == '\n');
    }
    return failures;
}

/*
 * Return whether stderr consists of whole lines that begin with a tool's name.
 */
static inline bool tool_errors_are_lines(uint32_t process)
{
    for (const char *line = tool_errors(process); *line != '\0';) {
        const char *end = strstr(line, "\r\n");
        if (end == NULL || (strncmp(line, "shmwrite: ", 10) != 0 && strncmp(line, "shmread: ", 9) != 0)) {
            return false;
        }
        line = end + 2;
    }
    return true;
}

/* Return whether this is a status that the README and --help document. */
static inline bool tool_is_status(int status)
{
#define X(name, number, sentence) || status == (number)
    return status == EXIT_INTERRUPTED EXIT_LIST(X);
#undef X
}

/* ---- Each call fails in turn ------------------------------------------------------------------------------------- */

enum {
    TOOL_EITHER = 1, /* a failure may occur after the new contents are visible */
    TOOL_HELD = 2,   /* on success a holder in the background holds the contents */
    TOOL_MOVING = 4, /* another process changes NAME, so its contents are unknown */
    TOOL_PUMPING = 8 /* the last wait is for a thread: if it fails, what the thread uses is left open */
};

/* A command line, and the contents of NAME before and after it. */
struct tool_case {
    const char *row;
    void (*prepare)(void); /* or NULL */
    const char *arguments[10];
    const char *before; /* what shmread prints after a failure; NULL: NAME does not exist */
    const char *after;  /* what shmread prints after a success; NULL: NAME does not exist */
    const char *output; /* what the tool prints; after a failure, any beginning of it */
    unsigned flags;
    void (*check)(int status); /* or NULL */
};

enum { TOOL_PROCESS = 2, TOOL_OTHER = 3, TOOL_LOOKER = 4, TOOL_RELEASER = 5, TOOL_PUTTER = 6 };

/*
 * Return whether shmread prints `value` for NAME, or, if `value` is NULL,
 * reports that NAME does not exist.
 */
static inline bool tool_finds(const char *name, const char *value)
{
    machine_written_clear(TOOL_LOOKER, STANDARD_OUTPUT);
    int status = RUN(TOOL_LOOKER, "shmread", "-q", name);
    if (value == NULL) {
        return status == EXIT_NOTHING;
    }
    return status == EXIT_DONE && strcmp(tool_output(TOOL_LOOKER), value) == 0;
}

/*
 * Return the full name of one of the three companions of a value that counts
 * its reads. The string is valid until the next call.
 */
static inline const char *tool_counted(const char *name, enum companion_role role)
{
    static char companion[NAME_ROOM];
    uint64_t size = 0;
    const uint8_t *bytes = machine_bytes(name, &size);
    winshm_trailer trailer = {0};
    CHECK(size >= sizeof trailer);
    if (size >= sizeof trailer) {
        memcpy(&trailer, bytes + size - sizeof trailer, sizeof trailer);
    }
    companion_name(name, role, &(struct mapping){.created = trailer.created, .creator = trailer.creator}, companion);
    return companion;
}

/*
 * Raise the semaphore `reads` as a reader does that has printed all of NAME.
 * Wait until the holder has counted it.
 */
static inline void tool_count_read(const char *name)
{
    object *reads = NULL;
    object *counted = NULL;
    CHECK_EQUAL(object_open(OBJECT_SEMAPHORE, tool_counted(name, COMPANION_READS), &reads), OSERROR_NONE);
    CHECK_EQUAL(object_open(OBJECT_EVENT, tool_counted(name, COMPANION_COUNTED), &counted), OSERROR_NONE);
    CHECK_EQUAL(object_signal(reads, SIGNAL_RAISE), OSERROR_NONE);
    CHECK_EQUAL(wait_any(&counted, 1, clock_now() + 1000).how, WAITED_SIGNALLED);
    object_close(reads);
    object_close(counted);
}

/*
 * Release the objects that the test has created under NAME, for the programs to
 * find. Objects that programs hold stay.
 */
static inline void tool_forget(const char *name)
{
    static const char *const roles[] = {"",     ".winshm.holder", ".winshm.release", ".winshm.writer", ".winshm.reads",
                                        ".lock"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        char known[64];
        (void)snprintf(known, sizeof known, "%s%s", name, roles[i]);
        if (object_kind_of(known) != OBJECT_NONE) {
            machine_forget(known);
        }
    }
}

/* End all that uses NAME, and check that no object, view or memory is left. */
static inline void tool_clear_away(const char *name)
{
    tool_forget(name);
    machine_kill_process(TOOL_OTHER);
    (void)RUN(TOOL_RELEASER, "shmwrite", "-q", "--release", name);
    tool_sleep(100);
    CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
    CHECK_EQUAL(machine_live_objects(), 0);
    CHECK_EQUAL(machine_live_views(), 0);
    CHECK_EQUAL(machine_live_memory(), 0);
    CHECK_EQUAL(machine_leaks(), 0);
}

static inline size_t tool_begin(const struct tool_case *tested)
{
    tool_reset();
    if (tested->prepare != NULL) {
        tested->prepare();
    }
    return machine_calls();
}

/*
 * Run the case without a failure, as a reference for the runs that follow. Set
 * ours[i] if the tool, or a process that it started, makes the call i. With
 * TOOL_MOVING set ours[i] only for the tool's own calls. Return the number of
 * calls.
 */
static inline size_t tool_rehearse(const struct tool_case *tested, const char *name, bool *ours, size_t room)
{
    check_row(tested->row);
    size_t first = tool_begin(tested);
    CHECK_EQUAL(tool_run(TOOL_PROCESS, tested->arguments), EXIT_DONE);
    size_t calls = machine_calls() - first;
    CHECK(calls < room);
    for (size_t i = 0; i < calls; i++) {
        uint32_t caller = machine_call_process(first + i);
        ours[i] = caller == TOOL_PROCESS || (caller >= 16 && (tested->flags & TOOL_MOVING) == 0);
    }
    for (size_t i = calls; i > 0 && (tested->flags & TOOL_PUMPING) != 0; i--) {
        if (machine_call_process(first + i - 1) == TOOL_PROCESS &&
            strcmp(machine_call_name(first + i - 1), "wait_any") == 0) {
            ours[i - 1] = false;
            break;
        }
    }
    CHECK_EQUAL(tool_failures(TOOL_PROCESS), 0);
    CHECK((tested->flags & TOOL_MOVING) != 0 || tool_finds(name, tested->after));
    if (tested->check != NULL) {
        tested->check(EXIT_DONE);
    }
    CHECK_TEXT(tool_output(TOOL_PROCESS), tested->output == NULL ? "" : tested->output);
    tool_clear_away(name);
    return calls;
}

/*
 * Return whether the call is a wait of a holder in the background after it has
 * reported to its parent that it holds NAME. Such a holder may wait several
 * times, to count reads. If the wait fails, the holder ends, and NAME with it.
 */
static inline bool tool_is_last_wait(size_t index)
{
    if (machine_call_process(index) < 16 || strcmp(machine_call_name(index), "wait_any") != 0) {
        return false;
    }
    for (size_t i = index; i > 0; i--) {
        bool is_wait = strcmp(machine_call_name(i - 1), "wait_any") == 0;
        if (machine_call_process(i - 1) == machine_call_process(index) && !is_wait) {
            return strcmp(machine_call_name(i - 1), "event_set") == 0;
        }
    }
    return false;
}

/*
 * Repeat the case once for each call of the tool and each of some errors, and
 * let that call fail with that error. Each run must end with a documented
 * status, one line for a failure, the old or the new contents, and nothing left
 * open. Return the number of runs.
 */
static inline size_t tool_fail_each(const struct tool_case *tested, const char *name)
{
    static const oserror errors[] = {
        OSERROR_FILE_NOT_FOUND,    OSERROR_ACCESS_DENIED,   OSERROR_INVALID_HANDLE, 8,
        OSERROR_INVALID_PARAMETER, OSERROR_BROKEN_PIPE,     OSERROR_DISK_FULL,      OSERROR_ALREADY_EXISTS,
        OSERROR_NO_DATA,           OSERROR_COMMITMENT_LIMIT};
    static bool ours[1000];
    size_t injected = 0;
    size_t calls = tool_rehearse(tested, name, ours, 1000);
    for (size_t i = 0; i < calls; i++) {
        for (size_t j = 0; j < sizeof errors / sizeof *errors && ours[i]; j++) {
            size_t first = tool_begin(tested);
            if (i < 2 && errors[j] == OSERROR_FILE_NOT_FOUND && strcmp(tested->row, "--release") == 0) {
                continue; /* not a failure: the tool correctly finds no holder */
            }
            machine_fail(first + i, errors[j]);
            int status = tool_run(TOOL_PROCESS, tested->arguments);
            injected++;

            char row[160];
            const char *failed = machine_call_name(first + i);
            (void)snprintf(row, sizeof row, "%s: call %zu (%s of process %u) fails with %u: status %d", tested->row, i,
                           failed, machine_call_process(first + i), errors[j], status);
            check_row(row);
            bool telling = strcmp(failed, "file_write") == 0 || strcmp(failed, "console_write") == 0;
            size_t lines = tool_failures(TOOL_PROCESS);
            CHECK(tool_is_status(status));
            CHECK(tool_errors_are_lines(TOOL_PROCESS));
            CHECK(status == EXIT_DONE ? lines == 0 : lines == 1 || (telling && lines == 0));
            if (status == EXIT_DONE && (tested->flags & TOOL_HELD) != 0) {
                tool_forget(name);
                tool_sleep(1);
            }
            bool found = tool_finds(name, status == EXIT_DONE ? tested->after : tested->before);
            if (status != EXIT_DONE && (tested->flags & TOOL_EITHER) != 0) {
                found = found || tool_finds(name, tested->after);
            }
            CHECK(found || (tested->flags & TOOL_MOVING) != 0 || tool_is_last_wait(first + i));
            if (tested->check != NULL) {
                tested->check(status);
            }
            const char *output = tested->output == NULL ? "" : tested->output;
            CHECK(strncmp(tool_output(TOOL_PROCESS), output, strlen(tool_output(TOOL_PROCESS))) == 0);
            bool is_seen_gone = errors[j] == OSERROR_FILE_NOT_FOUND && (tested->flags & TOOL_MOVING) != 0;
            if (status == EXIT_DONE && !is_seen_gone) {
                CHECK_TEXT(tool_output(TOOL_PROCESS), output);
            }
            tool_clear_away(name);
        }
    }
    return injected;
}

#endif
