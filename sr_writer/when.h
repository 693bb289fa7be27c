#ifndef SR_WRITER_WHEN_H
#define SR_WRITER_WHEN_H

#include <stdbool.h>
#include <stdint.h>

/* A wall clock time as DA and TM. offset: "+0100" (TimezoneOffsetFromUTC) for
 * that zone; anything else, "" too: the zone of this machine. */
struct when {
    char date[9];
    char time[14]; /* HHMMSS.mmm */
};

bool when_write(int64_t wall_ms, const char *offset, struct when *out);

#endif
