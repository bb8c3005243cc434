/* pump.h - a thread that reads the input into a ring, for --stream and --lines. */
#ifndef WRITER_PUMP_H
#define WRITER_PUMP_H

#include "common/memory/stream.h"
#include "writer/contents.h"

/* How the pump ended. */
enum pump_end {
    PUMP_ALL_SENT,
    PUMP_INPUT_FAILED, /* pump.reported is the status if it was reported, else see pump.error */
    PUMP_TIMED_OUT,    /* the ring was full for longer than pump.timeout */
    PUMP_STOPPED,      /* the reader has ended, or stream.end was set */
    PUMP_BROKEN,       /* the reader's position is impossible */
    PUMP_FAILED        /* waiting failed with pump.error */
};

struct pump {
    struct report report; /* a copy, because the pump may outlive the run that started it */
    uint64_t timeout;
    bool gathers; /* use stream_gather() if the input is a file on a disk */
    struct contents input;
    struct stream stream;
    object *thread;    /* NULL before pump_start() */
    enum pump_end end; /* valid when the thread has ended */
    oserror error;
    enum status reported; /* status of a failure that the pump has reported, or EXIT_DONE */
};

/*
 * Start the thread of the pump. It sends all of pump->input through
 * pump->stream, and then sets pump->end to the reason for the end. The thread
 * ends when it has sent everything, when that fails, or when the event
 * stream.end is set. If the input ends, or fails, it closes its side of the
 * ring as ended, or failed. On failure print a message and return the status.
 */
enum status pump_start(const struct report *report, struct pump *pump);

/*
 * Set stream.end, and wait a moment for the end of the thread. Return true if
 * the thread has ended, or was not started. Return false if it is blocked in a
 * read of the input. Then the caller keeps everything that the pump uses until
 * the process ends.
 */
bool pump_stop(struct pump *pump);

/*
 * Report why the input failed, if the pump has not reported that, and return
 * the status. pump->end is PUMP_INPUT_FAILED.
 */
enum status pump_explain_input(const struct report *report, const struct pump *pump);

#endif
