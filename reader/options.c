/* options.c - parses the command line of shmread. */
#include "reader/options.h"

#include <string.h>

#include "common/platform.h"

const char reader_options_usage[] = "Usage: shmread [OPTION]... NAME\n"
                                    "       shmread --list [OPTION]... [PATTERN]\n"
                                    "Print what is in named shared memory.\n"
                                    "\n"
                                    "What to do, if not to print NAME once:\n"
                                    "  -f, --follow            print each new value as it comes, until NAME goes away\n"
                                    "      --interval DURATION how often --follow looks (100ms)\n"
                                    "      --stat              describe NAME: sizes, times, its writer, who may read\n"
                                    "  -L, --list              list the named shared memory of this session and of\n"
                                    "                          Global\\, or what matches PATTERN (with * and ?)\n"
                                    "      --json              --stat and --list for programs\n"
                                    "  -w, --wait              first wait until NAME exists and holds something\n"
                                    "\n"
                                    "What to print:\n"
                                    "      --offset N          from byte N on: 16, 0x10, 4K\n"
                                    "  -n, --length N          at most N bytes\n"
                                    "  -z, --text              stop at the first NUL, whatever the layout says\n"
                                    "  -r, --raw               the whole memory, to its last byte\n"
                                    "      --lock MUTEX        hold MUTEX, its maker's own, while it is copied\n"
                                    "\n"
                                    "How to print it:\n"
                                    "  -e, --encoding ENC      decode it as bytes, utf-8, utf-16, ansi, oem or cpN,\n"
                                    "                          such as cp1252; the output is UTF-8 (auto)\n"
                                    "  -x, --hex               offsets, sixteen bytes a line, and their characters\n"
                                    "  -m, --message-box       show it in a message box\n"
                                    "  -o, --output FILE       write to FILE, replaced only when the read succeeded\n"
                                    "  -P, --progress          show how far a stream is\n"
                                    "\n" COMMAND_HELP "\n"
                                    "What shmwrite put there is printed byte for byte; text in UTF-16 or in a code\n"
                                    "page as UTF-8. Memory of other programs is printed as a string: up to the first\n"
                                    "NUL, from UTF-16 or, if it is not UTF-8, from the ANSI code page. NAME may begin\n"
                                    "with Global\\ or Local\\ and has no other backslash; its case matters. After --\n"
                                    "everything is NAME.\n"
                                    "\n"
                                    "Examples:\n"
                                    "  for /f \"delims=\" %v in ('shmread job.state') do echo the job is %v\n"
                                    "  shmread --list *Sens*                 what other programs publish\n"
                                    "  shmread AIDA64_SensorValues           one of them, as text\n"
                                    "  shmread --hex -n 64 MumbleLink        another, as bytes\n"
                                    "\n" EXIT_HELP;

enum { OPTION_INTERVAL = COMMAND_LONG_ONLY, OPTION_STAT, OPTION_JSON, OPTION_OFFSET, OPTION_LOCK };

static const char letters[] = COMMAND_SHORT "wfo:zrPLn:e:xm";
static const struct option long_options[] = {
    COMMAND_LONG,
    {"wait", no_argument, NULL, 'w'},
    {"follow", no_argument, NULL, 'f'},
    {"interval", required_argument, NULL, OPTION_INTERVAL},
    {"output", required_argument, NULL, 'o'},
    {"text", no_argument, NULL, 'z'},
    {"raw", no_argument, NULL, 'r'},
    {"progress", no_argument, NULL, 'P'},
    {"stat", no_argument, NULL, OPTION_STAT},
    {"list", no_argument, NULL, 'L'},
    {"json", no_argument, NULL, OPTION_JSON},
    {"offset", required_argument, NULL, OPTION_OFFSET},
    {"length", required_argument, NULL, 'n'},
    {"encoding", required_argument, NULL, 'e'},
    {"hex", no_argument, NULL, 'x'},
    {"lock", required_argument, NULL, OPTION_LOCK},
    {"message-box", no_argument, NULL, 'm'},
    {NULL, 0, NULL, 0},
};
_Static_assert(sizeof long_options / sizeof *long_options - 1 <= COMMAND_OPTIONS_MOST, "one bit each");

/* What goes with which verb: see command_check_uses(). An option that is not here goes with all of them. */
#define PRINTING (1U << VERB_PRINT | 1U << VERB_FOLLOW)
static const struct command_use uses[] = {
    {OPTION_INTERVAL, 1U << VERB_FOLLOW},
    {OPTION_JSON, 1U << VERB_STAT | 1U << VERB_LIST},
    {'w', PRINTING | 1U << VERB_STAT},
    {OPTION_OFFSET, PRINTING},
    {'n', PRINTING},
    {'z', PRINTING},
    {'r', PRINTING},
    {OPTION_LOCK, PRINTING},
    {'e', PRINTING},
    {'x', PRINTING},
    {'m', 1U << VERB_PRINT},
    {'P', PRINTING},
    {'o', 1U << VERB_PRINT | 1U << VERB_STAT | 1U << VERB_LIST},
    {0, 0},
};

/* Encodings by name, and code pages by number: those that are Unicode are known without the system. */
static bool parse_encoding(const struct report *report, const char *text, struct reader_options *options)
{
    uint32_t code_page = 0; /* none */
    options->has_encoding = true;
    if (strcmp(text, "auto") == 0) {
        options->has_encoding = false;
    } else if (strcmp(text, "bytes") == 0) {
        options->encoding.encoding = WINSHM_BYTES;
    } else if (strcmp(text, "utf-8") == 0) {
        code_page = CODE_PAGE_UTF8;
    } else if (strcmp(text, "utf-16") == 0) {
        code_page = CODE_PAGE_UTF16;
    } else if (strcmp(text, "ansi") == 0) {
        code_page = code_page_ansi();
    } else if (strcmp(text, "oem") == 0) {
        code_page = code_page_oem();
    } else {
        size_t digits = strncmp(text, "cp", 2) == 0 ? strspn(text + 2, "0123456789") : 0;
        bool is_number = digits > 0 && digits <= 5 && text[2 + digits] == '\0';
        for (size_t i = 0; is_number && i < digits; i++) {
            code_page = 10 * code_page + (uint32_t)(text[2 + i] - '0');
        }
        if (code_page == 0) {
            (void)report_usage(report, "--encoding: \"%s\" is none of auto, bytes, utf-8, utf-16, ansi, oem and cpN",
                               text);
            return false;
        }
    }

    if (code_page == CODE_PAGE_UTF8) {
        options->encoding.encoding = WINSHM_UTF8;
    } else if (code_page == CODE_PAGE_UTF16) {
        options->encoding.encoding = WINSHM_UTF16;
    } else if (code_page != 0) {
        options->encoding = (struct value_text){.encoding = WINSHM_CODE_PAGE, .code_page = code_page};
        if (!code_page_is_known(code_page)) {
            (void)report_usage(report, "--encoding: this system cannot decode code page %u piece by piece",
                               (unsigned)code_page);
            return false;
        }
    }
    return true;
}

static bool take_verb(const struct report *report, struct reader_options *options, enum reader_verb verb)
{
    if (options->verb != VERB_PRINT) {
        (void)report_usage(report, "only one of --follow, --stat and --list can be done at a time");
        return false;
    }
    options->verb = verb;
    return true;
}

static bool take(const struct report *report, struct reader_options *options, int option)
{
    switch (option) {
    case 'w':
        options->wait = true;
        break;
    case 'f':
        return take_verb(report, options, VERB_FOLLOW);
    case OPTION_STAT:
        return take_verb(report, options, VERB_STAT);
    case 'L':
        return take_verb(report, options, VERB_LIST);
    case OPTION_JSON:
        options->json = true;
        break;
    case OPTION_OFFSET:
        return command_size(report, "offset", optarg, &options->offset);
    case 'n':
        return command_size(report, "length", optarg, &options->length);
    case 'e':
        return parse_encoding(report, optarg, options);
    case 'x':
        options->hex = true;
        break;
    case OPTION_LOCK:
        return command_lock(report, optarg, options->lock);
    case 'm':
        options->message_box = true;
        break;
    case OPTION_INTERVAL:
        return command_duration(report, "interval", optarg, &options->interval);
    case 'o':
        options->output = strcmp(optarg, "-") == 0 ? NULL : optarg;
        break;
    case 'z':
        options->text = true;
        break;
    case 'P':
        options->progress = true;
        break;
    case 'r':
        options->raw = true;
        break;
    default:
        (void)report_usage(report, "--%s: nothing takes it", command_option_name(long_options, option));
        return false;
    }
    return true;
}

/* Do the options go together? */
static enum status check(const struct report *report, const struct reader_options *options, uint64_t given)
{
    static const char *const verbs[] = {[VERB_FOLLOW] = "--follow", [VERB_STAT] = "--stat", [VERB_LIST] = "--list"};
    enum status status = command_check_uses(report, long_options, given, uses, verbs, options->verb);
    if (status != EXIT_DONE) {
        return status;
    }
    if (options->raw && options->text) {
        return report_usage(report, "--raw and --text contradict each other");
    }
    if (options->hex && options->has_encoding) {
        return report_usage(report, "--hex and --encoding contradict each other");
    }
    if (options->hex && options->message_box) {
        return report_usage(report, "--hex and --message-box contradict each other");
    }
    if (options->message_box && options->output != NULL) {
        return report_usage(report, "--message-box and --output contradict each other");
    }
    if (options->interval == 0) {
        return report_usage(report, "--interval: at least 1ms");
    }
    return EXIT_DONE;
}

enum status reader_options_parse(int count, char **arguments, struct report *report, struct reader_options *options)
{
    *options = (struct reader_options){.common.timeout = CLOCK_NEVER, .interval = 100, .length = UINT64_MAX};
    uint64_t given = 0;
    int option;
    optind = 0;
    do {
        option = command_next(report, &options->common, count, arguments, letters, long_options, &given);
        if (option == COMMAND_WRONG || (option != COMMAND_END && !take(report, options, option))) {
            return EXIT_USAGE;
        }
    } while (option != COMMAND_END);
    if (options->common.help || options->common.version) {
        return EXIT_DONE;
    }

    bool lists = options->verb == VERB_LIST;
    if (options->common.operand_count < 1 && !lists) {
        return report_usage(report, "NAME is missing");
    }
    if (options->common.operand_count > 1) {
        return report_usage(report, "there is more than one %s with blanks needs quotes",
                            lists ? "PATTERN: one" : "NAME: a name");
    }
    enum status status = check(report, options, given);
    if (status != EXIT_DONE) {
        return status;
    }

    report->subject = options->common.operands[0];
    report->quiet = options->common.quiet;
    report->verbose = options->common.verbose;
    return lists ? EXIT_DONE : command_name(report, &options->common, options->name);
}
