/*
 * checks.h - how a check of platform_test.c is written, and how it reports.
 *
 * A check is a function and a title, which states the behaviour that Windows
 * documents. The function calls IS and HOLDS for each condition that must be
 * true. If all are true, the behaviour is "as documented". Otherwise the line
 * of the check reports each condition that is false.
 *
 * common/tests/platform/platform_test.c has the list of all checks, and the
 * checks that need only platform.h: they also run on the simulated machine. The
 * checks that need Windows itself are in windows_*.c of this folder.
 */
#ifndef COMMON_TESTS_PLATFORM_CHECKS_H
#define COMMON_TESTS_PLATFORM_CHECKS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/console/report.h"
#include "common/platform.h"

/* ---- Reporting: platform_test.c ---------------------------------------------------------------------------------- */

/*
 * Compare a condition, or a value with the documented one. If they differ,
 * report this for the current check. Return whether they agree, so that a check
 * can end if the rest makes no sense.
 */
#define HOLDS(condition) check_holds((condition), #condition)
#define IS(got, wanted) check_is(#got, (uint64_t)(got), (uint64_t)(wanted))
bool check_is(const char *text, uint64_t got, uint64_t wanted);

#define PRINTF_LIKE REPORT_FORMAT(1, 2)

/* Report a difference of the current check, as printf() does. */
void check_differs(const char *format, ...) PRINTF_LIKE;

/* Inline, so that static analysis knows the condition afterwards. */
static inline bool check_holds(bool holds, const char *text)
{
    if (!holds) {
        check_differs("not so: %s", text);
    }
    return holds;
}

/* Report that the current check cannot be made here, and why. */
void check_skip(const char *format, ...) PRINTF_LIKE;

/* Print a line with a measured value, which is not judged. */
void check_note(const char *format, ...) PRINTF_LIKE;

/*
 * Return the differences of the current check so far, or the reason why it is
 * skipped, or "".
 */
const char *check_differences(void);
const char *check_skipped(void);

/* Return the title of the current check, or NULL. */
const char *check_title(void);

/* ---- Helpers: platform_test.c ------------------------------------------------------------------------------------ */

/*
 * Return a name for an object that no other process uses. It is valid for the
 * next 31 calls.
 */
const char *unique(const char *suffix);

/* Map `section`. If that fails, report a difference and return false. */
bool mapped(object *section, enum access access, struct view *view);

/* Wait for one object for at most `milliseconds`. Return how the wait ended. */
enum waited_how wait_for(object *waited, uint64_t milliseconds);

/*
 * Start this program again as `role`, detached, with up to three arguments
 * (NULL ends them). Return the process. If that fails, report a difference and
 * return NULL.
 */
object *start_role(const char *role, const char *first, const char *second, const char *third);

/* Wait for the end of a started program, close it, and return its status. */
uint32_t end_of(object *process);

/*
 * Run the program: all checks, or a role if the arguments name one. Return the
 * exit status.
 */
int platform_main(int count, char **arguments);

/* ---- The machine: windows.c, or simulated.c ---------------------------------------------------------------------- */

/* Print lines that describe the machine on which the checks run. */
void machine_describe(void);

/*
 * Return whether this process is in session 0, where names without a prefix are
 * global.
 */
bool in_session_zero(void);

/*
 * Return the path of a file in a private folder, which the first call creates.
 * The path is valid for the next 7 calls.
 */
const char *scratch(const char *file);

/* Delete that folder with all files in it. Return false if a file is left. */
bool scratch_clear(void);

/*
 * Return whether the machine can replace an open file. If it cannot, skip the
 * current check.
 */
bool replaces_open_files(void);

/*
 * Run a role that exists only on Windows, and store its status in *status.
 * Return false if `role` is not one of them.
 */
bool machine_role(const char *role, int count, char **arguments, int *status);

/* ---- Checks of Windows only: windows_*.c ------------------------------------------------------------------- */

#define WINDOWS_CHECKS(X)                                                                                              \
    X(existing_object)                                                                                                 \
    X(fresh_last_error)                                                                                                \
    X(timers_and_jobs)                                                                                                 \
    X(session_directory)                                                                                               \
    X(session_prefix)                                                                                                  \
    X(other_sessions)                                                                                                  \
    X(whole_directory)                                                                                                 \
    X(global_privilege)                                                                                                \
    X(global_section)                                                                                                  \
    X(page_size)                                                                                                       \
    X(commit_charge)                                                                                                   \
    X(too_large_to_commit)                                                                                             \
    X(view_sizes)                                                                                                      \
    X(write_only_handle)                                                                                               \
    X(query_section)                                                                                                   \
    X(reserved_section)                                                                                                \
    X(committed_stays)                                                                                                 \
    X(memory_release)                                                                                                  \
    X(mutex_of_thread)                                                                                                 \
    X(mutex_least_access)                                                                                              \
    X(mutex_killed)                                                                                                    \
    X(mutex_before_handles)                                                                                            \
    X(event_rights)                                                                                                    \
    X(mutex_all_access)                                                                                                \
    X(tick_steps)                                                                                                      \
    X(short_waits)                                                                                                     \
    X(performance_counter)                                                                                             \
    X(one_processor)                                                                                                   \
    X(detached)                                                                                                        \
    X(current_directory)                                                                                               \
    X(breakaway_denied)                                                                                                \
    X(breakaway_granted)                                                                                               \
    X(breakaway_without_job)                                                                                           \
    X(handle_into_child)                                                                                               \
    X(handle_out_of_parent)                                                                                            \
    X(exit_with_threads)                                                                                               \
    X(process_id_kept)                                                                                                 \
    X(process_id_unknown)                                                                                              \
    X(process_birth)                                                                                                   \
    X(system_library)                                                                                                  \
    X(no_virtualization)                                                                                               \
    X(pipe_end)                                                                                                        \
    X(pipe_empty_write)                                                                                                \
    X(pipe_without_reader)                                                                                             \
    X(pipe_full)                                                                                                       \
    X(pipe_nowait)                                                                                                     \
    X(pipe_modes)                                                                                                      \
    X(pipe_messages)                                                                                                   \
    X(file_types)                                                                                                      \
    X(folder_as_file)                                                                                                  \
    X(half_pair_path)                                                                                                  \
    X(deletion_mark)                                                                                                   \
    X(deletion_mark_killed)                                                                                            \
    X(deletion_mark_access)                                                                                            \
    X(rename_old_way)                                                                                                  \
    X(rename_over_open)                                                                                                \
    X(rename_posix)                                                                                                    \
    X(rename_posix_unshared)                                                                                           \
    X(standard_handle_error)                                                                                           \
    X(long_path)                                                                                                       \
    X(console_only)                                                                                                    \
    X(console_line)                                                                                                    \
    X(console_end)                                                                                                     \
    X(console_interrupted)                                                                                             \
    X(console_large_write)                                                                                             \
    X(console_break)                                                                                                   \
    X(console_caught)                                                                                                  \
    X(console_group)                                                                                                   \
    X(code_page_flags)                                                                                                 \
    X(code_page_54936)                                                                                                 \
    X(code_page_leads)                                                                                                 \
    X(code_page_utf8)                                                                                                  \
    X(words_end)                                                                                                       \
    X(generic_rights)                                                                                                  \
    X(owner_of_object)                                                                                                 \
    X(administrator_alias)                                                                                             \
    X(default_list)                                                                                                    \
    X(unknown_descriptors)                                                                                             \
    X(read_control)                                                                                                    \
    X(privileged_descriptors)                                                                                          \
    X(no_label)                                                                                                        \
    X(low_integrity)                                                                                                   \
    X(medium_integrity)                                                                                                \
    X(local_free)
#define X(name) void windows_##name(void);
WINDOWS_CHECKS(X)
#undef X

#endif
