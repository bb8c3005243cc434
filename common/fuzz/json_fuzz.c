/*
 * json_fuzz.c - check the JSON writer against an independent reader of RFC
 * 8259.
 *
 * The input is a program: each of its first bytes selects a step that opens or
 * closes an array or object, or that puts a number, a boolean or a text of
 * arbitrary bytes. The output must be exactly one JSON value that contains the
 * same characters. It must not contain a control character (which can move a
 * cursor or break a line) or a character that changes the direction of text.
 */
#include <string.h>

#include "common/fuzz/fuzz.h"
#include "common/text/text.h"
#include "reader/json.h"

#define DEPTH 8

struct written {
    char bytes[65536];
    size_t length;
};

static void put(void *context, const char *bytes, size_t size)
{
    struct written *written = context;
    HOLDS(size <= sizeof written->bytes - written->length);
    memcpy(written->bytes + written->length, bytes, size);
    written->length += size;
}

/* ---- The reader -------------------------------------------------------------------------------------------------- */

struct reader {
    const char *at; /* terminated by a zero, which no JSON contains */
    uint16_t units[2048];
    size_t count; /* UTF-16 units of the last text */
};

static void skip_space(struct reader *reader)
{
    reader->at += strspn(reader->at, " \r\n");
}

static bool take_char(struct reader *reader, char c)
{
    bool is_there = *reader->at == c;
    reader->at += is_there;
    return is_there;
}

static void add_unit(struct reader *reader, uint32_t unit)
{
    HOLDS(reader->count < sizeof reader->units / sizeof *reader->units);
    reader->units[reader->count++] = (uint16_t)unit;
}

/*
 * Read a character of two to four bytes and add its UTF-16 units. Check that
 * the bytes are well formed according to table 3-7 of Unicode, and that the
 * character is harmless to show.
 */
static void read_character(struct reader *reader)
{
    const unsigned char *at = (const unsigned char *)reader->at;
    size_t length = at[0] >> 5 == 6 ? 2 : at[0] >> 4 == 14 ? 3 : at[0] >> 3 == 30 ? 4 : 0;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    HOLDS(length != 0);
    uint32_t c = at[0] & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        HOLDS(at[i] >> 6 == 2);
        c = c << 6 | (at[i] & 0x3FU);
    }
    HOLDS(c >= least[length] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF) && c > 0x9F);
    HOLDS(c != 0x200E && c != 0x200F && (c < 0x2028 || c > 0x202E) && (c < 0x2066 || c > 0x2069) && c != 0xFEFF);
    reader->at += length;
    if (c >= 0x10000) {
        add_unit(reader, 0xD800 + ((c - 0x10000) >> 10));
        c = 0xDC00 + ((c - 0x10000) & 0x3FF);
    }
    add_unit(reader, c);
}

static void read_text(struct reader *reader)
{
    reader->count = 0;
    HOLDS(take_char(reader, '"'));
    while (!take_char(reader, '"')) {
        unsigned char c = (unsigned char)*reader->at;
        HOLDS(c >= 0x20 && c != 0x7F);
        if (c >= 0x80) {
            read_character(reader);
        } else if (take_char(reader, '\\')) {
            if (!take_char(reader, 'u')) {
                HOLDS(*reader->at == '"' || *reader->at == '\\');
                add_unit(reader, (unsigned char)*reader->at++);
                continue;
            }
            HOLDS(strspn(reader->at, "0123456789abcdefABCDEF") >= 4);
            char digits[5] = {0};
            memcpy(digits, reader->at, 4);
            add_unit(reader, (uint32_t)strtoul(digits, NULL, 16));
            reader->at += 4;
        } else {
            add_unit(reader, c);
            reader->at++;
        }
    }
}

static void read_value(struct reader *reader, int depth);

static void read_items(struct reader *reader, char close, int depth)
{
    skip_space(reader);
    if (take_char(reader, close)) {
        return;
    }
    do {
        skip_space(reader);
        if (close == '}') {
            read_text(reader);
            HOLDS(take_char(reader, ':'));
            skip_space(reader);
        }
        read_value(reader, depth);
        skip_space(reader);
    } while (take_char(reader, ','));
    HOLDS(take_char(reader, close));
}

static void read_value(struct reader *reader, int depth)
{
    HOLDS(depth <= DEPTH + 1);
    if (take_char(reader, '{')) {
        read_items(reader, '}', depth + 1);
    } else if (take_char(reader, '[')) {
        read_items(reader, ']', depth + 1);
    } else if (*reader->at == '"') {
        read_text(reader);
    } else if (strncmp(reader->at, "true", 4) == 0 || strncmp(reader->at, "false", 5) == 0) {
        reader->at += *reader->at == 't' ? 4 : 5;
    } else {
        size_t digits = strspn(reader->at, "0123456789");
        HOLDS(digits > 0 && (digits == 1 || *reader->at != '0'));
        reader->at += digits;
    }
}

/* ---- The program ------------------------------------------------------------------------------------------------- */

/*
 * Put a text of arbitrary bytes except zero. Put it into a second, empty
 * output, too, and read it back from there: if the text survives the way to
 * UTF-16 and back, the reader must find the same units.
 */
static void put_text(struct program *program, struct json *json, const char *key, struct written *written)
{
    size_t size = (size_t)take(program, 1);
    size = size < program->left ? size : program->left;
    char *text = fuzz_text(program->at, size);
    program->at += size;
    program->left -= size;
    json_text(json, key, text);

    struct json alone;
    struct written *one = calloc(1, sizeof *one);
    struct reader *reader = calloc(1, sizeof *reader);
    uint16_t *units = malloc(sizeof *units * (TEXT_DECODED_ROOM(strlen(text)) + 1));
    HOLDS(one != NULL && reader != NULL && units != NULL);
    json_begin(&alone, put, one);
    json_text(&alone, NULL, text);
    reader->at = one->bytes;
    read_text(reader);
    HOLDS(*reader->at == '\0' && reader->at == one->bytes + one->length);
    size_t count = text_utf16_from_utf8(text, strlen(text), units);
    char *back = malloc(TEXT_ENCODED_ROOM(count) + 1);
    HOLDS(back != NULL);
    (void)text_utf8_from_utf16(units, count, back);
    if (strcmp(back, text) == 0) {
        HOLDS(count == reader->count && memcmp(units, reader->units, sizeof *units * count) == 0);
    }
    free(back);
    HOLDS(memcmp(written->bytes + written->length - one->length, one->bytes, one->length) == 0);
    free(units);
    free(reader);
    free(one);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    struct json json;
    struct written *written = calloc(1, sizeof *written);
    struct reader *reader = calloc(1, sizeof *reader);
    HOLDS(written != NULL && reader != NULL);
    char closes[DEPTH + 1] = "]";
    size_t depth = 1;
    json_begin(&json, put, written);
    json_open(&json, NULL, '[');
    while (program.left > 0) {
        uint64_t choice = take(&program, 1);
        const char *key = closes[depth - 1] == '}' ? "key" : NULL;
        if ((choice & 0x80) != 0) {
            json_line(&json);
        }
        switch (choice % 8) {
        case 0:
        case 1:
            if (depth < DEPTH) {
                json_open(&json, key, choice % 8 == 0 ? '{' : '[');
                closes[depth++] = choice % 8 == 0 ? '}' : ']';
            }
            break;
        case 2:
            if (depth > 1) {
                json_close(&json, closes[--depth]);
            }
            break;
        case 3:
            json_number(&json, key, take_number(&program, 4096));
            break;
        case 4:
            json_boolean(&json, key, choice >= 0x40);
            break;
        default:
            put_text(&program, &json, key, written);
        }
    }
    while (depth > 0) {
        json_close(&json, closes[--depth]);
    }
    reader->at = written->bytes;
    read_value(reader, 0);
    HOLDS(*reader->at == '\0' && reader->at == written->bytes + written->length);
    free(reader);
    free(written);
    return 0;
}

void fuzz_seeds(void)
{
    static const char *const words[] = {
        "\xED\xA0\xBD", "\xED\xB8\x80", "\xF0\x9F\x98\x80", "\xE2\x80\xAE", "\xC2\x9B", "\\", "\"",
        "\x1B[",        "\r\n",         "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        fuzz_word(words[i]);
    }
    FUZZ_SEED("\x80\5\4demo\3\0\5\4\1\5\2ab\2\2");
    FUZZ_SEED("\5\x16Global\\\"x\" \xF0\x9F\x98\x80\xED\xA0\xBD\xFF\x7F\x1B\xE2\x80\xAE");
    FUZZ_SEED("\0\5\3\xED\xA0\xBD\5\7\xED\xA0\xBD\xED\xB8\x80x\3\7\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
}
