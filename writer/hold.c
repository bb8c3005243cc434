/* hold.c - creates, takes over and holds a name with its companions. */
#include "writer/hold.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/console/explain.h"
#include "common/deadline.h"
#include "common/memory/announcement.h"
#include "writer/existing.h"
#include "writer/patience.h"
#include "writer/update_lock.h"

/*
 * How often a creator with --wait tries to create NAME, in milliseconds. It
 * leaves the mutex `writer` to others in between.
 */
#define WAIT_LOOK_EVERY_MS 50

/* Room for the words of name_process(). */
#define PROCESS_ROOM 40

/* ---- Creating it ------------------------------------------------------------------------------------------------- */

/*
 * The parameters that are the same for all companions that are created
 * together.
 */
struct making {
    const struct writer *writer;
    const struct access_rules *access;
    const struct mapping *value;
    uint64_t deadline;
};

static struct making making_for(const struct writer *writer, const struct access_rules *access,
                                const struct mapping *value)
{
    return (struct making){
        .writer = writer, .access = access, .value = value, .deadline = patience_for_name(writer->deadline)};
}

static enum status explain_role(const struct making *making, enum companion_role role, oserror error)
{
    const struct writer *writer = making->writer;
    enum status status = explain_companion(writer->report, writer->options->name, role, making->value, error);
    if (role == COMPANION_SPACE && error == OSERROR_ALREADY_EXISTS) {
        report_hint(writer->report, "a reader of an earlier stream may still be busy with its output: end it");
    }
    return status;
}

static enum status explain_late(const struct report *report)
{
    return report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE, "timed out waiting for its end");
}

/*
 * Create a companion. Processes that used an earlier value of this name may
 * still have that value's companion open. They close it soon, so try again
 * until making->deadline. If --wait has no time left for that, it has timed
 * out. On failure print a message and return the status.
 */
static enum status create_companion(const struct making *making, enum companion_role role, object **companion)
{
    char sddl[SDDL_ROOM];
    const char *descriptor = rules_companion(making->access, role, sddl);
    oserror error;
    do {
        error = companion_create(making->writer->options->name, role, making->value, descriptor, companion);
    } while (error == OSERROR_ALREADY_EXISTS && !patience_is_over(making->deadline));
    if (error == OSERROR_ALREADY_EXISTS && making->writer->options->wait && clock_now() >= making->writer->deadline) {
        return explain_late(making->writer->report);
    }
    return error == OSERROR_NONE ? EXIT_DONE : explain_role(making, role, error);
}

static enum status create_all(const struct making *making, const struct companion *companions, size_t count)
{
    enum status status = EXIT_DONE;
    for (size_t i = 0; i < count && status == EXIT_DONE; i++) {
        status = create_companion(making, companions[i].role, companions[i].object);
    }
    return status;
}

/* Create the companions that a holder needs, except the mutex `writer`. */
static enum status create_companions(const struct writer *writer, struct hold *hold)
{
    const struct companion all[] = {
        {COMPANION_HOLDER, &hold->holder}, {COMPANION_RELEASE, &hold->release}, {COMPANION_ATTACHED, &hold->reads}};
    const struct companion counted[] = {
        {COMPANION_TURN, &hold->turn}, {COMPANION_READS, &hold->reads}, {COMPANION_COUNTED, &hold->counted}};
    struct making making = making_for(writer, &writer->access, &hold->mapping);
    enum status status = create_all(&making, all, writer->options->verb == VERB_STREAM ? 3 : 2);
    if (status == EXIT_DONE && hold->mapping.reads != 0) {
        status = create_all(&making, counted, 3);
    }
    return status;
}

static enum status map_new(const struct writer *writer, const struct trailer_plan *plan, struct hold *hold)
{
    struct view view;
    oserror error = view_map(hold->section, ACCESS_WRITE, &view);
    if (error != OSERROR_NONE) {
        return explain_map(writer->report, error);
    }
    if (writer->options->raw) {
        hold->mapping = (struct mapping){.view = view};
    } else {
        trailer_begin(&view, plan, &hold->mapping);
    }
    return EXIT_DONE;
}

/*
 * Report why a section for the plan could not be created. A message about its
 * size has --size, or else the capacity, and not the size of the section, which
 * the user did not ask for.
 */
static enum status explain_section(const struct writer *writer, const struct trailer_plan *plan, oserror error)
{
    const struct writer_options *options = writer->options;
    uint64_t planned = plan->capacity != 0 ? plan->capacity : plan->section_size;
    uint64_t asked = options->size != 0 ? options->size : planned;
    enum status status = explain_create(writer->report, options->name, asked, error);
    if (status == EXIT_NO_ROOM && plan->kind == WINSHM_VALUE) {
        report_hint(writer->report, "a value takes twice its size in memory, with --sealed only once");
    }
    return status;
}

/* Like hold_create(), but on failure the caller closes everything. */
static enum status try_create(const struct writer *writer, const struct trailer_plan *plan, struct hold *hold,
                              enum hold_attempt *attempt)
{
    const char *name = writer->options->name;
    *attempt = HOLD_SETTLED;
    oserror error = section_create(name, plan->section_size, rules_section(&writer->access), &hold->section);
    if (error == OSERROR_ALREADY_EXISTS) {
        *attempt = existing_is_going(writer) ? HOLD_GOING : HOLD_EXISTS;
        return EXIT_CONFLICT;
    }
    if (error != OSERROR_NONE) {
        return explain_section(writer, plan, error);
    }
    enum status status = map_new(writer, plan, hold);
    if (status == EXIT_DONE) {
        status = create_companions(writer, hold);
    }
    if (status == EXIT_DONE && hold->writer_was_there && !update_lock_is_ours(name)) {
        *attempt = HOLD_ALIEN;
        status = EXIT_CONFLICT;
    }
    return status;
}

enum status hold_create(const struct writer *writer, const struct trailer_plan *plan, struct hold *hold,
                        enum hold_attempt *attempt)
{
    enum status status = try_create(writer, plan, hold, attempt);
    if (status != EXIT_DONE) {
        hold_close(hold);
    }
    return status;
}

/* Name the process of --hold-with, for a message. */
static void name_process(const struct writer_options *options, char which[PROCESS_ROOM])
{
    if (options->hold_with == PROCESS_PARENT) {
        (void)snprintf(which, PROCESS_ROOM, "the process that started shmwrite");
    } else {
        (void)snprintf(which, PROCESS_ROOM, "process %" PRIu32, options->hold_with);
    }
}

enum status hold_explain_ended(const struct writer *writer)
{
    char which[PROCESS_ROOM];
    name_process(writer->options, which);
    return report_failure(writer->report, EXIT_NOTHING, OSERROR_NONE, "--hold-with: %s has ended", which);
}

/*
 * Wait a moment before the next attempt of --wait. If the process of
 * --hold-with ends, print a message and return the status.
 */
static enum status pause_waiting(const struct writer *writer)
{
    object *with = writer->with;
    struct waited waited = wait_any(&with, with != NULL ? 1 : 0, deadline_within(WAIT_LOOK_EVERY_MS, writer->deadline));
    return waited.how != WAITED_SIGNALLED ? EXIT_DONE : hold_explain_ended(writer);
}

enum status hold_make(const struct writer *writer, const struct trailer_plan *plan, struct hold *hold)
{
    bool waits = writer->options->wait;
    enum hold_attempt attempt;
    uint64_t linger = 0;
    bool is_over;
    do {
        enum status status = update_lock_own(writer, hold);
        if (status != EXIT_DONE) {
            return status;
        }
        status = hold_create(writer, plan, hold, &attempt);
        if (attempt == HOLD_SETTLED) {
            return status;
        }
        linger = linger == 0 ? patience_for_name(writer->deadline) : linger;
        is_over = waits ? clock_now() >= writer->deadline : attempt == HOLD_EXISTS || patience_is_over(linger);
        status = waits && !is_over ? pause_waiting(writer) : EXIT_DONE;
        if (status != EXIT_DONE) {
            return status;
        }
    } while (!is_over);
    return waits ? explain_late(writer->report) : hold_explain_attempt(writer, attempt);
}

enum status hold_explain_attempt(const struct writer *writer, enum hold_attempt attempt)
{
    const char *name = writer->options->name;
    if (attempt == HOLD_ALIEN) {
        return explain_companion(writer->report, name, COMPANION_WRITER, NULL, OSERROR_ALREADY_EXISTS);
    }
    if (attempt == HOLD_GOING) {
        return report_failure(writer->report, EXIT_CONFLICT, OSERROR_NONE,
                              "has no holder any more, but another program keeps the memory open");
    }
    return existing_explain_taken(writer);
}

enum status hold_add(const struct writer *writer, const struct companion *companions, size_t count)
{
    struct making making = making_for(writer, &writer->access, NULL);
    return create_all(&making, companions, count);
}

enum status hold_own(const struct writer *writer, object *mutex)
{
    struct waited waited = wait_any(&mutex, 1, patience_for_name(writer->deadline));
    return waited.how == WAITED_TIMEOUT ? hold_explain_owned(writer->report)
                                        : explain_wait(writer->report, waited, "", "cannot own one of its mutexes");
}

enum status hold_explain_owned(const struct report *report)
{
    return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "another program owns one of its mutexes");
}

/* ---- Taking it over ---------------------------------------------------------------------------------------------- */

/*
 * Open a companion of the last holder if a process still has it open. Otherwise
 * create it.
 */
static enum status get_companion(const struct making *making, enum companion_role role, object **companion)
{
    oserror error = companion_open(making->writer->options->name, role, making->value, companion);
    if (error == OSERROR_FILE_NOT_FOUND) {
        return create_companion(making, role, companion);
    }
    return error == OSERROR_NONE ? EXIT_DONE : explain_role(making, role, error);
}

enum status hold_take_over(const struct writer *writer, struct hold *hold)
{
    struct access_rules access;
    rules_of(writer->options->name, &access);
    struct making making = making_for(writer, &access, NULL);
    enum status status = get_companion(&making, COMPANION_HOLDER, &hold->holder);
    if (status == EXIT_DONE) {
        status = get_companion(&making, COMPANION_RELEASE, &hold->release);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    oserror error = object_signal(hold->release, SIGNAL_RESET);
    return error == OSERROR_NONE ? EXIT_DONE
                                 : report_failure(writer->report, EXIT_SYSTEM, error, "cannot take it over");
}

/* ---- Holding it -------------------------------------------------------------------------------------------------- */

enum status hold_begin(const struct writer *writer, struct hold *hold)
{
    enum status status = hold_own(writer, hold->holder);
    if (status != EXIT_DONE) {
        return status;
    }
    hold->ends = writer->options->name;
    if (hold->mapping.trailer != NULL) {
        trailer_record_holder(&hold->mapping);
    }
    return EXIT_DONE;
}

/*
 * Count a complete read, for which a reader has raised the semaphore `reads`.
 * Return whether it was the last read that the value allows.
 */
static bool count_read(const struct hold *hold)
{
    bool last = trailer_count_read(&hold->mapping);
    if (last) {
        trailer_release(&hold->mapping);
    }
    (void)object_signal(hold->counted, SIGNAL_SET);
    return last;
}

enum status hold_open_process(struct writer *writer)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;
    char which[PROCESS_ROOM];
    oserror error = options->has_hold_with ? process_open(options->hold_with, &writer->with) : OSERROR_NONE;
    name_process(options, which);
    switch (error) {
    case OSERROR_NONE:
        return EXIT_DONE;
    case OSERROR_INVALID_PARAMETER:
        return report_failure(report, EXIT_NOTHING, OSERROR_NONE, "--hold-with: %s does not exist", which);
    case OSERROR_ACCESS_DENIED:
        return report_failure(report, EXIT_DENIED, error, "access denied: this user may not wait for %s", which);
    default:
        return report_failure(report, EXIT_SYSTEM, error, "--hold-with: cannot wait for %s", which);
    }
}

enum status hold_wait(const struct writer *writer, const struct hold *hold)
{
    const struct report *report = writer->report;
    uint64_t deadline = deadline_in(writer->options->hold_for);
    object *awaited[] = {hold->release, NULL, NULL};
    size_t ends = 1;
    if (writer->with != NULL) {
        awaited[ends++] = writer->with;
    }
    awaited[ends] = hold->reads;
    size_t all = hold->reads != NULL ? ends + 1 : ends;
    size_t count = all;
    for (;;) {
        /*
         * A raised semaphore takes precedence over Ctrl+C and the deadline. So
         * after each read look once at the other events, without waiting for
         * `reads`. Otherwise readers that raise it all the time could delay the
         * end.
         */
        struct waited waited = wait_any(awaited, count, count < all ? 0 : deadline);
        switch (waited.how) {
        case WAITED_SIGNALLED:
        case WAITED_ABANDONED:
            if (waited.which == 0) {
                report_detail(report, "released: on request");
                return EXIT_DONE;
            }
            if (waited.which < ends) {
                report_detail(report, "released: the process of --hold-with has ended");
                return EXIT_DONE;
            }
            if (count_read(hold)) {
                report_detail(report, "released: all reads are done");
                return EXIT_DONE;
            }
            count = ends;
            break;
        case WAITED_TIMEOUT:
            if (clock_now() >= deadline) {
                report_detail(report, "released: --hold-for is over");
                return EXIT_DONE;
            }
            count = all;
            break;
        case WAITED_INTERRUPTED:
            report_detail(report, "released: interrupted");
            return EXIT_DONE;
        case WAITED_FAILED:
            return report_failure(report, EXIT_SYSTEM, waited.error, "released: cannot wait any longer");
        }
    }
}

void hold_close_mutex(object *mutex)
{
    if (mutex != NULL) {
        (void)object_signal(mutex, SIGNAL_RELEASE);
    }
    object_close(mutex);
}

void hold_close(struct hold *hold)
{
    if (hold->ends != NULL && hold->mapping.trailer != NULL) {
        trailer_release(&hold->mapping);
        announcement_make(hold->ends, &hold->mapping);
    }
    view_unmap(&hold->mapping.view);
    object_close(hold->section);
    object_close(hold->release);
    object_close(hold->reads);
    object_close(hold->turn);
    object_close(hold->counted);
    hold_close_mutex(hold->writer);
    hold_close_mutex(hold->holder);
    *hold = (struct hold){0};
}
