#ifndef INFERENCE_REFUSAL_H
#define INFERENCE_REFUSAL_H

#include "db/queue.h"
#include "inference/models.h"

/* Weights that are not what model.yaml promises are an alert for the audit
 * trail (model.refused), and not only a failure. */

/* models_load() failed: records it where that was the reason. The database is
 * opened for it, never made. */
void refusal_at_start(const struct models *models, const struct err *why);

/* An analysis failed for good: records it where the bundle's weights are
 * refused by now. */
void refusal_of_job(struct db *db, const struct bundle *bundle);

#endif
