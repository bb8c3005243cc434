/* numbers.c - converts contents that are numbers in digits to numbers. */
#include "writer/numbers.h"

#include <string.h>

/* The state of a conversion. */
struct numbers {
    const struct report *report;
    enum number_type type;
    struct contents made;
    char word[1024]; /* the beginning of the current word, with a terminating zero */
    size_t length;   /* bytes of that word */
};

/* Add the number that the current word is. */
static enum status add_word(struct numbers *numbers)
{
    uint8_t bytes[8];
    /* The lengths differ if the word contains a NUL, or does not fit. */
    if (strlen(numbers->word) != numbers->length || !number_parse(numbers->type, numbers->word, bytes)) {
        return report_failure(numbers->report, EXIT_USAGE, OSERROR_NONE, "\"%.40s\" is not a number of type %s",
                              numbers->word, number_type_name(numbers->type));
    }
    numbers->length = 0;
    return contents_add(numbers->report, &numbers->made, bytes, number_size(numbers->type));
}

/* Add the next character of the contents to a word, or end the word. */
static enum status take_character(struct numbers *numbers, char c)
{
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        return numbers->length > 0 ? add_word(numbers) : EXIT_DONE;
    }
    if (numbers->length < sizeof numbers->word - 1) {
        numbers->word[numbers->length] = c;
        numbers->word[numbers->length + 1] = '\0';
    }
    numbers->length++;
    return EXIT_DONE;
}

enum status numbers_convert(const struct report *report, enum number_type type, struct contents *contents)
{
    struct numbers numbers = {.report = report, .type = type};
    struct contents_piece piece = contents_begin(contents);
    enum status status = EXIT_DONE;
    while (status == EXIT_DONE && contents_next(&piece)) {
        for (size_t i = 0; status == EXIT_DONE && i < piece.size; i++) {
            status = take_character(&numbers, (char)piece.bytes[i]);
        }
    }
    if (status == EXIT_DONE) {
        status = take_character(&numbers, '\n');
    }
    contents_exchange(contents, &numbers.made);
    contents_close(&numbers.made);
    return status;
}
