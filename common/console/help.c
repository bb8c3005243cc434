/* help.c - prints the texts of --help and --version. */
#include "common/console/help.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/console/version.h"

#define HELP_WIDTH 80
#define HELP_COLUMN 26    /* column at which the help of an option begins */
#define SENTENCE_COLUMN 6 /* column at which the sentence of an exit status begins */

struct page {
    char text[8192];
    size_t length;
};

static void page_add(struct page *page, const char *format, ...) REPORT_FORMAT(2, 3);

static void page_add(struct page *page, const char *format, ...)
{
    size_t room = sizeof page->text - page->length;
    va_list arguments;
    va_start(arguments, format);
    size_t length = (size_t)vsnprintf(page->text + page->length, room, format, arguments);
    va_end(arguments);
    page->length += length < room ? length : room - 1;
}

/*
 * Add words, with a line end behind them. The caller has filled the line up to
 * `column`. Break lines between words at HELP_WIDTH and at line ends in
 * `words`, and indent the further lines by `column` blanks.
 */
static void page_words(struct page *page, size_t column, const char *words)
{
    size_t at = column;
    for (char before = '\0';; before = *words++) {
        size_t length = strcspn(words, " \n");
        if (before == '\n' || (before == ' ' && at + 1 + length > HELP_WIDTH)) {
            page_add(page, "\n%*s", (int)column, "");
            at = column;
        } else if (before == ' ') {
            page_add(page, " ");
            at++;
        }
        page_add(page, "%.*s", (int)length, words);
        at += length;
        words += length;
        if (*words == '\0') {
            break;
        }
    }
    page_add(page, "\n");
}

static void page_row(struct page *page, const struct command_option *row)
{
    char letter[] = {'-', row->letter, ',', ' ', '\0'};
    page_add(page, "%s", row->heading != NULL ? row->heading : "");
    size_t begin = page->length;
    page_add(page, "  %4s--%s", row->letter != '\0' ? letter : "", row->name);
    if (row->argument != NULL) {
        page_add(page, "%s%s", command_has_value(row) ? " " : ", ", row->argument);
    }
    page_add(page, "%*s", (int)(HELP_COLUMN - (page->length - begin)), "");
    page_words(page, HELP_COLUMN, row->help);
}

static void page_statuses(struct page *page)
{
    static const struct {
        int number;
        const char *sentence;
    } statuses[] = {
#define X(name, number, sentence) {number, sentence},
        EXIT_LIST(X)
#undef X
    };
    page_add(page, "Exit status:\n");
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        page_add(page, "%4d  ", statuses[i].number);
        page_words(page, SENTENCE_COLUMN, statuses[i].sentence);
    }
}

static enum status print_usage(const struct report *report, const struct command_table *table)
{
    struct page page = {.length = 0};
    const struct command_option *row;
    page_add(&page, "%s", table->head);
    for (size_t place = 0; (row = command_row(table, place)) != NULL; place++) {
        page_add(&page, "%s", place == table->count ? table->common : "");
        page_row(&page, row);
    }
    page_add(&page, "%s", table->foot);
    page_statuses(&page);
    return report_print(report, page.text);
}

enum status help_print(const struct report *report, const struct command_table *table, const struct command *command)
{
    if (command->help) {
        return print_usage(report, table);
    }
    char line[128];
    (void)snprintf(line, sizeof line, "%s %s\n", report->program, version_text);
    return report_print(report, line);
}
