/*
 * platform_test.c - check that the machine behaves as platform.h documents.
 *
 * The rows of common/windows/README.md name the title of the check that covers
 * them. This source is built twice: with the simulated machine (build/native),
 * and as winshm-check.exe, which a user can run on any Windows. Each line of
 * the output is a behaviour:
 *
 *     ok 1 - as documented: TITLE
 *     not ok 2 - different: TITLE: how
 *     ok 3 - skipped: TITLE # SKIP why
 *
 * The exit status is the number of differences, at most 9.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/tests/platform/checks.h"
#include "common/text/sddl.h"
#include "common/text/text.h"

/* ---- Reporting --------------------------------------------------------------------------------------------------- */

static const char *title; /* of the current check */
static char differences[1200];
static char skip_reason[200];

static void add(char *to, size_t room, const char *format, va_list arguments)
{
    size_t length = strlen(to);
    int more = length > 0 ? snprintf(to + length, room - length, "; ") : 0;
    (void)vsnprintf(to + length + more, room - length - (size_t)more, format, arguments);
}

void check_differs(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (strlen(differences) < sizeof differences - 200) {
        add(differences, sizeof differences, format, arguments);
    }
    va_end(arguments);
}

void check_skip(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    skip_reason[0] = '\0';
    add(skip_reason, sizeof skip_reason, format, arguments);
    va_end(arguments);
}

void check_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("# ", stdout);
    (void)vprintf(format, arguments);
    (void)putchar('\n');
    va_end(arguments);
}

bool check_is(const char *text, uint64_t got, uint64_t wanted)
{
    if (got != wanted) {
        check_differs("%s is %llu instead of %llu", text, (unsigned long long)got, (unsigned long long)wanted);
    }
    return got == wanted;
}

const char *check_differences(void)
{
    return differences;
}

const char *check_skipped(void)
{
    return skip_reason;
}

const char *check_title(void)
{
    return title;
}

/* ---- Helpers ----------------------------------------------------------------------------------------------------- */

const char *unique(const char *suffix)
{
    static char names[32][NAME_ROOM];
    static size_t next;
    char *name = names[next++ % 32];
    (void)snprintf(name, NAME_ROOM, "winshm-check.%lu.%s", (unsigned long)process_id(), suffix);
    return name;
}

bool mapped(object *section, enum access access, struct view *view)
{
    return IS(view_map(section, access, view), 0);
}

enum waited_how wait_for(object *waited, uint64_t milliseconds)
{
    return wait_any(&waited, 1, clock_now() + milliseconds).how;
}

/*
 * Start this program with `arguments`. It inherits an event that it does not
 * use.
 */
static object *start_self(const char *const arguments[])
{
    struct started started = {0};
    object *passed = NULL;
    oserror error = object_create(OBJECT_EVENT, NULL, NULL, &passed);
    if (error == OSERROR_NONE) {
        error = process_start(arguments, &passed, 1, &started);
    }
    if (error != OSERROR_NONE) {
        check_differs("this program cannot be started again (%lu)", (unsigned long)error);
    }
    object_close(passed);
    return started.process;
}

object *start_role(const char *role, const char *first, const char *second, const char *third)
{
    const char *const arguments[] = {"winshm-check", "--role", role, first, second, third, NULL};
    return start_self(arguments);
}

uint32_t end_of(object *process)
{
    if (process == NULL) {
        return UINT32_MAX;
    }
    uint32_t status = UINT32_MAX;
    if (wait_for(process, 20000) == WAITED_SIGNALLED) {
        status = process_exit_status(process);
    } else {
        check_differs("a second process does not end");
    }
    object_close(process);
    return status;
}

/* ---- Names and sections ------------------------------------------------------------------------------------------ */

static void missing_name(void)
{
    object *opened = NULL;
    IS(section_open(unique("missing"), ACCESS_READ, &opened), OSERROR_FILE_NOT_FOUND);
    IS(section_open(unique("missing"), ACCESS_WRITE, &opened), OSERROR_FILE_NOT_FOUND);
    IS(object_open(OBJECT_MUTEX, unique("missing"), &opened), OSERROR_FILE_NOT_FOUND);
    IS(object_open(OBJECT_EVENT, unique("missing"), &opened), OSERROR_FILE_NOT_FOUND);
    IS(object_open(OBJECT_SEMAPHORE, unique("missing"), &opened), OSERROR_FILE_NOT_FOUND);
    IS(object_kind_of(unique("missing")), OBJECT_NONE);
}

static oserror create_any(enum object_kind kind, const char *name, object **made)
{
    return kind == OBJECT_SECTION ? section_create(name, 1, NULL, made) : object_create(kind, name, NULL, made);
}

static oserror open_any(enum object_kind kind, const char *name, object **opened)
{
    return kind == OBJECT_SECTION ? section_open(name, ACCESS_READ, opened) : object_open(kind, name, opened);
}

static const struct {
    const char *word;
    enum object_kind kind;
} kinds[] = {
    {"section", OBJECT_SECTION}, {"mutex", OBJECT_MUTEX}, {"event", OBJECT_EVENT}, {"semaphore", OBJECT_SEMAPHORE}};
#define KINDS (sizeof kinds / sizeof *kinds)

/*
 * Invalid names: one for each mistake that common/text/name.c detects before
 * Windows does.
 */
static void bad_names(void)
{
    static const struct {
        const char *name;
        oserror create;
        oserror open;
    } rows[] = {
        {.name = "", .create = OSERROR_NONE, .open = OSERROR_INVALID_HANDLE}, /* without a name */
        {.name = "a\\b", .create = OSERROR_PATH_NOT_FOUND, .open = OSERROR_PATH_NOT_FOUND},
        {.name = "a\\", .create = OSERROR_PATH_NOT_FOUND, .open = OSERROR_PATH_NOT_FOUND},
        {.name = "Local\\a\\b", .create = OSERROR_PATH_NOT_FOUND, .open = OSERROR_PATH_NOT_FOUND},
        {.name = "\\a", .create = 161, .open = 161},
        {.name = "Local\\", .create = 123, .open = 123},
        {.name = "Local\\\\x", .create = 123, .open = 123},
        {.name = "Local", .create = OSERROR_INVALID_HANDLE, .open = OSERROR_INVALID_HANDLE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t kind = 0; kind < KINDS; kind++) {
            object *made = NULL;
            oserror error = create_any(kinds[kind].kind, rows[i].name, &made);
            object_close(made);
            if (error != rows[i].create) {
                check_differs("to create a %s \"%s\" is %u instead of %u", kinds[kind].word, rows[i].name, error,
                              rows[i].create);
            }
            made = NULL;
            error = open_any(kinds[kind].kind, rows[i].name, &made);
            object_close(made);
            if (error != rows[i].open) {
                check_differs("to open a %s \"%s\" is %u instead of %u", kinds[kind].word, rows[i].name, error,
                              rows[i].open);
            }
        }
    }
}

static void existing_name(void)
{
    for (size_t kind = 0; kind < KINDS; kind++) {
        object *made = NULL;
        object *again = NULL;
        IS(create_any(kinds[kind].kind, unique("existing"), &made), 0);
        IS(create_any(kinds[kind].kind, unique("existing"), &again), OSERROR_ALREADY_EXISTS);
        IS(open_any(kinds[kind].kind, unique("existing"), &again), 0);
        IS(object_kind_of(unique("existing")), kinds[kind].kind);
        object_close(made);
        object_close(again);
        IS(object_kind_of(unique("existing")), OBJECT_NONE);
    }
}

static void other_kind(void)
{
    for (size_t kind = 0; kind < KINDS; kind++) {
        object *made = NULL;
        IS(create_any(kinds[kind].kind, unique("kind"), &made), 0);
        for (size_t other = 0; other < KINDS; other++) {
            object *opened = NULL;
            if (other != kind) {
                IS(create_any(kinds[other].kind, unique("kind"), &opened), OSERROR_INVALID_HANDLE);
                IS(open_any(kinds[other].kind, unique("kind"), &opened), OSERROR_INVALID_HANDLE);
            }
        }
        object_close(made);
    }
}

/* The access list of these objects is empty, so nobody may open them. */
static void kind_before_access(void)
{
    object *section = NULL;
    object *mutex = NULL;
    object *opened = NULL;
    IS(section_create(unique("closed-s"), 1, "D:P", &section), 0);
    IS(object_create(OBJECT_MUTEX, unique("closed-m"), "D:P", &mutex), 0);
    IS(object_open(OBJECT_MUTEX, unique("closed-s"), &opened), OSERROR_INVALID_HANDLE);
    IS(create_any(OBJECT_EVENT, unique("closed-s"), &opened), OSERROR_INVALID_HANDLE);
    IS(open_any(OBJECT_SECTION, unique("closed-m"), &opened), OSERROR_INVALID_HANDLE);
    IS(object_kind_of(unique("closed-s")), OBJECT_SECTION);
    IS(object_kind_of(unique("closed-m")), OBJECT_MUTEX);
    object_close(section);
    object_close(mutex);
}

static void access_denied(void)
{
    object *section = NULL;
    object *mutex = NULL;
    object *opened = NULL;
    IS(section_create(unique("denied-s"), 1, "D:P", &section), 0);
    IS(object_create(OBJECT_MUTEX, unique("denied-m"), "D:P", &mutex), 0);
    IS(open_any(OBJECT_SECTION, unique("denied-s"), &opened), OSERROR_ACCESS_DENIED);
    IS(create_any(OBJECT_SECTION, unique("denied-s"), &opened), OSERROR_ACCESS_DENIED);
    IS(object_open(OBJECT_MUTEX, unique("denied-m"), &opened), OSERROR_ACCESS_DENIED);
    IS(create_any(OBJECT_MUTEX, unique("denied-m"), &opened), OSERROR_ACCESS_DENIED);
    object_close(section);
    object_close(mutex);
}

static void reading_only(void)
{
    object *section = NULL;
    object *opened = NULL;
    struct view view = {0};
    IS(section_create(unique("readable"), 1, "D:P(A;;GR;;;WD)", &section), 0);
    IS(section_open(unique("readable"), ACCESS_WRITE, &opened), OSERROR_ACCESS_DENIED);
    IS(section_open(unique("readable"), ACCESS_READ, &opened), 0);
    if (opened != NULL && mapped(opened, ACCESS_READ, &view)) {
        IS(view.base[0], 0);
        view_unmap(&view);
    }
    object_close(opened);
    object_close(section);
}

static void prefixes(void)
{
    char local[NAME_ROOM];
    char global[NAME_ROOM];
    char wrong[NAME_ROOM];
    (void)snprintf(local, sizeof local, "Local\\%s", unique("prefix"));
    (void)snprintf(global, sizeof global, "Global\\%s", unique("prefix"));
    object *made = NULL;
    object *opened = NULL;
    IS(create_any(OBJECT_MUTEX, unique("prefix"), &made), 0);
    IS(object_open(OBJECT_MUTEX, local, &opened), 0);
    object_close(opened);
    opened = NULL;
    IS(object_open(OBJECT_MUTEX, global, &opened), in_session_zero() ? OSERROR_NONE : OSERROR_FILE_NOT_FOUND);
    object_close(opened);
    opened = NULL;
    static const char *const spelt[] = {"local\\", "LOCAL\\", "global\\", "GLOBAL\\"};
    for (size_t i = 0; i < sizeof spelt / sizeof *spelt; i++) {
        (void)snprintf(wrong, sizeof wrong, "%s%s", spelt[i], unique("prefix"));
        if (!HOLDS(object_open(OBJECT_MUTEX, wrong, &opened) == OSERROR_PATH_NOT_FOUND)) {
            check_differs("with %s", spelt[i]);
        }
    }
    object_close(made);
}

static void case_of_names(void)
{
    object *made = NULL;
    object *other = NULL;
    IS(create_any(OBJECT_SECTION, unique("case"), &made), 0);
    IS(open_any(OBJECT_SECTION, unique("CASE"), &other), OSERROR_FILE_NOT_FOUND);
    IS(create_any(OBJECT_MUTEX, unique("CASE"), &other), 0);
    object_close(made);
    object_close(other);
}

static void any_character(void)
{
    static const char *const suffixes[] = {"a/b",   "c:d",  "*?\"<>|",          "..",           ".",  " ",
                                           "tab\t", "\x01", "\xF0\x9F\x98\x80", "\xED\xA0\x80", "%d", "'",
                                           "\x7F"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        object *made = NULL;
        object *opened = NULL;
        oserror error = create_any(OBJECT_SECTION, unique(suffixes[i]), &made);
        if (error == OSERROR_NONE) {
            error = open_any(OBJECT_SECTION, unique(suffixes[i]), &opened);
        }
        if (error != OSERROR_NONE) {
            check_differs("character %lu of the list: %u", (unsigned long)i + 1, error);
        }
        object_close(opened);
        object_close(made);
    }
}

/*
 * The longest base name of ours with the longest companion: WINSHM_NAME_MAX +
 * WINSHM_COMPANION_MAX units.
 */
static void longest_names(void)
{
    char suffix[WINSHM_NAME_MAX + WINSHM_COMPANION_MAX + 1];
    size_t taken = strlen(unique(""));
    memset(suffix, 'n', sizeof suffix);
    suffix[WINSHM_NAME_MAX + WINSHM_COMPANION_MAX - taken] = '\0';
    char name[NAME_ROOM];
    (void)snprintf(name, sizeof name, "Local\\%s", unique(suffix));
    for (size_t kind = 0; kind < KINDS; kind++) {
        object *made = NULL;
        object *opened = NULL;
        IS(create_any(kinds[kind].kind, name, &made), 0);
        IS(open_any(kinds[kind].kind, name, &opened), 0);
        object_close(opened);
        object_close(made);
    }
}

static void name_of_view(void)
{
    object *section = NULL;
    object *opened = NULL;
    struct view view = {0};
    struct view other = {0};
    IS(create_any(OBJECT_SECTION, unique("view"), &section), 0);
    if (!mapped(section, ACCESS_WRITE, &view)) {
        object_close(section);
        return;
    }
    view.base[0] = 77;
    object_close(section);
    section = NULL;
    IS(open_any(OBJECT_SECTION, unique("view"), &opened), OSERROR_FILE_NOT_FOUND);
    IS(create_any(OBJECT_SECTION, unique("view"), &section), 0);
    if (section != NULL && mapped(section, ACCESS_READ, &other)) {
        IS(other.base[0], 0);
        IS(view.base[0], 77);
        view_unmap(&other);
    }
    object_close(section);
    view_unmap(&view);
}

static void name_of_process(void)
{
    object *section = NULL;
    object *ready = NULL;
    object *end = NULL;
    IS(create_any(OBJECT_SECTION, unique("kept"), &section), 0);
    IS(create_any(OBJECT_EVENT, unique("kept.ready"), &ready), 0);
    IS(create_any(OBJECT_EVENT, unique("kept.end"), &end), 0);
    object *process = start_role("keep", unique("kept"), unique("kept.ready"), unique("kept.end"));
    if (process != NULL) {
        IS(wait_for(ready, 20000), WAITED_SIGNALLED);
        object_close(section);
        section = NULL;
        IS(object_kind_of(unique("kept")), OBJECT_SECTION);
        IS(object_signal(end, SIGNAL_SET), 0);
        IS(end_of(process), 0);
        IS(object_kind_of(unique("kept")), OBJECT_NONE);
    }
    object_close(section);
    object_close(ready);
    object_close(end);
}

static void no_bytes(void)
{
    object *made = NULL;
    IS(section_create(unique("nothing"), 0, NULL, &made), OSERROR_INVALID_PARAMETER);
    IS(create_any(OBJECT_SECTION, unique("nothing"), &made), 0);
    object *again = NULL;
    IS(section_create(unique("nothing"), 0, NULL, &again), OSERROR_INVALID_PARAMETER);
    object_close(made);
}

static void whole_pages(void)
{
    static const uint64_t sizes[][2] = {{1, 4096}, {4095, 4096}, {4096, 4096}, {4097, 8192}, {3000001, 3002368}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        object *section = NULL;
        struct view view = {0};
        struct section_facts facts = {0};
        IS(section_create(unique("pages"), sizes[i][0], NULL, &section), 0);
        if (section != NULL) {
            IS(section_facts(section, &facts), 0);
        }
        IS(facts.size, sizes[i][1]);
        HOLDS(!facts.is_file && !facts.is_image && !facts.is_reserved);
        if (section != NULL && mapped(section, ACCESS_WRITE, &view)) {
            IS(view.size, sizes[i][1]);
            IS(view.committed, view.size);
            uint8_t any = 0;
            for (size_t at = 0; at < view.size; at++) {
                any |= view.base[at];
            }
            IS(any, 0);
            view_unmap(&view);
        }
        object_close(section);
    }
}

static bool is_too_large(oserror error)
{
    return error == OSERROR_NOT_ENOUGH_MEMORY || error == OSERROR_INVALID_PARAMETER ||
           error == OSERROR_NO_SYSTEM_RESOURCES || error == OSERROR_COMMITMENT_LIMIT;
}

static void huge_sizes(void)
{
    static const uint64_t sizes[] = {UINT64_C(1) << 50, UINT64_C(1) << 62, UINT64_C(1) << 63};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        object *made = NULL;
        oserror error = section_create(unique("huge"), sizes[i], NULL, &made);
        if (!is_too_large(error)) {
            check_differs("2^%d bytes: %u", i == 0 ? 50 : i == 1 ? 62 : 63, error);
        }
        object_close(made);
    }
}

static void endless_size(void)
{
    object *made = NULL;
    oserror error = section_create(unique("huge"), UINT64_MAX, NULL, &made);
    if (!is_too_large(error)) {
        check_differs("error %u", error);
    }
    object_close(made);
}

static void reading_handle(void)
{
    object *section = NULL;
    object *opened = NULL;
    struct view view = {0};
    IS(create_any(OBJECT_SECTION, unique("handle"), &section), 0);
    IS(section_open(unique("handle"), ACCESS_READ, &opened), 0);
    if (opened != NULL) {
        IS(view_map(opened, ACCESS_WRITE, &view), OSERROR_ACCESS_DENIED);
        view_unmap(&view);
        IS(view_map(opened, ACCESS_READ, &view), 0);
        view_unmap(&view);
        object_close(opened);
    }
    opened = NULL;
    IS(section_open(unique("handle"), ACCESS_WRITE, &opened), 0);
    if (opened != NULL) {
        IS(view_map(opened, ACCESS_WRITE, &view), 0);
        view_unmap(&view);
        IS(view_map(opened, ACCESS_READ, &view), 0);
        view_unmap(&view);
        object_close(opened);
    }
    object_close(section);
}

static void inspecting_handle(void)
{
    static const char list[] = "D:P(A;;GA;;;WD)";
    object *section = NULL;
    IS(section_create(unique("inspect"), 1, list, &section), 0);
    for (enum access access = ACCESS_READ; access <= ACCESS_INSPECT; access++) {
        oserror error = access == ACCESS_INSPECT ? OSERROR_NONE : OSERROR_ACCESS_DENIED;
        object *opened = NULL;
        struct view view = {0};
        struct section_facts facts = {0};
        char sddl[1000] = "";
        IS(section_open(unique("inspect"), access, &opened), 0);
        if (opened != NULL && mapped(opened, ACCESS_READ, &view)) {
            IS(section_facts(opened, &facts), error);
            IS(facts.size, access == ACCESS_INSPECT ? view.size : 0);
            IS(section_security(opened, sddl, sizeof sddl), error);
            HOLDS((strstr(sddl, ";;;WD)") != NULL) == (access == ACCESS_INSPECT));
            view_unmap(&view);
            IS(view_map(opened, ACCESS_WRITE, &view), OSERROR_ACCESS_DENIED);
        }
        object_close(opened);
    }
    object_close(section);
}

struct listed {
    const char *section;
    const char *mutex;
    size_t sections;
    size_t mutexes;
};

static bool count_name(void *context, const char *name)
{
    struct listed *listed = context;
    listed->sections += strcmp(name, listed->section) == 0;
    listed->mutexes += strcmp(name, listed->mutex) == 0;
    return true;
}

static void listing(void)
{
    object *section = NULL;
    object *mutex = NULL;
    IS(create_any(OBJECT_SECTION, unique("listed-s"), &section), 0);
    IS(create_any(OBJECT_MUTEX, unique("listed-m"), &mutex), 0);
    struct listed listed = {.section = unique("listed-s"), .mutex = unique("listed-m")};
    IS(sections_list(NAME_LOCAL, count_name, &listed), 0);
    HOLDS(listed.sections > 0);
    IS(listed.mutexes, 0);
    object_close(section);
    object_close(mutex);
    listed.sections = 0;
    IS(sections_list(NAME_LOCAL, count_name, &listed), 0);
    IS(listed.sections, 0);
}

static void listing_global(void)
{
    struct listed listed = {.section = "", .mutex = ""};
    IS(sections_list(NAME_GLOBAL, count_name, &listed), 0);
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static void same_bytes(void)
{
    object *section = NULL;
    struct view writing = {0};
    struct view reading = {0};
    IS(create_any(OBJECT_SECTION, unique("bytes"), &section), 0);
    if (section != NULL && mapped(section, ACCESS_WRITE, &writing) && mapped(section, ACCESS_READ, &reading)) {
        HOLDS(writing.base != reading.base);
        writing.base[4095] = 7;
        IS(reading.base[4095], 7);
        IS(end_of(start_role("write", unique("bytes"), NULL, NULL)), 0);
        IS(reading.base[0], 99);
        IS(writing.base[0], 99);
    }
    view_unmap(&writing);
    view_unmap(&reading);
    object_close(section);
}

static void taken_memory(void)
{
    uint8_t *memory = memory_take(100000);
    if (HOLDS(memory != NULL)) {
        memory[99999] = 1;
    }
    memory_give(memory);
    memory_give(NULL);
    HOLDS(memory_take(SIZE_MAX) == NULL);
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

static void lowest_of_several(void)
{
    object *all[4] = {NULL};
    IS(create_any(OBJECT_EVENT, unique("lowest-e"), &all[0]), 0);
    IS(create_any(OBJECT_MUTEX, unique("lowest-m"), &all[1]), 0);
    IS(object_create(OBJECT_AUTO_EVENT, unique("lowest-s"), NULL, &all[2]), 0);
    IS(create_any(OBJECT_MUTEX, unique("lowest-n"), &all[3]), 0);
    IS(object_signal(all[2], SIGNAL_SET), 0);
    struct waited waited = wait_any(all, 4, clock_now() + 1000);
    IS(waited.how, WAITED_SIGNALLED);
    IS(waited.which, 1);
    IS(wait_for(all[2], 0), WAITED_SIGNALLED); /* the wait did not change it */
    IS(end_of(start_role("try", unique("lowest-m"), NULL, NULL)), WAITED_TIMEOUT);
    IS(end_of(start_role("try", unique("lowest-n"), NULL, NULL)), WAITED_SIGNALLED);
    (void)object_signal(all[1], SIGNAL_RELEASE);
    for (size_t i = 0; i < 4; i++) {
        object_close(all[i]);
    }
}

static void event_stays_set(void)
{
    object *event = NULL;
    object *opened = NULL;
    IS(create_any(OBJECT_EVENT, unique("event"), &event), 0);
    IS(object_open(OBJECT_EVENT, unique("event"), &opened), 0);
    IS(wait_for(event, 0), WAITED_TIMEOUT);
    IS(object_signal(event, SIGNAL_SET), 0);
    IS(wait_for(event, 0), WAITED_SIGNALLED);
    IS(wait_for(event, 0), WAITED_SIGNALLED);
    IS(wait_for(opened, 0), WAITED_SIGNALLED);
    IS(object_signal(opened, SIGNAL_RESET), 0);
    IS(wait_for(event, 0), WAITED_TIMEOUT);
    object_close(opened);
    object_close(event);
}

static void signal_ends_one_wait(void)
{
    object *signal = NULL;
    object *opened = NULL;
    IS(object_create(OBJECT_AUTO_EVENT, unique("signal"), NULL, &signal), 0);
    IS(object_kind_of(unique("signal")), OBJECT_EVENT);
    IS(object_open(OBJECT_EVENT, unique("signal"), &opened), 0);
    IS(object_signal(opened, SIGNAL_SET), 0);
    IS(object_signal(opened, SIGNAL_SET), 0);
    IS(wait_for(signal, 0), WAITED_SIGNALLED); /* this wait begins after the event was set */
    IS(wait_for(signal, 0), WAITED_TIMEOUT);
    IS(wait_for(opened, 0), WAITED_TIMEOUT);
    object_close(opened);
    object_close(signal);
}

static void unnamed_events(void)
{
    object *event = NULL;
    object *other = NULL;
    IS(object_create(OBJECT_EVENT, NULL, NULL, &event), 0);
    IS(object_create(OBJECT_EVENT, NULL, NULL, &other), 0);
    IS(object_signal(event, SIGNAL_SET), 0);
    IS(wait_for(other, 0), WAITED_TIMEOUT);
    IS(wait_for(event, 0), WAITED_SIGNALLED);
    object_close(event);
    object_close(other);
}

static void mutex_recursion(void)
{
    object *mutex = NULL;
    IS(create_any(OBJECT_MUTEX, unique("twice"), &mutex), 0);
    IS(wait_for(mutex, 0), WAITED_SIGNALLED);
    IS(wait_for(mutex, 0), WAITED_SIGNALLED);
    (void)object_signal(mutex, SIGNAL_RELEASE);
    IS(end_of(start_role("try", unique("twice"), NULL, NULL)), WAITED_TIMEOUT);
    (void)object_signal(mutex, SIGNAL_RELEASE);
    IS(end_of(start_role("try", unique("twice"), NULL, NULL)), WAITED_SIGNALLED);
    object_close(mutex);
}

static void mutex_of_other(void)
{
    object *mutex = NULL;
    IS(create_any(OBJECT_MUTEX, unique("other"), &mutex), 0);
    IS(wait_for(mutex, 0), WAITED_SIGNALLED);
    IS(end_of(start_role("release", unique("other"), NULL, NULL)), 0);
    IS(end_of(start_role("try", unique("other"), NULL, NULL)), WAITED_TIMEOUT);
    (void)object_signal(mutex, SIGNAL_RELEASE);
    object_close(mutex);
}

static void mutex_abandoned(void)
{
    object *both[2] = {NULL};
    object *ready = NULL;
    object *end = NULL;
    IS(create_any(OBJECT_EVENT, unique("left.never"), &both[0]), 0);
    IS(create_any(OBJECT_MUTEX, unique("left"), &both[1]), 0);
    IS(create_any(OBJECT_EVENT, unique("left.ready"), &ready), 0);
    IS(create_any(OBJECT_EVENT, unique("left.end"), &end), 0);
    object *process = start_role("own", unique("left"), unique("left.ready"), unique("left.end"));
    if (process != NULL) {
        IS(wait_for(ready, 20000), WAITED_SIGNALLED);
        IS(wait_for(both[1], 0), WAITED_TIMEOUT);
        IS(object_signal(end, SIGNAL_SET), 0);
        struct waited waited = wait_any(both, 2, clock_now() + 20000);
        IS(waited.how, WAITED_ABANDONED);
        IS(waited.which, 1);
        IS(end_of(process), 0);
        IS(end_of(start_role("try", unique("left"), NULL, NULL)), WAITED_TIMEOUT);
        (void)object_signal(both[1], SIGNAL_RELEASE);
        IS(wait_for(both[1], 0), WAITED_SIGNALLED); /* not abandoned any more */
        (void)object_signal(both[1], SIGNAL_RELEASE);
    }
    object_close(both[0]);
    object_close(both[1]);
    object_close(ready);
    object_close(end);
}

static void semaphore_counts(void)
{
    object *semaphore = NULL;
    object *opened = NULL;
    IS(create_any(OBJECT_SEMAPHORE, unique("count"), &semaphore), 0);
    IS(wait_for(semaphore, 0), WAITED_TIMEOUT);
    IS(object_open(OBJECT_SEMAPHORE, unique("count"), &opened), 0);
    IS(object_signal(opened, SIGNAL_RAISE), 0);
    IS(object_signal(opened, SIGNAL_RAISE), 0);
    IS(wait_for(semaphore, 0), WAITED_SIGNALLED);
    IS(wait_for(semaphore, 0), WAITED_SIGNALLED);
    IS(wait_for(semaphore, 0), WAITED_TIMEOUT);
    object_close(opened);
    object_close(semaphore);
}

static void deadlines(void)
{
    object *event = NULL;
    IS(create_any(OBJECT_EVENT, unique("deadline"), &event), 0);
    static const uint64_t lengths[] = {0, 1, 20, 100};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        uint64_t deadline = clock_now() + lengths[i];
        IS(wait_any(&event, 1, deadline).how, WAITED_TIMEOUT);
        HOLDS(clock_now() >= deadline);
        deadline = clock_now() + lengths[i];
        IS(wait_any(NULL, 0, deadline).how, WAITED_TIMEOUT);
        HOLDS(clock_now() >= deadline);
    }
    IS(object_signal(event, SIGNAL_SET), 0);
    IS(wait_any(&event, 1, 0).how, WAITED_SIGNALLED); /* set wins over a past deadline */
    object_close(event);
}

static void set_event(void *context)
{
    (void)wait_any(NULL, 0, clock_now() + 30);
    (void)object_signal(context, SIGNAL_SET);
}

static void long_deadline(void)
{
    static const uint64_t lengths[] = {UINT64_C(1) << 31, (UINT64_C(1) << 32) - 1, UINT64_C(1) << 32,
                                       UINT64_C(1) << 40};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        object *event = NULL;
        object *thread = NULL;
        IS(create_any(OBJECT_EVENT, unique("long"), &event), 0);
        IS(thread_start(set_event, event, &thread), 0);
        IS(wait_any(&event, 1, clock_now() + lengths[i]).how, WAITED_SIGNALLED);
        IS(wait_for(thread, 5000), WAITED_SIGNALLED);
        object_close(thread);
        object_close(event);
    }
}

static void clocks(void)
{
    uint64_t last[3] = {0};
    bool is_back = false;
    for (int i = 0; i < 20000; i++) {
        uint64_t times[3] = {clock_now(), clock_wall(), spin_clock()};
        for (size_t j = 0; j < 3; j++) {
            is_back = is_back || times[j] < last[j];
            last[j] = times[j];
        }
    }
    HOLDS(!is_back);
}

/* ---- Processes --------------------------------------------------------------------------------------------------- */

static const char *const odd_arguments[] = {
    "a b",       "",          "quote\"inside",        "back\\slash",      "end\\",        "\\\\\"",  "*",     "%PATH%",
    "tab\there", "a\\\\\" b", "\xC3\xA9\xE6\xBC\xA2", "\xF0\x9F\x98\x80", "\xED\xA0\x80", "--x=y z", "^&|<>",
};
#define ODD (sizeof odd_arguments / sizeof *odd_arguments)

static void arguments_arrive(void)
{
    const char *arguments[ODD + 4] = {"winshm-check", "--role", "arguments"};
    for (size_t i = 0; i < ODD; i++) {
        arguments[i + 3] = odd_arguments[i];
    }
    IS(end_of(start_self(arguments)), 0);
}

static void exit_status(void)
{
    static const char *const statuses[] = {"77", "259", "3221225786"};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        IS(end_of(start_role("return", statuses[i], NULL, NULL)), strtoul(statuses[i], NULL, 10));
    }
}

static void background_handles(void)
{
    IS(end_of(start_role("standard", NULL, NULL, NULL)), 0);
}

static void adopted(void)
{
    object *event = NULL;
    object *unknown = NULL;
    struct started started = {0};
    char number[24];
    IS(object_create(OBJECT_EVENT, NULL, NULL, &event), 0);
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)object_number(event));
    const char *const arguments[] = {"winshm-check", "--role", "adopt", number, NULL};
    IS(process_start(arguments, &event, 1, &started), 0);
    IS(end_of(started.process), 0);
    IS(wait_for(event, 0), WAITED_SIGNALLED);
    object_close(event);
    IS(object_adopt(NULL, 0x7FFFFFF0, &unknown), OSERROR_INVALID_HANDLE);
}

static void lives(void)
{
    object *ready = NULL;
    object *end = NULL;
    object *section = NULL;
    struct view view = {0};
    IS(section_create(unique("life"), 4, NULL, &section), 0);
    IS(create_any(OBJECT_EVENT, unique("life.ready"), &ready), 0);
    IS(create_any(OBJECT_EVENT, unique("life.end"), &end), 0);
    object *process = start_role("identify", unique("life"), unique("life.ready"), unique("life.end"));
    if (process != NULL && section != NULL && mapped(section, ACCESS_READ, &view)) {
        static const uint64_t day = UINT64_C(24) * 3600 * 10000000;
        uint32_t id = 0;
        IS(wait_for(ready, 20000), WAITED_SIGNALLED);
        memcpy(&id, view.base, sizeof id);
        IS(process_life(id, clock_wall()), LIFE_ALIVE);
        IS(process_life(id, clock_wall() - day), LIFE_DEAD); /* another process had it */
        IS(object_signal(end, SIGNAL_SET), 0);
        IS(end_of(process), 0);
        IS(process_life(id, clock_wall()), LIFE_DEAD);
    }
    view_unmap(&view);
    object_close(section);
    object_close(ready);
    object_close(end);
}

static void run_nothing(void *context)
{
    *(int *)context = 5;
}

static void threads(void)
{
    int done = 0;
    object *thread = NULL;
    IS(thread_start(run_nothing, &done, &thread), 0);
    IS(wait_for(thread, 5000), WAITED_SIGNALLED);
    IS(done, 5);
    object_close(thread);
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

/* Check that a file of at most 100 bytes contains `wanted`, and close it. */
static void file_is(const char *path, const char *wanted)
{
    char bytes[100];
    size_t all = 0;
    size_t got = 1;
    uint64_t remaining = 0;
    object *file = NULL;
    if (!IS(file_open(path, &file), 0)) {
        return;
    }
    HOLDS(file_remaining(file, &remaining));
    IS(remaining, strlen(wanted));
    while (got > 0 && all < sizeof bytes) {
        got = 0;
        IS(file_read(file, bytes + all, sizeof bytes - all, &got), 0);
        all += got;
    }
    IS(all, strlen(wanted));
    HOLDS(memcmp(bytes, wanted, strlen(wanted)) == 0);
    IS(file_read(file, bytes, 1, &got), 0); /* again at the end of the file */
    IS(got, 0);
    object_close(file);
}

static void write_file(const char *path, const char *text)
{
    object *file = NULL;
    IS(file_create(path, &file), 0);
    if (file != NULL) {
        IS(file_write(file, text, strlen(text)), 0);
        IS(file_commit(file, path), 0);
        object_close(file);
    }
}

static void files(void)
{
    object *file = NULL;
    IS(file_open(scratch("missing"), &file), OSERROR_FILE_NOT_FOUND);
    write_file(scratch("file"), "first, and long");
    file_is(scratch("file"), "first, and long");
    write_file(scratch("file"), "second");
    file_is(scratch("file"), "second");
    write_file(scratch("empty"), "");
    file_is(scratch("empty"), "");
    write_file(scratch("\xE6\xBC\xA2 \xF0\x9F\x98\x80"), "odd");
    file_is(scratch("\xE6\xBC\xA2 \xF0\x9F\x98\x80"), "odd");
}

static void file_not_committed(void)
{
    object *file = NULL;
    write_file(scratch("old"), "old");
    IS(file_create(scratch("old"), &file), 0);
    if (file != NULL) {
        IS(file_write(file, "newer", 5), 0);
        file_is(scratch("old"), "old");
        object_close(file);
    }
    file_is(scratch("old"), "old");
    file = NULL;
    IS(file_create(scratch("never"), &file), 0);
    object_close(file);
    file = NULL;
    IS(file_open(scratch("never"), &file), OSERROR_FILE_NOT_FOUND);
}

static void file_replaced_open(void)
{
    if (!replaces_open_files()) {
        return;
    }
    object *reading = NULL;
    char byte = 0;
    size_t got = 0;
    write_file(scratch("open"), "1");
    IS(file_open(scratch("open"), &reading), 0);
    write_file(scratch("open"), "2");
    if (reading != NULL) {
        IS(file_read(reading, &byte, 1, &got), 0);
        IS(byte, '1');
        object_close(reading);
    }
    file_is(scratch("open"), "2");
}

static void null_device(void)
{
    object *device = NULL;
    char byte = 0;
    size_t got = 1;
    uint64_t remaining = 0;
    IS(file_open("NUL", &device), 0);
    if (device != NULL) {
        HOLDS(!file_remaining(device, &remaining));
        IS(file_read(device, &byte, 1, &got), 0);
        IS(got, 0);
        HOLDS(!file_is_console(device));
        object_close(device);
    }
    write_file("NUL", "gone");
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static void one_byte_pages(void)
{
    uint16_t unit = 0;
    uint8_t byte = 0;
    size_t made = 0;
    size_t used = 0;
    for (unsigned value = 0; value < 256; value++) {
        uint8_t one = (uint8_t)value;
        if (code_page_decode(1252, &one, 1, true, &unit, &made, &used) != 0 || made != 1 || used != 1 ||
            unit == 0xFFFD || code_page_encode(1252, &unit, 1, &byte, 1, &made) != 0 || made != 1 || byte != one) {
            check_differs("byte %u of 1252", value);
        }
    }
    HOLDS(code_page_is_known(1252) && code_page_is_known(437) && code_page_is_known(932));
    HOLDS(!code_page_is_known(12) && !code_page_is_known(65000));
}

static void missing_characters(void)
{
    static const uint16_t kanji[] = {'a', 0x6F22};
    static const uint16_t nearly[] = {0x0100}; /* similar to the letter A */
    static const uint16_t letters[] = {'a', 'b'};
    uint8_t bytes[8];
    size_t made = 0;
    IS(code_page_encode(1252, kanji, 2, bytes, 8, &made), OSERROR_NO_UNICODE_TRANSLATION);
    IS(code_page_encode(1252, nearly, 1, bytes, 8, &made), OSERROR_NO_UNICODE_TRANSLATION);
    IS(code_page_encode(932, nearly, 1, bytes, 8, &made), OSERROR_NO_UNICODE_TRANSLATION);
    IS(code_page_encode(1252, kanji, 1, bytes, 8, &made), 0);
    IS(made, 1);
    IS(code_page_encode(932, letters, 2, bytes, 1, &made), 122); /* not enough room */
    uint16_t units[8];
    size_t used = 0;
    IS(code_page_decode(12, bytes, 1, true, units, &made, &used), OSERROR_INVALID_PARAMETER);
}

static void two_byte_pages(void)
{
    static const uint16_t text[] = {'a', 0x3042};
    uint8_t bytes[8] = {0};
    uint16_t units[8] = {0};
    size_t made = 0;
    size_t used = 0;
    IS(code_page_encode(932, text, 2, bytes, 8, &made), 0);
    HOLDS(made == 3 && memcmp(bytes, "a\x82\xA0", 3) == 0);
    IS(code_page_decode(932, bytes, 3, true, units, &made, &used), 0);
    HOLDS(made == 2 && memcmp(units, text, sizeof text) == 0);
    IS(code_page_decode(932, bytes, 2, false, units, &made, &used), 0);
    HOLDS(made == 1 && used == 1);
    IS(code_page_decode(932, bytes, 2, true, units, &made, &used), 0);
    HOLDS(made == 2 && used == 2 && units[1] == 0xFFFD);
}

static void words(void)
{
    static const oserror errors[] = {OSERROR_FILE_NOT_FOUND, OSERROR_ACCESS_DENIED, OSERROR_INVALID_HANDLE,
                                     OSERROR_ALREADY_EXISTS, OSERROR_NO_DATA};
    char text[300];
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        size_t length = strlen(system_error_text(errors[i], text, sizeof text));
        HOLDS(length > 5);
        HOLDS(length > 0 && text[length - 1] != '.' && text[length - 1] != '\n' && text[length - 1] != ' ');
    }
    HOLDS(strlen(system_error_text(0x2000ABCD, text, sizeof text)) == 0);
    HOLDS(strlen(system_error_text(OSERROR_ACCESS_DENIED, text, 6)) <= 5);
}

/* Call vsnprintf(), whose cut texts no compiler warns of. */
static int formatted(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}

static void formatted_texts(void)
{
    char text[8];
    memset(text, 'x', sizeof text);
    IS(formatted(text, sizeof text, "%s", "0123456"), 7); /* it just fits */
    HOLDS(strcmp(text, "0123456") == 0);
    IS(formatted(text, sizeof text, "%s%s", "abcdefg", "h"), 8); /* all but the zero fits */
    HOLDS(strcmp(text, "abcdefg") == 0);
    IS(formatted(text, sizeof text, "%" PRIu64, UINT64_MAX), 20);
    HOLDS(strcmp(text, "1844674") == 0);
    IS(formatted(NULL, 0, "%u", 1234U), 4);
}

/* ---- Security ---------------------------------------------------------------------------------------------------- */

static void default_security(void)
{
    char sid[SID_ROOM] = "";
    IS(user_sid(sid), 0);
    size_t length = strlen(sid);
    bool is_administrator = length > 4 && strcmp(sid + length - 4, "-500") == 0;
    for (size_t kind = 0; kind < KINDS; kind++) {
        object *made = NULL;
        char text[SDDL_ROOM];
        struct sddl sddl;
        IS(create_any(kinds[kind].kind, unique("default"), &made), 0);
        if (IS(object_security(unique("default"), kinds[kind].kind, text, sizeof text), 0) &&
            HOLDS(sddl_parse(text, &sddl)) && HOLDS(sddl.has_list)) {
            struct sddl_entry entry;
            size_t entries = 0;
            size_t known = 0;
            HOLDS(sddl_is(sddl.flags, "P"));
            while (sddl_next(&sddl.list, &entry)) {
                bool is_user = sddl_is(entry.sid, sid) || (is_administrator && sddl_is(entry.sid, "LA"));
                entries++;
                known += entry.is_plain && !entry.denies && (is_user || sddl_is(entry.sid, "SY"));
                HOLDS(kind != 0 || sddl_section_grant(entry.rights) == SDDL_EVERYTHING);
            }
            IS(entries, 2);
            IS(known, 2);
        }
        object_close(made);
    }
}

static void bad_descriptors(void)
{
    static const char *const bad[] = {"nonsense", "D:(", "D:(A;;GA;;;WD"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (sddl_check(bad[i]) == OSERROR_NONE) {
            check_differs("%s is understood", bad[i]);
        }
    }
    IS(sddl_check("D:P(A;;GA;;;SY)(A;;GA;;;WD)"), 0);
    IS(sddl_check("D:P"), 0);
}

/* ---- The second process ------------------------------------------------------------------------------------------ */

static int role_arguments(int count, char **arguments)
{
    if ((size_t)count != ODD) {
        return 100;
    }
    for (size_t i = 0; i < ODD; i++) {
        if (strcmp(arguments[i], odd_arguments[i]) != 0) {
            return (int)i + 1;
        }
    }
    return 0;
}

static int role_keep(char **names)
{
    object *section = NULL;
    object *ready = NULL;
    object *end = NULL;
    bool kept = section_open(names[0], ACCESS_READ, &section) == 0 &&
                object_open(OBJECT_EVENT, names[1], &ready) == 0 && object_open(OBJECT_EVENT, names[2], &end) == 0 &&
                object_signal(ready, SIGNAL_SET) == 0 && wait_for(end, 20000) == WAITED_SIGNALLED;
    object_close(section);
    object_close(ready);
    object_close(end);
    return kept ? 0 : 1;
}

static int role_own(char **names)
{
    object *mutex = NULL;
    object *ready = NULL;
    object *end = NULL;
    bool owned = object_open(OBJECT_MUTEX, names[0], &mutex) == 0 && object_open(OBJECT_EVENT, names[1], &ready) == 0 &&
                 object_open(OBJECT_EVENT, names[2], &end) == 0 && wait_for(mutex, 0) == WAITED_SIGNALLED &&
                 object_signal(ready, SIGNAL_SET) == 0 && wait_for(end, 20000) == WAITED_SIGNALLED;
    object_close(ready);
    object_close(end);
    return owned ? 0 : 1; /* the mutex ends with the process */
}

static int role_try(char **names)
{
    object *mutex = NULL;
    if (object_open(OBJECT_MUTEX, names[0], &mutex) != 0) {
        return 100;
    }
    enum waited_how how = wait_for(mutex, 0);
    if (how == WAITED_SIGNALLED) {
        (void)object_signal(mutex, SIGNAL_RELEASE);
    }
    object_close(mutex);
    return (int)how;
}

static int role_release(char **names)
{
    object *mutex = NULL;
    if (object_open(OBJECT_MUTEX, names[0], &mutex) != 0) {
        return 100;
    }
    (void)object_signal(mutex, SIGNAL_RELEASE);
    object_close(mutex);
    return 0;
}

static int role_adopt(char **numbers)
{
    object *event = NULL;
    bool is_set =
        object_adopt(NULL, strtoull(numbers[0], NULL, 10), &event) == 0 && object_signal(event, SIGNAL_SET) == 0;
    object_close(event);
    return is_set ? 0 : 1;
}

static int role_write(char **names)
{
    object *section = NULL;
    struct view view = {0};
    bool written = section_open(names[0], ACCESS_WRITE, &section) == 0 && view_map(section, ACCESS_WRITE, &view) == 0;
    if (written) {
        view.base[0] = 99;
    }
    view_unmap(&view);
    object_close(section);
    return written ? 0 : 1;
}

static int role_identify(char **names)
{
    object *section = NULL;
    struct view view = {0};
    uint32_t id = process_id();
    bool written = section_open(names[0], ACCESS_WRITE, &section) == 0 && view_map(section, ACCESS_WRITE, &view) == 0;
    if (written) {
        memcpy(view.base, &id, sizeof id);
    }
    view_unmap(&view);
    object_close(section);
    return written ? role_keep(names) : 1;
}

static int role_standard(void)
{
    int found = 0;
    for (int which = STANDARD_INPUT; which <= STANDARD_ERROR; which++) {
        found = 2 * found + (file_standard((enum standard)which) != NULL);
    }
    return found;
}

static int run_role(const char *role, int count, char **arguments)
{
    int status = 99;
    if (strcmp(role, "arguments") == 0) {
        return role_arguments(count, arguments);
    }
    if (strcmp(role, "standard") == 0) {
        return role_standard();
    }
    if (machine_role(role, count, arguments, &status)) {
        return status;
    }
    if (count == 1 && strcmp(role, "return") == 0) {
        return (int)(uint32_t)strtoul(arguments[0], NULL, 10);
    }
    static const struct {
        const char *role;
        int count;
        int (*run)(char **names);
    } roles[] = {{"keep", 3, role_keep},        {"own", 3, role_own},     {"try", 1, role_try},
                 {"adopt", 1, role_adopt},      {"write", 1, role_write}, {"release", 1, role_release},
                 {"identify", 3, role_identify}};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (count == roles[i].count && strcmp(role, roles[i].role) == 0) {
            return roles[i].run(arguments);
        }
    }
    return 98;
}

/* ---- All checks -------------------------------------------------------------------------------------------------- */

/* Leave out a check that needs Windows on any other machine. */
#ifdef _WIN32
#define WINDOWS(name) windows_##name
#else
#define WINDOWS(name) left_out
static void left_out(void)
{
}
#endif

/*
 * The checks, in the order of the rows of common/windows/README.md. An entry
 * without a function is a heading.
 */
static const struct check {
    const char *title;
    void (*run)(void);
} checks[] = {
    {"Names and sections", NULL},
    {"a name goes away with the last handle, though a view keeps the bytes", name_of_view},
    {"a name stays while another process has a handle, and goes when that process ends", name_of_process},
    {"to create what exists is error 183", existing_name},
    {"to create what exists leaves its size, state and descriptor as they are", WINDOWS(existing_object)},
    {"to create what is new leaves 0 as the last error", WINDOWS(fresh_last_error)},
    {"another kind of object of the same name is error 6, to create and to open", other_kind},
    {"timers and jobs share the names", WINDOWS(timers_and_jobs)},
    {"the kind is compared before the access is judged", kind_before_access},
    {"a name that does not exist is error 2", missing_name},
    {"an access that the descriptor does not give is error 5, to open and to create", access_denied},
    {"a right to read is enough to read, and not to write", reading_only},
    {"Local\\x is x, Global\\x is another, and the case of a prefix matters", prefixes},
    {"names that differ in case are different", case_of_names},
    {"a name may have any character but a backslash", any_character},
    {"each kind of bad name has its error", bad_names},
    {"the longest names of ours are taken for all kinds of objects", longest_names},
    {"a name without prefix is in the directory of this session", WINDOWS(session_directory)},
    {"Session\\N\\x is x of session N", WINDOWS(session_prefix)},
    {"the directories of sessions can be asked for", WINDOWS(other_sessions)},
    {"one call returns all entries of a directory", WINDOWS(whole_directory)},
    {"without the privilege a section in Global\\ is error 5, and all else can be made there",
     WINDOWS(global_privilege)},
    {"with the privilege a section in Global\\ can be made", WINDOWS(global_section)},
    {"a section of no bytes is error 87", no_bytes},
    {"a section is whole pages of zeros, and knows its size", whole_pages},
    {"a page has 4096 bytes", WINDOWS(page_size)},
    {"to create a section takes all of its memory from what may be committed", WINDOWS(commit_charge)},
    {"more than may be committed is refused when it is created", WINDOWS(too_large_to_commit)},
    {"a size beyond every machine is error 8, 87, 1450 or 1455", huge_sizes},
    {"a size of 2^64 - 1 is refused, and does not wrap", endless_size},
    {"a handle that may only read cannot be mapped for writing", reading_handle},
    {"to ask what a section is, and who may use it, takes more than the right to read", inspecting_handle},
    {"a handle that may only write cannot be mapped for reading", WINDOWS(write_only_handle)},
    {"a directory lists its sections, and no other kind", listing},
    {"everybody may list Global\\", listing_global},
    {"NtQuerySection reports how a section was made, to a handle with SECTION_QUERY", WINDOWS(query_section)},
    {"Memory", NULL},
    {"a view of 0 bytes is all of it, one beyond the end is error 5", WINDOWS(view_sizes)},
    {"a section that is only reserved has pages where somebody committed them", WINDOWS(reserved_section)},
    {"a page of a section that is committed stays so", WINDOWS(committed_stays)},
    {"all views show the same bytes, in every process", same_bytes},
    {"memory can be taken and given back, and too much of it is NULL", taken_memory},
    {"memory that is given back is free", WINDOWS(memory_release)},
    {"Waiting", NULL},
    {"the lowest of several signalled objects ends a wait, and the others are left as they are", lowest_of_several},
    {"an event stays set until it is reset, for everybody", event_stays_set},
    {"a signal ends one wait, also one that begins later", signal_ends_one_wait},
    {"an event without a name is known to its creator alone", unnamed_events},
    {"a mutex has to be released as often as it was taken", mutex_recursion},
    {"ReleaseMutex by another process changes nothing", mutex_of_other},
    {"a mutex belongs to a thread: to another, ReleaseMutex is error 288, and changes nothing",
     WINDOWS(mutex_of_thread)},
    {"SYNCHRONIZE is enough to wait for a mutex and to release it", WINDOWS(mutex_least_access)},
    {"a mutex of a process that ended is abandoned, once, and is then owned", mutex_abandoned},
    {"a mutex of a thread or process that was killed is abandoned", WINDOWS(mutex_killed)},
    {"mutexes of a dying process are abandoned before its names go", WINDOWS(mutex_before_handles)},
    {"to set an event, to raise a semaphore and to wait are rights of their own", WINDOWS(event_rights)},
    {"CreateMutex of one that exists asks for all access to it", WINDOWS(mutex_all_access)},
    {"a semaphore ends as many waits as it was raised", semaphore_counts},
    {"a wait lasts until its deadline, and not less", deadlines},
    {"a wait of more than 49 days is not cut short", long_deadline},
    {"no clock goes back", clocks},
    {"clock_now goes in steps of at most 16 ms", WINDOWS(tick_steps)},
    {"a wait of 1 ms takes no more than two steps of the clock", WINDOWS(short_waits)},
    {"QueryPerformanceCounter keeps pace with the clock, on all processors", WINDOWS(performance_counter)},
    {"a process that may use one processor does not spin", WINDOWS(one_processor)},
    {"a thread can be waited for", threads},
    {"Processes", NULL},
    {"arguments arrive unchanged, with blanks, quotes and backslashes", arguments_arrive},
    {"a process adopts by its number what it inherits, and no other number", adopted},
    {"a process in the background has no standard handles", background_handles},
    {"a process in the background has no console, inherits nothing, and is in the folder of the system",
     WINDOWS(detached)},
    {"a folder that is the current directory of a process cannot be removed", WINDOWS(current_directory)},
    {"a job that does not let go answers CREATE_BREAKAWAY_FROM_JOB with error 5", WINDOWS(breakaway_denied)},
    {"a job that lets go does so with CREATE_BREAKAWAY_FROM_JOB", WINDOWS(breakaway_granted)},
    {"CREATE_BREAKAWAY_FROM_JOB does nothing without a job", WINDOWS(breakaway_without_job)},
    {"a handle that its parent duplicated into a process can be used there", WINDOWS(handle_into_child)},
    {"a process can duplicate a handle out of its parent", WINDOWS(handle_out_of_parent)},
    {"a process ends with all its threads when main returns", WINDOWS(exit_with_threads)},
    {"the handle of a process is signalled when it has ended, and has all 32 bits of its status", exit_status},
    {"a process lives until it ends, and not before it began", lives},
    {"a process ID is valid while a handle to the process is open", WINDOWS(process_id_kept)},
    {"OpenProcess of an ID that nobody has is error 87", WINDOWS(process_id_unknown)},
    {"a process began before it reads the clock, and after its creator did", WINDOWS(process_birth)},
    {"LOAD_LIBRARY_SEARCH_SYSTEM32 takes a library from the folder of the system", WINDOWS(system_library)},
    {"the manifest turns virtualization off", WINDOWS(no_virtualization)},
    {"Files and pipes", NULL},
    {"a file is read to its end, which is 0 bytes, and replaced", files},
    {"a file that was not committed leaves the old one, and nothing", file_not_committed},
    {"a file that is being read can be replaced", file_replaced_open},
    {"NUL is at its end at once, takes everything, and its size is not known", null_device},
    {"a pipe whose writers are gone is error 109, after all that was in it", WINDOWS(pipe_end)},
    {"a write of 0 bytes into a pipe is not its end", WINDOWS(pipe_empty_write)},
    {"a pipe without a reader is error 232, 109 or 233 to its writer", WINDOWS(pipe_without_reader)},
    {"a write into a full pipe waits until all is written", WINDOWS(pipe_full)},
    {"a pipe that does not wait is error 232 when it is empty, and takes 0 bytes when it is full",
     WINDOWS(pipe_nowait)},
    {"both ends of an anonymous pipe can be asked for their mode, and the reading one looked into",
     WINDOWS(pipe_modes)},
    {"a message that is longer than what it is read into is error 234, with its beginning", WINDOWS(pipe_messages)},
    {"GetFileType distinguishes files, pipes and devices", WINDOWS(file_types)},
    {"a folder that is opened as a file is error 5", WINDOWS(folder_as_file)},
    {"half a surrogate pair in the name of a file is kept", WINDOWS(half_pair_path)},
    {"a file that is marked for deletion goes with its last handle, unless the mark is taken back",
     WINDOWS(deletion_mark)},
    {"a file that is marked for deletion goes when its process is killed", WINDOWS(deletion_mark_killed)},
    {"to mark a file for deletion takes DELETE access", WINDOWS(deletion_mark_access)},
    {"a file that is renamed by its handle takes the place of a closed one", WINDOWS(rename_old_way)},
    {"the old way of renaming is error 5 when the other file is open, however it is shared", WINDOWS(rename_over_open)},
    {"renaming with POSIX semantics replaces a file whose readers share deletion", WINDOWS(rename_posix)},
    {"renaming with POSIX semantics is refused when a reader does not share deletion", WINDOWS(rename_posix_unshared)},
    {"a question for no standard handle is INVALID_HANDLE_VALUE", WINDOWS(standard_handle_error)},
    {"a path of more than MAX_PATH characters works when LongPathsEnabled says so, and only then", WINDOWS(long_path)},
    {"The console", NULL},
    {"GetConsoleMode and WriteConsole fail for all but consoles", WINDOWS(console_only)},
    {"ReadConsoleW returns when a line is complete", WINDOWS(console_line)},
    {"ReadConsoleW gives Ctrl+Z as a character, and ReadFile makes an end of it", WINDOWS(console_end)},
    {"Ctrl+C ends ReadConsoleW with success, no characters, and error 995", WINDOWS(console_interrupted)},
    {"WriteConsoleW takes 8192 units at a time", WINDOWS(console_large_write)},
    {"Ctrl+Break ends a process with status 0xC000013A", WINDOWS(console_break)},
    {"a process that catches Ctrl+C goes on, and its handler runs on another thread", WINDOWS(console_caught)},
    {"Ctrl+C does not reach a new process group", WINDOWS(console_group)},
    {"Text", NULL},
    {"every byte of code page 1252 is a character, and comes back", one_byte_pages},
    {"code page 932 has characters of two bytes, and one that is cut is U+FFFD", two_byte_pages},
    {"a character that a code page does not have is error 1113, and no similar one is taken", missing_characters},
    {"code pages whose bytes depend on others take no flags: error 1004", WINDOWS(code_page_flags)},
    {"code page 54936 has characters of 1, 2 and 4 bytes", WINDOWS(code_page_54936)},
    {"GetCPInfo reports the first bytes of two", WINDOWS(code_page_leads)},
    {"UTF-8 takes no WC_NO_BEST_FIT_CHARS and no default character", WINDOWS(code_page_utf8)},
    {"the system has words for an error, and none for others", words},
    {"FormatMessageW ends the words with CR LF", WINDOWS(words_end)},
    {"vsnprintf returns the whole length, and ends a text that it cuts with a zero", formatted_texts},
    {"Security", NULL},
    {"a new object is open to this user and SYSTEM, and to nobody else", default_security},
    {"generic rights read back as those of the kind of object", WINDOWS(generic_rights)},
    {"an object belongs to the owner that the token names", WINDOWS(owner_of_object)},
    {"the built-in Administrator reads back as LA", WINDOWS(administrator_alias)},
    {"without a descriptor an object gets the list of the token of its creator", WINDOWS(default_list)},
    {"a text that is no descriptor is refused", bad_descriptors},
    {"a descriptor with unknown accounts or kinds of entries is refused", WINDOWS(unknown_descriptors)},
    {"READ_CONTROL is what it takes to read the owner and the list", WINDOWS(read_control)},
    {"an audit entry, or a label above that of the process, is error 1314", WINDOWS(privileged_descriptors)},
    {"an object of a process of medium integrity or more has no label", WINDOWS(no_label)},
    {"a low integrity reads what this user made, and may not write it", WINDOWS(low_integrity)},
    {"a medium integrity writes what an elevated process of the user made", WINDOWS(medium_integrity)},
    {"LocalFree takes NULL", WINDOWS(local_free)},
};

static unsigned run_checks(void)
{
    unsigned count = 0;
    unsigned different = 0;
    unsigned skipped = 0;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (checks[i].run == NULL) {
            check_note("%s", checks[i].title);
            continue;
        }
#ifndef _WIN32
        if (checks[i].run == left_out) {
            continue;
        }
#endif
        title = checks[i].title;
        differences[0] = '\0';
        skip_reason[0] = '\0';
        checks[i].run();
        count++;
        if (differences[0] != '\0') {
            printf("not ok %u - different: %s: %s\n", count, title, differences);
            different++;
        } else if (skip_reason[0] != '\0') {
            printf("ok %u - skipped: %s # SKIP %s\n", count, title, skip_reason);
            skipped++;
        } else {
            printf("ok %u - as documented: %s\n", count, title);
        }
        (void)fflush(stdout);
        title = NULL;
    }
    printf("1..%u\n", count);
    check_note("%u as documented, %u different, %u skipped", count - different - skipped, different, skipped);
    return different;
}

int platform_main(int count, char **arguments)
{
    if (count > 2 && strcmp(arguments[1], "--role") == 0) {
        return run_role(arguments[2], count - 3, arguments + 3);
    }
    machine_describe();
    unsigned different = run_checks();
    if (!scratch_clear()) {
        check_note("files stay in the temporary folder, in winshm-check.%lu", (unsigned long)process_id());
    }
    return different < 9 ? (int)different : 9;
}
