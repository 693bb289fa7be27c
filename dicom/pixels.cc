/* From a Part 10 file to grey values of one frame. The order matters: what
 * the header claims is checked before anything is allocated for it, and what
 * PixelData holds before anything is decoded. */
#include "dicom/pixels_cc.h"

#include "dcmtk/dcmdata/dcfcache.h"

#include "dicom/quiet.h"
#include "dicom/rle.h"

#include <cstdlib>
#include <cstring>
#include <memory>

namespace
{
bool native(DcmPixelData *pixels, const struct pixel_format &format,
            uint32_t frame, unsigned char *out, struct err *err)
{
    const int64_t n = pixels_frame_bytes(&format);
    DcmFileCache cache;

    if (pixels
            ->getPartialValue(out, static_cast<Uint32>(n * frame),
                              static_cast<Uint32>(n), &cache, EBO_LittleEndian)
            .bad())
        return err_set(err, ERR_REJECT, "PixelData cannot be read");
    return true;
}

bool rle(const std::vector<Uint8> &stream, struct pixel_format *format,
         unsigned char *out, struct err *err)
{
    format->planar = true;
    return rle_decode(stream.data(), stream.size(),
                      static_cast<size_t>(format->rows) * format->columns,
                      format->samples, format->bits_allocated / 8, out, err);
}

/* 128 pixels from 2 bytes is the best RLE can do (PS3.5 G.3.1); the others
 * have no such bound, their frames are limited by max_pixels alone. */
bool plausible(enum pixel_decoder decoder, const std::vector<Uint8> &stream,
               const struct pixel_format &format, struct err *err)
{
    const int64_t bytes = static_cast<int64_t>(stream.size());

    if (decoder == DECODE_RLE && pixels_frame_bytes(&format) / 64 > bytes)
        return err_set(
            err, ERR_REJECT, "%lld bytes of RLE cannot hold %u x %u pixels",
            static_cast<long long>(bytes), format.rows, format.columns);
    return true;
}

bool native_fits(DcmPixelData *pixels, const struct pixel_format &format,
                 struct err *err)
{
    const int64_t has = pixels->getLength();
    const int64_t one = pixels_frame_bytes(&format);

    /* has < 2^32 and frames < 2^31: no overflow once one <= has */
    if (one > has || one * format.frames > has)
        return err_set(err, ERR_REJECT,
                       "PixelData has %lld bytes, %u frames of %u x %u need "
                       "%lld each",
                       static_cast<long long>(has), format.frames, format.rows,
                       format.columns, static_cast<long long>(one));
    return true;
}

using Frame = std::unique_ptr<unsigned char, decltype(&std::free)>;

bool allocate(const struct pixel_format &format, Frame &out, struct err *err)
{
    /* JPEG decoders want an even size */
    const size_t n = static_cast<size_t>(pixels_frame_bytes(&format)) + 1;

    if (n > UINT32_MAX)
        return err_set(err, ERR_REJECT, "a frame has more than 4 GiB");
    out.reset(static_cast<unsigned char *>(std::malloc(n)));
    if (!out)
        return err_set(err, ERR_RETRY, "no memory for a frame of %zu bytes", n);
    return true;
}

bool decode(DcmDataset *set, enum pixel_decoder decoder, uint32_t frame,
            const std::string &photometric, struct pixel_format *format,
            Frame &out, struct err *err)
{
    DcmElement *element = nullptr;
    std::vector<Uint8> stream;
    DcmPixelSequence *sequence = nullptr;
    const DcmRepresentationParameter *parameter = nullptr;
    E_TransferSyntax syntax = EXS_Unknown;

    if (set->findAndGetElement(DCM_PixelData, element).bad())
        return err_set(err, ERR_REJECT, "the object has no PixelData");
    DcmPixelData *pixels = dynamic_cast<DcmPixelData *>(element);
    if (pixels == nullptr)
        return err_set(err, ERR_REJECT, "PixelData is no pixel data");
    pixels->getOriginalRepresentationKey(syntax, parameter);
    if (set->getOriginalXfer() == EXS_BigEndianExplicit &&
        format->bits_allocated == 32)
        return err_set(err, ERR_REJECT,
                       "32-bit pixels in big endian: writers disagree on the "
                       "order of their halves");
    if (decoder == DECODE_NATIVE)
        return native_fits(pixels, *format, err) &&
               allocate(*format, out, err) &&
               native(pixels, *format, frame, out.get(), err);
    if (pixels->getEncapsulatedRepresentation(syntax, parameter, sequence)
            .bad())
        return err_set(err, ERR_REJECT, "PixelData has no fragments");
    if (format->color == PIXEL_YBR_422)
        format->color = PIXEL_YBR; /* as many of each once decoded */
    if (!pixels_frame_join(sequence, format->frames, frame, stream, err) ||
        !plausible(decoder, stream, *format, err) ||
        !allocate(*format, out, err))
        return false;
    if (decoder == DECODE_RLE)
        return rle(stream, format, out.get(), err);
    if (decoder == DECODE_JPEG)
        return pixels_jpeg(stream, syntax, photometric, format, out.get(), err);
    format->planar = false;
    return pixels_jpeg2000(stream.data(), stream.size(), format, out.get(),
                           err);
}

bool read(const char *path, uint32_t frame, int64_t max_pixels,
          struct pixel_header *header, struct image *out, struct err *err)
{
    DcmFileFormat file;
    enum pixel_decoder decoder = DECODE_NATIVE;
    std::string photometric;
    Frame bytes(nullptr, &std::free);

    if (!pixels_decoder(path, &decoder, err))
        return false;
    const OFCondition status = file.loadFile(path, EXS_Unknown, EGL_noChange,
                                             DCM_MaxReadLength, ERM_fileOnly);
    if (status == EC_StreamNotifyClient || status == EC_InvalidStream)
        return err_set(err, ERR_REJECT, "the object is cut off at its end");
    if (status.bad())
        return err_set(err, dcm_unopened(status) ? ERR_RETRY : ERR_REJECT,
                       "cannot be read as DICOM: %s", status.text());
    DcmDataset *set = file.getDataset();
    if (!pixels_header_read(set, header, photometric, err) ||
        !pixels_format_check(&header->format, max_pixels, err))
        return false;
    if (frame >= header->format.frames)
        return err_set(err, ERR_REJECT, "frame %u of %u does not exist",
                       frame + 1U, header->format.frames);
    return decode(set, decoder, frame, photometric, &header->format, bytes,
                  err) &&
           pixels_grey(header, bytes.get(), out, err);
}

} // namespace

extern "C" bool pixels_read(const char *path, uint32_t frame,
                            int64_t max_pixels, struct image *out,
                            struct err *err)
{
    struct pixel_header header;

    std::memset(&header, 0, sizeof(header));
    dicom_quiet();
    const bool ok = dcm_guard(err, "reading pixels", [&] {
        return read(path, frame, max_pixels, &header, out, err);
    });
    pixels_header_free(&header);
    return ok;
}
