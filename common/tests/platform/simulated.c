/* simulated.c - run platform_test.c on the simulated machine. */
#include <stdio.h>
#include <string.h>

#include "common/tests/machine/machine.h"
#include "common/tests/platform/checks.h"

void machine_describe(void)
{
    check_note("the simulated machine");
}

bool in_session_zero(void)
{
    return false;
}

const char *scratch(const char *file)
{
    static char paths[8][300];
    static size_t next;
    char *path = paths[next++ % 8];
    (void)snprintf(path, sizeof paths[0], "folder\\%s", file);
    return path;
}

bool scratch_clear(void)
{
    return true;
}

bool replaces_open_files(void)
{
    return true;
}

bool machine_role(const char *role, int count, char **arguments, int *status)
{
    (void)role;
    (void)count;
    (void)arguments;
    (void)status;
    return false;
}

static int run(void *context)
{
    (void)context;
    static char program[] = "winshm-check";
    char *arguments[] = {program, NULL};
    return platform_main(1, arguments);
}

/* Run the checks as a program of the machine, so that it counts the leaks. */
int main(void)
{
    machine_reset();
    machine_program(platform_main);
    machine_file_device("NUL");
    int status = machine_run(1, run, NULL);

    /*
     * Only the role `own` leaks on purpose: a mutex that it owns, and its
     * handle.
     */
    if (machine_leaks() != 2) {
        printf("# %zu things are left behind\n", machine_leaks());
        return 1;
    }
    return status;
}
