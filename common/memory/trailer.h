/* trailer.h - what a view is: ours, not ours, or not to be believed. */
#ifndef COMMON_MEMORY_TRAILER_H
#define COMMON_MEMORY_TRAILER_H

#include <stdbool.h>

#include "common/include/winshm.h"
#include "common/platform.h"

/* 2^62 bytes are beyond every machine, and far enough from the end of the numbers for all sums. */
#define TRAILER_CAPACITY_MAX (UINT64_C(1) << 62)

/* How large a mapping has to be. */
struct trailer_plan {
    uint32_t kind;         /* enum winshm_kind */
    uint64_t capacity;     /* bytes */
    uint64_t slot_size;    /* bytes */
    uint64_t section_size; /* bytes, whole pages */
    uint64_t reads;        /* complete reads after which the holder lets go; 0: it does not count them */
};

/*
 * Plan the mapping of a stream whose ring has at least `size` bytes: a power of two, and at least a page. False if
 * `size` is more than TRAILER_CAPACITY_MAX.
 */
bool trailer_plan_stream(uint64_t size, struct trailer_plan *plan);

/*
 * Plan a mapping of `kind`, WINSHM_VALUE or WINSHM_SEALED, for `capacity` bytes of contents. With `at_least`, the
 * capacity becomes all that the same number of pages can hold. False if it is more than TRAILER_CAPACITY_MAX.
 */
bool trailer_plan(uint32_t kind, uint64_t capacity, bool at_least, struct trailer_plan *plan);

/* What a view turned out to be. The order is that in which it is told; from TRAILER_NEWER on --raw prints it. */
enum trailer_verdict {
    TRAILER_FOREIGN,  /* no magic number: whatever its maker put there */
    TRAILER_EMPTY,    /* nothing but zeros: its maker has just created it, whoever that is */
    TRAILER_FILLING,  /* ours, and not there yet */
    TRAILER_RELEASED, /* ours, and not there any more */
    TRAILER_NEWER,    /* ours, of a layout that this program does not know */
    TRAILER_DAMAGED,  /* ours, and its fields contradict each other or the size of the view */
    TRAILER_OURS
};

/* A view of ours with what was read from its identity, once, and checked. */
struct mapping {
    struct view view;
    winshm_trailer *trailer; /* in the view */
    uint32_t kind;
    uint64_t capacity;
    uint64_t slot_size;
    uint64_t created;
    uint32_t creator;
    uint64_t reads; /* complete reads after which its holder lets go; 0: they are not counted */
};

/* Does a view with this verdict have our trailer? */
static inline bool trailer_is_ours(enum trailer_verdict verdict)
{
    return verdict != TRAILER_FOREIGN && verdict != TRAILER_EMPTY;
}

/* Is it nothing but zeros? Memory of no size is. */
bool trailer_is_zero(const uint8_t *bytes, size_t size);

/*
 * Judge a view, and fill `mapping` from it; only mapping->view where it is
 * foreign, empty or just being filled. A released value whose identity does not
 * fit the view has no mapping->trailer either. A value that has been read as
 * often as it may be is TRAILER_RELEASED, whether or not its holder has stored
 * that.
 */
enum trailer_verdict trailer_attach(const struct view *view, struct mapping *mapping);

/* The same from the trailer alone, however large the view is: TRAILER_EMPTY is not told from TRAILER_FOREIGN. */
enum trailer_verdict trailer_glance(const struct view *view, struct mapping *mapping);

/*
 * The end of a value or stream: store WINSHM_RELEASED and pass a fence, so that
 * an updater that has not seen this yet is seen to have come before it. Only its
 * holder calls this, or the owner of `writer` when the holder is dead.
 */
void trailer_release(const struct mapping *mapping);

/*
 * Whether it has been released, or read as often as it may be. Passes the fence
 * that follows an update first.
 */
bool trailer_is_released(const struct mapping *mapping);

/*
 * Make a released value exist again: called by the owner of `writer` after it
 * has put new contents there, when the name is kept and has no holder.
 */
void trailer_revive(const struct mapping *mapping);

/* This process holds the value from now on. */
void trailer_record_holder(const struct mapping *mapping);

/* One more complete read. Return whether it was the last. Only the holder calls this. */
bool trailer_count_read(const struct mapping *mapping);

/* Begin a mapping in a fresh, zeroed view: from here on readers know that it is ours, and being filled. */
void trailer_begin(const struct view *view, const struct trailer_plan *plan, struct mapping *mapping);

#endif
