/*
 * system.c - code pages, error texts and descriptors of the simulated machine.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/tests/machine/parts.h"
#include "common/text/sddl.h"

#define INSUFFICIENT_BUFFER 122 /* an error that the tools do not distinguish */

static uint32_t ansi_code_page;
static const char *user_letters;

const char *system_error_text(oserror error, char *text, size_t size)
{
    static const struct {
        oserror error;
        const char *words;
    } known[] = {
        {OSERROR_FILE_NOT_FOUND, "The system cannot find the file specified"},
        {OSERROR_PATH_NOT_FOUND, "The system cannot find the path specified"},
        {OSERROR_ACCESS_DENIED, "Access is denied"},
        {OSERROR_INVALID_HANDLE, "The handle is invalid"},
        {OSERROR_NOT_ENOUGH_MEMORY, "Not enough memory resources are available to process this command"},
        {OSERROR_INVALID_PARAMETER, "The parameter is incorrect"},
        {OSERROR_BROKEN_PIPE, "The pipe has been ended"},
        {OSERROR_DISK_FULL, "There is not enough space on the disk"},
        {OSERROR_ALREADY_EXISTS, "Cannot create a file when that file already exists"},
        {OSERROR_NO_DATA, "The pipe is being closed"},
        {OSERROR_COMMITMENT_LIMIT, "The paging file is too small for this operation to complete"},
    };
    const char *words = "";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        words = known[i].error == error ? known[i].words : words;
    }
    (void)snprintf(text, size, "%s", words);
    return text;
}

/* ---- Code pages -------------------------------------------------------------------------------------------------- */

uint32_t code_page_ansi(void)
{
    return ansi_code_page;
}

uint32_t code_page_oem(void)
{
    return 437;
}

void machine_code_page_ansi(uint32_t code_page)
{
    ansi_code_page = code_page;
}

/*
 * The characters of code page 1252 at the bytes 0x80 to 0x9F. Five of these
 * bytes stay control characters.
 */
static const uint16_t in_1252[32] = {0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                     0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
                                     0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                     0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

bool code_page_is_known(uint32_t code_page)
{
    return code_page == 1252 || code_page == 437 || code_page == 932;
}

/*
 * Encode one unit in a small code page. Return the number of bytes, or 0 if the
 * code page does not contain it.
 */
static size_t encode_unit(uint32_t code_page, uint16_t unit, uint8_t out[2])
{
    if (unit < 0x80 || (code_page == 1252 && unit >= 0xA0 && unit <= 0xFF)) {
        out[0] = (uint8_t)unit;
        return 1;
    }
    for (size_t i = 0; code_page == 1252 && i < 32; i++) {
        if (in_1252[i] == unit) {
            out[0] = (uint8_t)(0x80 + i);
            return 1;
        }
    }
    if (code_page == 932 && unit >= 0x3041 && unit <= 0x3093) {
        out[0] = 0x82;
        out[1] = (uint8_t)(0x9F + (unit - 0x3041));
        return 2;
    }
    return 0;
}

oserror code_page_encode(uint32_t code_page, const uint16_t *units, size_t count, uint8_t *out, size_t room,
                         size_t *made)
{
    oserror error = machine_begin_own_call("code_page_encode");
    if (error != OSERROR_NONE) {
        return error;
    }
    if (!code_page_is_known(code_page)) {
        return OSERROR_INVALID_PARAMETER;
    }
    struct bytes result = {0};
    for (size_t i = 0; i < count && error == OSERROR_NONE; i++) {
        uint8_t bytes[2];
        size_t size = encode_unit(code_page, units[i], bytes);
        bytes_append(&result, bytes, size);
        error = size == 0 ? OSERROR_NO_UNICODE_TRANSLATION : OSERROR_NONE;
    }
    if (error == OSERROR_NONE && result.size > room) {
        error = INSUFFICIENT_BUFFER;
    }
    if (error == OSERROR_NONE && result.size > 0) {
        memcpy(out, result.at, result.size);
    }
    if (error == OSERROR_NONE) {
        *made = result.size;
    }
    bytes_free(&result);
    return error;
}

/*
 * Decode one character of a small code page. Return the number of its bytes, or
 * 0 if the next byte is needed.
 */
static size_t decode_unit(uint32_t code_page, const uint8_t *bytes, size_t count, uint16_t *unit)
{
    uint8_t first = bytes[0];
    *unit = first < 0x80 ? first : 0xFFFD;
    if (code_page == 1252 && first >= 0x80) {
        *unit = first < 0xA0 ? in_1252[first - 0x80] : first;
    }
    bool leads = code_page == 932 && ((first >= 0x81 && first <= 0x9F) || (first >= 0xE0 && first <= 0xFC));
    if (!leads || count < 2) {
        return leads ? 0 : 1;
    }
    if (first == 0x82 && bytes[1] >= 0x9F && bytes[1] <= 0xF1) {
        *unit = (uint16_t)(0x3041 + (bytes[1] - 0x9F));
    }
    return 2;
}

oserror code_page_decode(uint32_t code_page, const uint8_t *bytes, size_t count, bool last, uint16_t *out, size_t *made,
                         size_t *used)
{
    oserror error = machine_begin_own_call("code_page_decode");
    if (error != OSERROR_NONE) {
        return error;
    }
    if (!code_page_is_known(code_page)) {
        return OSERROR_INVALID_PARAMETER;
    }
    if (count > CODE_PAGE_PIECE) {
        machine_mistake("code_page_decode: %zu bytes are too many at a time", count);
    }
    size_t units = 0;
    size_t at = 0;
    while (at < count) {
        size_t size = decode_unit(code_page, bytes + at, count - at, &out[units]);
        if (size == 0 && !last) {
            break;
        }
        if (size == 0) {
            out[units] = 0xFFFD;
            size = count - at;
        }
        units++;
        at += size;
    }
    *made = units;
    *used = at;
    return OSERROR_NONE;
}

/* ---- Users and their rights -------------------------------------------------------------------------------------- */

#define USER_SID "S-1-5-21-1-2-3-1001"

oserror user_sid(char sid[SID_ROOM])
{
    oserror error = machine_begin_own_call("user_sid");
    if (error == OSERROR_NONE) {
        (void)snprintf(sid, SID_ROOM, USER_SID);
    }
    return error;
}

oserror user_in_sddl(char sid[SID_ROOM])
{
    oserror error = machine_begin_own_call("user_in_sddl");
    if (error == OSERROR_NONE) {
        (void)snprintf(sid, SID_ROOM, "%s", user_letters != NULL ? user_letters : USER_SID);
    }
    return error;
}

void machine_user_letters(const char *letters)
{
    user_letters = letters;
}

/*
 * Write a descriptor as the system does. Name this user by its two letters if
 * machine_user_letters() has set them.
 */
static int write_sddl(const char *list, char *sddl, size_t room)
{
    int length = snprintf(sddl, room, "O:%s", user_letters != NULL ? user_letters : USER_SID);
    while (*list != '\0') {
        bool is_user = user_letters != NULL && strncmp(list, USER_SID, strlen(USER_SID)) == 0;
        size_t at = (size_t)length < room ? (size_t)length : room;
        length +=
            is_user ? snprintf(sddl + at, room - at, "%s", user_letters) : snprintf(sddl + at, room - at, "%c", *list);
        list += is_user ? strlen(USER_SID) : 1;
    }
    return length;
}

static oserror security_of(const struct target *target, char *sddl, size_t room)
{
    int length = write_sddl(target->sddl != NULL ? target->sddl : "D:P(A;;GA;;;SY)(A;;GA;;;" USER_SID ")", sddl, room);
    return (size_t)length < room ? OSERROR_NONE : OSERROR_FILENAME_EXCED_RANGE;
}

oserror object_security(const char *name, enum object_kind kind, char *sddl, size_t room)
{
    oserror error = machine_begin_call_on("object_security", name);
    const char *key = NULL;
    if (error == OSERROR_NONE) {
        error = objects_key(name, &key);
    }
    if (error != OSERROR_NONE) {
        return error;
    }
    const struct target *target = target_find(key);
    if (target == NULL || target->kind != kind) {
        return target == NULL ? OSERROR_FILE_NOT_FOUND : OSERROR_INVALID_HANDLE;
    }
    return security_of(target, sddl, room);
}

oserror section_security(object *section, char *sddl, size_t room)
{
    oserror error = sections_may_ask(section, "section_security");
    return error == OSERROR_NONE ? security_of(section->target, sddl, room) : error;
}

void machine_security(const char *name, const char *sddl)
{
    struct target *target = target_named(name);
    free(target->sddl);
    target->sddl = machine_copy(sddl);
    target->is_reported = true;
}

oserror sddl_check(const char *sddl)
{
    oserror error = machine_begin_own_call("sddl_check");
    struct sddl parsed;
    return error != OSERROR_NONE ? error : sddl_parse(sddl, &parsed) ? OSERROR_NONE : OSERROR_INVALID_PARAMETER;
}

void system_reset(void)
{
    ansi_code_page = 1252;
    user_letters = NULL;
}
