/* usage_test.c - wrong command lines, --help and --version. */
#include "common/console/version.h"
#include "common/tests/tool.h"
#include "reader/options.h"
#include "writer/options.h"

#define DASH "a NAME or TEXT that begins with - comes after --"
#define NO_DECODING "none of auto, bytes, utf-8, utf-16, ansi, oem, cpN and types of numbers, u8 to f64"
#define TWO_DASHES "long options begin with two dashes: "
#define SLASH "options begin with -, and a NAME that begins with / comes after --"

#define WRONG(text, ...)                                                                                               \
    {                                                                                                                  \
        .arguments = {__VA_ARGS__}, .sentence = (text)                                                                 \
    }
#define HINTED(text, advice, ...)                                                                                      \
    {                                                                                                                  \
        .arguments = {__VA_ARGS__}, .sentence = (text), .hint = (advice)                                               \
    }
static const struct {
    const char *const arguments[10];
    const char *sentence;
    const char *hint; /* or NULL */
} wrong[] = {
    /* Both tools. */
    WRONG("NAME is missing", "shmread"),
    WRONG("NAME is missing", "shmwrite", "-q"),
    HINTED("too many arguments after NAME: \"b\" is the first", "put double quotes around a NAME with blanks",
           "shmread", "a", "b"),
    HINTED("too many arguments after PATTERN: \"b\" is the first", "put double quotes around PATTERN", "shmread",
           "--list", "a", "b", "c"),
    HINTED("too many arguments after NAME and TEXT: \"c\" is the first",
           "put double quotes around a TEXT with blanks; a TEXT with such quotes in it needs --input", "shmwrite", "a",
           "b", "c", "d"),
    HINTED("too many arguments after NAME and TEXT: \"5\" is the first",
           "the first word is NAME; the actions begin with two dashes, as --put does", "shmwrite", "put", "a", "5"),
    WRONG("there is no option --nonsense", "shmread", "--nonsense", "a"),
    WRONG("--t is ambiguous: --tap, --text, --timeout", "shmread", "--t", "a"),
    WRONG("--re is ambiguous: --release, --reads, --readers", "shmwrite", "--re=5", "a"),
    WRONG("there is no option --=5", "shmwrite", "--=5", "a"),
    HINTED("there is no option /foo", SLASH, "shmread", "/foo", "a"),
    HINTED("there is no option /put", SLASH, "shmwrite", "-q", "/put", "a", "b"),
    HINTED("there is no option --follow", "--follow is an option of shmread", "shmwrite", "--follow", "a"),
    HINTED("there is no option --put=x", "--put is an option of shmwrite", "shmread", "--put=x", "a"),
    HINTED("there is no option --lock", "--lock is called --mutex now", "shmread", "--lock", "m", "a"),
    HINTED("there is no option --lock=m", "--lock is called --mutex now", "shmread", "--lock=m", "a"),
    WRONG("there is no option --locked", "shmread", "--locked", "a"),
    HINTED("there is no option -put", TWO_DASHES "--put", "shmwrite", "-put", "a", "b"),
    HINTED("there is no option -output", TWO_DASHES "--output", "shmread", "a", "-output", "file"),
    HINTED("there is no option -help", TWO_DASHES "--help", "shmread", "-help"),
    WRONG("there is no option --releases", "shmread", "--releases", "a"),
    WRONG("--wait takes no value", "shmread", "--wait=5", "a"),
    WRONG("--timeout needs a value", "shmread", "a", "--timeout"),
    HINTED("there is no option -y", DASH, "shmread", "-y", "a"),
    HINTED("there is no option -\xC3\xA9", DASH, "shmwrite", "a", "-\xC3\xA9"),
    HINTED("there is no option -y", DASH, "shmread", "--wait", "-yx", "a"),
    HINTED("there is no option -\xE6\xBC\xA2q", DASH, "shmwrite", "--put", "-\xE6\xBC\xA2q", "a", "b"),
    WRONG("--quiet is given twice", "shmread", "-q", "--quiet", "a"),
    WRONG("--global and --local cannot be combined", "shmread", "-gl", "a"),
    WRONG("--timeout: \"soon\" is not a duration such as 500ms, 10s, 5m or 1h", "shmread", "-t", "soon", "a"),
    WRONG("--interval: \"5124095576031h\" is too long: the longest is 5124095576030h", "shmread", "-t", "99999999999h",
          "--interval", "5124095576031h", "a"),
    WRONG("--length: \"16777216T\" is too large: the largest is 18446744073709551615", "shmread", "-n", "16777216T",
          "a"),
    WRONG("--output: the name of the file is empty", "shmread", "-o", "", "a"),
    WRONG("--input: the name of the file is empty", "shmwrite", "--input=", "a"),
    WRONG("the name is empty", "shmread", ""),
    WRONG("global\\a: the case of a prefix matters: did you mean Global\\a?", "shmread", "global\\a"),
    WRONG("Global\\a: the prefix of the name contradicts --global or --local", "shmwrite", "-l", "Global\\a", "b"),

    /* shmread. */
    WRONG("give only one of --follow, --tap, --stat or --list", "shmread", "-f", "--stat", "a"),
    WRONG("--json and --hex cannot be combined", "shmread", "--json", "-x", "a"),
    WRONG("--json and a type of numbers cannot be combined", "shmread", "--json", "-e", "u8", "a"),
    WRONG("--rows needs --get", "shmread", "--rows", "1*1", "a"),
    WRONG("--get: \"u8\": @OFFSET is missing after the type", "shmread", "--get", "u8", "a"),
    WRONG("--rows: \"1\" is not COUNT*SIZE such as 3*1324", "shmread", "--get", "u8@0", "--rows", "1", "a"),
    WRONG("--get: \"x=text@1\" is beyond a row of 1 byte", "shmread", "--get", "u8@0", "--rows", "1*1", "--get",
          "x=text@1", "a"),
    WRONG("--rows: 2*8 is beyond the 15 bytes of --length", "shmread", "--get", "u8@0", "--rows", "2*8", "-n", "15",
          "a"),
    WRONG("--get: \"u32@0\" is beyond the 3 bytes of --length", "shmread", "--get", "u8@0", "--get", "u32@0", "-n", "3",
          "a"),
    WRONG("--get: --encoding is for fields of the type text, and there is none", "shmread", "--get", "u8@0", "--get",
          "utf-16@0", "-e", "bytes", "a"),
    WRONG("--get: \"x=u32@5\" is beyond a row of 8 bytes", "shmread", "--get", "u8@0", "--rows", "1*8", "--get",
          "x=u32@5", "a"),
    WRONG("--get and --hex cannot be combined", "shmread", "--get", "u8@0", "--hex", "a"),
    WRONG("--get and --text cannot be combined", "shmread", "--get", "u8@0", "--text", "a"),
    WRONG("--get and a type of numbers in --encoding cannot be combined", "shmread", "--get", "u8@0", "-e", "f32", "a"),
    WRONG("--get: a field of UTF-16 has the type utf-16, without --encoding", "shmread", "--get", "u8@0", "-e",
          "utf-16", "a"),
    WRONG("--json: two fields have the name x", "shmread", "--json", "--get", "x=u8@0", "--get", "x=u16@1", "a"),
    WRONG("--json: two fields have the name u8@0", "shmread", "--json", "--get", "u8@0", "--get=u8@0", "a"),
    WRONG("--interval goes only with --follow", "shmread", "--interval", "1s", "a"),
    WRONG("--raw and --text cannot be combined", "shmread", "--raw", "--text", "a"),
    WRONG("--hex and --encoding cannot be combined", "shmread", "--hex", "-e", "ansi", "a"),
    WRONG("--text and a type of numbers cannot be combined", "shmread", "-z", "-e", "f32", "a"),
    WRONG("--hex and --message-box cannot be combined", "shmread", "--hex", "-m", "a"),
    WRONG("--message-box and --output cannot be combined", "shmread", "-m", "-o", "file", "a"),
    WRONG("--timeout with --stat needs --wait", "shmread", "--stat", "-t", "1s", "a"),
    WRONG("--interval: 0 is too short: give 1ms or more", "shmread", "-f", "--interval", "0", "a"),
    WRONG("--offset: \"x\" is not a number of bytes such as 4096, 0x1000, 64K or 1M", "shmread", "--offset", "x", "a"),
    WRONG("--encoding: \"klingon\" is " NO_DECODING, "shmread", "-e", "klingon", "a"),
    WRONG("--encoding: \"cp123456\" is " NO_DECODING, "shmread", "-e", "cp123456", "a"),
    WRONG("--encoding: this system cannot decode code page 77", "shmread", "-e", "cp77", "a"),
    WRONG("local\\m: the case of a prefix matters: did you mean Local\\m?", "shmread", "--mutex", "local\\m", "a"),

    /* shmwrite. */
    WRONG("--encoding: \"latin-1\" is none of utf-8, utf-16, ansi and types of numbers, u8 to f64", "shmwrite", "-e",
          "latin-1", "a", "b"),
    WRONG("give only one of --put, --update, --stream or --release", "shmwrite", "-up", "a", "b"),
    WRONG("--size: memory of 0 bytes cannot be created", "shmwrite", "-s", "0", "a", "b"),
    WRONG("--pad: contents cannot be filled up to 0 bytes", "shmwrite", "--pad", "0", "a", "b"),
    WRONG("--pad is larger than --size", "shmwrite", "--pad", "9", "-s", "8", "a", "b"),
    WRONG("--size: \"1Q\" is not a number of bytes such as 4096, 0x1000, 64K or 1M", "shmwrite", "-s", "1Q", "a", "b"),
    WRONG("--reads: \"few\" is not a number of reads such as 1 or 10", "shmwrite", "--reads", "few", "a", "b"),
    WRONG("--reads: \"99999999999999999999\" is too large: the largest is 18446744073709551615", "shmwrite", "--reads",
          "99999999999999999999", "a", "b"),
    WRONG("there is no option --b", "shmwrite", "--b", "x", "y"),
    WRONG("there is no option --background", "shmwrite", "x", "--background", "y"),
    WRONG("there is no option --background=y", "shmwrite", "--background=y", "x"),
    WRONG("--background is internal and cannot be used", "shmwrite", "--background", "y", "x", "text"),
    WRONG("NAME is missing", "shmwrite", "--background", "y"),
    WRONG("--allow: \"nobody\" is neither read nor write", "shmwrite", "--allow", "nobody", "a", "b"),
    WRONG("--allow and --sddl cannot be combined", "shmwrite", "--allow", "read", "--sddl", "D:", "a", "b"),
    WRONG("--allow write: nobody else can write into a stream", "shmwrite", "--allow", "write", "--stream", "a"),
    WRONG("--allow write: nobody else can write into sealed memory", "shmwrite", "--allow", "write", "--sealed", "a",
          "b"),
    WRONG("--chomp applies to input, not to TEXT", "shmwrite", "--chomp", "a", "b"),
    WRONG("--raw and --reads cannot be combined: only a layout counts reads", "shmwrite", "--raw", "--reads", "1", "a",
          "b"),
    WRONG("--progress goes only with --stream or --lines", "shmwrite", "-P", "a", "b"),
    WRONG("--progress goes only with --stream or --lines", "shmwrite", "-p", "-P", "a", "b"),
    WRONG("--offset goes only with --update", "shmwrite", "--offset", "1", "a", "b"),
    WRONG("--raw and --sealed cannot be combined", "shmwrite", "--raw", "--sealed", "a", "b"),
    HINTED("--offset does not go with --put", "--update --offset 16 replaces a part of a value that exists", "shmwrite",
           "-p", "--offset", "0x10", "a", "b"),
    HINTED("--raw does not go with --put",
           "--detach --raw creates memory without a layout, --update --raw writes into it", "shmwrite", "-p", "--raw",
           "a", "b"),
    WRONG("--put and --detach cannot be combined: --put holds a new value in the background anyway", "shmwrite",
          "--put", "-d", "a", "b"),
    WRONG("give TEXT or --input, not both", "shmwrite", "-i", "file", "a", "b"),
    WRONG("--stream sends its input unchanged: --encoding cannot be a type of numbers", "shmwrite", "--stream", "-e",
          "f32", "a"),
    WRONG("--release takes one NAME", "shmwrite", "--release", "a", "b"),
    WRONG("--stream sends its input and takes no TEXT", "shmwrite", "--stream", "a", "b"),
    WRONG("--lines reads its input and takes no TEXT", "shmwrite", "--lines", "a", "b"),
    WRONG("--detach does not go with --lines", "shmwrite", "--lines", "-d", "a"),
    WRONG("--chomp does not go with --lines", "shmwrite", "--lines", "--put", "-c", "a"),
    WRONG("--pad does not go with --lines", "shmwrite", "--lines", "--pad", "9", "a"),
    WRONG("--sealed does not go with --lines", "shmwrite", "--lines", "--sealed", "a"),
    WRONG("--raw does not go with --lines", "shmwrite", "--lines", "--raw", "a"),
    WRONG("--reads does not go with --lines", "shmwrite", "--lines", "--put", "--reads", "2", "a"),
    WRONG("--hold-for goes with --lines only if --put is given", "shmwrite", "--lines", "--hold-for", "2s", "a"),
    WRONG("--lines stores its input unchanged: --encoding cannot be a type of numbers", "shmwrite", "--lines", "-e",
          "u8", "a"),
    WRONG("--reads: give 1 or more", "shmwrite", "--reads", "0", "a", "b"),
};

/* The options that a verb does not accept. */
static const struct {
    const char *tool;
    const char *verb;
    const char *options[16];
} refused[] = {
    {"shmread", "--follow", {"--message-box", "--output=f", "--progress"}},
    {"shmread",
     "--stat",
     {"--interval=1", "--offset=1", "--length=1", "--text", "--raw", "--mutex=m", "--encoding=oem", "--hex",
      "--message-box", "--progress", "--get=u8@0", "--rows=1*1"}},
    {"shmread",
     "--list",
     {"--interval=1", "--wait", "--offset=1", "--length=1", "--text", "--raw", "--mutex=m", "--encoding=oem", "--hex",
      "--message-box", "--progress"}},
    {"shmwrite",
     "--update",
     {"--detach", "--size=1", "--sealed", "--hold-for=1", "--reads=1", "--allow=read", "--sddl=D:", "--lines",
      "--progress"}},
    {"shmwrite",
     "--stream",
     {"--detach", "--chomp", "--pad=1", "--offset=1", "--sealed", "--raw", "--hold-for=1", "--reads=1", "--lines"}},
    {"shmwrite",
     "--release",
     {"--detach", "--input=f", "--chomp", "--encoding=ansi", "--pad=1", "--offset=1", "--size=1", "--sealed", "--raw",
      "--hold-for=1", "--reads=1", "--allow=read", "--lines", "--progress"}},
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
            for (const char *const *option = refused[i].options; *option != NULL; option++) {
                const char *arguments[] = {refused[i].tool, refused[i].verb, *option, "a", NULL};
                char sentence[100];
                (void)snprintf(sentence, sizeof sentence, "%.*s does not go with %s", (int)strcspn(*option, "="),
                               *option, refused[i].verb);
                check_refused(arguments, sentence, NULL);
            }
        }
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
