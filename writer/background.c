/* background.c - the holder in the background: starting it, and being it. */
#include "background.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "explain.h"

/* How long the two wait for each other, in milliseconds, if --timeout does not say: a busy machine starts slowly. */
#define START_LIMIT 30000

/* Two objects without a name, which only the command and its holder have. */
struct start {
    object *command; /* mutex, owned by the command while it waits for the holder */
    object *ready;   /* event: the holder holds NAME */
};

/*
 * The child's --background has the numbers of these objects, 0 for none. They
 * are in this order and in hexadecimal, separated by commas.
 */
enum {
    PASSED_SECTION,
    PASSED_WRITER,
    PASSED_HOLDER,
    PASSED_RELEASE,
    PASSED_READS,
    PASSED_COMMAND,
    PASSED_READY,
    PASSED
};
#define NUMBERS_ROOM ((size_t)17 * PASSED + 1)

static oserror start_make(struct start *start)
{
    oserror error = mutex_create(NULL, NULL, &start->command);
    if (error == OSERROR_NONE) {
        error = wait_any(&start->command, 1, CLOCK_NEVER).error;
    }
    return error == OSERROR_NONE ? event_create(NULL, NULL, &start->ready) : error;
}

static void start_close(struct start *start)
{
    hold_close_mutex(start->command);
    object_close(start->ready);
}

/* Start the process that is to take over `hold`. */
static oserror start_process(const struct writer_options *options, const struct hold *hold, const struct start *start,
                             struct started *started)
{
    object *const all[PASSED] = {hold->section, hold->writer,   hold->holder, hold->release,
                                 hold->reads,   start->command, start->ready};
    object *passed[PASSED];
    size_t count = 0;
    char numbers[NUMBERS_ROOM];
    int length = 0;
    for (int i = 0; i < PASSED; i++) {
        length += snprintf(numbers + length, NUMBERS_ROOM - (size_t)length, i == 0 ? "%" PRIx64 : ",%" PRIx64,
                           object_number(all[i]));
        if (all[i] != NULL) {
            passed[count++] = all[i];
        }
    }

    char hold_for[32];
    char reads[32];
    (void)snprintf(hold_for, sizeof hold_for, "%" PRIu64 "ms", options->hold_for);
    (void)snprintf(reads, sizeof reads, "%" PRIu64, options->reads);
    const char *const arguments[] = {"shmwrite", "--background", numbers, "--hold-for",  hold_for,
                                     "--reads",  reads,          "--",    options->name, NULL};
    return process_start(arguments, passed, count, started);
}

/* Return the number at *text, and move *text behind it and its comma. */
static uint64_t next_number(const char **text)
{
    char *end;
    uint64_t number = strtoull(*text, &end, 16);
    *text = *end == ',' ? end + 1 : end;
    return number;
}

static const char cannot_start[] = "cannot start the holder in the background";

/* The holder says that it is ready, or it is dead: asked in that order, as it may be both. */
static enum status wait_until_ready(const struct report *report, const struct writer_options *options, object *ready,
                                    object *process)
{
    object *const awaited[] = {ready, process};
    struct waited waited = wait_any(awaited, 2, hold_deadline(options, START_LIMIT));
    if (waited.how == WAITED_SIGNALLED && waited.which != 0) {
        return report_failure(report, EXIT_SYSTEM, OSERROR_NONE,
                              "the holder in the background ended with status %" PRIu32, process_exit_status(process));
    }
    return explain_wait(report, waited, "timed out waiting for the holder in the background to start", cannot_start);
}

enum status background_start(const struct report *report, const struct writer_options *options, const struct hold *hold)
{
    struct start start = {0};
    struct started started = {0};
    oserror error = start_make(&start);
    if (error == OSERROR_NONE) {
        error = start_process(options, hold, &start, &started);
    }
    if (error != OSERROR_NONE) {
        start_close(&start);
        return report_failure(report, EXIT_SYSTEM, error, "%s", cannot_start);
    }

    enum status status = wait_until_ready(report, options, start.ready, started.process);
    if (status != EXIT_DONE) {
        process_end(started.process); /* it could still become the holder */
    } else if (started.in_job) {
        report_note(report, "the holder belongs to the job of its caller and may end with it");
    }
    object_close(started.process);
    start_close(&start);
    return status;
}

/*
 * Whether the command still waits for us. If it was killed, NAME may already be
 * in the hands of another command, which starts a holder of its own.
 */
static bool is_awaited(object *command)
{
    return wait_any(&command, 1, 0).how == WAITED_TIMEOUT;
}

enum status background_run(const struct report *report, const struct writer_options *options)
{
    struct hold hold = {0};
    struct start start = {0};
    object **const adopted[PASSED] = {&hold.section, &hold.writer,   &hold.holder, &hold.release,
                                      &hold.reads,   &start.command, &start.ready};
    const char *text = options->background;
    oserror error = OSERROR_NONE;
    for (int i = 0; i < PASSED && error == OSERROR_NONE; i++) {
        uint64_t number = next_number(&text);
        if (number != 0) {
            error = object_adopt(number, adopted[i]);
        }
    }

    enum status status = EXIT_SYSTEM;
    bool is_complete = hold.holder != NULL && hold.release != NULL && start.command != NULL && start.ready != NULL;
    if (error == OSERROR_NONE && is_complete && is_awaited(start.command)) {
        status = hold_begin(report, options, &hold);
    }
    if (status == EXIT_DONE && event_set(start.ready) != OSERROR_NONE) {
        status = EXIT_SYSTEM; /* nobody would know that we hold it */
    }
    start_close(&start);
    if (status == EXIT_DONE) {
        status = hold_wait(report, options, &hold);
    }
    hold_close(&hold);
    return status;
}
