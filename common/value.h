/*
 * value.h - the contents of a value: published once, looked at without waiting, updated through a journal.
 * The protocol is that of winshm.h, UPDATES.
 */
#ifndef VALUE_H
#define VALUE_H

#include <stdbool.h>

#include "trailer.h"

/* What somebody says that the contents are. */
struct value_text {
    uint32_t encoding;  /* enum winshm_encoding */
    uint32_t code_page; /* with WINSHM_CODE_PAGE, else 0 */
};

/* Publish the first contents: `length` bytes that stand at value_contents() already, in a view that was zero. */
uint8_t *value_contents(const struct mapping *mapping);
void value_publish(const struct mapping *mapping, uint64_t length, struct value_text text);

/* One look: which slot is current, and what it holds. */
struct value_look {
    uint64_t current; /* sequence << 1 | slot, as in the trailer */
    const uint8_t *contents;
    winshm_slot slot; /* a copy; slot.length is within the capacity */
};

/* False when the trailer cannot be right. */
bool value_look(const struct mapping *mapping, struct value_look *look);

static inline uint64_t value_sequence(const struct value_look *look)
{
    return look->current >> 1;
}

/*
 * Copy contents[from, from + size) as they were at the look. False when they have changed since, or are changing: then
 * the copy is worthless, and another look is needed. Never waits. The range is within slot.length.
 */
bool value_copy(const struct mapping *mapping, const struct value_look *look, uint64_t from, uint8_t *to, size_t size);

/* Has nothing changed since the look? A sealed value never does. */
bool value_is_unchanged(const struct mapping *mapping, const struct value_look *look);

#endif
