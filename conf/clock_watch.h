#ifndef CONF_CLOCK_WATCH_H
#define CONF_CLOCK_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* Ages are wall clock, and a wall clock that jumps forward makes everything
 * look old; it may be corrected again. What cannot be undone, removing files
 * or giving up deliveries, therefore waits an hour after a jump. */
struct clock_watch {
    bool started;    /* zeroed before the first look */
    int64_t skew_ms; /* wall clock minus monotonic, when last looked */
    int64_t jump_ms; /* monotonic: when the wall clock jumped */
};

/* The first look, at the start of a program: nobody knows what the clock did
 * before, so that it is as if it had jumped and calm_ms of the hour were left.
 * Without this call the first look sees no jump. */
void clock_watch_start(struct clock_watch *watch, int64_t calm_ms);

/* Is it an hour since the last jump of a minute or more, as far as this watch
 * has seen? *jumped_ms: the jump since the last
 * look, 0: none. */
bool clock_watch_steady(struct clock_watch *watch, int64_t *jumped_ms);

#endif
