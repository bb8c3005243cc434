#include "send.h"

#include <string.h>

#include "contents.h"
#include "duration.h"
#include "explain.h"
#include "hold.h"
#include "progress.h"
#include "shared.h"
#include "stream.h"
#include "typed.h"
#include "value.h"

/* The ring, if --size does not say. */
#define RING_SIZE (1U << 20)

/* How long the pump is given to notice that it should stop, in milliseconds: if it is reading, it does not. */
#define STOP_FOR 100

/* How the pump ended. */
enum pump_end {
    PUMP_ALL_SENT,
    PUMP_INPUT_FAILED, /* with pump.error, or told already */
    PUMP_TIMED_OUT,    /* there was no room for too long */
    PUMP_STOPPED,      /* the other side has ended, or we were told to */
    PUMP_BROKEN,       /* the other side's position is impossible */
    PUMP_FAILED        /* with pump.error */
};

struct pump {
    struct report report; /* its own, as it may outlive whoever started it */
    uint64_t timeout;
    struct contents input;
    struct stream stream;
    enum pump_end end; /* when its thread has ended */
    oserror error;
    enum status told; /* a failure of the console that has been told */
};

struct sending {
    struct hold hold;
    object *data;
    object *space;
    object *producer; /* mutex, owned */
    object *consumer; /* mutex, the reader's */
    object *stop;     /* event: the pump is to stop */
    object *thread;   /* the pump's */
    struct view view;
    struct mapping mapping;
    struct pump pump;
    struct progress progress;
    uint64_t tail;     /* the reader's, as last seen */
    uint64_t deadline; /* when nothing has happened for too long */
};

/* ---- The pump ---------------------------------------------------------------------------------------------------- */

/* Wait for room. True when there may be some; else pump->end says why not. */
static bool wait_for_room(struct pump *pump)
{
    /* Whoever takes a little now and then is slow, and not gone: the time begins anew whenever something moves. */
    const winshm_trailer *trailer = pump->stream.ring.trailer;
    struct waited waited;
    uint64_t tail;
    do {
        tail = shared_load64_acquire(&trailer->tail);
        waited = stream_wait(&pump->stream, duration_from(clock_now(), pump->timeout));
    } while (waited.how == WAITED_TIMEOUT && shared_load64_acquire(&trailer->tail) != tail);
    if (waited.how == WAITED_SIGNALLED && waited.which == 0 && ring_closed(&pump->stream.ring) == WINSHM_OPEN) {
        return true;
    }
    pump->end = waited.how == WAITED_TIMEOUT  ? PUMP_TIMED_OUT
                : waited.how == WAITED_FAILED ? PUMP_FAILED
                                              : PUMP_STOPPED;
    pump->error = waited.error;
    return false;
}

/* The next room in the ring, waited for. False when there will be none. */
static bool next_room(struct pump *pump, uint8_t **bytes, size_t *size)
{
    do {
        if (ring_span(&pump->stream.ring, bytes, size) == RING_BROKEN) {
            pump->end = PUMP_BROKEN;
            return false;
        }
    } while (*size == 0 && wait_for_room(pump));
    *size = stream_piece(&pump->stream, *size);
    return *size != 0;
}

static void pump_file(struct pump *pump)
{
    uint8_t *bytes;
    size_t size;
    while (next_room(pump, &bytes, &size)) {
        size_t got = 0;
        oserror error = file_read(pump->input.file, bytes, size, &got);
        if (error != OSERROR_NONE) {
            pump->end = PUMP_INPUT_FAILED;
            pump->error = error;
            return;
        }
        if (got == 0) {
            pump->end = PUMP_ALL_SENT;
            return;
        }
        stream_advance(&pump->stream, got);
    }
}

static bool pump_bytes(struct pump *pump, const uint8_t *from, size_t left)
{
    while (left > 0) {
        uint8_t *bytes;
        size_t size;
        if (!next_room(pump, &bytes, &size)) {
            return false;
        }
        size = size < left ? size : left;
        memcpy(bytes, from, size);
        stream_advance(&pump->stream, size);
        from += size;
        left -= size;
    }
    return true;
}

/* What is typed is on its way when its line ends. */
static void pump_console(struct pump *pump)
{
    struct typed typed;
    typed_begin(&typed, &pump->report, pump->input.file);
    do {
        struct contents line = {.text = pump->input.text};
        enum status status = typed_read(&typed, &pump->report);
        if (status == EXIT_DONE) {
            status = contents_add_text(&pump->report, &line, typed.units, typed.count, EXIT_IO);
        }
        if (status != EXIT_DONE) {
            pump->end = PUMP_INPUT_FAILED;
            pump->told = status;
            contents_close(&line);
            return;
        }
        bool sent = true;
        for (struct contents_piece piece = contents_begin(&line); sent && contents_next(&piece);) {
            sent = pump_bytes(pump, piece.bytes, piece.size);
        }
        contents_close(&line);
        if (!sent) {
            return;
        }
    } while (!typed.at_end);
    pump->end = PUMP_ALL_SENT;
}

static void pump_run(void *context)
{
    struct pump *pump = context;
    if (file_is_console(pump->input.file)) {
        pump_console(pump);
    } else {
        pump_file(pump);
    }
    if (pump->end == PUMP_ALL_SENT) {
        stream_close(&pump->stream, WINSHM_ENDED);
    } else if (pump->end == PUMP_INPUT_FAILED) {
        stream_close(&pump->stream, WINSHM_FAILED);
    }
}

/* ---- Watching over it -------------------------------------------------------------------------------------------- */

static void show_progress(struct sending *sending, bool last)
{
    const struct ring *ring = &sending->pump.stream.ring;
    const winshm_trailer *trailer = ring->trailer;
    uint64_t head = shared_load64_acquire(&trailer->head);
    uint64_t fill = head - shared_load64_acquire(&trailer->tail);
    progress_show(&sending->progress, head, fill < ring->capacity ? fill : ring->capacity, ring->capacity, last);
}

/* Something has happened: --timeout begins anew. */
static void begin_anew(struct sending *sending)
{
    sending->tail = shared_load64_acquire(&sending->mapping.trailer->tail);
    sending->deadline = duration_from(clock_now(), sending->pump.timeout);
}

/* Wait as long as --timeout allows, and show the progress meanwhile. */
static struct waited watch(struct sending *sending, object *const awaited[], size_t count)
{
    for (;;) {
        uint64_t due = sending->progress.due;
        struct waited waited = wait_any(awaited, count, due < sending->deadline ? due : sending->deadline);
        show_progress(sending, false);
        if (waited.how != WAITED_TIMEOUT) {
            return waited;
        }
        if (shared_load64_acquire(&sending->mapping.trailer->tail) != sending->tail) {
            begin_anew(sending);
        } else if (clock_now() >= sending->deadline) {
            return waited;
        }
    }
}

static enum status waiting_failed(const struct report *report, oserror error)
{
    return report_failure(report, EXIT_SYSTEM, error, "cannot wait for the reader");
}

/* What the end of the pump means. EXIT_DONE when it has not ended badly. */
static enum status judge_pump(const struct report *report, const struct pump *pump)
{
    switch (pump->end) {
    case PUMP_ALL_SENT:
    case PUMP_STOPPED:
        return EXIT_DONE;
    case PUMP_INPUT_FAILED:
        return pump->told != EXIT_DONE ? pump->told
                                       : report_failure(report, EXIT_IO, pump->error, "cannot read the input");
    case PUMP_TIMED_OUT:
        return report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE, "the time is up: nobody has read on");
    case PUMP_BROKEN:
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "the ring is damaged");
    case PUMP_FAILED:
        break;
    }
    return waiting_failed(report, pump->error);
}

/* The reader has let go of its mutex, or died with it. */
static enum status judge_reader(const struct report *report, struct sending *sending)
{
    const struct ring *ring = &sending->pump.stream.ring;
    switch (ring_closed(ring)) {
    case WINSHM_ENDED:
        if (shared_load32_acquire(&ring->trailer->producer_closed) == WINSHM_ENDED) {
            return EXIT_DONE;
        }
        break;
    case WINSHM_CUT_OFF:
        return report_failure(report, EXIT_IO, OSERROR_NONE, "the output of its reader was closed");
    case WINSHM_FAILED:
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "its reader could not go on");
    default:
        ring_close_other(&sending->pump.stream.ring, WINSHM_DIED);
        break;
    }
    return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "its reader has gone away");
}

/* Somebody has read, as it seems. Is it our reader, or does it become it? It owns its mutex before it says anything. */
static bool has_come(const struct sending *sending)
{
    if (shared_load32_acquire(&sending->mapping.trailer->consumer) != 0) {
        return true;
    }
    struct waited waited = wait_any(&sending->consumer, 1, 0);
    if (waited.how != WAITED_SIGNALLED && waited.how != WAITED_ABANDONED) {
        return true;
    }
    /* It may have come, and gone, between these two looks. */
    bool was_there = shared_load32_acquire(&sending->mapping.trailer->consumer) != 0;
    mutex_release(sending->consumer);
    return was_there;
}

/* Wait for a reader, then for its end. */
static enum status supervise(const struct report *report, struct sending *sending)
{
    bool pumping = true;
    bool has_reader = false;
    begin_anew(sending);
    for (;;) {
        /* Before there is a reader its mutex is free, and not to be waited for. */
        object *const awaited[] = {has_reader ? sending->consumer : sending->hold.reads, sending->hold.release,
                                   sending->thread};
        struct waited waited = watch(sending, awaited, pumping ? 3 : 2);
        switch (waited.how) {
        case WAITED_SIGNALLED:
        case WAITED_ABANDONED:
            if (waited.which == 1) {
                return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "was released before its end");
            }
            if (waited.which == 2) {
                enum status status = judge_pump(report, &sending->pump);
                if (status != EXIT_DONE) {
                    return status;
                }
                pumping = false;
                begin_anew(sending);
            } else if (has_reader && shared_load32_acquire(&sending->mapping.trailer->consumer) == 0) {
                mutex_release(sending->consumer); /* it died before it was our reader: wait for another */
                has_reader = false;
            } else if (has_reader) {
                /* It may have ended because the input failed, and that is what is to be told. */
                bool failed = shared_load32_acquire(&sending->mapping.trailer->producer_closed) == WINSHM_FAILED;
                enum status status = failed ? judge_pump(report, &sending->pump) : EXIT_DONE;
                return status != EXIT_DONE ? status : judge_reader(report, sending);
            } else if (has_come(sending)) {
                has_reader = true;
                begin_anew(sending);
                report_detail(report, "its reader has come");
            } /* else somebody only looked, as shmread --raw does: that is nothing that we wait for */
            break;
        case WAITED_TIMEOUT:
            if (pumping && has_reader) {
                begin_anew(sending);
                break; /* it is the input that is slow, or the pump that tells */
            }
            return report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE, "the time is up: nobody has read it%s",
                                  has_reader ? " to its end" : "");
        case WAITED_INTERRUPTED:
            return EXIT_INTERRUPTED;
        case WAITED_FAILED:
            return waiting_failed(report, waited.error);
        }
    }
}

/* ---- Making the stream ------------------------------------------------------------------------------------------- */

static enum status make(const struct report *report, const struct writer_options *options, struct sending *sending)
{
    struct trailer_plan plan;
    uint64_t size = options->size != 0 ? options->size : RING_SIZE;
    if (!trailer_plan_stream(size, &plan)) {
        return explain_no_memory(report, size, OSERROR_NONE);
    }
    enum status status = hold_create(report, options, plan.section_size, NULL, &sending->hold);
    if (status != EXIT_DONE) {
        return status;
    }
    const struct hold_companion companions[] = {{WINSHM_DATA, signal_create, &sending->data},
                                                {WINSHM_SPACE, signal_create, &sending->space},
                                                {WINSHM_PRODUCER, mutex_create, &sending->producer},
                                                {WINSHM_CONSUMER, mutex_create, &sending->consumer}};
    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++) {
        status = hold_add(report, options, &companions[i]);
        if (status != EXIT_DONE) {
            return status;
        }
    }

    oserror error = view_map(sending->hold.section, ACCESS_WRITE, &sending->view);
    if (error != OSERROR_NONE) {
        return explain_map(report, error);
    }
    error = event_create(NULL, NULL, &sending->stop);
    if (error != OSERROR_NONE) {
        return waiting_failed(report, error);
    }

    /* Nobody waits for these two but us, as yet. */
    status = hold_own(report, options, sending->producer);
    if (status == EXIT_DONE) {
        status = hold_begin(report, options, &sending->hold);
    }
    if (status == EXIT_DONE) {
        trailer_begin(&sending->view, &plan, &sending->mapping);
        shared_store32_release(&sending->mapping.trailer->producer, process_id());
        value_publish(&sending->mapping, 0, sending->pump.input.text);
        mutex_release(sending->hold.writer);
    }
    return status;
}

static enum status run(const struct report *report, const struct writer_options *options, struct sending *sending)
{
    enum status status = make(report, options, sending);
    if (status != EXIT_DONE) {
        return status;
    }

    struct pump *pump = &sending->pump;
    uint64_t total = 0;
    (void)file_remaining(pump->input.file, &total);
    progress_begin(&sending->progress, report, options->progress, total);
    ring_attach(&pump->stream.ring, &sending->mapping, true);
    pump->stream.wake = sending->space;
    pump->stream.other = sending->data;
    pump->stream.end = sending->stop;
    stream_begin(&pump->stream);
    oserror error = thread_start(pump_run, pump, &sending->thread);
    if (error != OSERROR_NONE) {
        return report_failure(report, EXIT_SYSTEM, error, "cannot start a thread");
    }
    status = supervise(report, sending);
    show_progress(sending, true);
    return status;
}

/* Whoever ends without having sent all says so. A pump that is still reading does no harm: it only adds to the ring. */
static void close_early(struct sending *sending)
{
    winshm_trailer *trailer = sending->mapping.trailer;
    if (trailer != NULL && shared_load32_acquire(&trailer->producer_closed) == WINSHM_OPEN) {
        shared_store32_release(&trailer->producer_closed, WINSHM_FAILED);
    }
}

/* Close everything; but nothing that a pump may still use, which ends with the process. */
static void close(struct sending *sending)
{
    if (sending->thread != NULL) {
        (void)event_set(sending->stop);
        if (wait_any(&sending->thread, 1, duration_from(clock_now(), STOP_FOR)).how != WAITED_SIGNALLED) {
            close_early(sending);
            return;
        }
        object_close(sending->thread);
    }
    close_early(sending);
    view_unmap(&sending->view);
    object_close(sending->stop);
    object_close(sending->data);
    object_close(sending->space);
    hold_close_mutex(sending->consumer);
    hold_close_mutex(sending->producer);
    hold_close(&sending->hold);
    contents_close(&sending->pump.input);
}

enum status send_run(const struct report *report, const struct writer_options *options)
{
    static struct sending sending; /* not on the stack: the pump may outlive this */
    enum status status = hold_check(report, options->name);
    if (status != EXIT_DONE) {
        return status;
    }
    sending = (struct sending){.pump = {.report = *report, .timeout = options->common.timeout}};
    status = contents_open_input(report, options, &sending.pump.input);
    if (status == EXIT_DONE) {
        status = run(report, options, &sending);
        close(&sending);
    }
    return status;
}
