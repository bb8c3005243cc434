/* update.c - --update: replaces the contents of memory that exists. */
#include "writer/update.h"

#include <inttypes.h>
#include <string.h>

#include "common/console/explain.h"
#include "common/deadline.h"
#include "common/memory/companion.h"
#include "common/memory/value.h"
#include "writer/hold.h"
#include "writer/patience.h"

/*
 * How often an updater that waits for a reader looks whether the value has been
 * released, in milliseconds.
 */
#define TURN_LOOK_EVERY 50

#define NOT_OURS "was not made by shmwrite: --update --raw writes into it"

/* Would the contents fit, written from --offset on? */
static bool fits(const struct writer_options *options, uint64_t length, uint64_t capacity)
{
    return length <= capacity && options->offset <= capacity - length;
}

static enum status too_large(const struct report *report, const struct writer_options *options, uint64_t length,
                             uint64_t capacity)
{
    if (options->has_offset) {
        return report_failure(report, EXIT_NO_ROOM, OSERROR_NONE,
                              "%" PRIu64 " bytes at offset %" PRIu64 " do not fit: there is room for %" PRIu64, length,
                              options->offset, capacity);
    }
    return report_failure(report, EXIT_NO_ROOM, OSERROR_NONE,
                          "%" PRIu64 " bytes do not fit: there is room for %" PRIu64, length, capacity);
}

/* ---- Ours -------------------------------------------------------------------------------------------------------- */

/* Owning `writer`: the new contents, or what --offset makes of the old ones. */
static enum status replace(const struct report *report, const struct writer_options *options,
                           const struct mapping *mapping, const struct contents *contents)
{
    struct value_update update;
    if (!value_begin_update(mapping, &update)) {
        return explain_verdict(report, TRAILER_DAMAGED);
    }
    uint64_t length = contents->length;
    uint64_t at = 0;
    struct value_text text = contents->text;
    if (options->has_offset) {
        at = options->offset;
        length = at + length > update.old.length ? at + length : update.old.length;
        value_keep(&update, length);
        text = (struct value_text){.encoding = update.old.encoding, .code_page = update.old.code_page};
    }
    for (struct contents_piece piece = contents_begin(contents); contents_next(&piece); at += piece.size) {
        value_write(&update, at, piece.bytes, piece.size);
    }
    value_commit(&update, length, text);
    return EXIT_DONE;
}

/* Is this something that can be updated, with so many bytes? Says what is wrong, but for what may change soon. */
static enum status update_judge(const struct report *report, const struct writer_options *options,
                                const struct mapping *mapping, enum trailer_verdict verdict, uint64_t length)
{
    switch (verdict) {
    case TRAILER_EMPTY:
    case TRAILER_FILLING:
    case TRAILER_RELEASED:
        return EXIT_NOTHING;
    case TRAILER_FOREIGN:
        return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, NOT_OURS);
    case TRAILER_NEWER:
    case TRAILER_DAMAGED:
        return explain_verdict(report, verdict);
    case TRAILER_OURS:
        break;
    }
    if (mapping->kind != WINSHM_VALUE) {
        return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "is %s, and cannot be updated",
                              mapping->kind == WINSHM_SEALED ? "sealed" : "a stream");
    }
    return fits(options, length, mapping->capacity) ? EXIT_DONE : too_large(report, options, length, mapping->capacity);
}

/*
 * Own `turn` of a value that counts its reads, so that no reader is printing the
 * old contents while they are replaced: that read may be the last one.
 * EXIT_NOTHING comes without a message: no reader could read the new contents,
 * as the holder has let go or died.
 */
static enum status own_turn(const struct report *report, const struct writer_options *options, const struct hold *hold,
                            object **turn)
{
    const struct mapping *mapping = &hold->mapping;
    oserror error = companion_open(options->name, COMPANION_TURN, mapping, turn);
    if (error != OSERROR_NONE) {
        return error == OSERROR_FILE_NOT_FOUND
                   ? EXIT_NOTHING
                   : explain_companion(report, options->name, COMPANION_TURN, mapping, error);
    }
    bool is_owned = false;
    while (!is_owned && !holder_is_over(mapping)) {
        struct waited waited = wait_any(turn, 1, deadline_within(TURN_LOOK_EVERY, hold->deadline));
        is_owned = waited.how == WAITED_SIGNALLED || waited.how == WAITED_ABANDONED;
        if (!is_owned && (waited.how != WAITED_TIMEOUT || clock_now() >= hold->deadline)) {
            return explain_wait(report, waited, "timed out waiting for a reader", "cannot wait for a reader");
        }
    }
    return holder_is_over(mapping) ? EXIT_NOTHING : EXIT_DONE;
}

enum status update_value(const struct report *report, const struct writer_options *options, const struct hold *hold,
                         const struct contents *contents, enum trailer_verdict *verdict)
{
    enum status status = update_judge(report, options, &hold->mapping, *verdict, contents->length);
    if (status == EXIT_DONE && options->has_offset && contents->length == 0) {
        return EXIT_DONE; /* a part of no bytes changes nothing */
    }
    object *turn = NULL;
    bool is_released = false;
    if (status == EXIT_DONE && hold->mapping.reads != 0) {
        status = own_turn(report, options, hold, &turn);
        is_released = status == EXIT_NOTHING;
    }
    if (status == EXIT_DONE) {
        status = replace(report, options, &hold->mapping, contents);
    }
    if (status == EXIT_DONE && trailer_is_released(&hold->mapping)) {
        is_released = true;
    }
    hold_close_mutex(turn);
    if (is_released) {
        *verdict = TRAILER_RELEASED;
        status = EXIT_NOTHING;
    }
    return status;
}

enum status update_released(const struct report *report, const struct writer_options *options, const struct hold *hold,
                            const struct contents *contents)
{
    const struct mapping *mapping = &hold->mapping;
    bool asks_for_more = options->size != 0 || options->sealed || options->reads != 0;
    bool has_room = mapping->kind == WINSHM_VALUE && mapping->reads == 0 && contents->length <= mapping->capacity;
    if (asks_for_more || !has_room || !hold_has_same_access(options, hold->access)) {
        return hold_explain_attempt(report, options->name, HOLD_GOING);
    }
    enum status status = replace(report, options, mapping, contents);
    if (status == EXIT_DONE) {
        trailer_revive(mapping);
    }
    return status;
}

enum status update_in_vain(const struct report *report, enum trailer_verdict verdict)
{
    return verdict == TRAILER_EMPTY ? report_failure(report, EXIT_CONFLICT, OSERROR_NONE, NOT_OURS)
                                    : explain_verdict(report, verdict);
}

/* ---- Other programs' --------------------------------------------------------------------------------------------- */

/* Write bytes where they belong, and touch nothing else. */
static enum status update_raw(const struct report *report, const struct writer_options *options,
                              const struct contents *contents)
{
    struct hold hold = {0};
    enum trailer_verdict verdict;
    enum status status = EXIT_DONE;
    oserror error = hold_open(options->name, ACCESS_WRITE, &hold, &verdict);
    const struct view *view = &hold.mapping.view;
    if (error != OSERROR_NONE) {
        status = hold_explain_open(report, options->name, &hold, error);
    } else if (trailer_is_ours(verdict)) {
        status = report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "was made by shmwrite: update it without --raw");
    } else if (!fits(options, contents->length, view->committed)) {
        status = too_large(report, options, contents->length, view->committed);
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

/* Own `writer`, and update what is there then. */
static enum status update_ours(const struct writer *writer, const struct contents *contents)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;
    uint64_t deadline = patience_deadline(options, PATIENCE_MS);
    enum trailer_verdict verdict = TRAILER_OURS;
    uint64_t linger = 0;
    enum status status;
    bool again;
    do {
        struct hold hold = {.deadline = deadline, .access = &writer->access};
        status = hold_own_writer(report, options, &hold);
        again = false;
        if (status == EXIT_DONE) {
            oserror error = hold_open(options->name, ACCESS_WRITE, &hold, &verdict);
            status = error == OSERROR_NONE ? update_value(report, options, &hold, contents, &verdict)
                                           : hold_explain_open(report, options->name, &hold, error);
            again = error == OSERROR_NONE && status == EXIT_NOTHING;
        }
        hold_close(&hold);
        /* Nothing but zeros may be left of a creator that died, and then goes away. */
        if (again) {
            linger = linger == 0 ? patience_for_name(deadline) : linger;
            again = verdict == TRAILER_EMPTY && !patience_is_over(linger);
            status = again ? status : update_in_vain(report, verdict);
        }
    } while (again);
    return status;
}

enum status update_run(const struct writer *writer)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;

    /* Report a NAME that does not exist before the input is read; NAME is not kept open, nor alive, while it is. */
    struct hold hold = {0};
    enum status status;
    oserror error = section_open(options->name, ACCESS_WRITE, &hold.section);
    status = error == OSERROR_NONE ? EXIT_DONE : explain_open(report, options->name, error);
    hold_close(&hold);
    if (status != EXIT_DONE) {
        return status;
    }

    struct contents contents;
    status = contents_gather(writer, &contents);
    if (status != EXIT_DONE) {
        return status;
    }
    status = contents_load(report, &contents);
    if (status == EXIT_DONE && options->raw) {
        status = update_raw(report, options, &contents);
    } else if (status == EXIT_DONE) {
        status = update_ours(writer, &contents);
    }
    contents_close(&contents);
    return status;
}
