/*
 * reading.h - table rows for the tests of shmread: memory, options and result.
 */
#ifndef READER_TESTS_READING_H
#define READER_TESTS_READING_H

#include "common/tests/tool.h"

#define PAGE 4096U
#define LARGE ((size_t)40 << 20)
#define HAN "\xE6\xBC\xA2"
#define E_ACUTE "\xC3\xA9"
#define WRONG "\xEF\xBF\xBD"

static const char name[] = "demo";

/*
 * One run of shmread: first the things that exist before it, then its options,
 * then the result. Of a section `zeros` that is larger than a page only the
 * letters 'x' are committed.
 */
struct reading {
    const char *row;
    const char *theirs; /* if not NULL, another program's page `demo` begins with these bytes */
    size_t size;
    bool at_end;              /* the page ends with these bytes instead */
    uint64_t zeros;           /* if not 0, another program's section `demo` has this many bytes */
    uint64_t xs;              /* the section begins with this many 'x' */
    const char *ours[6];      /* if not NULL, `shmwrite -d demo` with these options creates it */
    size_t spoiled;           /* if not 0, the eight bytes at this offset of the trailer are 0xEE */
    enum object_kind kind;    /* the kind of the object `other` */
    const char *other;        /* the name of another object */
    bool is_owned;            /* another program owns the mutex `other` */
    const char *denied;       /* a name or a file that shmread may not open */
    void (*prepare)(void);    /* called last; or NULL */
    const char *arguments[8]; /* the options of shmread, after NAME */
    enum status status;
    const char *output; /* NULL for no output */
    size_t output_size;
    const char *line; /* the message after `shmread: demo: `; NULL for none */
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
        page[0] = 1; /* so that the page is not empty */
        memcpy(page + (reading->at_end ? PAGE - reading->size : 0), reading->theirs, reading->size);
        machine_foreign_section(name, page, PAGE, PAGE);
    }
    if (reading->zeros != 0) {
        machine_foreign_section(name, NULL, reading->zeros, reading->zeros == PAGE ? PAGE : reading->xs);
        memset(machine_bytes(name, NULL), 'x', (size_t)reading->xs);
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

/*
 * Run shmread as the row says, and check the result. Run it once more without a
 * standard error.
 */
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

/* Create a section of another program, of LARGE bytes that are all `byte`. */
static inline void with_large(int byte)
{
    tool_reset();
    machine_foreign_section(name, NULL, LARGE, LARGE);
    memset(machine_bytes(name, NULL), byte, LARGE);
}

#endif
