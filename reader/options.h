/* options.h - the command line of shmread. */
#ifndef READER_OPTIONS_H
#define READER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/console/command.h"
#include "common/console/report.h"
#include "common/memory/value.h"

enum reader_verb {
    VERB_PRINT,  /* print NAME once */
    VERB_FOLLOW, /* print each new value of it */
    VERB_STAT,   /* describe it */
    VERB_LIST    /* list what there is; the operand, if any, is PATTERN */
};

struct reader_options {
    struct command common; /* first: see command_parse() */
    enum reader_verb verb;
    char name[NAME_ROOM]; /* in full */
    char lock[NAME_ROOM]; /* the mutex of --lock in full, or "" */
    const char *output;   /* the file, or NULL for standard output */
    bool wait;
    bool progress;
    uint64_t interval; /* milliseconds between two looks of --follow */
    uint64_t offset;   /* bytes */
    uint64_t length;   /* bytes, or UINT64_MAX for all */
    bool raw;
    bool text;
    bool hex;
    bool json;
    bool message_box;
    bool has_encoding;          /* not auto: */
    struct value_text encoding; /* what it is to be decoded as */
};

extern const struct command_table reader_options_table;

/*
 * Fill `options` from the command line, and `report` with what it says about
 * messages. Return EXIT_USAGE after reporting what is wrong. When the command
 * line asks for help or the version, only options->common is filled.
 */
enum status reader_options_parse(int count, char **arguments, struct report *report, struct reader_options *options);

#endif
