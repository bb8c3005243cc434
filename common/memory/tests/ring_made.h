/* ring_made.h - both sides of a ring in private memory, for tests. */
#ifndef COMMON_MEMORY_TESTS_RING_MADE_H
#define COMMON_MEMORY_TESTS_RING_MADE_H

#include <stdlib.h>

#include "common/memory/ring.h"

/*
 * The ring and the trailer are two blocks, so that the sanitizers detect an
 * access behind either of them.
 */
struct made {
    struct mapping mapping;
    winshm_trailer *trailer;
    uint8_t *bytes;
    struct ring producer;
    struct ring consumer;
};

static inline void made_free(struct made *made)
{
    free(made->bytes);
    free(made->trailer);
    *made = (struct made){0};
}

/*
 * Create a ring of `capacity` bytes with these positions, and attach both
 * sides. The caller calls made_free().
 */
static inline void made_begin(struct made *made, uint64_t capacity, uint64_t tail, uint64_t head)
{
    made->bytes = malloc((size_t)capacity);
    made->trailer = aligned_alloc(128, sizeof *made->trailer);
    if (made->bytes == NULL || made->trailer == NULL) {
        abort();
    }
    for (uint64_t i = 0; i < capacity; i++) {
        made->bytes[i] = '.';
    }
    *made->trailer = (winshm_trailer){.head = head, .tail = tail, .kind = WINSHM_STREAM, .capacity = capacity};
    made->mapping = (struct mapping){.view = {.base = made->bytes},
                                     .trailer = made->trailer,
                                     .kind = WINSHM_STREAM,
                                     .capacity = capacity,
                                     .consumers = 1};
    ring_produce(&made->producer, &made->mapping);
    ring_consume(&made->consumer, &made->mapping, 0);
}

#endif
