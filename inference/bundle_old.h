#ifndef INFERENCE_BUNDLE_OLD_H
#define INFERENCE_BUNDLE_OLD_H

#include "inference/bundle.h"

/* Fills what analyse.c asks for while it runs one network of heatmaps. */
void bundle_old(struct bundle *out);

#endif
