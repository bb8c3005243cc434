/*
 * status.h - the exit statuses of both tools.
 *
 * They leave out 3 (abort), 255, 259 (STILL_ACTIVE) and 9009 (unknown command), which mean something to Windows
 * already, and are small and positive because `if errorlevel N` means "N or more".
 */
#ifndef STATUS_H
#define STATUS_H

enum status {
    STATUS_DONE = 0,
    STATUS_NOTHING = 1,        /* NAME does not exist, or nothing has been put into it yet */
    STATUS_USAGE = 2,          /* the command line is wrong */
    STATUS_DENIED = 4,         /* access denied, or a privilege is missing */
    STATUS_CONFLICT = 5,       /* NAME exists, is another kind of object, or has its reader or writer */
    STATUS_TIMED_OUT = 6,      /* the timeout passed */
    STATUS_IO = 7,             /* reading the input or writing the output failed */
    STATUS_NO_ROOM = 8,        /* the data does not fit, or memory could not be had */
    STATUS_BROKEN = 9,         /* the other side died, or the layout is damaged */
    STATUS_SYSTEM = 10,        /* any other failure of the system */
    STATUS_INTERRUPTED = 0x13A /* never an exit status by itself: main() ends as Ctrl+C ends any program */
};

/* The table at the end of both --help texts, and of the README. */
#define STATUS_HELP                                                                                                    \
    "Exit status:\n"                                                                                                   \
    "   0  done\n"                                                                                                     \
    "   1  nothing there: NAME does not exist, or nothing has been put into it yet\n"                                  \
    "   2  usage\n"                                                                                                    \
    "   4  access denied, or a privilege is missing\n"                                                                 \
    "   5  conflict: NAME exists already, is another kind of object, or already has\n"                                 \
    "      its reader or writer\n"                                                                                     \
    "   6  the timeout passed\n"                                                                                       \
    "   7  reading the input or writing the output failed\n"                                                           \
    "   8  no room: the data does not fit, or memory could not be had\n"                                               \
    "   9  broken: the other side died, or the layout is damaged\n"                                                    \
    "  10  any other failure of the system\n"

#endif
