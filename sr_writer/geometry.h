#ifndef SR_WRITER_GEOMETRY_H
#define SR_WRITER_GEOMETRY_H

#include "db/findings.h"

/* Where a measurement or a finding lies, as lines to draw: for SCOORD and for
 * presentation states, which share one coordinate system: 0,0 is the outer
 * corner of the first pixel (PS3.3 C.18.6.1.1 and C.10.5.1.2), so that a
 * pixel's center is at 0.5. */
#define GEOMETRY_LINES 2

struct geometry_line {
    double at[FINDINGS_POINTS + 1][2]; /* column, row */
    size_t n;
};

/* The lines of a checked measurement; returns how many. Two lengths or two
 * lines of an angle are two lines, or one of four points when joined. Areas
 * and boxes are closed: the first point comes again. */
size_t geometry_measurement(const struct measurement *m, bool joined,
                            struct geometry_line out[static GEOMETRY_LINES]);

/* A box as a closed line of five points. */
void geometry_box(const double box[4], struct geometry_line *out);

#endif
