/*
 * hex_fuzz.c - hex dumps of any bytes, cut anywhere.
 *
 * The input is where the dump begins, the bytes, and how they are cut. In pieces it is the same dump as in one, nothing
 * is written beyond the room that was promised, and whoever reads the dump gets the bytes back, and where they stood.
 */
#include <string.h>

#include "common/fuzz/fuzz.h"
#include "reader/hex.h"

#define MOST 8192

struct dump {
    char *text;
    size_t length;
};

/* Dump the bytes, each piece into a block of its own. */
static struct dump dumped(uint64_t offset, const uint8_t *bytes, size_t size, struct program cuts)
{
    struct hex hex = {.offset = offset};
    struct dump dump = {.text = malloc(HEX_ROOM(size) + HEX_END_ROOM + 1)};
    HOLDS(dump.text != NULL);
    for (size_t done = 0, piece; done <= size; done += piece) {
        bool is_end = done == size;
        piece = cuts.left > 0 ? (size_t)take(&cuts, 1) % 40 : size - done;
        piece = piece < size - done ? piece : size - done;
        size_t room = is_end ? HEX_END_ROOM : HEX_ROOM(piece);
        uint8_t *block = fuzz_block(bytes + done, piece);
        char *out = malloc(room);
        HOLDS(out != NULL);
        size_t made = is_end ? hex_end(&hex, out) : hex_put(&hex, block, piece, out);
        HOLDS(made <= room);
        memcpy(dump.text + dump.length, out, made);
        dump.length += made;
        free(out);
        free(block);
        if (is_end) {
            break;
        }
    }
    dump.text[dump.length] = '\0';
    return dump;
}

/* One line but the last: its bytes, of which there are at most sixteen. */
static size_t read_row(const char *line, uint8_t row[HEX_ROW])
{
    size_t count = strspn(line, "0123456789abcdef ") == 0 ? 0 : strcspn(line, "\r") - strcspn(line, "|") - 2;
    const char *characters = strchr(line, '|') + 1;
    HOLDS(count >= 1 && count <= HEX_ROW);
    for (size_t i = 0; i < HEX_ROW; i++) {
        HOLDS(*line++ == ' ');
        line += i % 8 == 0 && *line == ' ' ? 1 : 0;
        if (i >= count) {
            HOLDS(line[0] == ' ' && line[1] == ' ');
        } else {
            char pair[3] = {line[0], line[1], '\0'};
            HOLDS(strspn(pair, "0123456789abcdef") == 2);
            row[i] = (uint8_t)strtoul(pair, NULL, 16);
            HOLDS(characters[i] == (row[i] >= 0x20 && row[i] <= 0x7E ? (char)row[i] : '.'));
        }
        line += 2;
    }
    HOLDS(strncmp(line, "  |", 3) == 0 && line + 3 == characters && characters[count] == '|');
    return count;
}

/* Is the dump that of these bytes? */
static void check(const char *line, uint64_t offset, const uint8_t *bytes, size_t size)
{
    uint8_t row[HEX_ROW];
    size_t done = 0;
    bool is_end = size == 0;
    bool folds = false;
    for (; *line != '\0'; line = strstr(line, "\r\n") + 2) {
        HOLDS(!is_end && strstr(line, "\r\n") != NULL);
        if (line[0] == '*') {
            HOLDS(!folds && done >= HEX_ROW && line[1] == '\r');
            folds = true;
            continue;
        }
        char *after = NULL;
        uint64_t at = strtoull(line, &after, 16);
        HOLDS(after - line == 8 || (after - line > 8 && line[0] != '0'));
        HOLDS(at - offset <= size && (folds ? at - offset > done && at - offset - done >= 1 : at - offset == done));
        for (; done < at - offset; done += HEX_ROW) {
            HOLDS(memcmp(bytes + done, row, HEX_ROW) == 0);
        }
        folds = false;
        is_end = *after == '\r';
        if (!is_end) {
            size_t count = read_row(after, row);
            HOLDS(count <= size - done && memcmp(row, bytes + done, count) == 0);
            HOLDS(count == HEX_ROW ? done == 0 || memcmp(row, bytes + done - HEX_ROW, HEX_ROW) != 0
                                   : done + count == size);
            done += count;
        }
    }
    HOLDS(is_end && done == size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    uint64_t setting = take(&program, 1);
    uint64_t offset = take_number(&program, UINT64_C(1) << 32);
    struct program cuts = program;
    cuts.left = setting / 4 < cuts.left ? (size_t)setting / 4 : cuts.left;
    program.at += cuts.left;
    program.left -= cuts.left;

    /* As they are, or each some times. */
    uint8_t *bytes = malloc(MOST);
    HOLDS(bytes != NULL);
    size_t count = 0;
    while (program.left > 0 && count < MOST) {
        uint8_t byte = (uint8_t)take(&program, 1);
        size_t times = (setting & 1) == 0 ? 1 : 1 + (size_t)take(&program, 1);
        times = times < MOST - count ? times : MOST - count;
        memset(bytes + count, byte, times);
        count += times;
    }
    offset = offset < UINT64_MAX - count ? offset : UINT64_MAX - count;
    struct dump whole = dumped(offset, bytes, count, (struct program){0});
    struct dump pieces = dumped(offset, bytes, count, cuts);
    HOLDS(whole.length == pieces.length && memcmp(whole.text, pieces.text, whole.length) == 0);
    check(whole.text, offset, bytes, count);
    free(pieces.text);
    free(whole.text);
    free(bytes);
    return 0;
}

void fuzz_seeds(void)
{
    FUZZ_SEED("\0\0\0hello world\n");
    FUZZ_SEED("\x10\0\0\1\2\3\4hello world\nwith a second line");
    FUZZ_SEED("\x11\0\0\1\x1F\x10\x11\0\xFFz\x10z\x20\0\x0F");
    FUZZ_SEED("\x11\4\x30\7\7\7\7\0\xFFx\0\0\xFF\1\1");
    FUZZ_SEED("\1\3\0\0\x2F");
}
