/*
 * fiber.h - several stacks in one thread, of which one runs: a switch between
 * them costs a fraction of a microsecond, where a switch between threads costs
 * ten.
 *
 * A struct fiber of zeros is the stack that its caller already runs on.
 */
#ifndef COMMON_TESTS_MACHINE_FIBER_H
#define COMMON_TESTS_MACHINE_FIBER_H

#include <stdbool.h>
#include <stddef.h>
#include <ucontext.h>

struct fiber {
    ucontext_t context;
    void *stack;        /* NULL: the one that the thread began with */
    const void *bottom; /* what AddressSanitizer knows of the stack */
    size_t size;
    void *fake_stack;
    void (*run)(void *argument);
    void *argument;
};

/* Give `fiber` a stack, on which run(argument) begins with the first switch. It never returns. */
void fiber_begin(struct fiber *fiber, void (*run)(void *argument), void *argument);

/* Leave `from`, which runs, and go on in `to`. With `for_good`, nobody switches back to `from`. */
void fiber_switch(struct fiber *from, struct fiber *to, bool for_good);

/* Keep the stack of a fiber that does not run any more, for the next one. */
void fiber_end(struct fiber *fiber);

#endif
