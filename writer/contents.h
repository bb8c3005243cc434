/*
 * contents.h - the contents to be written: TEXT, a file, a pipe, or a console.
 *
 * A file on a disk has a known size, and is read straight into the mapping. All
 * other input is read to its end first, into pieces of memory, and then moved. So
 * nothing is created before the contents are known to fit.
 */
#ifndef WRITER_CONTENTS_H
#define WRITER_CONTENTS_H

#include "common/memory/value.h"
#include "common/platform.h"
#include "writer/context.h"

struct contents {
    uint64_t length;        /* bytes; a file may turn out shorter */
    struct value_text text; /* how they are encoded */
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

/*
 * Open contents->file, from which the contents come if there is no TEXT, and
 * read nothing.
 */
enum status contents_open_input(const struct writer *writer, struct contents *contents);

/*
 * Add text in the encoding of contents->text. If that cannot hold the text, print
 * a message and return `wrong`.
 */
enum status contents_add_text(const struct report *report, struct contents *contents, const uint16_t *units,
                              size_t count, enum status wrong);

/*
 * Read a file of known size now, so that nothing can fail once the contents are
 * being used.
 */
enum status contents_load(const struct report *report, struct contents *contents);

/*
 * Walk over the pieces of contents that are loaded. contents_next() returns
 * false at the end.
 */
struct contents_piece {
    const uint8_t *bytes;
    size_t size;
    const struct piece *next;
    uint64_t left;
};
struct contents_piece contents_begin(const struct contents *contents);
bool contents_next(struct contents_piece *piece);

/*
 * Move the contents to `to`, which has room for contents->length bytes. If a
 * file ends early, set contents->length to the number of bytes read. On failure
 * print a message and return the status.
 */
enum status contents_move(const struct report *report, struct contents *contents, uint8_t *to);

void contents_close(struct contents *contents);

#endif
