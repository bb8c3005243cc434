/* consumers.c - keeps track of the consumers of a stream, for its producer. */
#include "writer/consumers.h"

#include <stdio.h>
#include <string.h>

#include "common/memory/companion.h"
#include "common/memory/shared.h"
#include "writer/hold.h"

static uint32_t bit_of(uint32_t number)
{
    return UINT32_C(1) << number;
}

static bool is_here(const struct consumers *consumers, uint32_t number)
{
    return (consumers->here & bit_of(number)) != 0;
}

static bool has_ended(const struct consumers *consumers, uint32_t number)
{
    return (consumers->ended & bit_of(number)) != 0;
}

static uint32_t count_bits(uint32_t bits)
{
    uint32_t count = 0;
    for (; bits != 0; bits &= bits - 1) {
        count++;
    }
    return count;
}

static void end(struct consumers *consumers, uint32_t number, enum winshm_closed how)
{
    consumers->here &= ~bit_of(number);
    consumers->ended |= bit_of(number);
    consumers->how[number] = how;
}

enum status consumers_create(const struct writer *writer, const struct mapping *mapping, struct consumers *consumers)
{
    enum status status = EXIT_DONE;
    *consumers = (struct consumers){.lines = trailer_consumers(mapping), .count = mapping->consumers};
    for (uint32_t i = 0; i < consumers->count && status == EXIT_DONE; i++) {
        const struct companion companions[] = {{companion_data(mapping, i), &consumers->data[i]},
                                               {companion_consumer(mapping, i), &consumers->mutexes[i]}};
        status = hold_add(writer, companions, sizeof companions / sizeof *companions);
    }
    return status;
}

void consumers_close(struct consumers *consumers)
{
    for (uint32_t i = 0; i < consumers->count; i++) {
        object_close(consumers->data[i]);
        hold_close_mutex(consumers->mutexes[i]);
    }
    *consumers = (struct consumers){0};
}

static bool is_attached(const struct consumers *consumers, uint32_t number)
{
    return shared_load32_acquire(&consumers->lines[number].process) != 0;
}

uint32_t consumers_missing(const struct consumers *consumers)
{
    uint32_t missing = 0;
    for (uint32_t i = 0; i < consumers->count; i++) {
        missing += !has_ended(consumers, i) && !(is_here(consumers, i) && is_attached(consumers, i));
    }
    return missing;
}

bool consumers_have_ended(const struct consumers *consumers)
{
    return count_bits(consumers->ended) == consumers->count;
}

/*
 * Return whether a process is the consumer of this line, or is about to become
 * it. Any user who may read NAME can raise `reads`, but a consumer owns its
 * mutex before it does so.
 */
static bool has_come(const struct consumers *consumers, uint32_t number)
{
    if (is_attached(consumers, number)) {
        return true;
    }
    object *const mutex = consumers->mutexes[number];
    struct waited waited = wait_any(&mutex, 1, 0);
    if (waited.how != WAITED_SIGNALLED && waited.how != WAITED_ABANDONED) {
        return true;
    }
    /* A consumer may have attached and ended between these two checks. */
    bool was_there = is_attached(consumers, number);
    (void)object_signal(mutex, SIGNAL_RELEASE);
    return was_there;
}

bool consumers_meet(struct consumers *consumers, bool *is_first)
{
    uint32_t before = consumers->here;
    for (uint32_t i = 0; i < consumers->count; i++) {
        if (!is_here(consumers, i) && !has_ended(consumers, i) && has_come(consumers, i)) {
            consumers->here |= bit_of(i);
        }
    }
    uint32_t come = count_bits(consumers->here | consumers->ended);
    *is_first = come > consumers->have_come;
    consumers->have_come = *is_first ? come : consumers->have_come;
    return consumers->here != before;
}

size_t consumers_await(const struct consumers *consumers, object *awaited[], uint32_t numbers[])
{
    size_t count = 0;
    for (uint32_t i = 0; i < consumers->count; i++) {
        if (is_here(consumers, i)) {
            awaited[count] = consumers->mutexes[i];
            numbers[count++] = i;
        }
    }
    return count;
}

void consumers_leave(struct consumers *consumers, const struct ring *ring, uint32_t number)
{
    const winshm_consumer *line = &consumers->lines[number];
    if (!is_attached(consumers, number)) {
        (void)object_signal(consumers->mutexes[number], SIGNAL_RELEASE); /* it died before it attached */
        consumers->here &= ~bit_of(number);
        return;
    }
    enum winshm_closed how = (enum winshm_closed)shared_load32_acquire(&line->closed);
    bool is_sent = shared_load32_acquire(&ring->trailer->producer_closed) == WINSHM_ENDED;
    switch (how) {
    case WINSHM_ENDED:
        how = is_sent ? WINSHM_ENDED : WINSHM_DIED;
        break;
    case WINSHM_CUT_OFF:
    case WINSHM_FAILED:
    case WINSHM_DROPPED:
        break;
    default:
        how = WINSHM_DIED;
        ring_end_consumer(ring, number, WINSHM_DIED);
    }
    end(consumers, number, how);
}

bool consumers_look(struct consumers *consumers, const struct ring *ring, bool *is_broken)
{
    bool has_moved = false;
    *is_broken = false;
    for (uint32_t i = 0; i < consumers->count; i++) {
        const winshm_consumer *line = &consumers->lines[i];
        uint64_t tail = shared_load64_acquire(&line->tail);
        bool is_impossible = tail > shared_load64_acquire(&ring->trailer->head);
        if (has_ended(consumers, i)) {
            continue;
        }
        if (is_impossible && consumers->count == 1) {
            *is_broken = true;
        } else if (is_impossible) {
            ring_end_consumer(ring, i, WINSHM_FAILED);
            end(consumers, i, WINSHM_FAILED);
        } else if (consumers->count > 1 && shared_load32_acquire(&line->closed) == WINSHM_DROPPED) {
            end(consumers, i, WINSHM_DROPPED);
        } else if (tail > consumers->tails[i]) {
            has_moved = true;
            consumers->tails[i] = tail;
        }
    }
    return has_moved;
}

uint64_t consumers_fill(const struct consumers *consumers, uint64_t head)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < consumers->count; i++) {
        uint64_t left = head - shared_load64_acquire(&consumers->lines[i].tail);
        most = left > most && !has_ended(consumers, i) ? left : most;
    }
    return most;
}

void consumers_drop(struct consumers *consumers, const struct ring *ring)
{
    for (uint32_t i = 0; i < consumers->count; i++) {
        if (!has_ended(consumers, i)) {
            ring_end_consumer(ring, i, WINSHM_DROPPED);
            (void)object_signal(consumers->data[i], SIGNAL_SET);
            end(consumers, i, WINSHM_DROPPED);
        }
    }
}

static enum status judge_only(enum winshm_closed how, const struct report *report)
{
    switch (how) {
    case WINSHM_ENDED:
        return EXIT_DONE;
    case WINSHM_CUT_OFF:
        return report_failure(report, EXIT_IO, OSERROR_NONE, "the reader's output was closed");
    case WINSHM_FAILED:
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "the reader failed");
    default:
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "the reader has died");
    }
}

static uint32_t count_of(const struct consumers *consumers, enum winshm_closed how)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < consumers->count; i++) {
        count += consumers->how[i] == how;
    }
    return count;
}

enum status consumers_judge(const struct consumers *consumers, const struct report *report)
{
    if (consumers->count == 1) {
        return judge_only(consumers->how[0], report);
    }
    uint32_t whole = count_of(consumers, WINSHM_ENDED);
    if (whole == consumers->count) {
        return EXIT_DONE;
    }
    static const struct {
        enum winshm_closed how;
        const char *text;
    } causes[] = {{WINSHM_DIED, "died"},
                  {WINSHM_FAILED, "failed"},
                  {WINSHM_CUT_OFF, "lost the program behind their output"},
                  {WINSHM_DROPPED, "read too slowly"}};
    char text[128] = "";
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
        uint32_t count = count_of(consumers, causes[i].how);
        size_t length = strlen(text);
        if (count > 0) {
            (void)snprintf(text + length, sizeof text - length, "%s %u %s", length == 0 ? "" : ",", (unsigned)count,
                           causes[i].text);
        }
    }
    return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "%u of %u readers got all of it:%s", (unsigned)whole,
                          (unsigned)consumers->count, text);
}
