/* Decides where everything lies before the first stroke is painted, because
 * what finds no place on the picture needs a line below it. Lines first, so
 * that all labels know them; then the letters of the sides, then the labels of
 * what was found, of what is out of its range, and of the rest: who comes
 * first has the better place. */
#include "sr_writer/layout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sr_writer/naming.h"
#include "sr_writer/shape.h"
#include "sr_writer/wording.h"

#define CLEARANCE_OF_FONT 1.1  /* free around a joint */
#define PAD_OF_FONT       0.25 /* around a text, within its box */
#define HEIGHT_OF_FONT    1.3
#define GAP_OF_FONT       0.7
#define FARTHEST          1e6

/* From source pixel centers to the picture's corner-based coordinates. */
static void project(const struct layout *l, const double at[2], double out[2])
{
    out[0] = (at[0] + 0.5) * l->scale[0];
    out[1] = (at[1] + 0.5) * l->scale[1];
}

static void shape(const struct layout *l, const struct measurement *m,
                  struct shape *out)
{
    double points[FINDINGS_POINTS][2], plumb[2];

    for (size_t i = 0; i < m->n_points && i < FINDINGS_POINTS; i++)
        project(l, m->points[i], points[i]);
    shape_of_measurement(&l->pen, m, points, out);
    if (!m->has_plumb)
        return;
    project(l, m->plumb, plumb);
    shape_add_plumb(m, points, plumb, out);
}

static void found_shape(const struct layout *l, const struct found *f,
                        struct shape *out)
{
    double box[4];

    project(l, f->box, box);
    project(l, f->box + 2, box + 2);
    shape_of_found(&l->pen, box, out);
}

static bool marked(const struct layout *l, const double at[2])
{
    for (size_t i = 0; i < l->place.n_joints; i++)
        if (hypot(l->place.joints[i][0] - at[0],
                  l->place.joints[i][1] - at[1]) < 1)
            return true;
    return false;
}

/* cairo's coordinates end at 2^23; nothing a group of sr_writer/group.c would
 * accept is lost. */
static bool drawable(const struct stroke *s)
{
    const double numbers[] = {s->a[0],   s->a[1], s->b[0], s->b[1],
                              s->radius, s->from, s->to};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        if (!(fabs(numbers[i]) < FARTHEST))
            return false;
    return true;
}

static void add_stroke(struct layout *l, const struct stroke *s)
{
    if (l->n_strokes == LAYOUT_STROKES || !drawable(s))
        return;
    if (s->kind == STROKE_LINE) {
        place_segment(&l->place, s->a, s->b);
    } else if (s->kind != STROKE_ARC) {
        if (marked(l, s->a))
            return;
        place_joint(&l->place, s->a);
    }
    l->strokes[l->n_strokes++] = *s;
}

static void add_shape(struct layout *l, const struct shape *shape)
{
    for (size_t i = 0; i < shape->n_strokes; i++)
        add_stroke(l, &shape->strokes[i]);
}

static struct layout_label *add_label(struct layout *l, enum pen_face face,
                                      enum ink ink, const char *text,
                                      const char *detail)
{
    struct layout_label *label;

    if (l->n_labels == LAYOUT_LABELS)
        return NULL;
    label = &l->labels[l->n_labels++];
    *label = (struct layout_label){.face = face, .ink = ink};
    snprintf(label->text, LAYOUT_TEXT, "%.*s", LAYOUT_TEXT - 1, text);
    snprintf(label->detail, LAYOUT_TEXT, "%.*s", LAYOUT_TEXT - 1, detail);
    return label;
}

static double text_width(const struct layout *l,
                         const struct layout_label *label)
{
    double width = pen_width(&l->pen, label->face, label->text);

    if (label->detail[0] != '\0')
        width += 2 * PAD_OF_FONT * l->pen.font +
                 pen_width(&l->pen, FACE_DETAIL, label->detail);
    return width + 2 * PAD_OF_FONT * l->pen.font;
}

/* Where there is no room for both, the value goes without its detail. */
static void place(struct layout *l, struct layout_label *label,
                  const struct place_segment *lines, size_t n)
{
    char detail[LAYOUT_TEXT];

    memcpy(detail, label->detail, sizeof(detail));
    label->at.box.height = HEIGHT_OF_FONT * l->pen.font;
    for (int full = 1; full >= 0 && !label->placed; full--) {
        label->detail[0] = full ? detail[0] : '\0';
        label->at.box.width = text_width(l, label);
        label->placed = place_label(&l->place, lines, n, &label->at);
    }
    if (!label->placed)
        memcpy(label->detail, detail, sizeof(detail));
}

/* The names of the end vertebrae, at the lines that lie along them. */
static void add_tags(struct layout *l, const struct measurement *m,
                     const struct shape *shape)
{
    static const char *const concepts[] = {"upper_end_vertebra",
                                           "lower_end_vertebra"};
    char name[NAMING_SIZE];

    for (size_t t = 0; t < shape->n_tags; t++)
        for (size_t i = 0; i < m->n_traits && i < FINDINGS_TRAITS; i++) {
            struct layout_label *label;
            if (strcmp(m->traits[i].concept, concepts[t]) != 0)
                continue;
            naming_trait(&m->traits[i], name);
            label = add_label(l, FACE_DETAIL, pen_ink(m->side), name, "");
            if (label != NULL)
                place(l, label, &shape->tags[t], 1);
        }
}

static void label_measurement(struct layout *l, const struct measurement *m)
{
    static const char *const arrows[] = {"\342\226\274 ", "", "\342\226\262 "};
    int outside = wording_outside(m);
    char value[WORDING_SIZE], text[WORDING_SIZE + 8], detail[WORDING_SIZE];
    struct shape its;
    struct layout_label *label;

    shape(l, m, &its);
    wording_value(m, value);
    snprintf(text, sizeof(text), "%s%s", arrows[outside + 1], value);
    wording_detail(m, detail);
    label =
        add_label(l, FACE_VALUE, outside == 0 ? pen_ink(m->side) : INK_ALERT,
                  text, detail);
    if (label == NULL)
        return;
    label->framed = outside != 0;
    place(l, label, its.anchors, its.n_anchors);
    add_tags(l, m, &its);
}

static void label_found(struct layout *l, const struct found *f)
{
    char text[WORDING_SIZE], detail[WORDING_SIZE];
    struct layout_label *label;
    struct shape its;

    wording_found(f, text);
    wording_percent(f->confidence, detail);
    label = add_label(l, FACE_VALUE, INK_ALERT, text, detail);
    if (label == NULL)
        return;
    label->framed = true;
    found_shape(l, f, &its);
    place(l, label, its.anchors, its.n_anchors);
}

static bool boxed(const struct found *f, size_t image)
{
    return f->present && f->has_box && f->image == image;
}

static void add_strokes(struct layout *l, const struct findings *f,
                        size_t image)
{
    static const enum measure_kind order[] = {
        MEASURE_GRADE, MEASURE_AREA,  MEASURE_DIFFERENCE, MEASURE_DISTANCE,
        MEASURE_RATIO, MEASURE_LINES, MEASURE_ANGLE};
    struct shape its;

    for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++)
        for (size_t i = 0; i < f->n_measurements; i++) {
            const struct measurement *m = &f->measurements[i];
            if (m->image != image || m->kind != order[k])
                continue;
            shape(l, m, &its);
            add_shape(l, &its);
        }
    for (size_t i = 0; i < f->n_found; i++)
        if (boxed(&f->found[i], image)) {
            found_shape(l, &f->found[i], &its);
            add_shape(l, &its);
        }
}

static enum side landmark_side(const char *name)
{
    if (strncmp(name, "right.", 6) == 0)
        return SIDE_RIGHT;
    return strncmp(name, "left.", 5) == 0 ? SIDE_LEFT : SIDE_NONE;
}

/* Those the model was sure of, where nothing is yet. */
static void add_landmarks(struct layout *l, const struct findings *f,
                          size_t image)
{
    const struct findings_image *from = &f->images[image];

    for (size_t i = 0; i < from->n_landmarks; i++) {
        const struct landmark *mark = &from->landmarks[i];
        const double at[2] = {mark->x, mark->y};
        struct stroke dot = {.kind = STROKE_DOT,
                             .ink = pen_ink(landmark_side(mark->name))};
        project(l, at, dot.a);
        if (mark->confidence >= f->min_confidence)
            add_stroke(l, &dot);
    }
}

/* Where the points of a side lie on average, across; false: it has none. */
static bool middle_of(const struct layout *l, const struct findings *f,
                      size_t image, enum side side, double *x)
{
    double sum = 0, at[2];
    size_t n = 0;

    for (size_t i = 0; i < f->n_measurements; i++) {
        const struct measurement *m = &f->measurements[i];
        if (m->image != image || m->side != side)
            continue;
        for (size_t k = 0; k < m->n_points && k < FINDINGS_POINTS; k++) {
            project(l, m->points[k], at);
            sum += at[0];
            n++;
        }
    }
    *x = n > 0 ? sum / (double)n : 0;
    return n > 0;
}

static void mark_side(struct layout *l, enum side side, bool at_left)
{
    struct layout_label *label =
        add_label(l, FACE_MARK, pen_ink(side), naming_letter(side), "");
    double pad = GAP_OF_FONT * l->pen.font;
    struct place_box *box;

    if (label == NULL)
        return;
    box = &label->at.box;
    box->width = text_width(l, label);
    box->height = 1.9 * l->pen.font;
    box->y = pad;
    box->x = at_left ? pad : l->place.width - pad - box->width;
    label->placed = place_reserve(&l->place, box);
}

/* A letter in the upper corner on the side of what was measured; both where
 * that has no side. */
static void mark_sides(struct layout *l, const struct findings *f, size_t image)
{
    enum side at_left = f->images[image].left_edge;
    double right, left;
    bool has_right = middle_of(l, f, image, SIDE_RIGHT, &right);
    bool has_left = middle_of(l, f, image, SIDE_LEFT, &left);
    double middle =
        has_right && has_left ? (right + left) / 2 : l->place.width / 2;

    if (has_right)
        mark_side(l, SIDE_RIGHT, right <= middle);
    if (has_left)
        mark_side(l, SIDE_LEFT, has_right ? right > middle : left < middle);
    if (has_right || has_left || at_left == SIDE_NONE)
        return;
    mark_side(l, SIDE_RIGHT, at_left == SIDE_RIGHT);
    mark_side(l, SIDE_LEFT, at_left == SIDE_LEFT);
}

static void add_labels(struct layout *l, const struct findings *f, size_t image)
{
    mark_sides(l, f, image);
    for (size_t i = 0; i < f->n_found; i++)
        if (boxed(&f->found[i], image))
            label_found(l, &f->found[i]);
    for (int outside = 1; outside >= 0; outside--)
        for (size_t i = 0; i < f->n_measurements; i++) {
            const struct measurement *m = &f->measurements[i];
            if (m->image == image && (wording_outside(m) != 0) == outside)
                label_measurement(l, m);
        }
}

struct layout *layout_new(cairo_t *cr, const struct findings *f, size_t image,
                          const struct grey *picture)
{
    struct layout *l = calloc(1, sizeof(*l));

    if (l == NULL)
        return NULL;
    l->pen = pen_for(cr, picture->columns, picture->rows);
    l->scale[0] = picture->columns / (double)f->images[image].columns;
    l->scale[1] = picture->rows / (double)f->images[image].rows;
    l->place.width = picture->columns;
    l->place.height = picture->rows;
    l->place.clearance = CLEARANCE_OF_FONT * l->pen.font;
    l->place.gap = GAP_OF_FONT * l->pen.font;
    place_shade(&l->place, picture->pixels, picture->rows, picture->columns);
    add_strokes(l, f, image);
    add_landmarks(l, f, image);
    add_labels(l, f, image);
    return l;
}

void layout_free(struct layout *layout)
{
    free(layout);
}

static void paint_label(const struct pen *pen, const struct layout_label *label)
{
    const struct place_box *box = &label->at.box;
    double pad = PAD_OF_FONT * pen->font, base = 0.74 * box->height;
    double x = box->x + pad;

    if (label->at.led) {
        struct stroke leader = {.kind = STROKE_LINE, .ink = label->ink};
        memcpy(leader.a, label->at.leader.from, sizeof(leader.a));
        memcpy(leader.b, label->at.leader.to, sizeof(leader.b));
        leader.dash = DASH_DOTS;
        pen_stroke(pen, &leader);
    }
    if (label->framed)
        pen_frame(pen, box->x + pen->line, box->y + pen->line,
                  box->width - 2 * pen->line, box->height - 2 * pen->line,
                  label->ink);
    pen_text(pen, label->face, x, box->y + base, label->text, label->ink);
    if (label->detail[0] == '\0')
        return;
    x += pen_width(pen, label->face, label->text) + 2 * pad;
    pen_text(pen, FACE_DETAIL, x, box->y + base, label->detail, label->ink);
}

void layout_paint(const struct layout *layout, cairo_t *cr)
{
    struct pen pen = pen_for(cr, layout->place.width, layout->place.height);

    for (size_t i = 0; i < layout->n_strokes; i++)
        pen_stroke(&pen, &layout->strokes[i]);
    for (size_t i = 0; i < layout->n_labels; i++)
        if (layout->labels[i].placed)
            paint_label(&pen, &layout->labels[i]);
}
