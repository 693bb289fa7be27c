#ifndef TEST_GOLDEN_H
#define TEST_GOLDEN_H

/* A folder for what a test draws or builds. OSTEON_GOLDEN names one where
 * everything is left, to be looked at. */
#include <stdio.h>
#include <stdlib.h>

static char golden_dir[256];

static int golden_start(void **state)
{
    const char *golden = getenv("OSTEON_GOLDEN");

    (void)state;
    snprintf(golden_dir, sizeof(golden_dir), "%s",
             golden == NULL ? "/tmp/osteon-golden.XXXXXX" : golden);
    return golden == NULL && mkdtemp(golden_dir) == NULL;
}

static int golden_end(void **state)
{
    char command[300];

    (void)state;
    if (getenv("OSTEON_GOLDEN") != NULL)
        return 0;
    snprintf(command, sizeof(command), "rm -r %s", golden_dir);
    return system(command);
}

#endif
