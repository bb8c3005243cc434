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
#include "common/text/sddl.h"

/* Whom --allow lets in besides this user and SYSTEM: the machine's other authenticated users. */
enum allow { ALLOW_NOBODY, ALLOW_READ, ALLOW_WRITE };

struct access_rules {
    char section[SDDL_ROOM]; /* "": this user and SYSTEM may do everything */
};

/* The rules of --allow; `is_stream`: a stream's reader writes too. On failure a line has been said. */
enum status access_allow(const struct report *report, enum allow allow, bool is_stream, struct access_rules *rules);

/* Those of --sddl. EXIT_USAGE, with a line said, when they cannot be understood, or would let everybody in. */
enum status access_parse(const struct report *report, const char *sddl, struct access_rules *rules);

/* Those that the section NAME has; when they cannot be told, this user and SYSTEM. */
void access_of(const char *name, struct access_rules *rules);

/* What a function that creates something wants to know: the section's descriptor, or that of the companion `role`. */
const char *access_section(const struct access_rules *rules);
const char *access_companion(const struct access_rules *rules, const char *role, char made[SDDL_ROOM]);

#endif
