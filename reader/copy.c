/* copy.c - copies a value or other memory, or the requested part of it. */
#include "reader/copy.h"

#include <inttypes.h>
#include <string.h>

#include "common/console/explain.h"
#include "common/deadline.h"
#include "common/text/size.h"
#include "common/text/text.h"
#include "reader/decode.h"

/*
 * The size of a piece in bytes. If there is no memory for a copy of a value,
 * the value is printed in such pieces. A part of other memory is compared with
 * its copy if it is not larger than this.
 */
#define COPY_PIECE ((size_t)16 << 20)

/*
 * A reader looks LOOKS_AT_ONCE times at a value that keeps changing, and then
 * sleeps for a millisecond before it looks again. It stops after TRY_FOR
 * milliseconds. To write a value takes longer than to read it, so the first or
 * the second look nearly always succeeds.
 */
#define LOOKS_AT_ONCE 100
#define TRY_FOR 10000

/* ---- The part that is asked for ---------------------------------------------------------------------------------- */

struct range {
    uint64_t from;
    uint64_t size;
};

/*
 * Set *range to the part of `total` bytes that --offset and --length request.
 * Return false if the part begins beyond the end.
 */
static bool range_of(const struct reader_options *options, uint64_t total, struct range *range)
{
    uint64_t rest = options->offset <= total ? total - options->offset : 0;
    *range = (struct range){.from = options->offset, .size = rest < options->length ? rest : options->length};
    return options->offset <= total;
}

bool copy_wants_all(const struct reader_options *options)
{
    return options->offset == 0 && options->length == UINT64_MAX;
}

/* Report that --offset is beyond the end of `total` bytes. */
static enum status explain_beyond(const struct reader *reader, uint64_t total)
{
    char size[SIZE_ROOM];
    return report_failure(reader->report, EXIT_NOTHING, OSERROR_NONE, "has nothing at offset %" PRIu64 ": it has %s",
                          reader->options->offset, size_print_exact(total, size));
}

/* ---- Values of ours ---------------------------------------------------------------------------------------------- */

/*
 * Ensure that the buffer has room for `size` bytes. Return false if there is no
 * memory; then the buffer is NULL. The buffer has one byte more, because a
 * block of 0 bytes cannot be allocated.
 */
static bool copy_make_room(struct copied_value *value, uint64_t size)
{
    if (value->buffer != NULL && size <= value->room) {
        return true;
    }
    memory_give(value->buffer);
    value->buffer = size < SIZE_MAX ? memory_take((size_t)size + 1) : NULL;
    value->room = value->buffer != NULL ? (size_t)size : 0;
    return value->buffer != NULL;
}

/*
 * Look at the value once, and copy the part. Return COPY_RESTLESS if an update
 * changed the value during that. Before COPY_BEYOND is returned, a second look
 * confirms the length, which an update may have changed during the first one.
 */
static enum copy_verdict copy_look(const struct reader_options *options, struct copied_value *value)
{
    const struct mapping *mapping = value->mapping;
    bool is_sealed = mapping->kind == WINSHM_SEALED;
    struct range range;
    value->bytes = NULL;
    if (!value_look(mapping, &value->look)) {
        return COPY_DAMAGED;
    }
    if (!range_of(options, value->look.slot.length, &range)) {
        return is_sealed || value_is_unchanged(mapping, &value->look) ? COPY_BEYOND : COPY_RESTLESS;
    }
    value->from = range.from;
    value->size = range.size;
    if (is_sealed) {
        value->bytes = value->look.contents + range.from;
        return COPY_TAKEN;
    }
    if (!copy_make_room(value, range.size) && (range.size <= COPY_PIECE || !copy_make_room(value, COPY_PIECE))) {
        return COPY_NO_MEMORY;
    }
    if (value->room < range.size) {
        return COPY_TAKEN;
    }
    if (!value_copy(mapping, &value->look, range.from, value->buffer, (size_t)range.size)) {
        return COPY_RESTLESS;
    }
    value->bytes = value->buffer;
    return COPY_TAKEN;
}

enum copy_verdict copy_value(const struct reader *reader, const struct mapping *mapping, struct copied_value *value)
{
    enum copy_verdict verdict;
    uint64_t enough = deadline_in(TRY_FOR);
    *value = (struct copied_value){.mapping = mapping};
    for (int looks = 1; (verdict = copy_look(reader->options, value)) == COPY_RESTLESS; looks++) {
        if (looks % LOOKS_AT_ONCE == 0) {
            (void)deadline_sleep(clock_now() + 1);
        }
        uint64_t now = clock_now();
        if (now >= reader->deadline) {
            return COPY_LATE;
        }
        if (now >= enough) {
            return COPY_RESTLESS;
        }
    }
    return verdict;
}

void copy_give(struct copied_value *value)
{
    memory_give(value->buffer);
    *value = (struct copied_value){0};
}

enum status copy_explain(const struct reader *reader, enum copy_verdict verdict, const struct copied_value *value)
{
    const struct report *report = reader->report;
    switch (verdict) {
    case COPY_TAKEN:
        break;
    case COPY_BEYOND:
        return explain_beyond(reader, value->look.slot.length);
    case COPY_LATE:
        return report_failure(report, EXIT_TIMED_OUT, OSERROR_NONE, "timed out waiting for a moment without an update");
    case COPY_RESTLESS:
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE, "changes too fast to be read whole");
    case COPY_DAMAGED:
        return explain_verdict(report, TRAILER_DAMAGED);
    case COPY_NO_MEMORY:
        return explain_no_memory(report, value->size < COPY_PIECE ? value->size : COPY_PIECE,
                                 OSERROR_NOT_ENOUGH_MEMORY);
    }
    return EXIT_DONE;
}

/* ---- Memory as it is --------------------------------------------------------------------------------------------- */

/*
 * The largest number of copies that a reader makes until one of them equals the
 * memory. The reader sleeps for a millisecond between two copies, because a
 * program usually updates its memory in much less time.
 */
#define COPY_TRIES 5

static bool is_string(const struct reader_options *options)
{
    bool prints_bytes = options->hex || options->has_number || options->field_count > 0;
    return !options->raw && (!prints_bytes || options->text);
}

/*
 * Return whether a string is in UTF-16. --encoding decides this if it is given.
 * Otherwise the first bytes of the string do.
 */
static bool copy_is_wide(const struct reader_options *options, const uint8_t *bytes, size_t size)
{
    return options->has_encoding ? value_text_is_wide(options->encoding) : text_is_utf16(bytes, size);
}

/*
 * Return how many of `most` bytes to copy: all bytes, or a string up to and
 * including the NUL that ends it. In the copy the NUL proves that the string
 * was not cut off.
 */
static size_t wanted_size(const struct reader_options *options, const uint8_t *bytes, size_t most)
{
    if (!is_string(options)) {
        return most;
    }
    bool wide = copy_is_wide(options, bytes, most);
    size_t size = text_before_nul(bytes, most, wide);
    size_t end = wide ? 2 : 1;
    return most - size < end ? most : size + end;
}

/*
 * Detect the encoding of the string in part->bytes. Set part->text to the
 * encoding, and part->size to the size of the string without the NUL. If the
 * bytes have no NUL, they may end inside a character. Then ignore an incomplete
 * last character when checking for UTF-8.
 */
static void copy_judge(const struct reader_options *options, struct copied_memory *part)
{
    part->text = (struct value_text){.encoding = WINSHM_BYTES};
    if (!is_string(options)) {
        return;
    }
    size_t size = part->size;
    bool wide = copy_is_wide(options, part->bytes, size);
    part->size = text_before_nul(part->bytes, size, wide);
    if (wide) {
        part->text.encoding = WINSHM_UTF16;
    } else {
        part->text = decode_detect(part->bytes, part->size, part->size == size);
    }
}

/* The bytes in the view that --offset and --length select. */
struct source {
    const uint8_t *bytes;
    size_t size;
};

/*
 * Copy the source once, or the string in it. Set part->size to the size of the
 * copy also on failure. Return false if there is no memory for the copy.
 */
static bool copy_once(const struct reader_options *options, struct source source, struct copied_memory *part)
{
    part->size = wanted_size(options, source.bytes, source.size);
    part->copy = memory_take(part->size + 1);
    if (part->copy == NULL) {
        return false;
    }
    memcpy(part->copy, source.bytes, part->size);
    part->bytes = part->copy;
    return true;
}

/*
 * Like copy_once(), but copy again until the copy equals the memory. If none of
 * COPY_TRIES copies does, keep the last one, and print a message for --verbose.
 */
static bool copy_steady(const struct reader *reader, struct source source, struct copied_memory *part)
{
    for (int copies = 1; copy_once(reader->options, source, part); copies++) {
        (void)deadline_sleep(clock_now()); /* lets a writer in the middle of an update go on */
        if (memcmp(part->copy, source.bytes, part->size) == 0) {
            return true;
        }
        if (copies == COPY_TRIES) {
            report_detail(reader->report, "changed during each of %d copies: the output may mix two moments",
                          COPY_TRIES);
            return true;
        }
        memory_give(part->copy);
        (void)deadline_sleep(clock_now() + 1);
    }
    return false;
}

/*
 * Own the mutex with which the program that writes the memory excludes its
 * readers. Wait for the mutex until the deadline. Return EXIT_DONE, and set
 * *is_abandoned if the last owner died while it owned the mutex. Otherwise
 * report the failure and return its status.
 */
static enum status own_mutex(const struct reader *reader, object *mutex, bool *is_abandoned)
{
    const char *name = reader->options->mutex;
    struct waited waited = wait_any(&mutex, 1, reader->deadline);
    *is_abandoned = waited.how == WAITED_ABANDONED;
    switch (waited.how) {
    case WAITED_SIGNALLED:
    case WAITED_ABANDONED:
        break;
    case WAITED_TIMEOUT:
        return report_failure(reader->report, EXIT_TIMED_OUT, OSERROR_NONE, "timed out waiting for the mutex %s", name);
    case WAITED_INTERRUPTED: /* cannot happen: Ctrl+C ends shmread */
    case WAITED_FAILED:
        return report_failure(reader->report, EXIT_SYSTEM, waited.error, "cannot wait for the mutex %s", name);
    }
    return EXIT_DONE;
}

/*
 * Make one copy while this thread owns the mutex. Release the mutex before
 * anything else, because the writer of the memory may be waiting for it. Return
 * EXIT_DONE, and set *is_copied to the result of copy_once(). If the mutex
 * cannot be owned, report the failure and return its status.
 */
static enum status copy_locked(const struct reader *reader, object *mutex, struct source source,
                               struct copied_memory *part, bool *is_copied)
{
    bool is_abandoned;
    enum status status = own_mutex(reader, mutex, &is_abandoned);
    if (status != EXIT_DONE) {
        return status;
    }
    *is_copied = copy_once(reader->options, source, part);
    (void)object_signal(mutex, SIGNAL_RELEASE);
    if (is_abandoned) {
        report_detail(reader->report, "the program that owned the mutex %s has died: the contents may be incomplete",
                      reader->options->mutex);
    }
    return EXIT_DONE;
}

enum status copy_memory(const struct reader *reader, const struct view *view, object *mutex, bool is_kept,
                        struct copied_memory *part)
{
    const struct reader_options *options = reader->options;
    struct range range;
    if (!range_of(options, view->committed, &range)) {
        return explain_beyond(reader, view->committed);
    }
    struct source source = {.bytes = view->base + range.from, .size = (size_t)range.size};
    bool is_copied = true;
    *part = (struct copied_memory){.offset = range.from, .bytes = source.bytes, .size = source.size};
    if (mutex != NULL) {
        enum status status = copy_locked(reader, mutex, source, part, &is_copied);
        if (status != EXIT_DONE) {
            return status;
        }
    } else if (source.size <= COPY_PIECE || wanted_size(options, source.bytes, source.size) <= COPY_PIECE) {
        is_copied = copy_steady(reader, source, part);
    } else if (is_kept) {
        is_copied = copy_once(options, source, part);
    }
    if (!is_copied) {
        return explain_no_memory(reader->report, part->size, OSERROR_NOT_ENOUGH_MEMORY);
    }
    copy_judge(options, part);
    return EXIT_DONE;
}
