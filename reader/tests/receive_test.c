/*
 * receive_test.c - shmread receives a stream, step by step.
 *
 * The receiving code is included in this file, so that the producer can act
 * between two steps of that code.
 */
#include <stdio.h>

#include "common/memory/ring.h"
#include "common/tests/check.h"
#include "common/tests/machine/machine.h"

static enum ring_verdict span_and_then(struct ring *ring, uint8_t **bytes, size_t *size);
#define ring_span span_and_then
#include "reader/receive.c"
#undef ring_span

enum { READER = 2, RING = 4096 };

static struct mapping made;
static struct ring producer;
/*
 * If set, the producer sends its last bytes and ends after the consumer has
 * next found the ring empty.
 */
static bool ends_after_empty;

static void send(const char *text)
{
    uint8_t *bytes;
    size_t size;
    CHECK_EQUAL(ring_span(&producer, &bytes, &size), RING_SOUND);
    memcpy(bytes, text, strlen(text));
    (void)ring_advance(&producer, strlen(text));
}

static enum ring_verdict span_and_then(struct ring *ring, uint8_t **bytes, size_t *size)
{
    enum ring_verdict verdict = ring_span(ring, bytes, size);
    if (*size == 0 && ends_after_empty) {
        ends_after_empty = false;
        send(" and the last");
        ring_close(&producer, WINSHM_ENDED);
    }
    return verdict;
}

static void make(void)
{
    static const char *const events[] = {"demo.winshm.data", "demo.winshm.space"};
    static const char *const mutexes[] = {"demo.winshm.producer", "demo.winshm.consumer"};
    struct trailer_plan plan;
    struct view view = {0};
    machine_reset();
    CHECK(trailer_plan_stream(RING, 1, &plan));
    machine_foreign_section("demo", NULL, plan.section_size, plan.section_size);
    view.base = machine_bytes("demo", NULL);
    view.size = view.committed = (size_t)plan.section_size;
    trailer_begin(&view, &plan, &made);
    value_publish(&made, 0, (struct value_text){.encoding = WINSHM_BYTES});
    ring_produce(&producer, &made);
    for (size_t i = 0; i < 2; i++) {
        machine_foreign(events[i], OBJECT_EVENT);
        machine_foreign(mutexes[i], OBJECT_MUTEX);
    }
    machine_foreign("demo.winshm.reads", OBJECT_SEMAPHORE);
    machine_own(mutexes[0]);
}

/*
 * Happens after shmread has seen the stream, and before it opens the stream for
 * writing.
 */
static void (*before_opening)(void);
static bool shows_progress;
static bool is_gone; /* as receive_run() has set it */

static void end_well(void)
{
    made.trailer->consumer = 77;
    made.trailer->producer_closed = WINSHM_ENDED;
    made.trailer->consumer_closed = WINSHM_ENDED;
    made.trailer->state = WINSHM_RELEASED;
}

static void forget_stream(void)
{
    machine_forget("demo");
}

static void end_well_and_forget(void)
{
    end_well();
    forget_stream();
}

static void let_go_and_forget(void)
{
    made.trailer->state = WINSHM_RELEASED;
    forget_stream();
}

static void replace_by_value(void)
{
    forget_stream();
    machine_foreign_section("demo", "another", 7, 4096);
}

static const char read_before[] = "is a stream that already had its reader";
static const char gone[] = "the writer has died";

#define ROW(text, number, message, ...)                                                                                \
    {                                                                                                                  \
        .row = (text), .status = (number), .line = (message), __VA_ARGS__                                              \
    }
static const struct missing {
    const char *row;
    void (*happens)(void); /* before the stream is opened for writing; or NULL */
    const char *companion; /* the companion that is missing, or NULL */
    uint32_t consumer;     /* the process that was the consumer before; or 0 */
    enum status status;
    bool is_gone;
    const char *line;
} missing[] = {
    ROW("it ended well, and is there", EXIT_CONFLICT, read_before, .happens = end_well),
    ROW("it ended well, and is gone", EXIT_CONFLICT, read_before, .happens = end_well_and_forget),
    ROW("its reader has gone", EXIT_CONFLICT, read_before, .consumer = 77),
    ROW("no data", EXIT_CONFLICT, read_before, .companion = "demo.winshm.data", .consumer = 77),
    ROW("no space", EXIT_CONFLICT, read_before, .companion = "demo.winshm.space", .consumer = 77),
    ROW("no producer", EXIT_CONFLICT, read_before, .companion = "demo.winshm.producer", .consumer = 77),
    ROW("no consumer", EXIT_CONFLICT, read_before, .companion = "demo.winshm.consumer", .consumer = 77),
    ROW("its writer let go of it", EXIT_DONE, NULL, .happens = let_go_and_forget, .is_gone = true),
    ROW("something else has its name", EXIT_DONE, NULL, .happens = replace_by_value, .is_gone = true),
    ROW("its writer was killed", EXIT_BROKEN, gone, .happens = forget_stream),
    ROW("its writer is being killed", EXIT_BROKEN, gone, .companion = "demo.winshm.data"),
    ROW("the same, later", EXIT_BROKEN, gone, .companion = "demo.winshm.reads"),
};

static int run(void *unused)
{
    (void)unused;
    struct report report = {.program = "shmread", .subject = "demo"};
    struct reader_options options = {
        .common.timeout = 1000, .name = "demo", .length = UINT64_MAX, .progress = shows_progress};
    struct output output;
    object *section = NULL;
    struct view view;
    struct mapping seen;
    is_gone = false;
    CHECK_EQUAL(section_open("demo", ACCESS_READ, &section), OSERROR_NONE);
    CHECK_EQUAL(view_map(section, ACCESS_READ, &view), OSERROR_NONE);
    CHECK_EQUAL(trailer_attach(&view, &seen), TRAILER_OURS);
    object_close(section);
    if (before_opening != NULL) {
        before_opening();
    }
    enum status status = output_open(&report, NULL, false, &output);
    if (status == EXIT_DONE) {
        struct reader reader = {.report = &report, .options = &options, .output = &output};
        status = receive_run(&reader, &seen, &is_gone);
        output_close(&output);
    }
    view_unmap(&seen.view);
    return (int)status;
}

/*
 * Before each write, check that the tail has not passed bytes that are still to
 * be printed.
 */
static void check_tail(void *context, const char *function, size_t index)
{
    (void)index;
    if (strcmp(function, "file_write") == 0) {
        size_t printed = 0;
        (void)machine_written(READER, STANDARD_OUTPUT, &printed);
        CHECK_EQUAL(made.trailer->tail, printed);
        ++*(size_t *)context;
    }
}

/*
 * Before each wait of the consumer, the producer sets the event `data`, but
 * sends nothing.
 */
static void keep_waking(void *context, const char *function, size_t index)
{
    size_t *waits = context;
    (void)index;
    if (strcmp(function, "wait_any") == 0 && made.trailer->consumer != 0) {
        uint32_t waiting = machine_switch_process(1);
        object *data = NULL;
        CHECK_EQUAL(object_open(OBJECT_EVENT, "demo.winshm.data", &data), OSERROR_NONE);
        (void)object_signal(data, SIGNAL_SET);
        object_close(data);
        (void)machine_switch_process(waiting);
        machine_clock_advance(10);
        if (++*waits == 1000) {
            machine_kill_process(READER);
        }
    }
}

/*
 * The producer sends bytes when the timeout of the consumer has already passed.
 */
static void send_late(void *context)
{
    bool *is_sent = context;
    if (!*is_sent) {
        *is_sent = true;
        machine_clock_advance(2000);
        send("just in time");
    }
}

/* Receive the stream, and check the status, the output and the message. */
static void check_received(enum status status, const char *output, const char *line)
{
    char said[100] = "";
    CHECK_EQUAL(machine_run(READER, run, NULL), status);
    machine_on_call(NULL, NULL);
    machine_on_wait(NULL, NULL);
    if (line != NULL) {
        (void)snprintf(said, sizeof said, "shmread: demo: %s\r\n", line);
    }
    CHECK_TEXT(machine_written(READER, STANDARD_OUTPUT, NULL), output);
    CHECK_TEXT(machine_written(READER, STANDARD_ERROR, NULL), said);
    CHECK_EQUAL(machine_leaks(), 0);
}

static const char no_news[] = "timed out waiting for the writer";

int main(void)
{
    TEST("shmread prints the last bytes of a stream, also if they came just after it found the ring empty")
    {
        make();
        ends_after_empty = true;
        check_received(EXIT_DONE, " and the last", NULL);
        make();
        send("the first");
        ends_after_empty = true;
        check_received(EXIT_DONE, "the first and the last", NULL);
        CHECK_EQUAL(made.trailer->consumer_closed, WINSHM_ENDED);
    }

    TEST("a full ring is printed in quarters, and a quarter is free for the producer only when it has been printed")
    {
        static char filler[RING + 1];
        size_t writes = 0;
        make();
        memset(filler, 'x', RING);
        send(filler);
        ends_after_empty = true;
        machine_on_call(check_tail, &writes);
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_DONE);
        CHECK_EQUAL(writes, 4 + 1);
    }

    TEST("shmread prints all that a dead producer had sent, and stores its death")
    {
        make();
        machine_forget("demo.winshm.producer");
        machine_foreign("demo.winshm.producer", OBJECT_MUTEX); /* owned by no thread */
        send("some bytes");
        check_received(EXIT_BROKEN, "some bytes", "the writer has died: the output is incomplete");
        CHECK_EQUAL(made.trailer->producer_closed, WINSHM_DIED);
    }

    TEST("--timeout ends shmread also if the producer wakes it again and again, but sends nothing")
    {
        size_t waits = 0;
        make();
        machine_on_call(keep_waking, &waits);
        check_received(EXIT_TIMED_OUT, "", no_news);
        CHECK(waits >= 99 && waits <= 101);
    }

    TEST("shmread prints bytes that come with the deadline, and restarts the timeout after them")
    {
        bool is_sent = false;
        make();
        machine_on_wait(send_late, &is_sent);
        check_received(EXIT_TIMED_OUT, "just in time", no_news);
        CHECK(clock_now() >= 4000 && clock_now() < 4100);
    }

    TEST("shmread finds out why a stream is missing: it had its reader, was released, or its producer was killed")
    {
        for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
            check_row(missing[i].row);
            make();
            made.trailer->consumer = missing[i].consumer;
            if (missing[i].companion != NULL) {
                machine_forget(missing[i].companion);
            }
            before_opening = missing[i].happens;
            check_received(missing[i].status, "", missing[i].line);
            before_opening = NULL;
            CHECK_EQUAL(is_gone, missing[i].is_gone);
        }
    }

    TEST("a reader attaches to a stream although the semaphore `reads` is full")
    {
        make();
        ends_after_empty = true;
        machine_fail_function("semaphore_raise", 1, OSERROR_TOO_MANY_POSTS);
        check_received(EXIT_DONE, " and the last", NULL);
    }

    TEST("--progress shows only its last line on a console that also shows the contents")
    {
        for (int i = 0; i < 2; i++) {
            make();
            send("typed");
            machine_output(READER, STANDARD_OUTPUT, i == 0 ? MACHINE_CONSOLE : MACHINE_PIPE);
            machine_output(READER, STANDARD_ERROR, MACHINE_CONSOLE);
            shows_progress = true;
            CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_TIMED_OUT);
            shows_progress = false;
            /* The message at the end has a line too. */
            size_t lines = machine_writes(READER, STANDARD_ERROR);
            CHECK(i == 0 ? lines == 2 : lines > 5);
        }
    }

    TEST("shmread prints nothing of a stream whose encoding cannot be read, and reports that it is damaged")
    {
        make();
        send("some bytes");
        made.trailer->current = 0;
        check_received(EXIT_BROKEN, "", "its layout is damaged");
        CHECK_EQUAL(made.trailer->consumer, 0);
    }
    return check_end();
}
