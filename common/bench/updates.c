/*
 * updates.c - measure the time until `shmread --follow` has printed an update.
 *
 *     bench poll NAME COUNT    print a line for each of COUNT updates, looking
 *                              every millisecond: started by `follow`
 */
#include "common/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "common/memory/shared.h"
#include "common/memory/trailer.h"
#include "common/memory/value.h"

/*
 * A value that this process creates and updates, and its name as UTF-16 and
 * UTF-8.
 */
struct own {
    wchar_t wide[64];
    char name[64];
    object *section;
    struct view view;
    struct mapping mapping;
};

static void own_make(struct own *own)
{
    struct trailer_plan plan;
    bench_name(own->wide);
    bench_narrow(own->wide, own->name);
    bench_need(trailer_plan(WINSHM_VALUE, 1000, true, &plan), "plan");
    bench_must(section_create(own->name, plan.section_size, NULL, &own->section), "section");
    bench_must(view_map(own->section, ACCESS_WRITE, &own->view), "view");
    trailer_begin(&own->view, &plan, &own->mapping);
    memcpy(value_contents(&own->mapping), "first\n", 6);
    value_publish(&own->mapping, 6, (struct value_text){.encoding = WINSHM_UTF8});
}

static void own_update(const struct own *own, unsigned number)
{
    char line[32];
    size_t size = (size_t)snprintf(line, sizeof line, "update %u\n", number);
    struct value_update update;
    bench_need(value_begin_update(&own->mapping, &update), "update");
    value_write(&update, 0, (const uint8_t *)line, size);
    value_commit(&update, size, (struct value_text){.encoding = WINSHM_UTF8});
}

static void own_close(struct own *own)
{
    view_unmap(&own->view);
    object_close(own->section);
}

/*
 * The smallest program that follows a value: it keeps one view and looks every
 * millisecond.
 */
static int poll(const wchar_t *wide, unsigned count)
{
    HANDLE section = OpenFileMappingW(FILE_MAP_READ, FALSE, wide);
    const char *text = section == NULL ? NULL : MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    bench_need(text != NULL, "poll");
    char last[64] = "";
    for (unsigned seen = 0; seen < count; Sleep(1)) {
        char now[sizeof last];
        (void)snprintf(now, sizeof now, "%s", text);
        if (strcmp(now, last) != 0) {
            DWORD written;
            bench_need(WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), now, (DWORD)strlen(now), &written, NULL), "write");
            (void)snprintf(last, sizeof last, "%s", now);
            seen++;
        }
    }
    return 0;
}

static void read_line(HANDLE from)
{
    char byte = 0;
    for (DWORD got; byte != '\n';) {
        bench_need(ReadFile(from, &byte, 1, &got, NULL) && got == 1, "read a line");
    }
}

/*
 * Measure updates at random moments. The arguments of the form are the program,
 * the name and the number of updates.
 */
static void follow_with(const char *key, const wchar_t *form, const wchar_t *program, unsigned count, DWORD interval)
{
    HANDLE ends[2];
    wchar_t command[COMMAND];
    struct own own;
    own_make(&own);
    (void)swprintf(command, COMMAND, form, program, own.wide, count + 1);
    bench_need(CreatePipe(&ends[0], &ends[1], NULL, 0), "pipe");
    HANDLE follower = bench_start(command, INVALID_HANDLE_VALUE, ends[1]);
    read_line(ends[0]); /* the first contents */
    for (unsigned i = 1; i <= count; i++) {
        Sleep(5 + (DWORD)rand() % (interval + 1)); // NOLINT: chance enough
        double begun = bench_seconds();
        own_update(&own, i);
        read_line(ends[0]);
        bench_tell(key, (bench_seconds() - begun) * 1e3);
    }
    own_close(&own); /* this removes the name and ends the follower */
    bench_finish(follower, key);
    CloseHandle(ends[0]);
}

static int follow(unsigned count)
{
    wchar_t self[MAX_PATH];
    wchar_t shmread[MAX_PATH + 20];
    bench_own_path(self);
    (void)swprintf(shmread, MAX_PATH + 20, L"%ls\\shmread.exe", bench_tools);
    follow_with("follow/poll", L"\"%ls\" poll %ls %u", self, 5 * count, 10);
    follow_with("follow/1ms", L"\"%ls\" -q --follow --interval 1ms %ls", shmread, 5 * count, 10);
    follow_with("follow/default", L"\"%ls\" -q --follow %ls", shmread, count, 100);
    return 0;
}

/* ------------------------------------------------------------------------------------------------------------------ */

int updates_verb(const wchar_t *verb, int count, wchar_t *arguments[])
{
    if (wcscmp(verb, L"poll") == 0 && count == 2) {
        return poll(arguments[0], wcstoul(arguments[1], NULL, 10));
    }
    bench_tools = count > 0 ? arguments[0] : bench_tools;
    if (wcscmp(verb, L"follow") == 0 && count == 2) {
        return follow(wcstoul(arguments[1], NULL, 10));
    }
    return BENCH_OTHER;
}
