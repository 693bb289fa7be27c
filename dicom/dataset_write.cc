/* Writing half of the C face of DCMTK. The VR of what is set comes from the
 * dictionary, so callers cannot write an attribute with a wrong one. Encoded
 * with explicit lengths: the bytes are then the same for the same content,
 * which a rerun relies on (promise P3). */
#include "dicom/dataset_cc.h"

#include "dcmtk/dcmdata/dcostrmb.h"

#include "dicom/quiet.h"

#include <cstdlib>
#include <cstring>
#include <memory>

namespace
{
/* "US or SS" of the dictionary: as the pixels are (PS3.5 6.2). */
void choose_sign(DcmItem *item, DcmTag &tag)
{
    Uint16 is_signed = 0;

    if (tag.getEVR() != EVR_xs)
        return;
    item->findAndGetUint16(DCM_PixelRepresentation, is_signed);
    tag.setVR(is_signed == 1 ? EVR_SS : EVR_US);
}

bool put(DcmItem *item, DcmTag tag, const char *path, const char *value,
         struct err *err)
{
    OFCondition status;

    choose_sign(item, tag);
    if (tag.getEVR() == EVR_SQ)
        status = *value == '\0' ? item->insertEmptyElement(tag)
                                : OFCondition(EC_IllegalCall);
    else if (*value == '\0')
        status = item->insertEmptyElement(tag);
    else
        status = item->putAndInsertString(tag, value);
    if (status.bad())
        return err_set(err, ERR_REJECT, "cannot set %s: %s", path,
                       status.text());
    return true;
}

bool is_words(DcmItem *item, const DcmTag &tag)
{
    Uint16 bits = 0;

    if (tag == DCM_PixelData)
        return item->findAndGetUint16(DCM_BitsAllocated, bits).good() &&
               bits > 8;
    return tag.getEVR() == EVR_OW || tag.getEVR() == EVR_lt;
}

OFCondition put_bytes(DcmItem *item, DcmTag tag, const void *bytes, size_t n)
{
    if (is_words(item, tag)) {
        std::vector<Uint16> words(n / 2);
        if (n % 2 != 0)
            return EC_CorruptedData;
        std::memcpy(words.data(), bytes, n);
        tag.setVR(EVR_OW);
        return item->putAndInsertUint16Array(tag, words.data(), words.size());
    }
    if (tag.getEVR() == EVR_ox || tag == DCM_PixelData)
        tag.setVR(EVR_OB);
    if (tag.getEVR() == EVR_OB || tag.getEVR() == EVR_UN)
        return item->putAndInsertUint8Array(
            tag, static_cast<const Uint8 *>(bytes), n);
    return item->putAndInsertString(tag, static_cast<const char *>(bytes),
                                    static_cast<Uint32>(n));
}

bool append(unsigned char **bytes, size_t *n, const void *more, size_t n_more,
            struct err *err)
{
    void *grown = std::realloc(*bytes, *n + n_more + 1);

    if (grown == nullptr)
        return err_set(err, ERR_RETRY, "no memory to encode a data set");
    *bytes = static_cast<unsigned char *>(grown);
    std::memcpy(*bytes + *n, more, n_more);
    *n += n_more;
    return true;
}

bool encode(DcmDataset *set, unsigned char **bytes, size_t *n, struct err *err)
{
    std::vector<Uint8> room(65536);
    DcmOutputBufferStream out(room.data(),
                              static_cast<offile_off_t>(room.size()));
    OFCondition status;

    set->transferInit();
    do {
        void *part = nullptr;
        offile_off_t n_part = 0;
        status = set->write(out, EXS_LittleEndianExplicit, EET_ExplicitLength,
                            nullptr, EGL_withoutGL, EPD_withoutPadding);
        out.flushBuffer(part, n_part);
        if (status.bad() && status != EC_StreamNotifyClient)
            break;
        if (!append(bytes, n, part, static_cast<size_t>(n_part), err))
            return false;
    } while (status.bad());
    set->transferEnd();
    if (status.bad())
        return err_set(err, ERR_REJECT, "cannot encode a data set: %s",
                       status.text());
    return true;
}

} // namespace

extern "C" struct dcm *dcm_new(void)
{
    dicom_quiet();
    return dcm_guard_or(static_cast<struct dcm *>(nullptr),
                        [] { return new dcm; });
}

extern "C" bool dcm_set(struct dcm *set, const char *path, const char *value,
                        struct err *err)
{
    return dcm_guard(err, path, [&] {
        std::vector<struct dcm_step> steps;
        if (!dcm_path_check(path, steps, err))
            return false;
        DcmItem *item = dcm_path_make(set, steps, err);
        return item != nullptr && put(item, steps.back().tag, path, value, err);
    });
}

extern "C" bool dcm_set_bytes(struct dcm *set, const char *path,
                              const void *bytes, size_t n, struct err *err)
{
    return dcm_guard(err, path, [&] {
        std::vector<struct dcm_step> steps;
        if (n > 0xFFFFFFFEU)
            return err_set(err, ERR_REJECT, "%s: longer than 4 GiB", path);
        if (!dcm_path_check(path, steps, err))
            return false;
        DcmItem *item = dcm_path_make(set, steps, err);
        if (item == nullptr)
            return false;
        const OFCondition status = put_bytes(item, steps.back().tag, bytes, n);
        if (status.bad())
            return err_set(err, ERR_REJECT, "cannot set %s: %s", path,
                           status.text());
        return true;
    });
}

extern "C" bool dcm_copy(struct dcm *to, const struct dcm *from,
                         const char *path, struct err *err)
{
    return dcm_guard(err, path, [&] {
        std::vector<struct dcm_step> steps;
        DcmElement *element = nullptr;
        if (!dcm_path_check(path, steps, err))
            return false;
        DcmItem *source = dcm_path_item(from, steps);
        if (source == nullptr ||
            source->findAndGetElement(steps.back().tag, element).bad())
            return true;
        DcmItem *target = dcm_path_make(to, steps, err);
        if (target == nullptr)
            return false;
        std::unique_ptr<DcmElement> copy(
            static_cast<DcmElement *>(element->clone()));
        const OFCondition status = target->insert(copy.get(), OFTrue);
        if (status.bad())
            return err_set(err, ERR_REJECT, "cannot copy %s: %s", path,
                           status.text());
        copy.release();
        return true;
    });
}

extern "C" bool dcm_remove(struct dcm *set, const char *keyword,
                           struct err *err)
{
    return dcm_guard(err, keyword, [&] {
        std::vector<struct dcm_step> steps;
        if (!dcm_path_check(keyword, steps, err))
            return false;
        DcmItem *item = dcm_path_item(set, steps);
        if (item != nullptr)
            item->findAndDeleteElement(steps.back().tag);
        return true;
    });
}

extern "C" bool dcm_copy_item(struct dcm *to, const char *path_to,
                              const struct dcm *from, const char *path_from,
                              struct err *err)
{
    return dcm_guard(err, path_to, [&] {
        std::vector<struct dcm_step> steps_to, steps_from;
        if (!dcm_path_check(path_to, steps_to, err) ||
            !dcm_path_check(path_from, steps_from, err))
            return false;
        if (steps_to.back().tag.getEVR() != EVR_SQ ||
            steps_from.back().tag.getEVR() != EVR_SQ)
            return err_set(err, ERR_REJECT, "%s to %s: not both sequences",
                           path_from, path_to);
        /* one more step makes the last sequence's item the holder */
        steps_to.push_back(steps_to.back());
        steps_from.push_back(steps_from.back());
        DcmItem *source = dcm_path_item(from, steps_from);
        if (source == nullptr)
            return err_set(err, ERR_REJECT, "no item %s to copy", path_from);
        const std::unique_ptr<DcmItem> copy(
            static_cast<DcmItem *>(source->clone()));
        DcmItem *target = dcm_path_make(to, steps_to, err);
        if (target == nullptr)
            return false;
        target->clear();
        while (copy->card() > 0) {
            DcmElement *element = copy->remove(0UL);
            const OFCondition status = target->insert(element, OFTrue);
            if (status.bad()) {
                delete element;
                return err_set(err, ERR_REJECT, "cannot copy item %s: %s",
                               path_from, status.text());
            }
        }
        return true;
    });
}

extern "C" bool dcm_to_utf8(struct dcm *set, struct err *err)
{
    return dcm_guard(err, "converting texts to UTF-8", [&] {
        const OFCondition status = set->file.getDataset()->convertToUTF8();
        if (status.bad())
            return err_set(err, ERR_REJECT,
                           "texts cannot be converted to UTF-8: %s",
                           status.text());
        return true;
    });
}

extern "C" bool dcm_encode(const struct dcm *set, unsigned char **bytes,
                           size_t *n, struct err *err)
{
    unsigned char *made = nullptr;
    size_t n_made = 0;

    const bool ok = dcm_guard(err, "encoding a data set", [&] {
        DcmDataset *source = const_cast<struct dcm *>(set)->file.getDataset();
        return encode(source, &made, &n_made, err);
    });
    if (!ok) {
        std::free(made);
        return false;
    }
    *bytes = made;
    *n = n_made;
    return true;
}
