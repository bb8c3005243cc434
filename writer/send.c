/*
 * send.c - --stream: creates the stream, and supervises the pump and the
 * readers.
 */
#include "writer/send.h"

#include <stdio.h>

#include "common/console/explain.h"
#include "common/console/progress.h"
#include "common/deadline.h"
#include "common/memory/companion.h"
#include "common/memory/shared.h"
#include "common/memory/value.h"
#include "writer/consumers.h"
#include "writer/existing.h"
#include "writer/hold.h"
#include "writer/patience.h"
#include "writer/pump.h"

/* The size of the ring in bytes, if --size is not given. */
#define RING_BYTES (8U << 20)

/*
 * How long to ignore the semaphore `reads` after a program has raised it
 * without becoming the reader, in milliseconds.
 */
#define LOOK_FOR_MS 1

struct sending {
    const struct writer *writer;
    struct hold hold;
    struct consumers consumers;
    object *space;
    object *producer; /* mutex, owned by this process */
    object *stop;     /* event: asks the pump to stop */
    struct pump pump;
    struct progress progress;
    char awaited[32];    /* for the note: the readers that have not come */
    uint64_t deadline;   /* when --timeout is over */
    bool is_broken;      /* the position of the only reader was impossible */
    bool is_pumping;     /* the pump has not ended */
    bool is_distrustful; /* `reads` was raised without a reader: ignore it for LOOK_FOR_MS */
};

/* ---- Watching over it -------------------------------------------------------------------------------------------- */

static void show_progress(struct sending *sending, bool last)
{
    const struct ring *ring = &sending->pump.stream.ring;
    uint64_t head = shared_load64_acquire(&ring->trailer->head);
    uint64_t fill = consumers_fill(&sending->consumers, head);
    progress_show(&sending->progress, head, fill < ring->capacity ? fill : ring->capacity, ring->capacity, last);
}

/* Restart --timeout, because the stream has moved on. */
static void restart_timeout(struct sending *sending)
{
    sending->deadline = deadline_in(sending->pump.timeout);
}

/*
 * Look at the positions of the readers. If one has moved on, restart --timeout,
 * but not while a stream waits for its last readers to come. If one has ended,
 * wake the pump, which may be waiting for it.
 */
static void look_at_readers(struct sending *sending)
{
    struct consumers *consumers = &sending->consumers;
    uint32_t ended = consumers->ended;
    bool has_moved = consumers_look(consumers, &sending->pump.stream.ring, &sending->is_broken);
    if (consumers->ended != ended) {
        (void)object_signal(sending->space, SIGNAL_SET);
    }
    if (has_moved && (consumers->count == 1 || consumers_missing(consumers) == 0)) {
        restart_timeout(sending);
    }
}

/*
 * Wait for the objects until `until` or the end of --timeout, and show the
 * progress during the wait. Return how the wait ended, and return early if the
 * stream is damaged or all readers have ended.
 */
static struct waited send_watch(struct sending *sending, object *const awaited[], size_t count, uint64_t until)
{
    for (;;) {
        uint64_t next = until < sending->deadline ? until : sending->deadline;
        struct waited waited = wait_any(awaited, count, sending->progress.due < next ? sending->progress.due : next);
        show_progress(sending, false);
        look_at_readers(sending);
        if (sending->is_broken || consumers_have_ended(&sending->consumers)) {
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

/* Write down which readers are awaited, for messages. */
static void name_awaited(struct sending *sending)
{
    const struct consumers *consumers = &sending->consumers;
    if (consumers->count == 1) {
        (void)snprintf(sending->awaited, sizeof sending->awaited, "a reader");
    } else {
        (void)snprintf(sending->awaited, sizeof sending->awaited, "%u of %u readers",
                       (unsigned)consumers_missing(consumers), (unsigned)consumers->count);
    }
}

/* Report that the readers have not come in time, and return the status. */
static enum status nobody_came(struct sending *sending)
{
    name_awaited(sending);
    return report_failure(sending->writer->report, EXIT_TIMED_OUT, OSERROR_NONE, "timed out waiting for %s",
                          sending->awaited);
}

/*
 * Report how the pump failed, and return the status. Return EXIT_DONE if it did
 * not fail.
 */
static enum status judge_pump(struct sending *sending)
{
    const struct report *report = sending->writer->report;
    const struct pump *pump = &sending->pump;
    switch (pump->end) {
    case PUMP_ALL_SENT:
    case PUMP_STOPPED:
        return EXIT_DONE;
    case PUMP_INPUT_FAILED:
        return pump_explain_input(report, pump);
    case PUMP_TIMED_OUT:
        return consumers_missing(&sending->consumers) > 0
                   ? nobody_came(sending)
                   : report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE,
                                    "timed out waiting for the reader, which has stopped reading");
    case PUMP_BROKEN:
        return ring_damaged(report);
    case PUMP_FAILED:
        break;
    }
    return waiting_failed(report, pump->error);
}

/*
 * Handle the end of the pump. Return EXIT_DONE if the stream goes on. Otherwise
 * print a message and return the status.
 */
static enum status on_pump(struct sending *sending)
{
    enum status status = judge_pump(sending);
    if (status == EXIT_DONE) {
        sending->is_pumping = false;
        if (sending->consumers.have_come < sending->consumers.count) {
            progress_await(&sending->progress, sending->writer->report, sending->awaited);
        }
        restart_timeout(sending);
    }
    return status;
}

/*
 * Handle the raised semaphore `reads`: a reader has attached, or another
 * program has raised it. A reader that comes in the place of one that died
 * before it had attached does not restart --timeout.
 */
static void on_reads(struct sending *sending)
{
    const struct consumers *consumers = &sending->consumers;
    bool is_first;
    sending->is_distrustful = !consumers_meet(&sending->consumers, &is_first);
    if (is_first) {
        name_awaited(sending);
        restart_timeout(sending);
        if (consumers->count == 1) {
            report_detail(sending->writer->report, "the reader has come");
        } else {
            report_detail(sending->writer->report, "%u of %u readers have come", (unsigned)consumers->have_come,
                          (unsigned)consumers->count);
        }
        if (consumers->have_come == consumers->count) {
            progress_has_come(&sending->progress);
        }
    }
}

/*
 * Handle the end of a reader: this process now owns its mutex `consumer`. If
 * the input failed, the readers end because of that. Then report the failure
 * of the input. If a reader that was in the way has ended, the pump goes on.
 */
static enum status on_consumer(struct sending *sending, uint32_t number)
{
    const struct ring *ring = &sending->pump.stream.ring;
    consumers_leave(&sending->consumers, ring, number);
    bool has_failed = shared_load32_acquire(&ring->trailer->producer_closed) == WINSHM_FAILED;
    (void)object_signal(sending->space, SIGNAL_SET);
    return has_failed ? judge_pump(sending) : EXIT_DONE;
}

/*
 * Handle the end of --timeout. While the pump runs and all readers are there,
 * the input is slow, or the pump itself detects a reader that does not read.
 */
static enum status on_timeout(struct sending *sending)
{
    struct consumers *consumers = &sending->consumers;
    if (consumers_missing(consumers) > 0) {
        return nobody_came(sending);
    }
    if (!sending->is_pumping && consumers->count == 1) {
        return report_failure(sending->writer->report, EXIT_TIMED_OUT, OSERROR_NONE,
                              "timed out waiting for the reader to read the rest");
    }
    if (!sending->is_pumping) {
        consumers_drop(consumers, &sending->pump.stream.ring);
    }
    restart_timeout(sending);
    return EXIT_DONE;
}

/* Report that the stream was released too early, and return the status. */
static enum status was_released(const struct sending *sending)
{
    uint32_t closed = shared_load32_acquire(&sending->pump.stream.ring.trailer->producer_closed);
    return report_failure(sending->writer->report, EXIT_BROKEN, OSERROR_NONE, "was released before %s",
                          closed == WINSHM_ENDED ? "all of it was read" : "the input ended");
}

/*
 * List the objects to wait for. Those that other users can raise or own come
 * last. Store the numbers of the consumers, whose mutexes begin at the result,
 * and the number of all objects. `reads` is the last one, if it is in the list.
 */
static size_t list_awaited(const struct sending *sending, object *awaited[], uint32_t numbers[], size_t *count)
{
    size_t first = 0;
    awaited[first++] = sending->hold.release;
    if (sending->is_pumping) {
        awaited[first++] = sending->pump.thread;
    }
    *count = first + consumers_await(&sending->consumers, awaited + first, numbers);
    if (consumers_missing(&sending->consumers) > 0 && !sending->is_distrustful) {
        awaited[(*count)++] = sending->hold.reads;
    }
    return first;
}

/*
 * Wait for the readers, and then for their ends. --timeout is checked after
 * every wait. So no other user can keep this process from noticing --release,
 * Ctrl+C or --timeout.
 */
static enum status supervise(struct sending *sending)
{
    const struct report *report = sending->writer->report;
    sending->is_pumping = true;
    restart_timeout(sending);
    while (!consumers_have_ended(&sending->consumers)) {
        object *awaited[WINSHM_CONSUMERS_MAX + 3];
        uint32_t numbers[WINSHM_CONSUMERS_MAX];
        size_t count;
        size_t first = list_awaited(sending, awaited, numbers, &count);
        struct waited waited =
            send_watch(sending, awaited, count, sending->is_distrustful ? deadline_in(LOOK_FOR_MS) : CLOCK_NEVER);
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
        sending->is_distrustful = false;
        if (came && waited.which == 0) {
            return was_released(sending);
        }
        if (came && waited.which < first) {
            status = on_pump(sending);
        } else if (came && awaited[waited.which] == sending->hold.reads) {
            on_reads(sending);
        } else if (came) {
            status = on_consumer(sending, numbers[waited.which - first]);
        }
        if (status == EXIT_DONE && !consumers_have_ended(&sending->consumers) && clock_now() >= sending->deadline) {
            status = on_timeout(sending);
        }
        if (status != EXIT_DONE) {
            return status;
        }
    }
    return consumers_judge(&sending->consumers, report);
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
    if (!trailer_plan_stream(size, writer->options->readers, &plan)) {
        return explain_no_memory(writer->report, size, OSERROR_NONE);
    }
    enum status status = hold_make(writer, &plan, hold);
    if (status != EXIT_DONE) {
        return status;
    }
    const struct companion companions[] = {{COMPANION_SPACE, &sending->space},
                                           {COMPANION_PRODUCER, &sending->producer}};
    status = hold_add(writer, companions, sizeof companions / sizeof *companions);
    if (status == EXIT_DONE) {
        status = consumers_create(writer, &hold->mapping, &sending->consumers);
    }
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
    name_awaited(sending);
    if (!is_typed) {
        progress_await(&sending->progress, report, sending->awaited);
    }
    ring_produce(&pump->stream.ring, &sending->hold.mapping);
    pump->stream.wake = sending->space;
    pump->stream.others = sending->consumers.data;
    pump->stream.other_count = sending->consumers.count;
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
    object_close(sending->space);
    consumers_close(&sending->consumers);
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
    sending = (struct sending){
        .writer = writer, .pump = {.report = *writer->report, .timeout = options->common.timeout, .gathers = true}};
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
