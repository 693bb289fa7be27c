#ifndef SR_WRITER_SUMMARY_H
#define SR_WRITER_SUMMARY_H

#include "sr_writer/pen.h"

/* All of a study in one table: what was found first, by priority, then what
 * was measured, what was looked for in vain, and what was refused and why. */
#define SUMMARY_COLUMNS 1600 /* pixels of a page */
#define SUMMARY_HEIGHT  2000 /* at most */
#define SUMMARY_PAGES   16
#define SUMMARY_ITEMS   (FINDINGS_FOUND + 2 * FINDINGS_MEASUREMENTS)

enum summary_kind { SUMMARY_FOUND, SUMMARY_VALUE, SUMMARY_REFUSED };

struct summary {
    struct {
        enum summary_kind kind;
        size_t index; /* into the list of its kind */
    } items[SUMMARY_ITEMS];
    size_t n;
    size_t first[SUMMARY_PAGES + 1]; /* item of each page, and the end */
    double height[SUMMARY_PAGES];    /* pixels */
    size_t pages;                    /* at least 1 */
};

/* cr measures text. What exceeds the pages is left out, and the last page says
 * how much. */
void summary_plan(cairo_t *cr, const struct findings *findings,
                  struct summary *out);
void summary_paint(cairo_t *cr, const struct findings *findings,
                   const struct summary *summary, size_t page);

#endif
