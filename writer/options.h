/* options.h - the command line of shmwrite. */
#ifndef WRITER_OPTIONS_H
#define WRITER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/console/command.h"
#include "common/console/report.h"
#include "common/text/number.h"

/*
 * The encoding in which text is stored (--encoding). Without --encoding, TEXT
 * is UTF-8, and input is bytes of unknown meaning. With TEXT_CHOICE_NUMBERS,
 * TEXT and input are numbers in digits, and are stored as numbers.
 */
enum text_choice { TEXT_CHOICE_NONE, TEXT_CHOICE_UTF8, TEXT_CHOICE_UTF16, TEXT_CHOICE_ANSI, TEXT_CHOICE_NUMBERS };

/*
 * The access of the machine's other authenticated users (--allow). This user
 * and SYSTEM always have full access.
 */
enum allow { ALLOW_NOBODY, ALLOW_READ, ALLOW_WRITE };

enum writer_verb {
    VERB_CREATE,    /* create NAME, and hold it */
    VERB_UPDATE,    /* replace its contents */
    VERB_PUT,       /* update it, or create it and hold it in the background */
    VERB_STREAM,    /* send the input through NAME until the input ends */
    VERB_RELEASE,   /* make its holder let go */
    VERB_BACKGROUND /* run as the holder in the background that --detach or --put has started */
};

struct writer_options {
    struct command common; /* at offset 0, where command_parse() expects it */
    enum writer_verb verb;
    char name[NAME_ROOM]; /* the full name */
    const char *text;     /* TEXT, or NULL */
    const char *input;    /* the file, or NULL for standard input */
    uint64_t size;        /* capacity in bytes; 0: as large as the contents need */
    enum text_choice encoding;
    enum number_type number; /* the type of TEXT_CHOICE_NUMBERS */
    bool chomp;
    bool raw;
    bool sealed;
    bool progress;
    bool lines;
    uint32_t readers; /* of a stream */
    bool detach;
    bool wait; /* until NAME is free, before it is created */
    bool has_offset;
    uint64_t offset;   /* bytes */
    uint64_t pad;      /* bytes to which the contents are filled up, or 0 */
    uint64_t hold_for; /* milliseconds, or CLOCK_NEVER */
    bool has_hold_with;
    uint32_t hold_with; /* with has_hold_with: the ID of a process, or PROCESS_PARENT */
    uint64_t reads;     /* complete reads after which the holder lets go; 0: it counts none */
    enum allow allow;
    bool append;            /* write the contents behind the old ones */
    const char *condition;  /* --if: update only if these are the contents; or NULL */
    bool has_add;           /* add to the number that the value contains */
    int64_t add;            /* the summand of --add */
    char add_text[24];      /* the same as TEXT, for a new value */
    const char *sddl;       /* or NULL */
    const char *background; /* the value of --background, which only VERB_BACKGROUND has */
};

/* The bytes of the longest line of --lines, if --size is not given. */
#define OPTIONS_LINE_ROOM ((uint64_t)64 << 10)

/* Return --size, or the room for a line if --size is not given. */
static inline uint64_t options_line_room(const struct writer_options *options)
{
    return options->size != 0 ? options->size : OPTIONS_LINE_ROOM;
}

/* Return whether `word` is the name of an action without its dashes. */
bool writer_options_is_action(const char *word);

extern const struct command_table writer_options_table;

/*
 * Fill *options from the command line, and set the fields of *report that
 * options select. If the command line is wrong, print a message and return
 * EXIT_USAGE. If it asks for help or the version, fill only options->common.
 */
enum status writer_options_parse(int count, char **arguments, struct report *report, struct writer_options *options);

#endif
