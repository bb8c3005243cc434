/* usage_test.c - wrong command lines, --help and --version. */
#include "common/console/version.h"
#include "common/tests/tool.h"
#include "reader/options.h"
#include "writer/options.h"

#define DASH "a NAME or TEXT that begins with - comes after --"
#define SLASH "options begin with -, and a NAME that begins with / comes after --"

static const struct {
    const char *const arguments[10];
    const char *sentence;
    const char *hint; /* or NULL */
} wrong[] = {
    /* Both tools. */
    {.arguments = {"shmread"}, .sentence = "NAME is missing"},
    {.arguments = {"shmwrite", "-q"}, .sentence = "NAME is missing"},
    {.arguments = {"shmread", "a", "b"},
     .sentence = "too many arguments after NAME: \"b\" is the first",
     .hint = "put double quotes around a NAME with blanks"},
    {.arguments = {"shmread", "--list", "a", "b", "c"},
     .sentence = "too many arguments after PATTERN: \"b\" is the first",
     .hint = "put double quotes around PATTERN"},
    {.arguments = {"shmwrite", "a", "b", "c", "d"},
     .sentence = "too many arguments after NAME and TEXT: \"c\" is the first",
     .hint = "put double quotes around a TEXT with blanks; a TEXT with such quotes in it needs --input"},
    {.arguments = {"shmread", "--nonsense", "a"}, .sentence = "there is no option --nonsense"},
    {.arguments = {"shmread", "--stta=5", "a"}, .sentence = "there is no option --stta=5"},
    {.arguments = {"shmread", "--t", "a"}, .sentence = "--t is ambiguous: --text, --timeout"},
    {.arguments = {"shmwrite", "--re=5", "a"}, .sentence = "--re is ambiguous: --release, --reads"},
    {.arguments = {"shmwrite", "--=5", "a"}, .sentence = "there is no option --=5"},
    {.arguments = {"shmread", "/foo", "a"}, .sentence = "there is no option /foo", .hint = SLASH},
    {.arguments = {"shmwrite", "-q", "/put", "a", "b"}, .sentence = "there is no option /put", .hint = SLASH},
    {.arguments = {"shmwrite", "--follow", "a"},
     .sentence = "there is no option --follow",
     .hint = "--follow is an option of shmread"},
    {.arguments = {"shmread", "--put=x", "a"},
     .sentence = "there is no option --put=x",
     .hint = "--put is an option of shmwrite"},
    {.arguments = {"shmread", "--lock", "m", "a"},
     .sentence = "there is no option --lock",
     .hint = "--lock is called --mutex now"},
    {.arguments = {"shmread", "--lock=m", "a"},
     .sentence = "there is no option --lock=m",
     .hint = "--lock is called --mutex now"},
    {.arguments = {"shmread", "--locked", "a"}, .sentence = "there is no option --locked"},
    {.arguments = {"shmwrite", "-put", "a", "b"},
     .sentence = "there is no option -put",
     .hint = "long options begin with two dashes: --put"},
    {.arguments = {"shmread", "a", "-output", "file"},
     .sentence = "there is no option -output",
     .hint = "long options begin with two dashes: --output"},
    {.arguments = {"shmread", "-help"},
     .sentence = "there is no option -help",
     .hint = "long options begin with two dashes: --help"},
    {.arguments = {"shmread", "--releases", "a"}, .sentence = "there is no option --releases"},
    {.arguments = {"shmread", "--wait=5", "a"}, .sentence = "--wait takes no value"},
    {.arguments = {"shmread", "a", "--timeout"}, .sentence = "--timeout needs a value"},
    {.arguments = {"shmread", "-y", "a"}, .sentence = "there is no option -y", .hint = DASH},
    {.arguments = {"shmwrite", "a", "-\xC3\xA9"}, .sentence = "there is no option -\xC3\xA9", .hint = DASH},
    {.arguments = {"shmread", "--wait", "-yx", "a"}, .sentence = "there is no option -y", .hint = DASH},
    {.arguments = {"shmwrite", "--put", "-\xE6\xBC\xA2q", "a", "b"},
     .sentence = "there is no option -\xE6\xBC\xA2q",
     .hint = DASH},
    {.arguments = {"shmread", "-q", "--quiet", "a"}, .sentence = "--quiet is given twice"},
    {.arguments = {"shmread", "-gl", "a"}, .sentence = "--global and --local cannot be combined"},
    {.arguments = {"shmread", "-t", "soon", "a"},
     .sentence = "--timeout: \"soon\" is not a duration such as 500ms, 10s, 5m or 1h"},
    {.arguments = {"shmread", "-t", "99999999999h", "--interval", "5124095576031h", "a"},
     .sentence = "--interval: \"5124095576031h\" is too long: the longest is 5124095576030h"},
    {.arguments = {"shmread", "-n", "16777216T", "a"},
     .sentence = "--length: \"16777216T\" is too large: the largest is 18446744073709551615"},
    {.arguments = {"shmread", "-o", "", "a"}, .sentence = "--output: the name of the file is empty"},
    {.arguments = {"shmwrite", "--input=", "a"}, .sentence = "--input: the name of the file is empty"},
    {.arguments = {"shmread", ""}, .sentence = "the name is empty"},
    {.arguments = {"shmread", "global\\a"},
     .sentence = "global\\a: the case of a prefix matters: did you mean Global\\a?"},
    {.arguments = {"shmwrite", "-l", "Global\\a", "b"},
     .sentence = "Global\\a: the prefix of the name contradicts --global or --local"},

    /* shmread. */
    {.arguments = {"shmread", "-f", "--stat", "a"}, .sentence = "give only one of --follow, --stat and --list"},
    {.arguments = {"shmread", "--json", "-x", "a"}, .sentence = "--json and --hex cannot be combined"},
    {.arguments = {"shmread", "--json", "-e", "u8", "a"},
     .sentence = "--json and a type of numbers cannot be combined"},
    {.arguments = {"shmread", "--rows", "1*1", "a"}, .sentence = "--rows needs --get"},
    {.arguments = {"shmread", "--get", "u8", "a"}, .sentence = "--get: \"u8\": @OFFSET is missing after the type"},
    {.arguments = {"shmread", "--get", "u8@0", "--rows", "1", "a"},
     .sentence = "--rows: \"1\" is not COUNT*SIZE such as 3*1324"},
    {.arguments = {"shmread", "--get", "u8@0", "--rows", "1*1", "--get", "x=text@1", "a"},
     .sentence = "--get: \"x=text@1\" is beyond a row of 1 byte"},
    {.arguments = {"shmread", "--get", "u8@0", "--rows", "2*8", "-n", "15", "a"},
     .sentence = "--rows: 2*8 is beyond the 15 bytes of --length"},
    {.arguments = {"shmread", "--get", "u8@0", "--get", "u32@0", "-n", "3", "a"},
     .sentence = "--get: \"u32@0\" is beyond the 3 bytes of --length"},
    {.arguments = {"shmread", "--get", "u8@0", "--get", "utf-16@0", "-e", "bytes", "a"},
     .sentence = "--get: --encoding is for fields of the type text, and there is none"},
    {.arguments = {"shmread", "--get", "u8@0", "--rows", "1*8", "--get", "x=u32@5", "a"},
     .sentence = "--get: \"x=u32@5\" is beyond a row of 8 bytes"},
    {.arguments = {"shmread", "--get", "u8@0", "--hex", "a"}, .sentence = "--get and --hex cannot be combined"},
    {.arguments = {"shmread", "--get", "u8@0", "--text", "a"}, .sentence = "--get and --text cannot be combined"},
    {.arguments = {"shmread", "--get", "u8@0", "-e", "f32", "a"},
     .sentence = "--get and a type of numbers in --encoding cannot be combined"},
    {.arguments = {"shmread", "--get", "u8@0", "-e", "utf-16", "a"},
     .sentence = "--get: a field of UTF-16 has the type utf-16, without --encoding"},
    {.arguments = {"shmread", "--json", "--get", "x=u8@0", "--get", "x=u16@1", "a"},
     .sentence = "--json: two fields have the name x"},
    {.arguments = {"shmread", "--json", "--get", "u8@0", "--get=u8@0", "a"},
     .sentence = "--json: two fields have the name u8@0"},
    {.arguments = {"shmread", "--interval", "1s", "a"}, .sentence = "--interval goes only with --follow"},
    {.arguments = {"shmread", "--raw", "--text", "a"}, .sentence = "--raw and --text cannot be combined"},
    {.arguments = {"shmread", "--hex", "-e", "ansi", "a"}, .sentence = "--hex and --encoding cannot be combined"},
    {.arguments = {"shmread", "--hex", "-e", "u8", "a"}, .sentence = "--hex and --encoding cannot be combined"},
    {.arguments = {"shmread", "-z", "-e", "f32", "a"}, .sentence = "--text and a type of numbers cannot be combined"},
    {.arguments = {"shmread", "--hex", "-m", "a"}, .sentence = "--hex and --message-box cannot be combined"},
    {.arguments = {"shmread", "-m", "-o", "file", "a"}, .sentence = "--message-box and --output cannot be combined"},
    {.arguments = {"shmread", "--stat", "-t", "1s", "a"}, .sentence = "--timeout with --stat needs --wait"},
    {.arguments = {"shmread", "-f", "--interval", "0", "a"},
     .sentence = "--interval: 0 is too short: give 1ms or more"},
    {.arguments = {"shmread", "--offset", "x", "a"},
     .sentence = "--offset: \"x\" is not a number of bytes such as 4096, 0x1000, 64K or 1M"},
    {.arguments = {"shmread", "-e", "klingon", "a"},
     .sentence = "--encoding: \"klingon\" is none of auto, bytes, utf-8, utf-16, ansi, oem, cpN and types of numbers, "
                 "u8 to f64"},
    {.arguments = {"shmread", "-e", "cp123456", "a"},
     .sentence = "--encoding: \"cp123456\" is none of auto, bytes, utf-8, utf-16, ansi, oem, cpN and types of numbers, "
                 "u8 to f64"},
    {.arguments = {"shmread", "-e", "cp77", "a"}, .sentence = "--encoding: this system cannot decode code page 77"},
    {.arguments = {"shmread", "--mutex", "local\\m", "a"},
     .sentence = "local\\m: the case of a prefix matters: did you mean Local\\m?"},

    /* shmwrite. */
    {.arguments = {"shmwrite", "-e", "latin-1", "a", "b"},
     .sentence = "--encoding: \"latin-1\" is none of utf-8, utf-16, ansi and types of numbers, u8 to f64"},
    {.arguments = {"shmwrite", "-up", "a", "b"},
     .sentence = "give only one of --put, --update, --stream and --release"},
    {.arguments = {"shmwrite", "-s", "0", "a", "b"}, .sentence = "--size: memory of 0 bytes cannot be created"},
    {.arguments = {"shmwrite", "--pad", "0", "a", "b"}, .sentence = "--pad: contents cannot be filled up to 0 bytes"},
    {.arguments = {"shmwrite", "--pad", "9", "-s", "8", "a", "b"}, .sentence = "--pad is larger than --size"},
    {.arguments = {"shmwrite", "-s", "1Q", "a", "b"},
     .sentence = "--size: \"1Q\" is not a number of bytes such as 4096, 0x1000, 64K or 1M"},
    {.arguments = {"shmwrite", "--reads", "few", "a", "b"},
     .sentence = "--reads: \"few\" is not a number of reads such as 1 or 10"},
    {.arguments = {"shmwrite", "--reads", "99999999999999999999", "a", "b"},
     .sentence = "--reads: \"99999999999999999999\" is too large: the largest is 18446744073709551615"},
    {.arguments = {"shmwrite", "--b", "x", "y"}, .sentence = "there is no option --b"},
    {.arguments = {"shmwrite", "x", "--background", "y"}, .sentence = "there is no option --background"},
    {.arguments = {"shmwrite", "--background=y", "x"}, .sentence = "there is no option --background=y"},
    {.arguments = {"shmwrite", "--background", "y", "x", "text"},
     .sentence = "--background is internal and cannot be used"},
    {.arguments = {"shmwrite", "--background", "y"}, .sentence = "NAME is missing"},
    {.arguments = {"shmwrite", "--allow", "nobody", "a", "b"},
     .sentence = "--allow: \"nobody\" is neither read nor write"},
    {.arguments = {"shmwrite", "--allow", "read", "--sddl", "D:", "a", "b"},
     .sentence = "--allow and --sddl cannot be combined"},
    {.arguments = {"shmwrite", "--allow", "write", "--stream", "a"},
     .sentence = "--allow write: nobody else can write into a stream"},
    {.arguments = {"shmwrite", "--allow", "write", "--sealed", "a", "b"},
     .sentence = "--allow write: nobody else can write into sealed memory"},
    {.arguments = {"shmwrite", "--chomp", "a", "b"}, .sentence = "--chomp applies to input, not to TEXT"},
    {.arguments = {"shmwrite", "--raw", "--reads", "1", "a", "b"},
     .sentence = "--raw and --reads cannot be combined: only a layout counts reads"},
    {.arguments = {"shmwrite", "-P", "a", "b"}, .sentence = "--progress goes only with --stream"},
    {.arguments = {"shmwrite", "--offset", "1", "a", "b"}, .sentence = "--offset goes only with --update"},
    {.arguments = {"shmwrite", "--raw", "--sealed", "a", "b"}, .sentence = "--raw and --sealed cannot be combined"},
    {.arguments = {"shmwrite", "-p", "--offset", "0x10", "a", "b"},
     .sentence = "--offset does not go with --put",
     .hint = "--update --offset 16 replaces a part of a value that exists"},
    {.arguments = {"shmwrite", "-p", "--raw", "a", "b"},
     .sentence = "--raw does not go with --put",
     .hint = "--detach --raw creates memory without a layout, --update --raw writes into it"},
    {.arguments = {"shmwrite", "--put", "-d", "a", "b"},
     .sentence = "--put and --detach cannot be combined: --put holds a new value in the background anyway"},
    {.arguments = {"shmwrite", "-i", "file", "a", "b"}, .sentence = "give TEXT or --input, not both"},
    {.arguments = {"shmwrite", "-i", "-", "a", "b"}, .sentence = "give TEXT or --input, not both"},
    {.arguments = {"shmwrite", "--stream", "-e", "f32", "a"},
     .sentence = "--stream sends its input unchanged: --encoding cannot be a type of numbers"},
    {.arguments = {"shmwrite", "--release", "a", "b"}, .sentence = "--release takes no TEXT"},
    {.arguments = {"shmwrite", "--stream", "a", "b"}, .sentence = "--stream sends its input and takes no TEXT"},
    {.arguments = {"shmwrite", "--reads", "0", "a", "b"}, .sentence = "--reads: give 1 or more"},
};

/* The options that a verb does not accept. */
static const struct {
    const char *tool;
    const char *verb;
    const char *options[16];
} refused[] = {
    {.tool = "shmread", .verb = "--follow", .options = {"--message-box", "--output=f", "--progress"}},
    {.tool = "shmread",
     .verb = "--stat",
     .options = {"--interval=1", "--offset=1", "--length=1", "--text", "--raw", "--mutex=m", "--encoding=oem", "--hex",
                 "--message-box", "--progress", "--get=u8@0", "--rows=1*1"}},
    {.tool = "shmread",
     .verb = "--list",
     .options = {"--interval=1", "--wait", "--offset=1", "--length=1", "--text", "--raw", "--mutex=m", "--encoding=oem",
                 "--hex", "--message-box", "--progress"}},
    {.tool = "shmwrite", .verb = "--put", .options = {"--progress"}},
    {.tool = "shmwrite",
     .verb = "--update",
     .options = {"--detach", "--size=1", "--sealed", "--hold-for=1", "--reads=1", "--allow=read",
                 "--sddl=D:", "--progress"}},
    {.tool = "shmwrite",
     .verb = "--stream",
     .options = {"--detach", "--chomp", "--pad=1", "--offset=1", "--sealed", "--raw", "--hold-for=1", "--reads=1"}},
    {.tool = "shmwrite",
     .verb = "--release",
     .options = {"--detach", "--input=f", "--chomp", "--encoding=ansi", "--pad=1", "--offset=1", "--size=1", "--sealed",
                 "--raw", "--hold-for=1", "--reads=1", "--allow=read", "--progress"}},
};

/*
 * Check that a command line is refused with this sentence, this hint unless it
 * is NULL, and nothing else.
 */
static void check_refused(const char *const arguments[], const char *sentence, const char *hint)
{
    char line[300];
    char hint_line[150] = "";
    check_row(sentence);
    tool_reset();
    CHECK_EQUAL(tool_run(2, arguments), EXIT_USAGE);
    if (hint != NULL) {
        (void)snprintf(hint_line, sizeof hint_line, "%s: hint: %s\r\n", arguments[0], hint);
    }
    (void)snprintf(line, sizeof line, "%s: %s (try --help)\r\n%s", arguments[0], sentence, hint_line);
    CHECK_TEXT(tool_errors(2), line);
    CHECK_TEXT(tool_output(2), "");
    CHECK_EQUAL(machine_leaks(), 0);
}

/*
 * Check that the tool accepts its options by name and by letter, and which of
 * them have a value.
 */
static void check_known(const char *tool, const struct command_table *table)
{
    const struct command_option *row;
    for (size_t place = 0; (row = command_row(table, place)) != NULL; place++) {
        char name[40];
        char letter[] = {'-', row->letter, '\0'};
        check_row(row->name);
        (void)snprintf(name, sizeof name, "--%s", row->name);
        for (int by_letter = 0; by_letter <= (row->letter != '\0'); by_letter++) {
            tool_reset();
            (void)RUN(2, tool, by_letter ? letter : name); /* and no NAME */
            CHECK(strstr(tool_errors(2), "there is no option") == NULL);
            CHECK((strstr(tool_errors(2), "needs a value") != NULL) == command_has_value(row));
        }
    }
}

static bool has_option(const struct command_table *table, const char *name)
{
    const struct command_option *row;
    for (size_t place = 0; (row = command_row(table, place)) != NULL; place++) {
        if (strcmp(row->name, name) == 0) {
            return true;
        }
    }
    return false;
}

/*
 * Check that `table` lists, as options of the other tool, the options that only
 * `other` has.
 */
static void check_other_options(const struct command_table *table, const struct command_table *other)
{
    const struct command_option *row;
    size_t length = 1;
    for (size_t place = 0; (row = command_row(other, place)) != NULL; place++) {
        if (!has_option(table, row->name)) {
            char between_blanks[40];
            check_row(row->name);
            (void)snprintf(between_blanks, sizeof between_blanks, " %s ", row->name);
            CHECK(strstr(table->other_options, between_blanks) != NULL);
            length += strlen(row->name) + 1;
        }
    }
    CHECK_EQUAL(strlen(table->other_options), length); /* and no others */
}

int main(void)
{
    TEST("a wrong command line is reported in one sentence, with status 2 and nothing done")
    {
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            check_refused(wrong[i].arguments, wrong[i].sentence, wrong[i].hint);
        }
    }

    TEST("an option is refused with a verb that does not accept it")
    {
        for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
            for (const char *const *option = refused[i].options; option < refused[i].options + 16 && *option;
                 option++) {
                const char *arguments[] = {refused[i].tool, refused[i].verb, *option, "a", NULL};
                char sentence[100];
                (void)snprintf(sentence, sizeof sentence, "%.*s does not go with %s", (int)strcspn(*option, "="),
                               *option, refused[i].verb);
                check_refused(arguments, sentence, NULL);
            }
        }
    }

    TEST("each option is accepted by its name and by its letter")
    {
        check_known("shmread", &reader_options_table);
        check_known("shmwrite", &writer_options_table);
    }

    TEST("each tool knows the options that only the other tool has")
    {
        check_other_options(&writer_options_table, &reader_options_table);
        check_other_options(&reader_options_table, &writer_options_table);
    }

    TEST("--help and --version are printed, and nothing else is done")
    {
        static const char *const asking[][4] = {{"shmread", "--help"},    {"shmread", "/?"},
                                                {"shmread", "-?"},        {"shmwrite", "-h", "a", "b"},
                                                {"shmwrite", "a", "/?"},  {"shmread", "--list", "--help"},
                                                {"shmread", "/h"},        {"shmread", "/help"},
                                                {"shmread", "/H"},        {"shmwrite", "/HELP"},
                                                {"shmwrite", "/h", "a"},  {"shmwrite", "/Help"},
                                                {"shmread", "--version"}, {"shmwrite", "-V", "name"}};
        for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) {
            const char *tool = asking[i][0];
            check_row(asking[i][1]);
            tool_reset();
            CHECK_EQUAL(tool_run(2, asking[i]), EXIT_DONE);
            CHECK_TEXT(tool_errors(2), "");
            CHECK(strncmp(tool_output(2) + (i < 12 ? 7 : 0), tool, strlen(tool)) == 0); /* "Usage: " */
            CHECK_EQUAL(machine_live_objects(), 0);
        }
    }

    TEST("/h and /help are TEXT behind NAME, and a NAME that begins with / comes after --")
    {
        static const char *const texts[] = {"/h", "/HELP", "/put"};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            check_row(texts[i]);
            tool_reset();
            CHECK_EQUAL(RUN(2, "shmwrite", "--put", "a", texts[i]), EXIT_DONE);
            CHECK(tool_finds("a", texts[i]));
            CHECK_EQUAL(RUN(2, "shmwrite", "--put", "--", texts[i], "text"), EXIT_DONE);
            CHECK_EQUAL(RUN(3, "shmread", "--", texts[i]), EXIT_DONE);
            CHECK_TEXT(tool_output(3), "text");
        }
    }

    TEST("--version prints one line: program, version, architecture, layout and build")
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
