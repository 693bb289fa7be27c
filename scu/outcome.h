#ifndef SCU_OUTCOME_H
#define SCU_OUTCOME_H

#include <stdint.h>

/* What a C-STORE response means for the job. */
enum outcome {
    OUTCOME_DELIVERED,
    OUTCOME_WARNING, /* delivered, and the destination changed something */
    OUTCOME_RETRY,   /* may work later */
    OUTCOME_REJECT   /* never with this object at this destination */
};

enum outcome outcome_of(uint16_t status);

/* What the standard says of the status, for the log and the admin. */
const char *outcome_text(uint16_t status);

#endif
