/* textout.h - lines of our own words on their way to the output, in pieces of some size. */
#ifndef READER_TEXTOUT_H
#define READER_TEXTOUT_H

#include "reader/json.h"
#include "reader/output.h"

struct textout {
    struct output *output;
    char text[4096];
    size_t length;
    enum status status; /* of the first write that failed: then nothing more is written */
};

/* Begin with an output that is open. */
void textout_begin(struct textout *out, struct output *output);

void textout_print(struct textout *out, const char *format, ...) REPORT_FORMAT(2, 3); /* at most 255 bytes */

/* Put a text of any length, in which what is not printable is masked, as report.h masks it. */
void textout_masked(struct textout *out, const char *text);

/* JSON that goes there. */
void textout_json(struct textout *out, struct json *json);

/* All was put: write what is left. */
enum status textout_end(struct textout *out);

#endif
