/* print_test.c - shmread prints memory of each kind, or reports why not. */
#include "reader/tests/reading.h"

#include <unistd.h>

/* ---- Circumstances of a read ------------------------------------------------------------------------------------- */

static void ansi_is_utf8(void)
{
    machine_code_page_ansi(CODE_PAGE_UTF8);
}

static void with_nul(void)
{
    machine_file_put("in", "ab\0c", 4);
    CHECK_EQUAL(RUN(TOOL_OTHER, "shmwrite", "-d", "-i", "in", name), EXIT_DONE);
}

static void is_filling(void)
{
    static const uint64_t magic = WINSHM_MAGIC;
    memcpy(machine_bytes(name, NULL) + PAGE - 8, &magic, 8);
}

static void has_no_addresses(void)
{
    machine_view_limit(1);
}

static void has_no_memory(void)
{
    machine_fail_function("memory_take", 0, OSERROR_NOT_ENOUGH_MEMORY);
}

static void has_no_output(void)
{
    machine_standard_absent(TOOL_PROCESS, STANDARD_OUTPUT);
}

static void output_closes(void)
{
    machine_output_limit(TOOL_PROCESS, STANDARD_OUTPUT, 2, OSERROR_NO_DATA);
}

static void disk_is_full(void)
{
    machine_disk_limit(3);
}

static const char theirs[] = "demo.lock";

/* ---- Rows -------------------------------------------------------------------------------------------------------- */

#define LOCK "--mutex", theirs
static const char nothing_yet[] = "has no contents yet";
static const char late[] = "timed out waiting for contents";
static const char taken[] = "timed out waiting for the mutex demo.lock";
static const char no_mutex[] = "the mutex demo.lock does not exist";
static const char no_lock[] = "was created by shmwrite: reading it needs no mutex";

static const struct reading readings[] = {
    /* Text of other programs, whose encoding shmread detects */
    ROW("ASCII", THEIRS("abc\0def"), PRINTS("abc")),
    ROW("UTF-8", THEIRS(HAN E_ACUTE "\0x"), PRINTS(HAN E_ACUTE)),
    ROW("UTF-8 with its mark", THEIRS("\xEF\xBB\xBF" HAN), PRINTS(HAN)),
    ROW("ANSI", THEIRS("caf\xE9\0x"), PRINTS("caf" E_ACUTE)),
    ROW("ANSI is UTF-8", THEIRS("a\xE9z"), .prepare = ansi_is_utf8, PRINTS("a" WRONG "z")),
    ROW("UTF-16", THEIRS("c\0\xE9\0\0\0x\0"), PRINTS("c" E_ACUTE)),
    ROW("UTF-16 with its mark", THEIRS("\xFF\xFE\x22\x6F\0\0"), PRINTS(HAN)),
    ROW("UTF-16, big-endian", THEIRS("\xFE\xFF\x6F\x22\0a\0\0\0b"), PRINTS(HAN "a")),
    ROW("UTF-8, cut by the end", THEIRS("x" HAN "\xE6\xBC"), .at_end = true, WITH("--offset", "4090"),
        PRINTS("x" HAN WRONG)),
    ROW("UTF-16, cut by the end", THEIRS("a\0\x22\x6F\x3D\xD8"), .at_end = true, WITH("--offset", "4090"),
        PRINTS("a" HAN WRONG)),

    /* Text of other programs, whose encoding is that of --encoding */
    ROW("bytes", THEIRS("caf\xE9\xFF\0x"), WITH("-e", "bytes"), PRINTS("caf\xE9\xFF")),
    ROW("utf-8, not valid", THEIRS("a\xE9z\xE6\xBC\0x"), WITH("-e", "utf-8"), PRINTS("a" WRONG "z" WRONG)),
    ROW("utf-16", THEIRS("\x22\x6F\x61\0\0\0b\0"), WITH("-e", "utf-16"), PRINTS(HAN "a")),
    ROW("cp932", THEIRS("\x82\xA0\x82\xA2\0x"), WITH("-e", "cp932"), PRINTS("\xE3\x81\x82\xE3\x81\x84")),
    ROW("cp932, cut", THEIRS("\x82\xA0\x82\xA2"), WITH("-e", "cp932", "-n", "3"), PRINTS("\xE3\x81\x82" WRONG)),

    /* Numbers */
    ROW("numbers, to the end of the memory", THEIRS("\0\0\x48\x42\0\0\x54\x42"), .at_end = true,
        WITH("-e", "f32", "--offset", "4088"), PRINTS("50\r\n53\r\n")),
    ROW("numbers, with zeros among them", THEIRS("\1\0\0\0\xFF\xFF"), WITH("-e", "i16", "-n", "6"),
        PRINTS("1\r\n0\r\n-1\r\n")),
    ROW("only whole numbers", THEIRS("\1\2\3\4\5"), WITH("-e", "u16", "--length", "5", "--raw"),
        PRINTS("513\r\n1027\r\n")),
    ROW("numbers, less than one", THEIRS("\1\2\3\4\5"), WITH("-e", "u64", "-n", "7")),

    /* A part of another program's memory */
    ROW("--offset", THEIRS("head\0text\0rest"), WITH("--offset", "5"), PRINTS("text")),
    ROW("--length 0", THEIRS("ab"), WITH("-n", "0")),
    ROW("--length beyond the end", THEIRS("text"), .at_end = true, WITH("--offset", "4092", "-n", "1G"),
        PRINTS("text")),
    ROW("--offset is the end", THEIRS("text"), WITH("--offset", "4096")),
    ROW("--offset to UTF-16", THEIRS("\1\2h\0i\0\0\0x"), WITH("--offset", "2"), PRINTS("hi")),
    ROW("--raw", THEIRS("ab\0c\xE9"), WITH("-r", "--offset", "1", "-n", "5"), PRINTS("b\0c\xE9\0")),
    ROW("--raw, decoded", THEIRS("ab\0c\xE9"), WITH("-r", "-n", "6", "-e", "cp1252"), PRINTS("ab\0c" E_ACUTE "\0")),
    ROW("as far as it is committed", .zeros = 65536, .xs = PAGE, WITH("-x", "--offset", "4090"),
        PRINTS("00000ffa  78 78 78 78 78 78                                 |xxxxxx|\r\n00001000\r\n")),
    ROW("beyond what is committed", .zeros = 65536, .xs = PAGE, WITH("--offset", "4097"),
        FAILS(EXIT_NOTHING, "has nothing at offset 4097: it has 4096 bytes")),

    /* A value, or a part of it */
    ROW("a part", OURS("0123456789"), WITH("--offset", "2", "-n", "3"), PRINTS("234")),
    ROW("the end", OURS("0123456789"), WITH("--offset", "10")),
    ROW("sealed", OURS("0123456789", "--sealed"), WITH("--offset", "2", "-n", "3"), PRINTS("234")),
    ROW("beyond the end", OURS("0123456789"), WITH("--offset", "11"),
        FAILS(EXIT_NOTHING, "has nothing at offset 11: it has 10 bytes")),
    ROW("far beyond", OURS("x"), WITH("--offset", "0xFFFFFFFFFFFFFFFF", "-n", "0xFFFFFFFFFFFFFFFF"),
        FAILS(EXIT_NOTHING, "has nothing at offset 18446744073709551615: it has 1 byte")),
    ROW("nothing of it", OURS("0123456789"), WITH("-n", "0")),
    ROW("a dump", OURS("0123456789"), WITH("-x", "--offset", "8"),
        PRINTS("00000008  38 39                                             |89|\r\n0000000a\r\n")),
    ROW("a dump of nothing", OURS(""), WITH("-x")),
    ROW("as bytes", OURS("-e", "utf-16", HAN), WITH("-e", "bytes"), PRINTS("\x22\x6F")),
    ROW("UTF-8 with its mark, as it is", OURS("\xEF\xBB\xBFx"), PRINTS("\xEF\xBB\xBFx")),
    ROW("UTF-8, cut, decoded", OURS(HAN), WITH("-n", "2", "-e", "utf-8"), PRINTS(WRONG)),
    ROW("--text", .prepare = with_nul, WITH("--text"), PRINTS("ab")),

    /* Memory that cannot be read */
    ROW("nothing", FAILS(EXIT_NOTHING, "does not exist")),
    ROW("closed", THEIRS("x"), .denied = name, FAILS(EXIT_DENIED, "access denied: this user may not open it (5)")),
    ROW("a mutex", OTHER(OBJECT_MUTEX, name),
        FAILS(EXIT_CONFLICT, "the name is that of a mutex, not of shared memory")),
    ROW("zeros", .zeros = PAGE, FAILS(EXIT_NOTHING, nothing_yet)),
    ROW("nothing is committed", .zeros = 65536, FAILS(EXIT_NOTHING, nothing_yet)),
    ROW("being filled", .zeros = PAGE, .prepare = is_filling, FAILS(EXIT_NOTHING, nothing_yet)),
    ROW("damaged", OURS("x"), .spoiled = offsetof(winshm_trailer, capacity),
        FAILS(EXIT_BROKEN, "its layout is damaged")),
    ROW("a false length", OURS("x"), .spoiled = offsetof(winshm_trailer, slots),
        FAILS(EXIT_BROKEN, "its layout is damaged")),
    ROW("newer", OURS("x"), .spoiled = offsetof(winshm_trailer, layout),
        FAILS(EXIT_BROKEN, "was created by a newer shmwrite: its layout is unknown")),
    ROW("the time is up, zeros", .zeros = PAGE, WITH("-w", "-t", "2s"), FAILS(EXIT_TIMED_OUT, late)),
    ROW("follow nothing", WITH("-f"), FAILS(EXIT_NOTHING, "does not exist")),
    ROW("no address space", THEIRS("x"), .prepare = has_no_addresses,
        FAILS(EXIT_NO_ROOM, "does not fit into the address space of this " TOOL_BITS "-bit program: Not enough memory "
                            "resources are available to process this command (8)")),
    ROW("no memory", OURS("value"), .prepare = has_no_memory,
        FAILS(EXIT_NO_ROOM,
              "memory for 5 bytes cannot be allocated: Not enough memory resources are available to process "
              "this command (8)")),

    /* Output that cannot be written */
    ROW("no output", OURS("value"), .prepare = has_no_output,
        FAILS(EXIT_IO, "there is no standard output: The handle is invalid (6)")),
    ROW("a closed pipe", OURS("value"), .prepare = output_closes, PRINTS("va"),
        FAILS(EXIT_IO, "the program that read the output has ended")),
    ROW("a full disk", OURS("value"), .prepare = disk_is_full, WITH("-o", "out"),
        FAILS(EXIT_IO, "cannot write out: There is not enough space on the disk (112)")),
    ROW("a closed file", OURS("value"), .denied = "out", WITH("-o", "out"),
        FAILS(EXIT_IO, "cannot write out: Access is denied (5)")),

    /* The mutex of --mutex */
    ROW("no mutex", THEIRS("x"), WITH(LOCK), FAILS(EXIT_NOTHING, no_mutex)),
    ROW("no mutex in time", THEIRS("x"), WITH(LOCK, "-w", "-t", "1s"), FAILS(EXIT_TIMED_OUT, late)),
    ROW("an event", THEIRS("x"), OTHER(OBJECT_EVENT, theirs), WITH(LOCK, "-w"),
        FAILS(EXIT_CONFLICT, "the name demo.lock is that of an event, not of a mutex")),
    ROW("a closed mutex", THEIRS("x"), OTHER(OBJECT_MUTEX, theirs), .denied = theirs, WITH(LOCK),
        FAILS(EXIT_DENIED, "access denied: this user may not open the mutex demo.lock (5)")),
    ROW("taken", THEIRS("x"), OTHER(OBJECT_MUTEX, theirs), .is_owned = true, WITH(LOCK, "-t", "1s"),
        FAILS(EXIT_TIMED_OUT, taken)),
    ROW("taken, following", THEIRS("x"), OTHER(OBJECT_MUTEX, theirs), .is_owned = true, WITH(LOCK, "-f", "-t", "1s"),
        FAILS(EXIT_TIMED_OUT, taken)),
    ROW("ours", OURS("x"), OTHER(OBJECT_MUTEX, theirs), WITH(LOCK), FAILS(EXIT_USAGE, no_lock)),
    ROW("ours, following", OURS("x"), WITH(LOCK, "-f"), FAILS(EXIT_USAGE, no_lock)),
};

/* ---- Large memory ------------------------------------------------------------------------------------------------ */

static void test_large(void)
{
    TEST("--output leaves the old file as it was if the last bytes cannot be written")
    {
        size_t size = 0;
        tool_reset();
        machine_foreign_section(name, "a\0z", 3, PAGE);
        machine_file_put("out", "old", 3);
        machine_disk_limit(4);
        CHECK_EQUAL(RUN(2, "shmread", "-r", "-e", "utf-16", "-n3", "-o", "out", name), EXIT_IO);
        CHECK_EQUAL(tool_failures(2), 1);
        const uint8_t *bytes = machine_file_bytes("out", &size);
        CHECK_BYTES(bytes, size, "old", 3);
    }

    TEST("shmread prints large memory although there is no memory for a copy of it")
    {
        with_large('x');
        machine_commit_limit(16 * PAGE); /* foreign memory does not count */
        CHECK_EQUAL(RUN(2, "shmread", "--raw", name), EXIT_DONE);
        CHECK_EQUAL(strlen(tool_output(2)), LARGE);
        CHECK_EQUAL(RUN(4, "shmread", name), EXIT_DONE);
        CHECK_EQUAL(strlen(tool_output(4)), LARGE);
        CHECK_EQUAL(RUN(5, "shmread", "-x", name), EXIT_DONE);
        CHECK_TEXT(tool_output(5) + 80, "*\r\n02800000\r\n");
    }
}

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

static const struct {
    const char *pieces[2];
    const char *arguments[2];
    const char *output; /* NULL: the options do not apply to a stream */
} streams[] = {
    {{"\x82\xA0\x82", "\xA2"}, {"-e", "cp932"}, "\xE3\x81\x82\xE3\x81\x84"},
    {{"a\xE6\xBC", "\xA2\xFF"}, {"-e", "utf-8"}, "a" HAN WRONG},
    {{"0123456789", "abcdefgh"},
     {"-v", "-x"},
     "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  "
     "|0123456789abcdef|\r\n"
     "00000010  67 68                                             |gh|\r\n"
     "00000012\r\n"},
    {{"0123", "4567"}, {"-v", "--offset=1"}, NULL},
    {{"0123", "4567"}, {"-f", "-n1"}, NULL},
    {{"0123", "4567"}, {"-v", "--mutex=theirs"}, NULL},
    {{"0123", "4567"}, {"-f", "--mutex=theirs"}, NULL},
};

static void test_streams(void)
{
    TEST("shmread decodes or dumps a stream, or refuses an option without touching the stream")
    {
        for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
            struct machine_piece pieces[2];
            for (size_t j = 0; j < 2; j++) {
                const char *sent = streams[i].pieces[j];
                pieces[j] = (struct machine_piece){sent, strlen(sent), OSERROR_NONE};
            }
            const char *const *arguments = streams[i].arguments;
            const char *output = streams[i].output;
            check_row(arguments[1]);
            tool_reset();
            machine_input_pipe(TOOL_OTHER, pieces, 2);
            START(TOOL_OTHER, "shmwrite", "-q", "--stream", name);
            int status = RUN(2, "shmread", "--wait", arguments[0], arguments[1], name);
            CHECK_EQUAL(status, output != NULL ? EXIT_DONE : EXIT_USAGE);
            CHECK_TEXT(tool_output(2), output != NULL ? output : "");
            if (output == NULL) {
                CHECK_TEXT(tool_errors(2),
                           strstr(arguments[1], "mutex") == NULL
                               ? "shmread: demo: is a stream: --offset and --length apply only to values\r\n"
                               : "shmread: demo: was created by shmwrite: reading it needs no mutex\r\n");
                CHECK_EQUAL(RUN(4, "shmread", name), EXIT_DONE); /* the stream is as it was */
                CHECK_TEXT(tool_output(4), "01234567");
            }
        }
    }
}

/* ---- Memory that changes while it is read ------------------------------------------------------------------------ */

/*
 * How often another program is still to change the memory, and before which
 * calls of shmread: whenever it sleeps between two copies, or when it has found
 * the end of a string.
 */
static size_t changes;
static const char sleeping[] = "wait_any";
static const char string_found[] = "memory_take";
static const char *changes_before;

static void change(void *context, const char *function, size_t index)
{
    (void)index;
    if (strcmp(function, changes_before) == 0 && changes > 0) {
        changes--;
        *(char *)machine_bytes(name, NULL) += 1;
        memcpy(machine_bytes(name, NULL) + 1, context, strlen(context) + 1);
    }
}

/*
 * Read another program's string "astart" with an option. During the read the
 * string changes `times` times: its first letter to the next one, and the rest
 * to `end`.
 */
static int read_changing(size_t times, const char *end, const char *option)
{
    static char context[20];
    (void)snprintf(context, sizeof context, "%s", end);
    tool_reset();
    machine_foreign_section(name, "astart", 7, PAGE);
    changes = times;
    machine_on_call(change, context);
    int status = RUN(2, "shmread", "--verbose", option, name);
    machine_on_call(NULL, NULL);
    return status;
}

static void test_stability(void)
{
    TEST("shmread repeats the copy of changing memory until it equals the memory, also if its length changes")
    {
        changes_before = sleeping;
        for (size_t i = 0; i < 5; i++) {
            const char wanted[] = {(char)('a' + i), 's', '\0'};
            CHECK_EQUAL(read_changing(i, "s", "-n100"), EXIT_DONE);
            CHECK_TEXT(tool_output(2), i == 0 ? "astart" : wanted);
            CHECK_TEXT(tool_errors(2), "");
        }
        CHECK_EQUAL(read_changing(2, "longer than that", "--wait"), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "clonger than that");
        CHECK_EQUAL(read_changing(3, "ART", "-x"), EXIT_DONE);
        CHECK(strncmp(tool_output(2), "00000000  64 41 52 54 00 74 00 ", 31) == 0);
        CHECK_EQUAL(read_changing(3, "ART", "--raw"), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "dART");
        changes_before = string_found;
        CHECK_EQUAL(read_changing(1, "b", "--wait"), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "bb");
        CHECK_EQUAL(machine_leaks(), 0);
    }

    TEST("shmread prints the last copy of memory that does not stop changing, and reports that with --verbose")
    {
        changes_before = sleeping;
        CHECK_EQUAL(read_changing(SIZE_MAX, "start", "-z"), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "istart"); /* it changes twice after each copy */
        CHECK_TEXT(tool_errors(2),
                   "shmread: demo: changed during each of 5 copies: the output may mix two moments\r\n");
        CHECK_EQUAL(machine_leaks(), 0);
    }
}

/* ---- The mutex of another program -------------------------------------------------------------------------------- */

static void with_locked_memory(void)
{
    tool_reset();
    machine_foreign_section(name, "theirs", 7, PAGE);
    machine_foreign(theirs, OBJECT_MUTEX);
}

/*
 * At the first write to the output, let another program own the mutex. The test
 * ends if the mutex is not free.
 */
static void own_when_written(void *context, const char *function, size_t index)
{
    size_t *times = context;
    (void)index;
    if (strcmp(function, "file_write") == 0 && ++*times == 1) {
        uint32_t before = machine_switch_process(9);
        machine_own(theirs);
        (void)machine_switch_process(before);
    }
}

/*
 * A program that owns the mutex for a second, and fills the memory with
 * `context` in that time. After "dead" it ends without releasing the mutex.
 */
static int fill_with_lock(void *context)
{
    object *mutex = NULL;
    CHECK_EQUAL(object_open(OBJECT_MUTEX, theirs, &mutex), OSERROR_NONE);
    CHECK_EQUAL(wait_any(&mutex, 1, CLOCK_NEVER).how, WAITED_SIGNALLED);
    memset(machine_bytes(name, NULL), 0, PAGE);
    tool_sleep(1000);
    memcpy(machine_bytes(name, NULL), context, strlen(context));
    if (strcmp(context, "dead") != 0) {
        (void)object_signal(mutex, SIGNAL_RELEASE);
    }
    object_close(mutex);
    return 0;
}

static const struct {
    const char *text;
    enum status status;
    const char *line;
} fillings[] = {
    {.text = "filled", .line = ""},
    {.text = "", .status = EXIT_NOTHING, .line = "shmread: demo: has no contents yet\r\n"},
    {.text = "dead",
     .line = "shmread: demo: the program that owned the mutex demo.lock has died: "
             "the contents may be incomplete\r\n"},
};

static void test_locks(void)
{
    TEST("shmread releases the mutex of --mutex before it prints anything, also of large memory")
    {
        static const char *const ways[][8] = {{"shmread", LOCK, "demo"},
                                              {"shmread", LOCK, "-x", "demo"},
                                              {"shmread", LOCK, "--raw", "demo"},
                                              {"shmread", LOCK, "-t1s", "-f", "demo"}};
        for (size_t i = 0; i <= sizeof ways / sizeof *ways; i++) {
            size_t writes = 0;
            with_locked_memory();
            if (i == 4) {
                with_large(1);
                machine_foreign(theirs, OBJECT_MUTEX);
            }
            machine_on_call(own_when_written, &writes);
            CHECK_EQUAL(tool_run(2, ways[i == 4 ? 2 : i]), i == 3 ? EXIT_TIMED_OUT : EXIT_DONE);
            machine_on_call(NULL, NULL);
            CHECK(i == 4 ? writes == 1 : writes > 0);
        }
    }

    TEST("shmread waits for the owner of the mutex, which fills the memory, leaves it empty or dies")
    {
        for (size_t i = 0; i < sizeof fillings / sizeof *fillings; i++) {
            static char context[20];
            (void)snprintf(context, sizeof context, "%s", fillings[i].text);
            with_locked_memory();
            machine_start(6, fill_with_lock, context);
            tool_sleep(100);
            CHECK_EQUAL(RUN(2, "shmread", "-v", LOCK, name), fillings[i].status);
            CHECK_TEXT(tool_output(2), fillings[i].text);
            CHECK_TEXT(tool_errors(2), fillings[i].line);
            CHECK_EQUAL(machine_finish(6), 0);
        }
        CHECK_EQUAL(RUN(4, "shmread", "-v", "-t1s", LOCK, name), EXIT_DONE);
        CHECK_TEXT(tool_errors(4), "");
    }

    TEST("--wait waits for contents, not for the name alone, and with --mutex also for the mutex")
    {
        tool_reset();
        machine_foreign_section(name, NULL, PAGE, PAGE);
        START(2, "shmread", "--wait", LOCK, name);
        tool_sleep(500);
        machine_foreign(theirs, OBJECT_MUTEX);
        tool_sleep(500);
        CHECK_TEXT(tool_output(2), "");
        memcpy(machine_bytes(name, NULL), "now", 3);
        CHECK_EQUAL(machine_finish(2), EXIT_DONE);
        CHECK_TEXT(tool_output(2), "now");
    }
}

/* ---- Message boxes ----------------------------------------------------------------------------------------------- */

static const struct reading boxes[] = {
    {THEIRS("theirs\0x"), WITH("-n100"), PRINTS("theirs")}, {THEIRS("caf\xE9"), WITH("-n100"), PRINTS("caf" E_ACUTE)},
    {THEIRS("h\0i\0\0\0"), WITH("-n100"), PRINTS("hi")},    {THEIRS("a\xE9z"), WITH("-eutf-8"), PRINTS("a" WRONG "z")},
    {THEIRS("raw\0x"), WITH("-r"), PRINTS("raw")},          {THEIRS("raw\xFF\0x"), WITH("-r"), PRINTS("raw" WRONG)},
};

/*
 * Show a value in a message box: `piece`, repeated `times` times, and then
 * `more`. Check that the box shows `piece`, repeated `shown` times, and then
 * `end`.
 */
static void check_long_box(const char *piece, size_t times, const char *more, size_t shown, const char *end)
{
    size_t size = strlen(piece);
    size_t length = times * size + strlen(more);
    char *text = malloc(length + 1);
    for (size_t i = 0; i < times; i++) {
        memcpy(text + i * size, piece, size);
    }
    memcpy(text + times * size, more, strlen(more) + 1);
    tool_reset();
    machine_file_put("text", text, length);
    free(text);
    CHECK_EQUAL(RUN(3, "shmwrite", "-d", "-i", "text", name), EXIT_DONE);
    CHECK_EQUAL(RUN(2, "shmread", "-v", "-m", name), EXIT_DONE);
    CHECK_EQUAL(strlen(machine_box_text()), shown * size + strlen(end));
    CHECK_TEXT(machine_box_text() + shown * size, end);
    CHECK_TEXT(tool_errors(2), strstr(end, "...") == NULL ? ""
                                                          : "shmread: demo: is too long for a message box: only the "
                                                            "beginning is shown\r\n");
}

#define SMILE "\xF0\x9F\x98\x80"

static void test_boxes(void)
{
    TEST("a message box shows the text, has NAME as it was typed as its title, and needs no standard output")
    {
        for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
            reading_prepare(&boxes[i]);
            has_no_output();
            CHECK_EQUAL(RUN(2, "shmread", "-m", boxes[i].arguments[0], "Local\\demo"), EXIT_DONE);
            CHECK_TEXT(machine_box_text(), boxes[i].output);
            CHECK_TEXT(machine_box_title(), "Local\\demo");
            CHECK_EQUAL(machine_leaks(), 0);
        }
    }

    TEST("a read is counted if its message box was shown, and is not counted if the box could not be shown")
    {
        tool_reset();
        CHECK_EQUAL(RUN(3, "shmwrite", "-d", "--reads", "1", name, "value"), EXIT_DONE);
        machine_fail_function("message_box", 1, 1459);
        CHECK_EQUAL(RUN(2, "shmread", "-m", name), EXIT_SYSTEM);
        CHECK(strncmp(tool_errors(2), "shmread: demo: a message box cannot be shown", 44) == 0);
        CHECK_EQUAL(RUN(2, "shmread", "-m", name), EXIT_DONE);
        CHECK_TEXT(machine_box_text(), "value");
        tool_sleep(100);
        CHECK_EQUAL(object_kind_of(name), OBJECT_NONE);
    }

    TEST("--timeout begins again when the message box is shown, and unless the box is closed the read is not counted")
    {
        tool_reset();
        machine_box_stays();
        uint64_t begun = clock_now();
        START(2, "shmread", "--wait", "-m", "-t", "2s", name);
        tool_sleep(1500);
        CHECK_EQUAL(RUN(3, "shmwrite", "-d", "--reads", "1", name, "late"), EXIT_DONE);
        CHECK_EQUAL(machine_finish(2), EXIT_TIMED_OUT);
        CHECK_TEXT(tool_errors(2), "shmread: demo: timed out waiting for the message box to be closed\r\n");
        CHECK_TEXT(machine_box_text(), "late");
        CHECK(clock_now() - begun >= 3500 && clock_now() - begun < 3600);
        CHECK_EQUAL(machine_leaks(), 0);
        CHECK_EQUAL(object_kind_of(name), OBJECT_SECTION);
    }

    TEST("shmread unmaps the memory before it shows a message box")
    {
        tool_reset();
        machine_foreign_section(name, "x", 1, PAGE);
        machine_box_stays();
        START(2, "shmread", "-m", "-t", "2s", name);
        tool_sleep(100);
        CHECK_TEXT(machine_box_text(), "x");
        CHECK_EQUAL(machine_live_views(), 0);
        CHECK_EQUAL(machine_finish(2), EXIT_TIMED_OUT);
    }

    TEST("a text that is too long for a message box is cut after a whole character, and ends in three dots")
    {
        check_long_box("x", 32768, "", 32768, "");
        check_long_box("x", 32768, "y", 32768, "...");
        check_long_box(HAN, 40000, "", 32768, "...");
        check_long_box(SMILE, 16384, "y", 16384, "...");
        check_long_box(SMILE "x" SMILE, 6553, "xx" SMILE, 6553, "xx...");
    }
}

static void test_patterns(void)
{
    TEST("a pattern in place of NAME leads to a hint at --list")
    {
        static const char *const names[] = {"d*", "dem?"};
        for (size_t i = 0; i < 2; i++) {
            char errors[160];
            tool_reset();
            CHECK_EQUAL(RUN(2, "shmwrite", "--put", name, "x"), EXIT_DONE);
            CHECK_EQUAL(RUN(3, "shmread", names[i]), EXIT_NOTHING);
            (void)snprintf(errors, sizeof errors,
                           "shmread: %s: does not exist\r\n"
                           "shmread: hint: --list prints the names that match a pattern\r\n",
                           names[i]);
            CHECK_TEXT(tool_errors(3), errors);
        }
    }
}

int main(void)
{
    (void)alarm(120);
    TEST("shmread prints each kind of memory and each part of it, or reports why it cannot")
    {
        for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
            reading_check(&readings[i]);
        }
    }
    test_large();
    test_streams();
    test_stability();
    test_locks();
    test_boxes();
    test_patterns();
    machine_reset();
    return check_end();
}
