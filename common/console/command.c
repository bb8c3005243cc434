/* command.c - parses the options that both command lines have, and reports wrong ones. */
#include "common/console/command.h"

#include <stdio.h>
#include <string.h>

#include "common/console/version.h"
#include "common/text/duration.h"
#include "common/text/size.h"

static void take_operand(struct command *command, const char *operand)
{
    if (command->operand_count < 2) {
        command->operands[command->operand_count] = operand;
    }
    command->operand_count++;
}

static int place_of(const struct option *options, int value)
{
    int place = 0;
    while (options[place].name != NULL && options[place].val != value) {
        place++;
    }
    return place;
}

const char *command_option_name(const struct option *options, int value)
{
    return options[place_of(options, value)].name;
}

bool command_given(const struct option *options, uint64_t given, int value)
{
    return (given >> place_of(options, value) & 1) != 0;
}

/* What an option goes with that does not go without: "--a, --b and --c". */
static void list_verbs(unsigned set, const char *const verbs[], char *text, size_t room)
{
    size_t length = 0;
    text[0] = '\0';
    for (unsigned verb = 1; set >> verb != 0 && length < room; verb++) {
        if ((set >> verb & 1) != 0) {
            const char *between = length == 0 ? "" : set >> verb == 1 ? " and " : ", ";
            length += (size_t)snprintf(text + length, room - length, "%s%s", between, verbs[verb]);
        }
    }
}

enum status command_check_uses(const struct report *report, const struct option *options, uint64_t given,
                               const struct command_use *uses, const char *const verbs[], unsigned verb)
{
    for (const struct command_use *use = uses; use->verbs != 0; use++) {
        if (command_given(options, given, use->option) && (use->verbs >> verb & 1) == 0) {
            const char *name = command_option_name(options, use->option);
            char list[128];
            if (verbs[verb] != NULL) {
                return report_usage(report, "--%s does not go with %s", name, verbs[verb]);
            }
            list_verbs(use->verbs, verbs, list, sizeof list);
            return report_usage(report, "--%s goes only with %s", name, list);
        }
    }
    return EXIT_DONE;
}

/* ---- One option after the other ---------------------------------------------------------------------------------- */

/* getopt returned '?' or ':': say why. */
static int wrong(const struct report *report, int found, char **arguments, const struct option *options)
{
    const char *words = arguments[optind - 1]; /* what it stopped at, unless that is one of several letters */
    const struct option *option = options;
    if (found == '?' && optopt != 0 && options[place_of(options, optopt)].name == NULL) {
        /* A character of several bytes is several letters to getopt, which stays at their word until the last. */
        char letter[] = {'-', (char)optopt, '\0'};
        (void)report_usage(report, "there is no option %s (after -- everything is NAME and TEXT)",
                           (unsigned)optopt < 0x80 ? letter : arguments[optind]);
    } else if (strncmp(words, "--", 2) == 0) {
        size_t length = strcspn(words + 2, "=");
        int matches = 0;
        bool exact = false;
        for (const struct option *o = options; o->name != NULL && !exact; o++) {
            if (strncmp(o->name, words + 2, length) == 0) {
                exact = strlen(o->name) == length;
                matches = exact ? 1 : matches + 1;
                option = o;
            }
        }
        if (matches == 0) {
            (void)report_usage(report, "there is no option %s", words);
        } else if (matches > 1) {
            (void)report_usage(report, "%s may mean several options", words);
        } else if (words[2 + length] == '=') {
            (void)report_usage(report, "--%s takes no value", option->name);
        } else {
            (void)report_usage(report, "--%s needs a value", option->name);
        }
    } else {
        (void)report_usage(report, "--%s needs a value", options[place_of(options, optopt)].name);
    }
    return COMMAND_WRONG;
}

int command_next(const struct report *report, struct command *command, int count, char **arguments, const char *letters,
                 const struct option *options, uint64_t *given)
{
    opterr = 0;
    for (;;) {
        int found = getopt_long(count, arguments, letters, options, NULL);
        if (found == 1) {
            command->help = command->help || strcmp(optarg, "/?") == 0;
            take_operand(command, optarg);
            continue;
        }
        if (found == -1) {
            while (optind < count) {
                take_operand(command, arguments[optind++]);
            }
            return COMMAND_END;
        }
        if (found == '?' && optopt == '?') {
            command->help = true;
            continue;
        }
        if (found == '?' || found == ':') {
            return wrong(report, found, arguments, options);
        }

        int place = place_of(options, found);
        if ((*given >> place & 1) != 0) {
            (void)report_usage(report, "--%s is given twice", options[place].name);
            return COMMAND_WRONG;
        }
        *given |= UINT64_C(1) << place;

        switch (found) {
        case 'g':
        case 'l':
            if (command->scope != NAME_AS_TYPED) {
                (void)report_usage(report, "--global and --local contradict each other");
                return COMMAND_WRONG;
            }
            command->scope = found == 'g' ? NAME_GLOBAL : NAME_LOCAL;
            break;
        case 't':
            if (!command_duration(report, "timeout", optarg, &command->timeout)) {
                return COMMAND_WRONG;
            }
            break;
        case 'q':
            command->quiet = true;
            break;
        case 'v':
            command->verbose = true;
            break;
        case 'h':
            command->help = true;
            break;
        case 'V':
            command->version = true;
            break;
        default:
            return found;
        }
    }
}

bool command_size(const struct report *report, const char *option, const char *text, uint64_t *bytes)
{
    if (!size_parse(text, bytes)) {
        (void)report_usage(report, "--%s: \"%s\" is not a number of bytes such as 4096, 0x1000, 64K or 1M", option,
                           text);
        return false;
    }
    return true;
}

bool command_duration(const struct report *report, const char *option, const char *text, uint64_t *milliseconds)
{
    if (!duration_parse(text, milliseconds)) {
        (void)report_usage(report, "--%s: \"%s\" is not a duration such as 500ms, 10s, 5m or 1h", option, text);
        return false;
    }
    return true;
}

/* Make a full name of what was typed, or say what is wrong with it. */
static enum status make_name(const struct report *report, const char *typed, enum name_scope scope,
                             char full[NAME_ROOM])
{
    enum name_fault fault = name_make(typed, scope, full);
    switch (fault) {
    case NAME_GOOD:
        return EXIT_DONE;
    case NAME_EMPTY:
        return report_usage(report, "%s", name_fault_text(fault));
    case NAME_PREFIX_CASE:
        return report_usage(report, "%s: %s %s?", typed, name_fault_text(fault), full);
    default:
        return report_usage(report, "%s: %s", typed, name_fault_text(fault));
    }
}

bool command_lock(const struct report *report, const char *typed, char full[NAME_ROOM])
{
    return make_name(report, typed, NAME_AS_TYPED, full) == EXIT_DONE;
}

enum status command_print_version(const struct report *report)
{
    char line[128];
    (void)snprintf(line, sizeof line, "%s %s\n", report->program, version_text);
    return report_print(report, line);
}

enum status command_name(const struct report *report, const struct command *command, char full[NAME_ROOM])
{
    return make_name(report, command->operands[0], command->scope, full);
}
