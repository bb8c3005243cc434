/* follow.c - carries out --follow: prints each new value of NAME. */
#include "reader/follow.h"

#include <string.h>

#include "common/console/explain.h"
#include "common/deadline.h"
#include "common/memory/announcement.h"
#include "common/memory/rules.h"
#include "common/memory/shared.h"
#include "reader/copy.h"
#include "reader/find.h"
#include "reader/print.h"
#include "reader/receive.h"

/*
 * How often a follower of a value of ours looks at NAME itself, in
 * milliseconds. A holder that is killed announces nothing.
 */
#ifndef FOLLOW_LOOK_EVERY
#define FOLLOW_LOOK_EVERY 1000
#endif

/* The state of --follow from one look to the next. */
struct following {
    struct reader *reader; /* its deadline is that of the next value */
    bool any;              /* a value was seen; the next two fields describe the last one of ours */
    bool is_over;          /* NAME has disappeared, a stream has ended, or --count values are printed */
    bool looks_again;      /* something was found that must be looked at without waiting */
    struct trailer_identity identity;
    uint64_t sequence;         /* of the last update that was printed or skipped */
    uint64_t printed;          /* number of values */
    struct copied_memory part; /* the last copy of another program's memory */

    bool keeps;               /* a value of ours is mapped; the fields below describe it */
    struct found_memory kept; /* this value: its view is kept, so that its last contents can be printed */
    uint64_t name_due;        /* when to look at NAME again, to see whether it still is this value */
    struct listening listening;
    char sddl[SDDL_ROOM]; /* the descriptor of the event for which it listens */
};

/*
 * Copy a value of ours, and print it. Skip a value that ends before --offset,
 * or that changes too fast to be copied: a later update may be printable. Set
 * *printed.
 */
static enum status follow_take(struct following *following, const struct found_memory *found, bool *printed)
{
    const struct reader *reader = following->reader;
    struct copied_value value;
    enum copy_verdict verdict = copy_value(reader, &found->mapping, &value);
    enum status status = EXIT_DONE;
    if (verdict == COPY_TAKEN || verdict == COPY_BEYOND) {
        following->sequence = value_sequence(&value.look);
        following->any = true;
    }
    if (verdict == COPY_TAKEN) {
        *printed = true;
        if (reader->options->numbered) {
            status = output_number(reader->output, following->sequence);
        }
        status = status == EXIT_DONE ? print_value(reader, &value) : status;
    } else if (verdict != COPY_BEYOND && verdict != COPY_RESTLESS) {
        status = copy_explain(reader, verdict, &value);
    }
    copy_give(&value);
    return status;
}

/* Return whether this is the value of ours that was seen last. */
static bool is_last(const struct following *following, const struct mapping *mapping)
{
    return following->any && trailer_is_same(mapping, following->identity);
}

/*
 * Print a value of ours unless it is the update that was seen last, or one that
 * --after skips. Set *printed.
 */
static enum status follow_value(struct following *following, struct found_memory *found, bool *printed)
{
    const struct reader *reader = following->reader;
    const struct mapping *mapping = &found->mapping;
    struct value_look look;
    if (!value_look(mapping, &look)) {
        return explain_verdict(reader->report, TRAILER_DAMAGED);
    }
    uint64_t sequence = value_sequence(&look);
    bool is_another = following->any && !is_last(following, mapping); /* created again: its numbers begin again */
    bool is_skipped = !is_another && sequence <= reader->options->after;
    if (is_last(following, mapping) && sequence == following->sequence) {
        return EXIT_DONE;
    }
    enum status status = is_skipped ? EXIT_DONE : find_take_turn(reader, found);
    if (status != EXIT_DONE || found->open_error != OSERROR_NONE) {
        return status;
    }
    following->identity = trailer_identify(mapping);
    if (!reader->options->raw && !is_skipped) {
        return follow_take(following, found, printed);
    }
    following->sequence = sequence;
    following->any = true;
    *printed = !is_skipped;
    return is_skipped ? EXIT_DONE : print_memory(reader, found, false);
}

/*
 * Print another program's memory if any byte of it has changed. Such memory has
 * no number that changes with each update, so the bytes are compared. Set
 * *printed.
 */
static enum status follow_foreign(struct following *following, const struct found_memory *found, bool *printed)
{
    const struct reader *reader = following->reader;
    const struct copied_memory *last = &following->part;
    struct copied_memory part;
    enum status status = copy_memory(reader, &found->mapping.view, found->mutex, true, &part);
    if (status != EXIT_DONE) {
        return status;
    }
    following->any = true;
    if (last->bytes != NULL && part.size == last->size && memcmp(part.bytes, last->bytes, part.size) == 0) {
        memory_give(part.copy);
        return EXIT_DONE;
    }
    memory_give(following->part.copy);
    following->part = part;
    *printed = true;
    return print_copied(reader, &part);
}

/*
 * Print the memory if it is new, and end the value. If the holder counts the
 * read, report the read.
 */
static enum status follow_print(struct following *following, struct found_memory *found)
{
    struct reader *reader = following->reader;
    bool printed = false;
    reader->output->at_line_start = false; /* so that an empty value gets a newline too */
    enum status status = found->verdict == TRAILER_OURS ? follow_value(following, found, &printed)
                                                        : follow_foreign(following, found, &printed);
    if (status == EXIT_DONE && printed) {
        status = output_end_value(reader->output, true);
        status = status == EXIT_DONE ? turn_count(reader, &found->turn) : status;
        reader->deadline = deadline_in(reader->options->common.timeout);
        following->is_over = ++following->printed == reader->options->count;
    }
    turn_close(&found->turn);
    return status;
}

/* ---- Looking at NAME --------------------------------------------------------------------------------------------- */

/*
 * Receive a stream to its end. If it ended before this reader could attach, go
 * on looking at NAME.
 */
static enum status follow_stream(struct following *following, struct found_memory *found)
{
    bool has_vanished = false;
    enum status status = receive_run(following->reader, &found->mapping, &has_vanished);
    following->is_over = !has_vanished;
    return status;
}

/*
 * Report that the memory has no update numbers, for which --numbered and
 * --after ask.
 */
static enum status refuse_numbers(const struct reader *reader, const struct found_memory *found)
{
    const struct reader_options *options = reader->options;
    bool has_none =
        find_can_print(options, found) && (found->verdict != TRAILER_OURS || find_is_stream(options, found));
    if (has_none && (options->numbered || options->after > 0)) {
        return report_failure(reader->report, EXIT_CONFLICT, OSERROR_NONE, "%s has no update numbers, which --%s needs",
                              found->verdict == TRAILER_FOREIGN ? "memory of another program" : "a stream",
                              options->numbered ? "numbered" : "after");
    }
    return EXIT_DONE;
}

/*
 * Keep the view of a value of ours, and listen for its changes. Whoever may
 * read NAME may also use the event.
 */
static void keep(struct following *following, const struct found_memory *found)
{
    const char *name = following->reader->options->name;
    struct access_rules rules;
    following->keeps = true;
    following->kept = *found;
    following->name_due = deadline_in(FOLLOW_LOOK_EVERY);
    rules_of(name, &rules);
    following->listening =
        (struct listening){.name = name, .sddl = rules_companion(&rules, COMPANION_AFTER, following->sddl)};
    following->looks_again = true;
}

static void stop_keeping(struct following *following)
{
    announcement_forget(&following->listening);
    find_close(&following->kept);
    following->keeps = false;
}

/*
 * Judge what was found under NAME: print it or keep it, and detect the end of
 * NAME. This function closes *found, unless it is kept.
 */
static enum status follow_found(struct following *following, struct found_memory *found)
{
    struct reader *reader = following->reader;
    enum status status = find_refuse_mutex(reader, found);
    if (status == EXIT_DONE) {
        status = refuse_numbers(reader, found);
    }
    bool is_gone = found->open_error == OSERROR_FILE_NOT_FOUND || found->verdict == TRAILER_RELEASED;
    bool may_wait = following->any || reader->options->wait;
    if (status == EXIT_DONE && find_is_stream(reader->options, found)) {
        status = follow_stream(following, found);
    } else if (status == EXIT_DONE && find_can_print(reader->options, found)) {
        if (found->verdict == TRAILER_OURS) {
            keep(following, found);
            return EXIT_DONE;
        }
        status = follow_print(following, found);
    } else if (status == EXIT_DONE && is_gone && following->any) {
        following->is_over = true;
    } else if (status == EXIT_DONE && !(find_is_nothing(found) && may_wait)) {
        status = find_explain(reader, found);
    }
    find_close(found);
    return status;
}

static enum status look_at_name(struct following *following)
{
    struct found_memory found;
    find_look(following->reader, &found);
    return follow_found(following, &found);
}

/*
 * Look at the value that is kept, and print it if it is new. If it has ended,
 * or NAME is another value by now, print what was not printed yet, and go on
 * with NAME.
 */
static enum status look_at_kept(struct following *following)
{
    struct found_memory *kept = &following->kept;
    announcement_listen(&following->listening, &kept->mapping);
    bool has_ended = trailer_is_released(&kept->mapping);
    atomic_thread_fence(memory_order_seq_cst); /* its last update was before that: see trailer_release() */
    enum status status = follow_print(following, kept);
    has_ended = has_ended || kept->open_error != OSERROR_NONE;
    if (status != EXIT_DONE || following->is_over || (!has_ended && clock_now() < following->name_due)) {
        return status;
    }

    struct found_memory found;
    find_look(following->reader, &found);
    following->name_due = deadline_in(FOLLOW_LOOK_EVERY);
    if (found.map_error != OSERROR_NONE) {
        /*
         * A 32-bit program may have no room for two views of a large value. So
         * give up the first one, and look again.
         */
        stop_keeping(following);
        following->looks_again = !has_ended;
        return EXIT_DONE;
    }
    bool is_same = found.verdict == TRAILER_OURS && trailer_is_same(&found.mapping, trailer_identify(&kept->mapping));
    if (!has_ended && is_same) {
        find_close(&found);
        return EXIT_DONE;
    }
    if (is_same) {
        found.open_error = kept->open_error; /* its holder has died, so it does not exist any more */
    }
    status = has_ended ? EXIT_DONE : follow_print(following, kept);
    stop_keeping(following);
    if (status != EXIT_DONE || following->is_over) {
        find_close(&found);
        return status;
    }
    return follow_found(following, &found);
}

/* Wait until there may be something new, but not beyond the deadline. */
static enum status follow_wait(struct following *following)
{
    struct reader *reader = following->reader;
    uint64_t interval = reader->options->interval;
    if (clock_now() >= reader->deadline) {
        return report_failure(reader->report, EXIT_TIMED_OUT, OSERROR_NONE, "timed out waiting for a new value");
    }
    if (!following->keeps) {
        return find_sleep(reader, interval);
    }
    uint64_t until = following->name_due < reader->deadline ? following->name_due : reader->deadline;
    return find_check_wait(reader, announcement_wait(&following->listening, &following->kept.mapping, interval, until));
}

enum status follow_run(struct reader *reader)
{
    struct following following = {.reader = reader};
    enum status status;
    do {
        following.looks_again = false;
        status = following.keeps ? look_at_kept(&following) : look_at_name(&following);
        if (status == EXIT_DONE && !following.is_over && !following.looks_again) {
            status = follow_wait(&following);
        }
    } while (status == EXIT_DONE && !following.is_over);
    stop_keeping(&following);
    memory_give(following.part.copy);
    return status;
}
