/* wide.c - UTF-16 and functions of DLLs, for the other files of this folder. */
#include "common/windows/wide.h"

#include <stdlib.h>
#include <string.h>

#include "common/text/text.h"

const wchar_t *wide_name(const char *name, struct wide_name *room)
{
    (void)text_utf16_from_utf8(name, strlen(name), (uint16_t *)room->text);
    return room->text;
}

wchar_t *wide_path(const char *path)
{
    size_t length = strlen(path);
    wchar_t *wide = malloc((TEXT_DECODED_ROOM(length) + 1) * sizeof *wide);
    if (wide != NULL) {
        (void)text_utf16_from_utf8(path, length, (uint16_t *)wide);
    }
    return wide;
}

char **wide_arguments(int count, wchar_t **arguments)
{
    char **converted = calloc((size_t)count + 1, sizeof *converted);
    for (int i = 0; converted != NULL && i < count; i++) {
        size_t length = wcslen(arguments[i]);
        converted[i] = malloc(TEXT_ENCODED_ROOM(length) + 1);
        if (converted[i] == NULL) {
            free(converted);
            return NULL; /* the process ends now, so the other strings need not be freed */
        }
        (void)text_utf8_from_utf16((const uint16_t *)arguments[i], length, converted[i]);
    }
    return converted;
}

/*
 * Load a library from the system folder, and from no other. In the folder of
 * the program or in the current directory, any user may have put a library of
 * the same name.
 */
static HMODULE load(const wchar_t *name)
{
    HMODULE library = LoadLibraryExW(name, NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (library == NULL && GetLastError() == ERROR_INVALID_PARAMETER) {
        /*
         * Windows 7 without KB2533623 does not know the flag. It loads
         * ADVAPI32 and USER32 from the system folder in any case, because they
         * are "known DLLs" (MicrosoftDocs/win32
         * desktop-src/Dlls/dynamic-link-library-search-order.md).
         */
        library = LoadLibraryW(name);
    }
    return library;
}

FARPROC wide_function(const wchar_t *library, const char *name)
{
    HMODULE loaded = load(library);
    return loaded == NULL ? NULL : GetProcAddress(loaded, name);
}

FARPROC wide_kernel_function(const char *name)
{
    return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), name);
}

oserror wide_kernel_error(LONG status)
{
    typedef ULONG(NTAPI * error_of_status)(LONG status);
    error_of_status error_of = (error_of_status)(void (*)(void))wide_kernel_function("RtlNtStatusToDosError");
    return error_of == NULL ? GetLastError() : error_of(status);
}
