/* showing.h - helpers that the tests of --stat and of --list share. */
#ifndef READER_TESTS_SHOWING_H
#define READER_TESTS_SHOWING_H

#include "common/tests/tool.h"

enum { READER = 2, MAKER = 3 };

/*
 * Run shmread with `arguments`, and check that it ends with `status`. Check
 * that its output contains each of `texts`. An exclamation mark before a text
 * means that the output must not contain that text.
 */
static inline void show(int status, const char *const arguments[], const char *const texts[])
{
    machine_written_clear(READER, STANDARD_OUTPUT);
    machine_written_clear(READER, STANDARD_ERROR);
    CHECK_EQUAL(tool_run(READER, arguments), status);
    for (; *texts != NULL; texts++) {
        bool is_wanted = **texts != '!';
        if ((strstr(tool_output(READER), *texts + !is_wanted) != NULL) != is_wanted) {
            check_row(*texts);
            CHECK_TEXT(tool_output(READER), *texts);
        }
    }
}
#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define ARGUMENTS(...) TEXTS("shmread", __VA_ARGS__)
#define SHOW(status, arguments, ...) show(status, arguments, TEXTS(__VA_ARGS__))
#define STAT(name, ...) SHOW(EXIT_DONE, ARGUMENTS("--stat", name), __VA_ARGS__)
#define JSON(name, ...) SHOW(EXIT_DONE, ARGUMENTS("--stat", "--json", name), __VA_ARGS__)
#define LIST(argument, ...) SHOW(EXIT_DONE, ARGUMENTS("--list", argument), __VA_ARGS__)

static inline winshm_trailer *trailer_of(const char *name)
{
    uint64_t size = 0;
    uint8_t *bytes = machine_bytes(name, &size);
    return (winshm_trailer *)(void *)(bytes + size - WINSHM_TRAILER_SIZE);
}

/*
 * Return how often shmread has called `function` since the call with the number
 * `first`.
 */
static inline size_t calls_of(const char *function, size_t first)
{
    size_t calls = 0;
    for (size_t i = first; i < machine_calls(); i++) {
        calls += machine_call_process(i) == READER && strcmp(machine_call_name(i), function) == 0;
    }
    return calls;
}

/* Create a value, a sealed value in `Global\`, and another program's memory. */
static inline void make_all(void)
{
    tool_reset();
    CHECK_EQUAL(RUN(MAKER, "shmwrite", "--put", "demo", "hello"), EXIT_DONE);
    CHECK_EQUAL(RUN(MAKER, "shmwrite", "-d", "-g", "--sealed", "demo", "sealed"), EXIT_DONE);
    machine_foreign_section("theirs", "theirs", 7, 4096);
}

/*
 * Run shmread again and again, and each time let another system call fail.
 * Check that it ends with a known status, reports at most one failure, in whole
 * lines, and leaves nothing open.
 */
static inline void fail_each_call(const char *const arguments[])
{
    size_t last = 1;
    for (size_t i = 0; i < last; i++) {
        make_all();
        size_t first = machine_calls();
        machine_fail(first + i, i % 2 == 0 ? OSERROR_ACCESS_DENIED : OSERROR_NOT_ENOUGH_MEMORY);
        int status = tool_run(READER, arguments);
        last = machine_calls() - first;
        CHECK(tool_is_status(status));
        CHECK(tool_errors_are_lines(READER));
        CHECK_EQUAL(tool_failures(READER), status == EXIT_DONE ? 0 : 1);
        CHECK_EQUAL(machine_leaks(), 0);
    }
    CHECK(last > 5);
}

#endif
