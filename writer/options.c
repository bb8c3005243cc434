/* options.c - parses the command line of shmwrite. */
#include "writer/options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/include/winshm.h"
#include "common/platform.h"

/* ---- Values of a form of their own ------------------------------------------------------------------------------- */

static enum status take_encoding(const struct report *report, const char *value, void *context)
{
    struct writer_options *options = context;
    static const struct {
        const char *text;
        enum text_choice encoding;
    } names[] = {{"utf-8", TEXT_CHOICE_UTF8}, {"utf-16", TEXT_CHOICE_UTF16}, {"ansi", TEXT_CHOICE_ANSI}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(value, names[i].text) == 0) {
            options->encoding = names[i].encoding;
            return EXIT_DONE;
        }
    }
    if (number_type_named(value, strlen(value), &options->number)) {
        options->encoding = TEXT_CHOICE_NUMBERS;
        return EXIT_DONE;
    }
    return report_usage(report, "--encoding: \"%s\" is none of utf-8, utf-16, ansi and types of numbers, u8 to f64",
                        value);
}

static enum status take_reads(const struct report *report, const char *value, void *options)
{
    uint64_t *reads = &((struct writer_options *)options)->reads;
    enum status status = command_size(report, "reads", value, "a number of reads such as 1 or 10", reads);
    return status == EXIT_DONE && *reads == 0 ? report_usage(report, "--reads: give 1 or more") : status;
}

static enum status take_readers(const struct report *report, const char *value, void *options)
{
    uint64_t readers = 0;
    enum status status = command_size(report, "readers", value, "a number of readers such as 2", &readers);
    ((struct writer_options *)options)->readers = (uint32_t)readers;
    return status == EXIT_DONE && (readers < 1 || readers > WINSHM_CONSUMERS_MAX)
               ? report_usage(report, "--readers: give 1 to %d", WINSHM_CONSUMERS_MAX)
               : status;
}

static enum status take_add(const struct report *report, const char *value, void *context)
{
    struct writer_options *options = context;
    options->has_add = number_parse_decimal(value, &options->add);
    (void)snprintf(options->add_text, sizeof options->add_text, "%" PRId64, options->add);
    return options->has_add
               ? EXIT_DONE
               : report_usage(report, "--add: \"%s\" is not a decimal number of 64 bits such as 1 or -1", value);
}

static enum status take_hold_with(const struct report *report, const char *value, void *context)
{
    struct writer_options *options = context;
    int64_t id = PROCESS_PARENT;
    options->has_hold_with =
        strcmp(value, "parent") == 0 || (number_parse_decimal(value, &id) && id > 0 && id <= UINT32_MAX);
    options->hold_with = (uint32_t)id;
    return options->has_hold_with
               ? EXIT_DONE
               : report_usage(report, "--hold-with: \"%s\" is neither the number of a process nor parent", value);
}

static enum status take_allow(const struct report *report, const char *value, void *options)
{
    bool is_read = strcmp(value, "read") == 0;
    if (!is_read && strcmp(value, "write") != 0) {
        return report_usage(report, "--allow: \"%s\" is neither read nor write", value);
    }
    ((struct writer_options *)options)->allow = is_read ? ALLOW_READ : ALLOW_WRITE;
    return EXIT_DONE;
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

/*
 * The verbs that take an option. VERB_BACKGROUND takes the two options with
 * which background.c starts shmwrite.
 */
#define CREATING (1U << VERB_CREATE | 1U << VERB_PUT)
#define WRITING (CREATING | 1U << VERB_UPDATE)
#define UPDATING (1U << VERB_PUT | 1U << VERB_UPDATE)
#define STREAMING (1U << VERB_STREAM)
#define HOLDING (CREATING | 1U << VERB_BACKGROUND)

#define COMMAND_STRUCT struct writer_options
#define VERB(chosen) COMMAND_VERB(enum writer_verb, chosen)
_Static_assert(offsetof(COMMAND_STRUCT, common) == 0, "command_parse() finds it there");
_Static_assert(sizeof(enum writer_verb) == sizeof(unsigned), "command_parse() stores it so");

static const struct command_option writer_rows[] = {
    {'d', "detach", NULL, COMMAND_FLAG(detach), CREATING,
     "create NAME and hold it in the background;\nstatus 5 if NAME already exists",
     "\nActions (default: create NAME and hold it until Ctrl+C):\n"},
    {'w', "wait", NULL, COMMAND_FLAG(wait), 1U << VERB_CREATE,
     "first wait until NAME does not exist; of several that wait, one creates it, and the others go on waiting"},
    {'p', "put", NULL, VERB(VERB_PUT), COMMAND_ANY,
     "update NAME if it exists, else create it and hold it in the background"},
    {'u', "update", NULL, VERB(VERB_UPDATE), COMMAND_ANY, "replace the contents of NAME: all of it, or nothing"},
    {'S', "stream", NULL, VERB(VERB_STREAM), COMMAND_ANY, "send the input through NAME to shmread, until its end"},
    {'R', "release", NULL, VERB(VERB_RELEASE), COMMAND_ANY,
     "end NAME: ask its holder to let go of it, and wait until it is gone"},

    {'i', "input", "FILE", COMMAND_FILE(input), WRITING | STREAMING,
     "read the contents from FILE (- is standard input)", "\nContents:\n"},
    {0, "lines", NULL, COMMAND_FLAG(lines), CREATING,
     "make each line of the input the contents, at once; without --put hold NAME until the input ends"},
    {'c', "chomp", NULL, COMMAND_FLAG(chomp), WRITING, "drop one final newline of the input"},
    {'e', "encoding", "ENC", COMMAND_OTHER(take_encoding), WRITING | STREAMING,
     "store TEXT as utf-8 (the default), utf-16 or ansi;\nfor input: mark it as such text;\n"
     "or store numbers, separated by blanks, of the type u8, i8, u16, i16, u32, i32, u64, i64, f32 or f64"},
    {0, "pad", "N", COMMAND_SIZE(pad), WRITING, "fill up the contents to N bytes with zero bytes"},
    {0, "append", NULL, COMMAND_FLAG(append), UPDATING,
     "with --put or --update: write behind the contents that NAME has"},
    {0, "add", "N", COMMAND_OTHER(take_add), UPDATING,
     "with --put or --update: add N to the decimal number that NAME contains, and print the sum; --put creates it as "
     "N"},
    {0, "if", "OLD", COMMAND_TEXT(condition), 1U << VERB_UPDATE,
     "with --update: only if the contents are OLD, else status 5"},
    {0, "offset", "N", COMMAND_SIZE(offset), 1U << VERB_UPDATE, "with --update: overwrite from byte N on"},

    {'s', "size", "SIZE", COMMAND_SIZE(size), CREATING | STREAMING,
     "make room for SIZE bytes: 4096, 0x1000, 64K, 1M, 2G\nwith --stream: the size of the ring (8M)\nwith --lines: "
     "room for a line (64K)",
     "\nMemory and access of a new NAME:\n"},
    {0, "sealed", NULL, COMMAND_FLAG(sealed), CREATING, "make it read-only; needs half the memory"},
    {0, "raw", NULL, COMMAND_FLAG(raw), 1U << VERB_CREATE | 1U << VERB_UPDATE | 1U << VERB_BACKGROUND,
     "no layout: SIZE bytes, rounded up to pages, that begin with the contents, for programs that expect just that; "
     "with --update: write into memory of another program"},
    {0, "hold-for", "DURATION", COMMAND_DURATION(hold_for), HOLDING, "hold NAME only for DURATION"},
    {0, "hold-with", "PROCESS", COMMAND_OTHER(take_hold_with), CREATING,
     "hold NAME only until PROCESS ends: its number, or parent for the process that started shmwrite"},
    {0, "reads", "N", COMMAND_OTHER(take_reads), CREATING, "hold NAME only for N complete reads by shmread"},
    {0, "readers", "N", COMMAND_OTHER(take_readers), STREAMING,
     "with --stream: send all of the input to each of N readers, at most 28; the slowest sets the pace"},
    {0, "allow", "read|write", COMMAND_OTHER(take_allow), CREATING | STREAMING,
     "let other users of the machine read it, or read and update it (default: only this user and SYSTEM)"},
    {0, "sddl", "SDDL", COMMAND_TEXT(sddl), CREATING | STREAMING, "set the access list, as a security descriptor"},

    {'P', "progress", NULL, COMMAND_FLAG(progress), STREAMING | CREATING, "with --stream or --lines: show progress",
     "\n"},
};
#define WRITER_COUNT (sizeof writer_rows / sizeof *writer_rows)
_Static_assert(WRITER_COUNT <= COMMAND_OPTIONS_MOST, "command.h has room for so many");

const struct command_table writer_options_table = {
    .head = "Usage: shmwrite [OPTION]... NAME [TEXT]\n"
            "Put TEXT, a file or standard input into named shared memory, and hold it there.\n",
    .rows = writer_rows,
    .count = WRITER_COUNT,
    .common = "",
    .foot = "\n"
            "NAME exists as long as a program has it open. The shmwrite that keeps it open is\n"
            "its holder. When the holder lets go of NAME, it ends, and the value is gone.\n"
            "--timeout limits the wait for other commands, --hold-for how long NAME is held.\n"
            "\n"
            "SIZE may end in K, M, G or T (powers of 1024). A DURATION without a unit is in\n"
            "seconds. NAME may begin with Global\\ or Local\\ and has no other backslash; its\n"
            "case matters. After -- all words are NAME and TEXT, also those that begin with -\n"
            "or /. Long options may be shortened.\n"
            "\n"
            "Examples:\n"
            "  shmwrite --put job.state \"step 1\"        a value for other batch files\n"
            "  dir /s | shmwrite --stream listing       for: shmread --wait listing | more\n"
            "  shmwrite -g --put --allow read x hello   a value that every user may read\n"
            "  shmwrite --release job.state             the end of the value\n"
            "\n",
    .other_tool = "shmread",
    .other_options =
        " follow count numbered after interval tap stat list json length text get rows mutex hex message-box output ",
};

bool writer_options_is_action(const char *word)
{
    static const char *const actions[] = {"detach", "put", "update", "stream", "release"};
    size_t i = 0;
    while (i < sizeof actions / sizeof *actions && strcmp(actions[i], word) != 0) {
        i++;
    }
    return i < sizeof actions / sizeof *actions;
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

/*
 * Report options that cannot be combined with --add, --append and --if.
 */
static enum status check_change(const struct report *report, const struct writer_options *options)
{
    static const char *const not_with_add[] = {"input", "chomp", "encoding", "pad", "append", "offset"};
    const struct command_table *table = &writer_options_table;
    for (size_t i = 0; options->has_add && i < sizeof not_with_add / sizeof *not_with_add; i++) {
        if (command_given(table, &options->common, not_with_add[i])) {
            return report_usage(report, "--add and --%s cannot be combined", not_with_add[i]);
        }
    }
    if (options->has_add && options->common.operand_count > 1) {
        return report_usage(report, "--add takes no TEXT: it adds N");
    }
    if (options->append && (options->has_offset || options->pad != 0)) {
        return report_usage(report, "--append and --%s cannot be combined", options->has_offset ? "offset" : "pad");
    }
    if (options->raw && (options->has_add || options->append || options->condition != NULL)) {
        return report_usage(report, "--raw and --%s cannot be combined: memory without a layout has no length",
                            options->has_add  ? "add"
                            : options->append ? "append"
                                              : "if");
    }
    return EXIT_DONE;
}

/*
 * Report options that cannot be combined with --lines, or that need --lines
 * unless --stream is given.
 */
static enum status check_lines(const struct report *report, const struct writer_options *options)
{
    static const char *const refused[] = {"detach", "chomp", "pad", "sealed", "raw", "reads", "append", "add", "wait"};
    const struct command_table *table = &writer_options_table;
    if (!options->lines) {
        return options->progress && options->verb != VERB_STREAM
                   ? report_usage(report, "--progress goes only with --stream or --lines")
                   : EXIT_DONE;
    }
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (command_given(table, &options->common, refused[i])) {
            return report_usage(report, "--%s does not go with --lines", refused[i]);
        }
    }
    if (options->verb != VERB_PUT && (options->has_hold_with || options->hold_for != CLOCK_NEVER)) {
        return report_usage(report, "--hold-%s goes with --lines only if --put is given",
                            options->has_hold_with ? "with" : "for");
    }
    if (options->text != NULL) {
        return report_usage(report, "--lines reads its input and takes no TEXT");
    }
    if (options->encoding == TEXT_CHOICE_NUMBERS) {
        return report_usage(report, "--lines stores its input unchanged: --encoding cannot be a type of numbers");
    }
    return EXIT_DONE;
}

/* Report options that cannot be combined. */
static enum status check_writer(const struct report *report, const struct writer_options *options)
{
    const struct command_table *table = &writer_options_table;
    bool has_text = options->text != NULL;
    if (options->verb == VERB_BACKGROUND && has_text) {
        return report_usage(report, "--background is internal and cannot be used");
    }
    enum status status = check_change(report, options); /* first: N of --add is no TEXT that was given */
    if (status != EXIT_DONE) {
        return status;
    }
    if (command_given(table, &options->common, "size") && options->size == 0) {
        return report_usage(report, "--size: memory of 0 bytes cannot be created");
    }
    if (command_given(table, &options->common, "pad") && options->pad == 0) {
        return report_usage(report, "--pad: contents cannot be filled up to 0 bytes");
    }
    if (options->size != 0 && options->pad > options->size) {
        return report_usage(report, "--pad is larger than --size");
    }
    if (options->allow != ALLOW_NOBODY && options->sddl != NULL) {
        return report_usage(report, "--allow and --sddl cannot be combined");
    }
    if (options->allow == ALLOW_WRITE && (options->sealed || options->verb == VERB_STREAM)) {
        return report_usage(report, "--allow write: nobody else can write into %s",
                            options->sealed ? "sealed memory" : "a stream");
    }
    if (options->raw && options->sealed) {
        return report_usage(report, "--raw and --sealed cannot be combined");
    }
    if (options->detach && options->verb == VERB_PUT) {
        return report_usage(report,
                            "--put and --detach cannot be combined: --put holds a new value in the background anyway");
    }
    if (has_text && command_given(table, &options->common, "input")) {
        return report_usage(report, "give TEXT or --input, not both");
    }
    if (options->raw && options->reads != 0) {
        return report_usage(report, "--raw and --reads cannot be combined: only a layout counts reads");
    }
    if (has_text && options->verb == VERB_STREAM) {
        return report_usage(report, "--stream sends its input and takes no TEXT");
    }
    if (options->encoding == TEXT_CHOICE_NUMBERS && options->verb == VERB_STREAM) {
        return report_usage(report, "--stream sends its input unchanged: --encoding cannot be a type of numbers");
    }
    if (has_text && options->verb == VERB_RELEASE) {
        return report_usage(report, "--release takes one NAME");
    }
    if (has_text && options->chomp) {
        return report_usage(report, "--chomp applies to input, not to TEXT");
    }
    return check_lines(report, options);
}

/*
 * Report an option that the verb does not accept. With --put, print a hint at
 * the verb that does.
 */
static enum status check_verb(const struct report *report, const struct writer_options *options)
{
    enum status status = command_check_verb(report, &writer_options_table, &options->common, options->verb);
    if (status != EXIT_DONE && options->verb == VERB_PUT && options->raw) {
        report_hint(report, "--detach --raw creates memory without a layout, --update --raw writes into it");
    } else if (status != EXIT_DONE && options->verb == VERB_PUT && options->has_offset) {
        report_hint(report, "--update --offset %" PRIu64 " replaces a part of a value that exists", options->offset);
    }
    return status;
}

enum status writer_options_parse(int count, char **arguments, struct report *report, struct writer_options *options)
{
    *options = (struct writer_options){.common.timeout = CLOCK_NEVER, .hold_for = CLOCK_NEVER, .readers = 1};
    struct command *common = &options->common;
    /*
     * background.c starts shmwrite with --background. It is recognized only as
     * the first word and only in full, so no abbreviation can mean it.
     */
    if (count > 2 && strcmp(arguments[1], "--background") == 0) {
        options->verb = VERB_BACKGROUND;
        options->background = arguments[2];
        count -= 2;
        arguments += 2;
    }
    enum status status = command_parse(report, &writer_options_table, options, count, arguments);
    if (status != EXIT_DONE || common->help || common->version) {
        return status;
    }
    if (common->operand_count < 1) {
        return report_usage(report, "NAME is missing");
    }
    options->text = options->has_add ? options->add_text : common->operands[1];
    options->has_offset = command_given(&writer_options_table, common, "offset");
    const char *hint = writer_options_is_action(common->operands[0])
                           ? "the first word is NAME; the actions begin with two dashes, as --put does"
                           : "put double quotes around a TEXT with blanks; a TEXT with such quotes in it needs --input";
    status = command_check_operands(report, common, 2, "NAME and TEXT", hint);
    if (status == EXIT_DONE) {
        status = check_verb(report, options);
    }
    if (status == EXIT_DONE) {
        status = check_writer(report, options);
    }
    return status == EXIT_DONE ? command_name(report, common->operands[0], common->scope, options->name) : status;
}
