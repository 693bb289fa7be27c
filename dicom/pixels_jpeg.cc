/* JPEG and JPEG-LS through the codecs that come with DCMTK. They get a data
 * set of our own making with one frame in one fragment, so that their own
 * search for fragments and frames never runs on what was received. */
#include "dicom/pixels_cc.h"

#include "dcmtk/dcmdata/dcpxitem.h"
#include "dcmtk/dcmjpeg/djdecode.h"
#include "dcmtk/dcmjpls/djdecode.h"

#include <memory>

namespace
{
/* Registered once, at the first JPEG image of the process. */
struct codecs {
    codecs()
    {
        DJDecoderRegistration::registerCodecs(EDC_photometricInterpretation,
                                              EUC_never, EPC_colorByPixel);
        DJLSDecoderRegistration::registerCodecs(EJLSUC_never,
                                                EJLSPC_colorByPixel);
    }
    ~codecs()
    {
        DJLSDecoderRegistration::cleanup();
        DJDecoderRegistration::cleanup();
    }
};

bool describe(DcmDataset &set, const struct pixel_format &format,
              const std::string &photometric)
{
    const struct {
        DcmTagKey key;
        uint32_t value;
    } numbers[] = {
        {DCM_SamplesPerPixel, format.samples},
        {DCM_Rows, format.rows},
        {DCM_Columns, format.columns},
        {DCM_BitsAllocated, format.bits_allocated},
        {DCM_BitsStored, format.bits_stored},
        {DCM_HighBit, format.high_bit},
        {DCM_PixelRepresentation, format.is_signed ? 1U : 0U},
    };

    for (const auto &number : numbers)
        if (set.putAndInsertUint16(DcmTag(number.key),
                                   static_cast<Uint16>(number.value))
                .bad())
            return false;
    if (format.samples > 1 &&
        set.putAndInsertUint16(DCM_PlanarConfiguration, 0).bad())
        return false;
    return set
        .putAndInsertString(DCM_PhotometricInterpretation, photometric.c_str())
        .good();
}

/* One empty offset table, one fragment. */
bool insert_pixels(DcmDataset &set, const std::vector<Uint8> &stream,
                   E_TransferSyntax syntax)
{
    std::unique_ptr<DcmPixelData> pixels(new DcmPixelData(DCM_PixelData));
    std::unique_ptr<DcmPixelSequence> sequence(
        new DcmPixelSequence(DCM_PixelSequenceTag));
    std::unique_ptr<DcmPixelItem> table(new DcmPixelItem(DCM_Item));
    std::unique_ptr<DcmPixelItem> piece(new DcmPixelItem(DCM_Item));

    if (piece->putUint8Array(stream.data(), stream.size()).bad() ||
        sequence->insert(table.get()).bad())
        return false;
    table.release();
    if (sequence->insert(piece.get()).bad())
        return false;
    piece.release();
    pixels->putOriginalRepresentation(syntax, nullptr, sequence.release());
    if (set.insert(pixels.get(), OFTrue).bad())
        return false;
    pixels.release();
    return true;
}

} // namespace

bool pixels_jpeg(const std::vector<Uint8> &stream, E_TransferSyntax syntax,
                 const std::string &photometric, struct pixel_format *format,
                 unsigned char *frame, struct err *err)
{
    DcmDataset set;
    DcmElement *element = nullptr;
    OFString model;
    Uint32 fragment = 1;

    if (!pixels_jpeg_check(stream.data(), stream.size(), format, err))
        return false;
    static const struct codecs registered;
    if (!describe(set, *format, photometric) ||
        !insert_pixels(set, stream, syntax) ||
        set.findAndGetElement(DCM_PixelData, element).bad())
        return err_set(err, ERR_RETRY, "no memory for a JPEG frame");
    const int64_t n = pixels_frame_bytes(format);
    const OFCondition status =
        static_cast<DcmPixelData *>(element)->getUncompressedFrame(
            &set, 0, fragment, frame, static_cast<Uint32>(n + n % 2), model);
    if (status.bad())
        return err_set(err, ERR_REJECT, "the JPEG frame cannot be decoded: %s",
                       status.text());
    format->planar = false;
    if (model == "RGB")
        format->color = PIXEL_RGB;
    else if (model == "YBR_FULL" || model == "YBR_FULL_422")
        format->color = PIXEL_YBR;
    return true;
}
