/* create.c - creates a value and holds it. */
#include "writer/create.h"

#include <inttypes.h>

#include "common/console/explain.h"
#include "common/memory/value.h"
#include "writer/background.h"
#include "writer/existing.h"
#include "writer/patience.h"

enum status create_plan(const struct writer *writer, uint64_t length, struct trailer_plan *plan)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;
    uint64_t capacity = options->size != 0 ? options->size : length;
    if (options->raw && capacity == 0) {
        return report_failure(report, EXIT_USAGE, OSERROR_NONE,
                              "--raw: memory of 0 bytes cannot be had, and nothing was put in");
    }
    if (options->raw) {
        *plan = (struct trailer_plan){.section_size = capacity};
        return capacity <= TRAILER_CAPACITY_MAX ? EXIT_DONE : explain_no_memory(report, capacity, OSERROR_NONE);
    }
    if (!trailer_plan(options->sealed ? WINSHM_SEALED : WINSHM_VALUE, capacity, options->size == 0, plan)) {
        return explain_no_memory(report, capacity, OSERROR_NONE);
    }
    plan->reads = options->reads;
    return EXIT_DONE;
}

enum status create_catch_interrupt(const struct writer *writer)
{
    oserror error = interrupt_catch();
    return error == OSERROR_NONE ? EXIT_DONE
                                 : report_failure(writer->report, EXIT_SYSTEM, error, "cannot take care of Ctrl+C");
}

void create_publish(const struct writer *writer, const struct contents *contents, struct hold *hold)
{
    if (writer->options->raw) {
        view_unmap(&hold->mapping.view);
        return;
    }
    hold->ends = true;
    value_publish(&hold->mapping, contents->length, contents->text);
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

enum status create_keep(const struct writer *writer, uint64_t length, struct hold *hold)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;
    if (options->detach || options->verb == VERB_PUT) {
        enum status started = background_start(writer, hold);
        return started == EXIT_CONFLICT && hold->ends ? hold_explain_owned(report) : started;
    }
    enum status status = hold_begin(writer, hold);
    if (status != EXIT_DONE) {
        return status;
    }
    (void)object_signal(hold->writer, SIGNAL_RELEASE);
    say_holding(report, length, options->hold_for);
    return hold_wait(writer, hold);
}

/* Create NAME with the contents, from the first step to publication. */
static enum status create_value(const struct writer *writer, struct contents *contents, struct hold *hold)
{
    struct trailer_plan plan;
    enum status status = create_plan(writer, contents->length, &plan);
    if (status == EXIT_DONE) {
        status = hold_make(writer, &plan, hold);
    }
    if (status == EXIT_DONE) {
        status = contents_move(writer->report, contents, value_contents(&hold->mapping));
    }
    if (status == EXIT_DONE) {
        status = create_catch_interrupt(writer);
    }
    if (status == EXIT_DONE) {
        create_publish(writer, contents, hold);
    }
    return status;
}

enum status create_run(struct writer *writer)
{
    struct contents contents;
    enum status status = access_decide(writer);
    if (status == EXIT_DONE) {
        status = existing_check(writer);
    }
    if (status == EXIT_DONE) {
        status = contents_gather(writer, &contents);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    writer->deadline = patience_deadline(writer->options, PATIENCE_MS);
    struct hold hold = {0};
    status = create_value(writer, &contents, &hold);
    uint64_t length = contents.length;
    contents_close(&contents); /* the input is not kept open while we hold */
    if (status == EXIT_DONE) {
        status = create_keep(writer, length, &hold);
    }
    hold_close(&hold);
    return status;
}
