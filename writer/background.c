/* background.c - starts the holder as a background process, and runs as it. */
#include "writer/background.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/console/explain.h"
#include "common/deadline.h"

/*
 * How long the command waits for the holder to start, in milliseconds, if
 * --timeout is not given. A busy machine starts a process slowly.
 */
#define START_LIMIT_MS 30000

/*
 * Three objects without a name, which the holder inherits from the command. The
 * objects of NAME are not inherited. A command that is killed while it starts
 * the holder may leave a process that never runs, and that process must not
 * keep NAME in use.
 */
struct start {
    object *self;    /* the command's process: the holder duplicates the objects of NAME from it */
    object *command; /* mutex, owned by the command while it waits for the holder */
    object *ready;   /* event: set by the holder when it holds NAME */
};

/*
 * The objects that the command passes to the holder. The value of --background
 * is their numbers in this order, in hexadecimal and separated by commas. The
 * number 0 means that there is no such object.
 */
enum {
    PASSED_SELF,
    PASSED_COMMAND,
    PASSED_READY,
    INHERITED,
    PASSED_SECTION = INHERITED,
    PASSED_WRITER,
    PASSED_HOLDER,
    PASSED_RELEASE,
    PASSED_READS,
    PASSED_TURN,
    PASSED_COUNTED,
    PASSED_WITH,
    PASSED
};
_Static_assert(INHERITED <= PROCESS_PASSED_MAX, "process_start() passes fewer objects");
#define HANDLES_ROOM ((size_t)17 * PASSED + 1)

static oserror start_make(struct start *start)
{
    oserror error = process_self(&start->self);
    if (error == OSERROR_NONE) {
        error = object_create(OBJECT_MUTEX, NULL, NULL, &start->command);
    }
    if (error == OSERROR_NONE) {
        error = wait_any(&start->command, 1, CLOCK_NEVER).error;
    }
    return error == OSERROR_NONE ? object_create(OBJECT_EVENT, NULL, NULL, &start->ready) : error;
}

static void start_close(struct start *start)
{
    hold_close_mutex(start->command);
    object_close(start->ready);
    object_close(start->self);
}

/* Write the numbers of all objects to `text`, as the value of --background. */
static void format_handles(object *const all[PASSED], char text[HANDLES_ROOM])
{
    size_t length = 0;
    for (int i = 0; i < PASSED; i++) {
        length += (size_t)snprintf(text + length, HANDLES_ROOM - length, i == 0 ? "%" PRIx64 : ",%" PRIx64,
                                   object_number(all[i]));
    }
}

/* Start the background process, which takes over the objects of *hold. */
static oserror start_process(const struct writer *writer, const struct hold *hold, const struct start *start,
                             struct started *started)
{
    const struct writer_options *options = writer->options;
    object *const all[PASSED] = {start->self,   start->command, start->ready, hold->section, hold->writer, hold->holder,
                                 hold->release, hold->reads,    hold->turn,   hold->counted, writer->with};
    char handles[HANDLES_ROOM];
    char hold_for[32];
    format_handles(all, handles);
    (void)snprintf(hold_for, sizeof hold_for, "%" PRIu64 "ms", options->hold_for);
    const char *arguments[] = {"shmwrite", "--background", handles, "--hold-for", hold_for,
                               "--",       options->name,  NULL,    NULL};
    if (options->raw) {
        arguments[5] = "--raw";
        arguments[6] = "--";
        arguments[7] = options->name;
    }
    return process_start(arguments, all, INHERITED, started);
}

/*
 * Parse the number at *text and return it. Move *text behind the number and its
 * comma.
 */
static uint64_t parse_handle(const char **text)
{
    char *end;
    uint64_t number = strtoull(*text, &end, 16);
    *text = *end == ',' ? end + 1 : end;
    return number;
}

static const char cannot_start[] = "cannot start the holder in the background";

/*
 * Wait until the holder is ready or has ended. Look at `ready` first, because a
 * holder may be ready and end at once. If the holder has ended with
 * EXIT_CONFLICT, return that status without a message. On any other failure
 * print a message and return the status.
 */
static enum status wait_until_ready(const struct report *report, uint64_t deadline, object *ready, object *process)
{
    object *const awaited[] = {ready, process};
    struct waited waited = wait_any(awaited, 2, deadline);
    if (waited.how == WAITED_SIGNALLED && waited.which != 0) {
        if (process_exit_status(process) == EXIT_CONFLICT) {
            return EXIT_CONFLICT;
        }
        return report_failure(report, EXIT_SYSTEM, OSERROR_NONE,
                              "the holder in the background ended with status %" PRIu32, process_exit_status(process));
    }
    return explain_wait(report, waited, "timed out waiting for the holder in the background to start", cannot_start);
}

enum status background_start(const struct writer *writer, struct hold *hold)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;
    struct start start = {0};
    struct started started = {0};
    oserror error = start_make(&start);
    if (error == OSERROR_NONE) {
        error = start_process(writer, hold, &start, &started);
    }
    if (error != OSERROR_NONE) {
        start_close(&start);
        return report_failure(report, EXIT_SYSTEM, error, "%s", cannot_start);
    }

    bool is_limited = options->common.timeout != CLOCK_NEVER && !options->wait;
    uint64_t deadline = is_limited ? writer->deadline : deadline_in(START_LIMIT_MS);
    enum status status = wait_until_ready(report, deadline, start.ready, started.process);
    if (status != EXIT_DONE) {
        process_end(started.process); /* otherwise it could still become the holder */
    } else {
        hold->ends = NULL;
        report_detail(report, "the holder in the background has taken over");
        if (started.in_job) {
            report_note(report, "the holder belongs to the job of its caller and may end with it");
        }
    }
    object_close(started.process);
    start_close(&start);
    return status;
}

/* ---- The new process --------------------------------------------------------------------------------------------- */

/*
 * Return whether the command that started this process still waits for it: it
 * owns the mutex `command` as long as it waits. If the command was killed,
 * another command may have found NAME without a holder, and may be starting its
 * own holder.
 */
static bool is_awaited(object *command)
{
    return wait_any(&command, 1, 0).how == WAITED_TIMEOUT;
}

/*
 * Adopt the objects whose numbers are in `text`, the value of --background. On
 * failure print a message and return the status: EXIT_USAGE if
 * background_start() cannot have written `text`, and EXIT_SYSTEM if the command
 * has ended.
 */
static enum status adopt(struct writer *writer, const char *text, struct hold *hold, struct start *start)
{
    const struct report *report = writer->report;
    object **const adopted[PASSED] = {&start->self,  &start->command, &start->ready,  &hold->section,
                                      &hold->writer, &hold->holder,   &hold->release, &hold->reads,
                                      &hold->turn,   &hold->counted,  &writer->with};
    uint64_t numbers[PASSED];
    for (int i = 0; i < PASSED; i++) {
        numbers[i] = parse_handle(&text);
    }
    if (*text != '\0' || numbers[PASSED_SECTION] == 0 || numbers[PASSED_HOLDER] == 0 || numbers[PASSED_RELEASE] == 0 ||
        numbers[PASSED_SELF] == 0 || numbers[PASSED_COMMAND] == 0 || numbers[PASSED_READY] == 0) {
        return report_usage(report, "--background is internal and cannot be used");
    }
    oserror error = OSERROR_NONE;
    for (int i = 0; i < PASSED && error == OSERROR_NONE; i++) {
        if (numbers[i] != 0) {
            error = object_adopt(i < INHERITED ? NULL : start->self, numbers[i], adopted[i]);
        }
    }
    if (error != OSERROR_NONE) {
        return report_failure(report, EXIT_SYSTEM, error,
                              "cannot take over the memory from the command that created it");
    }
    return is_awaited(start->command)
               ? EXIT_DONE
               : report_failure(report, EXIT_SYSTEM, OSERROR_NONE, "the command that created it was ended");
}

/*
 * Map the value, so that hold_begin() can record this process in its trailer.
 * The caller does not map memory of --raw, which has no trailer.
 */
static enum status map(const struct report *report, struct hold *hold)
{
    struct view view;
    oserror error = view_map(hold->section, ACCESS_WRITE, &view);
    if (error != OSERROR_NONE) {
        return explain_map(report, error);
    }
    if (trailer_attach(&view, &hold->mapping) != TRAILER_OURS) {
        return report_failure(report, EXIT_NOTHING, OSERROR_NONE, "has been released");
    }
    return EXIT_DONE;
}

enum status background_run(struct writer *writer)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;
    struct hold hold = {0};
    struct start start = {0};
    writer->deadline = CLOCK_NEVER;
    enum status status = adopt(writer, options->background, &hold, &start);
    if (status == EXIT_DONE && !options->raw) {
        status = map(report, &hold);
    }
    if (status == EXIT_DONE) {
        status = hold_begin(writer, &hold);
    }
    if (status == EXIT_DONE && hold.mapping.trailer != NULL && trailer_is_released(&hold.mapping)) {
        /*
         * The command that started this process has died, and another command
         * has found no holder and released the value.
         */
        status = report_failure(report, EXIT_NOTHING, OSERROR_NONE, "has been released");
    }
    if (status == EXIT_DONE && object_signal(start.ready, SIGNAL_SET) != OSERROR_NONE) {
        status = EXIT_SYSTEM; /* no process would learn of this holder: end, but release nothing */
        hold.ends = NULL;
    }
    start_close(&start);
    if (status == EXIT_DONE) {
        status = hold_wait(writer, &hold);
    }
    hold_close(&hold);
    return status;
}
