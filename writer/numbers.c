/* numbers.c - converts a text that comes in pieces to numbers. */
#include "writer/numbers.h"

#include <stdbool.h>
#include <string.h>

#include "common/text/text.h"

/* The largest part of a wrong word that a message quotes, in bytes. */
#define QUOTED_MOST 60

enum numbers_step numbers_take(struct numbers *numbers, char c, uint8_t *bytes)
{
    size_t most = sizeof numbers->word - 1;
    if (c == '\0') {
        c = '\1'; /* a NUL would end the word; neither of them is in a number */
    }
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
        if (numbers->length < most) {
            numbers->word[numbers->length++] = c;
        }
        return NUMBERS_NONE;
    }
    if (numbers->length == 0) {
        return NUMBERS_NONE;
    }
    numbers->word[numbers->length] = '\0';
    bool is_number = numbers->length < most && number_parse(numbers->type, numbers->word, bytes);
    numbers->length = 0;
    return is_number ? NUMBERS_ONE : NUMBERS_WRONG;
}

/*
 * Return the number of bytes of a wrong word to quote, which are whole
 * characters.
 */
static size_t numbers_quoted(const char *word, size_t length)
{
    size_t quoted = 0;
    while (quoted < length) {
        size_t size;
        (void)text_character(word + quoted, length - quoted, &size);
        if (quoted + size > QUOTED_MOST) {
            break;
        }
        quoted += size;
    }
    return quoted;
}

enum status numbers_explain(const struct report *report, const struct numbers *numbers)
{
    static const char *const ranges[] = {[NUMBER_U8] = "whole number from 0 to 255",
                                         [NUMBER_I8] = "whole number from -128 to 127",
                                         [NUMBER_U16] = "whole number from 0 to 65535",
                                         [NUMBER_I16] = "whole number from -32768 to 32767",
                                         [NUMBER_U32] = "whole number from 0 to 4294967295",
                                         [NUMBER_I32] = "whole number from -2147483648 to 2147483647",
                                         [NUMBER_U64] = "whole number from 0 to 18446744073709551615",
                                         [NUMBER_I64] = "whole number from -9223372036854775808 to 9223372036854775807",
                                         [NUMBER_F32] = "number from -3.4028235e38 to 3.4028235e38",
                                         [NUMBER_F64] =
                                             "number from -1.7976931348623157e308 to 1.7976931348623157e308"};
    size_t length = strlen(numbers->word);
    size_t quoted = numbers_quoted(numbers->word, length);
    return report_failure(report, EXIT_USAGE, OSERROR_NONE, "%s: \"%.*s%s\" is not a %s",
                          number_type_name(numbers->type), (int)quoted, numbers->word, quoted < length ? "..." : "",
                          ranges[numbers->type]);
}
