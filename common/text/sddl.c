/* sddl.c - parses security descriptors in SDDL. */
#include "common/text/sddl.h"

#include <string.h>

bool sddl_is(struct sddl_text text, const char *word)
{
    return strlen(word) == text.length && (text.length == 0 || memcmp(text.at, word, text.length) == 0);
}

/* ---- The parts of a descriptor ----------------------------------------------------------------------------------- */

/*
 * Return the end of the part whose body begins at `text`: the next letter with
 * a colon outside of all parentheses, or the end of the string. Neither a SID
 * nor flags contain a colon. Return NULL if the parentheses do not match, or if
 * there is a quote outside of them.
 */
static const char *part_end(const char *text)
{
    size_t depth = 0;
    bool is_quoted = false; /* inside a string of a condition, which may contain anything */
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            if (depth == 0) {
                return NULL;
            }
            is_quoted = !is_quoted;
        } else if (is_quoted) {
            continue;
        } else if (*text == '(') {
            depth++;
        } else if (*text == ')') {
            if (depth-- == 0) {
                return NULL;
            }
        } else if (depth == 0 && text[1] == ':') {
            break;
        }
    }
    return depth == 0 && !is_quoted ? text : NULL;
}

static struct sddl_text between(const char *from, const char *to)
{
    return (struct sddl_text){.at = from, .length = (size_t)(to - from)};
}

bool sddl_parse(const char *text, struct sddl *sddl)
{
    static const char parts[] = "OGDS"; /* each at most once, and in this order */
    const char *expected = parts;
    *sddl = (struct sddl){.before = between(text, text), .after = between(text, text)};
    for (const char *at = text; *at != '\0';) {
        const char *letter = strchr(expected, *at);
        if (letter == NULL || at[1] != ':') {
            return false;
        }
        expected = letter + 1;
        const char *end = part_end(at + 2);
        if (end == NULL) {
            return false;
        }
        const char *body = at + 2;
        if (*at == 'O') {
            sddl->owner = between(body, end);
        } else if (*at == 'D') {
            const char *list = memchr(body, '(', (size_t)(end - body));
            list = list == NULL ? end : list;
            sddl->before = between(text, at);
            sddl->flags = between(body, list);
            sddl->list = between(list, end);
            sddl->has_list = !sddl_is(sddl->flags, "NO_ACCESS_CONTROL");
        } else if (*at == 'S') {
            sddl->after = between(at, end);
        }
        at = end;
    }
    return true;
}

/* ---- Entries ----------------------------------------------------------------------------------------------------- */

/*
 * Parse rights that are a number: decimal, or octal after 0, or hexadecimal
 * after 0x.
 */
static bool number(struct sddl_text text, uint32_t *value)
{
    unsigned base = 10;
    if (text.length > 1 && text.at[0] == '0') {
        bool hex = text.at[1] == 'x' || text.at[1] == 'X';
        base = hex ? 16 : 8;
        text.at += hex ? 2 : 1;
        text.length -= hex ? 2 : 1;
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < text.length; i++) {
        static const char digits[] = "0123456789abcdef0123456789ABCDEF";
        const char *digit = text.at[i] == '\0' ? NULL : strchr(digits, text.at[i]);
        unsigned worth = digit == NULL ? base : (unsigned)(digit - digits) % 16;
        if (worth >= base) {
            return false;
        }
        sum = sum * base + worth;
        if (sum > UINT32_MAX) {
            return false;
        }
    }
    *value = (uint32_t)sum;
    return text.length > 0;
}

/*
 * Parse rights that are letters, two for each right. Letters that Windows
 * defines for another kind of object, such as FA for files, mean the same bits
 * here.
 */
static bool letters(struct sddl_text text, uint32_t *rights)
{
    static const struct {
        char word[3];
        uint32_t bits;
    } words[] = {{"GA", SDDL_GENERIC_ALL},
                 {"GR", SDDL_GENERIC_READ},
                 {"GW", SDDL_GENERIC_WRITE},
                 {"GX", 0x20000000},
                 {"RC", SDDL_READ_CONTROL},
                 {"SD", 0x00010000},
                 {"WD", 0x00040000},
                 {"WO", 0x00080000},
                 {"CC", 0x0001},
                 {"DC", 0x0002},
                 {"LC", 0x0004},
                 {"SW", 0x0008},
                 {"RP", 0x0010},
                 {"WP", 0x0020},
                 {"DT", 0x0040},
                 {"LO", 0x0080},
                 {"CR", 0x0100},
                 {"FA", 0x001F01FF},
                 {"FR", 0x00120089},
                 {"FW", 0x00120116},
                 {"FX", 0x001200A0},
                 {"KA", 0x000F003F},
                 {"KR", 0x00020019},
                 {"KW", 0x00020006},
                 {"KX", 0x00020019}};
    *rights = 0;
    for (; text.length > 0; text.at += 2, text.length -= 2) {
        size_t i = 0;
        while (i < sizeof words / sizeof *words && (text.length < 2 || memcmp(text.at, words[i].word, 2) != 0)) {
            i++;
        }
        if (i == sizeof words / sizeof *words) {
            return false;
        }
        *rights |= words[i].bits;
    }
    return true;
}

bool sddl_next(struct sddl_text *list, struct sddl_entry *entry)
{
    *entry = (struct sddl_entry){0};
    if (list->length == 0) {
        return false;
    }

    /*
     * An entry ends with the parenthesis that matches its first one. There is
     * one, since sddl_parse() has checked the list.
     */
    size_t depth = 0;
    bool is_quoted = false;
    size_t end = 0;
    do {
        char c = list->at[end++];
        is_quoted = is_quoted != (c == '"');
        depth += !is_quoted && c == '(';
        depth -= !is_quoted && c == ')' && depth > 0;
    } while (depth > 0 && end < list->length);

    enum { TYPE, FLAGS, RIGHTS, OBJECT, INHERITED, SID, FIELDS };
    struct sddl_text fields[FIELDS] = {{0}};
    size_t field = 0;
    const char *from = list->at + 1;
    const char *last = list->at + end - 1; /* the closing parenthesis */
    for (const char *at = from; at <= last; at++) {
        if (at == last || *at == ';') {
            if (field < FIELDS) {
                fields[field] = between(from, at);
            }
            field++;
            from = at + 1;
        }
    }
    list->at += end;
    list->length -= end;

    entry->denies = sddl_is(fields[TYPE], "D");
    entry->flags = fields[FLAGS];
    entry->sid = fields[SID];
    entry->is_plain = field == FIELDS && (entry->denies || sddl_is(fields[TYPE], "A")) && fields[OBJECT].length == 0 &&
                      fields[INHERITED].length == 0 && fields[SID].length > 0 &&
                      (number(fields[RIGHTS], &entry->rights) || letters(fields[RIGHTS], &entry->rights));
    return true;
}

enum sddl_grant sddl_section_grant(uint32_t rights)
{
    if ((rights & SDDL_GENERIC_ALL) != 0 || (rights & SDDL_SECTION_ALL) == SDDL_SECTION_ALL) {
        return SDDL_EVERYTHING;
    }
    if ((rights & (SDDL_GENERIC_WRITE | SDDL_SECTION_MAP_WRITE)) != 0) {
        return SDDL_WRITE;
    }
    if ((rights & (SDDL_GENERIC_READ | SDDL_SECTION_MAP_READ)) != 0) {
        return SDDL_READ;
    }
    return rights != 0 ? SDDL_QUERY_ONLY : SDDL_NOTHING;
}
