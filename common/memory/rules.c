/* rules.c - says who may use NAME, and so each of its companions. */
#include "common/memory/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool rules_can_be_derived(const struct sddl *sddl)
{
    struct sddl_text list = sddl->list;
    struct sddl_entry entry;
    while (sddl_next(&list, &entry)) {
        if (!entry.is_plain) {
            return false;
        }
    }
    return true;
}

void rules_of(const char *name, struct access_rules *rules)
{
    struct sddl sddl;
    if (object_security(name, OBJECT_SECTION, rules->section, RULES_ROOM) != OSERROR_NONE ||
        !sddl_parse(rules->section, &sddl) || !sddl.has_list || !rules_can_be_derived(&sddl)) {
        rules->section[0] = '\0';
        return;
    }
    /*
     * Drop the owner and the group: few users may create an object that belongs
     * to another user.
     */
    memmove(rules->section, rules->section + sddl.before.length, strlen(rules->section + sddl.before.length) + 1);
}

const char *rules_section(const struct access_rules *rules)
{
    return rules->section[0] == '\0' ? NULL : rules->section;
}

const char *rules_companion(const struct access_rules *rules, enum companion_role role, char made[SDDL_ROOM])
{
    struct sddl sddl;
    if (rules->section[0] == '\0' || !sddl_parse(rules->section, &sddl)) {
        return NULL;
    }
    int length = snprintf(made, SDDL_ROOM, "%.*sD:P", (int)sddl.before.length, sddl.before.at);
    struct sddl_entry entry;
    while (sddl_next(&sddl.list, &entry)) {
        enum sddl_grant grant = sddl_section_grant(entry.rights);
        uint32_t rights = companion_rights(role, grant);
        if (entry.denies) {
            /*
             * An entry that denies reading or writing the memory denies all
             * access to the companion. Any other entry that denies rights
             * denies the same standard rights to the companion.
             */
            rights = grant >= SDDL_READ ? SDDL_GENERIC_ALL : entry.rights & SDDL_STANDARD;
        }
        if (rights != 0) {
            length += snprintf(made + length, SDDL_ROOM - (size_t)length, "(%c;%.*s;0x%" PRIx32 ";;;%.*s)",
                               entry.denies ? 'D' : 'A', (int)entry.flags.length, entry.flags.at, rights,
                               (int)entry.sid.length, entry.sid.at);
        }
    }
    (void)snprintf(made + length, SDDL_ROOM - (size_t)length, "%.*s", (int)sddl.after.length, sddl.after.at);
    return made;
}
