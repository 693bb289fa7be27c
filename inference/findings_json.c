/* One shape for what `osteon analyse --json` prints and what the queue keeps
 * of a finished job, so that a script reads both alike. */
#include "inference/findings_json.h"

#include "conf/json_line.h"

#define VALUE_DECIMALS 4
#define POINT_DECIMALS 3 /* of a pixel */

static json_t *entry_head(const struct findings *f, const char *id,
                          enum side side, size_t image)
{
    json_t *entry =
        json_pack("{s:o,s:o}", "id", json_line_text(id), "side",
                  json_line_text(side == SIDE_NONE ? NULL : side_name(side)));
    if (f->n_images > 1)
        json_line_set(entry, "image", json_integer((json_int_t)image + 1));
    return entry;
}

static json_t *measurement_json(const struct findings *f,
                                const struct measurement *m)
{
    json_t *entry = entry_head(f, m->id, m->side, m->image);
    json_t *points = json_array();
    for (size_t i = 0; i < m->n_points; i++)
        json_line_append(
            points,
            json_pack("[o,o]",
                      json_line_number(m->points[i][0], POINT_DECIMALS),
                      json_line_number(m->points[i][1], POINT_DECIMALS)));
    json_line_set(entry, "value", json_line_number(m->value, VALUE_DECIMALS));
    json_line_set(entry, "unit", json_line_text(m->unit));
    json_line_set(entry, "confidence",
                  json_line_number(m->confidence, VALUE_DECIMALS));
    json_line_set(entry, "points", points);
    return entry;
}

static json_t *landmarks_json(const struct findings_image *image)
{
    json_t *list = json_array();
    for (size_t i = 0; i < image->n_landmarks; i++) {
        const struct landmark *l = &image->landmarks[i];
        json_line_append(
            list,
            json_pack("{s:o,s:o,s:o,s:o}", "name", json_line_text(l->name), "x",
                      json_line_number(l->x, POINT_DECIMALS), "y",
                      json_line_number(l->y, POINT_DECIMALS), "confidence",
                      json_line_number(l->confidence, VALUE_DECIMALS)));
    }
    return list;
}

json_t *findings_json(const struct findings *f, const char *file)
{
    json_t *out = json_object();
    json_t *measurements = json_array(), *refused = json_array();
    for (size_t i = 0; i < f->n_measurements; i++)
        json_line_append(measurements,
                         measurement_json(f, &f->measurements[i]));
    for (size_t i = 0; i < f->n_refused; i++) {
        const struct refusal *r = &f->refused[i];
        json_t *entry = entry_head(f, r->id, r->side, r->image);
        json_line_set(entry, "reason", json_line_text(r->reason));
        json_line_append(refused, entry);
    }
    if (file)
        json_line_set(out, "file", json_line_text(file));
    json_line_set(out, "model", json_line_text(f->model));
    json_line_set(out, "version", json_line_text(f->version));
    json_line_set(out, "weights_sha256", json_line_text(f->weights_sha256));
    json_line_set(out, "config_sha256", json_line_text(f->config_sha256));
    json_line_set(out, "measurements", measurements);
    if (file)
        json_line_set(out, "landmarks", landmarks_json(&f->images[0]));
    json_line_set(out, "refused", refused);
    return out;
}
