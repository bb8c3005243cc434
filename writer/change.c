/*
 * change.c - computes the new contents of a value from the old ones: --offset,
 * --append, --add and --if.
 */
#include "writer/change.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/console/explain.h"
#include "common/memory/value.h"
#include "common/text/number.h"
#include "common/text/size.h"
#include "common/text/text.h"

/* The longest contents that --add accepts, in bytes: a number and white space. */
#define NUMBER_BYTES 64U

bool change_fits(const struct writer_options *options, uint64_t length, uint64_t capacity)
{
    return length <= capacity && options->offset <= capacity - length;
}

enum status change_too_large(const struct writer *writer, uint64_t length, uint64_t capacity)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;
    char size[SIZE_ROOM];
    char room[SIZE_ROOM];
    const char *verb = length == 1 ? "does" : "do";
    (void)size_print_exact(length, size);
    (void)size_print_exact(capacity, room);
    if (options->has_offset) {
        return report_failure(report, EXIT_NO_ROOM, OSERROR_NONE,
                              "%s at offset %" PRIu64 " %s not fit: there is room for %s", size, options->offset, verb,
                              room);
    }
    (void)report_failure(report, EXIT_NO_ROOM, OSERROR_NONE, "%s %s not fit%s: there is room for %s", size, verb,
                         options->append ? " behind the contents" : "", room);
    if (options->append) {
        report_hint(report, "end it with --release, then create it with more --size");
    } else if (!options->raw) {
        report_hint(report, "end it with --release, then create it with --size %" PRIu64 " or more", length);
    }
    return EXIT_NO_ROOM;
}

/* ---- The old contents -------------------------------------------------------------------------------------------- */

/*
 * Find the old contents. They are in slot 0, and only the owner of `writer`
 * changes them. Return false if another program has changed them.
 */
static bool look_at_old(const struct value_update *update, struct value_look *look)
{
    return value_look(update->mapping, look) && look->slot.length == update->old.length;
}

/*
 * Return whether the old contents are the text of --if, which may be followed
 * by one newline.
 */
static bool is_as_asked(const struct writer_options *options, const struct value_update *update)
{
    const char *wanted = options->condition;
    size_t length = strlen(wanted);
    uint8_t end[2]; /* the bytes behind that text */
    struct value_look look;
    if (update->old.length < length || update->old.length > length + sizeof end || !look_at_old(update, &look)) {
        return false;
    }
    size_t old = (size_t)look.slot.length;
    for (size_t at = 0, size; at < old; at += size) {
        uint8_t bytes[256];
        size = old - at < sizeof bytes ? old - at : sizeof bytes;
        if (!value_copy(update->mapping, &look, at, bytes, size)) {
            return false;
        }
        for (size_t i = 0; i < size; i++) {
            if (at + i >= length) {
                end[at + i - length] = bytes[i];
            } else if (bytes[i] != (uint8_t)wanted[at + i]) {
                return false;
            }
        }
    }
    return old == length || text_final_newline(end, old - length, false) == old - length;
}

/* Parse the old contents as a decimal number with white space around it. */
static bool parse_old(const struct value_update *update, int64_t *number)
{
    static const char blanks[] = " \t\r\n\v\f";
    char text[NUMBER_BYTES + 1] = "";
    struct value_look look;
    if (update->old.length > NUMBER_BYTES || !look_at_old(update, &look) ||
        !value_copy(update->mapping, &look, 0, (uint8_t *)text, (size_t)look.slot.length)) {
        return false;
    }
    char *from = text + strspn(text, blanks);
    size_t length = strcspn(from, blanks);
    bool is_all = from + length + strspn(from + length, blanks) == text + look.slot.length;
    from[length] = '\0';
    return is_all && number_parse_decimal(from, number);
}

/* ---- The new ones ------------------------------------------------------------------------------------------------ */

/* The change of one value. */
struct change {
    const struct writer *writer;
    struct value_update update;
    uint64_t at;     /* where the given contents begin */
    uint64_t length; /* of the new contents */
    struct value_text text;
};

/* Add to the number that the value contains, and make the sum the contents. */
static enum status change_add(struct change *change)
{
    const struct report *report = change->writer->report;
    int64_t summand = change->writer->options->add;
    int64_t old;
    char digits[24];
    if (!parse_old(&change->update, &old)) {
        return report_failure(report, EXIT_BROKEN, OSERROR_NONE,
                              "is not a whole decimal number of 64 bits: --add cannot add to it");
    }
    if (summand > 0 ? old > INT64_MAX - summand : old < INT64_MIN - summand) {
        return report_failure(report, EXIT_NO_ROOM, OSERROR_NONE,
                              "%" PRId64 " and %" PRId64 " make no number of 64 bits", old, summand);
    }
    *change->writer->sum = old + summand;
    size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRId64, old + summand);
    if (length > change->update.mapping->capacity) {
        return change_too_large(change->writer, length, change->update.mapping->capacity);
    }
    value_write(&change->update, 0, (const uint8_t *)digits, length);
    value_commit(&change->update, length, change->text);
    return EXIT_DONE;
}

/* Place the given contents at --offset, or behind the old contents. */
static enum status change_part(struct change *change)
{
    const struct writer_options *options = change->writer->options;
    const winshm_slot *old = &change->update.old;
    uint64_t capacity = change->update.mapping->capacity;
    change->text = (struct value_text){.encoding = old->encoding, .code_page = old->code_page};
    if (options->append && change->length > capacity - old->length) {
        return change_too_large(change->writer, change->length, capacity - old->length);
    }
    change->at = options->append ? old->length : options->offset;
    uint64_t end = change->at + change->length;
    change->length = end > old->length ? end : old->length;
    value_keep(&change->update, change->length);
    return EXIT_DONE;
}

enum status change_value(const struct writer *writer, const struct mapping *mapping, const struct contents *contents,
                         bool is_new)
{
    const struct writer_options *options = writer->options;
    struct change change = {.writer = writer, .length = contents_length(contents), .text = contents->text};
    if (!value_begin_update(mapping, &change.update)) {
        return explain_verdict(writer->report, TRAILER_DAMAGED);
    }
    if (options->condition != NULL && !is_as_asked(options, &change.update)) {
        return report_failure(writer->report, EXIT_CONFLICT, OSERROR_NONE, "does not contain what --if asks for");
    }
    if (options->has_add && !is_new) {
        return change_add(&change);
    }
    if (!is_new && (options->has_offset || options->append)) {
        enum status status = change_part(&change);
        if (status != EXIT_DONE) {
            return status;
        }
    }
    *writer->sum = options->add; /* with --add this is a new value */
    uint64_t at = change.at;
    for (struct contents_piece piece = contents_begin(contents); contents_next(&piece); at += piece.size) {
        value_write(&change.update, at, piece.bytes, piece.size);
    }
    value_commit(&change.update, change.length, change.text);
    return EXIT_DONE;
}

enum status change_print_sum(const struct writer *writer)
{
    char line[32];
    if (!writer->options->has_add) {
        return EXIT_DONE;
    }
    (void)snprintf(line, sizeof line, "%" PRId64 "\n", *writer->sum);
    return report_print(writer->report, line);
}
