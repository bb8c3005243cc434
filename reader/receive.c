/* receive.c - receives a stream: prints all that its producer sends. */
#include "reader/receive.h"

#include "common/console/explain.h"
#include "common/console/progress.h"
#include "common/deadline.h"
#include "common/memory/companion.h"
#include "common/memory/holder.h"
#include "common/memory/shared.h"
#include "common/memory/stream.h"
#include "common/memory/value.h"
#include "reader/copy.h"
#include "reader/print.h"

/*
 * Milliseconds to wait for the mutex `consumer`. A producer that looks whether
 * its consumer is alive owns the mutex for less time than this. If the mutex
 * stays owned, the stream has another consumer.
 */
#define LOOK_FOR 20

/* The state of this consumer. */
struct receiving {
    const struct reader *reader;
    bool is_gone;                            /* as in receive_run() */
    object *data;                            /* event: wakes this consumer */
    object *space;                           /* event: wakes the producer */
    object *producer;                        /* mutex, owned by the producer until it ends */
    object *consumers[WINSHM_CONSUMERS_MAX]; /* mutexes, each owned by a consumer while it is attached */
    object *consumer;                        /* the one of this consumer */
    uint32_t number;                         /* of this consumer */
    bool attached;
    struct view view;       /* of the stream, for writing */
    struct mapping mapping; /* of that view */
    struct value_text text; /* the encoding of the stream, as its producer recorded it */
    struct stream stream;
    struct progress progress;
};

/* ---- Attaching --------------------------------------------------------------------------------------------------- */

/* Report that the stream already `has` or had all its readers. */
static enum status report_taken(const struct receiving *receiving, uint32_t count, const char *has)
{
    const struct report *report = receiving->reader->report;
    return count == 1
               ? report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "is a stream that already %s its reader", has)
               : report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "is a stream that already %s its %u readers", has,
                                (unsigned)count);
}

/* Return whether the line has had no consumer yet. */
static bool is_vacant(const struct mapping *mapping, uint32_t number)
{
    return shared_load32_acquire(&trailer_consumers(mapping)[number].process) == 0;
}

static bool had_all_consumers(const struct mapping *mapping)
{
    for (uint32_t i = 0; i < mapping->consumers; i++) {
        if (is_vacant(mapping, i)) {
            return false;
        }
    }
    return mapping->consumers > 0; /* it may be a value by now */
}

/*
 * Find out why the section or a companion of the stream is missing, although
 * the stream existed a moment ago. The mapping of its memory distinguishes three
 * causes:
 *   - The stream has had all its consumers. Report that.
 *   - Its producer has let go of it before it had all consumers, or its trailer
 *     is damaged. That is no failure: set receiving->is_gone.
 *   - Its producer was killed. Report that.
 * Return EXIT_DONE or the status of the failure.
 */
static enum status judge_missing(struct receiving *receiving, const struct mapping *mapping)
{
    if (mapping->trailer != NULL && had_all_consumers(mapping)) {
        return report_taken(receiving, mapping->consumers, "had");
    }
    receiving->is_gone = mapping->trailer == NULL || shared_load32_acquire(&mapping->trailer->state) == WINSHM_RELEASED;
    return receiving->is_gone
               ? EXIT_DONE
               : report_failure(receiving->reader->report, EXIT_BROKEN, OSERROR_NONE, "the writer has died");
}

/*
 * Open NAME again, and map the stream for writing. Unmap the view in `seen`
 * first, because two views of a large stream may not fit into the address
 * space. Close the handle at once, so that this reader does not keep NAME in
 * use.
 */
static enum status map_stream(struct receiving *receiving, struct mapping *seen)
{
    const struct report *report = receiving->reader->report;
    const char *name = receiving->reader->options->name;
    object *section = NULL;
    oserror error = section_open(name, ACCESS_WRITE, &section);
    if (error == OSERROR_FILE_NOT_FOUND) {
        return judge_missing(receiving, seen);
    }
    if (error != OSERROR_NONE) {
        return explain_open(report, name, error);
    }
    view_unmap(&seen->view);
    error = view_map(section, ACCESS_WRITE, &receiving->view);
    object_close(section);
    if (error != OSERROR_NONE) {
        return explain_map(report, error);
    }

    /*
     * NAME may have become the name of other memory since the look at `seen`.
     */
    enum trailer_verdict verdict = trailer_attach(&receiving->view, &receiving->mapping);
    if (verdict == TRAILER_RELEASED) {
        return judge_missing(receiving, &receiving->mapping);
    }
    if (verdict == TRAILER_NEWER || verdict == TRAILER_DAMAGED) {
        return explain_verdict(report, verdict);
    }
    receiving->is_gone = verdict != TRAILER_OURS || !trailer_is_stream(&receiving->mapping);
    if (receiving->is_gone) {
        return EXIT_DONE;
    }
    struct value_look look;
    if (!value_look(&receiving->mapping, &look)) {
        return explain_verdict(report, TRAILER_DAMAGED);
    }
    receiving->text = value_text_of(&look);
    return EXIT_DONE;
}

/*
 * Open a companion of the stream. If it is missing, find out why, and set
 * receiving->is_gone if that is no failure.
 */
static enum status open_companion(struct receiving *receiving, enum companion_role role, object **opened)
{
    const char *name = receiving->reader->options->name;
    oserror error = companion_open(name, role, NULL, opened);
    if (error == OSERROR_FILE_NOT_FOUND) {
        return judge_missing(receiving, &receiving->mapping);
    }
    return error == OSERROR_NONE ? EXIT_DONE : explain_companion(receiving->reader->report, name, role, NULL, error);
}

static enum status open_companions(struct receiving *receiving)
{
    const struct mapping *mapping = &receiving->mapping;
    enum status status = open_companion(receiving, COMPANION_SPACE, &receiving->space);
    if (status == EXIT_DONE && !receiving->is_gone) {
        status = open_companion(receiving, COMPANION_PRODUCER, &receiving->producer);
    }
    for (uint32_t i = 0; i < mapping->consumers && status == EXIT_DONE && !receiving->is_gone; i++) {
        status = open_companion(receiving, companion_consumer(mapping, i), &receiving->consumers[i]);
    }
    return status;
}

/*
 * Own the mutex of a line that has had no consumer yet, and store the number of
 * the line in receiving->number. If there is none, report that and return
 * EXIT_CONFLICT.
 */
static enum status own_line(struct receiving *receiving)
{
    const struct report *report = receiving->reader->report;
    uint32_t count = receiving->mapping.consumers;
    uint64_t deadline = deadline_in(LOOK_FOR);
    for (;;) {
        object *awaited[WINSHM_CONSUMERS_MAX];
        uint32_t numbers[WINSHM_CONSUMERS_MAX];
        size_t free = 0;
        for (uint32_t i = 0; i < count; i++) {
            if (count == 1 || is_vacant(&receiving->mapping, i)) {
                awaited[free] = receiving->consumers[i];
                numbers[free++] = i;
            }
        }
        struct waited waited = {.how = WAITED_TIMEOUT};
        if (free > 0) {
            waited = wait_any(awaited, free, deadline);
        }
        if (waited.how == WAITED_FAILED) {
            return report_failure(report, EXIT_SYSTEM, waited.error, "cannot become its reader");
        }
        if (waited.how == WAITED_INTERRUPTED) {
            return EXIT_INTERRUPTED;
        }
        if (waited.how == WAITED_TIMEOUT) {
            return report_taken(receiving, count, "has");
        }
        receiving->number = numbers[waited.which];
        if (is_vacant(&receiving->mapping, receiving->number)) {
            return EXIT_DONE;
        }
        (void)object_signal(receiving->consumers[receiving->number], SIGNAL_RELEASE);
        if (count == 1) {
            return report_taken(receiving, count, "had");
        }
    }
}

/*
 * Become a consumer, with the steps that winshm.h lists for it, and set
 * receiving->attached. If the stream has, or had, all its consumers, report
 * that and return EXIT_CONFLICT.
 */
static enum status attach(struct receiving *receiving)
{
    const struct report *report = receiving->reader->report;
    enum status status = own_line(receiving);
    if (status != EXIT_DONE) {
        return status;
    }
    receiving->consumer = receiving->consumers[receiving->number];
    status = open_companion(receiving, companion_data(&receiving->mapping, receiving->number), &receiving->data);

    /*
     * Raise the semaphore `reads`, for which the producer waits, before storing
     * the process ID. If this process died between these steps in the other
     * order, the producer would wait for a consumer, and the process ID would
     * keep all other consumers away.
     */
    oserror error = OSERROR_NONE;
    if (status == EXIT_DONE && !receiving->is_gone) {
        error = holder_count_read(receiving->reader->options->name);
    }
    if (error == OSERROR_FILE_NOT_FOUND) {
        status = judge_missing(receiving, &receiving->mapping);
    } else if (error != OSERROR_NONE) {
        status = report_failure(report, EXIT_SYSTEM, error, "cannot signal the writer");
    }
    if (error != OSERROR_NONE || status != EXIT_DONE || receiving->is_gone) {
        (void)object_signal(receiving->consumer, SIGNAL_RELEASE);
        return status;
    }
    receiving->attached = true;
    shared_store32_release(&trailer_consumers(&receiving->mapping)[receiving->number].process, process_id());

    ring_consume(&receiving->stream.ring, &receiving->mapping, receiving->number);
    receiving->stream.wake = receiving->data;
    receiving->stream.others = &receiving->space;
    receiving->stream.other_count = 1;
    receiving->stream.end = receiving->producer;
    stream_begin(&receiving->stream);
    return EXIT_DONE;
}

/* ---- Receiving --------------------------------------------------------------------------------------------------- */

/*
 * Print all bytes that are in the ring now. Set *any to whether there were any.
 * Bytes are removed from the ring only after they have been printed, so the
 * producer knows how many bytes were delivered.
 */
static enum status drain(struct receiving *receiving, bool *any)
{
    const struct reader *reader = receiving->reader;
    struct stream *stream = &receiving->stream;
    uint8_t *bytes;
    size_t size;
    *any = false;
    for (;;) {
        if (ring_span(&stream->ring, &bytes, &size) == RING_BROKEN) {
            if (ring_is_dropped(&stream->ring)) {
                return EXIT_DONE; /* receive() reports that: the producer has gone on by more than the ring */
            }
            return report_failure(reader->report, EXIT_BROKEN, OSERROR_NONE, "the ring is damaged");
        }
        if (size == 0) {
            return EXIT_DONE;
        }
        size = stream_piece(stream, size);
        enum status status = output_write(reader->output, bytes, size);
        if (status != EXIT_DONE) {
            return status;
        }
        if (ring_is_dropped(&stream->ring)) {
            return EXIT_DONE; /* receive() reports that */
        }
        stream_advance(stream, size);
        *any = true;
        progress_has_come(&receiving->progress);
        progress_show(&receiving->progress, stream->ring.position, ring_fill(&stream->ring), stream->ring.capacity,
                      false);
    }
}

/*
 * This thread owns the mutex `producer`. If the producer has not closed its
 * side, it has died: store that. Release the mutex at once, because other
 * consumers wait for it, and this one may be busy with its output for long.
 */
static void notice_death(const struct receiving *receiving)
{
    const struct stream *stream = &receiving->stream;
    if (ring_closed(&stream->ring) == WINSHM_OPEN) {
        ring_bury_producer(&stream->ring);
    }
    (void)object_signal(receiving->producer, SIGNAL_RELEASE);
}

/*
 * Return the status of a stream that has ended, after all of it has been
 * printed. Report a producer that failed or died.
 */
static enum status judge_writer(const struct receiving *receiving, uint32_t closed)
{
    const struct report *report = receiving->reader->report;
    switch (closed) {
    case WINSHM_ENDED:
        return EXIT_DONE;
    case WINSHM_FAILED:
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "the writer failed: the output is incomplete");
    default:
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "the writer has died: the output is incomplete");
    }
}

/*
 * Print the stream until its end, a failure, or the deadline. After each wait
 * the clock decides whether the deadline has passed, and not the result of the
 * wait: the event `data` may be set although the ring is empty. Bytes that come
 * with the deadline are still printed.
 */
static enum status receive(struct receiving *receiving)
{
    const struct reader *reader = receiving->reader;
    struct stream *stream = &receiving->stream;
    uint64_t deadline = deadline_in(reader->options->common.timeout);
    if (receiving->mapping.consumers > 1 && stream->ring.position != 0) {
        return report_failure(reader->report, EXIT_BROKEN, OSERROR_NONE, "the ring is damaged");
    }
    bool is_gone = false; /* the mutex `producer` was free: the producer has ended or died */
    bool is_late = false; /* the deadline has passed */
    for (;;) {
        /*
         * Load this before looking at the ring: a producer that has closed its
         * side adds no more bytes.
         */
        uint32_t closed = ring_closed(&stream->ring);
        bool any = false;
        enum status status = drain(receiving, &any);
        if (status != EXIT_DONE) {
            return status;
        }
        if (ring_is_dropped(&stream->ring)) {
            return report_failure(
                reader->report, EXIT_BROKEN, OSERROR_NONE,
                "was too slow: the writer went on without it, and the end of the output may be wrong");
        }
        if (any) {
            deadline = deadline_in(reader->options->common.timeout);
            is_late = false;
            continue;
        }
        if (closed != WINSHM_OPEN || is_gone) {
            return judge_writer(receiving, closed);
        }
        if (is_late) {
            return report_failure(reader->report, EXIT_TIMED_OUT, OSERROR_NONE, "timed out waiting for the writer");
        }

        uint64_t due = receiving->progress.due;
        struct waited waited = stream_wait(stream, due < deadline ? due : deadline);
        progress_show(&receiving->progress, stream->ring.position, 0, stream->ring.capacity, false);
        if (waited.how == WAITED_FAILED) {
            return report_failure(reader->report, EXIT_SYSTEM, waited.error, "cannot wait for its writer");
        }
        is_gone = waited.how == WAITED_ABANDONED || (waited.how == WAITED_SIGNALLED && waited.which == 1);
        if (is_gone) {
            notice_death(receiving);
        }
        is_late = clock_now() >= deadline;
    }
}

/*
 * Print all of the stream to which this consumer is attached, and end this side
 * of the stream.
 */
static enum status receive_all(struct receiving *receiving)
{
    const struct reader *reader = receiving->reader;
    struct progress *progress = &receiving->progress;
    print_begin(reader, receiving->text, false, 0);
    progress_begin(progress, reader->report, reader->options->progress, 0);
    if (progress->report != NULL && reader->output->console && file_is_console(file_standard(STANDARD_ERROR))) {
        /*
         * A line that is redrawn would overwrite the contents on the console.
         * Show only the last line.
         */
        progress->due = CLOCK_NEVER;
    }
    progress_await(progress, reader->report, "the writer");
    enum status status = receive(receiving);
    if (status == EXIT_DONE) {
        status = output_finish(reader->output);
    }
    const struct ring *ring = &receiving->stream.ring;
    progress_show(progress, ring->position, ring_fill(ring), ring->capacity, true);
    stream_close(&receiving->stream, status == EXIT_DONE          ? WINSHM_ENDED
                                     : reader->output->is_cut_off ? WINSHM_CUT_OFF
                                                                  : WINSHM_FAILED);
    (void)object_signal(receiving->consumer, SIGNAL_RELEASE);
    return status;
}

/* Become the consumer of the stream, and print it. */
static enum status receive_from(struct receiving *receiving, struct mapping *seen)
{
    enum status status = map_stream(receiving, seen);
    if (status != EXIT_DONE || receiving->is_gone) {
        return status;
    }
    status = open_companions(receiving);
    if (status != EXIT_DONE || receiving->is_gone) {
        return status;
    }
    status = attach(receiving);
    return receiving->attached ? receive_all(receiving) : status;
}

enum status receive_run(const struct reader *reader, struct mapping *seen, bool *is_gone)
{
    const struct reader_options *options = reader->options;
    *is_gone = false;
    if (options->field_count > 0 || options->json) {
        return report_failure(reader->report, EXIT_USAGE, OSERROR_NONE, "is a stream: --%s applies only to values",
                              options->field_count > 0 ? "get" : "json");
    }
    if (!copy_wants_all(options) || options->text) {
        return report_failure(reader->report, EXIT_USAGE, OSERROR_NONE, "is a stream: --%s only to values",
                              options->text ? "text applies" : "offset and --length apply");
    }
    struct receiving receiving = {.reader = reader};
    enum status status = receive_from(&receiving, seen);
    *is_gone = receiving.is_gone;
    view_unmap(&receiving.view);
    for (uint32_t i = 0; i < WINSHM_CONSUMERS_MAX; i++) {
        object_close(receiving.consumers[i]);
    }
    object_close(receiving.producer);
    object_close(receiving.space);
    object_close(receiving.data);
    return status;
}
