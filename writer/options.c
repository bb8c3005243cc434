#include "options.h"

#include <string.h>

#include "platform.h"

const char writer_options_usage[] =
    "Usage: shmwrite [OPTION]... NAME [TEXT]\n"
    "Put TEXT, a file or standard input into named shared memory, and hold it there.\n"
    "\n"
    "  -i, --input FILE        take the contents from FILE (- is standard input)\n"
    "  -s, --size SIZE         make room for SIZE bytes: 4096, 0x1000, 64K, 1M, 2G\n"
    "  -e, --encoding ENC      store TEXT as utf-8 (the default), utf-16 or ansi;\n"
    "                          for input: say that it is such text\n"
    "  -c, --chomp             drop one final newline of the input\n"
    "      --hold-for DURATION let go after DURATION\n"
    "      --raw               no layout: exactly SIZE bytes that begin with the\n"
    "                          contents, for programs that expect just that\n" COMMAND_HELP "\n"
    "The memory lives as long as a program holds it: shmwrite does so until Ctrl+C.\n"
    "SIZE may end in K, M, G or T (powers of 1024). NAME may begin with Global\\ or\n"
    "Local\\ and has no other backslash; its case matters. After -- everything is\n"
    "NAME and TEXT.\n"
    "\n" STATUS_HELP;

enum { OPTION_HOLD_FOR = COMMAND_LONG_ONLY, OPTION_RAW };

static const char letters[] = COMMAND_SHORT "i:s:e:c";
static const struct option long_options[] = {
    COMMAND_LONG,
    {"input", required_argument, NULL, 'i'},
    {"size", required_argument, NULL, 's'},
    {"encoding", required_argument, NULL, 'e'},
    {"chomp", no_argument, NULL, 'c'},
    {"hold-for", required_argument, NULL, OPTION_HOLD_FOR},
    {"raw", no_argument, NULL, OPTION_RAW},
    {NULL, 0, NULL, 0},
};

static bool parse_encoding(const struct report *report, const char *text, enum encoding *encoding)
{
    static const struct {
        const char *text;
        enum encoding encoding;
    } names[] = {{"utf-8", ENCODING_UTF8}, {"utf-16", ENCODING_UTF16}, {"ansi", ENCODING_ANSI}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(text, names[i].text) == 0) {
            *encoding = names[i].encoding;
            return true;
        }
    }
    (void)report_usage(report, "--encoding: \"%s\" is none of utf-8, utf-16 and ansi", text);
    return false;
}

static bool take(const struct report *report, struct writer_options *options, int option)
{
    switch (option) {
    case 'i':
        options->input = strcmp(optarg, "-") == 0 ? NULL : optarg;
        return true;
    case 's':
        if (!command_size(report, "size", optarg, &options->size)) {
            return false;
        }
        if (options->size == 0) {
            (void)report_usage(report, "--size: memory of 0 bytes cannot be had");
            return false;
        }
        return true;
    case 'e':
        return parse_encoding(report, optarg, &options->encoding);
    case 'c':
        options->chomp = true;
        return true;
    case OPTION_HOLD_FOR:
        return command_duration(report, "hold-for", optarg, &options->hold_for);
    case OPTION_RAW:
        options->raw = true;
        return true;
    default:
        return true;
    }
}

enum status writer_options_parse(int count, char **arguments, struct report *report, struct writer_options *options)
{
    *options = (struct writer_options){.common.timeout = CLOCK_NEVER, .hold_for = CLOCK_NEVER};
    uint64_t given = 0;
    int option;
    optind = 0;
    do {
        option = command_next(report, &options->common, count, arguments, letters, long_options, &given);
        if (option == COMMAND_WRONG || (option != COMMAND_END && !take(report, options, option))) {
            return STATUS_USAGE;
        }
    } while (option != COMMAND_END);
    if (options->common.help || options->common.version) {
        return STATUS_DONE;
    }

    if (options->common.operand_count < 1) {
        return report_usage(report, "NAME is missing");
    }
    if (options->common.operand_count > 2) {
        return report_usage(report, "there is more than NAME and TEXT: a text with blanks needs quotes");
    }
    options->text = options->common.operands[1];
    if (options->text != NULL && command_given(long_options, given, 'i')) {
        return report_usage(report, "TEXT and --input are both given");
    }

    report->subject = options->common.operands[0];
    report->quiet = options->common.quiet;
    report->verbose = options->common.verbose;
    return command_name(report, &options->common, options->name);
}
