/* squat_test.c - names that somebody else took first: each companion, by each kind of object, for each verb. */
#include <stdio.h>
#include <unistd.h>

#include "common/tests/tool.h"

enum { SQUATTED = 2, HELPER = 3 };

/* The roles whose names can be known before; those of --reads have numbers in them. */
static const char *const roles[] = {"holder", "release",  "writer",   "reads",  "data",
                                    "space",  "producer", "consumer", "data.1", "consumer.2"};

static const struct verb {
    const char *row;
    const char *arguments[10];
    const char *needs; /* roles that no other program must have taken, each between blanks */
    bool has_value;    /* a value whose holder has died exists before */
} verbs[] = {
    {.row = "create", .arguments = {"shmwrite", "--hold-for", "1s", "x", "text"}, .needs = " writer holder release "},
    {.row = "create --reads",
     .arguments = {"shmwrite", "--hold-for", "1s", "--reads", "1", "x", "text"},
     .needs = " writer holder release "},
    {.row = "--detach", .arguments = {"shmwrite", "--detach", "x", "text"}, .needs = " writer holder release "},
    {.row = "--put", .arguments = {"shmwrite", "--put", "x", "text"}, .needs = " writer holder release "},
    {.row = "--stream",
     .arguments = {"shmwrite", "--stream", "--timeout", "1s", "x"},
     .needs = " writer holder release reads data space producer consumer "},
    {.row = "--stream --readers",
     .arguments = {"shmwrite", "--stream", "--readers", "3", "--timeout", "1s", "x"},
     .needs = " writer holder release reads space producer data.1 consumer.2 "},
    {.row = "--put, the holder is dead",
     .arguments = {"shmwrite", "--put", "x", "text"},
     .needs = " writer holder release ",
     .has_value = true},
    {.row = "--update", .arguments = {"shmwrite", "--update", "x", "text"}, .needs = " writer ", .has_value = true},
    {.row = "shmread", .arguments = {"shmread", "x"}, .needs = " ", .has_value = true},
};

static bool is_needed(const struct verb *verb, const char *role)
{
    char word[32];
    (void)snprintf(word, sizeof word, " %s ", role);
    return strstr(verb->needs, word) != NULL;
}

/*
 * Create a value whose holder has died, and which another program keeps open.
 */
static void leave_value(void)
{
    object *section = NULL;
    CHECK_EQUAL(RUN(HELPER, "shmwrite", "--put", "x", "text"), EXIT_DONE);
    CHECK_EQUAL(section_open("x", ACCESS_READ, &section), OSERROR_NONE);
    machine_kill_process(machine_started());
}

static void squat(const struct verb *verb, const char *role, enum object_kind kind)
{
    char taken[64];
    char row[96];
    (void)snprintf(taken, sizeof taken, "x.winshm.%s", role);
    (void)snprintf(row, sizeof row, "%s, %s is of kind %d", verb->row, taken, (int)kind);
    check_row(row);
    tool_reset();
    if (verb->has_value) {
        leave_value();
    }
    machine_foreign(taken, kind);
    machine_security(taken, "D:(A;;GA;;;WD)"); /* its creator lets every user in */

    uint64_t before = clock_now();
    int status = tool_run(SQUATTED, verb->arguments);
    bool right_kind = kind == (strcmp(role, "release") == 0 ? OBJECT_EVENT : OBJECT_MUTEX) &&
                      verb->has_value; /* the command can open and use it */
    if (is_needed(verb, role) && !right_kind) {
        CHECK_EQUAL(status, EXIT_CONFLICT);
        CHECK(strstr(tool_errors(SQUATTED), taken) != NULL);
        CHECK_EQUAL(tool_failures(SQUATTED), 1);
        CHECK(verb->has_value || object_kind_of("x") == OBJECT_NONE);
    } else {
        CHECK_EQUAL(status, strncmp(verb->row, "--stream", 8) == 0 ? EXIT_TIMED_OUT : EXIT_DONE);
    }
    CHECK(clock_now() - before <= 3000);
    CHECK_EQUAL(machine_leaks(), 0);
}

static void test_companions(void)
{
    TEST("a companion's name that is taken is reported by name and kind, at once, and nothing is left")
    {
        for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
            for (size_t j = 0; j < sizeof roles / sizeof *roles; j++) {
                for (enum object_kind kind = OBJECT_EVENT; kind <= OBJECT_JOB; kind++) {
                    squat(&verbs[i], roles[j], kind);
                }
            }
        }
    }

    TEST("an object under NAME that is no shared memory is reported by its kind")
    {
        static const char *const kinds[] = {
            [OBJECT_EVENT] = "an event", [OBJECT_MUTEX] = "a mutex", [OBJECT_SEMAPHORE] = "a semaphore",
            [OBJECT_TIMER] = "a timer",  [OBJECT_JOB] = "a job",
        };
        for (enum object_kind kind = OBJECT_EVENT; kind <= OBJECT_JOB; kind++) {
            check_row(kinds[kind]);
            tool_reset();
            machine_foreign("x", kind);
            CHECK_EQUAL(RUN(SQUATTED, "shmwrite", "x", "text"), EXIT_CONFLICT);
            CHECK_EQUAL(RUN(HELPER, "shmread", "x"), EXIT_CONFLICT);
            CHECK(strstr(tool_errors(SQUATTED), kinds[kind]) != NULL);
            CHECK(strstr(tool_errors(HELPER), kinds[kind]) != NULL);
        }
    }

    TEST("--release is not deceived by a release event of another kind")
    {
        for (enum object_kind kind = OBJECT_MUTEX; kind <= OBJECT_JOB; kind++) {
            tool_reset();
            leave_value();
            machine_foreign("x.winshm.release", kind);
            CHECK_EQUAL(RUN(SQUATTED, "shmwrite", "--release", "x"), EXIT_CONFLICT);
            CHECK(strstr(tool_errors(SQUATTED), "x.winshm.release") != NULL);
        }
    }
}

static void test_stream_reader(void)
{
    static const char *const needed[] = {"data", "space", "producer", "consumer"}; /* two events and two mutexes */
    TEST("the reader of a stream whose companions are of another kind says which")
    {
        /* A stream without a writer: its section is kept, its companions are gone. */
        for (size_t i = 0; i < 4; i++) {
            object *section = NULL;
            check_row(needed[i]);
            tool_reset();
            START(HELPER, "shmwrite", "--stream", "x");
            tool_sleep(10);
            CHECK_EQUAL(section_open("x", ACCESS_READ, &section), OSERROR_NONE);
            machine_kill_process(HELPER);
            for (size_t j = 0; j < 4; j++) {
                char taken[64];
                (void)snprintf(taken, sizeof taken, "x.winshm.%s", needed[j]);
                machine_foreign(taken, (j >= 2) != (j == i) ? OBJECT_MUTEX : OBJECT_EVENT);
            }
            CHECK_EQUAL(RUN(SQUATTED, "shmread", "--timeout", "1s", "x"), EXIT_CONFLICT);
            CHECK(strstr(tool_errors(SQUATTED), needed[i]) != NULL);
        }
    }
}

int main(void)
{
    (void)alarm(60);
    test_companions();
    test_stream_reader();
    machine_reset();
    return check_end();
}
