/* access.c - decides who may use NAME, from --allow and --sddl. */
#include "writer/access.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/platform.h"
#include "writer/context.h"

/*
 * The rights to a section that --allow grants. READ_CONTROL lets `shmread
 * --stat` print the access list.
 */
#define MAY_READ (SDDL_SECTION_QUERY | SDDL_SECTION_MAP_READ | SDDL_READ_CONTROL)
#define MAY_WRITE (MAY_READ | SDDL_SECTION_MAP_WRITE)

/* The place of this user's entry in the access list of --allow. */
#define ALLOW_USER_ENTRY 1

/*
 * Set writer->access to the rules of --allow. The reader of a stream also needs
 * the right to write, because it stores its position in the trailer.
 */
static enum status access_allow(struct writer *writer)
{
    const struct writer_options *options = writer->options;
    writer->access.section[0] = '\0';
    if (options->allow == ALLOW_NOBODY) {
        return EXIT_DONE;
    }
    char sid[SID_ROOM];
    oserror error = user_sid(sid);
    if (error != OSERROR_NONE) {
        return report_failure(writer->report, EXIT_SYSTEM, error, "cannot look up the SID of this user");
    }
    (void)snprintf(writer->access.section, SDDL_ROOM, "D:P(A;;GA;;;SY)(A;;GA;;;%s)(A;;0x%" PRIx32 ";;;AU)", sid,
                   options->allow == ALLOW_WRITE || options->verb == VERB_STREAM ? MAY_WRITE : MAY_READ);
    return EXIT_DONE;
}

enum status access_parse(const struct report *report, const char *sddl, struct access_rules *rules)
{
    struct sddl parsed;
    if (strlen(sddl) >= RULES_ROOM) {
        return report_usage(report, "--sddl is longer than %u bytes", RULES_ROOM);
    }
    oserror error = sddl_check(sddl);
    if (error != OSERROR_NONE) {
        char words[256];
        return report_usage(report, "--sddl is not a valid security descriptor: %s (%" PRIu32 ")",
                            system_error_text(error, words, sizeof words), error);
    }
    if (!sddl_parse(sddl, &parsed) || !rules_can_be_derived(&parsed)) {
        return report_usage(report, "--sddl: only entries of the types A and D, without conditions, are supported");
    }
    if (!parsed.has_list) {
        return report_usage(report, "--sddl has no access list (D:...), and would let everybody in");
    }
    (void)snprintf(rules->section, sizeof rules->section, "%s", sddl);
    return EXIT_DONE;
}

enum status access_decide(struct writer *writer)
{
    const char *sddl = writer->options->sddl;
    return sddl != NULL ? access_parse(writer->report, sddl, &writer->access) : access_allow(writer);
}

static bool are_same_texts(struct sddl_text one, struct sddl_text other)
{
    return one.length == other.length && memcmp(one.at, other.at, one.length) == 0;
}

/*
 * Return whether `sid` is that of a user of this machine, of a domain or of
 * Entra ID, or of an account that services use. SDDL writes most groups as two
 * other letters. The SID of a group that an administrator has made cannot be
 * distinguished from that of a user.
 */
static bool is_user(struct sddl_text sid)
{
    static const char *const begins[] = {"S-1-5-21-", "S-1-12-1-", "S-1-5-80-"};
    static const char *const accounts[] = {"LA", "SY", "LS", "NS"};
    bool is_one = false;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        is_one |= sid.length > strlen(begins[i]) && memcmp(sid.at, begins[i], strlen(begins[i])) == 0;
    }
    for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++) {
        is_one |= are_same_texts(sid, (struct sddl_text){.at = accounts[i], .length = 2});
    }
    return is_one;
}

/*
 * Return whether two access lists have the same entries in the same order. The
 * entry at the index `any_user` may be for different users. No entry has the
 * index NO_ENTRY.
 */
#define NO_ENTRY SIZE_MAX
static bool are_same_lists(const struct sddl *one, const struct sddl *other, size_t any_user)
{
    struct sddl_text lists[2] = {one->list, other->list};
    struct sddl_entry entries[2] = {{0}};
    size_t at = 0;
    bool more;
    do {
        more = sddl_next(&lists[0], &entries[0]);
        if (sddl_next(&lists[1], &entries[1]) != more) {
            return false;
        }
        if (more && (entries[0].denies != entries[1].denies || entries[0].rights != entries[1].rights ||
                     !are_same_texts(entries[0].flags, entries[1].flags) ||
                     !(are_same_texts(entries[0].sid, entries[1].sid) ||
                       (at == any_user && is_user(entries[0].sid) && is_user(entries[1].sid))))) {
            return false;
        }
        at++;
    } while (more);
    return one->has_list == other->has_list;
}

static bool have_same_lists(enum object_kind kind, const char *one, const char *other, size_t any_user)
{
    const char *const names[2] = {one, other};
    char texts[2][SDDL_ROOM];
    struct sddl parsed[2];
    for (size_t i = 0; i < 2; i++) {
        if (object_security(names[i], kind, texts[i], SDDL_ROOM) != OSERROR_NONE || !sddl_parse(texts[i], &parsed[i])) {
            return false;
        }
    }
    return are_same_lists(&parsed[0], &parsed[1], any_user);
}

bool access_is_same(enum object_kind kind, const char *one, const char *other)
{
    return have_same_lists(kind, one, other, NO_ENTRY);
}

/*
 * Create a section with the access list that this command would give to NAME,
 * and write its name to `other`. A user who may not create it in Global\ can
 * compare with one in Local\ as well.
 */
static oserror create_sample(const struct writer *writer, char other[NAME_ROOM], object **created)
{
    const char *name = writer->options->name;
    const char *sddl = rules_section(&writer->access);
    char elsewhere[NAME_ROOM];
    companion_name(name, COMPANION_DATA, NULL, other); /* a name that no value uses */
    oserror error = section_create(other, WINSHM_PAGE, sddl, created);
    if (error == OSERROR_ACCESS_DENIED && strncmp(name, "Global\\", 7) == 0) {
        name_elsewhere(name, elsewhere);
        companion_name(elsewhere, COMPANION_DATA, NULL, other);
        error = section_create(other, WINSHM_PAGE, sddl, created);
    }
    return error;
}

/*
 * Windows writes equal access lists as equal strings only if both objects are
 * sections. So create another section to compare with.
 */
static bool is_as_created(const struct writer *writer, size_t any_user)
{
    char other[NAME_ROOM];
    object *created = NULL;
    bool is_same = create_sample(writer, other, &created) == OSERROR_NONE &&
                   have_same_lists(OBJECT_SECTION, writer->options->name, other, any_user);
    object_close(created);
    return is_same;
}

bool access_is_as_created(const struct writer *writer)
{
    return is_as_created(writer, NO_ENTRY);
}

bool access_is_as_asked(const struct writer *writer)
{
    const struct writer_options *options = writer->options;
    if (options->allow != ALLOW_NOBODY) {
        return is_as_created(writer, ALLOW_USER_ENTRY);
    }
    return options->sddl == NULL || access_is_as_created(writer);
}
