/*
 * access.h - decides which users may use NAME and its companions.
 *
 * The rules describe the section. The descriptor of each companion is derived
 * from them: see companion_rights(). A user who is denied reading or writing
 * the section gets no access to its companions.
 */
#ifndef WRITER_ACCESS_H
#define WRITER_ACCESS_H

#include "common/console/report.h"
#include "common/memory/companion.h"
#include "common/text/sddl.h"

struct writer;

struct access_rules {
    char section[SDDL_ROOM]; /* an SDDL string; "": full access for this user and SYSTEM only */
};

/*
 * Set writer->access to the rules of --allow or --sddl. On failure print a
 * message and return the status.
 */
enum status access_decide(struct writer *writer);

/*
 * Set *rules to `sddl`, the value of --sddl. Print a message and return
 * EXIT_USAGE if Windows does not accept it, if companions' descriptors cannot
 * be derived from it, or if it has no access list and so would admit every
 * user.
 */
enum status access_parse(const struct report *report, const char *sddl, struct access_rules *rules);

/*
 * Set *rules to the access list of the section NAME. If that list cannot be
 * read, or companions' descriptors cannot be derived from it, set *rules to
 * full access for this user and SYSTEM only.
 */
void access_of(const char *name, struct access_rules *rules);

/*
 * Return the security descriptor with which to create the section, or the
 * companion `role`. The companion's descriptor is written to `made`. The result
 * may be NULL, which section_create() and object_create() accept.
 */
const char *access_section(const struct access_rules *rules);
const char *access_companion(const struct access_rules *rules, enum companion_role role, char made[SDDL_ROOM]);

/*
 * Return whether two objects of this kind have the same access list. Return
 * false if one of the lists cannot be read.
 */
bool access_is_same(enum object_kind kind, const char *one, const char *other);

/*
 * Return whether NAME has the access list with which this command would create
 * a new section. Return false if a list cannot be read. The caller owns the
 * mutex `writer`.
 */
bool access_is_as_created(const struct writer *writer);

/*
 * Return whether NAME has the access list that --allow or --sddl asks for, or
 * whether neither is given. With --allow another user may have created NAME
 * with the same option. The caller owns `writer`. Return false also if a list
 * cannot be read.
 */
bool access_is_as_asked(const struct writer *writer);

#endif
