#ifndef DICOM_MATCH_H
#define DICOM_MATCH_H

#include "conf/conf.h"
#include "dicom/dataset.h"

/* Evaluates a route's conditions against one image. calling_ae and called_ae
 * come from the association, everything else from the headers. */
struct match_input {
    const struct dcm *set;
    const char *calling_ae, *called_ae; /* "" offline */
};

/* Does every condition name a keyword that exists, and compile? The message
 * starts with file:line:column. Called once at start by every program that
 * reads routes. */
bool match_check(const struct conf *conf, struct err *err);

/* why (may be NULL): the first condition that failed and what the image has
 * instead, e.g. `BodyPartExamined: wants in [LEG, LOWER LIMB], image has
 * "HIP"`. Untouched when it matches. */
bool match_image(const struct conf_match *match, const struct match_input *in,
                 char *why, size_t why_size);

/* Bit i set: the image meets needs[i]. */
uint32_t match_needs(const struct conf_complete *complete,
                     const struct match_input *in);

/* The magnification of the first of the devices that the image is of; 0: of
 * none. */
double match_magnification(const struct conf_inference *inference,
                           const struct dcm *set);

/* The rules in order: selected[i] says whether route i takes the image;
 * `final: true` of a matching route ends the search. */
void match_routes(const struct conf *conf, const struct match_input *in,
                  bool *selected);

#endif
