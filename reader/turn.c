/* turn.c - waits for the turn of a reader whose read is counted. */
#include "reader/turn.h"

#include "common/console/explain.h"
#include "common/deadline.h"
#include "common/memory/companion.h"
#include "common/memory/holder.h"
#include "common/memory/shared.h"
#include "reader/copy.h"

/*
 * Milliseconds between two looks of a waiting reader at the trailer and the
 * holder. No object that a reader can wait for is signalled when the holder
 * lets go or dies.
 */
#define LOOK_EVERY 50

/*
 * How long a reader waits at most for the turn of another reader to end, in
 * milliseconds, unless --wait or --follow is given. It also waits at most this
 * long for the holder to count its read.
 */
#define TURN_PATIENCE 60000

/*
 * How long a reader waits at least before it reports that the holder has not
 * counted its read, in milliseconds. This applies even if printing took all of
 * --timeout, because a read that is counted must not fail.
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

/* Return true if no further read of the value can be counted. */
static bool is_over(const struct turn *turn)
{
    return holder_is_over(turn->mapping);
}

/* Wait for `awaited` until the next look is due, but not beyond `deadline`. */
static struct waited wait_for_object(object *awaited, uint64_t deadline)
{
    return wait_any(&awaited, 1, deadline_within(LOOK_EVERY, deadline));
}

/*
 * Open the three companions. Set *exist to whether all of them exist: they
 * disappear when the holder lets go or dies. Return EXIT_DONE. If one cannot be
 * opened for another reason, report that and return its status.
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

/*
 * Own the mutex, and set turn->is_ours. Stop waiting if no further read can be
 * counted. Return EXIT_DONE in both cases, or report the failure and return its
 * status.
 */
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
    return !trailer_is_stream(mapping) && mapping->reads != 0 && copy_wants_all(options) && !options->text &&
           !options->raw && !options->has_number && options->field_count == 0;
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

    /*
     * A full semaphore is no failure: it contains more reads than any holder
     * counts.
     */
    oserror error = object_signal(turn->reads, SIGNAL_RAISE);
    if (error != OSERROR_NONE && error != OSERROR_TOO_MANY_POSTS) {
        return report_failure(reader->report, EXIT_SYSTEM, error, "cannot report the read to its holder");
    }
    uint64_t held = turn->held;
    for (;;) {
        /*
         * A new holder knows nothing of this read, so do not wait for it. But
         * if there was no holder when the turn began, the first one may begin
         * only now, and it is the one that counts the read.
         */
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
