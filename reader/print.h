/* print.h - bringing what is in a mapping to the output. */
#ifndef PRINT_H
#define PRINT_H

#include "lock.h"
#include "options.h"
#include "output.h"
#include "trailer.h"

/*
 * Tell the output how the options want it to print bytes that are `text`, if nothing else is asked for, and of which
 * the first is at `offset`. `is_sure` is that of output_text().
 */
void print_begin(const struct reader_options *options, struct value_text text, bool is_sure, uint64_t offset,
                 struct output *output);

/* Is all of it asked for, and not only a part? */
bool print_wants_all(const struct reader_options *options);

/*
 * Print a value of ours, sealed or not: the whole of one update, whose number goes to *sequence, or a failure. One that
 * keeps changing is given up at the deadline, or after ten seconds.
 */
enum status print_value(const struct report *report, const struct reader_options *options,
                        const struct mapping *mapping, uint64_t deadline, struct output *output, uint64_t *sequence);

/* What is to be printed of memory as it stands: of another program's, or of any with --raw. */
struct print_part {
    uint64_t offset; /* in the view */
    const uint8_t *bytes;
    size_t size;
    uint8_t *copy; /* in which they are, to be given back with memory_give(); or NULL: they are in the view */
    struct value_text text;
};

/*
 * Find it, and copy it: a string, or with --raw and --hex all bytes. The copy is made with `lock` held, if there is
 * one; else it is compared with the memory, and made again a few times, if that has changed. A part that is too large
 * for that is copied only if it is to be `kept` or locked.
 */
enum status print_take(const struct report *report, const struct reader_options *options, const struct view *view,
                       struct lock *lock, bool kept, struct print_part *part);
enum status print_part(const struct reader_options *options, const struct print_part *part, struct output *output);

#endif
