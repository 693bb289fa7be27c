/* A core file is a copy of whatever image was being handled, in a folder that
 * nobody watches. The limit alone does not stop a core_pattern that pipes to a
 * program; PR_SET_DUMPABLE does (core(5)). */
#include "conf/harden.h"

#include <sys/prctl.h>
#include <sys/resource.h>

void harden(void)
{
    const struct rlimit none = {0};

    setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* whose leak check is a debugger */
    prctl(PR_SET_DUMPABLE, 0);
#endif
}
