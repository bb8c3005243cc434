/* hold.c - creates, takes over and keeps a name with its companions. */
#include "writer/hold.h"

#include "common/console/explain.h"
#include "common/deadline.h"
#include "common/memory/companion.h"
#include "common/memory/shared.h"
#include "writer/access.h"
#include "writer/patience.h"

/* ---- Looking at it ----------------------------------------------------------------------------------------------- */

oserror hold_open(const char *name, enum access access, struct hold *hold, enum trailer_verdict *verdict)
{
    struct view view = {0};
    *verdict = TRAILER_FOREIGN;
    hold->mapping = (struct mapping){0};
    oserror error = section_open(name, access, &hold->section);
    if (error == OSERROR_NONE) {
        error = view_map(hold->section, access, &view);
    }
    if (error == OSERROR_NONE) {
        *verdict = trailer_attach(&view, &hold->mapping);
    }
    return error;
}

enum status hold_explain_open(const struct report *report, const char *name, const struct hold *hold, oserror error)
{
    return hold->section == NULL ? explain_open(report, name, error) : explain_map(report, error);
}

/* Return whether the trailer says that a living process holds the value. */
static bool is_recorded_alive(const struct mapping *mapping)
{
    return shared_load32_acquire(&mapping->trailer->holder) != 0 && holder_life(mapping) != LIFE_DEAD;
}

enum holder_state hold_find_holder(const char *name, const struct mapping *mapping, uint64_t deadline, oserror *error)
{
    enum holder_state state;
    uint64_t linger = patience_for_name(deadline);
    do {
        state = holder_find(name, error);
    } while (state == HOLDER_ALIVE && *error == OSERROR_NONE && mapping->trailer != NULL &&
             !is_recorded_alive(mapping) && !patience_is_over(linger));
    return state;
}

/* Return whether NAME, which exists, is about to go away: its holder has let go or died, or its creator died. */
static bool is_going(const char *name, uint64_t deadline)
{
    struct hold seen = {0};
    enum trailer_verdict verdict;
    oserror error = hold_open(name, ACCESS_READ, &seen, &verdict);
    bool going = error == OSERROR_FILE_NOT_FOUND;
    if (error == OSERROR_NONE) {
        switch (verdict) {
        case TRAILER_EMPTY:
        case TRAILER_FILLING:
        case TRAILER_RELEASED:
            going = true;
            break;
        case TRAILER_FOREIGN: /* with --raw, too: then there is a mutex, at least for a moment */
            going = holder_find(name, &error) == HOLDER_GONE;
            break;
        case TRAILER_NEWER:
        case TRAILER_DAMAGED:
        case TRAILER_OURS:
            going = hold_find_holder(name, &seen.mapping, deadline, &error) != HOLDER_ALIVE;
            break;
        }
    }
    hold_close(&seen);
    return going;
}

enum status hold_check(const struct report *report, const char *name)
{
    struct hold seen = {0};
    enum trailer_verdict verdict;
    oserror error = hold_open(name, ACCESS_READ, &seen, &verdict);
    bool going = error == OSERROR_FILE_NOT_FOUND;
    if (error == OSERROR_NONE) {
        going = verdict == TRAILER_FILLING || verdict == TRAILER_RELEASED ||
                (verdict == TRAILER_OURS && !is_recorded_alive(&seen.mapping));
        error = OSERROR_ALREADY_EXISTS;
    } else if (seen.section != NULL) {
        error = OSERROR_ALREADY_EXISTS; /* it cannot be mapped, but it is there */
    }
    hold_close(&seen);
    return going ? EXIT_DONE : explain_create(report, name, 0, error);
}

/* ---- The right to change it -------------------------------------------------------------------------------------- */

enum status hold_own_writer(const struct report *report, const struct writer_options *options, struct hold *hold)
{
    char sddl[SDDL_ROOM];
    struct access_rules access;
    oserror error;
    do {
        error = companion_open(options->name, COMPANION_WRITER, NULL, &hold->writer);
        hold->writer_was_there = error == OSERROR_NONE;
        if (error == OSERROR_FILE_NOT_FOUND) {
            access_of(options->name, &access);
            const struct access_rules *rules = access_section(&access) != NULL ? &access : hold->access;
            error = companion_create(options->name, COMPANION_WRITER, NULL,
                                     access_companion(rules, COMPANION_WRITER, sddl), &hold->writer);
        }
        /* It may come into being between the two calls. Then it is opened. */
    } while (error == OSERROR_ALREADY_EXISTS && !patience_is_over(hold->deadline));
    if (error != OSERROR_NONE) {
        return explain_companion(report, options->name, COMPANION_WRITER, NULL, error);
    }
    enum status status = explain_wait(report, wait_any(&hold->writer, 1, hold->deadline),
                                      "timed out waiting for another writer", "cannot wait for another writer");
    if (status != EXIT_DONE) {
        object_close(hold->writer);
        hold->writer = NULL;
    }
    return status;
}

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

/*
 * Return whether `writer`, which existed, lets the same users in as `holder`,
 * which we have created for the users of NAME. A command for a predecessor of
 * NAME may have created `writer`.
 */
static bool is_writer_ours(const char *name)
{
    char writer[NAME_ROOM];
    char holder[NAME_ROOM];
    companion_name(name, COMPANION_WRITER, NULL, writer);
    companion_name(name, COMPANION_HOLDER, NULL, holder);
    return access_is_same(OBJECT_MUTEX, writer, holder);
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
        *attempt = is_going(options->name, hold->deadline) ? HOLD_GOING : HOLD_EXISTS;
    } else if (error != OSERROR_NONE) {
        status = explain_create(report, options->name, plan->section_size, error);
    } else {
        status = map_new(report, options, plan, hold);
        if (status == EXIT_DONE) {
            status = create_companions(&making, options, hold);
        }
        if (status == EXIT_DONE && hold->writer_was_there && !is_writer_ours(options->name)) {
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
        enum status status = hold_own_writer(report, options, hold);
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
