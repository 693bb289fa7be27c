#ifndef INFERENCE_CHANGE_H
#define INFERENCE_CHANGE_H

#include "conf/conf.h"
#include "db/history.h"
#include "inference/bundle.h"

/* What each measurement was before: findings->changes from findings and
 * history, and nothing else. The rules:
 *
 * - An earlier value has the same tracking UID (person, measure, site, side)
 *   and is of another study, not dated after this one and within the route's
 *   `within`. Without any the change is CHANGE_NEW; where only the other side
 *   is known it is refused.
 * - It is comparable when unit and model are the same, the version with its
 *   weights is or the bundle has a bridge from it, the model took both images
 *   as the same view, ViewPosition and BodyPartExamined do not contradict
 *   where the route wants them to agree, millimeters are of the same source
 *   and not at the detector, and an implant is in both or in neither.
 * - The latest comparable one is the prior. With none, the reason why the
 *   latest is not says so.
 * - A difference of no more than the measurement's `detectable` is stable; a
 *   measurement without that figure is refused.
 * - A rate per year wants CHANGE_RATE_DAYS between the two. */
#define CHANGE_RATE_DAYS 90

struct change_how {
    const struct bundle *bundle;
    const struct conf_priors *priors;
};

/* now->rows[i] is findings->measurements[i] (remember()); past: of the same
 * patient, in the order of time (history_of()). Measurements beyond
 * FINDINGS_CHANGES have none. */
void change_find(const struct change_how *how, const struct history *now,
                 const struct history *past, struct findings *findings);

#endif
