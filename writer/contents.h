/*
 * contents.h - what is to be written: TEXT, a file, a pipe, or what is typed.
 *
 * A file on a disk tells its size, and is read straight into the mapping. Everything else is read to its end first,
 * into pieces of memory, and then moved: nothing is created before it is known to fit.
 */
#ifndef WRITER_CONTENTS_H
#define WRITER_CONTENTS_H

#include "common/memory/value.h"
#include "common/platform.h"
#include "writer/context.h"

struct contents {
    uint64_t length;        /* bytes: exact, but for a file that shrinks meanwhile */
    struct value_text text; /* what they are said to be */
    object *file;           /* to be read from, or NULL */
    bool file_is_ours;      /* to be closed */
    struct piece *first;    /* in memory; NULL when there are none */
    struct piece *last;
};

/*
 * Gather what the command line asks to be written. More than --size is
 * EXIT_NO_ROOM, and hardly more of the input is read than it takes to know. On
 * failure print a message and return the status; there is nothing to close then.
 */
enum status contents_gather(const struct writer *writer, struct contents *contents);

/* Open contents->file, from which the contents come if there is no TEXT, and read nothing. */
enum status contents_open_input(const struct writer *writer, struct contents *contents);

/* Add text in the encoding that contents->text says. `wrong` is the status when it cannot be told so. */
enum status contents_add_text(const struct report *report, struct contents *contents, const uint16_t *units,
                              size_t count, enum status wrong);

/* Read a file of known size now, so that nothing can fail once the contents are being used. */
enum status contents_load(const struct report *report, struct contents *contents);

/* Go over them piece by piece: see contents_next(). After contents_load() only. */
struct contents_piece {
    const uint8_t *bytes;
    size_t size;
    const struct piece *next;
    uint64_t left;
};
struct contents_piece contents_begin(const struct contents *contents);
bool contents_next(struct contents_piece *piece);

/* Put them at `to`, which has room for contents->length bytes. Updates the length if a file turned out shorter. */
enum status contents_move(const struct report *report, struct contents *contents, uint8_t *to);

void contents_close(struct contents *contents);

#endif
