/* main.c - shmread prints the contents of named shared memory. */
#include "common/windows/wide.h"
#include "reader/reader.h"

/*
 * Without this the run-time library of MinGW would expand * and ? in NAME or
 * PATTERN to the names of files.
 */
int _dowildcard = 0;

int wmain(int count, wchar_t **wide); /* no header of MinGW declares it */

int wmain(int count, wchar_t **wide)
{
    /*
     * Windows passes the command line in UTF-16. The rest of the program uses
     * UTF-8.
     */
    char **arguments = wide_arguments(count, wide);
    return (int)(arguments == NULL ? EXIT_NO_ROOM : reader_main(count, arguments));
}
