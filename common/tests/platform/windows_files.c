/* windows_files.c - checks of pipes and files. */
#include <stdio.h>
#include <string.h>

#include "common/tests/platform/windows_checks.h"

/* ---- Pipes ------------------------------------------------------------------------------------------------------- */

struct pipe {
    HANDLE reading;
    HANDLE writing;
};

static struct pipe make_pipe(void)
{
    struct pipe pipe = {NULL, NULL};
    HOLDS(CreatePipe(&pipe.reading, &pipe.writing, NULL, 4096));
    (void)kept(pipe.reading);
    (void)kept(pipe.writing);
    return pipe;
}

/* Check that ReadFile() with this room reports this error and number of bytes. */
static void reads(HANDLE reading, DWORD room, oserror error, DWORD wanted)
{
    char bytes[10];
    DWORD count = 0;
    IS(error_of(ReadFile(reading, bytes, room, &count, NULL)), error);
    IS(count, wanted);
}

/* Check that file_read() returns this number of bytes. */
static void reads_well(HANDLE reading, size_t wanted)
{
    char bytes[10];
    size_t got = 99;
    IS(file_read((object *)reading, bytes, sizeof bytes, &got), 0);
    IS(got, wanted);
}

static void writes(HANDLE writing, const char *text)
{
    DWORD count = 0;
    HOLDS(WriteFile(writing, text, (DWORD)strlen(text), &count, NULL));
    IS(count, strlen(text));
}

static oserror written;

static void write_much(void *pipe)
{
    static uint8_t zeros[300000];
    written = file_write(pipe, zeros, sizeof zeros);
}

static void check_pipes(void)
{
    static uint8_t bytes[65536];
    struct pipe pipe;
    DWORD count = 0;
    size_t got = 1;

    DOCUMENTED("a pipe whose writers are gone is error 109, after all that was in it")
    {
        pipe = make_pipe();
        writes(pipe.writing, "abc");
        drop((object *)pipe.writing);
        reads(pipe.reading, 10, 0, 3);
        reads(pipe.reading, 10, ERROR_BROKEN_PIPE, 0);
        reads_well(pipe.reading, 0);
    }

    DOCUMENTED("a write of 0 bytes into a pipe is not its end")
    {
        pipe = make_pipe();
        writes(pipe.writing, "");
        writes(pipe.writing, "a");
        IS(error_of(ReadFile(pipe.reading, bytes, 10, &count, NULL)), 0);
        check_note("  a write of 0 bytes is %s to the reader", count == 0 ? "a read of 0 bytes" : "nothing");
        if (count == 0) {
            reads(pipe.reading, 10, 0, 1);
        }
        writes(pipe.writing, "");
        writes(pipe.writing, "b");
        reads_well(pipe.reading, 1);
    }

    DOCUMENTED("a pipe without a reader is error 232, 109 or 233 to its writer")
    {
        pipe = make_pipe();
        drop((object *)pipe.reading);
        oserror error = error_of(WriteFile(pipe.writing, "a", 1, &count, NULL));
        check_note("  a pipe without a reader is error %u", error);
        HOLDS(error == OSERROR_NO_DATA || error == OSERROR_BROKEN_PIPE || error == OSERROR_PIPE_NOT_CONNECTED);
        IS(file_write((object *)pipe.writing, "a", 1), OSERROR_NO_DATA);
    }

    DOCUMENTED("a write into a full pipe waits until all is written")
    {
        pipe = make_pipe();
        object *thread = NULL;
        size_t all = 0;
        written = 1;
        IS(thread_start(write_much, pipe.writing, &thread), 0);
        IS(wait_for(owned(thread), 50), WAITED_TIMEOUT);
        for (got = 1; got > 0 && all < 300000; all += got) {
            got = 0;
            IS(file_read((object *)pipe.reading, bytes, sizeof bytes, &got), 0);
        }
        IS(wait_for(thread, 5000), WAITED_SIGNALLED);
        IS(all, 300000);
        IS(written, 0);
    }

    DOCUMENTED("a pipe that does not wait is error 232 when it is empty, and takes 0 bytes when it is full")
    {
        pipe = make_pipe();
        DWORD mode = PIPE_NOWAIT;
        HOLDS(SetNamedPipeHandleState(pipe.reading, &mode, NULL, NULL));
        HOLDS(SetNamedPipeHandleState(pipe.writing, &mode, NULL, NULL));
        reads(pipe.reading, 10, ERROR_NO_DATA, 0);
        count = 1;
        for (int i = 0; i < 1000 && count > 0; i++) {
            IS(error_of(WriteFile(pipe.writing, bytes, 1024, &count, NULL)), 0);
        }
        IS(count, 0);
        mode = PIPE_WAIT;
        HOLDS(SetNamedPipeHandleState(pipe.reading, &mode, NULL, NULL));
        reads_well(pipe.reading, 10);
    }

    DOCUMENTED("both ends of an anonymous pipe can be asked for their mode, and the reading one looked into")
    {
        pipe = make_pipe();
        DWORD mode = 99;
        HOLDS(GetNamedPipeHandleStateW(pipe.reading, &mode, NULL, NULL, NULL, NULL, 0));
        IS(mode, PIPE_WAIT | PIPE_READMODE_BYTE);
        mode = 99;
        HOLDS(GetNamedPipeHandleStateW(pipe.writing, &mode, NULL, NULL, NULL, NULL, 0));
        IS(mode & PIPE_NOWAIT, 0);
        count = 99;
        HOLDS(PeekNamedPipe(pipe.reading, NULL, 0, NULL, &count, NULL));
        IS(count, 0);
    }

    DOCUMENTED("a message that is longer than what it is read into is error 234, with its beginning")
    {
        char name[NAME_ROOM];
        (void)snprintf(name, sizeof name, "\\\\.\\pipe\\%s", unique("messages"));
        pipe.reading = kept(CreateNamedPipeW(wide_text(name), PIPE_ACCESS_INBOUND | FILE_FLAG_FIRST_PIPE_INSTANCE,
                                             PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1, 4096, 4096, 0, NULL));
        pipe.writing = kept(CreateFileW(wide_text(name), GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL));
        writes(pipe.writing, "abcdefghij");
        reads(pipe.reading, 4, ERROR_MORE_DATA, 4);
        reads(pipe.reading, 10, 0, 6);
    }
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

#define SHARED (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static HANDLE open_file(const char *path, DWORD access, DWORD sharing, DWORD how)
{
    return kept(CreateFileW(wide_text(path), access, sharing, NULL, how, FILE_ATTRIBUTE_NORMAL, NULL));
}

static HANDLE open_reading(const char *path)
{
    return open_file(path, GENERIC_READ, SHARED, OPEN_EXISTING);
}

/* Create a file of one byte, and close it. */
static void put(const char *path, const char *byte)
{
    HANDLE file = open_file(path, GENERIC_WRITE, SHARED, CREATE_ALWAYS);
    writes(file, byte);
    drop((object *)file);
}

static char first_of(HANDLE file)
{
    char byte = '-';
    DWORD count = 0;
    (void)ReadFile(file, &byte, 1, &count, NULL);
    return byte;
}

/* Return the first byte of a file, or '-' if it cannot be opened. */
static char look(const char *path)
{
    return first_of(open_reading(path));
}

/* Return 0 if a file can be opened for reading, or else the error. */
static oserror error_of_reading(const char *path)
{
    return outcome(CreateFileW(wide_text(path), GENERIC_READ, SHARED, NULL, OPEN_EXISTING, 0, NULL));
}

static void check_kinds(void)
{
    DOCUMENTED("GetFileType distinguishes files, pipes and devices")
    {
        struct pipe pipe = make_pipe();
        put(scratch("type"), "a");
        IS(GetFileType(open_reading(scratch("type"))), FILE_TYPE_DISK);
        IS(GetFileType(open_reading("NUL")), FILE_TYPE_CHAR);
        IS(GetFileType(pipe.reading), FILE_TYPE_PIPE);
        IS(GetFileType(pipe.writing), FILE_TYPE_PIPE);
    }

    DOCUMENTED("a folder that is opened as a file is error 5")
    {
        object *folder = NULL;
        IS(file_open(scratch(""), &folder), OSERROR_ACCESS_DENIED);
    }

    DOCUMENTED("half a surrogate pair in the name of a file is kept")
    {
        object *file = NULL;
        WIN32_FIND_DATAW found = {0};
        if (IS(file_create(scratch("half-\xED\xA0\x80"), &file), 0)) {
            IS(file_commit(file, scratch("half-\xED\xA0\x80")), 0);
            object_close(file);
            file = NULL;
            HANDLE search = FindFirstFileW(wide_text(scratch("half-*")), &found);
            if (HOLDS(search != INVALID_HANDLE_VALUE)) {
                IS(found.cFileName[5], 0xD800);
                FindClose(search);
            }
            IS(file_open(scratch("half-\xED\xA0\x80"), &file), 0);
            object_close(file);
        }
    }

    DOCUMENTED("a question for no standard handle is INVALID_HANDLE_VALUE")
    {
        SetLastError(0);
        HOLDS(GetStdHandle(12345) == INVALID_HANDLE_VALUE);
        IS(GetLastError(), ERROR_INVALID_HANDLE);
    }
}

/* ---- Deletion ---------------------------------------------------------------------------------------------------- */

static oserror mark(HANDLE file, bool is_marked)
{
    FILE_DISPOSITION_INFO disposition = {.DeleteFile = is_marked};
    return error_of(SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof disposition));
}

static int hold_marked(char **arguments)
{
    HANDLE file = open_file(arguments[0], GENERIC_WRITE | DELETE, SHARED, CREATE_NEW);
    return mark(file, true) == 0 ? helper_wait(arguments) : 1;
}

const struct role file_roles[] = {{"mark", hold_marked}, {NULL, NULL}};

static void check_deletion(void)
{
    DOCUMENTED("a file that is marked for deletion goes with its last handle, unless the mark is taken back")
    {
        HANDLE file = open_file(scratch("mark"), GENERIC_WRITE | DELETE, SHARED, CREATE_NEW);
        IS(mark(file, true), 0);
        IS(error_of_reading(scratch("mark")), ERROR_ACCESS_DENIED);
        IS(mark(file, false), 0);
        IS(error_of_reading(scratch("mark")), 0);
        IS(mark(file, true), 0);
        drop((object *)file);
        IS(error_of_reading(scratch("mark")), ERROR_FILE_NOT_FOUND);
    }

    DOCUMENTED("a file that is marked for deletion goes when its process is killed")
    {
        struct helper helper = helper_start("mark", scratch("killed"));
        HOLDS(TerminateProcess(handle_of(helper.process), 5));
        IS(end_of(helper.process), 5);
        IS(GetFileAttributesW(wide_text(scratch("killed"))), INVALID_FILE_ATTRIBUTES);
        IS(GetLastError(), ERROR_FILE_NOT_FOUND);
    }

    DOCUMENTED("to mark a file for deletion takes DELETE access")
    {
        IS(mark(open_file(scratch("access"), GENERIC_WRITE, SHARED, CREATE_NEW), true), ERROR_ACCESS_DENIED);
    }
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
 * Create a new file "from" beside an old file "to", and rename the new one to
 * "to". Return the error.
 */
static oserror rename_over(bool is_posix)
{
    put(scratch("from"), "n");
    HANDLE file = open_file(scratch("from"), GENERIC_WRITE | DELETE, SHARED, OPEN_EXISTING);
    oserror error = rename_to(file, scratch("to"), is_posix);
    drop((object *)file);
    return error;
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

static void check_renaming(void)
{
    DOCUMENTED("a file that is renamed by its handle takes the place of a closed one")
    {
        put(scratch("to"), "o");
        IS(rename_over(false), 0);
        IS(look(scratch("to")), 'n');
        IS(look(scratch("from")), '-');
    }

    DOCUMENTED("the old way of renaming is error 5 when the other file is open, however it is shared")
    {
        put(scratch("to"), "o");
        (void)open_reading(scratch("to"));
        IS(rename_over(false), ERROR_ACCESS_DENIED);
    }

    DOCUMENTED("renaming with POSIX semantics replaces a file whose readers share deletion")
    {
        if (replaces_open_files()) {
            put(scratch("to"), "o");
            HANDLE reader = open_reading(scratch("to"));
            IS(rename_over(true), 0);
            IS(first_of(reader), 'o');
            IS(look(scratch("to")), 'n');
        }
    }

    DOCUMENTED("renaming with POSIX semantics is refused when a reader does not share deletion")
    {
        if (replaces_open_files()) {
            put(scratch("to"), "o");
            HANDLE reader = open_file(scratch("to"), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING);
            oserror error = rename_over(true);
            check_note("  over a file that does not share deletion: error %u", error);
            HOLDS(error == ERROR_ACCESS_DENIED || error == ERROR_SHARING_VIOLATION);
            IS(first_of(reader), 'o');
        }
    }
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

static void check_long_path(void)
{
    char middle[260] = "";
    char path[620];
    for (int i = 0; i < 3; i++) {
        size_t length = strlen(middle);
        (void)snprintf(middle + length, sizeof middle - length, "%s%075d", length > 0 ? "\\" : "", i);
        (void)snprintf(path, sizeof path, "\\\\?\\%s", scratch(middle));
        HOLDS(CreateDirectoryW(wide_text(path), NULL));
    }
    (void)snprintf(path, sizeof path, "%s\\%075d", scratch(middle), 3);
    oserror error = outcome(CreateFileW(wide_text(path), GENERIC_WRITE, SHARED, NULL, CREATE_NEW, 0, NULL));
    check_note("  long paths are %senabled: error %u", long_paths_enabled() ? "" : "not ", error);
    bool is_refused = error == ERROR_PATH_NOT_FOUND || error == ERROR_FILENAME_EXCED_RANGE;
    if (is_refused == long_paths_enabled()) {
        check_differs("error %u", error);
    }
}

void windows_check_files(void)
{
    check_pipes();
    check_kinds();
    check_deletion();
    check_renaming();
    DOCUMENTED("a path of more than MAX_PATH characters works when LongPathsEnabled says so, and only then")
    {
        check_long_path();
    }
}
