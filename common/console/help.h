/* help.h - prints the texts of --help and --version. */
#ifndef COMMON_CONSOLE_HELP_H
#define COMMON_CONSOLE_HELP_H

#include "common/console/command.h"

/*
 * Print the text of --help if command->help, otherwise the text of --version.
 * The help consists of the head of the table, one or more lines for each
 * option, the foot of the table, and the exit statuses. Return as
 * report_print() does.
 */
enum status help_print(const struct report *report, const struct command_table *table, const struct command *command);

#endif
