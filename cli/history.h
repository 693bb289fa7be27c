#ifndef CLI_HISTORY_H
#define CLI_HISTORY_H

#include <stdio.h>

#include "db/history.h"

/* What `osteon history` prints; rows in the order of time. */
struct history_view {
    struct db *db; /* for the keys of studies */
    const struct history *history;
    const char *measure; /* only this id; NULL: all */
    enum side side;      /* only this side; SIDE_NONE: all */
};
bool history_wanted(const struct history_view *view,
                    const struct history_row *row);

/* A table for each measure and side. */
void history_text(const struct history_view *view, FILE *out);
/* docs/history.schema.json, one line. */
void history_json(const struct history_view *view);
/* RFC 4180 with a header; a text that a spreadsheet would take for a formula
 * begins with an apostrophe. */
void history_csv(const struct history_view *view, FILE *out);

#endif
