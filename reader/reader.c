/* reader.c - carries out a command line of shmread. */
#include "reader/reader.h"

#include "common/console/help.h"
#include "common/deadline.h"
#include "reader/context.h"
#include "reader/follow.h"
#include "reader/list.h"
#include "reader/print.h"
#include "reader/stat.h"
#include "reader/tap.h"

static enum status run_verb(struct reader *reader)
{
    switch (reader->options->verb) {
    case VERB_PRINT:
        return print_run(reader);
    case VERB_FOLLOW:
        return follow_run(reader);
    case VERB_TAP:
        return tap_run(reader);
    case VERB_STAT:
        return stat_run(reader);
    case VERB_LIST:
        return list_run(reader);
    }
    return EXIT_DONE;
}

enum status reader_main(int count, char **arguments)
{
    struct report report = {.program = "shmread"};
    struct reader_options options;
    enum status status = reader_options_parse(count, arguments, &report, &options);
    if (status != EXIT_DONE) {
        return status;
    }
    if (options.common.help || options.common.version) {
        return help_print(&report, &reader_options_table, &options.common);
    }

    /*
     * Open the output before waiting for NAME, so that an output that cannot be
     * opened is reported at once.
     */
    struct output output;
    status = output_open(&report, options.output, options.message_box, &output);
    if (status != EXIT_DONE) {
        return status;
    }
    output.box.timeout = options.common.timeout;
    struct reader reader = {
        .report = &report, .options = &options, .output = &output, .deadline = deadline_in(options.common.timeout)};
    status = run_verb(&reader);
    output_close(&output);
    return status;
}
