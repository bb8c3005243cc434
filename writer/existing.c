/*
 * existing.c - opens a NAME that exists, and detects whether it has a holder.
 */
#include "writer/existing.h"

#include "common/console/explain.h"
#include "common/memory/shared.h"
#include "writer/patience.h"

oserror existing_open(const struct writer *writer, enum access access, struct hold *hold, enum trailer_verdict *verdict)
{
    struct view view = {0};
    *verdict = TRAILER_FOREIGN;
    hold->mapping = (struct mapping){0};
    oserror error = section_open(writer->options->name, access, &hold->section);
    if (error == OSERROR_NONE) {
        error = view_map(hold->section, access, &view);
    }
    if (error == OSERROR_NONE) {
        *verdict = trailer_attach(&view, &hold->mapping);
    }
    return error;
}

enum status existing_explain_open(const struct writer *writer, const struct hold *hold, oserror error)
{
    return hold->section == NULL ? explain_open(writer->report, writer->options->name, error)
                                 : explain_map(writer->report, error);
}

/*
 * Report that NAME exists, with a hint at the options that replace or end it,
 * and return EXIT_CONFLICT. `verdict` is the verdict on *seen, or
 * TRAILER_FOREIGN if NAME could not be opened or mapped.
 */
static enum status explain_taken(const struct writer *writer, const struct hold *seen, enum trailer_verdict verdict)
{
    const struct report *report = writer->report;
    bool is_ours = verdict == TRAILER_OURS;
    uint32_t kind = is_ours ? seen->mapping.kind : 0;
    if (is_ours && trailer_is_stream(&seen->mapping) && writer->options->verb == VERB_STREAM) {
        return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "already has its writer");
    }
    (void)explain_create(report, writer->options->name, 0, OSERROR_ALREADY_EXISTS);
    if (kind == WINSHM_VALUE && writer->options->verb != VERB_STREAM) {
        report_hint(report, "--put or --update replaces the value, --release ends it");
    } else if (is_ours) {
        report_hint(report, "--release ends it");
    }
    return EXIT_CONFLICT;
}

enum status existing_explain_taken(const struct writer *writer)
{
    struct hold seen = {0};
    enum trailer_verdict verdict;
    (void)existing_open(writer, ACCESS_READ, &seen, &verdict);
    enum status status = explain_taken(writer, &seen, verdict);
    hold_close(&seen);
    return status;
}

/* Return whether the trailer records a holder that is not dead. */
static bool is_recorded_alive(const struct mapping *mapping)
{
    return shared_load32_acquire(&mapping->trailer->holder) != 0 && holder_life(mapping) != LIFE_DEAD;
}

enum holder_state existing_find_holder(const struct writer *writer, const struct mapping *mapping, oserror *error)
{
    enum holder_state state;
    uint64_t linger = patience_for_name(writer->deadline);
    do {
        state = holder_find(writer->options->name, error);
    } while (state == HOLDER_ALIVE && *error == OSERROR_NONE && mapping->trailer != NULL &&
             !is_recorded_alive(mapping) && !patience_is_over(linger));
    return state;
}

bool existing_is_going(const struct writer *writer)
{
    struct hold seen = {0};
    enum trailer_verdict verdict;
    oserror error = existing_open(writer, ACCESS_READ, &seen, &verdict);
    bool going = error == OSERROR_FILE_NOT_FOUND;
    if (error == OSERROR_NONE) {
        switch (verdict) {
        case TRAILER_EMPTY:
        case TRAILER_FILLING:
        case TRAILER_RELEASED:
            going = true;
            break;
        case TRAILER_FOREIGN: /* also memory of --raw: its mutex may outlive the holder */
            going = holder_find(writer->options->name, &error) == HOLDER_GONE;
            break;
        case TRAILER_NEWER:
        case TRAILER_DAMAGED:
        case TRAILER_OURS:
            going = existing_find_holder(writer, &seen.mapping, &error) != HOLDER_ALIVE;
            break;
        }
    }
    hold_close(&seen);
    return going;
}

/*
 * Return whether memory with this verdict has no contents yet, or is about to
 * disappear.
 */
static bool is_ending(const struct mapping *mapping, enum trailer_verdict verdict)
{
    return verdict == TRAILER_FILLING || verdict == TRAILER_RELEASED ||
           (verdict == TRAILER_OURS && !is_recorded_alive(mapping));
}

enum status existing_check(const struct writer *writer)
{
    struct hold seen = {0};
    enum trailer_verdict verdict;
    enum status status;
    oserror error = existing_open(writer, ACCESS_READ, &seen, &verdict);
    if (error == OSERROR_FILE_NOT_FOUND || (error == OSERROR_NONE && is_ending(&seen.mapping, verdict))) {
        status = EXIT_DONE;
    } else if (seen.section != NULL) {
        status = explain_taken(writer, &seen, verdict);
    } else {
        status = explain_create(writer->report, writer->options->name, 0, error);
    }
    hold_close(&seen);
    return status;
}

oserror existing_probe(const struct writer *writer, enum access access)
{
    object *section = NULL;
    oserror error = section_open(writer->options->name, access, &section);
    object_close(section);
    return error;
}
