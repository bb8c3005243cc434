/* pattern_test.c - which names a pattern matches. */
#include "reader/pattern.h"

#include "common/tests/check.h"

static const struct {
    const char *pattern;
    const char *name;
    bool matches;
} cases[] = {
    {"", "a", false},
    {"a", "a", true},
    {"a", "A", true},
    {"DEMO*", "demo.x", true},
    {"a", "ab", false},
    {"ab", "a", false},
    {"*", "", true},
    {"a*", "a", true},
    {"*a", "ab", false},
    {"a*c*e", "abcde", true},
    {"a*c*e", "abcdef", false},
    {"*aab*", "aaaab", true},
    {"?", "a", true},
    {"?", "", false},
    {"a?c", "abc", true},
    {"?", "\xC3\xA9", true},               /* one character of two bytes */
    {"??", "\xC3\xA9", false},             /* not two characters */
    {"?", "\xF0\x9F\x98\x80", true},       /* one character of four bytes */
    {"*??c*", "\xE6\xBC\xA2\x63z", false}, /* three bytes are one character, and not two */
    {"\xC3\x89", "\xC3\xA9", false},       /* only letters of ASCII match in either case */
    {"[a]", "[a]", true},                  /* no other character is a wildcard */
    {"x", "Global\\x", true},              /* without a backslash the prefix is ignored */
    {"Global\\*", "Global\\x", true},
    {"Global\\*", "x", false},
    {"*\\x", "x", true},
    {"*\\*\\*", "x", false}, /* a full name has only one backslash */
    {"\\x", "x", false},
    {"d?mo*", "Global\\Demo.x", true},
    {"*a*b*c", "aXbXbcXc", true}, /* the first b must not end the search */
    {"*a*b*c", "aXbXbcXcX", false},
    {"*?*?*", "a", false},
    {"l*\\*", "demo", true}, /* the full name is Local\demo */
    {"GLOBAL\\*x?", "Global\\xx\xC3\xA9", true},
    {"*x\\x", "Global\\x", false},
};

int main(void)
{
    TEST("a pattern matches whole names, with * and ?, and with or without a prefix")
    {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            check_row(cases[i].pattern);
            CHECK(pattern_matches(cases[i].pattern, cases[i].name) == cases[i].matches);
        }
    }
    TEST("a pattern with many stars is matched in a short time")
    {
        static char name[20001];
        char pattern[101];
        memset(name, 'a', sizeof name - 1);
        for (size_t i = 0; i < 100; i += 2) {
            pattern[i] = '*';
            pattern[i + 1] = 'a';
        }
        pattern[99] = 'b';
        pattern[100] = '\0';
        CHECK(!pattern_matches(pattern, name));
    }
    return check_end();
}
