/* progress_test.c - the line that --progress prints. */
#include "common/console/progress.h"

#include "common/tests/check.h"
#include "common/tests/machine/machine.h"

static const struct report report = {.program = "shmread", .subject = "demo"};
static struct progress progress;

static void begin(enum machine_stream error, uint64_t total)
{
    machine_reset();
    machine_output(1, STANDARD_ERROR, error);
    progress_begin(&progress, &report, true, total);
}

/*
 * Report `bytes` after `after` more milliseconds, and return the line that was
 * printed.
 */
static const char *show(uint64_t after, uint64_t bytes, bool last)
{
    machine_clock_advance(after);
    machine_written_clear(1, STANDARD_ERROR);
    progress_show(&progress, bytes, 1024, 4096, last);
    return machine_written(1, STANDARD_ERROR, NULL);
}

#define SHOWS(after, bytes, last, text)                                                                                \
    do {                                                                                                               \
        const char *said = show(after, bytes, last);                                                                   \
        CHECK_TEXT(said, text);                                                                                        \
    } while (0)

int main(void)
{
    TEST("no progress is printed unless it is wanted, nor if quiet, nor without stderr")
    {
        struct report quiet = {.program = "shmread", .quiet = true};
        machine_reset();
        progress_begin(&progress, &report, false, 0);
        CHECK_EQUAL(progress.due, CLOCK_NEVER);
        SHOWS(5000, 100, true, "");
        progress_begin(&progress, &quiet, true, 0);
        SHOWS(5000, 100, true, "");
        machine_standard_absent(1, STANDARD_ERROR);
        progress_begin(&progress, &report, true, 0);
        CHECK_EQUAL(progress.due, CLOCK_NEVER);
    }

    TEST("a pipe gets a line each second, and one at the end")
    {
        begin(MACHINE_PIPE, 0);
        SHOWS(999, 2048, false, "");
        SHOWS(1, 2048, false, "shmread: demo: 2.0 KiB, 2.0 KiB/s, 0:01, ring 25 % full\r\n");
        SHOWS(500, 4096, false, "");
        SHOWS(60500, 1048576, false, "shmread: demo: 1.0 MiB, 16.5 KiB/s, 1:02, ring 25 % full\r\n");
        SHOWS(0, 1048576, true, "shmread: demo: 1.0 MiB, 16.5 KiB/s, 1:02, ring 25 % full\r\n");
    }

    TEST("if the total is known, the line has the percentage and the time left")
    {
        begin(MACHINE_PIPE, 10000);
        SHOWS(1000, 0, false, "shmread: demo: 0 bytes, 0 bytes/s, 0:01, ring 25 % full\r\n");
        SHOWS(1000, 100, false, "shmread: demo: 100 bytes, 50 bytes/s, 0:02, ring 25 % full, 1 %, 3:18 left\r\n");
        SHOWS(2000, 10000, false, "shmread: demo: 9.7 KiB, 2.4 KiB/s, 0:04, ring 25 % full, 100 %, 0:00 left\r\n");
        SHOWS(1000, 20000, false, "shmread: demo: 19.5 KiB, 3.9 KiB/s, 0:05, ring 25 % full\r\n");
    }

    TEST("a console gets one line, which is redrawn, and the last one stays")
    {
        begin(MACHINE_CONSOLE, 0);
        SHOWS(199, 1, false, "");
        const char *said = show(1, 1, false);
        size_t length = strlen(said);
        CHECK(length > 60 && said[length - 1] == '\r' && strchr(said, '\n') == NULL);
        said = show(200, 2, true);
        length = strlen(said);
        CHECK(length > 60 && strcmp(said + length - 2, "\r\n") == 0);
    }

    TEST("an end after no time does not divide by zero")
    {
        begin(MACHINE_PIPE, 0);
        SHOWS(0, 5, true, "shmread: demo: 5 bytes, 4.8 KiB/s, 0:00, ring 25 % full\r\n");
    }

    TEST("a console gets one note about the side that has not come after two seconds")
    {
        const struct report quiet = {.program = "shmread", .quiet = true};
        begin(MACHINE_CONSOLE, 0);
        progress_begin(&progress, &report, false, 0);
        progress_await(&progress, &report, "the writer");
        CHECK_EQUAL(progress.due, clock_now() + 2000);
        SHOWS(1999, 0, false, "");
        SHOWS(1, 0, false, "shmread: demo: waiting for the writer\r\n");
        CHECK_EQUAL(progress.due, CLOCK_NEVER);
        SHOWS(5000, 100, false, "");
        SHOWS(5000, 100, true, "");

        progress_begin(&progress, &report, false, 0);
        progress_await(&progress, &report, "the writer");
        progress_has_come(&progress);
        SHOWS(5000, 100, false, "");
        SHOWS(5000, 100, true, "");
        progress_begin(&progress, &report, false, 0);
        progress_await(&progress, &report, "the writer");
        SHOWS(5000, 100, true, ""); /* it ends before the note */
        progress_begin(&progress, &quiet, false, 0);
        progress_await(&progress, &quiet, "the writer");
        SHOWS(5000, 0, false, "");
    }

    TEST("with --progress the line says who has not come, until that one has come, and then how much is left")
    {
        char awaited[] = "2 of 3 readers";
        begin(MACHINE_PIPE, 10000);
        progress_await(&progress, &report, awaited);
        SHOWS(1000, 100, false, "shmread: demo: 100 bytes, 0:01, ring 25 % full, waiting for 2 of 3 readers\r\n");
        awaited[0] = '1';
        SHOWS(1000, 100, false, "shmread: demo: 100 bytes, 0:02, ring 25 % full, waiting for 1 of 3 readers\r\n");
        progress_has_come(&progress);
        SHOWS(2000, 1000, false, "shmread: demo: 1000 bytes, 250 bytes/s, 0:04, ring 25 % full, 10 %, 0:36 left\r\n");
    }

    TEST("such a line fits into a row of a console, where a longer one could not be redrawn")
    {
        begin(MACHINE_CONSOLE, 0);
        progress_await(&progress, &report, "28 of 28 readers");
        const char *said = show(6000000, 1073636000, false);
        CHECK(strstr(said, "1023.8 MiB, 100:00, ring 25 % full, waiting for 28 of 28 readers") != NULL);
        CHECK(strlen(said) <= 80);
    }

    TEST("a pipe gets no note about the side that has not come")
    {
        machine_reset();
        machine_output(1, STANDARD_ERROR, MACHINE_PIPE);
        progress_begin(&progress, &report, false, 0);
        progress_await(&progress, &report, "the writer");
        CHECK_EQUAL(progress.due, CLOCK_NEVER);
        SHOWS(5000, 0, false, "");
    }
    return check_end();
}
