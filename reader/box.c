#include "box.h"

#include <string.h>

#include "explain.h"
#include "platform.h"
#include "text.h"

/* UTF-16 units. A box of more than some hundred lines is higher than any screen: this is for what has few of them. */
#define MOST ((size_t)32 << 10)

static const uint16_t dots[] = {'.', '.', '.'};
#define DOTS (sizeof dots / sizeof *dots)

enum status box_open(const struct report *report, struct box *box)
{
    size_t size = (MOST + DOTS + 1) * sizeof *box->units;
    *box = (struct box){.report = report, .units = memory_take(size)};
    return box->units != NULL ? EXIT_DONE : explain_no_memory(report, size, OSERROR_NOT_ENOUGH_MEMORY);
}

void box_put(struct box *box, const uint16_t *units, size_t count)
{
    for (size_t i = 0; i < count && !box->is_over && !box->is_cut; i++) {
        box->is_over = units[i] == 0;
        box->is_cut = !box->is_over && box->count == MOST;
        if (!box->is_over && !box->is_cut) {
            box->units[box->count++] = units[i];
        }
    }
}

enum status box_show(struct box *box)
{
    if (box->is_cut) {
        /* Not within a pair: all others are whole. */
        box->count -= text_has_half_pair(box->units, box->count) ? 1 : 0;
        memcpy(box->units + box->count, dots, sizeof dots);
        box->count += DOTS;
        report_detail(box->report, "is longer than a message box takes: only its beginning is shown");
    }
    box->units[box->count] = 0;
    oserror error = message_box(box->report->subject, box->units);
    return error == OSERROR_NONE ? EXIT_DONE
                                 : report_failure(box->report, EXIT_SYSTEM, error, "a message box cannot be shown");
}

void box_close(struct box *box)
{
    memory_give(box->units);
    *box = (struct box){0};
}
