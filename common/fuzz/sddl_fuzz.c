/*
 * sddl_fuzz.c - parse SDDL strings from --sddl and from objects of other
 * programs.
 *
 * The input is a set of groups of a user, the number of times that the last
 * entry is repeated, and the string. For every input the parser reads nothing
 * outside the string, and the parts that it returns cover the whole string.
 *
 * The fuzzer also uses the string as the access rules of a section and derives
 * the descriptors of the companions. Each must fit into SDDL_ROOM and be valid
 * SDDL. Each must grant rights to a user if, and only if, the rights of that
 * user to the section imply them.
 */
#include <string.h>

#include "common/fuzz/fuzz.h"
#include "common/include/winshm.h"
#include "common/tests/machine/machine.h"
#include "writer/access.h"

static bool is_within(struct sddl_text part, const char *from, const char *to)
{
    return part.length == 0 || (part.at >= from && part.at <= to && part.length <= (size_t)(to - part.at));
}

/*
 * Check the rights of an entry that are a number: strtoull() returns the same.
 */
static void check_number(const char *entry, const struct sddl_entry *taken)
{
    const char *rights = strchr(strchr(entry, ';') + 1, ';') + 1;
    if (*rights >= '0' && *rights <= '9') {
        char *end = NULL;
        HOLDS(strtoull(rights, &end, 0) == taken->rights && *end == ';');
    }
}

static void check_entries(struct sddl_text list)
{
    const char *end = list.at + list.length;
    struct sddl_entry entry;
    for (const char *from = list.at; sddl_next(&list, &entry); from = list.at) {
        HOLDS(list.at > from && list.at + list.length == end);
        HOLDS(is_within(entry.flags, from, list.at) && is_within(entry.sid, from, list.at));
        if (entry.is_plain) {
            HOLDS(from[0] == '(' && from[1] == (entry.denies ? 'D' : 'A') && from[2] == ';' && list.at[-1] == ')');
            HOLDS(entry.sid.length > 0 && memchr(entry.sid.at, ';', entry.sid.length) == NULL);
            HOLDS(entry.sid.at + entry.sid.length == list.at - 1);
            check_number(from, &entry);
        }
    }
    HOLDS(list.length == 0);
}

static void check_parse(const char *text)
{
    struct sddl sddl;
    const char *end = text + strlen(text);
    if (!sddl_parse(text, &sddl)) {
        return;
    }
    HOLDS(is_within(sddl.owner, text, end) && is_within(sddl.after, text, end) && !(sddl.has_list && !sddl.flags.at));
    if (sddl.flags.at != NULL) {
        HOLDS(sddl.before.at == text && sddl.flags.at == text + sddl.before.length + 2);
        HOLDS(sddl.list.at == sddl.flags.at + sddl.flags.length);
        HOLDS(sddl.list.at + sddl.list.length + sddl.after.length == end);
        check_entries(sddl.list);
    }
}

/* ---- Descriptors of companions ----------------------------------------------------------------------------------- */

/*
 * Return whether the entry applies to a user who is in these groups. A bit of
 * `groups` is selected by a sum over the flags and the SID, so an entry with
 * other flags can be for another group.
 */
static bool is_for(const struct sddl_entry *entry, uint64_t groups)
{
    unsigned sum = 0;
    for (size_t i = 0; i < entry->flags.length; i++) {
        sum += (unsigned char)entry->flags.at[i];
    }
    for (size_t i = 0; i < entry->sid.length; i++) {
        sum += (unsigned char)entry->sid.at[i];
    }
    return (groups >> sum % 8 & 1) != 0;
}

/*
 * Return whether a user in these groups is granted at least `least`. The
 * entries are in order: the first that grants this, or denies reading or
 * writing, decides.
 */
static bool gives(const char *text, uint64_t groups, enum sddl_grant least)
{
    struct sddl sddl;
    struct sddl_entry entry;
    HOLDS(sddl_parse(text, &sddl) && sddl.has_list);
    while (sddl_next(&sddl.list, &entry)) {
        HOLDS(entry.is_plain);
        if (is_for(&entry, groups) && sddl_section_grant(entry.rights) >= (entry.denies ? SDDL_READ : least)) {
            return !entry.denies;
        }
    }
    return false;
}

static void check_companions(const struct access_rules *rules, uint64_t groups)
{
    static const struct {
        enum companion_role role;
        enum sddl_grant least; /* grant to the section that implies any grant to this companion */
    } roles[] = {{COMPANION_HOLDER, SDDL_WRITE},  {COMPANION_WRITER, SDDL_WRITE},      {COMPANION_ATTACHED, SDDL_READ},
                 {COMPANION_DATA, SDDL_READ},     {COMPANION_SPACE, SDDL_READ},        {COMPANION_PRODUCER, SDDL_READ},
                 {COMPANION_CONSUMER, SDDL_READ}, {COMPANION_RELEASE, SDDL_EVERYTHING}};
    const char *section = rules_section(rules);
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        char *made = malloc(SDDL_ROOM);
        HOLDS(made != NULL);
        const char *companion = rules_companion(rules, roles[i].role, made);
        HOLDS((companion == NULL) == (section == NULL));
        if (companion != NULL) {
            HOLDS(companion == made && strlen(made) < SDDL_ROOM - 1);
            check_parse(made);
            HOLDS(gives(made, groups, SDDL_QUERY_ONLY) == gives(section, groups, roles[i].least));
            HOLDS(gives(made, groups, SDDL_EVERYTHING) == gives(section, groups, SDDL_EVERYTHING));
        }
        free(made);
    }
}

/*
 * Return the string with its last entry repeated as often as the input says, so
 * that short inputs reach the limit of the length, too.
 */
static char *repeated(struct program *program)
{
    size_t times = (size_t)take(program, 1) * 2;
    char *text = fuzz_text(program->at, program->left);
    const char *last = strrchr(text, '(');
    if (last == NULL || times % 8 != 0) {
        return text;
    }
    size_t length = strlen(text);
    size_t size = strlen(last);
    char *more = malloc(length + times * size + 1);
    HOLDS(more != NULL);
    memcpy(more, text, length);
    for (size_t i = 0; i < times; i++, length += size) {
        memcpy(more + length, last, size);
    }
    more[length] = '\0';
    free(text);
    return more;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    struct report report = {.program = "shmwrite"};
    uint64_t groups = take(&program, 1);
    char *text = repeated(&program);
    check_parse(text);

    machine_reset();
    struct access_rules *rules = malloc(sizeof *rules);
    HOLDS(rules != NULL);
    if (access_parse(&report, text, rules) == EXIT_DONE) {
        HOLDS(strcmp(rules_section(rules), text) == 0 || text[0] == '\0');
        check_companions(rules, groups);
    }
    machine_foreign_section("x", NULL, WINSHM_PAGE, WINSHM_PAGE);
    machine_security("x", text);
    rules_of("x", rules);
    HOLDS(strlen(rules->section) < SDDL_ROOM);
    check_companions(rules, groups);
    machine_forget("x");
    free(rules);
    free(text);
    return 0;
}

void fuzz_seeds(void)
{
    FUZZ_WORDS("(A;;GA;;;SY)", "(D;;GW;;;BG)", "O:", "G:", "D:", "S:", "P", "AI", "S-1-5-18", "0x20005", "IO", "GA",
               "GR", "GW", "CC", "DCLC", "(XA;;", "(a==\"(\")", ";;;", "NO_ACCESS_CONTROL");
    FUZZ_SEED("\x7F\1D:P(A;;GA;;;SY)(A;;GA;;;S-1-5-21-1-2-3-1001)(A;;0x20005;;;AU)");
    FUZZ_SEED("\1\1O:BAG:SYD:PAI(D;;GW;;;BG)(A;OICI;GR;;;WD)(A;;037;;;BU)S:(AU;FA;GA;;;WD)");
    FUZZ_SEED("\xFF\1D:(XA;;GR;;;WD;(Member_of {SID(BA)} && @User.Title==\"a ( b\"))(OA;;CC;guid;;AU)");
    FUZZ_SEED("\xFF\1D:NO_ACCESS_CONTROL");
    FUZZ_SEED("\xFF\1D:(A;;RC;;;WD)");
    FUZZ_SEED("\xFF\1D:(D;;;;;BG)(A;;GX;;;BU)(A;IO;GRGW;;;CO)");
    FUZZ_SEED("\xFF\1D:\"(A;;5;;;(SY\"");
    FUZZ_SEED("\xFF\x44\x44:(D;;;;;X)");
    FUZZ_SEED("\xFF\x40\x44:(A;;GA;;;X)");
}
