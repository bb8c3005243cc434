/*
 * fuzz.h - functions that all fuzzers share.
 *
 * Each fuzzer is one file, SUBJECT_fuzz.c. Its LLVMFuzzerTestOneInput() runs
 * the code under test on one input and checks with HOLDS() the properties that
 * must hold for every input. Its fuzz_seeds() writes the first inputs and the
 * dictionary.
 *
 * A fuzzer allocates every buffer that the code must not overrun as a block of
 * exactly that size, so that AddressSanitizer detects an access to the byte
 * behind it.
 */
#ifndef COMMON_FUZZ_FUZZ_H
#define COMMON_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* libFuzzer calls this with each input. Return 0 always. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void fuzz_seeds(void);

/*
 * For fuzz_seeds(). FUZZ_SEED() writes an input, a string literal with the zeros
 * inside it. FUZZ_WORDS() adds strings to the dictionary, from which libFuzzer
 * inserts words into inputs. Both exit with status 2 if a file cannot be
 * written.
 */
#define FUZZ_SEED(literal) fuzz_seed(literal, sizeof(literal) - 1)
#define FUZZ_WORDS(...) fuzz_words((const char *const[]){__VA_ARGS__, NULL})
void fuzz_seed(const void *bytes, size_t size);
void fuzz_words(const char *const words[]);

/*
 * If the condition is false, print its place and text and abort. libFuzzer then
 * reports a crash and saves the input.
 */
#define HOLDS(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fuzz_failed(__FILE__, __LINE__, #condition);                                                               \
        }                                                                                                              \
    } while (0)
_Noreturn void fuzz_failed(const char *file, int line, const char *condition);

/*
 * Return a copy of the bytes in a block of exactly `size` bytes. The caller
 * releases it with free().
 */
void *fuzz_block(const void *bytes, size_t size);

/*
 * Return a copy of the bytes up to the first zero or to `size`, terminated by a
 * zero. The caller releases it with free().
 */
char *fuzz_text(const void *bytes, size_t size);

/* ---- An input as a program --------------------------------------------------------------------------------------- */

struct program {
    const uint8_t *at;
    size_t left;
};

/*
 * Remove the next `size` bytes from the input and return them as a big-endian
 * number. At the end of the input use as many bytes as are left: 0 if none.
 */
static inline uint64_t take(struct program *program, size_t size)
{
    uint64_t value = 0;
    for (; size > 0 && program->left > 0; size--, program->left--) {
        value = value << 8 | *program->at++;
    }
    return value;
}

/*
 * Return a number chosen by the input: small, close to `near`, close to
 * UINT64_MAX, a power of two, a multiple of one of these, or any eight bytes.
 */
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
