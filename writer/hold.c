#include "hold.h"

#include "access.h"
#include "duration.h"
#include "explain.h"
#include "holder.h"

/*
 * A dead process' mutexes are abandoned before its handles are closed (PostgreSQL src/backend/port/win32_shmem.c meets
 * the same, and retries), and a program that is just reading keeps the name for as long as that takes: so a name is
 * given so many milliseconds to go away.
 */
#define LINGER 1000

uint64_t hold_linger(const struct writer_options *options)
{
    uint64_t timeout = options->common.timeout;
    return duration_from(clock_now(), timeout < LINGER ? timeout : LINGER);
}

uint64_t hold_deadline(const struct writer_options *options, uint64_t patience)
{
    uint64_t timeout = options->common.timeout;
    return duration_from(clock_now(), timeout != CLOCK_NEVER ? timeout : patience);
}

/* Would NAME go away by itself, once nobody is using it any more? */
static bool is_lingering(const char *name)
{
    oserror error;
    bool ours = false;
    enum holder_state state = holder_find(name, &error);
    return state == HOLDER_GONE || (state == HOLDER_NONE && holder_is_ours(name, &ours) == OSERROR_NONE && ours);
}

/* Has the deadline passed? Otherwise lets some time pass. */
static bool is_over(uint64_t deadline)
{
    uint64_t now = clock_now();
    if (now < deadline) {
        (void)wait_any(NULL, 0, duration_from(now, HOLD_LOOK_EVERY));
    }
    return now >= deadline;
}

/* ---- Making it --------------------------------------------------------------------------------------------------- */

static oserror create_section(const struct writer_options *options, uint64_t size, uint64_t deadline, object **section)
{
    oserror error;
    do {
        error = section_create(options->name, size, access_section(&options->access), section);
    } while (error == OSERROR_ALREADY_EXISTS && is_lingering(options->name) && !is_over(deadline));
    return error;
}

/* What the companions of a name have in common while they are being made. */
struct making {
    const struct report *report;
    const char *name;
    const struct access_rules *access;
    uint64_t deadline;
};

/*
 * Create the companion `role`. Whoever waited for the last holder has its companions open, and will close them. On
 * failure says so and returns the status.
 */
static enum status create_companion(const struct making *making, const char *role,
                                    oserror (*create)(const char *, const char *, object **), object **companion)
{
    char full[NAME_ROOM];
    char sddl[SDDL_ROOM];
    oserror error;
    name_companion(making->name, role, full);
    do {
        error = create(full, access_companion(making->access, role, sddl), companion);
    } while (error == OSERROR_ALREADY_EXISTS && !is_over(making->deadline));
    return error == OSERROR_NONE ? EXIT_DONE : explain_companion(making->report, full, error);
}

/* What a holder needs besides the section and `writer`. */
static enum status create_companions(const struct making *making, const struct writer_options *options,
                                     struct hold *hold)
{
    enum status status = create_companion(making, WINSHM_HOLDER, mutex_create, &hold->holder);
    if (status == EXIT_DONE) {
        status = create_companion(making, WINSHM_RELEASE, event_create, &hold->release);
    }
    if (status == EXIT_DONE && (options->reads != 0 || options->verb == VERB_STREAM)) {
        status = create_companion(making, WINSHM_READS, semaphore_create, &hold->reads);
    }
    return status;
}

/* How the companions of a NAME that we make are made. */
static struct making making_for(const struct report *report, const struct writer_options *options)
{
    return (struct making){
        .report = report, .name = options->name, .access = &options->access, .deadline = hold_linger(options)};
}

enum status hold_add(const struct report *report, const struct writer_options *options,
                     const struct hold_companion *added)
{
    struct making making = making_for(report, options);
    return create_companion(&making, added->role, added->create, added->companion);
}

enum status hold_own(const struct report *report, const struct writer_options *options, object *mutex)
{
    struct waited waited = wait_any(&mutex, 1, hold_linger(options));
    return waited.how == WAITED_TIMEOUT
               ? report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "another program owns one of its mutexes")
               : explain_wait(report, waited, "", "cannot own one of its mutexes");
}

enum status hold_create(const struct report *report, const struct writer_options *options, uint64_t size, bool *exists,
                        struct hold *hold)
{
    *hold = (struct hold){0};
    struct making making = making_for(report, options);
    oserror error = create_section(options, size, exists != NULL ? clock_now() : making.deadline, &hold->section);
    if (exists != NULL) {
        *exists = error == OSERROR_ALREADY_EXISTS;
        if (*exists) {
            return EXIT_CONFLICT;
        }
    }
    if (error != OSERROR_NONE) {
        return explain_create(report, options->name, size, error);
    }

    enum status status = create_companion(&making, WINSHM_WRITER, mutex_create, &hold->writer);
    if (status == EXIT_DONE) {
        status = hold_own(report, options, hold->writer);
    }
    if (status == EXIT_DONE) {
        status = create_companions(&making, options, hold);
    }
    if (status != EXIT_DONE) {
        hold_close(hold);
    }
    return status;
}

enum status hold_check(const struct report *report, const char *name)
{
    object *section = NULL;
    oserror error = section_open(name, ACCESS_READ, &section);
    object_close(section);
    if (error == OSERROR_FILE_NOT_FOUND || (error == OSERROR_NONE && is_lingering(name))) {
        return EXIT_DONE;
    }
    return explain_create(report, name, 0, error == OSERROR_NONE ? OSERROR_ALREADY_EXISTS : error);
}

/* ---- Updating it ------------------------------------------------------------------------------------------------- */

enum status hold_own_writer(const struct report *report, const char *name, uint64_t deadline, object **writer)
{
    char companion[NAME_ROOM];
    char sddl[SDDL_ROOM];
    struct access_rules access;
    oserror error;
    name_companion(name, WINSHM_WRITER, companion);
    do {
        error = mutex_open(companion, writer);
        if (error == OSERROR_FILE_NOT_FOUND) {
            access_of(name, &access);
            error = mutex_create(companion, access_companion(&access, WINSHM_WRITER, sddl), writer);
        }
    } while (error == OSERROR_ALREADY_EXISTS && !is_over(deadline)); /* made between the two calls: open it */
    if (error != OSERROR_NONE) {
        return explain_companion(report, companion, error);
    }
    enum status status =
        explain_wait(report, wait_any(writer, 1, deadline), "the time is up: another update is going on",
                     "cannot wait for another update to end");
    if (status != EXIT_DONE) {
        object_close(*writer);
        *writer = NULL;
    }
    return status;
}

/* Open the companion of a holder that is gone, if somebody still has it open; else *companion stays NULL. */
static void open_companion(const char *name, const char *role, oserror (*open)(const char *, object **),
                           object **companion)
{
    char full[NAME_ROOM];
    name_companion(name, role, full);
    (void)open(full, companion);
}

enum status hold_take_over(const struct report *report, const struct writer_options *options, struct hold *hold,
                           bool *vacant)
{
    oserror error;
    *vacant = holder_find(options->name, &error) != HOLDER_ALIVE;
    if (error != OSERROR_NONE) {
        char companion[NAME_ROOM];
        name_companion(options->name, WINSHM_HOLDER, companion);
        return explain_companion(report, companion, error);
    }
    if (!*vacant) {
        return EXIT_DONE;
    }

    /* As we own `writer`, nobody else makes them now. What is still there has served its time: it is closed soon. */
    open_companion(options->name, WINSHM_HOLDER, mutex_open, &hold->holder);
    open_companion(options->name, WINSHM_RELEASE, event_open, &hold->release);
    if (hold->holder != NULL && hold->release != NULL && options->reads == 0) {
        error = event_reset(hold->release);
        return error == OSERROR_NONE ? EXIT_DONE : report_failure(report, EXIT_SYSTEM, error, "cannot take it over");
    }
    object_close(hold->holder);
    object_close(hold->release);
    hold->holder = NULL;
    hold->release = NULL;
    struct access_rules access;
    struct making making = making_for(report, options);
    access_of(options->name, &access);
    making.access = &access;
    return create_companions(&making, options, hold);
}

/* ---- Holding it -------------------------------------------------------------------------------------------------- */

enum status hold_begin(const struct report *report, const struct writer_options *options, const struct hold *hold)
{
    return hold_own(report, options, hold->holder);
}

enum status hold_wait(const struct report *report, const struct writer_options *options, const struct hold *hold)
{
    uint64_t deadline = duration_from(clock_now(), options->hold_for);
    object *const awaited[] = {hold->release, hold->reads};
    size_t count = hold->reads != NULL ? 2 : 1;
    uint64_t reads = 0;
    for (;;) {
        struct waited waited = wait_any(awaited, count, deadline);
        switch (waited.how) {
        case WAITED_SIGNALLED:
        case WAITED_ABANDONED:
            if (waited.which == 0) {
                report_detail(report, "let go: somebody asked for it");
                return EXIT_DONE;
            }
            if (++reads >= options->reads) {
                report_detail(report, "let go: it has been read");
                return EXIT_DONE;
            }
            break;
        case WAITED_TIMEOUT:
            report_detail(report, "let go: the time is up");
            return EXIT_DONE;
        case WAITED_INTERRUPTED:
            report_detail(report, "let go: interrupted");
            return EXIT_DONE;
        case WAITED_FAILED:
            return report_failure(report, EXIT_SYSTEM, waited.error, "cannot wait any longer, and lets go");
        }
    }
}

void hold_close_mutex(object *mutex)
{
    if (mutex != NULL) {
        mutex_release(mutex);
    }
    object_close(mutex);
}

void hold_close(struct hold *hold)
{
    object_close(hold->section);
    object_close(hold->release);
    object_close(hold->reads);
    hold_close_mutex(hold->writer);
    hold_close_mutex(hold->holder);
    *hold = (struct hold){0};
}
