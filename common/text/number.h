/*
 * number.h - converts the numbers of programs, little-endian in memory, from
 * and to text.
 *
 * The functions use nothing of the C library that depends on its locale or on
 * its rounding. They do not depend on the rounding mode of the processor.
 */
#ifndef COMMON_TEXT_NUMBER_H
#define COMMON_TEXT_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The types of numbers. `u` is unsigned, `i` is signed in two's complement, and
 * `f` is a floating-point number of IEEE 754. The digits are the size in bits.
 */
enum number_type {
    NUMBER_U8,
    NUMBER_I8,
    NUMBER_U16,
    NUMBER_I16,
    NUMBER_U32,
    NUMBER_I32,
    NUMBER_U64,
    NUMBER_I64,
    NUMBER_F32,
    NUMBER_F64
};

/*
 * Set *type to the type with this name, such as "u8" or "f64", of `length`
 * bytes. Return false, and leave *type as it is, if there is none.
 */
bool number_type_named(const char *name, size_t length, enum number_type *type);

/* Return the name of a type. */
const char *number_type_name(enum number_type type);

/* Return the number of bytes of a type: 1, 2, 4 or 8. */
size_t number_size(enum number_type type);

/*
 * Write the number in `bytes` to `text`, and return `text`.
 *
 * A whole number has all its digits. A floating-point number has the fewest
 * digits that number_parse() reads back as the same number of the same type,
 * and of these the digits that are closest to it. From 1e-5 on and below 1e16
 * it is printed as 0.00001 or 12345.678, and otherwise as 1.5e-6 or 1e16. The
 * others are "0", "-0", "inf", "-inf" and, with either sign and any payload,
 * "nan".
 */
const char *number_print(enum number_type type, const uint8_t *bytes, char *text);
#define NUMBER_ROOM 32

/*
 * Parse `text` as a number of this type, and write it to `bytes`. The grammar
 * is
 *     whole   = [ sign ] ( digits | "0x" hexadecimal digits )
 *     float   = [ sign ] ( decimal [ "e" [ sign ] digits ] | "inf" | "nan" )
 *     decimal = digits [ "." [ digits ] ] | "." digits
 *     sign    = "+" | "-"
 * with letters in either case and no blanks.
 *
 * A number that the type does not have is rounded to the nearest one if it is a
 * float, and to the one with an even last bit of two that are equally near. So
 * a small float can become 0. Return false, and leave `bytes` as they are, if
 * `text` has another form, or is a number beyond the range of the type.
 */
bool number_parse(enum number_type type, const char *text, uint8_t *bytes);

/*
 * Parse `text` as a decimal number of 64 bits, with a sign or without. Return
 * false if it has another form or is beyond the range.
 */
bool number_parse_decimal(const char *text, int64_t *number);

#endif
