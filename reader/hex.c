/* hex.c - turns bytes into a hex dump in the format of `hexdump -C`. */
#include "reader/hex.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

/* The two digits of each byte, in the order of the bytes. */
#define PAIRS(d) d "0" d "1" d "2" d "3" d "4" d "5" d "6" d "7" d "8" d "9" d "a" d "b" d "c" d "d" d "e" d "f"
static const char pairs[] = PAIRS("0") PAIRS("1") PAIRS("2") PAIRS("3") PAIRS("4") PAIRS("5") PAIRS("6") PAIRS("7")
    PAIRS("8") PAIRS("9") PAIRS("a") PAIRS("b") PAIRS("c") PAIRS("d") PAIRS("e") PAIRS("f");

void hex_digits(uint8_t byte, char out[2])
{
    memcpy(out, pairs + (size_t)2 * byte, 2);
}

/*
 * Write an offset with at least eight digits, and return the place behind it.
 */
static char *put_offset(char *out, uint64_t offset)
{
    int shift = 28;
    while (shift < 60 && offset >> (shift + 4) != 0) {
        shift += 4;
    }
    for (; shift >= 0; shift -= 4) {
        *out++ = digits[offset >> shift & 0xF];
    }
    return out;
}

static char *put_line_end(char *out)
{
    *out++ = '\r';
    *out++ = '\n';
    return out;
}

/*
 * Write the digits of eight bytes, with a blank before each byte and one at the
 * end.
 */
static char *put_group(char *out, const uint8_t *bytes)
{
    *out++ = ' ';
    for (size_t i = 0; i < HEX_ROW / 2; i++, out += 3) {
        hex_digits(bytes[i], out);
        out[2] = ' ';
    }
    return out;
}

/*
 * Write the line of the first `count` bytes in an array of HEX_ROW bytes.
 * Blanks fill the columns of the missing bytes. Return the place behind the
 * line.
 */
static char *hex_put_row(char *out, uint64_t offset, const uint8_t *bytes, size_t count)
{
    out = put_offset(out, offset);
    *out++ = ' ';
    char *columns = out;
    out = put_group(out, bytes);
    out = put_group(out, bytes + HEX_ROW / 2);
    for (size_t i = count; i < HEX_ROW; i++) {
        memset(columns + 1 + 3 * i + (i >= HEX_ROW / 2 ? 1 : 0), ' ', 2);
    }
    *out++ = ' ';
    *out++ = '|';
    for (size_t i = 0; i < HEX_ROW; i++) {
        out[i] = (char)(bytes[i] >= 0x20 && bytes[i] < 0x7F ? bytes[i] : '.');
    }
    out += count;
    *out++ = '|';
    return put_line_end(out);
}

static char *put_whole_row(struct hex *hex, char *out, const uint8_t *bytes)
{
    if (hex->has_previous && memcmp(bytes, hex->previous, HEX_ROW) == 0) {
        if (!hex->folding) {
            *out++ = '*';
            out = put_line_end(out);
        }
        hex->folding = true;
    } else {
        out = hex_put_row(out, hex->offset, bytes, HEX_ROW);
        memcpy(hex->previous, bytes, HEX_ROW);
        hex->has_previous = true;
        hex->folding = false;
    }
    hex->offset += HEX_ROW;
    return out;
}

size_t hex_put(struct hex *hex, const uint8_t *bytes, size_t size, char *out)
{
    char *end = out;
    while (size > 0) {
        if (hex->count == 0 && size >= HEX_ROW) {
            end = put_whole_row(hex, end, bytes);
            bytes += HEX_ROW;
            size -= HEX_ROW;
            continue;
        }

        /* The bytes are less than a line: collect them in hex->begun. */
        size_t fresh = HEX_ROW - hex->count < size ? HEX_ROW - hex->count : size;
        memcpy(hex->begun + hex->count, bytes, fresh);
        hex->count += fresh;
        bytes += fresh;
        size -= fresh;
        if (hex->count == HEX_ROW) {
            end = put_whole_row(hex, end, hex->begun);
            hex->count = 0;
        }
    }
    return (size_t)(end - out);
}

size_t hex_end(struct hex *hex, char *out)
{
    char *end = out;
    if (!hex->has_previous && hex->count == 0) {
        return 0;
    }
    if (hex->count > 0) {
        end = hex_put_row(end, hex->offset, hex->begun, hex->count);
    }
    end = put_offset(end, hex->offset + hex->count);
    end = put_line_end(end);
    return (size_t)(end - out);
}
