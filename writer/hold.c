#include "hold.h"

#include "duration.h"
#include "explain.h"

/*
 * How long a name may linger, and how often it is looked at, in milliseconds. A dead process' mutexes are abandoned
 * before its handles are closed (PostgreSQL src/backend/port/win32_shmem.c meets the same, and retries), and a program
 * that is just reading keeps the name for as long as that takes.
 */
#define LINGER 1000
#define LINGER_STEP 10

/* Would NAME go away by itself? Ours does, once its holder has let go and nobody is using it any more. */
static bool is_lingering(const char *name)
{
    char companion[NAME_ROOM];
    object *holder = NULL;
    name_companion(name, WINSHM_HOLDER, companion);
    oserror error = mutex_open(companion, &holder);
    if (error == OSERROR_FILE_NOT_FOUND) {
        /* No holder: then only a section with our trailer was ever held. */
        object *section = NULL;
        struct view view = {0};
        struct mapping mapping;
        bool ours = section_open(name, ACCESS_READ, &section) == OSERROR_NONE &&
                    view_map(section, ACCESS_READ, &view) == OSERROR_NONE &&
                    trailer_attach(&view, &mapping) != TRAILER_FOREIGN;
        view_unmap(&view);
        object_close(section);
        return ours;
    }
    if (error != OSERROR_NONE) {
        return false;
    }
    struct waited waited = wait_any(&holder, 1, 0);
    bool is_free = waited.how == WAITED_SIGNALLED || waited.how == WAITED_ABANDONED;
    if (is_free) {
        mutex_release(holder);
    }
    object_close(holder);
    return is_free;
}

/* Has the deadline passed, or the user had enough? Otherwise lets some time pass. */
static bool is_over(uint64_t deadline)
{
    uint64_t now = clock_now();
    return now >= deadline || wait_any(NULL, 0, duration_from(now, LINGER_STEP)).how != WAITED_TIMEOUT;
}

static oserror create_section(const char *name, uint64_t size, uint64_t deadline, object **section)
{
    oserror error;
    do {
        error = section_create(name, size, section);
    } while (error == OSERROR_ALREADY_EXISTS && is_lingering(name) && !is_over(deadline));
    return error;
}

/* Whoever waits for the last holder's companions has them open, and will close them. */
static oserror create_companion(oserror (*create)(const char *, object **), const char *name, uint64_t deadline,
                                object **companion)
{
    oserror error;
    do {
        error = create(name, companion);
    } while (error == OSERROR_ALREADY_EXISTS && !is_over(deadline));
    return error;
}

enum status hold_create(const struct report *report, const char *name, uint64_t size, struct hold *hold)
{
    *hold = (struct hold){0};
    uint64_t deadline = duration_from(clock_now(), LINGER);
    oserror error = create_section(name, size, deadline, &hold->section);
    if (error != OSERROR_NONE) {
        return explain_create(report, name, size, error);
    }

    char companion[NAME_ROOM];
    name_companion(name, WINSHM_HOLDER, companion);
    error = create_companion(mutex_create_owned, companion, deadline, &hold->holder);
    if (error == OSERROR_NONE) {
        name_companion(name, WINSHM_RELEASE, companion);
        error = create_companion(event_create, companion, deadline, &hold->release);
    }
    if (error != OSERROR_NONE) {
        enum status status = explain_companion(report, companion, error);
        hold_close(hold);
        return status;
    }
    return STATUS_DONE;
}

enum status hold_check(const struct report *report, const char *name)
{
    object *section = NULL;
    oserror error = section_open(name, ACCESS_READ, &section);
    object_close(section);
    if (error == OSERROR_FILE_NOT_FOUND || (error == OSERROR_NONE && is_lingering(name))) {
        return STATUS_DONE;
    }
    return explain_create(report, name, 0, error == OSERROR_NONE ? OSERROR_ALREADY_EXISTS : error);
}

enum status hold_wait(const struct report *report, const struct hold *hold, uint64_t hold_for)
{
    struct waited waited = wait_any(&hold->release, 1, duration_from(clock_now(), hold_for));
    switch (waited.how) {
    case WAITED_SIGNALLED:
    case WAITED_ABANDONED:
        report_detail(report, "let go: somebody asked for it");
        return STATUS_DONE;
    case WAITED_TIMEOUT:
        report_detail(report, "let go: the time is up");
        return STATUS_DONE;
    case WAITED_INTERRUPTED:
        report_detail(report, "let go: interrupted");
        return STATUS_DONE;
    case WAITED_FAILED:
        break;
    }
    return report_failure(report, STATUS_SYSTEM, waited.error, "cannot wait any longer, and lets go");
}

void hold_close(struct hold *hold)
{
    object_close(hold->section);
    object_close(hold->release);
    if (hold->holder != NULL) {
        mutex_release(hold->holder);
    }
    object_close(hold->holder);
    *hold = (struct hold){0};
}
