/* writer.c - carries out the verb that the command line asks for. */
#include "writer/writer.h"

#include "common/console/help.h"
#include "writer/background.h"
#include "writer/create.h"
#include "writer/hold.h"
#include "writer/lines.h"
#include "writer/put.h"
#include "writer/release.h"
#include "writer/send.h"
#include "writer/update.h"

static enum status writer_run(struct writer *writer)
{
    switch (writer->options->verb) {
    case VERB_CREATE:
        return writer->options->lines ? lines_run(writer) : create_run(writer);
    case VERB_UPDATE:
        return update_run(writer);
    case VERB_PUT:
        return writer->options->lines ? lines_run(writer) : put_run(writer);
    case VERB_STREAM:
        return send_run(writer);
    case VERB_RELEASE:
        return release_run(writer);
    case VERB_BACKGROUND:
        return background_run(writer);
    }
    return EXIT_SYSTEM;
}

enum status writer_main(int count, char **arguments)
{
    struct report report = {.program = "shmwrite"};
    struct writer_options options;
    enum status status = writer_options_parse(count, arguments, &report, &options);
    if (status != EXIT_DONE) {
        return status;
    }
    if (options.common.help || options.common.version) {
        return help_print(&report, &writer_options_table, &options.common);
    }
    int64_t sum = options.add;
    struct writer writer = {.report = &report, .options = &options, .sum = &sum};
    status = hold_open_process(&writer);
    if (status == EXIT_DONE) {
        status = writer_run(&writer);
    }
    object_close(writer.with);
    return status;
}
