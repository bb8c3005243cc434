/* message_box.c - the message box. */
#include "common/windows/wide.h"

#include <stdlib.h>

/*
 * USER32 and what it brings along take longer to load than a small value takes to print: so only who shows a box loads
 * it, and from nowhere but the system's folder.
 */
typedef int(WINAPI *show)(HWND, LPCWSTR, LPCWSTR, UINT);

static oserror show_with(show function, const char *title, const uint16_t *text)
{
    wchar_t *wide = wide_path(title);
    if (wide == NULL) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }
    /* A console is in front of whatever a program without a window opens, unless that asks to be. */
    SetLastError(ERROR_SUCCESS);
    int pressed = function(NULL, (const wchar_t *)text, wide, MB_OK | MB_SETFOREGROUND);
    oserror error = GetLastError();
    free(wide);
    if (pressed > 0) {
        return OSERROR_NONE;
    }
    /* Where there is no screen Wine returns -1 instead of 0, and neither has to come with an error. */
    return error != ERROR_SUCCESS ? error : ERROR_INVALID_WINDOW_HANDLE;
}

/*
 * A service, a session of SSH or a task that runs "whether the user is logged
 * on or not" has a window station that nobody sees: there a box would be shown
 * and never be dismissed (MicrosoftDocs/win32 desktop-src/Services/
 * interactive-services.md). Where the question cannot be asked, the box is
 * tried.
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
