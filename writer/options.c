/* options.c - parses the command line of shmwrite. */
#include "writer/options.h"

#include <string.h>

#include "common/platform.h"
#include "common/text/size.h"

const char writer_options_usage[] = "Usage: shmwrite [OPTION]... NAME [TEXT]\n"
                                    "Put TEXT, a file or standard input into named shared memory, and hold it there.\n"
                                    "\n"
                                    "What to do, if not to create NAME and hold it until Ctrl+C:\n"
                                    "  -d, --detach            create NAME and hold it in the background\n"
                                    "  -p, --put               update NAME if it exists, else create it and hold it\n"
                                    "                          in the background\n"
                                    "  -u, --update            replace the contents of NAME: all of it, or nothing\n"
                                    "  -S, --stream            send the input through NAME to shmread, until its end\n"
                                    "  -R, --release           make NAME's holder let go, and wait until it has\n"
                                    "\n"
                                    "What to put there:\n"
                                    "  -i, --input FILE        take the contents from FILE (- is standard input)\n"
                                    "  -c, --chomp             drop one final newline of the input\n"
                                    "  -e, --encoding ENC      store TEXT as utf-8 (the default), utf-16 or ansi;\n"
                                    "                          for input: say that it is such text\n"
                                    "      --offset N          with --update: overwrite from byte N on\n"
                                    "\n"
                                    "How to hold it:\n"
                                    "  -s, --size SIZE         make room for SIZE bytes: 4096, 0x1000, 64K, 1M, 2G\n"
                                    "                          with --stream: the ring, 1M if not given\n"
                                    "      --sealed            refuse updates: takes half the memory\n"
                                    "      --raw               no layout: exactly SIZE bytes that begin with the\n"
                                    "                          contents, for programs that expect just that; with\n"
                                    "                          --update: write into memory of another program\n"
                                    "      --hold-for DURATION let go after DURATION\n"
                                    "      --reads N           let go after N complete reads by shmread\n"
                                    "      --allow read|write  let the machine's other users read it, or update it\n"
                                    "                          too; else only this user and SYSTEM may\n"
                                    "      --sddl SDDL         say in full who may, as a security descriptor\n"
                                    "\n"
                                    "  -P, --progress          with --stream: show how far it is\n" COMMAND_HELP "\n"
                                    "The memory lives as long as a program holds it. SIZE may end in K, M, G or T\n"
                                    "(powers of 1024). NAME may begin with Global\\ or Local\\ and has no other\n"
                                    "backslash; its case matters. After -- everything is NAME and TEXT.\n"
                                    "\n"
                                    "Examples:\n"
                                    "  shmwrite --put job.state running         a value for other batch files\n"
                                    "  dir /s | shmwrite --stream listing       to: shmread --wait listing | more\n"
                                    "  shmwrite -g --put --allow read x hello   one that every user may read\n"
                                    "  shmwrite --release job.state             it is gone\n"
                                    "\n" EXIT_HELP;

enum {
    OPTION_HOLD_FOR = COMMAND_LONG_ONLY,
    OPTION_RAW,
    OPTION_OFFSET,
    OPTION_SEALED,
    OPTION_READS,
    OPTION_ALLOW,
    OPTION_SDDL,
    OPTION_BACKGROUND
};

static const char letters[] = COMMAND_SHORT "i:s:e:cdpuRSP";
static const struct option long_options[] = {
    COMMAND_LONG,
    {"detach", no_argument, NULL, 'd'},
    {"put", no_argument, NULL, 'p'},
    {"update", no_argument, NULL, 'u'},
    {"release", no_argument, NULL, 'R'},
    {"stream", no_argument, NULL, 'S'},
    {"progress", no_argument, NULL, 'P'},
    {"input", required_argument, NULL, 'i'},
    {"chomp", no_argument, NULL, 'c'},
    {"encoding", required_argument, NULL, 'e'},
    {"offset", required_argument, NULL, OPTION_OFFSET},
    {"size", required_argument, NULL, 's'},
    {"sealed", no_argument, NULL, OPTION_SEALED},
    {"raw", no_argument, NULL, OPTION_RAW},
    {"hold-for", required_argument, NULL, OPTION_HOLD_FOR},
    {"reads", required_argument, NULL, OPTION_READS},
    {"allow", required_argument, NULL, OPTION_ALLOW},
    {"sddl", required_argument, NULL, OPTION_SDDL},
    {NULL, 0, NULL, 0},
};

/*
 * What shmwrite starts itself with: see background.h. This option is known only
 * as the first word of the command line, so that no other abbreviates it.
 */
static const char background_word[] = "--background";
static const struct option background_options[] = {
    {"background", required_argument, NULL, OPTION_BACKGROUND},
    {"raw", no_argument, NULL, OPTION_RAW},
    {"hold-for", required_argument, NULL, OPTION_HOLD_FOR},
    {NULL, 0, NULL, 0},
};
_Static_assert(sizeof long_options / sizeof *long_options - 1 <= COMMAND_OPTIONS_MOST, "one bit each");

/* What goes with which verb: see command_check_uses(). An option that is not here goes with all of them. */
#define WRITING (1U << VERB_CREATE | 1U << VERB_UPDATE | 1U << VERB_PUT)
#define MAKING (1U << VERB_CREATE | 1U << VERB_PUT)
static const struct command_use uses[] = {
    {'i', WRITING | 1U << VERB_STREAM},
    {'c', WRITING},
    {'e', WRITING | 1U << VERB_STREAM},
    {'P', 1U << VERB_STREAM},
    {'d', 1U << VERB_CREATE | 1U << VERB_PUT},
    {'s', 1U << VERB_CREATE | 1U << VERB_PUT | 1U << VERB_STREAM},
    {OPTION_SEALED, 1U << VERB_CREATE | 1U << VERB_PUT},
    {OPTION_RAW, 1U << VERB_CREATE | 1U << VERB_UPDATE},
    {OPTION_OFFSET, 1U << VERB_UPDATE},
    {OPTION_HOLD_FOR, MAKING},
    {OPTION_READS, MAKING},
    {OPTION_ALLOW, 1U << VERB_CREATE | 1U << VERB_PUT | 1U << VERB_STREAM},
    {OPTION_SDDL, 1U << VERB_CREATE | 1U << VERB_PUT | 1U << VERB_STREAM},
    {0, 0},
};

static bool parse_encoding(const struct report *report, const char *text, enum text_choice *encoding)
{
    static const struct {
        const char *text;
        enum text_choice encoding;
    } names[] = {{"utf-8", TEXT_CHOICE_UTF8}, {"utf-16", TEXT_CHOICE_UTF16}, {"ansi", TEXT_CHOICE_ANSI}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(text, names[i].text) == 0) {
            *encoding = names[i].encoding;
            return true;
        }
    }
    (void)report_usage(report, "--encoding: \"%s\" is none of utf-8, utf-16 and ansi", text);
    return false;
}

static bool take_verb(const struct report *report, struct writer_options *options, enum writer_verb verb)
{
    if (options->verb != VERB_CREATE) {
        (void)report_usage(report, "only one of --put, --update, --stream and --release can be done at a time");
        return false;
    }
    options->verb = verb;
    return true;
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
    case OPTION_SEALED:
        options->sealed = true;
        return true;
    case OPTION_OFFSET:
        options->has_offset = true;
        return command_size(report, "offset", optarg, &options->offset);
    case OPTION_READS:
        if (!size_parse(optarg, &options->reads) || options->reads == 0) {
            (void)report_usage(report, "--reads: \"%s\" is not a number of reads such as 1 or 10", optarg);
            return false;
        }
        return true;
    case OPTION_ALLOW:
        options->allow = strcmp(optarg, "read") == 0    ? ALLOW_READ
                         : strcmp(optarg, "write") == 0 ? ALLOW_WRITE
                                                        : ALLOW_NOBODY;
        if (options->allow == ALLOW_NOBODY) {
            (void)report_usage(report, "--allow: \"%s\" is neither read nor write", optarg);
            return false;
        }
        return true;
    case OPTION_SDDL:
        options->sddl = optarg;
        return true;
    case OPTION_BACKGROUND:
        options->background = optarg;
        return take_verb(report, options, VERB_BACKGROUND);
    case 'd':
        options->detach = true;
        return true;
    case 'p':
        return take_verb(report, options, VERB_PUT);
    case 'u':
        return take_verb(report, options, VERB_UPDATE);
    case 'S':
        return take_verb(report, options, VERB_STREAM);
    case 'P':
        options->progress = true;
        return true;
    case 'R':
        return take_verb(report, options, VERB_RELEASE);
    default:
        (void)report_usage(report, "--%s: nothing takes it", command_option_name(long_options, option));
        return false;
    }
}

/* Do the options go together? */
static enum status check(const struct report *report, const struct writer_options *options, uint64_t given)
{
    static const char *const verbs[] = {
        [VERB_UPDATE] = "--update", [VERB_PUT] = "--put", [VERB_STREAM] = "--stream", [VERB_RELEASE] = "--release"};
    enum status status = command_check_uses(report, long_options, given, uses, verbs, options->verb);
    if (status != EXIT_DONE) {
        return status;
    }
    if (options->allow != ALLOW_NOBODY && options->sddl != NULL) {
        return report_usage(report, "--allow and --sddl contradict each other");
    }
    if (options->allow == ALLOW_WRITE && (options->sealed || options->verb == VERB_STREAM)) {
        return report_usage(report, "--allow write: nobody else can write into %s",
                            options->sealed ? "sealed memory" : "a stream");
    }
    if (options->raw && options->sealed) {
        return report_usage(report, "--raw and --sealed contradict each other");
    }
    if (options->text != NULL && command_given(long_options, given, 'i')) {
        return report_usage(report, "TEXT and --input are both given");
    }
    if (options->raw && options->reads != 0) {
        return report_usage(report, "--raw and --reads contradict each other: only a layout counts reads");
    }
    if (options->text != NULL && (options->verb == VERB_STREAM || options->verb == VERB_RELEASE)) {
        return report_usage(report, "there is nothing to do with TEXT");
    }
    if (options->text != NULL && options->chomp) {
        return report_usage(report, "--chomp is for input, and TEXT is none");
    }
    return EXIT_DONE;
}

enum status writer_options_parse(int count, char **arguments, struct report *report, struct writer_options *options)
{
    *options = (struct writer_options){.common.timeout = CLOCK_NEVER, .hold_for = CLOCK_NEVER};
    const struct option *known =
        count > 1 && strcmp(arguments[1], background_word) == 0 ? background_options : long_options;
    uint64_t given = 0;
    int option;
    optind = 0;
    do {
        option = command_next(report, &options->common, count, arguments, known == long_options ? letters : "-:", known,
                              &given);
        if (option == COMMAND_WRONG || (option != COMMAND_END && !take(report, options, option))) {
            return EXIT_USAGE;
        }
    } while (option != COMMAND_END);
    if (options->common.help || options->common.version) {
        return EXIT_DONE;
    }

    if (options->common.operand_count < 1) {
        return report_usage(report, "NAME is missing");
    }
    if (options->common.operand_count > 2) {
        return report_usage(report, "there is more than NAME and TEXT: a text with blanks needs quotes");
    }
    options->text = options->common.operands[1];
    bool is_background = known == background_options;
    if (is_background && options->text != NULL) {
        return report_usage(report, "--background is for shmwrite itself");
    }
    enum status status = is_background ? EXIT_DONE : check(report, options, given);
    if (status != EXIT_DONE) {
        return status;
    }

    report->subject = options->common.operands[0];
    report->quiet = options->common.quiet;
    report->verbose = options->common.verbose;
    return command_name(report, &options->common, options->name);
}
