/* updates.c - measure the time until `shmread --follow` has printed an update. */
#include "common/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "common/memory/shared.h"
#include "common/memory/trailer.h"
#include "common/memory/value.h"

/* A value that this process creates and updates. */
struct own {
    wchar_t wide[64];
    object *section;
    struct view view;
    struct mapping mapping;
};

static void own_make(struct own *own)
{
    struct trailer_plan plan;
    char name[64];
    bench_name(own->wide);
    (void)snprintf(name, sizeof name, "%ls", own->wide);
    bench_need(trailer_plan(WINSHM_VALUE, 1000, true, &plan), "plan");
    bench_must(section_create(name, plan.section_size, NULL, &own->section), "section");
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

static void read_line(HANDLE from)
{
    char byte = 0;
    for (DWORD got; byte != '\n';) {
        bench_need(ReadFile(from, &byte, 1, &got, NULL) && got == 1, "read a line");
    }
}

/* Measure updates at random moments. */
int updates_follow(wchar_t *arguments[])
{
    HANDLE ends[2];
    wchar_t command[COMMAND];
    struct own own;
    unsigned count = bench_number(arguments[1]);
    own_make(&own);
    (void)swprintf(command, COMMAND, L"\"%ls\\shmread.exe\" -q --follow %ls", bench_tools, own.wide);
    bench_need(CreatePipe(&ends[0], &ends[1], NULL, 0), "pipe");
    HANDLE follower = bench_start(command, INVALID_HANDLE_VALUE, ends[1]);
    read_line(ends[0]); /* the first contents */
    for (unsigned i = 1; i <= count; i++) {
        Sleep(5 + (DWORD)rand() % 101); // NOLINT: chance enough
        double begun = bench_seconds();
        own_update(&own, i);
        read_line(ends[0]);
        bench_tell("follow/default", (bench_seconds() - begun) * 1e3);
    }
    view_unmap(&own.view);
    object_close(own.section); /* this removes the name and ends the follower */
    bench_finish(follower, "follow");
    CloseHandle(ends[0]);
    return 0;
}
