/*
 * value.h - publishes, reads and updates the contents of a value.
 *
 * The protocol is that of winshm.h, UPDATES. It has three parties:
 *   - The creator writes the first contents to value_contents(), and publishes
 *     them with value_publish().
 *   - A reader calls value_look(), which finds the current contents, and then
 *     value_copy(), which copies them and detects whether an update has changed
 *     them in between. In that case the reader begins again. A reader never
 *     waits, owns no mutex, and needs no right to write.
 *   - An updater owns the mutex `writer`. It writes the new contents to slot 1,
 *     the journal, makes slot 1 current, copies the contents to slot 0, and
 *     makes slot 0 current again. At every moment one slot is complete, and
 *     `current` names it.
 * A sealed value has no slot 1, and is never updated.
 */
#ifndef COMMON_MEMORY_VALUE_H
#define COMMON_MEMORY_VALUE_H

#include <stdbool.h>

#include "common/memory/trailer.h"

/* The encoding of the contents, as stated by the program that wrote them. */
struct value_text {
    uint32_t encoding;  /* enum winshm_encoding */
    uint32_t code_page; /* with WINSHM_CODE_PAGE, else 0 */
};

/* Return whether the text is UTF-16: then a NUL has two bytes. */
static inline bool value_text_is_wide(struct value_text text)
{
    return text.encoding == WINSHM_UTF16;
}

/* Return the address of the contents in slot 0, for the creator. */
uint8_t *value_contents(const struct mapping *mapping);

/*
 * Publish the first contents, `length` bytes that the creator has written to
 * value_contents(). Store slots[0] with the time and the process ID, then
 * `current`, then WINSHM_PUBLISHED in `state`. The bytes behind the contents
 * are zero already, as in every new section.
 */
void value_publish(const struct mapping *mapping, uint64_t length, struct value_text text);

/* The contents that were current at one moment. */
struct value_look {
    uint64_t current;        /* sequence << 1 | slot, as in the trailer */
    const uint8_t *contents; /* in the view: an update may change them */
    winshm_slot slot;        /* a copy; slot.length is at most the capacity */
};

/*
 * Find the current contents, and return true. Return false if the trailer is
 * damaged: the length is larger than the capacity, the sequence is 0, or slot 1
 * of a sealed value is current. Some of the fields in look->slot may be those
 * of another update, and then value_is_unchanged() returns false.
 */
bool value_look(const struct mapping *mapping, struct value_look *look);

/* Return the number of the update that wrote the contents: 1 for the first. */
static inline uint64_t value_sequence(const struct value_look *look)
{
    return look->current >> 1;
}

/* Return the encoding of the contents. */
static inline struct value_text value_text_of(const struct value_look *look)
{
    return (struct value_text){.encoding = look->slot.encoding, .code_page = look->slot.code_page};
}

/*
 * Copy look->contents[from, from + size) to `to`, a range within slot.length.
 * Return true if the copy is the contents at the moment of the look. Return
 * false if an update has changed them since: then discard the copy, and call
 * value_look() again. Never wait.
 */
bool value_copy(const struct mapping *mapping, const struct value_look *look, uint64_t from, uint8_t *to, size_t size);

/*
 * An update by the owner of the mutex `writer`: value_begin_update(), then any
 * number of value_keep() and value_write(), which write the new contents to the
 * journal, then value_commit(). Readers see the old contents until
 * value_commit(). An updater that dies at any point leaves the old contents or
 * the new ones, whole. An updater may also stop without value_commit(): then
 * the old contents stay.
 */
struct value_update {
    const struct mapping *mapping;
    uint64_t sequence; /* of the old contents */
    winshm_slot old;   /* describes the old contents, which are in slot 0 */
    uint8_t *journal;  /* slot 1, with room for the capacity and the terminator */
};

/*
 * Begin an update: fill *update, and return true. If the last updater died
 * after it made the journal current, first do the rest of its update (winshm.h,
 * UPDATES, step 2). Return false if the trailer is damaged, or if its sequence
 * is the last one that there is, which only a forged trailer has.
 */
bool value_begin_update(const struct mapping *mapping, struct value_update *update);

/*
 * Copy the old contents to the journal, for an update of a part. If `length` is
 * larger than their length, write zeros behind them up to `length` bytes.
 */
void value_keep(const struct value_update *update, uint64_t length);

/*
 * Write `size` bytes of the new contents to the journal, at offset `at`. The
 * range is within the capacity.
 */
void value_write(const struct value_update *update, uint64_t at, const uint8_t *bytes, size_t size);

/*
 * Make the first `length` bytes of the journal the new contents, with the
 * encoding `text`, the present time and this process as the writer. Then copy
 * them to slot 0. Readers see the new contents from the first of these two
 * steps on.
 */
void value_commit(const struct value_update *update, uint64_t length, struct value_text text);

/*
 * Return whether no update has been committed since the look. For a sealed
 * value the result is always true.
 */
bool value_is_unchanged(const struct mapping *mapping, const struct value_look *look);

#endif
