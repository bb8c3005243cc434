/* writer.c - creates a value and holds it; --put. */
#include "writer/writer.h"

#include <inttypes.h>

#include "common/console/explain.h"
#include "common/memory/trailer.h"
#include "common/memory/value.h"
#include "writer/background.h"
#include "writer/contents.h"
#include "writer/hold.h"
#include "writer/options.h"
#include "writer/release.h"
#include "writer/send.h"
#include "writer/update.h"

/* How large the section is to be: for the contents or --size, with the trailer, and a second slot unless --sealed. */
static enum status plan(const struct report *report, const struct writer_options *options,
                        const struct contents *contents, struct trailer_plan *plan)
{
    if (options->raw) {
        /* Exactly what was asked for: no slots, no trailer. */
        uint64_t size = options->size != 0 ? options->size : contents->length;
        if (size == 0) {
            return report_failure(report, EXIT_USAGE, OSERROR_NONE,
                                  "--raw: memory of 0 bytes cannot be had, and nothing was put in");
        }
        *plan = (struct trailer_plan){.section_size = size};
        return size <= TRAILER_CAPACITY_MAX ? EXIT_DONE : explain_no_memory(report, size, OSERROR_NONE);
    }
    uint64_t capacity = options->size != 0 ? options->size : contents->length;
    if (!trailer_plan(options->sealed ? WINSHM_SEALED : WINSHM_VALUE, capacity, options->size == 0, plan)) {
        return explain_no_memory(report, capacity, OSERROR_NONE);
    }
    plan->reads = options->reads;
    return EXIT_DONE;
}

/* Put the contents into the fresh section, and make them known. */
static enum status fill(const struct report *report, const struct writer_options *options, struct hold *hold,
                        struct contents *contents)
{
    enum status status = contents_move(report, contents, value_contents(&hold->mapping));
    if (status == EXIT_DONE) {
        /* From before anybody can see the value Ctrl+C ends us well; but an input that is slow can be given up. */
        oserror error = interrupt_catch();
        if (error != OSERROR_NONE) {
            status = report_failure(report, EXIT_SYSTEM, error, "cannot take care of Ctrl+C");
        }
    }
    if (options->raw) {
        view_unmap(&hold->mapping.view);
    } else if (status == EXIT_DONE) {
        hold->ends = true;
        value_publish(&hold->mapping, contents->length, contents->text);
    }
    return status;
}

static void say_holding(const struct report *report, uint64_t length, uint64_t hold_for)
{
    if (hold_for == CLOCK_NEVER) {
        report_note(report, "holding %" PRIu64 " bytes until Ctrl+C", length);
    } else {
        report_note(report, "holding %" PRIu64 " bytes for %" PRIu64 ".%03u s or until Ctrl+C", length, hold_for / 1000,
                    (unsigned)(hold_for % 1000));
    }
}

/*
 * Hold NAME: here until it is to be let go, or in the background. `writer` is
 * owned until it is held. EXIT_CONFLICT comes without a message if NAME was there
 * before, and another process holds it now.
 */
static enum status keep(const struct report *report, const struct writer_options *options, struct hold *hold,
                        uint64_t length)
{
    if (options->detach || options->verb == VERB_PUT) {
        enum status started = background_start(report, options, hold);
        return started == EXIT_CONFLICT && hold->ends ? hold_explain_owned(report) : started;
    }
    enum status status = hold_begin(report, hold->deadline, hold);
    if (status == EXIT_DONE) {
        mutex_release(hold->writer);
        say_holding(report, length, options->hold_for);
        status = hold_wait(report, options, hold);
    }
    return status;
}

static enum status create(struct writer *writer)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;
    struct contents contents;
    struct trailer_plan planned = {0};
    enum status status = access_decide(report, options, &writer->access);
    if (status == EXIT_DONE) {
        status = hold_check(report, options->name);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    status = contents_gather(report, options, options->size != 0 ? options->size : UINT64_MAX, &contents);
    if (status != EXIT_DONE) {
        return status;
    }
    struct hold hold = {.deadline = hold_deadline(options, HOLD_PATIENCE), .access = &writer->access};
    status = plan(report, options, &contents, &planned);
    if (status == EXIT_DONE) {
        status = hold_make(report, options, &planned, &hold);
    }
    if (status == EXIT_DONE) {
        status = fill(report, options, &hold, &contents);
    }
    uint64_t length = contents.length;
    contents_close(&contents); /* the input is not kept open while we hold */
    if (status == EXIT_DONE) {
        status = keep(report, options, &hold, length);
    }
    hold_close(&hold);
    return status;
}

/* ---- Putting ----------------------------------------------------------------------------------------------------- */

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
    enum status status = plan(putting->report, putting->options, &putting->contents, &planned);
    if (status == EXIT_DONE) {
        status = hold_create(putting->report, putting->options, &planned, hold, &putting->attempt);
        putting->again = putting->attempt != HOLD_SETTLED;
    }
    if (status == EXIT_DONE) {
        status = fill(putting->report, putting->options, hold, &putting->contents);
    }
    return status == EXIT_DONE ? keep(putting->report, putting->options, hold, putting->contents.length) : status;
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
            status = keep(report, options, hold, putting->contents.length);
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

static enum status put(struct writer *writer)
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

static enum status run(struct writer *writer)
{
    switch (writer->options->verb) {
    case VERB_CREATE:
        return create(writer);
    case VERB_UPDATE:
        return update_run(writer);
    case VERB_PUT:
        return put(writer);
    case VERB_STREAM:
        return send_run(writer);
    case VERB_RELEASE:
        return release_run(writer);
    case VERB_BACKGROUND:
        return background_run(writer->report, writer->options);
    }
    return EXIT_SYSTEM;
}

enum status writer_main(int count, char **arguments)
{
    struct report report = {.program = "shmwrite"};
    struct writer_options options;
    enum status status = writer_options_parse(count, arguments, &report, &options);
    if (status != EXIT_DONE) {
        return status;
    }
    if (options.common.help) {
        return report_print(&report, writer_options_usage);
    }
    if (options.common.version) {
        return command_print_version(&report);
    }
    struct writer writer = {.report = &report, .options = &options};
    return run(&writer);
}
