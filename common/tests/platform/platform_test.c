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

#include "common/include/winshm.h"
#include "common/tests/platform/checks.h"
#include "common/text/sddl.h"

/* ---- Reporting --------------------------------------------------------------------------------------------------- */

struct check check;
static unsigned count_documented;
static unsigned count_different;
static unsigned count_skipped;

void check_differs(const char *format, ...)
{
    va_list arguments;
    size_t length = strlen(check.differences);
    if (length < sizeof check.differences - 200) {
        length += (size_t)snprintf(check.differences + length, 3, "%s", length > 0 ? "; " : "");
        va_start(arguments, format);
        (void)vsnprintf(check.differences + length, sizeof check.differences - length, format, arguments);
        va_end(arguments);
    }
}

void check_skip(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(check.skip_reason, sizeof check.skip_reason, format, arguments);
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

/* ---- Owned objects ----------------------------------------------------------------------------------------------- */

#define OWNED 64
static object *objects[OWNED];
static struct view views[8];
#define VIEWS (sizeof views / sizeof *views)

object *owned(object *made)
{
    size_t at = 0;
    while (at < OWNED && objects[at] != NULL) {
        at++;
    }
    if (at == OWNED) {
        check_differs("the check owns more than %d objects", OWNED);
    } else {
        objects[at] = made;
    }
    return made;
}

void drop(object *dropped)
{
    for (size_t i = 0; i < OWNED; i++) {
        objects[i] = objects[i] == dropped ? NULL : objects[i];
    }
    object_close(dropped);
}

static oserror create_any(enum object_kind kind, const char *name, const char *sddl, object **made)
{
    return kind == OBJECT_SECTION ? section_create(name, 1, sddl, made) : object_create(kind, name, sddl, made);
}

static oserror open_any(enum object_kind kind, const char *name, object **made)
{
    return kind == OBJECT_SECTION ? section_open(name, ACCESS_READ, made) : object_open(kind, name, made);
}

object *created_as(enum object_kind kind, const char *name, const char *sddl)
{
    object *made = NULL;
    oserror error = create_any(kind, name, sddl, &made);
    if (error != OSERROR_NONE) {
        check_differs("to create %s is error %u", name != NULL ? name : "an object", error);
    }
    return owned(made);
}

object *created(enum object_kind kind, const char *name)
{
    return created_as(kind, name, NULL);
}

object *opened(enum object_kind kind, const char *name)
{
    object *made = NULL;
    oserror error = open_any(kind, name, &made);
    if (error != OSERROR_NONE) {
        check_differs("to open %s is error %u", name, error);
    }
    return owned(made);
}

oserror creating(enum object_kind kind, const char *name)
{
    object *made = NULL;
    oserror error = create_any(kind, name, NULL, &made);
    object_close(made);
    return error;
}

oserror opening(enum object_kind kind, const char *name)
{
    object *made = NULL;
    oserror error = open_any(kind, name, &made);
    object_close(made);
    return error;
}

oserror opening_for(enum access access, const char *section)
{
    object *made = NULL;
    oserror error = section_open(section, access, &made);
    object_close(made);
    return error;
}

struct view view_of(object *section, enum access access)
{
    static uint8_t zeros[WINSHM_PAGE];
    size_t at = 0;
    while (at < VIEWS - 1 && views[at].base != NULL) {
        at++;
    }
    view_unmap(&views[at]);
    if (section == NULL || !IS(view_map(section, access, &views[at]), 0)) {
        return (struct view){.base = zeros, .size = sizeof zeros, .committed = sizeof zeros};
    }
    return views[at];
}

uint8_t *bytes_of(object *section, enum access access)
{
    return view_of(section, access).base;
}

static void drop_all(void)
{
    for (size_t i = 0; i < VIEWS; i++) {
        view_unmap(&views[i]);
    }
    for (size_t i = 0; i < OWNED; i++) {
        object_close(objects[i]);
        objects[i] = NULL;
    }
}

/* Close what the last check owns, and print its result. */
static void check_end(void)
{
    drop_all();
    if (check.title == NULL) {
        return;
    }
    unsigned number = count_documented + count_different + count_skipped + 1;
    if (check.differences[0] != '\0') {
        printf("not ok %u - different: %s: %s\n", number, check.title, check.differences);
        count_different++;
    } else if (check.skip_reason[0] != '\0') {
        printf("ok %u - skipped: %s # SKIP %s\n", number, check.title, check.skip_reason);
        count_skipped++;
    } else {
        printf("ok %u - as documented: %s\n", number, check.title);
        count_documented++;
    }
    (void)fflush(stdout);
    check = (struct check){0};
}

bool check_begin(const char *next)
{
    check_end();
    check.title = next;
    return true;
}

/* ---- Helpers ----------------------------------------------------------------------------------------------------- */

const enum object_kind kinds[KINDS] = {OBJECT_SECTION, OBJECT_MUTEX, OBJECT_EVENT, OBJECT_SEMAPHORE};

const char *unique(const char *suffix)
{
    static char names[32][NAME_ROOM];
    static size_t next;
    char *name = names[next++ % 32];
    (void)snprintf(name, NAME_ROOM, "winshm-check.%lu.%s", (unsigned long)process_id(), suffix);
    return name;
}

enum waited_how wait_for(object *waited, uint64_t milliseconds)
{
    return wait_any(&waited, 1, clock_now() + milliseconds).how;
}

/* The process inherits an event that it does not use. */
object *start_self(const char *const arguments[])
{
    struct started started = {0};
    object *passed = created(OBJECT_EVENT, NULL);
    oserror error = process_start(arguments, &passed, 1, &started);
    if (error != OSERROR_NONE) {
        check_differs("this program cannot be started again (%u)", error);
    }
    drop(passed);
    return owned(started.process);
}

uint32_t end_of(object *process)
{
    if (process == NULL || wait_for(process, 20000) != WAITED_SIGNALLED) {
        check_differs("a second process does not end");
        return UINT32_MAX;
    }
    uint32_t status = process_exit_status(process);
    drop(process);
    return status;
}

struct helper helper_start(const char *role, const char *name)
{
    static unsigned count;
    char suffixes[2][20];
    count++;
    (void)snprintf(suffixes[0], sizeof suffixes[0], "ready%u", count);
    (void)snprintf(suffixes[1], sizeof suffixes[1], "end%u", count);
    object *ready = created(OBJECT_EVENT, unique(suffixes[0]));
    struct helper helper = {.end = created(OBJECT_EVENT, unique(suffixes[1]))};
    helper.process = START(role, name, unique(suffixes[0]), unique(suffixes[1]));
    IS(wait_for(ready, 20000), WAITED_SIGNALLED);
    return helper;
}

uint32_t helper_end(struct helper helper)
{
    IS(object_signal(helper.end, SIGNAL_SET), 0);
    return end_of(helper.process);
}

/* ---- Names and sections ------------------------------------------------------------------------------------------ */

static void check_names(void)
{
    DOCUMENTED("a name goes away with the last handle, though a view keeps the bytes")
    {
        object *section = created(OBJECT_SECTION, unique("view"));
        uint8_t *bytes = bytes_of(section, ACCESS_WRITE);
        bytes[0] = 77;
        drop(section);
        IS(opening(OBJECT_SECTION, unique("view")), OSERROR_FILE_NOT_FOUND);
        IS(bytes_of(created(OBJECT_SECTION, unique("view")), ACCESS_READ)[0], 0);
        IS(bytes[0], 77);
    }

    DOCUMENTED("a name stays while another process has a handle, and goes when that process ends")
    {
        object *section = created(OBJECT_SECTION, unique("kept"));
        struct helper helper = helper_start("keep", unique("kept"));
        drop(section);
        IS(object_kind_of(unique("kept")), OBJECT_SECTION);
        IS(helper_end(helper), 0);
        IS(object_kind_of(unique("kept")), OBJECT_NONE);
    }

    DOCUMENTED("to create what exists is error 183")
    {
        for (size_t i = 0; i < KINDS; i++) {
            object *made = created(kinds[i], unique("existing"));
            IS(creating(kinds[i], unique("existing")), OSERROR_ALREADY_EXISTS);
            IS(opening(kinds[i], unique("existing")), 0);
            IS(object_kind_of(unique("existing")), kinds[i]);
            drop(made);
            IS(object_kind_of(unique("existing")), OBJECT_NONE);
        }
    }

    DOCUMENTED("another kind of object of the same name is error 6, to create and to open")
    {
        for (size_t i = 0; i < KINDS; i++) {
            object *made = created(kinds[i], unique("kind"));
            for (size_t other = 0; other < KINDS; other++) {
                if (other != i) {
                    IS(creating(kinds[other], unique("kind")), OSERROR_INVALID_HANDLE);
                    IS(opening(kinds[other], unique("kind")), OSERROR_INVALID_HANDLE);
                }
            }
            drop(made);
        }
    }

    /* The access list of these objects is empty, so nobody may open them. */
    DOCUMENTED("the kind is compared before the access is judged")
    {
        (void)created_as(OBJECT_SECTION, unique("closed-s"), "D:P");
        (void)created_as(OBJECT_MUTEX, unique("closed-m"), "D:P");
        IS(opening(OBJECT_MUTEX, unique("closed-s")), OSERROR_INVALID_HANDLE);
        IS(creating(OBJECT_EVENT, unique("closed-s")), OSERROR_INVALID_HANDLE);
        IS(opening(OBJECT_SECTION, unique("closed-m")), OSERROR_INVALID_HANDLE);
        IS(object_kind_of(unique("closed-s")), OBJECT_SECTION);
        IS(object_kind_of(unique("closed-m")), OBJECT_MUTEX);
    }

    DOCUMENTED("a name that does not exist is error 2")
    {
        for (size_t i = 0; i < KINDS; i++) {
            IS(opening(kinds[i], unique("missing")), OSERROR_FILE_NOT_FOUND);
        }
        IS(opening_for(ACCESS_WRITE, unique("missing")), OSERROR_FILE_NOT_FOUND);
        IS(object_kind_of(unique("missing")), OBJECT_NONE);
    }

    DOCUMENTED("an access that the descriptor does not give is error 5, to open and to create")
    {
        for (size_t i = 0; i < 2; i++) {
            object *made = created_as(kinds[i], unique("denied"), "D:P");
            IS(opening(kinds[i], unique("denied")), OSERROR_ACCESS_DENIED);
            IS(creating(kinds[i], unique("denied")), OSERROR_ACCESS_DENIED);
            drop(made);
        }
    }

    DOCUMENTED("a right to read is enough to read, and not to write")
    {
        (void)created_as(OBJECT_SECTION, unique("readable"), "D:P(A;;GR;;;WD)");
        IS(opening_for(ACCESS_WRITE, unique("readable")), OSERROR_ACCESS_DENIED);
        IS(bytes_of(opened(OBJECT_SECTION, unique("readable")), ACCESS_READ)[0], 0);
    }

    DOCUMENTED("Local\\x is x, Global\\x is another, and the case of a prefix matters")
    {
        static const char *const misspelt[] = {"local\\", "LOCAL\\", "global\\", "GLOBAL\\"};
        char name[NAME_ROOM];
        (void)created(OBJECT_MUTEX, unique("prefix"));
        (void)snprintf(name, sizeof name, "Local\\%s", unique("prefix"));
        IS(opening(OBJECT_MUTEX, name), 0);
        (void)snprintf(name, sizeof name, "Global\\%s", unique("prefix"));
        IS(opening(OBJECT_MUTEX, name), in_session_zero() ? OSERROR_NONE : OSERROR_FILE_NOT_FOUND);
        for (size_t i = 0; i < sizeof misspelt / sizeof *misspelt; i++) {
            (void)snprintf(name, sizeof name, "%s%s", misspelt[i], unique("prefix"));
            if (!IS(opening(OBJECT_MUTEX, name), OSERROR_PATH_NOT_FOUND)) {
                check_differs("with %s", misspelt[i]);
            }
        }
    }

    DOCUMENTED("names that differ in case are different")
    {
        (void)created(OBJECT_SECTION, unique("case"));
        IS(opening(OBJECT_SECTION, unique("CASE")), OSERROR_FILE_NOT_FOUND);
        IS(creating(OBJECT_MUTEX, unique("CASE")), 0);
    }

    DOCUMENTED("a name may have any character but a backslash")
    {
        static const char *const suffixes[] = {"a/b",   "c:d",  "*?\"<>|",          "..",           ".",  " ",
                                               "tab\t", "\x01", "\xF0\x9F\x98\x80", "\xED\xA0\x80", "%d", "'",
                                               "\x7F"};
        for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
            object *made = created(OBJECT_SECTION, unique(suffixes[i]));
            drop(opened(OBJECT_SECTION, unique(suffixes[i])));
            drop(made);
        }
    }

    /* Our longest base name with the longest companion. */
    DOCUMENTED("the longest names of ours are taken for all kinds of objects")
    {
        char suffix[WINSHM_NAME_MAX + WINSHM_COMPANION_MAX + 1];
        char name[NAME_ROOM];
        memset(suffix, 'n', sizeof suffix);
        suffix[WINSHM_NAME_MAX + WINSHM_COMPANION_MAX - strlen(unique(""))] = '\0';
        (void)snprintf(name, sizeof name, "Local\\%s", unique(suffix));
        for (size_t i = 0; i < KINDS; i++) {
            object *made = created(kinds[i], name);
            IS(opening(kinds[i], name), 0);
            drop(made);
        }
    }
}

static oserror creating_size(uint64_t size)
{
    object *made = NULL;
    oserror error = section_create(unique("size"), size, NULL, &made);
    object_close(made);
    return error;
}

void check_too_large(uint64_t size)
{
    oserror error = creating_size(size);
    if (error != OSERROR_NOT_ENOUGH_MEMORY && error != OSERROR_INVALID_PARAMETER &&
        error != OSERROR_NO_SYSTEM_RESOURCES && error != OSERROR_COMMITMENT_LIMIT) {
        check_differs("%llu MiB: error %u", (unsigned long long)(size >> 20), error);
    }
}

static void check_size(uint64_t size, uint64_t wanted)
{
    object *section = NULL;
    struct section_facts facts = {0};
    IS(section_create(unique("pages"), size, NULL, &section), 0);
    if (owned(section) == NULL) {
        return;
    }
    IS(section_facts(section, &facts), 0);
    IS(facts.size, wanted);
    HOLDS(!facts.is_file && !facts.is_image && !facts.is_reserved);
    struct view view = view_of(section, ACCESS_WRITE);
    IS(view.size, wanted);
    IS(view.committed, view.size);
    uint8_t any = 0;
    for (size_t at = 0; at < view.size; at++) {
        any |= view.base[at];
    }
    IS(any, 0);
    drop(section);
}

struct listed {
    const char *name;
    size_t count;
};

static bool count_name(void *context, const char *name)
{
    struct listed *listed = context;
    listed->count += strcmp(name, listed->name) == 0;
    return true;
}

static size_t times_listed(enum name_scope scope, const char *name)
{
    struct listed listed = {.name = name};
    IS(sections_list(scope, count_name, &listed), 0);
    return listed.count;
}

static void check_sections(void)
{
    struct view view;

    DOCUMENTED("a section of no bytes is error 87")
    {
        IS(creating_size(0), OSERROR_INVALID_PARAMETER);
        (void)created(OBJECT_SECTION, unique("size"));
        IS(creating_size(0), OSERROR_INVALID_PARAMETER);
    }

    DOCUMENTED("a section is whole pages of zeros, and knows its size")
    {
        check_size(1, 4096);
        check_size(4095, 4096);
        check_size(4096, 4096);
        check_size(4097, 8192);
        check_size(3000001, 3002368);
    }

    DOCUMENTED("a size beyond every machine is error 8, 87, 1450 or 1455")
    {
        check_too_large(UINT64_C(1) << 50);
        check_too_large(UINT64_C(1) << 62);
        check_too_large(UINT64_C(1) << 63);
    }

    DOCUMENTED("a size of 2^64 - 1 is refused, and does not wrap")
    {
        check_too_large(UINT64_MAX);
    }

    DOCUMENTED("a handle that may only read cannot be mapped for writing")
    {
        object *section = NULL;
        (void)created(OBJECT_SECTION, unique("handle"));
        IS(view_map(opened(OBJECT_SECTION, unique("handle")), ACCESS_WRITE, &view), OSERROR_ACCESS_DENIED);
        (void)view_of(opened(OBJECT_SECTION, unique("handle")), ACCESS_READ);
        IS(section_open(unique("handle"), ACCESS_WRITE, &section), 0);
        (void)view_of(owned(section), ACCESS_WRITE);
        (void)view_of(section, ACCESS_READ);
    }

    DOCUMENTED("to ask what a section is, and who may use it, takes more than the right to read")
    {
        (void)created_as(OBJECT_SECTION, unique("inspect"), "D:P(A;;GA;;;WD)");
        for (enum access access = ACCESS_READ; access <= ACCESS_INSPECT; access++) {
            oserror error = access == ACCESS_INSPECT ? OSERROR_NONE : OSERROR_ACCESS_DENIED;
            object *section = NULL;
            struct section_facts facts = {0};
            char sddl[1000] = "";
            IS(section_open(unique("inspect"), access, &section), 0);
            size_t size = view_of(owned(section), ACCESS_READ).size;
            IS(section_facts(section, &facts), error);
            IS(facts.size, access == ACCESS_INSPECT ? size : 0);
            IS(section_security(section, sddl, sizeof sddl), error);
            HOLDS((strstr(sddl, ";;;WD)") != NULL) == (access == ACCESS_INSPECT));
            IS(view_map(section, ACCESS_WRITE, &view), OSERROR_ACCESS_DENIED);
        }
    }

    DOCUMENTED("a directory lists its sections, and no other kind")
    {
        object *section = created(OBJECT_SECTION, unique("listed-s"));
        (void)created(OBJECT_MUTEX, unique("listed-m"));
        HOLDS(times_listed(NAME_LOCAL, unique("listed-s")) > 0);
        IS(times_listed(NAME_LOCAL, unique("listed-m")), 0);
        drop(section);
        IS(times_listed(NAME_LOCAL, unique("listed-s")), 0);
    }

    DOCUMENTED("everybody may list Global\\")
    {
        (void)times_listed(NAME_GLOBAL, "");
    }
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

/* Return the number that the role `keep` has written into a section. */
static uint32_t number_in(const uint8_t *bytes)
{
    uint32_t number = 0;
    memcpy(&number, bytes, sizeof number);
    return number;
}

static void check_memory(void)
{
    DOCUMENTED("all views show the same bytes, in every process")
    {
        object *section = created(OBJECT_SECTION, unique("bytes"));
        uint8_t *writing = bytes_of(section, ACCESS_WRITE);
        const uint8_t *reading = bytes_of(section, ACCESS_READ);
        HOLDS(writing != reading);
        writing[4095] = 7;
        IS(reading[4095], 7);
        IS(helper_end(helper_start("keep", unique("bytes"))), 0);
        HOLDS(number_in(reading) != 0);
        IS(number_in(writing), number_in(reading));
    }

    DOCUMENTED("memory can be taken and given back, and too much of it is NULL")
    {
        uint8_t *memory = memory_take(100000);
        if (HOLDS(memory != NULL)) {
            memory[99999] = 1;
        }
        memory_give(memory);
        memory_give(NULL);
        HOLDS(memory_take(SIZE_MAX) == NULL);
    }
}

/* ---- Waiting ----------------------------------------------------------------------------------------------------- */

static void check_events(void)
{
    DOCUMENTED("the lowest of several signalled objects ends a wait, and the others are left as they are")
    {
        object *const all[] = {created(OBJECT_EVENT, unique("lowest-e")), created(OBJECT_MUTEX, unique("lowest-m")),
                               created(OBJECT_AUTO_EVENT, unique("lowest-s")),
                               created(OBJECT_MUTEX, unique("lowest-n"))};
        IS(object_signal(all[2], SIGNAL_SET), 0);
        struct waited waited = wait_any(all, 4, clock_now() + 1000);
        IS(waited.how, WAITED_SIGNALLED);
        IS(waited.which, 1);
        IS(wait_for(all[2], 0), WAITED_SIGNALLED); /* the wait did not change it */
        IS(TRIED(unique("lowest-m")), WAITED_TIMEOUT);
        IS(TRIED(unique("lowest-n")), WAITED_SIGNALLED);
        (void)object_signal(all[1], SIGNAL_RELEASE);
    }

    DOCUMENTED("a wait may be for as many objects as platform.h says")
    {
        object *all[WAITED_MOST];
        for (size_t i = 0; i < WAITED_MOST; i++) {
            char name[40];
            (void)snprintf(name, sizeof name, "most-%u", (unsigned)i);
            all[i] = created(OBJECT_AUTO_EVENT, unique(name));
        }
        IS(wait_any(all, WAITED_MOST, 0).how, WAITED_TIMEOUT);
        IS(object_signal(all[WAITED_MOST - 1], SIGNAL_SET), 0);
        struct waited waited = wait_any(all, WAITED_MOST, clock_now() + 1000);
        IS(waited.how, WAITED_SIGNALLED);
        IS(waited.which, WAITED_MOST - 1);
    }

    DOCUMENTED("an event stays set until it is reset, for everybody")
    {
        object *event = created(OBJECT_EVENT, unique("event"));
        object *other = opened(OBJECT_EVENT, unique("event"));
        IS(wait_for(event, 0), WAITED_TIMEOUT);
        IS(object_signal(event, SIGNAL_SET), 0);
        IS(wait_for(event, 0), WAITED_SIGNALLED);
        IS(wait_for(event, 0), WAITED_SIGNALLED);
        IS(wait_for(other, 0), WAITED_SIGNALLED);
        IS(object_signal(other, SIGNAL_RESET), 0);
        IS(wait_for(event, 0), WAITED_TIMEOUT);
    }

    DOCUMENTED("a signal ends one wait, also one that begins later")
    {
        object *signal = created(OBJECT_AUTO_EVENT, unique("signal"));
        object *other = opened(OBJECT_EVENT, unique("signal"));
        IS(object_kind_of(unique("signal")), OBJECT_EVENT);
        IS(object_signal(other, SIGNAL_SET), 0);
        IS(object_signal(other, SIGNAL_SET), 0);
        IS(wait_for(signal, 0), WAITED_SIGNALLED); /* this wait begins after the event was set */
        IS(wait_for(signal, 0), WAITED_TIMEOUT);
        IS(wait_for(other, 0), WAITED_TIMEOUT);
    }

    DOCUMENTED("an event without a name is known to its creator alone")
    {
        object *event = created(OBJECT_EVENT, NULL);
        object *other = created(OBJECT_EVENT, NULL);
        IS(object_signal(event, SIGNAL_SET), 0);
        IS(wait_for(other, 0), WAITED_TIMEOUT);
        IS(wait_for(event, 0), WAITED_SIGNALLED);
    }

    DOCUMENTED("a semaphore ends as many waits as it was raised")
    {
        object *semaphore = created(OBJECT_SEMAPHORE, unique("count"));
        object *other = opened(OBJECT_SEMAPHORE, unique("count"));
        IS(wait_for(semaphore, 0), WAITED_TIMEOUT);
        IS(object_signal(other, SIGNAL_RAISE), 0);
        IS(object_signal(other, SIGNAL_RAISE), 0);
        IS(wait_for(semaphore, 0), WAITED_SIGNALLED);
        IS(wait_for(semaphore, 0), WAITED_SIGNALLED);
        IS(wait_for(semaphore, 0), WAITED_TIMEOUT);
    }
}

static void check_mutexes(void)
{
    DOCUMENTED("a mutex has to be released as often as it was taken")
    {
        object *mutex = created(OBJECT_MUTEX, unique("twice"));
        IS(wait_for(mutex, 0), WAITED_SIGNALLED);
        IS(wait_for(mutex, 0), WAITED_SIGNALLED);
        (void)object_signal(mutex, SIGNAL_RELEASE);
        IS(TRIED(unique("twice")), WAITED_TIMEOUT);
        (void)object_signal(mutex, SIGNAL_RELEASE);
        IS(TRIED(unique("twice")), WAITED_SIGNALLED);
    }

    DOCUMENTED("ReleaseMutex by another process changes nothing")
    {
        object *mutex = created(OBJECT_MUTEX, unique("other"));
        IS(wait_for(mutex, 0), WAITED_SIGNALLED);
        IS(end_of(START("release", unique("other"))), 0);
        IS(TRIED(unique("other")), WAITED_TIMEOUT);
        (void)object_signal(mutex, SIGNAL_RELEASE);
    }

    DOCUMENTED("a mutex of a process that ended is abandoned, once, and is then owned")
    {
        object *const both[] = {created(OBJECT_EVENT, unique("never")), created(OBJECT_MUTEX, unique("left"))};
        struct helper helper = helper_start("own", unique("left"));
        IS(wait_for(both[1], 0), WAITED_TIMEOUT);
        IS(object_signal(helper.end, SIGNAL_SET), 0);
        struct waited waited = wait_any(both, 2, clock_now() + 20000);
        IS(waited.how, WAITED_ABANDONED);
        IS(waited.which, 1);
        IS(end_of(helper.process), 0);
        IS(TRIED(unique("left")), WAITED_TIMEOUT);
        (void)object_signal(both[1], SIGNAL_RELEASE);
        IS(wait_for(both[1], 0), WAITED_SIGNALLED); /* not abandoned any more */
        (void)object_signal(both[1], SIGNAL_RELEASE);
    }

    DOCUMENTED("of many objects an abandoned mutex ends a wait if it is the lowest, and else is left as it is")
    {
        object *many[31]; /* as many as the writer of a stream for 28 readers waits for */
        for (size_t i = 0; i < 31; i++) {
            char name[40];
            (void)snprintf(name, sizeof name, "many-%u", (unsigned)i);
            many[i] = created(i == 17 ? OBJECT_MUTEX : OBJECT_AUTO_EVENT, unique(name));
        }
        struct helper helper = helper_start("own", unique("many-17"));
        IS(wait_any(many, 31, 0).how, WAITED_TIMEOUT);
        IS(helper_end(helper), 0);
        IS(object_signal(many[3], SIGNAL_SET), 0);
        IS(object_signal(many[30], SIGNAL_SET), 0);
        struct waited first = wait_any(many, 31, clock_now() + 1000);
        IS(first.how, WAITED_SIGNALLED);
        IS(first.which, 3);
        struct waited second = wait_any(many, 31, clock_now() + 1000);
        IS(second.how, WAITED_ABANDONED);
        IS(second.which, 17);
        IS(wait_for(many[30], 0), WAITED_SIGNALLED);
        (void)object_signal(many[17], SIGNAL_RELEASE);
    }
}

static void set_event(void *context)
{
    (void)wait_any(NULL, 0, clock_now() + 30);
    (void)object_signal(context, SIGNAL_SET);
}

static void set_number(void *context)
{
    *(int *)context = 5;
}

static void check_clocks(void)
{
    object *thread = NULL;

    DOCUMENTED("a wait lasts until its deadline, and not less")
    {
        static const uint64_t lengths[] = {0, 1, 20, 100};
        object *event = created(OBJECT_EVENT, unique("deadline"));
        for (size_t i = 0; i < 2 * sizeof lengths / sizeof *lengths; i++) {
            uint64_t deadline = clock_now() + lengths[i / 2];
            IS(wait_any(&event, i % 2, deadline).how, WAITED_TIMEOUT); /* for the event, or for nothing */
            HOLDS(clock_now() >= deadline);
        }
        IS(object_signal(event, SIGNAL_SET), 0);
        IS(wait_any(&event, 1, 0).how, WAITED_SIGNALLED); /* set wins over a past deadline */
    }

    DOCUMENTED("a wait of more than 49 days is not cut short")
    {
        static const uint64_t lengths[] = {UINT64_C(1) << 31, (UINT64_C(1) << 32) - 1, UINT64_C(1) << 32,
                                           UINT64_C(1) << 40};
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            object *event = created(OBJECT_EVENT, NULL);
            IS(thread_start(set_event, event, &thread), 0);
            IS(wait_any(&event, 1, clock_now() + lengths[i]).how, WAITED_SIGNALLED);
            IS(wait_for(owned(thread), 5000), WAITED_SIGNALLED);
        }
    }

    DOCUMENTED("no clock goes back")
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

    DOCUMENTED("a thread can be waited for")
    {
        int done = 0;
        IS(thread_start(set_number, &done, &thread), 0);
        IS(wait_for(owned(thread), 5000), WAITED_SIGNALLED);
        IS(done, 5);
    }
}

/* ---- Processes --------------------------------------------------------------------------------------------------- */

#define ODD_ARGUMENTS                                                                                                  \
    "a b", "", "quote\"inside", "back\\slash", "end\\", "\\\\\"", "*", "%PATH%", "tab\there", "a\\\\\" b",             \
        "\xC3\xA9\xE6\xBC\xA2", "\xF0\x9F\x98\x80", "\xED\xA0\x80", "--x=y z", "^&|<>"

static void check_processes(void)
{
    DOCUMENTED("arguments arrive unchanged, with blanks, quotes and backslashes")
    {
        IS(end_of(START("arguments", ODD_ARGUMENTS)), 0);
    }

    DOCUMENTED("a process adopts by its number what it inherits, and no other number")
    {
        object *event = created(OBJECT_EVENT, NULL);
        object *unknown = NULL;
        struct started started = {0};
        char number[24];
        (void)snprintf(number, sizeof number, "%llu", (unsigned long long)object_number(event));
        const char *const arguments[] = {"winshm-check", "--role", "adopt", number, NULL};
        IS(process_start(arguments, &event, 1, &started), 0);
        IS(end_of(owned(started.process)), 0);
        IS(wait_for(event, 0), WAITED_SIGNALLED);
        drop(event);
        IS(object_adopt(NULL, 0x7FFFFFF0, &unknown), OSERROR_INVALID_HANDLE);
    }

    DOCUMENTED("a process in the background has no standard handles")
    {
        IS(end_of(START("standard")), 0);
    }

    DOCUMENTED("the handle of a process is signalled when it has ended, and has all 32 bits of its status")
    {
        IS(end_of(START("return", "77")), 77);
        IS(end_of(START("return", "259")), 259);
        IS(end_of(START("return", "3221225786")), 0xC000013A);
    }

    DOCUMENTED("a process lives until it ends, and not before it began")
    {
        static const uint64_t day = UINT64_C(24) * 3600 * 10000000;
        const uint8_t *bytes = bytes_of(created(OBJECT_SECTION, unique("life")), ACCESS_READ);
        struct helper helper = helper_start("keep", unique("life"));
        uint32_t id = number_in(bytes);
        IS(process_life(id, clock_wall()), LIFE_ALIVE);
        IS(process_life(id, clock_wall() - day), LIFE_DEAD); /* another process had it */
        IS(helper_end(helper), 0);
        IS(process_life(id, clock_wall()), LIFE_DEAD);
    }
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
    if (IS(file_create(path, &file), 0)) {
        IS(file_write(file, text, strlen(text)), 0);
        IS(file_commit(file, path), 0);
        object_close(file);
    }
}

static void write_and_read(const char *path, const char *text)
{
    write_file(path, text);
    file_is(path, text);
}

static void check_files(void)
{
    object *file = NULL;
    char byte = 0;
    size_t got = 1;
    uint64_t remaining = 0;

    DOCUMENTED("a file is read to its end, which is 0 bytes, and replaced")
    {
        IS(file_open(scratch("missing"), &file), OSERROR_FILE_NOT_FOUND);
        write_and_read(scratch("file"), "first, and long");
        write_and_read(scratch("file"), "second");
        write_and_read(scratch("empty"), "");
        write_and_read(scratch("\xE6\xBC\xA2 \xF0\x9F\x98\x80"), "odd");
    }

    DOCUMENTED("a file that was not committed leaves the old one, and nothing")
    {
        write_file(scratch("old"), "old");
        if (IS(file_create(scratch("old"), &file), 0)) {
            IS(file_write(file, "newer", 5), 0);
            file_is(scratch("old"), "old");
            object_close(file);
        }
        file_is(scratch("old"), "old");
        if (IS(file_create(scratch("never"), &file), 0)) {
            object_close(file);
        }
        IS(file_open(scratch("never"), &file), OSERROR_FILE_NOT_FOUND);
    }

    DOCUMENTED("a file that is being read can be replaced")
    {
        if (replaces_open_files()) {
            write_file(scratch("open"), "1");
            bool is_open = IS(file_open(scratch("open"), &file), 0);
            write_file(scratch("open"), "2");
            if (is_open) {
                IS(file_read(file, &byte, 1, &got), 0);
                IS(byte, '1');
                object_close(file);
            }
            file_is(scratch("open"), "2");
        }
    }

    DOCUMENTED("NUL is at its end at once, takes everything, and its size is not known")
    {
        if (IS(file_open("NUL", &file), 0)) {
            HOLDS(!file_remaining(file, &remaining));
            IS(file_read(file, &byte, 1, &got), 0);
            IS(got, 0);
            HOLDS(!file_is_console(file));
            object_close(file);
        }
        write_file("NUL", "gone");
    }
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

/* Call vsnprintf(), whose cut texts no compiler warns of. */
static int formatted(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}

static void check_code_pages(void)
{
    static const uint16_t a_and_kanji[] = {'a', 0x6F22};
    static const uint16_t a_and_kana[] = {'a', 0x3042};
    static const uint16_t a_and_b[] = {'a', 'b'};
    static const uint16_t like_a[] = {0x0100}; /* similar to the letter A */
    uint16_t units[8] = {0};
    uint8_t bytes[8] = {0};
    size_t made = 0;
    size_t used = 0;

    DOCUMENTED("every byte of code page 1252 is a character, and comes back")
    {
        for (unsigned value = 0; value < 256; value++) {
            uint8_t one = (uint8_t)value;
            if (code_page_decode(1252, &one, 1, true, units, &made, &used) != 0 || made != 1 || used != 1 ||
                units[0] == 0xFFFD || code_page_encode(1252, units, 1, bytes, 1, &made) != 0 || made != 1 ||
                bytes[0] != one) {
                check_differs("byte %u of 1252", value);
            }
        }
        HOLDS(code_page_is_known(1252) && code_page_is_known(437) && code_page_is_known(932));
        HOLDS(!code_page_is_known(12) && !code_page_is_known(65000));
    }

    DOCUMENTED("code page 932 has characters of two bytes, and one that is cut is U+FFFD")
    {
        IS(code_page_encode(932, a_and_kana, 2, bytes, 8, &made), 0);
        HOLDS(made == 3 && memcmp(bytes, "a\x82\xA0", 3) == 0);
        IS(code_page_decode(932, bytes, 3, true, units, &made, &used), 0);
        HOLDS(made == 2 && memcmp(units, a_and_kana, sizeof a_and_kana) == 0);
        IS(code_page_decode(932, bytes, 2, false, units, &made, &used), 0);
        HOLDS(made == 1 && used == 1);
        IS(code_page_decode(932, bytes, 2, true, units, &made, &used), 0);
        HOLDS(made == 2 && used == 2 && units[1] == 0xFFFD);
    }

    DOCUMENTED("a character that a code page does not have is error 1113, and no similar one is taken")
    {
        IS(code_page_encode(1252, a_and_kanji, 2, bytes, 8, &made), OSERROR_NO_UNICODE_TRANSLATION);
        IS(code_page_encode(1252, like_a, 1, bytes, 8, &made), OSERROR_NO_UNICODE_TRANSLATION);
        IS(code_page_encode(932, like_a, 1, bytes, 8, &made), OSERROR_NO_UNICODE_TRANSLATION);
        IS(code_page_encode(1252, a_and_kanji, 1, bytes, 8, &made), 0);
        IS(made, 1);
        IS(code_page_encode(932, a_and_b, 2, bytes, 1, &made), 122); /* not enough room */
        IS(code_page_decode(12, bytes, 1, true, units, &made, &used), OSERROR_INVALID_PARAMETER);
    }
}

static void check_texts(void)
{
    DOCUMENTED("the system has words for an error, and none for others")
    {
        static const oserror errors[] = {OSERROR_FILE_NOT_FOUND, OSERROR_ACCESS_DENIED, OSERROR_INVALID_HANDLE,
                                         OSERROR_ALREADY_EXISTS, OSERROR_NO_DATA};
        char text[300];
        for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
            size_t length = strlen(system_error_text(errors[i], text, sizeof text));
            HOLDS(length > 5);
            HOLDS(length > 0 && strchr(". \n", text[length - 1]) == NULL);
        }
        HOLDS(strlen(system_error_text(0x2000ABCD, text, sizeof text)) == 0);
        HOLDS(strlen(system_error_text(OSERROR_ACCESS_DENIED, text, 6)) <= 5);
    }

    DOCUMENTED("vsnprintf returns the whole length, and ends a text that it cuts with a zero")
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
}

/* ---- Security ---------------------------------------------------------------------------------------------------- */

/* Check the default list of an object: all rights for this user and SYSTEM. */
static void check_default_list(enum object_kind kind, const char *sid)
{
    size_t length = strlen(sid);
    bool is_administrator = length > 4 && strcmp(sid + length - 4, "-500") == 0;
    object *made = created(kind, unique("default"));
    char text[SDDL_ROOM];
    struct sddl sddl;
    struct sddl_entry entry;
    size_t entries = 0;
    size_t known = 0;
    if (!IS(object_security(unique("default"), kind, text, sizeof text), 0) || !HOLDS(sddl_parse(text, &sddl)) ||
        !HOLDS(sddl.has_list)) {
        return;
    }
    HOLDS(sddl_is(sddl.flags, "P"));
    while (sddl_next(&sddl.list, &entry)) {
        bool is_user = sddl_is(entry.sid, sid) || (is_administrator && sddl_is(entry.sid, "LA"));
        entries++;
        known += entry.is_plain && !entry.denies && (is_user || sddl_is(entry.sid, "SY"));
        HOLDS(kind != OBJECT_SECTION || sddl_section_grant(entry.rights) == SDDL_EVERYTHING);
    }
    IS(entries, 2);
    IS(known, 2);
    drop(made);
}

static void check_descriptors(void)
{
    DOCUMENTED("a new object is open to this user and SYSTEM, and to nobody else")
    {
        char sid[SID_ROOM] = "";
        IS(user_sid(sid), 0);
        for (size_t i = 0; i < KINDS; i++) {
            check_default_list(kinds[i], sid);
        }
    }

    DOCUMENTED("a text that is no descriptor is refused")
    {
        HOLDS(sddl_check("nonsense") != 0);
        HOLDS(sddl_check("D:(") != 0);
        HOLDS(sddl_check("D:(A;;GA;;;WD") != 0);
        IS(sddl_check("D:P(A;;GA;;;SY)(A;;GA;;;WD)"), 0);
        IS(sddl_check("D:P"), 0);
    }
}

/* ---- The second process ------------------------------------------------------------------------------------------ */

/* Return 0, or the number of the first argument that is not as it was sent. */
static int compare_arguments(char **arguments)
{
    static const char *const sent[] = {ODD_ARGUMENTS, NULL};
    int same = 0;
    while (sent[same] != NULL && arguments[same] != NULL && strcmp(arguments[same], sent[same]) == 0) {
        same++;
    }
    return sent[same] == NULL && arguments[same] == NULL ? 0 : same + 1;
}

int helper_wait(char **arguments)
{
    object *ready = NULL;
    object *end = NULL;
    bool is_asked = object_open(OBJECT_EVENT, arguments[1], &ready) == 0 &&
                    object_open(OBJECT_EVENT, arguments[2], &end) == 0 && object_signal(ready, SIGNAL_SET) == 0 &&
                    wait_for(end, 20000) == WAITED_SIGNALLED;
    return is_asked ? 0 : 1;
}

/* Write the number of this process into a section, and hold the section. */
static int keep_section(char **arguments)
{
    object *section = NULL;
    struct view view;
    uint32_t id = process_id();
    if (section_open(arguments[0], ACCESS_WRITE, &section) != 0 || view_map(section, ACCESS_WRITE, &view) != 0) {
        return 1;
    }
    memcpy(view.base, &id, sizeof id);
    return helper_wait(arguments);
}

static int own_mutex(char **arguments)
{
    object *mutex = NULL;
    bool is_owned = object_open(OBJECT_MUTEX, arguments[0], &mutex) == 0 && wait_for(mutex, 0) != WAITED_TIMEOUT;
    return is_owned ? helper_wait(arguments) : 1; /* the mutex ends with the process */
}

/* Return whether this process could own the mutex now, as a waited_how. */
static int try_mutex(char **arguments)
{
    object *mutex = NULL;
    if (object_open(OBJECT_MUTEX, arguments[0], &mutex) != 0) {
        return 100;
    }
    enum waited_how how = wait_for(mutex, 0);
    if (how == WAITED_SIGNALLED) {
        (void)object_signal(mutex, SIGNAL_RELEASE);
    }
    return (int)how;
}

static int release_mutex(char **arguments)
{
    object *mutex = NULL;
    if (object_open(OBJECT_MUTEX, arguments[0], &mutex) != 0) {
        return 100;
    }
    (void)object_signal(mutex, SIGNAL_RELEASE);
    return 0;
}

static int adopt_event(char **arguments)
{
    object *event = NULL;
    bool is_set =
        object_adopt(NULL, strtoull(arguments[0], NULL, 10), &event) == 0 && object_signal(event, SIGNAL_SET) == 0;
    return is_set ? 0 : 1;
}

static int count_standard(char **arguments)
{
    (void)arguments;
    return (file_standard(STANDARD_INPUT) != NULL) + (file_standard(STANDARD_OUTPUT) != NULL) +
           (file_standard(STANDARD_ERROR) != NULL);
}

static int return_number(char **arguments)
{
    return (int)(uint32_t)strtoul(arguments[0], NULL, 10);
}

static const struct role roles[] = {{"arguments", compare_arguments},
                                    {"keep", keep_section},
                                    {"own", own_mutex},
                                    {"try", try_mutex},
                                    {"release", release_mutex},
                                    {"adopt", adopt_event},
                                    {"standard", count_standard},
                                    {"return", return_number},
                                    {NULL, NULL}};

static int run_role(const char *name, char **arguments)
{
    const struct role *at = roles;
    for (size_t next = 0; at != NULL; at = machine_roles[next++]) {
        for (; at->name != NULL; at++) {
            if (strcmp(at->name, name) == 0) {
                return at->run(arguments);
            }
        }
    }
    return 98;
}

/* ---- All checks -------------------------------------------------------------------------------------------------- */

int platform_main(int count, char **arguments)
{
    if (count > 2 && strcmp(arguments[1], "--role") == 0) {
        return run_role(arguments[2], arguments + 3);
    }
    machine_describe();
    check_names();
    check_sections();
    check_memory();
    check_events();
    check_mutexes();
    check_clocks();
    check_processes();
    check_files();
    check_code_pages();
    check_texts();
    check_descriptors();
    machine_checks();
    check_end();
    printf("1..%u\n", count_documented + count_different + count_skipped);
    check_note("%u as documented, %u different, %u skipped", count_documented, count_different, count_skipped);
    if (!scratch_clear()) {
        check_note("files stay in the temporary folder, in winshm-check.%lu", (unsigned long)process_id());
    }
    return count_different < 9 ? (int)count_different : 9;
}
