/* Puts the picture of one image together: a bar above it, the image with what
 * layout.c decided on it, a ruler and a bar below. */
#include "sr_writer/draw_surface.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sr_writer/bar.h"
#include "sr_writer/caption.h"
#include "sr_writer/layout.h"
#include "sr_writer/scale.h"
#include "sr_writer/wording.h"

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

/* All that belongs to one picture. */
struct plan {
    struct layout *layout;
    struct bar top, bottom;
    struct scale scale;
    int above, below; /* pixels */
};

/* cairo measures text only on a surface: this one is thrown away. */
static bool plan(const struct findings *f, size_t image,
                 const struct grey *picture, struct plan *out, struct err *err)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    cairo_t *cr = cairo_create(surface);
    cairo_status_t status = cairo_status(cr);

    *out = (struct plan){.layout = layout_new(cr, f, image, picture)};
    if (out->layout != NULL) {
        const struct pen *pen = &out->layout->pen;
        out->top.width = out->bottom.width = picture->columns;
        out->scale = scale_for(&f->images[image], picture->columns);
        caption_above(&out->top, pen, f);
        caption_image_above(&out->top, out->layout, f, image);
        caption_below(&out->bottom, out->layout, f, image);
        out->above = (int)ceil(bar_height(&out->top, pen));
        out->below = (int)ceil(scale_height(&out->scale, pen) +
                               bar_height(&out->bottom, pen));
        status = cairo_status(cr);
    }
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    if (out->layout == NULL)
        return err_set(err, ERR_RETRY, "overlay: out of memory");
    if (status == CAIRO_STATUS_SUCCESS)
        return true;
    layout_free(out->layout);
    return err_set(err, ERR_RETRY, "overlay: %s",
                   cairo_status_to_string(status));
}

static void paint(cairo_t *cr, const struct plan *plan,
                  const struct findings_image *image,
                  const struct grey *picture)
{
    struct pen pen = pen_for(cr, picture->columns, picture->rows);
    double bottom = plan->above + (double)picture->rows;
    char words[WORDING_SIZE];

    cairo_save(cr);
    cairo_rectangle(cr, 0, plan->above, picture->columns, picture->rows);
    cairo_clip(cr);
    cairo_translate(cr, 0, plan->above);
    layout_paint(plan->layout, cr);
    cairo_restore(cr);
    wording_calibration_short(image, words);
    bar_draw(&plan->top, &pen, 0);
    scale_draw(&plan->scale, &pen, bottom, picture->columns, words);
    bar_draw(&plan->bottom, &pen, bottom + scale_height(&plan->scale, &pen));
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
    struct plan its;
    struct drawing *drawing;
    cairo_status_t status;
    cairo_t *cr;

    if (!check(findings, image, picture, err) ||
        !plan(findings, image, picture, &its, err))
        return NULL;
    drawing = calloc(1, sizeof(*drawing));
    if (drawing == NULL) {
        layout_free(its.layout);
        err_set(err, ERR_RETRY, "overlay: out of memory");
        return NULL;
    }
    drawing->columns = (int)picture->columns;
    drawing->rows = (int)picture->rows + its.above + its.below;
    drawing->surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, drawing->columns, drawing->rows);
    cr = cairo_create(drawing->surface);
    if (cairo_status(cr) == CAIRO_STATUS_SUCCESS) {
        paint_grey(drawing->surface, picture, its.above);
        paint(cr, &its, &findings->images[image], picture);
    }
    status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_flush(drawing->surface);
    layout_free(its.layout);
    if (status == CAIRO_STATUS_SUCCESS)
        return drawing;
    err_set(err, ERR_RETRY, "overlay: %s", cairo_status_to_string(status));
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
