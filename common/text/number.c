/* number.c - converts the numbers of programs from and to text. */
#include "common/text/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/text/size.h"
#include "common/text/text.h"

static const struct {
    char name[4];
    uint8_t size;
} types[] = {{"u8", 1},  {"i8", 1},  {"u16", 2}, {"i16", 2}, {"u32", 4},
             {"i32", 4}, {"u64", 8}, {"i64", 8}, {"f32", 4}, {"f64", 8}};

bool number_type_named(const char *name, size_t length, enum number_type *type)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strlen(types[i].name) == length && memcmp(types[i].name, name, length) == 0) {
            *type = (enum number_type)i;
            return true;
        }
    }
    return false;
}

const char *number_type_name(enum number_type type)
{
    return types[type].name;
}

size_t number_size(enum number_type type)
{
    return types[type].size;
}

/* ---- Large whole numbers ----------------------------------------------------------------------------------------- */

/*
 * A whole number of any size up to 32 * BIG_LIMBS bits. There are two largest
 * ones:
 *   - Printing 5e-324 needs 4 * 2^1074, and ten times that.
 *   - Parsing needs at most 10^1130. This is the denominator of the smallest
 *     number that is not rounded to 0 at once, 1e-330, if DIGITS_MOST digits
 *     of it are written. The numerator is less than four times the denominator.
 */
#define BIG_LIMBS 120
struct big {
    size_t count;              /* of limbs; the last one is not 0, and the number 0 has none */
    uint32_t limbs[BIG_LIMBS]; /* the least significant one comes first */
};

/* Set big = big * factor + term. The factor is not 0. */
static void big_multiply(struct big *big, uint32_t factor, uint32_t term)
{
    uint64_t carry = term;
    for (size_t i = 0; i < big->count; i++) {
        carry += (uint64_t)big->limbs[i] * factor;
        big->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0) {
        big->limbs[big->count++] = (uint32_t)carry;
    }
}

/* Multiply by a power of 2 or 10. Do nothing if the exponent is negative. */
static void big_scale(struct big *big, uint32_t base, int exponent)
{
    while (exponent > 0) {
        uint32_t factor = 1;
        for (; exponent > 0 && factor <= UINT32_MAX / base; exponent--) {
            factor *= base;
        }
        big_multiply(big, factor, 0);
    }
}

/* Set big = number * 2^exponent. A negative exponent counts as 0. */
static void big_set(struct big *big, uint64_t number, int exponent)
{
    big->count = 0;
    for (; number != 0; number >>= 32) {
        big->limbs[big->count++] = (uint32_t)number;
    }
    big_scale(big, 2, exponent);
}

/* Return -1, 0 or 1 if a is less than b, equal to it, or greater. */
static int big_compare(const struct big *a, const struct big *b)
{
    if (a->count != b->count) {
        return a->count < b->count ? -1 : 1;
    }
    for (size_t i = a->count; i-- > 0;) {
        if (a->limbs[i] != b->limbs[i]) {
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
        }
    }
    return 0;
}

/* Return how a + b compares with c, as big_compare() does. */
static int big_compare_sum(const struct big *a, const struct big *b, const struct big *c)
{
    struct big sum = {.count = 0};
    uint64_t carry = 0;
    for (size_t i = 0; i < a->count || i < b->count || carry != 0; i++) {
        carry += (uint64_t)(i < a->count ? a->limbs[i] : 0) + (i < b->count ? b->limbs[i] : 0);
        sum.limbs[sum.count++] = (uint32_t)carry;
        carry >>= 32;
    }
    return big_compare(&sum, c);
}

/*
 * Divide `rest` by `divisor`. Return the quotient, which must be small, and
 * leave the remainder in `rest`.
 */
static unsigned big_divide(struct big *rest, const struct big *divisor)
{
    unsigned quotient = 0;
    for (; big_compare(rest, divisor) >= 0; quotient++) {
        uint64_t borrow = 0;
        for (size_t i = 0; i < rest->count; i++) {
            uint64_t limb = rest->limbs[i] - borrow - (i < divisor->count ? divisor->limbs[i] : 0);
            rest->limbs[i] = (uint32_t)limb;
            borrow = limb >> 63;
        }
        while (rest->count > 0 && rest->limbs[rest->count - 1] == 0) {
            rest->count--;
        }
    }
    return quotient;
}

/* Return the number of bits from the highest one that is set. */
static int big_bits(const struct big *big)
{
    int bits = 32 * (int)big->count;
    for (uint32_t top = big->count > 0 ? big->limbs[big->count - 1] : UINT32_MAX; top >> 31 == 0; top <<= 1) {
        bits--;
    }
    return bits;
}

/* ---- Floating-point numbers -------------------------------------------------------------------------------------- */

/*
 * The layout of a floating-point number without its sign. From the highest bit
 * on it has an exponent and `bits` bits of a mantissa. An exponent of only ones
 * means inf or nan. Any other number is
 *     mantissa * 2^least                                  if the exponent is 0,
 *     (2^bits + mantissa) * 2^(least + exponent - 1)      otherwise.
 */
struct layout {
    int bits;
    int least;
    uint64_t inf; /* the number inf; larger ones are nan */
};

static const struct layout *layout_of(enum number_type type)
{
    static const struct layout layouts[] = {{23, -149, UINT64_C(0xFF) << 23}, {52, -1074, UINT64_C(0x7FF) << 52}};
    return &layouts[type - NUMBER_F32];
}

/* The number 0.d1d2d3... * 10^point, where d1, d2, d3 ... are the digits. */
struct decimal {
    char digits[20];
    int count;
    int point;
};

/*
 * Find the shortest digits for mantissa * 2^exponent, which is not 0. Numbers
 * between the middle to the number below and the middle to the number above are
 * read back as this number. The middles themselves are if the mantissa is even.
 * If is_edge is set, the number below is only half as far away as the one
 * above.
 *
 * This is the algorithm of Steele and White ("How to print floating-point
 * numbers accurately", 1990, (FPP)^2), with exact whole numbers throughout:
 * value / unit is the number, and above / unit and below / unit are the
 * distances to the two middles. Each step takes one digit out of the value, and
 * the last step is the first one after which the rest is less than a distance.
 */
static void make_decimal(uint64_t mantissa, int exponent, bool is_edge, struct decimal *decimal)
{
    struct big value;
    struct big unit;
    struct big above;
    struct big below;
    big_set(&value, 4 * mantissa, exponent);
    big_set(&unit, 4, -exponent);
    big_set(&above, 2, exponent);
    big_set(&below, is_edge ? 1 : 2, exponent);

    /*
     * Scale the value to less than 1. 1233 / 4096 is slightly less than the
     * decimal logarithm of 2, so this begins with a point that is too small, by
     * at most 4.
     */
    int is_even = (mantissa & 1) == 0;
    int point = (big_bits(&value) - big_bits(&unit)) * 1233 / 4096 - 2;
    big_scale(&unit, 10, point);
    big_scale(&value, 10, -point);
    big_scale(&above, 10, -point);
    big_scale(&below, 10, -point);
    for (; big_compare_sum(&value, &above, &unit) + is_even > 0; point++) {
        big_multiply(&unit, 10, 0);
    }

    bool may_end_low;
    bool may_end_high;
    decimal->point = point;
    decimal->count = 0;
    do {
        big_multiply(&value, 10, 0);
        big_multiply(&above, 10, 0);
        big_multiply(&below, 10, 0);
        unsigned digit = big_divide(&value, &unit);
        may_end_low = big_compare(&value, &below) - is_even < 0;
        may_end_high = big_compare_sum(&value, &above, &unit) + is_even > 0;
        int nearest_is_high = big_compare_sum(&value, &value, &unit) + (int)(digit & 1);
        if (may_end_high && (!may_end_low || nearest_is_high > 0)) {
            digit++;
        }
        decimal->digits[decimal->count++] = (char)('0' + digit);
    } while (!may_end_low && !may_end_high);
}

static void print_decimal(const struct decimal *decimal, char *text)
{
    bool is_plain = decimal->point > -5 && decimal->point <= 16;
    int point = is_plain ? decimal->point : 1;

    /*
     * `i` counts the places from that of the first digit. A number below 1 has
     * zeros before it, and a large whole number has zeros behind the last one.
     */
    for (int i = point < 1 ? point - 1 : 0; i < point || i < decimal->count; i++) {
        if (i == point) {
            *text++ = '.';
        }
        *text++ = (char)(i >= 0 && i < decimal->count ? decimal->digits[i] : '0');
    }
    *text = '\0';
    if (!is_plain) {
        (void)snprintf(text, sizeof "e-2147483648", "e%d", decimal->point - 1);
    }
}

/* Print a floating-point number without its sign. */
static void print_float(const struct layout *layout, uint64_t number, char *text)
{
    uint64_t hidden = UINT64_C(1) << layout->bits;
    uint64_t mantissa = number & (hidden - 1);
    int exponent = (int)(number >> layout->bits);
    bool is_edge = mantissa == 0 && exponent > 1;
    if (exponent > 0) {
        mantissa += hidden;
        exponent--;
    }
    struct decimal decimal;
    make_decimal(mantissa, layout->least + exponent, is_edge, &decimal);
    print_decimal(&decimal, text);
}

/* Return whether `text` is `word`, in either case. */
static bool is_word(const char *text, const char *word)
{
    return text_begins_in_any_case(text, word) && text[strlen(word)] == '\0';
}

/*
 * A number that lies in the middle of two doubles has at most 768 digits. If
 * more are written, the rest only matters if it is not 0.
 */
#define DIGITS_MOST 800

/*
 * The number digits * 10^scale, or one that is slightly larger if is_cut is
 * set.
 */
struct written {
    struct big digits;
    int count; /* of the digits, without zeros at the beginning */
    int64_t scale;
    bool is_cut;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/*
 * Parse a decimal number without a sign. Return false if `text` is no such
 * number.
 */
static bool parse_decimal(const char *text, struct written *written)
{
    bool has_digits = false;
    bool has_point = false;
    written->digits.count = 0;
    written->count = 0;
    written->scale = 0;
    written->is_cut = false;
    for (; is_digit(*text) || (*text == '.' && !has_point); text++) {
        if (*text == '.') {
            has_point = true;
            continue;
        }
        has_digits = true;
        written->scale -= has_point;
        if (written->count < DIGITS_MOST) {
            big_multiply(&written->digits, 10, (uint32_t)(*text - '0'));
            written->count += written->digits.count > 0;
        } else {
            written->scale++;
            written->is_cut |= *text != '0';
        }
    }
    if (has_digits && text_lower(*text) == 'e') {
        bool is_negative = text[1] == '-';
        text += text[1] == '-' || text[1] == '+' ? 2 : 1;
        has_digits = is_digit(*text);
        int64_t exponent = 0;
        for (; is_digit(*text); text++) {
            exponent = exponent < INT64_MAX / 100 ? 10 * exponent + (*text - '0') : exponent;
        }
        written->scale += is_negative ? -exponent : exponent;
    }
    return has_digits && *text == '\0';
}

/*
 * Parse a floating-point number without a sign. Return false if `text` is no
 * such number, or is beyond the range.
 */
static bool parse_float(const struct layout *layout, const char *text, uint64_t *number)
{
    if (is_word(text, "inf") || is_word(text, "nan")) {
        *number = layout->inf + (text_lower(*text) == 'n' ? UINT64_C(1) << (layout->bits - 1) : 0);
        return true;
    }
    struct written written;
    if (!parse_decimal(text, &written)) {
        return false;
    }

    /* Exclude numbers from 1e310 on, and below 1e-330. */
    struct big *rest = &written.digits;
    *number = 0;
    if (written.count == 0 || written.count + written.scale < -330) {
        return true;
    }
    if (written.count + written.scale > 310) {
        return false;
    }

    /*
     * Scale so that rest / unit * 2^exponent is the number, and rest / unit is
     * at least 1 and less than 2.
     */
    struct big unit;
    big_set(&unit, 1, 0);
    big_scale(&unit, 10, -(int)written.scale);
    big_scale(rest, 10, (int)written.scale);
    int exponent = big_bits(rest) - big_bits(&unit);
    big_scale(&unit, 2, exponent);
    big_scale(rest, 2, -exponent);
    if (big_compare(rest, &unit) < 0) {
        big_multiply(rest, 2, 0);
        exponent--;
    }

    /*
     * Take one bit after the other, down to the one of the value 2^last. Then
     * rest / unit is the rest of the number, in halves of that bit.
     */
    int last = exponent - layout->bits > layout->least ? exponent - layout->bits : layout->least;
    for (int i = exponent; i >= last; i--) {
        *number = 2 * *number + big_divide(rest, &unit);
        big_multiply(rest, 2, 0);
    }
    bool is_odd = (*number & 1) != 0;
    if (exponent >= last - 1 && big_compare(rest, &unit) + (is_odd || written.is_cut) > 0) {
        ++*number;
    }

    /*
     * The highest bit of a mantissa that is not stored adds 1 to the exponent.
     * So does a mantissa that has been rounded up to the next power of 2.
     */
    *number += (uint64_t)(last - layout->least) << layout->bits;
    return *number < layout->inf;
}

/* ---- All numbers ------------------------------------------------------------------------------------------------- */

/* Return the highest bit of a number of this type. */
static uint64_t highest_bit(enum number_type type)
{
    return UINT64_C(1) << (8 * number_size(type) - 1);
}

static bool is_signed(enum number_type type)
{
    return types[type].name[0] != 'u';
}

/* Return the bits of a number, little-endian in `bytes`. */
static uint64_t number_bits(enum number_type type, const uint8_t *bytes)
{
    uint64_t bits = 0;
    size_t i = number_size(type);
    do {
        bits = bits << 8 | bytes[--i];
    } while (i > 0);
    return bits;
}

const char *number_print(enum number_type type, const uint8_t *bytes, char *text)
{
    uint64_t number = number_bits(type, bytes);
    uint64_t high = highest_bit(type);
    const char *sign = is_signed(type) && (number & high) != 0 ? "-" : "";
    if (type < NUMBER_F32) {
        uint64_t magnitude = *sign != '\0' ? 2 * high - number : number;
        (void)snprintf(text, NUMBER_ROOM, "%s%" PRIu64, sign, magnitude);
        return text;
    }
    const struct layout *layout = layout_of(type);
    number &= high - 1;
    const char *word = number > layout->inf ? "nan" : number == layout->inf ? "inf" : number == 0 ? "0" : "";
    int length = snprintf(text, NUMBER_ROOM, "%s%s", number > layout->inf ? "" : sign, word);
    if (*word == '\0') {
        print_float(layout, number, text + length);
    }
    return text;
}

bool number_parse(enum number_type type, const char *text, uint8_t *bytes)
{
    bool is_negative = *text == '-';
    text += *text == '-' || *text == '+';
    uint64_t number;
    uint64_t high = highest_bit(type);
    if (type >= NUMBER_F32) {
        if (!parse_float(layout_of(type), text, &number)) {
            return false;
        }
        number += is_negative ? high : 0;
    } else {
        uint64_t most = is_signed(type) ? high - !is_negative : is_negative ? 0 : 2 * high - 1;
        const char *end = size_number(text, &number);
        if (end == NULL || *end != '\0' || number > most) {
            return false;
        }
        number = is_negative ? 0 - number : number;
    }
    size_t i = 0;
    do {
        bytes[i] = (uint8_t)(number >> 8 * i);
    } while (++i < number_size(type));
    return true;
}

bool number_parse_decimal(const char *text, int64_t *number)
{
    uint8_t bytes[sizeof *number] = {0};
    size_t sign = *text == '-' || *text == '+';
    if (text[sign + strspn(text + sign, "0123456789")] != '\0' || !number_parse(NUMBER_I64, text, bytes)) {
        return false;
    }
    *number = (int64_t)number_bits(NUMBER_I64, bytes);
    return true;
}
