/* command.c - parses the command lines of both tools. */
#include "common/console/command.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/text/duration.h"
#include "common/text/size.h"
#include "common/text/text.h"

/* ---- The options of both tools, and how rows are found ----------------------------------------------------------- */

#define COMMAND_STRUCT struct command
#define SCOPE(chosen) .store = STORE_SCOPE, .choice = (chosen), .field = COMMAND_FIELD(enum name_scope, scope)
static const struct command_option common_rows[] = {
    {'g', "global", NULL, SCOPE(NAME_GLOBAL), COMMAND_ANY, "use Global\\NAME: visible in every session"},
    {'l', "local", NULL, SCOPE(NAME_LOCAL), COMMAND_ANY, "use Local\\NAME: this session only"},
    {'t', "timeout", "DURATION", COMMAND_DURATION(timeout), COMMAND_ANY,
     "give up waiting after DURATION: 500ms, 10s, 5m, 1h"},
    {'q', "quiet", NULL, COMMAND_FLAG(quiet), COMMAND_ANY, "print no messages, except about the command line"},
    {'v', "verbose", NULL, COMMAND_FLAG(verbose), COMMAND_ANY, "print more messages"},
    {'h', "help", "/?", COMMAND_FLAG(help), COMMAND_ANY, "print this help and exit"},
    {'V', "version", NULL, COMMAND_FLAG(version), COMMAND_ANY, "print the version and exit"},
};
#define COMMON_COUNT (sizeof common_rows / sizeof *common_rows)
#define ROWS_MOST (COMMAND_OPTIONS_MOST + COMMON_COUNT)
_Static_assert(ROWS_MOST <= 64, "struct command has a bit for each");

const struct command_option *command_row(const struct command_table *table, size_t place)
{
    if (place < table->count) {
        return &table->rows[place];
    }
    return place < table->count + COMMON_COUNT ? &common_rows[place - table->count] : NULL;
}

/*
 * For a long option, getopt_long() returns LONG_OPTION plus the place of its
 * row. For a letter, it returns the letter.
 */
#define LONG_OPTION 256

/*
 * Return the place of the row for a result of getopt_long(), or the number of
 * all rows if there is none.
 */
static size_t place_of(const struct command_table *table, int found)
{
    size_t place = 0;
    for (const struct command_option *row; (row = command_row(table, place)) != NULL; place++) {
        if (found == row->letter || found == LONG_OPTION + (int)place) {
            break;
        }
    }
    return place;
}

static bool is_verb(const struct command_option *row, unsigned set)
{
    return row->store == STORE_VERB && (set >> row->choice & 1) != 0;
}

/*
 * Write the options of the verbs in `set`, which has a bit for each, to `text`,
 * as "--a, --b or --c". Return `text`. The default verb has no option.
 */
#define VERBS_ROOM 128
static const char *list_verbs(const struct command_table *table, unsigned set, char text[VERBS_ROOM])
{
    size_t last = 0;
    for (size_t i = 0; i < table->count; i++) {
        last = is_verb(&table->rows[i], set) ? i : last;
    }
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < table->count && length < VERBS_ROOM; i++) {
        if (is_verb(&table->rows[i], set)) {
            const char *between = length == 0 ? "" : i == last ? " or " : ", ";
            length += (size_t)snprintf(text + length, VERBS_ROOM - length, "%s--%s", between, table->rows[i].name);
        }
    }
    return text;
}

enum status command_check_verb(const struct report *report, const struct command_table *table,
                               const struct command *command, unsigned verb)
{
    char list[VERBS_ROOM];
    for (size_t i = 0; i < table->count; i++) {
        const struct command_option *row = &table->rows[i];
        if ((command->given >> i & 1) != 0 && (row->verbs >> verb & 1) == 0) {
            bool is_default = list_verbs(table, 1U << verb, list)[0] == '\0';
            return report_usage(report, is_default ? "--%s goes only with %s" : "--%s does not go with %s", row->name,
                                is_default ? list_verbs(table, row->verbs, list) : list);
        }
    }
    return EXIT_DONE;
}

enum status command_check_operands(const struct report *report, const struct command *command, int most,
                                   const char *names, const char *hint)
{
    if (command->operand_count <= most) {
        return EXIT_DONE;
    }
    (void)report_usage(report, "too many arguments after %s: \"%s\" is the first", names, command->operands[most]);
    report_hint(report, "%s", hint);
    return EXIT_USAGE;
}

bool command_given(const struct command_table *table, const struct command *command, const char *name)
{
    size_t place = 0;
    while (place < table->count && strcmp(table->rows[place].name, name) != 0) {
        place++;
    }
    return (command->given >> place & 1) != 0;
}

/* ---- Parsing ----------------------------------------------------------------------------------------------------- */

static enum status refuse_value(const struct report *report, const char *name, const char *value, const char *wanted)
{
    return report_usage(report, "--%s: \"%s\" is not %s", name, value, wanted);
}

enum status command_size(const struct report *report, const char *name, const char *value, const char *wanted,
                         uint64_t *size)
{
    if (size_parse(value, size)) {
        return EXIT_DONE;
    }
    if (size_is_too_large(value)) {
        return report_usage(report, "--%s: \"%s\" is too large: the largest is %" PRIu64, name, value, UINT64_MAX);
    }
    return refuse_value(report, name, value, wanted);
}

static enum status take_duration(const struct report *report, const char *name, const char *value,
                                 uint64_t *milliseconds)
{
    if (duration_parse(value, milliseconds)) {
        return EXIT_DONE;
    }
    if (duration_is_too_long(value)) {
        return report_usage(report, "--%s: \"%s\" is too long: the longest is %" PRIu64 "h", name, value,
                            UINT64_MAX / 3600000);
    }
    return refuse_value(report, name, value, "a duration such as 500ms, 10s, 5m or 1h");
}

/*
 * Store the option at `place` in `options`. Its value, if it has one, is in
 * `optarg`. Report a wrong value, and return EXIT_USAGE.
 */
static enum status store(const struct report *report, const struct command_table *table, size_t place, void *options)
{
    const struct command_option *row = command_row(table, place);
    struct command *command = options;
    if ((command->given >> place & 1) != 0 && row->store != STORE_EACH) {
        return report_usage(report, "--%s is given twice", row->name);
    }
    command->given |= UINT64_C(1) << place;

    void *field = (char *)options + row->field;
    char list[VERBS_ROOM];
    switch (row->store) {
    case STORE_FLAG:
        *(bool *)field = true;
        break;
    case STORE_VERB:
        if (*(unsigned *)field != 0) {
            return report_usage(report, "give only one of %s", list_verbs(table, ~0U, list));
        }
        *(unsigned *)field = row->choice;
        break;
    case STORE_SCOPE:
        if (*(enum name_scope *)field != NAME_AS_TYPED) {
            return report_usage(report, "--global and --local cannot be combined");
        }
        *(enum name_scope *)field = (enum name_scope)row->choice;
        break;
    case STORE_TEXT:
        *(const char **)field = optarg;
        break;
    case STORE_FILE:
        if (optarg[0] == '\0') {
            return report_usage(report, "--%s: the name of the file is empty", row->name);
        }
        *(const char **)field = strcmp(optarg, "-") == 0 ? NULL : optarg;
        break;
    case STORE_SIZE:
        return command_size(report, row->name, optarg, "a number of bytes such as 4096, 0x1000, 64K or 1M", field);
    case STORE_DURATION:
        return take_duration(report, row->name, optarg, field);
    case STORE_OTHER:
    case STORE_EACH:
        return row->take(report, optarg, options);
    }
    return EXIT_DONE;
}

/*
 * Write the options whose names begin with the `length` bytes at `begin` to
 * `text`, as "--a, --b". Return `text`.
 */
static const char *list_candidates(const struct command_table *table, const char *begin, size_t length,
                                   char text[VERBS_ROOM])
{
    const struct command_option *row;
    size_t used = 0;
    text[0] = '\0';
    for (size_t place = 0; (row = command_row(table, place)) != NULL && used < VERBS_ROOM; place++) {
        if (strncmp(row->name, begin, length) == 0) {
            used += (size_t)snprintf(text + used, VERBS_ROOM - used, "%s--%s", used == 0 ? "" : ", ", row->name);
        }
    }
    return text;
}

/*
 * Report the option that getopt_long() refused. `optopt` is one of these:
 *   - an option that exists: it lacks its value, or has one that it may not
 *     have;
 *   - another letter: there is no such option;
 *   - 0: the long option in arguments[optind - 1] does not exist, or is the
 *     beginning of the names of several.
 */
static enum status refuse(const struct report *report, const struct command_table *table, char **arguments)
{
    const struct command_option *row = optopt != 0 ? command_row(table, place_of(table, optopt)) : NULL;
    if (row != NULL) {
        return report_usage(report, command_has_value(row) ? "--%s needs a value" : "--%s takes no value", row->name);
    }
    if (optopt != 0) {
        /*
         * getopt_long() treats each byte of a character as a letter. Before the
         * last byte, optind is still the place of this word, so quote the word.
         */
        char letter[] = {'-', (char)optopt, '\0'};
        (void)report_usage(report, "there is no option %s", (unsigned)optopt < 0x80 ? letter : arguments[optind]);
        report_hint(report, "a NAME or TEXT that begins with - comes after --");
        return EXIT_USAGE;
    }
    const char *word = arguments[optind - 1];
    size_t length = strcspn(word + 2, "=");
    char candidates[VERBS_ROOM];
    if (length > 0 && list_candidates(table, word + 2, length, candidates)[0] != '\0') {
        return report_usage(report, "--%.*s is ambiguous: %s", (int)length, word + 2, candidates);
    }
    (void)report_usage(report, "there is no option %s", word);
    const char *other = table->other_options;
    for (; other != NULL; other = strchr(other + 1, ' ')) {
        if (strncmp(other + 1, word + 2, length) == 0 && other[1 + length] == ' ') {
            report_hint(report, "--%.*s is an option of %s", (int)length, word + 2, table->other_tool);
            break;
        }
    }
    if (table->old_name != NULL && strlen(table->old_name) == length &&
        strncmp(table->old_name, word + 2, length) == 0) {
        report_hint(report, "--%s is called --%s now", table->old_name, table->new_name);
    }
    return EXIT_USAGE;
}

static void take_operand(struct command *command, const char *operand)
{
    if (command->operand_count < (int)(sizeof command->operands / sizeof *command->operands)) {
        command->operands[command->operand_count] = operand;
    }
    command->operand_count++;
}

static bool is_switch(const char *text, const char *word)
{
    return text_begins_in_any_case(text, word) && text[strlen(word)] == '\0';
}

/*
 * Store an operand that precedes `--`. As in the programs of Windows, /?, /h
 * and /help, in either case, mean --help. So a NAME that begins with a slash is
 * accepted only behind `--`.
 */
static enum status take_operand_or_help(const struct report *report, struct command *command, const char *operand)
{
    bool is_name = command->operand_count == 0;
    if (strcmp(operand, "/?") == 0 || (is_name && (is_switch(operand, "/h") || is_switch(operand, "/help")))) {
        command->help = true;
    } else if (is_name && operand[0] == '/' && !command->help) {
        (void)report_usage(report, "there is no option %s", operand);
        report_hint(report, "options begin with -, and a NAME that begins with / comes after --");
        return EXIT_USAGE;
    }
    take_operand(command, operand);
    return EXIT_DONE;
}

/* The table in the form that getopt_long() requires. */
struct getopt_table {
    char letters[sizeof "-:" + 2 * ROWS_MOST];
    struct option options[ROWS_MOST + 1];
};

static void make_getopt_table(const struct command_table *table, struct getopt_table *converted)
{
    /*
     * '-' lets getopt_long() return each operand as the value of an option 1,
     * and ':' lets it return ':' for a missing value.
     */
    memcpy(converted->letters, "-:", 2);
    char *letter = converted->letters + 2;
    size_t place = 0;
    for (const struct command_option *row; (row = command_row(table, place)) != NULL; place++) {
        int has_value = command_has_value(row) ? required_argument : no_argument;
        converted->options[place] = (struct option){row->name, has_value, NULL, LONG_OPTION + (int)place};
        if (row->letter != '\0') {
            letter[0] = row->letter;
            letter[1] = ':';
            letter += has_value == required_argument ? 2 : 1;
        }
    }
    *letter = '\0';
    converted->options[place] = (struct option){.name = NULL};
}

/*
 * Report a word such as "-put", which is a long option with one dash too few.
 * getopt_long() would treat it as the letters p, u and t, or -output as -o with
 * the value "utput". `word` may be NULL.
 */
static enum status check_dashes(const struct report *report, const struct command_table *table, const char *word)
{
    const struct command_option *row;
    if (word == NULL || word[0] != '-') {
        return EXIT_DONE;
    }
    for (size_t place = 0; (row = command_row(table, place)) != NULL; place++) {
        if (strcmp(row->name, word + 1) == 0) {
            (void)report_usage(report, "there is no option %s", word);
            report_hint(report, "long options begin with two dashes: --%s", row->name);
            return EXIT_USAGE;
        }
    }
    return EXIT_DONE;
}

enum status command_parse(struct report *report, const struct command_table *table, void *options, int count,
                          char **arguments)
{
    struct command *command = options;
    struct getopt_table converted;
    make_getopt_table(table, &converted);
    opterr = 0;
    optind = 0;
    enum status status = EXIT_DONE;
    while (status == EXIT_DONE) {
        status = check_dashes(report, table, arguments[optind == 0 ? 1 : optind]);
        if (status != EXIT_DONE) {
            break;
        }
        int found = getopt_long(count, arguments, converted.letters, converted.options, NULL);
        if (found == -1) {
            break;
        }
        if (found == 1) {
            status = take_operand_or_help(report, command, optarg);
        } else if (found == '?' && optopt == '?') {
            command->help = true;
        } else if (found == '?' || found == ':') {
            status = refuse(report, table, arguments);
        } else {
            status = store(report, table, place_of(table, found), options);
        }
    }
    while (status == EXIT_DONE && optind < count) {
        take_operand(command, arguments[optind++]);
    }
    if (status == EXIT_DONE && !command->help && !command->version) {
        report->subject = command->operands[0];
        report->quiet = command->quiet;
        report->verbose = command->verbose;
    }
    return status;
}

enum status command_name(const struct report *report, const char *typed, enum name_scope scope, char full[NAME_ROOM])
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
