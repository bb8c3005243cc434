/*
 * name_fuzz.c - anything that could be typed as a name.
 *
 * The input is what was typed, after a byte that says with which scope. Whatever it is, a name ends within NAME_ROOM.
 * From main.c come only texts that UTF-16 can be made of (text.h); of those a good name is a whole one: made again it
 * is itself, it has at most WINSHM_NAME_MAX units and no backslash, and its companions are whole, too.
 */
#include <string.h>

#include "common/fuzz/fuzz.h"
#include "common/text/name.h"
#include "common/text/text.h"

/* Names in a block of just the room that is promised. Returns NULL-ended texts, to be freed. */
static char *room(void)
{
    char *full = malloc(NAME_ROOM);
    HOLDS(full != NULL);
    memset(full, 'x', NAME_ROOM);
    return full;
}

static const char *base_of(const char *full)
{
    return strncmp(full, "Global\\", 7) == 0 ? full + 7 : strncmp(full, "Local\\", 6) == 0 ? full + 6 : full;
}

/* How many units it is, or SIZE_MAX if it cannot come from UTF-16. */
static size_t units_of(const char *text)
{
    size_t length = strlen(text);
    uint16_t *units = malloc(sizeof *units * (TEXT_DECODED_ROOM(length) + 1));
    HOLDS(units != NULL);
    size_t count = text_utf16_from_utf8(text, length, units);
    char *back = malloc(TEXT_ENCODED_ROOM(count) + 1);
    HOLDS(back != NULL);
    (void)text_utf8_from_utf16(units, count, back);
    bool is_same = strcmp(back, text) == 0;
    free(back);
    free(units);
    return is_same ? count : SIZE_MAX;
}

static void check_elsewhere(const char *full)
{
    char *elsewhere = room();
    char *again = room();
    name_elsewhere(full, elsewhere);
    HOLDS(name_make(elsewhere, NAME_AS_TYPED, again) == NAME_GOOD && strcmp(elsewhere, again) == 0);
    HOLDS((strncmp(full, "Global\\", 7) == 0) == (strncmp(elsewhere, "Global\\", 7) != 0));
    HOLDS(strcmp(base_of(elsewhere), base_of(full)) == 0);
    name_elsewhere(elsewhere, again);
    HOLDS(strcmp(base_of(again), base_of(full)) == 0);
    free(again);
    free(elsewhere);
}

static void check_good(const char *typed, enum name_scope scope, const char *full)
{
    static const char *const roles[] = {WINSHM_HOLDER, WINSHM_RELEASE, WINSHM_PRODUCER, WINSHM_CONSUMER};
    static const char *const prefixes[] = {[NAME_LOCAL] = "Local\\", [NAME_GLOBAL] = "Global\\"};
    const char *base = base_of(full);
    HOLDS(units_of(base) >= 1 && units_of(base) <= WINSHM_NAME_MAX && strchr(base, '\\') == NULL);
    HOLDS(strcmp(base, base_of(typed)) == 0);
    HOLDS(scope == NAME_AS_TYPED ? strcmp(full, typed) == 0
                                 : strncmp(full, prefixes[scope], strlen(prefixes[scope])) == 0);

    char *again = room();
    HOLDS(name_make(full, NAME_AS_TYPED, again) == NAME_GOOD && strcmp(full, again) == 0);
    HOLDS(name_make(full, scope, again) == NAME_GOOD && strcmp(full, again) == 0);
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        name_companion(full, roles[i], again);
        size_t length = strlen(full);
        HOLDS(strncmp(again, full, length) == 0 && strncmp(again + length, ".winshm.", 8) == 0);
        HOLDS(strcmp(again + length + 8, roles[i]) == 0);
    }
    free(again);
    check_elsewhere(full);
}

/* Names that are at the limit are long: some are made here. */
static char *typed_of(struct program *program)
{
    uint64_t repeated = take(program, 1);
    char *text = fuzz_text(program->at, program->left);
    size_t length = strlen(text);
    if (repeated % 4 != 0 || length == 0) {
        return text;
    }
    size_t times = 1 + repeated / 4 * 4;
    char *typed = malloc(times * 4 + length + 1);
    HOLDS(typed != NULL);
    size_t character = length;
    (void)text_character(text, length, &character);
    for (size_t i = 0; i < times; i++) {
        memcpy(typed + i * character, text, character);
    }
    memcpy(typed + times * character, text + character, length - character + 1);
    free(text);
    return typed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    enum name_scope scope = (enum name_scope)(take(&program, 1) % 3);
    char *typed = typed_of(&program);
    char *full = room();
    char *other = room();
    enum name_fault fault = name_make(typed, scope, full);
    HOLDS(strlen(full) < NAME_ROOM && name_fault_text(fault)[0] != '\0');
    if (units_of(typed) == SIZE_MAX) {
        name_companion(full, WINSHM_HOLDER, other);
        HOLDS(strlen(other) < NAME_ROOM);
        name_elsewhere(full, other);
        HOLDS(strlen(other) < NAME_ROOM);
    } else if (fault == NAME_GOOD) {
        check_good(typed, scope, full);
    } else if (fault == NAME_PREFIX_CASE) {
        HOLDS(base_of(full) != full && base_of(typed) == typed);
        HOLDS(strncmp(base_of(full), typed + (base_of(full) - full), NAME_ROOM - 8) == 0 ||
              strlen(full) == NAME_ROOM - 1);
    } else {
        HOLDS(strncmp(full, typed, NAME_ROOM - 1) == 0);
    }
    free(other);
    free(full);
    free(typed);
    return 0;
}

void fuzz_seeds(void)
{
    static const char *const words[] = {"Global\\", "Local\\",      "Session\\",        "Global",
                                        "global\\", "\xED\xA0\xBD", "\xF0\x9F\x98\x80", "\xE6\xBC\xA2"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        fuzz_word(words[i]);
    }
    fuzz_seed_text("\1\1demo");
    fuzz_seed_text("\2\1demo");
    fuzz_seed_text("\3\1Global\\demo");
    fuzz_seed_text("\3\1global\\demo");
    fuzz_seed_text("\3\1\\demo");
    fuzz_seed_text("\3\1a\\b");
    fuzz_seed_text("\2\310a");
    fuzz_seed_text("\2\310\xE6\xBC\xA2");
    fuzz_seed_text("\2\144\xF0\x9F\x98\x80");
}
