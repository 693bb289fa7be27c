/* Lines and labels of a presentation state. Labels are placed so that none
 * covers another; viewers draw the text as they like within its box. */
#include "sr_writer/gsps_graphics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sr_writer/codes.h"
#include "sr_writer/geometry.h"
#include "sr_writer/group.h"
#include "sr_writer/group_check.h"
#include "sr_writer/wording.h"

#define OBJECT        "GraphicObjectSequence"
#define LABEL         "TextObjectSequence"
#define PATH          128
#define LABELS        (FINDINGS_MEASUREMENTS + FINDINGS_FOUND + 1)
#define LINES_OF_TEXT 40  /* that fit on the image */
#define LETTER        0.6 /* its width by its height */

/* What one annotation is made of, and where its labels already are. */
struct annotation {
    struct dcm *set;
    const struct findings_image *image;
    size_t n_lines, n_labels;
    double boxes[LABELS][4]; /* left, top, right, bottom */
};

static bool set_at(struct annotation *a, const char *sequence, size_t i,
                   const char *keyword, const char *value, struct err *err)
{
    char path[PATH];

    snprintf(path, sizeof(path), GSPS_ANNOTATION "%s[%zu].%s", sequence, i,
             keyword);
    return dcm_set(a->set, path, value, err);
}

static bool add_line(struct annotation *a, const struct geometry_line *line,
                     struct err *err)
{
    char data[32 * (FINDINGS_POINTS + 1)], n[8];
    size_t used = 0, i = a->n_lines++;

    for (size_t k = 0; k < line->n; k++)
        used += (size_t)snprintf(data + used, sizeof(data) - used,
                                 "%s%.2f\\%.2f", k == 0 ? "" : "\\",
                                 line->at[k][0], line->at[k][1]);
    snprintf(n, sizeof(n), "%zu", line->n);
    return set_at(a, OBJECT, i, "GraphicAnnotationUnits", "PIXEL", err) &&
           set_at(a, OBJECT, i, "GraphicDimensions", "2", err) &&
           set_at(a, OBJECT, i, "NumberOfGraphicPoints", n, err) &&
           set_at(a, OBJECT, i, "GraphicData", data, err) &&
           set_at(a, OBJECT, i, "GraphicType", "POLYLINE", err) &&
           set_at(a, OBJECT, i, "GraphicFilled", "N", err);
}

static bool overlap(const double a[4], const double b[4])
{
    return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

static bool free_of_labels(const struct annotation *a, const double box[4])
{
    for (size_t i = 0; i < a->n_labels; i++)
        if (overlap(a->boxes[i], box))
            return false;
    return true;
}

/* Beside the first point and on the image, further down where another label
 * is; from the bottom on from the top again. */
static void place(struct annotation *a, const double at[2], size_t characters)
{
    double *box = a->boxes[a->n_labels];
    double rows = a->image->rows, columns = a->image->columns;
    double height = fmax(rows / LINES_OF_TEXT, 1);
    double width = fmin((double)characters * height * LETTER, columns);
    double left = fmax(0, fmin(at[0] + height / 2, columns - width));
    double top = fmax(0, fmin(at[1], rows - height));

    for (size_t i = 0; i < LINES_OF_TEXT; i++) {
        box[0] = left;
        box[1] = top;
        box[2] = left + width;
        box[3] = top + height;
        if (free_of_labels(a, box))
            return;
        top = top + 2 * height > rows ? 0 : top + height;
    }
}

static bool add_label(struct annotation *a, const double at[2],
                      const char *words, struct err *err)
{
    char ascii[WORDING_SIZE], top_left[48], bottom_right[48];
    size_t i = a->n_labels;
    const double *box = a->boxes[i];

    snprintf(ascii, sizeof(ascii), "%s", words);
    wording_ascii(ascii);
    place(a, at, strlen(ascii));
    a->n_labels++;
    snprintf(top_left, sizeof(top_left), "%.2f\\%.2f", box[0], box[1]);
    snprintf(bottom_right, sizeof(bottom_right), "%.2f\\%.2f", box[2], box[3]);
    return set_at(a, LABEL, i, "BoundingBoxAnnotationUnits", "PIXEL", err) &&
           set_at(a, LABEL, i, "UnformattedTextValue", ascii, err) &&
           set_at(a, LABEL, i, "BoundingBoxTopLeftHandCorner", top_left, err) &&
           set_at(a, LABEL, i, "BoundingBoxBottomRightHandCorner", bottom_right,
                  err) &&
           set_at(a, LABEL, i, "BoundingBoxTextHorizontalJustification", "LEFT",
                  err);
}

static const char *letter(enum side side)
{
    return side == SIDE_NONE ? "" : side == SIDE_RIGHT ? "R " : "L ";
}

static bool add_measurement(struct annotation *a, const struct measurement *m,
                            struct err *err)
{
    const struct codes_row *row = codes_concept(m->concept);
    struct geometry_line lines[GEOMETRY_LINES];
    size_t n = geometry_measurement(m, false, lines);
    const char *label = m->label[0] != '\0' ? m->label
                        : row != NULL       ? row->label
                                            : m->own.meaning;
    char value[32], words[WORDING_SIZE];

    for (size_t i = 0; i < n; i++)
        if (!add_line(a, &lines[i], err))
            return false;
    group_number(m->value, m->unit, value);
    if (m->kind == MEASURE_GRADE)
        snprintf(words, sizeof(words), "%s%s", letter(m->side),
                 codes_grade(m->grade)->label);
    else
        snprintf(words, sizeof(words), "%s%s %s%s%s", letter(m->side), label,
                 value, strcmp(m->unit, "ratio") == 0 ? "" : " ",
                 strcmp(m->unit, "ratio") == 0 ? "" : m->unit);
    return add_label(a, n > 0 ? lines[0].at[0] : (const double[2]){0, 0}, words,
                     err);
}

static bool add_found(struct annotation *a, const struct found *found,
                      struct err *err)
{
    struct geometry_line line;
    struct dcm_code code;
    char words[WORDING_SIZE];

    if (!group_finding_code(found, &code))
        return err_set(err, ERR_REJECT, "finding %s: no code", found->id);
    geometry_box(found->box, &line);
    snprintf(words, sizeof(words), "%s%s %.0f %%", letter(found->side),
             code.meaning, 100 * found->confidence);
    return add_line(a, &line, err) && add_label(a, line.at[0], words, err);
}

bool gsps_graphics(struct dcm *set, const struct findings *f, size_t image,
                   struct err *err)
{
    struct annotation a = {.set = set, .image = &f->images[image]};

    for (size_t i = 0; i < f->n_measurements; i++)
        if (f->measurements[i].image == image &&
            !add_measurement(&a, &f->measurements[i], err))
            return false;
    for (size_t i = 0; i < f->n_found; i++)
        if (f->found[i].image == image &&
            group_found_place(f, i) == GROUP_OWN &&
            !add_found(&a, &f->found[i], err))
            return false;
    return add_label(&a, (const double[2]){0, 0}, WORDING_BANNER, err);
}
