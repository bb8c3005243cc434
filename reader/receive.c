#include "receive.h"

#include "duration.h"
#include "explain.h"
#include "holder.h"
#include "print.h"
#include "progress.h"
#include "shared.h"
#include "stream.h"
#include "value.h"

/* The writer looks whether somebody has the consumer's mutex, in less than so many milliseconds. */
#define LOOK_FOR 20

struct receiving {
    object *section;
    object *data;
    object *space;
    object *producer; /* mutex, the writer's */
    object *consumer; /* mutex, ours */
    bool attached;    /* and owned */
    struct view view;
    struct mapping mapping;
    struct value_text text; /* what its writer says that it sends */
    struct stream stream;
    struct progress progress;
};

/* ---- Attaching --------------------------------------------------------------------------------------------------- */

/* There was a stream a moment ago. */
static enum status writer_is_gone(const struct report *report)
{
    return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "its writer has gone away");
}

static enum status open_companion(const struct report *report, const char *name, const char *role,
                                  oserror (*open)(const char *, object **), object **companion)
{
    char full[NAME_ROOM];
    name_companion(name, role, full);
    oserror error = open(full, companion);
    if (error == OSERROR_FILE_NOT_FOUND) {
        return writer_is_gone(report);
    }
    return error == OSERROR_NONE ? EXIT_DONE : explain_companion(report, full, error);
}

static enum status open_all(const struct report *report, const char *name, struct receiving *receiving)
{
    oserror error = section_open(name, ACCESS_WRITE, &receiving->section);
    if (error != OSERROR_NONE) {
        return error == OSERROR_FILE_NOT_FOUND ? writer_is_gone(report) : explain_open(report, name, error);
    }
    error = view_map(receiving->section, ACCESS_WRITE, &receiving->view);
    if (error != OSERROR_NONE) {
        return explain_map(report, error);
    }
    struct value_look look;
    enum trailer_verdict verdict = trailer_attach(&receiving->view, &receiving->mapping);
    if (verdict != TRAILER_OURS || receiving->mapping.kind != WINSHM_STREAM ||
        !value_look(&receiving->mapping, &look)) {
        return explain_verdict(report, TRAILER_DAMAGED); /* it was a stream a moment ago */
    }
    receiving->text = value_text_of(&look);
    enum status status = open_companion(report, name, WINSHM_DATA, event_open, &receiving->data);
    if (status == EXIT_DONE) {
        status = open_companion(report, name, WINSHM_SPACE, event_open, &receiving->space);
    }
    if (status == EXIT_DONE) {
        status = open_companion(report, name, WINSHM_PRODUCER, mutex_open, &receiving->producer);
    }
    if (status == EXIT_DONE) {
        status = open_companion(report, name, WINSHM_CONSUMER, mutex_open, &receiving->consumer);
    }
    return status;
}

/* Become the reader. Whoever comes second, or late, is told so. */
static enum status attach(const struct report *report, const char *name, struct receiving *receiving)
{
    winshm_trailer *trailer = receiving->mapping.trailer;
    struct waited waited = wait_any(&receiving->consumer, 1, duration_from(clock_now(), LOOK_FOR));
    if (waited.how == WAITED_FAILED) {
        return report_failure(report, EXIT_SYSTEM, waited.error, "cannot become its reader");
    }
    if (waited.how == WAITED_TIMEOUT) {
        return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "already has its reader");
    }
    if (shared_load32_acquire(&trailer->consumer) != 0) {
        mutex_release(receiving->consumer);
        return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "already had its reader");
    }

    /* First this, for which the writer waits: a reader that died without its knowing would keep all others away. */
    oserror error = holder_count_read(name);
    if (error != OSERROR_NONE) {
        mutex_release(receiving->consumer);
        return error == OSERROR_FILE_NOT_FOUND
                   ? writer_is_gone(report)
                   : report_failure(report, EXIT_SYSTEM, error, "cannot tell its writer that its reader has come");
    }
    receiving->attached = true;
    shared_store32_release(&trailer->consumer, process_id());

    ring_attach(&receiving->stream.ring, &receiving->mapping, false);
    receiving->stream.wake = receiving->data;
    receiving->stream.other = receiving->space;
    receiving->stream.end = receiving->producer;
    stream_begin(&receiving->stream);
    return EXIT_DONE;
}

/* ---- Receiving --------------------------------------------------------------------------------------------------- */

/* Print what is in the ring now. *any says whether there was something. */
static enum status drain(const struct report *report, struct receiving *receiving, struct output *output, bool *any)
{
    struct stream *stream = &receiving->stream;
    uint8_t *bytes;
    size_t size;
    *any = false;
    for (;;) {
        if (ring_span(&stream->ring, &bytes, &size) == RING_BROKEN) {
            return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "the ring is damaged");
        }
        if (size == 0) {
            return EXIT_DONE;
        }
        size = stream_piece(stream, size);
        enum status status = output_write(output, bytes, size);
        if (status != EXIT_DONE) {
            return status;
        }
        stream_advance(stream, size);
        *any = true;
        progress_show(&receiving->progress, stream->ring.position, ring_fill(&stream->ring), stream->ring.capacity,
                      false);
    }
}

/* What the end means, when all has been printed. */
static enum status judge_writer(const struct report *report, struct receiving *receiving, uint32_t closed)
{
    switch (closed) {
    case WINSHM_ENDED:
        return EXIT_DONE;
    case WINSHM_FAILED:
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "its writer could not go on: this is not all of it");
    default:
        ring_close_other(&receiving->stream.ring, WINSHM_DIED);
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "its writer has died: this is not all of it");
    }
}

static enum status receive(const struct report *report, const struct reader_options *options,
                           struct receiving *receiving, struct output *output)
{
    struct stream *stream = &receiving->stream;
    uint64_t deadline = duration_from(clock_now(), options->common.timeout);
    bool is_gone = false; /* the writer's mutex has come to us */
    bool is_late = false; /* the time is up, however the wait ended: an event may be set, and tell of nothing */
    for (;;) {
        /* Whether it has ended is asked first: then nothing can come after what is printed. */
        uint32_t closed = ring_closed(&stream->ring);
        bool any = false;
        enum status status = drain(report, receiving, output, &any);
        if (status != EXIT_DONE) {
            return status;
        }
        if (any) {
            deadline = duration_from(clock_now(), options->common.timeout);
            is_late = false;
            continue;
        }
        if (closed != WINSHM_OPEN || is_gone) {
            return judge_writer(report, receiving, closed);
        }
        if (is_late) {
            return report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE, "the time is up, and nothing has come");
        }

        uint64_t due = receiving->progress.due;
        struct waited waited = stream_wait(stream, due < deadline ? due : deadline);
        progress_show(&receiving->progress, stream->ring.position, 0, stream->ring.capacity, false);
        if (waited.how == WAITED_FAILED) {
            return report_failure(report, EXIT_SYSTEM, waited.error, "cannot wait for its writer");
        }
        is_gone = waited.how == WAITED_ABANDONED || (waited.how == WAITED_SIGNALLED && waited.which == 1);
        is_late = clock_now() >= deadline;
    }
}

enum status receive_run(const struct report *report, const struct reader_options *options, struct output *output)
{
    if (!print_wants_all(options) || options->text) {
        return report_failure(report, EXIT_USAGE, OSERROR_NONE, "is a stream: --%s for values",
                              options->text ? "text is" : "offset and --length are");
    }
    struct receiving receiving = {0};
    enum status status = open_all(report, options->name, &receiving);
    if (status == EXIT_DONE) {
        status = attach(report, options->name, &receiving);
    }
    if (status == EXIT_DONE) {
        print_begin(options, receiving.text, false, 0, output);
        progress_begin(&receiving.progress, report, options->progress, 0);
        status = receive(report, options, &receiving, output);
        if (status == EXIT_DONE) {
            status = output_finish(output);
        }
        progress_show(&receiving.progress, receiving.stream.ring.position, ring_fill(&receiving.stream.ring),
                      receiving.stream.ring.capacity, true);
    }
    if (receiving.attached) {
        stream_close(&receiving.stream, status == EXIT_DONE  ? WINSHM_ENDED
                                        : output->is_cut_off ? WINSHM_CUT_OFF
                                                             : WINSHM_FAILED);
        mutex_release(receiving.consumer);
        mutex_release(receiving.producer); /* ours if the writer has died, or never owned it */
    }
    view_unmap(&receiving.view);
    object_close(receiving.consumer);
    object_close(receiving.producer);
    object_close(receiving.space);
    object_close(receiving.data);
    object_close(receiving.section);
    return status;
}
