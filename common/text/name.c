/* name.c - checks names, and puts them into a namespace. */
#include "common/text/name.h"

#include <stdio.h>
#include <string.h>

#include "common/text/text.h"

static const char global_prefix[] = "Global\\";
static const char local_prefix[] = "Local\\";

static bool begins_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/*
 * Return how many UTF-16 units a text in UTF-8 has. Each character is one unit,
 * or two if it has four bytes.
 */
static size_t units_of(const char *text)
{
    size_t units = 0;
    for (; *text != '\0'; text++) {
        units += (*text & 0xC0) != 0x80;
        units += (*text & 0xF8) == 0xF0;
    }
    return units;
}

/*
 * Return the fault of `typed`. `base` points into `typed`, behind `Global\` or
 * `Local\`; it equals `typed` if there is no such prefix.
 */
static enum name_fault judge(const char *typed, const char *base, enum name_scope scope)
{
    if (typed[0] == '\0') {
        return NAME_EMPTY;
    }
    if (typed[0] == '\\') {
        return NAME_LEADING;
    }
    if (base == typed) {
        if (text_begins_in_any_case(typed, "Session\\")) {
            return NAME_SESSION;
        }
        if (text_begins_in_any_case(typed, global_prefix) || text_begins_in_any_case(typed, local_prefix)) {
            return NAME_PREFIX_CASE;
        }
    }
    if (base[0] == '\0') {
        return NAME_ONLY_PREFIX;
    }
    if (strchr(base, '\\') != NULL) {
        return NAME_BACKSLASH;
    }
    if (strcmp(base, "Global") == 0 || strcmp(base, "Local") == 0 || strcmp(base, "Session") == 0) {
        return NAME_DIRECTORY;
    }
    if (units_of(base) > WINSHM_NAME_MAX) {
        return NAME_LONG;
    }
    if ((scope == NAME_GLOBAL && begins_with(typed, local_prefix)) ||
        (scope == NAME_LOCAL && begins_with(typed, global_prefix))) {
        return NAME_SCOPE;
    }
    return NAME_GOOD;
}

enum name_fault name_make(const char *typed, enum name_scope scope, char full[NAME_ROOM])
{
    const char *base = typed;
    if (begins_with(typed, global_prefix)) {
        base += sizeof global_prefix - 1;
    } else if (begins_with(typed, local_prefix)) {
        base += sizeof local_prefix - 1;
    }

    enum name_fault fault = judge(typed, base, scope);
    if (fault == NAME_PREFIX_CASE) {
        const char *prefix = text_begins_in_any_case(typed, global_prefix) ? global_prefix : local_prefix;
        (void)snprintf(full, NAME_ROOM, "%s%s", prefix, typed + strlen(prefix));
    } else if (fault == NAME_GOOD && base == typed && scope != NAME_AS_TYPED) {
        (void)snprintf(full, NAME_ROOM, "%s%s", scope == NAME_GLOBAL ? global_prefix : local_prefix, base);
    } else {
        (void)snprintf(full, NAME_ROOM, "%s", typed);
    }
    return fault;
}

const char *name_fault_text(enum name_fault fault)
{
    switch (fault) {
    case NAME_GOOD:
        return "a good name";
    case NAME_EMPTY:
        return "the name is empty";
    case NAME_ONLY_PREFIX:
        return "there is no name after the prefix";
    case NAME_LONG:
        return "the name is longer than 200 characters";
    case NAME_BACKSLASH:
        return "a name has no backslash but the one after Global or Local";
    case NAME_LEADING:
        return "a name does not begin with a backslash";
    case NAME_PREFIX_CASE:
        return "the case of a prefix matters: did you mean";
    case NAME_SESSION:
        return "Windows reserves names that begin with Session\\";
    case NAME_DIRECTORY:
        return "Windows keeps this name for itself";
    case NAME_SCOPE:
        return "the prefix of the name contradicts --global or --local";
    }
    return "";
}

void name_elsewhere(const char *full, char elsewhere[NAME_ROOM])
{
    if (begins_with(full, global_prefix)) {
        (void)snprintf(elsewhere, NAME_ROOM, "%s", full + sizeof global_prefix - 1);
    } else {
        const char *base = begins_with(full, local_prefix) ? full + sizeof local_prefix - 1 : full;
        (void)snprintf(elsewhere, NAME_ROOM, "%s%s", global_prefix, base);
    }
}

bool name_differs_in_case(const char *one, const char *other)
{
    return strlen(one) == strlen(other) && text_begins_in_any_case(one, other) && strcmp(one, other) != 0;
}
