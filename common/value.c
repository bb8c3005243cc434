#include "value.h"

#include "shared.h"

/* A writer that spoils the fields as fast as they can be read is not one of ours. */
#define LOOK_TRIES 1000

uint8_t *value_contents(const struct mapping *mapping)
{
    return mapping->view.base;
}

static void store_slot(winshm_slot *slot, const winshm_slot *from)
{
    shared_store64_release(&slot->length, from->length);
    shared_store64_release(&slot->updated, from->updated);
    shared_store32_release(&slot->encoding, from->encoding);
    shared_store32_release(&slot->code_page, from->code_page);
    shared_store32_release(&slot->writer, from->writer);
}

static winshm_slot load_slot(const winshm_slot *slot)
{
    return (winshm_slot){.length = shared_load64_acquire(&slot->length),
                         .updated = shared_load64_acquire(&slot->updated),
                         .encoding = shared_load32_acquire(&slot->encoding),
                         .code_page = shared_load32_acquire(&slot->code_page),
                         .writer = shared_load32_acquire(&slot->writer)};
}

void value_publish(const struct mapping *mapping, uint64_t length, struct value_text text)
{
    winshm_slot slot = {.length = length,
                        .updated = clock_wall(),
                        .encoding = text.encoding,
                        .code_page = text.code_page,
                        .writer = process_id()};
    store_slot(&mapping->trailer->slots[0], &slot);
    shared_store64_release(&mapping->trailer->current, 1U << 1);
    shared_store32_release(&mapping->trailer->state, WINSHM_PUBLISHED);
}

bool value_look(const struct mapping *mapping, struct value_look *look)
{
    /* Some of a slot's fields may be from the next update: then `current` has changed, and another look tells. */
    for (int tries = 0; tries < LOOK_TRIES; tries++) {
        look->current = shared_load64_acquire(&mapping->trailer->current);
        size_t index = look->current & 1;
        look->slot = load_slot(&mapping->trailer->slots[index]);
        look->contents = mapping->view.base + index * (size_t)mapping->slot_size;
        if (look->slot.length <= mapping->capacity && look->current >> 1 != 0 &&
            (index == 0 || mapping->kind == WINSHM_VALUE)) {
            return true;
        }
        if (value_is_unchanged(mapping, look)) {
            return false;
        }
    }
    return false;
}

bool value_copy(const struct mapping *mapping, const struct value_look *look, uint64_t from, uint8_t *to, size_t size)
{
    shared_copy_out(to, look->contents + from, size);
    return value_is_unchanged(mapping, look);
}

bool value_is_unchanged(const struct mapping *mapping, const struct value_look *look)
{
    return shared_load64_acquire(&mapping->trailer->current) == look->current;
}
