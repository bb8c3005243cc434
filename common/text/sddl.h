/*
 * sddl.h - security descriptors as strings: who may do what, as far as our tools care.
 *
 * The grammar is that of MicrosoftDocs/win32 desktop-src/SecAuthZ/security-descriptor-string-format.md and
 * ace-strings.md:
 *     descriptor = [ "O:" sid ] [ "G:" sid ] [ "D:" flags { ace } ] [ "S:" flags { ace } ]
 *     ace        = "(" type ";" flags ";" rights ";" [ guid ] ";" [ guid ] ";" sid [ ";" anything ] ")"
 *     rights     = number | { two letters }
 * What is not of that form is no descriptor. An entry of a type that is neither A nor D is there, and `is_plain` says
 * that it is not one of those two.
 */
#ifndef COMMON_TEXT_SDDL_H
#define COMMON_TEXT_SDDL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SDDL_ROOM 4096 /* bytes of a string that our tools handle, with its zero */

/* Rights of a section, and of all objects (winnt.h). */
#define SDDL_SECTION_QUERY 0x0001U
#define SDDL_SECTION_MAP_WRITE 0x0002U
#define SDDL_SECTION_MAP_READ 0x0004U
#define SDDL_SECTION_ALL 0x000F001FU
#define SDDL_READ_CONTROL 0x00020000U
#define SDDL_STANDARD 0x000F0000U /* to delete, and to read and write the descriptor and the owner */
#define SDDL_GENERIC_ALL 0x10000000U
#define SDDL_GENERIC_WRITE 0x40000000U
#define SDDL_GENERIC_READ 0x80000000U

/* A piece of the string that was parsed, which it points into. */
struct sddl_text {
    const char *at;
    size_t length;
};

struct sddl {
    struct sddl_text owner;  /* empty when it is not said */
    bool has_list;           /* false: there is no DACL, and everybody may do everything */
    struct sddl_text before; /* what stands before "D:" */
    struct sddl_text flags;  /* after "D:", such as P */
    struct sddl_text list;   /* the entries */
    struct sddl_text after;  /* what stands behind them: "S:..." */
};

/* Take it apart. False when it is no security descriptor. */
bool sddl_parse(const char *text, struct sddl *sddl);

struct sddl_entry {
    bool is_plain; /* it is an A or a D, without conditions: then the rest is filled */
    bool denies;
    uint32_t rights;
    struct sddl_text flags; /* such as IO: inherited by others only */
    struct sddl_text sid;   /* or two letters for it, such as SY */
};

/* The next entry of a list, which gets shorter by it. False at its end. */
bool sddl_next(struct sddl_text *list, struct sddl_entry *entry);

/* What rights of a section come to. */
enum sddl_grant { SDDL_NOTHING, SDDL_QUERY_ONLY, SDDL_READ, SDDL_WRITE, SDDL_EVERYTHING };
enum sddl_grant sddl_section_grant(uint32_t rights);

/* Is it this text? */
bool sddl_is(struct sddl_text text, const char *word);

#endif
