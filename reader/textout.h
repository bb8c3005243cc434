/*
 * textout.h - collects lines that shmread writes itself, for the output.
 *
 * A description or a list is made of many short texts. They are collected, and
 * written in pieces of 4096 bytes. The first write that fails ends the output:
 * all later texts are dropped, and textout_end() returns the status.
 */
#ifndef READER_TEXTOUT_H
#define READER_TEXTOUT_H

#include "reader/json.h"
#include "reader/output.h"

struct textout {
    struct output *output;
    char text[4096]; /* collected, and not yet written */
    size_t length;
    enum status status; /* EXIT_DONE, or that of the first write that failed */
};

/*
 * Begin to collect text for an open output, which must stay open until
 * textout_end().
 */
void textout_begin(struct textout *out, struct output *output);

/*
 * Add `size` bytes of UTF-8. `context` is the struct textout, so that this
 * function can be passed as a field_put.
 */
void textout_bytes(void *context, const char *bytes, size_t size);

/* Add a formatted text in UTF-8. It is cut after 255 bytes. */
void textout_print(struct textout *out, const char *format, ...) REPORT_FORMAT(2, 3);

/*
 * Add a text in UTF-8, of any length. Each character that printable_is()
 * rejects becomes a question mark.
 */
void textout_masked(struct textout *out, const char *text);

/* Begin a JSON text that is added to `out`. */
void textout_json(struct textout *out, struct json *json);

/*
 * Write the rest of the text. Return EXIT_DONE, or the status of the first
 * write that failed, which has printed a message.
 */
enum status textout_end(struct textout *out);

#endif
