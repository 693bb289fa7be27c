#ifndef DICOM_PIXELS_RAW_H
#define DICOM_PIXELS_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/err.h"
#include "dicom/pixels.h"

/* Between the decoders and the grey values: one frame as stored, and what its
 * object says of it. Private to pixels*.c and pixels*.cc. */
#ifdef __cplusplus
extern "C" {
#endif

enum pixel_color {
    PIXEL_GREY,
    PIXEL_PALETTE,
    PIXEL_RGB,
    PIXEL_YBR,    /* luminance first, as many of each */
    PIXEL_YBR_422 /* native: Y1 Y2 Cb Cr for two pixels */
};

/* Image Pixel Module (PS3.3 C.7.6.3). A frame is rows x columns pixels of
 * `samples` little endian samples of bits_allocated. */
struct pixel_format {
    uint32_t rows, columns, frames;
    uint32_t samples;
    uint32_t bits_allocated, bits_stored, high_bit;
    bool is_signed, planar;
    enum pixel_color color;
};

struct pixel_lut {
    uint32_t n; /* 0: none */
    int32_t first;
    uint32_t bits;     /* of the entries */
    uint16_t *entries; /* malloc'd */
};

/* Stored value to grey: Modality LUT (PS3.3 C.11.1), padding, VOI (C.11.2). */
struct pixel_values {
    double slope, intercept;
    struct pixel_lut modality;
    struct pixel_lut palette[3];
    bool padded;
    int64_t padding_lo, padding_hi;
    bool inverse;
    bool window;
    double lo, hi; /* of the window, before inversion */
};

struct pixel_header {
    struct pixel_format format;
    struct pixel_values values;
};

enum pixel_decoder {
    DECODE_NATIVE,
    DECODE_RLE,
    DECODE_JPEG, /* and JPEG-LS */
    DECODE_JPEG2000,
    DECODE_NONE
};

/* By the file's meta header. ERR_REJECT: none, with the syntax's name. */
bool pixels_decoder(const char *path, enum pixel_decoder *decoder,
                    struct err *err);

void pixels_header_free(struct pixel_header *header);

/* Everything that is claimed is checked before anything is allocated. */
bool pixels_format_check(const struct pixel_format *format, int64_t max_pixels,
                         struct err *err);
int64_t pixels_frame_bytes(const struct pixel_format *format);

/* Range a VOI LUT spreads over black to white, by its entries. */
void pixels_voi_range(const struct pixel_lut *lut, double *lo, double *hi);

/* Consumes nothing; fills out, whose grey is malloc'd. */
bool pixels_grey(const struct pixel_header *header, const unsigned char *frame,
                 struct image *out, struct err *err);

/* Does a JPEG or JPEG-LS stream hold what the object says, to its end? */
bool pixels_jpeg_check(const unsigned char *stream, size_t n,
                       const struct pixel_format *format, struct err *err);

/* One JPEG 2000 codestream or JP2 file to an interleaved frame. Its own
 * component transform is undone: YBR_ICT and YBR_RCT come out as RGB. */
bool pixels_jpeg2000(const unsigned char *stream, size_t n,
                     const struct pixel_format *format, unsigned char *frame,
                     struct err *err);

#ifdef __cplusplus
}
#endif
#endif
