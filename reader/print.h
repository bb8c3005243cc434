/* print.h - bringing what is in a mapping to the output. */
#ifndef READER_PRINT_H
#define READER_PRINT_H

#include "common/memory/trailer.h"
#include "reader/context.h"

/*
 * Prepare the output for bytes that are `text`, unless the options ask for
 * something else. The first of them is at `offset`. `is_sure` is that of
 * output_text().
 */
void print_begin(const struct reader *reader, struct value_text text, bool is_sure, uint64_t offset);

/* Is all of it asked for, and not only a part? */
bool print_wants_all(const struct reader_options *options);

/*
 * The contents of a value of ours, or the part of them that is asked for, as
 * they were at one look.
 */
struct print_value {
    const struct mapping *mapping;
    struct value_look look;
    uint64_t from;        /* in the contents */
    uint64_t size;        /* bytes */
    const uint8_t *bytes; /* all of them; NULL when there is no memory for a copy */
    uint8_t *buffer;      /* for the copy, or for pieces of it */
    size_t room;
};

enum print_verdict {
    PRINT_TAKEN,
    PRINT_BEYOND,    /* --offset is beyond their end; look.slot.length says where that is */
    PRINT_LATE,      /* they kept changing until the deadline */
    PRINT_RESTLESS,  /* they kept changing for ten seconds */
    PRINT_DAMAGED,   /* the trailer cannot be right */
    PRINT_NO_MEMORY, /* not even for a piece */
};

/*
 * Take a value before anything of it is printed: a private copy of all that is
 * asked for, of one update. A sealed value never changes, and is not copied.
 * Where there is no memory for the copy, print_taken() prints pieces. The caller
 * calls print_give() in each case.
 */
enum print_verdict print_take_value(const struct reader *reader, const struct mapping *mapping,
                                    struct print_value *value);
void print_give(struct print_value *value);

/* Print a value that was taken. */
enum status print_taken(const struct reader *reader, struct print_value *value);

/* Report why a value was not taken, and return the status. */
enum status print_explain(const struct reader *reader, enum print_verdict verdict, const struct print_value *value);

/* What is to be printed of memory as it stands: of another program's, or of any with --raw. */
struct print_part {
    uint64_t offset; /* in the view */
    const uint8_t *bytes;
    size_t size;
    uint8_t *copy; /* in which they are, to be given back with memory_give(); or NULL: they are in the view */
    struct value_text text;
};

/*
 * Find what the options ask for in `view`, and copy it: a string, or with --raw
 * and --hex all bytes. If there is a `mutex`, the copy is made while this thread
 * owns it. Otherwise the copy is compared with the memory, and made again a few
 * times if that has changed. A part that is too large for that is copied only if
 * it `is_kept` after the view, or if there is a mutex.
 */
enum status print_take(const struct reader *reader, const struct view *view, object *mutex, bool is_kept,
                       struct print_part *part);
enum status print_part(const struct reader *reader, const struct print_part *part);

#endif
