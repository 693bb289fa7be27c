#ifndef SR_WRITER_TREE_H
#define SR_WRITER_TREE_H

#include "dicom/srdoc.h"
#include "sr_writer/sources.h"

/* The content tree of one report: TID 1500 with what it includes, as
 * docs/RESULTS.md draws it. NULL: nothing was built. */
struct srdoc *tree_build(const struct result_request *request,
                         const struct sources *sources, bool comprehensive_3d,
                         struct err *err);

/* PARTIAL when something was refused or all failed, else COMPLETE. */
bool tree_complete(const struct findings *findings);

#endif
