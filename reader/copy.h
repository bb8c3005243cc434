/* copy.h - what is asked for of a value, or of other memory, as it was at one moment. */
#ifndef READER_COPY_H
#define READER_COPY_H

#include "common/memory/trailer.h"
#include "common/memory/value.h"
#include "reader/context.h"

/* Return whether all of it is asked for, and not only a part. */
bool copy_wants_all(const struct reader_options *options);

/*
 * The contents of a value of ours, or the part of them that is asked for, as
 * they were at one look.
 */
struct copied_value {
    const struct mapping *mapping;
    struct value_look look;
    uint64_t from;        /* in the contents */
    uint64_t size;        /* bytes */
    const uint8_t *bytes; /* all of them; NULL when there is no memory for a copy */
    uint8_t *buffer;      /* for the copy, or for pieces of it */
    size_t room;
};

enum copy_verdict {
    COPY_TAKEN,
    COPY_BEYOND,    /* --offset is beyond their end; look.slot.length says where that is */
    COPY_LATE,      /* they kept changing until the deadline */
    COPY_RESTLESS,  /* they kept changing for ten seconds */
    COPY_DAMAGED,   /* the trailer cannot be right */
    COPY_NO_MEMORY, /* not even for a piece */
};

/*
 * Take a value before anything of it is printed: a private copy of all that is
 * asked for, of one update. A sealed value never changes, and is not copied.
 * Where there is no memory for the copy, print_value() prints pieces. The caller
 * calls copy_give() in each case.
 */
enum copy_verdict copy_value(const struct reader *reader, const struct mapping *mapping, struct copied_value *value);
void copy_give(struct copied_value *value);

/* Report why a value was not taken, and return the status. */
enum status copy_explain(const struct reader *reader, enum copy_verdict verdict, const struct copied_value *value);

/* The part of memory that is to be printed: of another program's, or of any with --raw. */
struct copied_memory {
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
enum status copy_memory(const struct reader *reader, const struct view *view, object *mutex, bool is_kept,
                        struct copied_memory *part);

#endif
