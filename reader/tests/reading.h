/* reading.h - rows for the tests of shmread: what is there, the options, and what comes of it. */
#ifndef READER_TESTS_READING_H
#define READER_TESTS_READING_H

#include "common/tests/tool.h"

#define PAGE 4096U
#define LARGE ((size_t)40 << 20)
#define HAN "\xE6\xBC\xA2"
#define E_ACUTE "\xC3\xA9"
#define WRONG "\xEF\xBF\xBD"

static const char name[] = "demo";

struct reading {
    const char *row;
    const char *theirs; /* bytes of another program, at the beginning of a page */
    size_t size;
    bool at_end;           /* or at its end */
    uint64_t zeros;        /* or so many zeros, */
    uint64_t xs;           /* which begin with so many 'x', and the rest is not committed */
    const char *ours[6];   /* or a value: what `shmwrite -d demo` gets */
    size_t spoiled;        /* the offset of eight bytes of its trailer, which are 0xEE */
    enum object_kind kind; /* of what has the name `other` */
    const char *other;
    bool is_owned;
    const char *denied;       /* a name that may not be opened, or a file */
    void (*prepare)(void);    /* and what else there is */
    const char *arguments[8]; /* of shmread, behind NAME */
    enum status status;
    const char *output; /* NULL: nothing */
    size_t output_size;
    const char *line; /* the message behind `shmread: demo: `; NULL: none */
};
#define ROW(text, ...)                                                                                                 \
    {                                                                                                                  \
        .row = (text), __VA_ARGS__                                                                                     \
    }
#define THEIRS(bytes) .theirs = (bytes), .size = sizeof(bytes) - 1
#define OURS(...) .ours = {__VA_ARGS__}
#define WITH(...) .arguments = {__VA_ARGS__}
#define OTHER(of, called) .kind = (of), .other = (called)
#define PRINTS(bytes) .output = (bytes), .output_size = sizeof(bytes) - 1
#define FAILS(number, text) .status = (number), .line = (text)

static inline void reading_prepare(const struct reading *reading)
{
    tool_reset();
    if (reading->theirs != NULL) {
        static uint8_t page[PAGE];
        memset(page, 0, sizeof page);
        page[0] = 1; /* not nothing */
        memcpy(page + (reading->at_end ? PAGE - reading->size : 0), reading->theirs, reading->size);
        machine_foreign_section(name, page, PAGE, PAGE);
    }
    if (reading->zeros != 0) {
        machine_foreign_section(name, NULL, reading->zeros, reading->zeros == PAGE ? PAGE : reading->xs);
        memset(machine_bytes(name, NULL), 'x', reading->xs);
    }
    if (reading->ours[0] != NULL) {
        const char *all[12] = {"shmwrite", "-d", name};
        memcpy(all + 3, reading->ours, sizeof reading->ours);
        CHECK_EQUAL(tool_run(TOOL_OTHER, all), EXIT_DONE);
    }
    if (reading->spoiled != 0) {
        uint64_t size = 0;
        uint8_t *bytes = machine_bytes(name, &size);
        memset(bytes + size - WINSHM_TRAILER_SIZE + reading->spoiled, 0xEE, 8);
    }
    if (reading->kind == OBJECT_SECTION) {
        machine_foreign_section(reading->other, "x", 1, PAGE);
    } else if (reading->kind != OBJECT_NONE) {
        machine_foreign(reading->other, reading->kind);
    }
    if (reading->is_owned) {
        machine_own(reading->other);
    }
    if (reading->denied != NULL) {
        machine_deny(reading->denied);
    }
    if (reading->prepare != NULL) {
        reading->prepare();
    }
}

/* Read as the row says, and once more with nobody to report it to. */
static inline void reading_check(const struct reading *reading)
{
    const char *all[12] = {"shmread", name};
    memcpy(all + 2, reading->arguments, sizeof reading->arguments);
    check_row(reading->row);
    for (int i = 0; i < 2; i++) {
        char line[300] = "";
        size_t size = 0;
        reading_prepare(reading);
        if (i == 1) {
            machine_standard_absent(TOOL_PROCESS, STANDARD_ERROR);
        } else if (reading->line != NULL) {
            (void)snprintf(line, sizeof line, "shmread: demo: %s\r\n", reading->line);
        }
        CHECK_EQUAL(tool_run(TOOL_PROCESS, all), reading->status);
        const char *written = machine_written(TOOL_PROCESS, STANDARD_OUTPUT, &size);
        CHECK_BYTES(written, size, reading->output, reading->output_size);
        CHECK_TEXT(tool_errors(TOOL_PROCESS), line);
        CHECK_EQUAL(machine_leaks(), 0);
    }
}

/* A section of LARGE bytes, all of them `byte`. */
static inline void with_large(int byte)
{
    tool_reset();
    machine_foreign_section(name, NULL, LARGE, LARGE);
    memset(machine_bytes(name, NULL), byte, LARGE);
}

#endif
