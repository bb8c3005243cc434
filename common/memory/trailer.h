/*
 * trailer.h - plans, writes and checks the trailer of a mapping.
 *
 * A mapping is a view of a section that shmwrite created. Its trailer is the
 * last WINSHM_TRAILER_SIZE bytes of the view (winshm.h, THE LAYOUT). The
 * creator plans the sizes with trailer_plan(), creates and maps the section,
 * writes the identity with trailer_begin(), and then publishes the contents
 * (value.h). Any other process maps an existing section and calls
 * trailer_attach(), which detects whether the view has such a trailer and
 * whether it can be trusted.
 *
 * Every field of a trailer that another process has created may contain
 * anything. So trailer_attach() loads each field of the identity once, checks
 * the copy, and returns it in a struct mapping. The other functions use the
 * copy, and never load the identity again.
 */
#ifndef COMMON_MEMORY_TRAILER_H
#define COMMON_MEMORY_TRAILER_H

#include <stdbool.h>

#include "common/include/winshm.h"
#include "common/platform.h"

/*
 * The largest capacity that can be planned, in bytes. No machine has so much
 * memory, and the size of a section with two such slots fits into 64 bits.
 */
#define TRAILER_CAPACITY_MAX (UINT64_C(1) << 62)

/* The sizes of a mapping that is to be created, and its number of reads. */
struct trailer_plan {
    uint32_t kind;         /* enum winshm_kind */
    uint64_t capacity;     /* bytes */
    uint64_t slot_size;    /* bytes */
    uint64_t section_size; /* bytes, whole pages */
    uint64_t reads;        /* complete reads after which the holder lets go; 0: not counted */
    uint32_t consumers;    /* of a stream; otherwise 0 */
};

/*
 * Plan the mapping of a stream for 1 to WINSHM_CONSUMERS_MAX consumers. Its
 * capacity is the smallest power of two that is at least `size` bytes and at
 * least WINSHM_PAGE. Write all of *plan, with `reads` 0, and return true.
 * Return false if `size` is more than TRAILER_CAPACITY_MAX.
 */
bool trailer_plan_stream(uint64_t size, uint32_t consumers, struct trailer_plan *plan);

/*
 * Plan a mapping of `kind`, WINSHM_VALUE or WINSHM_SEALED, for contents of
 * `capacity` bytes. A value has two slots and a sealed one has one slot. If
 * `at_least`, raise the capacity to the largest one that needs no more pages.
 * Write all of *plan, with `reads` 0, and return true. Return false if
 * `capacity` is more than TRAILER_CAPACITY_MAX.
 */
bool trailer_plan(uint32_t kind, uint64_t capacity, bool at_least, struct trailer_plan *plan);

/*
 * The result of checking a view, in the order of the checks. "Ours" means that
 * the trailer has the magic number. shmread prints TRAILER_FOREIGN and
 * TRAILER_OURS, and with --raw also the verdicts between TRAILER_NEWER and
 * TRAILER_OURS.
 */
enum trailer_verdict {
    TRAILER_FOREIGN,  /* no magic number: another program created the section */
    TRAILER_EMPTY,    /* only zeros: some program has just created the section */
    TRAILER_FILLING,  /* ours: the contents do not exist yet */
    TRAILER_RELEASED, /* ours: the contents do not exist any more */
    TRAILER_NEWER,    /* ours: a layout that this program does not know */
    TRAILER_DAMAGED,  /* ours: its fields contradict each other or the size of the view */
    TRAILER_OURS      /* ours: the fields below can be used */
};

/*
 * A view and the identity in its trailer. The numbers are copies, which were
 * loaded once and checked. Copy this struct freely: it owns nothing, and is
 * valid as long as the view is mapped.
 */
struct mapping {
    struct view view;
    winshm_trailer *trailer; /* in the view */
    uint32_t kind;
    uint64_t capacity;
    uint64_t slot_size;
    uint64_t created;
    uint32_t creator;
    uint64_t reads;     /* complete reads after which its holder lets go; 0: they are not counted */
    uint32_t consumers; /* of a stream or a fan-out; 0 for a value */
};

/* The fields that distinguish a mapping from a later one of the same name. */
struct trailer_identity {
    uint64_t created;
    uint32_t creator;
};

static inline struct trailer_identity trailer_identify(const struct mapping *mapping)
{
    return (struct trailer_identity){.created = mapping->created, .creator = mapping->creator};
}

/* Return whether `mapping` is the one with this identity. */
static inline bool trailer_is_same(const struct mapping *mapping, struct trailer_identity identity)
{
    return mapping->created == identity.created && mapping->creator == identity.creator;
}

/* Return whether the mapping is a stream, for one consumer or several. */
static inline bool trailer_is_stream(const struct mapping *mapping)
{
    return mapping->kind == WINSHM_STREAM || mapping->kind == WINSHM_FANOUT;
}

/* Return the lines of the consumers of a stream: mapping->consumers lines. */
static inline winshm_consumer *trailer_consumers(const struct mapping *mapping)
{
    void *fanned_out = mapping->view.base + mapping->capacity;
    void *only_one = &mapping->trailer->tail;
    return mapping->kind == WINSHM_FANOUT ? fanned_out : only_one;
}

/* Return whether a view with this verdict has the magic number. */
static inline bool trailer_is_ours(enum trailer_verdict verdict)
{
    return verdict != TRAILER_FOREIGN && verdict != TRAILER_EMPTY;
}

/* Return whether all of the bytes are zero, as they also are if `size` is 0. */
bool trailer_is_zero(const uint8_t *bytes, size_t size);

/*
 * Check a view as winshm.h describes at PUBLICATION, and return the verdict.
 * Fill *mapping from the view:
 *   - FOREIGN, EMPTY, FILLING: only mapping->view is set, the rest is zero.
 *   - RELEASED: the identity is set. mapping->trailer is NULL if the identity
 *     does not fit the view.
 *   - NEWER, DAMAGED: the identity is set, but must not be trusted.
 *   - OURS: the identity is set, and fits the view: the slots, or the ring and
 *     the lines of its consumers, lie before the trailer.
 * A value whose counted reads are used up is TRAILER_RELEASED, even if its
 * holder has not stored this state.
 *
 * To distinguish TRAILER_EMPTY, this function reads all committed bytes of a
 * view without the magic number. The slots are not checked here: value_look()
 * checks their lengths.
 */
enum trailer_verdict trailer_attach(const struct view *view, struct mapping *mapping);

/*
 * Like trailer_attach(), but read only the trailer, so that the time does not
 * depend on the size of the view. Return TRAILER_FOREIGN instead of
 * TRAILER_EMPTY.
 */
enum trailer_verdict trailer_glance(const struct view *view, struct mapping *mapping);

/*
 * End a value or a stream: store WINSHM_RELEASED in `state`, and pass a fence.
 * The fence pairs with that of trailer_is_released(): if an updater has not
 * seen this state after its update, then everything that this process loads
 * after the fence includes the update. Only the holder calls this function, or
 * the owner of the mutex `writer` if the holder is dead.
 */
void trailer_release(const struct mapping *mapping);

/*
 * Pass a fence, and then return whether the value has been released or its
 * counted reads are used up. An updater calls this after its update (winshm.h,
 * UPDATES, step 8). If the result is true, the update may be lost.
 */
bool trailer_is_released(const struct mapping *mapping);

/*
 * Make a released value exist again, by storing WINSHM_PUBLISHED in `state`.
 * The owner of the mutex `writer` calls this after an update, if the value has
 * no holder and this process is about to become its holder.
 */
void trailer_revive(const struct mapping *mapping);

/*
 * Record that this process holds the value from now on: store the time in
 * `held` and the process ID in `holder`. The caller owns the mutex `holder`.
 */
void trailer_record_holder(const struct mapping *mapping);

/*
 * Count one more complete read in `reads_done`, and return whether it was the
 * last that the value allows. Only the holder calls this, so that no read is
 * counted twice.
 */
bool trailer_count_read(const struct mapping *mapping);

/*
 * Begin a mapping in a view of a new section, whose bytes are all zero: store
 * the magic number, and then the rest of the identity from *plan, the clock and
 * this process. `state` stays WINSHM_FILLING, so that other processes see a
 * mapping of ours without contents. Fill *mapping. The caller owns the mutex
 * `writer`, and publishes the contents next.
 */
void trailer_begin(const struct view *view, const struct trailer_plan *plan, struct mapping *mapping);

#endif
