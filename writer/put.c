/* put.c - --put: updates NAME, or creates it and holds it in the background. */
#include "writer/put.h"

#include "common/console/explain.h"
#include "writer/create.h"
#include "writer/release.h"
#include "writer/update.h"

/* The work of --put, and the outcome of its last attempt. */
struct putting {
    const struct report *report;
    const struct writer_options *options;
    const struct access_rules *access;
    struct contents contents;
    bool is_last; /* this attempt is the last one: NAME has been waited for */
    bool again;   /* it came to nothing, without a message, because of one of these: */
    enum hold_attempt attempt;
    enum trailer_verdict verdict;
};

/* NAME does not exist: create it. */
static enum status put_new(struct putting *putting, struct hold *hold)
{
    struct trailer_plan planned = {0};
    enum status status = create_plan(putting->report, putting->options, &putting->contents, &planned);
    if (status == EXIT_DONE) {
        status = hold_create(putting->report, putting->options, &planned, hold, &putting->attempt);
        putting->again = putting->attempt != HOLD_SETTLED;
    }
    if (status == EXIT_DONE) {
        status = create_fill(putting->report, putting->options, hold, &putting->contents);
    }
    return status == EXIT_DONE ? create_keep(putting->report, putting->options, hold, putting->contents.length)
                               : status;
}

/*
 * NAME exists: update it. If its holder is dead, hold it again. A value that is
 * released, or counts its reads and has lost its holder, has to go away first: a
 * new one is created then. If other programs keep the memory of a released value
 * for too long, it is updated as the new one, if the new one would be like it.
 */
static enum status put_into(struct putting *putting, struct hold *hold)
{
    const struct report *report = putting->report;
    const struct writer_options *options = putting->options;
    const struct mapping *mapping = &hold->mapping;
    bool is_counted = options->reads != 0 || mapping->reads != 0;
    enum status status = contents_load(report, &putting->contents);
    if (status != EXIT_DONE) {
        return status;
    }
    oserror error = OSERROR_NONE;
    bool is_held =
        mapping->trailer == NULL || hold_find_holder(options->name, mapping, hold->deadline, &error) == HOLDER_ALIVE;
    if (error != OSERROR_NONE) {
        char companion[NAME_ROOM];
        name_companion(options->name, WINSHM_HOLDER, companion);
        return explain_companion(report, companion, error);
    }
    if (putting->verdict == TRAILER_OURS && !is_held && is_counted) {
        status = release_value(report, options->name);
        if (status != EXIT_DONE) {
            return status;
        }
        putting->verdict = TRAILER_RELEASED;
    }

    if (putting->verdict == TRAILER_RELEASED && putting->is_last && !is_held && !is_counted) {
        status = update_released(report, options, hold, &putting->contents);
    } else {
        status = update_value(report, options, hold, &putting->contents, &putting->verdict);
        putting->again = status == EXIT_NOTHING;
    }
    if (status == EXIT_DONE && !is_held) {
        status = hold_take_over(report, options, hold);
        if (status == EXIT_DONE) {
            status = create_keep(report, options, hold, putting->contents.length);
            putting->again = status == EXIT_CONFLICT;
        }
    }
    return status;
}

/* Own `writer`, and create or update NAME, whichever it takes. */
static enum status put_once(struct putting *putting, uint64_t deadline)
{
    struct hold hold = {.deadline = deadline, .access = putting->access};
    putting->again = false;
    putting->attempt = HOLD_SETTLED;
    enum status status = hold_own_writer(putting->report, putting->options, &hold);
    if (status == EXIT_DONE) {
        oserror error = hold_open(putting->options->name, ACCESS_WRITE, &hold, &putting->verdict);
        status = error == OSERROR_NONE ? put_into(putting, &hold)
                 : hold.section == NULL && error == OSERROR_FILE_NOT_FOUND
                     ? put_new(putting, &hold)
                     : hold_explain_open(putting->report, putting->options->name, &hold, error);
    }
    hold_close(&hold);
    return status;
}

/*
 * Report why the last attempt came to nothing. What we have seen as the owner of
 * `writer` and is still being filled, or released, has no process that cares.
 */
static enum status put_in_vain(const struct putting *putting)
{
    enum hold_attempt attempt = putting->attempt;
    if (attempt == HOLD_SETTLED && putting->verdict != TRAILER_FILLING && putting->verdict != TRAILER_RELEASED) {
        return update_in_vain(putting->report, putting->verdict);
    }
    return hold_explain_attempt(putting->report, putting->options->name,
                                attempt == HOLD_SETTLED ? HOLD_GOING : attempt);
}

enum status put_run(struct writer *writer)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;
    enum status status = access_decide(report, options, &writer->access);
    if (status != EXIT_DONE) {
        return status;
    }
    /* Report a NAME that nothing can be put into before the input is read. */
    object *section = NULL;
    oserror error = section_open(options->name, ACCESS_WRITE, &section);
    object_close(section);
    if (error != OSERROR_NONE && error != OSERROR_FILE_NOT_FOUND) {
        return explain_open(report, options->name, error);
    }
    struct putting putting = {.report = report, .options = options, .access = &writer->access};
    status = contents_gather(report, options, options->size != 0 ? options->size : UINT64_MAX, &putting.contents);
    if (status != EXIT_DONE) {
        return status;
    }
    if (error == OSERROR_NONE) {
        status = contents_load(report, &putting.contents); /* no other writer is to wait for it */
    }
    uint64_t deadline = hold_deadline(options, HOLD_PATIENCE);
    uint64_t linger = 0;
    while (status == EXIT_DONE) {
        status = put_once(&putting, deadline);
        if (!putting.again) {
            break;
        }
        if (putting.is_last) {
            status = put_in_vain(&putting);
            break;
        }
        linger = linger == 0 ? hold_linger(deadline) : linger;
        putting.is_last = hold_is_over(linger);
        status = EXIT_DONE;
    }
    contents_close(&putting.contents);
    return status;
}
