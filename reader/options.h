/* options.h - the command line of shmread. */
#ifndef READER_OPTIONS_H
#define READER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "command.h"
#include "report.h"

struct reader_options {
    struct command common;
    char name[NAME_ROOM]; /* in full */
    const char *output;   /* the file, or NULL for standard output */
    bool wait;
    bool follow;
    bool progress;
    uint64_t interval; /* milliseconds between two looks of --follow */
    bool raw;
    bool text;
};

extern const char reader_options_usage[];

/*
 * Fill `options` from the command line, and `report` with what it says about reporting. STATUS_USAGE, with a line said,
 * when it is wrong. When it asks for help or the version, nothing but options->common is filled.
 */
enum status reader_options_parse(int count, char **arguments, struct report *report, struct reader_options *options);

#endif
