/* main.c - shmread: print what is in named shared memory. */
#include "common/windows/wide.h"
#include "reader/reader.h"

/* NAME is literal: no run-time library expands the wildcards in it. */
int _dowildcard = 0;

int wmain(int count, wchar_t **wide); /* the start-up code of MinGW declares none */

int wmain(int count, wchar_t **wide)
{
    /* The command line is UTF-16; from here on it is UTF-8. */
    char **arguments = wide_arguments(count, wide);
    return (int)(arguments == NULL ? EXIT_NO_ROOM : reader_main(count, arguments));
}
