#ifndef DICOM_PIXELS_CC_H
#define DICOM_PIXELS_CC_H

/* What the C++ files behind dicom/pixels.h share. Never included by C. */
#include "dicom/dataset_cc.h"

#include "dicom/pixels_raw.h"

#include <string>

/* header's LUTs are the caller's (pixels_header_free), also on failure. */
bool pixels_header_read(DcmItem *set, struct pixel_header *header,
                        std::string &photometric, struct err *err);

/* The encapsulated bytes of one frame, fragments joined (PS3.5 A.4). */
bool pixels_frame_join(DcmPixelSequence *sequence, uint32_t frames,
                       uint32_t frame, std::vector<Uint8> &out,
                       struct err *err);

/* JPEG and JPEG-LS through DCMTK's codecs; sets format->color and planar to
 * what came out. */
bool pixels_jpeg(const std::vector<Uint8> &stream, E_TransferSyntax syntax,
                 const std::string &photometric, struct pixel_format *format,
                 unsigned char *frame, struct err *err);

#endif
