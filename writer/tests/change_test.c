/* change_test.c - --append, --add and --if compute contents from the old ones. */
#include "common/tests/tool.h"

#include <unistd.h>

static const char name[] = "demo";

/*
 * One command line, on a value that contains `before`; NULL: there is none.
 * Then the value contains `after`.
 */
static const struct row {
    const char *row;
    const char *before;
    const char *arguments[9];
    int status;
    const char *after;
    const char *output;
    const char *errors;
} rows[] = {
#define ARGUMENTS(...) .arguments = {"shmwrite", __VA_ARGS__, NULL}
    {"--append writes behind the contents", "one", ARGUMENTS("-u", "--append", name, ", two"), EXIT_DONE, "one, two",
     "", ""},
    {"--append to an empty value", "", ARGUMENTS("-p", "--append", name, "x"), EXIT_DONE, "x", "", ""},
    {"--append of nothing", "one", ARGUMENTS("-u", "--append", name, ""), EXIT_DONE, "one", "", ""},
    {"--put --append creates NAME", NULL, ARGUMENTS("-p", "--append", name, "x"), EXIT_DONE, "x", "", ""},
    {"--add adds", "41", ARGUMENTS("-u", "--add", "1", name), EXIT_DONE, "42", "42\r\n", ""},
    {"--add of a negative number", " 5\r\n", ARGUMENTS("-p", "--add", "-7", name), EXIT_DONE, "-2", "-2\r\n", ""},
    {"--put --add creates NAME as N", NULL, ARGUMENTS("-p", "--add", "+007", name), EXIT_DONE, "7", "7\r\n", ""},
    {"--add up to the largest number", "9223372036854775806", ARGUMENTS("-u", "--add", "1", name), EXIT_DONE,
     "9223372036854775807", "9223372036854775807\r\n", ""},
    {"--add beyond the largest number", "9223372036854775807", ARGUMENTS("-u", "--add", "1", name), EXIT_NO_ROOM,
     "9223372036854775807", "", "shmwrite: demo: 9223372036854775807 and 1 make no number of 64 bits\r\n"},
    {"--add beyond the smallest number", "-9223372036854775808", ARGUMENTS("-u", "--add", "-1", name), EXIT_NO_ROOM,
     "-9223372036854775808", "", "shmwrite: demo: -9223372036854775808 and -1 make no number of 64 bits\r\n"},
#define NO_NUMBER "shmwrite: demo: is not a whole decimal number of 64 bits: --add cannot add to it\r\n"
    {"--add to a larger number", "9223372036854775808", ARGUMENTS("-u", "--add", "-1", name), EXIT_BROKEN,
     "9223372036854775808", "", NO_NUMBER},
    {"--add to a text", "12 x", ARGUMENTS("-u", "--add", "1", name), EXIT_BROKEN, "12 x", "", NO_NUMBER},
    {"--add to nothing", "", ARGUMENTS("-p", "--add", "1", name), EXIT_BROKEN, "", "", NO_NUMBER},
    {"--add to a hexadecimal number", "0x10", ARGUMENTS("-u", "--add", "1", name), EXIT_BROKEN, "0x10", "", NO_NUMBER},
    {"--if the contents are OLD", "running", ARGUMENTS("-u", "--if", "running", name, "done"), EXIT_DONE, "done", "",
     ""},
    {"--if ignores one newline", "running\r\n", ARGUMENTS("-u", "--if", "running", name, "done"), EXIT_DONE, "done", "",
     ""},
    {"--if the contents are empty", "", ARGUMENTS("-u", "--if", "", name, "x"), EXIT_DONE, "x", "", ""},
#define OTHER "shmwrite: demo: does not contain what --if asks for\r\n"
    {"--if the contents are longer", "running!", ARGUMENTS("-u", "--if", "running", name, "x"), EXIT_CONFLICT,
     "running!", "", OTHER},
    {"--if the contents are two longer", "running\n\n", ARGUMENTS("-u", "--if", "running", name, "x"), EXIT_CONFLICT,
     "running\n\n", "", OTHER},
    {"--if the contents are shorter", "runnin", ARGUMENTS("-u", "--if", "running", name, "x"), EXIT_CONFLICT, "runnin",
     "", OTHER},
    {"--if the contents differ", "Running", ARGUMENTS("-u", "--if", "running", name, "x"), EXIT_CONFLICT, "Running", "",
     OTHER},
    {"--if with an empty part", "one", ARGUMENTS("-u", "--if", "two", "--offset", "1", name, ""), EXIT_CONFLICT, "one",
     "", OTHER},
    {"--add reads no input", "5", ARGUMENTS("-u", "--add", "1", "--input", "x", name), EXIT_USAGE, "5", "",
     "shmwrite: --add and --input cannot be combined (try --help)\r\n"},
    {"--add reads no input to chomp", "5", ARGUMENTS("-u", "--add", "1", "--chomp", name), EXIT_USAGE, "5", "",
     "shmwrite: --add and --chomp cannot be combined (try --help)\r\n"},
    {"--add without NAME", NULL, ARGUMENTS("-u", "--add", "1", name), EXIT_NOTHING, NULL, "",
     "shmwrite: demo: does not exist\r\n"},
};

static void begin(const char *before)
{
    tool_reset();
    if (before != NULL) {
        CHECK_EQUAL(RUN(2, "shmwrite", "--detach", "--size", "1K", "--", name, before), EXIT_DONE);
    }
}

/* Run one of the adders at the next store of the process that `context` names. */
static void add_between(void *context)
{
    bool *is_done = context;
    if (!*is_done) {
        *is_done = true;
        START(5, "shmwrite", "-u", "--add", "1", name);
        tool_sleep(1);
    }
}

/*
 * Own the mutex `holder` while the first holder in the background starts, so
 * that it cannot begin. `context` is the mutex.
 */
static void be_in_the_way(void *context, const char *function, size_t index)
{
    object **mutex = context;
    (void)index;
    if (strcmp(function, "process_start") != 0) {
        return;
    }
    if (*mutex == NULL) {
        CHECK_EQUAL(object_open(OBJECT_MUTEX, "demo.winshm.holder", mutex), OSERROR_NONE);
        CHECK(wait_any(mutex, 1, 0).how != WAITED_TIMEOUT);
    } else {
        CHECK_EQUAL(object_signal(*mutex, SIGNAL_RELEASE), OSERROR_NONE);
    }
}

int main(void)
{
    (void)alarm(120);
    TEST("each of them computes the new contents, or changes nothing")
    {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            check_row(rows[i].row);
            begin(rows[i].before);
            CHECK_EQUAL(tool_run(3, rows[i].arguments), rows[i].status);
            CHECK_TEXT(tool_output(3), rows[i].output);
            CHECK_TEXT(tool_errors(3), rows[i].errors);
            CHECK(tool_finds(name, rows[i].after));
            CHECK_EQUAL(machine_leaks(), 0);
        }
    }

    TEST("--add needs room for the sum only, and not for N")
    {
        tool_reset();
        CHECK_EQUAL(RUN(2, "shmwrite", "--detach", "--size", "2", name, "15"), EXIT_DONE);
        CHECK_EQUAL(RUN(3, "shmwrite", "-u", "--add", "-10", name), EXIT_DONE);
        CHECK(tool_finds(name, "5"));
        CHECK_EQUAL(RUN(3, "shmwrite", "-u", "--add", "-15", name), EXIT_NO_ROOM);
        CHECK_EQUAL(RUN(3, "shmwrite", "-u", "--add", "-90", name), EXIT_NO_ROOM);
        CHECK(tool_finds(name, "5"));
    }

    TEST("--add that cannot print the sum has stored it, and ends with 7")
    {
        begin("1");
        machine_output_limit(3, STANDARD_OUTPUT, 0, OSERROR_DISK_FULL);
        CHECK_EQUAL(RUN(3, "shmwrite", "-u", "--add", "1", name), EXIT_IO);
        CHECK(strstr(tool_errors(3), "cannot write to standard output") != NULL);
        CHECK(tool_finds(name, "2"));
    }

    TEST("--append up to the capacity succeeds, and beyond it changes nothing")
    {
        char large[4096] = "";
        uint64_t size = 0;
        begin("12");
        const uint8_t *bytes = machine_bytes(name, &size);
        const winshm_trailer *trailer = (const void *)(bytes + size - WINSHM_TRAILER_SIZE);
        memset(large, 'x', (size_t)trailer->capacity - 3);
        CHECK_EQUAL(RUN(3, "shmwrite", "-u", "--append", name, large), EXIT_DONE);
        CHECK_EQUAL(RUN(6, "shmwrite", "-p", "--append", name, "yz"), EXIT_NO_ROOM);
        CHECK_TEXT(tool_errors(6),
                   "shmwrite: demo: 2 bytes do not fit behind the contents: there is room for 1 byte\r\n"
                   "shmwrite: hint: end it with --release, then create it with more --size\r\n");
        CHECK_EQUAL(RUN(6, "shmwrite", "-p", "--append", name, "y"), EXIT_DONE);
    }

    TEST("an adder that comes during another one waits for it, and no number is lost")
    {
        bool is_done = false;
        begin("1");
        machine_on_step(add_between, &is_done);
        CHECK_EQUAL(RUN(3, "shmwrite", "-p", "--add", "10", name), EXIT_DONE);
        machine_on_step(NULL, NULL);
        CHECK_EQUAL(machine_finish(5), EXIT_DONE);
        CHECK(tool_finds(name, "12"));
    }

    TEST("an adder that is killed at any store has added once or not at all")
    {
        bool is_whole = false;
        for (size_t i = 0; !is_whole; i++) {
            begin("1");
            machine_kill_at_step(machine_steps() + i);
            START(3, "shmwrite", "-u", "--add", "10", name);
            (void)machine_finish(3);
            bool is_old = tool_finds(name, "1");
            CHECK(is_old || tool_finds(name, "11"));
            is_whole = strcmp(tool_output(3), "11\r\n") == 0;
            if (!is_whole) {
                CHECK_EQUAL(RUN(6, "shmwrite", "-u", "--add", "1", name), EXIT_DONE);
                CHECK_TEXT(tool_output(6), is_old ? "2\r\n" : "12\r\n");
            }
        }
    }
    TEST("--put --add adds once, although it needs two attempts to hold a value whose holder has died")
    {
        object *kept = NULL;
        object *mutex = NULL;
        begin("1");
        CHECK_EQUAL(section_open(name, ACCESS_READ, &kept), OSERROR_NONE);
        machine_kill_process(machine_started());
        uint32_t before = machine_started();
        machine_on_call(be_in_the_way, &mutex);
        CHECK_EQUAL(RUN(3, "shmwrite", "--put", "--add", "1", name), EXIT_DONE);
        machine_on_call(NULL, NULL);
        CHECK_EQUAL(machine_started(), before + 2);
        CHECK_TEXT(tool_output(3), "2\r\n");
        CHECK(tool_finds(name, "2"));
        object_close(kept);
    }
    machine_reset();
    return check_end();
}
