/* help.h - prints what --help and --version ask for. */
#ifndef COMMON_CONSOLE_HELP_H
#define COMMON_CONSOLE_HELP_H

#include "common/console/command.h"

/*
 * Print the version, or with --help the table: its head, a line or more for each
 * option, its foot, and the exit statuses. Return as report_print() does.
 */
enum status help_print(const struct report *report, const struct command_table *table, const struct command *command);

#endif
