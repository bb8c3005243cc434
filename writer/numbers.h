/* numbers.h - converts contents that are numbers in digits to numbers. */
#ifndef WRITER_NUMBERS_H
#define WRITER_NUMBERS_H

#include "common/text/number.h"
#include "writer/contents.h"

/*
 * Replace the contents, which are loaded, by the numbers of this type that they
 * contain. Blanks, TABs and line ends separate the numbers: see number_parse().
 * Return EXIT_DONE. If a word is no such number, report that and return
 * EXIT_USAGE. On this and any other failure the contents are still open.
 */
enum status numbers_convert(const struct report *report, enum number_type type, struct contents *contents);

#endif
