/* print.h - bringing what is in a mapping to the output. */
#ifndef PRINT_H
#define PRINT_H

#include "options.h"
#include "output.h"
#include "trailer.h"

/* Print a value of ours, sealed or not: the whole of one update, whose number goes to *sequence, or a failure. */
enum status print_value(const struct report *report, const struct reader_options *options,
                        const struct mapping *mapping, struct output *output, uint64_t *sequence);

/* What stands in memory of another program: a copy of the string, or of all of it with --raw. */
struct print_copy {
    uint8_t *bytes; /* to be given back with memory_give() */
    size_t size;
    struct value_text text;
};
enum status print_take(const struct report *report, const struct reader_options *options, const struct view *view,
                       struct print_copy *copy);
enum status print_copy(const struct print_copy *copy, struct output *output);

/* Print the whole view, whatever it is, from where it stands. */
enum status print_raw(const struct view *view, struct output *output);

#endif
