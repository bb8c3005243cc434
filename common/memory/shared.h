/*
 * shared.h - reads and writes memory that another process may be changing.
 *
 * Every access to such memory is one call of a function below, and each call is
 * a single machine access with a stated memory order. So a program reads a
 * number once and as a whole: the compiler can neither repeat the access nor
 * split it. A program that checks a number and then uses it must load it only
 * once, because a second load may return another number.
 *
 * On x86 all of these accesses are plain moves, but for shared_add64().
 */
#ifndef COMMON_MEMORY_SHARED_H
#define COMMON_MEMORY_SHARED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * If SHARED_STEPS is defined, as in tests, each access first calls
 * shared_step() with its address, its size in bytes, and whether it stores. The
 * test may examine or change the memory there, or kill or switch a simulated
 * program. The function is weak, because not every test defines it.
 */
#ifdef SHARED_STEPS
__attribute__((weak)) void shared_step(const void *at, size_t size, bool stores);
#define SHARED_STEP(at, stores) (shared_step != NULL ? shared_step(at, sizeof *(at), stores) : (void)0)
#else
#define SHARED_STEP(at, stores) ((void)0)
#endif

/*
 * Define two functions for numbers of 8, 32 or 64 bits. Their pointers are
 * aligned to the size of the number.
 *
 * shared_load<bits>_acquire() returns *from. Accesses that follow in the
 * program are not done before this load. shared_store<bits>_release() stores
 * `value` in *to. Accesses that precede it in the program are not done after
 * this store. So a process that loads a number which another process has stored
 * also sees everything that the other process had stored before.
 */
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

/*
 * Add `summand` to *to in one access, and return what was there before. No
 * other access of this program is moved across it.
 */
static inline uint64_t shared_add64(uint64_t *to, uint64_t summand)
{
    SHARED_STEP(to, true);
    return atomic_fetch_add_explicit((_Atomic uint64_t *)to, summand, memory_order_seq_cst);
}

/*
 * Copy `size` bytes from private to shared memory, from shared to private
 * memory, or write `size` zero bytes to shared memory. Each store to shared
 * memory has release order, and each load from it has acquire order: see
 * winshm.h, UPDATES. The copy as a whole is not one access, so that another
 * process may see a part of it. The pointers need no alignment, and the two
 * ranges must not overlap.
 */
void shared_copy_in(uint8_t *shared, const uint8_t *from, size_t size);
void shared_copy_out(uint8_t *to, const uint8_t *shared, size_t size);
void shared_zero(uint8_t *shared, size_t size);

#endif
