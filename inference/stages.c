/* From whole film to joint: the first networks look at all of an image, later
 * ones more closely at where its landmarks are. The region is computed here,
 * from landmarks that were checked, never by who runs the networks. */
#include "inference/stages.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inference/decode.h"
#include "inference/turn.h"

#define LEAST_SIDE 4.0 /* pixels of a region */
#define MOST_FILMS 4.0 /* a region is at most so many films wide and high */

struct walk { /* through the stages, with one image */
    struct child *child;
    const struct stage_image *image;
    double aspect;
    int64_t deadline_ms;
    uint64_t serial;
    size_t left; /* runs that may follow */
    struct seen *seen;
    struct stage_picture *picture;
    char *reason;
};

static double aspect_of(const struct stage_image *image)
{
    if (image->spacing_mm[0] > 0 && image->spacing_mm[1] > 0)
        return image->spacing_mm[0] / image->spacing_mm[1];
    return image->aspect > 0 ? image->aspect : 1;
}

static size_t runs_of(const struct stage *stage)
{
    return stage->n_around > 0 && stage->n_sides > 0 ? stage->n_sides : 1;
}

/* A landmark that is certain enough and lies on the film; NULL: none. */
static const struct landmark *find(const struct walk *walk,
                                   const struct stage *stage, enum side side,
                                   const char *name)
{
    const double *film = walk->seen->film;
    char full[65];
    decode_name(side, name, full);
    for (size_t i = 0; i < walk->seen->n_landmarks; i++) {
        const struct landmark *l = &walk->seen->landmarks[i];
        if (strcmp(l->name, full) == 0)
            return l->confidence >= stage->least && l->x >= film[0] &&
                           l->x <= film[2] && l->y >= film[1] && l->y <= film[3]
                       ? l
                       : NULL;
    }
    return NULL;
}

static bool find_center(const struct walk *walk, const struct stage *stage,
                        enum side side, double center[2])
{
    center[0] = center[1] = 0;
    for (size_t i = 0; i < stage->n_around; i++) {
        const struct landmark *l = find(walk, stage, side, stage->around[i]);
        if (!l)
            return false;
        center[0] += (l->x + 0.5) / (double)stage->n_around;
        center[1] += (l->y + 0.5) / (double)stage->n_around;
    }
    return true;
}

/* In widths of a source pixel, along the upright picture's x; 0: unknown. */
static double region_width(const struct walk *walk, const struct stage *stage,
                           enum side side)
{
    double mm = walk->image->spacing_mm[1];
    if (stage->width_mm > 0)
        return mm > 0 ? stage->width_mm / mm : 0;
    const struct landmark *a = find(walk, stage, side, stage->width_of[0]);
    const struct landmark *b = find(walk, stage, side, stage->width_of[1]);
    return a && b ? stage->width_times *
                        hypot(a->x - b->x, (a->y - b->y) * walk->aspect)
                  : 0;
}

static bool place_region(const struct walk *walk, const struct stage *stage,
                         enum side side, struct region *out)
{
    const struct stage_image *image = walk->image;
    const double *film = walk->seen->film;
    double center[2], width = region_width(walk, stage, side);
    double height = width * stage->network.rows / stage->network.columns;
    bool across = image->turn & TURN_TRANSPOSE;
    if (!find_center(walk, stage, side, center))
        return false;
    out->width = across ? height : width;
    out->height = (across ? width : height) / walk->aspect;
    out->left = center[0] - out->width / 2;
    out->top = center[1] - out->height / 2;
    out->mirror = stage->mirror_left && side == SIDE_LEFT;
    return out->width >= LEAST_SIDE && out->height >= LEAST_SIDE &&
           out->width <= MOST_FILMS * (film[2] - film[0]) &&
           out->height <= MOST_FILMS * (film[3] - film[1]);
}

static void remember(const struct network_output *output,
                     const struct decode_at *at, struct seen *seen)
{
    const struct region *region = &at->box.region;
    bool shown = output->kind == OUTPUT_CLASSES || output->kind == OUTPUT_BOXES;
    if (!shown || seen->n_regions == SEEN_MASKS)
        return;
    struct seen_region *to = &seen->regions[seen->n_regions++];
    *to = (struct seen_region){
        .side = at->side,
        .box = {fmax(region->left - 0.5, at->film[0]),
                fmax(region->top - 0.5, at->film[1]),
                fmin(region->left + region->width - 0.5, at->film[2]),
                fmin(region->top + region->height - 0.5, at->film[3])}};
    snprintf(to->output, sizeof to->output, "%s", output->name);
}

static bool see(const struct walk *walk, const struct network *network,
                const struct child_answer *answer, const struct region *region,
                enum side side, struct err *err)
{
    const struct stage_image *image = walk->image;
    struct decode_at at = {
        .box = letterbox_region(region, walk->aspect, image->turn, network->fit,
                                network->rows, network->columns),
        .side = side};
    memcpy(at.film, walk->seen->film, sizeof at.film);
    for (size_t i = 0; i < network->n_outputs; i++) {
        const struct network_output *output = &network->outputs[i];
        if (!decode_output(output, answer->outputs[i], &at, walk->seen, err))
            return err_wrap(err, "model %s", network->model);
        remember(output, &at, walk->seen);
    }
    return true;
}

static bool see_nothing(const struct walk *walk, const struct network *network,
                        enum side side, struct err *err)
{
    for (size_t i = 0; i < network->n_outputs; i++) {
        if (!decode_nothing(&network->outputs[i], side, walk->seen, err))
            return err_wrap(err, "model %s", network->model);
    }
    return true;
}

static void take_picture(struct walk *walk, struct child_answer *answer)
{
    if (walk->picture->pixels || answer->picture_rows == 0)
        return;
    *walk->picture = (struct stage_picture){.rows = answer->picture_rows,
                                            .columns = answer->picture_columns,
                                            .pixels = answer->picture};
    answer->picture = NULL;
}

static void take_film(struct walk *walk, const struct film *film)
{
    double x = film->left - 0.5, y = film->top - 0.5;
    double corners[4] = {x, y, x + film->columns, y + film->rows};
    memcpy(walk->seen->film, corners, sizeof corners);
}

/* *looked: the image could be used. region NULL: all of the film. */
static bool look(struct walk *walk, const struct stage *stage,
                 const struct region *region, enum side side, bool *looked,
                 struct err *err)
{
    const struct stage_image *image = walk->image;
    struct child_answer answer;
    struct child_image request = {
        .fd = image->fd,
        .rows = image->rows,
        .columns = image->columns,
        .frame = image->frame,
        .picture_pixels = walk->picture->pixels ? 0 : image->picture_pixels,
        .turn = image->turn,
        .aspect = walk->aspect,
        .region = region ? *region : (struct region){0},
        .whole = !region,
        .serial = walk->serial,
        .keep = walk->left > 0};
    if (!child_run(walk->child, &stage->network, &request, walk->deadline_ms,
                   &answer, err))
        return false;
    *looked = !answer.unusable;
    if (answer.unusable)
        memcpy(walk->reason, answer.reason, sizeof answer.reason);
    else
        take_picture(walk, &answer);
    struct region all = film_region(&answer.film);
    take_film(walk, &answer.film);
    bool ok = answer.unusable || see(walk, &stage->network, &answer,
                                     region ? region : &all, side, err);
    child_answer_free(&answer);
    return ok;
}

/* All of the film: when that cannot be used, nothing of it can. */
static bool run_whole(struct walk *walk, const struct stage *stage,
                      struct err *err)
{
    bool looked;
    walk->left--;
    return look(walk, stage, NULL, SIDE_NONE, &looked, err);
}

static bool run_around(struct walk *walk, const struct stage *stage,
                       enum side side, struct err *err)
{
    struct region region;
    bool looked = false;
    walk->left--;
    if (place_region(walk, stage, side, &region) &&
        !look(walk, stage, &region, side, &looked, err))
        return false;
    walk->reason[0] = '\0'; /* that of a region is not the image's */
    return looked || see_nothing(walk, &stage->network, side, err);
}

static bool run_stage(struct walk *walk, const struct stage *stage,
                      struct err *err)
{
    if (stage->n_around == 0)
        return run_whole(walk, stage, err);
    if (stage->n_sides == 0)
        return run_around(walk, stage, SIDE_NONE, err);
    for (size_t i = 0; i < stage->n_sides; i++) {
        if (!run_around(walk, stage, stage->sides[i], err))
            return false;
    }
    return true;
}

bool stages_load(struct child *child, const struct stage *stages, size_t n,
                 int64_t deadline_ms, struct protocol_loaded *loaded,
                 struct err *err)
{
    *loaded = (struct protocol_loaded){.load_ms = -1};
    for (size_t i = 0; i < n; i++) {
        struct protocol_loaded one;
        if (!child_load(child, &stages[i].network, deadline_ms, &one, err))
            return false;
        if (one.load_ms < 0)
            continue;
        one.load_ms += loaded->load_ms > 0 ? loaded->load_ms : 0;
        one.warmup_ms += loaded->warmup_ms;
        *loaded = one;
    }
    return true;
}

bool stages_run(struct child *child, const struct stage *stages, size_t n,
                size_t input, const struct stage_image *image,
                int64_t deadline_ms, struct seen *seen,
                struct stage_picture *picture,
                char reason[static FINDINGS_REASON], struct err *err)
{
    struct walk walk = {.child = child,
                        .image = image,
                        .aspect = aspect_of(image),
                        .deadline_ms = deadline_ms,
                        .serial = child_serial(child),
                        .seen = seen,
                        .picture = picture,
                        .reason = reason};
    memset(seen, 0, sizeof *seen);
    memset(picture, 0, sizeof *picture);
    reason[0] = '\0';
    for (size_t i = 0; i < n; i++)
        walk.left += stages[i].input == input ? runs_of(&stages[i]) : 0;
    for (size_t i = 0; i < n && reason[0] == '\0'; i++) {
        if (stages[i].input == input && !run_stage(&walk, &stages[i], err))
            return false;
    }
    return true;
}
