/* The claims of the Image Pixel Module, checked in 64 bits before anything is
 * allocated: a file of 10 KB may claim 65535 x 65535 pixels. */
#include "dicom/pixels_raw.h"

#include <stdlib.h>

int64_t pixels_frame_bytes(const struct pixel_format *format)
{
    const int64_t pixels = (int64_t)format->rows * format->columns;
    const int64_t samples =
        format->color == PIXEL_YBR_422 ? 2 : format->samples;

    return pixels * samples * (format->bits_allocated / 8);
}

static bool samples_check(const struct pixel_format *format, struct err *err)
{
    const bool one =
        format->color == PIXEL_GREY || format->color == PIXEL_PALETTE;

    if (format->samples != (one ? 1U : 3U))
        return err_set(err, ERR_REJECT,
                       "SamplesPerPixel %u does not fit "
                       "PhotometricInterpretation",
                       format->samples);
    if (!one && (format->is_signed || format->bits_allocated > 16))
        return err_set(err, ERR_REJECT,
                       "color of more than 16 bits or with a sign");
    if (format->color == PIXEL_YBR_422 && format->columns % 2 != 0)
        return err_set(err, ERR_REJECT,
                       "YBR_FULL_422 with an odd number of Columns");
    return true;
}

bool pixels_format_check(const struct pixel_format *format, int64_t max_pixels,
                         struct err *err)
{
    const uint32_t bits = format->bits_allocated;

    if (format->rows == 0 || format->columns == 0)
        return err_set(err, ERR_REJECT, "Rows x Columns is %u x %u",
                       format->rows, format->columns);
    if ((int64_t)format->rows * format->columns > max_pixels)
        return err_set(err, ERR_REJECT,
                       "Rows x Columns is %u x %u, more than the %lld pixels "
                       "allowed",
                       format->rows, format->columns, (long long)max_pixels);
    if (bits == 1)
        return err_set(err, ERR_REJECT,
                       "BitsAllocated 1: a mask, not an image");
    if (bits != 8 && bits != 16 && bits != 32)
        return err_set(err, ERR_REJECT,
                       "BitsAllocated is %u, but 8, 16 or 32 are known", bits);
    if (format->bits_stored == 0 || format->bits_stored > bits ||
        format->high_bit >= bits || format->high_bit + 1 < format->bits_stored)
        return err_set(err, ERR_REJECT,
                       "BitsAllocated %u, BitsStored %u and HighBit %u "
                       "contradict each other",
                       bits, format->bits_stored, format->high_bit);
    if (format->frames == 0)
        return err_set(err, ERR_REJECT, "NumberOfFrames is 0");
    return samples_check(format, err);
}

void pixels_header_free(struct pixel_header *header)
{
    free(header->values.modality.entries);
    for (int i = 0; i < 3; i++)
        free(header->values.palette[i].entries);
}
