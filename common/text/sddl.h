/*
 * sddl.h - parses security descriptors in SDDL, the string form of Windows.
 *
 * A security descriptor says which users may do what with an object. The
 * grammar is that of MicrosoftDocs/win32
 * desktop-src/SecAuthZ/security-descriptor-string-format.md and ace-strings.md:
 *     descriptor = [ "O:" sid ] [ "G:" sid ] [ "D:" flags { ace } ]
 *                  [ "S:" flags { ace } ]
 *     ace        = "(" type ";" flags ";" rights ";" [ guid ] ";" [ guid ] ";"
 *                  sid [ ";" anything ] ")"
 *     rights     = number | { two letters }
 * "O:" is the owner, "G:" the group, "D:" the access list (DACL), and "S:" the
 * list of audits and labels (SACL). An `ace` is an entry of a list. The tools
 * understand entries of the types A (allow) and D (deny) without conditions.
 * All other entries are passed on with `is_plain` unset.
 */
#ifndef COMMON_TEXT_SDDL_H
#define COMMON_TEXT_SDDL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SDDL_ROOM 4096 /* bytes of the longest string that the tools handle, with its zero */

/*
 * The rights to a section, and those that all kinds of objects have (winnt.h).
 */
#define SDDL_SECTION_QUERY 0x0001U
#define SDDL_SECTION_MAP_WRITE 0x0002U
#define SDDL_SECTION_MAP_READ 0x0004U
#define SDDL_SECTION_ALL 0x000F001FU
#define SDDL_READ_CONTROL 0x00020000U
#define SDDL_STANDARD 0x000F0000U /* to delete, read the descriptor, and change its list and its owner */
#define SDDL_GENERIC_ALL 0x10000000U
#define SDDL_GENERIC_WRITE 0x40000000U
#define SDDL_GENERIC_READ 0x80000000U

/* A piece of the string that was parsed. It points into that string. */
struct sddl_text {
    const char *at;
    size_t length;
};

struct sddl {
    struct sddl_text owner;  /* empty if there is none */
    bool has_list;           /* false: there is no DACL, and every user may do everything */
    struct sddl_text before; /* all parts before "D:" */
    struct sddl_text flags;  /* of the DACL, such as P */
    struct sddl_text list;   /* the entries of the DACL, for sddl_next() */
    struct sddl_text after;  /* the part behind the DACL: "S:..." */
};

/*
 * Parse `text` into its parts, which point into `text`. Return false if it is
 * not a security descriptor.
 */
bool sddl_parse(const char *text, struct sddl *sddl);

/* One entry of an access list. */
struct sddl_entry {
    bool is_plain; /* of type A or D, without conditions: the other fields are valid */
    bool denies;   /* type D: the entry denies the rights to the SID instead of granting them */
    uint32_t rights;
    struct sddl_text flags; /* such as IO: only for objects that inherit it, and not for this one */
    struct sddl_text sid;   /* user or group: a SID or its two-letter abbreviation, such as SY */
};

/*
 * Parse the first entry of `list`, which comes from sddl_parse(), into *entry,
 * and remove it from `list`. Return false at the end of the list.
 */
bool sddl_next(struct sddl_text *list, struct sddl_entry *entry);

/*
 * Return the most that `rights` allow with a section: nothing, only questions
 * about it, reading, writing, or everything.
 */
enum sddl_grant { SDDL_NOTHING, SDDL_QUERY_ONLY, SDDL_READ, SDDL_WRITE, SDDL_EVERYTHING };
enum sddl_grant sddl_section_grant(uint32_t rights);

/* Return whether `text` equals `word`. */
bool sddl_is(struct sddl_text text, const char *word);

#endif
