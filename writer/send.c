/*
 * send.c - --stream: creates the stream, and supervises the pump and the
 * reader.
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

/* The size of the ring in bytes, if --size is not given. */
#define RING_BYTES (1U << 20)

/*
 * How long to ignore the semaphore `reads` after a program has raised it
 * without becoming the reader, in milliseconds.
 */
#define LOOK_FOR_MS 1

struct sending {
    const struct writer *writer;
    struct hold hold;
    object *data;
    object *space;
    object *producer; /* mutex, owned by this process */
    object *consumer; /* mutex, owned by the reader while it is attached */
    object *stop;     /* event: asks the pump to stop */
    struct pump pump;
    struct progress progress;
    uint64_t tail;     /* the reader's position, as last loaded */
    uint64_t deadline; /* when --timeout is over */
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

/* Restart --timeout, because the stream has moved on. */
static void restart_timeout(struct sending *sending)
{
    sending->tail = shared_load64_acquire(&sending->hold.mapping.trailer->tail);
    sending->deadline = deadline_in(sending->pump.timeout);
}

/*
 * Load the reader's position, and restart --timeout if it has grown. A true
 * position only grows, so one that goes back and forth does not count. A
 * position beyond `head`, which is loaded later, is impossible: set is_broken.
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
 * Wait for the objects until `until` or the end of --timeout, and show the
 * progress during the wait. Return how the wait ended, and return early if the
 * reader's position is impossible.
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
 * Report how the pump failed, and return the status. Return EXIT_DONE if it did
 * not fail.
 */
static enum status judge_pump(const struct report *report, const struct pump *pump)
{
    switch (pump->end) {
    case PUMP_ALL_SENT:
    case PUMP_STOPPED:
        return EXIT_DONE;
    case PUMP_INPUT_FAILED:
        return pump_explain_input(report, pump);
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

/*
 * Return the status of the stream after the reader has ended or died. Print a
 * message if the reader did not consume the whole stream.
 */
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
        ring_end_consumer(ring, 0, WINSHM_DIED);
        break;
    }
    return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "the reader has died");
}

/*
 * Return whether the process that raised the semaphore `reads` is the reader of
 * the stream, or is about to become it. Any user who may read NAME can raise
 * `reads`, but a reader owns the mutex `consumer` before it does so.
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
    /* A reader may have attached and ended between these two checks. */
    bool was_there = shared_load32_acquire(&sending->hold.mapping.trailer->consumer) != 0;
    (void)object_signal(sending->consumer, SIGNAL_RELEASE);
    return was_there;
}

/* The state of the stream, as the supervising thread knows it. */
struct watching {
    bool pumping;        /* the pump has not ended */
    bool has_reader;     /* a reader seems to be attached */
    bool had_reader;     /* a reader was seen before: only the first one restarts --timeout */
    bool is_distrustful; /* `reads` was raised without a reader: ignore it for LOOK_FOR_MS */
};

/*
 * Handle the end of the pump. Return EXIT_DONE if the stream goes on. Otherwise
 * print a message and return the status.
 */
static enum status on_pump(struct sending *sending, struct watching *watching)
{
    enum status status = judge_pump(sending->writer->report, &sending->pump);
    if (status == EXIT_DONE) {
        watching->pumping = false;
        if (!watching->had_reader) {
            progress_await(&sending->progress, sending->writer->report, "a reader");
        }
        restart_timeout(sending);
    }
    return status;
}

/*
 * Handle the raised semaphore `reads`: a reader has attached, or another
 * program has raised it.
 */
static void on_reads(struct sending *sending, struct watching *watching)
{
    watching->has_reader = has_come(sending);
    watching->is_distrustful = !watching->has_reader;
    if (watching->has_reader && !watching->had_reader) {
        watching->had_reader = true;
        progress_has_come(&sending->progress);
        restart_timeout(sending);
        report_detail(sending->writer->report, "the reader has come");
    }
}

/*
 * Handle the end of the reader: this process now owns the mutex `consumer`. If
 * that ends the stream, set *status and return true. Return false if the
 * process died before it became the reader.
 */
static bool on_consumer(struct sending *sending, struct watching *watching, enum status *status)
{
    const winshm_trailer *trailer = sending->hold.mapping.trailer;
    if (shared_load32_acquire(&trailer->consumer) == 0) {
        (void)object_signal(sending->consumer, SIGNAL_RELEASE); /* it died before it attached */
        watching->has_reader = false;
        return false;
    }
    /*
     * If the input failed, the reader ended because of that. Then report the
     * failure of the input.
     */
    bool failed = shared_load32_acquire(&trailer->producer_closed) == WINSHM_FAILED;
    *status = failed ? judge_pump(sending->writer->report, &sending->pump) : EXIT_DONE;
    *status = *status != EXIT_DONE ? *status : judge_reader(sending);
    return true;
}

/*
 * Wait for a reader, and then for its end. The objects that other users can
 * raise or own come last in the wait, and --timeout is checked after every
 * wait. So no other user can keep this process from noticing --release, Ctrl+C
 * or --timeout.
 */
static enum status supervise(struct sending *sending)
{
    const struct report *report = sending->writer->report;
    struct watching watching = {.pumping = true};
    restart_timeout(sending);
    for (;;) {
        /*
         * Before there is a reader, the mutex `consumer` is free, and a wait
         * for it would end at once. So wait for `reads` until then.
         */
        object *const theirs = watching.has_reader ? sending->consumer : sending->hold.reads;
        object *const awaited[] = {sending->hold.release, watching.pumping ? sending->pump.thread : theirs, theirs};
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
        restart_timeout(sending); /* the input is slow, or the pump itself detects the timeout */
    }
}

/* ---- Making the stream ------------------------------------------------------------------------------------------- */

/*
 * Create NAME with the companions of a stream, become its holder, and then
 * publish it.
 */
static enum status make(struct sending *sending)
{
    const struct writer *writer = sending->writer;
    struct hold *hold = &sending->hold;
    struct trailer_plan plan;
    uint64_t size = writer->options->size != 0 ? writer->options->size : RING_BYTES;
    if (!trailer_plan_stream(size, 1, &plan)) {
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
 * Start the pump of a stream that has been created, and supervise it to the
 * end.
 */
static enum status send_pumped(struct sending *sending)
{
    const struct report *report = sending->writer->report;
    struct pump *pump = &sending->pump;
    uint64_t total = 0;
    (void)file_remaining(pump->input.file, &total);
    /* Progress, or a note, would appear in the line that the user is typing. */
    bool is_typed = file_is_console(pump->input.file);
    progress_begin(&sending->progress, report, sending->writer->options->progress && !is_typed, total);
    if (!is_typed) {
        progress_await(&sending->progress, report, "a reader");
    }
    ring_produce(&pump->stream.ring, &sending->hold.mapping);
    pump->stream.wake = sending->space;
    pump->stream.others = &sending->data;
    pump->stream.other_count = 1;
    pump->stream.end = sending->stop;
    stream_begin(&pump->stream);
    enum status status = pump_start(report, pump);
    if (status == EXIT_DONE) {
        status = supervise(sending);
        show_progress(sending, true);
    }
    return status;
}

/*
 * If this process stops before the end of the stream, mark the stream as
 * failed. A pump that is still blocked in a read is harmless: it can only add
 * bytes to the ring.
 */
static void close_early(const struct sending *sending)
{
    winshm_trailer *trailer = sending->hold.mapping.trailer;
    if (trailer != NULL && shared_load32_acquire(&trailer->producer_closed) == WINSHM_OPEN) {
        shared_store32_release(&trailer->producer_closed, WINSHM_FAILED);
    }
}

/*
 * Close everything. If the pump does not stop, keep everything that it may use
 * until the process ends.
 */
static void send_close(struct sending *sending)
{
    bool has_stopped = pump_stop(&sending->pump);
    close_early(sending);
    if (!has_stopped) {
        trailer_release(&sending->hold.mapping);
        return;
    }
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
    static struct sending sending; /* not on the stack: the pump may outlive this function */
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
