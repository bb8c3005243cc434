/* textout.h - lines of our own words on their way to the output, in pieces of some size. */
#ifndef READER_TEXTOUT_H
#define READER_TEXTOUT_H

#include "reader/json.h"
#include "reader/output.h"

struct sheet {
    struct output *output;
    char text[4096];
    size_t length;
    enum status status; /* of the first write that failed: then nothing more is written */
};

/* Begin with an output that is open. */
void sheet_begin(struct sheet *sheet, struct output *output);

void sheet_print(struct sheet *sheet, const char *format, ...) REPORT_FORMAT(2, 3); /* at most 255 bytes */

/* Put a text of any length, in which what is not printable is masked, as report.h masks it. */
void sheet_masked(struct sheet *sheet, const char *text);

/* JSON that goes there. */
void sheet_json(struct sheet *sheet, struct json *json);

/* All was put: write what is left. */
enum status sheet_end(struct sheet *sheet);

#endif
