#ifndef SR_WRITER_DRAW_H
#define SR_WRITER_DRAW_H

#include "sr_writer/results.h"

/* The picture a surgeon looks at: lines, rings and values over the image, a
 * bar above it that says what it is, and one below for what was refused. The
 * bars stand outside the image, so they hide nothing and the geometry of the
 * image stays. No patient data is drawn. */
struct drawing;

#define DRAW_SIDE_MAX 8192 /* pixels of picture, either way */

struct drawing *draw_findings(const struct findings *findings, size_t image,
                              const struct grey *picture, struct err *err);
/* A page that says that nothing was measured, and why. */
struct drawing *draw_note(const struct findings *findings, struct err *err);
/* One page of the table of all findings; *pages says how many there are, at
 * most SUMMARY_PAGES. page beyond them: ERR_REJECT. */
struct drawing *draw_summary(const struct findings *findings, size_t page,
                             size_t *pages, struct err *err);
/* One page of the trend of all measures that have earlier values, at most
 * CHART_PAGES; 0 pages: none has. */
struct drawing *draw_chart(const struct findings *findings, size_t page,
                           size_t *pages, struct err *err);
size_t draw_chart_pages(const struct findings *findings);
void draw_free(struct drawing *drawing); /* NULL is fine */

uint32_t draw_rows(const struct drawing *drawing);
uint32_t draw_columns(const struct drawing *drawing);

/* rows x columns x 3 bytes, red green blue. */
void draw_rgb(const struct drawing *drawing, unsigned char *rgb);
bool draw_png(const struct drawing *drawing, const char *path, struct err *err);

#endif
