/* command.h - what the command lines of both tools have in common. */
#ifndef COMMON_CONSOLE_COMMAND_H
#define COMMON_CONSOLE_COMMAND_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/console/report.h"
#include "common/text/name.h"

/* Values of long options that have no letter begin here. */
#define COMMAND_LONG_ONLY 256

/* Both tools' own options stand beside these in their tables. */
#define COMMAND_SHORT "-:glt:qvhV"
#define COMMAND_LONG                                                                                                   \
    {"global", no_argument, NULL, 'g'}, {"local", no_argument, NULL, 'l'}, {"timeout", required_argument, NULL, 't'},  \
        {"quiet", no_argument, NULL, 'q'}, {"verbose", no_argument, NULL, 'v'}, {"help", no_argument, NULL, 'h'},      \
    {                                                                                                                  \
        "version", no_argument, NULL, 'V'                                                                              \
    }
#define COMMAND_HELP                                                                                                   \
    "  -g, --global            put NAME in Global\\: visible in every session\n"                                       \
    "  -l, --local             put NAME in Local\\: this session only\n"                                               \
    "  -t, --timeout DURATION  give up waiting after DURATION: 500ms, 10s, 5m, 1h\n"                                   \
    "  -q, --quiet             say nothing on stderr: the exit status tells\n"                                         \
    "  -v, --verbose           say more on stderr\n"                                                                   \
    "  -h, --help, /?          print this and exit\n"                                                                  \
    "  -V, --version           print the version and exit\n"

/* What they fill. */
struct command {
    enum name_scope scope;
    uint64_t timeout; /* milliseconds; CLOCK_NEVER: none */
    bool quiet;
    bool verbose;
    bool help;
    bool version;
    const char *operands[2]; /* as typed; NULL where there are fewer */
    int operand_count;       /* may be more */
};

/* How many options a tool may have: `given` below has a bit for each. */
#define COMMAND_OPTIONS_MOST 64

enum { COMMAND_END = -1, COMMAND_WRONG = -2 };

/*
 * The value of the next option that is the tool's own, with its argument in `optarg`; COMMAND_END; COMMAND_WRONG when
 * something was said about a wrong one. Set optind to 0 and zero `command` but for the timeout and *given before the
 * first call. Operands may stand anywhere; after `--` all are. `/?` and `-?` ask for help. Each option is given once:
 * *given has a bit for each place in `options`.
 */
int command_next(const struct report *report, struct command *command, int count, char **arguments, const char *letters,
                 const struct option *options, uint64_t *given);

/* The long name of the option with this value. */
const char *command_option_name(const struct option *options, int value);

/* With which verbs an option goes: a bit for each. A table of them ends with one of no verbs. */
struct command_use {
    int option;
    unsigned verbs;
};

/*
 * Does each option that was given go with `verb`? One that would do nothing is refused: whoever gave it expects
 * something of it. `verbs` are the options that ask for each verb, the first NULL: that is the verb without any.
 */
enum status command_check_uses(const struct report *report, const struct option *options, uint64_t given,
                               const struct command_use *uses, const char *const verbs[], unsigned verb);

/* Was the option with this value given? */
bool command_given(const struct option *options, uint64_t given, int value);

/* Parse an argument, or say what is wrong with it and return false. `option` is its long name. */
bool command_size(const struct report *report, const char *option, const char *text, uint64_t *bytes);
bool command_duration(const struct report *report, const char *option, const char *text, uint64_t *milliseconds);

/* The full name of a mutex, in the namespace that it is typed with. */
bool command_lock(const struct report *report, const char *typed, char full[NAME_ROOM]);

/* Print what --version prints. Returns as report_print does. */
enum status command_print_version(const struct report *report);

/* Make NAME of the first operand, or say what is wrong with it. */
enum status command_name(const struct report *report, const struct command *command, char full[NAME_ROOM]);

#endif
