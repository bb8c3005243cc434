/*
 * hex.h - turns bytes into a hex dump in the format of `hexdump -C`.
 *
 * A line has the offset of its first byte, sixteen bytes in two groups, and
 * their characters, with a dot for each byte that is not printable ASCII:
 *
 *     00000000  68 65 6c 6c 6f 20 77 6f  72 6c 64 0a 00 00 00 00  |hello world.....|
 *     00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
 *     *
 *     00001000
 *
 * A line of sixteen bytes that equals the line before it is left out. One line
 * with `*` replaces any number of such lines. The last line is the offset of
 * the end. Lines end in CR LF, as all lines that the tools write themselves do.
 */
#ifndef READER_HEX_H
#define READER_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEX_ROW 16U  /* bytes in a line */
#define HEX_LINE 96U /* characters of a line, at most */

/* Write the two digits of a byte. */
void hex_digits(uint8_t byte, char out[2]);

/*
 * The state of a dump. To begin one, set `offset` to the offset of the first
 * byte and all other fields to zero.
 */
struct hex {
    uint64_t offset;        /* of the next line */
    uint8_t begun[HEX_ROW]; /* the beginning of the next line: `count` bytes */
    size_t count;
    uint8_t previous[HEX_ROW]; /* the bytes of the last line, if has_previous */
    bool has_previous;
    bool folding; /* lines are being left out, and their `*` has been written */
};

/*
 * Dump a piece of the bytes, of any size. Write the lines that are complete to
 * `out`, which has room for HEX_ROOM(size) characters, and return the number of
 * characters written.
 */
size_t hex_put(struct hex *hex, const uint8_t *bytes, size_t size, char *out);
#define HEX_ROOM(size) (((size) / HEX_ROW + 1) * HEX_LINE)

/*
 * End the dump. Write the last bytes, if they are less than a line, and the
 * line with the offset of the end to `out`, which has room for HEX_END_ROOM
 * characters. Return the number of characters written, which is 0 if there were
 * no bytes at all.
 */
size_t hex_end(struct hex *hex, char *out);
#define HEX_END_ROOM ((size_t)2 * HEX_LINE)

#endif
