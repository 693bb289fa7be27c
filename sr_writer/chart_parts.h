#ifndef SR_WRITER_CHART_PARTS_H
#define SR_WRITER_CHART_PARTS_H

#include "sr_writer/chart.h"
#include "sr_writer/pen.h"

/* Between the files that paint a chart: chart_paint.c (pages, panels, lines),
 * chart_axes.c, chart_words.c. */
#define CHART_PAD        14.0
#define CHART_FOOT_LINES 2

struct chart_sheet {
    struct pen pen;
    const struct findings *findings;
    const struct chart *chart;
    double top, bottom; /* of the panels */
};

double chart_line_height(const struct chart_sheet *page);
void chart_ink(cairo_t *cr, enum ink ink, double alpha);
void chart_stroke(cairo_t *cr, double x0, double y0, double x1, double y1);
void chart_mark(const struct pen *pen, enum side side, double x, double y);

void chart_value_axis(const struct chart_sheet *page,
                      const struct chart_panel *panel,
                      const struct chart_frame *frame);
void chart_band(const struct chart_sheet *page, const struct chart_line *line,
                const struct chart_frame *frame);
/* *n: how many were marked. */
void chart_versions(const struct chart_sheet *page,
                    const struct chart_line *line,
                    const struct chart_frame *frame, size_t *n);
/* Both sides change their model in the same studies: that is told once. */
bool chart_same_versions(const struct chart_line *a,
                         const struct chart_line *b);
void chart_time_axis(const struct chart_sheet *page,
                     const struct chart_panel *panel,
                     const struct chart_frame *frame);

void chart_head(const struct chart_sheet *page, const struct chart_panel *panel,
                double x, double y, double width);
void chart_foot(const struct chart_sheet *page, size_t more);

#endif
