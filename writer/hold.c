/* hold.c - creates, takes over and keeps a name with its companions. */
#include "writer/hold.h"

#include "common/console/explain.h"
#include "common/deadline.h"
#include "common/memory/companion.h"
#include "common/memory/shared.h"
#include "writer/access.h"
#include "writer/existing.h"
#include "writer/patience.h"
#include "writer/update_lock.h"

/* ---- Making it --------------------------------------------------------------------------------------------------- */

/* The things that all companions of a name have in common while they are created. */
struct making {
    const struct report *report;
    const char *name;
    const struct access_rules *access;
    const struct mapping *value;
    uint64_t deadline;
};

/*
 * Create a companion. Processes that waited for the last holder may have
 * its companions open, and close them soon. On failure print a message and return
 * the status.
 */
static enum status create_companion(const struct making *making, enum companion_role role, object **companion)
{
    char sddl[SDDL_ROOM];
    oserror error;
    do {
        error = companion_create(making->name, role, making->value, access_companion(making->access, role, sddl),
                                 companion);
    } while (error == OSERROR_ALREADY_EXISTS && !patience_is_over(making->deadline));
    return error == OSERROR_NONE ? EXIT_DONE
                                 : explain_companion(making->report, making->name, role, making->value, error);
}

/* Create all of these. */
static enum status create_all(const struct making *making, const struct companion *companions, size_t count)
{
    enum status status = EXIT_DONE;
    for (size_t i = 0; i < count && status == EXIT_DONE; i++) {
        status = create_companion(making, companions[i].role, companions[i].object);
    }
    return status;
}

/* Create the companions that a holder needs, except `writer`. */
static enum status create_companions(const struct making *making, const struct writer_options *options,
                                     struct hold *hold)
{
    const struct companion always[] = {{COMPANION_HOLDER, &hold->holder}, {COMPANION_RELEASE, &hold->release}};
    const struct companion counted[] = {
        {COMPANION_TURN, &hold->turn}, {COMPANION_READS, &hold->reads}, {COMPANION_COUNTED, &hold->counted}};
    enum status status = create_all(making, always, 2);
    if (status == EXIT_DONE && options->verb == VERB_STREAM) {
        status = create_companion(making, COMPANION_ATTACHED, &hold->reads);
    }
    if (status == EXIT_DONE && hold->mapping.reads != 0) {
        status = create_all(making, counted, 3);
    }
    return status;
}

static enum status map_new(const struct report *report, const struct writer_options *options,
                           const struct trailer_plan *plan, struct hold *hold)
{
    struct view view;
    oserror error = view_map(hold->section, ACCESS_WRITE, &view);
    if (error != OSERROR_NONE) {
        return explain_map(report, error);
    }
    if (options->raw) {
        hold->mapping = (struct mapping){.view = view};
    } else {
        trailer_begin(&view, plan, &hold->mapping);
    }
    return EXIT_DONE;
}

enum status hold_create(const struct report *report, const struct writer_options *options,
                        const struct trailer_plan *plan, struct hold *hold, enum hold_attempt *attempt)
{
    struct making making = {.report = report,
                            .name = options->name,
                            .access = hold->access,
                            .value = &hold->mapping,
                            .deadline = patience_for_name(hold->deadline)};
    *attempt = HOLD_SETTLED;
    oserror error = section_create(options->name, plan->section_size, access_section(hold->access), &hold->section);
    enum status status = EXIT_CONFLICT;
    if (error == OSERROR_ALREADY_EXISTS) {
        *attempt = existing_is_going(options->name, hold->deadline) ? HOLD_GOING : HOLD_EXISTS;
    } else if (error != OSERROR_NONE) {
        status = explain_create(report, options->name, plan->section_size, error);
    } else {
        status = map_new(report, options, plan, hold);
        if (status == EXIT_DONE) {
            status = create_companions(&making, options, hold);
        }
        if (status == EXIT_DONE && hold->writer_was_there && !update_lock_is_ours(options->name)) {
            *attempt = HOLD_ALIEN;
            status = EXIT_CONFLICT;
        }
    }
    if (status != EXIT_DONE) {
        hold_close(hold);
    }
    return status;
}

enum status hold_make(const struct report *report, const struct writer_options *options,
                      const struct trailer_plan *plan, struct hold *hold)
{
    enum hold_attempt attempt;
    uint64_t linger = 0;
    do {
        attempt = HOLD_SETTLED;
        enum status status = update_lock_own(report, options, hold);
        if (status == EXIT_DONE) {
            status = hold_create(report, options, plan, hold, &attempt);
        }
        if (status != EXIT_CONFLICT || attempt == HOLD_SETTLED) {
            return status;
        }
        linger = linger == 0 ? patience_for_name(hold->deadline) : linger;
    } while (attempt != HOLD_EXISTS && !patience_is_over(linger));
    return hold_explain_attempt(report, options->name, attempt);
}

enum status hold_explain_attempt(const struct report *report, const char *name, enum hold_attempt attempt)
{
    if (attempt == HOLD_ALIEN) {
        return explain_companion(report, name, COMPANION_WRITER, NULL, OSERROR_ALREADY_EXISTS);
    }
    if (attempt == HOLD_GOING) {
        return report_failure(report, EXIT_CONFLICT, OSERROR_NONE,
                              "has no holder any more, but another program keeps its memory");
    }
    return explain_create(report, name, 0, OSERROR_ALREADY_EXISTS);
}

enum status hold_add(const struct report *report, const struct writer_options *options, const struct hold *hold,
                     const struct companion *companions, size_t count)
{
    struct making making = {
        .report = report, .name = options->name, .access = hold->access, .deadline = patience_for_name(hold->deadline)};
    return create_all(&making, companions, count);
}

enum status hold_own(const struct report *report, uint64_t deadline, object *mutex)
{
    struct waited waited = wait_any(&mutex, 1, patience_for_name(deadline));
    return waited.how == WAITED_TIMEOUT ? hold_explain_owned(report)
                                        : explain_wait(report, waited, "", "cannot own one of its mutexes");
}

enum status hold_explain_owned(const struct report *report)
{
    return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "another program owns one of its mutexes");
}

/* ---- Holding it again -------------------------------------------------------------------------------------------- */

/* Open the companion of a holder that is gone, if a process still has it open, else create it. */
static enum status get_companion(const struct making *making, enum companion_role role, object **companion)
{
    oserror error = companion_open(making->name, role, making->value, companion);
    return error == OSERROR_NONE ? EXIT_DONE
           : error == OSERROR_FILE_NOT_FOUND
               ? create_companion(making, role, companion)
               : explain_companion(making->report, making->name, role, making->value, error);
}

enum status hold_take_over(const struct report *report, const struct writer_options *options, struct hold *hold)
{
    struct access_rules access;
    struct making making = {
        .report = report, .name = options->name, .access = &access, .deadline = patience_for_name(hold->deadline)};
    access_of(options->name, &access);
    enum status status = get_companion(&making, COMPANION_HOLDER, &hold->holder);
    if (status == EXIT_DONE) {
        status = get_companion(&making, COMPANION_RELEASE, &hold->release);
    }
    if (status == EXIT_DONE) {
        oserror error = event_reset(hold->release);
        if (error != OSERROR_NONE) {
            status = report_failure(report, EXIT_SYSTEM, error, "cannot take it over");
        }
    }
    return status;
}

/* ---- Holding it -------------------------------------------------------------------------------------------------- */

enum status hold_begin(const struct report *report, uint64_t deadline, struct hold *hold)
{
    enum status status = hold_own(report, deadline, hold->holder);
    if (status == EXIT_DONE) {
        hold->ends = true;
        if (hold->mapping.trailer != NULL) {
            trailer_record_holder(&hold->mapping);
        }
    }
    return status;
}

/* One more read has been raised. Return whether it was the last one. */
static bool count_read(const struct hold *hold)
{
    bool last = trailer_count_read(&hold->mapping);
    if (last) {
        trailer_release(&hold->mapping);
    }
    (void)event_set(hold->counted);
    return last;
}

enum status hold_wait(const struct report *report, const struct writer_options *options, const struct hold *hold)
{
    uint64_t deadline = deadline_in(options->hold_for);
    object *const awaited[] = {hold->release, hold->reads};
    size_t all = hold->reads != NULL ? 2 : 1;
    size_t count = all;
    for (;;) {
        /* However many reads are raised, what ends the holding is looked at after each of them. */
        struct waited waited = wait_any(awaited, count, count < all ? 0 : deadline);
        switch (waited.how) {
        case WAITED_SIGNALLED:
        case WAITED_ABANDONED:
            if (waited.which == 0) {
                report_detail(report, "let go: somebody asked for it");
                return EXIT_DONE;
            }
            if (count_read(hold)) {
                report_detail(report, "let go: it has been read");
                return EXIT_DONE;
            }
            count = 1;
            break;
        case WAITED_TIMEOUT:
            if (clock_now() >= deadline) {
                report_detail(report, "let go: the time is up");
                return EXIT_DONE;
            }
            count = all;
            break;
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
    if (hold->ends && hold->mapping.trailer != NULL) {
        trailer_release(&hold->mapping);
    }
    view_unmap(&hold->mapping.view);
    object_close(hold->section);
    object_close(hold->release);
    object_close(hold->reads);
    object_close(hold->turn);
    object_close(hold->counted);
    hold_close_mutex(hold->writer);
    hold_close_mutex(hold->holder);
    *hold = (struct hold){.deadline = hold->deadline, .access = hold->access};
}
