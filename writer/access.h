/*
 * access.h - who may do what with NAME, and what follows from it for its companions.
 *
 * What is said is said of the section. A companion's descriptor follows from it: who may read NAME may wait and count
 * as a reader does, who may write may also own `writer`, who may do everything may do so with each of them, and nobody
 * else anything. Who is denied reading or writing is denied everything there.
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

/* The rules of --sddl. EXIT_USAGE, with a line said, when they cannot be understood, or would let everybody in. */
enum status access_parse(const struct report *report, const char *sddl, struct access_rules *rules);

/* Those that the section NAME has; when they cannot be told, this user and SYSTEM. */
void access_of(const char *name, struct access_rules *rules);

/* What a function that creates something wants to know: the section's descriptor, or that of the companion `role`. */
const char *access_section(const struct access_rules *rules);
const char *access_companion(const struct access_rules *rules, enum companion_role role, char made[SDDL_ROOM]);

/* Return whether two objects of a kind have the same access list. False also if a list cannot be read. */
bool access_is_same(enum object_kind kind, const char *one, const char *other);

/*
 * Return whether NAME has the access list that this command would give to a new
 * section, by the owner of `writer`. False also if a list cannot be read.
 */
bool access_is_as_created(const struct writer *writer);

#endif
