/* shared.c - copies bytes to and from memory that other processes write. */
#include "common/memory/shared.h"

#include <string.h>

/*
 * The unit of a copy: a word of the machine, so that it is one access on 32-bit
 * systems too. The access to shared memory has to be aligned, so a copy moves
 * single bytes up to the first aligned address, then words, and then the last
 * bytes. A slot begins at a multiple of 64 bytes, so most copies begin with a
 * word. The private side is accessed with memcpy(), and needs no alignment.
 */
#if UINTPTR_MAX > UINT32_MAX
typedef uint64_t word;
#define word_store shared_store64_release
#define word_load shared_load64_acquire
#else
typedef uint32_t word;
#define word_store shared_store32_release
#define word_load shared_load32_acquire
#endif

/* Return the number of bytes before the first word, at most `size`. */
static size_t bytes_to_alignment(const uint8_t *shared, size_t size)
{
    size_t odd = (size_t)(-(uintptr_t)shared & (sizeof(word) - 1));
    return odd < size ? odd : size;
}

void shared_copy_in(uint8_t *shared, const uint8_t *from, size_t size)
{
    size_t done = 0;
    for (size_t odd = bytes_to_alignment(shared, size); done < odd; done++) {
        shared_store8_release(shared + done, from[done]);
    }
    for (; size - done >= sizeof(word); done += sizeof(word)) {
        word value;
        memcpy(&value, from + done, sizeof value);
        word_store((word *)(void *)(shared + done), value);
    }
    for (; done < size; done++) {
        shared_store8_release(shared + done, from[done]);
    }
}

void shared_copy_out(uint8_t *to, const uint8_t *shared, size_t size)
{
    size_t done = 0;
    for (size_t odd = bytes_to_alignment(shared, size); done < odd; done++) {
        to[done] = shared_load8_acquire(shared + done);
    }
    for (; size - done >= sizeof(word); done += sizeof(word)) {
        word value = word_load((const word *)(const void *)(shared + done));
        memcpy(to + done, &value, sizeof value);
    }
    for (; done < size; done++) {
        to[done] = shared_load8_acquire(shared + done);
    }
}

void shared_zero(uint8_t *shared, size_t size)
{
    static const uint8_t zeros[512];
    while (size > 0) {
        size_t piece = size < sizeof zeros ? size : sizeof zeros;
        shared_copy_in(shared, zeros, piece);
        shared += piece;
        size -= piece;
    }
}
