/* describe.h - what can be known about the section of a name, and its keys in JSON. */
#ifndef READER_DESCRIBE_H
#define READER_DESCRIBE_H

#include "common/include/winshm.h"
#include "common/memory/holder.h"
#include "common/memory/trailer.h"
#include "common/text/sddl.h"
#include "reader/json.h"

enum describe_kind {
    DESCRIBE_CLOSED, /* it may not be opened, or not be mapped */
    DESCRIBE_FOREIGN,
    DESCRIBE_EMPTY, /* nothing but zeros */
    DESCRIBE_FILLING,
    DESCRIBE_RELEASED,
    DESCRIBE_NEWER,
    DESCRIBE_DAMAGED,
    DESCRIBE_VALUE,
    DESCRIBE_SEALED,
    DESCRIBE_STREAM
};

/* A process that the memory names. */
struct describe_process {
    uint32_t id; /* 0: there was none yet */
    enum life life;
    uint32_t closed; /* of a stream: enum winshm_closed */
};

/* In the order of the lines of --stat. */
struct description { // NOLINT(clang-analyzer-optin.performance.Padding): there is one at a time
    const char *name;
    enum describe_kind kind;
    oserror open_error; /* why it is closed */
    oserror map_error;

    bool has_size;
    uint64_t size;      /* bytes */
    uint64_t committed; /* bytes; the size, when all of it is there */
    bool has_facts;
    struct section_facts facts;

    bool has_identity; /* it has a trailer of a layout that is known; when it is damaged, as far as it can be right: */
    bool has_capacity;
    uint64_t capacity;
    uint64_t created;

    bool has_contents; /* one look at a value */
    uint64_t updates;
    winshm_slot slot;
    struct describe_process writer;

    bool has_ring; /* one look at a stream */
    uint64_t head;
    uint64_t tail;
    struct describe_process producer;
    struct describe_process consumer;

    const char *user;                /* this one, as `sddl` writes it, or ""; not NULL: also */
    struct describe_process holding; /* the holder that the trailer names */
    bool has_holder;
    enum holder_state holder;
    oserror security_error;
    char sddl[SDDL_ROOM];
};

/*
 * Look at the memory `name`, which is opened once. `name` and `user` stay the
 * caller's. With a `user` the look is thorough: it searches the memory for
 * anything but zeros, and finds out which processes are alive, and who may use
 * the memory. If it `is_awaited`, the look ends where it finds nothing yet.
 * Without a user the look is quick, however large the section is. Memory that is
 * known to be backed by a file is foreign, and none of it is touched.
 */
void describe_take(const char *name, const char *user, bool is_awaited, struct description *description);

/* Return whether there is nothing yet that --wait would end with. */
bool describe_is_nothing(const struct description *description);

const char *describe_kind_text(enum describe_kind kind);
const char *describe_backing(const struct section_facts *facts);
const char *describe_closed(uint32_t closed); /* of enum winshm_closed, or "unknown" */

/* "bytes", "utf-8", "utf-16", "cp1252", or "unknown". */
#define DESCRIBE_ENCODING_ROOM 24
const char *describe_encoding(const winshm_slot *slot, char text[DESCRIBE_ENCODING_ROOM]);

/* Write it as an object. Keys of unknown values are left out. */
void describe_json(const struct description *description, struct json *json);

#endif
