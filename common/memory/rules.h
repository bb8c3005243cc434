/*
 * rules.h - says who may use NAME, and so each of its companions.
 *
 * The rules describe the section. The descriptor of each companion is derived
 * from them: see companion_rights(). A user who is denied reading or writing
 * the section gets no access to its companions.
 */
#ifndef COMMON_MEMORY_RULES_H
#define COMMON_MEMORY_RULES_H

#include "common/memory/companion.h"
#include "common/text/sddl.h"

/*
 * The longest descriptor of a section, in bytes. A companion's descriptor is
 * derived from it and has to fit into SDDL_ROOM. An entry has at least ten
 * bytes and becomes at most ten bytes longer, because a companion's rights are
 * written as a number such as 0x10000000.
 */
#define RULES_ROOM (SDDL_ROOM / 3)

struct access_rules {
    char section[SDDL_ROOM]; /* an SDDL string; "": full access for this user and SYSTEM only */
};

/*
 * Return whether the descriptors of companions can be derived from the access
 * list of a section: all of its entries are plain (sddl.h).
 */
bool rules_can_be_derived(const struct sddl *sddl);

/*
 * Set *rules to the access list of the section NAME. If that list cannot be
 * read, or companions' descriptors cannot be derived from it, set *rules to
 * full access for this user and SYSTEM only.
 */
void rules_of(const char *name, struct access_rules *rules);

/*
 * Return the security descriptor with which to create the section, or the
 * companion `role`. The companion's descriptor is written to `made`. The result
 * may be NULL, which section_create() and object_create() accept.
 */
const char *rules_section(const struct access_rules *rules);
const char *rules_companion(const struct access_rules *rules, enum companion_role role, char made[SDDL_ROOM]);

#endif
