/* main.c - starts shmwrite, which puts a value into named shared memory. */
#include <windows.h>

#include "common/windows/wide.h"
#include "writer/writer.h"

/*
 * NAME and TEXT are literal: no run-time library expands the wildcards in them.
 */
int _dowildcard = 0;

int wmain(int count, wchar_t **wide); /* no header of MinGW declares it */

int wmain(int count, wchar_t **wide)
{
    /* The command line is UTF-16; from here on it is UTF-8. */
    char **arguments = wide_arguments(count, wide);
    enum status status = arguments == NULL ? EXIT_NO_ROOM : writer_main(count, arguments);

    /*
     * After Ctrl+C, end with the status of a program that Ctrl+C kills, so that
     * batch files see no difference.
     */
    return status == EXIT_INTERRUPTED ? (int)STATUS_CONTROL_C_EXIT : (int)status;
}
