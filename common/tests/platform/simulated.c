/* simulated.c - run platform_test.c on the simulated machine. */
#include <stdio.h>

#include "common/tests/machine/machine.h"
#include "common/tests/platform/checks.h"

const struct role *const machine_roles[] = {NULL};

void machine_describe(void)
{
    check_note("the simulated machine");
}

void machine_checks(void)
{
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

static int run(void *context)
{
    (void)context;
    static char program[] = "winshm-check";
    char *arguments[] = {program, NULL};
    return platform_main(1, arguments);
}

/* Run the checks as a program of the machine, because they start others. */
int main(void)
{
    machine_reset();
    machine_program(platform_main);
    machine_file_device("NUL");
    return machine_run(1, run, NULL);
}
