/* console_input.c - reads text that is typed into a console. */
#include "writer/console_input.h"

#define CTRL_Z 0x1A

void console_input_begin(struct console_input *input, const struct report *report, object *console)
{
    *input = (struct console_input){.console = console};
    report_note(report, "type the contents; Ctrl+Z and Enter at the start of a line end them");
}

/*
 * ReadConsoleW returns Ctrl+Z like any other character, so this function looks
 * for it. Only ReadFile treats Ctrl+Z as the end of the input
 * (microsoft/terminal src/server/ApiDispatchers.cpp).
 */
enum status console_input_read(struct console_input *input, const struct report *report)
{
    size_t count = 0;
    size_t kept = input->kept;
    input->units[0] = input->half;
    oserror error = console_read(input->console, input->units + kept, CONSOLE_INPUT_UNITS - kept, &count);
    if (error == OSERROR_OPERATION_ABORTED) {
        return EXIT_INTERRUPTED;
    }
    if (error != OSERROR_NONE) {
        return report_failure(report, EXIT_IO, error, "cannot read from the console");
    }

    input->at_end = count == 0 || (!input->is_started && input->units[kept] == CTRL_Z);
    input->count = input->at_end ? kept : kept + count;
    input->kept = 0;
    if (input->count > 0 && !input->at_end) {
        uint16_t last = input->units[input->count - 1];
        input->is_started = last != '\n';
        if ((last & 0xFC00) == 0xD800) {
            input->half = last;
            input->kept = 1;
            input->count--;
        }
    }
    return EXIT_DONE;
}
