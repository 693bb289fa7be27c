#ifndef SR_WRITER_CHART_H
#define SR_WRITER_CHART_H

#include "sr_writer/naming.h"
#include "sr_writer/pen.h"

/* How measures went over the studies of a person: one panel a measure, both
 * sides in it, four panels a page. What changed comes first. Only values that
 * can be compared are drawn (struct change). */
#define CHART_SIDE   1024 /* pixels of a page, either way */
#define CHART_PANELS 4    /* of a page */
#define CHART_PAGES  8    /* at most */
#define CHART_LINES  3    /* right, left, no side */
#define CHART_POINTS (FINDINGS_EARLIER + 1)

struct chart_point {
    char date[9];
    double value;
    char version[33]; /* of the model */
};

struct chart_line {
    const struct change *change;
    enum side side;
    struct chart_point points[CHART_POINTS]; /* oldest first */
    size_t n;
};

struct chart_panel {
    const struct measurement *of; /* one of its lines' */
    struct chart_line lines[CHART_LINES];
    size_t n_lines;
    bool changed; /* one of its lines did */
};

struct chart {
    struct chart_panel panels[FINDINGS_CHANGES];
    size_t n;
    size_t pages; /* 0: nothing has an earlier value */
};

/* Keeps pointers into the findings. */
void chart_plan(const struct findings *findings, struct chart *out);
/* How many panels page has, from which on. */
size_t chart_page(const struct chart *chart, size_t page, size_t *first);
void chart_paint(cairo_t *cr, const struct findings *findings,
                 const struct chart *chart, size_t page);

/* The plot of a panel on its page: pixels, days and values. */
struct chart_frame {
    double left, top, width, height;
    double first_day, last_day;
    double low, high, step; /* of the values' axis */
};
/* Days since 1970-01-01 of the Gregorian calendar. */
double chart_day(const char *date);
/* Where the page's panel `slot` has its plot; cr measures text. */
void chart_frame(cairo_t *cr, const struct findings *findings,
                 const struct chart *chart, size_t page, size_t slot,
                 struct chart_frame *out);
/* Its axes, from the values. */
void chart_scale(const struct chart_panel *panel, struct chart_frame *out);
double chart_x(const struct chart_frame *frame, const char *date);
double chart_y(const struct chart_frame *frame, double value);

#endif
