/*
 * fuzz.c - write the seeds and the dictionary of a fuzzer, and report failures.
 */
#include "common/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerInitialize(int *count, char ***arguments);

static const char *directory; /* of the seeds */
static FILE *dictionary;
static unsigned seeds;

static FILE *open_or_die(const char *path)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    return file;
}

void fuzz_seed(const void *bytes, size_t size)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/seed-%u", directory, seeds++);
    FILE *file = open_or_die(path);
    bool written = fwrite(bytes, 1, size, file) == size;
    if (fclose(file) != 0 || !written) {
        perror(path);
        exit(2);
    }
}

void fuzz_words(const char *const words[])
{
    for (; *words != NULL; words++) {
        (void)fputc('"', dictionary);
        for (const char *at = *words; *at != '\0'; at++) {
            (void)fprintf(dictionary, "\\x%02X", (unsigned char)*at);
        }
        (void)fputs("\"\n", dictionary);
    }
}

/*
 * libFuzzer calls this once at its start. For the command line `SUBJECT_fuzz
 * --seed DIRECTORY DICTIONARY` write the seeds and the dictionary, and exit.
 * Any other command line is libFuzzer's.
 */
int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    char **words = *arguments;
    if (*count == 4 && strcmp(words[1], "--seed") == 0) {
        directory = words[2];
        dictionary = open_or_die(words[3]);
        fuzz_seeds();
        exit(fclose(dictionary) == 0 ? 0 : 2);
    }
    return 0;
}

_Noreturn void fuzz_failed(const char *file, int line, const char *condition)
{
    (void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

void *fuzz_block(const void *bytes, size_t size)
{
    void *block = malloc(size);
    HOLDS(block != NULL || size == 0);
    if (size > 0) {
        memcpy(block, bytes, size);
    }
    return block;
}

char *fuzz_text(const void *bytes, size_t size)
{
    const void *nul = size > 0 ? memchr(bytes, 0, size) : NULL;
    size_t length = nul != NULL ? (size_t)((const char *)nul - (const char *)bytes) : size;
    char *text = malloc(length + 1);
    HOLDS(text != NULL);
    if (length > 0) {
        memcpy(text, bytes, length);
    }
    text[length] = '\0';
    return text;
}
