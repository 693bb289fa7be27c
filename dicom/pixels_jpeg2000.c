/* JPEG 2000 through OpenJPEG: DCMTK has no decoder for it. The header is read
 * first and must say what the object says, so a codestream cannot make us
 * allocate for an image of another size. */
#include "dicom/pixels_raw.h"

#include <stdio.h>
#include <string.h>

#include <openjpeg-2.5/openjpeg.h>

struct source {
    const unsigned char *bytes;
    size_t n, at;
};

static OPJ_SIZE_T source_read(void *to, OPJ_SIZE_T n, void *ctx)
{
    struct source *source = ctx;
    const size_t left = source->n - source->at;

    if (left == 0)
        return (OPJ_SIZE_T)-1;
    if (n > left)
        n = left;
    memcpy(to, source->bytes + source->at, n);
    source->at += n;
    return n;
}

static OPJ_OFF_T source_skip(OPJ_OFF_T n, void *ctx)
{
    struct source *source = ctx;
    const size_t left = source->n - source->at;

    if (n < 0)
        return -1;
    if ((uint64_t)n > left)
        n = (OPJ_OFF_T)left;
    source->at += (size_t)n;
    return n;
}

static OPJ_BOOL source_seek(OPJ_OFF_T at, void *ctx)
{
    struct source *source = ctx;

    if (at < 0 || (uint64_t)at > source->n)
        return OPJ_FALSE;
    source->at = (size_t)at;
    return OPJ_TRUE;
}

static void note(const char *text, void *ctx)
{
    char *why = ctx;

    if (why[0] == '\0')
        snprintf(why, 160, "%.*s", (int)strcspn(text, "\r\n"), text);
}

static bool agrees(const opj_image_t *image, const struct pixel_format *format,
                   struct err *err)
{
    if (image->numcomps != format->samples)
        return err_set(err, ERR_REJECT,
                       "the JPEG 2000 stream has %u components, the object "
                       "says %u",
                       image->numcomps, format->samples);
    for (uint32_t i = 0; i < image->numcomps; i++) {
        const opj_image_comp_t *comp = &image->comps[i];

        if (image->x1 - image->x0 != format->columns ||
            image->y1 - image->y0 != format->rows || comp->dx != 1 ||
            comp->dy != 1)
            return err_set(err, ERR_REJECT,
                           "the JPEG 2000 stream has %u x %u pixels or "
                           "subsampled ones, the object says %u x %u",
                           image->y1 - image->y0, image->x1 - image->x0,
                           format->rows, format->columns);
        if (comp->prec > format->bits_allocated || comp->prec > 31)
            return err_set(err, ERR_REJECT,
                           "the JPEG 2000 stream has %u bits, the object "
                           "says %u",
                           comp->prec, format->bits_allocated);
    }
    return true;
}

/* The sign of the object counts (PS3.5 8.2.4); a stream that disagrees means
 * the same bits. */
static void store(const opj_image_comp_t *comp,
                  const struct pixel_format *format, unsigned char *out,
                  size_t step)
{
    const size_t n = (size_t)format->rows * format->columns;
    const uint32_t bytes = format->bits_allocated / 8;
    const uint32_t top = UINT32_C(1) << (comp->prec - 1);
    const uint32_t mask = top | (top - 1);

    for (size_t i = 0; i < n; i++) {
        uint32_t value = (uint32_t)comp->data[i] & mask;

        if (format->is_signed && (value & top) != 0)
            value |= ~mask;
        for (uint32_t b = 0; b < bytes; b++)
            out[i * step + b] = (unsigned char)(value >> 8 * b);
    }
}

static bool decode(opj_codec_t *codec, opj_stream_t *stream,
                   const struct pixel_format *format, unsigned char *frame,
                   const char *why, struct err *err)
{
    opj_image_t *image = NULL;
    const size_t bytes = format->bits_allocated / 8;
    bool ok;

    if (!opj_read_header(stream, codec, &image)) {
        opj_image_destroy(image);
        return err_set(err, ERR_REJECT,
                       "the JPEG 2000 header cannot be read: %s", why);
    }
    ok = agrees(image, format, err);
    if (ok && (!opj_decode(codec, stream, image) ||
               !opj_end_decompress(codec, stream)))
        ok = err_set(err, ERR_REJECT,
                     "the JPEG 2000 stream cannot be decoded: %s", why);
    for (uint32_t i = 0; ok && i < image->numcomps; i++) {
        const opj_image_comp_t *comp = &image->comps[i];

        if (comp->data == NULL || comp->w != format->columns ||
            comp->h != format->rows)
            ok = err_set(err, ERR_REJECT, "the JPEG 2000 stream is incomplete");
        else
            store(comp, format, frame + i * bytes, bytes * format->samples);
    }
    opj_image_destroy(image);
    return ok;
}

bool pixels_jpeg2000(const unsigned char *stream, size_t n,
                     const struct pixel_format *format, unsigned char *frame,
                     struct err *err)
{
    static const unsigned char jp2[] = {0, 0, 0, 12, 'j', 'P', ' ', ' '};
    const bool boxed = n > sizeof(jp2) && memcmp(stream, jp2, sizeof(jp2)) == 0;
    struct source source = {stream, n, 0};
    opj_codec_t *codec =
        opj_create_decompress(boxed ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
    opj_stream_t *opened = opj_stream_default_create(OPJ_TRUE);
    opj_dparameters_t parameters;
    char why[160] = "";
    bool ok;

    opj_set_default_decoder_parameters(&parameters);
    if (codec == NULL || opened == NULL ||
        !opj_setup_decoder(codec, &parameters)) {
        ok = err_set(err, ERR_RETRY, "no memory for a JPEG 2000 decoder");
    } else {
        opj_set_error_handler(codec, note, why);
        opj_stream_set_user_data(opened, &source, NULL);
        opj_stream_set_user_data_length(opened, n);
        opj_stream_set_read_function(opened, source_read);
        opj_stream_set_skip_function(opened, source_skip);
        opj_stream_set_seek_function(opened, source_seek);
        ok = decode(codec, opened, format, frame, why, err);
    }
    if (opened != NULL)
        opj_stream_destroy(opened);
    if (codec != NULL)
        opj_destroy_codec(codec);
    return ok;
}
