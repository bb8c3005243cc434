/*
 * check.h - a small test harness. The output is TAP, to be run by prove.
 *
 *     int main(void)
 *     {
 *         TEST("two and two make four")
 *         {
 *             CHECK_EQUAL(2 + 2, 4);
 *         }
 *         return check_end();
 *     }
 *
 * A test continues after a check that fails, so that all failures are reported.
 * A test with a table calls check_row() to name the current row in the report.
 */
#ifndef COMMON_TESTS_CHECK_H
#define COMMON_TESTS_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *check_name; /* of the current test, or NULL */
static size_t check_tests;
static size_t check_failed_tests;
static size_t check_failures; /* of the current test */
static char check_row_text[200];

static inline void check_close(void)
{
    if (check_name != NULL) {
        printf("%sok %zu - %s\n", check_failures == 0 ? "" : "not ", check_tests, check_name);
        (void)fflush(stdout);
        check_failed_tests += check_failures > 0;
    }
    check_name = NULL;
    check_failures = 0;
    check_row_text[0] = '\0';
}

/* Begin a test. Return true, because the call is the condition of TEST. */
static inline bool check_open(const char *name)
{
    check_close();
    check_name = name;
    check_tests++;
    return true;
}

/*
 * End the last test and print the plan, the last line of TAP. Return the exit
 * status: 1 if a test has failed.
 */
static inline int check_end(void)
{
    check_close();
    printf("1..%zu\n", check_tests);
    return check_failed_tests == 0 ? 0 : 1;
}

static inline void check_row(const char *row)
{
    (void)snprintf(check_row_text, sizeof check_row_text, "%s", row);
}

/* Print up to 300 bytes as a string literal. */
static inline void check_print(const char *label, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    printf("#   %s: \"", label);
    for (size_t i = 0; i < size && i < 300; i++) {
        printf(at[i] >= 0x20 && at[i] < 0x7F && at[i] != '"' && at[i] != '\\' ? "%c" : "\\x%02X", at[i]);
    }
    printf("\"%s (%zu bytes)\n", size > 300 ? "..." : "", size);
}

/*
 * Print the place of a failure. Return false without printing if this test has
 * printed 10 failures already.
 */
static inline bool check_fail(const char *file, int line, const char *what)
{
    if (++check_failures > 10) {
        return false;
    }
    printf("# %s:%d: %s\n", file, line, what);
    if (check_row_text[0] != '\0') {
        check_print("row", check_row_text, strlen(check_row_text));
    }
    return true;
}

static inline void check_condition(const char *file, int line, bool holds, const char *text)
{
    if (!holds) {
        (void)check_fail(file, line, text);
    }
}

static inline void check_equal(const char *file, int line, uint64_t got, uint64_t wanted, const char *text)
{
    if (got != wanted && check_fail(file, line, text)) {
        printf("#   got: %llu (0x%llX)\n", (unsigned long long)got, (unsigned long long)got);
        printf("#   wanted: %llu (0x%llX)\n", (unsigned long long)wanted, (unsigned long long)wanted);
    }
}

static inline void check_bytes(const char *file, int line, const void *got, size_t got_size, const void *wanted,
                               size_t wanted_size, const char *text)
{
    bool differs = got_size != wanted_size || (got_size > 0 && memcmp(got, wanted, got_size) != 0);
    if (differs && check_fail(file, line, text)) {
        check_print("got", got, got_size);
        check_print("wanted", wanted, wanted_size);
    }
}

#define TEST(name) if (check_open(name))
#define CHECK(condition) check_condition(__FILE__, __LINE__, (condition), #condition)
#define CHECK_EQUAL(got, wanted) check_equal(__FILE__, __LINE__, (uint64_t)(got), (uint64_t)(wanted), #got)
#define CHECK_TEXT(got, wanted) CHECK_BYTES(got, strlen(got), wanted, strlen(wanted))
#define CHECK_BYTES(got, got_size, wanted, wanted_size)                                                                \
    check_bytes(__FILE__, __LINE__, (got), (got_size), (wanted), (wanted_size), #got)

#endif
