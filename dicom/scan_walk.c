/* Walks a data set without recursion, so that nesting costs one row of a
 * fixed table and not stack. It goes into everything DCMTK would go into when
 * it reads the same bytes later: VR SQ, UN and OB/OW of undefined length, and
 * in implicit VR every value that begins with an item tag, since only a
 * dictionary could tell. What this accepts is safe to hand to DCMTK's
 * recursive reader. */
#include "dicom/scan_walk.h"

#include <string.h>

#define UNDEFINED  0xFFFFFFFFU
#define ITEM       0xFFFEE000U
#define ITEM_DELIM 0xFFFEE00DU
#define SEQ_DELIM  0xFFFEE0DDU

enum { DEPTH_MAX = 64, LEVELS = 2 * DEPTH_MAX + 1 };

enum level_kind { DATA_SET, SEQUENCE, FRAGMENTS };

struct level {
    enum level_kind kind;
    bool implicit, big;
    bool undefined; /* ends with a delimiter */
    int64_t end;    /* own, or that of what is around it */
};

/* Of the file for each element above limits->elements. */
#define ELEMENT_SHARE 512

struct walk {
    struct scan_reader *reader;
    const struct scan_limits *limits;
    scan_see *see;
    void *ctx;
    struct level levels[LEVELS];
    int top;
    int depth; /* sequences open */
    int64_t elements, most_elements;
};

struct scan_syntax scan_syntax_of(const char *uid)
{
    struct scan_syntax syntax = {false, false, false};

    if (strcmp(uid, "1.2.840.10008.1.2") == 0 ||
        strcmp(uid, "1.2.840.113619.5.2") == 0) /* GE private */
        syntax.implicit = true;
    else if (strcmp(uid, "1.2.840.10008.1.2.2") == 0)
        syntax.big = true;
    else if (strcmp(uid, "1.2.840.10008.1.2.1.99") == 0 ||
             strcmp(uid, "1.2.840.10008.1.2.4.95") == 0 ||
             strcmp(uid, "1.2.840.10008.1.2.4.205") == 0) /* JPIP */
        syntax.deflated = true;
    return syntax;
}

uint16_t scan_u16(const unsigned char *b, bool big)
{
    return (uint16_t)(big ? b[0] << 8 | b[1] : b[1] << 8 | b[0]);
}

uint32_t scan_u32(const unsigned char *b, bool big)
{
    const uint32_t first = scan_u16(b, big);
    const uint32_t second = scan_u16(b + 2, big);

    return big ? first << 16 | second : second << 16 | first;
}

/* Two reserved bytes and a 32-bit length (PS3.5 7.1.2). A VR nobody knows has
 * them too when it looks like one: all future VRs will. */
static bool long_length(const char *vr)
{
    static const char *const short_ones =
        "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US";

    if (vr[0] < 'A' || vr[0] > 'Z' || vr[1] < 'A' || vr[1] > 'Z')
        return false;
    for (const char *at = short_ones;; at += 3) {
        if (at[0] == vr[0] && at[1] == vr[1])
            return false;
        if (at[2] == '\0')
            return true;
    }
}

static bool tell(struct walk *walk, enum scan_event event,
                 const struct scan_element *element, struct err *err)
{
    return walk->see(walk->ctx, event, element, walk->reader, err);
}

static bool refuse(const struct scan_element *element, struct err *err,
                   const char *why)
{
    return err_set(err, ERR_REJECT, "element (%04X,%04X) at byte %lld %s",
                   element->tag >> 16, element->tag & 0xFFFFU,
                   (long long)(element->offset - (int64_t)element->n_header),
                   why);
}

static bool more(struct walk *walk, struct scan_element *element, size_t n,
                 struct err *err)
{
    if (!scan_reader_all(walk->reader, element->header + element->n_header, n,
                         err))
        return false;
    element->n_header += n;
    return true;
}

static bool read_header(struct walk *walk, struct scan_element *element,
                        struct err *err)
{
    const struct level *level = &walk->levels[walk->top];
    const unsigned char *b = element->header;
    const bool big = level->big;

    element->big = big;
    element->depth = walk->depth;
    if (level->end - walk->reader->offset < 8)
        return err_set(err, ERR_REJECT,
                       "no room for an element at byte %lld of the data set",
                       (long long)walk->reader->offset);
    if (!more(walk, element, 8, err))
        return false;
    element->tag = (uint32_t)scan_u16(b, big) << 16 | scan_u16(b + 2, big);
    if (level->implicit || element->tag == ITEM || element->tag == ITEM_DELIM ||
        element->tag == SEQ_DELIM) {
        element->length = scan_u32(b + 4, big);
    } else {
        element->vr[0] = (char)b[4];
        element->vr[1] = (char)b[5];
        element->length = scan_u16(b + 6, big);
        if (long_length(element->vr)) {
            if (!more(walk, element, 4, err))
                return false;
            element->length = scan_u32(b + 8, big);
        }
    }
    element->offset = walk->reader->offset;
    if (++walk->elements > walk->most_elements)
        return refuse(element, err, "is one more than the limit allows");
    return true;
}

/* A level below the top; its length, unless undefined, was checked. */
static void push(struct walk *walk, enum level_kind kind, bool implicit,
                 uint32_t length)
{
    const struct level *around = &walk->levels[walk->top];
    struct level *level = &walk->levels[walk->top + 1];

    level->kind = kind;
    level->implicit = implicit;
    level->big = around->big && !(implicit && !around->implicit);
    level->undefined = length == UNDEFINED;
    level->end = level->undefined ? around->end : walk->reader->offset + length;
    walk->top++;
}

static bool fits(struct walk *walk, const struct scan_element *element)
{
    const struct level *level = &walk->levels[walk->top];

    return (int64_t)element->length <= level->end - walk->reader->offset;
}

static bool pop(struct walk *walk, struct err *err)
{
    static const enum scan_event events[] = {
        [DATA_SET] = SCAN_ITEM_END,
        [SEQUENCE] = SCAN_SEQUENCE_END,
        [FRAGMENTS] = SCAN_FRAGMENTS_END,
    };
    const enum level_kind kind = walk->levels[walk->top].kind;
    struct scan_element end = {.depth = walk->depth};

    walk->top--;
    if (kind != DATA_SET)
        end.depth = --walk->depth;
    return tell(walk, events[kind], &end, err);
}

/* The value stays in the data set: PixelData of a native syntax may be cut
 * off by the end of the object. */
static bool value(struct walk *walk, enum scan_event event,
                  const struct scan_element *element, struct err *err)
{
    const bool pixels = element->tag == SCAN_PIXEL_DATA && walk->top == 0;
    int64_t rest, skipped;

    if (!pixels && !fits(walk, element))
        return refuse(element, err, "is longer than what is left");
    if (!tell(walk, event, element, err))
        return false;
    rest = element->length - (walk->reader->offset - element->offset);
    if (!scan_reader_skip(walk->reader, rest, &skipped, err))
        return false;
    if (skipped < rest && !pixels)
        return refuse(element, err, "is longer than what is left");
    return true;
}

/* Implicit VR has no SQ: an item tag at the start of a value gives it away. */
static bool holds_items(struct walk *walk, const struct scan_element *element,
                        bool *yes, struct err *err)
{
    const unsigned char *b;
    size_t got;

    *yes = false;
    if (element->length < 8 || element->tag == SCAN_PIXEL_DATA)
        return true;
    if (!scan_reader_peek(walk->reader, &b, 4, &got, err))
        return false;
    *yes = got == 4 && memcmp(b, "\xFE\xFF\x00\xE0", 4) == 0;
    return true;
}

static bool sequence(struct walk *walk, const struct scan_element *element,
                     struct err *err)
{
    const bool unknown = strcmp(element->vr, "UN") == 0;
    const bool implicit = walk->levels[walk->top].implicit || unknown;

    if (element->length != UNDEFINED && !fits(walk, element))
        return refuse(element, err, "is longer than what is left");
    if (walk->depth == walk->limits->depth || walk->depth == DEPTH_MAX)
        return refuse(element, err, "nests sequences too deep");
    if (!tell(walk, SCAN_SEQUENCE, element, err))
        return false;
    walk->depth++;
    push(walk, SEQUENCE, implicit, element->length);
    return true;
}

static bool element_of_data_set(struct walk *walk,
                                const struct scan_element *element,
                                struct err *err)
{
    const bool implicit = walk->levels[walk->top].implicit;
    const bool undefined = element->length == UNDEFINED;
    const bool unknown = strcmp(element->vr, "UN") == 0;
    const bool bytes = element->vr[0] == 'O';
    bool items = strcmp(element->vr, "SQ") == 0 || (unknown && undefined);

    if (element->tag >> 16 == 0xFFFEU)
        return refuse(element, err, "does not belong there");
    if (undefined && element->tag == SCAN_PIXEL_DATA && (implicit || bytes)) {
        if (!tell(walk, SCAN_FRAGMENTS, element, err))
            return false;
        walk->depth++;
        push(walk, FRAGMENTS, implicit, element->length);
        return true;
    }
    if (implicit && undefined)
        items = true;
    else if (implicit && !holds_items(walk, element, &items, err))
        return false;
    if (items || (bytes && undefined))
        return sequence(walk, element, err);
    if (undefined)
        return refuse(element, err, "has no length");
    return value(walk, SCAN_ELEMENT, element, err);
}

static bool element_of_sequence(struct walk *walk,
                                const struct scan_element *element,
                                struct err *err)
{
    const struct level *level = &walk->levels[walk->top];

    if (element->tag == SEQ_DELIM && level->undefined)
        return pop(walk, err);
    if (element->tag != ITEM)
        return refuse(element, err, "stands where an item is due");
    if (level->kind == FRAGMENTS)
        return value(walk, SCAN_FRAGMENT, element, err);
    if (element->length != UNDEFINED && !fits(walk, element))
        return refuse(element, err, "is longer than what is left");
    if (!tell(walk, SCAN_ITEM, element, err))
        return false;
    push(walk, DATA_SET, level->implicit, element->length);
    return true;
}

static bool step(struct walk *walk, struct err *err)
{
    const struct level *level = &walk->levels[walk->top];
    struct scan_element element = {0};

    if (!read_header(walk, &element, err))
        return false;
    if (level->kind != DATA_SET)
        return element_of_sequence(walk, &element, err);
    if (element.tag == ITEM_DELIM && walk->top > 0 && level->undefined)
        return pop(walk, err);
    return element_of_data_set(walk, &element, err);
}

static int64_t most_elements(const struct scan_reader *reader,
                             const struct scan_limits *limits)
{
    const int64_t more = reader->bytes / ELEMENT_SHARE;

    return limits->elements +
           (more < limits->more_elements ? more : limits->more_elements);
}

bool scan_walk(struct scan_reader *reader, struct scan_syntax syntax,
               const struct scan_limits *limits, scan_see *see, void *ctx,
               struct err *err)
{
    struct walk walk = {.reader = reader,
                        .limits = limits,
                        .see = see,
                        .ctx = ctx,
                        .most_elements = most_elements(reader, limits)};
    const unsigned char *next;
    size_t got;

    walk.levels[0] =
        (struct level){.kind = DATA_SET,
                       .implicit = syntax.implicit,
                       .big = syntax.big,
                       .end = syntax.deflated ? INT64_MAX : reader->left};
    for (;;) {
        const struct level *level = &walk.levels[walk.top];

        if (walk.top > 0 && !level->undefined && reader->offset == level->end) {
            if (!pop(&walk, err))
                return false;
            continue;
        }
        if (!scan_reader_peek(reader, &next, 1, &got, err))
            return false;
        if (got == 0)
            break;
        if (!step(&walk, err))
            return false;
    }
    if (walk.top > 0)
        return err_set(err, ERR_REJECT,
                       "the data set ends inside a sequence or in the middle "
                       "of encapsulated PixelData");
    return true;
}
