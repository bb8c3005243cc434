/* stream_test.c - streams between both tools on the simulated machine. */
#include "common/memory/trailer.h"
#include "common/tests/tool.h"

enum { WRITER = 2, READER = 3, LATE = 4, RELEASER = 5, RING = 4096 };

static uint8_t sent[8 * RING];

static void fill_sent(void)
{
    uint32_t state = 1;
    for (size_t i = 0; i < sizeof sent; i++) {
        state = state * 1103515245U + 12345U;
        sent[i] = (uint8_t)(state >> 16);
    }
}

/* ---- Parts of the tests ------------------------------------------------------------------------------------------ */

/*
 * Set the input of the writer: `size` bytes, in pieces that fit neither the
 * ring nor a quarter of it, and then its end, or the error `last`.
 */
static void give_input(size_t size, oserror last)
{
    struct machine_piece pieces[sizeof sent / 700 + 2];
    size_t count = 0;
    for (size_t done = 0; done < size; count++) {
        size_t piece = size - done < 700 ? size - done : 700;
        pieces[count] = (struct machine_piece){sent + done, piece, OSERROR_NONE};
        done += piece;
    }
    if (last != OSERROR_NONE) {
        pieces[count++] = (struct machine_piece){NULL, 0, last};
    }
    machine_input_pipe(WRITER, pieces, count);
}

#define START_WRITER(...) START(WRITER, "shmwrite", "--stream", "--size", "4096", __VA_ARGS__, "demo")
#define START_READER(...) START(READER, "shmread", "--wait", __VA_ARGS__, "demo")

/*
 * Return whether a reader has printed exactly the first `size` bytes of the
 * input, or, with `size` SIZE_MAX, any number of its first bytes.
 */
static bool is_printed_by(uint32_t process, size_t size)
{
    size_t got;
    const char *printed = machine_written(process, STANDARD_OUTPUT, &got);
    return (size == SIZE_MAX ? got <= sizeof sent : got == size) && memcmp(printed, sent, got) == 0;
}

static bool is_printed(size_t size)
{
    return is_printed_by(READER, size);
}

/* Let both tools run until they wait. */
static void settle(void)
{
    tool_sleep(1);
}

static winshm_trailer *trailer_of_demo(void)
{
    uint64_t size;
    uint8_t *bytes = machine_bytes("demo", &size);
    return (winshm_trailer *)(void *)(bytes + size - WINSHM_TRAILER_SIZE);
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

/* Check the exit status and the messages of both tools. */
static void check_ends(int writer, const char *writer_says, int reader, const char *reader_says)
{
    CHECK_EQUAL(machine_finish(READER), reader);
    CHECK_EQUAL(machine_finish(WRITER), writer);
    CHECK_TEXT(tool_errors(WRITER), writer_says);
    CHECK_TEXT(tool_errors(READER), reader_says);
    check_nothing_is_left(false);
}

/* ---- Bytes ------------------------------------------------------------------------------------------------------- */

static void test_bytes(void)
{
    TEST("a stream of any size arrives as it was sent")
    {
        static const size_t sizes[] = {0,    1,        1023,     1024,         1025,         RING - 1,
                                       RING, RING + 1, 2 * RING, 2 * RING + 1, 5 * RING - 1, sizeof sent};
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            for (int way = 0; way < 3; way++) {
                char row[40];
                (void)snprintf(row, sizeof row, "%zu bytes, way %d", sizes[i], way);
                check_row(row);
                tool_reset();
                if (way == 1) {
                    machine_input_file(WRITER, sent, sizes[i], sizes[i]);
                } else {
                    give_input(sizes[i], OSERROR_NONE);
                }
                if (way == 2) {
                    START_READER("-v");
                    settle();
                    START_WRITER("-q");
                } else {
                    START_WRITER("-q");
                    settle();
                    START_READER("-v");
                }
                check_ends(EXIT_DONE, "", EXIT_DONE, "");
                CHECK(is_printed(sizes[i]));
            }
        }
    }
}

/*
 * Send a full ring, and `size` bytes from a file or through a pipe when the
 * reader has printed that and waits. Return how often the writer has set
 * an event.
 */
static size_t count_sets(size_t size, bool from_file)
{
    size_t sets = 0;
    tool_reset();
    if (from_file) {
        machine_input_file(WRITER, sent, RING + size, RING + size);
    } else {
        give_input(RING + size, OSERROR_NONE);
    }
    START_WRITER("-q");
    settle();
    START_READER("-q");
    check_ends(EXIT_DONE, "", EXIT_DONE, "");
    CHECK(is_printed(RING + size));
    for (size_t i = 0; i < machine_calls(); i++) {
        sets += machine_call_process(i) == WRITER && strcmp(machine_call_name(i), "event_set") == 0;
    }
    return sets;
}

static void test_wakes(void)
{
    TEST("a reader prints what comes through a pipe while the writer waits for more")
    {
        const struct machine_piece pieces[] = {
            {NULL, 0, MACHINE_BLOCKS}, {sent, 10, OSERROR_NONE}, {NULL, 0, MACHINE_BLOCKS}};
        tool_reset();
        machine_input_pipe(WRITER, pieces, 3);
        START_WRITER("-q");
        settle();
        START_READER("-q");
        settle();
        machine_input_go_on(WRITER);
        settle();
        CHECK(is_printed(10));
        machine_input_go_on(WRITER);
        check_ends(EXIT_DONE, "", EXIT_DONE, "");
    }

    TEST("a reader that waits is woken by less than half of a ring of a file at its end only, and by more before that")
    {
        size_t at_end = count_sets(0, true);
        CHECK_EQUAL(count_sets(RING / 2 - 1, true), at_end);
        CHECK_EQUAL(count_sets(RING / 2, true), at_end + 1);
        CHECK_EQUAL(count_sets(RING / 2 - 1, false), at_end + 1);
    }
}

/* ---- Ends -------------------------------------------------------------------------------------------------------- */

static void close_output(void)
{
    machine_output_limit(READER, STANDARD_OUTPUT, 5000, OSERROR_NO_DATA);
}

static void fill_disk(void)
{
    machine_output_limit(READER, STANDARD_OUTPUT, 5000, OSERROR_DISK_FULL);
}

static void release(void)
{
    CHECK_EQUAL(RUN(RELEASER, "shmwrite", "--release", "demo"), EXIT_DONE);
}

static void kill_writer(void)
{
    machine_kill_process(WRITER);
}

static void kill_reader(void)
{
    machine_kill_process(READER);
}

static void lie_about_head(void)
{
    trailer_of_demo()->head = trailer_of_demo()->tail + RING + 1;
}

#define ROW(text, ...)                                                                                                 \
    {                                                                                                                  \
        .row = (text), __VA_ARGS__                                                                                     \
    }
#define WRITER_ENDS(number, message) .writer = (number), .writer_says = "shmwrite: demo: " message "\r\n"
#define READER_ENDS(number, message) .reader = (number), .reader_says = "shmread: demo: " message "\r\n"
static const struct ending {
    const char *row;
    size_t size;           /* of the input */
    oserror last;          /* how the input ends */
    const char *timeout;   /* of the reader; NULL: an hour, as of the writer */
    void (*before)(void);  /* happens before the reader starts, or NULL */
    void (*happens)(void); /* happens when both tools wait, or NULL */
    size_t printed;
    int writer;
    const char *writer_says;
    int reader;
    const char *reader_says;
} endings[] = {
    ROW("the writer dies", 3 * RING, MACHINE_BLOCKS, .happens = kill_writer, .printed = 3 * RING,
        .writer = MACHINE_KILLED, READER_ENDS(EXIT_BROKEN, "the writer has died: the output is incomplete")),
    ROW("the reader dies", 10, MACHINE_BLOCKS, .happens = kill_reader, .printed = 10,
        WRITER_ENDS(EXIT_BROKEN, "the reader has died"), .reader = MACHINE_KILLED),
    ROW("the program behind the reader ends", .size = sizeof sent, .before = close_output, .printed = 5000,
        WRITER_ENDS(EXIT_IO, "the reader's output was closed"),
        READER_ENDS(EXIT_IO, "the program that read the output has ended")),
    ROW("the disk of the output is full", .size = sizeof sent, .before = fill_disk, .printed = 5000,
        WRITER_ENDS(EXIT_BROKEN, "the reader failed"),
        READER_ENDS(EXIT_IO, "cannot write to standard output: There is not enough space on the disk (112)")),
    ROW("the input fails", 3 * RING, OSERROR_INVALID_HANDLE, .printed = 3 * RING,
        WRITER_ENDS(EXIT_IO, "cannot read the input: The handle is invalid (6)"),
        READER_ENDS(EXIT_BROKEN, "the writer failed: the output is incomplete")),
    ROW("the stream is released", 10, MACHINE_BLOCKS, .happens = release, .printed = 10,
        WRITER_ENDS(EXIT_BROKEN, "was released before the input ended"),
        READER_ENDS(EXIT_BROKEN, "the writer failed: the output is incomplete")),
    ROW("the reader receives nothing", 10, MACHINE_BLOCKS, .timeout = "2s", .printed = 10,
        WRITER_ENDS(EXIT_BROKEN, "the reader failed"), READER_ENDS(EXIT_TIMED_OUT, "timed out waiting for the writer")),
    ROW("the head is impossible", 10, MACHINE_BLOCKS, .before = lie_about_head,
        WRITER_ENDS(EXIT_BROKEN, "the reader failed"), READER_ENDS(EXIT_BROKEN, "the ring is damaged")),
};

static void test_ends(void)
{
    TEST("if one side ends early, so does the other, and each reports why after all sent bytes are printed")
    {
        for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
            const struct ending *ending = &endings[i];
            check_row(ending->row);
            tool_reset();
            give_input(ending->size, ending->last);
            START_WRITER("-t", "1h");
            settle();
            if (ending->before != NULL) {
                ending->before();
            }
            START_READER("-t", ending->timeout != NULL ? ending->timeout : "1h");
            settle();
            if (ending->happens != NULL) {
                ending->happens();
            }
            check_ends(ending->writer, ending->writer_says != NULL ? ending->writer_says : "", ending->reader,
                       ending->reader_says != NULL ? ending->reader_says : "");
            CHECK(is_printed(ending->printed));
            CHECK(clock_now() < 5000);
        }
    }

    TEST("a writer without a reader times out, also if it has filled the ring")
    {
        for (size_t i = 0; i < 2; i++) {
            tool_reset();
            give_input(i == 0 ? 10 : sizeof sent, OSERROR_NONE);
            START_WRITER("-t", "2s");
            CHECK_EQUAL(machine_finish(WRITER), EXIT_TIMED_OUT);
            CHECK_EQUAL(tool_failures(WRITER), 1);
            CHECK(strncmp(tool_errors(WRITER), "shmwrite: demo: timed out waiting for a reader", 46) == 0);
            CHECK_EQUAL(clock_now(), 3000);
            check_nothing_is_left(false);
        }
    }

    TEST("a stream that appears restarts the --timeout of a tap, as that of a reader")
    {
        for (int i = 0; i < 2; i++) {
            tool_reset();
            give_input(0, MACHINE_BLOCKS);
            START(READER, "shmread", "--wait", i == 0 ? "--tap" : "--quiet", "-t", "2s", "demo");
            tool_sleep(1500);
            START_WRITER("-t", "9s");
            CHECK_EQUAL(machine_finish(READER), EXIT_TIMED_OUT);
            CHECK(clock_now() >= 4500);
            machine_kill_process(WRITER);
        }
    }

    TEST("a stream that is released after its input has ended was not read")
    {
        tool_reset();
        give_input(10, OSERROR_NONE);
        START_WRITER("-t", "1h");
        settle();
        release();
        CHECK_EQUAL(machine_finish(WRITER), EXIT_BROKEN);
        CHECK_TEXT(tool_errors(WRITER), "shmwrite: demo: was released before all of it was read\r\n");
        check_nothing_is_left(false);
    }

    TEST("a stream is refused while a reader of an earlier one is busy with its output")
    {
        tool_reset();
        machine_foreign("demo.winshm.space", OBJECT_EVENT);
        CHECK_EQUAL(RUN(WRITER, "shmwrite", "--stream", "demo"), EXIT_CONFLICT);
        CHECK_TEXT(
            tool_errors(WRITER),
            "shmwrite: demo: its helper object demo.winshm.space cannot be created: the name is taken by an "
            "event\r\nshmwrite: hint: a reader of an earlier stream may still be busy with its output: end it\r\n");
        machine_forget("demo.winshm.space");
        check_nothing_is_left(false);
    }

    TEST("on a console each side prints a note if the other one has not come, or sends nothing, for two seconds")
    {
        tool_reset();
        give_input(0, MACHINE_BLOCKS);
        machine_output(WRITER, STANDARD_ERROR, MACHINE_CONSOLE);
        machine_output(READER, STANDARD_ERROR, MACHINE_CONSOLE);
        START_WRITER("-t", "9s");
        tool_sleep(1900);
        CHECK_TEXT(tool_errors(WRITER), "");
        tool_sleep(200);
        CHECK_TEXT(tool_errors(WRITER), "shmwrite: demo: waiting for a reader\r\n");
        START_READER("-t", "3s");
        check_ends(EXIT_BROKEN, "shmwrite: demo: waiting for a reader\r\nshmwrite: demo: the reader failed\r\n",
                   EXIT_TIMED_OUT,
                   "shmread: demo: waiting for the writer\r\nshmread: demo: timed out waiting for the writer\r\n");
    }

    TEST("a note is not printed once the other side has come")
    {
        tool_reset();
        give_input(10, MACHINE_BLOCKS);
        machine_output(WRITER, STANDARD_ERROR, MACHINE_CONSOLE);
        machine_output(READER, STANDARD_ERROR, MACHINE_CONSOLE);
        START_WRITER("-t", "9s");
        START_READER("-t", "3s");
        check_ends(EXIT_BROKEN, "shmwrite: demo: the reader failed\r\n", EXIT_TIMED_OUT,
                   "shmread: demo: timed out waiting for the writer\r\n");
        CHECK(is_printed(10));
    }

    TEST("a writer that finds an impossible tail ends")
    {
        tool_reset();
        give_input(sizeof sent, OSERROR_NONE);
        START_WRITER("-t", "1m");
        settle();
        trailer_of_demo()->tail = trailer_of_demo()->head + 1;
        object *space;
        CHECK_EQUAL(object_open(OBJECT_EVENT, "demo.winshm.space", &space), OSERROR_NONE);
        CHECK_EQUAL(object_signal(space, SIGNAL_SET), OSERROR_NONE);
        object_close(space);
        CHECK_EQUAL(machine_finish(WRITER), EXIT_BROKEN);
        CHECK_TEXT(tool_errors(WRITER), "shmwrite: demo: the ring is damaged\r\n");
        check_nothing_is_left(false);
    }

    TEST("the file of --output appears only if the stream ends without a failure")
    {
        for (int fails = 0; fails < 2; fails++) {
            tool_reset();
            give_input(3 * RING, fails ? OSERROR_INVALID_HANDLE : OSERROR_NONE);
            START_WRITER("-q");
            START(READER, "shmread", "--wait", "-q", "-o", "file", "demo");
            check_ends(fails ? EXIT_IO : EXIT_DONE, "", fails ? EXIT_BROKEN : EXIT_DONE, "");
            size_t size = 0;
            const uint8_t *bytes = machine_file_bytes("file", &size);
            CHECK(fails ? bytes == NULL : size == 3 * RING && memcmp(bytes, sent, size) == 0);
        }
    }
}

static void test_conflicts(void)
{
    TEST("a second writer and a second reader are refused, and shmread --raw is no reader")
    {
        tool_reset();
        give_input(10, MACHINE_BLOCKS);
        START_WRITER("-v");
        settle();
        CHECK_EQUAL(RUN(LATE, "shmwrite", "--stream", "demo"), EXIT_CONFLICT);
        CHECK_TEXT(tool_errors(LATE), "shmwrite: demo: already has its writer\r\n");
        CHECK_EQUAL(RUN(LATE + 1, "shmread", "--raw", "demo"), EXIT_DONE);
        tool_sleep(100);
        CHECK_TEXT(tool_errors(WRITER), "");
        START_READER("-v");
        settle();
        CHECK_EQUAL(RUN(LATE + 2, "shmread", "demo"), EXIT_CONFLICT);
        CHECK_TEXT(tool_errors(LATE + 2), "shmread: demo: is a stream that already has its reader\r\n");
        CHECK_TEXT(tool_output(LATE + 2), "");
        machine_input_go_on(WRITER);
        check_ends(EXIT_DONE, "shmwrite: demo: the reader has come\r\n", EXIT_DONE, "");
        CHECK(is_printed(10));
    }
}

/* ---- Each call fails, each call is the last ---------------------------------------------------------------------- */

/*
 * The cases: which tool starts first, and whether the input has its end only
 * after all other bytes are printed.
 */
static const struct meeting {
    const char *row;
    size_t size;
    bool reader_first;
    bool slow;
} meetings[] = {
    {"the writer first", 2 * RING + 100, false, false},
    {"the reader first", 2 * RING + 100, true, false},
    {"less than a ring", 10, false, false},
    {"slow input", RING + 100, true, true},
};

/*
 * Start both tools. Let the call `index` fail with `error`, or, if that is
 * OSERROR_NONE, kill the process that makes this call.
 */
static void begin_meeting(const struct meeting *meeting, size_t index, oserror error)
{
    tool_reset();
    if (error != OSERROR_NONE) {
        machine_fail(index, error);
    } else {
        machine_kill_at(index);
    }
    give_input(meeting->size, meeting->slow ? MACHINE_BLOCKS : OSERROR_NONE);
    if (meeting->reader_first) {
        START_READER("-t", "10s");
        settle();
        START_WRITER("-t", "10s");
    } else {
        START_WRITER("-t", "10s");
        settle();
        START_READER("-t", "10s");
    }
    tool_sleep(500);
    machine_input_go_on(WRITER);
}

static void check_said(uint32_t process, int status, bool telling)
{
    size_t lines = tool_failures(process);
    CHECK(status == MACHINE_KILLED || tool_is_status(status));
    CHECK(tool_errors_are_lines(process));
    CHECK(status == EXIT_DONE || status == MACHINE_KILLED ? lines == 0 : lines == 1 || (telling && lines == 0));
}

/*
 * Run a meeting without a failure, and store the process that makes each call.
 * Return the number of calls.
 */
static size_t rehearse(const struct meeting *meeting, uint32_t *callers, size_t room)
{
    check_row(meeting->row);
    begin_meeting(meeting, SIZE_MAX, OSERROR_NONE);
    check_ends(EXIT_DONE, "", EXIT_DONE, "");
    CHECK(is_printed(meeting->size));
    size_t calls = machine_calls();
    CHECK(calls <= room);
    for (size_t i = 0; i < calls && i < room; i++) {
        callers[i] = machine_call_process(i);
    }
    return calls < room ? calls : room;
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

/*
 * Let each call of each meeting fail with each error, or, if that is
 * OSERROR_NONE, kill the tool that makes the call.
 */
static void fail_each(const oserror *errors, size_t count)
{
    static uint32_t callers[1000];
    for (size_t m = 0; m < sizeof meetings / sizeof *meetings; m++) {
        size_t calls = rehearse(&meetings[m], callers, 1000);
        for (size_t i = 0; i < calls * count; i++) {
            size_t index = i / count;
            oserror error = errors[i % count];
            bool is_kill = error == OSERROR_NONE;
            if (callers[index] == 1) {
                continue; /* a call of this test */
            }
            begin_meeting(&meetings[m], index, error);
            const char *failed = machine_call_name(index);
            check_row(failed);
            if (is_kill && machine_call_process(index) == READER && object_kind_of("demo") != OBJECT_NONE) {
                /*
                 * The reader had not attached, or the writer would have ended.
                 * So another reader finds everything.
                 */
                CHECK_EQUAL(RUN(LATE, "shmread", "demo"), EXIT_DONE);
                CHECK(is_printed_by(LATE, meetings[m].size));
            }
            int reader = machine_finish(READER);
            int writer = machine_finish(WRITER);
            char row[180];
            (void)snprintf(row, sizeof row, "%s: call %zu (%s of process %u), error %u: writer %d, reader %d",
                           meetings[m].row, index, failed, machine_call_process(index), error, writer, reader);
            check_row(row);
            bool telling = !is_kill && strcmp(failed, "file_write") == 0;
            check_said(WRITER, writer, telling);
            check_said(READER, reader, telling);
            CHECK(!is_kill || (writer == MACHINE_KILLED) != (reader == MACHINE_KILLED));
            CHECK(is_printed(reader == EXIT_DONE ? meetings[m].size : SIZE_MAX));
            check_nothing_is_left(!is_kill && is_last_wait(index));
        }
    }
}

static void test_each_call(void)
{
    TEST("if any call fails, both tools end, and the output is the beginning of the input")
    {
        static const oserror errors[] = {OSERROR_ACCESS_DENIED, OSERROR_INVALID_HANDLE, OSERROR_NO_DATA,
                                         OSERROR_FILE_NOT_FOUND};
        fail_each(errors, sizeof errors / sizeof *errors);
    }

    TEST("if one tool is killed at any call, the other ends, and the output is the beginning of the input")
    {
        fail_each(&(oserror){OSERROR_NONE}, 1);
    }
}

int main(void)
{
    fill_sent();
    test_bytes();
    test_wakes();
    test_ends();
    test_conflicts();
    test_each_call();
    return check_end();
}
