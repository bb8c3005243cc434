/*
 * print_test.c - what is printed of memory that changes meanwhile.
 *
 * The printing code is built into this file, so that the other side can do something between two of its looks.
 */
#include <stdlib.h>

#include "common/memory/value.h"
#include "common/tests/check.h"
#include "common/tests/machine/machine.h"
#include "common/text/text.h"

static bool copy_after(const struct mapping *mapping, const struct value_look *look, uint64_t from, uint8_t *to,
                       size_t size);
static size_t before_nul_and_then(const uint8_t *bytes, size_t size, bool wide);
#define value_copy copy_after
#define text_before_nul before_nul_and_then
#include "reader/copy.c"
#include "reader/print.c"
#undef value_copy
#undef text_before_nul

enum { READER = 2, LARGE = (16 << 20) + 4096 };

static object *section;
static struct mapping writer;
static void (*meanwhile)(void); /* before the next copy, or after the next look for a NUL */

static void happen(void)
{
    void (*event)(void) = meanwhile;
    meanwhile = NULL;
    if (event != NULL) {
        event();
    }
}

static bool copy_after(const struct mapping *mapping, const struct value_look *look, uint64_t from, uint8_t *to,
                       size_t size)
{
    happen();
    return value_copy(mapping, look, from, to, size);
}

static size_t before_nul_and_then(const uint8_t *bytes, size_t size, bool wide)
{
    size_t length = text_before_nul(bytes, size, wide);
    happen();
    return length;
}

/* A value of `length` times 'a'. */
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

static int moves; /* yet to come */

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

static void spoil_while_writing(void *context, const char *function, size_t index)
{
    (void)context;
    (void)index;
    if (strcmp(function, "file_write") == 0) {
        spoil();
    }
}

static void update_while_writing(void *context, const char *function, size_t index)
{
    bool *once = context;
    (void)index;
    if (strcmp(function, "file_write") == 0 && !*once) {
        *once = true;
        update();
    }
}

static struct reader_options options;
static uint64_t deadline = CLOCK_NEVER;

static int run(void *unused)
{
    (void)unused;
    struct report report = {.program = "shmread", .subject = "demo"};
    struct output output;
    struct reader reader = {.report = &report, .options = &options, .output = &output, .deadline = deadline};
    struct copied_value value = {0};
    options.length = UINT64_MAX;
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

static const char *printed(size_t *size)
{
    return machine_written(READER, STANDARD_OUTPUT, size);
}

static const char *said(void)
{
    return machine_written(READER, STANDARD_ERROR, NULL);
}

static bool is_all_a(size_t size)
{
    size_t got = 0;
    const char *bytes = printed(&got);
    bool all = got == size;
    for (size_t i = 0; i < got && all; i++) {
        all = bytes[i] == 'a';
    }
    return all;
}

static void test_small(void)
{
    TEST("a value that is updated while it is being copied is looked at again")
    {
        make(100);
        meanwhile = update;
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_DONE);
        CHECK_TEXT(printed(NULL), "new");
    }

    TEST("a trailer that is spoiled while it is being copied is told")
    {
        make(100);
        meanwhile = spoil;
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_BROKEN);
        CHECK_TEXT(printed(NULL), "");
    }
}

/* Every copy is in vain. */
static void always(void)
{
    writer.trailer->current += 2;
    machine_clock_advance(20);
    meanwhile = always;
}

static void test_endless(void)
{
    TEST("a value that never stands still is given up in ten seconds")
    {
        make(100);
        meanwhile = always;
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_BROKEN);
        CHECK_TEXT(printed(NULL), "");
        CHECK_TEXT(said(), "shmread: demo: changes too fast to be read whole\r\n");
        CHECK(clock_now() >= 11000 && clock_now() < 12000);
        meanwhile = NULL;
    }

    TEST("or when --timeout is over, if that is sooner")
    {
        make(100);
        meanwhile = always;
        deadline = 1500;
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_TIMED_OUT);
        CHECK_TEXT(printed(NULL), "");
        CHECK_TEXT(said(), "shmread: demo: the time is up, and it changes too fast to be read whole\r\n");
        CHECK(clock_now() >= 1500 && clock_now() < 1600);
        make(100);
        meanwhile = always;
        deadline = 20000;
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_BROKEN);
        CHECK(clock_now() >= 11000 && clock_now() < 12000);
        meanwhile = NULL;
    }

    TEST("a value that stands still is printed though the time is up")
    {
        make(100);
        deadline = 0;
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_DONE);
        CHECK(is_all_a(100));
        deadline = CLOCK_NEVER;
    }
}

static void test_large(void)
{
    TEST("a large value is copied whole before any of it is printed: an update then changes nothing")
    {
        bool once = false;
        make(LARGE);
        machine_on_call(update_while_writing, &once);
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_DONE);
        machine_on_call(NULL, NULL);
        CHECK(once);
        CHECK(is_all_a(LARGE));
    }

    TEST("a large value that is updated while it is being copied is looked at again")
    {
        make(LARGE);
        meanwhile = update;
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_DONE);
        CHECK_TEXT(printed(NULL), "new");
    }
}

/* A large value, and less memory than a copy of it takes. */
static void make_without_memory(void)
{
    make(LARGE);
    machine_commit_limit(writer.view.size + (LARGE - 4096) + 4096);
}

static void test_pieces(void)
{
    TEST("a value for which there is no memory is printed in pieces, all of it")
    {
        make_without_memory();
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_DONE);
        CHECK(is_all_a(LARGE));
        CHECK_EQUAL(machine_writes(READER, STANDARD_OUTPUT), 2);
    }

    TEST("one that is updated while it is being printed is told, and nothing of the new one is printed")
    {
        bool once = false;
        make_without_memory();
        machine_on_call(update_while_writing, &once);
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_BROKEN);
        machine_on_call(NULL, NULL);
        CHECK(is_all_a(16 << 20));
        CHECK_TEXT(said(), "shmread: demo: was updated while it was being printed: the output is not whole\r\n");
    }

    TEST("without memory for a piece, none is printed")
    {
        make(LARGE);
        machine_commit_limit(writer.view.size + 4096);
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_NO_ROOM);
        CHECK_TEXT(printed(NULL), "");
    }

    TEST("one that moves home while it is being printed is the same")
    {
        static uint8_t contents[LARGE];
        struct value_update started;
        make_without_memory();
        memset(contents, 'a', LARGE);
        CHECK(value_begin_update(&writer, &started));
        value_write(&started, 0, contents, LARGE);
        writer.trailer->slots[1] = writer.trailer->slots[0]; /* as its updater left it, that died before step 4 */
        writer.trailer->current = 2 << 1 | 1;
        meanwhile = finish_for_it;
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_DONE);
        CHECK(is_all_a(LARGE));
        CHECK_EQUAL(writer.trailer->current, 2 << 1);
    }

    TEST("one that moves to and fro is not printed for as long as it pleases")
    {
        make_without_memory();
        writer.trailer->slots[1] = writer.trailer->slots[0];
        moves = 100;
        meanwhile = move_to_and_fro;
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_BROKEN);
        CHECK(moves > 90);
        meanwhile = NULL;
    }

    TEST("a trailer that is spoiled between two pieces is told")
    {
        make_without_memory();
        machine_on_call(spoil_while_writing, NULL);
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_BROKEN);
        CHECK(is_all_a(16 << 20));
    }

    TEST("a pipe that breaks between two pieces ends it")
    {
        make_without_memory();
        machine_output_limit(READER, STANDARD_OUTPUT, 1000, OSERROR_DISK_FULL);
        CHECK_EQUAL(machine_run(READER, run, NULL), EXIT_IO);
    }
}

/* Another program shortens its string when we have found its end. */
static void shorten(void)
{
    machine_bytes("other", NULL)[2] = 0;
}

static int run_foreign(void *unused)
{
    (void)unused;
    struct report report = {.program = "shmread", .subject = "other"};
    struct output output;
    struct reader reader = {.report = &report, .options = &options, .output = &output, .deadline = CLOCK_NEVER};
    struct copied_memory part;
    struct view view = {.base = machine_bytes("other", NULL), .size = 4096, .committed = 4096};
    options.length = UINT64_MAX;
    enum status status = output_open(&report, NULL, false, &output);
    if (status == EXIT_DONE) {
        status = copy_memory(&reader, &view, NULL, false, &part);
    }
    if (status == EXIT_DONE) {
        status = print_copied(&reader, &part);
        memory_give(part.copy);
    }
    output_close(&output);
    return (int)status;
}

int main(void)
{
    test_small();
    test_endless();
    test_large();
    test_pieces();

    TEST("the string of another program ends at the NUL of the moment in which it was copied")
    {
        machine_reset();
        machine_foreign_section("other", "a longer string", 15, 15);
        meanwhile = shorten;
        CHECK_EQUAL(machine_run(READER, run_foreign, NULL), EXIT_DONE);
        size_t size = 0;
        CHECK_BYTES(printed(&size), size, "a ", 2);
    }
    return check_end();
}
