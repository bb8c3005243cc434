/* name_test.c - tests of name.h: good and bad names. */
#include "common/text/name.h"

#include "common/tests/check.h"

#define HALF_PAIR "\xED\xA0\xBD" /* U+D83D, the first half of the pair of most emoji */
#define EMOJI "\xF0\x9F\x98\x80" /* U+1F600: two units of UTF-16 */

static const struct {
    const char *typed;
    enum name_scope scope;
    enum name_fault fault;
    const char *full;
} names[] = {
    {"demo", NAME_AS_TYPED, NAME_GOOD, "demo"},
    {"demo", NAME_LOCAL, NAME_GOOD, "Local\\demo"},
    {"demo", NAME_GLOBAL, NAME_GOOD, "Global\\demo"},
    {"Local\\demo", NAME_AS_TYPED, NAME_GOOD, "Local\\demo"},
    {"Local\\demo", NAME_LOCAL, NAME_GOOD, "Local\\demo"},
    {"Global\\demo", NAME_AS_TYPED, NAME_GOOD, "Global\\demo"},
    {"Global\\demo", NAME_GLOBAL, NAME_GOOD, "Global\\demo"},

    /* Every character but a backslash is allowed. */
    {"x", NAME_AS_TYPED, NAME_GOOD, "x"},
    {" ", NAME_AS_TYPED, NAME_GOOD, " "},
    {"/x", NAME_GLOBAL, NAME_GOOD, "Global\\/x"},
    {"/", NAME_AS_TYPED, NAME_GOOD, "/"},
    {"a/b:c*?\"<>|%$..", NAME_AS_TYPED, NAME_GOOD, "a/b:c*?\"<>|%$.."},
    {"..", NAME_AS_TYPED, NAME_GOOD, ".."},
    {"a\nb\x01", NAME_AS_TYPED, NAME_GOOD, "a\nb\x01"},
    {"%s%n", NAME_LOCAL, NAME_GOOD, "Local\\%s%n"},
    {EMOJI, NAME_AS_TYPED, NAME_GOOD, EMOJI},
    {HALF_PAIR, NAME_GLOBAL, NAME_GOOD, "Global\\" HALF_PAIR},
    {"Globalx", NAME_AS_TYPED, NAME_GOOD, "Globalx"},
    {"Local/demo", NAME_AS_TYPED, NAME_GOOD, "Local/demo"},
    {"global", NAME_AS_TYPED, NAME_GOOD, "global"},
    {"LOCAL", NAME_AS_TYPED, NAME_GOOD, "LOCAL"},
    {"Sessions", NAME_AS_TYPED, NAME_GOOD, "Sessions"},

    {"", NAME_AS_TYPED, NAME_EMPTY, ""},
    {"", NAME_GLOBAL, NAME_EMPTY, ""},
    {"Global\\", NAME_AS_TYPED, NAME_ONLY_PREFIX, "Global\\"},
    {"Local\\", NAME_AS_TYPED, NAME_ONLY_PREFIX, "Local\\"},
    {"Local\\", NAME_LOCAL, NAME_ONLY_PREFIX, "Local\\"},
    {"a\\b", NAME_AS_TYPED, NAME_BACKSLASH, "a\\b"},
    {"a\\", NAME_AS_TYPED, NAME_BACKSLASH, "a\\"},
    {"a\\b", NAME_GLOBAL, NAME_BACKSLASH, "a\\b"},
    {"Global\\a\\b", NAME_AS_TYPED, NAME_BACKSLASH, "Global\\a\\b"},
    {"Global\\\\a", NAME_AS_TYPED, NAME_BACKSLASH, "Global\\\\a"},
    {"Local\\\\", NAME_AS_TYPED, NAME_BACKSLASH, "Local\\\\"},
    {"Global\\Local\\a", NAME_AS_TYPED, NAME_BACKSLASH, "Global\\Local\\a"},
    {"Local\\Global\\a", NAME_AS_TYPED, NAME_BACKSLASH, "Local\\Global\\a"},
    {"Globalx\\a", NAME_AS_TYPED, NAME_BACKSLASH, "Globalx\\a"},
    {"\\a", NAME_AS_TYPED, NAME_LEADING, "\\a"},
    {"\\", NAME_AS_TYPED, NAME_LEADING, "\\"},
    {"\\Global\\a", NAME_AS_TYPED, NAME_LEADING, "\\Global\\a"},
    {"global\\a", NAME_AS_TYPED, NAME_PREFIX_CASE, "Global\\a"},
    {"GLOBAL\\a", NAME_GLOBAL, NAME_PREFIX_CASE, "Global\\a"},
    {"LOCAL\\a", NAME_AS_TYPED, NAME_PREFIX_CASE, "Local\\a"},
    {"lOCAL\\a", NAME_AS_TYPED, NAME_PREFIX_CASE, "Local\\a"},
    {"Session\\1\\a", NAME_AS_TYPED, NAME_SESSION, "Session\\1\\a"},
    {"session\\a", NAME_AS_TYPED, NAME_SESSION, "session\\a"},
    {"Global", NAME_AS_TYPED, NAME_DIRECTORY, "Global"},
    {"Local", NAME_AS_TYPED, NAME_DIRECTORY, "Local"},
    {"Session", NAME_AS_TYPED, NAME_DIRECTORY, "Session"},
    {"Local", NAME_GLOBAL, NAME_DIRECTORY, "Local"},
    {"Local\\Global", NAME_AS_TYPED, NAME_DIRECTORY, "Local\\Global"},
    {"Local\\a", NAME_GLOBAL, NAME_SCOPE, "Local\\a"},
    {"Global\\a", NAME_LOCAL, NAME_SCOPE, "Global\\a"},
};

/* Return `prefix` followed by `unit`, `count` times. */
static const char *repeated(const char *prefix, const char *unit, size_t count)
{
    static char text[4096];
    size_t length = (size_t)snprintf(text, sizeof text, "%s", prefix);
    for (size_t i = 0; i < count; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, "%s", unit);
    }
    return text;
}

static const struct {
    const char *row;
    const char *prefix;
    const char *unit;
    size_t count;
    enum name_fault fault;
} lengths[] = {
    {"200 letters", "", "a", 200, NAME_GOOD},
    {"201 letters", "", "a", 201, NAME_LONG},
    {"the prefix does not count", "Global\\", "a", 200, NAME_GOOD},
    {"201 letters after a prefix", "Local\\", "a", 201, NAME_LONG},
    {"200 of two bytes", "", "\xC3\xA9", 200, NAME_GOOD},
    {"201 of two bytes", "", "\xC3\xA9", 201, NAME_LONG},
    {"200 of three bytes", "Global\\", "\xE6\xBC\xA2", 200, NAME_GOOD},
    {"201 of three bytes", "Global\\", "\xE6\xBC\xA2", 201, NAME_LONG},
    {"an emoji counts two: 100", "", EMOJI, 100, NAME_GOOD},
    {"an emoji counts two: 101", "", EMOJI, 101, NAME_LONG},
    {"a letter and 100 emoji", "a", EMOJI, 100, NAME_LONG},
    {"200 half pairs", "Global\\", HALF_PAIR, 200, NAME_GOOD},
    {"201 half pairs", "", HALF_PAIR, 201, NAME_LONG},
    {"199 letters and an emoji", EMOJI, "a", 199, NAME_LONG},
    {"198 letters and an emoji", EMOJI, "a", 198, NAME_GOOD},
    {"much longer than there is room", "", "a", 4000, NAME_LONG},
    {"and with a prefix in another case", "global\\", "a", 4000, NAME_PREFIX_CASE},
};

int main(void)
{
    TEST("a typed name gives its full name, or its fault")
    {
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            check_row(names[i].typed);
            char full[NAME_ROOM];
            CHECK_EQUAL(name_make(names[i].typed, names[i].scope, full), names[i].fault);
            CHECK_TEXT(full, names[i].full);
        }
    }

    TEST("a name has at most 200 UTF-16 units after its prefix")
    {
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            check_row(lengths[i].row);
            const char *typed = repeated(lengths[i].prefix, lengths[i].unit, lengths[i].count);
            char full[NAME_ROOM];
            CHECK_EQUAL(name_make(typed, NAME_AS_TYPED, full), lengths[i].fault);
            if (lengths[i].fault == NAME_GOOD) {
                CHECK_TEXT(full, typed);
            }
        }
    }

    TEST("each name has a good name in the other namespace")
    {
        static const struct {
            const char *full;
            const char *elsewhere;
        } places[] = {{"a", "Global\\a"},           {"Local\\a", "Global\\a"},
                      {"Global\\a", "a"},           {"Globalx", "Global\\Globalx"},
                      {"global", "Global\\global"}, {"Global\\Sessions", "Sessions"}};
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            check_row(places[i].full);
            char elsewhere[NAME_ROOM];
            char again[NAME_ROOM];
            name_elsewhere(places[i].full, elsewhere);
            CHECK_TEXT(elsewhere, places[i].elsewhere);
            CHECK_EQUAL(name_make(elsewhere, NAME_AS_TYPED, again), NAME_GOOD);
        }
    }

    TEST("each fault has its own message, without a full stop")
    {
        for (enum name_fault fault = NAME_EMPTY; fault <= NAME_SCOPE; fault++) {
            const char *text = name_fault_text(fault);
            CHECK(strlen(text) > 10);
            CHECK(text[strlen(text) - 1] != '.');
            for (enum name_fault other = NAME_EMPTY; other < fault; other++) {
                CHECK(strcmp(text, name_fault_text(other)) != 0);
            }
        }
    }

    return check_end();
}
