/* usage_test.c - command lines that are wrong, and those that only ask for help. */
#include "common/console/version.h"
#include "common/tests/tool.h"
#include "reader/options.h"
#include "writer/options.h"

static const struct {
    const char *arguments[8];
    const char *sentence;
} wrong[] = {
    /* Both. */
    {{"shmread"}, "NAME is missing"},
    {{"shmwrite", "-q"}, "NAME is missing"},
    {{"shmread", "a", "b"}, "there is more than one NAME: a name with blanks needs quotes"},
    {{"shmread", "--list", "a", "b"}, "there is more than one PATTERN: one with blanks needs quotes"},
    {{"shmwrite", "a", "b", "c"}, "there is more than NAME and TEXT: a text with blanks needs quotes"},
    {{"shmread", "--nonsense", "a"}, "there is no option --nonsense"},
    {{"shmread", "--stta=5", "a"}, "there is no option --stta=5"},
    {{"shmread", "--t", "a"}, "--t may mean several options"},
    {{"shmread", "--wait=5", "a"}, "--wait takes no value"},
    {{"shmread", "a", "--timeout"}, "--timeout needs a value"},
    {{"shmread", "a", "-t"}, "--timeout needs a value"},
    {{"shmread", "-y", "a"}, "there is no option -y (after -- everything is NAME and TEXT)"},
    {{"shmwrite", "a", "-\xC3\xA9"}, "there is no option -\xC3\xA9 (after -- everything is NAME and TEXT)"},
    {{"shmread", "--wait", "-yx", "a"}, "there is no option -y (after -- everything is NAME and TEXT)"},
    {{"shmwrite", "--put", "-\xE6\xBC\xA2q", "a", "b"},
     "there is no option -\xE6\xBC\xA2q (after -- everything is NAME and TEXT)"},
    {{"shmread", "-q", "--quiet", "a"}, "--quiet is given twice"},
    {{"shmread", "-gl", "a"}, "--global and --local contradict each other"},
    {{"shmread", "-t", "soon", "a"}, "--timeout: \"soon\" is not a duration such as 500ms, 10s, 5m or 1h"},
    {{"shmread", ""}, "the name is empty"},
    {{"shmread", "global\\a"}, "global\\a: the case of a prefix matters: did you mean Global\\a?"},
    {{"shmwrite", "-l", "Global\\a", "b"}, "Global\\a: the prefix of the name contradicts --global or --local"},

    /* shmread. */
    {{"shmread", "-f", "--stat", "a"}, "only one of --follow, --stat and --list can be done at a time"},
    {{"shmread", "-L", "--stat"}, "only one of --follow, --stat and --list can be done at a time"},
    {{"shmread", "--json", "a"}, "--json goes only with --stat and --list"},
    {{"shmread", "--interval", "1s", "a"}, "--interval goes only with --follow"},
    {{"shmread", "--interval", "1s", "--stat", "a"}, "--interval does not go with --stat"},
    {{"shmread", "--raw", "--list"}, "--raw does not go with --list"},
    {{"shmread", "--raw", "--text", "a"}, "--raw and --text contradict each other"},
    {{"shmread", "--hex", "-e", "ansi", "a"}, "--hex and --encoding contradict each other"},
    {{"shmread", "--hex", "-m", "a"}, "--hex and --message-box contradict each other"},
    {{"shmread", "-m", "-o", "file", "a"}, "--message-box and --output contradict each other"},
    {{"shmread", "-f", "--interval", "0", "a"}, "--interval: at least 1ms"},
    {{"shmread", "--offset", "x", "a"}, "--offset: \"x\" is not a number of bytes such as 4096, 0x1000, 64K or 1M"},
    {{"shmread", "-e", "klingon", "a"},
     "--encoding: \"klingon\" is none of auto, bytes, utf-8, utf-16, ansi, oem and cpN"},
    {{"shmread", "-e", "cp123456", "a"},
     "--encoding: \"cp123456\" is none of auto, bytes, utf-8, utf-16, ansi, oem and cpN"},
    {{"shmread", "-e", "cp77", "a"}, "--encoding: this system cannot decode code page 77 piece by piece"},
    {{"shmread", "--lock", "local\\m", "a"}, "local\\m: the case of a prefix matters: did you mean Local\\m?"},

    /* shmwrite. */
    {{"shmwrite", "-e", "latin-1", "a", "b"}, "--encoding: \"latin-1\" is none of utf-8, utf-16 and ansi"},
    {{"shmwrite", "-up", "a", "b"}, "only one of --put, --update, --stream and --release can be done at a time"},
    {{"shmwrite", "-s", "0", "a", "b"}, "--size: memory of 0 bytes cannot be had"},
    {{"shmwrite", "-s", "1Q", "a", "b"}, "--size: \"1Q\" is not a number of bytes such as 4096, 0x1000, 64K or 1M"},
    {{"shmwrite", "--reads", "few", "a", "b"}, "--reads: \"few\" is not a number of reads such as 1 or 10"},
    {{"shmwrite", "--reads", "99999999999999999999", "a", "b"},
     "--reads: \"99999999999999999999\" is not a number of reads such as 1 or 10"},
    {{"shmwrite", "--b", "x", "y"}, "there is no option --b"},
    {{"shmwrite", "x", "--background", "y"}, "there is no option --background"},
    {{"shmwrite", "--background", "y"}, "NAME is missing"},
    {{"shmwrite", "--background", "y", "--reads", "1", "x"}, "there is no option --reads"},
    {{"shmwrite", "--chomp", "a", "b"}, "--chomp is for input, and TEXT is none"},
    {{"shmwrite", "--raw", "--reads", "1", "a", "b"},
     "--raw and --reads contradict each other: only a layout counts reads"},
    {{"shmwrite", "-P", "a", "b"}, "--progress goes only with --stream"},
    {{"shmwrite", "--offset", "1", "a", "b"}, "--offset goes only with --update"},
    {{"shmwrite", "--sealed", "-u", "a", "b"}, "--sealed does not go with --update"},
    {{"shmwrite", "--raw", "--sealed", "a", "b"}, "--raw and --sealed contradict each other"},
    {{"shmwrite", "-i", "file", "a", "b"}, "TEXT and --input are both given"},
    {{"shmwrite", "--release", "a", "b"}, "there is nothing to do with TEXT"},
    {{"shmwrite", "--stream", "a", "b"}, "there is nothing to do with TEXT"},
    {{"shmwrite", "--reads", "0", "a", "b"}, "--reads: \"0\" is not a number of reads such as 1 or 10"},
};

/* What a tool says to one option, with its value if it has one, and nothing else on its command line. */
static const char *said_to(const char *tool, const char *option, bool with_value)
{
    tool_reset();
    (void)RUN(2, tool, option, with_value ? "1" : NULL);
    return tool_errors(2);
}

/* A letter or a word that the help lists: it is known, it has a value if the help says so, and that is taken. */
static void check_option(const char *tool, const char *option, bool has_value)
{
    check_row(option);
    CHECK(strstr(said_to(tool, option, false), "there is no option") == NULL);
    CHECK((strstr(said_to(tool, option, false), "needs a value") != NULL) == has_value);
    CHECK(strstr(said_to(tool, option, has_value), "nothing takes it") == NULL);
}

/* Each line of the help that begins with an option: `  -o, --option VALUE  what it does`, or without `-o,` or VALUE. */
static size_t check_help(const char *tool, const char *usage)
{
    size_t count = 0;
    for (const char *line = usage; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        char letter[] = "-?";
        char word[24];
        bool has_letter = sscanf(line, "  -%c, --%20[a-z-]", &letter[1], word + 2) == 2;
        if (!has_letter && sscanf(line, "      --%20[a-z-]", word + 2) != 1) {
            continue;
        }
        memcpy(word, "--", 2);
        /* A value stands one blank behind its option; what an option does, two at the least. */
        bool has_value = strstr(line, word)[strlen(word) + 1] != ' ';
        check_option(tool, word, has_value);
        if (has_letter) {
            check_option(tool, letter, has_value);
        }
        count++;
    }
    return count;
}

int main(void)
{
    TEST("a wrong command line is told in one sentence, with status 2 and nothing done")
    {
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            char said[200];
            check_row(wrong[i].sentence);
            tool_reset();
            CHECK_EQUAL(tool_run(2, wrong[i].arguments), EXIT_USAGE);
            (void)snprintf(said, sizeof said, "%s: %s (try --help)\r\n", wrong[i].arguments[0], wrong[i].sentence);
            CHECK_TEXT(tool_errors(2), said);
            CHECK_TEXT(tool_output(2), "");
            CHECK_EQUAL(machine_leaks(), 0);
        }
    }

    TEST("each option that the help lists is known, has a value if it is said to, and is taken")
    {
        CHECK(check_help("shmread", reader_options_usage) > 20);
        CHECK(check_help("shmwrite", writer_options_usage) > 20);
    }

    TEST("whatever else is asked for, help and version are printed, and nothing is done")
    {
        static const char *const asking[][4] = {{"shmread", "--help"},    {"shmread", "/?"},
                                                {"shmread", "-?"},        {"shmwrite", "-h", "a", "b"},
                                                {"shmwrite", "a", "/?"},  {"shmread", "--list", "--help"},
                                                {"shmread", "--version"}, {"shmwrite", "-V", "name"}};
        for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) {
            const char *tool = asking[i][0];
            check_row(asking[i][1]);
            tool_reset();
            CHECK_EQUAL(tool_run(2, asking[i]), EXIT_DONE);
            CHECK_TEXT(tool_errors(2), "");
            CHECK(strncmp(tool_output(2) + (i < 6 ? 7 : 0), tool, strlen(tool)) == 0); /* "Usage: " */
            CHECK_EQUAL(machine_live_objects(), 0);
        }
    }

    TEST("the version is one line: program, version, architecture, layout and build")
    {
        static const char *const tools[] = {"shmread", "shmwrite"};
        for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
            check_row(tools[i]);
            tool_reset();
            CHECK_EQUAL(RUN(2, tools[i], "--version"), EXIT_DONE);
            char begin[64];
            (void)snprintf(begin, sizeof begin, "%s " VERSION_TEXT " (", tools[i]);
            const char *line = tool_output(2);
            CHECK(strncmp(line, begin, strlen(begin)) == 0);
            CHECK(strstr(line, ", layout 1, build ") != NULL);
            CHECK(strlen(line) > 3 && strcmp(line + strlen(line) - 3, ")\r\n") == 0);
            CHECK(strchr(line, '\n') == line + strlen(line) - 1);
        }
    }
    return check_end();
}
