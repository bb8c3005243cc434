/*
 * fanout.pml - how a producer and two consumers of a stream wait, as a model
 * for spin.
 *
 * It models ring.c and stream.c for several consumers, in the way of wait.pml:
 * each side has a store buffer of one entry, as on x86, and spin tries every
 * possible run. With DEATHS a consumer may fail, and the first consumer or the
 * producer dies. With DROPS the producer may drop a consumer that keeps the ring
 * full.
 *
 * spin reports a run that ends while a side still waits (an invalid end state),
 * or in which an assertion fails: a consumer has used bytes that may have been
 * overwritten, or has not all bytes at the end.
 *
 *     -DNO_FENCE_WAITER=n     leave out the fence of ring_begin_wait(): 1 of the
 *                             producer, 2 and 4 of the consumers
 *     -DNO_FENCE_PUBLISHER=n  leave out the fence of ring_must_wake(), likewise
 *     -DNO_DEATH_EVENT        with DEATHS: do not set the event `space` when a
 *                             consumer has ended
 *     -DNO_LOOK_AT_CLOSED     with DROPS: a consumer does not look at its closed
 *                             word after it has copied bytes
 *
 * With any of these but DROPS, spin must find a fault. scripts/model.sh
 * checks that.
 */
#ifndef NO_FENCE_WAITER
#define NO_FENCE_WAITER 0
#endif
#ifndef NO_FENCE_PUBLISHER
#define NO_FENCE_PUBLISHER 0
#endif

/* Bytes. A run begins with a full ring, and ends after TOTAL. */
#define CAPACITY 2
#define ENOUGH 1 /* the room for which a producer waits */
#define TOTAL 3

#define PRODUCER 0
#define ONE 1
#define TWO 2

/* The shared words: `head` or `tail`, the waiting flag and the closed word of each side. */
#define POSITION(side) (3 * (side))
#define WAITING(side) (3 * (side) + 1)
#define CLOSED(side) (3 * (side) + 2)
byte memory[9];

bool buffered[3];
byte buffered_word[3];
byte buffered_value[3];

bool event[3];     /* `space`, and the `data` of each consumer */
bool gone[3];      /* the mutex of a side is free or abandoned */
bool doomed[3];    /* the side is killed at its next step */
byte overwritten;  /* position: the bytes before it, less the capacity, may be lost */

/* ---- The machine ------------------------------------------------------------------------------------------------- */

inline store(side, word, value)
{
    atomic {
        !buffered[side];
        buffered_word[side] = word;
        buffered_value[side] = value;
        buffered[side] = true
    }
}

/* A load by `side`, as an expression. */
#define LOAD(side, word) (buffered[side] && buffered_word[side] == (word) -> buffered_value[side] : memory[word])

/* A fence of `side`, unless `left_out` has the bit of this side. */
#define FENCE_OF(side, left_out) (((left_out) & (1 << (side))) != 0 || !buffered[side])

proctype buffer(byte side)
{
end:
    do
    :: d_step {
           buffered[side] -> memory[buffered_word[side]] = buffered_value[side];
           buffered[side] = false;
           buffered_word[side] = 0;
           buffered_value[side] = 0
       }
    od
}

/* ---- All sides --------------------------------------------------------------------------------------------------- */

/* Exchange the flag of another side, and set its event if it waits. */
inline wake(side, other)
{
    d_step { !buffered[side]; wakes = memory[WAITING(other)]; memory[WAITING(other)] = 0 };
    if
    :: wakes != 0 -> wakes = 0; event[other] = true
    :: wakes == 0
    fi
}

/* The beginning of ring_begin_wait(). */
inline say(side)
{
    store(side, WAITING(side), 1);
    (FENCE_OF(side, NO_FENCE_WAITER))
}

/* Release the mutex, or die. By then all stores have reached the memory. */
inline leave(side)
{
    d_step { !buffered[side]; gone[side] = true }
}

inline set_event(side, other)
{
    d_step { !buffered[side]; event[other] = true }
}

/*
 * The number of bytes before `head` that a consumer has not consumed, as
 * most_left() in ring.c sees it.
 */
inline load_left(side, consumer, from)
{
    if
    :: LOAD(side, CLOSED(consumer)) != 0 -> left = 0
    :: else -> left = from - LOAD(side, POSITION(consumer))
    fi
}

/* ---- The producer ------------------------------------------------------------------------------------------------ */

/* Set `most` to what the slower consumer has not consumed, and `any` if one is open. */
inline look()
{
    d_step {
        any = LOAD(PRODUCER, CLOSED(ONE)) == 0;
        load_left(PRODUCER, ONE, head);
        most = left;
        left = 0
    };
    d_step {
        any = any || LOAD(PRODUCER, CLOSED(TWO)) == 0;
        load_left(PRODUCER, TWO, head);
        most = (left > most -> left : most);
        left = 0
    }
}

inline wake_consumer(consumer)
{
    if
    :: LOAD(PRODUCER, WAITING(consumer)) == 0
    :: LOAD(PRODUCER, WAITING(consumer)) != 0 -> wake(PRODUCER, consumer)
    fi
}

/* ring_drop_slow() for one consumer. */
inline drop(consumer)
{
    if
    :: LOAD(PRODUCER, CLOSED(consumer)) == 0 && head - LOAD(PRODUCER, POSITION(consumer)) == CAPACITY ->
        store(PRODUCER, CLOSED(consumer), 2);
        set_event(PRODUCER, consumer)
    :: else
    fi
}

proctype producer()
{
    byte head = CAPACITY;
    byte most;
    byte left;
    byte wakes;
    bool any;

    {
        do
        ::  /* More input, or its end, comes at any moment, or only when all have consumed everything. */
            if
            :: skip
            :: true -> (memory[POSITION(ONE)] == head || gone[ONE]) && (memory[POSITION(TWO)] == head || gone[TWO])
            fi;
            if
            :: head == TOTAL -> break
            :: head < TOTAL
            fi;

            do
            :: look();
                if
                :: !any -> goto finished
                :: any && most < CAPACITY -> break
                :: any && most == CAPACITY ->
                    say(PRODUCER);
                    look();
                    if
                    :: !any || CAPACITY - most >= ENOUGH
                    :: any && CAPACITY - most < ENOUGH ->
                        if
                        :: d_step { event[PRODUCER] -> event[PRODUCER] = false }
#ifdef DROPS
                        :: drop(ONE); drop(TWO)
#endif
                        fi
                    fi;
                    store(PRODUCER, WAITING(PRODUCER), 0)
                fi
            od;

            /* Write all that fit, and publish. */
            atomic {
                !buffered[PRODUCER];
                head = (CAPACITY - most < TOTAL - head -> head + CAPACITY - most : TOTAL);
                overwritten = head;
                most = 0
            };
            store(PRODUCER, POSITION(PRODUCER), head);
            (FENCE_OF(PRODUCER, NO_FENCE_PUBLISHER));
            wake_consumer(ONE);
            wake_consumer(TWO)
        od;
finished:
        store(PRODUCER, CLOSED(PRODUCER), 1);
        set_event(PRODUCER, ONE);
        set_event(PRODUCER, TWO);
        gone[ONE] && gone[TWO];
        leave(PRODUCER)
    } unless {
        doomed[PRODUCER] -> leave(PRODUCER)
    }
}

/*
 * The thread of the producer that owns the mutex of a consumer that has ended.
 * If the consumer died, this thread stores that. In any case it sets `space`.
 */
proctype supervisor(byte consumer)
{
end:
    gone[consumer];
    d_step {
        if
        :: memory[CLOSED(consumer)] == 0 -> memory[CLOSED(consumer)] = 1
        :: else
        fi
    };
#ifndef NO_DEATH_EVENT
    event[PRODUCER] = true
#endif
}

/* ---- The consumers ----------------------------------------------------------------------------------------------- */

/* has_room() of ring.c, for a producer that waits. */
inline wake_producer(self, other)
{
    if
    :: LOAD(self, WAITING(PRODUCER)) == 0
    :: LOAD(self, WAITING(PRODUCER)) != 0 ->
        d_step {
            published = LOAD(self, POSITION(PRODUCER));
            load_left(self, other, published);
            left = (left > CAPACITY -> 0 : left); /* it has moved beyond `head` since that was loaded */
            left = (published - tail > left && published - tail <= CAPACITY -> published - tail : left);
            published = 0
        };
        if
        :: CAPACITY - left < ENOUGH -> left = 0
        :: else -> left = 0; wake(self, PRODUCER)
        fi
    fi
}

#define IS_DROPPED(self) (LOAD(self, CLOSED(self)) != 0)

proctype consumer(byte self)
{
    byte tail;
    byte head; /* as last loaded */
    byte piece;
    byte left;
    byte published;
    byte wakes;
    bool closed;
    bool was_gone;

    {
        do
        :: d_step {
                closed = LOAD(self, CLOSED(PRODUCER)) != 0;
                head = (head == tail -> LOAD(self, POSITION(PRODUCER)) : head)
            };
            if
            :: head - tail > CAPACITY -> assert(IS_DROPPED(self)); goto finished
            :: head != tail && head - tail <= CAPACITY ->
                if
                :: piece = 1
                :: piece = head - tail
#ifdef DEATHS
                :: goto finished /* the output fails */
#endif
                fi;
                /* The piece has been copied. */
                atomic {
#ifndef NO_LOOK_AT_CLOSED
                    if
                    :: IS_DROPPED(self) -> goto finished
                    :: else
                    fi;
#endif
                    assert(overwritten <= tail + CAPACITY);
                    tail = tail + piece;
                    piece = 0
                };
                store(self, POSITION(self), tail);
                (FENCE_OF(self, NO_FENCE_PUBLISHER));
                wake_producer(self, 3 - self)
            :: head == tail && IS_DROPPED(self) -> goto finished
            :: head == tail && !IS_DROPPED(self) && (closed || was_gone) -> break
            :: head == tail && !IS_DROPPED(self) && !closed && !was_gone ->
                say(self);
                if
                :: LOAD(self, POSITION(PRODUCER)) != tail || LOAD(self, CLOSED(PRODUCER)) != 0 || IS_DROPPED(self)
                :: else ->
                    if
                    :: d_step { event[self] -> event[self] = false }
                    :: gone[PRODUCER]
                    fi
                fi;
                store(self, WAITING(self), 0);
                was_gone = gone[PRODUCER]
            fi
        od;
        assert(tail == memory[POSITION(PRODUCER)]);
finished:
        if
        :: IS_DROPPED(self)
        :: else -> store(self, CLOSED(self), 1)
        fi;
        set_event(self, PRODUCER);
        leave(self)
    } unless {
        doomed[self] -> leave(self)
    }
}

/* ---- The rest ---------------------------------------------------------------------------------------------------- */

init {
    atomic {
        memory[POSITION(PRODUCER)] = CAPACITY;
        overwritten = CAPACITY;
        run buffer(PRODUCER);
        run buffer(ONE);
        run buffer(TWO);
        run producer();
        run supervisor(ONE);
        run supervisor(TWO);
        run consumer(ONE);
        run consumer(TWO)
    };
#ifdef DEATHS
    if
    :: doomed[PRODUCER] = true
    :: doomed[ONE] = true
    fi
#endif
}
