/* message_box.h - text for a message box: gathered piece by piece, shown once. */
#ifndef READER_MESSAGE_BOX_H
#define READER_MESSAGE_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/console/report.h"

struct message_box {
    const struct report *report;
    uint64_t timeout; /* milliseconds that the box may stay on the screen; UINT64_MAX for no limit */
    struct message_box_text *text;
    uint16_t *units; /* those of the text; NULL when there is none */
    size_t count;
    bool is_over; /* a NUL has come: what follows is not shown */
    bool is_cut;  /* there was more than a box takes */
};

/* On failure a line has been said, and there is nothing to close. */
enum status message_box_open(const struct report *report, struct message_box *box);

/* Some more of the text. Beyond what a box takes it is cut, visibly. */
void message_box_put(struct message_box *box, const uint16_t *units, size_t count);

/*
 * Show it, with NAME as it was typed as its title, until the user dismisses it.
 * Return EXIT_TIMED_OUT when the timeout passes first: then the box goes away
 * with the program.
 */
enum status message_box_show(struct message_box *box);

void message_box_close(struct message_box *box);

#endif
