/* existing.c - looks at a NAME that exists: opens it, and finds out whether a process holds it. */
#include "writer/existing.h"

#include "common/console/explain.h"
#include "common/memory/shared.h"
#include "writer/patience.h"

oserror existing_open(const char *name, enum access access, struct hold *hold, enum trailer_verdict *verdict)
{
    struct view view = {0};
    *verdict = TRAILER_FOREIGN;
    hold->mapping = (struct mapping){0};
    oserror error = section_open(name, access, &hold->section);
    if (error == OSERROR_NONE) {
        error = view_map(hold->section, access, &view);
    }
    if (error == OSERROR_NONE) {
        *verdict = trailer_attach(&view, &hold->mapping);
    }
    return error;
}

enum status existing_explain_open(const struct report *report, const char *name, const struct hold *hold, oserror error)
{
    return hold->section == NULL ? explain_open(report, name, error) : explain_map(report, error);
}

/* Return whether the trailer says that a living process holds the value. */
static bool is_recorded_alive(const struct mapping *mapping)
{
    return shared_load32_acquire(&mapping->trailer->holder) != 0 && holder_life(mapping) != LIFE_DEAD;
}

enum holder_state existing_find_holder(const char *name, const struct mapping *mapping, uint64_t deadline,
                                       oserror *error)
{
    enum holder_state state;
    uint64_t linger = patience_for_name(deadline);
    do {
        state = holder_find(name, error);
    } while (state == HOLDER_ALIVE && *error == OSERROR_NONE && mapping->trailer != NULL &&
             !is_recorded_alive(mapping) && !patience_is_over(linger));
    return state;
}

/* Return whether NAME, which exists, is about to go away: its holder has let go or died, or its creator died. */
bool existing_is_going(const char *name, uint64_t deadline)
{
    struct hold seen = {0};
    enum trailer_verdict verdict;
    oserror error = existing_open(name, ACCESS_READ, &seen, &verdict);
    bool going = error == OSERROR_FILE_NOT_FOUND;
    if (error == OSERROR_NONE) {
        switch (verdict) {
        case TRAILER_EMPTY:
        case TRAILER_FILLING:
        case TRAILER_RELEASED:
            going = true;
            break;
        case TRAILER_FOREIGN: /* with --raw, too: then there is a mutex, at least for a moment */
            going = holder_find(name, &error) == HOLDER_GONE;
            break;
        case TRAILER_NEWER:
        case TRAILER_DAMAGED:
        case TRAILER_OURS:
            going = existing_find_holder(name, &seen.mapping, deadline, &error) != HOLDER_ALIVE;
            break;
        }
    }
    hold_close(&seen);
    return going;
}

enum status existing_check(const struct report *report, const char *name)
{
    struct hold seen = {0};
    enum trailer_verdict verdict;
    oserror error = existing_open(name, ACCESS_READ, &seen, &verdict);
    bool going = error == OSERROR_FILE_NOT_FOUND;
    if (error == OSERROR_NONE) {
        going = verdict == TRAILER_FILLING || verdict == TRAILER_RELEASED ||
                (verdict == TRAILER_OURS && !is_recorded_alive(&seen.mapping));
        error = OSERROR_ALREADY_EXISTS;
    } else if (seen.section != NULL) {
        error = OSERROR_ALREADY_EXISTS; /* it cannot be mapped, but it is there */
    }
    hold_close(&seen);
    return going ? EXIT_DONE : explain_create(report, name, 0, error);
}
