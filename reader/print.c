#include "print.h"

#include <string.h>

#include "duration.h"
#include "explain.h"
#include "text.h"

/* Values up to this size are copied whole before any of it is printed; larger ones in pieces of it. */
#define PIECE ((size_t)16 << 20)

/*
 * How often a value that keeps changing is looked at before the reader gives way for a moment, and for how many
 * milliseconds it tries in all. An updater needs longer to write a value than we need to read it, so that the first
 * look or the second nearly always does.
 */
#define LOOKS_AT_ONCE 100
#define TRY_FOR 10000

static enum status damaged(const struct report *report)
{
    return explain_verdict(report, TRAILER_DAMAGED);
}

/* How much of it is asked for: all, or what stands before the first NUL. */
static size_t text_size(const struct reader_options *options, const uint8_t *bytes, size_t size, uint32_t encoding)
{
    return options->text ? text_before_nul(bytes, size, encoding == WINSHM_UTF16) : size;
}

static struct value_text text_of(const struct value_look *look)
{
    return (struct value_text){.encoding = look->slot.encoding, .code_page = look->slot.code_page};
}

static enum status write_whole(const struct reader_options *options, const struct value_look *look,
                               const uint8_t *bytes, struct output *output)
{
    size_t size = text_size(options, bytes, (size_t)look->slot.length, look->slot.encoding);
    output_text(output, text_of(look));
    return output_write(output, bytes, size);
}

/* A sealed value stays as it is: it goes out from where it stands. */
static enum status print_sealed(const struct report *report, const struct reader_options *options,
                                const struct mapping *mapping, struct output *output)
{
    struct value_look look;
    return value_look(mapping, &look) ? write_whole(options, &look, look.contents, output) : damaged(report);
}

/* Too large to be copied whole: each piece must be of the same update as the first. */
static enum status print_pieces(const struct report *report, const struct reader_options *options,
                                const struct mapping *mapping, const struct value_look *first, uint8_t *buffer,
                                struct output *output)
{
    struct value_look look = *first;
    uint64_t length = first->slot.length;
    output_text(output, text_of(first));
    for (uint64_t done = 0; done < length;) {
        size_t size = length - done < PIECE ? (size_t)(length - done) : PIECE;
        while (!value_copy(mapping, &look, done, buffer, size)) {
            /* The journal was copied home meanwhile: the same update, elsewhere. */
            if (!value_look(mapping, &look)) {
                return damaged(report);
            }
            if (value_sequence(&look) != value_sequence(first) || look.slot.length != length) {
                return report_failure(report, STATUS_BROKEN, OSERROR_NONE,
                                      "was updated while it was being printed: the output is not whole");
            }
        }
        size_t wanted = text_size(options, buffer, size, first->slot.encoding);
        enum status status = output_write(output, buffer, wanted);
        if (status != STATUS_DONE || wanted < size) {
            return status;
        }
        done += size;
    }
    return STATUS_DONE;
}

enum status print_value(const struct report *report, const struct reader_options *options,
                        const struct mapping *mapping, struct output *output, uint64_t *sequence)
{
    *sequence = 1;
    if (mapping->kind == WINSHM_SEALED) {
        return print_sealed(report, options, mapping, output);
    }

    /* One buffer serves all looks. */
    size_t room = mapping->capacity < PIECE ? (size_t)mapping->capacity : PIECE;
    uint8_t *buffer = memory_take(room + 1);
    if (buffer == NULL) {
        return explain_no_memory(report, room, OSERROR_NOT_ENOUGH_MEMORY);
    }
    uint64_t deadline = duration_from(clock_now(), TRY_FOR);
    enum status status;
    for (int looks = 1;; looks++) {
        struct value_look look;
        if (!value_look(mapping, &look)) {
            status = damaged(report);
            break;
        }
        *sequence = value_sequence(&look);
        if (look.slot.length > room) {
            status = print_pieces(report, options, mapping, &look, buffer, output);
            break;
        }
        if (value_copy(mapping, &look, 0, buffer, (size_t)look.slot.length)) {
            status = write_whole(options, &look, buffer, output);
            break;
        }
        if (looks % LOOKS_AT_ONCE == 0) {
            (void)wait_any(NULL, 0, clock_now() + 1);
        }
        if (clock_now() >= deadline) {
            status = report_failure(report, STATUS_BROKEN, OSERROR_NONE, "changes too fast to be read whole");
            break;
        }
    }
    memory_give(buffer);
    return status;
}

enum status print_raw(const struct view *view, struct output *output)
{
    output_text(output, (struct value_text){.encoding = WINSHM_BYTES});
    return output_write(output, view->base, view->committed);
}

enum status print_take(const struct report *report, const struct reader_options *options, const struct view *view,
                       struct print_copy *copy)
{
    bool wide = !options->raw && text_is_utf16(view->base, view->committed);
    size_t size = options->raw ? view->committed : text_before_nul(view->base, view->committed, wide);
    uint8_t *bytes = memory_take(size + 1);
    if (bytes == NULL) {
        return explain_no_memory(report, size, OSERROR_NOT_ENOUGH_MEMORY);
    }

    /* Its maker may be writing: look for the end again, in the copy. */
    memcpy(bytes, view->base, size);
    size = options->raw ? size : text_before_nul(bytes, size, wide);
    *copy = (struct print_copy){.bytes = bytes, .size = size, .text = {.encoding = wide ? WINSHM_UTF16 : WINSHM_BYTES}};
    return STATUS_DONE;
}

enum status print_copy(const struct print_copy *copy, struct output *output)
{
    output_text(output, copy->text);
    return output_write(output, copy->bytes, copy->size);
}
