/*
 * copy_test.c - shmread copies and prints memory that changes.
 *
 * The code that copies and prints is included in this file, so that the test
 * can let the memory change between two steps of that code.
 */
#include "common/memory/value.h"
#include "common/tests/check.h"
#include "common/tests/machine/machine.h"

static bool copy_after(const struct mapping *mapping, const struct value_look *look, uint64_t from, uint8_t *to,
                       size_t size);
#define value_copy copy_after
#include "reader/copy.c"
#include "reader/print.c"
#undef value_copy

enum { READER = 2, PIECE = 16 << 20, LARGE = PIECE + 4096 };

static object *section;
static struct mapping writer;
static void (*meanwhile)(void); /* happens before the next copy */

static bool copy_after(const struct mapping *mapping, const struct value_look *look, uint64_t from, uint8_t *to,
                       size_t size)
{
    void (*event)(void) = meanwhile;
    meanwhile = NULL;
    if (event != NULL) {
        event();
    }
    return value_copy(mapping, look, from, to, size);
}

/* Create a value whose contents are `length` times 'a'. */
static void make(size_t length)
{
    struct trailer_plan plan;
    struct view view;
    machine_reset();
    CHECK(trailer_plan(WINSHM_VALUE, length, false, &plan));
    CHECK_EQUAL(section_create("demo", plan.section_size, NULL, &section), 0);
    CHECK_EQUAL(view_map(section, ACCESS_WRITE, &view), 0);
    trailer_begin(&view, &plan, &writer);
    memset(value_contents(&writer), 'a', length);
    value_publish(&writer, length, (struct value_text){.encoding = WINSHM_BYTES});
}

static void update(void)
{
    struct value_update update;
    CHECK(value_begin_update(&writer, &update));
    value_write(&update, 0, (const uint8_t *)"new", 3);
    value_commit(&update, 3, (struct value_text){.encoding = WINSHM_BYTES});
}

static struct value_update half_done;

static void finish_for_it(void)
{
    CHECK(value_begin_update(&writer, &half_done));
}

static int moves; /* how often move_to_and_fro() is still to happen */

static void move_to_and_fro(void)
{
    writer.trailer->current ^= 1;
    meanwhile = --moves > 0 ? move_to_and_fro : NULL;
}

static void spoil(void)
{
    writer.trailer->current = 0;
    writer.trailer->slots[0].length = UINT64_MAX;
}

static void (*when_writing)(void); /* happens before the next write to the output */

static void happen_when_writing(void *context, const char *function, size_t index)
{
    void (*event)(void) = when_writing;
    (void)context, (void)index;
    if (event != NULL && strcmp(function, "file_write") == 0) {
        when_writing = NULL;
        event();
    }
}

/*
 * Change the value before every copy, so that no copy is whole, and let 20 ms
 * pass.
 */
static void always(void)
{
    writer.trailer->current += 2;
    machine_clock_advance(20);
    meanwhile = always;
}

/*
 * Leave the value as an updater does that dies before step 6 of an update (see
 * winshm.h): the contents are in slot 1. The next updater copies them to slot
 * 0.
 */
static void leave_in_journal(void)
{
    static uint8_t contents[LARGE];
    struct value_update started;
    memset(contents, 'a', LARGE);
    CHECK(value_begin_update(&writer, &started));
    value_write(&started, 0, contents, LARGE);
    writer.trailer->slots[1] = writer.trailer->slots[0];
    writer.trailer->current = 2 << 1 | 1;
}

static void copy_slot(void)
{
    writer.trailer->slots[1] = writer.trailer->slots[0];
    moves = 100;
}

#define ROW(text, bytes, ...)                                                                                          \
    {                                                                                                                  \
        .row = (text), .length = (bytes), __VA_ARGS__                                                                  \
    }
static const char too_fast[] = "changes too fast to be read whole";
static struct reader_options options = {.length = UINT64_MAX};

static const struct changing {
    const char *row;
    size_t length;           /* bytes of the value, all of them 'a' */
    uint64_t memory;         /* bytes of memory that are left beside the value; 0 for enough */
    void (*prepare)(void);   /* happens before the read; this and the next two may be NULL */
    void (*meanwhile)(void); /* happens before the first copy */
    void (*writing)(void);   /* happens before the first write */
    uint64_t deadline;       /* 0 for none */
    enum status status;
    const char *output; /* expected after the letters 'a'; NULL for nothing */
    size_t printed;     /* how many letters 'a' are expected */
    uint64_t ends;      /* when the read is expected to end, to a second; 0 for any time */
    const char *line;
} rows[] = {
    /* A small value */
    ROW("an update", 100, .meanwhile = update, .output = "new"),
    ROW("a trailer that is spoiled", 100, .meanwhile = spoil, .status = EXIT_BROKEN, .line = "its layout is damaged"),
    ROW("never the same", 100, .meanwhile = always, .status = EXIT_BROKEN, .ends = 11000, .line = too_fast),
    ROW("never the same, beyond --timeout", 100, .meanwhile = always, .deadline = 1500, .status = EXIT_TIMED_OUT,
        .ends = 1500, .line = "timed out waiting for a moment without an update"),
    ROW("always the same, though the time is up", 100, .deadline = 1, .printed = 100),

    /* A large value, of which there is memory for a copy */
    ROW("an update while it is printed", LARGE, .writing = update, .printed = LARGE),
    ROW("an update while it is copied", LARGE, .meanwhile = update, .output = "new"),

    /*
     * A large value that is printed in pieces, because there is no memory for a
     * copy
     */
    ROW("in pieces", LARGE, .memory = LARGE, .printed = LARGE),
    ROW("in pieces, with an update", LARGE, .memory = LARGE, .writing = update, .status = EXIT_BROKEN, .printed = PIECE,
        .line = "was updated during the output: the output is incomplete"),
    ROW("no memory for a piece", LARGE, .memory = 4096, .status = EXIT_NO_ROOM,
        .line = "memory for 16777216 bytes cannot be allocated: Not enough memory resources are available to process "
                "this command (8)"),
    ROW("in pieces, and copied home", LARGE, .memory = LARGE, .prepare = leave_in_journal, .meanwhile = finish_for_it,
        .printed = LARGE),
    ROW("in pieces, to and fro", LARGE, .memory = LARGE, .prepare = copy_slot, .meanwhile = move_to_and_fro,
        .status = EXIT_BROKEN, .line = "was updated during the output: the output is incomplete"),
    ROW("in pieces, and spoiled", LARGE, .memory = LARGE, .writing = spoil, .status = EXIT_BROKEN, .printed = PIECE,
        .line = "its layout is damaged"),
};

static int run_value(void *context)
{
    const struct changing *row = context;
    struct report report = {.program = "shmread", .subject = "demo"};
    struct output output;
    struct reader reader = {.report = &report, .options = &options, .output = &output};
    struct copied_value value = {0};
    reader.deadline = row->deadline == 0 ? CLOCK_NEVER : row->deadline;
    enum status status = output_open(&report, NULL, false, &output);
    if (status == EXIT_DONE) {
        enum copy_verdict verdict = copy_value(&reader, &writer, &value);
        status = verdict == COPY_TAKEN ? print_value(&reader, &value) : copy_explain(&reader, verdict, &value);
        copy_give(&value);
    }
    if (status == EXIT_DONE) {
        status = output_finish(&output);
    }
    output_close(&output);
    return (int)status;
}

static void check_changing(const struct changing *row)
{
    char line[200] = "";
    size_t size = 0;
    size_t as = 0;
    check_row(row->row);
    make(row->length);
    if (row->memory != 0) {
        machine_commit_limit(writer.view.size + row->memory);
    }
    if (row->prepare != NULL) {
        row->prepare();
    }
    meanwhile = row->meanwhile;
    when_writing = row->writing;
    machine_on_call(happen_when_writing, NULL);
    CHECK_EQUAL(machine_run(READER, run_value, (void *)(uintptr_t)row), row->status);
    machine_on_call(NULL, NULL);
    meanwhile = NULL;
    CHECK(when_writing == NULL);
    const char *printed = machine_written(READER, STANDARD_OUTPUT, &size);
    while (as < size && printed[as] == 'a') {
        as++;
    }
    CHECK_EQUAL(as, row->printed);
    CHECK_TEXT(printed + as, row->output != NULL ? row->output : "");
    CHECK(row->ends == 0 || (clock_now() >= row->ends && clock_now() < row->ends + 1000));
    if (row->line != NULL) {
        (void)snprintf(line, sizeof line, "shmread: demo: %s\r\n", row->line);
    }
    CHECK_TEXT(machine_written(READER, STANDARD_ERROR, NULL), line);
    CHECK_EQUAL(machine_leaks(), 0);
}

int main(void)
{
    TEST("shmread prints a value that changes as it was at one moment, or reports that it cannot")
    {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            check_changing(&rows[i]);
        }
        CHECK(moves > 90); /* shmread has given up after a few moves */
    }
    return check_end();
}
