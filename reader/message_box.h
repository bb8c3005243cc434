/* message_box.h - collects text for a message box, and shows it. */
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
    uint16_t *units; /* of the text in UTF-16; NULL while no box is open */
    size_t count;
    bool is_over; /* the text contained a NUL, and ends there */
    bool is_cut;  /* the text was too long, and was cut */
};

/*
 * Open a box without text. Return EXIT_DONE. On failure print a message and
 * return the status; then there is nothing to close.
 */
enum status message_box_open(const struct report *report, struct message_box *box);

/*
 * Add a piece of the text. A text that is too long for a box is cut, and ends
 * in three dots when it is shown.
 */
void message_box_put(struct message_box *box, const uint16_t *units, size_t count);

/*
 * Show the box until the user closes it. Its title is NAME as the user typed
 * it. Return EXIT_DONE. If the timeout passes first, print a message and return
 * EXIT_TIMED_OUT; the box then disappears when the program ends. On any other
 * failure print a message and return the status.
 */
enum status message_box_show(struct message_box *box);

/* Close the box, and release its text. */
void message_box_close(struct message_box *box);

#endif
