#ifndef DB_DESTINATION_H
#define DB_DESTINATION_H

#include "db/queue.h"

/* What osteon-scu last found of a destination: "up", "down", "busy" or
 * "parked", and why. A row, so that whoever looks need not ask the process.
 */
struct destination_state {
    char name[65];
    char state[17];
    int64_t since_ms; /* wall clock: when it became so */
    char why[256];
};

/* The same state again keeps its since_ms, over restarts too. */
bool destination_note(struct db *db, const char *name, const char *state,
                      const char *why, struct err *err);

bool destination_each(struct db *db,
                      void (*each)(void *ctx, const struct destination_state *),
                      void *ctx, struct err *err);

#endif
