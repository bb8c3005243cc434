/*
 * console_input.h - text that is typed into a console, until a line that begins
 * with Ctrl+Z.
 */
#ifndef WRITER_CONSOLE_INPUT_H
#define WRITER_CONSOLE_INPUT_H

#include "common/console/report.h"
#include "common/platform.h"

#define CONSOLE_INPUT_UNITS 2048

struct console_input {
    object *console;
    uint16_t units[CONSOLE_INPUT_UNITS];
    size_t count; /* units that are there now */
    size_t kept;  /* how many the next read begins with: the first half of a pair that a long line was cut in */
    uint16_t half;
    bool is_started; /* in the middle of a line */
    bool at_end;
};

/* Begin, and print a note about how to end. */
void console_input_begin(struct console_input *input, const struct report *report, object *console);

/*
 * Read a line, or as much of it as fits. On failure print a message and return
 * the status; EXIT_INTERRUPTED, after Ctrl+C, comes without one.
 */
enum status console_input_read(struct console_input *input, const struct report *report);

#endif
