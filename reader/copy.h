/*
 * copy.h - copies a value or other memory, or the requested part of it, as it
 * was at one moment.
 *
 * Other processes may change the memory while shmread reads it. So shmread
 * prints a private copy wherever it can. A value has a protocol by which a
 * reader detects that its copy is not whole: see winshm.h, UPDATES. The memory
 * of another program has none. There the reader compares its copy with the
 * memory, or makes the copy while it owns a mutex of that program.
 */
#ifndef READER_COPY_H
#define READER_COPY_H

#include "common/memory/trailer.h"
#include "common/memory/value.h"
#include "reader/context.h"

/* Return true if all bytes are requested, and not only a part of them. */
bool copy_wants_all(const struct reader_options *options);

/* The requested part of the contents of a value, all of it from one update. */
struct copied_value {
    const struct mapping *mapping;
    struct value_look look; /* the look at that update */
    uint64_t from;          /* offset of the part in the contents */
    uint64_t size;          /* bytes of the part */
    const uint8_t *bytes;   /* the part; NULL if there is no memory for a copy of it */
    uint8_t *buffer;        /* owned: for the copy, or for one piece of the part; or NULL */
    size_t room;            /* bytes for which the buffer has room */
};

/* The result of copy_value(). */
enum copy_verdict {
    COPY_TAKEN,     /* the value can be printed */
    COPY_BEYOND,    /* --offset is beyond the end of the contents, look.slot.length */
    COPY_LATE,      /* the value kept changing until the deadline */
    COPY_RESTLESS,  /* the value kept changing for ten seconds */
    COPY_DAMAGED,   /* the trailer is damaged */
    COPY_NO_MEMORY, /* there is no memory, not even for a piece */
};

/*
 * Copy the requested part of the contents of a value of ours, all of it from
 * one update. If an update changes the value during the copy, look at the value
 * again, until the deadline and for at most ten seconds. Print no message.
 *
 * With COPY_TAKEN value->bytes points to a private copy of the part, with two
 * exceptions:
 *   - A sealed value never changes, and is not copied: value->bytes points into
 *     the view.
 *   - If there is no memory for the copy, value->bytes is NULL, and the buffer
 *     has room for a piece of the part. print_value() then prints one piece
 *     after the other.
 * After any other verdict there is nothing to print. The caller calls
 * copy_give() after every verdict.
 */
enum copy_verdict copy_value(const struct reader *reader, const struct mapping *mapping, struct copied_value *value);

/* Release the buffer, and clear *value. */
void copy_give(struct copied_value *value);

/*
 * Report the failure that `verdict` means, and return its status. Return
 * EXIT_DONE without a message for COPY_TAKEN.
 */
enum status copy_explain(const struct reader *reader, enum copy_verdict verdict, const struct copied_value *value);

/*
 * The requested part of memory that is printed without regard to a trailer: the
 * memory of another program, or any memory with --raw.
 */
struct copied_memory {
    uint64_t offset;        /* of the part in the view */
    const uint8_t *bytes;   /* the part, in the copy or in the view */
    size_t size;            /* bytes, without the NUL that ends a string */
    uint8_t *copy;          /* owned; NULL if the part was not copied */
    struct value_text text; /* the encoding that was detected; WINSHM_BYTES if it is no string */
};

/*
 * Copy the requested part of `view`. With --raw, with --hex but not --text, and
 * for numbers and fields, the part is all bytes that --offset and --length select.
 * Otherwise it is a string, and ends before the first NUL in these bytes.
 *
 * How the copy is made depends on the size of the part and on `mutex`:
 *   - If `mutex` is not NULL, this thread waits for it until the deadline, and
 *     makes the copy while it owns the mutex. If the last owner died, the copy
 *     may not be whole, and a message for --verbose says so.
 *   - Without a mutex, a part of up to 16 MiB is copied again, a few times at
 *     most, until the copy equals the memory.
 *   - Without a mutex, a larger part is copied once if `is_kept` is set, which
 *     means that the caller needs the part after it has unmapped the view.
 *     Otherwise the part stays in the view, and part->copy is NULL.
 *
 * Return EXIT_DONE. Then the caller releases part->copy with memory_give().
 * Otherwise report the failure and return its status: --offset is beyond the
 * end, there is no memory for the copy, or the mutex cannot be owned.
 */
enum status copy_memory(const struct reader *reader, const struct view *view, object *mutex, bool is_kept,
                        struct copied_memory *part);

#endif
