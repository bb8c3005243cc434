/*
 * hex.h - a hex dump, as `hexdump -C` makes it: the offset, sixteen bytes in two groups, and their characters.
 *
 *     00000000  68 65 6c 6c 6f 20 77 6f  72 6c 64 0a 00 00 00 00  |hello world.....|
 *     00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
 *     *
 *     00001000
 *
 * A whole line that equals the one before it is left out, and `*` stands for any number of those. The last line is the
 * offset of the end. Lines end in CR LF, as those of all that the tools write themselves.
 */
#ifndef READER_HEX_H
#define READER_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEX_ROW 16U  /* bytes a line */
#define HEX_LINE 96U /* characters of a line, at most */

/* Begin with one that is zero but for `offset`, that of the first byte. */
struct hex {
    uint64_t offset; /* of the next line */
    uint8_t begun[HEX_ROW];
    size_t count; /* bytes of the next line that are there */
    uint8_t previous[HEX_ROW];
    bool has_previous;
    bool folding; /* the `*` has been written */
};

/* Dump some bytes, which may be cut anywhere. Returns how many characters it wrote to `out`. */
size_t hex_put(struct hex *hex, const uint8_t *bytes, size_t size, char *out);
#define HEX_ROOM(size) (((size) / HEX_ROW + 1) * HEX_LINE)

/* That was all of it: the last line, if it is not a whole one, and the end. Nothing, if there was nothing. */
size_t hex_end(struct hex *hex, char *out);
#define HEX_END_ROOM ((size_t)2 * HEX_LINE)

#endif
