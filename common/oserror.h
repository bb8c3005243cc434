/*
 * oserror.h - the error codes of Windows.
 *
 * An oserror is the result of a call of the system: 0 for success, otherwise
 * the code of the failure. common/windows/ calls GetLastError() right after the
 * failing call, before another call can replace the code.
 *
 * A code has a name here only if the logic or a test distinguishes it. Every
 * other code is passed on as a number. The numbers are those of winerror.h, and
 * common/windows/system.c asserts that they are.
 */
#ifndef COMMON_OSERROR_H
#define COMMON_OSERROR_H

#include <stdint.h>

typedef uint32_t oserror;

/* Each name is that of winerror.h, with OSERROR_ in place of ERROR_. */
#define OSERROR_LIST(X)                                                                                                \
    X(FILE_NOT_FOUND, 2)                                                                                               \
    X(PATH_NOT_FOUND, 3)                                                                                               \
    X(ACCESS_DENIED, 5)                                                                                                \
    X(INVALID_HANDLE, 6)                                                                                               \
    X(NOT_ENOUGH_MEMORY, 8)                                                                                            \
    X(OUTOFMEMORY, 14)                                                                                                 \
    X(INVALID_PARAMETER, 87)                                                                                           \
    X(BROKEN_PIPE, 109)                                                                                                \
    X(DISK_FULL, 112)                                                                                                  \
    X(ALREADY_EXISTS, 183)                                                                                             \
    X(FILENAME_EXCED_RANGE, 206)                                                                                       \
    X(NO_DATA, 232)                                                                                                    \
    X(PIPE_NOT_CONNECTED, 233)                                                                                         \
    X(TOO_MANY_POSTS, 298)                                                                                             \
    X(OPERATION_ABORTED, 995)                                                                                          \
    X(NO_UNICODE_TRANSLATION, 1113)                                                                                    \
    X(INVALID_OWNER, 1307)                                                                                             \
    X(PRIVILEGE_NOT_HELD, 1314)                                                                                        \
    X(NO_SYSTEM_RESOURCES, 1450)                                                                                       \
    X(COMMITMENT_LIMIT, 1455)

enum {
    OSERROR_NONE = 0,
#define X(name, number) OSERROR_##name = (number),
    OSERROR_LIST(X)
#undef X
};

#endif
