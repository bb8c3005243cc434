/*
 * winshm.h - the layout of the memory that shmwrite creates and shmread prints.
 *
 * This header is the whole format: the layout, the names of the objects beside
 * the memory, the protocols, and the limits. It includes no other header of
 * the project and no <windows.h>, and compiles as C11 and as C++11. Both tools
 * are built on this very file.
 *
 * READING A STRING. The contents begin at offset 0 of the mapping, and at least
 * two zero bytes follow them. A program that only wants a string, and a string
 * that no other program updates, needs nothing from this header:
 *
 *     HANDLE section = OpenFileMappingW(FILE_MAP_READ, FALSE, L"demo");
 *     const char *text = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
 *     printf("%s\n", text);
 *
 * A program that wants the exact bytes, also while another program updates
 * them, uses winshm_trailer. common/examples/peek.c is such a program.
 *
 * THE LAYOUT. A view has the size of its section, a multiple of WINSHM_PAGE.
 * The trailer is the last 512 bytes of the view. A program that has mapped the
 * whole section asks VirtualQuery for the size of the view, and so finds the
 * trailer. All numbers are little-endian and of fixed width, the same for
 * 32-bit and 64-bit programs.
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
 *     fan-out offset 0                                 capacity             view size - 512   view size
 *             | ring: capacity bytes, a power of two | consumers | (unused) | trailer         |
 *
 * The line of a consumer has 128 bytes, too, and is a winshm_consumer. Line 1
 * of the trailer is the line of a stream's only consumer. A fan-out is a stream
 * with 2 to 28 consumers. Their lines begin where the ring ends, and line 1 of
 * the trailer is zero.
 *
 * The trailer has four lines of 128 bytes, so that two processes that write at
 * the same time do not share a cache line or its neighbour:
 *
 *         +0   producer   head, claim, flags             written by the producer of a stream
 *       +128   consumer   tail, flags                    written by the consumer of a stream
 *       +256   state      current, state, two slots      written by the creator, then by the owner of `writer`
 *                         holder, held, reads_done       written by the holder, which also stores the last `state`
 *                         announced                      raised by each process that changes or ends a value
 *       +384   identity   kind, sizes, magic at +504     written once, by the creator, before publication
 *
 * ROLES. The creator creates the memory. The holder, which is the creator or a
 * process that the creator has started, keeps a handle to the memory open,
 * because Windows removes the name with the last handle. Readers copy the
 * contents of a value, and updaters replace them. A stream has one producer,
 * which is also its holder, and one consumer. A fan-out has several consumers,
 * and each of them consumes all bytes.
 *
 * WORDS. The lists below use these words:
 *   - A companion is a kernel object beside the memory. It is always mentioned
 *     with its kind, such as "the mutex `writer`", and listed at
 *     WINSHM_COMPANION. All other names in backquotes are fields of
 *     winshm_trailer.
 *   - To load a field is an atomic load with acquire order. To store a field is
 *     an atomic store with release order. On x86 both are plain moves.
 *   - A fence is sequentially consistent, as MemoryBarrier() and
 *     atomic_thread_fence(memory_order_seq_cst) are. A program that leaves out
 *     one of the fences hangs or loses an update, but only rarely.
 *   - To own a mutex is to wait for it until the wait returns WAIT_OBJECT_0 or
 *     WAIT_ABANDONED. WAIT_ABANDONED means that the last owner died.
 *
 * PUBLICATION. The creator
 *   1. opens or creates the mutex `writer`, and owns it;
 *   2. creates the section, whose bytes are all zero. If the name exists
 *      already, the creator leaves that section alone;
 *   3. stores WINSHM_MAGIC in `magic`, and passes a release fence, so that
 *      `magic` becomes visible before everything that follows;
 *   4. stores the other fields of the identity, and creates the companions;
 *   5. writes the contents of a value from offset 0 on;
 *   6. stores slots[0], and stores 2 in `current`: sequence 1, slot 0;
 *   7. stores WINSHM_PUBLISHED in `state`;
 *   8. owns the mutex `holder`, and stores `held` and `holder`. If another
 *      process is to be the holder, that process does so, and the creator waits
 *      for it. The creator of a stream does this before step 6, where it also
 *      owns the mutex `producer` and stores its process ID in `producer`;
 *   9. releases the mutex `writer`.
 * Until step 7 `state` is 0, which is WINSHM_FILLING. A process that finds the
 * magic number and this state knows that the memory has this layout, and has no
 * contents yet. If that process owns the mutex `writer`, it also knows that the
 * creator has died.
 *
 * A process that opens the memory checks in this order:
 *   1. The view has at least WINSHM_PAGE bytes, all of them committed, and its
 *      last eight bytes are WINSHM_MAGIC. Otherwise the memory is not of this
 *      format: another program created it.
 *   2. `state` is neither WINSHM_FILLING, for memory that has no contents yet,
 *      nor WINSHM_RELEASED, for a value that does not exist any more.
 *   3. `layout` is WINSHM_LAYOUT. If it is larger, a later version of this
 *      header describes the memory.
 *   4. `section_size` is the size of the view, and the slots or the ring fit
 *      into the view. Otherwise the memory is damaged. With room = that size
 *      - 512:
 *        value, sealed  slots * slot_size <= room, where a value has 2 slots
 *                       and a sealed one has 1; slot_size is a multiple of 64;
 *                       capacity + 2 <= slot_size
 *        stream         capacity is a power of two; 4096 <= capacity <= room
 *        fan-out        as a stream, and 2 <= consumers <= 28, whose lines
 *                       then fit between the ring and the trailer
 *      Damaged numbers must not overflow the calculation: divide room by slots,
 *      and subtract 2 from slot_size.
 *
 * THE END. To make the holder let go, a process sets the event `release`. A
 * holder that lets go
 *   1. stores WINSHM_RELEASED in `state`;
 *   2. passes a fence, and announces the end of a value: see FOLLOWERS;
 *   3. closes its handles, and releases the mutex `holder` last.
 * From then on the value does not exist, even while another program keeps the
 * memory. Readers and updaters treat the name as free, or about to be free.
 *
 * A holder that dies stores nothing. `state` stays WINSHM_PUBLISHED, and the
 * mutex `holder` is abandoned. The contents can be read while another program
 * keeps the memory. To find out whether the holder is alive, a reader looks for
 * the process `holder`, which began before `held`; or, if `holder` is 0, for
 * the process `creator`, which began before `created`. A process of that ID
 * that began more than a second later is another one.
 *
 * If the holder is dead, an owner of the mutex `writer` may act in its place:
 *   - It may end the value with steps 1 and 2 above, and set the event
 *     `release` for a holder that is only just starting.
 *   - It may become the holder of a value that counts no reads: it owns the
 *     mutex `holder`, and stores `held` and `holder`.
 *   - Before that, if such a value has been released, it may update the value
 *     and then store WINSHM_PUBLISHED in `state`.
 *
 * COUNTED READS. With `reads` > 0 the holder lets go after that many complete
 * reads. A value whose `reads_done` has reached `reads` counts as released,
 * whatever its `state` is. The names of three of its companions end in
 * `.<created>.<creator>`: two fields of the trailer in lower-case hexadecimal,
 * without leading zeros. So a late reader of an old value cannot meet the
 * companions of the next one. A reader
 *   1. opens the mutex `turn`, the semaphore `reads` and the event `counted`.
 *      If one does not exist, the value has been released or its holder died;
 *   2. owns the mutex `turn`. Nothing that a reader can wait for is signalled
 *      when the holder lets go or dies, so a reader that waits looks at the
 *      trailer every 50 ms or so;
 *   3. checks again that the value has not been released and that its holder is
 *      alive, and loads `reads_done` and `held`;
 *   4. copies all of the contents, and delivers them;
 *   5. raises the semaphore `reads` by one. ERROR_TOO_MANY_POSTS is no failure;
 *   6. waits for the event `counted` until `reads_done` has changed, the value
 *      has been released, its holder has died, or `held` has changed from any
 *      number but 0, which shows that there is a new holder;
 *   7. releases the mutex `turn`.
 * Each time that the semaphore `reads` has been raised, the holder
 *   1. stores `reads_done` + 1 in `reads_done`;
 *   2. if that was the last read, stores WINSHM_RELEASED in `state`, passes a
 *      fence, and lets go after step 3;
 *   3. sets the event `counted`.
 *
 * UPDATES. `current` is (sequence << 1) | slot. Only a value of the kind
 * WINSHM_VALUE can be updated; a sealed one has slot 0 only. An updater
 *   1. owns the mutex `writer`, and then the mutex `turn` if reads are counted;
 *   2. loads `current`. If its slot is 1, another updater died between steps 5
 *      and 7. This updater first does steps 6 and 7 for it, with n = sequence
 *      and as if the old contents had filled the capacity;
 *   3. writes the new contents and two zero bytes to slot 1;
 *   4. stores slots[1];
 *   5. stores (n << 1) | 1 in `current`, where n = sequence + 1;
 *   6. copies the contents from slot 1 to slot 0, and writes zeros behind them:
 *      two bytes, and as many more as the old contents were longer. It then
 *      copies slots[1] to slots[0];
 *   7. stores n << 1 in `current`;
 *   8. passes a fence, and loads `state`. If it is still WINSHM_PUBLISHED, the
 *      update came before the end of the value. Otherwise the update is lost,
 *      although a follower may still print it;
 *   9. announces the change: see FOLLOWERS;
 *  10. releases the mutexes `turn` and `writer`.
 * An updater that makes several updates while it owns `writer` may do steps 8
 * and 9 once, after the last one. An updater that dies at any point leaves the
 * old contents or the new ones, whole. A reader
 *   1. loads `current`, and then the slot that it names, slots[current & 1];
 *   2. copies `length` bytes from that slot, if the capacity has room for them;
 *   3. loads `current` again. If it has changed by a single bit, the reader
 *      begins again. Otherwise the copy is whole.
 * The contents are copied with a release store for each byte or word that is
 * written, and an acquire load for each one that is read. On x86 these are
 * plain moves. On other processors they keep the copy between the two looks at
 * `current`. Instead, a reader may use memcpy() and pass an acquire fence
 * between steps 2 and 3.
 *
 * FOLLOWERS. A follower prints each new contents of a value, and waits for the
 * next announcement in between. The event `after` of the announcement number g
 * is called `<name>.winshm.after.<g>`, with g in lower-case hexadecimal without
 * leading zeros. It is a manual-reset event. It is set once, and never reset.
 * `announced` begins with `created`, so the numbers of two values of one name
 * differ. To announce a change, or the end of the value, a process
 *   1. has stored the change: `current`, or WINSHM_RELEASED in `state`;
 *   2. adds 1 to `announced` in one access, and calls the old number g;
 *   3. passes a fence;
 *   4. opens the event `after` of g. If it exists, the process sets and closes
 *      it. If it cannot be opened, nobody waits for it.
 * To wait for a change, a follower
 *   1. loads `announced`, and calls it g;
 *   2. loads `state`, and looks at the contents as a reader does. If they are
 *      new, it prints them. If the value has ended, the follower ends;
 *   3. opens the event `after` of g, or creates it. Its access list lets all
 *      who may read NAME wait for it and set it;
 *   4. passes a fence, and loads `announced` again. If it is not g, the
 *      follower begins again;
 *   5. waits for the event, for a second at most, and begins again. This limit
 *      is for a process that died between steps 1 and 4 of an announcement, and
 *      for a holder that died.
 * A follower keeps the view while it waits, but no handle to the section. So
 * the name can disappear, and the follower can still print contents that were
 * updated just before the end. If the event cannot be used, or has been set
 * although `announced` is still g, the follower looks at the value every 100 ms
 * or so until `announced` changes.
 *
 * STREAMS. `head` and `tail` are positions: they count the bytes produced and
 * consumed since the beginning, and only grow. The ring contains head - tail
 * bytes, and the byte at position p is at offset p & (capacity - 1) of the
 * view. slots[0] has the encoding of the whole stream, and the length 0. Each
 * side keeps its own position in private memory, and does not load it back from
 * the trailer. If head - tail is larger than the capacity, the trailer is
 * damaged, and the side that notices this ends.
 *
 * In a fan-out each consumer has a line of its own, numbered from 0. The names
 * of its event `data` and its mutex `consumer` end in `.<number>`, in lower-case
 * hexadecimal. Everything below that has to do with "the consumer" is done with
 * each line. The differences are:
 *   - The smallest `tail` counts, also that of a line without a consumer, but
 *     not that of a line whose `closed` is not WINSHM_OPEN.
 *   - The producer may store WINSHM_DROPPED in the `closed` of a consumer that
 *     is too slow, or WINSHM_FAILED if its `tail` is impossible. From then on it
 *     does not wait for this consumer, and overwrites what that consumer has
 *     not consumed. So a consumer looks at its `closed` after it has copied
 *     bytes. If that is not WINSHM_OPEN, the bytes may be wrong, and it ends. It
 *     does not overwrite WINSHM_DROPPED.
 *   - If another process stores a false `tail` for a consumer, the producer may
 *     overwrite bytes too early. A consumer notices that with `claim`, as a tap
 *     does, and ends. Its first position is 0.
 *   - A consumer takes the first line whose mutex it can own and whose `process`
 *     is 0. If there is none, the fan-out has had all its consumers.
 *
 * To attach, the consumer
 *   1. maps the memory for writing, and opens the events `data` and `space` and
 *      the mutexes `producer` and `consumer`;
 *   2. owns the mutex `consumer`. The producer may own it for a moment. If it
 *      stays owned for more than 20 ms, there is another consumer;
 *   3. loads `consumer`. If it is not 0, the stream has had its consumer;
 *   4. raises the semaphore `reads` by one. The name of a stream's `reads` does
 *      not end in numbers;
 *   5. stores its process ID in `consumer`, and loads its first position from
 *      `tail`.
 * To produce, the producer
 *   1. loads `tail`, and decides how many bytes it writes next: at most
 *      capacity - (head - tail);
 *   2. stores head + that number in `claim`, passes a release fence, and writes
 *      that many bytes or fewer;
 *   3. stores `head`, and passes a fence;
 *   4. loads `tail_waiting`. If that is 1, the producer exchanges it for 0 and
 *      sets the event `data`. It may delay the fence and this step as long as
 *      it can produce more without a wait: until it waits for room, or ends.
 * To consume, the consumer
 *   1. loads `producer_closed`, and after that `head`: a producer stores its
 *      last `head` before it closes, so nothing can follow what is there then;
 *   2. copies at most head - tail bytes;
 *   3. stores `tail`, and passes a fence;
 *   4. loads `head_waiting`. If that is 1, the consumer exchanges it for 0 and
 *      sets the event `space`. It may delay this until a quarter of the ring
 *      is free.
 * To wait, a side
 *   1. stores 1 in its own waiting flag, and passes a fence;
 *   2. looks again whether the other side has moved on, or has closed. If so,
 *      this side does not wait;
 *   3. waits for its event, `data` or `space`, and also for the mutex of the
 *      other side once that side has attached;
 *   4. stores 0 in its own waiting flag, and looks again. An event may
 *      be set although the other side has not moved on.
 * To end, a side that owns the mutex of its role, `producer` or `consumer`,
 *   1. stores its closed word, `producer_closed` or `consumer_closed`;
 *   2. sets the event of the other side;
 *   3. releases its mutex. The producer first waits for the consumer to end.
 * If the mutex of a side that had attached is abandoned, or free while the
 * closed word of that side is WINSHM_OPEN, the side died. The other side then
 * stores WINSHM_DIED in that word. The whole stream was delivered if both words
 * are WINSHM_ENDED.
 *
 * TAPS. A tap copies bytes of a stream or a fan-out that it maps for reading. It
 * stores nothing, and nobody waits for it. It begins with position = head. Then it
 *   1. loads `producer_closed`, and after that `head`;
 *   2. copies bytes from its position on, at most head - position;
 *   3. passes an acquire fence, and loads `claim`. If claim - position is larger
 *      than the capacity, the producer may have overwritten the copy. Then the
 *      tap drops the copy, and goes on at a position from claim - capacity to
 *      `head`. It has missed the bytes in between.
 */
#ifndef WINSHM_H
#define WINSHM_H

#include <stddef.h>
#include <stdint.h>

/*
 * The version of this layout. It is raised only by a change that a reader of
 * the old layout would misread.
 */
#define WINSHM_LAYOUT 1

/* The last eight bytes of every view: "winshm", Ctrl+Z, line feed. */
#define WINSHM_MAGIC UINT64_C(0x0A1A6D68736E6977)

#define WINSHM_PAGE 4096        /* every section size is a multiple of this, in bytes */
#define WINSHM_TRAILER_SIZE 512 /* bytes, at the very end of the view */
#define WINSHM_TERMINATOR 2     /* zero bytes after the contents: the end of any string */
#define WINSHM_SLOT_ALIGN 64    /* slot_size is a multiple of this */

/*
 * The name of a section is `x`, `Local\x` or `Global\x`. The base `x` has 1 to
 * WINSHM_NAME_MAX UTF-16 units, and no backslash. Upper and lower case are
 * different. A companion has the same prefix and base as its section, followed
 * by WINSHM_COMPANION and its role: `Local\x.winshm.holder` belongs to
 * `Local\x`. The last part of `turn`, `counted` and, except for a stream,
 * `reads` is `.<created>.<creator>`: see COUNTED READS. That of `after` is the
 * number of an announcement: see FOLLOWERS. In a fan-out, that of `data` and
 * `consumer` is the number of a consumer's line: see STREAMS.
 */
#define WINSHM_NAME_MAX 200
#define WINSHM_COMPANION ".winshm."
#define WINSHM_HOLDER "holder"     /* mutex, owned by the holder */
#define WINSHM_RELEASE "release"   /* manual-reset event: asks the holder to let go */
#define WINSHM_WRITER "writer"     /* mutex, owned to create, update or release the memory */
#define WINSHM_READS "reads"       /* semaphore, raised for a complete read, or by a consumer */
#define WINSHM_TURN "turn"         /* mutex, owned for a counted read or an update */
#define WINSHM_COUNTED "counted"   /* auto-reset event: the holder has counted a read */
#define WINSHM_AFTER "after"       /* manual-reset event: an announcement was made; see FOLLOWERS */
#define WINSHM_DATA "data"         /* auto-reset event: wakes a stream's consumer, for bytes */
#define WINSHM_SPACE "space"       /* auto-reset event: wakes a stream's producer, for room */
#define WINSHM_PRODUCER "producer" /* mutex, owned by a stream's producer while it is attached */
#define WINSHM_CONSUMER "consumer" /* mutex, owned by a stream's consumer while it is attached */
#define WINSHM_CONSUMERS_MAX 28    /* of a fan-out: their lines and the trailer fill a page */
#define WINSHM_COMPANION_MAX 41    /* units of ".winshm.counted.<created>.<creator>" */

/* winshm_trailer.kind */
enum winshm_kind {
    WINSHM_VALUE = 1,  /* two slots: the contents can be updated */
    WINSHM_SEALED = 2, /* one slot: the contents never change */
    WINSHM_STREAM = 3, /* a ring of bytes, for one consumer */
    WINSHM_FANOUT = 4  /* a ring of bytes, for several consumers */
};

/* winshm_trailer.state */
enum winshm_state {
    WINSHM_FILLING = 0,   /* the contents do not exist yet: the creator is writing them */
    WINSHM_PUBLISHED = 1, /* identity and contents can be read */
    WINSHM_RELEASED = 2   /* the contents do not exist any more: the holder has let go */
};

/*
 * winshm_trailer.producer_closed and .consumer_closed, and winshm_consumer.closed:
 * how a side of a stream ended.
 */
enum winshm_closed {
    WINSHM_OPEN = 0,    /* it has not ended */
    WINSHM_ENDED = 1,   /* the producer has sent, or the consumer delivered, all bytes */
    WINSHM_FAILED = 2,  /* it failed, such as the producer's input or the consumer's output */
    WINSHM_CUT_OFF = 3, /* the program that read the consumer's output closed its end of the pipe */
    WINSHM_DIED = 4,    /* it died: the other side has stored this */
    WINSHM_DROPPED = 5  /* a consumer of a fan-out that was too slow: the producer has stored this */
};

/*
 * winshm_slot.encoding: the encoding of the contents. shmread converts text in
 * UTF-16 or a code page to UTF-8, and does not convert the other two.
 */
enum winshm_encoding {
    WINSHM_BYTES = 0,    /* any bytes, not known to be text */
    WINSHM_UTF8 = 1,     /* text */
    WINSHM_UTF16 = 2,    /* text, little-endian */
    WINSHM_CODE_PAGE = 3 /* text in `code_page`, a Windows code page number */
};

/*
 * The description of the contents of a slot. The creator writes it, and then
 * the owner of the mutex `writer`, but never while this slot is the current
 * one.
 */
typedef struct winshm_slot {
    uint64_t length;    /* +0   bytes, at most capacity */
    uint64_t updated;   /* +8   time of the update, in 100 ns since 1601-01-01 UTC (FILETIME) */
    uint32_t encoding;  /* +16  enum winshm_encoding */
    uint32_t code_page; /* +20  its number with WINSHM_CODE_PAGE, else 0 */
    uint32_t writer;    /* +24  process ID of the creator or updater that wrote it */
    uint32_t reserved;  /* +28  0 */
} winshm_slot;

/*
 * The line of a consumer, which writes it. The producer clears the waiting flag
 * when it sets the event `data`. Line 1 of the trailer has the same fields
 * under other names.
 */
typedef struct winshm_consumer {
    uint64_t tail;         /* +0   position: bytes consumed */
    uint32_t tail_waiting; /* +8   1 while the consumer waits for the event `data` */
    uint32_t closed;       /* +12  enum winshm_closed */
    uint32_t process;      /* +16  process ID; 0 before there is a consumer */
    uint8_t reserved[108]; /* +20  0 */
} winshm_consumer;

typedef struct winshm_trailer {
    /*
     * Line 0, written by the producer of a stream. The consumer clears the
     * waiting flag when it sets the event `space`.
     */
    uint64_t head;            /* +0    position: bytes produced */
    uint32_t head_waiting;    /* +8    1 while the producer waits for the event `space` */
    uint32_t producer_closed; /* +12   enum winshm_closed */
    uint32_t producer;        /* +16   process ID */
    uint32_t reserved0;       /* +20   0 */
    uint64_t claim;           /* +24   position: before this one, bytes may be overwritten already */
    uint8_t reserved7[96];    /* +32   0 */

    /*
     * Line 1, the winshm_consumer of a stream's only consumer. In a fan-out all
     * of it is 0.
     */
    uint64_t tail;            /* +128  position: bytes consumed */
    uint32_t tail_waiting;    /* +136  1 while the consumer waits for the event `data` */
    uint32_t consumer_closed; /* +140  enum winshm_closed */
    uint32_t consumer;        /* +144  process ID; 0 before there is a consumer */
    uint8_t reserved1[108];   /* +148  0 */

    /*
     * Line 2, written by the creator, and then by the owner of the mutex
     * `writer`. The holder writes `holder` to `reads_done`, and WINSHM_RELEASED
     * to `state`. Each process that changes or ends a value adds to `announced`.
     */
    uint64_t current;      /* +256  (sequence << 1) | slot; the first sequence is 1 */
    uint32_t state;        /* +264  enum winshm_state */
    uint32_t reserved2;    /* +268  0 */
    winshm_slot slots[2];  /* +272  what each slot contains */
    uint32_t holder;       /* +336  process ID of the holder; 0 before there is one */
    uint32_t reserved3;    /* +340  0 */
    uint64_t held;         /* +344  time when holding began, in the format of winshm_slot.updated */
    uint64_t reads_done;   /* +352  number of complete reads that the holder has counted */
    uint64_t announced;    /* +360  number of the next announcement; the first one is `created` */
    uint8_t reserved4[16]; /* +368  0 */

    /* Line 3, written once, by the creator, before it publishes. */
    uint32_t layout;       /* +384  WINSHM_LAYOUT */
    uint32_t kind;         /* +388  enum winshm_kind */
    uint64_t section_size; /* +392  bytes: the size of the section and of a whole view of it */
    uint64_t capacity;     /* +400  bytes for which the contents, or the ring, have room */
    uint64_t slot_size;    /* +408  bytes from slot 0 to slot 1; 0 for a stream */
    uint64_t created;      /* +416  time of creation, as in winshm_slot.updated */
    uint32_t creator;      /* +424  process ID */
    uint32_t consumers;    /* +428  of a fan-out: how many there are; 0 for any other kind */
    uint64_t reads;        /* +432  reads after which the holder lets go; 0: it counts none */
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
WINSHM_ASSERT(sizeof(winshm_consumer) == 128);
WINSHM_ASSERT(offsetof(winshm_consumer, process) ==
              offsetof(winshm_trailer, consumer) - offsetof(winshm_trailer, tail));
WINSHM_ASSERT(WINSHM_CONSUMERS_MAX * sizeof(winshm_consumer) + WINSHM_TRAILER_SIZE == WINSHM_PAGE);
WINSHM_ASSERT(sizeof(winshm_trailer) == WINSHM_TRAILER_SIZE);
WINSHM_ASSERT(offsetof(winshm_trailer, head) == 0);
WINSHM_ASSERT(offsetof(winshm_trailer, head_waiting) == 8);
WINSHM_ASSERT(offsetof(winshm_trailer, producer_closed) == 12);
WINSHM_ASSERT(offsetof(winshm_trailer, producer) == 16);
WINSHM_ASSERT(offsetof(winshm_trailer, claim) == 24);
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
WINSHM_ASSERT(offsetof(winshm_trailer, announced) == 360);
WINSHM_ASSERT(offsetof(winshm_trailer, layout) == 384);
WINSHM_ASSERT(offsetof(winshm_trailer, kind) == 388);
WINSHM_ASSERT(offsetof(winshm_trailer, section_size) == 392);
WINSHM_ASSERT(offsetof(winshm_trailer, capacity) == 400);
WINSHM_ASSERT(offsetof(winshm_trailer, slot_size) == 408);
WINSHM_ASSERT(offsetof(winshm_trailer, created) == 416);
WINSHM_ASSERT(offsetof(winshm_trailer, creator) == 424);
WINSHM_ASSERT(offsetof(winshm_trailer, consumers) == 428);
WINSHM_ASSERT(offsetof(winshm_trailer, reads) == 432);
WINSHM_ASSERT(offsetof(winshm_trailer, magic) == WINSHM_TRAILER_SIZE - 8);
WINSHM_ASSERT(sizeof(WINSHM_COMPANION WINSHM_PRODUCER) - 1 <= WINSHM_COMPANION_MAX);
WINSHM_ASSERT(sizeof(WINSHM_COMPANION WINSHM_CONSUMER) - 1 <= WINSHM_COMPANION_MAX);
WINSHM_ASSERT(sizeof(WINSHM_COMPANION WINSHM_COUNTED ".0123456789abcdef.01234567") - 1 <= WINSHM_COMPANION_MAX);

#endif
