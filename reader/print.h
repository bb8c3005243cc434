/* print.h - bringing what is in a mapping to the output. */
#ifndef PRINT_H
#define PRINT_H

#include "options.h"
#include "output.h"
#include "trailer.h"

/* Print a value of ours, sealed or not: the whole of one update, or a failure. */
enum status print_value(const struct report *report, const struct reader_options *options,
                        const struct mapping *mapping, struct output *output);

/* Print what its maker put there: a string, or all of it with --raw. */
enum status print_foreign(const struct report *report, const struct reader_options *options, const struct view *view,
                          struct output *output);

/* Print the whole view, whatever it is. */
enum status print_raw(const struct view *view, struct output *output);

#endif
