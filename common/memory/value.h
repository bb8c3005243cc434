/*
 * value.h - the contents of a value: published once, looked at without waiting, updated through a journal.
 * The protocol is that of winshm.h, UPDATES.
 */
#ifndef COMMON_MEMORY_VALUE_H
#define COMMON_MEMORY_VALUE_H

#include <stdbool.h>

#include "common/memory/trailer.h"

/* What somebody says that the contents are. */
struct value_text {
    uint32_t encoding;  /* enum winshm_encoding */
    uint32_t code_page; /* with WINSHM_CODE_PAGE, else 0 */
};

/* Has it two bytes a character, and a NUL of two? */
static inline bool value_text_is_wide(struct value_text text)
{
    return text.encoding == WINSHM_UTF16;
}

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

/* What its writer says that the contents are. */
static inline struct value_text value_text_of(const struct value_look *look)
{
    return (struct value_text){.encoding = look->slot.encoding, .code_page = look->slot.code_page};
}

/*
 * Copy contents[from, from + size) as they were at the look. False when they have changed since, or are changing: then
 * the copy is worthless, and another look is needed. Never waits. The range is within slot.length.
 */
bool value_copy(const struct mapping *mapping, const struct value_look *look, uint64_t from, uint8_t *to, size_t size);

/*
 * An update, by the owner of `writer`: begin, write the new contents to the journal, commit. Until value_commit()
 * nobody sees anything of it; whoever is ended at any point of it leaves the old contents or the new ones, whole.
 *
 * value_begin_update() first finishes what a predecessor left, and returns false when the trailer cannot be right.
 */
struct value_update {
    const struct mapping *mapping;
    uint64_t sequence; /* of the contents that are there */
    winshm_slot old;   /* what they are */
    uint8_t *journal;  /* slot 1: room for the capacity */
};
bool value_begin_update(const struct mapping *mapping, struct value_update *update);

/* Begin the journal with the old contents, and zeros up to `length` bytes where that is more. */
void value_keep(const struct value_update *update, uint64_t length);

/* Write some of the new contents. The range is within the capacity. */
void value_write(const struct value_update *update, uint64_t at, const uint8_t *bytes, size_t size);

/* The new contents are `length` bytes, and complete. */
void value_commit(const struct value_update *update, uint64_t length, struct value_text text);

/* Has nothing changed since the look? A sealed value never does. */
bool value_is_unchanged(const struct mapping *mapping, const struct value_look *look);

#endif
