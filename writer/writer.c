#include "writer.h"

#include <inttypes.h>

#include "contents.h"
#include "explain.h"
#include "hold.h"
#include "options.h"
#include "trailer.h"
#include "value.h"

/* The bytes that the contents get: all of them must be addressable here, with the trailer and a second slot. */
static enum status plan(const struct report *report, const struct writer_options *options,
                        const struct contents *contents, struct trailer_plan *plan)
{
    if (options->raw) {
        /* A page-sized section of exactly what was asked: no slots, no trailer. */
        uint64_t size = options->size != 0 ? options->size : contents->length;
        if (size == 0) {
            return report_usage(report, "--raw: memory of 0 bytes cannot be had, and nothing was put in");
        }
        *plan = (struct trailer_plan){.capacity = size, .section_size = size};
        return size <= TRAILER_CAPACITY_MAX ? STATUS_DONE : explain_no_memory(report, size, OSERROR_NONE);
    }
    uint64_t capacity = options->size != 0 ? options->size : contents->length;
    if (!trailer_plan(WINSHM_VALUE, capacity, options->size == 0, plan)) {
        return explain_no_memory(report, capacity, OSERROR_NONE);
    }
    return STATUS_DONE;
}

/* Put the contents into the fresh section, and make them known. */
static enum status fill(const struct report *report, const struct writer_options *options,
                        const struct trailer_plan *plan, object *section, struct contents *contents)
{
    struct view view;
    oserror error = view_map(section, ACCESS_WRITE, &view);
    if (error == OSERROR_NOT_ENOUGH_MEMORY) {
        return explain_no_memory(report, plan->section_size, error);
    }
    if (error != OSERROR_NONE) {
        return explain_map(report, error);
    }

    enum status status;
    if (options->raw) {
        status = contents_move(report, contents, view.base);
    } else {
        struct mapping mapping;
        trailer_begin(&view, plan, &mapping);
        status = contents_move(report, contents, value_contents(&mapping));
        if (status == STATUS_DONE) {
            value_publish(&mapping, contents->length, contents->text);
        }
    }
    view_unmap(&view);
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

static enum status create(const struct report *report, const struct writer_options *options, struct contents *contents)
{
    struct trailer_plan planned = {0};
    struct hold hold;
    enum status status = plan(report, options, contents, &planned);
    if (status != STATUS_DONE) {
        return status;
    }
    status = hold_create(report, options->name, planned.section_size, &hold);
    if (status != STATUS_DONE) {
        return status;
    }

    /* From before anybody can see the value Ctrl+C ends us well, and the input is not kept open while we hold. */
    oserror error = interrupt_catch();
    if (error != OSERROR_NONE) {
        status = report_failure(report, STATUS_SYSTEM, error, "cannot take care of Ctrl+C");
    } else {
        status = fill(report, options, &planned, hold.section, contents);
    }
    uint64_t length = contents->length;
    contents_close(contents);

    if (status == STATUS_DONE) {
        say_holding(report, length, options->hold_for);
        status = hold_wait(report, &hold, options->hold_for);
    }
    hold_close(&hold);
    return status;
}

static enum status run(const struct report *report, const struct writer_options *options)
{
    struct contents contents;
    enum status status = hold_check(report, options->name);
    if (status != STATUS_DONE) {
        return status;
    }
    status = contents_gather(report, options, options->size != 0 ? options->size : UINT64_MAX, &contents);
    if (status != STATUS_DONE) {
        return status;
    }
    status = create(report, options, &contents);
    contents_close(&contents);
    return status;
}

enum status writer_main(int count, char **arguments)
{
    struct report report = {.program = "shmwrite"};
    struct writer_options options;
    enum status status = writer_options_parse(count, arguments, &report, &options);
    if (status != STATUS_DONE) {
        return status;
    }
    if (options.common.help) {
        return report_print(&report, writer_options_usage);
    }
    if (options.common.version) {
        return report_print(&report, "shmwrite " COMMAND_VERSION "\n");
    }
    return run(&report, &options);
}
