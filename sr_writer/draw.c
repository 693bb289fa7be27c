/* Puts the findings of one image on its picture. Order matters: lines first,
 * rings over them, then the labels, each in a place that place.c finds, so
 * that no value hides a joint. */
#include "sr_writer/draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sr_writer/bar.h"
#include "sr_writer/caption.h"
#include "sr_writer/pen.h"
#include "sr_writer/place.h"
#include "sr_writer/wording.h"

#define CLEARANCE_OF_FONT 2.2 /* free around a joint */
#define NOTE_COLUMNS      1024
#define NOTE_SIDE         2048 /* letters as on a picture of that size */

struct drawing {
    cairo_surface_t *surface;
    int rows, columns;
};

struct canvas {
    const struct findings *findings;
    size_t image;
    struct pen pen;
    double scale_x, scale_y; /* picture pixels per source pixel */
    struct place place;
};

/* From source pixel centers to the picture's corner-based coordinates. */
static void project(const struct canvas *canvas, const double at[2],
                    double out[2])
{
    out[0] = (at[0] + 0.5) * canvas->scale_x;
    out[1] = (at[1] + 0.5) * canvas->scale_y;
}

/* The lines of a measurement: a distance has one, an angle A V V B two. */
static size_t segments(const struct canvas *canvas, const struct measurement *m,
                       struct place_segment *out)
{
    size_t n = 0;

    for (size_t i = 0; i + 1 < m->n_points && i + 1 < FINDINGS_POINTS; i += 2) {
        project(canvas, m->points[i], out[n].from);
        project(canvas, m->points[i + 1], out[n].to);
        n++;
    }
    return n;
}

static enum side landmark_side(const char *name)
{
    if (strncmp(name, "right.", 6) == 0)
        return SIDE_RIGHT;
    return strncmp(name, "left.", 5) == 0 ? SIDE_LEFT : SIDE_NONE;
}

/* Distances first: where one runs along an angle's line, that stays whole. */
static void draw_lines(struct canvas *canvas, enum measure_kind kind)
{
    const struct findings *f = canvas->findings;
    struct place_segment lines[FINDINGS_POINTS];

    for (size_t i = 0; i < f->n_measurements; i++) {
        const struct measurement *m = &f->measurements[i];
        if (m->image != canvas->image || m->kind != kind)
            continue;
        size_t n = segments(canvas, m, lines);
        for (size_t k = 0; k < n; k++) {
            pen_line(&canvas->pen, lines[k].from, lines[k].to, m->side,
                     kind == MEASURE_DISTANCE);
            place_segment(&canvas->place, lines[k].from, lines[k].to);
        }
    }
}

/* False: something is already there. */
static bool mark(struct canvas *canvas, const double at[2], double point[2])
{
    project(canvas, at, point);
    for (size_t i = 0; i < canvas->place.n_joints; i++)
        if (hypot(canvas->place.joints[i][0] - point[0],
                  canvas->place.joints[i][1] - point[1]) < 1)
            return false;
    place_joint(&canvas->place, point);
    return true;
}

/* Rings where a measurement begins, bends or ends; dots for the other
 * landmarks the model was sure of. */
static void draw_points(struct canvas *canvas)
{
    const struct findings *f = canvas->findings;
    const struct findings_image *image = &f->images[canvas->image];
    double point[2];

    for (size_t i = 0; i < f->n_measurements; i++) {
        const struct measurement *m = &f->measurements[i];
        for (size_t k = 0; k < m->n_points && m->image == canvas->image; k++)
            if (mark(canvas, m->points[k], point))
                pen_ring(&canvas->pen, point, m->side);
    }
    for (size_t i = 0; i < image->n_landmarks; i++) {
        const struct landmark *l = &image->landmarks[i];
        const double at[2] = {l->x, l->y};
        if (l->confidence >= f->min_confidence && mark(canvas, at, point))
            pen_dot(&canvas->pen, point, landmark_side(l->name));
    }
}

static void draw_labels(struct canvas *canvas)
{
    const struct findings *f = canvas->findings;
    const struct pen *pen = &canvas->pen;
    struct place_segment lines[FINDINGS_POINTS];
    char text[WORDING_SIZE];

    for (size_t i = 0; i < f->n_measurements; i++) {
        const struct measurement *m = &f->measurements[i];
        size_t n = m->image == canvas->image ? segments(canvas, m, lines) : 0;
        if (n == 0)
            continue;
        wording_value(m, text);
        struct place_box box = place_label(
            &canvas->place, lines, n, pen_width(pen, text), 1.2 * pen->font);
        pen_text(pen, box.x, box.y + 0.95 * pen->font, text, m->side);
    }
}

static void paint_grey(cairo_surface_t *surface, const struct grey *picture,
                       int top)
{
    unsigned char *bytes = cairo_image_surface_get_data(surface);
    ptrdiff_t stride = cairo_image_surface_get_stride(surface);

    cairo_surface_flush(surface);
    for (uint32_t y = 0; y < picture->rows; y++) {
        unsigned char *row = bytes + ((ptrdiff_t)y + top) * stride;
        const unsigned char *grey =
            picture->pixels + (size_t)y * picture->columns;
        for (uint32_t x = 0; x < picture->columns; x++) {
            uint32_t pixel = 0x010101u * grey[x];
            memcpy(row + (size_t)4 * x, &pixel, sizeof(pixel));
        }
    }
    cairo_surface_mark_dirty(surface);
}

/* cairo measures text only on a surface: this one is thrown away. */
static bool layout(const struct findings *f, size_t image,
                   const struct grey *picture, struct bar *top,
                   struct bar *bottom, struct err *err)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    cairo_t *cr = cairo_create(surface);
    struct pen pen = pen_for(cr, picture->columns, picture->rows);
    cairo_status_t status;

    top->width = bottom->width = picture->columns;
    caption_above(top, &pen, f);
    caption_below(bottom, &pen, f, image);
    status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS)
        return err_set(err, ERR_RETRY, "overlay: %s",
                       cairo_status_to_string(status));
    return true;
}

static void paint(cairo_t *cr, const struct findings *f, size_t image,
                  const struct grey *picture, double top)
{
    struct canvas canvas = {
        .findings = f,
        .image = image,
        .pen = pen_for(cr, picture->columns, picture->rows),
        .scale_x = picture->columns / (double)f->images[image].columns,
        .scale_y = picture->rows / (double)f->images[image].rows,
    };

    canvas.place.width = picture->columns;
    canvas.place.height = picture->rows;
    canvas.place.clearance = CLEARANCE_OF_FONT * canvas.pen.font;
    canvas.place.gap = 0.7 * canvas.pen.font;
    cairo_save(cr);
    cairo_rectangle(cr, 0, top, picture->columns, picture->rows);
    cairo_clip(cr);
    cairo_translate(cr, 0, top);
    draw_lines(&canvas, MEASURE_DISTANCE);
    draw_lines(&canvas, MEASURE_ANGLE);
    draw_points(&canvas);
    draw_labels(&canvas);
    cairo_restore(cr);
}

static bool check(const struct findings *f, size_t image,
                  const struct grey *picture, struct err *err)
{
    if (image >= f->n_images || f->images[image].rows == 0 ||
        f->images[image].columns == 0)
        return err_set(err, ERR_REJECT, "overlay: findings have no image %zu",
                       image);
    if (picture->rows == 0 || picture->columns == 0 ||
        picture->rows > DRAW_SIDE_MAX || picture->columns > DRAW_SIDE_MAX)
        return err_set(err, ERR_REJECT,
                       "overlay: picture of %ux%u pixels; it needs 1 to %d "
                       "either way",
                       picture->columns, picture->rows, DRAW_SIDE_MAX);
    return true;
}

struct drawing *draw_findings(const struct findings *findings, size_t image,
                              const struct grey *picture, struct err *err)
{
    struct bar top = {0}, bottom = {0};
    struct drawing *drawing;
    cairo_status_t status;
    cairo_t *cr;

    if (!check(findings, image, picture, err) ||
        !layout(findings, image, picture, &top, &bottom, err))
        return NULL;
    drawing = calloc(1, sizeof(*drawing));
    if (drawing == NULL) {
        err_set(err, ERR_RETRY, "overlay: out of memory");
        return NULL;
    }
    struct pen sizes = pen_for(NULL, picture->columns, picture->rows);
    int above = (int)ceil(bar_height(&top, &sizes));
    int below = (int)ceil(bar_height(&bottom, &sizes));
    drawing->columns = (int)picture->columns;
    drawing->rows = (int)picture->rows + above + below;
    drawing->surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, drawing->columns, drawing->rows);
    cr = cairo_create(drawing->surface);
    if (cairo_status(cr) == CAIRO_STATUS_SUCCESS) {
        struct pen pen = pen_for(cr, picture->columns, picture->rows);
        paint_grey(drawing->surface, picture, above);
        paint(cr, findings, image, picture, above);
        bar_draw(&top, &pen, 0);
        bar_draw(&bottom, &pen, above + (double)picture->rows);
    }
    status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_flush(drawing->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        return drawing;
    err_set(err, ERR_RETRY, "overlay: %s", cairo_status_to_string(status));
    draw_free(drawing);
    return NULL;
}

/* Text only, as tall as the text. Measured on a surface of one pixel first. */
struct drawing *draw_note(const struct findings *findings, struct err *err)
{
    struct drawing *drawing = calloc(1, sizeof(*drawing));
    struct bar bar = {.width = NOTE_COLUMNS};
    cairo_status_t status = CAIRO_STATUS_SUCCESS;

    if (drawing == NULL) {
        err_set(err, ERR_RETRY, "note: out of memory");
        return NULL;
    }
    drawing->rows = 1;
    drawing->columns = NOTE_COLUMNS;
    for (int pass = 0; pass < 2 && status == CAIRO_STATUS_SUCCESS; pass++) {
        cairo_surface_destroy(drawing->surface);
        drawing->surface = cairo_image_surface_create(
            CAIRO_FORMAT_RGB24, drawing->columns, drawing->rows);
        cairo_t *cr = cairo_create(drawing->surface);
        struct pen pen = pen_for(cr, NOTE_COLUMNS, NOTE_SIDE);
        if (pass == 0)
            caption_note(&bar, &pen, findings);
        drawing->rows = (int)ceil(bar_height(&bar, &pen));
        bar_draw(&bar, &pen, 0);
        status = cairo_status(cr);
        cairo_destroy(cr);
    }
    cairo_surface_flush(drawing->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        return drawing;
    err_set(err, ERR_RETRY, "note: %s", cairo_status_to_string(status));
    draw_free(drawing);
    return NULL;
}

void draw_free(struct drawing *drawing)
{
    if (drawing == NULL)
        return;
    cairo_surface_destroy(drawing->surface);
    free(drawing);
}

uint32_t draw_rows(const struct drawing *drawing)
{
    return (uint32_t)drawing->rows;
}

uint32_t draw_columns(const struct drawing *drawing)
{
    return (uint32_t)drawing->columns;
}

void draw_rgb(const struct drawing *drawing, unsigned char *rgb)
{
    const unsigned char *bytes = cairo_image_surface_get_data(drawing->surface);
    ptrdiff_t stride = cairo_image_surface_get_stride(drawing->surface);

    for (int y = 0; y < drawing->rows; y++)
        for (int x = 0; x < drawing->columns; x++) {
            uint32_t pixel;
            memcpy(&pixel, bytes + y * stride + (ptrdiff_t)4 * x,
                   sizeof(pixel));
            *rgb++ = (unsigned char)(pixel >> 16);
            *rgb++ = (unsigned char)(pixel >> 8);
            *rgb++ = (unsigned char)pixel;
        }
}

bool draw_png(const struct drawing *drawing, const char *path, struct err *err)
{
    cairo_status_t status = cairo_surface_write_to_png(drawing->surface, path);

    if (status != CAIRO_STATUS_SUCCESS)
        return err_set(err, ERR_RETRY, "cannot write %s: %s", path,
                       cairo_status_to_string(status));
    return true;
}
