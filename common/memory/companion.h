/*
 * companion.h - names, creates and opens companions.
 *
 * A companion is a mutex, an event or a semaphore that belongs to a section.
 * winshm.h lists them at WINSHM_COMPANION, and its protocols use them.
 *
 * In all functions `name` is the full name of the section. `value` is the
 * mapping of the value to which the companion belongs. It is used only for the
 * roles TURN, READS and COUNTED. Their names end in the time of creation and
 * the creator of the value, so that a late reader of an old value cannot open
 * the companions of the next one. The other roles belong to NAME itself, and
 * `value` may be NULL for them.
 */
#ifndef COMMON_MEMORY_COMPANION_H
#define COMMON_MEMORY_COMPANION_H

#include "common/memory/trailer.h"
#include "common/platform.h"
#include "common/text/sddl.h"

enum companion_role {
    COMPANION_HOLDER,
    COMPANION_RELEASE,
    COMPANION_WRITER,
    COMPANION_TURN,
    COMPANION_READS,
    COMPANION_COUNTED,
    COMPANION_DATA,
    COMPANION_SPACE,
    COMPANION_PRODUCER,
    COMPANION_CONSUMER,
    COMPANION_ATTACHED, /* `reads` of a stream: raised when its consumer attaches */
    COMPANION_AFTER,    /* announcement.h appends the number of the announcement to the name */
    COMPANION_DATA_OF,  /* COMPANION_DATA_OF + i is `data` of consumer i of a fan-out */
    COMPANION_CONSUMER_OF = COMPANION_DATA_OF + WINSHM_CONSUMERS_MAX, /* + i: its `consumer` */
    COMPANION_ROLES = COMPANION_CONSUMER_OF + WINSHM_CONSUMERS_MAX    /* the number of roles */
};

/* Return the role of `data` or `consumer` of consumer `number` of a stream. */
enum companion_role companion_data(const struct mapping *stream, uint32_t number);
enum companion_role companion_consumer(const struct mapping *stream, uint32_t number);

/* One entry of a list of companions that a caller opens or creates together. */
struct companion {
    enum companion_role role;
    object **object; /* where to store the object, which the caller then owns */
};

/* Write the full name of a companion to `full`. */
void companion_name(const char *name, enum companion_role role, const struct mapping *value, char full[NAME_ROOM]);

/*
 * Open a companion, with all rights that the protocols need. The caller owns
 * *opened. Return OSERROR_FILE_NOT_FOUND if it does not exist,
 * OSERROR_INVALID_HANDLE if an object of another kind has its name, or another
 * error of the system.
 */
oserror companion_open(const char *name, enum companion_role role, const struct mapping *value, object **opened);

/*
 * Create a companion with the security descriptor `sddl`, as in platform.h. The
 * caller owns *created. Return OSERROR_ALREADY_EXISTS if it exists, and leave
 * it alone then.
 */
oserror companion_create(const char *name, enum companion_role role, const struct mapping *value, const char *sddl,
                         object **created);

/*
 * Return the access rights to a companion for a user who has the access `grant`
 * to the section, as an access mask of Windows. 0 grants no access.
 */
uint32_t companion_rights(enum companion_role role, enum sddl_grant grant);

#endif
