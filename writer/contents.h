/*
 * contents.h - collects the contents that a command writes.
 *
 * They are TEXT, a file, a pipe, or text typed into a console. A file on a disk
 * has a known size, and is read directly into the mapping. All other input, and
 * all text that is converted to numbers, is first read to its end, into pieces
 * of memory, and then moved. So nothing is created before the contents are known
 * to fit, and to be numbers.
 */
#ifndef WRITER_CONTENTS_H
#define WRITER_CONTENTS_H

#include "common/memory/value.h"
#include "common/platform.h"
#include "writer/context.h"

struct contents {
    uint64_t length;         /* bytes without the padding; fewer if a file turns out to be shorter */
    uint64_t pad;            /* bytes to which --pad fills up the contents, or 0 */
    struct value_text text;  /* the encoding of the contents */
    object *file;            /* the file to read from, or NULL */
    bool file_is_ours;       /* contents_close() closes `file` */
    struct numbers *numbers; /* converts text to numbers as it is added, or NULL */
    struct piece *first;     /* the contents in memory; NULL if there are none */
    struct piece *last;
};

/* Return the number of bytes to be written: the contents, and their padding. */
static inline uint64_t contents_length(const struct contents *contents)
{
    return contents->length > contents->pad ? contents->length : contents->pad;
}

/*
 * Collect the contents that the command line asks for. If they are larger than
 * --size or --pad, stop soon after that is known, print a message and return
 * EXIT_NO_ROOM. On any failure print a message, close everything and return the
 * status.
 */
enum status contents_gather(const struct writer *writer, struct contents *contents);

/*
 * Open the input, which is --input or standard input: set contents->file and
 * contents->text, and read nothing. The caller has set all other fields. On
 * failure print a message and return the status.
 */
enum status contents_open_input(const struct writer *writer, struct contents *contents);

/* Add `size` bytes as they are. On failure print a message and return the status. */
enum status contents_add_bytes(const struct report *report, struct contents *contents, const void *bytes, size_t size);

/*
 * Add `count` UTF-16 units, converted to the encoding contents->text. If that
 * encoding cannot represent the text, print a message and return `wrong`.
 */
enum status contents_add_text(const struct report *report, struct contents *contents, const uint16_t *units,
                              size_t count, enum status wrong);

/*
 * Read a file of known size into memory now, so that no read can fail while the
 * contents are used.
 */
enum status contents_load(const struct report *report, struct contents *contents);

/*
 * Iterate over the pieces of contents that are in memory, and then over those
 * of the padding. contents_next() sets piece->bytes and piece->size to the next
 * piece and returns true. It returns false at the end.
 */
struct contents_piece {
    const uint8_t *bytes;
    size_t size;
    const struct piece *next;
    uint64_t left;    /* bytes of the contents behind this piece */
    uint64_t padding; /* bytes of the padding behind it */
};
struct contents_piece contents_begin(const struct contents *contents);
bool contents_next(struct contents_piece *piece);

/*
 * Move the contents to `to`, in a new section with room for contents_length()
 * bytes. The padding is there already, because a new section is zero. If a file
 * ends early, set contents->length to the number of bytes read. On failure print
 * a message and return the status.
 */
enum status contents_move(const struct report *report, struct contents *contents, uint8_t *to);

void contents_close(struct contents *contents);

#endif
