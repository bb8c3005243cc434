/* update.c - --update: replaces the contents of memory that exists. */
#include "writer/update.h"

#include <string.h>

#include "common/console/explain.h"
#include "common/deadline.h"
#include "common/memory/announcement.h"
#include "common/memory/companion.h"
#include "writer/change.h"
#include "writer/existing.h"
#include "writer/hold.h"
#include "writer/patience.h"
#include "writer/update_lock.h"

/*
 * How long an updater waits for a reader before it checks again whether the
 * value has been released, in milliseconds.
 */
#define TURN_LOOK_EVERY_MS 50

/*
 * Report that the memory has no layout, which --update and --put need. Return
 * EXIT_CONFLICT.
 */
static enum status explain_no_layout(const struct report *report)
{
    (void)report_failure(report, EXIT_CONFLICT, OSERROR_NONE,
                         "has no layout of shmwrite: it was created with --raw, or by another program");
    report_hint(report, "--update --raw writes into such memory");
    return EXIT_CONFLICT;
}

/* ---- Ours -------------------------------------------------------------------------------------------------------- */

/*
 * Return EXIT_DONE if memory with this verdict can be updated with `length`
 * bytes. Return EXIT_NOTHING without a message if it is in a state that may
 * change soon. Otherwise print a message and return the status.
 */
static enum status update_judge(const struct writer *writer, const struct mapping *mapping,
                                enum trailer_verdict verdict, uint64_t length)
{
    const struct report *report = writer->report;
    switch (verdict) {
    case TRAILER_EMPTY:
    case TRAILER_FILLING:
    case TRAILER_RELEASED:
        return EXIT_NOTHING;
    case TRAILER_FOREIGN:
        return explain_no_layout(report);
    case TRAILER_NEWER:
    case TRAILER_DAMAGED:
        return explain_verdict(report, verdict);
    case TRAILER_OURS:
        break;
    }
    if (mapping->kind != WINSHM_VALUE) {
        (void)report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "is %s, and cannot be updated",
                             mapping->kind == WINSHM_SEALED ? "sealed" : "a stream");
        report_hint(report, "--release ends it");
        return EXIT_CONFLICT;
    }
    return writer->options->has_add || change_fits(writer->options, length, mapping->capacity)
               ? EXIT_DONE
               : change_too_large(writer, length, mapping->capacity);
}

/*
 * Own the mutex `turn` of a value that counts its reads, so that no reader is
 * reading while the contents are replaced. Otherwise that read could be the
 * last one: the value would end, and no reader would see the new contents.
 * Return EXIT_NOTHING without a message if the holder has let go or died. On
 * any other failure print a message and return the status.
 */
static enum status own_turn(const struct writer *writer, const struct mapping *mapping, object **turn)
{
    const struct report *report = writer->report;
    const char *name = writer->options->name;
    oserror error = companion_open(name, COMPANION_TURN, mapping, turn);
    if (error != OSERROR_NONE) {
        return error == OSERROR_FILE_NOT_FOUND ? EXIT_NOTHING
                                               : explain_companion(report, name, COMPANION_TURN, mapping, error);
    }
    bool is_owned = false;
    while (!is_owned && !holder_is_over(mapping)) {
        struct waited waited = wait_any(turn, 1, deadline_within(TURN_LOOK_EVERY_MS, writer->deadline));
        is_owned = waited.how == WAITED_SIGNALLED || waited.how == WAITED_ABANDONED;
        if (!is_owned && (waited.how != WAITED_TIMEOUT || clock_now() >= writer->deadline)) {
            return explain_wait(report, waited, "timed out waiting for a reader", "cannot wait for a reader");
        }
    }
    return holder_is_over(mapping) ? EXIT_NOTHING : EXIT_DONE;
}

enum status update_value(const struct writer *writer, const struct mapping *mapping, const struct contents *contents,
                         enum trailer_verdict *verdict)
{
    uint64_t length = contents_length(contents);
    enum status status = update_judge(writer, mapping, *verdict, length);
    bool is_conditional = writer->options->condition != NULL;
    if (status != EXIT_DONE || (writer->options->has_offset && length == 0 && !is_conditional)) {
        return status; /* an empty part changes nothing */
    }
    object *turn = NULL;
    if (mapping->reads != 0) {
        status = own_turn(writer, mapping, &turn);
    }
    bool is_released = status == EXIT_NOTHING;
    if (status == EXIT_DONE) {
        status = change_value(writer, mapping, contents, false);
        is_released = status == EXIT_DONE && trailer_is_released(mapping);
        if (status == EXIT_DONE) {
            announcement_make(writer->options->name, mapping);
        }
    }
    hold_close_mutex(turn);
    if (is_released) {
        *verdict = TRAILER_RELEASED;
        status = EXIT_NOTHING;
    }
    return status;
}

enum status update_released(const struct writer *writer, const struct mapping *mapping, const struct contents *contents)
{
    const struct writer_options *options = writer->options;
    bool asks_for_more = options->size != 0 || options->sealed || options->reads != 0;
    bool has_room =
        mapping->kind == WINSHM_VALUE && mapping->reads == 0 && contents_length(contents) <= mapping->capacity;
    if (asks_for_more || !has_room || !access_is_as_created(writer)) {
        return hold_explain_attempt(writer, HOLD_GOING);
    }
    enum status status = change_value(writer, mapping, contents, true);
    if (status == EXIT_DONE) {
        trailer_revive(mapping);
        announcement_make(writer->options->name, mapping);
    }
    return status;
}

enum status update_in_vain(const struct report *report, enum trailer_verdict verdict)
{
    return verdict == TRAILER_EMPTY ? explain_no_layout(report) : explain_verdict(report, verdict);
}

/* ---- Other programs' --------------------------------------------------------------------------------------------- */

/*
 * Write the contents into the memory of another program, and change nothing
 * else.
 */
static enum status update_raw(const struct writer *writer, const struct contents *contents)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;
    struct hold hold = {0};
    enum trailer_verdict verdict;
    enum status status = EXIT_DONE;
    oserror error = existing_open(writer, ACCESS_WRITE, &hold, &verdict);
    const struct view *view = &hold.mapping.view;
    if (error != OSERROR_NONE) {
        status = existing_explain_open(writer, &hold, error);
    } else if (trailer_is_ours(verdict)) {
        status =
            report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "has a layout of shmwrite: update it without --raw");
    } else if (!change_fits(options, contents_length(contents), view->committed)) {
        status = change_too_large(writer, contents_length(contents), view->committed);
    } else {
        uint8_t *to = view->base + options->offset;
        for (struct contents_piece piece = contents_begin(contents); contents_next(&piece); to += piece.size) {
            memcpy(to, piece.bytes, piece.size);
        }
    }
    hold_close(&hold);
    return status;
}

/* ---- The verb ---------------------------------------------------------------------------------------------------- */

/*
 * Make one attempt: own the mutex `writer`, and update the value. If NAME has
 * no contents, set *is_vain, print no message and return EXIT_NOTHING. Then
 * *verdict is the reason.
 */
static enum status update_once(const struct writer *writer, const struct contents *contents,
                               enum trailer_verdict *verdict, bool *is_vain)
{
    struct hold hold = {0};
    *is_vain = false;
    enum status status = update_lock_own(writer, &hold);
    if (status == EXIT_DONE) {
        oserror error = existing_open(writer, ACCESS_WRITE, &hold, verdict);
        status = error == OSERROR_NONE ? update_value(writer, &hold.mapping, contents, verdict)
                                       : existing_explain_open(writer, &hold, error);
        *is_vain = error == OSERROR_NONE && status == EXIT_NOTHING;
    }
    hold_close(&hold);
    return status;
}

/*
 * Update a value of ours. If NAME is all zeros, its creator may have died
 * before it wrote the trailer. Such memory disappears soon, so wait for that.
 */
static enum status update_ours(const struct writer *writer, const struct contents *contents)
{
    uint64_t linger = 0;
    for (;;) {
        enum trailer_verdict verdict;
        bool is_vain;
        enum status status = update_once(writer, contents, &verdict, &is_vain);
        if (!is_vain) {
            return status;
        }
        linger = linger == 0 ? patience_for_name(writer->deadline) : linger;
        if (verdict != TRAILER_EMPTY || patience_is_over(linger)) {
            return update_in_vain(writer->report, verdict);
        }
    }
}

enum status update_run(struct writer *writer)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;

    /*
     * Report a NAME that does not exist before the input is read. Close the
     * section at once, so that this process does not keep NAME in use while it
     * reads the input.
     */
    oserror error = existing_probe(writer, ACCESS_WRITE);
    if (error != OSERROR_NONE) {
        return explain_open(report, options->name, error);
    }

    struct contents contents;
    enum status status = contents_gather(writer, &contents);
    if (status != EXIT_DONE) {
        return status;
    }
    status = contents_load(report, &contents);
    if (status == EXIT_DONE && options->raw) {
        status = update_raw(writer, &contents);
    } else if (status == EXIT_DONE) {
        writer->deadline = patience_deadline(options, PATIENCE_MS);
        status = update_ours(writer, &contents);
    }
    if (status == EXIT_DONE) {
        report_detail(report, "updated");
        status = change_print_sum(writer);
    }
    contents_close(&contents);
    return status;
}
