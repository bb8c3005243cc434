/*
 * fuzz.h - what the fuzzers have in common.
 *
 * A fuzzer is one file, SUBJECT_fuzz.c, that says what is done with an input, and what HOLDS() whatever the input is.
 * fuzz_seeds() makes inputs to begin with, and tells the words that inputs are made of. Whatever has to stay within its
 * bounds lies in a block of its own, so that the first byte past it is seen.
 */
#ifndef COMMON_FUZZ_FUZZ_H
#define COMMON_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Called by libFuzzer with each input, and by fuzz.c for the seeds. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void fuzz_seeds(void);

/* For fuzz_seeds(): an input to begin with, and a word to put into others. */
void fuzz_seed(const void *bytes, size_t size);
void fuzz_seed_text(const char *text);
void fuzz_word(const char *word);
#define FUZZ_SEED(literal) fuzz_seed(literal, sizeof(literal) - 1) /* with the zeros in it */

/* Ends the run, as a failure, with the input kept and the line named. */
#define HOLDS(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fuzz_failed(__FILE__, __LINE__, #condition);                                                               \
        }                                                                                                              \
    } while (0)
_Noreturn void fuzz_failed(const char *file, int line, const char *condition);

/* A block of exactly this size with these bytes; to be given to free(). */
void *fuzz_block(const void *bytes, size_t size);

/* The same, ended by a zero; what follows a zero in the bytes is left out. */
char *fuzz_text(const void *bytes, size_t size);

/* ---- An input as a program --------------------------------------------------------------------------------------- */

struct program {
    const uint8_t *at;
    size_t left;
};

/* The next `size` bytes as a number; zeros when there are no more. */
static inline uint64_t take(struct program *program, size_t size)
{
    uint64_t value = 0;
    for (; size > 0 && program->left > 0; size--, program->left--) {
        value = value << 8 | *program->at++;
    }
    return value;
}

/* A number at an edge, near `near`, or any. */
static inline uint64_t take_number(struct program *program, uint64_t near)
{
    uint64_t kind = take(program, 1);
    uint64_t small = take(program, 1);
    switch (kind % 8) {
    case 0:
        return small;
    case 1:
        return near + small;
    case 2:
        return near - small;
    case 3:
        return UINT64_MAX - small;
    case 4:
        return UINT64_C(1) << (small % 64);
    case 5:
        return near << (small % 64);
    case 6:
        return small << (kind / 8 * 2);
    default:
        return take(program, 8);
    }
}

#endif
