/*
 * codepage.c - converts text between UTF-16 and the code pages of Windows.
 *
 * A code page is an encoding from the time before Unicode: one byte for each
 * character, or one or two bytes, as for Chinese and Japanese. UTF-8 is a code
 * page for Windows, but text.c converts it.
 */
#include "common/windows/wide.h"

#define REPLACEMENT 0xFFFDU /* U+FFFD, in place of invalid bytes */

/* GB 18030, the only code page with characters of four bytes. */
#define CODE_PAGE_GB18030 54936

uint32_t code_page_ansi(void)
{
    return GetACP();
}

uint32_t code_page_oem(void)
{
    return GetOEMCP();
}

/*
 * With WC_NO_BEST_FIT_CHARS Windows does not put a similar character in place
 * of one that the code page lacks. It puts the default character, such as `?`,
 * and sets `replaced`. For UTF-8 Windows accepts neither that flag nor a
 * pointer to `replaced` (MicrosoftDocs/sdk-api,
 * stringapiset/nf-stringapiset-widechartomultibyte.md, dwFlags and
 * lpUsedDefaultChar). A length of 0 is an error, so an empty text is not
 * passed.
 */
oserror code_page_encode(uint32_t code_page, const uint16_t *units, size_t count, uint8_t *out, size_t room,
                         size_t *made)
{
    BOOL replaced = FALSE;
    int size = count == 0 ? 0
                          : WideCharToMultiByte(code_page, WC_NO_BEST_FIT_CHARS, (const wchar_t *)units, (int)count,
                                                (char *)out, (int)room, NULL, &replaced);
    if (size == 0 && count > 0) {
        return GetLastError();
    }
    if (replaced) {
        return OSERROR_NO_UNICODE_TRANSLATION;
    }
    *made = (size_t)size;
    return OSERROR_NONE;
}

/*
 * Return whether the meaning of a byte depends on bytes long before it, as in
 * UTF-7 (65000) and ISO 2022 (50220 to 50229). MultiByteToWideChar cannot check
 * such text for invalid bytes, and accepts no flags for it. GetCPInfo does not
 * distinguish these code pages from others, so their numbers are listed here
 * (MicrosoftDocs/sdk-api, stringapiset/nf-stringapiset-multibytetowidechar.md,
 * winnls/ns-winnls-cpinfo.md).
 */
static bool has_states(uint32_t code_page)
{
    return code_page == 65000 || code_page == 42 || (code_page >= 50220 && code_page <= 50229) ||
           (code_page >= 57002 && code_page <= 57011);
}

bool code_page_is_known(uint32_t code_page)
{
    CPINFO info;
    return GetCPInfo(code_page, &info) && !has_states(code_page) &&
           (info.MaxCharSize <= 2 || code_page == CODE_PAGE_GB18030);
}

/*
 * Return whether `byte` is the first byte of a character of two bytes. LeadByte
 * has pairs of bytes, the first and the last of each range, and ends with zeros
 * (MicrosoftDocs/sdk-api, winnls/ns-winnls-cpinfo.md).
 */
static bool leads(const CPINFO *info, uint8_t byte)
{
    for (size_t i = 0; i + 1 < sizeof info->LeadByte && info->LeadByte[i] != 0; i += 2) {
        if (byte >= info->LeadByte[i] && byte <= info->LeadByte[i + 1]) {
            return true;
        }
    }
    return false;
}

/*
 * Return the number of bytes of the character that begins at `bytes`, or 0 if
 * `count` bytes are too few to know. In GB 18030 a character has four bytes if
 * its second byte is a digit, 0x30 to 0x39.
 */
static size_t size_at(uint32_t code_page, const CPINFO *info, const uint8_t *bytes, size_t count)
{
    if (code_page == CODE_PAGE_GB18030) {
        bool is_one = bytes[0] < 0x81 || bytes[0] > 0xFE;
        return is_one ? 1 : count < 2 ? 0 : bytes[1] >= 0x30 && bytes[1] <= 0x39 ? 4 : 2;
    }
    return leads(info, bytes[0]) ? 2 : 1;
}

/*
 * Return how many of the bytes belong to whole characters: all but those of an
 * incomplete last character.
 */
static size_t whole_characters(uint32_t code_page, const CPINFO *info, const uint8_t *bytes, size_t count)
{
    size_t whole = 0;
    while (whole < count) {
        size_t size = size_at(code_page, info, bytes + whole, count - whole);
        if (size == 0 || size > count - whole) {
            break;
        }
        whole += size;
    }
    return whole;
}

/*
 * Convert `count` bytes, more than 0, to UTF-16. Return the number of units, or
 * 0 with the error in GetLastError(). A byte becomes at most one unit, so `out`
 * has room for `count` units.
 */
static size_t convert(uint32_t code_page, DWORD flags, const uint8_t *bytes, size_t count, uint16_t *out)
{
    return (size_t)MultiByteToWideChar(code_page, flags, (const char *)bytes, (int)count, (wchar_t *)out, (int)count);
}

/*
 * Convert one character at a time, with U+FFFD in place of each that is
 * invalid. This is for a piece that convert() has refused as a whole: Windows
 * does not say which of its bytes are invalid.
 */
static size_t convert_each(uint32_t code_page, const CPINFO *info, const uint8_t *bytes, size_t count, uint16_t *out)
{
    uint16_t *end = out;
    for (size_t at = 0; at < count;) {
        size_t size = size_at(code_page, info, bytes + at, count - at);
        size_t made = convert(code_page, MB_ERR_INVALID_CHARS, bytes + at, size, end);
        if (made == 0) {
            *end = REPLACEMENT;
            made = 1;
        }
        end += made;
        at += size;
    }
    return (size_t)(end - out);
}

oserror code_page_decode(uint32_t code_page, const uint8_t *bytes, size_t count, bool last, uint16_t *out, size_t *made,
                         size_t *used)
{
    CPINFO info;
    if (!GetCPInfo(code_page, &info)) {
        return GetLastError();
    }
    size_t whole = whole_characters(code_page, &info, bytes, count);
    size_t units = 0;
    if (whole > 0) {
        units = convert(code_page, MB_ERR_INVALID_CHARS, bytes, whole, out);
        if (units == 0) {
            oserror error = GetLastError();
            if (error != OSERROR_NO_UNICODE_TRANSLATION) {
                return error;
            }
            units = convert_each(code_page, &info, bytes, whole, out);
        }
    }
    if (last && whole < count) {
        out[units++] = REPLACEMENT;
        whole = count;
    }
    *made = units;
    *used = whole;
    return OSERROR_NONE;
}
