/* announcement.c - wakes the followers of a value whenever it has changed. */
#include "common/memory/announcement.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/deadline.h"
#include "common/memory/shared.h"

/*
 * Attempts to open or create the event. Between the two calls another follower
 * may create it, or the last one may close it.
 */
#define OPEN_TRIES 10

static void event_name(const char *name, uint64_t generation, char full[NAME_ROOM])
{
    companion_name(name, COMPANION_AFTER, NULL, full);
    size_t length = strlen(full);
    (void)snprintf(full + length, NAME_ROOM - length, ".%" PRIx64, generation);
}

/*
 * The addition is one access. So if two processes announce at the same time,
 * each announcement has its own number, and each of them sets its own event.
 */
void announcement_make(const char *name, const struct mapping *mapping)
{
    if (trailer_is_stream(mapping)) {
        return; /* a stream has no followers */
    }
    char full[NAME_ROOM];
    object *event = NULL;
    event_name(name, shared_add64(&mapping->trailer->announced, 1), full);
    atomic_thread_fence(memory_order_seq_cst);
    if (object_open(OBJECT_EVENT, full, &event) == OSERROR_NONE) {
        (void)object_signal(event, SIGNAL_SET);
        object_close(event);
    }
}

static uint64_t announced(const struct mapping *mapping)
{
    return shared_load64_acquire(&mapping->trailer->announced);
}

void announcement_listen(struct listening *listening, const struct mapping *mapping)
{
    uint64_t generation = announced(mapping);
    if (generation != listening->generation) {
        listening->is_old = true;
        listening->generation = generation;
        listening->is_deaf = listening->sddl == NULL;
    }
}

/* Open the event, or create it for this follower and others. */
static oserror open_event(struct listening *listening)
{
    char full[NAME_ROOM];
    oserror error;
    int tries = 0;
    event_name(listening->name, listening->generation, full);
    do {
        error = object_open(OBJECT_EVENT, full, &listening->event);
        if (error == OSERROR_FILE_NOT_FOUND) {
            error = object_create(OBJECT_EVENT, full, listening->sddl, &listening->event);
        }
    } while (error == OSERROR_ALREADY_EXISTS && ++tries < OPEN_TRIES);
    return error;
}

struct waited announcement_wait(struct listening *listening, const struct mapping *mapping, uint64_t interval,
                                uint64_t deadline)
{
    if (listening->is_old) {
        announcement_forget(listening);
    }
    if (listening->event == NULL && !listening->is_deaf) {
        listening->is_deaf = open_event(listening) != OSERROR_NONE;
    }
    atomic_thread_fence(memory_order_seq_cst);
    if (announced(mapping) != listening->generation) {
        return (struct waited){.how = WAITED_SIGNALLED};
    }
    if (listening->is_deaf) {
        return deadline_sleep(deadline_within(interval, deadline));
    }
    struct waited waited = wait_any(&listening->event, 1, deadline);
    if (waited.how == WAITED_SIGNALLED && announced(mapping) == listening->generation) {
        /* No process of ours has set it, so it would end every wait at once. */
        announcement_forget(listening);
        listening->is_deaf = true;
        return deadline_sleep(deadline_within(interval, deadline));
    }
    return waited;
}

void announcement_forget(struct listening *listening)
{
    object_close(listening->event);
    listening->event = NULL;
    listening->is_old = false;
}
