/* ring_tsan_test.c - the two threads of ring_threads.h, built with -fsanitize=thread. */
#include "common/memory/tests/ring_threads.h"

int main(void)
{
    test_threads(16);
    return check_end();
}
