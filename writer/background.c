#include "background.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "explain.h"

/* How long the two wait for each other, in milliseconds, if --timeout does not say: a busy machine starts slowly. */
#define START_LIMIT 30000

/* What is told: the process, and the numbers of these objects, 0 for none. In this order, in hexadecimal. */
enum { TOLD_SECTION, TOLD_WRITER, TOLD_HOLDER, TOLD_RELEASE, TOLD_READS, TOLD_READY, TOLD };
#define TOLD_ROOM ((size_t)17 * (TOLD + 1) + 1)

static void tell(const struct hold *hold, const object *ready, char *text)
{
    const object *const told[TOLD] = {hold->section, hold->writer, hold->holder, hold->release, hold->reads, ready};
    int length = snprintf(text, TOLD_ROOM, "%" PRIx32, process_id());
    for (int i = 0; i < TOLD; i++) {
        length += snprintf(text + length, TOLD_ROOM - (size_t)length, ",%" PRIx64, object_number(told[i]));
    }
}

/* The number at *text, and what follows it, in *text. */
static uint64_t hear(const char **text)
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
    return explain_wait(report, waited, "the time is up: the holder in the background has not started", cannot_start);
}

enum status background_start(const struct report *report, const struct writer_options *options, const struct hold *hold)
{
    object *ready = NULL;
    oserror error = event_create(NULL, NULL, &ready);
    if (error != OSERROR_NONE) {
        return report_failure(report, EXIT_SYSTEM, error, "%s", cannot_start);
    }

    char told[TOLD_ROOM];
    char hold_for[32];
    char reads[32];
    tell(hold, ready, told);
    (void)snprintf(hold_for, sizeof hold_for, "%" PRIu64 "ms", options->hold_for);
    (void)snprintf(reads, sizeof reads, "%" PRIu64, options->reads);
    const char *const arguments[] = {"shmwrite", "--background", told, "--hold-for",  hold_for,
                                     "--reads",  reads,          "--", options->name, NULL};
    object *process = NULL;
    error = process_start(arguments, &process);
    enum status status = error == OSERROR_NONE ? wait_until_ready(report, options, ready, process)
                                               : report_failure(report, EXIT_SYSTEM, error, "%s", cannot_start);
    if (status != EXIT_DONE) {
        (void)event_set(hold->release); /* should it get ready after all, it lets go */
    }
    object_close(process);
    object_close(ready);
    return status;
}

enum status background_run(const struct report *report, const struct writer_options *options)
{
    struct hold hold = {0};
    object *ready = NULL;
    object **const adopted[TOLD] = {&hold.section, &hold.writer, &hold.holder, &hold.release, &hold.reads, &ready};
    const char *text = options->background;
    uint32_t process = (uint32_t)hear(&text);
    oserror error = OSERROR_NONE;
    for (int i = 0; i < TOLD && error == OSERROR_NONE; i++) {
        uint64_t number = hear(&text);
        if (number != 0) {
            error = object_adopt(process, number, adopted[i]);
        }
    }

    enum status status = EXIT_SYSTEM;
    if (error == OSERROR_NONE && hold.holder != NULL && hold.release != NULL && ready != NULL) {
        status = hold_begin(report, options, &hold);
    }
    if (status == EXIT_DONE && event_set(ready) != OSERROR_NONE) {
        status = EXIT_SYSTEM; /* nobody would know that we hold it */
    }
    object_close(ready);
    if (status == EXIT_DONE) {
        process_settle();
        status = hold_wait(report, options, &hold);
    }
    hold_close(&hold);
    return status;
}
