/* updates.c - measure the time until `shmread --follow` has printed an update. */
#include "common/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "common/memory/announcement.h"
#include "common/memory/shared.h"
#include "common/memory/trailer.h"
#include "common/memory/value.h"

enum { FOLLOWERS = 8 };

/* A value that this process creates and updates. */
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
    (void)snprintf(own->name, sizeof own->name, "%ls", own->wide);
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
    announcement_make(own->name, &own->mapping);
}

/* Read `count` lines. Nothing follows them until the next update. */
static void read_lines(HANDLE from, unsigned count)
{
    while (count > 0) {
        char bytes[512];
        DWORD got = 0;
        bench_need(ReadFile(from, bytes, sizeof bytes, &got, NULL) && got > 0, "read a line");
        for (DWORD i = 0; i < got; i++) {
            count -= bytes[i] == '\n';
        }
    }
}

/*
 * Measure updates at random moments, until the last of `many` followers has
 * printed each. All followers print to one pipe, so that this process, too, is
 * woken only as often as needed.
 */
static void follow_with(const char *key, unsigned many, unsigned count)
{
    HANDLE output;
    HANDLE ends[FOLLOWERS];
    HANDLE followers[FOLLOWERS];
    wchar_t command[COMMAND];
    struct own own;
    own_make(&own);
    (void)swprintf(command, COMMAND, L"\"%ls\\shmread.exe\" -q --follow %ls", bench_tools, own.wide);
    bench_need(CreatePipe(&output, &ends[0], NULL, 0), "pipe");
    for (unsigned i = 1; i < many; i++) {
        HANDLE self = GetCurrentProcess();
        bench_need(DuplicateHandle(self, ends[0], self, &ends[i], 0, FALSE, DUPLICATE_SAME_ACCESS), "pipe");
    }
    for (unsigned i = 0; i < many; i++) {
        followers[i] = bench_start(command, INVALID_HANDLE_VALUE, ends[i]);
        read_lines(output, 1); /* the first contents */
    }
    for (unsigned number = 1; number <= count; number++) {
        Sleep(5 + (DWORD)rand() % 101); // NOLINT: chance enough
        double begun = bench_seconds();
        own_update(&own, number);
        read_lines(output, many);
        bench_tell(key, (bench_seconds() - begun) * 1e3);
    }
    view_unmap(&own.view);
    object_close(own.section); /* this removes the name and ends the followers */
    for (unsigned i = 0; i < many; i++) {
        bench_finish(followers[i], "follow");
    }
    CloseHandle(output);
}

int updates_follow(wchar_t *arguments[])
{
    unsigned count = bench_number(arguments[1]);
    follow_with("follow/one", 1, count);
    follow_with("follow/eight", FOLLOWERS, count);
    return 0;
}
