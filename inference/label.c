/* A mask says where a bone is, cell by cell. Its edge is the border between
 * cells, not the middle of the last one: else a gap between two labels would
 * be one cell too wide. */
#include "inference/label.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct seen_mask *label_mask(const struct seen *seen, const char *output,
                                   enum side side)
{
    const struct seen_mask *found = NULL;
    for (size_t i = 0; i < seen->n_masks; i++) {
        const struct seen_mask *m = &seen->masks[i];
        if (strcmp(m->output, output) != 0 || !m->labels)
            continue;
        if (m->side == side)
            return m;
        if (m->side == SIDE_NONE)
            found = m;
    }
    return found;
}

static size_t cells_of(const struct seen_mask *mask)
{
    return (size_t)mask->rows * mask->columns;
}

/* Marks what is connected with `start` by sides; returns how many cells. */
static size_t flood(const struct seen_mask *mask, uint8_t label, size_t start,
                    uint32_t mark, uint32_t *marks, size_t *stack)
{
    size_t columns = mask->columns, n = 0, top = 0;
    stack[top++] = start;
    marks[start] = mark;
    while (top > 0) {
        size_t at = stack[--top], row = at / columns, column = at % columns;
        size_t next[4];
        size_t n_next = 0;
        n++;
        if (row > 0)
            next[n_next++] = at - columns;
        if (row + 1 < mask->rows)
            next[n_next++] = at + columns;
        if (column > 0)
            next[n_next++] = at - 1;
        if (column + 1 < columns)
            next[n_next++] = at + 1;
        for (size_t i = 0; i < n_next; i++)
            if (mask->labels[next[i]] == label && marks[next[i]] == 0) {
                marks[next[i]] = mark;
                stack[top++] = next[i];
            }
    }
    return n;
}

/* A byte per cell, malloc'd: 1 in the largest part. NULL: none, or no memory.
 */
static uint8_t *largest_part(const struct seen_mask *mask, uint8_t label)
{
    size_t cells = cells_of(mask), best = 0;
    uint32_t mark = 0, best_mark = 0;
    uint32_t *marks = calloc(cells, sizeof *marks);
    size_t *stack = calloc(cells, sizeof *stack);
    uint8_t *part = calloc(cells, 1);
    for (size_t i = 0; marks && stack && i < cells; i++) {
        if (mask->labels[i] != label || marks[i] != 0)
            continue;
        size_t n = flood(mask, label, i, ++mark, marks, stack);
        if (n > best) {
            best = n;
            best_mark = mark;
        }
    }
    for (size_t i = 0; part && best > 0 && i < cells; i++)
        part[i] = marks[i] == best_mark;
    free(marks);
    free(stack);
    if (best > 0)
        return part;
    free(part);
    return NULL;
}

static double certainty(const struct seen_mask *mask, size_t cell)
{
    return mask->probability ? (double)mask->probability[cell] : 1;
}

static void cell_point(const struct seen_mask *mask, double row, double column,
                       const struct plane *plane, double out[2])
{
    plane_point(plane, mask->x0 + mask->dx * column, mask->y0 + mask->dy * row,
                out);
}

bool label_centroid(const struct seen_mask *mask, uint8_t label,
                    const struct plane *plane, double out[2],
                    double *confidence)
{
    uint8_t *part = largest_part(mask, label);
    double row = 0, column = 0, n = 0, sum = 0;
    if (!part)
        return false;
    for (size_t i = 0; i < cells_of(mask); i++) {
        if (!part[i])
            continue;
        row += (double)(i / mask->columns);
        column += (double)(i % mask->columns);
        sum += certainty(mask, i);
        n++;
    }
    free(part);
    *confidence = sum / n;
    cell_point(mask, row / n, column / n, plane, out);
    return true;
}

/* The outermost cell of one line of cells; its border is half a cell out. */
static bool outermost(const struct seen_mask *mask, const uint8_t *part,
                      bool by_column, bool from_end, size_t line, double *at,
                      double *sum)
{
    size_t n = by_column ? mask->rows : mask->columns;
    for (size_t i = 0; i < n; i++) {
        size_t k = from_end ? n - 1 - i : i;
        size_t cell =
            by_column ? k * mask->columns + line : line * mask->columns + k;
        if (part[cell]) {
            *at = (double)k + (from_end ? 0.5 : -0.5);
            *sum += certainty(mask, cell);
            return true;
        }
    }
    return false;
}

static void put_in_order(double (*points)[2], size_t n, bool by_x)
{
    size_t axis = by_x ? 0 : 1;
    if (n < 2 || points[0][axis] <= points[n - 1][axis])
        return;
    for (size_t i = 0; i < n / 2; i++) {
        double swap[2];
        memcpy(swap, points[i], sizeof swap);
        memcpy(points[i], points[n - 1 - i], sizeof swap);
        memcpy(points[n - 1 - i], swap, sizeof swap);
    }
}

bool label_edge(const struct seen_mask *mask, uint8_t label,
                const struct plane *plane, const double toward[2],
                double (**points)[2], size_t *n, double *confidence)
{
    uint8_t *part = largest_part(mask, label);
    double x = (plane->back[0][0] * toward[0] + plane->back[0][1] * toward[1]) *
               mask->dx;
    double y = (plane->back[1][0] * toward[0] + plane->back[1][1] * toward[1]) *
               mask->dy;
    bool by_column = fabs(y) > fabs(x);
    bool from_end = by_column ? y > 0 : x > 0;
    size_t lines = by_column ? mask->columns : mask->rows;
    double at, sum = 0;
    *n = 0;
    *points = part ? calloc(lines, sizeof **points) : NULL;
    for (size_t i = 0; *points && i < lines; i++) {
        if (!outermost(mask, part, by_column, from_end, i, &at, &sum))
            continue;
        cell_point(mask, by_column ? at : (double)i, by_column ? (double)i : at,
                   plane, (*points)[*n]);
        ++*n;
    }
    free(part);
    if (*n < 2) {
        free(*points);
        *points = NULL;
        return false;
    }
    *confidence = sum / (double)*n;
    put_in_order(*points, *n, fabs(toward[1]) > fabs(toward[0]));
    return true;
}

double label_area(const struct seen_mask *mask, uint8_t label,
                  const struct plane *plane, double *confidence)
{
    double n = 0, sum = 0;
    for (size_t i = 0; i < cells_of(mask); i++) {
        n += mask->labels[i] == label;
        sum += mask->labels[i] == label ? certainty(mask, i) : 0;
    }
    *confidence = n > 0 ? sum / n : 0;
    double pixel =
        plane->to[0][0] * plane->to[1][1] - plane->to[0][1] * plane->to[1][0];
    return n * fabs(mask->dx * mask->dy * pixel);
}

/* The corner of a cell that lies farthest in each of eight directions. */
static void extend(const struct seen_mask *mask, const struct plane *plane,
                   size_t cell, double farthest[FINDINGS_POINTS],
                   double points[FINDINGS_POINTS][2])
{
    static const double directions[FINDINGS_POINTS][2] = {
        {0, -1}, {1, -1}, {1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}};
    for (size_t corner = 0; corner < 4; corner++) {
        double p[2];
        cell_point(mask,
                   (double)(cell / mask->columns) + (corner / 2 ? 0.5 : -0.5),
                   (double)(cell % mask->columns) + (corner % 2 ? 0.5 : -0.5),
                   plane, p);
        for (size_t i = 0; i < FINDINGS_POINTS; i++) {
            double far = p[0] * directions[i][0] + p[1] * directions[i][1];
            if (far > farthest[i]) {
                farthest[i] = far;
                memcpy(points[i], p, sizeof p);
            }
        }
    }
}

size_t label_outline(const struct seen_mask *mask, uint8_t label,
                     const struct plane *plane,
                     double points[FINDINGS_POINTS][2])
{
    uint8_t *part = largest_part(mask, label);
    double farthest[FINDINGS_POINTS], all[FINDINGS_POINTS][2];
    size_t n = 0;
    if (!part)
        return 0;
    for (size_t i = 0; i < FINDINGS_POINTS; i++)
        farthest[i] = -INFINITY;
    for (size_t i = 0; i < cells_of(mask); i++)
        if (part[i])
            extend(mask, plane, i, farthest, all);
    free(part);
    for (size_t i = 0; i < FINDINGS_POINTS; i++) {
        const double *before = n ? points[n - 1] : all[FINDINGS_POINTS - 1];
        if (hypot(all[i][0] - before[0], all[i][1] - before[1]) > 1e-9)
            memcpy(points[n++], all[i], sizeof all[i]);
    }
    return n;
}
