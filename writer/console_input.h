/*
 * console_input.h - reads text that a user types into a console.
 *
 * The text ends before a line that begins with Ctrl+Z.
 */
#ifndef WRITER_CONSOLE_INPUT_H
#define WRITER_CONSOLE_INPUT_H

#include "common/console/report.h"
#include "common/platform.h"

#define CONSOLE_INPUT_UNITS 2048

struct console_input {
    object *console;
    uint16_t units[CONSOLE_INPUT_UNITS];
    size_t count; /* units of the text that the last read has stored */
    size_t kept;  /* 1 if `half` begins the next read: the first half of a surrogate pair */
    uint16_t half;
    bool is_started; /* the next read continues a line */
    bool at_end;
};

/*
 * Begin to read from `console`, and print a note that explains how to end the
 * text.
 */
void console_input_begin(struct console_input *input, const struct report *report, object *console);

/*
 * Read a line, or as much of it as fits, to input->units. Set input->at_end at
 * the end of the text. Return EXIT_INTERRUPTED without a message after Ctrl+C.
 * On any other failure print a message and return the status.
 */
enum status console_input_read(struct console_input *input, const struct report *report);

#endif
