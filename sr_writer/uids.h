#ifndef SR_WRITER_UIDS_H
#define SR_WRITER_UIDS_H

#include "sr_writer/results.h"

/* UIDs that a rerun makes again (P3), and nothing else does: another weight,
 * another line of model.yaml, another option that changes what is written, or
 * a source sent again with other content, or another prior it is compared with.
 * kind: "SR", "SR3D", "SC", "NOTE", "CHART". An analysis that failed in another
 * way makes another report. */
void uids_instance(char out[static 65], const struct result_request *request,
                   const char *kind, size_t index);
/* One series for each study, model with its version, and kind: "SR", "OT",
 * "SR failed", "note", "chart". */
void uids_series(char out[static 65], const struct findings *findings,
                 const char *kind, const char *study_uid);
/* Another one as soon as version or weights change (IHE AIR 6.5.3.1). */
void uids_device(char out[static 65], const struct findings *findings);

#endif
