/*
 * field.h - parses the description of a field in memory, and prints the field.
 *
 * A field is one number or text, or several numbers, at a fixed place in the
 * memory of another program. The command line describes it as
 *
 *     field  = [ LABEL "=" ] TYPE "@" OFFSET [ "*" COUNT ]
 *     LABEL  = any characters except "=" and control characters, at least one
 *     TYPE   = "u8" | "i8" | ... | "f64" | "text" | "utf-16" | "hex"
 *     OFFSET = a size, such as 16, 0x10 or 4K: see size.h
 *     COUNT  = a size, at least 1
 *
 * OFFSET is in bytes, and COUNT in units of TYPE: numbers, bytes, or units of
 * UTF-16. Without COUNT a number is one number, `hex` is one byte, and a text
 * has any length.
 *
 * A text ends before its first NUL, after COUNT units, or at the end of the
 * memory. The two types of text are:
 *   - `text`: bytes in the encoding of the options, or UTF-8, or if they are no
 *     valid UTF-8 then in the ANSI code page.
 *   - `utf-16`: little-endian, unless a byte order mark says otherwise.
 */
#ifndef READER_FIELD_H
#define READER_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/console/report.h"
#include "common/memory/value.h"
#include "common/text/number.h"
#include "reader/json.h"

enum field_kind { FIELD_NUMBER, FIELD_TEXT, FIELD_UTF16, FIELD_HEX };

struct field {
    const char *text;    /* as typed; begins with LABEL if there is one */
    size_t label_length; /* 0 if there is none */
    enum field_kind kind;
    enum number_type number; /* of FIELD_NUMBER */
    uint64_t offset;
    uint64_t count; /* of units; UINT64_MAX for a text without COUNT */
};

/*
 * Parse `text`, which must be valid as long as *field is used. Return NULL, or
 * what is wrong with it, as the end of a sentence.
 */
const char *field_parse(const char *text, struct field *field);

/*
 * Parse "COUNT*SIZE", both of which are sizes. SIZE is at least 1, and the
 * product at most 2^64 - 1. Return NULL, or what is wrong, as the end of a
 * sentence that begins with `text`.
 */
const char *field_parse_rows(const char *text, uint64_t *count, uint64_t *size);

/*
 * Return whether the field lies within `size` bytes of memory. A text does if
 * its first unit does, which may be the NUL that ends it.
 */
bool field_fits(const struct field *field, uint64_t size);

/*
 * Return the offset of the end of the field, or UINT64_MAX if that is beyond
 * 2^64 - 1, or if the field is a text without COUNT.
 */
uint64_t field_end(const struct field *field);

/* The memory from which fields are printed, and what is needed for that. */
struct field_memory {
    const struct report *report;
    const uint8_t *bytes;
    size_t size;
    bool has_encoding;      /* otherwise the encoding of each `text` is detected */
    struct value_text text; /* the encoding of `text`; with WINSHM_BYTES it is printed as it is */
};

/* Write `size` bytes of UTF-8. */
typedef void field_put(void *context, const char *bytes, size_t size);

/*
 * Print the field without its label, by calls of `put` with `context`. A blank
 * separates two numbers. The bytes of `hex` are two digits each. In a text each
 * TAB, CR and LF becomes a blank, so that no text can look like another line or
 * column. The field must fit. Return EXIT_DONE. If the system cannot decode the
 * ANSI code page, report that and return EXIT_SYSTEM.
 */
enum status field_print(const struct field *field, const struct field_memory *memory, field_put *put, void *context);

/*
 * Return the length of the key of a field in JSON, which is the beginning of
 * field->text: its label, or if it has none its whole description.
 */
size_t field_key_length(const struct field *field);

/*
 * Write the field as the next item of an object in JSON. Its value is a number,
 * or null for nan and inf; an array of these if there are several; or a text,
 * in which TAB, CR and LF are unchanged, or the digits of `hex`. A text that
 * field_print() prints as it is counts as UTF-8. Otherwise like field_print().
 */
enum status field_json(const struct field *field, const struct field_memory *memory, struct json *json);

#endif
