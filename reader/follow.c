/* follow.c - carries out --follow: prints each new value of NAME. */
#include "reader/follow.h"

#include <string.h>

#include "common/console/explain.h"
#include "common/deadline.h"
#include "reader/copy.h"
#include "reader/find.h"
#include "reader/print.h"
#include "reader/receive.h"

/* The outcome of one look. */
enum follow_outcome {
    FOLLOW_OLD,     /* there is nothing new that can be printed */
    FOLLOW_PRINTED, /* a new value was printed */
    FOLLOW_GONE,    /* the value ended during this look */
    FOLLOW_OVER     /* NAME has disappeared, or a stream was received to its end */
};

/* The state of --follow from one look to the next. */
struct following {
    struct reader *reader; /* its deadline is that of the next value */
    enum follow_outcome outcome;
    bool any;                  /* a value was seen before; the fields below describe the last one */
    uint64_t created;          /* the creation of the last value of ours */
    uint32_t creator;          /* of the same value */
    uint64_t sequence;         /* the last update of it */
    struct copied_memory part; /* the last copy of another program's memory */
};

/*
 * Copy a value of ours, and print it. Skip a value that ends before --offset,
 * or that changes too fast to be copied: a later update may be printable.
 */
static enum status follow_take(struct following *following, const struct found_memory *found)
{
    struct copied_value value;
    enum copy_verdict verdict = copy_value(following->reader, &found->mapping, &value);
    enum status status = EXIT_DONE;
    if (verdict == COPY_TAKEN) {
        following->sequence = value_sequence(&value.look);
        status = print_value(following->reader, &value);
        following->outcome = FOLLOW_PRINTED;
    } else if (verdict == COPY_BEYOND) {
        following->sequence = value_sequence(&value.look);
        following->any = true;
    } else if (verdict != COPY_RESTLESS) {
        status = copy_explain(following->reader, verdict, &value);
    }
    copy_give(&value);
    return status;
}

/* Print a value of ours unless it is the update that was seen last. */
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

/*
 * Print another program's memory if any byte of it has changed. Such memory has
 * no number that changes with each update, so the bytes are compared.
 */
static enum status follow_foreign(struct following *following, const struct found_memory *found)
{
    const struct reader *reader = following->reader;
    const struct copied_memory *last = &following->part;
    struct copied_memory part;
    enum status status = copy_memory(reader, &found->mapping.view, found->mutex, true, &part);
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
    return print_copied(reader, &part);
}

/*
 * Print the memory if it is new. If the holder counts the read, report the
 * read.
 */
static enum status follow_print(struct following *following, struct found_memory *found)
{
    const struct reader *reader = following->reader;
    reader->output->at_line_start = false; /* so that an empty value gets a newline too */
    enum status status = find_refuse_mutex(reader, found);
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

/*
 * Receive a stream to its end. If it ended before this reader could attach, go
 * on looking at NAME.
 */
static enum status follow_stream(struct following *following, struct found_memory *found)
{
    bool has_vanished = false;
    enum status status = find_refuse_mutex(following->reader, found);
    if (status == EXIT_DONE) {
        status = receive_run(following->reader, &found->mapping, &has_vanished);
    }
    following->outcome = has_vanished ? FOLLOW_OLD : FOLLOW_OVER;
    return status;
}

/* Look at NAME once, print what is new, and set following->outcome. */
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
        return EXIT_DONE; /* there is nothing yet, or NAME is being created again */
    }
    return find_explain(reader, found);
}

enum status follow_run(struct reader *reader)
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
            status = report_failure(reader->report, EXIT_TIMED_OUT, OSERROR_NONE, "timed out waiting for a new value");
            break;
        }
        status = find_sleep(reader, reader->options->interval);
    } while (status == EXIT_DONE);
    memory_give(following.part.copy);
    return status;
}
