/* system.c - allocates memory, and returns the texts of Windows for errors. */
#include "common/windows/wide.h"

#include <string.h>

#include "common/text/text.h"

/* Assert that the numbers in oserror.h are those of Windows. */
#define X(name, number) _Static_assert(ERROR_##name == (number), #name);
OSERROR_LIST(X)
#undef X

/*
 * VirtualFree returns a large block to the system at once, which free() need
 * not do.
 */
void *memory_take(size_t size)
{
    return VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void memory_give(void *memory)
{
    if (memory != NULL) {
        VirtualFree(memory, 0, MEM_RELEASE);
    }
}

/*
 * Return whether `unit` is to be cut off the end of a text of Windows: a line
 * end, a blank, or a full stop. In Chinese and Japanese that is U+3002.
 */
static bool is_final(wchar_t unit)
{
    return unit == L'\r' || unit == L'\n' || unit == L' ' || unit == L'.' || unit == 0x3002;
}

/*
 * FormatMessageW returns 0 characters for an error that has no text, and for a
 * text that does not fit. IGNORE_INSERTS is required: some texts have inserts
 * such as %1, for which there are no arguments here (MicrosoftDocs/sdk-api,
 * winbase FormatMessageW).
 */
const char *system_error_text(oserror error, char *text, size_t size)
{
    wchar_t words[1024];
    DWORD count = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, error, 0, words,
                                 sizeof words / sizeof *words, NULL);
    while (count > 0 && is_final(words[count - 1])) {
        count--;
    }
    char utf8[TEXT_ENCODED_ROOM(sizeof words / sizeof *words) + 1];
    size_t length = text_utf8_from_utf16((const uint16_t *)words, count, utf8);
    length = length < size ? length : size - 1;
    while (length > 0 && (utf8[length] & 0xC0) == 0x80) {
        length--; /* do not cut within a character */
    }
    memcpy(text, utf8, length);
    text[length] = '\0';
    return text;
}
