/*
 * command.h - parses the command lines of both tools.
 *
 * Each tool has a table of its options. command_parse() parses a command line
 * by that table and stores each value at its place in a struct of the tool, and
 * help_print() prints the table as --help. The options that both tools have are
 * in command.c.
 *
 * A verb is an option that selects what the tool does, such as --list. Verb 0
 * is the default.
 */
#ifndef COMMON_CONSOLE_COMMAND_H
#define COMMON_CONSOLE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/console/report.h"
#include "common/text/name.h"

/*
 * The way in which an option is stored. Only the options from STORE_TEXT on
 * have a value on the command line.
 */
enum command_store {
    STORE_FLAG,     /* true, in a bool */
    STORE_VERB,     /* the row's `choice`, in the tool's enum of verbs; 0 there is the default */
    STORE_SCOPE,    /* the row's `choice`, in an enum name_scope */
    STORE_TEXT,     /* the value as typed, in a const char * */
    STORE_FILE,     /* the value as typed, in a const char *; NULL for "-" */
    STORE_SIZE,     /* bytes, in a uint64_t */
    STORE_DURATION, /* milliseconds, in a uint64_t */
    STORE_OTHER,    /* the row's `take` stores the value */
    STORE_EACH      /* the row's `take` stores the value; the option may be given more than once */
};

/*
 * Parse `value`, store it in the tool's `options`, and return EXIT_DONE. Report
 * a wrong value, and return EXIT_USAGE. `value` is valid as long as the
 * process.
 */
typedef enum status command_take(const struct report *report, const char *value, void *options);

/* An option: one row of its tool's table. */
struct command_option {
    char letter; /* or 0 */
    const char *name;
    const char *argument; /* in --help, the name of the value or another spelling; or NULL */

    /* One of the COMMAND_ macros below sets these. */
    enum command_store store;
    unsigned choice;
    command_take *take;
    unsigned field; /* offset in the tool's options */

    unsigned verbs;   /* the verbs that accept the option: bit 1 << verb for each */
    const char *help; /* --help wraps it, and also breaks it at each line end */

    const char *heading; /* --help prints it before the option, unchanged; or NULL */
};

/* All verbs accept the option. */
#define COMMAND_ANY ~0U

/*
 * The initializers for the storage of a row. The file that uses them defines
 * COMMAND_STRUCT, the type of the tool's options. `member` is a member of it.
 */
#define COMMAND_FLAG(member) .store = STORE_FLAG, .field = COMMAND_FIELD(bool, member)
#define COMMAND_VERB(type, chosen) .store = STORE_VERB, .choice = (chosen), .field = COMMAND_FIELD(type, verb)
#define COMMAND_TEXT(member) .store = STORE_TEXT, .field = COMMAND_FIELD(const char *, member)
#define COMMAND_FILE(member) .store = STORE_FILE, .field = COMMAND_FIELD(const char *, member)
#define COMMAND_SIZE(member) .store = STORE_SIZE, .field = COMMAND_FIELD(uint64_t, member)
#define COMMAND_DURATION(member) .store = STORE_DURATION, .field = COMMAND_FIELD(uint64_t, member)
#define COMMAND_OTHER(function) .store = STORE_OTHER, .take = (function), .field = 0
#define COMMAND_EACH(function) .store = STORE_EACH, .take = (function), .field = 0

/*
 * The offset of a member. The comparison does not compile if its type is not
 * `type`.
 */
#define COMMAND_FIELD(type, member)                                                                                    \
    (offsetof(COMMAND_STRUCT, member) + 0 * sizeof(&((COMMAND_STRUCT *)0)->member == (type *)0))

/* The largest number of options in the table of a tool. */
#define COMMAND_OPTIONS_MOST 56

/* The options of a tool. --help prints the members in this order. */
struct command_table {
    const char *head;
    const struct command_option *rows; /* in the order of --help */
    size_t count;
    const char *common; /* the heading of the options that both tools have */
    const char *foot;
    const char *other_tool;    /* the name of the other tool */
    const char *other_options; /* its own options, each between blanks */
    const char *old_name;      /* a name that an option of this tool had, or NULL */
    const char *new_name;      /* the present name of that option */
};

/* The values of the common options, and the operands. */
struct command {
    enum name_scope scope;
    uint64_t timeout; /* milliseconds; CLOCK_NEVER: none */
    bool quiet;
    bool verbose;
    bool help;
    bool version;
    const char *operands[3]; /* the first three, as typed; NULL if there are fewer */
    int operand_count;       /* of all operands: may be larger than 3 */
    uint64_t given;          /* bit 1 << place for each option that was typed */
};

/*
 * Parse the command line `arguments`, of `count` words with the program first.
 * Store the values in `options`, a struct of the tool whose first member is a
 * struct command, and which contains the defaults. Return EXIT_DONE. Report a
 * wrong command line, and return EXIT_USAGE.
 *
 * Operands may precede, separate and follow the options. After `--` all words
 * are operands. `/?` and `-?` mean --help, as does `/h` or `/help`, in either
 * case, as the first operand. Each option may be given once, except
 * with STORE_EACH.
 * Unless help or the version is requested, set report->subject to the first
 * operand, and report->quiet and report->verbose.
 *
 * This function does not check the number of operands, nor whether the verb
 * accepts the options: see command_check_operands() and command_check_verb().
 */
enum status command_parse(struct report *report, const struct command_table *table, void *options, int count,
                          char **arguments);

/*
 * Return EXIT_DONE if `verb` accepts all options that were given. Otherwise
 * report the first one that it does not accept, and return EXIT_USAGE.
 */
enum status command_check_verb(const struct report *report, const struct command_table *table,
                               const struct command *command, unsigned verb);

/*
 * Return EXIT_DONE if there are at most `most` operands, which is 1 or 2.
 * Otherwise report that there are more after `names`, such as "NAME and TEXT",
 * and which is the first of them. Print `hint`, and return EXIT_USAGE.
 */
enum status command_check_operands(const struct report *report, const struct command *command, int most,
                                   const char *names, const char *hint);

/*
 * Return the row at `place`: the rows of the tool come first, then the common
 * ones. Return NULL behind the last row.
 */
const struct command_option *command_row(const struct command_table *table, size_t place);

/*
 * Parse `value`, which is that of the option `name`, as size_parse() does.
 * Report a value that is too large, or that is not `wanted`, such as "a number
 * of bytes", and return EXIT_USAGE.
 */
enum status command_size(const struct report *report, const char *name, const char *value, const char *wanted,
                         uint64_t *size);

/* Return whether the option has a value. */
static inline bool command_has_value(const struct command_option *row)
{
    return row->store >= STORE_TEXT;
}

/*
 * Return whether the option with this name, one of the tool's own, was given.
 */
bool command_given(const struct command_table *table, const struct command *command, const char *name);

/*
 * Write the full name for `typed`, which is NAME or the name of a mutex, to
 * `full`, and return EXIT_DONE. Report a wrong name, and return EXIT_USAGE.
 */
enum status command_name(const struct report *report, const char *typed, enum name_scope scope, char full[NAME_ROOM]);

#endif
