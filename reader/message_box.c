/* message_box.c - collects text for a message box, and shows it. */
#include "reader/message_box.h"

#include <string.h>

#include "common/console/explain.h"
#include "common/deadline.h"
#include "common/platform.h"
#include "common/text/text.h"

/*
 * The largest text, in UTF-16 units. A few hundred lines already make a box
 * higher than any screen, so only a text with few, long lines comes close to
 * this.
 */
#define MESSAGE_BOX_UNITS ((size_t)32 << 10)

static const uint16_t dots[] = {'.', '.', '.'};
#define DOTS (sizeof dots / sizeof *dots)

/*
 * The part of a box that its thread uses. The thread may run until the process
 * ends, so on a timeout this memory is never released.
 */
struct message_box_text {
    const char *title;
    oserror error;
    uint16_t units[MESSAGE_BOX_UNITS + DOTS + 1];
};

enum status message_box_open(const struct report *report, struct message_box *box)
{
    struct message_box_text *text = memory_take(sizeof *text);
    if (text == NULL) {
        return explain_no_memory(report, sizeof *text, OSERROR_NOT_ENOUGH_MEMORY);
    }
    *box = (struct message_box){.report = report, .timeout = UINT64_MAX, .text = text, .units = text->units};
    return EXIT_DONE;
}

void message_box_put(struct message_box *box, const uint16_t *units, size_t count)
{
    for (size_t i = 0; i < count && !box->is_over && !box->is_cut; i++) {
        box->is_over = units[i] == 0;
        box->is_cut = !box->is_over && box->count == MESSAGE_BOX_UNITS;
        if (!box->is_over && !box->is_cut) {
            box->units[box->count++] = units[i];
        }
    }
}

static void message_box_thread(void *context)
{
    struct message_box_text *text = context;
    text->error = message_box(text->title, text->units);
}

/*
 * Show the text until `deadline`, on a thread of its own: only the user and the
 * end of the process can end a message box. On a timeout the thread goes on,
 * and the text belongs to it.
 */
static enum status show_until(struct message_box *box, uint64_t deadline)
{
    object *thread = NULL;
    struct message_box_text *text = box->text;
    text->title = box->report->subject;
    text->error = thread_start(message_box_thread, text, &thread);
    struct waited waited = {.how = WAITED_SIGNALLED};
    if (text->error == OSERROR_NONE) {
        waited = wait_any(&thread, 1, deadline);
        object_close(thread);
    }
    if (waited.how != WAITED_SIGNALLED) {
        box->text = NULL;
        return explain_wait(box->report, waited, "timed out waiting for the message box to be closed",
                            "cannot wait for the message box");
    }
    return text->error == OSERROR_NONE
               ? EXIT_DONE
               : report_failure(box->report, EXIT_SYSTEM, text->error, "a message box cannot be shown");
}

enum status message_box_show(struct message_box *box)
{
    if (box->is_cut) {
        /*
         * The text is cut, perhaps within a pair of surrogates: remove its
         * first half.
         */
        box->count -= text_has_half_pair(box->units, box->count) ? 1 : 0;
        memcpy(box->units + box->count, dots, sizeof dots);
        box->count += DOTS;
        report_detail(box->report, "is too long for a message box: only the beginning is shown");
    }
    box->units[box->count] = 0;
    return show_until(box, deadline_in(box->timeout));
}

void message_box_close(struct message_box *box)
{
    memory_give(box->text);
    *box = (struct message_box){0};
}
