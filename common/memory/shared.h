/*
 * shared.h - reading and writing memory that another process may be changing at this moment.
 *
 * Each access is a single machine access of a named order, so that a value is read once and as a whole, and the
 * compiler can neither repeat it nor tear it. On x86 all of them are plain moves.
 */
#ifndef COMMON_MEMORY_SHARED_H
#define COMMON_MEMORY_SHARED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The tests look, store, kill or switch programs before any access. Weak: a
 * test may have no use for it.
 */
#ifdef SHARED_STEPS
__attribute__((weak)) void shared_step(const void *at, size_t size, bool stores);
#define SHARED_STEP(at, stores) (shared_step != NULL ? shared_step(at, sizeof *(at), stores) : (void)0)
#else
#define SHARED_STEP(at, stores) ((void)0)
#endif

#define SHARED_ACCESSORS(bits)                                                                                         \
    static inline uint##bits##_t shared_load##bits##_acquire(const uint##bits##_t *from)                               \
    {                                                                                                                  \
        SHARED_STEP(from, false);                                                                                      \
        return atomic_load_explicit((const _Atomic uint##bits##_t *)from, memory_order_acquire);                       \
    }                                                                                                                  \
    static inline void shared_store##bits##_release(uint##bits##_t *to, uint##bits##_t value)                          \
    {                                                                                                                  \
        SHARED_STEP(to, true);                                                                                         \
        atomic_store_explicit((_Atomic uint##bits##_t *)to, value, memory_order_release);                              \
    }

SHARED_ACCESSORS(8)
SHARED_ACCESSORS(32)
SHARED_ACCESSORS(64)

#undef SHARED_ACCESSORS

/* Copy `size` bytes to, or from, shared memory: each byte with release, or acquire, order. See winshm.h, UPDATES. */
void shared_copy_in(uint8_t *shared, const uint8_t *from, size_t size);
void shared_copy_out(uint8_t *to, const uint8_t *shared, size_t size);
void shared_zero(uint8_t *shared, size_t size);

#endif
