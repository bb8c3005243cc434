/*
 * oserror.h - what the system said: a Windows error code, taken right after the failing call, 0 for success.
 *
 * Only the codes that the logic or its tests tell apart have a name here; any other travels as its number. The numbers
 * are Windows' own (winerror.h), asserted to be so in common/windows/system.c.
 */
#ifndef COMMON_OSERROR_H
#define COMMON_OSERROR_H

#include <stdint.h>

typedef uint32_t oserror;

/* Each is named as in winerror.h, with OSERROR_ in place of ERROR_. */
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
