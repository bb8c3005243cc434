/*
 * number_fuzz.c - parse and print numbers of all types.
 *
 * The input is a byte that selects a type, and a text, which may contain zeros.
 * For every input the following holds:
 *     - The parser accepts the text if, and only if, the functions of the C
 *       library accept it, the text has the grammar of number.h, and the number
 *       is within the range of the type. Then it returns the same number.
 *     - A number that is printed is read back as the same number.
 *     - The parser reads nothing behind the terminating zero, and writes
 *       exactly the bytes of the number.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "common/fuzz/fuzz.h"
#include "common/text/number.h"

/*
 * Return what strtod() or strtof() reads, as the bits of a number. Set
 * *is_number to whether that is all of the text and no overflow.
 */
static uint64_t library_float(enum number_type type, const char *text, bool *is_number)
{
    char *end = NULL;
    uint64_t bits = 0;
    if (type == NUMBER_F64) {
        double value = strtod(text, &end);
        memcpy(&bits, &value, sizeof value);
        *is_number = !isinf(value);
    } else {
        float value = strtof(text, &end);
        memcpy(&bits, &value, sizeof value);
        *is_number = !isinf(value);
    }
    *is_number = *is_number && *end == '\0' && end > text && strpbrk(text, " \t\n\v\f\rxXiInNpP") == NULL;
    return bits;
}

/* Like library_float(), for a type of whole numbers. */
static uint64_t library_whole(enum number_type type, const char *text, bool *is_number)
{
    size_t bits = 8 * number_size(type);
    bool is_signed = number_type_name(type)[0] == 'i';
    bool is_negative = text[0] == '-';
    const char *digits = text + (text[0] == '-' || text[0] == '+');
    bool is_hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    digits += is_hex ? 2 : 0;
    size_t count = strspn(digits, is_hex ? "0123456789abcdefABCDEF" : "0123456789");
    errno = 0;
    uint64_t number = strtoull(digits, NULL, is_hex ? 16 : 10);
    uint64_t most = UINT64_MAX >> (64 - bits);
    most = is_signed ? most / 2 + is_negative : is_negative ? 0 : most;
    *is_number = count > 0 && digits[count] == '\0' && errno == 0 && number <= most;
    return (is_negative ? 0 - number : number) & UINT64_MAX >> (64 - bits);
}

static uint64_t load(enum number_type type, const uint8_t *bytes)
{
    uint64_t number = 0;
    for (size_t i = number_size(type); i-- > 0;) {
        number = number << 8 | bytes[i];
    }
    return number;
}

static void check_printed(enum number_type type, const uint8_t *bytes)
{
    char *text = malloc(NUMBER_ROOM);
    uint8_t *back = malloc(number_size(type));
    HOLDS(text != NULL && back != NULL && number_print(type, bytes, text) == text);
    HOLDS(strlen(text) < 26 && strspn(text, "-0123456789.einfa") == strlen(text));
    HOLDS(number_parse(type, text, back));
    HOLDS(strcmp(text, "nan") == 0 || load(type, back) == load(type, bytes));
    free(back);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct program program = {.at = data, .left = size};
    enum number_type type = (enum number_type)(take(&program, 1) % (NUMBER_F64 + 1));
    if (program.left >= number_size(type)) {
        uint8_t *bytes = fuzz_block(program.at, number_size(type));
        check_printed(type, bytes);
        free(bytes);
    }

    char *text = fuzz_text(program.at, program.left);
    uint8_t *bytes = calloc(1, number_size(type));
    HOLDS(bytes != NULL);
    bool wanted = false;
    uint64_t number = type >= NUMBER_F32 ? library_float(type, text, &wanted) : library_whole(type, text, &wanted);
    bool got = number_parse(type, text, bytes);
    if (got && strpbrk(text, "iInN") != NULL) {
        check_printed(type, bytes);
    } else {
        HOLDS(got == wanted && load(type, bytes) == (got ? number : 0));
    }
    free(bytes);
    free(text);
    return 0;
}

void fuzz_seeds(void)
{
    static const char *const words[] = {"e-", "e308", "e-324", "inf", "nan", "0x", "9007199254740993", ".", "-", "255"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        fuzz_word(words[i]);
    }
    fuzz_seed_text("\x09"
                   "1.7976931348623157e308");
    fuzz_seed_text("\x09"
                   "2.4703282292062328e-324");
    fuzz_seed_text("\x08"
                   "-16777217.000000000000000001");
    fuzz_seed_text("\x08"
                   "nan");
    fuzz_seed_text("\x01"
                   "-128");
    fuzz_seed_text("\x06"
                   "0xffffffffffffffff");
    FUZZ_SEED("\x09\0\0\0\0\0\0\xF0\x7F");
}
