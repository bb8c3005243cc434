/*
 * message_box.c - shows a message box.
 *
 * The functions of USER32 are loaded on demand. USER32 and the libraries that
 * it loads take longer to load than a small value takes to print. Also, once a
 * program has loaded USER32, Windows does not call its control handlers for
 * logoff and shutdown (MicrosoftDocs/Console-Docs
 * docs/setconsolectrlhandler.md).
 */
#include "common/windows/wide.h"

#include <stdlib.h>

typedef int(WINAPI *show)(HWND, LPCWSTR, LPCWSTR, UINT);

/* Show the box with MessageBoxW, which is `function`. */
static oserror show_with(show function, const char *title, const uint16_t *text)
{
    wchar_t *wide = wide_path(title);
    if (wide == NULL) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }
    /*
     * MB_SETFOREGROUND: without it the console stays in front of the box,
     * because this program has no window.
     */
    SetLastError(ERROR_SUCCESS);
    int pressed = function(NULL, (const wchar_t *)text, wide, MB_OK | MB_SETFOREGROUND);
    oserror error = GetLastError();
    free(wide);
    if (pressed > 0) {
        return OSERROR_NONE;
    }
    /*
     * MessageBoxW returns 0 if it fails. Without a screen Wine returns -1. In
     * both cases the last error may be 0.
     */
    return error != ERROR_SUCCESS ? error : ERROR_INVALID_WINDOW_HANDLE;
}

/*
 * Return whether this process runs where no user sees a box. A service, a
 * session of SSH and a task that runs "whether the user is logged on or not"
 * have a window station without WSF_VISIBLE. A box that is shown there is never
 * dismissed (MicrosoftDocs/win32 desktop-src/Services/interactive-services.md).
 * If Windows cannot be asked, return false, so that the box is tried.
 */
static bool is_unseen(void)
{
    typedef HWINSTA(WINAPI * get_station)(void);
    typedef BOOL(WINAPI * get_information)(HANDLE, int, void *, DWORD, DWORD *);
    get_station station = (get_station)(void (*)(void))wide_function(L"user32.dll", "GetProcessWindowStation");
    get_information ask = (get_information)(void (*)(void))wide_function(L"user32.dll", "GetUserObjectInformationW");
    USEROBJECTFLAGS flags = {0};
    return station != NULL && ask != NULL && ask(station(), UOI_FLAGS, &flags, sizeof flags, NULL) &&
           (flags.dwFlags & WSF_VISIBLE) == 0;
}

oserror message_box(const char *title, const uint16_t *text)
{
    if (is_unseen()) {
        return ERROR_REQUIRES_INTERACTIVE_WINDOWSTATION;
    }
    FARPROC found = wide_function(L"user32.dll", "MessageBoxW");
    return found == NULL ? GetLastError() : show_with((show)(void (*)(void))found, title, text);
}
