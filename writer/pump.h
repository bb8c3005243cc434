/* pump.h - the thread of --stream that reads the input into the ring. */
#ifndef WRITER_PUMP_H
#define WRITER_PUMP_H

#include "common/memory/stream.h"
#include "writer/contents.h"

/* How the pump ended. */
enum pump_end {
    PUMP_ALL_SENT,
    PUMP_INPUT_FAILED, /* with pump.error, or with pump.reported after a message */
    PUMP_TIMED_OUT,    /* there was no room for too long */
    PUMP_STOPPED,      /* the other side has ended, or `end` was set */
    PUMP_BROKEN,       /* the other side's position is impossible */
    PUMP_FAILED        /* with pump.error */
};

struct pump {
    struct report report; /* a copy, since the pump may outlive the run that started it */
    uint64_t timeout;
    struct contents input;
    struct stream stream;
    enum pump_end end; /* when its thread has ended */
    oserror error;
    enum status reported; /* a failure of the console, after its message */
};

/*
 * Send all of pump->input through pump->stream: the entry of the thread, whose
 * context is a struct pump. Ends when all has been sent, when that fails, or when
 * the stream's `end` is set; pump->end says which it was.
 */
void pump_run(void *context);

#endif
