#ifndef INFERENCE_FIT_H
#define INFERENCE_FIT_H

#include <stdbool.h>
#include <stddef.h>

/* Lines and circles through points with errors in both coordinates. Points in
 * any one unit; the results are in it too. */
struct fit_line {
    double at[2];      /* the points' mean */
    double along[2];   /* unit vector, from the first to the last point */
    double ends[2][2]; /* first and last point, moved onto the line */
    double length;     /* between the ends */
    double slim;       /* deviation across over deviation along, 0..1 */
};

struct fit_circle {
    double center[2], radius;
    double aspect; /* largest over smallest distance of a point from the
                      center, 1: round */
};

/* Orthogonal least squares: the principal axis of the points (Pearson, Phil
 * Mag 1901;2:559). False: fewer than two points, or all in one place. */
bool fit_line(const double (*points)[2], size_t n, struct fit_line *out);

/* Taubin's fit (IEEE PAMI 1991;13:1115) by Newton's method as in Chernov,
 * Circular and Linear Regression, 2010, 5.9; exact for three points. False:
 * fewer than three, or on one line. */
bool fit_circle(const double (*points)[2], size_t n, struct fit_circle *out);

#endif
