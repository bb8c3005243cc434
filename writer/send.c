/*
 * send.c - --stream: makes the stream, and supervises the pump and the reader.
 */
#include "writer/send.h"

#include "common/console/explain.h"
#include "common/console/progress.h"
#include "common/deadline.h"
#include "common/memory/companion.h"
#include "common/memory/shared.h"
#include "common/memory/value.h"
#include "writer/existing.h"
#include "writer/hold.h"
#include "writer/patience.h"
#include "writer/pump.h"

/* The ring, if --size does not say. */
#define RING_BYTES (1U << 20)

/*
 * How long the pump is given to notice that it should stop, in milliseconds: if
 * it is reading, it does not.
 */
#define STOP_FOR_MS 100

/*
 * How long a semaphore that was raised in vain is left alone, in milliseconds.
 */
#define LOOK_FOR_MS 1

struct sending {
    const struct writer *writer;
    struct hold hold;
    object *data;
    object *space;
    object *producer; /* mutex, owned */
    object *consumer; /* mutex, the reader's */
    object *stop;     /* event: the pump is to stop */
    object *thread;   /* the pump's */
    struct pump pump;
    struct progress progress;
    uint64_t tail;     /* the reader's, as last seen */
    uint64_t deadline; /* when nothing has happened for too long */
    bool is_broken;    /* the reader's position was impossible */
};

/* ---- Watching over it -------------------------------------------------------------------------------------------- */

static void show_progress(struct sending *sending, bool last)
{
    const struct ring *ring = &sending->pump.stream.ring;
    const winshm_trailer *trailer = ring->trailer;
    uint64_t head = shared_load64_acquire(&trailer->head);
    uint64_t fill = head - shared_load64_acquire(&trailer->tail);
    progress_show(&sending->progress, head, fill < ring->capacity ? fill : ring->capacity, ring->capacity, last);
}

/* The stream has moved on: --timeout begins again. */
static void restart_timeout(struct sending *sending)
{
    sending->tail = shared_load64_acquire(&sending->hold.mapping.trailer->tail);
    sending->deadline = deadline_in(sending->pump.timeout);
}

/*
 * See whether the reader has read on. A position only grows: one that goes back
 * and forth is no progress, and one beyond `head`, which is loaded later, is
 * impossible.
 */
static void look_at_tail(struct sending *sending)
{
    const winshm_trailer *trailer = sending->hold.mapping.trailer;
    uint64_t tail = shared_load64_acquire(&trailer->tail);
    sending->is_broken = tail > shared_load64_acquire(&trailer->head);
    if (!sending->is_broken && tail > sending->tail) {
        restart_timeout(sending);
    }
}

/*
 * Wait until `until`, or for as long as --timeout allows, and show the progress
 * in the course of it.
 */
static struct waited send_watch(struct sending *sending, object *const awaited[], size_t count, uint64_t until)
{
    for (;;) {
        uint64_t next = until < sending->deadline ? until : sending->deadline;
        struct waited waited = wait_any(awaited, count, sending->progress.due < next ? sending->progress.due : next);
        show_progress(sending, false);
        look_at_tail(sending);
        if (sending->is_broken) {
            return waited;
        }
        if (waited.how != WAITED_TIMEOUT || clock_now() >= until || clock_now() >= sending->deadline) {
            return waited;
        }
    }
}

static enum status waiting_failed(const struct report *report, oserror error)
{
    return report_failure(report, EXIT_SYSTEM, error, "cannot wait for the reader");
}

static enum status ring_damaged(const struct report *report)
{
    return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "the ring is damaged");
}

/*
 * Report how the pump failed, and return the status; EXIT_DONE if it did not
 * fail.
 */
static enum status judge_pump(const struct report *report, const struct pump *pump)
{
    switch (pump->end) {
    case PUMP_ALL_SENT:
    case PUMP_STOPPED:
        return EXIT_DONE;
    case PUMP_INPUT_FAILED:
        return pump->reported != EXIT_DONE ? pump->reported
                                           : report_failure(report, EXIT_IO, pump->error, "cannot read the input");
    case PUMP_TIMED_OUT:
        return report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE, "timed out waiting for %s",
                              shared_load32_acquire(&pump->stream.ring.trailer->consumer) == 0
                                  ? "a reader"
                                  : "the reader, which has stopped reading");
    case PUMP_BROKEN:
        return ring_damaged(report);
    case PUMP_FAILED:
        break;
    }
    return waiting_failed(report, pump->error);
}

/* The reader has let go of its mutex, or died with it. */
static enum status judge_reader(struct sending *sending)
{
    const struct report *report = sending->writer->report;
    struct ring *ring = &sending->pump.stream.ring;
    switch (ring_closed(ring)) {
    case WINSHM_ENDED:
        if (shared_load32_acquire(&ring->trailer->producer_closed) == WINSHM_ENDED) {
            return EXIT_DONE;
        }
        break;
    case WINSHM_CUT_OFF:
        return report_failure(report, EXIT_IO, OSERROR_NONE, "the reader's output was closed");
    case WINSHM_FAILED:
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "the reader failed");
    default:
        ring_close_other(ring, WINSHM_DIED);
        break;
    }
    return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "the reader has died");
}

/*
 * Return whether the process that raised `reads` is our reader, or becomes it. A
 * reader owns `consumer` before it raises `reads`; `shmread --raw` does not.
 */
static bool has_come(const struct sending *sending)
{
    if (shared_load32_acquire(&sending->hold.mapping.trailer->consumer) != 0) {
        return true;
    }
    struct waited waited = wait_any(&sending->consumer, 1, 0);
    if (waited.how != WAITED_SIGNALLED && waited.how != WAITED_ABANDONED) {
        return true;
    }
    /* It may have come, and gone, between these two looks. */
    bool was_there = shared_load32_acquire(&sending->hold.mapping.trailer->consumer) != 0;
    (void)object_signal(sending->consumer, SIGNAL_RELEASE);
    return was_there;
}

/* The state of the stream as its supervisor sees it. */
struct watching {
    bool pumping;        /* the pump has not ended */
    bool has_reader;     /* there seems to be one */
    bool had_reader;     /* there was one before: only the first one restarts --timeout */
    bool is_distrustful; /* `reads` was raised, and there was no reader: do not look at it for a moment */
};

/* The end of the pump has come. EXIT_DONE if the stream goes on. */
static enum status on_pump(struct sending *sending, struct watching *watching)
{
    enum status status = judge_pump(sending->writer->report, &sending->pump);
    if (status == EXIT_DONE) {
        watching->pumping = false;
        restart_timeout(sending);
    }
    return status;
}

/*
 * `reads` was raised: a reader has come, or a program has only looked, as
 * shmread --raw does.
 */
static void on_reads(struct sending *sending, struct watching *watching)
{
    watching->has_reader = has_come(sending);
    watching->is_distrustful = !watching->has_reader;
    if (watching->has_reader && !watching->had_reader) {
        watching->had_reader = true;
        restart_timeout(sending);
        report_detail(sending->writer->report, "the reader has come");
    }
}

/*
 * The reader's mutex is ours. True if that was the end of the stream, with its
 * *status.
 */
static bool on_consumer(struct sending *sending, struct watching *watching, enum status *status)
{
    const winshm_trailer *trailer = sending->hold.mapping.trailer;
    if (shared_load32_acquire(&trailer->consumer) == 0) {
        (void)object_signal(sending->consumer, SIGNAL_RELEASE); /* it died before it was our reader: wait for another */
        watching->has_reader = false;
        return false;
    }
    /*
     * It may have ended because the input failed, and that is what is to be
     * reported.
     */
    bool failed = shared_load32_acquire(&trailer->producer_closed) == WINSHM_FAILED;
    *status = failed ? judge_pump(sending->writer->report, &sending->pump) : EXIT_DONE;
    *status = *status != EXIT_DONE ? *status : judge_reader(sending);
    return true;
}

/*
 * Wait for a reader, then for its end. The objects that other users can raise or
 * own come last in the wait, and --timeout is checked after every wait. So no
 * other user can keep us from --release, Ctrl+C or --timeout.
 */
static enum status supervise(struct sending *sending)
{
    const struct report *report = sending->writer->report;
    struct watching watching = {.pumping = true};
    restart_timeout(sending);
    for (;;) {
        /*
         * Before there is a reader its mutex is free, and not to be waited for.
         */
        object *const theirs = watching.has_reader ? sending->consumer : sending->hold.reads;
        object *const awaited[] = {sending->hold.release, watching.pumping ? sending->thread : theirs, theirs};
        size_t count = 1 + (size_t)watching.pumping + (size_t)!watching.is_distrustful;
        struct waited waited =
            send_watch(sending, awaited, count, watching.is_distrustful ? deadline_in(LOOK_FOR_MS) : CLOCK_NEVER);
        enum status status = EXIT_DONE;
        bool came = waited.how == WAITED_SIGNALLED || waited.how == WAITED_ABANDONED;
        if (waited.how == WAITED_FAILED) {
            return waiting_failed(report, waited.error);
        }
        if (waited.how == WAITED_INTERRUPTED) {
            return EXIT_INTERRUPTED;
        }
        if (sending->is_broken) {
            return ring_damaged(report);
        }
        watching.is_distrustful = false;
        if (came && waited.which == 0) {
            return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "was released before the input ended");
        }
        if (came && watching.pumping && waited.which == 1) {
            status = on_pump(sending, &watching);
            if (status != EXIT_DONE) {
                return status;
            }
        } else if (came && watching.has_reader) {
            if (on_consumer(sending, &watching, &status)) {
                return status;
            }
        } else if (came) {
            on_reads(sending, &watching);
        }
        if (clock_now() < sending->deadline) {
            continue;
        }
        if (!watching.pumping || !watching.has_reader) {
            return report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE, "timed out waiting for %s",
                                  watching.has_reader ? "the reader to read the rest" : "a reader");
        }
        restart_timeout(sending); /* it is the input that is slow, or the pump that reports */
    }
}

/* ---- Making the stream ------------------------------------------------------------------------------------------- */

/*
 * Create NAME with the companions of a stream, and publish it once we hold it.
 */
static enum status make(struct sending *sending)
{
    const struct writer *writer = sending->writer;
    struct hold *hold = &sending->hold;
    struct trailer_plan plan;
    uint64_t size = writer->options->size != 0 ? writer->options->size : RING_BYTES;
    if (!trailer_plan_stream(size, &plan)) {
        return explain_no_memory(writer->report, size, OSERROR_NONE);
    }
    enum status status = hold_make(writer, &plan, hold);
    if (status != EXIT_DONE) {
        return status;
    }
    const struct companion companions[] = {{COMPANION_DATA, &sending->data},
                                           {COMPANION_SPACE, &sending->space},
                                           {COMPANION_PRODUCER, &sending->producer},
                                           {COMPANION_CONSUMER, &sending->consumer}};
    status = hold_add(writer, companions, sizeof companions / sizeof *companions);
    if (status != EXIT_DONE) {
        return status;
    }
    oserror error = object_create(OBJECT_EVENT, NULL, NULL, &sending->stop);
    if (error != OSERROR_NONE) {
        return waiting_failed(writer->report, error);
    }

    /*
     * Nothing has been published yet, so no reader waits for these two mutexes.
     */
    status = hold_own(writer, sending->producer);
    if (status == EXIT_DONE) {
        status = hold_begin(writer, hold);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    shared_store32_release(&hold->mapping.trailer->producer, process_id());
    value_publish(&hold->mapping, 0, sending->pump.input.text);
    (void)object_signal(hold->writer, SIGNAL_RELEASE);
    return EXIT_DONE;
}

/*
 * Start the pump of a stream that has been made, and supervise it to the end.
 */
static enum status send_pumped(struct sending *sending)
{
    const struct report *report = sending->writer->report;
    struct pump *pump = &sending->pump;
    uint64_t total = 0;
    (void)file_remaining(pump->input.file, &total);
    /* Progress would be written into the line that is being typed. */
    bool shows_progress = sending->writer->options->progress && !file_is_console(pump->input.file);
    progress_begin(&sending->progress, report, shows_progress, total);
    ring_attach(&pump->stream.ring, &sending->hold.mapping, true);
    pump->stream.wake = sending->space;
    pump->stream.other = sending->data;
    pump->stream.end = sending->stop;
    stream_begin(&pump->stream);
    oserror error = thread_start(pump_run, pump, &sending->thread);
    if (error != OSERROR_NONE) {
        return report_failure(report, EXIT_SYSTEM, error, "cannot start a thread");
    }
    enum status status = supervise(sending);
    show_progress(sending, true);
    return status;
}

/*
 * If we stop early, mark the stream as failed. A pump that is still blocked in a
 * read is harmless: it can only add bytes to the ring.
 */
static void close_early(const struct sending *sending)
{
    winshm_trailer *trailer = sending->hold.mapping.trailer;
    if (trailer != NULL && shared_load32_acquire(&trailer->producer_closed) == WINSHM_OPEN) {
        shared_store32_release(&trailer->producer_closed, WINSHM_FAILED);
    }
}

/*
 * Close everything. If the pump does not stop, the process keeps all that the
 * pump may use until it ends.
 */
static void send_close(struct sending *sending)
{
    if (sending->thread != NULL) {
        (void)object_signal(sending->stop, SIGNAL_SET);
        if (wait_any(&sending->thread, 1, deadline_in(STOP_FOR_MS)).how != WAITED_SIGNALLED) {
            close_early(sending);
            trailer_release(&sending->hold.mapping);
            return;
        }
        object_close(sending->thread);
    }
    close_early(sending);
    object_close(sending->stop);
    object_close(sending->data);
    object_close(sending->space);
    hold_close_mutex(sending->consumer);
    hold_close_mutex(sending->producer);
    hold_close(&sending->hold);
    contents_close(&sending->pump.input);
}

enum status send_run(struct writer *writer)
{
    static struct sending sending; /* not on the stack: the pump may outlive this */
    const struct writer_options *options = writer->options;
    enum status status = access_decide(writer);
    if (status == EXIT_DONE) {
        status = existing_check(writer);
    }
    if (status != EXIT_DONE) {
        return status;
    }
    sending =
        (struct sending){.writer = writer, .pump = {.report = *writer->report, .timeout = options->common.timeout}};
    status = contents_open_input(writer, &sending.pump.input);
    if (status != EXIT_DONE) {
        return status;
    }
    writer->deadline = patience_deadline(options, PATIENCE_MS);
    status = make(&sending);
    if (status == EXIT_DONE) {
        status = send_pumped(&sending);
    }
    send_close(&sending);
    return status;
}
