/* objects.c - the objects of the simulated machine: names, handles, and waiting. */
#include <stdlib.h>
#include <string.h>

#include "common/tests/machine/parts.h"
#include "common/text/sddl.h"

struct denial {
    char *name;
    bool write_only;
    struct denial *next;
};

static struct denial *denials;
static bool global_is_denied;
static uint64_t last_number;

/* ---- Handles ----------------------------------------------------------------------------------------------------- */

void target_free_if_unused(struct target *target)
{
    if (target->handles == 0) {
        free(target->name);
        target->name = NULL;
    }
    if (target->handles > 0 || target->views > 0) {
        return;
    }
    for (struct target **at = &machine.targets; *at != NULL; at = &(*at)->next) {
        if (*at == target) {
            *at = target->next;
            break;
        }
    }
    if (target->kind == OBJECT_SECTION) {
        sections_drop(target->memory);
    }
    free(target->sddl);
    free(target);
}

object *handle_add(struct target *target, enum access access)
{
    object *made = machine_need(calloc(1, sizeof *made));
    last_number += 4;
    *made = (struct object){
        .process = current(), .number = last_number, .target = target, .access = access, .next = machine.handles};
    made->stream.limit = UINT64_MAX;
    machine.handles = made;
    if (target != NULL) {
        target->handles++;
    }
    return made;
}

object *handle_check(object *used, const char *function)
{
    if (used == NULL) {
        machine_mistake("%s of NULL", function);
    }
    if (used >= machine.processes[current()].standard && used < machine.processes[current()].standard + 3) {
        return used;
    }
    for (object *open = machine.handles; open != NULL; open = open->next) {
        if (open == used) {
            if (open->process != current()) {
                machine_mistake("%s: process %u uses a handle of process %u", function, current(), open->process);
            }
            return used;
        }
    }
    machine_mistake("%s of a handle that is not open", function);
}

struct target *target_check(object *used, enum object_kind kind, const char *function)
{
    struct target *target = handle_check(used, function)->target;
    if (target == NULL || target->kind != kind) {
        machine_mistake("%s of another kind of object", function);
    }
    return target;
}

void handle_drop(object *closed)
{
    for (object **at = &machine.handles; *at != NULL; at = &(*at)->next) {
        if (*at == closed) {
            *at = closed->next;
            break;
        }
    }
    if (closed->target != NULL) {
        closed->target->handles--;
        target_free_if_unused(closed->target);
    }
    files_drop(&closed->stream);
    free(closed->path);
    free(closed);
}

void object_close(object *closed)
{
    if (closed == NULL) {
        return;
    }
    if (handle_check(closed, "object_close")->standard) {
        machine_mistake("object_close of a standard handle");
    }
    if (closed->target != NULL) {
        schedule_point("object_close", schedule_name_of(closed));
        schedule_leave_if_dead();
    }
    handle_drop(closed);
}

size_t machine_live_objects(void)
{
    size_t count = 0;
    for (const object *open = machine.handles; open != NULL; open = open->next) {
        count += open->process != WORLD;
    }
    return count;
}

bool objects_is_signalled(const struct target *target, uint32_t process)
{
    switch (target->kind) {
    case OBJECT_MUTEX:
        return target->owner == 0 || target->owner == process;
    case OBJECT_SEMAPHORE:
        return target->raised > 0;
    default:
        return target->is_set;
    }
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

void machine_deny_global(void)
{
    global_is_denied = true;
}

const char *objects_without_local(const char *name)
{
    return strncmp(name, "Local\\", 6) == 0 ? name + 6 : name;
}

static void denial_add(const char *name, bool write_only)
{
    struct denial *denial = machine_need(malloc(sizeof *denial));
    *denial =
        (struct denial){.name = machine_copy(objects_without_local(name)), .write_only = write_only, .next = denials};
    denials = denial;
}

void machine_deny(const char *name)
{
    denial_add(name, false);
}

void machine_deny_write(const char *name)
{
    denial_add(name, true);
}

bool objects_is_denied(const char *name, enum access access)
{
    for (const struct denial *denial = denials; denial != NULL; denial = denial->next) {
        if (strcmp(denial->name, name) == 0 && (access == ACCESS_WRITE || !denial->write_only)) {
            return true;
        }
    }
    return false;
}

oserror objects_key(const char *name, const char **key)
{
    *key = NULL;
    if (name == NULL) {
        return OSERROR_NONE;
    }
    const char *base = objects_without_local(name);
    base = strncmp(base, "Global\\", 7) == 0 ? base + 7 : base;
    if (strchr(base, '\\') != NULL) {
        return OSERROR_PATH_NOT_FOUND;
    }
    *key = objects_without_local(name);
    return OSERROR_NONE;
}

struct target *target_find(const char *key)
{
    for (struct target *target = machine.targets; target != NULL; target = target->next) {
        if (target->name != NULL && strcmp(target->name, key) == 0) {
            return target;
        }
    }
    return NULL;
}

struct target *target_add(enum object_kind kind, const char *key)
{
    struct target *target = machine_need(calloc(1, sizeof *target));
    *target = (struct target){.kind = kind, .name = key == NULL ? NULL : machine_copy(key), .next = machine.targets};
    machine.targets = target;
    return target;
}

/*
 * Return whether the descriptor that the object was created with gives this
 * access to nobody. The machine has one user, so it does not matter for whom an
 * entry is, and only a section's rights are distinguished.
 */
static bool is_refused(const struct target *target, enum access access)
{
    struct sddl sddl;
    struct sddl_entry entry;
    if (target->sddl == NULL || target->is_reported || !sddl_parse(target->sddl, &sddl) || !sddl.has_list) {
        return false;
    }
    enum sddl_grant wanted = access == ACCESS_WRITE ? SDDL_WRITE : SDDL_READ;
    while (sddl_next(&sddl.list, &entry)) {
        bool grants = target->kind != OBJECT_SECTION || sddl_section_grant(entry.rights) >= wanted;
        if (!entry.is_plain || (!entry.denies && grants)) {
            return false;
        }
    }
    return true;
}

oserror objects_may_create(const char *name, enum object_kind kind, const char **key)
{
    oserror error = objects_key(name, key);
    if (error != OSERROR_NONE || *key == NULL) {
        return error;
    }
    const struct target *there = target_find(*key);
    if (there != NULL && there->kind != kind) {
        return OSERROR_INVALID_HANDLE;
    }
    if (objects_is_denied(*key, ACCESS_WRITE) || (there != NULL && is_refused(there, ACCESS_WRITE))) {
        return OSERROR_ACCESS_DENIED;
    }
    if (there != NULL) {
        return OSERROR_ALREADY_EXISTS;
    }
    if (kind == OBJECT_SECTION && global_is_denied && strncmp(*key, "Global\\", 7) == 0) {
        return OSERROR_ACCESS_DENIED;
    }
    return OSERROR_NONE;
}

oserror objects_open(const char *name, enum object_kind kind, enum access access, object **opened)
{
    const char *key = NULL;
    oserror error = objects_key(name, &key);
    if (error != OSERROR_NONE) {
        return error;
    }
    struct target *there = target_find(key);
    if (there != NULL && there->kind != kind) {
        return OSERROR_INVALID_HANDLE;
    }
    if (objects_is_denied(key, access)) {
        return OSERROR_ACCESS_DENIED;
    }
    if (there == NULL) {
        return OSERROR_FILE_NOT_FOUND;
    }
    if (is_refused(there, access)) {
        return OSERROR_ACCESS_DENIED;
    }
    *opened = handle_add(there, access);
    return OSERROR_NONE;
}

enum object_kind object_kind_of(const char *name)
{
    schedule_point("object_kind_of", name);
    schedule_leave_if_dead();
    const char *key = NULL;
    const struct target *there = objects_key(name, &key) == OSERROR_NONE ? target_find(key) : NULL;
    return there == NULL ? OBJECT_NONE : there->kind;
}

/* ---- Objects of other programs ----------------------------------------------------------------------------------- */

const char *objects_foreign_key(const char *name)
{
    const char *key = NULL;
    if (objects_key(name, &key) != OSERROR_NONE || key == NULL || target_find(key) != NULL) {
        machine_mistake("%s cannot be made", name);
    }
    return key;
}

void objects_give_to_world(struct target *target)
{
    uint32_t before = machine_switch_process(WORLD);
    (void)handle_add(target, ACCESS_WRITE);
    (void)machine_switch_process(before);
}

void machine_foreign(const char *name, enum object_kind kind)
{
    if (kind == OBJECT_SECTION || kind == OBJECT_NONE) {
        machine_mistake("use machine_foreign_section()");
    }
    objects_give_to_world(target_add(kind, objects_foreign_key(name)));
}

struct target *target_named(const char *name)
{
    struct target *target = target_find(objects_without_local(name));
    if (target == NULL) {
        machine_mistake("there is no %s", name);
    }
    return target;
}

void machine_forget(const char *name)
{
    const struct target *target = target_named(name);
    for (object *open = machine.handles, *next; open != NULL; open = next) {
        next = open->next;
        if (open->process == WORLD && open->target == target) {
            handle_drop(open);
        }
    }
}

void machine_own(const char *name)
{
    struct target *target = target_named(name);
    if (target->kind != OBJECT_MUTEX || target->owner != 0) {
        machine_mistake("%s cannot be taken", name);
    }
    target->owner = current();
    target->taken = 1;
    target->abandoned = false;
}

/* ---- Synchronization objects ------------------------------------------------------------------------------------- */

/*
 * The names of the calls on objects for machine_call_name(), by the kind of
 * object.
 */
static const struct {
    const char *create;
    const char *open;
    enum object_kind kind; /* the kind that the object of that name has */
} kinds[] = {
    [OBJECT_MUTEX] = {"mutex_create", "mutex_open", OBJECT_MUTEX},
    [OBJECT_EVENT] = {"event_create", "event_open", OBJECT_EVENT},
    [OBJECT_AUTO_EVENT] = {"auto_event_create", "event_open", OBJECT_EVENT},
    [OBJECT_SEMAPHORE] = {"semaphore_create", "semaphore_open", OBJECT_SEMAPHORE},
};
static const struct {
    const char *call;
    enum object_kind kind;
} signals[] = {
    [SIGNAL_RELEASE] = {"mutex_release", OBJECT_MUTEX},
    [SIGNAL_SET] = {"event_set", OBJECT_EVENT},
    [SIGNAL_RESET] = {"event_reset", OBJECT_EVENT},
    [SIGNAL_RAISE] = {"semaphore_raise", OBJECT_SEMAPHORE},
};

oserror object_create(enum object_kind kind, const char *name, const char *sddl, object **created)
{
    oserror error = machine_begin_call_on(kinds[kind].create, name);
    const char *key = NULL;
    if (error == OSERROR_NONE) {
        error = objects_may_create(name, kinds[kind].kind, &key);
    }
    if (error == OSERROR_NONE) {
        struct target *target = target_add(kinds[kind].kind, key);
        target->resets = kind == OBJECT_AUTO_EVENT;
        target->sddl = sddl == NULL ? NULL : machine_copy(sddl);
        *created = handle_add(target, ACCESS_WRITE);
    }
    return error;
}

oserror object_open(enum object_kind kind, const char *name, object **opened)
{
    oserror error = machine_begin_call_on(kinds[kind].open, name);
    return error != OSERROR_NONE ? error : objects_open(name, kinds[kind].kind, ACCESS_WRITE, opened);
}

/* The release of a mutex never fails and is not counted as a call. */
oserror object_signal(object *signalled, enum object_signal how)
{
    oserror error = OSERROR_NONE;
    if (how == SIGNAL_RELEASE) {
        schedule_point(signals[how].call, schedule_name_of(signalled));
        schedule_leave_if_dead();
    } else {
        error = machine_begin_call_on(signals[how].call, schedule_name_of(signalled));
    }
    struct target *target = target_check(signalled, signals[how].kind, signals[how].call);
    if (error != OSERROR_NONE) {
        return error;
    }
    switch (how) {
    case SIGNAL_RELEASE:
        if (target->owner == current() && --target->taken == 0) {
            target->owner = 0;
        }
        break;
    case SIGNAL_SET:
    case SIGNAL_RESET:
        target->is_set = how == SIGNAL_SET;
        break;
    case SIGNAL_RAISE:
        target->raised++;
        break;
    }
    return OSERROR_NONE;
}

/*
 * End a wait if possible: because of the first signalled object, of Ctrl+C, or
 * of the deadline, in this order.
 */
static bool end_wait(const struct waiter *waiter, struct waited *waited)
{
    for (size_t i = 0; i < waiter->count; i++) {
        struct target *target = handle_check(waiter->objects[i], "wait_any")->target;
        if (!objects_is_signalled(target, waiter->process)) {
            continue;
        }
        *waited = (struct waited){.how = target->abandoned ? WAITED_ABANDONED : WAITED_SIGNALLED, .which = i};
        target->abandoned = false;
        if (target->kind == OBJECT_MUTEX) {
            target->owner = waiter->process;
            target->taken++;
        } else if (target->kind == OBJECT_SEMAPHORE) {
            target->raised--;
        } else if (target->resets) {
            target->is_set = false;
        }
        return true;
    }
    const struct process *process = &machine.processes[waiter->process];
    if (process->catches && process->interrupted) {
        *waited = (struct waited){.how = WAITED_INTERRUPTED};
        return true;
    }
    if (waiter->deadline <= machine.now) {
        *waited = (struct waited){.how = WAITED_TIMEOUT};
        return true;
    }
    return false;
}

struct waited wait_any(object *const objects[], size_t count, uint64_t deadline)
{
    oserror error = machine_begin_call_on("wait_any", count == 0 ? NULL : schedule_name_of(objects[0]));
    if (error != OSERROR_NONE) {
        return (struct waited){.how = WAITED_FAILED, .error = error};
    }
    if (count > WAITED_MOST) {
        machine_mistake("wait_any for %zu objects", count);
    }
    for (size_t i = 0; i < count; i++) {
        const struct target *target = handle_check(objects[i], "wait_any")->target;
        if (target == NULL || target->kind == OBJECT_SECTION) {
            machine_mistake("wait_any for what cannot be waited for");
        }
    }
    struct waiter waiter = {.process = current(), .objects = objects, .count = count, .deadline = deadline};
    struct waited waited = {.how = WAITED_FAILED};
    while (!end_wait(&waiter, &waited)) {
        schedule_wait(&waiter);
    }
    return waited;
}

void objects_reset(void)
{
    while (denials != NULL) {
        struct denial *denial = denials;
        denials = denial->next;
        free(denial->name);
        free(denial);
    }
    global_is_denied = false;
    last_number = 0;
}
