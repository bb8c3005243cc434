/* explain.c - reports why an object could not be opened, created or used. */
#include "common/console/explain.h"

#include <inttypes.h>
#include <string.h>

#include "common/text/name.h"

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

static enum status another_kind(const struct report *report, const char *name)
{
    return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "the name is that of %s, not of shared memory",
                          explain_kind_text(object_kind_of(name)));
}

enum status explain_open(const struct report *report, const char *name, oserror error)
{
    char elsewhere[NAME_ROOM];
    switch (error) {
    case OSERROR_FILE_NOT_FOUND:
        name_elsewhere(name, elsewhere);
        if (object_kind_of(elsewhere) == OBJECT_SECTION) {
            bool is_bare = report->subject == NULL || strchr(report->subject, '\\') == NULL;
            return report_failure(report, EXIT_NOTHING, OSERROR_NONE, "does not exist, but %s does%s", elsewhere,
                                  !is_bare          ? ""
                                  : is_global(name) ? ": try --local"
                                                    : ": try --global");
        }
        return report_failure(report, EXIT_NOTHING, OSERROR_NONE, "does not exist");
    case OSERROR_ACCESS_DENIED:
        return report_failure(report, EXIT_DENIED, error, "exists, but is closed to this user");
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
        return report_failure(report, EXIT_DENIED, error, "exists, but may not be mapped");
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
        return report_failure(report, EXIT_DENIED, OSERROR_ACCESS_DENIED,
                              "making shared memory in Global\\ takes the privilege SeCreateGlobalPrivilege, which"
                              " administrators and services have: run elevated, or leave out Global\\");
    }
    if (kind == OBJECT_NONE) {
        return report_failure(report, EXIT_DENIED, OSERROR_ACCESS_DENIED, "cannot be created");
    }
    if (kind == OBJECT_SECTION) {
        return report_failure(report, EXIT_DENIED, OSERROR_ACCESS_DENIED, "exists already, and is closed to this user");
    }
    return another_kind(report, name);
}

/*
 * Return why this user may not create an object with this security descriptor.
 */
static const char *refusal_text(oserror error)
{
    return error == OSERROR_INVALID_OWNER ? "its security descriptor names an owner that this user may not set"
                                          : "its security descriptor takes a privilege that this user does not have";
}

enum status explain_create(const struct report *report, const char *name, uint64_t size, oserror error)
{
    switch (error) {
    case OSERROR_ALREADY_EXISTS:
        return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "exists already");
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
        return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "the name %s, needed beside it, is taken by %s",
                              full, explain_kind_text(object_kind_of(full)));
    case OSERROR_INVALID_HANDLE:
        return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "the name %s, needed beside it, is that of %s", full,
                              explain_kind_text(object_kind_of(full)));
    case OSERROR_ACCESS_DENIED:
        return report_failure(report, EXIT_DENIED, error, "%s, needed beside it, is closed to this user", full);
    case OSERROR_PRIVILEGE_NOT_HELD:
    case OSERROR_INVALID_OWNER:
        return report_failure(report, EXIT_DENIED, error, "access denied to %s, needed beside it: %s", full,
                              refusal_text(error));
    default:
        return report_failure(report, EXIT_SYSTEM, error, "%s, needed beside it, cannot be had", full);
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
        return report_failure(report, EXIT_NOTHING, OSERROR_NONE, "nothing has been put into it yet");
    case TRAILER_RELEASED:
        return report_failure(report, EXIT_NOTHING, OSERROR_NONE,
                              "has been released, but another program keeps its memory");
    case TRAILER_NEWER:
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE,
                              "was made by a newer shmwrite: its layout is not known");
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
    return report_failure(report, EXIT_NO_ROOM, error, "memory for %" PRIu64 " bytes could not be had", size);
}
