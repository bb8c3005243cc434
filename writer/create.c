/* create.c - creates a value and holds it. */
#include "writer/create.h"

#include <inttypes.h>

#include "common/console/explain.h"
#include "common/memory/value.h"
#include "writer/background.h"

/* How large the section is to be: for the contents or --size, with the trailer, and a second slot unless --sealed. */
enum status create_plan(const struct report *report, const struct writer_options *options,
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
enum status create_fill(const struct report *report, const struct writer_options *options, struct hold *hold,
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
enum status create_keep(const struct report *report, const struct writer_options *options, struct hold *hold,
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

enum status create_run(struct writer *writer)
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
    status = create_plan(report, options, &contents, &planned);
    if (status == EXIT_DONE) {
        status = hold_make(report, options, &planned, &hold);
    }
    if (status == EXIT_DONE) {
        status = create_fill(report, options, &hold, &contents);
    }
    uint64_t length = contents.length;
    contents_close(&contents); /* the input is not kept open while we hold */
    if (status == EXIT_DONE) {
        status = create_keep(report, options, &hold, length);
    }
    hold_close(&hold);
    return status;
}
