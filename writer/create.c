/* create.c - creates a value and holds it. */
#include "writer/create.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/console/explain.h"
#include "common/deadline.h"
#include "common/memory/value.h"
#include "common/text/size.h"
#include "writer/background.h"
#include "writer/existing.h"
#include "writer/patience.h"

enum status create_plan(const struct writer *writer, uint64_t length, struct trailer_plan *plan)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;
    bool is_as_large_as_contents = options->size == 0 && !options->lines;
    uint64_t capacity = is_as_large_as_contents ? length : options_line_room(options);
    if (options->raw && capacity == 0) {
        return report_failure(report, EXIT_USAGE, OSERROR_NONE,
                              "--raw: give --size or some contents: memory of 0 bytes cannot be created");
    }
    if (options->raw) {
        *plan = (struct trailer_plan){.section_size = capacity};
        return capacity <= TRAILER_CAPACITY_MAX ? EXIT_DONE : explain_no_memory(report, capacity, OSERROR_NONE);
    }
    if (!trailer_plan(options->sealed ? WINSHM_SEALED : WINSHM_VALUE, capacity, is_as_large_as_contents, plan)) {
        return explain_no_memory(report, capacity, OSERROR_NONE);
    }
    plan->reads = options->reads;
    return EXIT_DONE;
}

enum status create_catch_interrupt(const struct writer *writer)
{
    oserror error = interrupt_catch();
    return error == OSERROR_NONE ? EXIT_DONE
                                 : report_failure(writer->report, EXIT_SYSTEM, error, "cannot handle Ctrl+C");
}

void create_publish(const struct writer *writer, const struct contents *contents, struct hold *hold)
{
    if (writer->options->raw) {
        view_unmap(&hold->mapping.view);
        return;
    }
    hold->ends = writer->options->name;
    value_publish(&hold->mapping, contents_length(contents), contents->text);
}

/*
 * Print the size of the contents that this process holds, and the events that
 * end the holding.
 */
static void say_holding(const struct writer *writer, uint64_t length)
{
    const struct writer_options *options = writer->options;
    char size[SIZE_ROOM];
    char time[48] = "";
    char with[64] = "";
    char reads[48] = "";
    if (options->hold_for != CLOCK_NEVER) {
        (void)snprintf(time, sizeof time, " for %" PRIu64 ".%03u s or", options->hold_for / 1000,
                       (unsigned)(options->hold_for % 1000));
    }
    if (options->has_hold_with) {
        (void)snprintf(with, sizeof with, " until the process of --hold-with ends or");
    }
    if (options->reads != 0) {
        (void)snprintf(reads, sizeof reads, " for %" PRIu64 " complete %s or", options->reads,
                       options->reads == 1 ? "read" : "reads");
    }
    report_note(writer->report, "holding %s%s%s%s until Ctrl+C", size_print_exact(length, size), time, reads, with);
    const char *name = options->common.operands[0];
    if (writer_options_is_action(name)) {
        report_hint(writer->report, "%s is NAME here; the action is --%s", name, name);
    }
}

enum status create_keep(const struct writer *writer, uint64_t length, struct hold *hold)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;
    if (options->detach || options->verb == VERB_PUT) {
        enum status started = background_start(writer, hold);
        return started == EXIT_CONFLICT && hold->ends != NULL ? hold_explain_owned(report) : started;
    }
    enum status status = hold_begin(writer, hold);
    if (status != EXIT_DONE) {
        return status;
    }
    (void)object_signal(hold->writer, SIGNAL_RELEASE);
    say_holding(writer, length);
    return hold_wait(writer, hold);
}

enum status create_value(const struct writer *writer, struct contents *contents, struct hold *hold)
{
    struct trailer_plan plan;
    enum status status = create_plan(writer, contents_length(contents), &plan);
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
    if (status == EXIT_DONE && !writer->options->wait) {
        status = existing_check(writer);
    }
    if (status == EXIT_DONE) {
        status = contents_gather(writer, &contents);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    writer->deadline = patience_deadline(writer->options, writer->options->wait ? CLOCK_NEVER : PATIENCE_MS);
    struct hold hold = {0};
    status = create_value(writer, &contents, &hold);
    /* With --wait, --timeout limits only the wait for NAME. */
    writer->deadline =
        writer->options->wait ? deadline_in(PATIENCE_MS) : patience_deadline(writer->options, PATIENCE_MS);
    uint64_t length = contents_length(&contents);
    contents_close(&contents); /* do not keep the input open while this process holds NAME */
    if (status == EXIT_DONE) {
        status = create_keep(writer, length, &hold);
    }
    hold_close(&hold);
    return status;
}
