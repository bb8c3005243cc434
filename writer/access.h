/* access.h - decides who may use NAME, from --allow and --sddl. */
#ifndef WRITER_ACCESS_H
#define WRITER_ACCESS_H

#include "common/console/report.h"
#include "common/memory/rules.h"

struct writer;

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
