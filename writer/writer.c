#include "writer.h"

#include <inttypes.h>

#include "background.h"
#include "contents.h"
#include "duration.h"
#include "explain.h"
#include "hold.h"
#include "options.h"
#include "release.h"
#include "send.h"
#include "trailer.h"
#include "update.h"
#include "value.h"

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
    return EXIT_DONE;
}

/* Put the contents into the fresh section, and make them known. */
static enum status fill(const struct report *report, const struct writer_options *options,
                        const struct trailer_plan *plan, object *section, struct contents *contents)
{
    struct view view;
    oserror error = view_map(section, ACCESS_WRITE, &view);
    if (error != OSERROR_NONE) {
        return explain_map(report, error);
    }

    struct mapping mapping = {.view = view};
    if (!options->raw) {
        trailer_begin(&view, plan, &mapping);
    }
    enum status status = contents_move(report, contents, value_contents(&mapping));
    if (status == EXIT_DONE) {
        /* From before anybody can see the value Ctrl+C ends us well; but an input that is slow can be given up. */
        error = interrupt_catch();
        if (error != OSERROR_NONE) {
            status = report_failure(report, EXIT_SYSTEM, error, "cannot take care of Ctrl+C");
        }
    }
    if (status == EXIT_DONE && !options->raw) {
        value_publish(&mapping, contents->length, contents->text);
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

/*
 * Create NAME with the contents. With `exists`, a NAME that exists is not told but reported there. On success `hold`
 * has it, to be held.
 */
static enum status make(const struct report *report, const struct writer_options *options, struct contents *contents,
                        bool *exists, struct hold *hold)
{
    struct trailer_plan planned = {0};
    enum status status = plan(report, options, contents, &planned);
    if (status != EXIT_DONE) {
        return status;
    }
    status = hold_create(report, options, planned.section_size, exists, hold);
    if (status != EXIT_DONE) {
        return status;
    }

    status = fill(report, options, &planned, hold->section, contents);
    if (status != EXIT_DONE) {
        hold_close(hold);
    }
    return status;
}

/* Hold what was made: here until it is to be let go, or in the background. */
static enum status keep(const struct report *report, const struct writer_options *options, struct hold *hold,
                        uint64_t length)
{
    enum status status;
    if (options->detach || options->verb == VERB_PUT) {
        status = background_start(report, options, hold);
    } else {
        status = hold_begin(report, options, hold);
        if (status == EXIT_DONE) {
            mutex_release(hold->writer);
            say_holding(report, length, options->hold_for);
            status = hold_wait(report, options, hold);
        }
    }
    hold_close(hold);
    return status;
}

static enum status create(const struct report *report, const struct writer_options *options)
{
    struct contents contents;
    struct hold hold;
    enum status status = hold_check(report, options->name);
    if (status != EXIT_DONE) {
        return status;
    }
    status = contents_gather(report, options, options->size != 0 ? options->size : UINT64_MAX, &contents);
    if (status != EXIT_DONE) {
        return status;
    }
    status = make(report, options, &contents, NULL, &hold);
    uint64_t length = contents.length;
    contents_close(&contents); /* the input is not kept open while we hold */
    return status == EXIT_DONE ? keep(report, options, &hold, length) : status;
}

/* Update NAME, which was there a moment ago. If its holder is gone, hold it again. */
static enum status put_into(const struct report *report, const struct writer_options *options, object *section,
                            struct contents *contents, uint64_t deadline, enum trailer_verdict *verdict)
{
    struct hold hold = {.section = section};
    bool vacant = false;
    enum status status = update_section(report, options, section, contents, deadline, verdict, &hold.writer);
    if (status == EXIT_DONE) {
        status = hold_take_over(report, options, &hold, &vacant);
    }
    if (status == EXIT_DONE && vacant) {
        return keep(report, options, &hold, contents->length);
    }
    hold_close(&hold);
    return status;
}

/*
 * NAME may come and go while this is done: it is opened, or else created, until one of both succeeds. Somebody else's
 * half-made NAME is given the same time as a lingering one; then something is wrong with it.
 */
static enum status put(const struct report *report, const struct writer_options *options)
{
    struct contents contents;
    enum status status = contents_gather(report, options, options->size != 0 ? options->size : UINT64_MAX, &contents);
    if (status != EXIT_DONE) {
        return status;
    }

    uint64_t patience = hold_linger(options);
    uint64_t deadline = hold_deadline(options, HOLD_PATIENCE);
    for (;;) {
        object *section = NULL;
        bool exists = false;
        enum trailer_verdict verdict = TRAILER_OURS;
        oserror error = section_open(options->name, ACCESS_WRITE, &section);
        if (error == OSERROR_NONE) {
            status = put_into(report, options, section, &contents, deadline, &verdict);
        } else if (error == OSERROR_FILE_NOT_FOUND) {
            struct hold hold;
            status = make(report, options, &contents, &exists, &hold);
            if (status == EXIT_DONE) {
                status = keep(report, options, &hold, contents.length);
            }
        } else {
            status = explain_open(report, options->name, error);
        }

        if (!exists && status != EXIT_NOTHING) {
            break;
        }
        if (clock_now() >= patience) {
            status = exists ? explain_create(report, options->name, 0, OSERROR_ALREADY_EXISTS)
                            : update_in_vain(report, verdict);
            break;
        }
        (void)wait_any(NULL, 0, duration_from(clock_now(), HOLD_LOOK_EVERY));
    }
    contents_close(&contents);
    return status;
}

static enum status run(const struct report *report, const struct writer_options *options)
{
    switch (options->verb) {
    case VERB_CREATE:
        return create(report, options);
    case VERB_UPDATE:
        return update_run(report, options);
    case VERB_PUT:
        return put(report, options);
    case VERB_STREAM:
        return send_run(report, options);
    case VERB_RELEASE:
        return release_run(report, options);
    case VERB_BACKGROUND:
        return background_run(report, options);
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
    return run(&report, &options);
}
