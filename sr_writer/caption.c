/* The words around a picture, or of a page that has none. What a reader must
 * know comes first, in the order of the report's comments. */
#include "sr_writer/caption.h"

#include <stdio.h>
#include <string.h>

#include "sr_writer/wording.h"

void caption_above(struct bar *bar, const struct pen *pen,
                   const struct findings *f)
{
    char text[WORDING_SIZE];

    bar_add(bar, pen, BAR_TITLE, WORDING_BANNER);
    wording_demonstration(f, text);
    bar_add(bar, pen, BAR_WARNING, text);
    snprintf(text, sizeof(text), "%s %s", f->model, f->version);
    bar_add(bar, pen, BAR_PLAIN, text);
}

static bool said_before(const struct findings *f, size_t i, const char *text)
{
    char earlier[WORDING_SIZE];

    for (size_t k = 0; k < i; k++) {
        wording_refusal_short(f, &f->refused[k], earlier);
        if (f->refused[k].image == f->refused[i].image &&
            strcmp(earlier, text) == 0)
            return true;
    }
    return false;
}

void caption_image_above(struct bar *bar, const struct layout *layout,
                         const struct findings *f, size_t image)
{
    char text[WORDING_SIZE], share[WORDING_SIZE], line[WORDING_SIZE];
    bool framed = false;

    wording_frame(&f->images[image], text);
    bar_add(bar, &layout->pen, BAR_WARNING, text);
    for (size_t i = 0; i < f->n_found; i++) {
        const struct found *found = &f->found[i];
        if (!found->present || found->has_box || found->image != image)
            continue;
        wording_found(found, text);
        wording_percent(found->confidence, share);
        snprintf(line, sizeof(line), "Found: %.200s %.20s", text, share);
        bar_add(bar, &layout->pen, BAR_WARNING, line);
    }
    for (size_t i = 0; i < f->n_measurements; i++)
        framed = framed || (f->measurements[i].image == image &&
                            wording_outside(&f->measurements[i]) != 0);
    bar_add(bar, &layout->pen, BAR_PLAIN,
            framed ? "%: confidence. \342\226\262 \342\226\274: above, below "
                     "the normal range"
                   : "%: confidence");
}

/* What became of it stands below the picture: on it the lines of two studies
 * would be wanted, too. */
static void changed(struct bar *bar, const struct pen *pen,
                    const struct findings *f, size_t i)
{
    const struct change *c = findings_change(f, i);
    char value[WORDING_SIZE], words[WORDING_SIZE], text[2 * WORDING_SIZE + 2];

    if (c == NULL || !wording_change(f, c, words))
        return;
    wording_value(&f->measurements[i], value);
    snprintf(text, sizeof(text), "%s: %s", value, words);
    bar_add(bar, pen,
            c->kind == CHANGE_INCREASED || c->kind == CHANGE_DECREASED
                ? BAR_WARNING
                : BAR_PLAIN,
            text);
}

void caption_below(struct bar *bar, const struct layout *layout,
                   const struct findings *f, size_t image)
{
    char text[WORDING_SIZE];

    for (size_t i = 0; i < layout->n_labels; i++) {
        const struct layout_label *label = &layout->labels[i];
        if (label->placed || label->face != FACE_VALUE)
            continue;
        snprintf(text, sizeof(text), "%s  %s", label->text, label->detail);
        bar_add(bar, &layout->pen, BAR_PLAIN, text);
    }
    for (size_t i = 0; i < f->n_measurements; i++)
        if (f->measurements[i].image == image)
            changed(bar, &layout->pen, f, i);
    for (size_t i = 0; i < f->n_refused; i++) {
        wording_refusal_short(f, &f->refused[i], text);
        if (f->refused[i].image == image && !said_before(f, i, text))
            bar_add(bar, &layout->pen, BAR_WARNING, text);
    }
}

/* Several images may have failed for one reason. */
static bool said_of_any(const struct findings *f, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (f->refused[k].side == f->refused[i].side &&
            strcmp(f->refused[k].reason, f->refused[i].reason) == 0)
            return true;
    return false;
}

void caption_note(struct bar *bar, const struct pen *pen,
                  const struct findings *f)
{
    char text[WORDING_SIZE];

    caption_above(bar, pen, f);
    wording_failure(f, text);
    bar_add(bar, pen, BAR_WARNING, text);
    for (size_t i = 0; i < f->n_refused; i++) {
        wording_refusal_short(f, &f->refused[i], text);
        if (!said_of_any(f, i))
            bar_add(bar, pen, BAR_WARNING, text);
    }
}
