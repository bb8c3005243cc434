/* console_input.c - reads text that is typed into a console. */
#include "writer/console_input.h"

#define CTRL_Z 0x1A

void typed_begin(struct typed *typed, const struct report *report, object *console)
{
    *typed = (struct typed){.console = console};
    report_note(report, "type the contents; Ctrl+Z and Enter at the start of a line end them");
}

/*
 * ReadConsoleW gives Ctrl+Z like any other character (microsoft/terminal src/server/ApiDispatchers.cpp treats it only
 * in ReadFile), so it is looked for here.
 */
enum status typed_read(struct typed *typed, const struct report *report)
{
    size_t count = 0;
    size_t kept = typed->kept;
    typed->units[0] = typed->half;
    oserror error = console_read(typed->console, typed->units + kept, TYPED_ROOM - kept, &count);
    if (error == OSERROR_OPERATION_ABORTED) {
        return EXIT_INTERRUPTED;
    }
    if (error != OSERROR_NONE) {
        return report_failure(report, EXIT_IO, error, "cannot read from the console");
    }

    typed->at_end = count == 0 || (!typed->is_started && typed->units[kept] == CTRL_Z);
    typed->count = typed->at_end ? kept : kept + count;
    typed->kept = 0;
    if (typed->count > 0 && !typed->at_end) {
        uint16_t last = typed->units[typed->count - 1];
        typed->is_started = last != '\n';
        if ((last & 0xFC00) == 0xD800) {
            typed->half = last;
            typed->kept = 1;
            typed->count--;
        }
    }
    return EXIT_DONE;
}
