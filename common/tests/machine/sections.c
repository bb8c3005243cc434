/* sections.c - the sections, views and memory of the simulated machine. */
#define _GNU_SOURCE /* memfd_create */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/include/winshm.h"
#include "common/tests/machine/parts.h"

#define KEPT_SIZE ((uint64_t)64 << 10)

/*
 * A view that no process has mapped now, but that stays in the address space.
 */
struct spare {
    uint8_t *base;
    enum access access;
    struct spare *next;
};

/*
 * The memory of a section. Small ones are kept while schedules are run, because
 * the system takes long to create and to map one.
 */
struct memory {
    int file;
    uint64_t size;
    uint8_t *bytes; /* the view of the test, or NULL */
    struct spare *spares;
    struct memory *next;
};

struct mapped {
    struct view view;
    uint32_t process;
    struct target *target;
    enum access access;
    struct mapped *next;
};

struct taken {
    void *memory;
    size_t size;
    uint32_t process;
    struct taken *next;
};

static struct memory *kept_memories;
static struct mapped *views;
static struct taken *memories;
static uint64_t commit_limit;
static uint64_t view_limit;

/* ---- Memory of sections ------------------------------------------------------------------------------------------ */

static struct memory *memory_new(uint64_t size)
{
    struct memory *memory = machine_need(malloc(sizeof *memory));
    *memory = (struct memory){.file = memfd_create("section", MFD_CLOEXEC), .size = size};
    if (memory->file < 0 || ftruncate(memory->file, (off_t)size) != 0) {
        machine_mistake("the real machine cannot make a section of %llu bytes", (unsigned long long)size);
    }
    return memory;
}

static uint8_t *memory_bytes(struct memory *memory)
{
    if (memory->bytes == NULL) {
        memory->bytes = mmap(NULL, (size_t)memory->size, PROT_READ | PROT_WRITE, MAP_SHARED, memory->file, 0);
        if (memory->bytes == MAP_FAILED) {
            machine_mistake("the real machine cannot map a section");
        }
    }
    return memory->bytes;
}

/* Return memory that contains zeros. */
static struct memory *memory_for(uint64_t size)
{
    for (struct memory **at = &kept_memories; *at != NULL; at = &(*at)->next) {
        if ((*at)->size == size) {
            struct memory *memory = *at;
            *at = memory->next;
            memset(memory_bytes(memory), 0, (size_t)size);
            return memory;
        }
    }
    return memory_new(size);
}

static void view_drop(uint8_t *base, uint64_t size)
{
    (void)munmap(base - WINSHM_PAGE, (size_t)size + 2 * (size_t)WINSHM_PAGE);
}

void sections_drop(struct memory *memory)
{
    if (machine.keeps_memory && memory->size <= KEPT_SIZE) {
        memory->next = kept_memories;
        kept_memories = memory;
        return;
    }
    while (memory->spares != NULL) {
        struct spare *spare = memory->spares;
        memory->spares = spare->next;
        view_drop(spare->base, memory->size);
        free(spare);
    }
    if (memory->bytes != NULL) {
        (void)munmap(memory->bytes, (size_t)memory->size);
    }
    (void)close(memory->file);
    free(memory);
}

/* Return a spare view for this access, or NULL. */
static uint8_t *spare_view(struct memory *memory, enum access access)
{
    for (struct spare **at = &memory->spares; *at != NULL; at = &(*at)->next) {
        struct spare *spare = *at;
        if (spare->access == access) {
            uint8_t *base = spare->base;
            *at = spare->next;
            free(spare);
            return base;
        }
    }
    return NULL;
}

/* ---- Mapped views and taken memory ------------------------------------------------------------------------ */

static struct mapped **mapped_find(const uint8_t *base)
{
    struct mapped **at = &views;
    while (*at != NULL && (*at)->view.base != base) {
        at = &(*at)->next;
    }
    return at;
}

static void mapped_drop(struct mapped **at)
{
    struct mapped *dropped = *at;
    *at = dropped->next;
    if (machine.keeps_memory && dropped->view.size <= KEPT_SIZE) {
        struct spare *spare = machine_need(malloc(sizeof *spare));
        struct memory *memory = dropped->target->memory;
        *spare = (struct spare){.base = dropped->view.base, .access = dropped->access, .next = memory->spares};
        memory->spares = spare;
    } else {
        view_drop(dropped->view.base, dropped->view.size);
    }
    dropped->target->views--;
    target_free_if_unused(dropped->target);
    free(dropped);
}

static void taken_drop(struct taken **at)
{
    struct taken *dropped = *at;
    *at = dropped->next;
    free(dropped->memory);
    free(dropped);
}

size_t sections_clear(uint32_t number)
{
    size_t cleared = 0;
    for (struct mapped **at = &views; *at != NULL;) {
        if ((*at)->process == number) {
            mapped_drop(at);
            cleared++;
        } else {
            at = &(*at)->next;
        }
    }
    for (struct taken **at = &memories; *at != NULL;) {
        if ((*at)->process == number) {
            taken_drop(at);
            cleared++;
        } else {
            at = &(*at)->next;
        }
    }
    return cleared;
}

bool sections_find(const void *at, const char **name, size_t *offset)
{
    for (const struct mapped *mapped = views; mapped != NULL; mapped = mapped->next) {
        const uint8_t *base = mapped->view.base;
        if ((const uint8_t *)at >= base && (const uint8_t *)at < base + mapped->view.size) {
            *name = mapped->target->name;
            *offset = (size_t)((const uint8_t *)at - base);
            return true;
        }
    }
    return false;
}

size_t machine_live_views(void)
{
    size_t count = 0;
    for (const struct mapped *mapped = views; mapped != NULL; mapped = mapped->next) {
        count++;
    }
    return count;
}

size_t machine_live_memory(void)
{
    size_t count = 0;
    for (const struct taken *taken = memories; taken != NULL; taken = taken->next) {
        count++;
    }
    return count;
}

void machine_commit_limit(uint64_t bytes)
{
    commit_limit = bytes;
}

void machine_view_limit(uint64_t bytes)
{
    view_limit = bytes;
}

/* ---- Sections and views ------------------------------------------------------------------------------------------ */

static uint64_t committed_bytes(void)
{
    uint64_t sum = 0;
    for (const struct target *target = machine.targets; target != NULL; target = target->next) {
        sum += target->counted ? target->size : 0;
    }
    for (const struct taken *taken = memories; taken != NULL; taken = taken->next) {
        sum += taken->size;
    }
    return sum;
}

static bool fits_commit_limit(uint64_t size)
{
    uint64_t used = committed_bytes();
    return used <= commit_limit && size <= commit_limit - used;
}

static uint64_t whole_pages(uint64_t size)
{
    return (size + WINSHM_PAGE - 1) / WINSHM_PAGE * WINSHM_PAGE;
}

static struct target *section_add(const char *key, uint64_t size, uint64_t committed)
{
    struct target *target = target_add(OBJECT_SECTION, key);
    target->size = size;
    target->committed = committed;
    target->memory = size <= KEPT_SIZE ? memory_for(size) : memory_new(size);
    return target;
}

oserror section_create(const char *name, uint64_t size, const char *sddl, object **section)
{
    oserror error = machine_begin_call_on("section_create", name);
    if (error != OSERROR_NONE) {
        return error;
    }
    if (size == 0 || size > INT64_MAX) {
        return OSERROR_INVALID_PARAMETER;
    }
    const char *key = NULL;
    error = objects_may_create(name, OBJECT_SECTION, &key);
    if (error != OSERROR_NONE) {
        return error;
    }
    if (size > UINT64_C(1) << 46) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }
    size = whole_pages(size);
    if (!fits_commit_limit(size)) {
        return OSERROR_COMMITMENT_LIMIT;
    }
    struct target *target = section_add(key, size, size);
    target->counted = true;
    target->sddl = sddl == NULL ? NULL : machine_copy(sddl);
    *section = handle_add(target, ACCESS_WRITE);
    return OSERROR_NONE;
}

oserror section_open(const char *name, enum access access, object **section)
{
    oserror error = machine_begin_call_on("section_open", name);
    return error != OSERROR_NONE ? error : objects_open(name, OBJECT_SECTION, access, section);
}

/*
 * Begin a query about an open section. As on Windows, a handle for reading does
 * not grant the right to it.
 */
oserror sections_may_ask(object *section, const char *function)
{
    oserror error = machine_begin_own_call(function);
    (void)target_check(section, OBJECT_SECTION, function);
    return error == OSERROR_NONE && section->access == ACCESS_READ ? OSERROR_ACCESS_DENIED : error;
}

oserror section_facts(object *section, struct section_facts *facts)
{
    oserror error = sections_may_ask(section, "section_facts");
    if (error == OSERROR_NONE) {
        *facts = section->target->facts;
        facts->size = section->target->size;
    }
    return error;
}

bool view_is_file(const struct view *view)
{
    struct mapped **mapped = mapped_find(view->base);
    if (*mapped == NULL) {
        machine_mistake("view_is_file of something else");
    }
    return (*mapped)->target->facts.is_file;
}

/*
 * Copy the names first, because any of the objects may disappear while the
 * caller looks at another one.
 */
oserror sections_list(enum name_scope scope, bool (*each)(void *context, const char *name), void *context)
{
    struct runner *self = machine.running;
    size_t size = 0;
    oserror error = machine_begin_call("sections_list");
    for (const struct target *target = machine.targets; target != NULL; target = target->next) {
        if (target->kind != OBJECT_SECTION || target->name == NULL) {
            continue;
        }
        /*
         * Only a failure of the first namespace is returned: of the global one,
         * or of the one that the caller asks for.
         */
        bool global = strncmp(target->name, "Global\\", 7) == 0;
        bool is_passed_over = error != OSERROR_NONE && (scope != NAME_AS_TYPED || global);
        if (scope != (global ? NAME_LOCAL : NAME_GLOBAL) && !is_passed_over) {
            size_t length = strlen(target->name) + 1;
            self->names = machine_need(realloc(self->names, size + length));
            memcpy(self->names + size, target->name, length);
            size += length;
        }
    }
    for (size_t at = 0; at < size; at += strlen(self->names + at) + 1) {
        /* Windows may return a name more than once. */
        if (!each(context, self->names + at) || !each(context, self->names + at)) {
            return OSERROR_NONE;
        }
    }
    return error;
}

/*
 * Map a view between two pages that no program may touch. A write to a view for
 * reading crashes the program.
 */
static uint8_t *view_new(const struct memory *memory, enum access access, size_t committed)
{
    size_t size = (size_t)memory->size;
    uint8_t *fenced =
        mmap(NULL, size + 2 * (size_t)WINSHM_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (fenced == MAP_FAILED) {
        return NULL;
    }
    uint8_t *base = fenced + WINSHM_PAGE;
    int protection = access == ACCESS_WRITE ? PROT_READ | PROT_WRITE : PROT_READ;
    if (mmap(base, size, protection, MAP_SHARED | MAP_FIXED, memory->file, 0) != base) {
        view_drop(base, size);
        return NULL;
    }
    if (committed < size && mprotect(base + committed, size - committed, PROT_NONE) != 0) {
        machine_mistake("the real machine cannot protect a page");
    }
    return base;
}

oserror view_map(object *section, enum access access, struct view *view)
{
    oserror error = machine_begin_own_call("view_map");
    struct target *target = target_check(section, OBJECT_SECTION, "view_map");
    if (error != OSERROR_NONE) {
        return error;
    }
    if (access == ACCESS_WRITE && section->access != ACCESS_WRITE) {
        return OSERROR_ACCESS_DENIED;
    }
    if (target->size > view_limit || target->size > SIZE_MAX - 2 * (size_t)WINSHM_PAGE) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }

    size_t size = (size_t)target->size;
    size_t committed = (size_t)target->committed;
    uint8_t *base = committed == size ? spare_view(target->memory, access) : NULL;
    base = base != NULL ? base : view_new(target->memory, access, committed);
    if (base == NULL) {
        return OSERROR_NOT_ENOUGH_MEMORY;
    }

    struct mapped *mapped = machine_need(malloc(sizeof *mapped));
    *mapped = (struct mapped){.view = {.base = base, .size = size, .committed = committed},
                              .process = current(),
                              .target = target,
                              .access = access,
                              .next = views};
    views = mapped;
    target->views++;
    *view = mapped->view;
    return OSERROR_NONE;
}

void view_unmap(struct view *view)
{
    if (view->base == NULL) {
        return;
    }
    struct mapped **at = mapped_find(view->base);
    if (*at == NULL || (*at)->process != current()) {
        machine_mistake("view_unmap of what is not a view of process %u", current());
    }
    mapped_drop(at);
    *view = (struct view){0};
}

/* ---- Sections of other programs ---------------------------------------------------------------------------------- */

void machine_foreign_section(const char *name, const void *bytes, uint64_t size, uint64_t committed)
{
    uint64_t pages = whole_pages(size);
    uint64_t there = whole_pages(committed);
    struct target *target = section_add(objects_foreign_key(name), pages, there < pages ? there : pages);
    objects_give_to_world(target);
    if (bytes != NULL) {
        memcpy(machine_bytes(name, NULL), bytes, (size_t)size);
    }
}

void machine_facts(const char *name, struct section_facts facts)
{
    target_named(name)->facts = facts;
}

uint8_t *machine_bytes(const char *name, uint64_t *size)
{
    struct target *target = target_find(objects_without_local(name));
    if (target == NULL || target->kind != OBJECT_SECTION) {
        return NULL;
    }
    if (size != NULL) {
        *size = target->size;
    }
    return memory_bytes(target->memory);
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

void *memory_take(size_t size)
{
    if (machine_begin_own_call("memory_take") != OSERROR_NONE || size == 0 || (uint64_t)size > UINT64_C(1) << 38 ||
        size > SIZE_MAX / 2 || !fits_commit_limit(whole_pages(size))) {
        return NULL;
    }
    struct taken *taken = machine_need(malloc(sizeof *taken));
    *taken = (struct taken){.memory = malloc(size), .size = size, .process = current(), .next = memories};
    if (taken->memory == NULL) {
        free(taken);
        return NULL;
    }
    memset(taken->memory, 0xA5, size < 1 << 20 ? size : 1 << 20); /* no caller may rely on zeros */
    memories = taken;
    return taken->memory;
}

void memory_give(void *memory)
{
    if (memory == NULL) {
        return;
    }
    for (struct taken **at = &memories; *at != NULL; at = &(*at)->next) {
        if ((*at)->memory == memory && (*at)->process == current()) {
            taken_drop(at);
            return;
        }
    }
    machine_mistake("memory_give of what process %u has not taken", current());
}

void sections_reset(void)
{
    commit_limit = UINT64_MAX;
    view_limit = UINT64_MAX;
}
