/* find.c - opens the memory NAME for reading, and waits for it with --wait. */
#include "reader/find.h"

#include <string.h>

#include "common/console/explain.h"
#include "common/deadline.h"

/*
 * Milliseconds between two looks at a name that does not exist yet. Windows
 * signals no object when a section is created, so a reader has to poll.
 */
#define LOOK_EVERY 20

void find_close(struct found_memory *found)
{
    turn_close(&found->turn);
    view_unmap(&found->mapping.view);
    object_close(found->mutex);
    *found = (struct found_memory){0};
}

void find_look(const struct reader *reader, struct found_memory *found)
{
    const struct reader_options *options = reader->options;
    struct view view;
    object *section = NULL;
    *found = (struct found_memory){0};
    found->open_error = section_open(options->name, ACCESS_READ, &section);
    if (found->open_error != OSERROR_NONE) {
        return;
    }
    found->map_error = view_map(section, ACCESS_READ, &view);
    object_close(section);
    if (found->map_error != OSERROR_NONE) {
        return;
    }
    found->verdict = trailer_attach(&view, &found->mapping);
    if (options->mutex[0] != '\0' && !trailer_is_ours(found->verdict)) {
        found->mutex_error = object_open(OBJECT_MUTEX, options->mutex, &found->mutex);
    }
}

bool find_is_nothing(const struct found_memory *found)
{
    if (found->open_error != OSERROR_NONE || found->map_error != OSERROR_NONE) {
        return found->open_error == OSERROR_FILE_NOT_FOUND;
    }
    if (found->mutex_error != OSERROR_NONE) {
        return found->mutex_error == OSERROR_FILE_NOT_FOUND;
    }
    return found->verdict == TRAILER_FILLING || found->verdict == TRAILER_RELEASED || found->verdict == TRAILER_EMPTY;
}

enum status find_check_wait(const struct reader *reader, struct waited waited)
{
    return waited.how != WAITED_FAILED
               ? EXIT_DONE
               : report_failure(reader->report, EXIT_SYSTEM, waited.error, "cannot wait for it");
}

enum status find_sleep(const struct reader *reader, uint64_t milliseconds)
{
    return find_check_wait(reader, deadline_sleep(deadline_within(milliseconds, reader->deadline)));
}

enum status find_pause(const struct reader *reader)
{
    if (clock_now() >= reader->deadline) {
        (void)report_failure(reader->report, EXIT_TIMED_OUT, OSERROR_NONE, "timed out waiting for contents");
        if (object_kind_of(reader->options->name) == OBJECT_NONE) {
            explain_other_name(reader->report, reader->options->name);
        }
        return EXIT_TIMED_OUT;
    }
    return find_sleep(reader, LOOK_EVERY);
}

enum status find_take_turn(const struct reader *reader, struct found_memory *found)
{
    if (found->verdict != TRAILER_OURS || !turn_is_counted(reader, &found->mapping)) {
        return EXIT_DONE;
    }
    enum status status = turn_take(reader, &found->mapping, &found->turn);
    if (status == EXIT_DONE && !found->turn.is_ours) {
        found->open_error = OSERROR_FILE_NOT_FOUND;
    }
    return status;
}

enum status find_wait(const struct reader *reader, struct found_memory *found)
{
    for (;;) {
        find_look(reader, found);
        enum status status = find_take_turn(reader, found);
        if (status != EXIT_DONE || !reader->options->wait || !find_is_nothing(found)) {
            return status;
        }
        find_close(found);
        status = find_pause(reader);
        if (status != EXIT_DONE) {
            return status;
        }
    }
}

/* Report why the mutex of --mutex could not be opened. */
static enum status explain_mutex(const struct reader *reader, oserror error)
{
    const struct report *report = reader->report;
    const char *name = reader->options->mutex;
    switch (error) {
    case OSERROR_FILE_NOT_FOUND:
        return report_failure(report, EXIT_NOTHING, OSERROR_NONE, "the mutex %s does not exist", name);
    case OSERROR_INVALID_HANDLE:
        return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "the name %s is that of %s, not of a mutex", name,
                              explain_kind_text(object_kind_of(name)));
    case OSERROR_ACCESS_DENIED:
        return report_failure(report, EXIT_DENIED, error, "access denied: this user may not open the mutex %s", name);
    default:
        return report_failure(report, EXIT_SYSTEM, error, "the mutex %s cannot be opened", name);
    }
}

enum status find_explain(const struct reader *reader, const struct found_memory *found)
{
    if (found->open_error != OSERROR_NONE) {
        enum status status = explain_open(reader->report, reader->options->name, found->open_error);
        if (status == EXIT_NOTHING && strpbrk(reader->options->name, "*?") != NULL) {
            report_hint(reader->report, "--list prints the names that match a pattern");
        }
        return status;
    }
    if (found->map_error != OSERROR_NONE) {
        return explain_map(reader->report, found->map_error);
    }
    if (found->mutex_error != OSERROR_NONE) {
        return explain_mutex(reader, found->mutex_error);
    }
    return explain_verdict(reader->report, found->verdict);
}

bool find_can_print(const struct reader_options *options, const struct found_memory *found)
{
    return found->open_error == OSERROR_NONE && found->map_error == OSERROR_NONE &&
           found->mutex_error == OSERROR_NONE &&
           (found->verdict == TRAILER_FOREIGN || found->verdict == TRAILER_OURS ||
            (options->raw && found->verdict >= TRAILER_NEWER));
}

bool find_is_stream(const struct reader_options *options, const struct found_memory *found)
{
    return found->verdict == TRAILER_OURS && trailer_is_stream(&found->mapping) && !options->raw;
}

enum status find_refuse_mutex(const struct reader *reader, const struct found_memory *found)
{
    if (reader->options->mutex[0] != '\0' && trailer_is_ours(found->verdict)) {
        return report_failure(reader->report, EXIT_USAGE, OSERROR_NONE,
                              "was created by shmwrite: reading it needs no mutex");
    }
    return EXIT_DONE;
}
