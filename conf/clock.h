#ifndef CONF_CLOCK_H
#define CONF_CLOCK_H

#include <stdint.h>

int64_t clock_wall_ms(void); /* since 1970, may jump */
int64_t clock_mono_ms(void); /* monotonic, for durations and deadlines */
void clock_sleep_ms(int64_t ms);

#endif
