/* release.c - --release: asks a holder to let go, and waits until it has. */
#include "writer/release.h"

#include "common/console/explain.h"
#include "common/deadline.h"
#include "common/memory/announcement.h"
#include "common/memory/companion.h"
#include "common/memory/shared.h"
#include "writer/existing.h"
#include "writer/hold.h"
#include "writer/patience.h"
#include "writer/update_lock.h"

/*
 * How long to wait for the mutex `holder` before looking at NAME again, in
 * milliseconds. This process has the mutex open during the wait, so that a new
 * creator of NAME cannot create its own.
 */
#define LOOK_EVERY_MS 100

/* The holder that this process has asked to let go. */
struct asked {
    bool any;
    bool has_let_go;  /* this process has owned the holder's mutex since */
    bool is_done;     /* NAME is released */
    bool is_empty;    /* NAME was all zeros without a holder: its creator may have died */
    uint64_t linger;  /* deadline for such memory to disappear; 0 before it was seen */
    uint64_t created; /* `created` to `held` identify the value and its holder */
    uint32_t creator;
    uint32_t holder;
    uint64_t held;
    object *mutex; /* the mutex `holder` to wait for, or NULL */
};

/*
 * Record which process holds the value. Memory of --raw has no trailer, so its
 * holders cannot be distinguished.
 */
static void note_holder(const struct mapping *mapping, struct asked *asked)
{
    asked->any = true;
    if (mapping->trailer != NULL) {
        asked->created = mapping->created;
        asked->creator = mapping->creator;
        asked->holder = shared_load32_acquire(&mapping->trailer->holder);
        asked->held = shared_load64_acquire(&mapping->trailer->held);
    }
}

/*
 * Return whether NAME has a later holder than the one that was asked. If so,
 * the one that was asked has let go.
 */
static bool is_another(const struct mapping *mapping, const struct asked *asked)
{
    struct asked now = {0};
    note_holder(mapping, &now);
    return now.created != asked->created || now.creator != asked->creator || now.holder != asked->holder ||
           now.held != asked->held;
}

/*
 * Wait for NAME to disappear after its holder has let go or died. The holder's
 * handles are closed by now or in a moment. If another program keeps the memory
 * for more than a second, print a note. This process owns the mutex `writer`,
 * so no other process creates NAME in the meantime.
 */
static void see_it_gone(const struct writer *writer)
{
    uint64_t linger = patience_for_name(writer->deadline);
    while (object_kind_of(writer->options->name) == OBJECT_SECTION) {
        if (patience_is_over(linger)) {
            report_note(writer->report, "released, but another program keeps the memory open");
            return;
        }
    }
}

/*
 * A command that died may have started a holder that is only just beginning.
 * That holder ends, because it sees the state WINSHM_RELEASED or the event.
 */
enum status release_value(const struct writer *writer)
{
    const struct report *report = writer->report;
    const char *name = writer->options->name;
    struct hold hold = {0};
    enum trailer_verdict verdict;
    object *release = NULL;
    oserror error = companion_open(name, COMPANION_RELEASE, NULL, &release);
    if (error != OSERROR_NONE && error != OSERROR_FILE_NOT_FOUND) {
        return explain_companion(report, name, COMPANION_RELEASE, NULL, error);
    }
    if (existing_open(writer, ACCESS_WRITE, &hold, &verdict) == OSERROR_NONE && verdict == TRAILER_OURS) {
        trailer_release(&hold.mapping);
        announcement_make(name, &hold.mapping);
    }
    hold_close(&hold);
    error = release != NULL ? object_signal(release, SIGNAL_SET) : OSERROR_NONE;
    object_close(release);
    return error == OSERROR_NONE ? EXIT_DONE
                                 : report_failure(report, EXIT_SYSTEM, error, "cannot ask its holder to let go");
}

/*
 * Ask the living holder to let go, and open its mutex as asked->mutex. Without
 * the event or the mutex the holder is ending already: `release` is NULL if
 * there is no event, and asked->mutex stays NULL if there is no mutex.
 */
static enum status ask(const struct writer *writer, object *release, struct asked *asked)
{
    const struct report *report = writer->report;
    const char *name = writer->options->name;
    oserror error = release != NULL ? object_signal(release, SIGNAL_SET) : OSERROR_NONE;
    if (error != OSERROR_NONE) {
        return report_failure(report, EXIT_SYSTEM, error, "cannot ask its holder to let go");
    }
    error = companion_open(name, COMPANION_HOLDER, NULL, &asked->mutex);
    return error == OSERROR_NONE || error == OSERROR_FILE_NOT_FOUND
               ? EXIT_DONE
               : explain_companion(report, name, COMPANION_HOLDER, NULL, error);
}

static enum status not_held(const struct writer *writer)
{
    return report_failure(writer->report, EXIT_CONFLICT, OSERROR_NONE, "has no holder: shmwrite does not hold it");
}

/*
 * Judge memory that has neither a holder nor a trailer. If it is all zeros, a
 * creator may have died before it wrote the trailer. Such memory disappears
 * soon: set asked->is_empty and return EXIT_DONE. Otherwise print a message and
 * return the status.
 */
static enum status release_foreign(const struct writer *writer, enum trailer_verdict verdict, struct asked *asked)
{
    if (verdict == TRAILER_EMPTY && asked->linger == 0) {
        asked->linger = patience_for_name(writer->deadline);
    }
    asked->is_empty = verdict == TRAILER_EMPTY && clock_now() < asked->linger;
    return asked->is_empty ? EXIT_DONE : not_held(writer);
}

/* Release a value that has no living holder. */
static enum status release_dead(const struct writer *writer, struct asked *asked)
{
    enum status status = release_value(writer);
    if (status != EXIT_DONE) {
        return status;
    }
    see_it_gone(writer);
    asked->is_done = true;
    return EXIT_DONE;
}

/*
 * Look at NAME once. If it has a living holder, ask that holder to let go. If
 * its holder is dead, release the value. Set asked->is_done if NAME is
 * released. The caller owns the mutex `writer`. On failure print a message and
 * return the status.
 */
static enum status release_look(const struct writer *writer, struct hold *hold, struct asked *asked)
{
    const struct report *report = writer->report;
    const char *name = writer->options->name;
    enum trailer_verdict verdict;
    oserror error = existing_open(writer, ACCESS_READ, hold, &verdict);
    if (error == OSERROR_FILE_NOT_FOUND && asked->any) {
        asked->is_done = true;
        return EXIT_DONE;
    }
    if (hold->section == NULL) {
        return explain_open(report, name, error);
    }
    enum holder_state state = existing_find_holder(writer, &hold->mapping, &error);
    object_close(hold->section); /* otherwise this process would keep NAME in use */
    hold->section = NULL;
    if (error != OSERROR_NONE) {
        return explain_companion(report, name, COMPANION_HOLDER, NULL, error);
    }
    if (state == HOLDER_ALIVE && asked->any && (asked->has_let_go || is_another(&hold->mapping, asked))) {
        asked->is_done = true;
        return EXIT_DONE;
    }
    bool may_be_foreign = !trailer_is_ours(verdict) && !asked->any;
    if (state == HOLDER_NONE && may_be_foreign) {
        return release_foreign(writer, verdict, asked);
    }

    object *release = NULL;
    error = companion_open(name, COMPANION_RELEASE, NULL, &release);
    enum status status = EXIT_DONE;
    if (error == OSERROR_FILE_NOT_FOUND && state == HOLDER_ALIVE && may_be_foreign) {
        status = not_held(writer);
    } else if (error != OSERROR_NONE && error != OSERROR_FILE_NOT_FOUND) {
        status = explain_companion(report, name, COMPANION_RELEASE, NULL, error);
    } else if (state == HOLDER_ALIVE) {
        note_holder(&hold->mapping, asked);
        status = ask(writer, release, asked);
    } else {
        status = release_dead(writer, asked);
    }
    object_close(release);
    return status;
}

/*
 * Wait up to LOOK_EVERY_MS for the holder to let go: then this process owns the
 * mutex `holder` for a moment, and sets asked->has_let_go. On failure print a
 * message and return the status.
 */
static enum status wait_for(const struct writer *writer, struct asked *asked)
{
    uint64_t next = deadline_in(LOOK_EVERY_MS);
    struct waited waited = wait_any(&asked->mutex, 1, next < writer->deadline ? next : writer->deadline);
    enum status status = EXIT_DONE;
    asked->has_let_go = waited.how == WAITED_SIGNALLED || waited.how == WAITED_ABANDONED;
    if (waited.how != WAITED_TIMEOUT || next >= writer->deadline) {
        status = explain_wait(writer->report, waited, "timed out waiting for its holder to let go",
                              "cannot wait for its holder");
    }
    if (asked->has_let_go) {
        (void)object_signal(asked->mutex, SIGNAL_RELEASE);
    }
    return status;
}

enum status release_run(struct writer *writer)
{
    oserror error = existing_probe(writer, ACCESS_READ);
    if (error != OSERROR_NONE) {
        return explain_open(writer->report, writer->options->name, error);
    }

    struct asked asked = {0};
    writer->deadline = patience_deadline(writer->options, PATIENCE_MS);
    enum status status;
    do {
        struct hold hold = {0};
        status = update_lock_own(writer, &hold);
        if (status == EXIT_DONE) {
            status = release_look(writer, &hold, &asked);
        }
        hold_close(&hold);
        if (status == EXIT_DONE && asked.mutex != NULL) {
            status = wait_for(writer, &asked);
        } else if (status == EXIT_DONE && asked.is_empty) {
            (void)patience_is_over(asked.linger);
            asked.is_empty = false;
        }
        object_close(asked.mutex);
        asked.mutex = NULL;
    } while (status == EXIT_DONE && !asked.is_done);
    if (status == EXIT_DONE) {
        report_detail(writer->report, "released");
    }
    return status;
}
