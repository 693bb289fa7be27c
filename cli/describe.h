#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

#include <jansson.h>
#include <stdio.h>

#include "conf/conf.h"

/* Configuration in words, for `check` and `explain`. Nothing here ends the
 * line. */

/* Modality in [DX, CR] and (BodyPartExamined is LEG or not ...) */
void describe_match(FILE *out, const struct conf_match *match);

/* starts when 1 image has ViewPosition AP, or 20 s after the last image, ... */
void describe_complete(FILE *out, const struct conf_complete *complete);

/* runs leg-alignment, sends SR and SC to pacs */
void describe_effect(FILE *out, const struct conf_route *route);

/* One of these phrases as a JSON string; NULL: no memory. */
json_t *describe_json(void (*phrase)(FILE *out, const void *what),
                      const void *what);

#endif
