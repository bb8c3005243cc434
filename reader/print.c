/* print.c - prints NAME once, or a copy of its contents. */
#include "reader/print.h"

#include "common/console/explain.h"
#include "common/text/text.h"
#include "reader/contents_json.h"
#include "reader/fields.h"
#include "reader/receive.h"

/*
 * Return the encoding of --encoding, or the recorded one if that is not given.
 */
static struct value_text text_of(const struct reader_options *options, struct value_text recorded)
{
    return options->has_encoding ? options->encoding : recorded;
}

/*
 * Return whether the contents are printed from one copy of all of them. Their
 * beginning says nothing about whether the rest can be printed.
 */
static bool needs_copy(const struct reader_options *options)
{
    return options->field_count > 0 || options->json;
}

void print_begin(const struct reader *reader, struct value_text text, bool is_sure, uint64_t offset)
{
    const struct reader_options *options = reader->options;
    if (options->hex) {
        output_hex(reader->output, offset);
    } else if (options->has_number) {
        output_numbers(reader->output, options->number);
    } else {
        output_text(reader->output, text_of(options, text), is_sure || options->has_encoding);
    }
}

/* ---- Values of ours ---------------------------------------------------------------------------------------------- */

/*
 * Return how many of `size` bytes to print: with --text the bytes before the
 * first NUL, otherwise all.
 */
static size_t text_size(const struct reader_options *options, const struct value_look *look, const uint8_t *bytes,
                        size_t size)
{
    bool wide = value_text_is_wide(text_of(options, value_text_of(look)));
    return options->text ? text_before_nul(bytes, size, wide) : size;
}

/*
 * Print a value in pieces, because there is no memory for a copy of all of it.
 * Each piece must be from the same update as the first one. If a piece is from
 * another update, stop and report that the output is incomplete.
 */
static enum status print_pieces(const struct reader *reader, const struct copied_value *value)
{
    const struct value_look *first = &value->look;
    struct value_look look = *first;
    bool has_moved = false;
    for (uint64_t done = 0; done < value->size;) {
        size_t size = value->size - done < value->room ? (size_t)(value->size - done) : value->room;
        while (!value_copy(value->mapping, &look, value->from + done, value->buffer, size)) {
            /*
             * An updater may have copied the same update from slot 1 to slot 0:
             * see winshm.h, UPDATES, step 6. That happens once in an update, so
             * copy the piece again from there, but only once.
             */
            if (!value_look(value->mapping, &look)) {
                return explain_verdict(reader->report, TRAILER_DAMAGED);
            }
            if (has_moved || value_sequence(&look) != value_sequence(first) || look.slot.length != first->slot.length) {
                return report_failure(reader->report, EXIT_BROKEN, OSERROR_NONE,
                                      "was updated during the output: the output is incomplete");
            }
            has_moved = true;
        }
        size_t wanted = text_size(reader->options, first, value->buffer, size);
        enum status status = output_write(reader->output, value->buffer, wanted);
        if (status != EXIT_DONE || wanted < size) {
            return status;
        }
        done += size;
    }
    return EXIT_DONE;
}

enum status print_value(const struct reader *reader, struct copied_value *value)
{
    if (needs_copy(reader->options) && value->bytes == NULL) {
        return explain_no_memory(reader->report, value->size, OSERROR_NOT_ENOUGH_MEMORY);
    }
    if (reader->options->field_count > 0) {
        return fields_print(reader, value->bytes, (size_t)value->size, value->from, value_text_of(&value->look));
    }
    if (reader->options->json) {
        return contents_json_value(reader, value);
    }
    print_begin(reader, value_text_of(&value->look), false, value->from);
    if (value->bytes == NULL) {
        return print_pieces(reader, value);
    }
    size_t size = text_size(reader->options, &value->look, value->bytes, (size_t)value->size);
    return output_write(reader->output, value->bytes, size);
}

/* ---- Memory as it is --------------------------------------------------------------------------------------------- */

enum status print_copied(const struct reader *reader, const struct copied_memory *part)
{
    if (reader->options->field_count > 0) {
        return fields_print(reader, part->bytes, part->size, part->offset,
                            (struct value_text){.encoding = WINSHM_BYTES});
    }
    if (reader->options->json) {
        return contents_json_memory(reader, part);
    }
    print_begin(reader, part->text, true, part->offset);
    return output_write(reader->output, part->bytes, part->size);
}

enum status print_memory(const struct reader *reader, const struct found_memory *found, bool may_be_empty)
{
    struct copied_memory part;
    enum status status = copy_memory(reader, &found->mapping.view, found->mutex, needs_copy(reader->options), &part);
    if (status != EXIT_DONE) {
        return status;
    }
    status = may_be_empty && trailer_is_zero(part.bytes, part.size) ? explain_verdict(reader->report, TRAILER_EMPTY)
                                                                    : print_copied(reader, &part);
    memory_give(part.copy);
    return status;
}

/* ---- Once -------------------------------------------------------------------------------------------------------- */

/* Print the memory that was found, or report why it cannot be printed. */
static enum status print_found(const struct reader *reader, const struct found_memory *found)
{
    /*
     * With --mutex, the owner of the mutex may be filling this memory right
     * now. So do not report the memory as empty yet. print_memory() copies the
     * memory while owning the mutex, and then checks the copy.
     */
    bool may_be_empty = found->mutex != NULL && found->verdict == TRAILER_EMPTY;
    if (!find_can_print(reader->options, found) && !may_be_empty) {
        return find_explain(reader, found);
    }
    if (found->verdict != TRAILER_OURS || reader->options->raw) {
        return print_memory(reader, found, may_be_empty);
    }
    struct copied_value value;
    enum copy_verdict verdict = copy_value(reader, &found->mapping, &value);
    enum status status = verdict == COPY_TAKEN ? print_value(reader, &value) : copy_explain(reader, verdict, &value);
    copy_give(&value);
    return status;
}

/*
 * Print the memory that was found, and complete the output. After that report
 * the read, if the holder counts it.
 */
static enum status print_whole(const struct reader *reader, struct found_memory *found)
{
    enum status status = print_found(reader, found);
    if (!found->turn.is_ours) {
        find_close(found); /* release the memory before a message box waits for the user */
    }
    if (status == EXIT_DONE) {
        status = output_finish(reader->output);
    }
    return status == EXIT_DONE ? turn_count(reader, &found->turn) : status;
}

enum status print_run(const struct reader *reader)
{
    enum status status;
    bool has_vanished;
    do {
        struct found_memory found;
        has_vanished = false;
        status = find_wait(reader, &found);
        if (status == EXIT_DONE) {
            status = find_refuse_mutex(reader, &found);
        }
        if (status == EXIT_DONE) {
            status = find_is_stream(reader->options, &found) ? receive_run(reader, &found.mapping, &has_vanished)
                                                             : print_whole(reader, &found);
        }
        find_close(&found);
    } while (has_vanished);
    return status;
}
