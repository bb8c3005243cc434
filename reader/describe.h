/*
 * describe.h - describes a section for --stat and --list, also as JSON.
 *
 * --stat shows all of the description. --list shows only the parts that are
 * found quickly.
 */
#ifndef READER_DESCRIBE_H
#define READER_DESCRIBE_H

#include "common/include/winshm.h"
#include "common/memory/holder.h"
#include "common/memory/trailer.h"
#include "common/text/sddl.h"
#include "reader/json.h"

enum describe_kind {
    DESCRIBE_CLOSED,   /* it cannot be opened, or cannot be mapped */
    DESCRIBE_FOREIGN,  /* another program created it, or shmwrite --raw */
    DESCRIBE_EMPTY,    /* it contains only zeros */
    DESCRIBE_FILLING,  /* shmwrite is creating it, and has not published it yet */
    DESCRIBE_RELEASED, /* its holder has let go, but another program keeps the memory */
    DESCRIBE_NEWER,    /* a later version of shmwrite created it */
    DESCRIBE_DAMAGED,  /* its trailer is damaged */
    DESCRIBE_VALUE,
    DESCRIBE_SEALED,
    DESCRIBE_STREAM
};

/* A process whose ID is in the memory. */
struct describe_process {
    uint32_t id;     /* 0 if there was no such process yet */
    enum life life;  /* LIFE_UNKNOWN also in a quick look */
    uint32_t closed; /* how this side of a stream ended: enum winshm_closed */
};

/*
 * All that is known about a section, in the order of the lines of --stat. The
 * fields that follow a field `has_...` in its paragraph are valid only if that
 * one is true.
 */
struct description { // NOLINT(clang-analyzer-optin.performance.Padding): there is one at a time
    const char *name;
    enum describe_kind kind;
    oserror open_error; /* why it cannot be opened: DESCRIBE_CLOSED */
    oserror map_error;  /* why it cannot be mapped: DESCRIBE_CLOSED */

    bool has_size;
    uint64_t size;      /* bytes */
    uint64_t committed; /* bytes that may be read; less than the size if pages are only reserved */
    bool has_facts;
    struct section_facts facts; /* without has_facts: only is_file, once the section is mapped */

    bool has_identity; /* it has a trailer of the known layout, which may be damaged */
    bool has_capacity; /* the capacity fits into the section */
    uint64_t capacity;
    uint64_t created;

    bool has_contents; /* these are from one update of a value */
    uint64_t updates;  /* since the value was published */
    winshm_slot slot;
    struct describe_process writer; /* of this update */

    bool has_ring; /* the positions of a stream are possible, and from one moment */
    uint64_t head;
    uint64_t tails[WINSHM_CONSUMERS_MAX];
    uint64_t fill;                    /* bytes in the ring that the slowest consumer has not consumed */
    uint32_t slowest;                 /* its number */
    struct describe_process producer; /* of every DESCRIBE_STREAM, as are the consumers */
    struct describe_process consumers[WINSHM_CONSUMERS_MAX];
    uint32_t consumer_count; /* how many there are to be */

    /* A quick look sets only `user`, which is NULL, and holding.id. */
    const char *user;                /* the SID of this user, or "" */
    struct describe_process holding; /* the holder that the trailer names */
    bool has_holder;
    enum holder_state holder;
    oserror security_error; /* why there is no access list */
    char sddl[SDDL_ROOM];   /* the owner and the access list of the section */
};

/*
 * Look at the section `name`, and fill *description. The section is opened only
 * once, so that all of the description is about the same section. If the
 * section cannot be opened or mapped, set description->open_error or map_error.
 * Both strings must exist as long as the description.
 *
 * If `user` is NULL, the look is quick, however large the section is. It cannot
 * distinguish DESCRIBE_EMPTY from DESCRIBE_FOREIGN.
 *
 * If `user` is the SID of this user, as user_in_sddl() returns it, or "" if the
 * SID is not known, the look is thorough. It searches the memory for a byte
 * that is not zero, finds out which processes are alive, and reads the access
 * list. If `is_awaited` is set, the look leaves out processes and access list
 * while describe_is_nothing() is true, because the caller then looks again.
 *
 * A section that is backed by a file is always DESCRIBE_FOREIGN, and no byte of
 * it is read.
 */
void describe_take(const char *name, const char *user, bool is_awaited, struct description *description);

/*
 * Return true if there is no section, or one without contents: --wait then
 * looks again.
 */
bool describe_is_nothing(const struct description *description);

/* Return the word for the kind, such as "sealed". */
const char *describe_kind_text(enum describe_kind kind);

/*
 * Return the word for the memory behind a section: "memory", "file", "image" or
 * "reserved".
 */
const char *describe_backing(const struct section_facts *facts);

/* Return the word for an enum winshm_closed, such as "ended", or "unknown". */
const char *describe_closed(uint32_t closed);

/*
 * Return the name of the encoding of a slot: "bytes", "utf-8", "utf-16", a code
 * page such as "cp1252", or "unknown". `text` has room for the name of a code
 * page, and must exist as long as the name.
 */
#define DESCRIBE_ENCODING_ROOM 24
const char *describe_encoding(const winshm_slot *slot, char text[DESCRIBE_ENCODING_ROOM]);

/*
 * Return whether the slowest consumer of a stream is one that has come and has
 * not ended, and whether another one is ahead of it.
 */
bool describe_has_slowest(const struct description *description);

/*
 * Write the description as a JSON object. Leave out the keys of unknown values.
 */
void describe_json(const struct description *description, struct json *json);

#endif
