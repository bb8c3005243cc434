/*
 * access.h - who may do what with NAME, and what follows from it for its companions.
 *
 * The rules describe the section. Each companion's descriptor is derived from
 * them: see companion_rights(). A user who is denied reading or writing the
 * section gets no access to its companions.
 */
#ifndef WRITER_ACCESS_H
#define WRITER_ACCESS_H

#include "common/console/report.h"
#include "common/memory/companion.h"
#include "common/text/sddl.h"

struct writer;

struct access_rules {
    char section[SDDL_ROOM]; /* "": this user and SYSTEM may do everything */
};

/*
 * Set writer->access to what --allow or --sddl asks for. On failure print a
 * message and return the status.
 */
enum status access_decide(struct writer *writer);

/*
 * Set `rules` to those of --sddl. EXIT_USAGE, after a message, if they cannot be
 * understood, or would let everybody in.
 */
enum status access_parse(const struct report *report, const char *sddl, struct access_rules *rules);

/*
 * Set `rules` to those of the section NAME. If the system does not say, only
 * this user and SYSTEM may use it.
 */
void access_of(const char *name, struct access_rules *rules);

/*
 * Return the descriptor for creating the section, or the companion `role`. It
 * may be NULL: see platform.h.
 */
const char *access_section(const struct access_rules *rules);
const char *access_companion(const struct access_rules *rules, enum companion_role role, char made[SDDL_ROOM]);

/*
 * Return whether two objects of a kind have the same access list. False also if
 * a list cannot be read.
 */
bool access_is_same(enum object_kind kind, const char *one, const char *other);

/*
 * Return whether NAME has the access list that this command would give to a new
 * section, by the owner of `writer`. False also if a list cannot be read.
 */
bool access_is_as_created(const struct writer *writer);

#endif
