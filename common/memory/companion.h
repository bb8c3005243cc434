/*
 * companion.h - the objects beside NAME: what each is called, and who may use it.
 *
 * winshm.h says what each of them is for. `name` is the full name of the section.
 * `value` is the value whose companion is meant: the names of TURN, READS and
 * COUNTED carry its identity, so that a late reader of an old value cannot meet
 * the companions of the next one. The other roles belong to NAME itself and do
 * not use `value`: it may be NULL.
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
    COMPANION_ATTACHED, /* `reads` of a stream: its consumer has come */
    COMPANION_ROLES     /* how many there are */
};

/* One of several companions that are opened or created together. */
struct companion {
    enum companion_role role;
    object **object;
};

/* Make the full name of a companion. */
void companion_name(const char *name, enum companion_role role, const struct mapping *value, char full[NAME_ROOM]);

/*
 * Open a companion for all that its users do with it. Return
 * OSERROR_FILE_NOT_FOUND if it does not exist.
 */
oserror companion_open(const char *name, enum companion_role role, const struct mapping *value, object **opened);

/*
 * Create a companion with the security descriptor `sddl` (see platform.h). Return
 * OSERROR_ALREADY_EXISTS if it exists.
 */
oserror companion_create(const char *name, enum companion_role role, const struct mapping *value, const char *sddl,
                         object **created);

/*
 * Return the rights to a companion that a user needs who has `grant` to the
 * section: 0 for none.
 */
uint32_t companion_rights(enum companion_role role, enum sddl_grant grant);

#endif
