/* report.c - prints the messages of the tools. */
#include "common/console/report.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "common/platform.h"
#include "common/text/name.h"
#include "common/text/printable.h"
#include "common/text/text.h"

/*
 * Room for a line in bytes: the program, NAME, a sentence that may quote two
 * other names, and the words of the system.
 */
#define LINE_ROOM (NAME_ROOM * 3 + 512)

/* Columns of a line of progress on a console. */
#define PROGRESS_WIDTH 78

/*
 * True if the cursor is at the beginning of a line of progress, which the next
 * message has to overwrite. The variable is atomic, because two threads may
 * print.
 */
static atomic_bool is_redrawn;

struct line {
    char text[LINE_ROOM];
    size_t length;
};

/* Append a text, and cut it if the line has no room for it. */
static void append(struct line *line, const char *text)
{
    size_t room = sizeof line->text - 3 - line->length; /* without CR LF and the zero */
    size_t length = strlen(text);
    length = length < room ? length : room;
    memcpy(line->text + line->length, text, length);
    line->length += length;
    line->text[line->length] = '\0';
}

/*
 * Replace each character that is not printable by a question mark. The line
 * does not become longer.
 */
static void mask(struct line *line)
{
    char *to = line->text;
    for (size_t at = 0, size; at < line->length; at += size) {
        if (printable_is(text_character(line->text + at, line->length - at, &size))) {
            memmove(to, line->text + at, size);
            to += size;
        } else {
            *to++ = '?';
        }
    }
    line->length = (size_t)(to - line->text);
    *to = '\0';
}

/* Write a line of UTF-8 in one call. Convert it to UTF-16 for a console. */
static oserror report_put(object *file, const char *text, size_t length)
{
    if (!file_is_console(file)) {
        return file_write(file, text, length);
    }
    uint16_t units[TEXT_DECODED_ROOM(LINE_ROOM) + 1];
    size_t count = text_utf16_from_utf8(text, length < LINE_ROOM ? length : LINE_ROOM, units);
    return console_write(file, units, count);
}

/* The part that the system adds to a sentence. */
struct reason {
    oserror error;
    bool without_words; /* the sentence contains them already: add only the number */
};

/*
 * Compose "program: subject: sentence: words (number)", without the parts that
 * do not exist, and mask it.
 */
static void compose(const struct report *report, struct reason reason, const char *format, va_list arguments,
                    struct line *line)
{
    line->length = 0;
    append(line, report->program);
    append(line, ": ");
    if (report->subject != NULL) {
        append(line, report->subject);
        append(line, ": ");
    }

    char sentence[LINE_ROOM];
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    append(line, sentence);

    if (reason.error != OSERROR_NONE) {
        char words[256] = "";
        char number[16];
        (void)snprintf(number, sizeof number, "(%lu)", (unsigned long)reason.error);
        if (!reason.without_words) {
            (void)system_error_text(reason.error, words, sizeof words);
            append(line, ":");
        }
        append(line, words[0] != '\0' ? " " : "");
        append(line, words);
        append(line, " ");
        append(line, number);
    }
    mask(line);
}

/*
 * Write the line and `end` to stderr. Ignore a failure, which nothing could
 * report.
 */
static void put_line(struct line *line, const char *end)
{
    object *error = file_standard(STANDARD_ERROR);
    size_t length = strlen(end);
    memcpy(line->text + line->length, end, length + 1);
    if (error != NULL) {
        (void)report_put(error, line->text, line->length + length);
    }
}

/*
 * Fill the line with blanks, so that it overwrites a line of progress. Its
 * length in bytes may be used for its columns, because no character has more
 * columns than bytes.
 */
static void cover(struct line *line)
{
    while (line->length < PROGRESS_WIDTH) {
        append(line, " ");
    }
}

static void say(const struct report *report, struct reason reason, const char *format, va_list arguments)
{
    struct line line;
    compose(report, reason, format, arguments, &line);
    if (atomic_exchange(&is_redrawn, false)) {
        cover(&line);
    }
    put_line(&line, "\r\n");
}

static const struct reason no_reason;

enum status report_failure(const struct report *report, enum status status, oserror error, const char *format, ...)
{
    if (!report->quiet) {
        va_list arguments;
        va_start(arguments, format);
        struct reason reason = {error, status == EXIT_DENIED && error == OSERROR_ACCESS_DENIED};
        say(report, reason, format, arguments);
        va_end(arguments);
    }
    return status;
}

void report_hint(const struct report *report, const char *format, ...)
{
    if (!report->quiet) {
        const struct report hint = {.program = report->program, .subject = "hint"};
        va_list arguments;
        va_start(arguments, format);
        say(&hint, no_reason, format, arguments);
        va_end(arguments);
    }
}

void report_note(const struct report *report, const char *format, ...)
{
    if (!report->quiet) {
        va_list arguments;
        va_start(arguments, format);
        say(report, no_reason, format, arguments);
        va_end(arguments);
    }
}

void report_detail(const struct report *report, const char *format, ...)
{
    if (report->verbose && !report->quiet) {
        va_list arguments;
        va_start(arguments, format);
        say(report, no_reason, format, arguments);
        va_end(arguments);
    }
}

void report_progress(const struct report *report, bool last, const char *format, ...)
{
    object *error = file_standard(STANDARD_ERROR);
    if (error == NULL || report->quiet) {
        return;
    }
    struct line line;
    struct report shown = *report;
    bool on_console = file_is_console(error);
    bool fits;
    do {
        va_list arguments;
        va_start(arguments, format);
        compose(&shown, no_reason, format, arguments, &line);
        va_end(arguments);
        /*
         * A line longer than a row could not be redrawn, so leave out the name.
         */
        fits = !on_console || line.length <= PROGRESS_WIDTH || shown.subject == NULL;
        shown.subject = NULL;
    } while (!fits);
    if (on_console) {
        cover(&line);
    }
    atomic_store(&is_redrawn, on_console && !last);
    put_line(&line, on_console && !last ? "\r" : "\r\n");
}

enum status report_usage(const struct report *report, const char *format, ...)
{
    char sentence[LINE_ROOM / 3 - 64]; /* short enough that the hint is never cut off */
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);

    struct report loud = {.program = report->program};
    return report_failure(&loud, EXIT_USAGE, OSERROR_NONE, "%s (try --help)", sentence);
}

enum status report_print(const struct report *report, const char *text)
{
    object *output = file_standard(STANDARD_OUTPUT);
    oserror error = output == NULL ? OSERROR_INVALID_HANDLE : OSERROR_NONE;
    while (*text != '\0' && error == OSERROR_NONE) {
        size_t line = strcspn(text, "\n");
        error = report_put(output, text, line);
        if (error == OSERROR_NONE && text[line] == '\n') {
            error = report_put(output, "\r\n", 2);
            line++;
        }
        text += line;
    }
    return error == OSERROR_NONE ? EXIT_DONE
                                 : report_failure(report, EXIT_IO, error, "cannot write to standard output");
}
