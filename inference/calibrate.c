/* A ball of known size beside the patient says what a pixel is worth in its
 * plane. Only a ball that was surely seen, is large enough and round is
 * believed; and one that the header's own pixel size makes absurd shows that
 * one of the two is wrong. */
#include <math.h>
#include <stdio.h>

#include "inference/measure_view.h"

#define LEAST_POINTS 4    /* three lie on a circle always */
#define LEAST_PIXELS 20.0 /* diameter: a pixel is 5 % of it */
#define MOST_ASPECT  1.05
/* Header's millimeters over the ball's. A ball at the detector has 1, one near
 * the tube up to 1.8; calibrated headers may err by 30 %. */
#define LEAST_FACTOR 0.7
#define MOST_FACTOR  1.8

enum calibrate_result calibrate_ball(const struct rules *rules,
                                     const struct geometry *geometry,
                                     const double unit[2],
                                     struct findings_image *image,
                                     char reason[static FINDINGS_REASON])
{
    const struct shape *ball = &geometry->shapes[rules->ball];
    double diameter = 2 * ball->radius;
    if (!ball->ok || ball->kind != OBJECT_CIRCLE) {
        snprintf(reason, FINDINGS_REASON, "no calibration ball: %.130s",
                 ball->reason);
        return CALIBRATE_NO_BALL;
    }
    if (ball->n_fitted < LEAST_POINTS || !(ball->aspect <= MOST_ASPECT) ||
        !(diameter >= LEAST_PIXELS * geometry->plane.pixel)) {
        snprintf(reason, FINDINGS_REASON,
                 "the calibration ball is not round (aspect %.2f) or too small",
                 ball->aspect);
        return CALIBRATE_NO_BALL;
    }
    double scale = rules->ball_mm / diameter;
    if (image->calibration != CALIBRATION_NONE &&
        !(1 / scale >= LEAST_FACTOR && 1 / scale <= MOST_FACTOR)) {
        snprintf(reason, FINDINGS_REASON,
                 "the calibration ball and the header's pixel size differ by "
                 "the factor %.2f",
                 1 / scale);
        image->calibration = CALIBRATION_NONE;
        image->spacing_mm[0] = image->spacing_mm[1] = 0;
        return CALIBRATE_CONTRADICTION;
    }
    image->calibration = CALIBRATION_BALL;
    image->spacing_mm[0] = unit[1] * scale;
    image->spacing_mm[1] = unit[0] * scale;
    return CALIBRATE_BALL;
}
