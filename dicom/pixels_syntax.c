/* Which transfer syntaxes can be decoded, and by whom. */
#include "dicom/pixels_raw.h"

#include <string.h>

#include "dicom/part10.h"

static const struct {
    const char *uid;
    enum pixel_decoder decoder;
    const char *name;
} syntaxes[] = {
    {"1.2.840.10008.1.2", DECODE_NATIVE, "implicit VR little endian"},
    {"1.2.840.10008.1.2.1", DECODE_NATIVE, "explicit VR little endian"},
    {"1.2.840.10008.1.2.1.99", DECODE_NATIVE, "deflated"},
    {"1.2.840.10008.1.2.2", DECODE_NATIVE, "explicit VR big endian"},
    {"1.2.840.10008.1.2.5", DECODE_RLE, "RLE"},
    {"1.2.840.10008.1.2.4.50", DECODE_JPEG, "JPEG baseline"},
    {"1.2.840.10008.1.2.4.51", DECODE_JPEG, "JPEG extended"},
    {"1.2.840.10008.1.2.4.53", DECODE_JPEG, "JPEG spectral selection"},
    {"1.2.840.10008.1.2.4.55", DECODE_JPEG, "JPEG full progression"},
    {"1.2.840.10008.1.2.4.57", DECODE_JPEG, "JPEG lossless"},
    {"1.2.840.10008.1.2.4.70", DECODE_JPEG, "JPEG lossless SV1"},
    {"1.2.840.10008.1.2.4.80", DECODE_JPEG, "JPEG-LS lossless"},
    {"1.2.840.10008.1.2.4.81", DECODE_JPEG, "JPEG-LS"},
    {"1.2.840.10008.1.2.4.90", DECODE_JPEG2000, "JPEG 2000 lossless"},
    {"1.2.840.10008.1.2.4.91", DECODE_JPEG2000, "JPEG 2000"},
    {"1.2.840.10008.1.2.4.92", DECODE_JPEG2000, "JPEG 2000 part 2 lossless"},
    {"1.2.840.10008.1.2.4.93", DECODE_JPEG2000, "JPEG 2000 part 2"},
    {"1.2.840.10008.1.2.4.100", DECODE_NONE, "MPEG-2"},
    {"1.2.840.10008.1.2.4.101", DECODE_NONE, "MPEG-2"},
    {"1.2.840.10008.1.2.4.102", DECODE_NONE, "MPEG-4"},
    {"1.2.840.10008.1.2.4.103", DECODE_NONE, "MPEG-4"},
    {"1.2.840.10008.1.2.4.104", DECODE_NONE, "MPEG-4"},
    {"1.2.840.10008.1.2.4.105", DECODE_NONE, "MPEG-4"},
    {"1.2.840.10008.1.2.4.106", DECODE_NONE, "MPEG-4"},
    {"1.2.840.10008.1.2.4.107", DECODE_NONE, "HEVC"},
    {"1.2.840.10008.1.2.4.108", DECODE_NONE, "HEVC"},
    {"1.2.840.10008.1.2.4.110", DECODE_NONE, "JPEG XL"},
    {"1.2.840.10008.1.2.4.111", DECODE_NONE, "JPEG XL"},
    {"1.2.840.10008.1.2.4.112", DECODE_NONE, "JPEG XL"},
    {"1.2.840.10008.1.2.4.201", DECODE_NONE, "HTJ2K"},
    {"1.2.840.10008.1.2.4.202", DECODE_NONE, "HTJ2K"},
    {"1.2.840.10008.1.2.4.203", DECODE_NONE, "HTJ2K"},
};

bool pixels_decoder(const char *path, enum pixel_decoder *decoder,
                    struct err *err)
{
    const char *name = "unknown or private";
    char uid[65];

    if (!part10_check(path, uid, err))
        return false;
    for (size_t i = 0; i < sizeof(syntaxes) / sizeof(syntaxes[0]); i++) {
        if (strcmp(syntaxes[i].uid, uid) != 0)
            continue;
        name = syntaxes[i].name;
        *decoder = syntaxes[i].decoder;
        if (*decoder != DECODE_NONE)
            return true;
    }
    return err_set(err, ERR_REJECT, "transfer syntax %s cannot be decoded (%s)",
                   uid, name);
}
