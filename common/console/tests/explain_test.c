/* explain_test.c - the hints after "does not exist". */
#include "common/console/explain.h"

#include "common/tests/check.h"
#include "common/tests/machine/machine.h"

/* Each row asks for a name that does not exist, beside one that does. */
static const struct {
    const char *row;
    const char *other;   /* exists; or NULL */
    const char *subject; /* as the user typed it */
    const char *name;    /* in full */
    const char *output;
} missing[] = {
    {.row = "nothing like it",
     .other = "demo2",
     .subject = "demo",
     .name = "demo",
     .output = "shmread: demo: does not exist\r\n"},
    {.row = "the same in Global",
     .other = "Global\\demo",
     .subject = "demo",
     .name = "demo",
     .output = "shmread: demo: does not exist\r\n"
               "shmread: hint: Global\\demo exists: use --global\r\n"},
    {.row = "the same in this session, with --global",
     .other = "demo",
     .subject = "demo",
     .name = "Global\\demo",
     .output = "shmread: demo: does not exist in Global\\\r\n"
               "shmread: hint: demo exists in this session: leave out --global\r\n"},
    {.row = "the same in this session, with Global\\ typed",
     .other = "demo",
     .subject = "Global\\demo",
     .name = "Global\\demo",
     .output = "shmread: Global\\demo: does not exist\r\n"
               "shmread: hint: demo exists in this session\r\n"},
    {.row = "another case",
     .other = "dEmo",
     .subject = "Demo",
     .name = "Demo",
     .output = "shmread: Demo: does not exist\r\n"
               "shmread: hint: dEmo exists: the case of a name matters\r\n"},
    {.row = "another case in Global",
     .other = "Global\\dEmo",
     .subject = "Demo",
     .name = "Global\\Demo",
     .output = "shmread: Demo: does not exist in Global\\\r\n"
               "shmread: hint: Global\\dEmo exists: the case of a name matters\r\n"},
    {.row = "another case, with Local\\ typed",
     .other = "demo",
     .subject = "Local\\Demo",
     .name = "Local\\Demo",
     .output = "shmread: Local\\Demo: does not exist\r\n"
               "shmread: hint: demo exists: the case of a name matters\r\n"},
};

static void test_missing(void)
{
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        TEST(missing[i].row)
        {
            struct report report = {.program = "shmread", .subject = missing[i].subject};
            machine_reset();
            machine_foreign_section(missing[i].other, "x", 1, 4096);
            CHECK_EQUAL(explain_open(&report, missing[i].name, OSERROR_FILE_NOT_FOUND), EXIT_NOTHING);
            CHECK_TEXT(machine_written(1, STANDARD_ERROR, NULL), missing[i].output);

            machine_written_clear(1, STANDARD_ERROR);
            report.quiet = true;
            size_t calls = machine_calls();
            CHECK_EQUAL(explain_open(&report, missing[i].name, OSERROR_FILE_NOT_FOUND), EXIT_NOTHING);
            CHECK_TEXT(machine_written(1, STANDARD_ERROR, NULL), "");
            CHECK_EQUAL(machine_calls(), calls);
        }
    }
}

int main(void)
{
    test_missing();
    TEST("a closed name says that access is denied, with the number alone")
    {
        static const struct report report = {.program = "shmread", .subject = "demo"};
        machine_reset();
        CHECK_EQUAL(explain_open(&report, "demo", OSERROR_ACCESS_DENIED), EXIT_DENIED);
        CHECK_TEXT(machine_written(1, STANDARD_ERROR, NULL),
                   "shmread: demo: access denied: this user may not open it (5)\r\n");
    }
    return check_end();
}
