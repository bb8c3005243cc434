/* describe.c - describes a section for --stat and --list, also as JSON. */
#include "reader/describe.h"

#include <stdio.h>
#include <string.h>

#include "common/memory/shared.h"
#include "common/memory/value.h"
#include "reader/access_text.h"
#include "reader/timestamp.h"

/*
 * The largest number of looks at a value until one is consistent. No writer of
 * ours changes a value this often.
 */
#define LOOK_TRIES 100

const char *describe_kind_text(enum describe_kind kind)
{
    switch (kind) {
    case DESCRIBE_CLOSED:
        return "closed";
    case DESCRIBE_FOREIGN:
        return "foreign";
    case DESCRIBE_EMPTY:
        return "empty";
    case DESCRIBE_FILLING:
        return "filling";
    case DESCRIBE_RELEASED:
        return "released";
    case DESCRIBE_NEWER:
        return "newer";
    case DESCRIBE_DAMAGED:
        return "damaged";
    case DESCRIBE_VALUE:
        return "value";
    case DESCRIBE_SEALED:
        return "sealed";
    case DESCRIBE_STREAM:
        return "stream";
    }
    return "";
}

const char *describe_backing(const struct section_facts *facts)
{
    return facts->is_image ? "image" : facts->is_file ? "file" : facts->is_reserved ? "reserved" : "memory";
}

const char *describe_closed(uint32_t closed)
{
    switch (closed) {
    case WINSHM_OPEN:
        return "open";
    case WINSHM_ENDED:
        return "ended";
    case WINSHM_FAILED:
        return "failed";
    case WINSHM_CUT_OFF:
        return "cut off";
    case WINSHM_DIED:
        return "died";
    case WINSHM_DROPPED:
        return "dropped";
    default:
        return "unknown";
    }
}

const char *describe_encoding(const winshm_slot *slot, char text[DESCRIBE_ENCODING_ROOM])
{
    switch (slot->encoding) {
    case WINSHM_BYTES:
        return "bytes";
    case WINSHM_UTF8:
        return "utf-8";
    case WINSHM_UTF16:
        return "utf-16";
    case WINSHM_CODE_PAGE:
        (void)snprintf(text, DESCRIBE_ENCODING_ROOM, "cp%lu", (unsigned long)slot->code_page);
        return text;
    default:
        return "unknown";
    }
}

/* ---- Looking ----------------------------------------------------------------------------------------------------- */

/* Look at a value until all fields of the description are from one update. */
static void take_contents(const struct mapping *mapping, struct description *description)
{
    for (int tries = 0; tries < LOOK_TRIES && !description->has_contents; tries++) {
        struct value_look look;
        if (!value_look(mapping, &look)) {
            description->kind = DESCRIBE_DAMAGED;
            return;
        }
        if (value_is_unchanged(mapping, &look)) {
            description->has_contents = true;
            description->updates = value_sequence(&look) - 1;
            description->slot = look.slot;
            description->writer.id = look.slot.writer;
        }
    }
}

/* Return how many bytes before the head a consumer is. */
static uint64_t left_of(const struct description *description, uint32_t number)
{
    return description->head - description->tails[number];
}

/*
 * Find the open consumer with the most bytes before it. If all have ended, find
 * the one that received the least.
 */
static void find_slowest(struct description *description)
{
    bool is_open = false;
    for (uint32_t i = 0; i < description->consumer_count; i++) {
        bool also_open = description->consumers[i].closed == WINSHM_OPEN;
        bool is_behind = left_of(description, i) > left_of(description, description->slowest);
        if ((also_open && !is_open) || (also_open == is_open && is_behind)) {
            description->slowest = i;
        }
        is_open = is_open || also_open;
    }
    uint64_t left = left_of(description, description->slowest);
    description->fill = left < description->capacity ? left : description->capacity;
}

/*
 * Look at a stream. The head is loaded before the tails, and again after them.
 * The tail of an open consumer is at most one capacity before the first head,
 * because the producer cannot go further, and not beyond the second one. If it
 * is beyond the first one, the consumer had consumed all up to there.
 *
 * If the tail of the only consumer is impossible, the trailer is damaged. If it
 * is that of one of several, the producer ends this consumer as a failed one.
 */
static void take_ring(const struct mapping *mapping, struct description *description)
{
    const winshm_trailer *trailer = mapping->trailer;
    const winshm_consumer *lines = trailer_consumers(mapping);
    description->consumer_count = mapping->consumers;
    description->producer.id = shared_load32_acquire(&trailer->producer);
    description->producer.closed = shared_load32_acquire(&trailer->producer_closed);
    description->head = shared_load64_acquire(&trailer->head);
    for (uint32_t i = 0; i < mapping->consumers; i++) {
        description->tails[i] = shared_load64_acquire(&lines[i].tail);
        description->consumers[i].id = shared_load32_acquire(&lines[i].process);
        description->consumers[i].closed = shared_load32_acquire(&lines[i].closed);
    }
    uint64_t grown = shared_load64_acquire(&trailer->head) - description->head;
    description->has_ring = true;
    for (uint32_t i = 0; i < mapping->consumers; i++) {
        if (description->tails[i] - description->head <= grown) {
            description->tails[i] = description->head;
        } else if (left_of(description, i) > description->capacity && mapping->kind == WINSHM_STREAM) {
            description->kind = DESCRIBE_DAMAGED;
            description->has_ring = false;
            return;
        } else if (left_of(description, i) > description->capacity && description->consumers[i].closed == WINSHM_OPEN) {
            description->consumers[i].closed = WINSHM_FAILED;
        }
    }
    find_slowest(description);
}

bool describe_has_slowest(const struct description *description)
{
    const struct describe_process *slowest = &description->consumers[description->slowest];
    bool is_behind = false;
    for (uint32_t i = 0; i < description->consumer_count; i++) {
        is_behind = is_behind || left_of(description, i) < left_of(description, description->slowest);
    }
    return description->has_ring && is_behind && slowest->id != 0 && slowest->closed == WINSHM_OPEN;
}

/*
 * Copy the identity, and the holder's process ID. A damaged trailer may have a
 * capacity that cannot be right.
 */
static void take_identity(const struct mapping *mapping, struct description *description)
{
    description->has_identity = true;
    description->holding.id = shared_load32_acquire(&mapping->trailer->holder);
    if (description->user != NULL && description->holding.id != 0) {
        description->holding.life = holder_life(mapping);
    }
    description->created = mapping->created;
    description->capacity = mapping->capacity;
    description->has_capacity = mapping->capacity <= mapping->view.size - WINSHM_TRAILER_SIZE;
}

/* Examine the memory itself: its trailer, and the contents or the ring. */
static void take_view(const struct view *view, struct description *description)
{
    struct mapping mapping;
    description->has_size = true;
    description->size = view->size;
    description->committed = view->committed;
    if (description->facts.is_file) {
        /*
         * Do not touch the bytes of a file: to read them may fail, and there
         * may be very many.
         */
        description->kind = DESCRIBE_FOREIGN;
        return;
    }
    switch (description->user != NULL ? trailer_attach(view, &mapping) : trailer_glance(view, &mapping)) {
    case TRAILER_FOREIGN:
        description->kind = DESCRIBE_FOREIGN;
        break;
    case TRAILER_EMPTY:
        description->kind = DESCRIBE_EMPTY;
        break;
    case TRAILER_FILLING:
        description->kind = DESCRIBE_FILLING;
        break;
    case TRAILER_RELEASED:
        description->kind = DESCRIBE_RELEASED;
        break;
    case TRAILER_NEWER:
        description->kind = DESCRIBE_NEWER;
        break;
    case TRAILER_DAMAGED:
        description->kind = DESCRIBE_DAMAGED;
        take_identity(&mapping, description);
        break;
    case TRAILER_OURS:
        take_identity(&mapping, description);
        if (trailer_is_stream(&mapping)) {
            description->kind = DESCRIBE_STREAM;
            take_ring(&mapping, description);
        } else {
            description->kind = mapping.kind == WINSHM_SEALED ? DESCRIBE_SEALED : DESCRIBE_VALUE;
            take_contents(&mapping, description);
        }
        break;
    }
}

/* Find out whether the process is alive. It began before `moment`. */
static void ask_after(struct describe_process *process, uint64_t moment)
{
    if (process->id != 0) {
        process->life = process_life(process->id, moment);
    }
}

/*
 * Find out whether a holder is alive. The process ID in the trailer usually
 * answers this. If the system does not know about that process, or the memory
 * has no trailer, try to own the mutex `holder` for a moment. It cannot be
 * owned while a holder is alive.
 */
static void take_holder(const char *name, struct description *description)
{
    static const enum holder_state states[] = {[LIFE_DEAD] = HOLDER_GONE, [LIFE_ALIVE] = HOLDER_ALIVE};
    if (description->holding.life != LIFE_UNKNOWN) {
        description->has_holder = true;
        description->holder = states[description->holding.life];
        return;
    }
    oserror error;
    description->holder = holder_find(name, &error);
    description->has_holder = error == OSERROR_NONE;
    if (description->has_holder && description->holder != HOLDER_NONE) {
        description->holding.life = description->holder == HOLDER_ALIVE ? LIFE_ALIVE : LIFE_DEAD;
    }
}

/* Find out which of the processes are alive. */
static void take_people(const char *name, struct description *description)
{
    ask_after(&description->writer, description->slot.updated);
    ask_after(&description->producer, description->created);
    for (uint32_t i = 0; i < description->consumer_count; i++) {
        ask_after(&description->consumers[i], clock_wall()); /* when it attached is not known */
    }
    take_holder(name, description);
}

bool describe_is_nothing(const struct description *description)
{
    return description->open_error == OSERROR_FILE_NOT_FOUND || description->kind == DESCRIBE_EMPTY ||
           description->kind == DESCRIBE_FILLING || description->kind == DESCRIBE_RELEASED;
}

/*
 * Look at an open section. While it is open, its name cannot become that of
 * another section.
 */
static void take_section(object *section, struct description *description)
{
    struct view view = {0};
    description->has_facts = section_facts(section, &description->facts) == OSERROR_NONE;
    description->map_error = view_map(section, ACCESS_READ, &view);
    if (description->map_error == OSERROR_NONE) {
        description->facts.is_file = description->has_facts ? description->facts.is_file : view_is_file(&view);
        take_view(&view, description);
        view_unmap(&view);
    }
    if (description->has_facts && description->kind == DESCRIBE_CLOSED) {
        description->has_size = true;
        description->size = description->facts.size;
        description->committed = description->size;
    }
}

void describe_take(const char *name, const char *user, bool is_awaited, struct description *description)
{
    memset(description, 0, sizeof *description);
    description->name = name;
    description->user = user;

    object *section = NULL;
    description->open_error = section_open(name, ACCESS_INSPECT, &section);
    if (description->open_error != OSERROR_NONE) {
        return;
    }
    take_section(section, description);
    bool is_wanted = user != NULL && !(is_awaited && describe_is_nothing(description));
    if (is_wanted) {
        description->security_error = section_security(section, description->sddl, sizeof description->sddl);
    }
    object_close(section);
    if (is_wanted) {
        take_people(name, description);
    }
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static void json_timestamp(struct json *json, const char *key, uint64_t moment)
{
    char text[TIMESTAMP_ROOM];
    json_text(json, key, timestamp_print(moment, text));
}

static void json_process(struct json *json, const char *id_key, const char *life_key,
                         const struct describe_process *process)
{
    if (process->id != 0) {
        json_number(json, id_key, process->id);
        if (process->life != LIFE_UNKNOWN) {
            json_boolean(json, life_key, process->life == LIFE_ALIVE);
        }
    }
}

static void json_security(const struct description *description, struct json *json)
{
    struct sddl parsed;
    char text[ACCESS_TEXT_ROOM];
    json_text(json, "sddl", description->sddl);
    if (!sddl_parse(description->sddl, &parsed)) {
        return;
    }
    if (parsed.owner.length > 0) {
        json_text(json, "owner", access_text_name(parsed.owner, description->user, text));
    }
    json_open(json, "access", '[');
    if (!parsed.has_list) {
        json_text(json, NULL, "everybody: everything");
    }
    while (parsed.has_list && access_text_next(&parsed.list, description->user, text)) {
        json_text(json, NULL, text);
    }
    json_close(json, ']');
}

/* Write each consumer of a stream, as an array. */
static void json_consumers(const struct description *description, struct json *json)
{
    json_open(json, "consumers", '[');
    for (uint32_t i = 0; i < description->consumer_count; i++) {
        const struct describe_process *consumer = &description->consumers[i];
        json_open(json, NULL, '{');
        json_process(json, "process", "alive", consumer);
        json_text(json, "state", describe_closed(consumer->closed));
        if (description->has_ring) {
            json_number(json, "received", description->tails[i]);
        }
        json_close(json, '}');
    }
    json_close(json, ']');
}

void describe_json(const struct description *description, struct json *json)
{
    char encoding[DESCRIBE_ENCODING_ROOM];
    oserror error = description->open_error != OSERROR_NONE ? description->open_error : description->map_error;
    json_open(json, NULL, '{');
    json_text(json, "name", description->name);
    json_text(json, "kind", describe_kind_text(description->kind));
    if (error != OSERROR_NONE) {
        json_number(json, "error", error);
    }
    if (description->has_size) {
        json_number(json, "size", description->size);
    }
    if (description->has_size && description->kind != DESCRIBE_CLOSED) {
        json_number(json, "committed", description->committed);
    }
    if (description->has_facts || description->facts.is_file) {
        json_text(json, "backing", describe_backing(&description->facts));
    }
    if (description->has_capacity) {
        json_number(json, "capacity", description->capacity);
    }
    if (description->has_contents) {
        json_number(json, "length", description->slot.length);
        json_number(json, "updates", description->updates);
        json_text(json, "encoding", describe_encoding(&description->slot, encoding));
    }
    if (description->has_ring) {
        json_number(json, "length", description->fill);
        json_number(json, "sent", description->head);
        json_number(json, "received", description->tails[description->slowest]);
    }
    if (description->has_identity) {
        json_timestamp(json, "created", description->created);
    }
    if (description->has_contents) {
        json_timestamp(json, "updated", description->slot.updated);
        json_process(json, "writer", "writer_alive", &description->writer);
    }
    if (description->kind == DESCRIBE_STREAM) {
        json_process(json, "producer", "producer_alive", &description->producer);
        json_text(json, "producer_state", describe_closed(description->producer.closed));
        const struct describe_process *consumer = &description->consumers[description->slowest];
        json_process(json, "consumer", "consumer_alive", consumer);
        json_text(json, "consumer_state", describe_closed(consumer->closed));
        json_consumers(description, json);
    }
    if (description->user != NULL && description->holding.id != 0) {
        json_number(json, "holder", description->holding.id);
    }
    if (description->user != NULL && description->has_holder) {
        json_boolean(json, "held", description->holder == HOLDER_ALIVE);
    }
    if (description->user != NULL && description->security_error == OSERROR_NONE) {
        json_security(description, json);
    }
    json_close(json, '}');
}
