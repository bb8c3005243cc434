/* trailer.c - plans, writes and checks the trailer of a mapping. */
#include "common/memory/trailer.h"

#include <string.h>

#include "common/memory/shared.h"

/*
 * Round up to a multiple of `unit`, a power of two. The sum does not overflow,
 * because every size here is at most twice TRAILER_CAPACITY_MAX and a few
 * bytes.
 */
static uint64_t round_up(uint64_t size, uint64_t unit)
{
    return (size + unit - 1) & ~(unit - 1);
}

/* Return the number of slots. Only a value has a journal. */
static uint64_t slots_of(uint32_t kind)
{
    return kind == WINSHM_SEALED ? 1 : 2;
}

bool trailer_plan(uint32_t kind, uint64_t capacity, bool at_least, struct trailer_plan *plan)
{
    if (capacity > TRAILER_CAPACITY_MAX) {
        return false;
    }
    uint64_t slots = slots_of(kind);
    uint64_t slot_size = round_up(capacity + WINSHM_TERMINATOR, WINSHM_SLOT_ALIGN);
    uint64_t section_size = round_up(slots * slot_size + WINSHM_TRAILER_SIZE, WINSHM_PAGE);
    if (at_least) {
        /* Divide all the room before the trailer among the slots. */
        slot_size = ((section_size - WINSHM_TRAILER_SIZE) / slots) & ~(uint64_t)(WINSHM_SLOT_ALIGN - 1);
        capacity = slot_size - WINSHM_TERMINATOR;
    }
    *plan =
        (struct trailer_plan){.kind = kind, .capacity = capacity, .slot_size = slot_size, .section_size = section_size};
    return true;
}

bool trailer_plan_stream(uint64_t size, uint32_t consumers, struct trailer_plan *plan)
{
    if (size > TRAILER_CAPACITY_MAX) {
        return false;
    }
    uint64_t capacity = WINSHM_PAGE;
    while (capacity < size) {
        capacity *= 2;
    }
    /*
     * The ring has whole pages, so the trailer needs one more page. That page
     * also has room for the lines of a fan-out's consumers.
     */
    *plan = (struct trailer_plan){.kind = consumers == 1 ? WINSHM_STREAM : WINSHM_FANOUT,
                                  .capacity = capacity,
                                  .section_size = capacity + WINSHM_PAGE,
                                  .consumers = consumers};
    return true;
}

/*
 * Return the address of the trailer in a view of at least WINSHM_TRAILER_SIZE
 * bytes.
 */
static winshm_trailer *trailer_of(const struct view *view)
{
    return (winshm_trailer *)(void *)(view->base + view->size - WINSHM_TRAILER_SIZE);
}

/* All bytes are zero if the first is zero and each one equals the next. */
bool trailer_is_zero(const uint8_t *bytes, size_t size)
{
    return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/*
 * Return whether the counted reads are used up. Then the holder is about to
 * release the value, or has died before it could.
 */
static bool is_read_up(const struct mapping *mapping)
{
    return mapping->reads != 0 && shared_load64_acquire(&mapping->trailer->reads_done) >= mapping->reads;
}

enum trailer_verdict trailer_attach(const struct view *view, struct mapping *mapping)
{
    enum trailer_verdict verdict = trailer_glance(view, mapping);
    if (verdict == TRAILER_FOREIGN) {
        /*
         * The creator may store the magic number while we look for zeros. The
         * bytes that we found not to be zero may then be its own, so look at
         * the trailer again.
         */
        bool empty = trailer_is_zero(view->base, view->committed);
        verdict = trailer_glance(view, mapping);
        if (verdict == TRAILER_FOREIGN && empty) {
            verdict = TRAILER_EMPTY;
        }
    }
    return verdict;
}

enum trailer_verdict trailer_glance(const struct view *view, struct mapping *mapping)
{
    *mapping = (struct mapping){.view = *view};
    /*
     * Every section of ours has at least a page, and is committed completely.
     */
    if (view->size < WINSHM_PAGE || view->committed != view->size) {
        return TRAILER_FOREIGN;
    }
    const winshm_trailer *trailer = trailer_of(view);
    if (shared_load64_acquire(&trailer->magic) != WINSHM_MAGIC) {
        return TRAILER_FOREIGN;
    }
    /* The creator stores `state` after the identity, so load it before that. */
    uint32_t state = shared_load32_acquire(&trailer->state);
    if (state == WINSHM_FILLING) {
        return TRAILER_FILLING;
    }

    uint32_t layout = shared_load32_acquire(&trailer->layout);
    uint64_t section_size = shared_load64_acquire(&trailer->section_size);
    mapping->trailer = trailer_of(view);
    mapping->kind = shared_load32_acquire(&trailer->kind);
    mapping->capacity = shared_load64_acquire(&trailer->capacity);
    mapping->slot_size = shared_load64_acquire(&trailer->slot_size);
    mapping->created = shared_load64_acquire(&trailer->created);
    mapping->creator = shared_load32_acquire(&trailer->creator);
    mapping->reads = shared_load64_acquire(&trailer->reads);
    mapping->consumers = mapping->kind == WINSHM_FANOUT   ? shared_load32_acquire(&trailer->consumers)
                         : mapping->kind == WINSHM_STREAM ? 1
                                                          : 0;
    if (layout > WINSHM_LAYOUT && state != WINSHM_RELEASED) {
        return TRAILER_NEWER;
    }

    /*
     * Compare every size with the real size of the view. The numbers may be
     * anything, so only divide and subtract: a product or a sum might overflow
     * and seem to fit.
     */
    uint64_t room = view->size - WINSHM_TRAILER_SIZE;
    bool sound = (state == WINSHM_PUBLISHED || state == WINSHM_RELEASED) && layout == WINSHM_LAYOUT &&
                 section_size == view->size;
    switch (mapping->kind) {
    case WINSHM_VALUE:
    case WINSHM_SEALED:
        sound = sound && mapping->slot_size <= room / slots_of(mapping->kind) &&
                mapping->slot_size % WINSHM_SLOT_ALIGN == 0 && mapping->slot_size >= WINSHM_TERMINATOR &&
                mapping->capacity <= mapping->slot_size - WINSHM_TERMINATOR;
        break;
    case WINSHM_STREAM:
    case WINSHM_FANOUT:
        sound = sound && mapping->capacity >= WINSHM_PAGE && mapping->capacity <= room &&
                (mapping->capacity & (mapping->capacity - 1)) == 0;
        break;
    default:
        sound = false;
    }
    if (mapping->kind == WINSHM_FANOUT) {
        /* The ring and the view are whole pages, so these lines fit between the ring and the trailer. */
        sound = sound && mapping->consumers >= 2 && mapping->consumers <= WINSHM_CONSUMERS_MAX;
    }
    if (state == WINSHM_RELEASED || (sound && is_read_up(mapping))) {
        mapping->trailer = sound ? mapping->trailer : NULL;
        return TRAILER_RELEASED;
    }
    return sound ? TRAILER_OURS : TRAILER_DAMAGED;
}

void trailer_release(const struct mapping *mapping)
{
    shared_store32_release(&mapping->trailer->state, WINSHM_RELEASED);
    atomic_thread_fence(memory_order_seq_cst);
}

bool trailer_is_released(const struct mapping *mapping)
{
    atomic_thread_fence(memory_order_seq_cst);
    return shared_load32_acquire(&mapping->trailer->state) == WINSHM_RELEASED || is_read_up(mapping);
}

void trailer_revive(const struct mapping *mapping)
{
    shared_store32_release(&mapping->trailer->state, WINSHM_PUBLISHED);
}

void trailer_record_holder(const struct mapping *mapping)
{
    shared_store64_release(&mapping->trailer->held, clock_wall());
    shared_store32_release(&mapping->trailer->holder, process_id());
}

bool trailer_count_read(const struct mapping *mapping)
{
    uint64_t done = shared_load64_acquire(&mapping->trailer->reads_done) + 1;
    shared_store64_release(&mapping->trailer->reads_done, done);
    return done >= mapping->reads;
}

void trailer_begin(const struct view *view, const struct trailer_plan *plan, struct mapping *mapping)
{
    winshm_trailer *trailer = trailer_of(view);
    shared_store64_release(&trailer->magic, WINSHM_MAGIC);
    /*
     * Nothing that follows becomes visible before the magic number, not even a
     * plain store.
     */
    atomic_thread_fence(memory_order_release);

    *mapping = (struct mapping){.view = *view,
                                .trailer = trailer,
                                .kind = plan->kind,
                                .capacity = plan->capacity,
                                .slot_size = plan->slot_size,
                                .created = clock_wall(),
                                .creator = process_id(),
                                .reads = plan->reads,
                                .consumers = plan->consumers};
    shared_store32_release(&trailer->layout, WINSHM_LAYOUT);
    shared_store32_release(&trailer->kind, plan->kind);
    shared_store64_release(&trailer->section_size, view->size);
    shared_store64_release(&trailer->capacity, plan->capacity);
    shared_store64_release(&trailer->slot_size, plan->slot_size);
    shared_store64_release(&trailer->created, mapping->created);
    shared_store32_release(&trailer->creator, mapping->creator);
    shared_store32_release(&trailer->consumers, plan->kind == WINSHM_FANOUT ? plan->consumers : 0);
    shared_store64_release(&trailer->reads, mapping->reads);
    shared_store64_release(&trailer->announced, mapping->created);
}
