/* A frame around a film says nothing of the patient, but a network that gets
 * all of an image sees the film smaller for it, and its white would be the
 * upper percentile of all grey values. scripts/train/model_input.py does the
 * same before it trains. */
#include "inference/film.h"

#include <math.h>

struct peel {
    const struct image *image;
    struct film left;
    float noise;
};

struct range {
    float low, high;
};

/* False: a value is no number. */
static bool widen(struct range *range, float value)
{
    if (value < range->low)
        range->low = value;
    if (value > range->high)
        range->high = value;
    return value >= range->low && value <= range->high;
}

static float at(const struct peel *peel, uint32_t row, uint32_t column)
{
    return peel->image->grey[(size_t)row * peel->image->columns + column];
}

/* Whether all values from row, column on, `rows` x `columns` of them, are the
 * same. */
static bool plain(const struct peel *peel, uint32_t row, uint32_t column,
                  uint32_t rows, uint32_t columns)
{
    float first = at(peel, row, column);
    struct range range = {first, first};
    for (uint32_t r = row; r < row + rows; r++) {
        for (uint32_t c = column; c < column + columns; c++) {
            if (!widen(&range, at(peel, r, c)) ||
                range.high - range.low > peel->noise)
                return false;
        }
    }
    return true;
}

static bool take_row(struct peel *peel)
{
    struct film *f = &peel->left;
    bool top = plain(peel, f->top, f->left, 1, f->columns);
    if (!top && !plain(peel, f->top + f->rows - 1, f->left, 1, f->columns))
        return false;
    f->top += top;
    f->rows--;
    return true;
}

static bool take_column(struct peel *peel)
{
    struct film *f = &peel->left;
    bool left = plain(peel, f->top, f->left, f->rows, 1);
    if (!left && !plain(peel, f->top, f->left + f->columns - 1, f->rows, 1))
        return false;
    f->left += left;
    f->columns--;
    return true;
}

static bool large_enough(const struct film *film, uint32_t rows,
                         uint32_t columns)
{
    return (uint64_t)film->rows * FILM_LEAST >= rows &&
           (uint64_t)film->columns * FILM_LEAST >= columns;
}

/* False: too little is left. */
static bool peel_off(struct peel *peel)
{
    const struct image *image = peel->image;
    while (take_row(peel) || take_column(peel)) {
        if (!large_enough(&peel->left, image->rows, image->columns))
            return false;
    }
    return true;
}

static float range_of(const struct peel *peel)
{
    const struct film *f = &peel->left;
    struct range range = {INFINITY, -INFINITY};
    for (uint32_t r = f->top; r < f->top + f->rows; r++) {
        for (uint32_t c = f->left; c < f->left + f->columns; c++)
            widen(&range, at(peel, r, c));
    }
    return range.high - range.low;
}

struct film film_all(uint32_t rows, uint32_t columns)
{
    return (struct film){.rows = rows, .columns = columns};
}

struct region film_region(const struct film *film)
{
    return (struct region){.left = film->left,
                           .top = film->top,
                           .width = film->columns,
                           .height = film->rows};
}

struct film film_find(const struct image *image)
{
    struct film all = film_all(image->rows, image->columns);
    struct peel peel = {.image = image, .left = all};
    if (!peel_off(&peel))
        return all;
    peel.noise = range_of(&peel) * FILM_NOISE;
    return peel_off(&peel) ? peel.left : all;
}

bool film_possible(const struct film *film, uint32_t rows, uint32_t columns)
{
    return film->rows > 0 && film->columns > 0 &&
           (uint64_t)film->top + film->rows <= rows &&
           (uint64_t)film->left + film->columns <= columns &&
           large_enough(film, rows, columns);
}
