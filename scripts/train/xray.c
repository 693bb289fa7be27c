/*
 * Exact path length of X-rays through closed triangle meshes.
 *
 * A ray enters a closed surface as often as it leaves it.  So the length it
 * travels inside is the sum of the distances to the exit faces minus the sum of
 * the distances to the entry faces, and each triangle can add its share alone.
 * For that sum to be exact, a ray through an edge shared by two triangles must
 * count once: corners are rounded to a fixed-point grid and the "top-left" fill
 * rule of rasterizers decides who owns the edge.
 *
 * Loaded by xray.py with ctypes; checked by xray_check.py.
 */
#include <math.h>
#include <stdint.h>

enum { SUBPIXELS = 256 };

/* Film frame, millimeters: x to the right, y down, z along the beam.  The
 * source is at (source_x, source_y, -source_to_object), the detector is the
 * plane z = object_to_detector. */
struct beam {
    double source_x;
    double source_y;
    double source_to_object; /* 0: parallel beam along z */
    double object_to_detector;
};

struct detector {
    int32_t rows;
    int32_t columns;
    double spacing; /* mm between pixel centers */
    double left;    /* film x of the center of pixel (0, 0) */
    double top;     /* film y of the center of pixel (0, 0) */
};

struct corner {
    int64_t x; /* detector position in 1/SUBPIXELS pixel */
    int64_t y;
    double depth; /* z, or 1/(distance from the source): linear on the film */
};

static struct corner project(const double point[3], const struct beam *beam,
                             const struct detector *detector)
{
    double x = point[0], y = point[1], depth = point[2];
    if (beam->source_to_object > 0) {
        double distance = beam->source_to_object + point[2];
        double enlarged =
            (beam->source_to_object + beam->object_to_detector) / distance;
        x = beam->source_x + (point[0] - beam->source_x) * enlarged;
        y = beam->source_y + (point[1] - beam->source_y) * enlarged;
        depth = 1.0 / distance;
    }
    double column = (x - detector->left) / detector->spacing;
    double row = (y - detector->top) / detector->spacing;
    return (struct corner){llround(column * SUBPIXELS),
                           llround(row * SUBPIXELS), depth};
}

/* Twice the signed area of the triangle a, b, (x, y). */
static int64_t area(struct corner a, struct corner b, int64_t x, int64_t y)
{
    return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
}

/* Does the edge from a to b own the rays that hit it exactly? */
static int owns_edge(struct corner a, struct corner b)
{
    return b.y < a.y || (b.y == a.y && b.x > a.x);
}

static int covers(int64_t side, int owned)
{
    return side > 0 || (side == 0 && owned);
}

static int64_t min3(int64_t a, int64_t b, int64_t c)
{
    int64_t smaller = a < b ? a : b;
    return smaller < c ? smaller : c;
}

static int64_t max3(int64_t a, int64_t b, int64_t c)
{
    return -min3(-a, -b, -c);
}

static int64_t first_pixel(int64_t lowest)
{
    return lowest <= 0 ? 0 : (lowest + SUBPIXELS - 1) / SUBPIXELS;
}

static int64_t last_pixel(int64_t highest, int32_t count)
{
    int64_t last = highest < 0 ? -1 : highest / SUBPIXELS;
    return last < count ? last : count - 1;
}

/* Distance along the ray of pixel (row, column) to the interpolated depth. */
static double ray_length(double depth, int64_t row, int64_t column,
                         const struct beam *beam,
                         const struct detector *detector)
{
    if (beam->source_to_object <= 0)
        return depth;
    double height = beam->source_to_object + beam->object_to_detector;
    double x =
        detector->left + (double)column * detector->spacing - beam->source_x;
    double y = detector->top + (double)row * detector->spacing - beam->source_y;
    double slant = sqrt(x * x + y * y + height * height) / height;
    return slant / depth;
}

static void add_triangle(struct corner a, struct corner b, struct corner c,
                         const double *row_weight, const struct beam *beam,
                         const struct detector *detector, float *image)
{
    double sign = 1;
    int64_t whole = area(a, b, c.x, c.y);
    if (whole == 0)
        return;
    if (whole < 0) {
        struct corner swap = b;
        b = c;
        c = swap;
        sign = -1;
        whole = -whole;
    }
    int owned_by_a = owns_edge(b, c);
    int owned_by_b = owns_edge(c, a);
    int owned_by_c = owns_edge(a, b);
    int64_t first_row = first_pixel(min3(a.y, b.y, c.y));
    int64_t last_row = last_pixel(max3(a.y, b.y, c.y), detector->rows);
    int64_t first_column = first_pixel(min3(a.x, b.x, c.x));
    int64_t last_column = last_pixel(max3(a.x, b.x, c.x), detector->columns);

    for (int64_t row = first_row; row <= last_row; row++) {
        for (int64_t column = first_column; column <= last_column; column++) {
            int64_t x = column * SUBPIXELS, y = row * SUBPIXELS;
            int64_t at_a = area(b, c, x, y);
            int64_t at_b = area(c, a, x, y);
            int64_t at_c = area(a, b, x, y);
            if (!covers(at_a, owned_by_a) || !covers(at_b, owned_by_b) ||
                !covers(at_c, owned_by_c))
                continue;
            double weight_a = (double)at_a / (double)whole;
            double weight_b = (double)at_b / (double)whole;
            double depth = weight_a * a.depth + weight_b * b.depth +
                           (1 - weight_a - weight_b) * c.depth;
            double length = ray_length(depth, row, column, beam, detector);
            image[row * detector->columns + column] +=
                (float)(row_weight[row] * sign * length);
        }
    }
}

void xray_add_path_length(const double *vertices, const int32_t *triangles,
                          int32_t n_triangles, const double *row_weight,
                          const struct beam *beam,
                          const struct detector *detector, float *image);

/*
 * Add row_weight[row] * (mm inside the mesh) to each pixel of image.
 *
 * vertices: n x 3, film frame, mm.  triangles: n_triangles x 3 vertex indices,
 * counter-clockwise seen from outside.  row_weight: one factor per detector
 * row.  image: rows x columns.
 */
void xray_add_path_length(const double *vertices, const int32_t *triangles,
                          int32_t n_triangles, const double *row_weight,
                          const struct beam *beam,
                          const struct detector *detector, float *image)
{
    for (int32_t i = 0; i < n_triangles; i++) {
        const int32_t *triangle = triangles + 3 * i;
        struct corner corners[3];
        for (int k = 0; k < 3; k++)
            corners[k] = project(vertices + 3 * triangle[k], beam, detector);
        add_triangle(corners[0], corners[1], corners[2], row_weight, beam,
                     detector, image);
    }
}
