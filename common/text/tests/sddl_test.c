/* sddl_test.c - tests of sddl.h: descriptors, and the entries of lists. */
#include "common/text/sddl.h"

#include "common/tests/check.h"

/* ---- The whole --------------------------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    bool is_sound;
    const char *owner;
    bool has_list;
    const char *flags;
    const char *list;
} wholes[] = {
    {"", true, "", false, "", ""},
    {"O:SY", true, "SY", false, "", ""},
    {"O:S-1-5-18G:BAD:(A;;GA;;;SY)", true, "S-1-5-18", true, "", "(A;;GA;;;SY)"},
    {"D:", true, "", true, "", ""},
    {"D:P", true, "", true, "P", ""},
    {"D:PARAI(A;;GA;;;SY)(D;;GR;;;BG)S:(ML;;NW;;;LW)", true, "", true, "PARAI", "(A;;GA;;;SY)(D;;GR;;;BG)"},
    {"O:SYD:NO_ACCESS_CONTROL", true, "SY", false, "NO_ACCESS_CONTROL", ""},
    {"D:(XA;;FX;;;S-1-1-0;(@User.Title==\")D:(\"))", true, "", true, "", "(XA;;FX;;;S-1-1-0;(@User.Title==\")D:(\"))"},
    {"D:O:SY", false, "", false, "", ""},
    {"X:SY", false, "", false, "", ""},
    {"D:(A;;GA;;;SY", false, "", false, "", ""},
    {"D:A;;GA;;;SY)", false, "", false, "", ""},
    {"D:(A;;GA;;;\"SY)", false, "", false, "", ""},
    {"D:\"(A;;GA;;;SY\"", false, "", false, "", ""}, /* quotes occur in conditions only */
    {"hello", false, "", false, "", ""},
};

/* ---- Entries ----------------------------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    bool is_plain;
    bool denies;
    uint32_t rights;
    const char *sid;
} entries[] = {
    {"(A;;GA;;;SY)", true, false, 0x10000000, "SY"},
    {"(D;;GRGW;;;WD)", true, true, 0xC0000000, "WD"},
    {"(A;;CCDCLCSWRPSDRCWDWO;;;SY)", true, false, 0xF001F, "SY"}, /* all rights to a section, as Windows writes them */
    {"(A;;LC;;;AU)", true, false, 4, "AU"},
    {"(A;OICI;0x1f;;;S-1-5-32-544)", true, false, 0x1F, "S-1-5-32-544"},
    {"(A;;0XFFFFFFFF;;;SY)", true, false, UINT32_MAX, "SY"},
    {"(A;;4;;;SY)", true, false, 4, "SY"},
    {"(A;;010;;;SY)", true, false, 8, "SY"},
    {"(A;;0x100000000;;;SY)", false, false, 0, "SY"},
    {"(A;;0x;;;SY)", false, false, 0, "SY"},
    {"(A;;QQ;;;SY)", false, false, 0, "SY"},
    {"(A;;GAR;;;SY)", false, false, 0, "SY"},
    {"(AU;;GA;;;SY)", false, false, 0, "SY"},
    {"(XA;;GA;;;SY;(@User.a==1))", false, false, 0, "SY"},
    {"(OA;;GA;00000000-0000-0000-0000-000000000000;;SY)", false, false, 0, "SY"},
    {"(A;;GA;;;)", false, false, 0, ""},
    {"(A;;GA)", false, false, 0, ""},
    {"()", false, false, 0, ""},
};

int main(void)
{
    TEST("a descriptor is parsed into its parts")
    {
        for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++) {
            struct sddl sddl;
            check_row(wholes[i].text);
            CHECK(sddl_parse(wholes[i].text, &sddl) == wholes[i].is_sound);
            if (wholes[i].is_sound) {
                CHECK(sddl_is(sddl.owner, wholes[i].owner));
                CHECK(sddl.has_list == wholes[i].has_list);
                CHECK(sddl_is(sddl.flags, wholes[i].flags));
                CHECK(sddl_is(sddl.list, wholes[i].list));
            }
        }
    }
    TEST("an entry is parsed, and one of another type is not plain")
    {
        for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
            struct sddl_text list = {.at = entries[i].text, .length = strlen(entries[i].text)};
            struct sddl_entry entry;
            check_row(entries[i].text);
            CHECK(sddl_next(&list, &entry));
            CHECK_EQUAL(list.length, 0);
            CHECK(entry.is_plain == entries[i].is_plain);
            CHECK(entry.denies == entries[i].denies);
            CHECK(!entry.is_plain || entry.rights == entries[i].rights);
            CHECK(sddl_is(entry.sid, entries[i].sid));
            CHECK(!sddl_next(&list, &entry));
        }
    }
    return check_end();
}
