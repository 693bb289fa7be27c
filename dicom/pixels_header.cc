/* The attributes that say what stored pixels mean, out of DCMTK and into
 * plain values. What contradicts itself is refused here with its name: a
 * grey value that is wrong looks like a finding. */
#include "dicom/pixels_cc.h"

#include <cmath>
#include <cstdlib>

namespace
{
bool us(DcmItem *set, const DcmTagKey &key, const char *keyword, uint32_t *out,
        struct err *err)
{
    DcmElement *element = nullptr;
    Uint16 value = 0;

    if (set->findAndGetElement(key, element).bad() || element->getLength() == 0)
        return err_set(err, ERR_REJECT, "%s is missing", keyword);
    if (element->ident() != EVR_US || element->getVM() != 1 ||
        element->getUint16(value).bad())
        return err_set(err, ERR_REJECT, "%s is not one unsigned 16-bit number",
                       keyword);
    *out = value;
    return true;
}

/* A DS value; *there is false when the attribute is absent or empty. */
bool ds(DcmItem *set, const DcmTagKey &key, const char *keyword, double *out,
        bool *there, struct err *err)
{
    DcmElement *element = nullptr;
    Float64 value = 0;

    *there = false;
    if (set->findAndGetElement(key, element).bad() || element->getLength() == 0)
        return true;
    if (element->getFloat64(value, 0).bad() || !std::isfinite(value))
        return err_set(err, ERR_REJECT, "%s is no number", keyword);
    *out = value;
    *there = true;
    return true;
}

std::string text(DcmItem *set, const DcmTagKey &key)
{
    OFString value;

    if (set->findAndGetOFString(key, value).bad())
        return std::string();
    while (!value.empty() && value[value.size() - 1] == ' ')
        value.erase(value.size() - 1);
    return std::string(value.c_str());
}

bool photometric_read(DcmItem *set, std::string &name,
                      struct pixel_format *format, struct err *err)
{
    static const struct {
        const char *name;
        enum pixel_color color;
    } known[] = {
        {"MONOCHROME1", PIXEL_GREY},      {"MONOCHROME2", PIXEL_GREY},
        {"PALETTE COLOR", PIXEL_PALETTE}, {"RGB", PIXEL_RGB},
        {"YBR_FULL", PIXEL_YBR},          {"YBR_FULL_422", PIXEL_YBR_422},
        {"YBR_ICT", PIXEL_RGB},           {"YBR_RCT", PIXEL_RGB},
    };

    name = text(set, DCM_PhotometricInterpretation);
    for (const auto &row : known) {
        if (name == row.name) {
            format->color = row.color;
            return true;
        }
    }
    return err_set(err, ERR_REJECT,
                   "PhotometricInterpretation is missing or not one of "
                   "MONOCHROME1, MONOCHROME2, PALETTE COLOR, RGB, YBR_FULL, "
                   "YBR_FULL_422, YBR_ICT, YBR_RCT");
}

bool format_read(DcmItem *set, struct pixel_format *format, struct err *err)
{
    uint32_t is_signed = 0;
    DcmElement *element = nullptr;
    Sint32 frames = 1;
    Uint16 planar = 0;

    if (!us(set, DCM_Rows, "Rows", &format->rows, err) ||
        !us(set, DCM_Columns, "Columns", &format->columns, err) ||
        !us(set, DCM_SamplesPerPixel, "SamplesPerPixel", &format->samples,
            err) ||
        !us(set, DCM_BitsAllocated, "BitsAllocated", &format->bits_allocated,
            err) ||
        !us(set, DCM_BitsStored, "BitsStored", &format->bits_stored, err) ||
        !us(set, DCM_HighBit, "HighBit", &format->high_bit, err) ||
        !us(set, DCM_PixelRepresentation, "PixelRepresentation", &is_signed,
            err))
        return false;
    if (is_signed > 1)
        return err_set(err, ERR_REJECT, "PixelRepresentation is %u", is_signed);
    format->is_signed = is_signed == 1;
    if (set->findAndGetElement(DCM_NumberOfFrames, element).good() &&
        element->getLength() > 0 &&
        (element->getSint32(frames, 0).bad() || frames < 1))
        return err_set(err, ERR_REJECT, "NumberOfFrames is no count");
    format->frames = static_cast<uint32_t>(frames);
    if (format->samples > 1 &&
        set->findAndGetUint16(DCM_PlanarConfiguration, planar).good())
        format->planar = planar == 1;
    return true;
}

/* All 16-bit words of US, SS or OW; 8-bit ones of OB are two entries each. */
bool words(DcmItem *set, const DcmTagKey &key, std::vector<Uint16> &out)
{
    DcmElement *element = nullptr;
    Uint16 *unsigned_words = nullptr;
    Sint16 *signed_words = nullptr;
    Uint8 *bytes = nullptr;

    if (set->findAndGetElement(key, element).bad())
        return false;
    const size_t n = element->getLength() / 2;
    if (n == 0 || n > 65536)
        return false;
    if (element->getUint16Array(unsigned_words).good() &&
        unsigned_words != nullptr) {
        out.assign(unsigned_words, unsigned_words + n);
    } else if (element->getSint16Array(signed_words).good() &&
               signed_words != nullptr) {
        for (size_t i = 0; i < n; i++)
            out.push_back(static_cast<Uint16>(signed_words[i]));
    } else if (element->getUint8Array(bytes).good() && bytes != nullptr) {
        for (size_t i = 0; i < n; i++)
            out.push_back(
                static_cast<Uint16>(bytes[2 * i] | bytes[2 * i + 1] << 8));
    } else {
        return false;
    }
    return true;
}

/* LUT Descriptor: count (0 is 65536), first value mapped, bits (PS3.3
 * C.11.1.1.1). 8-bit entries may be packed in pairs. */
bool lut_read(DcmItem *set, const DcmTagKey &descriptor_key,
              const DcmTagKey &data_key, bool is_signed, const char *what,
              struct pixel_lut *lut, struct err *err)
{
    std::vector<Uint16> descriptor, data;

    if (!words(set, descriptor_key, descriptor) || descriptor.size() != 3 ||
        !words(set, data_key, data))
        return err_set(err, ERR_REJECT,
                       "%s: descriptor or data is missing or malformed", what);
    const uint32_t n = descriptor[0] == 0 ? 65536U : descriptor[0];
    const uint32_t bits = descriptor[2];
    const bool packed = bits <= 8 && data.size() < n;
    if (bits < 1 || bits > 16 || data.size() * (packed ? 2 : 1) < n)
        return err_set(err, ERR_REJECT,
                       "%s: %u entries of %u bits do not fit its data", what, n,
                       bits);
    lut->entries = static_cast<uint16_t *>(std::malloc(n * sizeof(uint16_t)));
    if (lut->entries == nullptr)
        return err_set(err, ERR_RETRY, "%s: no memory", what);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t word = data[packed ? i / 2 : i];
        lut->entries[i] = static_cast<uint16_t>(
            packed ? (word >> (i % 2 * 8) & 0xFFU) : word);
    }
    lut->first = is_signed ? static_cast<Sint16>(descriptor[1])
                           : static_cast<int32_t>(descriptor[1]);
    lut->bits = bits;
    lut->n = n;
    return true;
}

bool palette_read(DcmItem *set, bool is_signed, struct pixel_values *values,
                  struct err *err)
{
    const DcmTagKey descriptors[3] = {
        DCM_RedPaletteColorLookupTableDescriptor,
        DCM_GreenPaletteColorLookupTableDescriptor,
        DCM_BluePaletteColorLookupTableDescriptor};
    const DcmTagKey data[3] = {DCM_RedPaletteColorLookupTableData,
                               DCM_GreenPaletteColorLookupTableData,
                               DCM_BluePaletteColorLookupTableData};

    for (int i = 0; i < 3; i++)
        if (!lut_read(set, descriptors[i], data[i], is_signed,
                      "palette color lookup table", &values->palette[i], err))
            return false;
    return true;
}

bool modality_read(DcmItem *set, bool is_signed, struct pixel_values *values,
                   struct err *err)
{
    DcmItem *item = nullptr;
    bool there = false;

    values->slope = 1;
    values->intercept = 0;
    if (set->findAndGetSequenceItem(DCM_ModalityLUTSequence, item).good())
        return lut_read(item, DCM_LUTDescriptor, DCM_LUTData, is_signed,
                        "Modality LUT", &values->modality, err);
    if (!ds(set, DCM_RescaleSlope, "RescaleSlope", &values->slope, &there,
            err) ||
        !ds(set, DCM_RescaleIntercept, "RescaleIntercept", &values->intercept,
            &there, err))
        return false;
    if (std::fpclassify(values->slope) == FP_ZERO)
        return err_set(err, ERR_REJECT,
                       "RescaleSlope is 0: every pixel would be the same");
    return true;
}

/* PS3.3 C.7.5.1.1.2: same sign as the pixels, whatever VR was written. */
void padding_read(DcmItem *set, bool is_signed, struct pixel_values *values)
{
    std::vector<Uint16> value, limit;

    if (!words(set, DCM_PixelPaddingValue, value))
        return;
    const bool range = words(set, DCM_PixelPaddingRangeLimit, limit);
    const Uint16 a = value[0];
    const Uint16 b = range ? limit[0] : a;
    const int64_t lo = is_signed ? static_cast<Sint16>(a) : int64_t{a};
    const int64_t hi = is_signed ? static_cast<Sint16>(b) : int64_t{b};
    values->padded = true;
    values->padding_lo = lo < hi ? lo : hi;
    values->padding_hi = lo < hi ? hi : lo;
}

/* The first window (PS3.3 C.11.2.1.2), else the first VOI LUT. A window that
 * cannot be used is no reason to refuse the image. */
void voi_read(DcmItem *set, struct pixel_values *values)
{
    struct err ignored;
    double center = 0, width = 0;
    bool has_center = false, has_width = false;
    DcmItem *item = nullptr;

    if (ds(set, DCM_WindowCenter, "", &center, &has_center, &ignored) &&
        ds(set, DCM_WindowWidth, "", &width, &has_width, &ignored) &&
        has_center && has_width && width > 0) {
        const std::string function = text(set, DCM_VOILUTFunction);
        const bool exact = function == "LINEAR_EXACT" || function == "SIGMOID";
        const double half = exact ? width / 2 : (width - 1) / 2;
        const double middle = exact ? center : center - 0.5;
        values->window = half > 0;
        values->lo = middle - half;
        values->hi = middle + half;
        return;
    }
    if (set->findAndGetSequenceItem(DCM_VOILUTSequence, item).bad())
        return;
    /* its first value may be negative only when grey values may */
    const bool is_signed = values->intercept < 0;
    struct pixel_lut lut = {0, 0, 0, nullptr};
    if (lut_read(item, DCM_LUTDescriptor, DCM_LUTData, is_signed, "VOI LUT",
                 &lut, &ignored)) {
        pixels_voi_range(&lut, &values->lo, &values->hi);
        values->window = true;
    }
    std::free(lut.entries);
}

} // namespace

bool pixels_header_read(DcmItem *set, struct pixel_header *header,
                        std::string &photometric, struct err *err)
{
    struct pixel_format *format = &header->format;
    struct pixel_values *values = &header->values;

    if (!format_read(set, format, err) ||
        !photometric_read(set, photometric, format, err))
        return false;
    if (format->color == PIXEL_PALETTE)
        return palette_read(set, format->is_signed, values, err);
    if (format->color != PIXEL_GREY)
        return true;
    if (!modality_read(set, format->is_signed, values, err))
        return false;
    padding_read(set, format->is_signed, values);
    voi_read(set, values);
    values->inverse = photometric == "MONOCHROME1" ||
                      text(set, DCM_PresentationLUTShape) == "INVERSE";
    return true;
}
