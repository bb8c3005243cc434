/* windows_files.c - checks of pipes and files. */
#include <stdio.h>
#include <string.h>

#include "common/tests/platform/windows_checks.h"

struct pipe {
    HANDLE reading;
    HANDLE writing;
};

static struct pipe make_pipe(void)
{
    struct pipe pipe = {NULL, NULL};
    HOLDS(CreatePipe(&pipe.reading, &pipe.writing, NULL, 4096));
    return pipe;
}

static void close_pipe(struct pipe *pipe)
{
    close_handle(pipe->reading);
    close_handle(pipe->writing);
    *pipe = (struct pipe){NULL, NULL};
}

/* ---- Pipes ------------------------------------------------------------------------------------------------------- */

void windows_pipe_end(void)
{
    struct pipe pipe = make_pipe();
    char bytes[10];
    DWORD count = 0;
    size_t got = 1;
    HOLDS(WriteFile(pipe.writing, "abc", 3, &count, NULL));
    close_handle(pipe.writing);
    pipe.writing = NULL;
    IS(error_of(ReadFile(pipe.reading, bytes, 10, &count, NULL)), 0);
    IS(count, 3);
    IS(error_of(ReadFile(pipe.reading, bytes, 10, &count, NULL)), ERROR_BROKEN_PIPE);
    IS(file_read((object *)pipe.reading, bytes, 10, &got), 0);
    IS(got, 0);
    close_pipe(&pipe);
}

void windows_pipe_empty_write(void)
{
    struct pipe pipe = make_pipe();
    char bytes[10];
    DWORD count = 1;
    size_t got = 0;
    HOLDS(WriteFile(pipe.writing, "", 0, &count, NULL));
    HOLDS(WriteFile(pipe.writing, "a", 1, &count, NULL));
    IS(error_of(ReadFile(pipe.reading, bytes, 10, &count, NULL)), 0);
    check_note("  a write of 0 bytes is %s to the reader", count == 0 ? "a read of 0 bytes" : "nothing");
    if (count == 0) {
        IS(error_of(ReadFile(pipe.reading, bytes, 10, &count, NULL)), 0);
    }
    IS(count, 1);
    HOLDS(WriteFile(pipe.writing, "", 0, &count, NULL));
    HOLDS(WriteFile(pipe.writing, "b", 1, &count, NULL));
    IS(file_read((object *)pipe.reading, bytes, 10, &got), 0);
    IS(got, 1);
    close_pipe(&pipe);
}

void windows_pipe_without_reader(void)
{
    struct pipe pipe = make_pipe();
    DWORD count = 0;
    close_handle(pipe.reading);
    pipe.reading = NULL;
    oserror error = error_of(WriteFile(pipe.writing, "a", 1, &count, NULL));
    check_note("  a pipe without a reader is error %u", error);
    HOLDS(error == OSERROR_NO_DATA || error == OSERROR_BROKEN_PIPE || error == OSERROR_PIPE_NOT_CONNECTED);
    IS(file_write((object *)pipe.writing, "a", 1), OSERROR_NO_DATA);
    close_pipe(&pipe);
}

static oserror written;

static void write_much(void *pipe)
{
    static uint8_t zeros[300000];
    written = file_write(pipe, zeros, sizeof zeros);
}

void windows_pipe_full(void)
{
    struct pipe pipe = make_pipe();
    static uint8_t bytes[65536];
    object *thread = NULL;
    size_t all = 0;
    size_t got = 1;
    written = 1;
    IS(thread_start(write_much, pipe.writing, &thread), 0);
    IS(wait_for(thread, 50), WAITED_TIMEOUT);
    while (got > 0 && all < 300000) {
        got = 0;
        IS(file_read((object *)pipe.reading, bytes, sizeof bytes, &got), 0);
        all += got;
    }
    IS(wait_for(thread, 5000), WAITED_SIGNALLED);
    IS(all, 300000);
    IS(written, 0);
    object_close(thread);
    close_pipe(&pipe);
}

void windows_pipe_nowait(void)
{
    struct pipe pipe = make_pipe();
    static uint8_t bytes[1024];
    DWORD mode = PIPE_NOWAIT;
    DWORD count = 0;
    size_t got = 0;
    HOLDS(SetNamedPipeHandleState(pipe.reading, &mode, NULL, NULL));
    HOLDS(SetNamedPipeHandleState(pipe.writing, &mode, NULL, NULL));
    IS(error_of(ReadFile(pipe.reading, bytes, 10, &count, NULL)), ERROR_NO_DATA);
    for (int i = 0; i < 1000; i++) {
        if (!IS(error_of(WriteFile(pipe.writing, bytes, sizeof bytes, &count, NULL)), 0) || count == 0) {
            break;
        }
    }
    IS(count, 0);
    mode = PIPE_WAIT;
    HOLDS(SetNamedPipeHandleState(pipe.reading, &mode, NULL, NULL));
    IS(file_read((object *)pipe.reading, bytes, sizeof bytes, &got), 0);
    HOLDS(got > 0);
    close_pipe(&pipe);
}

void windows_pipe_modes(void)
{
    struct pipe pipe = make_pipe();
    DWORD mode = 99;
    DWORD available = 99;
    HOLDS(GetNamedPipeHandleStateW(pipe.reading, &mode, NULL, NULL, NULL, NULL, 0));
    IS(mode, PIPE_WAIT | PIPE_READMODE_BYTE);
    mode = 99;
    HOLDS(GetNamedPipeHandleStateW(pipe.writing, &mode, NULL, NULL, NULL, NULL, 0));
    IS(mode & PIPE_NOWAIT, 0);
    HOLDS(PeekNamedPipe(pipe.reading, NULL, 0, NULL, &available, NULL));
    IS(available, 0);
    close_pipe(&pipe);
}

void windows_pipe_messages(void)
{
    char name[NAME_ROOM];
    char bytes[10];
    DWORD count = 0;
    (void)snprintf(name, sizeof name, "\\\\.\\pipe\\%s", unique("messages"));
    struct pipe pipe = {.reading =
                            CreateNamedPipeW(wide_text(name), PIPE_ACCESS_INBOUND | FILE_FLAG_FIRST_PIPE_INSTANCE,
                                             PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1, 4096, 4096, 0, NULL),
                        .writing = CreateFileW(wide_text(name), GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL)};
    HOLDS(WriteFile(pipe.writing, "abcdefghij", 10, &count, NULL));
    IS(error_of(ReadFile(pipe.reading, bytes, 4, &count, NULL)), ERROR_MORE_DATA);
    IS(count, 4);
    IS(error_of(ReadFile(pipe.reading, bytes, 10, &count, NULL)), 0);
    IS(count, 6);
    close_pipe(&pipe);
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

static HANDLE open_file(const char *path, DWORD access, DWORD sharing, DWORD how)
{
    return CreateFileW(wide_text(path), access, sharing, NULL, how, FILE_ATTRIBUTE_NORMAL, NULL);
}

#define SHARED (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

/* Create a file of one byte, and close it. */
static void put(const char *path, char byte)
{
    DWORD count = 0;
    HANDLE file = open_file(path, GENERIC_WRITE, SHARED, CREATE_ALWAYS);
    HOLDS(WriteFile(file, &byte, 1, &count, NULL));
    close_handle(file);
}

static char first_of(HANDLE file)
{
    char byte = 0;
    DWORD count = 0;
    (void)ReadFile(file, &byte, 1, &count, NULL);
    return byte;
}

/* Return the first byte of a file, or '-' if it cannot be opened. */
static char look(const char *path)
{
    HANDLE file = open_file(path, GENERIC_READ, SHARED, OPEN_EXISTING);
    if (file == INVALID_HANDLE_VALUE) {
        return '-';
    }
    char byte = first_of(file);
    close_handle(file);
    return byte;
}

void windows_file_types(void)
{
    struct pipe pipe = make_pipe();
    put(scratch("type"), 'a');
    HANDLE file = open_file(scratch("type"), GENERIC_READ, SHARED, OPEN_EXISTING);
    HANDLE device = CreateFileW(L"NUL", GENERIC_READ, SHARED, NULL, OPEN_EXISTING, 0, NULL);
    IS(GetFileType(file), FILE_TYPE_DISK);
    IS(GetFileType(device), FILE_TYPE_CHAR);
    IS(GetFileType(pipe.reading), FILE_TYPE_PIPE);
    IS(GetFileType(pipe.writing), FILE_TYPE_PIPE);
    close_handle(file);
    close_handle(device);
    close_pipe(&pipe);
}

void windows_folder_as_file(void)
{
    object *opened = NULL;
    IS(file_open(scratch(""), &opened), OSERROR_ACCESS_DENIED);
    object_close(opened);
}

void windows_half_pair_path(void)
{
    object *file = NULL;
    WIN32_FIND_DATAW found = {0};
    IS(file_create(scratch("half-\xED\xA0\x80"), &file), 0);
    if (file != NULL) {
        IS(file_commit(file, scratch("half-\xED\xA0\x80")), 0);
        object_close(file);
        HANDLE search = FindFirstFileW(wide_text(scratch("half-*")), &found);
        if (HOLDS(search != INVALID_HANDLE_VALUE)) {
            IS(found.cFileName[5], 0xD800);
            FindClose(search);
        }
        file = NULL;
        IS(file_open(scratch("half-\xED\xA0\x80"), &file), 0);
        object_close(file);
    }
}

static oserror mark(HANDLE file, bool is_marked)
{
    FILE_DISPOSITION_INFO disposition = {.DeleteFile = is_marked};
    return error_of(SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof disposition));
}

void windows_deletion_mark(void)
{
    HANDLE file = open_file(scratch("mark"), GENERIC_WRITE | DELETE, SHARED, CREATE_NEW);
    IS(mark(file, true), 0);
    HANDLE opened = open_file(scratch("mark"), GENERIC_READ, SHARED, OPEN_EXISTING);
    IS(error_of(opened != INVALID_HANDLE_VALUE), ERROR_ACCESS_DENIED);
    close_handle(opened);
    IS(mark(file, false), 0);
    opened = open_file(scratch("mark"), GENERIC_READ, SHARED, OPEN_EXISTING);
    HOLDS(opened != INVALID_HANDLE_VALUE);
    close_handle(opened);
    IS(mark(file, true), 0);
    close_handle(file);
    opened = open_file(scratch("mark"), GENERIC_READ, SHARED, OPEN_EXISTING);
    IS(error_of(opened != INVALID_HANDLE_VALUE), ERROR_FILE_NOT_FOUND);
    close_handle(opened);
}

static int role_mark(char **arguments)
{
    object *ready = NULL;
    HANDLE file = open_file(arguments[0], GENERIC_WRITE | DELETE, SHARED, CREATE_NEW);
    if (mark(file, true) != 0 || object_open(OBJECT_EVENT, arguments[1], &ready) != 0 ||
        object_signal(ready, SIGNAL_SET) != 0) {
        return 1;
    }
    Sleep(20000);
    return 1;
}

void windows_deletion_mark_killed(void)
{
    object *ready = NULL;
    IS(object_create(OBJECT_EVENT, unique("mark"), NULL, &ready), 0);
    object *process = start_role("mark", scratch("killed"), unique("mark"), NULL);
    if (process != NULL) {
        IS(wait_for(ready, 20000), WAITED_SIGNALLED);
        HOLDS(TerminateProcess(handle_of(process), 5));
        IS(end_of(process), 5);
        IS(GetFileAttributesW(wide_text(scratch("killed"))), INVALID_FILE_ATTRIBUTES);
        IS(GetLastError(), ERROR_FILE_NOT_FOUND);
    }
    object_close(ready);
}

void windows_deletion_mark_access(void)
{
    HANDLE file = open_file(scratch("access"), GENERIC_WRITE, SHARED, CREATE_NEW);
    IS(mark(file, true), ERROR_ACCESS_DENIED);
    close_handle(file);
}

/* ---- Renaming ---------------------------------------------------------------------------------------------------- */

#define RENAME_INFO_EX ((FILE_INFO_BY_HANDLE_CLASS)22)
#define REPLACE_IF_EXISTS 1U
#define POSIX_SEMANTICS 2U

static oserror rename_to(HANDLE file, const char *path, bool is_posix)
{
    union {
        FILE_RENAME_INFO info;
        uint8_t bytes[sizeof(FILE_RENAME_INFO) + 2000 * sizeof(wchar_t)];
    } rename = {0};
    DWORD flags = is_posix ? REPLACE_IF_EXISTS | POSIX_SEMANTICS : TRUE;
    const wchar_t *wide = wide_text(path);
    memcpy(&rename, &flags, sizeof flags);
    rename.info.FileNameLength = (DWORD)(wcslen(wide) * sizeof *wide);
    memcpy(rename.info.FileName, wide, rename.info.FileNameLength);
    return error_of(
        SetFileInformationByHandle(file, is_posix ? RENAME_INFO_EX : FileRenameInfo, &rename, (DWORD)sizeof rename));
}

/*
 * Create a new file "from" beside an old file "to". Return the new one, open
 * for renaming.
 */
static HANDLE from_and_to(void)
{
    put(scratch("from"), 'n');
    put(scratch("to"), 'o');
    return open_file(scratch("from"), GENERIC_WRITE | DELETE, SHARED, OPEN_EXISTING);
}

bool replaces_open_files(void)
{
    wchar_t system[20] = L"";
    wchar_t root[4] = L"C:\\";
    root[0] = wide_text(scratch(""))[0];
    (void)GetVolumeInformationW(root, NULL, 0, NULL, NULL, NULL, system, 20);
    if (windows_build() < 14393 || wcscmp(system, L"NTFS") != 0) {
        check_skip("it takes NTFS, and Windows 10 1607 or later");
        return false;
    }
    return true;
}

void windows_rename_old_way(void)
{
    HANDLE file = from_and_to();
    IS(rename_to(file, scratch("to"), false), 0);
    close_handle(file);
    IS(look(scratch("to")), 'n');
    IS(look(scratch("from")), '-');
}

void windows_rename_over_open(void)
{
    HANDLE file = from_and_to();
    HANDLE reader = open_file(scratch("to"), GENERIC_READ, SHARED, OPEN_EXISTING);
    IS(rename_to(file, scratch("to"), false), ERROR_ACCESS_DENIED);
    close_handle(file);
    close_handle(reader);
}

void windows_rename_posix(void)
{
    if (!replaces_open_files()) {
        return;
    }
    HANDLE file = from_and_to();
    HANDLE reader = open_file(scratch("to"), GENERIC_READ, SHARED, OPEN_EXISTING);
    IS(rename_to(file, scratch("to"), true), 0);
    close_handle(file);
    IS(first_of(reader), 'o');
    IS(look(scratch("to")), 'n');
    close_handle(reader);
}

void windows_rename_posix_unshared(void)
{
    if (!replaces_open_files()) {
        return;
    }
    HANDLE file = from_and_to();
    HANDLE reader = open_file(scratch("to"), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING);
    oserror error = rename_to(file, scratch("to"), true);
    check_note("  over a file that does not share deletion: error %u", error);
    HOLDS(error == ERROR_ACCESS_DENIED || error == ERROR_SHARING_VIOLATION);
    close_handle(file);
    IS(first_of(reader), 'o');
    close_handle(reader);
}

void windows_standard_handle_error(void)
{
    SetLastError(0);
    HANDLE handle = GetStdHandle(12345);
    HOLDS(handle == INVALID_HANDLE_VALUE);
    IS(GetLastError(), ERROR_INVALID_HANDLE);
}

/* ---- Long paths -------------------------------------------------------------------------------------------------- */

static bool long_paths_enabled(void)
{
    DWORD value = 0;
    DWORD size = sizeof value;
    return RegGetValueW(HKEY_LOCAL_MACHINE, L"SYSTEM\\CurrentControlSet\\Control\\FileSystem", L"LongPathsEnabled",
                        RRF_RT_REG_DWORD, NULL, &value, &size) == ERROR_SUCCESS &&
           value == 1 && windows_build() >= 14393;
}

void windows_long_path(void)
{
    char middle[260] = "";
    char path[600];
    char prefixed[620];
    for (int i = 0; i < 3; i++) {
        size_t length = strlen(middle);
        (void)snprintf(middle + length, sizeof middle - length, "%s%075d", length > 0 ? "\\" : "", i);
        (void)snprintf(prefixed, sizeof prefixed, "\\\\?\\%s", scratch(middle));
        HOLDS(CreateDirectoryW(wide_text(prefixed), NULL));
    }
    (void)snprintf(path, sizeof path, "%s\\%075d", scratch(middle), 3);
    HANDLE file = open_file(path, GENERIC_WRITE, SHARED, CREATE_NEW);
    oserror error = error_of(file != INVALID_HANDLE_VALUE);
    close_handle(file);
    check_note("  long paths are %senabled: error %u", long_paths_enabled() ? "" : "not ", error);
    bool is_refused = error == ERROR_PATH_NOT_FOUND || error == ERROR_FILENAME_EXCED_RANGE;
    if (is_refused == long_paths_enabled()) {
        check_differs("error %u", error);
    }
}

bool file_role(const char *role, int count, char **arguments, int *status)
{
    if (count != 2 || strcmp(role, "mark") != 0) {
        return false;
    }
    *status = role_mark(arguments);
    return true;
}
