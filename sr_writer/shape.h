#ifndef SR_WRITER_SHAPE_H
#define SR_WRITER_SHAPE_H

#include "sr_writer/pen.h"
#include "sr_writer/place.h"

/* What is drawn for a measurement or a finding: the strokes a surgeon would
 * make with ruler and pencil, and the lines its value may stand beside. */
#define SHAPE_STROKES 16 /* two lines that meet make 11, more than others */
#define SHAPE_ANCHORS FINDINGS_POINTS

struct shape {
    struct stroke strokes[SHAPE_STROKES];
    size_t n_strokes;
    struct place_segment anchors[SHAPE_ANCHORS]; /* best first */
    size_t n_anchors;
    struct place_segment tags[2]; /* two lines: where each is named */
    size_t n_tags;
};

/* points: n of the measurement's kind on the picture (db/findings.h); pen
 * gives the sizes. Fewer points than the kind needs: an empty shape. */
void shape_of_measurement(const struct pen *pen, const struct measurement *m,
                          double (*points)[2], struct shape *out);

/* plumb: measurement.plumb on the picture. */
void shape_add_plumb(const struct measurement *m, double (*points)[2],
                     const double plumb[2], struct shape *out);

/* box: x0 y0 x1 y1 on the picture. */
void shape_of_found(const struct pen *pen, const double box[4],
                    struct shape *out);

#endif
