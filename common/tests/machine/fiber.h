/*
 * fiber.h - several stacks in one thread, one of which runs at a time.
 *
 * A switch between fibers takes a fraction of a microsecond. A switch between
 * threads takes ten microseconds.
 *
 * A struct fiber of zeros is the stack that the caller already runs on.
 */
#ifndef COMMON_TESTS_MACHINE_FIBER_H
#define COMMON_TESTS_MACHINE_FIBER_H

#include <stdbool.h>
#include <stddef.h>
#include <ucontext.h>

struct fiber {
    ucontext_t context;
    void *stack;        /* NULL: the stack of the thread */
    const void *bottom; /* the bounds of the stack for AddressSanitizer */
    size_t size;
    void *fake_stack;
    void (*run)(void *argument);
    void *argument;
};

/*
 * Create a stack for `fiber`. The first switch to it calls run(argument), which
 * must not return.
 */
void fiber_begin(struct fiber *fiber, void (*run)(void *argument), void *argument);

/*
 * Suspend the running fiber `from` and continue `to`. With `for_good`, no fiber
 * switches back to `from`.
 */
void fiber_switch(struct fiber *from, struct fiber *to, bool for_good);

/*
 * Release the stack of a fiber that does not run any more. The next fiber may
 * use it.
 */
void fiber_end(struct fiber *fiber);

#endif
