#include "update.h"

#include <inttypes.h>
#include <string.h>

#include "explain.h"
#include "hold.h"
#include "value.h"

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
static enum status judge(const struct report *report, const struct writer_options *options,
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

enum status update_section(const struct report *report, const struct writer_options *options, object *section,
                           struct contents *contents, uint64_t deadline, enum trailer_verdict *verdict, object **writer)
{
    struct view view;
    struct mapping mapping;
    enum status status = contents_load(report, contents);
    if (status != EXIT_DONE) {
        return status;
    }
    oserror error = view_map(section, ACCESS_WRITE, &view);
    if (error != OSERROR_NONE) {
        return explain_map(report, error);
    }
    *verdict = trailer_attach(&view, &mapping);
    if (*verdict == TRAILER_FILLING) {
        /* Its maker owns `writer` until it has been published, or the maker is dead. */
        status = hold_own_writer(report, options->name, deadline, writer);
        if (status == EXIT_DONE) {
            *verdict = trailer_attach(&view, &mapping);
        }
    }
    if (status == EXIT_DONE) {
        status = judge(report, options, &mapping, *verdict, contents->length);
    }
    if (status == EXIT_DONE && *writer == NULL) {
        status = hold_own_writer(report, options->name, deadline, writer);
    }
    if (status == EXIT_DONE) {
        status = replace(report, options, &mapping, contents);
    }
    view_unmap(&view);
    return status;
}

enum status update_in_vain(const struct report *report, enum trailer_verdict verdict)
{
    return verdict == TRAILER_EMPTY ? report_failure(report, EXIT_CONFLICT, OSERROR_NONE, NOT_OURS)
                                    : explain_verdict(report, verdict);
}

/* ---- Other programs' --------------------------------------------------------------------------------------------- */

/* Write bytes where they belong, and touch nothing else. */
static enum status update_raw(const struct report *report, const struct writer_options *options, object *section,
                              const struct contents *contents)
{
    struct view view;
    struct mapping mapping;
    oserror error = view_map(section, ACCESS_WRITE, &view);
    if (error != OSERROR_NONE) {
        return explain_map(report, error);
    }
    enum status status = EXIT_DONE;
    if (trailer_is_ours(trailer_attach(&view, &mapping))) {
        status = report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "was made by shmwrite: update it without --raw");
    } else if (!fits(options, contents->length, view.committed)) {
        status = too_large(report, options, contents->length, view.committed);
    } else {
        uint8_t *to = view.base + options->offset;
        for (struct contents_piece piece = contents_begin(contents); contents_next(&piece); to += piece.size) {
            memcpy(to, piece.bytes, piece.size);
        }
    }
    view_unmap(&view);
    return status;
}

/* ---- The verb ---------------------------------------------------------------------------------------------------- */

static enum status open_for_update(const struct report *report, const char *name, object **section)
{
    oserror error = section_open(name, ACCESS_WRITE, section);
    return error == OSERROR_NONE ? EXIT_DONE : explain_open(report, name, error);
}

enum status update_run(const struct report *report, const struct writer_options *options)
{
    /* A NAME that does not exist is told before the input is read; it is not kept open meanwhile, nor alive. */
    object *section = NULL;
    enum status status = open_for_update(report, options->name, &section);
    object_close(section);
    if (status != EXIT_DONE) {
        return status;
    }

    struct contents contents;
    status = contents_gather(report, options, UINT64_MAX, &contents);
    if (status != EXIT_DONE) {
        return status;
    }
    struct hold hold = {0};
    status = contents_load(report, &contents);
    if (status == EXIT_DONE) {
        status = open_for_update(report, options->name, &hold.section);
    }
    if (status == EXIT_DONE && options->raw) {
        status = update_raw(report, options, hold.section, &contents);
    } else if (status == EXIT_DONE) {
        enum trailer_verdict verdict = TRAILER_OURS;
        uint64_t deadline = hold_deadline(options, HOLD_PATIENCE);
        status = update_section(report, options, hold.section, &contents, deadline, &verdict, &hold.writer);
        if (status == EXIT_NOTHING) {
            status = update_in_vain(report, verdict);
        }
    }
    hold_close(&hold);
    contents_close(&contents);
    return status;
}
