/* pump.h - the thread of --stream that reads the input into the ring. */
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
    struct contents input;
    struct stream stream;
    enum pump_end end; /* valid when the thread has ended */
    oserror error;
    enum status reported; /* status of a failure that the pump has reported, or EXIT_DONE */
};

/*
 * Send all of pump->input through pump->stream, and set pump->end to the reason
 * for the end. The pump ends when it has sent everything, when that fails, or
 * when stream.end is set. This is the function of the thread, and `context` is
 * its struct pump.
 */
void pump_run(void *context);

#endif
