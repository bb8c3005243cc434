/* reader.c - finds, prints, follows and describes a name. */
#include "reader/reader.h"

#include <string.h>

#include "common/console/explain.h"
#include "common/deadline.h"
#include "common/memory/holder.h"
#include "common/memory/trailer.h"
#include "reader/list.h"
#include "reader/options.h"
#include "reader/output.h"
#include "reader/print.h"
#include "reader/receive.h"
#include "reader/stat.h"
#include "reader/turn.h"

/* How often a name that is waited for is looked at, in milliseconds: a section cannot be waited on. */
#define LOOK_EVERY 20

/* How long another reader may take that has its turn, in milliseconds, when neither --timeout nor --wait is given. */
#define TURN_PATIENCE 60000

/*
 * How long the holder may take to count a read, in milliseconds, also when the
 * time of --timeout went into the output: a read that is counted is not to fail.
 */
#define COUNT_LEAST 5000

/*
 * One look at NAME. There is no handle of the section: a handle would keep NAME
 * alive, the view keeps only the bytes.
 */
struct sight {
    struct turn turn;       /* while a read is counted */
    object *lock;           /* the mutex that goes with another program's memory, if one was named */
    struct mapping mapping; /* at least its view */
    enum trailer_verdict verdict;
    oserror open_error; /* why there is no section */
    oserror map_error;  /* why there is no view */
    oserror lock_error; /* why there is no mutex */
};

static void sight_close(struct sight *sight)
{
    turn_close(&sight->turn);
    view_unmap(&sight->mapping.view);
    object_close(sight->lock);
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
    object *section = NULL;
    *sight = (struct sight){0};
    sight->open_error = section_open(options->name, ACCESS_READ, &section);
    if (sight->open_error != OSERROR_NONE) {
        return;
    }
    sight->map_error = view_map(section, ACCESS_READ, &view);
    bool untouched = sight->map_error == OSERROR_NONE && is_untouched(options, &view);
    object_close(section);
    if (untouched) {
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
    uint64_t next = deadline_from(now, milliseconds);
    struct waited paused = deadline_sleep(next < deadline ? next : deadline);
    return paused.how != WAITED_FAILED ? EXIT_DONE
                                       : report_failure(report, EXIT_SYSTEM, paused.error, "cannot wait for it");
}

/* Whether the holder counts it when the value is printed: only reads of all of it are counted. */
static bool is_counted(const struct reader_options *options, const struct sight *sight)
{
    return sight->verdict == TRAILER_OURS && sight->mapping.kind != WINSHM_STREAM && sight->mapping.reads != 0 &&
           print_wants_all(options) && !options->text && !options->raw;
}

/*
 * Wait for the turn at a value with counted reads, before it is printed. One
 * that does not exist any more is seen as a name that does not exist.
 */
static enum status take_turn(const struct report *report, const struct reader_options *options, uint64_t deadline,
                             struct sight *sight)
{
    uint64_t patience = deadline_in(TURN_PATIENCE);
    bool is_patient = options->wait || options->verb == VERB_FOLLOW || deadline < patience;
    enum status status =
        turn_take(report, options->name, &sight->mapping, is_patient ? deadline : patience, &sight->turn);
    if (status == EXIT_DONE && !sight->turn.is_ours) {
        sight->open_error = OSERROR_FILE_NOT_FOUND;
    }
    return status;
}

/* The value was printed: a turn ends when the holder has counted that. */
static enum status end_turn(const struct report *report, uint64_t deadline, struct sight *sight)
{
    if (!sight->turn.is_ours) {
        return EXIT_DONE;
    }
    uint64_t now = clock_now();
    uint64_t least = deadline_from(now, COUNT_LEAST);
    uint64_t most = deadline_from(now, TURN_PATIENCE);
    return turn_count(report, &sight->turn, deadline > most ? most : deadline < least ? least : deadline);
}

/* Look, and with --wait look again until there is something or the time is up. */
static enum status find(const struct report *report, const struct reader_options *options, uint64_t deadline,
                        struct sight *sight)
{
    for (;;) {
        look(options, sight);
        enum status status = EXIT_DONE;
        if (options->verb == VERB_PRINT && is_counted(options, sight)) {
            status = take_turn(report, options, deadline, sight);
        }
        if (status != EXIT_DONE || !options->wait || !is_nothing(sight)) {
            return status;
        }
        sight_close(sight);
        uint64_t now = clock_now();
        if (now >= deadline) {
            return report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE, "the time is up, and there is nothing yet");
        }
        status = pause(report, now, LOOK_EVERY, deadline);
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

/* A stream has a reader, who writes too: it is opened again, for writing, and only once. */
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
        struct print_value value;
        enum print_verdict verdict = print_take_value(options, &sight->mapping, deadline, &value);
        enum status status = verdict == PRINT_TAKEN ? print_taken(report, options, &value, output)
                                                    : print_explain(report, options, verdict, &value);
        print_give(&value);
        return status;
    }
    return print_memory(report, options, sight, may_be_empty, deadline, output);
}

static enum status print_once(const struct report *report, const struct reader_options *options, struct output *output)
{
    struct sight sight = {0};
    uint64_t deadline = deadline_in(options->common.timeout);
    enum status status;
    bool has_vanished;
    do {
        sight_close(&sight);
        has_vanished = false;
        status = find(report, options, deadline, &sight);
        if (status == EXIT_DONE) {
            status = refuse_lock(report, options, &sight);
        }
        if (status == EXIT_DONE && is_stream(options, &sight)) {
            status = receive_run(report, options, &sight.mapping, output, &has_vanished);
            if (!has_vanished) {
                sight_close(&sight);
                return status;
            }
        }
    } while (has_vanished);
    if (status == EXIT_DONE) {
        status = print(report, options, &sight, deadline, output);
    }
    if (!sight.turn.is_ours) {
        sight_close(&sight); /* no memory of others is kept while a message box is shown */
    }
    if (status == EXIT_DONE) {
        status = output_finish(output);
    }
    if (status == EXIT_DONE) {
        status = end_turn(report, deadline, &sight);
    }
    sight_close(&sight);
    return status;
}

/* ---- Again and again --------------------------------------------------------------------------------------------- */

/* --follow under way. */
struct following {
    const struct report *report;
    const struct reader_options *options;
    struct output *output;
    uint64_t deadline; /* for the next value */
    bool any;          /* NAME was there, and this was the last of it: */
    uint64_t created;  /* ours: which value, and which of its contents */
    uint32_t creator;
    uint64_t sequence;
    struct print_part part; /* another program's memory, as it was */
};

/* The outcome of one look of --follow. */
enum follow_found {
    FOLLOW_OLD,     /* what was there the last time, or what cannot be printed */
    FOLLOW_PRINTED, /* a new value */
    FOLLOW_GONE     /* NAME went away at this moment */
};

/*
 * Take a value of ours, and print it. A value that ends before --offset, or that
 * an updater changes too fast, is passed over: the next one may be better.
 */
static enum status follow_take(struct following *following, const struct sight *sight, enum follow_found *found)
{
    struct print_value value;
    enum print_verdict verdict = print_take_value(following->options, &sight->mapping, following->deadline, &value);
    enum status status = EXIT_DONE;
    if (verdict == PRINT_TAKEN) {
        following->sequence = value_sequence(&value.look);
        status = print_taken(following->report, following->options, &value, following->output);
        *found = FOLLOW_PRINTED;
    } else if (verdict == PRINT_BEYOND) {
        following->sequence = value_sequence(&value.look);
        following->any = true;
    } else if (verdict != PRINT_RESTLESS) {
        status = print_explain(following->report, following->options, verdict, &value);
    }
    print_give(&value);
    return status;
}

/* Print a value of ours if it is not the one that was seen last. */
static enum status follow_value(struct following *following, struct sight *sight, enum follow_found *found)
{
    const struct mapping *mapping = &sight->mapping;
    struct value_look look;
    if (!value_look(mapping, &look)) {
        return explain_verdict(following->report, TRAILER_DAMAGED);
    }
    uint64_t sequence = value_sequence(&look);
    bool is_new = !following->any || mapping->created != following->created || mapping->creator != following->creator ||
                  sequence != following->sequence;
    if (!is_new) {
        return EXIT_DONE;
    }
    if (is_counted(following->options, sight)) {
        enum status status = take_turn(following->report, following->options, following->deadline, sight);
        if (status != EXIT_DONE || !sight->turn.is_ours) {
            *found = FOLLOW_GONE;
            return status;
        }
    }
    following->created = mapping->created;
    following->creator = mapping->creator;
    if (!following->options->raw) {
        return follow_take(following, sight, found);
    }
    following->sequence = sequence;
    *found = FOLLOW_PRINTED;
    return print_memory(following->report, following->options, sight, false, following->deadline, following->output);
}

/* The same for another program's memory: it has no numbers, so its bytes are compared. */
static enum status follow_foreign(struct following *following, const struct sight *sight, enum follow_found *found)
{
    struct print_part part;
    enum status status = take(following->report, following->options, sight, true, following->deadline, &part);
    if (status != EXIT_DONE) {
        return status;
    }
    const struct print_part *last = &following->part;
    if (last->bytes != NULL && part.size == last->size && memcmp(part.bytes, last->bytes, part.size) == 0) {
        memory_give(part.copy);
        return EXIT_DONE;
    }
    memory_give(following->part.copy);
    following->part = part;
    *found = FOLLOW_PRINTED;
    return print_part(following->options, &part, following->output);
}

/* Print what was seen, if it is new. */
static enum status follow_print(struct following *following, struct sight *sight, enum follow_found *found)
{
    following->output->at_line_start = false; /* each value has a line of its own, an empty one too */
    enum status status = refuse_lock(following->report, following->options, sight);
    if (status == EXIT_DONE) {
        status = sight->verdict == TRAILER_OURS ? follow_value(following, sight, found)
                                                : follow_foreign(following, sight, found);
    }
    if (status == EXIT_DONE && *found == FOLLOW_PRINTED) {
        status = output_end_value(following->output, true);
    }
    if (status == EXIT_DONE && *found == FOLLOW_PRINTED) {
        status = end_turn(following->report, following->deadline, sight);
    }
    return status;
}

/* One look. *is_over is set when NAME has gone away, or was a stream, which has ended. */
static enum status follow_look(struct following *following, struct sight *sight, enum follow_found *found,
                               bool *is_over)
{
    const struct reader_options *options = following->options;
    look(options, sight);
    if (is_stream(options, sight)) {
        enum status status = refuse_lock(following->report, options, sight);
        bool has_vanished = false;
        if (status == EXIT_DONE) {
            status = receive_run(following->report, options, &sight->mapping, following->output, &has_vanished);
        }
        *is_over = !has_vanished;
        return status;
    }
    if (can_be_printed(options, sight)) {
        enum status status = follow_print(following, sight, found);
        if (status != EXIT_DONE || *found != FOLLOW_GONE) {
            return status;
        }
    }
    bool is_gone = sight->open_error == OSERROR_FILE_NOT_FOUND || sight->verdict == TRAILER_RELEASED;
    if (is_gone && following->any) {
        *is_over = true;
        return EXIT_DONE;
    }
    if (is_nothing(sight) && (following->any || options->wait)) {
        return EXIT_DONE; /* not yet, or not again yet */
    }
    return explain(following->report, options, sight);
}

/*
 * Between two looks nothing is kept open, so that nobody's memory lives on because of us, and the end of NAME is seen.
 */
static enum status follow(const struct report *report, const struct reader_options *options, struct output *output)
{
    struct following following = {
        .report = report, .options = options, .output = output, .deadline = deadline_in(options->common.timeout)};
    enum status status;
    bool is_over = false;
    do {
        struct sight sight;
        enum follow_found found = FOLLOW_OLD;
        status = follow_look(&following, &sight, &found, &is_over);
        sight_close(&sight);
        if (status != EXIT_DONE || is_over) {
            break;
        }

        uint64_t now = clock_now();
        if (found == FOLLOW_PRINTED) {
            following.any = true;
            following.deadline = deadline_from(now, options->common.timeout);
        } else if (now >= following.deadline) {
            status = report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE, "the time is up, and there is nothing new");
            break;
        }
        status = pause(report, now, options->interval, following.deadline);
    } while (status == EXIT_DONE);
    memory_give(following.part.copy);
    return status;
}

/* ---- Describing -------------------------------------------------------------------------------------------------- */

/*
 * With --wait, wait until there is something. Nothing keeps NAME alive after
 * that, so it may go away before it is described: then wait for the next.
 */
static enum status describe(const struct report *report, const struct reader_options *options, struct output *output)
{
    uint64_t deadline = deadline_in(options->common.timeout);
    enum status status = EXIT_DONE;
    bool is_nothing_yet;
    do {
        struct sight sight = {0};
        if (options->wait) {
            status = find(report, options, deadline, &sight);
        }
        sight_close(&sight);
        is_nothing_yet = options->wait;
        if (status == EXIT_DONE) {
            status = stat_run(report, options, output, &is_nothing_yet);
        }
    } while (status == EXIT_DONE && is_nothing_yet);
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
