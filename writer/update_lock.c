/*
 * update_lock.c - the mutex `writer`, owned by a process that creates, updates
 * or releases NAME.
 */
#include "writer/update_lock.h"

#include "common/console/explain.h"
#include "writer/patience.h"

enum status update_lock_wait(const struct writer *writer, const struct hold *hold)
{
    object *const awaited[] = {hold->writer, writer->with};
    bool ends_with = writer->options->wait && writer->with != NULL;
    struct waited waited = wait_any(awaited, ends_with ? 2 : 1, writer->deadline);
    if (waited.how == WAITED_SIGNALLED && waited.which != 0) {
        return hold_explain_ended(writer);
    }
    return explain_wait(writer->report, waited, "timed out waiting for another writer",
                        "cannot wait for another writer");
}

enum status update_lock_own(const struct writer *writer, struct hold *hold)
{
    const struct report *report = writer->report;
    const char *name = writer->options->name;
    char sddl[SDDL_ROOM];
    struct access_rules access;
    oserror error;
    do {
        error = companion_open(name, COMPANION_WRITER, NULL, &hold->writer);
        hold->writer_was_there = error == OSERROR_NONE;
        if (error == OSERROR_FILE_NOT_FOUND) {
            rules_of(name, &access);
            const struct access_rules *rules = rules_section(&access) != NULL ? &access : &writer->access;
            error = companion_create(name, COMPANION_WRITER, NULL, rules_companion(rules, COMPANION_WRITER, sddl),
                                     &hold->writer);
        }
        /*
         * Another process may create the mutex between the two calls. Then the
         * next pass opens it.
         */
    } while (error == OSERROR_ALREADY_EXISTS && !patience_is_over(writer->deadline));
    if (error != OSERROR_NONE) {
        return explain_companion(report, name, COMPANION_WRITER, NULL, error);
    }
    enum status status = update_lock_wait(writer, hold);
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
