/* reader.c - finds, prints, follows and describes a name. */
#include "reader/reader.h"

#include <string.h>

#include "common/console/explain.h"
#include "common/deadline.h"
#include "common/memory/holder.h"
#include "common/memory/trailer.h"
#include "reader/context.h"
#include "reader/list.h"
#include "reader/print.h"
#include "reader/receive.h"
#include "reader/stat.h"
#include "reader/turn.h"

/* How often a name that is waited for is looked at, in milliseconds: a section cannot be waited on. */
#define LOOK_EVERY 20

/* ---- Finding ----------------------------------------------------------------------------------------------------- */

/*
 * One look at NAME. There is no handle of the section: a handle would keep NAME
 * alive, the view keeps only the bytes.
 */
struct found_memory {
    struct turn turn;       /* while a read is counted */
    object *lock;           /* the mutex that goes with another program's memory, if one was named */
    struct mapping mapping; /* at least its view */
    enum trailer_verdict verdict;
    oserror open_error; /* why there is no section */
    oserror map_error;  /* why there is no view */
    oserror lock_error; /* why there is no mutex */
};

static void find_close(struct found_memory *found)
{
    turn_close(&found->turn);
    view_unmap(&found->mapping.view);
    object_close(found->lock);
    *found = (struct found_memory){0};
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

static void find_look(const struct reader *reader, struct found_memory *found)
{
    const struct reader_options *options = reader->options;
    struct view view;
    object *section = NULL;
    *found = (struct found_memory){0};
    found->open_error = section_open(options->name, ACCESS_READ, &section);
    if (found->open_error != OSERROR_NONE) {
        return;
    }
    found->map_error = view_map(section, ACCESS_READ, &view);
    bool untouched = found->map_error == OSERROR_NONE && is_untouched(options, &view);
    object_close(section);
    if (found->map_error != OSERROR_NONE) {
        return;
    }
    if (untouched) {
        found->mapping.view = view;
        found->verdict = TRAILER_FOREIGN;
        return;
    }
    found->verdict = trailer_attach(&view, &found->mapping);
    if (options->lock[0] != '\0' && !trailer_is_ours(found->verdict)) {
        found->lock_error = mutex_open(options->lock, &found->lock);
    }
}

/* Return whether there is nothing to be read yet. Then waiting may help. */
static bool find_is_nothing(const struct found_memory *found)
{
    if (found->open_error != OSERROR_NONE || found->map_error != OSERROR_NONE) {
        return found->open_error == OSERROR_FILE_NOT_FOUND;
    }
    if (found->lock_error != OSERROR_NONE) {
        return found->lock_error == OSERROR_FILE_NOT_FOUND;
    }
    return found->verdict == TRAILER_FILLING || found->verdict == TRAILER_RELEASED || found->verdict == TRAILER_EMPTY;
}

/* Let some time pass between two looks. */
static enum status find_sleep(const struct reader *reader, uint64_t milliseconds)
{
    struct waited slept = deadline_sleep(deadline_within(milliseconds, reader->deadline));
    return slept.how != WAITED_FAILED ? EXIT_DONE
                                      : report_failure(reader->report, EXIT_SYSTEM, slept.error, "cannot wait for it");
}

/*
 * If the holder counts this read, wait for its turn. A value that does not exist
 * any more is seen as a name that does not exist.
 */
static enum status find_take_turn(const struct reader *reader, struct found_memory *found)
{
    if (found->verdict != TRAILER_OURS || !turn_is_counted(reader, &found->mapping)) {
        return EXIT_DONE;
    }
    enum status status = turn_take(reader, &found->mapping, &found->turn);
    if (status == EXIT_DONE && !found->turn.is_ours) {
        found->open_error = OSERROR_FILE_NOT_FOUND;
    }
    return status;
}

/* Look, and with --wait look again until there is something or the time is up. */
static enum status find_wait(const struct reader *reader, struct found_memory *found)
{
    for (;;) {
        find_look(reader, found);
        enum status status = reader->options->verb == VERB_PRINT ? find_take_turn(reader, found) : EXIT_DONE;
        if (status != EXIT_DONE || !reader->options->wait || !find_is_nothing(found)) {
            return status;
        }
        find_close(found);
        if (clock_now() >= reader->deadline) {
            return report_failure(reader->report, EXIT_TIMED_OUT, OSERROR_NONE,
                                  "the time is up, and there is nothing yet");
        }
        status = find_sleep(reader, LOOK_EVERY);
        if (status != EXIT_DONE) {
            return status;
        }
    }
}

/* Report why what was seen cannot be printed. */
static enum status find_explain(const struct reader *reader, const struct found_memory *found)
{
    if (found->open_error != OSERROR_NONE) {
        return explain_open(reader->report, reader->options->name, found->open_error);
    }
    if (found->map_error != OSERROR_NONE) {
        return explain_map(reader->report, found->map_error);
    }
    if (found->lock_error != OSERROR_NONE) {
        return explain_mutex(reader->report, reader->options->lock, found->lock_error);
    }
    return explain_verdict(reader->report, found->verdict);
}

static bool find_can_print(const struct reader_options *options, const struct found_memory *found)
{
    return found->open_error == OSERROR_NONE && found->map_error == OSERROR_NONE && found->lock_error == OSERROR_NONE &&
           (found->verdict == TRAILER_FOREIGN || found->verdict == TRAILER_OURS ||
            (options->raw && found->verdict >= TRAILER_NEWER));
}

/* A stream has a reader, who writes too: it is opened again, for writing, and only once. */
static bool find_is_stream(const struct reader_options *options, const struct found_memory *found)
{
    return found->verdict == TRAILER_OURS && found->mapping.kind == WINSHM_STREAM && !options->raw;
}

/*
 * --lock is meaningless for our own values: readers need no mutex, and our
 * updaters would ignore one.
 */
static enum status find_refuse_lock(const struct reader *reader, const struct found_memory *found)
{
    if (reader->options->lock[0] != '\0' && trailer_is_ours(found->verdict)) {
        return report_failure(reader->report, EXIT_USAGE, OSERROR_NONE, "was made by shmwrite: it needs no lock");
    }
    return EXIT_DONE;
}

/* ---- Once -------------------------------------------------------------------------------------------------------- */

/* Print the memory as it is. With `may_be_empty`, report it instead if it is nothing but zeros. */
static enum status print_memory(const struct reader *reader, const struct found_memory *found, bool may_be_empty)
{
    struct print_part part;
    enum status status = print_take(reader, &found->mapping.view, found->lock, false, &part);
    if (status != EXIT_DONE) {
        return status;
    }
    status = may_be_empty && trailer_is_zero(part.bytes, part.size) ? explain_verdict(reader->report, TRAILER_EMPTY)
                                                                    : print_part(reader, &part);
    memory_give(part.copy);
    return status;
}

static enum status print_found(const struct reader *reader, const struct found_memory *found)
{
    /* Memory that seems to be empty may just be being filled by the program that owns the mutex. */
    bool may_be_empty = found->lock != NULL && found->verdict == TRAILER_EMPTY;
    if (!find_can_print(reader->options, found) && !may_be_empty) {
        return find_explain(reader, found);
    }
    if (found->verdict != TRAILER_OURS || reader->options->raw) {
        return print_memory(reader, found, may_be_empty);
    }
    struct print_value value;
    enum print_verdict verdict = print_take_value(reader, &found->mapping, &value);
    enum status status = verdict == PRINT_TAKEN ? print_taken(reader, &value) : print_explain(reader, verdict, &value);
    print_give(&value);
    return status;
}

/* Print what was found, complete the output, and have a read that is counted counted. */
static enum status print_whole(const struct reader *reader, struct found_memory *found)
{
    enum status status = print_found(reader, found);
    if (!found->turn.is_ours) {
        find_close(found); /* no memory of others is kept while a message box is shown */
    }
    if (status == EXIT_DONE) {
        status = output_finish(reader->output);
    }
    return status == EXIT_DONE ? turn_count(reader, &found->turn) : status;
}

static enum status print_run(const struct reader *reader)
{
    enum status status;
    bool has_vanished;
    do {
        struct found_memory found;
        has_vanished = false;
        status = find_wait(reader, &found);
        if (status == EXIT_DONE) {
            status = find_refuse_lock(reader, &found);
        }
        if (status == EXIT_DONE) {
            status = find_is_stream(reader->options, &found) ? receive_run(reader, &found.mapping, &has_vanished)
                                                             : print_whole(reader, &found);
        }
        find_close(&found);
    } while (has_vanished);
    return status;
}

/* ---- Again and again --------------------------------------------------------------------------------------------- */

/* The outcome of one look. */
enum follow_outcome {
    FOLLOW_OLD,     /* what was there the last time, or what cannot be printed */
    FOLLOW_PRINTED, /* a new value */
    FOLLOW_GONE,    /* NAME went away at this moment */
    FOLLOW_OVER     /* NAME has gone away, or was a stream, which has ended */
};

/* --follow under way. */
struct following {
    struct reader *reader; /* its deadline is that for the next value */
    enum follow_outcome outcome;
    bool any;         /* NAME was there, and this was the last of it: */
    uint64_t created; /* ours: which value, and which of its contents */
    uint32_t creator;
    uint64_t sequence;
    struct print_part part; /* another program's memory, as it was */
};

/*
 * Take a value of ours, and print it. A value that ends before --offset, or that
 * an updater changes too fast, is passed over: the next one may be better.
 */
static enum status follow_take(struct following *following, const struct found_memory *found)
{
    struct print_value value;
    enum print_verdict verdict = print_take_value(following->reader, &found->mapping, &value);
    enum status status = EXIT_DONE;
    if (verdict == PRINT_TAKEN) {
        following->sequence = value_sequence(&value.look);
        status = print_taken(following->reader, &value);
        following->outcome = FOLLOW_PRINTED;
    } else if (verdict == PRINT_BEYOND) {
        following->sequence = value_sequence(&value.look);
        following->any = true;
    } else if (verdict != PRINT_RESTLESS) {
        status = print_explain(following->reader, verdict, &value);
    }
    print_give(&value);
    return status;
}

/* Print a value of ours if it is not the one that was seen last. */
static enum status follow_value(struct following *following, struct found_memory *found)
{
    const struct reader *reader = following->reader;
    const struct mapping *mapping = &found->mapping;
    struct value_look look;
    if (!value_look(mapping, &look)) {
        return explain_verdict(reader->report, TRAILER_DAMAGED);
    }
    uint64_t sequence = value_sequence(&look);
    bool is_new = !following->any || mapping->created != following->created || mapping->creator != following->creator ||
                  sequence != following->sequence;
    if (!is_new) {
        return EXIT_DONE;
    }
    enum status status = find_take_turn(reader, found);
    if (status != EXIT_DONE || found->open_error != OSERROR_NONE) {
        following->outcome = FOLLOW_GONE;
        return status;
    }
    following->created = mapping->created;
    following->creator = mapping->creator;
    if (!reader->options->raw) {
        return follow_take(following, found);
    }
    following->sequence = sequence;
    following->outcome = FOLLOW_PRINTED;
    return print_memory(reader, found, false);
}

/* The same for another program's memory: it has no numbers, so its bytes are compared. */
static enum status follow_foreign(struct following *following, const struct found_memory *found)
{
    const struct reader *reader = following->reader;
    const struct print_part *last = &following->part;
    struct print_part part;
    enum status status = print_take(reader, &found->mapping.view, found->lock, true, &part);
    if (status != EXIT_DONE) {
        return status;
    }
    if (last->bytes != NULL && part.size == last->size && memcmp(part.bytes, last->bytes, part.size) == 0) {
        memory_give(part.copy);
        return EXIT_DONE;
    }
    memory_give(following->part.copy);
    following->part = part;
    following->outcome = FOLLOW_PRINTED;
    return print_part(reader, &part);
}

/* Print what was seen, if it is new. */
static enum status follow_print(struct following *following, struct found_memory *found)
{
    const struct reader *reader = following->reader;
    reader->output->at_line_start = false; /* each value has a line of its own, an empty one too */
    enum status status = find_refuse_lock(reader, found);
    if (status != EXIT_DONE) {
        return status;
    }
    status = found->verdict == TRAILER_OURS ? follow_value(following, found) : follow_foreign(following, found);
    if (status != EXIT_DONE || following->outcome != FOLLOW_PRINTED) {
        return status;
    }
    status = output_end_value(reader->output, true);
    return status == EXIT_DONE ? turn_count(reader, &found->turn) : status;
}

static enum status follow_stream(struct following *following, struct found_memory *found)
{
    bool has_vanished = false;
    enum status status = find_refuse_lock(following->reader, found);
    if (status == EXIT_DONE) {
        status = receive_run(following->reader, &found->mapping, &has_vanished);
    }
    following->outcome = has_vanished ? FOLLOW_OLD : FOLLOW_OVER;
    return status;
}

/* One look. */
static enum status follow_look(struct following *following, struct found_memory *found)
{
    const struct reader *reader = following->reader;
    following->outcome = FOLLOW_OLD;
    find_look(reader, found);
    if (find_is_stream(reader->options, found)) {
        return follow_stream(following, found);
    }
    if (find_can_print(reader->options, found)) {
        enum status status = follow_print(following, found);
        if (status != EXIT_DONE || following->outcome != FOLLOW_GONE) {
            return status;
        }
    }
    bool is_gone = found->open_error == OSERROR_FILE_NOT_FOUND || found->verdict == TRAILER_RELEASED;
    if (is_gone && following->any) {
        following->outcome = FOLLOW_OVER;
        return EXIT_DONE;
    }
    if (find_is_nothing(found) && (following->any || reader->options->wait)) {
        return EXIT_DONE; /* not yet, or not again yet */
    }
    return find_explain(reader, found);
}

/*
 * Between two looks nothing is kept open, so that nobody's memory lives on because of us, and the end of NAME is seen.
 */
static enum status follow_run(struct reader *reader)
{
    struct following following = {.reader = reader};
    enum status status;
    do {
        struct found_memory found;
        status = follow_look(&following, &found);
        find_close(&found);
        if (status != EXIT_DONE || following.outcome == FOLLOW_OVER) {
            break;
        }
        if (following.outcome == FOLLOW_PRINTED) {
            following.any = true;
            reader->deadline = deadline_in(reader->options->common.timeout);
        } else if (clock_now() >= reader->deadline) {
            status = report_failure(reader->report, EXIT_TIMED_OUT, OSERROR_NONE,
                                    "the time is up, and there is nothing new");
            break;
        }
        status = find_sleep(reader, reader->options->interval);
    } while (status == EXIT_DONE);
    memory_give(following.part.copy);
    return status;
}

/* ---- Describing -------------------------------------------------------------------------------------------------- */

/*
 * With --wait, wait until there is something. Nothing keeps NAME alive after
 * that, so it may go away before it is described: then wait for the next.
 */
static enum status describe(const struct reader *reader)
{
    enum status status = EXIT_DONE;
    bool is_nothing_yet;
    do {
        struct found_memory found = {0};
        if (reader->options->wait) {
            status = find_wait(reader, &found);
        }
        find_close(&found);
        is_nothing_yet = reader->options->wait;
        if (status == EXIT_DONE) {
            status = stat_run(reader, &is_nothing_yet);
        }
    } while (status == EXIT_DONE && is_nothing_yet);
    return status;
}

/* ---- The command line -------------------------------------------------------------------------------------------- */

static enum status run_verb(struct reader *reader)
{
    switch (reader->options->verb) {
    case VERB_PRINT:
        return print_run(reader);
    case VERB_FOLLOW:
        return follow_run(reader);
    case VERB_STAT:
        return describe(reader);
    case VERB_LIST:
        return list_run(reader);
    }
    return EXIT_DONE;
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

    /* An output that cannot be written is reported at once, not after having waited for NAME. */
    struct output output;
    status = output_open(&report, options.output, options.message_box, &output);
    if (status != EXIT_DONE) {
        return status;
    }
    output.box.timeout = options.common.timeout;
    struct reader reader = {
        .report = &report, .options = &options, .output = &output, .deadline = deadline_in(options.common.timeout)};
    status = run_verb(&reader);
    output_close(&output);
    return status;
}
