/* options.h - parses the command line of shmread. */
#ifndef READER_OPTIONS_H
#define READER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/console/command.h"
#include "common/console/report.h"
#include "common/memory/value.h"
#include "common/text/number.h"
#include "reader/field.h"

/* The action of a command line. */
enum reader_verb {
    VERB_PRINT,  /* print NAME once: the default */
    VERB_FOLLOW, /* print each new value of NAME */
    VERB_TAP,    /* print what passes through the stream NAME, without taking part */
    VERB_STAT,   /* describe NAME */
    VERB_LIST    /* list the names that match the operand PATTERN, or all names */
};

/* The largest number of --get. */
#define FIELDS_MOST 64

/* The options, and NAME. */
struct reader_options {
    struct command common; /* at offset 0, where command_parse() expects it */
    enum reader_verb verb;
    char name[NAME_ROOM];  /* the full name; not set with VERB_LIST */
    char mutex[NAME_ROOM]; /* the full name of the mutex of --mutex, or "" */
    const char *output;    /* the file of --output, or NULL for standard output */
    bool wait;
    bool progress;
    uint64_t interval; /* milliseconds between two looks of --follow */
    uint64_t count;    /* of values, after which --follow ends; 0: it does not count them */
    uint64_t after;    /* --follow skips updates up to this number */
    bool numbered;     /* --follow prints the number of the update before each value */
    uint64_t offset;   /* bytes */
    uint64_t length;   /* bytes, at most; UINT64_MAX for all */
    bool raw;
    bool text;
    bool hex;
    bool json;
    bool message_box;
    bool has_encoding;          /* --encoding is given, and is not "auto" */
    struct value_text encoding; /* that of --encoding, if has_encoding */
    bool has_number;            /* --encoding is a type of numbers */
    enum number_type number;    /* that type; `encoding` is then WINSHM_BYTES */
    struct field fields[FIELDS_MOST];
    size_t field_count; /* of --get; 0 without it */
    bool has_rows;      /* --rows is given; otherwise the next two are 0 */
    uint64_t row_count;
    uint64_t row_size;
};

/* The options of shmread, for parsing and for --help. */
extern const struct command_table reader_options_table;

/*
 * Parse the command line, which has `count` strings in UTF-8 and the program's
 * name first, and fill *options. Also store in *report how messages are to be
 * printed. Return EXIT_DONE, or report a mistake and return EXIT_USAGE. If the
 * command line asks for help or the version, only options->common is filled.
 */
enum status reader_options_parse(int count, char **arguments, struct report *report, struct reader_options *options);

#endif
