/*
 * wait.pml - how the two sides of a stream wait, as a model for spin.
 *
 * It models ring.c and stream.c. The memory is that of x86: each side has a
 * store buffer, here of one entry. A store reaches the memory at any later
 * moment, but the side's own loads see it at once. A fence waits until the
 * buffer is empty, as an exchange and the setting of an event do. An event is
 * reset when it ends a wait.
 *
 * spin tries every possible run, and reports a run that ends while a side still
 * waits (an invalid end state: a wake-up was lost, or both sides wait), or in
 * which an assertion fails. The runs differ in the sizes of the pieces, in
 * whether the input comes at once or only when the consumer has consumed
 * everything (as when a user types a line, sees it, and types the next), and in
 * when a side ends or is killed. With ON_DISK the input is a file: it comes at
 * once, and the producer may leave the consumer asleep after any piece
 * (stream_gather()). The model does not know after which, so spin tries all.
 *
 *     -DNO_FENCE_WAITER=n     leave out the fence of ring_begin_wait(): 1 of the
 *                             producer, 2 of the consumer, 3 of both
 *     -DNO_FENCE_PUBLISHER=n  leave out the fence of ring_advance(), likewise
 *     -DNO_RECHECK            do not look again after storing the waiting flag
 *     -DNO_CLOSE_EVENT        do not set the event of the other side at the end
 *     -DNO_WAKE_BEFORE_WAIT   do not wake a consumer that was left asleep before
 *                             the wait for room; with ON_DISK
 *     -DINPUT_WAITS           with ON_DISK: the file is like a pipe, and its
 *                             bytes may come only when all are consumed
 *
 * With any of these spin must find a run that hangs. scripts/model.sh checks
 * that.
 */
#ifndef ON_DISK
#define INPUT_WAITS
#endif
#ifndef NO_FENCE_WAITER
#define NO_FENCE_WAITER 0
#endif
#ifndef NO_FENCE_PUBLISHER
#define NO_FENCE_PUBLISHER 0
#endif

#define CAPACITY 8
#define QUARTER 2 /* CAPACITY / 4: the room for which a producer waits */
#define TOTAL 11  /* bytes: more than one lap, so that the ring is full, empty, and between */

/*
 * The numbers of the shared words, and the memory. The producer stores the
 * first three.
 */
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
bool gone[2];   /* the mutex of a side is free or abandoned, which ends every wait for it */
bool doomed[2]; /* the side is killed at its next step */

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

/*
 * A fence of `side`, unless `left_out` has the bit of this side: wait for an
 * empty buffer.
 */
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

/*
 * The end of ring_advance(): exchange the flag, and set the event of a side
 * that waits.
 */
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

/*
 * Release the mutex, or die. By then all stores of this side have reached the
 * memory.
 */
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

/* ring_must_wake(): wake the consumer for any byte. */
inline wake_consumer()
{
    is_gathering = false;
    (FENCE_OF(PRODUCER, NO_FENCE_PUBLISHER));
    if
    :: LOAD(PRODUCER, TAIL_WAITING) == 0
    :: LOAD(PRODUCER, TAIL_WAITING) != 0 -> wake(PRODUCER, TAIL_WAITING, data_event)
    fi
}

/* stream_advance(), or of a file stream_gather(). */
inline produced()
{
    store(PRODUCER, HEAD, head);
#ifdef ON_DISK
    if
    :: is_gathering = true
    :: wake_consumer()
    fi
#else
    wake_consumer()
#endif
}

/*
 * stream_wait(): return when there is room, the event is set, or the other side
 * is gone.
 */
inline wait_for_room()
{
#if defined ON_DISK && !defined NO_WAKE_BEFORE_WAIT
    if
    :: is_gathering -> wake_consumer()
    :: else
    fi;
#endif
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
    byte tail; /* as last loaded */
    byte piece;
    byte wakes;
    bool is_gathering;

    {
        do
        :: head == TOTAL -> break
        :: head < TOTAL -> break /* the input ends */
        :: head < TOTAL ->
            /*
             * The input comes at any moment, or only when the consumer has
             * consumed everything.
             */
            if
            :: skip
#ifdef INPUT_WAITS
            :: true ->
                if
                :: memory[TAIL] == head
                :: gone[CONSUMER] -> break
                fi
#endif
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

            /* Produce one byte, or all that fit. */
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
        /*
         * The producer waits until its consumer is gone, and then releases its
         * mutex.
         */
        gone[CONSUMER];
        leave(PRODUCER)
    } unless {
        doomed[PRODUCER] -> leave(PRODUCER)
    }
}

/* ---- The consumer ------------------------------------------------------------------------------------------------ */

#define CONSUMER_READY (LOAD(CONSUMER, HEAD) != tail || LOAD(CONSUMER, PRODUCER_CLOSED) != 0)

/* ring_advance(): wake the producer when a quarter of the ring is free. */
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
    byte head; /* as last loaded */
    byte piece;
    byte wakes;
    bool closed;
    bool was_gone;

    {
        do
        :: /* Load the closed word first: if it is set, nothing can follow the bytes found next. */
            closed = LOAD(CONSUMER, PRODUCER_CLOSED) != 0;
            if
            :: head == tail -> head = LOAD(CONSUMER, HEAD)
            :: else
            fi;
            assert(head >= tail && head - tail <= CAPACITY);
            if
            :: head != tail ->
                /*
                 * Consume one byte, or all that are there, or end because the
                 * output fails.
                 */
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
        /*
         * All bytes that were published have arrived, even if the producer has
         * died.
         */
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
    /* One side dies at any moment, or none. */
    if
    :: skip
    :: doomed[PRODUCER] = true
    :: doomed[CONSUMER] = true
    fi
}
