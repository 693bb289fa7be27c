#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include "conf/conf.h"
#include "dicom/match.h"
#include "dicom/scan.h"

/* What each route says to one file, and its printing. */
enum explain_outcome { EXPLAIN_TAKES, EXPLAIN_DIFFERS, EXPLAIN_NOT_REACHED };

struct explain_route {
    const struct conf_route *route;
    enum explain_outcome outcome;
    uint32_t needs_met; /* bit i: needs[i] of the route */
    char why[512];      /* "" when it takes the file */
};

struct explain {
    const char *path;
    const struct conf *conf;
    const char *error;            /* NULL, or why the file would be refused */
    struct scan scan;             /* valid without error */
    const char *barred;           /* NULL, or why no model gets it */
    struct explain_route *routes; /* conf->n_routes */
};

void explain_text(const struct explain *explain);
void explain_json(const struct explain *explain);

#endif
