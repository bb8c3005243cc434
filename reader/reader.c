#include "reader.h"

#include <string.h>

#include "duration.h"
#include "explain.h"
#include "options.h"
#include "output.h"
#include "print.h"
#include "trailer.h"

/* How often a name that is waited for is looked at, in milliseconds: a section cannot be waited on. */
#define LOOK_EVERY 20

/* What was seen under the name. */
struct sight {
    object *section;
    struct mapping mapping; /* at least its view */
    enum trailer_verdict verdict;
    oserror open_error; /* why there is no section */
    oserror map_error;  /* why there is no view */
};

static void sight_close(struct sight *sight)
{
    view_unmap(&sight->mapping.view);
    object_close(sight->section);
    *sight = (struct sight){0};
}

static void look(const char *name, struct sight *sight)
{
    struct view view;
    *sight = (struct sight){0};
    sight->open_error = section_open(name, ACCESS_READ, &sight->section);
    if (sight->open_error != OSERROR_NONE) {
        return;
    }
    sight->map_error = view_map(sight->section, ACCESS_READ, &view);
    if (sight->map_error == OSERROR_NONE) {
        sight->verdict = trailer_attach(&view, &sight->mapping);
    }
}

static bool is_zero(const struct view *view)
{
    /* A range is all zeros if its first byte is, and each equals the next. */
    return view->committed == 0 || (view->base[0] == 0 && memcmp(view->base, view->base + 1, view->committed - 1) == 0);
}

/* Is there nothing to be read yet? Then waiting may help. */
static bool is_nothing(const struct sight *sight)
{
    if (sight->open_error != OSERROR_NONE || sight->map_error != OSERROR_NONE) {
        return sight->open_error == OSERROR_FILE_NOT_FOUND;
    }
    return sight->verdict == TRAILER_FILLING || (sight->verdict == TRAILER_FOREIGN && is_zero(&sight->mapping.view));
}

/* Look, and with --wait look again until there is something or the time is up. */
static enum status find(const struct report *report, const struct reader_options *options, struct sight *sight)
{
    uint64_t deadline = duration_from(clock_now(), options->common.timeout);
    for (;;) {
        look(options->name, sight);
        if (!options->wait || !is_nothing(sight)) {
            return STATUS_DONE;
        }
        sight_close(sight);
        uint64_t now = clock_now();
        if (now >= deadline) {
            return report_failure(report, STATUS_TIMED_OUT, OSERROR_NONE, "the time is up, and there is nothing yet");
        }
        uint64_t next = duration_from(now, LOOK_EVERY);
        (void)wait_any(NULL, 0, next < deadline ? next : deadline);
    }
}

static enum status print(const struct report *report, const struct reader_options *options, const struct sight *sight,
                         struct output *output)
{
    if (sight->open_error != OSERROR_NONE) {
        return explain_open(report, options->name, sight->open_error);
    }
    if (sight->map_error != OSERROR_NONE) {
        return explain_map(report, sight->map_error);
    }
    if (is_nothing(sight)) {
        return explain_verdict(report, TRAILER_FILLING);
    }
    if (options->raw) {
        return print_raw(&sight->mapping.view, output);
    }
    switch (sight->verdict) {
    case TRAILER_FOREIGN:
        return print_foreign(report, options, &sight->mapping.view, output);
    case TRAILER_OURS:
        if (sight->mapping.kind != WINSHM_STREAM) {
            return print_value(report, options, &sight->mapping, output);
        }
        return explain_verdict(report, TRAILER_NEWER);
    case TRAILER_FILLING:
    case TRAILER_NEWER:
    case TRAILER_DAMAGED:
        break;
    }
    return explain_verdict(report, sight->verdict);
}

static enum status run(const struct report *report, const struct reader_options *options)
{
    /* An output that cannot be written is told at once, not after having waited for NAME. */
    struct output output;
    enum status status = output_open(report, options->output, &output);
    if (status != STATUS_DONE) {
        return status;
    }

    struct sight sight = {0};
    status = find(report, options, &sight);
    if (status == STATUS_DONE) {
        status = print(report, options, &sight, &output);
    }
    sight_close(&sight);
    if (status == STATUS_DONE) {
        status = output_finish(&output);
    }
    output_close(&output);
    return status;
}

enum status reader_main(int count, char **arguments)
{
    struct report report = {.program = "shmread"};
    struct reader_options options;
    enum status status = reader_options_parse(count, arguments, &report, &options);
    if (status != STATUS_DONE) {
        return status;
    }
    if (options.common.help) {
        return report_print(&report, reader_options_usage);
    }
    if (options.common.version) {
        return report_print(&report, "shmread " COMMAND_VERSION "\n");
    }
    return run(&report, &options);
}
