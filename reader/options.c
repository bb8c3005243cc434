#include "options.h"

#include <string.h>

#include "platform.h"

const char reader_options_usage[] =
    "Usage: shmread [OPTION]... NAME\n"
    "Print what is in named shared memory.\n"
    "\n"
    "  -w, --wait              wait until NAME exists and holds something\n"
    "  -f, --follow            print each new value as it comes, until NAME goes away\n"
    "      --interval DURATION how often --follow looks (100ms)\n"
    "  -o, --output FILE       write to FILE, replaced only when the read succeeded\n"
    "  -z, --text              stop at the first NUL, whatever the layout says\n"
    "  -r, --raw               print the whole memory, to its last byte\n"
    "  -P, --progress          show how far a stream is\n" COMMAND_HELP "\n"
    "What shmwrite put there is printed byte for byte; text in UTF-16 or in a code\n"
    "page as UTF-8. Memory of other programs is printed as a string: up to the first\n"
    "NUL, as UTF-8 if it is UTF-16. NAME may begin with Global\\ or Local\\ and has no\n"
    "other backslash; its case matters. After -- everything is NAME.\n"
    "\n" STATUS_HELP;

enum { OPTION_INTERVAL = COMMAND_LONG_ONLY };

static const char letters[] = COMMAND_SHORT "wfo:zrP";
static const struct option long_options[] = {
    COMMAND_LONG,
    {"wait", no_argument, NULL, 'w'},
    {"follow", no_argument, NULL, 'f'},
    {"interval", required_argument, NULL, OPTION_INTERVAL},
    {"output", required_argument, NULL, 'o'},
    {"text", no_argument, NULL, 'z'},
    {"raw", no_argument, NULL, 'r'},
    {"progress", no_argument, NULL, 'P'},
    {NULL, 0, NULL, 0},
};

static bool take(const struct report *report, struct reader_options *options, int option)
{
    switch (option) {
    case 'w':
        options->wait = true;
        break;
    case 'f':
        options->follow = true;
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
        break;
    }
    return true;
}

enum status reader_options_parse(int count, char **arguments, struct report *report, struct reader_options *options)
{
    *options = (struct reader_options){.common.timeout = CLOCK_NEVER, .interval = 100};
    uint64_t given = 0;
    int option;
    optind = 0;
    do {
        option = command_next(report, &options->common, count, arguments, letters, long_options, &given);
        if (option == COMMAND_WRONG || !take(report, options, option)) {
            return STATUS_USAGE;
        }
    } while (option != COMMAND_END);
    if (options->common.help || options->common.version) {
        return STATUS_DONE;
    }

    if (options->common.operand_count < 1) {
        return report_usage(report, "NAME is missing");
    }
    if (options->common.operand_count > 1) {
        return report_usage(report, "there is more than one NAME: a name with blanks needs quotes");
    }
    if (options->raw && options->text) {
        return report_usage(report, "--raw and --text contradict each other");
    }
    if (options->follow && options->output != NULL) {
        return report_usage(report, "--follow writes to standard output, not to a file");
    }
    if (command_given(long_options, given, OPTION_INTERVAL) && (!options->follow || options->interval == 0)) {
        return report_usage(report,
                            options->follow ? "--interval: at least 1ms" : "--interval goes only with --follow");
    }

    report->subject = options->common.operands[0];
    report->quiet = options->common.quiet;
    report->verbose = options->common.verbose;
    return command_name(report, &options->common, options->name);
}
