/* companion.c - names, creates and opens companions. */
#include "common/memory/companion.h"

#include <inttypes.h>
#include <stdio.h>

/*
 * Access rights (winnt.h). MAY_WAIT is SYNCHRONIZE: to wait for an object, and
 * to release it if it is a mutex. MAY_SIGNAL is EVENT_MODIFY_STATE and
 * SEMAPHORE_MODIFY_STATE, which have the same number: to set an event or to
 * raise a semaphore.
 */
#define MAY_WAIT 0x00100000U
#define MAY_SIGNAL 0x0002U
#define MAY_USE (MAY_WAIT | MAY_SIGNAL)

/*
 * The companions, by role. A user who may read the section may also count a
 * read, consume a stream, and wait for the changes of a value together with
 * other followers. A user who may write to the section may also own the mutex
 * `writer`, and the mutex `holder` to detect whether NAME has a holder. Only a
 * user with full access to the section may set the event `release`.
 */
static const struct row {
    const char *suffix;
    bool is_of_value; /* the name ends in the identity of the value */
    enum object_kind kind;
    uint32_t reader; /* the rights of a user who may read NAME */
    uint32_t writer; /* the rights of a user who may write to NAME */
} rows[COMPANION_DATA_OF] = {
    [COMPANION_HOLDER] = {WINSHM_HOLDER, false, OBJECT_MUTEX, 0, MAY_WAIT},
    [COMPANION_RELEASE] = {WINSHM_RELEASE, false, OBJECT_EVENT, 0, 0},
    [COMPANION_WRITER] = {WINSHM_WRITER, false, OBJECT_MUTEX, 0, MAY_WAIT},
    [COMPANION_TURN] = {WINSHM_TURN, true, OBJECT_MUTEX, MAY_WAIT, MAY_WAIT},
    [COMPANION_READS] = {WINSHM_READS, true, OBJECT_SEMAPHORE, MAY_SIGNAL, MAY_SIGNAL},
    [COMPANION_COUNTED] = {WINSHM_COUNTED, true, OBJECT_AUTO_EVENT, MAY_USE, MAY_USE},
    [COMPANION_DATA] = {WINSHM_DATA, false, OBJECT_AUTO_EVENT, MAY_USE, MAY_USE},
    [COMPANION_SPACE] = {WINSHM_SPACE, false, OBJECT_AUTO_EVENT, MAY_USE, MAY_USE},
    [COMPANION_PRODUCER] = {WINSHM_PRODUCER, false, OBJECT_MUTEX, MAY_WAIT, MAY_WAIT},
    [COMPANION_CONSUMER] = {WINSHM_CONSUMER, false, OBJECT_MUTEX, MAY_WAIT, MAY_WAIT},
    [COMPANION_ATTACHED] = {WINSHM_READS, false, OBJECT_SEMAPHORE, MAY_SIGNAL, MAY_SIGNAL},
    [COMPANION_AFTER] = {WINSHM_AFTER, false, OBJECT_EVENT, MAY_USE, MAY_USE},
};

enum companion_role companion_data(const struct mapping *stream, uint32_t number)
{
    return stream->kind == WINSHM_FANOUT ? COMPANION_DATA_OF + number : COMPANION_DATA;
}

enum companion_role companion_consumer(const struct mapping *stream, uint32_t number)
{
    return stream->kind == WINSHM_FANOUT ? COMPANION_CONSUMER_OF + number : COMPANION_CONSUMER;
}

/* Return the row of a role. All consumers of a fan-out share two rows. */
static const struct row *row_of(enum companion_role role)
{
    if (role >= COMPANION_CONSUMER_OF) {
        return &rows[COMPANION_CONSUMER];
    }
    return role >= COMPANION_DATA_OF ? &rows[COMPANION_DATA] : &rows[role];
}

void companion_name(const char *name, enum companion_role role, const struct mapping *value, char full[NAME_ROOM])
{
    const struct row *row = row_of(role);
    const char *suffix = row->suffix;
    if (row->is_of_value) {
        (void)snprintf(full, NAME_ROOM, "%s%s%s.%" PRIx64 ".%" PRIx32, name, WINSHM_COMPANION, suffix, value->created,
                       value->creator);
    } else if (role >= COMPANION_DATA_OF) {
        unsigned number = (unsigned)(role - COMPANION_DATA_OF) % WINSHM_CONSUMERS_MAX;
        (void)snprintf(full, NAME_ROOM, "%s%s%s.%x", name, WINSHM_COMPANION, suffix, number);
    } else {
        (void)snprintf(full, NAME_ROOM, "%s%s%s", name, WINSHM_COMPANION, suffix);
    }
}

oserror companion_open(const char *name, enum companion_role role, const struct mapping *value, object **opened)
{
    char full[NAME_ROOM];
    companion_name(name, role, value, full);
    return object_open(row_of(role)->kind, full, opened);
}

oserror companion_create(const char *name, enum companion_role role, const struct mapping *value, const char *sddl,
                         object **created)
{
    char full[NAME_ROOM];
    companion_name(name, role, value, full);
    return object_create(row_of(role)->kind, full, sddl, created);
}

uint32_t companion_rights(enum companion_role role, enum sddl_grant grant)
{
    const struct row *row = row_of(role);
    switch (grant) {
    case SDDL_NOTHING:
    case SDDL_QUERY_ONLY:
        return 0;
    case SDDL_READ:
        return row->reader;
    case SDDL_WRITE:
        return row->writer;
    case SDDL_EVERYTHING:
        break;
    }
    return SDDL_GENERIC_ALL;
}
