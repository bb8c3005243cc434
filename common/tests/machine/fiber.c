/* fiber.c - several stacks in one thread, on top of ucontext. */
#define _GNU_SOURCE
#include "common/tests/machine/fiber.h"

#include <stdio.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#endif

#define STACK_SIZE ((size_t)512 << 10)
#define KEPT 64

/*
 * Free stacks. They are kept for the next fiber, because the system takes long
 * to allocate and to release a block of this size.
 */
static void *kept[KEPT];
static size_t kept_count;

/* The two fibers of the current switch. */
static struct fiber *left;
static struct fiber *entered;

static void arrive(struct fiber *self)
{
#ifdef WITH_ASAN
    const void *bottom = NULL;
    size_t size = 0;
    __sanitizer_finish_switch_fiber(self->fake_stack, &bottom, &size);
    if (left->stack == NULL) {
        left->bottom = bottom;
        left->size = size;
    }
#else
    (void)self;
#endif
}

static void begin(void)
{
    struct fiber *self = entered;
    arrive(self);
    self->run(self->argument);
    abort();
}

void fiber_begin(struct fiber *fiber, void (*run)(void *argument), void *argument)
{
    fiber->stack = kept_count > 0 ? kept[--kept_count] : malloc(STACK_SIZE);
    if (fiber->stack == NULL || getcontext(&fiber->context) != 0) {
        (void)fputs("# fiber: the real machine has no memory left\n", stderr);
        abort();
    }
#ifdef WITH_ASAN
    /*
     * An earlier fiber may have left this stack by longjmp, so the frames of
     * that fiber are still poisoned.
     */
    __asan_unpoison_memory_region(fiber->stack, STACK_SIZE);
#endif
    fiber->bottom = fiber->stack;
    fiber->size = STACK_SIZE;
    fiber->fake_stack = NULL;
    fiber->run = run;
    fiber->argument = argument;
    fiber->context.uc_stack.ss_sp = fiber->stack;
    fiber->context.uc_stack.ss_size = STACK_SIZE;
    fiber->context.uc_link = NULL;
    makecontext(&fiber->context, begin, 0);
}

/*
 * This does the same as swapcontext(), in two halves. AddressSanitizer warns of
 * swapcontext() itself, because it cannot know that this file calls its
 * functions for fibers.
 */
void fiber_switch(struct fiber *from, struct fiber *to, bool for_good)
{
    volatile bool is_back = false;
    left = from;
    entered = to;
#ifdef WITH_ASAN
    __sanitizer_start_switch_fiber(for_good ? NULL : &from->fake_stack, to->bottom, to->size);
#else
    (void)for_good;
#endif
    (void)getcontext(&from->context);
    if (!is_back) {
        is_back = true;
        (void)setcontext(&to->context);
        abort();
    }
    arrive(entered);
}

void fiber_end(struct fiber *fiber)
{
    if (kept_count < KEPT) {
        kept[kept_count++] = fiber->stack;
    } else {
        free(fiber->stack);
    }
    fiber->stack = NULL;
}
