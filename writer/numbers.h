/*
 * numbers.h - converts a text that comes in pieces to numbers.
 *
 * The text is words between blanks. Each word is one number: see
 * number_parse(). A blank is a space, a TAB, a CR or an LF, and there may be
 * blanks before the first word and behind the last one.
 */
#ifndef WRITER_NUMBERS_H
#define WRITER_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "common/console/report.h"
#include "common/text/number.h"

/*
 * Room for a word, in bytes with its end. A double has at most 1077 characters
 * if all its digits are written. A word that fills the room is no number.
 */
#define NUMBERS_WORD_ROOM 2048

/* A conversion. At the beginning all fields but `type` are zero. */
struct numbers {
    enum number_type type;
    size_t length; /* of `word` */
    char word[NUMBERS_WORD_ROOM];
};

enum numbers_step {
    NUMBERS_NONE, /* no word has ended */
    NUMBERS_ONE,  /* a word has ended, and is a number */
    NUMBERS_WRONG /* a word has ended, and is no number of the type */
};

/*
 * Take the next character of the text. If it ends a word that is a number,
 * write the number to `bytes`, which has room for number_size() bytes, and
 * return NUMBERS_ONE. At the end of the text take one more blank, to end the
 * last word.
 */
enum numbers_step numbers_take(struct numbers *numbers, char c, uint8_t *bytes);

/* After NUMBERS_WRONG report the word, and return EXIT_USAGE. */
enum status numbers_explain(const struct report *report, const struct numbers *numbers);

#endif
