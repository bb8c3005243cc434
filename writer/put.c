/* put.c - --put: updates NAME, or creates it and holds it in the background. */
#include "writer/put.h"

#include <stdio.h>

#include "common/console/explain.h"
#include "common/memory/value.h"
#include "writer/change.h"
#include "writer/create.h"
#include "writer/existing.h"
#include "writer/patience.h"
#include "writer/release.h"
#include "writer/update.h"
#include "writer/update_lock.h"

/* The state of --put: its contents, and the result of its last attempt. */
struct putting {
    const struct writer *writer;
    struct contents *contents;
    struct trailer_identity *identity; /* of the value, after success */
    bool is_last;                      /* this attempt is the last one: the time for NAME to disappear is over */
    bool has_stored;                   /* an attempt has updated a value, but could not hold it */
    struct trailer_identity stored;    /* of that value */
    bool again;                        /* it failed without a message; `attempt` and `verdict` are the reasons */
    enum hold_attempt attempt;
    enum trailer_verdict verdict;
};

/* Create NAME, which does not exist, and hold it in the background. */
static enum status put_new(struct putting *putting, struct hold *hold)
{
    const struct writer *writer = putting->writer;
    struct contents *contents = putting->contents;
    struct trailer_plan plan;
    enum status status = create_plan(writer, contents_length(contents), &plan);
    if (status != EXIT_DONE) {
        return status;
    }
    status = hold_create(writer, &plan, hold, &putting->attempt);
    putting->again = putting->attempt != HOLD_SETTLED;
    if (status == EXIT_DONE) {
        status = contents_move(writer->report, contents, value_contents(&hold->mapping));
    }
    if (status == EXIT_DONE) {
        status = create_catch_interrupt(writer);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    create_publish(writer, contents, hold);
    *writer->sum = writer->options->add;
    return create_keep(writer, contents_length(contents), hold);
}

/*
 * Refuse a value that has another access list than --allow or --sddl asks for,
 * before any contents are stored there: users whom the option does not let in
 * could read them.
 */
static enum status check_access(const struct writer *writer)
{
    if (access_is_as_asked(writer)) {
        return EXIT_DONE;
    }
    (void)report_failure(writer->report, EXIT_CONFLICT, OSERROR_NONE,
                         "already exists, but not with the access list of %s",
                         writer->options->sddl != NULL ? "--sddl" : "--allow");
    report_hint(writer->report, "end it with --release; then --put creates it with this access list");
    return EXIT_CONFLICT;
}

/*
 * Print a note that names the options which apply to a new value only, unless
 * the value that was updated has what they ask for.
 */
static void note_unused_options(const struct writer *writer, const struct mapping *mapping, bool is_held)
{
    const struct writer_options *options = writer->options;
    const struct {
        const char *name;
        bool is_unused;
    } all[] = {{"--size", options->size > mapping->capacity},
               {"--sealed", options->sealed},
               {"--hold-for", is_held && options->hold_for != CLOCK_NEVER},
               {"--hold-with", is_held && writer->with != NULL},
               {"--reads", options->reads != 0 && options->reads != mapping->reads}};
    enum { ALL = sizeof all / sizeof *all };
    size_t count = 0;
    size_t last = 0;
    for (size_t i = 0; i < ALL; i++) {
        count += all[i].is_unused;
        last = all[i].is_unused ? i : last;
    }
    char list[64] = "";
    size_t length = 0;
    for (size_t i = 0; i < ALL; i++) {
        if (all[i].is_unused) {
            const char *between = length == 0 ? "" : i == last ? " and " : ", ";
            length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", between, all[i].name);
        }
    }
    if (count > 0) {
        report_note(writer->report, "already exists, so %s %s no effect", list, count == 1 ? "has" : "have");
    }
}

/*
 * Update NAME, which exists. If it has no holder, start a new one in the
 * background.
 *
 * A released value cannot be updated. It has to disappear, and then a later
 * attempt creates a new one. The same applies to a value without a holder that
 * counts its reads, because its holder counted them: release it first. If other
 * programs keep the memory of a released value for too long, update that memory
 * instead, provided that a new value would have the same kind, size and access
 * list.
 */
static enum status put_into(struct putting *putting, struct hold *hold)
{
    const struct writer *writer = putting->writer;
    const struct mapping *mapping = &hold->mapping;
    enum status status = contents_load(writer->report, putting->contents);
    if (status != EXIT_DONE) {
        return status;
    }
    oserror error = OSERROR_NONE;
    bool is_held = mapping->trailer == NULL || existing_find_holder(writer, mapping, &error) == HOLDER_ALIVE;
    if (error != OSERROR_NONE) {
        return explain_companion(writer->report, writer->options->name, COMPANION_HOLDER, NULL, error);
    }
    if (putting->verdict == TRAILER_OURS && mapping->kind == WINSHM_VALUE) {
        status = check_access(writer);
    }
    if (status == EXIT_DONE && putting->verdict == TRAILER_OURS && is_held && mapping->reads != 0 &&
        writer->options->lines) {
        status =
            report_failure(writer->report, EXIT_CONFLICT, OSERROR_NONE, "counts its reads: --lines cannot update it");
    }
    if (status == EXIT_DONE && putting->verdict == TRAILER_OURS && !is_held && mapping->reads != 0) {
        status = release_value(writer);
        putting->verdict = TRAILER_RELEASED;
    }
    if (status != EXIT_DONE) {
        return status;
    }

    if (putting->has_stored && putting->verdict == TRAILER_OURS && trailer_is_same(mapping, putting->stored)) {
        status = EXIT_DONE; /* stored by the last attempt: do not add or append a second time */
    } else if (putting->verdict == TRAILER_RELEASED && putting->is_last && !is_held) {
        status = update_released(writer, mapping, putting->contents);
    } else {
        status = update_value(writer, mapping, putting->contents, &putting->verdict);
        putting->again = status == EXIT_NOTHING;
        if (status == EXIT_DONE) {
            note_unused_options(writer, mapping, is_held);
        }
    }
    if (status == EXIT_DONE) {
        report_detail(writer->report, "updated");
    }
    if (status != EXIT_DONE || is_held) {
        return status;
    }
    putting->has_stored = true;
    putting->stored = trailer_identify(mapping);
    status = hold_take_over(writer, hold);
    if (status != EXIT_DONE) {
        return status;
    }
    status = create_keep(writer, contents_length(putting->contents), hold);
    putting->again = status == EXIT_CONFLICT;
    return status;
}

/*
 * Make one attempt: own the mutex `writer`, and update NAME if it exists or
 * create it if it does not.
 */
static enum status put_once(struct putting *putting)
{
    const struct writer *writer = putting->writer;
    struct hold hold = {0};
    putting->again = false;
    putting->attempt = HOLD_SETTLED;
    enum status status = update_lock_own(writer, &hold);
    if (status == EXIT_DONE) {
        oserror error = existing_open(writer, ACCESS_WRITE, &hold, &putting->verdict);
        bool is_new = hold.section == NULL && error == OSERROR_FILE_NOT_FOUND;
        status = error == OSERROR_NONE ? put_into(putting, &hold)
                 : is_new              ? put_new(putting, &hold)
                                       : existing_explain_open(writer, &hold, error);
    }
    *putting->identity = trailer_identify(&hold.mapping);
    hold_close(&hold);
    return status;
}

/*
 * Report why the last attempt failed, and return the status. The attempt owned
 * the mutex `writer`. So if it found memory that was being filled or was
 * released, the creator or the holder is gone, and another program keeps the
 * memory open.
 */
static enum status put_in_vain(const struct putting *putting)
{
    enum hold_attempt attempt = putting->attempt;
    if (attempt == HOLD_SETTLED && putting->verdict != TRAILER_FILLING && putting->verdict != TRAILER_RELEASED) {
        return update_in_vain(putting->writer->report, putting->verdict);
    }
    return hold_explain_attempt(putting->writer, attempt == HOLD_SETTLED ? HOLD_GOING : attempt);
}

/*
 * Repeat the attempt until it succeeds or fails with a message. If NAME has to
 * disappear first, wait up to a second for that.
 */
static enum status put_until_done(struct putting *putting)
{
    uint64_t linger = 0;
    for (;;) {
        enum status status = put_once(putting);
        if (!putting->again) {
            return status;
        }
        if (putting->is_last) {
            return put_in_vain(putting);
        }
        linger = linger == 0 ? patience_for_name(putting->writer->deadline) : linger;
        putting->is_last = patience_is_over(linger);
    }
}

enum status put_check(const struct writer *writer, bool *exists)
{
    oserror error = existing_probe(writer, ACCESS_WRITE);
    *exists = error == OSERROR_NONE;
    return error == OSERROR_NONE || error == OSERROR_FILE_NOT_FOUND
               ? EXIT_DONE
               : explain_open(writer->report, writer->options->name, error);
}

enum status put_contents(struct writer *writer, struct contents *contents, struct trailer_identity *identity)
{
    struct putting putting = {.writer = writer, .contents = contents, .identity = identity};
    writer->deadline = patience_deadline(writer->options, PATIENCE_MS);
    return put_until_done(&putting);
}

enum status put_run(struct writer *writer)
{
    struct contents contents;
    struct trailer_identity identity;
    bool exists;
    enum status status = access_decide(writer);
    if (status == EXIT_DONE) {
        status = put_check(writer, &exists);
    }
    if (status == EXIT_DONE) {
        status = contents_gather(writer, &contents);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    if (exists) {
        status = contents_load(writer->report, &contents); /* before this process owns `writer` */
    }
    if (status == EXIT_DONE) {
        status = put_contents(writer, &contents, &identity);
    }
    if (status == EXIT_DONE) {
        status = change_print_sum(writer);
    }
    contents_close(&contents);
    return status;
}
