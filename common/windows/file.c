/* file.c - files, pipes and the console, by handle: the C library, whose text mode changes bytes, is not asked. */
#include "common/windows/wide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The most that one call moves: network drives refuse very large ones, and none is faster than this. */
#define FILE_PIECE (16U << 20)

/* WriteConsoleW has failed on more than 64 KB at a time in older systems. */
#define CONSOLE_PIECE 8192U

object *file_standard(enum standard which)
{
    static const DWORD names[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    HANDLE handle = GetStdHandle(names[which]);
    return handle == INVALID_HANDLE_VALUE ? NULL : (object *)handle;
}

static oserror open_existing(const char *path, DWORD rights, object **file)
{
    wchar_t *wide = wide_path(path);
    if (wide == NULL) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }
    HANDLE handle = CreateFileW(wide, rights, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                                OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    oserror error = handle == INVALID_HANDLE_VALUE ? GetLastError() : OSERROR_NONE;
    free(wide);
    if (error == OSERROR_NONE) {
        *file = (object *)handle;
    }
    return error;
}

oserror file_open(const char *path, object **file)
{
    return open_existing(path, GENERIC_READ, file);
}

bool file_remaining(object *file, uint64_t *bytes)
{
    LARGE_INTEGER size;
    LARGE_INTEGER position;
    if (GetFileType(handle_of(file)) != FILE_TYPE_DISK || !GetFileSizeEx(handle_of(file), &size) ||
        !SetFilePointerEx(handle_of(file), (LARGE_INTEGER){.QuadPart = 0}, &position, FILE_CURRENT)) {
        return false;
    }
    *bytes = size.QuadPart > position.QuadPart ? (uint64_t)(size.QuadPart - position.QuadPart) : 0;
    return true;
}

/*
 * A pipe whose maker has set it not to wait says that it is empty, by an error, or full, by a success of nothing, as
 * Cygwin's do: from now on it waits, and may be asked again (MicrosoftDocs/win32 desktop-src/ipc: "Named Pipe Type,
 * Read, and Wait Modes"). False for all else.
 */
static bool make_wait(HANDLE pipe)
{
    DWORD mode = 0;
    if (!GetNamedPipeHandleStateW(pipe, &mode, NULL, NULL, NULL, NULL, 0) || (mode & PIPE_NOWAIT) == 0) {
        return false;
    }
    mode &= ~(DWORD)PIPE_NOWAIT; /* whether it is read by messages stays */
    return SetNamedPipeHandleState(pipe, &mode, NULL, NULL) != 0;
}

oserror file_read(object *file, void *bytes, size_t size, size_t *got)
{
    DWORD piece = size < FILE_PIECE ? (DWORD)size : FILE_PIECE;
    for (;;) {
        DWORD count = 0;
        if (!ReadFile(handle_of(file), bytes, piece, &count, NULL)) {
            oserror error = GetLastError();
            if (error == ERROR_NO_DATA && make_wait(handle_of(file))) {
                continue;
            }
            /*
             * A pipe that is read by messages gives a long message in pieces:
             * all but the last piece come with ERROR_MORE_DATA.
             */
            bool is_piece = error == ERROR_MORE_DATA && count > 0;
            if (!is_piece && error != ERROR_BROKEN_PIPE && error != ERROR_HANDLE_EOF) {
                return error;
            }
            count = is_piece ? count : 0; /* both errors are the end of a pipe, or of a file */
        } else if (count == 0 && piece > 0 && GetFileType(handle_of(file)) == FILE_TYPE_PIPE &&
                   PeekNamedPipe(handle_of(file), NULL, 0, NULL, NULL, NULL)) {
            /*
             * Somebody wrote zero bytes into the pipe, which goes on
             * (MicrosoftDocs/win32 desktop-src/FileIO: ReadFile, "Pipes"). At its real end looking at it fails.
             */
            continue;
        }
        *got = count;
        return OSERROR_NONE;
    }
}

/* A pipe without a reader is told in three ways: 232 (Wine dlls/kernel32/tests/pipe.c), 109 and 233. */
static oserror write_error(oserror error)
{
    return error == ERROR_BROKEN_PIPE || error == ERROR_PIPE_NOT_CONNECTED ? OSERROR_NO_DATA : error;
}

oserror file_write(object *file, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    while (size > 0) {
        DWORD count = 0;
        DWORD piece = size < FILE_PIECE ? (DWORD)size : FILE_PIECE;
        if (!WriteFile(handle_of(file), from, piece, &count, NULL)) {
            return write_error(GetLastError());
        }
        if (count == 0 && !make_wait(handle_of(file))) {
            return OSERROR_DISK_FULL; /* a success of nothing would be repeated for ever */
        }
        from += count;
        size -= count;
    }
    return OSERROR_NONE;
}

/* ---- Replacing a file -------------------------------------------------------------------------------------------- */

/*
 * A file marked for deletion goes away with its last handle, however the process ends; the mark can be taken back
 * (FILE_DISPOSITION_INFO, MicrosoftDocs/sdk-api winbase SetFileInformationByHandle).
 */
static oserror mark_for_deletion(HANDLE file, bool marked)
{
    FILE_DISPOSITION_INFO disposition = {.DeleteFile = marked};
    return SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof disposition) ? OSERROR_NONE
                                                                                                   : GetLastError();
}

/*
 * Mark the file for deletion. Return false if its file system does not know
 * the mark, or cannot take it back: some drivers, such as that of VirtualBox's
 * shared folders, delete the file `path` at once.
 */
static bool mark_if_it_can_be_taken_back(HANDLE file, const wchar_t *path)
{
    return mark_for_deletion(file, true) == OSERROR_NONE && mark_for_deletion(file, false) == OSERROR_NONE &&
           GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES && mark_for_deletion(file, true) == OSERROR_NONE;
}

/*
 * The path of a file that could not be marked and is not committed, or NULL.
 * The end of the program deletes it. A kill leaves it behind.
 */
static wchar_t *unmarked;

static void delete_unmarked(void)
{
    if (unmarked != NULL) {
        (void)DeleteFileW(unmarked);
    }
}

static HANDLE create_new(const wchar_t *path)
{
    return CreateFileW(path, GENERIC_WRITE | DELETE, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, CREATE_NEW,
                       FILE_ATTRIBUTE_NORMAL, NULL);
}

/* Create the file `path` where no mark can be taken back. On success `path` is kept. */
static oserror create_unmarked(wchar_t *path, HANDLE *file)
{
    if (unmarked != NULL || atexit(delete_unmarked) != 0) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }
    (void)DeleteFileW(path); /* the one that was tried, if it is still there */
    *file = create_new(path);
    if (*file == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    unmarked = path;
    return OSERROR_NONE;
}

/* A fresh file beside `path`, which is on the same disk and so can be renamed to it. */
static oserror create_beside(const wchar_t *path, object **file)
{
    size_t room = wcslen(path) + 40;
    wchar_t *beside = malloc(room * sizeof *beside);
    if (beside == NULL) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }
    (void)swprintf(beside, room, L"%ls.%lu.tmp", path, GetCurrentProcessId());
    HANDLE handle = create_new(beside);
    oserror error = handle == INVALID_HANDLE_VALUE ? GetLastError() : OSERROR_NONE;
    if (error == OSERROR_NONE && !mark_if_it_can_be_taken_back(handle, beside)) {
        CloseHandle(handle);
        error = create_unmarked(beside, &handle);
    }
    if (unmarked != beside) {
        free(beside);
    }
    if (error == OSERROR_NONE) {
        *file = (object *)handle;
    }
    return error;
}

/*
 * How long another program may keep FILE from being replaced, and how often
 * that is tried, in milliseconds. A virus scanner or an indexer has each new
 * file open for a moment.
 */
#define BUSY_FOR 500
#define BUSY_LOOK 20

oserror file_create(const char *path, object **file)
{
    /* What exists has to be writable, and what is not a file on a disk is written as it is. */
    uint64_t deadline = clock_now() + BUSY_FOR;
    oserror error;
    while ((error = open_existing(path, GENERIC_WRITE, file)) == ERROR_SHARING_VIOLATION && clock_now() < deadline) {
        Sleep(BUSY_LOOK);
    }
    if (error == OSERROR_NONE) {
        if (GetFileType(handle_of(*file)) != FILE_TYPE_DISK) {
            return OSERROR_NONE;
        }
        object_close(*file);
        *file = NULL;
    } else if (error != ERROR_FILE_NOT_FOUND) {
        return error;
    }
    wchar_t *wide = wide_path(path);
    if (wide == NULL) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }
    error = create_beside(wide, file);
    free(wide);
    return error;
}

/* From ntifs.h: the headers for Windows 7 lack them (MicrosoftDocs/windows-driver-docs-ddi). */
#define RENAME_INFO_EX ((FILE_INFO_BY_HANDLE_CLASS)22)
#define RENAME_REPLACE 1U
#define RENAME_POSIX 2U

/*
 * Rename the file, and replace a file of the new name. With POSIX semantics
 * that file may be open, if all who have it open share deletion. They are known
 * since Windows 10 1607, on NTFS; elsewhere the file must not be open at all.
 */
static oserror rename_over(HANDLE file, FILE_RENAME_INFO *rename, DWORD size)
{
    static const struct {
        FILE_INFO_BY_HANDLE_CLASS class;
        DWORD flags; /* in the place of the older ReplaceIfExists */
    } ways[] = {{RENAME_INFO_EX, RENAME_REPLACE | RENAME_POSIX}, {FileRenameInfo, RENAME_REPLACE}};
    oserror error = OSERROR_NONE;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        memcpy(rename, &ways[i].flags, sizeof ways[i].flags);
        if (SetFileInformationByHandle(file, ways[i].class, rename, size)) {
            return OSERROR_NONE;
        }
        error = GetLastError();
        if (error != ERROR_INVALID_PARAMETER && error != ERROR_INVALID_FUNCTION && error != ERROR_NOT_SUPPORTED) {
            break;
        }
    }
    return error;
}

/* Take the mark back and rename. On failure the file is marked again. */
static oserror rename_marked(HANDLE file, FILE_RENAME_INFO *rename, DWORD size)
{
    oserror error = unmarked == NULL ? mark_for_deletion(file, false) : OSERROR_NONE;
    if (error != OSERROR_NONE) {
        return error;
    }
    error = rename_over(file, rename, size);
    if (error != OSERROR_NONE && unmarked == NULL) {
        (void)mark_for_deletion(file, true);
    }
    if (error == OSERROR_NONE) {
        free(unmarked);
        unmarked = NULL;
    }
    return error;
}

oserror file_commit(object *file, const char *path)
{
    if (GetFileType(handle_of(file)) != FILE_TYPE_DISK) {
        return OSERROR_NONE;
    }
    wchar_t *wide = wide_path(path);
    DWORD length = wide == NULL ? 0 : GetFullPathNameW(wide, 0, NULL, NULL);
    size_t size = sizeof(FILE_RENAME_INFO) + length * sizeof(wchar_t);
    FILE_RENAME_INFO *rename = calloc(1, size);
    oserror error = OSERROR_NOT_ENOUGH_MEMORY;
    if (rename != NULL && length > 0) {
        rename->FileNameLength = GetFullPathNameW(wide, length, rename->FileName, NULL) * (DWORD)sizeof(wchar_t);
        uint64_t deadline = clock_now() + BUSY_FOR;
        error = rename_marked(handle_of(file), rename, (DWORD)size);
        while ((error == ERROR_ACCESS_DENIED || error == ERROR_SHARING_VIOLATION) && clock_now() < deadline) {
            Sleep(BUSY_LOOK);
            error = rename_marked(handle_of(file), rename, (DWORD)size);
        }
    }
    free(rename);
    free(wide);
    return error;
}

/* ---- The console ------------------------------------------------------------------------------------------------- */

bool file_is_console(object *file)
{
    DWORD mode = 0;
    return GetConsoleMode(handle_of(file), &mode) != 0;
}

oserror console_read(object *console, uint16_t *units, size_t size, size_t *got)
{
    DWORD count = 0;
    DWORD piece = size < CONSOLE_PIECE ? (DWORD)size : CONSOLE_PIECE;
    SetLastError(ERROR_SUCCESS);
    if (!ReadConsoleW(handle_of(console), units, piece, &count, NULL)) {
        return GetLastError();
    }
    if (count == 0 && GetLastError() == ERROR_OPERATION_ABORTED) {
        return OSERROR_OPERATION_ABORTED; /* Ctrl+C ends the read with a success of nothing */
    }
    *got = count;
    return OSERROR_NONE;
}

oserror console_write(object *console, const uint16_t *units, size_t size)
{
    while (size > 0) {
        DWORD count = 0;
        DWORD piece = size < CONSOLE_PIECE ? (DWORD)size : CONSOLE_PIECE;
        if (!WriteConsoleW(handle_of(console), units, piece, &count, NULL)) {
            return GetLastError();
        }
        if (count == 0) {
            return OSERROR_DISK_FULL;
        }
        units += count;
        size -= count;
    }
    return OSERROR_NONE;
}
