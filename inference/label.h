#ifndef INFERENCE_LABEL_H
#define INFERENCE_LABEL_H

#include "inference/geometry.h"

/* One label of a mask: the cells that hold it. */

/* The mask of that output for that side: the side's own region, else one that
 * is of no side; NULL: none. */
const struct seen_mask *label_mask(const struct seen *seen, const char *output,
                                   enum side side);

/* On the plane. False: no cell, or (edge) fewer than two columns of them.
 * Centroid and edge look at the largest connected part only, since a stray
 * cell elsewhere would bend an edge; an area counts every cell.
 *
 * *confidence: the mean probability of the label in the cells that the result
 * rests on: those of the part, the outermost ones that make the edge, those
 * that are counted. At an edge a network is never sure, so that of an edge is
 * lower than that of an area, and as lower as the edge is blurred. */
bool label_centroid(const struct seen_mask *mask, uint8_t label,
                    const struct plane *plane, double out[2],
                    double *confidence);

/* The outer border of the outermost cells seen from a direction of the plane,
 * one point per row of cells, in the order of growing x (or y) of the plane.
 * *points is malloc'd. */
bool label_edge(const struct seen_mask *mask, uint8_t label,
                const struct plane *plane, const double toward[2],
                double (**points)[2], size_t *n, double *confidence);

/* In the plane's unit, squared; 0: no cell. */
double label_area(const struct seen_mask *mask, uint8_t label,
                  const struct plane *plane, double *confidence);

/* Up to 8 corners of the largest part's hull, in turn. */
size_t label_outline(const struct seen_mask *mask, uint8_t label,
                     const struct plane *plane,
                     double points[FINDINGS_POINTS][2]);

#endif
