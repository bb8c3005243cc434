/* explain_test.c - the hints after "does not exist". */
#include "common/console/explain.h"

#include "common/tests/check.h"
#include "common/tests/machine/machine.h"

/* Each row asks for a name that does not exist, beside one that does. */
static const struct {
    const char *row;
    const char *other;   /* exists */
    const char *subject; /* as the user typed it */
    const char *name;    /* in full */
    const char *output;  /* after `shmread: ` */
    const char *hint;    /* after `shmread: hint: `; or NULL */
} missing[] = {
    {"nothing like it", "demo2", "demo", "demo", "demo: does not exist", NULL},
    {"the same in Global", "Global\\demo", "demo", "demo", "demo: does not exist", "Global\\demo exists: use --global"},
    {"the same in this session, with --global", "demo", "demo", "Global\\demo", "demo: does not exist in Global\\",
     "demo exists in this session: leave out --global"},
    {"the same in this session, with Global\\ typed", "demo", "Global\\demo", "Global\\demo",
     "Global\\demo: does not exist", "demo exists in this session"},
    {"another case", "dEmo", "Demo", "Demo", "Demo: does not exist", "dEmo exists: the case of a name matters"},
    {"another case in Global", "Global\\dEmo", "Demo", "Global\\Demo", "Demo: does not exist in Global\\",
     "Global\\dEmo exists: the case of a name matters"},
    {"another case, with Local\\ typed", "demo", "Local\\Demo", "Local\\Demo", "Local\\Demo: does not exist",
     "demo exists: the case of a name matters"},
};

int main(void)
{
    TEST("a missing name is reported with a hint at a name that is like it, and without a look for one if quiet")
    {
        for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
            struct report report = {.program = "shmread", .subject = missing[i].subject};
            char output[200];
            const char *hint = missing[i].hint;
            check_row(missing[i].row);
            (void)snprintf(output, sizeof output, "shmread: %s\r\n%s%s%s", missing[i].output,
                           hint != NULL ? "shmread: hint: " : "", hint != NULL ? hint : "", hint != NULL ? "\r\n" : "");
            machine_reset();
            machine_foreign_section(missing[i].other, "x", 1, 4096);
            CHECK_EQUAL(explain_open(&report, missing[i].name, OSERROR_FILE_NOT_FOUND), EXIT_NOTHING);
            CHECK_TEXT(machine_written(1, STANDARD_ERROR, NULL), output);

            machine_written_clear(1, STANDARD_ERROR);
            report.quiet = true;
            size_t calls = machine_calls();
            CHECK_EQUAL(explain_open(&report, missing[i].name, OSERROR_FILE_NOT_FOUND), EXIT_NOTHING);
            CHECK_TEXT(machine_written(1, STANDARD_ERROR, NULL), "");
            CHECK_EQUAL(machine_calls(), calls);
        }
    }

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
