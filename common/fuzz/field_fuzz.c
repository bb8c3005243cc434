/*
 * field_fuzz.c - parse descriptions of fields, and print these fields from
 * memory of other programs.
 *
 * The input is the size of the memory, the memory, the encoding of its texts,
 * and then a description of a field or of rows. For every input the following
 * holds:
 *     - A field fits if, and only if, its end is not beyond the memory, as
 *       calculated with more than 64 bits.
 *     - Printing a field that fits reads nothing outside of the memory. Numbers
 *       and `hex` are read back as the bytes in the memory. A text is one line
 *       and one column.
 *     - The same in JSON has one key and one value. It has no control character,
 *       which can move a cursor or break a line, and none that changes the
 *       direction of text.
 *     - A text that is a number of a type is that of the C library, and is
 *       printed as the same number.
 */
#include <string.h>

#include "common/fuzz/fuzz.h"
#include "common/tests/machine/machine.h"
#include "common/text/text.h"
#include "reader/field.h"

static const struct report report = {.program = "shmread", .quiet = true};

/* ---- Printed fields ---------------------------------------------------------------------------------------------- */

struct written {
    char *bytes;
    size_t length;
    size_t room;
};

static void put(void *context, const char *bytes, size_t size)
{
    struct written *written = context;
    if (written->length + size >= written->room) {
        written->room = 2 * (written->length + size) + 64;
        written->bytes = realloc(written->bytes, written->room);
        HOLDS(written->bytes != NULL);
    }
    if (size > 0) {
        memcpy(written->bytes + written->length, bytes, size);
    }
    written->length += size;
    written->bytes[written->length] = '\0';
}

static void check_numbers(const struct field *field, const uint8_t *at, char *text)
{
    size_t size = number_size(field->number);
    for (uint64_t i = 0; i < field->count; i++, at += size) {
        uint8_t bytes[8] = {0};
        size_t length = strcspn(text, " ");
        HOLDS((text[length] == ' ') == (i + 1 < field->count));
        text[length] = '\0';
        HOLDS(number_parse(field->number, text, bytes));
        HOLDS(strcmp(text, "nan") == 0 || memcmp(bytes, at, size) == 0);
        text += length + 1;
    }
}

static void check_hex(const struct field *field, const uint8_t *at, const char *text)
{
    HOLDS(strlen(text) == 2 * field->count);
    for (uint64_t i = 0; i < field->count; i++) {
        char digits[3] = {text[2 * i], text[2 * i + 1]};
        HOLDS(strtoul(digits, NULL, 16) == at[i]);
    }
}

static void check_printed(const struct field *field, const struct field_memory *memory)
{
    struct written written = {0};
    put(&written, "", 0);
    HOLDS(field_print(field, memory, put, &written) == EXIT_DONE);
    HOLDS(strlen(written.bytes) == written.length);
    if (field->kind == FIELD_NUMBER) {
        check_numbers(field, memory->bytes + field->offset, written.bytes);
    } else if (field->kind == FIELD_HEX) {
        check_hex(field, memory->bytes + field->offset, written.bytes);
    } else {
        HOLDS(strpbrk(written.bytes, "\t\r\n") == NULL);
        bool is_unchanged = field->kind == FIELD_TEXT && memory->has_encoding && memory->text.encoding == WINSHM_BYTES;
        HOLDS(is_unchanged || text_is_utf8((const uint8_t *)written.bytes, written.length, false));
    }
    free(written.bytes);
}

/*
 * Check that the object has one key and one value. Outside of the texts there
 * are only numbers, `null`, and the characters that separate them.
 */
static void check_json(const struct field *field, const struct field_memory *memory)
{
    struct written written = {0};
    struct json json;
    json_begin(&json, put, &written);
    json_open(&json, NULL, '{');
    HOLDS(field_json(field, memory, &json) == EXIT_DONE);
    json_close(&json, '}');
    size_t texts = 0;
    bool is_inside = false;
    for (const char *at = written.bytes; *at != '\0'; at++) {
        if (is_inside && *at == '\\') {
            at++;
            HOLDS(*at == '"' || *at == '\\' || *at == 'u');
        } else if (*at == '"') {
            is_inside = !is_inside;
            texts += is_inside;
        } else {
            HOLDS(is_inside || strchr("{}[]:, -.e0123456789nul", *at) != NULL);
        }
    }
    HOLDS(!is_inside && texts == (field->kind == FIELD_NUMBER ? 1 : 2));
    HOLDS(written.bytes[0] == '{' && written.bytes[written.length - 1] == '}');
    HOLDS((strstr(written.bytes, "\": ") != NULL));
    for (size_t at = 0, passed = 0; at < written.length; at += passed) {
        uint32_t c = text_character(written.bytes + at, written.length - at, &passed);
        HOLDS(c >= 0x20 && (c < 0x7F || c > 0x9F) && (c < 0xD800 || c > 0xDFFF) && c != 0x200E && c != 0x200F);
        HOLDS((c < 0x2028 || c > 0x202E) && (c < 0x2066 || c > 0x2069) && c != 0xFEFF);
    }
    free(written.bytes);
}

static void check_text_of_number(const char *text)
{
    for (enum number_type type = 0; type <= NUMBER_F64; type++) {
        char printed[NUMBER_ROOM];
        uint8_t *bytes = malloc(number_size(type));
        uint8_t *back = malloc(number_size(type));
        HOLDS(bytes != NULL && back != NULL);
        if (number_parse(type, text, bytes)) {
            float narrow = strtof(text, NULL);
            double wide = strtod(text, NULL);
            uint64_t whole = strtoull(text, NULL, strpbrk(text, "xX") != NULL ? 16 : 10);
            const void *number = type == NUMBER_F32   ? (void *)&narrow
                                 : type == NUMBER_F64 ? (void *)&wide
                                                      : (void *)&whole;
            HOLDS(strpbrk(text, "nN") != NULL || memcmp(bytes, number, number_size(type)) == 0);
            HOLDS(number_parse(type, number_print(type, bytes, printed), back));
            HOLDS(strcmp(printed, "nan") == 0 || memcmp(bytes, back, number_size(type)) == 0);
        }
        free(back);
        free(bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    size_t memory_size = (size_t)take(&program, 1) * 2;
    memory_size = memory_size < program.left ? memory_size : program.left;
    uint8_t *bytes = fuzz_block(program.at, memory_size);
    program.at += memory_size;
    program.left -= memory_size;
    static const struct value_text encodings[] = {
        {WINSHM_BYTES, 0}, {WINSHM_UTF8, 0}, {WINSHM_UTF16, 0}, {WINSHM_CODE_PAGE, 932}, {WINSHM_CODE_PAGE, 1252}};
    struct field_memory memory = {.report = &report, .bytes = bytes, .size = memory_size};
    size_t choice = (size_t)take(&program, 1) % (1 + sizeof encodings / sizeof *encodings);
    memory.has_encoding = choice > 0;
    memory.text = encodings[choice > 0 ? choice - 1 : 0];
    char *text = fuzz_text(program.at, program.left);

    machine_reset();
    machine_code_page_ansi(1252);
    struct field field;
    if (field_parse(text, &field) == NULL) {
        for (size_t i = 0; i < field.label_length; i++) {
            HOLDS((unsigned char)field.text[i] >= 0x20 && field.text[i] != 0x7F && field.text[i] != '=');
        }
        bool is_text = field.kind == FIELD_TEXT || field.kind == FIELD_UTF16;
        uint64_t unit = field.kind == FIELD_NUMBER ? number_size(field.number) : field.kind == FIELD_UTF16 ? 2 : 1;
        unsigned __int128 end = field.offset + (unsigned __int128)(is_text ? 1 : field.count) * unit;
        HOLDS(field_fits(&field, memory_size) == (end <= memory_size));
        if (end <= memory_size && bytes != NULL) {
            check_printed(&field, &memory);
            check_json(&field, &memory);
        }
    }
    uint64_t row_count = 0;
    uint64_t row_size = 0;
    if (field_parse_rows(text, &row_count, &row_size) == NULL) {
        HOLDS(row_size > 0 && (unsigned __int128)row_count * row_size <= UINT64_MAX);
    }
    check_text_of_number(text);
    free(text);
    free(bytes);
    return 0;
}

void fuzz_seeds(void)
{
    FUZZ_WORDS("u8@", "i16@", "u32@", "f32@", "f64@", "i64@", "text@", "utf-16@", "hex@", "x=", "*", "0x", "K",
               "18446744073709551615", "e-", "inf", "nan", "9007199254740993", "\xE2\x80\xAE", "\xC2\x9B");
    FUZZ_SEED("\4\0\0\0\0\0\0\0\xF0\x3F\0speed=f64@0");
    FUZZ_SEED("\3ab\tc\0d\0name=text@0*5");
    FUZZ_SEED("\4\260C\x82\xA0\n\0\0\0\3text@0");
    FUZZ_SEED("\3a\0\xD8\0\0\0\0utf-16@0*2");
    FUZZ_SEED("\2\1\2\3\4\0hex@1*3");
    FUZZ_SEED("\0\0u64@18446744073709551615*2");
    FUZZ_SEED("\0\0003*1324");
    FUZZ_SEED("\0\0001.7976931348623157e308");
}
