/* pump.c - a thread that reads the input into a ring, for --stream and --lines. */
#include "writer/pump.h"

#include <string.h>

#include "common/deadline.h"
#include "writer/console_input.h"

/*
 * How long to wait for the pump to stop, in milliseconds. A pump that is
 * blocked in a read of the input does not stop.
 */
#define STOP_FOR_MS 100

/* Return whether the pump has been asked to stop. */
static bool is_stopped(const struct pump *pump)
{
    object *const stop = pump->stream.end;
    return wait_any(&stop, 1, 0).how == WAITED_SIGNALLED;
}

/*
 * Wait for room in the ring until `deadline`. Return true if the caller is to
 * look at the ring again. Otherwise set pump->end to the reason and return
 * false.
 */
static bool wait_for_room(struct pump *pump, uint64_t deadline)
{
    struct waited waited = stream_wait(&pump->stream, deadline);
    if (waited.how == WAITED_TIMEOUT) {
        return true; /* look at the ring once more: then next_room() returns false */
    }
    if (waited.how == WAITED_SIGNALLED && waited.which == 0 && ring_closed(&pump->stream.ring) == WINSHM_OPEN) {
        return true;
    }
    pump->end = waited.how == WAITED_FAILED ? PUMP_FAILED : PUMP_STOPPED;
    pump->error = waited.error;
    return false;
}

/*
 * Find room in the ring, and wait for it if the ring is full. Store its address
 * in *bytes and its size in *size, and return true. If the pump is to end, set
 * pump->end to the reason and return false.
 *
 * A slow reader is not a dead one. So the timeout begins when the ring is full,
 * and ends with the first byte that the reader consumes. The event alone does
 * not restart the timeout, because any reader may set it. Of several readers,
 * those that have consumed nothing in this time are dropped.
 */
static bool next_room(struct pump *pump, uint8_t **bytes, size_t *size)
{
    uint64_t deadline = CLOCK_NEVER;
    for (bool waited = false;; waited = true) {
        if (ring_span(&pump->stream.ring, bytes, size) == RING_BROKEN) {
            pump->end = PUMP_BROKEN;
            return false;
        }
        if (*size != 0) {
            *size = stream_piece(&pump->stream, *size);
            ring_claim(&pump->stream.ring, *size);
            return true;
        }
        if (!waited) {
            deadline = deadline_in(pump->timeout);
        } else if (is_stopped(pump)) {
            pump->end = PUMP_STOPPED;
            return false;
        } else if (clock_now() >= deadline && pump->stream.ring.count == 1) {
            pump->end = PUMP_TIMED_OUT;
            return false;
        } else if (clock_now() >= deadline) {
            stream_drop_slow(&pump->stream);
            deadline = deadline_in(pump->timeout);
            continue;
        }
        if (!wait_for_room(pump, deadline)) {
            return false;
        }
    }
}

static void pump_file(struct pump *pump)
{
    uint8_t *bytes;
    size_t size;
    uint64_t remaining = 0;
    bool gathers = pump->gathers && file_remaining(pump->input.file, &remaining);
    while (next_room(pump, &bytes, &size)) {
        uint64_t begun = spin_clock();
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
        if (gathers) {
            stream_gather(&pump->stream, got, begun);
        } else {
            stream_advance(&pump->stream, got);
        }
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

/* Send each line as soon as it has been typed. */
static void pump_console(struct pump *pump)
{
    struct console_input console;
    console_input_begin(&console, &pump->report, pump->input.file);
    do {
        struct contents line = {.text = pump->input.text};
        enum status status = console_input_read(&console, &pump->report);
        if (status == EXIT_DONE) {
            status = contents_add_text(&pump->report, &line, console.units, console.count, EXIT_IO);
        }
        if (status != EXIT_DONE) {
            pump->end = PUMP_INPUT_FAILED;
            pump->reported = status;
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
    } while (!console.at_end);
    pump->end = PUMP_ALL_SENT;
}

static void run_pump(void *context)
{
    struct pump *pump = context;
    if (file_is_console(pump->input.file)) {
        pump_console(pump);
    } else {
        pump_file(pump);
    }
    if (pump->end == PUMP_ALL_SENT) {
        stream_close(&pump->stream, WINSHM_ENDED);
    } else if (pump->end == PUMP_INPUT_FAILED || pump->end == PUMP_FAILED) {
        stream_close(&pump->stream, WINSHM_FAILED);
    }
}

enum status pump_start(const struct report *report, struct pump *pump)
{
    oserror error = thread_start(run_pump, pump, &pump->thread);
    return error == OSERROR_NONE ? EXIT_DONE : report_failure(report, EXIT_SYSTEM, error, "cannot start a thread");
}

bool pump_stop(struct pump *pump)
{
    if (pump->thread == NULL) {
        return true;
    }
    (void)object_signal(pump->stream.end, SIGNAL_SET);
    if (wait_any(&pump->thread, 1, deadline_in(STOP_FOR_MS)).how != WAITED_SIGNALLED) {
        return false;
    }
    object_close(pump->thread);
    pump->thread = NULL;
    return true;
}

enum status pump_explain_input(const struct report *report, const struct pump *pump)
{
    return pump->reported != EXIT_DONE ? pump->reported
                                       : report_failure(report, EXIT_IO, pump->error, "cannot read the input");
}
