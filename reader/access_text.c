/* access_text.c - describes access lists in words. */
#include "reader/access_text.h"

#include <stdio.h>
#include <string.h>

/*
 * The users and groups that all machines have, from MicrosoftDocs/win32
 * desktop-src/SecAuthZ/sid-strings.md. The SIDs of the last two are different
 * on each machine, but Windows writes their letters instead.
 */
static const struct {
    const char letters[3];
    const char *sid;
    const char *name;
} known[] = {{"WD", "S-1-1-0", "Everyone"},
             {"AU", "S-1-5-11", "Authenticated Users"},
             {"SY", "S-1-5-18", "SYSTEM"},
             {"LS", "S-1-5-19", "LOCAL SERVICE"},
             {"NS", "S-1-5-20", "NETWORK SERVICE"},
             {"BA", "S-1-5-32-544", "Administrators"},
             {"BU", "S-1-5-32-545", "Users"},
             {"BG", "S-1-5-32-546", "Guests"},
             {"PU", "S-1-5-32-547", "Power Users"},
             {"IU", "S-1-5-4", "interactive users"},
             {"SU", "S-1-5-6", "services"},
             {"NU", "S-1-5-2", "network users"},
             {"AN", "S-1-5-7", "anonymous users"},
             {"RC", "S-1-5-12", "restricted programs"},
             {"AC", "S-1-15-2-1", "all app packages"},
             {"CO", "S-1-3-0", "its creator"},
             {"OW", "S-1-3-4", "its owner"},
             {"LA", "LA", "the built-in Administrator"},
             {"LG", "LG", "the built-in guest"}};

const char *access_text_name(struct sddl_text sid, const char *user, char text[ACCESS_TEXT_ROOM])
{
    if (sddl_is(sid, user)) {
        (void)snprintf(text, ACCESS_TEXT_ROOM, "this user");
        return text;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (sddl_is(sid, known[i].letters) || sddl_is(sid, known[i].sid)) {
            (void)snprintf(text, ACCESS_TEXT_ROOM, "%s", known[i].name);
            return text;
        }
    }
    (void)snprintf(text, ACCESS_TEXT_ROOM, "%.*s",
                   (int)(sid.length < ACCESS_TEXT_ROOM ? sid.length : ACCESS_TEXT_ROOM - 1), sid.at);
    return text;
}

/* The words for rights to a section, and for generic rights (winnt.h). */
static const struct {
    uint32_t any;
    const char *word;
} rights_words[] = {{SDDL_SECTION_MAP_READ | SDDL_GENERIC_READ, "read"},
                    {SDDL_SECTION_MAP_WRITE | SDDL_GENERIC_WRITE, "write"},
                    {0x8 | 0x20000000, "execute"},
                    {0x00040000 | 0x00080000, "change who may"}};

/* Write the words for `rights`, such as "read and write", to `text`. */
static void rights_text(uint32_t rights, char text[64])
{
    if (sddl_section_grant(rights) == SDDL_EVERYTHING) {
        (void)snprintf(text, 64, "everything");
        return;
    }
    const char *words[sizeof rights_words / sizeof *rights_words] = {NULL};
    size_t count = 0;
    for (size_t i = 0; i < sizeof rights_words / sizeof *rights_words; i++) {
        if ((rights & rights_words[i].any) != 0) {
            words[count++] = rights_words[i].word;
        }
    }
    int length = snprintf(text, 64, "%s", count == 0 ? "only ask about it" : words[0]);
    for (size_t i = 1; i < count; i++) {
        length += snprintf(text + length, 64 - (size_t)length, "%s%s", i + 1 == count ? " and " : ", ", words[i]);
    }
}

bool access_text_next(struct sddl_text *list, const char *user, char text[ACCESS_TEXT_ROOM])
{
    const char *from = list->at;
    struct sddl_entry entry;
    if (!sddl_next(list, &entry)) {
        return false;
    }
    size_t length = (size_t)(list->at - from);
    bool is_for_others = false; /* the flag IO: the entry has no effect on this object */
    for (size_t i = 0; i + 1 < entry.flags.length; i += 2) {
        is_for_others = is_for_others || memcmp(entry.flags.at + i, "IO", 2) == 0;
    }
    if (!entry.is_plain || is_for_others || entry.sid.length > ACCESS_TEXT_ROOM - 80) {
        (void)snprintf(text, ACCESS_TEXT_ROOM, "%.*s", (int)(length < ACCESS_TEXT_ROOM ? length : ACCESS_TEXT_ROOM - 1),
                       from);
        return true;
    }
    char name[ACCESS_TEXT_ROOM];
    char rights[64];
    rights_text(entry.rights, rights);
    (void)access_text_name(entry.sid, user, name);
    (void)snprintf(text, ACCESS_TEXT_ROOM, "%.*s: %s%s", ACCESS_TEXT_ROOM - 80, name, entry.denies ? "not " : "",
                   rights);
    return true;
}
