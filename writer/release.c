#include "release.h"

#include "duration.h"
#include "explain.h"
#include "hold.h"
#include "holder.h"

/* The holder has let go, or died. Its handles are closed by now or in a moment: unless others have theirs. */
static enum status see_it_gone(const struct report *report, const struct writer_options *options)
{
    uint64_t deadline = hold_linger(options);
    oserror error;
    while (object_kind_of(options->name) == OBJECT_SECTION && holder_find(options->name, &error) != HOLDER_ALIVE) {
        uint64_t now = clock_now();
        if (now >= deadline) {
            report_note(report, "its holder has let go, but another program keeps it alive");
            break;
        }
        (void)wait_any(NULL, 0, duration_from(now, HOLD_LOOK_EVERY));
    }
    return EXIT_DONE;
}

static enum status wait_for(const struct report *report, const struct writer_options *options, object *holder)
{
    /* Whoever is just making NAME owns `writer`, and not yet `holder`: until he does, or is dead. */
    char companion[NAME_ROOM];
    object *writer = NULL;
    uint64_t deadline = hold_deadline(options, HOLD_PATIENCE);
    name_companion(options->name, WINSHM_WRITER, companion);
    if (mutex_open(companion, &writer) == OSERROR_NONE) {
        (void)wait_any(&writer, 1, deadline);
        hold_close_mutex(writer);
    }

    struct waited waited = wait_any(&holder, 1, deadline);
    enum status status =
        explain_wait(report, waited, "the time is up: its holder has not let go", "cannot wait for its holder");
    if (status == EXIT_DONE) {
        mutex_release(holder);
    }
    return status;
}

/* There is no holder to ask: NAME does not exist, is not ours, or is left over. */
static enum status no_holder(const struct report *report, const struct writer_options *options)
{
    bool ours = false;
    oserror error = holder_is_ours(options->name, &ours);
    if (error != OSERROR_NONE) {
        return explain_open(report, options->name, error);
    }
    if (!ours) {
        return report_failure(report, EXIT_CONFLICT, OSERROR_NONE, "is not held by shmwrite");
    }
    return see_it_gone(report, options);
}

enum status release_run(const struct report *report, const struct writer_options *options)
{
    char companion[NAME_ROOM];
    object *release = NULL;
    object *holder = NULL;
    name_companion(options->name, WINSHM_RELEASE, companion);
    oserror error = event_open(companion, &release);
    if (error == OSERROR_NONE) {
        name_companion(options->name, WINSHM_HOLDER, companion);
        error = mutex_open(companion, &holder);
    }

    enum status status;
    if (error == OSERROR_NONE) {
        error = event_set(release);
        object_close(release); /* or it would be in the way of who makes NAME anew */
        release = NULL;
        status = error == OSERROR_NONE ? wait_for(report, options, holder)
                                       : report_failure(report, EXIT_SYSTEM, error, "cannot ask its holder");
    } else if (error == OSERROR_FILE_NOT_FOUND) {
        status = no_holder(report, options);
    } else {
        status = explain_companion(report, companion, error);
    }
    bool asked = holder != NULL;
    object_close(holder);
    object_close(release);
    return status == EXIT_DONE && asked ? see_it_gone(report, options) : status;
}
