/* codepage.c - text in the code pages that Windows had before Unicode. */
#include "common/windows/wide.h"

#define REPLACEMENT 0xFFFDU

/* The one code page with characters of four bytes: GB 18030. */
#define CODE_PAGE_GB18030 54936

uint32_t code_page_ansi(void)
{
    return GetACP();
}

uint32_t code_page_oem(void)
{
    return GetOEMCP();
}

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
 * In these a byte means what the bytes before it made of it: MultiByteToWideChar names them as those that it cannot
 * check, and GetCPInfo as those that their size does not tell apart from others (MicrosoftDocs/sdk-api,
 * stringapiset/nf-stringapiset-multibytetowidechar.md, winnls/ns-winnls-cpinfo.md).
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

/* Is this the first of two bytes? */
static bool leads(const CPINFO *info, uint8_t byte)
{
    for (size_t i = 0; i + 1 < sizeof info->LeadByte && info->LeadByte[i] != 0; i += 2) {
        if (byte >= info->LeadByte[i] && byte <= info->LeadByte[i + 1]) {
            return true;
        }
    }
    return false;
}

/* How many bytes the character has that begins so; 0 when it takes more bytes to tell. `info` is that of the page. */
static size_t size_at(uint32_t code_page, const CPINFO *info, const uint8_t *bytes, size_t count)
{
    if (code_page == CODE_PAGE_GB18030) {
        bool is_one = bytes[0] < 0x81 || bytes[0] > 0xFE;
        return is_one ? 1 : count < 2 ? 0 : bytes[1] >= 0x30 && bytes[1] <= 0x39 ? 4 : 2;
    }
    return leads(info, bytes[0]) ? 2 : 1;
}

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

static size_t convert(uint32_t code_page, DWORD flags, const uint8_t *bytes, size_t count, uint16_t *out)
{
    return (size_t)MultiByteToWideChar(code_page, flags, (const char *)bytes, (int)count, (wchar_t *)out, (int)count);
}

/* One character at a time, those that are none replaced: after the piece as a whole was refused. */
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
