/* value.c - publishes, reads and updates the contents of a value. */
#include "common/memory/value.h"

#include "common/memory/shared.h"

/*
 * Attempts to find consistent fields. No writer of ours changes `current` so
 * often between two loads, so after these attempts the trailer is damaged.
 */
#define LOOK_TRIES 1000

/* The largest sequence that fits into `current`. No value of ours is updated so often. */
#define SEQUENCE_LAST (UINT64_MAX >> 1)

uint8_t *value_contents(const struct mapping *mapping)
{
    return mapping->view.base;
}

/* Store every field of a slot, in memory that readers may be loading. */
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
    shared_store64_release(&mapping->trailer->current, 1U << 1); /* sequence 1, slot 0 */
    shared_store32_release(&mapping->trailer->state, WINSHM_PUBLISHED);
}

bool value_look(const struct mapping *mapping, struct value_look *look)
{
    /*
     * Load `current` first, and the slot that it names after it. An update may
     * store the fields of this slot at the same time, so an implausible slot
     * proves damage only if `current` is still the same afterwards.
     */
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

/*
 * The loads of the copy have acquire order, so none of them is done after the
 * second load of `current`. An updater, whose stores have release order, stores
 * a new number in `current` before it writes to the slot that was current. So
 * if the copy contains a byte of a later update, the second load returns a
 * different number.
 */
bool value_copy(const struct mapping *mapping, const struct value_look *look, uint64_t from, uint8_t *to, size_t size)
{
    shared_copy_out(to, look->contents + from, size);
    return value_is_unchanged(mapping, look);
}

bool value_is_unchanged(const struct mapping *mapping, const struct value_look *look)
{
    return shared_load64_acquire(&mapping->trailer->current) == look->current;
}

/* ---- Updating ---------------------------------------------------------------------------------------------------- */

static uint8_t *slot_at(const struct mapping *mapping, size_t index)
{
    return mapping->view.base + index * (size_t)mapping->slot_size;
}

/*
 * Do steps 6 and 7 of an update: slot 1 is current and complete. Copy it to
 * slot 0, and make slot 0 current with the same sequence. `stale` is the length
 * of the contents that were in slot 0 before.
 *
 * Until the last store readers use slot 1, so this function may be interrupted
 * anywhere, and the next updater repeats all of it.
 */
static void bring_home(const struct mapping *mapping, uint64_t sequence, const winshm_slot *slot, uint64_t stale)
{
    /*
     * Only the owner of `writer` writes to slot 1, so plain reads of it are
     * enough.
     */
    const uint8_t *journal = slot_at(mapping, 1);
    uint8_t *home = slot_at(mapping, 0);
    size_t size = (size_t)slot->length;
    shared_copy_in(home, journal, size / 2);
    shared_copy_in(home + size / 2, journal + size / 2, size - size / 2);

    /*
     * A program that reads slot 0 without the trailer stops at the terminator,
     * or reads to the end of the view. So write the terminator, and overwrite
     * the rest of the older contents with zeros.
     */
    shared_zero(home + size, WINSHM_TERMINATOR + (stale > slot->length ? (size_t)(stale - slot->length) : 0));
    store_slot(&mapping->trailer->slots[0], slot);
    shared_store64_release(&mapping->trailer->current, sequence << 1);
}

bool value_begin_update(const struct mapping *mapping, struct value_update *update)
{
    struct value_look look;
    if (!value_look(mapping, &look) || value_sequence(&look) == SEQUENCE_LAST) {
        return false;
    }
    if ((look.current & 1) != 0) {
        /*
         * The last updater died in steps 6 or 7. The length of the contents
         * that were in slot 0 before is lost, so assume the full capacity.
         */
        bring_home(mapping, value_sequence(&look), &look.slot, mapping->capacity);
    }
    *update = (struct value_update){
        .mapping = mapping, .sequence = value_sequence(&look), .old = look.slot, .journal = slot_at(mapping, 1)};
    return true;
}

void value_keep(const struct value_update *update, uint64_t length)
{
    size_t old = (size_t)update->old.length;
    shared_copy_in(update->journal, slot_at(update->mapping, 0), old);
    if (length > old) {
        shared_zero(update->journal + old, (size_t)length - old);
    }
}

void value_write(const struct value_update *update, uint64_t at, const uint8_t *bytes, size_t size)
{
    shared_copy_in(update->journal + at, bytes, size);
}

void value_commit(const struct value_update *update, uint64_t length, struct value_text text)
{
    const struct mapping *mapping = update->mapping;
    winshm_slot slot = {.length = length,
                        .updated = clock_wall(),
                        .encoding = text.encoding,
                        .code_page = text.code_page,
                        .writer = process_id()};
    /* Steps 3 to 5: the journal is complete before `current` names it. */
    shared_zero(update->journal + length, WINSHM_TERMINATOR);
    store_slot(&mapping->trailer->slots[1], &slot);
    shared_store64_release(&mapping->trailer->current, (update->sequence + 1) << 1 | 1);
    bring_home(mapping, update->sequence + 1, &slot, update->old.length);
}
