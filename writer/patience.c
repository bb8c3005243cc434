/*
 * patience.c - limits how long a command waits for other processes, and for a
 * name to disappear.
 */
#include "writer/patience.h"

#include "common/deadline.h"

/*
 * A name may outlive its holder for a moment. The mutexes of a dead process are
 * abandoned before its handles are closed (PostgreSQL retries for that reason:
 * src/backend/port/win32_shmem.c), and a program that is just reading keeps the
 * name until it is done.
 */
#define FOR_NAME_MS 1000
#define LOOK_EVERY_MS 10

uint64_t patience_deadline(const struct writer_options *options, uint64_t patience)
{
    uint64_t timeout = options->common.timeout;
    return deadline_in(timeout != CLOCK_NEVER ? timeout : patience);
}

uint64_t patience_for_name(uint64_t deadline)
{
    return deadline_within(FOR_NAME_MS, deadline);
}

bool patience_is_over(uint64_t deadline)
{
    uint64_t now = clock_now();
    if (now < deadline) {
        (void)deadline_sleep(deadline_from(now, LOOK_EVERY_MS));
    }
    return now >= deadline;
}
