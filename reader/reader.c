#include "reader.h"

#include <string.h>

#include "duration.h"
#include "explain.h"
#include "holder.h"
#include "list.h"
#include "options.h"
#include "output.h"
#include "print.h"
#include "receive.h"
#include "stat.h"
#include "trailer.h"

/* How often a name that is waited for is looked at, in milliseconds: a section cannot be waited on. */
#define LOOK_EVERY 20

/* What was seen under the name. */
struct sight {
    object *section;
    object *lock;           /* the mutex that goes with another program's memory, if one was named */
    struct mapping mapping; /* at least its view */
    enum trailer_verdict verdict;
    oserror open_error; /* why there is no section */
    oserror map_error;  /* why there is no view */
    oserror lock_error; /* why there is no mutex */
};

static void sight_close(struct sight *sight)
{
    view_unmap(&sight->mapping.view);
    object_close(sight->lock);
    object_close(sight->section);
    *sight = (struct sight){0};
}

/* Memory of a file is described without a look at its contents: see describe_take(). */
static bool is_untouched(const struct reader_options *options, const struct view *view)
{
    struct section_facts facts;
    if (options->verb != VERB_STAT) {
        return false;
    }
    return section_facts(options->name, &facts) == OSERROR_NONE ? facts.is_file : view_is_file(view);
}

static void look(const struct reader_options *options, struct sight *sight)
{
    struct view view;
    *sight = (struct sight){0};
    sight->open_error = section_open(options->name, ACCESS_READ, &sight->section);
    if (sight->open_error != OSERROR_NONE) {
        return;
    }
    sight->map_error = view_map(sight->section, ACCESS_READ, &view);
    if (sight->map_error == OSERROR_NONE && is_untouched(options, &view)) {
        sight->mapping.view = view;
        sight->verdict = TRAILER_FOREIGN;
    } else if (sight->map_error == OSERROR_NONE) {
        sight->verdict = trailer_attach(&view, &sight->mapping);
        if (options->lock[0] != '\0' && !trailer_is_ours(sight->verdict)) {
            sight->lock_error = mutex_open(options->lock, &sight->lock);
        }
    }
}

/* Is there nothing to be read yet? Then waiting may help. */
static bool is_nothing(const struct sight *sight)
{
    if (sight->open_error != OSERROR_NONE || sight->map_error != OSERROR_NONE) {
        return sight->open_error == OSERROR_FILE_NOT_FOUND;
    }
    if (sight->lock_error != OSERROR_NONE) {
        return sight->lock_error == OSERROR_FILE_NOT_FOUND;
    }
    return sight->verdict == TRAILER_FILLING || sight->verdict == TRAILER_RELEASED || sight->verdict == TRAILER_EMPTY;
}

/* Let some time pass between two looks. */
static enum status pause(const struct report *report, uint64_t now, uint64_t milliseconds, uint64_t deadline)
{
    uint64_t next = duration_from(now, milliseconds);
    struct waited paused = wait_any(NULL, 0, next < deadline ? next : deadline);
    return paused.how != WAITED_FAILED ? EXIT_DONE
                                       : report_failure(report, EXIT_SYSTEM, paused.error, "cannot wait for it");
}

/* Look, and with --wait look again until there is something or the time is up. */
static enum status find(const struct report *report, const struct reader_options *options, uint64_t deadline,
                        struct sight *sight)
{
    for (;;) {
        look(options, sight);
        if (!options->wait || !is_nothing(sight)) {
            return EXIT_DONE;
        }
        sight_close(sight);
        uint64_t now = clock_now();
        if (now >= deadline) {
            return report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE, "the time is up, and there is nothing yet");
        }
        enum status status = pause(report, now, LOOK_EVERY, deadline);
        if (status != EXIT_DONE) {
            return status;
        }
    }
}

/* Say why what was seen cannot be printed. */
static enum status explain(const struct report *report, const struct reader_options *options, const struct sight *sight)
{
    if (sight->open_error != OSERROR_NONE) {
        return explain_open(report, options->name, sight->open_error);
    }
    if (sight->map_error != OSERROR_NONE) {
        return explain_map(report, sight->map_error);
    }
    if (sight->lock_error != OSERROR_NONE) {
        return explain_mutex(report, options->lock, sight->lock_error);
    }
    return explain_verdict(report, sight->verdict);
}

static bool can_be_printed(const struct reader_options *options, const struct sight *sight)
{
    return sight->open_error == OSERROR_NONE && sight->map_error == OSERROR_NONE && sight->lock_error == OSERROR_NONE &&
           (sight->verdict == TRAILER_FOREIGN || sight->verdict == TRAILER_OURS ||
            (options->raw && sight->verdict >= TRAILER_NEWER));
}

/* A stream has a reader, who writes too: it is opened anew, and only once. */
static bool is_stream(const struct reader_options *options, const struct sight *sight)
{
    return sight->verdict == TRAILER_OURS && sight->mapping.kind == WINSHM_STREAM && !options->raw;
}

/* What is ours is whole without the help of a mutex, and there is none that its updaters would wait for. */
static enum status refuse_lock(const struct report *report, const struct reader_options *options,
                               const struct sight *sight)
{
    if (options->lock[0] != '\0' && trailer_is_ours(sight->verdict)) {
        return report_failure(report, EXIT_USAGE, OSERROR_NONE, "was made by shmwrite: it needs no lock");
    }
    return EXIT_DONE;
}

/* Take what stands in the memory, with the lock that goes with it, if there is one. */
static enum status take(const struct report *report, const struct reader_options *options, const struct sight *sight,
                        bool kept, uint64_t deadline, struct print_part *part)
{
    struct lock lock = {.name = options->lock, .mutex = sight->lock, .deadline = deadline};
    return print_take(report, options, &sight->mapping.view, sight->lock != NULL ? &lock : NULL, kept, part);
}

/* ---- Once -------------------------------------------------------------------------------------------------------- */

/* Print what stands in the memory. With `may_be_empty`, not if it is nothing but zeros: then that is said. */
static enum status print_memory(const struct report *report, const struct reader_options *options,
                                const struct sight *sight, bool may_be_empty, uint64_t deadline, struct output *output)
{
    struct print_part part;
    enum status status = take(report, options, sight, false, deadline, &part);
    if (status == EXIT_DONE) {
        status = may_be_empty && trailer_is_zero(part.bytes, part.size) ? explain_verdict(report, TRAILER_EMPTY)
                                                                        : print_part(options, &part, output);
        memory_give(part.copy);
    }
    return status;
}

static enum status print(const struct report *report, const struct reader_options *options, const struct sight *sight,
                         uint64_t deadline, struct output *output)
{
    /* What seems to be empty may be just being filled, by a maker who holds the mutex. */
    bool may_be_empty = sight->lock != NULL && sight->verdict == TRAILER_EMPTY;
    if (!can_be_printed(options, sight) && !may_be_empty) {
        return explain(report, options, sight);
    }
    if (sight->verdict == TRAILER_OURS && !options->raw) {
        uint64_t sequence;
        return print_value(report, options, &sight->mapping, deadline, output, &sequence);
    }
    return print_memory(report, options, sight, may_be_empty, deadline, output);
}

static enum status print_once(const struct report *report, const struct reader_options *options, struct output *output)
{
    struct sight sight = {0};
    uint64_t deadline = duration_from(clock_now(), options->common.timeout);
    enum status status = find(report, options, deadline, &sight);
    if (status == EXIT_DONE) {
        status = refuse_lock(report, options, &sight);
    }
    if (status == EXIT_DONE && is_stream(options, &sight)) {
        sight_close(&sight);
        return receive_run(report, options, output);
    }
    if (status == EXIT_DONE) {
        status = print(report, options, &sight, deadline, output);
    }
    sight_close(&sight);
    if (status == EXIT_DONE) {
        status = output_finish(output);
    }
    if (status == EXIT_DONE) {
        (void)holder_count_read(options->name);
    }
    return status;
}

/* ---- Again and again --------------------------------------------------------------------------------------------- */

/* What was printed last. */
struct seen {
    bool any;
    uint64_t created; /* ours: which value, and which of its contents */
    uint32_t creator;
    uint64_t sequence;
    struct print_part part; /* the memory as it stands: the bytes */
};

/* Print a value of ours if it is not the one that was seen last. */
static enum status follow_value(const struct report *report, const struct reader_options *options,
                                const struct sight *sight, uint64_t deadline, struct output *output, struct seen *seen,
                                bool *is_new)
{
    const struct mapping *mapping = &sight->mapping;
    struct value_look look;
    if (!value_look(mapping, &look)) {
        return explain_verdict(report, TRAILER_DAMAGED);
    }
    uint64_t sequence = value_sequence(&look);
    *is_new = !seen->any || mapping->created != seen->created || mapping->creator != seen->creator ||
              sequence != seen->sequence;
    if (!*is_new) {
        return EXIT_DONE;
    }
    enum status status = options->raw ? print_memory(report, options, sight, false, deadline, output)
                                      : print_value(report, options, mapping, deadline, output, &sequence);
    seen->created = mapping->created;
    seen->creator = mapping->creator;
    seen->sequence = sequence;
    return status;
}

/* The same for another program's memory: it has no numbers, so its bytes are compared. */
static enum status follow_foreign(const struct report *report, const struct reader_options *options,
                                  const struct sight *sight, uint64_t deadline, struct output *output,
                                  struct seen *seen, bool *is_new)
{
    struct print_part part;
    enum status status = take(report, options, sight, true, deadline, &part);
    if (status != EXIT_DONE) {
        return status;
    }
    *is_new = seen->part.bytes == NULL || part.size != seen->part.size ||
              memcmp(part.bytes, seen->part.bytes, part.size) != 0;
    if (*is_new) {
        status = print_part(options, &part, output);
        memory_give(seen->part.copy);
        seen->part = part;
    } else {
        memory_give(part.copy);
    }
    return status;
}

/* Look once. *is_new says whether something was printed. */
static enum status follow_look(const struct report *report, const struct reader_options *options,
                               const struct sight *sight, uint64_t deadline, struct output *output, struct seen *seen,
                               bool *is_new)
{
    output->at_line_start = false; /* each value has a line of its own, an empty one too */
    enum status status = refuse_lock(report, options, sight);
    if (status == EXIT_DONE) {
        status = sight->verdict == TRAILER_OURS
                     ? follow_value(report, options, sight, deadline, output, seen, is_new)
                     : follow_foreign(report, options, sight, deadline, output, seen, is_new);
    }
    if (status == EXIT_DONE && *is_new) {
        status = output_end_value(output, true);
    }
    return status;
}

/*
 * Between two looks nothing is kept open, so that nobody's memory lives on because of us, and the end of NAME is seen.
 */
static enum status follow(const struct report *report, const struct reader_options *options, struct output *output)
{
    struct seen seen = {0};
    uint64_t deadline = duration_from(clock_now(), options->common.timeout);
    enum status status;
    for (;;) {
        struct sight sight;
        bool is_new = false;
        look(options, &sight);
        bool is_gone = sight.open_error == OSERROR_FILE_NOT_FOUND;
        if (is_stream(options, &sight)) {
            status = refuse_lock(report, options, &sight);
            sight_close(&sight);
            status = status == EXIT_DONE ? receive_run(report, options, output) : status;
            break;
        }
        if (can_be_printed(options, &sight)) {
            status = follow_look(report, options, &sight, deadline, output, &seen, &is_new);
        } else if (is_nothing(&sight) && (seen.any ? !is_gone : options->wait)) {
            status = EXIT_DONE; /* not yet, or not again yet */
        } else if (seen.any && is_gone) {
            break; /* the end */
        } else {
            status = explain(report, options, &sight);
        }
        sight_close(&sight);
        if (status != EXIT_DONE) {
            break;
        }

        uint64_t now = clock_now();
        if (is_new) {
            seen.any = true;
            (void)holder_count_read(options->name);
            deadline = duration_from(now, options->common.timeout);
        } else if (now >= deadline) {
            status = report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE, "the time is up, and there is nothing new");
            break;
        }
        status = pause(report, now, options->interval, deadline);
        if (status != EXIT_DONE) {
            break;
        }
    }
    memory_give(seen.part.copy);
    return status;
}

/* ---- Describing -------------------------------------------------------------------------------------------------- */

/* What was waited for stays while it is described. */
static enum status describe(const struct report *report, const struct reader_options *options, struct output *output)
{
    struct sight sight = {0};
    uint64_t deadline = duration_from(clock_now(), options->common.timeout);
    enum status status = options->wait ? find(report, options, deadline, &sight) : EXIT_DONE;
    if (status == EXIT_DONE) {
        status = stat_run(report, options, output);
    }
    sight_close(&sight);
    return status;
}

static enum status act(const struct report *report, const struct reader_options *options, struct output *output)
{
    switch (options->verb) {
    case VERB_PRINT:
        return print_once(report, options, output);
    case VERB_FOLLOW:
        return follow(report, options, output);
    case VERB_STAT:
        return describe(report, options, output);
    case VERB_LIST:
        return list_run(report, options, output);
    }
    return EXIT_DONE;
}

static enum status run(const struct report *report, const struct reader_options *options)
{
    /* An output that cannot be written is told at once, not after having waited for NAME. */
    struct output output;
    enum status status = output_open(report, options->output, options->message_box, &output);
    if (status == EXIT_DONE) {
        output.box.timeout = options->common.timeout;
        status = act(report, options, &output);
        output_close(&output);
    }
    return status;
}

enum status reader_main(int count, char **arguments)
{
    struct report report = {.program = "shmread"};
    struct reader_options options;
    enum status status = reader_options_parse(count, arguments, &report, &options);
    if (status != EXIT_DONE) {
        return status;
    }
    if (options.common.help) {
        return report_print(&report, reader_options_usage);
    }
    if (options.common.version) {
        return command_print_version(&report);
    }
    return run(&report, &options);
}
