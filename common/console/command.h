/* command.h - what the command lines of both tools have in common. */
#ifndef COMMON_CONSOLE_COMMAND_H
#define COMMON_CONSOLE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/console/report.h"
#include "common/text/name.h"

/* How an option is stored. Only the kinds from STORE_TEXT on have a value. */
enum command_store {
    STORE_FLAG,     /* true, in a bool */
    STORE_VERB,     /* the row's `choice`, in the tool's enum of verbs; 0 there is the default */
    STORE_SCOPE,    /* the row's `choice`, in an enum name_scope */
    STORE_TEXT,     /* the value as typed, in a const char * */
    STORE_FILE,     /* the same, but NULL for "-" */
    STORE_SIZE,     /* bytes, in a uint64_t */
    STORE_DURATION, /* milliseconds, in a uint64_t */
    STORE_OTHER     /* the row's `take` stores the value */
};

/* Store `value` in the tool's `options`, or report what is wrong with it and return EXIT_USAGE. */
typedef enum status command_take(const struct report *report, const char *value, void *options);

/* An option: one row of its tool's table. */
struct command_option {
    char letter; /* or 0 */
    const char *name;
    const char *argument; /* what --help calls its value; for a flag, another way to type it; or NULL */

    /* One of the COMMAND_ macros below fills these. */
    enum command_store store;
    unsigned choice;
    command_take *take;
    unsigned field; /* the offset in the tool's options */

    unsigned verbs;   /* a bit for each verb that takes the option */
    const char *help; /* --help breaks it into lines; a line end in it stays */

    const char *heading; /* --help prints it before the row, as it is; or NULL */
};

/* Every verb takes the option. */
#define COMMAND_ANY ~0U

/* The storage of a row, in a file that defines COMMAND_STRUCT, the type of the tool's options. */
#define COMMAND_FLAG(member) .store = STORE_FLAG, .field = COMMAND_FIELD(bool, member)
#define COMMAND_VERB(type, chosen) .store = STORE_VERB, .choice = (chosen), .field = COMMAND_FIELD(type, verb)
#define COMMAND_TEXT(member) .store = STORE_TEXT, .field = COMMAND_FIELD(const char *, member)
#define COMMAND_FILE(member) .store = STORE_FILE, .field = COMMAND_FIELD(const char *, member)
#define COMMAND_SIZE(member) .store = STORE_SIZE, .field = COMMAND_FIELD(uint64_t, member)
#define COMMAND_DURATION(member) .store = STORE_DURATION, .field = COMMAND_FIELD(uint64_t, member)
#define COMMAND_OTHER(function) .store = STORE_OTHER, .take = (function), .field = 0

/* The offset of a member. A member of another type does not compile. */
#define COMMAND_FIELD(type, member)                                                                                    \
    (offsetof(COMMAND_STRUCT, member) + 0 * sizeof(&((COMMAND_STRUCT *)0)->member == (type *)0))

/* At most so many options of its own may a tool have. */
#define COMMAND_OPTIONS_MOST 56

/* The command line of a tool. --help prints the members in this order. */
struct command_table {
    const char *head;
    const struct command_option *rows; /* in the order of --help */
    size_t count;
    const char *common; /* the heading of the options that both tools have */
    const char *foot;
};

/* The common part of what a command line says. */
struct command {
    enum name_scope scope;
    uint64_t timeout; /* milliseconds; CLOCK_NEVER: none */
    bool quiet;
    bool verbose;
    bool help;
    bool version;
    const char *operands[2]; /* as typed; NULL where there are fewer */
    int operand_count;       /* may be more */
    uint64_t given;          /* a bit for each option that was typed: see command_given() */
};

/*
 * Parse a command line into `options`, a struct of the tool whose first member
 * is a struct command, and which has the defaults. Operands may come before,
 * between and after options; after `--` all words are operands. `/?` and `-?`
 * ask for help. Each option may be given once. Unless help or the version is
 * asked for, `report` gets its subject and how much to print. Return EXIT_USAGE
 * after reporting what is wrong.
 */
enum status command_parse(struct report *report, const struct command_table *table, void *options, int count,
                          char **arguments);

/*
 * Report an option that was given and that `verb` does not take, and return
 * EXIT_USAGE; else return EXIT_DONE.
 */
enum status command_check_verb(const struct report *report, const struct command_table *table,
                               const struct command *command, unsigned verb);

/* Return the row at `place`, first the tool's own and then the common ones; NULL behind the last. */
const struct command_option *command_row(const struct command_table *table, size_t place);

/* Whether the option has a value. */
static inline bool command_has_value(const struct command_option *row)
{
    return row->store >= STORE_TEXT;
}

/* Whether the option with this name was given. */
bool command_given(const struct command_table *table, const struct command *command, const char *name);

/*
 * Make the full name of `typed`, which is NAME or the name of a mutex. Return
 * EXIT_USAGE after reporting what is wrong with it.
 */
enum status command_name(const struct report *report, const char *typed, enum name_scope scope, char full[NAME_ROOM]);

#endif
