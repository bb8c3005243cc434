/* tap.c - carries out --tap: looks into a stream without taking part in it. */
#include "reader/tap.h"

#include <inttypes.h>

#include "common/console/explain.h"
#include "common/console/progress.h"
#include "common/deadline.h"
#include "common/memory/holder.h"
#include "common/memory/shared.h"
#include "common/memory/value.h"
#include "reader/find.h"
#include "reader/print.h"

/* The most bytes that are copied at a time. */
#define TAP_PIECE ((size_t)64 * 1024)

/*
 * How long to sleep if there are no new bytes, in milliseconds: the first time,
 * and at most. No event can wake a tap, because it is unknown to the writer.
 */
#define TAP_SLEEP_LEAST 1
#define TAP_SLEEP_MOST 16

/* How often to print a note, and to look whether an idle writer is alive. */
#define TAP_EVERY 1000

struct tapping {
    const struct reader *reader;
    const struct mapping *mapping;
    struct value_text text; /* the encoding of the stream */
    uint64_t position;      /* of the next byte to print */
    uint64_t first;         /* the first position */
    uint64_t missed;        /* bytes, in all */
    uint64_t noted;         /* bytes of these for which a note was printed */
    uint64_t note_due;
    uint8_t *buffer; /* of TAP_PIECE bytes */
    struct progress progress;
};

static uint64_t load_head(const struct tapping *tapping)
{
    return shared_load64_acquire(&tapping->mapping->trailer->head);
}

/*
 * Return `position`, or the one at which the unit of UTF-16 or the number
 * begins that it would split.
 */
static uint64_t begin_of_unit(const struct tapping *tapping, uint64_t position)
{
    const struct reader_options *options = tapping->reader->options;
    bool is_wide = value_text_is_wide(options->has_encoding ? options->encoding : tapping->text);
    uint64_t size = options->has_number ? number_size(options->number) : is_wide ? 2 : 1;
    return position - position % size;
}

static void show_tap(struct tapping *tapping)
{
    uint64_t capacity = tapping->mapping->capacity;
    uint64_t left = load_head(tapping) - tapping->position;
    progress_show(&tapping->progress, tapping->position - tapping->first - tapping->missed,
                  left < capacity ? left : capacity, capacity, false);
}

/* Print a note about the bytes that were missed since the last note. */
static void note_missed(struct tapping *tapping)
{
    if (tapping->missed != tapping->noted) {
        report_note(tapping->reader->report, "missed %" PRIu64 " bytes", tapping->missed - tapping->noted);
        tapping->noted = tapping->missed;
        tapping->note_due = deadline_in(TAP_EVERY);
    }
}

/*
 * The writer may have overwritten the bytes at the position. Go on in the
 * middle of the ring. At the oldest byte the tap would be overtaken again at
 * once. Set *is_broken if the positions in the trailer are impossible.
 */
static enum status skip(struct tapping *tapping, uint64_t claim, bool *is_broken)
{
    uint64_t head = load_head(tapping);
    uint64_t next = claim - tapping->mapping->capacity / 2;
    if (next - tapping->position > head - tapping->position) {
        next = head; /* the claim is false */
    }
    next = begin_of_unit(tapping, next);
    uint64_t missed = next - tapping->position;
    *is_broken = missed == 0 || missed > UINT64_MAX / 2;
    if (*is_broken) {
        return EXIT_DONE;
    }
    tapping->missed += missed;
    if (clock_now() >= tapping->note_due) {
        note_missed(tapping);
    }
    enum status status = output_end_value(tapping->reader->output, false);
    tapping->position = next;
    print_begin(tapping->reader, tapping->text, false, next);
    return status;
}

/*
 * Copy and print one piece of the bytes before `head`, or skip bytes that may
 * be overwritten. The steps are those of winshm.h, TAPS.
 */
static enum status take_piece(struct tapping *tapping, uint64_t head, bool *is_broken)
{
    const struct mapping *mapping = tapping->mapping;
    uint64_t index = tapping->position & (mapping->capacity - 1);
    uint64_t size = head - tapping->position;
    uint64_t to_end = mapping->capacity - index;
    size = size < to_end ? size : to_end;
    size = size < TAP_PIECE ? size : TAP_PIECE;
    shared_copy_out(tapping->buffer, mapping->view.base + index, (size_t)size);
    atomic_thread_fence(memory_order_acquire);
    uint64_t claim = shared_load64_acquire(&mapping->trailer->claim);
    if (claim - tapping->position > mapping->capacity) {
        return skip(tapping, claim, is_broken);
    }
    tapping->position += size;
    return output_write(tapping->reader->output, tapping->buffer, size);
}

/*
 * Print what is in the ring. Set *any if there was something.
 */
static enum status print_new(struct tapping *tapping, bool *any)
{
    enum status status = EXIT_DONE;
    bool is_broken = false;
    *any = false;
    for (uint64_t head; status == EXIT_DONE && !is_broken && (head = load_head(tapping)) != tapping->position;) {
        if (head - tapping->position > UINT64_MAX / 2) {
            is_broken = true;
        } else {
            status = take_piece(tapping, head, &is_broken);
        }
        *any = true;
        progress_has_come(&tapping->progress);
        show_tap(tapping);
    }
    return status == EXIT_DONE && is_broken
               ? report_failure(tapping->reader->report, EXIT_BROKEN, OSERROR_NONE, "the ring is damaged")
               : status;
}

/*
 * Return how the writer has ended, or WINSHM_OPEN. A writer that ends says how,
 * before it releases the stream or dies. So look at that last.
 */
static uint32_t load_end(const struct tapping *tapping, bool is_dead)
{
    bool is_over = is_dead || trailer_is_released(tapping->mapping);
    uint32_t closed = shared_load32_acquire(&tapping->mapping->trailer->producer_closed);
    return closed == WINSHM_OPEN && is_over ? WINSHM_DIED : closed;
}

/*
 * Print the stream until its end, a failure, or the deadline. A writer stores
 * its last position before its end, so what is in the ring after that is the
 * rest. Store how the writer has ended in *end.
 */
static enum status tap(struct tapping *tapping, uint32_t *end)
{
    const struct reader *reader = tapping->reader;
    uint64_t deadline = deadline_in(reader->options->common.timeout);
    uint64_t interval = TAP_SLEEP_LEAST;
    uint64_t life_due = deadline_in(TAP_EVERY);
    bool is_dead = false;
    for (;;) {
        *end = load_end(tapping, is_dead);
        bool any;
        enum status status = print_new(tapping, &any);
        if (status != EXIT_DONE || (*end != WINSHM_OPEN && !any)) {
            return status;
        }
        if (any) {
            deadline = deadline_in(reader->options->common.timeout);
            interval = TAP_SLEEP_LEAST;
            life_due = deadline_in(TAP_EVERY);
            continue;
        }
        if (clock_now() >= tapping->note_due) {
            note_missed(tapping);
        }
        if (clock_now() >= life_due) {
            life_due = deadline_in(TAP_EVERY);
            is_dead = holder_life(tapping->mapping) == LIFE_DEAD;
            if (is_dead) {
                continue;
            }
        }
        if (clock_now() >= deadline) {
            return report_failure(reader->report, EXIT_TIMED_OUT, OSERROR_NONE, "timed out waiting for the writer");
        }
        status = find_check_wait(reader, deadline_sleep(deadline_within(interval, deadline)));
        show_tap(tapping);
        if (status != EXIT_DONE) {
            return status;
        }
        interval = interval < TAP_SLEEP_MOST ? 2 * interval : interval;
    }
}

/* Return the status of a stream that has ended, and report a failure. */
static enum status judge_end(struct tapping *tapping, uint32_t end)
{
    const struct report *report = tapping->reader->report;
    note_missed(tapping);
    if (end != WINSHM_ENDED) {
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "the writer %s: the output is incomplete",
                              end == WINSHM_FAILED ? "failed" : "has died");
    }
    return tapping->missed == 0 ? EXIT_DONE
                                : report_failure(report, EXIT_BROKEN, OSERROR_NONE,
                                                 "was faster than this tap: the output is incomplete");
}

static enum status tap_stream(const struct reader *reader, const struct found_memory *found)
{
    struct tapping tapping = {.reader = reader, .mapping = &found->mapping, .buffer = memory_take(TAP_PIECE)};
    struct value_look look;
    if (tapping.buffer == NULL) {
        return explain_no_memory(reader->report, TAP_PIECE, OSERROR_NOT_ENOUGH_MEMORY);
    }
    uint32_t end = WINSHM_OPEN;
    enum status status =
        value_look(&found->mapping, &look) ? EXIT_DONE : explain_verdict(reader->report, TRAILER_DAMAGED);
    if (status == EXIT_DONE) {
        tapping.text = value_text_of(&look);
        progress_begin(&tapping.progress, reader->report, reader->options->progress, 0);
        progress_await(&tapping.progress, reader->report, "the writer");
        tapping.first = tapping.position = begin_of_unit(&tapping, load_head(&tapping));
        report_detail(reader->report, "looks into the stream from byte %" PRIu64 " on", tapping.position);
        print_begin(reader, tapping.text, false, tapping.position);
        status = tap(&tapping, &end);
    }
    if (status == EXIT_DONE) {
        status = output_finish(reader->output);
    }
    memory_give(tapping.buffer);
    return status == EXIT_DONE ? judge_end(&tapping, end) : status;
}

enum status tap_run(const struct reader *reader)
{
    struct found_memory found;
    enum status status = find_wait(reader, &found);
    if (status == EXIT_DONE && !find_can_print(reader->options, &found)) {
        status = find_explain(reader, &found);
    } else if (status == EXIT_DONE && !find_is_stream(reader->options, &found)) {
        status =
            report_failure(reader->report, EXIT_USAGE, OSERROR_NONE, "is not a stream: --tap applies only to streams");
    } else if (status == EXIT_DONE) {
        status = tap_stream(reader, &found);
    }
    find_close(&found);
    return status;
}
