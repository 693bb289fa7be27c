/* One shape for what `osteon analyse --json` prints and what the queue keeps
 * of a finished job, so that a script reads both alike. Every key is always
 * there, null or empty where there is nothing to say. */
#include "inference/findings_json.h"

#include "conf/json_line.h"

#define VALUE_DECIMALS   4
#define POINT_DECIMALS   3 /* of a pixel */
#define SPACING_DECIMALS 6

static json_t *text(const char *value)
{
    return json_line_text(value[0] == '\0' ? NULL : value);
}

static void set_text(json_t *to, const char *key, const char *value)
{
    json_line_set(to, key, text(value));
}

static void set_number(json_t *to, const char *key, double value, int decimals)
{
    json_line_set(to, key, json_line_number(value, decimals));
}

static json_t *pair(const double value[2], int decimals)
{
    return json_pack("[o,o]", json_line_number(value[0], decimals),
                     json_line_number(value[1], decimals));
}

/* What every entry begins with. */
static json_t *entry_head(const struct findings *f, const char *id,
                          enum side side, size_t image)
{
    json_t *entry = json_pack("{s:o,s:o}", "id", json_line_text(id), "side",
                              text(side_name(side)));
    if (f->n_images > 1)
        json_line_set(entry, "image", json_integer((json_int_t)image + 1));
    return entry;
}

/* concept is a key of the table in docs/CONFORMANCE.md; code is the bundle's
 * own instead. */
static void set_code(json_t *entry, const char *concept,
                     const struct own_code *own, const char *site)
{
    set_text(entry, "concept", concept);
    json_line_set(entry, "code",
                  own->value[0] == '\0'
                      ? json_null()
                      : json_pack("{s:o,s:o,s:o}", "value",
                                  json_line_text(own->value), "scheme",
                                  json_line_text(own->scheme), "meaning",
                                  json_line_text(own->meaning)));
    set_text(entry, "site", site);
}

static const char *kind_name(enum measure_kind kind)
{
    static const char *const names[] = {
        [MEASURE_ANGLE] = "angle",           [MEASURE_DISTANCE] = "distance",
        [MEASURE_LINES] = "lines",           [MEASURE_RATIO] = "ratio",
        [MEASURE_DIFFERENCE] = "difference", [MEASURE_AREA] = "area",
        [MEASURE_GRADE] = "grade",
    };
    return names[kind];
}

static json_t *points_json(const struct measurement *m)
{
    json_t *points = json_array();
    for (size_t i = 0; i < m->n_points; i++)
        json_line_append(points, pair(m->points[i], POINT_DECIMALS));
    return points;
}

/* The two lengths of a ratio; right and left of a difference. */
static json_t *parts_json(const struct measurement *m)
{
    if (m->kind != MEASURE_RATIO && m->kind != MEASURE_DIFFERENCE)
        return json_null();
    return json_pack("{s:o,s:o}", "values", pair(m->parts, VALUE_DECIMALS),
                     "unit",
                     json_line_text(m->parts_unit[0] ? m->parts_unit : "px"));
}

static json_t *traits_json(const struct measurement *m)
{
    json_t *traits = json_object();
    for (size_t i = 0; i < m->n_traits; i++)
        set_text(traits, m->traits[i].concept, m->traits[i].value);
    return traits;
}

static json_t *measurement_json(const struct findings *f,
                                const struct measurement *m)
{
    json_t *entry = entry_head(f, m->id, m->side, m->image);
    set_number(entry, "value", m->value, VALUE_DECIMALS);
    json_line_set(entry, "unit", json_line_text(m->unit));
    set_number(entry, "confidence", m->confidence, VALUE_DECIMALS);
    set_number(entry, "certainty", m->certainty, VALUE_DECIMALS);
    json_line_set(entry, "points", points_json(m));
    json_line_set(entry, "kind", json_line_text(kind_name(m->kind)));
    set_code(entry, m->concept, &m->own, m->site);
    set_text(entry, "modifier", m->modifier);
    set_text(entry, "label", m->label);
    set_text(entry, "grade", m->grade);
    json_line_set(entry, "parts", parts_json(m));
    json_line_set(entry, "traits", traits_json(m));
    json_line_set(entry, "normal",
                  m->has_normal ? pair(m->normal, VALUE_DECIMALS)
                                : json_null());
    set_text(entry, "note", m->note);
    return entry;
}

static json_t *found_json(const struct findings *f, const struct found *found)
{
    static const char *const priorities[] = {[PRIORITY_ROUTINE] = "routine",
                                             [PRIORITY_HIGH] = "high",
                                             [PRIORITY_STAT] = "stat"};
    json_t *entry = entry_head(f, found->id, found->side, found->image);
    json_t *box = found->has_box ? json_array() : json_null();
    set_code(entry, found->concept, &found->own, found->site);
    json_line_set(entry, "present", json_boolean(found->present));
    json_line_set(entry, "priority",
                  json_line_text(priorities[found->priority]));
    json_line_set(entry, "confidence",
                  found->present
                      ? json_line_number(found->confidence, VALUE_DECIMALS)
                      : json_null());
    set_number(entry, "least", found->least, VALUE_DECIMALS);
    for (size_t i = 0; found->has_box && i < 4; i++)
        json_line_append(box, json_line_number(found->box[i], POINT_DECIMALS));
    json_line_set(entry, "box", box);
    set_text(entry, "measurement", found->measure);
    return entry;
}

static json_t *refusal_json(const struct findings *f, const struct refusal *r)
{
    json_t *entry = entry_head(f, r->id, r->side, r->image);
    json_line_set(entry, "reason", json_line_text(r->reason));
    set_code(entry, r->concept, &r->own, r->site);
    set_text(entry, "modifier", r->modifier);
    set_text(entry, "quality", r->quality);
    return entry;
}

static const char *change_name(enum change_kind kind)
{
    static const char *const names[] = {
        [CHANGE_REFUSED] = "refused",
        [CHANGE_STABLE] = "stable",
        [CHANGE_INCREASED] = "increased",
        [CHANGE_DECREASED] = "decreased",
        [CHANGE_NEW] = "new",
    };
    return names[kind];
}

static json_t *earlier_json(const struct earlier *e)
{
    return json_pack("{s:o,s:o,s:o,s:o,s:o}", "date", json_line_text(e->date),
                     "value", json_line_number(e->value, VALUE_DECIMALS),
                     "confidence",
                     json_line_number(e->confidence, VALUE_DECIMALS), "version",
                     json_line_text(e->version), "from",
                     json_line_text(e->sr_uid[0] == '\0' ? "own" : "report"));
}

static json_t *change_json(const struct findings *f, const struct change *c)
{
    const struct measurement *m = &f->measurements[c->measurement];
    json_t *entry = entry_head(f, m->id, m->side, m->image);
    json_t *earlier = json_array();
    bool compared = change_compared(c);
    for (size_t i = 0; i < c->n_earlier; i++)
        json_line_append(earlier, earlier_json(&c->earlier[i]));
    json_line_set(entry, "kind", json_line_text(change_name(c->kind)));
    json_line_set(entry, "earlier", earlier);
    json_line_set(entry, "since",
                  compared ? json_line_text(c->earlier[c->prior].date)
                           : json_null());
    json_line_set(entry, "difference",
                  compared ? json_line_number(c->difference, VALUE_DECIMALS)
                           : json_null());
    json_line_set(entry, "per_year",
                  compared ? json_line_number(c->per_year, VALUE_DECIMALS)
                           : json_null());
    json_line_set(entry, "detectable",
                  compared ? json_line_number(c->detectable, VALUE_DECIMALS)
                           : json_null());
    set_text(entry, "reason", c->reason);
    return entry;
}

static json_t *image_json(const struct findings_image *image)
{
    bool mm = image->calibration != CALIBRATION_NONE;
    return json_pack(
        "{s:I,s:I,s:o,s:o,s:o}", "rows", (json_int_t)image->rows, "columns",
        (json_int_t)image->columns, "frame",
        image->frame ? json_integer(image->frame) : json_null(), "calibration",
        json_line_text(calibration_name(image->calibration)), "spacing_mm",
        mm ? pair(image->spacing_mm, SPACING_DECIMALS) : json_null());
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

static void set_model(json_t *out, const struct findings *f)
{
    json_line_set(out, "model", json_line_text(f->model));
    json_line_set(out, "version", json_line_text(f->version));
    set_text(out, "manufacturer", f->manufacturer);
    set_text(out, "description", f->description);
    set_text(out, "demonstration", f->demonstration);
    json_line_set(out, "weights_sha256", json_line_text(f->weights_sha256));
    json_line_set(out, "config_sha256", json_line_text(f->config_sha256));
    set_number(out, "min_confidence", f->min_confidence, VALUE_DECIMALS);
    set_text(out, "failure", f->failure);
}

static json_t *begin(const char *file)
{
    json_t *out = json_object();
    json_line_set(out, "schema", json_line_text(FINDINGS_JSON_SCHEMA));
    if (file)
        json_line_set(out, "file", json_line_text(file));
    return out;
}

json_t *findings_json(const struct findings *f, const char *file)
{
    json_t *out = begin(file), *images = json_array(), *found = json_array();
    json_t *measurements = json_array(), *refused = json_array();
    json_t *changes = json_array();
    for (size_t i = 0; i < f->n_images; i++)
        json_line_append(images, image_json(&f->images[i]));
    for (size_t i = 0; i < f->n_found; i++)
        json_line_append(found, found_json(f, &f->found[i]));
    for (size_t i = 0; i < f->n_measurements; i++)
        json_line_append(measurements,
                         measurement_json(f, &f->measurements[i]));
    for (size_t i = 0; i < f->n_refused; i++)
        json_line_append(refused, refusal_json(f, &f->refused[i]));
    for (size_t i = 0; i < f->n_changes; i++)
        json_line_append(changes, change_json(f, &f->changes[i]));
    set_model(out, f);
    json_line_set(out, "images", images);
    json_line_set(out, "found", found);
    json_line_set(out, "measurements", measurements);
    if (file)
        json_line_set(out, "landmarks", landmarks_json(&f->images[0]));
    json_line_set(out, "refused", refused);
    json_line_set(out, "changes", changes);
    return out;
}

json_t *findings_json_refused(const char *file, const char *model,
                              const char *version, const char *reason)
{
    json_t *out = begin(file);
    json_line_set(out, "model", json_line_text(model));
    json_line_set(out, "version", json_line_text(version));
    json_line_set(out, "images", json_array());
    json_line_set(out, "found", json_array());
    json_line_set(out, "measurements", json_array());
    json_line_set(out, "landmarks", json_array());
    json_line_set(out, "refused",
                  json_pack("[{s:n,s:n,s:o}]", "id", "side", "reason",
                            json_line_text(reason)));
    return out;
}
