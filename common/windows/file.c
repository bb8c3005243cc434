/*
 * file.c - reads, writes and replaces files, and reads and writes the console.
 *
 * All of it uses handles of Windows. The streams of the C library would change
 * bytes, because they are in text mode.
 */
#include "common/windows/wide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The most bytes that one call reads or writes. Old systems refuse more than
 * 31.97 MB on a network drive
 * (blog.stephencleary.com/2010/03/io-limitation-in-windows.html), and larger
 * pieces are not faster.
 */
#define FILE_PIECE (16U << 20)

/*
 * The most UTF-16 units that one call reads from or writes to a console. On old
 * systems WriteConsoleW fails if the text does not fit into the heap of the
 * console, which has 64 KB (MicrosoftDocs/Console-Docs docs/writeconsole.md,
 * nNumberOfCharsToWrite). 32 KB fit on all systems (pytest-dev/py issue 4).
 */
#define CONSOLE_PIECE 8192U

/*
 * GetStdHandle returns NULL if this process has no such handle, and
 * INVALID_HANDLE_VALUE if the call fails (MicrosoftDocs/Console-Docs
 * docs/getstdhandle.md).
 */
object *file_standard(enum standard which)
{
    static const DWORD names[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    HANDLE handle = GetStdHandle(names[which]);
    return handle == INVALID_HANDLE_VALUE ? NULL : (object *)handle;
}

/*
 * Open an existing file, device or pipe. Other programs may read, write, rename
 * and delete the file at the same time. To open a folder is error 5.
 */
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
 * If the calls for `pipe` do not wait (PIPE_NOWAIT), set it to the mode in
 * which they wait, and return true: the caller repeats its call. Return false
 * if `pipe` is no such pipe.
 *
 * The creator of a pipe can set it to that mode, as Cygwin does. If the pipe is
 * empty, ReadFile then fails with ERROR_NO_DATA. If it is full, WriteFile
 * succeeds with 0 bytes (MicrosoftDocs/win32 desktop-src/ipc: "Named Pipe Type,
 * Read, and Wait Modes").
 */
static bool make_wait(HANDLE pipe)
{
    DWORD mode = 0;
    if (!GetNamedPipeHandleStateW(pipe, &mode, NULL, NULL, NULL, NULL, 0) || (mode & PIPE_NOWAIT) == 0) {
        return false;
    }
    mode &= ~(DWORD)PIPE_NOWAIT; /* and leave PIPE_READMODE_MESSAGE as it is */
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
             * From a pipe in message mode ReadFile returns a long message in
             * pieces, and fails with ERROR_MORE_DATA for each piece but the
             * last (MicrosoftDocs/sdk-api, fileapi ReadFile, "Pipes").
             */
            bool is_piece = error == ERROR_MORE_DATA && count > 0;
            if (!is_piece && error != ERROR_BROKEN_PIPE && error != ERROR_HANDLE_EOF) {
                return error;
            }
            count = is_piece ? count : 0; /* the two other errors are the end of a pipe or file */
        } else if (count == 0 && piece > 0 && GetFileType(handle_of(file)) == FILE_TYPE_PIPE &&
                   PeekNamedPipe(handle_of(file), NULL, 0, NULL, NULL, NULL)) {
            /*
             * Another program has written 0 bytes into the pipe, which is not
             * the end of the pipe (MicrosoftDocs/sdk-api, fileapi ReadFile,
             * "Pipes"). At the end of a pipe PeekNamedPipe fails.
             */
            continue;
        }
        *got = count;
        return OSERROR_NONE;
    }
}

/*
 * Return OSERROR_NO_DATA for each error that means that a pipe has no reader:
 * 232 (Wine dlls/kernel32/tests/pipe.c), 109 (MicrosoftDocs/sdk-api, fileapi
 * WriteFile, "Pipes") and 233 (PIPE_DISCONNECTED, Wine
 * dlls/ntdll/tests/error.c).
 */
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
            return OSERROR_DISK_FULL; /* or else the loop would never end */
        }
        from += count;
        size -= count;
    }
    return OSERROR_NONE;
}

/* ---- Replacing a file -------------------------------------------------------------------------------------------- */

/*
 * file_create() creates a new file beside the old one, and file_commit()
 * renames it over the old one. Until then the new file is marked for deletion,
 * so that it disappears however this process ends:
 *   1. Create `path.<process ID>.tmp`, and mark it for deletion.
 *   2. The caller writes the contents.
 *   3. Remove the mark.
 *   4. Rename the file to `path`.
 * A process that is killed between 3 and 4 leaves the complete new file beside
 * the old one. Where the file system has no such mark, `unmarked` is the path
 * of the new file, and this process deletes the file when it ends.
 */

/*
 * Set or remove the mark for deletion. Windows deletes a marked file when its
 * last handle is closed, however the process ends, and until then the mark can
 * be removed again (FILE_DISPOSITION_INFO, MicrosoftDocs/sdk-api winbase
 * SetFileInformationByHandle; Wine dlls/ntdll/tests/file.c). The handle must
 * have DELETE access.
 */
static oserror mark_for_deletion(HANDLE file, bool marked)
{
    FILE_DISPOSITION_INFO disposition = {.DeleteFile = marked};
    return SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof disposition) ? OSERROR_NONE
                                                                                                   : GetLastError();
}

/*
 * Mark the file `path` for deletion. Return false if its file system does not
 * support the mark, or cannot remove it. Some drivers, such as the one of the
 * shared folders of VirtualBox, delete the file at once and nevertheless report
 * success (mirror/vbox src/VBox/Additions/WINNT/SharedFolders/driver/info.cpp).
 * So this function sets the mark, removes it, looks whether the file still
 * exists, and sets it again.
 */
static bool mark_if_it_can_be_taken_back(HANDLE file, const wchar_t *path)
{
    return mark_for_deletion(file, true) == OSERROR_NONE && mark_for_deletion(file, false) == OSERROR_NONE &&
           GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES && mark_for_deletion(file, true) == OSERROR_NONE;
}

/*
 * The path of the new file if it could not be marked and is not yet committed,
 * or else NULL. This process deletes the file at its end, but not if it is
 * killed.
 */
static wchar_t *unmarked;

static void delete_unmarked(void)
{
    if (unmarked != NULL) {
        (void)DeleteFileW(unmarked);
    }
}

/*
 * Create a file that does not exist yet, with the right to mark and rename it.
 */
static HANDLE create_new(const wchar_t *path)
{
    return CreateFileW(path, GENERIC_WRITE | DELETE, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, CREATE_NEW,
                       FILE_ATTRIBUTE_NORMAL, NULL);
}

/*
 * Create the file `path` on a file system that cannot mark it, and leave it to
 * delete_unmarked(). On success `unmarked` owns `path`. There is at most one
 * such file at a time.
 */
static oserror create_unmarked(wchar_t *path, HANDLE *file)
{
    if (unmarked != NULL || atexit(delete_unmarked) != 0) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }
    (void)DeleteFileW(path); /* mark_if_it_can_be_taken_back() may have left it there */
    *file = create_new(path);
    if (*file == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    unmarked = path;
    return OSERROR_NONE;
}

/*
 * Create a new file in the folder of `path`. That is on the same disk, so that
 * the file can be renamed to `path`.
 */
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
 * Another program may have the old file open, which is error 5 or 32. A virus
 * scanner or an indexer opens each new file for a moment (rust-lang/rust issue
 * 123985, microsoft/STL issue 5501). So both functions try again every
 * BUSY_LOOK milliseconds, for BUSY_FOR milliseconds.
 */
#define BUSY_FOR 500
#define BUSY_LOOK 20

oserror file_create(const char *path, object **file)
{
    /*
     * Open an existing file for writing, only to check that this user may
     * overwrite it. Then close it, because the new file will replace it. For a
     * device or a pipe return this handle, because output goes to it directly.
     */
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

/*
 * Three constants of ntifs.h, which the headers for Windows 7 lack
 * (MicrosoftDocs/windows-driver-docs-ddi
 * wdk-ddi-src/content/ntifs/ns-ntifs-_file_rename_information.md).
 */
#define RENAME_INFO_EX ((FILE_INFO_BY_HANDLE_CLASS)22)
#define RENAME_REPLACE 1U
#define RENAME_POSIX 2U

/*
 * Rename the file, and replace an existing file of the new name. With POSIX
 * semantics that file may be open, provided that all handles to it share
 * deletion. Windows 10 1607 and later support these semantics, on NTFS. Other
 * systems return error 87, 1 or 50. Then try the older way, which fails with
 * error 5 if the existing file is open (MicrosoftDocs/windows-driver-docs-ddi
 * wdk-ddi-src/content/ntifs/ns-ntifs-_file_rename_information.md).
 */
static oserror rename_over(HANDLE file, FILE_RENAME_INFO *rename, DWORD size)
{
    static const struct {
        FILE_INFO_BY_HANDLE_CLASS class;
        DWORD flags; /* stored in the first field of `rename`: Flags, or the older ReplaceIfExists */
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

/*
 * Remove the mark and rename the file. If that fails, mark it again. An
 * unmarked file that has been renamed is not deleted any more.
 */
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

/*
 * GetConsoleMode succeeds only for a console (MicrosoftDocs/Console-Docs
 * docs/writeconsole.md).
 */
bool file_is_console(object *file)
{
    DWORD mode = 0;
    return GetConsoleMode(handle_of(file), &mode) != 0;
}

/*
 * ReadConsoleW returns when the user has completed a line. Ctrl+C and
 * Ctrl+Break end it with success, no characters, and 995 as the last error
 * (MicrosoftDocs/sdk-api, fileapi ReadFile, Remarks; microsoft/terminal issue
 * 334). Ctrl+Z is an ordinary character for ReadConsoleW. Only the caller
 * treats it as the end of the input.
 */
oserror console_read(object *console, uint16_t *units, size_t size, size_t *got)
{
    DWORD count = 0;
    DWORD piece = size < CONSOLE_PIECE ? (DWORD)size : CONSOLE_PIECE;
    SetLastError(ERROR_SUCCESS);
    if (!ReadConsoleW(handle_of(console), units, piece, &count, NULL)) {
        return GetLastError();
    }
    if (count == 0 && GetLastError() == ERROR_OPERATION_ABORTED) {
        return OSERROR_OPERATION_ABORTED;
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
