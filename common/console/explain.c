/* explain.c - reports why an object could not be opened, created or used. */
#include "common/console/explain.h"

#include <inttypes.h>
#include <string.h>

#include "common/text/name.h"
#include "common/text/size.h"

const char *explain_kind_text(enum object_kind kind)
{
    switch (kind) {
    case OBJECT_NONE:
        return "another kind of object";
    case OBJECT_SECTION:
        return "shared memory";
    case OBJECT_EVENT:
    case OBJECT_AUTO_EVENT:
        return "an event";
    case OBJECT_MUTEX:
        return "a mutex";
    case OBJECT_SEMAPHORE:
        return "a semaphore";
    case OBJECT_TIMER:
        return "a timer";
    case OBJECT_JOB:
        return "a job";
    }
    return "";
}

static bool is_global(const char *name)
{
    return strncmp(name, "Global\\", 7) == 0;
}

/* Return whether the user typed NAME without Global\ or Local\. */
static bool is_bare(const struct report *report)
{
    return report->subject == NULL || strchr(report->subject, '\\') == NULL;
}

static enum status another_kind(const struct report *report, const char *name)
{
    return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "the name is that of %s, not of shared memory",
                          explain_kind_text(object_kind_of(name)));
}

/* A search for a name that differs from `wanted` in case only. */
struct twin {
    const char *wanted; /* in the form that sections_list() returns */
    size_t left;        /* names still to be compared */
    char found[NAME_ROOM];
};

static bool compare_twin(void *context, const char *name)
{
    struct twin *twin = context;
    if (strlen(name) < sizeof twin->found && name_differs_in_case(name, twin->wanted)) {
        memcpy(twin->found, name, strlen(name) + 1);
        return false;
    }
    return --twin->left > 0;
}

/* How many names are compared to find one that the user may have meant. */
#define TWIN_NAMES 1000

void explain_other_name(const struct report *report, const char *name)
{
    char elsewhere[NAME_ROOM];
    name_elsewhere(name, elsewhere);
    if (object_kind_of(elsewhere) == OBJECT_SECTION) {
        report_hint(report, "%s exists%s%s", elsewhere, is_global(name) ? " in this session" : "",
                    !is_bare(report)  ? ""
                    : is_global(name) ? ": leave out --global"
                                      : ": use --global");
        return;
    }
    char wanted[NAME_ROOM];
    name_elsewhere(elsewhere, wanted); /* NAME without Local\, as sections_list() returns it */
    struct twin twin = {.wanted = wanted, .left = TWIN_NAMES};
    (void)sections_list(is_global(name) ? NAME_GLOBAL : NAME_LOCAL, compare_twin, &twin);
    if (twin.found[0] != '\0') {
        report_hint(report, "%s exists: the case of a name matters", twin.found);
    }
}

enum status explain_open(const struct report *report, const char *name, oserror error)
{
    switch (error) {
    case OSERROR_FILE_NOT_FOUND:
        (void)report_failure(report, EXIT_NOTHING, OSERROR_NONE, "does not exist%s",
                             is_global(name) && is_bare(report) ? " in Global\\" : "");
        if (!report->quiet) {
            explain_other_name(report, name);
        }
        return EXIT_NOTHING;
    case OSERROR_ACCESS_DENIED:
        return report_failure(report, EXIT_DENIED, error, "access denied: this user may not open it");
    case OSERROR_INVALID_HANDLE:
        return another_kind(report, name);
    default:
        return report_failure(report, EXIT_SYSTEM, error, "cannot be opened");
    }
}

enum status explain_map(const struct report *report, oserror error)
{
    switch (error) {
    case OSERROR_ACCESS_DENIED:
        return report_failure(report, EXIT_DENIED, error, "access denied: this user may not map it");
    case OSERROR_NOT_ENOUGH_MEMORY:
    case OSERROR_OUTOFMEMORY:
    case OSERROR_NO_SYSTEM_RESOURCES:
    case OSERROR_COMMITMENT_LIMIT:
        return report_failure(report, EXIT_NO_ROOM, error, "does not fit into the address space of this %u-bit program",
                              (unsigned)(8 * sizeof(void *)));
    default:
        return report_failure(report, EXIT_SYSTEM, error, "cannot be mapped");
    }
}

/*
 * Report why a section could not be created, after error 5. Either the name
 * exists, and this user may not open it. Or it does not exist, and this user
 * lacks the privilege to create it. Windows requires this privilege only for a
 * section, and only in Global\
 * (MicrosoftDocs/win32 desktop-src/TermServ/kernel-object-namespaces.md).
 */
static enum status create_denied(const struct report *report, const char *name)
{
    enum object_kind kind = object_kind_of(name);
    if (kind == OBJECT_NONE && is_global(name)) {
        (void)report_failure(report, EXIT_DENIED, OSERROR_ACCESS_DENIED,
                             "access denied: creating memory in Global\\ takes SeCreateGlobalPrivilege");
        report_hint(report, "administrators and services have this privilege: run elevated, or leave out Global\\");
        return EXIT_DENIED;
    }
    if (kind == OBJECT_NONE) {
        return report_failure(report, EXIT_DENIED, OSERROR_ACCESS_DENIED, "access denied: this user may not create it");
    }
    if (kind == OBJECT_SECTION) {
        return report_failure(report, EXIT_DENIED, OSERROR_ACCESS_DENIED,
                              "access denied: it already exists, and this user may not open it");
    }
    return another_kind(report, name);
}

/*
 * Return why this user may not create an object with this security descriptor.
 */
static const char *refusal_text(oserror error)
{
    return error == OSERROR_INVALID_OWNER ? "its security descriptor names an owner that this user may not set"
                                          : "its security descriptor needs a privilege that this user does not have";
}

enum status explain_create(const struct report *report, const char *name, uint64_t size, oserror error)
{
    switch (error) {
    case OSERROR_ALREADY_EXISTS:
        return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "already exists");
    case OSERROR_INVALID_HANDLE:
        return another_kind(report, name);
    case OSERROR_ACCESS_DENIED:
        return create_denied(report, name);
    case OSERROR_INVALID_PARAMETER: /* the size is too large: no other parameter can be wrong */
    case OSERROR_NOT_ENOUGH_MEMORY:
    case OSERROR_OUTOFMEMORY:
    case OSERROR_DISK_FULL:
    case OSERROR_NO_SYSTEM_RESOURCES:
    case OSERROR_COMMITMENT_LIMIT:
        return explain_no_memory(report, size, error);
    case OSERROR_PRIVILEGE_NOT_HELD:
    case OSERROR_INVALID_OWNER:
        return report_failure(report, EXIT_DENIED, error, "access denied: %s", refusal_text(error));
    default:
        return report_failure(report, EXIT_SYSTEM, error, "cannot be created");
    }
}

enum status explain_companion(const struct report *report, const char *name, enum companion_role role,
                              const struct mapping *value, oserror error)
{
    char full[NAME_ROOM];
    companion_name(name, role, value, full);
    switch (error) {
    case OSERROR_ALREADY_EXISTS:
        return report_failure(report, EXIT_CONFLICT, OSERROR_NONE,
                              "its helper object %s cannot be created: the name is taken by %s", full,
                              explain_kind_text(object_kind_of(full)));
    case OSERROR_INVALID_HANDLE:
        return report_failure(report, EXIT_CONFLICT, OSERROR_NONE,
                              "its helper object %s cannot be opened: the name is that of %s", full,
                              explain_kind_text(object_kind_of(full)));
    case OSERROR_ACCESS_DENIED:
        return report_failure(report, EXIT_DENIED, error, "access denied: this user may not open its helper object %s",
                              full);
    case OSERROR_PRIVILEGE_NOT_HELD:
    case OSERROR_INVALID_OWNER:
        return report_failure(report, EXIT_DENIED, error, "access denied: its helper object %s cannot be created: %s",
                              full, refusal_text(error));
    default:
        return report_failure(report, EXIT_SYSTEM, error, "cannot open its helper object %s", full);
    }
}

enum status explain_wait(const struct report *report, struct waited waited, const char *late, const char *failed)
{
    switch (waited.how) {
    case WAITED_SIGNALLED:
    case WAITED_ABANDONED:
        return EXIT_DONE;
    case WAITED_TIMEOUT:
        return report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE, "%s", late);
    case WAITED_INTERRUPTED:
        return EXIT_INTERRUPTED;
    case WAITED_FAILED:
        break;
    }
    return report_failure(report, EXIT_SYSTEM, waited.error, "%s", failed);
}

enum status explain_verdict(const struct report *report, enum trailer_verdict verdict)
{
    switch (verdict) {
    case TRAILER_EMPTY:
    case TRAILER_FILLING:
        return report_failure(report, EXIT_NOTHING, OSERROR_NONE, "has no contents yet");
    case TRAILER_RELEASED:
        return report_failure(report, EXIT_NOTHING, OSERROR_NONE,
                              "has been released, but another program keeps the memory open");
    case TRAILER_NEWER:
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE,
                              "was created by a newer shmwrite: its layout is unknown");
    case TRAILER_DAMAGED:
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "its layout is damaged");
    case TRAILER_FOREIGN:
    case TRAILER_OURS:
        break;
    }
    return EXIT_DONE;
}

enum status explain_no_memory(const struct report *report, uint64_t size, oserror error)
{
    char bytes[SIZE_ROOM];
    return report_failure(report, EXIT_NO_ROOM, error, "memory for %s cannot be allocated",
                          size_print_exact(size, bytes));
}
