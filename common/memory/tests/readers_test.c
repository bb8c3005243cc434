/* readers_test.c - streams for several readers between both tools on the simulated machine. */
#include "common/memory/trailer.h"
#include "common/tests/tool.h"

enum { WRITER = 2, FIRST = 3, READERS = 3, LATE = 40, RELEASER = 41, RING = 4096 };

static uint8_t sent[8 * RING];

static void fill_sent(void)
{
    uint32_t state = 7;
    for (size_t i = 0; i < sizeof sent; i++) {
        state = state * 1103515245U + 12345U;
        sent[i] = (uint8_t)(state >> 16);
    }
}

/* ---- Parts of the tests ------------------------------------------------------------------------------------------ */

/*
 * Set the input of the writer: `size` bytes in pieces that fit neither the ring
 * nor a quarter of it. Before the byte `stop_at` the input fails with `stop`, or
 * blocks.
 */
static void give_input(size_t size, size_t stop_at, oserror stop)
{
    struct machine_piece pieces[sizeof sent / 700 + 4];
    size_t count = 0;
    for (size_t done = 0; done < size || (stop != OSERROR_NONE && done == stop_at);) {
        if (done == stop_at && stop != OSERROR_NONE) {
            pieces[count++] = (struct machine_piece){NULL, 0, stop};
            stop = OSERROR_NONE;
            continue;
        }
        size_t until = done < stop_at && stop_at < size ? stop_at : size;
        size_t piece = until - done < 700 ? until - done : 700;
        pieces[count++] = (struct machine_piece){sent + done, piece, OSERROR_NONE};
        done += piece;
    }
    machine_input_pipe(WRITER, pieces, count);
}

#define START_WRITER(readers, ...)                                                                                     \
    START(WRITER, "shmwrite", "--stream", "--size", "4096", "--readers", readers, __VA_ARGS__, "demo")

static void start_readers(uint32_t count, const char *timeout)
{
    for (uint32_t i = 0; i < count; i++) {
        START(FIRST + i, "shmread", "--wait", "-t", timeout, "demo");
    }
}

/*
 * Return whether a reader has printed exactly the first `size` bytes of the
 * input, or, with `size` SIZE_MAX, any number of its first bytes.
 */
static bool is_printed(uint32_t process, size_t size)
{
    size_t got;
    const char *printed = machine_written(process, STANDARD_OUTPUT, &got);
    return (size == SIZE_MAX ? got <= sizeof sent : got == size) && memcmp(printed, sent, got) == 0;
}

/* Let all programs run until they wait. */
static void settle(void)
{
    tool_sleep(1);
}

/*
 * Check that no object is left. With `unclosed`, the tools may leave objects
 * for the system to close.
 */
static void check_nothing_is_left(bool unclosed)
{
    CHECK_EQUAL(object_kind_of("demo"), OBJECT_NONE);
    CHECK_EQUAL(machine_live_objects(), 0);
    CHECK_EQUAL(machine_live_views(), 0);
    CHECK_EQUAL(machine_live_memory(), 0);
    CHECK(unclosed || machine_leaks() == 0);
}

static void check_end_of(uint32_t process, int status, const char *message)
{
    char said[200] = "";
    if (message != NULL) {
        (void)snprintf(said, sizeof said, "%s: demo: %s\r\n", process == WRITER ? "shmwrite" : "shmread", message);
    }
    CHECK_EQUAL(machine_finish(process), status);
    CHECK_TEXT(tool_errors(process), said);
}

/* Raise the semaphore `reads`, as a reader that comes does. */
static void raise_reads(void)
{
    object *reads = NULL;
    CHECK_EQUAL(object_open(OBJECT_SEMAPHORE, "demo.winshm.reads", &reads), OSERROR_NONE);
    CHECK_EQUAL(object_signal(reads, SIGNAL_RAISE), OSERROR_NONE);
    object_close(reads);
}

/* Own the mutex of a line. The caller releases and closes it. */
static object *own_line(const char *mutex_name)
{
    object *mutex = NULL;
    CHECK_EQUAL(object_open(OBJECT_MUTEX, mutex_name, &mutex), OSERROR_NONE);
    CHECK_EQUAL(wait_any(&mutex, 1, 0).how, WAITED_SIGNALLED);
    return mutex;
}

/* ---- Bytes ------------------------------------------------------------------------------------------------------- */

static void test_bytes(void)
{
    TEST("each of 2, 3 and 28 readers gets a stream of any size as it was sent")
    {
        static const size_t sizes[] = {0, 1, 1025, RING - 1, RING, RING + 1, 2 * RING + 1, sizeof sent};
        static const char *const counts[] = {"2", "3", "28"};
        for (size_t i = 0; i < 3 * 3 * sizeof sizes / sizeof *sizes; i++) {
            size_t size = sizes[i / 9];
            size_t way = i % 3;
            const char *readers = counts[i / 3 % 3];
            uint32_t count = (uint32_t)strtoul(readers, NULL, 10);
            char row[60];
            (void)snprintf(row, sizeof row, "%zu bytes, %s readers, way %zu", size, readers, way);
            check_row(row);
            tool_reset();
            if (way == 1) {
                machine_input_file(WRITER, sent, size, size);
            } else {
                give_input(size, 0, OSERROR_NONE);
            }
            if (way == 2) {
                start_readers(count, "1h");
                settle();
            }
            START_WRITER(readers, "-q");
            if (way != 2) {
                settle();
                start_readers(count, "1h");
            }
            for (uint32_t r = 0; r < count; r++) {
                check_end_of(FIRST + r, EXIT_DONE, NULL);
                CHECK(is_printed(FIRST + r, size));
            }
            check_end_of(WRITER, EXIT_DONE, NULL);
            check_nothing_is_left(false);
        }
    }

    TEST("one reader too many ends at once, and the others get everything")
    {
        tool_reset();
        give_input(3 * RING, RING / 2, MACHINE_BLOCKS);
        START_WRITER("3", "-v");
        settle();
        start_readers(READERS, "1h");
        settle();
        uint64_t before = clock_now();
        CHECK_EQUAL(RUN(LATE, "shmread", "demo"), EXIT_CONFLICT);
        CHECK_EQUAL(clock_now(), before);
        CHECK_TEXT(tool_errors(LATE), "shmread: demo: is a stream that already has its 3 readers\r\n");
        CHECK_TEXT(tool_output(LATE), "");
        machine_input_go_on(WRITER);
        for (uint32_t r = 0; r < READERS; r++) {
            check_end_of(FIRST + r, EXIT_DONE, NULL);
            CHECK(is_printed(FIRST + r, 3 * RING));
        }
        CHECK_EQUAL(machine_finish(WRITER), EXIT_DONE);
        CHECK_TEXT(tool_errors(WRITER), "shmwrite: demo: 3 of 3 readers have come\r\n");
        check_nothing_is_left(false);
    }
}

/* ---- Ends -------------------------------------------------------------------------------------------------------- */

static void kill_first(void)
{
    machine_kill_process(FIRST);
}

static void kill_all(void)
{
    for (uint32_t r = 0; r < READERS; r++) {
        machine_kill_process(FIRST + r);
    }
}

static void kill_writer(void)
{
    machine_kill_process(WRITER);
}

static void release(void)
{
    CHECK_EQUAL(RUN(RELEASER, "shmwrite", "--release", "demo"), EXIT_DONE);
}

static void close_first(void)
{
    machine_output_limit(FIRST, STANDARD_OUTPUT, 5000, OSERROR_NO_DATA);
}

static void fill_first(void)
{
    machine_output_limit(FIRST, STANDARD_OUTPUT, 5000, OSERROR_DISK_FULL);
}

static void end_all_in_their_ways(void)
{
    kill_first();
    machine_output_limit(FIRST + 1, STANDARD_OUTPUT, 100, OSERROR_NO_DATA);
    machine_output_limit(FIRST + 2, STANDARD_OUTPUT, 200, OSERROR_DISK_FULL);
}

static const char went[] = "the program that read the output has ended";
static const char full[] = "cannot write to standard output: There is not enough space on the disk (112)";
static const char failed[] = "the writer failed: the output is incomplete";
static const char dead[] = "the writer has died: the output is incomplete";
static const char slow[] = "was too slow: the writer went on without it, and the end of the output may be wrong";

#define ROW(text, ...)                                                                                                 \
    {                                                                                                                  \
        .row = (text), __VA_ARGS__                                                                                     \
    }
#define READER(number, message, bytes)                                                                                 \
    {                                                                                                                  \
        .status = (number), .says = (message), .printed = (bytes)                                                      \
    }
#define WHOLE                                                                                                          \
    {                                                                                                                  \
        .printed = 3 * RING                                                                                            \
    }
static const struct ending {
    const char *row;
    void (*happens)(void); /* when all wait for more input: RING / 2 bytes have been sent */
    bool ends_there;       /* the input never goes on */
    oserror last;          /* how the input ends */
    int writer;
    const char *writer_says;
    struct {
        int status;
        const char *says;
        size_t printed;
    } readers[READERS];
} endings[] = {
    ROW("a reader dies", .happens = kill_first, .writer = EXIT_BROKEN,
        .writer_says = "2 of 3 readers got all of it: 1 died",
        .readers = {READER(MACHINE_KILLED, NULL, RING / 2), WHOLE, WHOLE}),
    ROW("the program behind a reader ends", .happens = close_first, .writer = EXIT_BROKEN,
        .writer_says = "2 of 3 readers got all of it: 1 lost the program behind their output",
        .readers = {READER(EXIT_IO, went, RING / 2 + 5000), WHOLE, WHOLE}),
    ROW("a reader's disk is full", .happens = fill_first, .writer = EXIT_BROKEN,
        .writer_says = "2 of 3 readers got all of it: 1 failed",
        .readers = {READER(EXIT_IO, full, RING / 2 + 5000), WHOLE, WHOLE}),
    ROW("all end, each in its way", .happens = end_all_in_their_ways, .writer = EXIT_BROKEN,
        .writer_says = "0 of 3 readers got all of it: 1 died, 1 failed, 1 lost the program behind their output",
        .readers = {READER(MACHINE_KILLED, NULL, RING / 2), READER(EXIT_IO, went, RING / 2 + 100),
                    READER(EXIT_IO, full, RING / 2 + 200)}),
    ROW("all die, and the input is silent", .happens = kill_all, .ends_there = true, .writer = EXIT_BROKEN,
        .writer_says = "0 of 3 readers got all of it: 3 died",
        .readers = {READER(MACHINE_KILLED, NULL, RING / 2), READER(MACHINE_KILLED, NULL, RING / 2),
                    READER(MACHINE_KILLED, NULL, RING / 2)}),
    ROW("the writer dies", .happens = kill_writer, .ends_there = true, .writer = MACHINE_KILLED,
        .readers = {READER(EXIT_BROKEN, dead, RING / 2), READER(EXIT_BROKEN, dead, RING / 2),
                    READER(EXIT_BROKEN, dead, RING / 2)}),
    ROW("the stream is released", .happens = release, .ends_there = true, .writer = EXIT_BROKEN,
        .writer_says = "was released before the input ended",
        .readers = {READER(EXIT_BROKEN, failed, RING / 2), READER(EXIT_BROKEN, failed, RING / 2),
                    READER(EXIT_BROKEN, failed, RING / 2)}),
    ROW("the input fails", .last = OSERROR_INVALID_HANDLE, .writer = EXIT_IO,
        .writer_says = "cannot read the input: The handle is invalid (6)",
        .readers = {READER(EXIT_BROKEN, failed, 2 * RING), READER(EXIT_BROKEN, failed, 2 * RING),
                    READER(EXIT_BROKEN, failed, 2 * RING)}),
};

static void test_ends(void)
{
    TEST("whatever ends a reader, the others get everything, and the writer reports how many did")
    {
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
            const struct ending *ending = &endings[i];
            check_row(ending->row);
            tool_reset();
            if (ending->last != OSERROR_NONE) {
                give_input(3 * RING, 2 * RING, ending->last);
            } else {
                give_input(3 * RING, RING / 2, MACHINE_BLOCKS);
            }
            START_WRITER("3", "-t", "1h");
            settle();
            start_readers(READERS, "1h");
            settle();
            if (ending->happens != NULL) {
                ending->happens();
            }
            if (!ending->ends_there) {
                machine_input_go_on(WRITER);
            }
            check_end_of(WRITER, ending->writer, ending->writer_says);
            for (uint32_t r = 0; r < READERS; r++) {
                check_end_of(FIRST + r, ending->readers[r].status, ending->readers[r].says);
                CHECK(is_printed(FIRST + r, ending->readers[r].printed));
            }
            CHECK(clock_now() < 5000);
            check_nothing_is_left(false);
        }
    }

    TEST("a reader whose own --timeout is over ends, and the others go on")
    {
        tool_reset();
        give_input(3 * RING, RING / 2, MACHINE_BLOCKS);
        START_WRITER("3", "-t", "1h");
        settle();
        start_readers(2, "1h");
        START(FIRST + 2, "shmread", "-t", "2s", "demo");
        check_end_of(FIRST + 2, EXIT_TIMED_OUT, "timed out waiting for the writer");
        CHECK(is_printed(FIRST + 2, RING / 2));
        machine_input_go_on(WRITER);
        check_end_of(WRITER, EXIT_BROKEN, "2 of 3 readers got all of it: 1 failed");
        for (uint32_t r = 0; r < 2; r++) {
            check_end_of(FIRST + r, EXIT_DONE, NULL);
            CHECK(is_printed(FIRST + r, 3 * RING));
        }
        check_nothing_is_left(false);
    }
}

static void test_missing(void)
{
    TEST("--timeout ends a writer whose readers have not all come, and each that comes restarts it")
    {
        tool_reset();
        give_input(3 * RING, 0, OSERROR_NONE);
        START_WRITER("3", "-t", "2s");
        tool_sleep(1500);
        start_readers(1, "1h");
        tool_sleep(1500);
        START(FIRST + 1, "shmread", "demo");
        tool_sleep(1900);
        CHECK_TEXT(tool_errors(WRITER), "");
        check_end_of(WRITER, EXIT_TIMED_OUT, "timed out waiting for 1 of 3 readers");
        CHECK_EQUAL(clock_now(), 1000 + 1500 + 1500 + 2000);
        for (uint32_t r = 0; r < 2; r++) {
            check_end_of(FIRST + r, EXIT_BROKEN, failed);
            CHECK(is_printed(FIRST + r, RING));
        }
        check_nothing_is_left(false);
    }

    TEST("a reader that dies before it has attached is missing again")
    {
        tool_reset();
        give_input(10, 0, OSERROR_NONE);
        START_WRITER("3", "-t", "2s");
        settle();
        start_readers(2, "1h");
        settle();
        object *mutex = own_line("demo.winshm.consumer.2");
        raise_reads();
        settle();
        CHECK_EQUAL(object_signal(mutex, SIGNAL_RELEASE), OSERROR_NONE);
        object_close(mutex);
        check_end_of(WRITER, EXIT_TIMED_OUT, "timed out waiting for 1 of 3 readers");
    }

    TEST("a stranger who owns the mutex of a line keeps the writer only until --timeout, also if the ring is full")
    {
        static const size_t sizes[] = {10, RING, 3 * RING};
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            tool_reset();
            give_input(sizes[i], 0, OSERROR_NONE);
            START_WRITER("2", "-t", "2s");
            settle();
            object *mutex = own_line("demo.winshm.consumer.0");
            raise_reads();
            start_readers(1, "1h");
            tool_sleep(10000);
            CHECK_EQUAL(object_kind_of("demo"), OBJECT_NONE);
            CHECK_EQUAL(object_signal(mutex, SIGNAL_RELEASE), OSERROR_NONE);
            object_close(mutex);
            check_end_of(WRITER, EXIT_TIMED_OUT, "timed out waiting for 1 of 2 readers");
            (void)machine_finish(FIRST);
            check_nothing_is_left(false);
        }
    }

    TEST("a stranger who raises `reads` is no reader, and does not restart --timeout")
    {
        tool_reset();
        give_input(10, 0, OSERROR_NONE);
        START_WRITER("3", "-t", "2s");
        settle();
        start_readers(1, "1h");
        settle();
        for (uint32_t i = 0; i < 20; i++) {
            tool_sleep(90);
            raise_reads();
        }
        check_end_of(WRITER, EXIT_TIMED_OUT, "timed out waiting for 2 of 3 readers");
        CHECK(clock_now() <= 3010);
        check_end_of(FIRST, EXIT_DONE, NULL);
        check_nothing_is_left(false);
    }
}

/* ---- Slow readers ------------------------------------------------------------------------------------------------ */

/* The next write of a reader, or each, takes so long. */
static struct {
    uint32_t process;
    uint64_t takes; /* milliseconds */
    bool is_each;
} slowness;

static void write_slowly(void *unused, const char *function, size_t index)
{
    (void)unused;
    if (strcmp(function, "file_write") == 0 && machine_call_process(index) == slowness.process && slowness.takes > 0) {
        uint64_t takes = slowness.takes;
        slowness.takes = slowness.is_each ? takes : 0;
        tool_sleep(takes);
    }
}

/* A reader that has printed all that there is waits for so long. */
static void wait_slowly(void *unused, const char *function, size_t index)
{
    (void)unused;
    if (strcmp(function, "wait_any") == 0 && machine_call_process(index) == slowness.process) {
        uint64_t takes = slowness.takes;
        slowness.takes = 0;
        tool_sleep(takes);
    }
}

/*
 * The writer dies before it wakes a reader for bytes that it has published, and
 * the reader that notices that first is slow.
 */
static void die_before_waking(void *unused, const char *function, size_t index)
{
    if (strcmp(function, "event_set") == 0 && machine_call_process(index) == WRITER) {
        machine_kill_process(WRITER);
    }
    write_slowly(unused, function, index);
}

/* Begin a stream for three readers, of whom the second one is slow. */
static void begin_slow(size_t size, size_t blocks_at, const char *timeout, uint64_t takes, bool is_each)
{
    tool_reset();
    slowness.process = FIRST + 1;
    slowness.takes = takes;
    slowness.is_each = is_each;
    machine_on_call(write_slowly, NULL);
    give_input(size, blocks_at, blocks_at != 0 ? MACHINE_BLOCKS : OSERROR_NONE);
    START_WRITER("3", "-t", timeout);
    settle();
    start_readers(READERS, "1h");
}

static void test_slow(void)
{
    TEST("all wait for a slow reader, also with --timeout if it reads something within that time")
    {
        for (int i = 0; i < 2; i++) {
            begin_slow(sizeof sent, 0, i == 0 ? "1h" : "2s", i == 0 ? 100000 : 1500, i == 1);
            check_end_of(WRITER, EXIT_DONE, NULL);
            for (uint32_t r = 0; r < READERS; r++) {
                check_end_of(FIRST + r, EXIT_DONE, NULL);
                CHECK(is_printed(FIRST + r, sizeof sent));
            }
            CHECK(clock_now() > 30000);
            check_nothing_is_left(false);
        }
    }

    TEST("with --timeout a reader that reads nothing is cut off, and the others go on")
    {
        static const size_t sizes[] = {sizeof sent, RING, 10};
        for (size_t i = 0; i < 3; i++) {
            begin_slow(sizes[i], 0, "2s", 60000, false);
            check_end_of(FIRST, EXIT_DONE, NULL);
            check_end_of(FIRST + 2, EXIT_DONE, NULL);
            check_end_of(WRITER, EXIT_BROKEN, "2 of 3 readers got all of it: 1 read too slowly");
            CHECK(clock_now() >= 3000 && clock_now() < 3500);
            CHECK(is_printed(FIRST, sizes[i]) && is_printed(FIRST + 2, sizes[i]));
            check_end_of(FIRST + 1, EXIT_BROKEN, slow);
            check_nothing_is_left(false);
        }
    }

    TEST("a reader that is cut off and notices that while the others go on is counted as too slow")
    {
        begin_slow(sizeof sent, 6 * RING, "2s", 2100, false);
        check_end_of(FIRST + 1, EXIT_BROKEN, slow);
        machine_input_go_on(WRITER);
        check_end_of(FIRST, EXIT_DONE, NULL);
        check_end_of(FIRST + 2, EXIT_DONE, NULL);
        check_end_of(WRITER, EXIT_BROKEN, "2 of 3 readers got all of it: 1 read too slowly");
        CHECK(is_printed(FIRST, sizeof sent) && is_printed(FIRST + 2, sizeof sent));
        check_nothing_is_left(false);
    }

    TEST("a reader that is stopped while it waits, and is cut off, was too slow: the ring is not damaged")
    {
        tool_reset();
        slowness.takes = 0;
        give_input(sizeof sent, RING / 2, MACHINE_BLOCKS);
        START_WRITER("3", "-t", "2s");
        settle();
        start_readers(READERS, "1h");
        settle();
        slowness.process = FIRST + 1;
        slowness.takes = 60000;
        machine_on_call(wait_slowly, NULL);
        machine_input_go_on(WRITER);
        check_end_of(FIRST + 1, EXIT_BROKEN, slow);
        CHECK(clock_now() > 60000);
        check_end_of(WRITER, EXIT_BROKEN, "2 of 3 readers got all of it: 1 read too slowly");
        for (uint32_t r = 0; r < READERS; r += 2) {
            check_end_of(FIRST + r, EXIT_DONE, NULL);
            CHECK(is_printed(FIRST + r, sizeof sent));
        }
        check_nothing_is_left(false);
    }

    TEST("if the writer dies, no reader waits for another one that is busy with its output")
    {
        tool_reset();
        slowness.takes = 0;
        give_input(RING, RING / 2, MACHINE_BLOCKS);
        START_WRITER("3", "-q");
        settle();
        start_readers(READERS, "1h");
        settle();
        slowness.process = FIRST;
        slowness.takes = 60000;
        machine_on_call(die_before_waking, NULL);
        machine_input_go_on(WRITER);
        check_end_of(FIRST + 1, EXIT_BROKEN, dead);
        check_end_of(FIRST + 2, EXIT_BROKEN, dead);
        CHECK(clock_now() < 2000);
        check_end_of(FIRST, EXIT_BROKEN, dead);
        for (uint32_t r = 0; r < READERS; r++) {
            CHECK(is_printed(FIRST + r, RING / 2 + 700));
        }
        check_nothing_is_left(false);
    }
}

/* ---- Late readers ------------------------------------------------------------------------------------------------ */

static size_t late_calls;   /* of the late reader so far */
static size_t late_ends_at; /* before this one the stream ends */

static void end_stream(void *unused, const char *function, size_t index)
{
    (void)unused;
    (void)function;
    if (machine_call_process(index) == LATE && late_calls++ == late_ends_at) {
        machine_input_go_on(WRITER);
        tool_sleep(500);
    }
}

static void test_late(void)
{
    TEST("a reader that comes while the stream ends reports that it has, or had, its readers")
    {
        size_t opened = 0; /* runs in which the late reader has seen the stream */
        for (late_ends_at = 0; late_ends_at == 0 || late_calls > late_ends_at; late_ends_at++) {
            char row[40];
            (void)snprintf(row, sizeof row, "call %zu", late_ends_at);
            check_row(row);
            late_calls = 0;
            tool_reset();
            machine_on_call(end_stream, NULL);
            give_input(3 * RING, RING / 2, MACHINE_BLOCKS);
            START_WRITER("3", "-q");
            settle();
            start_readers(READERS, "1h");
            settle();
            int status = RUN(LATE, "shmread", "demo");
            CHECK(status == EXIT_CONFLICT || (opened == 0 && status == EXIT_NOTHING));
            CHECK(status != EXIT_CONFLICT || strstr(tool_errors(LATE), " its 3 readers\r\n") != NULL);
            opened += status == EXIT_CONFLICT;
            machine_input_go_on(WRITER);
            for (uint32_t r = 0; r < READERS; r++) {
                check_end_of(FIRST + r, EXIT_DONE, NULL);
                CHECK(is_printed(FIRST + r, 3 * RING));
            }
            check_end_of(WRITER, EXIT_DONE, NULL);
            check_nothing_is_left(false);
        }
        CHECK(opened > 3);
    }
}

/* ---- Each call fails, each call is the last ---------------------------------------------------------------------- */

enum { MEETING = 2 * RING + 100 };

/* Start a writer and two readers. The input has a pause. */
static void begin_meeting(bool readers_first)
{
    give_input(MEETING, RING + 300, MACHINE_BLOCKS);
    if (readers_first) {
        start_readers(2, "10s");
        settle();
    }
    START_WRITER("2", "-t", "10s");
    if (!readers_first) {
        settle();
        start_readers(2, "10s");
    }
    tool_sleep(500);
    machine_input_go_on(WRITER);
    tool_sleep(500);
}

/* Return the status of a program that has ended, and check its messages. */
static int judge(uint32_t process, bool is_silent)
{
    int status = machine_finish(process);
    size_t lines = tool_failures(process);
    CHECK(status == MACHINE_KILLED || tool_is_status(status));
    CHECK(tool_errors_are_lines(process));
    CHECK(status == EXIT_DONE || status == MACHINE_KILLED ? lines == 0 : lines == 1 || (is_silent && lines == 0));
    CHECK(process == WRITER || is_printed(process, status == EXIT_DONE ? (size_t)MEETING : SIZE_MAX));
    return status;
}

/*
 * Return whether the call `index` is the last wait of the writer, which waits
 * for its pump. If this wait fails, the writer leaves its objects for the
 * system to close.
 */
static bool is_last_wait(size_t index)
{
    for (size_t i = index + 1; i < machine_calls(); i++) {
        if (machine_call_process(i) == WRITER && strcmp(machine_call_name(i), "wait_any") == 0) {
            return false;
        }
    }
    return machine_call_process(index) == WRITER && strcmp(machine_call_name(index), "wait_any") == 0;
}

/* Let the call `index` fail with `error`, or kill the program that makes it. */
static void fail(bool readers_first, size_t index, oserror error)
{
    bool is_kill = error == OSERROR_NONE;
    tool_reset();
    if (is_kill) {
        machine_kill_at(index);
    } else {
        machine_fail(index, error);
    }
    begin_meeting(readers_first);
    uint32_t caller = machine_call_process(index);
    const char *call = machine_call_name(index);
    char row[120];
    (void)snprintf(row, sizeof row, "call %zu (%s of process %u), error %u", index, call, caller, error);
    check_row(row);
    if (is_kill && caller != WRITER && object_kind_of("demo") != OBJECT_NONE) {
        /* The reader had not attached, so another one can take its place. */
        CHECK_EQUAL(RUN(LATE, "shmread", "demo"), EXIT_DONE);
        CHECK(is_printed(LATE, MEETING));
    }
    bool is_silent = !is_kill && strcmp(call, "file_write") == 0;
    int one = judge(FIRST, is_silent);
    int two = judge(FIRST + 1, is_silent);
    int writer = judge(WRITER, is_silent);
    (void)snprintf(row, sizeof row, "call %zu (%s of process %u), error %u: %d, %d, %d", index, call, caller, error,
                   writer, one, two);
    check_row(row);
    CHECK(!is_kill || (writer == MACHINE_KILLED) + (one == MACHINE_KILLED) + (two == MACHINE_KILLED) == 1);
    CHECK(!is_kill || caller == WRITER || (caller == FIRST ? two : one) == EXIT_DONE);
    CHECK(!is_kill || caller != WRITER || (one != EXIT_DONE && two != EXIT_DONE) || (one == two));
    CHECK(is_kill || writer != EXIT_DONE || (one == EXIT_DONE && two == EXIT_DONE));
    CHECK(clock_now() < 30000);
    check_nothing_is_left(!is_kill && is_last_wait(index));
}

/*
 * Do so with each call and each error. If a reader cannot attach, the writer and
 * the other reader end with their --timeout.
 */
static void fail_each(const oserror *errors, size_t count)
{
    static uint32_t callers[1000];
    for (int readers_first = 0; readers_first < 2; readers_first++) {
        tool_reset();
        begin_meeting(readers_first);
        check_row("none");
        CHECK_EQUAL(judge(FIRST, false), EXIT_DONE);
        CHECK_EQUAL(judge(FIRST + 1, false), EXIT_DONE);
        CHECK_EQUAL(judge(WRITER, false), EXIT_DONE);
        size_t calls = machine_calls();
        CHECK(calls <= 1000);
        for (size_t i = 0; i < calls; i++) {
            callers[i] = machine_call_process(i);
        }
        for (size_t i = 0; i < calls * count; i++) {
            if (callers[i / count] != 1) { /* 1: a call of this test */
                fail(readers_first != 0, i / count, errors[i % count]);
            }
        }
    }
}

static void test_each_call(void)
{
    TEST("if any call fails, all end, and each output is the input, or with a failure its beginning")
    {
        static const oserror errors[] = {OSERROR_ACCESS_DENIED, OSERROR_INVALID_HANDLE, OSERROR_NO_DATA,
                                         OSERROR_FILE_NOT_FOUND};
        fail_each(errors, sizeof errors / sizeof *errors);
    }

    TEST("if a reader is killed at any call, the other gets everything, and if the writer is killed, both end")
    {
        fail_each(&(oserror){OSERROR_NONE}, 1);
    }
}

/* ---- Liars ------------------------------------------------------------------------------------------------------- */

/* A process that may write to the memory stores a lie in the line of a reader. */
enum lie { TAIL, TAIL_WAITING, CLOSED, PROCESS };
static struct {
    enum lie what;
    uint64_t value; /* of TAIL: added to `head` if is_relative is set */
    bool is_relative;
    bool is_repeated; /* at each later step, too */
    uint32_t line;
    size_t step;  /* of all stores since the stream was published */
    size_t steps; /* so far */
} liar;

static winshm_trailer *published_stream(void)
{
    uint64_t size;
    uint8_t *bytes = machine_bytes("demo", &size);
    winshm_trailer *trailer = bytes == NULL ? NULL : (winshm_trailer *)(void *)(bytes + size - WINSHM_TRAILER_SIZE);
    return trailer != NULL && trailer->state == WINSHM_PUBLISHED ? trailer : NULL;
}

static void lie(void *unused)
{
    (void)unused;
    const winshm_trailer *trailer = published_stream();
    if (trailer == NULL) {
        return;
    }
    size_t step = liar.steps++;
    if (step != liar.step && !(liar.is_repeated && step > liar.step)) {
        return;
    }
    winshm_consumer *line = (winshm_consumer *)(void *)(machine_bytes("demo", NULL) + RING) + liar.line;
    switch (liar.what) {
    case TAIL:
        line->tail = liar.value + (liar.is_relative ? trailer->head : 0);
        break;
    case TAIL_WAITING:
        line->tail_waiting = (uint32_t)liar.value;
        break;
    case CLOSED:
        line->closed = (uint32_t)liar.value;
        break;
    case PROCESS:
        line->process = (uint32_t)liar.value;
        break;
    }
}

static const struct {
    enum lie what;
    bool is_relative;
    uint64_t value;
} lies[] = {
    {TAIL, false, 0},
    {TAIL, false, 100},
    {TAIL, false, RING},
    {TAIL, false, UINT64_MAX},
    {TAIL, true, 0},
    {TAIL, true, 1},
    {TAIL, true, RING + 1},
    {TAIL, true, (uint64_t)0 - 1},
    {TAIL, true, (uint64_t)0 - RING},
    {TAIL, true, (uint64_t)0 - RING - 1},
    {TAIL_WAITING, false, 0},
    {TAIL_WAITING, false, 1},
    {CLOSED, false, WINSHM_OPEN},
    {CLOSED, false, WINSHM_ENDED},
    {CLOSED, false, WINSHM_FAILED},
    {CLOSED, false, WINSHM_DIED},
    {CLOSED, false, WINSHM_DROPPED},
    {CLOSED, false, 77},
    {PROCESS, false, 0},
    {PROCESS, false, 77},
};

/* Run the meeting with this lie, and return the number of steps. */
static size_t lie_once(bool is_slow)
{
    liar.steps = 0;
    tool_reset();
    machine_on_step(lie, NULL);
    slowness.process = FIRST;
    slowness.takes = is_slow ? 2500 : 0;
    slowness.is_each = false;
    machine_on_call(write_slowly, NULL);
    give_input(MEETING, 0, OSERROR_NONE);
    START_WRITER("2", "-t", "2s");
    settle();
    start_readers(2, "5s");
    for (uint32_t process = FIRST; process < FIRST + 2; process++) {
        int status = machine_finish(process);
        CHECK(tool_is_status(status));
        CHECK(tool_failures(process) == (status != EXIT_DONE));
        CHECK(status != EXIT_DONE || is_printed(process, MEETING));
    }
    CHECK(tool_is_status(machine_finish(WRITER)));
    CHECK(clock_now() < 30000);
    check_nothing_is_left(false);
    return liar.steps;
}

static void test_lies(void)
{
    TEST("a lie in the line of a reader costs time up to --timeout, and never results in wrong bytes with status 0")
    {
        size_t steps = 1;
        for (size_t i = 0; i < sizeof lies / sizeof *lies * 8; i++) {
            liar.what = lies[i / 8].what;
            liar.value = lies[i / 8].value;
            liar.is_relative = lies[i / 8].is_relative;
            liar.line = i & 1;
            liar.is_repeated = (i & 2) != 0;
            bool is_slow = (i & 4) != 0;
            for (liar.step = 0; liar.step < steps; liar.step++) {
                char row[120];
                (void)snprintf(row, sizeof row, "lie %zu: line %u, step %zu%s%s", i / 8, liar.line, liar.step,
                               liar.is_repeated ? ", again and again" : "", is_slow ? ", slow" : "");
                check_row(row);
                steps = lie_once(is_slow);
            }
        }
    }
}

int main(void)
{
    fill_sent();
    test_bytes();
    test_ends();
    test_missing();
    test_slow();
    test_late();
    test_each_call();
    test_lies();
    return check_end();
}
