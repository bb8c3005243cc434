/* contents.c - collects the contents from TEXT, a file, a pipe or a console. */
#include "writer/contents.h"

#include <inttypes.h>
#include <string.h>

#include "common/console/explain.h"
#include "common/text/size.h"
#include "common/text/text.h"
#include "writer/console_input.h"
#include "writer/numbers.h"

/*
 * The sizes of the first piece and of the largest one. Each piece has twice the
 * size of the one before, so a long input needs few pieces, and a short one
 * needs little memory.
 */
#define PIECE_MIN_BYTES ((size_t)64 << 10)
#define PIECE_MAX_BYTES ((size_t)64 << 20)

/* So much text is read at once to be converted to numbers, in bytes. */
#define NUMBERS_TEXT_BYTES ((size_t)64 << 10)

struct piece {
    struct piece *next;
    size_t size; /* bytes for which `bytes` has room */
    size_t used;
    uint8_t bytes[];
};

/* ---- Pieces ------------------------------------------------------------------------------------------------------ */

static enum status add_piece(const struct report *report, struct contents *contents, size_t size)
{
    struct piece *piece = memory_take(sizeof *piece + size);
    if (piece == NULL) {
        (void)explain_no_memory(report, contents->length + size, OSERROR_NOT_ENOUGH_MEMORY);
        return EXIT_NO_ROOM;
    }
    piece->next = NULL;
    piece->size = size;
    piece->used = 0;
    if (contents->last == NULL) {
        contents->first = piece;
    } else {
        contents->last->next = piece;
    }
    contents->last = piece;
    return EXIT_DONE;
}

/* Make sure that the last piece has room for a byte. */
static enum status contents_make_room(const struct report *report, struct contents *contents)
{
    if (contents->last != NULL && contents->last->used < contents->last->size) {
        return EXIT_DONE;
    }
    size_t size = contents->last == NULL ? PIECE_MIN_BYTES : contents->last->size * 2;
    return add_piece(report, contents, size < PIECE_MAX_BYTES ? size : PIECE_MAX_BYTES);
}

enum status contents_add_bytes(const struct report *report, struct contents *contents, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    while (size > 0) {
        enum status status = contents_make_room(report, contents);
        if (status != EXIT_DONE) {
            return status;
        }
        struct piece *piece = contents->last;
        size_t step = piece->size - piece->used < size ? piece->size - piece->used : size;
        memcpy(piece->bytes + piece->used, from, step);
        piece->used += step;
        contents->length += step;
        from += step;
        size -= step;
    }
    return EXIT_DONE;
}

static void free_pieces(struct contents *contents)
{
    while (contents->first != NULL) {
        struct piece *next = contents->first->next;
        memory_give(contents->first);
        contents->first = next;
    }
    contents->last = NULL;
}

/* Return whether the bytes begin with a byte order mark of UTF-16. */
static bool begins_wide(const uint8_t *bytes, size_t size)
{
    return size >= 2 && (memcmp(bytes, "\xFE\xFF", 2) == 0 || memcmp(bytes, "\xFF\xFE", 2) == 0);
}

/*
 * Return whether the contents are UTF-16 by --encoding, or by their byte order
 * mark.
 */
static bool contents_is_wide(const struct contents *contents)
{
    const struct piece *first = contents->first;
    return value_text_is_wide(contents->text) ||
           (first != NULL && contents->text.encoding == WINSHM_BYTES && begins_wide(first->bytes, first->used));
}

/*
 * Drop one final newline. It has at most four bytes, which may be in two or
 * three pieces.
 */
static void chomp(struct contents *contents)
{
    uint8_t tail[4];
    size_t count = contents->length < sizeof tail ? (size_t)contents->length : sizeof tail;
    uint64_t skip = contents->length - count;
    size_t got = 0;
    for (const struct piece *piece = contents->first; piece != NULL; piece = piece->next) {
        size_t from = skip < piece->used ? (size_t)skip : piece->used;
        memcpy(tail + got, piece->bytes + from, piece->used - from);
        got += piece->used - from;
        skip -= from;
    }
    contents->length -= text_final_newline(tail, count, contents_is_wide(contents));
}

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

/* Add the numbers that end in this part of the text. */
static enum status add_numbers(const struct report *report, struct contents *contents, const char *text, size_t size)
{
    struct numbers *numbers = contents->numbers;
    for (size_t i = 0; i < size; i++) {
        uint8_t bytes[8];
        enum status status = EXIT_DONE;
        switch (numbers_take(numbers, text[i], bytes)) {
        case NUMBERS_NONE:
            continue;
        case NUMBERS_ONE:
            status = contents_add_bytes(report, contents, bytes, number_size(numbers->type));
            break;
        case NUMBERS_WRONG:
            status = numbers_explain(report, numbers);
            break;
        }
        if (status != EXIT_DONE) {
            return status;
        }
    }
    return EXIT_DONE;
}

/* Add the last number. Without any number an empty variable would go unnoticed. */
static enum status end_numbers(const struct report *report, struct contents *contents)
{
    enum status status = add_numbers(report, contents, "\n", 1);
    if (status == EXIT_DONE && contents->length == 0) {
        status = report_failure(report, EXIT_USAGE, OSERROR_NONE, "%s: the contents have no number",
                                number_type_name(contents->numbers->type));
    }
    contents->numbers = NULL;
    return status;
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static struct value_text text_as(enum text_choice encoding)
{
    switch (encoding) {
    case TEXT_CHOICE_NONE:
    case TEXT_CHOICE_NUMBERS:
        return (struct value_text){.encoding = WINSHM_BYTES};
    case TEXT_CHOICE_UTF8:
        return (struct value_text){.encoding = WINSHM_UTF8};
    case TEXT_CHOICE_UTF16:
        return (struct value_text){.encoding = WINSHM_UTF16};
    case TEXT_CHOICE_ANSI:
        break;
    }
    /*
     * The ANSI code page of a system may be UTF-8. Then mark the text as UTF-8.
     */
    uint32_t page = code_page_ansi();
    if (page == CODE_PAGE_UTF8) {
        return (struct value_text){.encoding = WINSHM_UTF8};
    }
    return (struct value_text){.encoding = WINSHM_CODE_PAGE, .code_page = page};
}

/* Return whether text is added in UTF-8, and not in UTF-16 or a code page. */
static bool adds_utf8(const struct contents *contents)
{
    return contents->text.encoding == WINSHM_UTF8 || contents->numbers != NULL;
}

/* Add text that has its encoding already, or the numbers in it. */
static enum status add_encoded(const struct report *report, struct contents *contents, const char *text, size_t size)
{
    return contents->numbers != NULL ? add_numbers(report, contents, text, size)
                                     : contents_add_bytes(report, contents, text, size);
}

enum status contents_add_text(const struct report *report, struct contents *contents, const uint16_t *units,
                              size_t count, enum status wrong)
{
    if (contents->text.encoding == WINSHM_UTF16) {
        return contents_add_bytes(report, contents, units, 2 * count);
    }
    size_t room = 4 * count + 4; /* enough for every encoding */
    char *bytes = memory_take(room);
    if (bytes == NULL) {
        return explain_no_memory(report, room, OSERROR_NOT_ENOUGH_MEMORY);
    }

    enum status status = EXIT_DONE;
    size_t size = 0;
    if (adds_utf8(contents)) {
        if (text_has_half_pair(units, count)) {
            status = report_failure(report, wrong, OSERROR_NONE,
                                    "the text has half of a surrogate pair, which only utf-16 can store");
        }
        struct text_encoder encoder = {.rule = TEXT_STRICT};
        size = text_encode(&encoder, units, count, true, bytes);
    } else {
        oserror error = code_page_encode(contents->text.code_page, units, count, (uint8_t *)bytes, room, &size);
        if (error == OSERROR_NO_UNICODE_TRANSLATION) {
            status = report_failure(report, wrong, OSERROR_NONE,
                                    "the text has a character that code page %" PRIu32 " does not have",
                                    contents->text.code_page);
        } else if (error != OSERROR_NONE) {
            status = report_failure(report, EXIT_SYSTEM, error, "cannot convert the text to code page %" PRIu32,
                                    contents->text.code_page);
        }
    }
    if (status == EXIT_DONE) {
        status = add_encoded(report, contents, bytes, size);
    }
    memory_give(bytes);
    return status;
}

/*
 * Add TEXT. The arguments of the program are UTF-8, but an unpaired surrogate
 * is encoded as three bytes (text.h), which is not valid UTF-8. Such a text,
 * and a text for another encoding, is converted by way of UTF-16.
 */
static enum status gather_argument(const struct report *report, const char *text, struct contents *contents)
{
    size_t length = strlen(text);
    if (adds_utf8(contents) && text_is_utf8((const uint8_t *)text, length, false)) {
        return add_encoded(report, contents, text, length);
    }
    size_t room = sizeof(uint16_t) * (TEXT_DECODED_ROOM(length) + 1);
    uint16_t *units = memory_take(room);
    if (units == NULL) {
        return explain_no_memory(report, room, OSERROR_NOT_ENOUGH_MEMORY);
    }
    size_t count = text_utf16_from_utf8(text, length, units);
    enum status status = contents_add_text(report, contents, units, count, EXIT_USAGE);
    memory_give(units);
    return status;
}

/* ---- Input ------------------------------------------------------------------------------------------------------- */

static enum status too_much(const struct report *report, uint64_t limit)
{
    char size[SIZE_ROOM];
    return report_failure(report, EXIT_NO_ROOM, OSERROR_NONE, "the contents are larger than %s",
                          size_print_exact(limit, size));
}

static enum status gather_console(const struct report *report, uint64_t limit, struct contents *contents)
{
    struct console_input console;
    console_input_begin(&console, report, contents->file);
    do {
        enum status status = console_input_read(&console, report);
        if (status == EXIT_DONE) {
            status = contents_add_text(report, contents, console.units, console.count, EXIT_IO);
        }
        if (status != EXIT_DONE) {
            return status;
        }
        if (contents->length > limit) {
            return too_much(report, limit);
        }
    } while (!console.at_end);
    return EXIT_DONE;
}

static enum status read_failed(const struct report *report, oserror error)
{
    return report_failure(report, EXIT_IO, error, "cannot read the input");
}

/*
 * Read at most `most` bytes with one call, into the room of the last piece.
 * *got == 0 means the end of the input.
 */
static enum status read_piece(const struct report *report, struct contents *contents, uint64_t most, size_t *got)
{
    enum status status = contents_make_room(report, contents);
    if (status != EXIT_DONE) {
        return status;
    }
    struct piece *piece = contents->last;
    size_t room = piece->size - piece->used;
    oserror error = file_read(contents->file, piece->bytes + piece->used, most < room ? (size_t)most : room, got);
    if (error != OSERROR_NONE) {
        return read_failed(report, error);
    }
    piece->used += *got;
    contents->length += *got;
    return EXIT_DONE;
}

static enum status gather_stream(const struct report *report, uint64_t limit, struct contents *contents)
{
    size_t got;
    do {
        enum status status = read_piece(report, contents, UINT64_MAX, &got);
        if (status != EXIT_DONE) {
            return status;
        }
        if (contents->length > limit) {
            return too_much(report, limit);
        }
    } while (got > 0);
    return EXIT_DONE;
}

/*
 * Text that is read to be converted to numbers. It is UTF-8, or UTF-16 if it
 * begins with the byte order mark of that, as a file that PowerShell writes.
 */
struct numbers_text {
    bool has_begun;              /* the byte order mark, if there is one, has been seen */
    struct text_decoder decoder; /* of UTF-16; decoder.wide is not set for UTF-8 */
    size_t size;
    uint8_t bytes[NUMBERS_TEXT_BYTES];
    uint16_t units[TEXT_DECODED_ROOM(NUMBERS_TEXT_BYTES)];
};

/* Add the numbers in the bytes of the text, and remove these bytes. */
static enum status add_numbers_text(const struct report *report, struct contents *contents, struct numbers_text *text,
                                    bool last)
{
    const uint8_t *bytes = text->bytes;
    size_t size = text->size;
    if (!text->has_begun && size < 3 && !last) {
        return EXIT_DONE; /* wait for a whole byte order mark */
    }
    if (!text->has_begun) {
        bool is_utf8 = size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0;
        bytes += is_utf8 ? 3 : 0;
        size -= is_utf8 ? 3 : 0;
        text->decoder = (struct text_decoder){.rule = TEXT_STRICT, .wide = begins_wide(bytes, size), .marked = true};
    }
    text->has_begun = true;
    text->size = 0;
    if (!text->decoder.wide) {
        return add_numbers(report, contents, (const char *)bytes, size);
    }
    size_t count = text_decode(&text->decoder, bytes, size, last, text->units);
    return contents_add_text(report, contents, text->units, count, EXIT_USAGE);
}

/* Read text to its end, and add the numbers in it. */
static enum status gather_numbers(const struct report *report, uint64_t limit, struct contents *contents)
{
    struct numbers_text *text = memory_take(sizeof *text);
    if (text == NULL) {
        return explain_no_memory(report, sizeof *text, OSERROR_NOT_ENOUGH_MEMORY);
    }
    text->has_begun = false;
    text->size = 0;
    enum status status;
    size_t got = 0;
    do {
        oserror error = file_read(contents->file, text->bytes + text->size, NUMBERS_TEXT_BYTES - text->size, &got);
        text->size += got;
        status =
            error == OSERROR_NONE ? add_numbers_text(report, contents, text, got == 0) : read_failed(report, error);
        if (status == EXIT_DONE && contents->length > limit) {
            status = too_much(report, limit);
        }
    } while (status == EXIT_DONE && got > 0);
    memory_give(text);
    return status;
}

/*
 * Return the encoding in which the contents are stored. If --encoding is not
 * given, TEXT and typed contents are UTF-8, and all other input is bytes.
 */
static struct value_text contents_text_of(const struct writer_options *options, bool is_text)
{
    return text_as(is_text && options->encoding == TEXT_CHOICE_NONE ? TEXT_CHOICE_UTF8 : options->encoding);
}

enum status contents_open_input(const struct writer *writer, struct contents *contents)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;
    if (options->input != NULL) {
        oserror error = file_open(options->input, &contents->file);
        if (error != OSERROR_NONE) {
            return report_failure(report, EXIT_IO, error, "cannot open %s", options->input);
        }
        contents->file_is_ours = true;
    } else {
        contents->file = file_standard(STANDARD_INPUT);
        if (contents->file == NULL) {
            return report_failure(report, EXIT_IO, OSERROR_INVALID_HANDLE, "there is no standard input");
        }
    }
    contents->text = contents_text_of(options, file_is_console(contents->file));
    return EXIT_DONE;
}

static enum status gather_input(const struct writer *writer, uint64_t limit, struct contents *contents)
{
    /*
     * --chomp drops up to 4 bytes at the end, so the input may be that much
     * longer than the limit. The last bytes have to be in memory, so a file of
     * known size is read like a pipe.
     */
    bool is_chomped = writer->options->chomp && contents->numbers == NULL;
    uint64_t allowance = is_chomped ? 4 : 0;
    uint64_t most = limit < UINT64_MAX - allowance ? limit + allowance : UINT64_MAX;

    enum status status = contents_open_input(writer, contents);
    if (status != EXIT_DONE) {
        return status;
    }
    if (file_is_console(contents->file)) {
        bool is_asked_for = command_given(&writer_options_table, &writer->options->common, "input");
        if (!is_asked_for && (writer->options->verb != VERB_CREATE || writer->options->detach)) {
            (void)report_usage(writer->report, "TEXT is missing");
            report_hint(writer->report,
                        "--input - reads it from the console; a variable that may be empty needs quotes");
            return EXIT_USAGE;
        }
        status = gather_console(writer->report, most, contents);
    } else if (contents->numbers != NULL) {
        status = gather_numbers(writer->report, most, contents);
    } else if (is_chomped || !file_remaining(contents->file, &contents->length)) {
        status = gather_stream(writer->report, most, contents);
    }
    if (status == EXIT_DONE && is_chomped) {
        chomp(contents);
    }
    return status;
}

/* ---- The interface ----------------------------------------------------------------------------------------------- */

enum status contents_gather(const struct writer *writer, struct contents *contents)
{
    const struct report *report = writer->report;
    const struct writer_options *options = writer->options;
    uint64_t limit = options->pad != 0 ? options->pad : options->size != 0 ? options->size : UINT64_MAX;
    struct numbers numbers = {.type = options->number}; /* used only here: end_numbers() ends it */
    *contents = (struct contents){.text = contents_text_of(options, true),
                                  .numbers = options->encoding == TEXT_CHOICE_NUMBERS ? &numbers : NULL};

    enum status status = options->text != NULL ? gather_argument(report, options->text, contents)
                                               : gather_input(writer, limit, contents);
    if (status == EXIT_DONE && contents->numbers != NULL) {
        status = end_numbers(report, contents);
    }
    if (status == EXIT_DONE && contents->length > limit) {
        status = too_much(report, limit);
    }
    contents->pad = options->pad;
    if (status != EXIT_DONE) {
        contents_close(contents);
    }
    return status;
}

/*
 * If the file has shrunk since its size was queried, contents->length becomes
 * smaller. If it has grown, the additional bytes are not read.
 */
enum status contents_load(const struct report *report, struct contents *contents)
{
    if (contents->first != NULL) {
        return EXIT_DONE;
    }
    uint64_t length = contents->length;
    size_t got = 1;
    contents->length = 0;
    while (contents->length < length && got > 0) {
        enum status status = read_piece(report, contents, length - contents->length, &got);
        if (status != EXIT_DONE) {
            return status;
        }
    }
    return EXIT_DONE;
}

struct contents_piece contents_begin(const struct contents *contents)
{
    return (struct contents_piece){
        .next = contents->first, .left = contents->length, .padding = contents_length(contents) - contents->length};
}

bool contents_next(struct contents_piece *piece)
{
    static const uint8_t zeros[512];
    if (piece->next != NULL && piece->left > 0) {
        piece->bytes = piece->next->bytes;
        piece->size = piece->left < piece->next->used ? (size_t)piece->left : piece->next->used;
        piece->left -= piece->size;
        piece->next = piece->next->next;
        return true;
    }
    piece->bytes = zeros;
    piece->size = piece->padding < sizeof zeros ? (size_t)piece->padding : sizeof zeros;
    piece->padding -= piece->size;
    return piece->size > 0;
}

enum status contents_move(const struct report *report, struct contents *contents, uint8_t *to)
{
    if (contents->first != NULL) {
        /*
         * Free each piece as soon as it has been copied, so that a large input
         * is not in memory twice.
         */
        uint64_t left = contents->length;
        while (contents->first != NULL) {
            struct piece *piece = contents->first;
            size_t size = left < piece->used ? (size_t)left : piece->used;
            memcpy(to, piece->bytes, size);
            to += size;
            left -= size;
            contents->first = piece->next;
            memory_give(piece);
        }
        contents->last = NULL;
        return EXIT_DONE;
    }

    uint64_t done = 0;
    while (done < contents->length) {
        size_t got = 0;
        uint64_t left = contents->length - done;
        oserror error = file_read(contents->file, to + done, left < SIZE_MAX ? (size_t)left : SIZE_MAX, &got);
        if (error != OSERROR_NONE) {
            return read_failed(report, error);
        }
        if (got == 0) {
            break;
        }
        done += got;
    }
    contents->length = done;
    return EXIT_DONE;
}

void contents_close(struct contents *contents)
{
    free_pieces(contents);
    if (contents->file_is_ours) {
        object_close(contents->file);
    }
    *contents = (struct contents){0};
}
