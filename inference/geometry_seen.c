/* Objects that are what a network saw: landmarks, and what is read off masks.
 * All others are made of these. */
#include "inference/geometry_place.h"

#include <stdio.h>
#include <string.h>

#include "inference/label.h"

void geometry_words(const char *name, char out[static 65])
{
    const char *dot = strchr(name, '.');
    bool sided =
        strncmp(name, "right.", 6) == 0 || strncmp(name, "left.", 5) == 0;
    snprintf(out, 65, "%s", sided && dot ? dot + 1 : name);
    for (char *c = out; *c; c++)
        *c = *c == '_' ? ' ' : *c;
}

bool geometry_fail(struct place *p, const char *what)
{
    char words[65];
    geometry_words(p->object->name, words);
    snprintf(p->shape->reason, sizeof p->shape->reason, "%s %s", words, what);
    return false;
}

static const struct landmark *find_landmark(const struct seen *seen,
                                            const char *name)
{
    for (size_t i = seen->n_landmarks; i-- > 0;)
        if (strcmp(seen->landmarks[i].name, name) == 0)
            return &seen->landmarks[i];
    return NULL;
}

static bool certain(struct place *p, double least)
{
    char words[65];
    if (p->shape->confidence >= least)
        return true;
    geometry_words(p->object->name, words);
    snprintf(p->shape->reason, sizeof p->shape->reason,
             "%s is uncertain (confidence %.2f, at least %.2f is wanted)",
             words, p->shape->confidence, least);
    return false;
}

bool geometry_landmark(struct place *p)
{
    const struct plane *plane = &p->geometry->plane;
    const struct landmark *l = find_landmark(p->seen, p->object->name);
    struct shape *shape = p->shape;
    if (!l) {
        shape->absent = plane->partial;
        shape->confidence = 0;
        return geometry_fail(p, "was not looked for");
    }
    shape->confidence = l->confidence;
    shape->weakest = (size_t)(p->object - p->rules->objects);
    if (!certain(p, p->object->least))
        return false;
    if (!plane_inside(plane, (double[2]){l->x, l->y}))
        return geometry_fail(p, "lies outside the image");
    plane_point(plane, l->x, l->y, shape->at);
    return true;
}

static const struct seen_mask *find_mask(struct place *p)
{
    const struct seen_mask *mask =
        label_mask(p->seen, p->object->mask, p->object->side);
    if (!mask) {
        p->shape->absent = p->geometry->plane.partial;
        geometry_fail(p, "was not looked for");
    }
    return mask;
}

bool geometry_label(struct place *p)
{
    const struct plane *plane = &p->geometry->plane;
    const struct seen_mask *mask = find_mask(p);
    if (!mask)
        return false;
    if (!label_centroid(mask, p->object->label_index, plane, p->shape->at,
                        &p->shape->confidence))
        return geometry_fail(p, "was not found on the image");
    return certain(p, p->rules->mask_least);
}

bool geometry_edge(struct place *p)
{
    const struct plane *plane = &p->geometry->plane;
    const struct seen_mask *mask = find_mask(p);
    double toward[2];
    if (!mask)
        return false;
    plane_toward(plane, p->object->toward, p->object->side, toward);
    if (!label_edge(mask, p->object->label_index, plane, toward,
                    &p->shape->points, &p->shape->n_points,
                    &p->shape->confidence))
        return geometry_fail(p, "was not found on the image");
    return certain(p, p->rules->mask_least);
}
