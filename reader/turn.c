/* turn.c - the turn of a reader whose read may count, with --reads. */
#include "reader/turn.h"

#include "common/console/explain.h"
#include "common/deadline.h"
#include "common/memory/companion.h"
#include "common/memory/holder.h"
#include "common/memory/shared.h"
#include "reader/copy.h"

/*
 * How often a reader that waits looks whether the holder has let go or died, in
 * milliseconds: no object is signalled at that moment.
 */
#define LOOK_EVERY 50

/* How long another reader may take that has its turn, in milliseconds, when neither --timeout nor --wait is given. */
#define TURN_PATIENCE 60000

/*
 * How long the holder may take to count a read, in milliseconds, also when the
 * time of --timeout went into the output: a read that is counted is not to fail.
 */
#define COUNT_LEAST 5000

static uint64_t reads_done(const struct turn *turn)
{
    return shared_load64_acquire(&turn->mapping->trailer->reads_done);
}

static uint64_t held_since(const struct turn *turn)
{
    return shared_load64_acquire(&turn->mapping->trailer->held);
}

/* Whether no further read of the value can be counted. */
static bool is_over(const struct turn *turn)
{
    return holder_is_over(turn->mapping);
}

/* Wait for `awaited` until `deadline`, or until it is time for the next look. */
static struct waited wait_for_object(object *awaited, uint64_t deadline)
{
    return wait_any(&awaited, 1, deadline_within(LOOK_EVERY, deadline));
}

/*
 * Open all three. Set *exist to whether they exist: a holder that lets go or
 * dies closes them. Return EXIT_DONE, or report why one may not be opened.
 */
static enum status open_all(const struct reader *reader, struct turn *turn, bool *exist)
{
    const struct companion companions[] = {
        {COMPANION_TURN, &turn->mutex}, {COMPANION_READS, &turn->reads}, {COMPANION_COUNTED, &turn->counted}};
    *exist = true;
    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++) {
        enum companion_role role = companions[i].role;
        oserror error = companion_open(reader->options->name, role, turn->mapping, companions[i].object);
        if (error == OSERROR_FILE_NOT_FOUND) {
            *exist = false;
            return EXIT_DONE;
        }
        if (error != OSERROR_NONE) {
            return explain_companion(reader->report, reader->options->name, role, turn->mapping, error);
        }
    }
    return EXIT_DONE;
}

/* Own the mutex, unless no further read can be counted. */
static enum status own(const struct reader *reader, struct turn *turn)
{
    const struct reader_options *options = reader->options;
    uint64_t patience = deadline_in(TURN_PATIENCE);
    bool is_patient = options->wait || options->verb == VERB_FOLLOW || reader->deadline < patience;
    uint64_t deadline = is_patient ? reader->deadline : patience;
    while (!is_over(turn)) {
        struct waited waited = wait_for_object(turn->mutex, deadline);
        if (waited.how == WAITED_SIGNALLED || waited.how == WAITED_ABANDONED) {
            turn->is_ours = true;
            return EXIT_DONE;
        }
        if (waited.how == WAITED_FAILED) {
            return report_failure(reader->report, EXIT_SYSTEM, waited.error, "cannot wait for another reader");
        }
        if (clock_now() >= deadline) {
            return report_failure(reader->report, EXIT_TIMED_OUT, OSERROR_NONE, "timed out waiting for another reader");
        }
    }
    return EXIT_DONE;
}

bool turn_is_counted(const struct reader *reader, const struct mapping *mapping)
{
    const struct reader_options *options = reader->options;
    return mapping->kind != WINSHM_STREAM && mapping->reads != 0 && copy_wants_all(options) && !options->text &&
           !options->raw;
}

enum status turn_take(const struct reader *reader, const struct mapping *mapping, struct turn *turn)
{
    bool exist;
    *turn = (struct turn){.mapping = mapping};
    enum status status = open_all(reader, turn, &exist);
    if (status != EXIT_DONE || !exist) {
        return status;
    }
    status = own(reader, turn);
    if (turn->is_ours) {
        turn->done = reads_done(turn);
        turn->held = held_since(turn);
        if (is_over(turn)) {
            (void)object_signal(turn->mutex, SIGNAL_RELEASE);
            turn->is_ours = false;
        }
    }
    return status;
}

enum status turn_count(const struct reader *reader, const struct turn *turn)
{
    if (!turn->is_ours) {
        return EXIT_DONE;
    }
    uint64_t now = clock_now();
    uint64_t least = deadline_from(now, COUNT_LEAST);
    uint64_t most = deadline_from(now, TURN_PATIENCE);
    uint64_t deadline = reader->deadline < least ? least : reader->deadline > most ? most : reader->deadline;

    /* A full semaphore has counted enough reads to make any holder let go. */
    oserror error = object_signal(turn->reads, SIGNAL_RAISE);
    if (error != OSERROR_NONE && error != OSERROR_TOO_MANY_POSTS) {
        return report_failure(reader->report, EXIT_SYSTEM, error, "cannot report the read to its holder");
    }
    uint64_t held = turn->held;
    for (;;) {
        /* The first holder may begin only now: 0 is no holder, and only another one has taken over. */
        uint64_t since = held_since(turn);
        held = held == 0 ? since : held;
        bool is_counted = reads_done(turn) != turn->done;
        bool has_let_go =
            trailer_is_released(turn->mapping) || since != held || holder_life(turn->mapping) == LIFE_DEAD;
        if (is_counted || has_let_go) {
            return EXIT_DONE;
        }
        struct waited waited = wait_for_object(turn->counted, deadline);
        if (waited.how == WAITED_FAILED) {
            return report_failure(reader->report, EXIT_SYSTEM, waited.error, "cannot wait for its holder");
        }
        if (clock_now() >= deadline && reads_done(turn) == turn->done) {
            return report_failure(reader->report, EXIT_TIMED_OUT, OSERROR_NONE,
                                  "timed out waiting for its holder to count the read");
        }
    }
}

void turn_close(struct turn *turn)
{
    if (turn->is_ours) {
        (void)object_signal(turn->mutex, SIGNAL_RELEASE);
    }
    object_close(turn->mutex);
    object_close(turn->reads);
    object_close(turn->counted);
    *turn = (struct turn){0};
}
