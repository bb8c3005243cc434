/*
 * wait.pml - how the two sides of a stream wait for each other (ring.c and stream.c), for spin.
 *
 * The memory is that of x86: each side has a store buffer, here of one entry, from which its stores reach the memory at
 * any later moment; its own loads see them at once. A fence waits until the buffer is empty, and so do the exchange and
 * the setting of an event. An event is reset by the wait that it ends.
 *
 * What spin is asked for: that no run ends where somebody still waits (an invalid end state: a wake-up was lost, or
 * both wait), and that the assertions hold. Everything that can happen does in some run: pieces of any size, input that
 * comes at once or only when the consumer has taken everything (somebody types a line, sees it, types the next), either
 * side ending at any moment, either side being killed at any moment.
 *
 *     -DNO_FENCE_WAITER=n     the fence of ring_begin_wait() is left out: 1 the producer's, 2 the consumer's, 3 both
 *     -DNO_FENCE_PUBLISHER=n  the same of ring_advance()
 *     -DNO_RECHECK            who waits does not look again after it has said so
 *     -DNO_CLOSE_EVENT        who ends does not set the other side's event
 * With any of these spin has to find a run that hangs; scripts/model.sh sees to it.
 */
#ifndef NO_FENCE_WAITER
#define NO_FENCE_WAITER 0
#endif
#ifndef NO_FENCE_PUBLISHER
#define NO_FENCE_PUBLISHER 0
#endif

#define CAPACITY 8
#define QUARTER 2 /* CAPACITY / 4: what a producer that has to wait waits for */
#define TOTAL 11  /* bytes: more than a lap, so that the ring is full, empty, and between */

/* The shared words, by number, and what the memory holds. The first three are the producer's. */
#define HEAD 0
#define HEAD_WAITING 1
#define PRODUCER_CLOSED 2
#define TAIL 3
#define TAIL_WAITING 4
#define CONSUMER_CLOSED 5
byte memory[6];

/* The store buffers. */
#define PRODUCER 0
#define CONSUMER 1
bool buffered[2];
byte buffered_word[2];
byte buffered_value[2];

bool data_event;
bool space_event;
bool gone[2];   /* the mutex of a side is free or abandoned: what ends waits for good */
bool doomed[2]; /* to be killed at the next step */

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
#define LOAD(side, word) (buffered[side] && buffered_word[side] == word -> buffered_value[side] : memory[word])

/* What side and word 1 and 2 are used for. */
#define FENCE_OF(side, left_out) ((left_out & (1 << side)) != 0 || !buffered[side])

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

/* ---- Both sides -------------------------------------------------------------------------------------------------- */

/* The end of ring_advance(): exchange, and an event for whoever was found waiting. */
inline wake(side, their_flag, event)
{
    d_step { !buffered[side]; wakes = memory[their_flag]; memory[their_flag] = 0 };
    if
    :: wakes != 0 -> wakes = 0; event = true
    :: wakes == 0
    fi
}

/* The beginning of ring_begin_wait(). */
inline say(side, our_flag)
{
    store(side, our_flag, 1);
    (FENCE_OF(side, NO_FENCE_WAITER))
}

inline sleep(side, event)
{
    if
    :: d_step { event -> event = false }
    :: gone[1 - side]
    fi
}

/* Let go of the mutex, or have it taken away: all that was stored before has reached the memory. */
inline leave(side)
{
    d_step { !buffered[side]; gone[side] = true }
}

/* stream_close(). */
inline close(side, our_word, event)
{
    store(side, our_word, 1);
#ifndef NO_CLOSE_EVENT
    d_step { !buffered[side]; event = true }
#endif
}

/* ---- The producer ------------------------------------------------------------------------------------------------ */

#define ROOM(other) (CAPACITY - (head - (other)))
#define PRODUCER_READY (ROOM(LOAD(PRODUCER, TAIL)) >= QUARTER || LOAD(PRODUCER, CONSUMER_CLOSED) != 0)

/* ring_advance(): the consumer is woken by any byte. */
inline produced()
{
    store(PRODUCER, HEAD, head);
    (FENCE_OF(PRODUCER, NO_FENCE_PUBLISHER));
    if
    :: LOAD(PRODUCER, TAIL_WAITING) == 0
    :: LOAD(PRODUCER, TAIL_WAITING) != 0 -> wake(PRODUCER, TAIL_WAITING, data_event)
    fi
}

/* stream_wait(): returns when there is something to do, or the event came, or the other side is gone. */
inline wait_for_room()
{
    say(PRODUCER, HEAD_WAITING);
    if
#ifndef NO_RECHECK
    :: PRODUCER_READY
    :: !PRODUCER_READY -> sleep(PRODUCER, space_event)
#else
    :: sleep(PRODUCER, space_event)
#endif
    fi;
    store(PRODUCER, HEAD_WAITING, 0)
}

proctype producer()
{
    byte head;
    byte tail; /* as last seen */
    byte piece;
    byte wakes;

    {
        do
        :: head == TOTAL -> break
        :: head < TOTAL -> break /* the input ends */
        :: head < TOTAL ->
            /* The input comes when it likes. What is typed in answer comes only when all has been printed. */
            if
            :: skip
            :: memory[TAIL] == head
            :: gone[CONSUMER] -> break
            fi;

            do
            :: LOAD(PRODUCER, CONSUMER_CLOSED) != 0 -> goto finished
            :: ROOM(tail) > 0 -> break
            :: ROOM(tail) == 0 ->
                tail = LOAD(PRODUCER, TAIL);
                if
                :: ROOM(tail) > 0 -> break
                :: else -> wait_for_room();
                           if
                           :: gone[CONSUMER] -> goto finished
                           :: else
                           fi
                fi
            od;

            /* One byte, or all that fits. */
            atomic {
                piece = ROOM(tail);
                if
                :: piece > TOTAL - head -> piece = TOTAL - head
                :: else
                fi
            };
            if
            :: piece = 1
            :: piece > 1
            fi;
            atomic { head = head + piece; piece = 0 };
            produced()
        od;
finished:
        close(PRODUCER, PRODUCER_CLOSED, data_event);
        /* It stays until its reader has gone, and then lets go. */
        gone[CONSUMER];
        leave(PRODUCER)
    } unless {
        doomed[PRODUCER] -> leave(PRODUCER)
    }
}

/* ---- The consumer ------------------------------------------------------------------------------------------------ */

#define CONSUMER_READY (LOAD(CONSUMER, HEAD) != tail || LOAD(CONSUMER, PRODUCER_CLOSED) != 0)

/* ring_advance(): the producer is woken when there is a quarter. */
inline consumed()
{
    store(CONSUMER, TAIL, tail);
    (FENCE_OF(CONSUMER, NO_FENCE_PUBLISHER));
    if
    :: LOAD(CONSUMER, HEAD_WAITING) == 0
    :: LOAD(CONSUMER, HEAD_WAITING) != 0 ->
        if
        :: CAPACITY - (LOAD(CONSUMER, HEAD) - tail) < QUARTER
        :: else -> wake(CONSUMER, HEAD_WAITING, space_event)
        fi
    fi
}

inline wait_for_data()
{
    say(CONSUMER, TAIL_WAITING);
    if
#ifndef NO_RECHECK
    :: CONSUMER_READY
    :: !CONSUMER_READY -> sleep(CONSUMER, data_event)
#else
    :: sleep(CONSUMER, data_event)
#endif
    fi;
    store(CONSUMER, TAIL_WAITING, 0)
}

proctype consumer()
{
    byte tail;
    byte head; /* as last seen */
    byte piece;
    byte wakes;
    bool closed;
    bool was_gone;

    {
        do
        :: /* Whether it has ended is asked first: then nothing can come after what is found. */
            closed = LOAD(CONSUMER, PRODUCER_CLOSED) != 0;
            if
            :: head == tail -> head = LOAD(CONSUMER, HEAD)
            :: else
            fi;
            assert(head >= tail && head - tail <= CAPACITY);
            if
            :: head != tail ->
                /* One byte, or all there is; or the output fails, or nobody wants it any more. */
                if
                :: piece = 1
                :: piece = head - tail
                :: goto finished
                fi;
                atomic { tail = tail + piece; piece = 0 };
                consumed()
            :: head == tail && (closed || was_gone) -> break
            :: head == tail && !closed && !was_gone ->
                wait_for_data();
                was_gone = gone[PRODUCER]
            fi
        od;
        /* All that was published has come, even when its producer has died. */
        assert(tail == memory[HEAD]);
finished:
        close(CONSUMER, CONSUMER_CLOSED, space_event);
        leave(CONSUMER)
    } unless {
        doomed[CONSUMER] -> leave(CONSUMER)
    }
}

/* ---- The rest ---------------------------------------------------------------------------------------------------- */

init {
    atomic {
        run buffer(PRODUCER);
        run buffer(CONSUMER);
        run producer();
        run consumer()
    };
    /* A death at any moment, or none. */
    if
    :: skip
    :: doomed[PRODUCER] = true
    :: doomed[CONSUMER] = true
    fi
}
