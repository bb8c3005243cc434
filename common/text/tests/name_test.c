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
    {.typed = "demo", .full = "demo"},
    {.typed = "demo", .scope = NAME_LOCAL, .full = "Local\\demo"},
    {.typed = "demo", .scope = NAME_GLOBAL, .full = "Global\\demo"},
    {.typed = "Local\\demo", .full = "Local\\demo"},
    {.typed = "Global\\demo", .full = "Global\\demo"},
    {.typed = "Global\\demo", .scope = NAME_GLOBAL, .full = "Global\\demo"},

    /* Every character but a backslash is allowed. */
    {.typed = " ", .full = " "},
    {.typed = "/x", .scope = NAME_GLOBAL, .full = "Global\\/x"},
    {.typed = "a/b:c*?\"<>|%$..", .full = "a/b:c*?\"<>|%$.."},
    {.typed = "a\nb\x01", .full = "a\nb\x01"},
    {.typed = "%s%n", .scope = NAME_LOCAL, .full = "Local\\%s%n"},
    {.typed = EMOJI, .full = EMOJI},
    {.typed = HALF_PAIR, .scope = NAME_GLOBAL, .full = "Global\\" HALF_PAIR},
    {.typed = "Globalx", .full = "Globalx"},
    {.typed = "Local/demo", .full = "Local/demo"},
    {.typed = "global", .full = "global"},
    {.typed = "Sessions", .full = "Sessions"},

    {.typed = "", .fault = NAME_EMPTY, .full = ""},
    {.typed = "Global\\", .fault = NAME_ONLY_PREFIX, .full = "Global\\"},
    {.typed = "Local\\", .fault = NAME_ONLY_PREFIX, .full = "Local\\"},
    {.typed = "a\\b", .fault = NAME_BACKSLASH, .full = "a\\b"},
    {.typed = "a\\", .fault = NAME_BACKSLASH, .full = "a\\"},
    {.typed = "Global\\a\\b", .fault = NAME_BACKSLASH, .full = "Global\\a\\b"},
    {.typed = "Global\\\\a", .fault = NAME_BACKSLASH, .full = "Global\\\\a"},
    {.typed = "Global\\Local\\a", .fault = NAME_BACKSLASH, .full = "Global\\Local\\a"},
    {.typed = "Globalx\\a", .fault = NAME_BACKSLASH, .full = "Globalx\\a"},
    {.typed = "\\a", .fault = NAME_LEADING, .full = "\\a"},
    {.typed = "\\Global\\a", .fault = NAME_LEADING, .full = "\\Global\\a"},
    {.typed = "global\\a", .fault = NAME_PREFIX_CASE, .full = "Global\\a"},
    {.typed = "GLOBAL\\a", .scope = NAME_GLOBAL, .fault = NAME_PREFIX_CASE, .full = "Global\\a"},
    {.typed = "LOCAL\\a", .fault = NAME_PREFIX_CASE, .full = "Local\\a"},
    {.typed = "Session\\1\\a", .fault = NAME_SESSION, .full = "Session\\1\\a"},
    {.typed = "Global", .fault = NAME_DIRECTORY, .full = "Global"},
    {.typed = "Local", .scope = NAME_GLOBAL, .fault = NAME_DIRECTORY, .full = "Local"},
    {.typed = "Local\\Global", .fault = NAME_DIRECTORY, .full = "Local\\Global"},
    {.typed = "Local\\a", .scope = NAME_GLOBAL, .fault = NAME_SCOPE, .full = "Local\\a"},
    {.typed = "Global\\a", .scope = NAME_LOCAL, .fault = NAME_SCOPE, .full = "Global\\a"},
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
    {.row = "200 letters", .prefix = "", .unit = "a", .count = 200},
    {.row = "201 letters", .prefix = "", .unit = "a", .count = 201, .fault = NAME_LONG},
    {.row = "200 of three bytes", .prefix = "Global\\", .unit = "\xE6\xBC\xA2", .count = 200},
    {.row = "201 of three bytes", .prefix = "Global\\", .unit = "\xE6\xBC\xA2", .count = 201, .fault = NAME_LONG},
    {.row = "an emoji counts two: 100", .prefix = "", .unit = EMOJI, .count = 100},
    {.row = "an emoji counts two: 101", .prefix = "", .unit = EMOJI, .count = 101, .fault = NAME_LONG},
    {.row = "200 half pairs", .prefix = "Global\\", .unit = HALF_PAIR, .count = 200},
    {.row = "199 letters and an emoji", .prefix = EMOJI, .unit = "a", .count = 199, .fault = NAME_LONG},
    {.row = "198 letters and an emoji", .prefix = EMOJI, .unit = "a", .count = 198},
    {.row = "much longer than there is room", .prefix = "", .unit = "a", .count = 4000, .fault = NAME_LONG},
    {.row = "and with a prefix in another case",
     .prefix = "global\\",
     .unit = "a",
     .count = 4000,
     .fault = NAME_PREFIX_CASE},
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

    TEST("two names that differ in case only are recognized")
    {
        static const struct {
            const char *one;
            const char *other;
            bool differs;
        } pairs[] = {{"demo", "DEMO", true},          {"Global\\a", "Global\\A", true},
                     {"demo", "demo", false},         {"demo", "Demo2", false},
                     {"Demo2", "demo", false},        {"", "", false},
                     {"\xC3\xA9", "\xC3\x89", false}, {"a-b", "A_B", false}};
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
            check_row(pairs[i].one);
            CHECK_EQUAL(name_differs_in_case(pairs[i].one, pairs[i].other), pairs[i].differs);
        }
    }

    return check_end();
}
