/* readers_test.c - streams for several readers between both tools on the simulated machine. */
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

    TEST("a stranger who raises `reads` is no reader, and does not restart --timeout")
    {
        tool_reset();
        give_input(10, 0, OSERROR_NONE);
        START_WRITER("3", "-t", "2s");
        settle();
        start_readers(1, "1h");
        settle();
        for (uint32_t i = 0; i < 20; i++) {
            object *reads = NULL;
            tool_sleep(90);
            CHECK_EQUAL(object_open(OBJECT_SEMAPHORE, "demo.winshm.reads", &reads), OSERROR_NONE);
            CHECK_EQUAL(object_signal(reads, SIGNAL_RAISE), OSERROR_NONE);
            object_close(reads);
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
            CHECK(clock_now() >= 3000 && clock_now() < 6000);
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

int main(void)
{
    fill_sent();
    test_bytes();
    test_ends();
    test_missing();
    test_slow();
    return check_end();
}
