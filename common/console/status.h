/*
 * status.h - the exit statuses of both tools.
 *
 * In a batch file, `if errorlevel N` means "N or more", so the numbers are
 * small and positive. Numbers that have another meaning on Windows are left
 * out: 3 (abort of the C library), 255, 259 (STILL_ACTIVE) and 9009 (the
 * command interpreter did not find the command).
 */
#ifndef COMMON_CONSOLE_STATUS_H
#define COMMON_CONSOLE_STATUS_H

/*
 * Each status, and its sentence in the table at the end of both --help texts.
 */
#define EXIT_LIST(X)                                                                                                   \
    X(DONE, 0, "done")                                                                                                 \
    X(NOTHING, 1, "nothing there: NAME does not exist, or has no contents yet")                                        \
    X(USAGE, 2, "wrong command line")                                                                                  \
    X(DENIED, 4, "access denied, or a privilege is missing")                                                           \
    X(CONFLICT, 5, "conflict: NAME already exists, is another kind of object, or already has its reader or writer")    \
    X(TIMED_OUT, 6, "timed out")                                                                                       \
    X(IO, 7, "cannot read the input or write the output")                                                              \
    X(NO_ROOM, 8, "no room: the data does not fit, or there is not enough memory")                                     \
    X(BROKEN, 9, "broken: the other side died, or the layout is damaged")                                              \
    X(SYSTEM, 10, "any other failure of the system")

enum status {
    EXIT_INTERRUPTED = 0x13A, /* by Ctrl+C: main() ends the process as Ctrl+C ends any program */
#define X(name, number, sentence) EXIT_##name = (number),
    EXIT_LIST(X)
#undef X
};

#endif
