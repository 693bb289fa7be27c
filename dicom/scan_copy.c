/* What the sandboxed decoder gets to see of an image: the attributes that
 * turn stored bytes into grey values, by a list, and the pixels. A model file
 * is a program; it cannot leak a name that was never in its process. Of
 * sequences only the LUTs are kept, with their two binary attributes, since
 * any item may hold anything. Bytes are copied as they are; sequence headers
 * are written anew with undefined length, because members are left out. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dicom/scan_walk.h"

#define MODALITY_LUT_SEQUENCE 0x00283000U
#define VOI_LUT_SEQUENCE      0x00283010U

/* PS3.3 C.7.6.3, C.11.1, C.11.2, C.11.6 */
static const uint32_t kept[] = {
    0x00280002U, /* SamplesPerPixel */
    0x00280004U, /* PhotometricInterpretation */
    0x00280006U, /* PlanarConfiguration */
    0x00280008U, /* NumberOfFrames */
    0x00280010U, /* Rows */
    0x00280011U, /* Columns */
    0x00280100U, /* BitsAllocated */
    0x00280101U, /* BitsStored */
    0x00280102U, /* HighBit */
    0x00280103U, /* PixelRepresentation */
    0x00280120U, /* PixelPaddingValue */
    0x00280121U, /* PixelPaddingRangeLimit */
    0x00281050U, /* WindowCenter */
    0x00281051U, /* WindowWidth */
    0x00281052U, /* RescaleIntercept */
    0x00281053U, /* RescaleSlope */
    0x00281056U, /* VOILUTFunction */
    0x00281101U, /* Red-, Green-, BluePaletteColorLookupTableDescriptor */
    0x00281102U, 0x00281103U, 0x00281201U, /* …Data */
    0x00281202U, 0x00281203U, 0x20500020U, /* PresentationLUTShape */
};

static const uint32_t kept_in_luts[] = {
    0x00283002U, /* LUTDescriptor */
    0x00283006U, /* LUTData */
};

struct copy {
    int fd;
    struct scan_syntax syntax;
    bool in_lut; /* inside a kept sequence */
    size_t n;
    unsigned char room[SCAN_READER_BYTES];
};

static bool flush(struct copy *copy, struct err *err)
{
    size_t done = 0;

    while (done < copy->n) {
        const ssize_t n = write(copy->fd, copy->room + done, copy->n - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(err, ERR_RETRY, "cannot write the pixels: %s",
                           strerror(errno));
        done += (size_t)n;
    }
    copy->n = 0;
    return true;
}

static bool put(struct copy *copy, const void *bytes, size_t n, struct err *err)
{
    if (copy->n + n > sizeof(copy->room) && !flush(copy, err))
        return false;
    memcpy(copy->room + copy->n, bytes, n);
    copy->n += n;
    return true;
}

static bool put_value(struct copy *copy, const struct scan_element *element,
                      struct scan_reader *reader, struct err *err)
{
    unsigned char part[4096];
    uint32_t left = element->length;
    size_t got = 1;

    if (!put(copy, element->header, element->n_header, err))
        return false;
    while (left > 0 && got > 0) {
        const size_t n = left < sizeof(part) ? left : sizeof(part);

        if (!scan_reader_some(reader, part, n, &got, err) ||
            !put(copy, part, got, err))
            return false;
        left -= (uint32_t)got;
    }
    return true;
}

static void tag_bytes(unsigned char *out, uint32_t tag, bool big)
{
    const unsigned char b[4] = {(unsigned char)(tag >> 24),
                                (unsigned char)(tag >> 16),
                                (unsigned char)(tag >> 8), (unsigned char)tag};

    out[0] = big ? b[0] : b[1];
    out[1] = big ? b[1] : b[0];
    out[2] = big ? b[2] : b[3];
    out[3] = big ? b[3] : b[2];
}

/* Header of a sequence or an item without length, or a delimiter. */
static bool put_mark(struct copy *copy, uint32_t tag, const char *vr,
                     uint32_t length, struct err *err)
{
    unsigned char header[12] = {0};
    size_t n = 4;

    tag_bytes(header, tag, copy->syntax.big);
    if (vr[0] != '\0') {
        memcpy(header + 4, vr, 2);
        n = 8;
    }
    memset(header + n, length == 0 ? 0 : 0xFF, 4);
    return put(copy, header, n + 4, err);
}

static bool listed(uint32_t tag, const uint32_t *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (list[i] == tag)
            return true;
    return false;
}

static bool wants(const struct copy *copy, const struct scan_element *element)
{
    const size_t n_kept = sizeof(kept) / sizeof(kept[0]);
    const size_t n_luts = sizeof(kept_in_luts) / sizeof(kept_in_luts[0]);

    if (element->depth == 0)
        return element->tag == SCAN_PIXEL_DATA ||
               listed(element->tag, kept, n_kept);
    return element->depth == 1 && copy->in_lut &&
           listed(element->tag, kept_in_luts, n_luts);
}

static bool sequence(struct copy *copy, const struct scan_element *element,
                     struct err *err)
{
    if (element->depth != 0)
        return true;
    /* one stored as UN is left out: its items are encoded otherwise */
    copy->in_lut = (element->tag == MODALITY_LUT_SEQUENCE ||
                    element->tag == VOI_LUT_SEQUENCE) &&
                   strcmp(element->vr, "UN") != 0;
    return !copy->in_lut ||
           put_mark(copy, element->tag, element->vr, 0xFFFFFFFFU, err);
}

static bool see(void *ctx, enum scan_event event,
                const struct scan_element *element, struct scan_reader *reader,
                struct err *err)
{
    struct copy *copy = ctx;

    switch (event) {
    case SCAN_ELEMENT:
        return !wants(copy, element) || put_value(copy, element, reader, err);
    case SCAN_SEQUENCE:
        return sequence(copy, element, err);
    case SCAN_ITEM:
        return !copy->in_lut || element->depth != 1 ||
               put_mark(copy, 0xFFFEE000U, "", 0xFFFFFFFFU, err);
    case SCAN_ITEM_END:
        return !copy->in_lut || element->depth != 1 ||
               put_mark(copy, 0xFFFEE00DU, "", 0, err);
    case SCAN_SEQUENCE_END:
        if (!copy->in_lut || element->depth != 0)
            return true;
        copy->in_lut = false;
        return put_mark(copy, 0xFFFEE0DDU, "", 0, err);
    case SCAN_FRAGMENTS:
        return element->depth != 0 ||
               put(copy, element->header, element->n_header, err);
    case SCAN_FRAGMENT:
        /* of an icon image, deep in a sequence: depth > 1 */
        return element->depth != 1 || put_value(copy, element, reader, err);
    case SCAN_FRAGMENTS_END:
        return element->depth != 0 || put_mark(copy, 0xFFFEE0DDU, "", 0, err);
    }
    return true;
}

/* PS3.10 7.1 with a fixed instance: DCMTK wants one, and it says nothing. */
static bool put_meta(struct copy *copy, const char *syntax, struct err *err)
{
    static const struct {
        unsigned char element;
        const char *uid;
    } uids[] = {
        {0x02, "1.2.840.10008.5.1.4.1.1.7"}, /* Secondary Capture */
        {0x03, "2.25.1"},
        {0x10, NULL},
        {0x12, "2.25.2"},
    };
    unsigned char meta[512] = {0};
    size_t n = 128;
    const size_t group = 128 + 4 + 12;

    memcpy(meta + n, "DICM\2\0\0\0UL\4\0\0\0\0\0", 16);
    n = group;
    memcpy(meta + n, "\2\0\1\0OB\0\0\2\0\0\0\0\1", 14);
    n += 14;
    for (size_t i = 0; i < sizeof(uids) / sizeof(uids[0]); i++) {
        const char *uid = uids[i].uid != NULL ? uids[i].uid : syntax;
        const size_t length = strlen(uid);
        const size_t even = length + length % 2;

        memcpy(meta + n, "\2\0\0\0UI\0\0", 8);
        meta[n + 2] = uids[i].element;
        meta[n + 6] = (unsigned char)even;
        memcpy(meta + n + 8, uid, length);
        n += 8 + even;
    }
    meta[group - 4] = (unsigned char)((n - group) & 0xFF);
    meta[group - 3] = (unsigned char)((n - group) >> 8);
    return put(copy, meta, n, err);
}

bool scan_copy_pixels(int fd, off_t offset, const char *transfer_syntax,
                      int out_fd, struct err *err)
{
    struct copy copy = {.fd = out_fd,
                        .syntax = scan_syntax_of(transfer_syntax)};
    struct scan_reader reader;
    bool ok;

    if (!scan_uid_valid(transfer_syntax))
        return err_set(err, ERR_REJECT, "the transfer syntax is no UID");
    if (!scan_reader_open(&reader, fd, offset, copy.syntax.deflated,
                          &scan_limits_default, err))
        return false;
    ok =
        put_meta(&copy,
                 copy.syntax.deflated ? "1.2.840.10008.1.2.1" : transfer_syntax,
                 err) &&
        scan_walk(&reader, copy.syntax, &scan_limits_default, see, &copy,
                  err) &&
        flush(&copy, err);
    scan_reader_close(&reader);
    return ok;
}
