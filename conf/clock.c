/* The only place that reads a clock, so that it stays visible which times
 * may jump (wall) and which may not (monotonic). */
#include "conf/clock.h"

#include <time.h>

static int64_t now_ms(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
    return now_ms(CLOCK_REALTIME);
}

int64_t clock_mono_ms(void)
{
    return now_ms(CLOCK_MONOTONIC);
}

void clock_sleep_ms(int64_t ms)
{
    struct timespec left;

    if (ms <= 0)
        return;
    left.tv_sec = (time_t)(ms / 1000);
    left.tv_nsec = (long)(ms % 1000) * 1000000;
    /* A signal ends the sleep early: the caller looks at its flags. */
    clock_nanosleep(CLOCK_MONOTONIC, 0, &left, NULL);
}
