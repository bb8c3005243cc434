/*
 * follow.pml - how followers wait for a change of a value, as a model for spin.
 *
 * It models announcement.c and follow.c: two followers, an updater, and a
 * holder that lets go at any moment. Each process has a store buffer of one
 * entry. A store reaches the memory at any later moment, but the process's own
 * loads see it at once. A fence waits until the buffer is empty.
 *
 * The model grants less than x86 does. Adding to `announced`, and opening or
 * creating an event, excludes others from doing the same, but the result may
 * stay in the buffer, as on a processor with weaker order. So the model shows
 * that the two fences are enough, whatever the system does inside its calls.
 *
 * spin tries every possible run, and reports a run that ends while a follower
 * still waits (an invalid end state: a wake-up was lost), or in which an
 * assertion fails: a follower prints an older value after a newer one, or ends
 * without having printed the last value. There is no look once a second in the
 * model, and no process dies.
 *
 *     -DNO_FENCE_ANNOUNCER   leave out the fence of announcement_make()
 *     -DNO_FENCE_FOLLOWER    leave out the fence of announcement_wait()
 *     -DNO_RECHECK           do not look at `announced` again before waiting
 *     -DNO_END               do not announce the end of the value
 *     -DLOOK_FIRST           look at the value before loading `announced`
 *
 * With any of these spin must find a run that fails. scripts/model.sh checks
 * that.
 */
#define UPDATES 2     /* each stores the next number in `current` */
#define GENERATIONS 4 /* numbers of `announced`: one for each update and for the end, and the next one */

/* The numbers of the shared words. An event is a word, too: 1 if it exists. */
#define CURRENT 0
#define RELEASED 1
#define ANNOUNCED 2
#define EVENT 3 /* and the next ones: the event of each generation */
byte memory[7];

/* The processes, and their store buffers. */
#define UPDATER 0
#define HOLDER 1
#define FOLLOWER 2 /* and 3 */
bool buffered[4];
byte buffered_word[4];
byte buffered_value[4];

bool set[GENERATIONS];   /* the event of this generation is set */
byte users[GENERATIONS]; /* processes that have it open; it disappears with the last one */
byte last;               /* the last update that came before the end of the value */

/* ---- The machine ------------------------------------------------------------------------------------------------- */

inline store(self, word, value)
{
    atomic {
        !buffered[self];
        buffered_word[self] = word;
        buffered_value[self] = value;
        buffered[self] = true
    }
}

/* A load by `self`, as an expression. */
#define LOAD(self, word) (buffered[self] && buffered_word[self] == word -> buffered_value[self] : memory[word])

#define BUFFERS(self, word) (buffered[self] && buffered_word[self] == word)

/*
 * Whether no process has a change of this word in its buffer. Then a process
 * may load and change the word in one access.
 */
#define IS_FREE(word) (!BUFFERS(0, word) && !BUFFERS(1, word) && !BUFFERS(2, word) && !BUFFERS(3, word))

proctype buffer(byte self)
{
end:
    do
    :: d_step {
           buffered[self] -> memory[buffered_word[self]] = buffered_value[self];
           buffered[self] = false;
           buffered_word[self] = 0;
           buffered_value[self] = 0
       }
    od
}

/* Close an event. The last one to close it removes it. */
inline close(g)
{
    d_step {
        users[g]--;
        if
        :: users[g] == 0 -> memory[EVENT + g] = 0; set[g] = false
        :: else
        fi
    }
}

/* ---- Announcing -------------------------------------------------------------------------------------------------- */

/* announcement_make(). */
inline announce(self)
{
    atomic {
        !buffered[self] && IS_FREE(ANNOUNCED);
        g = memory[ANNOUNCED];
        store(self, ANNOUNCED, g + 1)
    };
#ifndef NO_FENCE_ANNOUNCER
    !buffered[self];
#endif
    if
    :: d_step { memory[EVENT + g] == 1 -> users[g]++ }; /* it exists, and is opened */
       set[g] = true;
       close(g)
    :: memory[EVENT + g] == 0
    fi
}

/*
 * The updater stores each update, and then looks whether the value has ended.
 * An update that came too late is lost.
 */
proctype updater()
{
    byte update;
    byte g;

    do
    :: update < UPDATES ->
        update++;
        store(UPDATER, CURRENT, update);
        !buffered[UPDATER]; /* the fence of trailer_is_released() */
        if
        :: LOAD(UPDATER, RELEASED) == 1 -> break
        :: LOAD(UPDATER, RELEASED) == 0 -> last = update
        fi;
        announce(UPDATER)
    :: update == UPDATES -> break
    od
}

proctype holder()
{
    byte g;

    store(HOLDER, RELEASED, 1);
    !buffered[HOLDER]; /* the fence of trailer_release() */
#ifndef NO_END
    announce(HOLDER)
#endif
}

/* ---- Following --------------------------------------------------------------------------------------------------- */

/* Look at the value, and print it if it is new. */
inline look(self)
{
    is_over = LOAD(self, RELEASED) == 1;
    now = LOAD(self, CURRENT);
    assert(now >= printed);
    printed = now
}

proctype follower(byte self)
{
    byte g;
    byte now;
    byte printed;
    bool is_over;

    do
    ::
#ifndef LOOK_FIRST
        g = LOAD(self, ANNOUNCED); /* announcement_listen() */
        look(self);
#else
        look(self);
        g = LOAD(self, ANNOUNCED);
#endif
        if
        :: is_over -> break
        :: else
        fi;

        /* announcement_wait(): open the event, or create it. */
        atomic {
            !buffered[self] && IS_FREE(EVENT + g);
            users[g]++;
            if
            :: memory[EVENT + g] == 0 -> store(self, EVENT + g, 1)
            :: else
            fi
        };
#ifndef NO_FENCE_FOLLOWER
        !buffered[self];
#endif
        if
#ifndef NO_RECHECK
        :: LOAD(self, ANNOUNCED) != g
        :: LOAD(self, ANNOUNCED) == g -> set[g]
#else
        :: set[g]
#endif
        fi;
        !buffered[self];
        close(g)
    od;
    /*
     * The last update came before the end. The follower that has seen the end
     * has printed it.
     */
    assert(printed >= last)
}

init {
    atomic {
        run buffer(UPDATER);
        run buffer(HOLDER);
        run buffer(FOLLOWER);
        run buffer(FOLLOWER + 1);
        run updater();
        run holder();
        run follower(FOLLOWER);
        run follower(FOLLOWER + 1)
    }
}
