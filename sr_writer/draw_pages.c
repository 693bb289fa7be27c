/* Pages that have no image below them: a note, the table of findings, the trend
 * of measures. */
#include <math.h>
#include <stdlib.h>

#include "sr_writer/bar.h"
#include "sr_writer/caption.h"
#include "sr_writer/chart.h"
#include "sr_writer/draw_surface.h"
#include "sr_writer/summary.h"

#define NOTE_COLUMNS 1024
#define NOTE_SIDE    2048 /* letters as on a picture of that size */

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

static cairo_t *begin(struct drawing *drawing, int columns, int rows)
{
    drawing->columns = columns;
    drawing->rows = rows;
    drawing->surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns, rows);
    return cairo_create(drawing->surface);
}

static cairo_status_t end(struct drawing *drawing, cairo_t *cr)
{
    cairo_status_t status = cairo_status(cr);

    cairo_destroy(cr);
    cairo_surface_flush(drawing->surface);
    return status;
}

static cairo_status_t paint_summary(const struct findings *findings,
                                    const struct summary *summary, size_t page,
                                    struct drawing *drawing)
{
    cairo_t *cr =
        begin(drawing, SUMMARY_COLUMNS, (int)ceil(summary->height[page]));

    summary_paint(cr, findings, summary, page);
    return end(drawing, cr);
}

/* Text is measured on a surface of one pixel first. */
static cairo_status_t plan_summary(const struct findings *findings,
                                   struct summary *summary)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    cairo_t *cr = cairo_create(surface);
    cairo_status_t status;

    summary_plan(cr, findings, summary);
    status = cairo_status(cr);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return status;
}

struct drawing *draw_summary(const struct findings *findings, size_t page,
                             size_t *pages, struct err *err)
{
    struct summary summary;
    struct drawing *drawing;
    cairo_status_t status = plan_summary(findings, &summary);

    if (status == CAIRO_STATUS_SUCCESS && page >= summary.pages) {
        err_set(err, ERR_REJECT, "summary: no page %zu", page + 1);
        return NULL;
    }
    *pages = summary.pages;
    drawing = calloc(1, sizeof(*drawing));
    if (drawing == NULL) {
        err_set(err, ERR_RETRY, "summary: out of memory");
        return NULL;
    }
    if (status == CAIRO_STATUS_SUCCESS)
        status = paint_summary(findings, &summary, page, drawing);
    if (status == CAIRO_STATUS_SUCCESS)
        return drawing;
    err_set(err, ERR_RETRY, "summary: %s", cairo_status_to_string(status));
    draw_free(drawing);
    return NULL;
}

static cairo_status_t paint_chart(const struct findings *findings,
                                  const struct chart *chart, size_t page,
                                  struct drawing *drawing)
{
    cairo_t *cr = begin(drawing, CHART_SIDE, CHART_SIDE);

    chart_paint(cr, findings, chart, page);
    return end(drawing, cr);
}

struct drawing *draw_chart(const struct findings *findings, size_t page,
                           size_t *pages, struct err *err)
{
    struct chart *chart = calloc(1, sizeof(*chart));
    struct drawing *drawing = calloc(1, sizeof(*drawing));
    cairo_status_t status = CAIRO_STATUS_NO_MEMORY;

    *pages = 0;
    if (chart != NULL && drawing != NULL) {
        chart_plan(findings, chart);
        *pages = chart->pages;
        if (page < chart->pages)
            status = paint_chart(findings, chart, page, drawing);
    }
    free(chart);
    if (status == CAIRO_STATUS_SUCCESS)
        return drawing;
    if (drawing != NULL && page >= *pages)
        err_set(err, ERR_REJECT, "no page %zu", page + 1);
    else
        err_set(err, ERR_RETRY, "chart: %s", cairo_status_to_string(status));
    draw_free(drawing);
    return NULL;
}

size_t draw_chart_pages(const struct findings *findings)
{
    struct chart *chart = calloc(1, sizeof(*chart));
    size_t pages = 1; /* draw_chart() says what is wrong */

    if (chart != NULL) {
        chart_plan(findings, chart);
        pages = chart->pages;
    }
    free(chart);
    return pages;
}
