/*
 * winshm.h - the memory that shmwrite makes and shmread prints.
 *
 * This is the whole format: the layout, the names of the objects beside it, and the limits. It needs no other header
 * of the project and no <windows.h>, and compiles as C11 and as C++11. Both tools are built on this very file.
 *
 * READING IN TEN LINES. The contents begin at offset 0 of the mapping and are followed by at least two zero bytes, so
 * a program that only wants a string needs nothing from here:
 *
 *     HANDLE section = OpenFileMappingW(FILE_MAP_READ, FALSE, L"demo");
 *     const char *text = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
 *     printf("%s\n", text);
 *
 * A program that wants the exact bytes while somebody may be updating them follows winshm_trailer below;
 * common/examples/peek.c is such a program.
 *
 * THE LAYOUT. A view has the size of its section, a multiple of WINSHM_PAGE. The trailer is its last 512 bytes, so it
 * is found from the size of the view, which VirtualQuery gives. All numbers are little-endian and of fixed width, the
 * same for 32-bit and 64-bit programs.
 *
 *     value   offset 0            slot_size            2 * slot_size     view size - 512   view size
 *             | slot 0: contents 0 0 | slot 1: journal 0 0 | (unused) | trailer              |
 *
 *     sealed  offset 0                          slot_size                view size - 512   view size
 *             | contents 0 0                        | (unused) | trailer                     |
 *
 *     stream  offset 0                                            capacity, view size - 512   view size
 *             | ring: capacity bytes, a power of two | (unused) | trailer                    |
 *
 * The trailer is four lines of 128 bytes, so that no two writers share a cache line or its neighbour:
 *
 *         +0   producer   head, flags                    written by the producer of a stream
 *       +128   consumer   tail, flags                    written by the consumer of a stream
 *       +256   state      current, state, two slots      written by the creator, then by the owner of `writer`;
 *                         holder, held, reads_done       by the holder, as well as the end of the value in `state`
 *       +384   identity   kind, sizes, magic at +504     written once, by the creator, before publication
 *
 * PUBLICATION. The creator owns the mutex `writer` from before the section
 * exists. It stores `magic` first. At that moment `state` is still 0, which is
 * WINSHM_FILLING: a process that sees the magic number knows that the memory is
 * ours, and that there is nothing in it yet. The creator then writes identity
 * and contents, and stores WINSHM_PUBLISHED with release order. Readers load
 * `state` with acquire order.
 *
 * THE END. The holder that lets go stores WINSHM_RELEASED, passes a sequentially
 * consistent fence, and then closes its handles, the mutex `holder` last. A
 * released value does not exist any more, even while another program keeps the
 * memory: readers and updaters treat its name as free, or about to be free. An
 * updater passes such a fence after its last store and looks at `state` once
 * more: if it is still WINSHM_PUBLISHED, the update came before the end.
 *
 * COUNTED READS. With `reads` > 0 the holder lets go after that many complete
 * reads. A reader whose read may count owns the mutex `turn` while it reads,
 * raises the semaphore `reads` when it has delivered all of the contents, and
 * waits for the event `counted` until `reads_done` has grown. The holder raises
 * `reads_done`, stores WINSHM_RELEASED if that was the last read, and sets
 * `counted`. An updater owns `turn`, too, from before it changes the value until
 * after it. The names of these three end in `.<created>.<creator>`, two
 * hexadecimal numbers from the trailer, so that a late reader of an old value
 * cannot meet the next one.
 *
 * UPDATES. `current` is (sequence << 1) | slot. An updater owns the mutex `writer` and
 *   1. if slot 1 is current (its predecessor died in the middle), finishes from step 4;
 *   2. writes the new contents and their two zeros to slot 1, then slots[1];
 *   3. stores current = (sequence + 1) << 1 | 1;
 *   4. copies slot 1 to slot 0, slots[1] to slots[0];
 *   5. stores current = (sequence + 1) << 1 | 0.
 * A reader loads `current`, copies that slot, and accepts the copy only if `current` is still the same to the bit.
 * Every store of `current` is a release, every load an acquire, and the bytes of the slots are copied with release
 * stores and acquire loads too: plain moves on x86, and what keeps the copy between the two looks elsewhere.
 *
 * STREAMS. `head` and `tail` only grow; head - tail is what is in the ring. Each side keeps its own position to itself,
 * stores it with release order, and checks the other's each time. Before a side waits for its event it stores 1 to its
 * waiting flag, passes a sequentially consistent fence, and looks again; the other side stores its position, passes
 * such a fence, and looks at the flag: if it is set, it clears it and sets the event. Whoever leaves out a fence hangs,
 * rarely. Each side owns the mutex of its name while it is attached; it stores its closed word before it lets go of it,
 * so that a mutex that was abandoned, or is free without a closed word, is a death.
 */
#ifndef WINSHM_H
#define WINSHM_H

#include <stddef.h>
#include <stdint.h>

/* The version of this layout. It grows when a reader of the old one would misread the new one. */
#define WINSHM_LAYOUT 1

/* The last eight bytes of a view of ours: "winshm", Ctrl+Z, line feed. */
#define WINSHM_MAGIC UINT64_C(0x0A1A6D68736E6977)

#define WINSHM_PAGE 4096        /* section sizes are multiples of this, on every Windows */
#define WINSHM_TRAILER_SIZE 512 /* bytes, at the very end of the view */
#define WINSHM_TERMINATOR 2     /* zero bytes after the contents: a string in ANSI, UTF-8 and UTF-16 */
#define WINSHM_SLOT_ALIGN 64    /* slot_size is a multiple of this */

/*
 * Names: `x`, `Local\x` or `Global\x`; the base `x` has 1 to WINSHM_NAME_MAX UTF-16 units and no backslash. Case
 * matters. Companions are named `<prefix><base>.winshm.<role>`, in the namespace of the section:
 */
#define WINSHM_NAME_MAX 200
#define WINSHM_COMPANION ".winshm."
#define WINSHM_HOLDER "holder"     /* mutex, owned by the process that keeps the section alive */
#define WINSHM_RELEASE "release"   /* manual-reset event: set it, and the holder lets go */
#define WINSHM_WRITER "writer"     /* mutex, owned during an update */
#define WINSHM_READS "reads"       /* semaphore, released once for each complete read, or for a stream's consumer */
#define WINSHM_TURN "turn"         /* mutex, owned by a reader whose read may count, or by an updater */
#define WINSHM_COUNTED "counted"   /* auto-reset event: a reader waits until its read has been counted */
#define WINSHM_DATA "data"         /* auto-reset event: a stream's consumer waits for bytes */
#define WINSHM_SPACE "space"       /* auto-reset event: a stream's producer waits for room */
#define WINSHM_PRODUCER "producer" /* mutex, owned by a stream's producer while it is attached */
#define WINSHM_CONSUMER "consumer" /* mutex, owned by a stream's consumer while it is attached */
#define WINSHM_COMPANION_MAX 41    /* the longest of ".winshm.<role>" and ".winshm.<role>.<created>.<creator>" */

/* winshm_trailer.kind */
enum winshm_kind {
    WINSHM_VALUE = 1,  /* two slots, may be updated */
    WINSHM_SEALED = 2, /* one slot, never changes */
    WINSHM_STREAM = 3  /* a ring */
};

/* winshm_trailer.state */
enum winshm_state {
    WINSHM_FILLING = 0,   /* its creator is at work: treat it as not there yet */
    WINSHM_PUBLISHED = 1, /* identity and contents may be read */
    WINSHM_RELEASED = 2   /* its holder has let go: treat it as not there any more */
};

/* winshm_trailer.producer_closed and .consumer_closed: how a side of a stream ended. */
enum winshm_closed {
    WINSHM_OPEN = 0,    /* it has not */
    WINSHM_ENDED = 1,   /* well: the producer has sent all, the consumer has delivered all */
    WINSHM_FAILED = 2,  /* the producer's input failed, the consumer's output failed */
    WINSHM_CUT_OFF = 3, /* whoever read the consumer's output has gone away */
    WINSHM_DIED = 4     /* it died: stored by the other side */
};

/* winshm_slot.encoding: what the contents are. Only UTF-16 and CODE_PAGE are ever converted. */
enum winshm_encoding {
    WINSHM_BYTES = 0,    /* nothing is known about them */
    WINSHM_UTF8 = 1,     /* text */
    WINSHM_UTF16 = 2,    /* text, little-endian */
    WINSHM_CODE_PAGE = 3 /* text in `code_page`, a Windows code page number */
};

/* What a slot holds. Written by the creator, then by the owner of `writer`; never while its slot is current. */
typedef struct winshm_slot {
    uint64_t length;    /* +0   bytes, at most capacity */
    uint64_t updated;   /* +8   when, in 100 ns since 1601-01-01 UTC (FILETIME) */
    uint32_t encoding;  /* +16  enum winshm_encoding */
    uint32_t code_page; /* +20  with WINSHM_CODE_PAGE, else 0 */
    uint32_t writer;    /* +24  process ID of who wrote it */
    uint32_t reserved;  /* +28  0 */
} winshm_slot;

typedef struct winshm_trailer {
    /* Line 0, written by the producer of a stream; the consumer clears the waiting flag when it sets `space`. */
    uint64_t head;            /* +0    position: bytes produced; index = position & (capacity - 1) */
    uint32_t head_waiting;    /* +8    1 while the producer waits for `space` */
    uint32_t producer_closed; /* +12   enum winshm_closed */
    uint32_t producer;        /* +16   process ID */
    uint8_t reserved0[108];   /* +20   0 */

    /* Line 1, written by the consumer of a stream; the producer clears the waiting flag when it sets `data`. */
    uint64_t tail;            /* +128  position: bytes consumed */
    uint32_t tail_waiting;    /* +136  1 while the consumer waits for `data` */
    uint32_t consumer_closed; /* +140  enum winshm_closed */
    uint32_t consumer;        /* +144  process ID, 0 before there is one */
    uint8_t reserved1[108];   /* +148  0 */

    /* Line 2, written by the creator, then by the owner of `writer`. */
    uint64_t current;      /* +256  (sequence << 1) | slot; the sequence begins at 1 */
    uint32_t state;        /* +264  enum winshm_state */
    uint32_t reserved2;    /* +268  0 */
    winshm_slot slots[2];  /* +272  what each slot holds */
    uint32_t holder;       /* +336  process ID of the holder; 0 before there is one, and with --raw */
    uint32_t reserved3;    /* +340  0 */
    uint64_t held;         /* +344  since when it holds, as in winshm_slot.updated */
    uint64_t reads_done;   /* +352  complete reads that the holder has counted */
    uint8_t reserved4[24]; /* +360  0 */

    /* Line 3, written once, by the creator. */
    uint32_t layout;       /* +384  WINSHM_LAYOUT */
    uint32_t kind;         /* +388  enum winshm_kind */
    uint64_t section_size; /* +392  bytes: the size of the section and of a whole view of it */
    uint64_t capacity;     /* +400  bytes that the contents, or the ring, can hold */
    uint64_t slot_size;    /* +408  bytes from slot 0 to slot 1; 0 for a stream */
    uint64_t created;      /* +416  when, as in winshm_slot.updated */
    uint32_t creator;      /* +424  process ID */
    uint32_t reserved5;    /* +428  0 */
    uint64_t reads;        /* +432  the holder lets go after so many complete reads; 0: it does not count them */
    uint8_t reserved6[64]; /* +440  0 */
    uint64_t magic;        /* +504  WINSHM_MAGIC, stored before everything else */
} winshm_trailer;

#ifdef __cplusplus
#define WINSHM_ASSERT(condition) static_assert(condition, #condition)
#else
#define WINSHM_ASSERT(condition) _Static_assert(condition, #condition)
#endif

WINSHM_ASSERT(sizeof(winshm_slot) == 32);
WINSHM_ASSERT(offsetof(winshm_slot, updated) == 8);
WINSHM_ASSERT(offsetof(winshm_slot, encoding) == 16);
WINSHM_ASSERT(offsetof(winshm_slot, code_page) == 20);
WINSHM_ASSERT(offsetof(winshm_slot, writer) == 24);
WINSHM_ASSERT(sizeof(winshm_trailer) == WINSHM_TRAILER_SIZE);
WINSHM_ASSERT(offsetof(winshm_trailer, head) == 0);
WINSHM_ASSERT(offsetof(winshm_trailer, head_waiting) == 8);
WINSHM_ASSERT(offsetof(winshm_trailer, producer_closed) == 12);
WINSHM_ASSERT(offsetof(winshm_trailer, producer) == 16);
WINSHM_ASSERT(offsetof(winshm_trailer, tail) == 128);
WINSHM_ASSERT(offsetof(winshm_trailer, tail_waiting) == 136);
WINSHM_ASSERT(offsetof(winshm_trailer, consumer_closed) == 140);
WINSHM_ASSERT(offsetof(winshm_trailer, consumer) == 144);
WINSHM_ASSERT(offsetof(winshm_trailer, current) == 256);
WINSHM_ASSERT(offsetof(winshm_trailer, state) == 264);
WINSHM_ASSERT(offsetof(winshm_trailer, slots) == 272);
WINSHM_ASSERT(offsetof(winshm_trailer, holder) == 336);
WINSHM_ASSERT(offsetof(winshm_trailer, held) == 344);
WINSHM_ASSERT(offsetof(winshm_trailer, reads_done) == 352);
WINSHM_ASSERT(offsetof(winshm_trailer, layout) == 384);
WINSHM_ASSERT(offsetof(winshm_trailer, kind) == 388);
WINSHM_ASSERT(offsetof(winshm_trailer, section_size) == 392);
WINSHM_ASSERT(offsetof(winshm_trailer, capacity) == 400);
WINSHM_ASSERT(offsetof(winshm_trailer, slot_size) == 408);
WINSHM_ASSERT(offsetof(winshm_trailer, created) == 416);
WINSHM_ASSERT(offsetof(winshm_trailer, creator) == 424);
WINSHM_ASSERT(offsetof(winshm_trailer, reads) == 432);
WINSHM_ASSERT(offsetof(winshm_trailer, magic) == WINSHM_TRAILER_SIZE - 8);
WINSHM_ASSERT(sizeof(WINSHM_COMPANION WINSHM_PRODUCER) - 1 <= WINSHM_COMPANION_MAX);
WINSHM_ASSERT(sizeof(WINSHM_COMPANION WINSHM_CONSUMER) - 1 <= WINSHM_COMPANION_MAX);
WINSHM_ASSERT(sizeof(WINSHM_COMPANION WINSHM_COUNTED ".0123456789abcdef.01234567") - 1 <= WINSHM_COMPANION_MAX);

#endif
