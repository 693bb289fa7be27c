/* Notices that the wall clock jumped: its distance from the monotonic clock
 * changes only then. Slow corrections are no jump. */
#include "conf/clock_watch.h"

#include "conf/clock.h"

#define JUMP_MS 60000
#define CALM_MS 3600000

void clock_watch_start(struct clock_watch *watch, int64_t calm_ms)
{
    int64_t now_ms = clock_mono_ms();

    watch->started = true;
    watch->skew_ms = clock_wall_ms() - now_ms;
    watch->jump_ms = now_ms - CALM_MS + (calm_ms < CALM_MS ? calm_ms : CALM_MS);
}

bool clock_watch_steady(struct clock_watch *watch, int64_t *jumped_ms)
{
    int64_t now_ms = clock_mono_ms();
    int64_t skew_ms = clock_wall_ms() - now_ms;
    int64_t change_ms = skew_ms - watch->skew_ms;

    *jumped_ms = 0;
    if (!watch->started) {
        clock_watch_start(watch, 0);
        return true;
    }
    if (change_ms > JUMP_MS || change_ms < -JUMP_MS) {
        *jumped_ms = change_ms;
        watch->jump_ms = now_ms;
    }
    watch->skew_ms = skew_ms;
    return now_ms - watch->jump_ms >= CALM_MS;
}
