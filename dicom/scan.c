/* What the node must know of an object before it takes it: that its structure
 * holds, and the few top-level values that identify and size it. Runs in the
 * process that talks to the network, where DCMTK's recursive parser may not
 * run: see scan_walk.c. */
#include "dicom/scan.h"

#include <stdlib.h>
#include <string.h>

#include "dicom/scan_walk.h"

const struct scan_limits scan_limits_default = {
    .depth = 32,
    .elements = 100000,
    .more_elements = 1000000,
    .inflated_bytes = INT64_C(1) << 30,
    .inflate_ratio = 100,
};

/* PS3.5 9.1: digits and dots, no empty component, no leading zeros. */
bool scan_uid_valid(const char *uid)
{
    const size_t n = strnlen(uid, 65);
    bool start = true;

    if (n == 0 || n > 64)
        return false;
    for (size_t i = 0; i < n; i++) {
        const char c = uid[i];
        const char next = uid[i + 1];

        if (c == '.') {
            if (start)
                return false;
            start = true;
            continue;
        }
        if (c < '0' || c > '9')
            return false;
        if (start && c == '0' && next != '.' && next != '\0')
            return false;
        start = false;
    }
    return !start;
}

/* Top-level attributes the scan collects, once each. */
enum wanted {
    WANT_SOP_CLASS,
    WANT_SOP_UID,
    WANT_MODALITY,
    WANT_STUDY_UID,
    WANT_SERIES_UID,
    WANT_SAMPLES,
    WANT_FRAMES,
    WANT_ROWS,
    WANT_COLUMNS,
    WANT_BITS,
    WANT_PIXELS,
    WANTED
};

static const struct {
    uint32_t tag;
    const char *keyword;
} wanted[WANTED] = {
    [WANT_SOP_CLASS] = {0x00080016U, "SOPClassUID"},
    [WANT_SOP_UID] = {0x00080018U, "SOPInstanceUID"},
    [WANT_MODALITY] = {0x00080060U, "Modality"},
    [WANT_STUDY_UID] = {0x0020000DU, "StudyInstanceUID"},
    [WANT_SERIES_UID] = {0x0020000EU, "SeriesInstanceUID"},
    [WANT_SAMPLES] = {0x00280002U, "SamplesPerPixel"},
    [WANT_FRAMES] = {0x00280008U, "NumberOfFrames"},
    [WANT_ROWS] = {0x00280010U, "Rows"},
    [WANT_COLUMNS] = {0x00280011U, "Columns"},
    [WANT_BITS] = {0x00280100U, "BitsAllocated"},
    [WANT_PIXELS] = {SCAN_PIXEL_DATA, "PixelData"},
};

struct collector {
    struct scan *out;
    uint32_t pixel_length;
    bool encapsulated;
    bool seen[WANTED];
};

/* Text without padding, cut at size; false when it was longer. */
static bool text(const struct scan_element *element, struct scan_reader *reader,
                 char *out, size_t size, bool *whole, struct err *err)
{
    const size_t n = element->length < size ? element->length : size - 1;
    char spare;
    size_t end = n;

    if (!scan_reader_all(reader, out, n, err))
        return false;
    *whole = n == element->length;
    if (!*whole && element->length == n + 1) { /* a pad byte at full length */
        if (!scan_reader_all(reader, &spare, 1, err))
            return false;
        *whole = spare == '\0' || spare == ' ';
    }
    while (end > 0 && (out[end - 1] == '\0' || out[end - 1] == ' '))
        end--;
    out[end] = '\0';
    return true;
}

static bool uid(const struct scan_element *element, struct scan_reader *reader,
                const char *keyword, char out[static 65], struct err *err)
{
    char value[65];
    bool whole;

    if (!text(element, reader, value, sizeof(value), &whole, err))
        return false;
    if (value[0] == '\0')
        return true;
    if (!whole || !scan_uid_valid(value))
        return err_set(err, ERR_REJECT,
                       "%s is no UID: digits and dots, at most 64, are "
                       "allowed (PS3.5 9.1)",
                       keyword);
    memcpy(out, value, sizeof(value));
    return true;
}

/* US, and only US: Rows as UL has overflown other people's arithmetic. */
static bool number_us(const struct scan_element *element,
                      struct scan_reader *reader, const char *keyword,
                      uint32_t *out, struct err *err)
{
    const bool unknown = strcmp(element->vr, "UN") == 0;
    unsigned char bytes[2];

    if (element->length == 0)
        return true;
    if (element->length != 2 ||
        (element->vr[0] != '\0' && strcmp(element->vr, "US") != 0 && !unknown))
        return err_set(err, ERR_REJECT, "%s is not one unsigned 16-bit number",
                       keyword);
    if (!scan_reader_all(reader, bytes, 2, err))
        return false;
    *out = scan_u16(bytes, element->big && !unknown);
    return true;
}

static bool number_is(const struct scan_element *element,
                      struct scan_reader *reader, const char *keyword,
                      uint32_t *out, struct err *err)
{
    char value[17];
    char *end;
    long number;
    bool whole;

    if (!text(element, reader, value, sizeof(value), &whole, err))
        return false;
    if (value[0] == '\0')
        return true;
    number = strtol(value, &end, 10);
    if (!whole || *end != '\0' || end == value || number < 0 ||
        number > INT32_MAX)
        return err_set(err, ERR_REJECT, "%s is not a number from 0 to 2^31-1",
                       keyword);
    *out = (uint32_t)number;
    return true;
}

static bool collect(struct collector *collector, enum wanted want,
                    const struct scan_element *element,
                    struct scan_reader *reader, struct err *err)
{
    struct scan *out = collector->out;
    const char *keyword = wanted[want].keyword;
    bool whole;

    switch (want) {
    case WANT_SOP_CLASS:
        return uid(element, reader, keyword, out->sop_class, err);
    case WANT_SOP_UID:
        return uid(element, reader, keyword, out->sop_uid, err);
    case WANT_STUDY_UID:
        return uid(element, reader, keyword, out->study_uid, err);
    case WANT_SERIES_UID:
        return uid(element, reader, keyword, out->series_uid, err);
    case WANT_MODALITY:
        return text(element, reader, out->modality, sizeof(out->modality),
                    &whole, err);
    case WANT_SAMPLES:
        return number_us(element, reader, keyword, &out->samples, err);
    case WANT_ROWS:
        return number_us(element, reader, keyword, &out->rows, err);
    case WANT_COLUMNS:
        return number_us(element, reader, keyword, &out->columns, err);
    case WANT_BITS:
        return number_us(element, reader, keyword, &out->bits_allocated, err);
    case WANT_FRAMES:
        return number_is(element, reader, keyword, &out->frames, err);
    case WANT_PIXELS:
        out->pixel_offset = element->offset;
        collector->pixel_length = element->length;
        return true;
    default:
        return true;
    }
}

static bool see(void *ctx, enum scan_event event,
                const struct scan_element *element, struct scan_reader *reader,
                struct err *err)
{
    struct collector *collector = ctx;

    if (element->depth != 0 ||
        (event != SCAN_ELEMENT && event != SCAN_FRAGMENTS))
        return true;
    for (int i = 0; i < WANTED; i++) {
        if (wanted[i].tag != element->tag)
            continue;
        if (collector->seen[i])
            return err_set(err, ERR_REJECT, "%s is there twice",
                           wanted[i].keyword);
        collector->seen[i] = true;
        if (event == SCAN_FRAGMENTS)
            collector->encapsulated = true;
        return collect(collector, (enum wanted)i, element, reader, err);
    }
    return true;
}

static bool complete(struct collector *collector, struct err *err)
{
    struct scan *out = collector->out;
    const struct {
        const char *value, *keyword;
    } uids[] = {
        {out->sop_class, "SOPClassUID"},
        {out->sop_uid, "SOPInstanceUID"},
        {out->study_uid, "StudyInstanceUID"},
        {out->series_uid, "SeriesInstanceUID"},
    };

    for (size_t i = 0; i < sizeof(uids) / sizeof(uids[0]); i++)
        if (uids[i].value[0] == '\0')
            return err_set(err, ERR_REJECT, "%s is missing or empty",
                           uids[i].keyword);
    if (collector->encapsulated || out->pixel_offset < 0)
        return true;
    out->pixel_bytes = out->total_bytes - out->pixel_offset;
    if (out->pixel_bytes > collector->pixel_length)
        out->pixel_bytes = collector->pixel_length;
    return true;
}

bool scan_data_set(int fd, off_t offset, const char *transfer_syntax,
                   const struct scan_limits *limits, struct scan *out,
                   struct err *err)
{
    const struct scan_syntax syntax = scan_syntax_of(transfer_syntax);
    struct scan scan = {.pixel_offset = -1, .pixel_bytes = -1};
    struct collector collector = {.out = &scan};
    struct scan_reader reader;
    bool ok;

    if (!scan_uid_valid(transfer_syntax))
        return err_set(err, ERR_REJECT, "the transfer syntax is no UID");
    strcpy(scan.transfer_syntax, transfer_syntax);
    if (!scan_reader_open(&reader, fd, offset, syntax.deflated, limits, err))
        return false;
    ok = scan_walk(&reader, syntax, limits, see, &collector, err);
    scan.total_bytes = reader.offset;
    scan_reader_close(&reader);
    if (!ok || !complete(&collector, err))
        return false;
    *out = scan;
    return true;
}
