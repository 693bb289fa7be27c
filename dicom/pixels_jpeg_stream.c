/* A JPEG or JPEG-LS stream must say what the object says, before a codec sees
 * it: DCMTK's decoders fill only what the stream has and leave the rest of a
 * larger frame as it was, take 8-bit samples for halves of 16-bit ones, stop
 * at a missing end with grey, and hang on a TEM marker. Markers: ITU-T T.81
 * table B.1; JPEG-LS: T.87 C.1.1. */
#include "dicom/pixels_raw.h"

#include <string.h>

enum marker { TEM = 0x01, SOI = 0xD8, EOI = 0xD9, SOS = 0xDA, JPEG_LS = 0xF7 };

static bool frame_header(unsigned code)
{
    /* SOF0..SOF15 without DHT, JPG and DAC */
    return (code >= 0xC0 && code <= 0xCF && code != 0xC4 && code != 0xC8 &&
            code != 0xCC) ||
           code == JPEG_LS;
}

static bool agrees(const unsigned char *sof, const struct pixel_format *format,
                   struct err *err)
{
    const unsigned bits = sof[0], components = sof[5];
    const unsigned rows = (unsigned)sof[1] << 8 | sof[2];
    const unsigned columns = (unsigned)sof[3] << 8 | sof[4];

    if (rows != format->rows || columns != format->columns)
        return err_set(err, ERR_REJECT,
                       "the JPEG stream has %u x %u pixels, the object says "
                       "%u x %u",
                       rows, columns, format->rows, format->columns);
    if (components != format->samples)
        return err_set(err, ERR_REJECT,
                       "the JPEG stream has %u components, the object says %u",
                       components, format->samples);
    if ((bits <= 8 ? 8U : 16U) != format->bits_allocated)
        return err_set(err, ERR_REJECT,
                       "the JPEG stream has samples of %u bits, the object "
                       "allocates %u",
                       bits, format->bits_allocated);
    return true;
}

bool pixels_jpeg_check(const unsigned char *stream, size_t n,
                       const struct pixel_format *format, struct err *err)
{
    static const unsigned char end[] = {0xFF, EOI};
    size_t at = 2;

    if (n < 4 || stream[0] != 0xFF || stream[1] != SOI)
        return err_set(err, ERR_REJECT, "the frame is no JPEG stream");
    while (n - at >= 4) {
        const unsigned code = stream[at + 1];
        const size_t length =
            (size_t)stream[at + 2] << 8 | (size_t)stream[at + 3];

        if (stream[at] != 0xFF || code == TEM || code == SOS || code == EOI)
            break;
        if (code == 0xFF) { /* fill byte */
            at++;
            continue;
        }
        if (length < 2 || length + 2 > n - at)
            break;
        if (frame_header(code)) {
            if (length < 8)
                break;
            if (memmem(stream + at, n - at, end, sizeof(end)) == NULL)
                return err_set(err, ERR_REJECT,
                               "the JPEG stream has no end: it was cut off");
            return agrees(stream + at + 4, format, err);
        }
        at += 2 + length;
    }
    return err_set(err, ERR_REJECT,
                   "the JPEG stream has no frame header where one is due");
}
