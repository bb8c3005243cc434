/* update_lock.c - the mutex `writer`, which the process owns that creates, updates or releases a NAME. */
#include "writer/update_lock.h"

#include "common/console/explain.h"
#include "writer/patience.h"

enum status update_lock_own(const struct report *report, const struct writer_options *options, struct hold *hold)
{
    char sddl[SDDL_ROOM];
    struct access_rules access;
    oserror error;
    do {
        error = companion_open(options->name, COMPANION_WRITER, NULL, &hold->writer);
        hold->writer_was_there = error == OSERROR_NONE;
        if (error == OSERROR_FILE_NOT_FOUND) {
            access_of(options->name, &access);
            const struct access_rules *rules = access_section(&access) != NULL ? &access : hold->access;
            error = companion_create(options->name, COMPANION_WRITER, NULL,
                                     access_companion(rules, COMPANION_WRITER, sddl), &hold->writer);
        }
        /* It may come into being between the two calls. Then it is opened. */
    } while (error == OSERROR_ALREADY_EXISTS && !patience_is_over(hold->deadline));
    if (error != OSERROR_NONE) {
        return explain_companion(report, options->name, COMPANION_WRITER, NULL, error);
    }
    enum status status = explain_wait(report, wait_any(&hold->writer, 1, hold->deadline),
                                      "timed out waiting for another writer", "cannot wait for another writer");
    if (status != EXIT_DONE) {
        object_close(hold->writer);
        hold->writer = NULL;
    }
    return status;
}

bool update_lock_is_ours(const char *name)
{
    char writer[NAME_ROOM];
    char holder[NAME_ROOM];
    companion_name(name, COMPANION_WRITER, NULL, writer);
    companion_name(name, COMPANION_HOLDER, NULL, holder);
    return access_is_same(OBJECT_MUTEX, writer, holder);
}
