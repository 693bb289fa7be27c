/* Reading half of the C face of DCMTK: files, values, items. DCMTK's own API
 * throws, logs and hands out C++ types; behind these functions the rest of
 * the node sees strings and numbers. dataset_path.cc has the paths,
 * dataset_write.cc the writing half. */
#include "dicom/dataset_cc.h"

#include "dicom/part10.h"
#include "dicom/quiet.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

namespace
{
/* Larger values stay on disk until somebody asks for them. */
const Uint32 loaded_bytes = 65536;

/* A backslash separates values, except in free text (PS3.5 6.4). */
bool multi_valued(DcmEVR evr)
{
    return evr != EVR_LT && evr != EVR_ST && evr != EVR_UT && evr != EVR_UR;
}

/* PS3.5 6.2: trailing padding never counts, leading spaces not in these. */
std::string trim(const std::string &value, DcmEVR evr)
{
    const bool leading = evr == EVR_AE || evr == EVR_CS || evr == EVR_DS ||
                         evr == EVR_IS || evr == EVR_LO || evr == EVR_SH;
    size_t from = 0;
    size_t to = value.size();

    while (to > from && (value[to - 1] == ' ' || value[to - 1] == '\0'))
        to--;
    while (leading && from < to && value[from] == ' ')
        from++;
    return value.substr(from, to - from);
}

std::vector<std::string> split(const std::string &text, DcmEVR evr)
{
    std::vector<std::string> values;
    size_t from = 0;

    while (multi_valued(evr)) {
        const size_t to = text.find('\\', from);
        if (to == std::string::npos)
            break;
        values.push_back(trim(text.substr(from, to - from), evr));
        from = to + 1;
    }
    values.push_back(trim(text.substr(from), evr));
    return values;
}

std::string element_text(DcmElement *element)
{
    OFString text;

    if (!dcm_has_values(element) ||
        element->getOFStringArray(text, OFFalse).bad())
        return std::string();
    return std::string(text.data(), text.size());
}

DcmElement *find(const struct dcm *set, const char *path)
{
    std::vector<struct dcm_step> steps;
    DcmElement *element = nullptr;

    if (!dcm_path_parse(path, steps))
        return nullptr;
    DcmItem *item = dcm_path_item(set, steps);
    if (item == nullptr ||
        item->findAndGetElement(steps.back().tag, element).bad())
        return nullptr;
    return element;
}

bool give(const std::string &text, char *out, size_t size)
{
    const size_t n = text.size() < size ? text.size() : size - 1;

    /* half of a value would be another one: "1", NUL, ".5" is not 1 */
    std::replace_copy(text.data(), text.data() + n, out, '\0', '?');
    out[n] = '\0';
    return n > 0;
}

bool float_value(DcmElement *element, unsigned long i, double *out)
{
    Float32 single = 0;

    if (element->ident() == EVR_FD)
        return element->getFloat64(*out, i).good();
    if (element->getFloat32(single, i).bad())
        return false;
    *out = static_cast<double>(single);
    return true;
}

/* strtod alone would take "inf", "0x1p3" and a trailing comma. */
bool decimal(const std::string &text, double *out)
{
    char *end = nullptr;

    if (text.empty() ||
        text.find_first_not_of("0123456789+-.eE") != std::string::npos)
        return false;
    *out = std::strtod(text.c_str(), &end);
    return *end == '\0';
}

using Each = bool (*)(void *ctx, const char *value);

/* At most DCM_STEPS deep: one level for each step of the path. */
bool each_value(DcmItem *item, const std::vector<struct dcm_step> &steps,
                size_t at, Each each, void *ctx)
{
    const DcmTag &tag = steps[at].tag;

    if (at + 1 < steps.size()) {
        DcmSequenceOfItems *sequence = nullptr;
        if (item->findAndGetSequence(tag, sequence).bad())
            return false;
        for (unsigned long i = 0; i < sequence->card(); i++) {
            const long wanted = steps[at].index;
            if (wanted >= 0 && static_cast<unsigned long>(wanted) != i)
                continue;
            if (each_value(sequence->getItem(i), steps, at + 1, each, ctx))
                return true;
        }
        return false;
    }
    DcmElement *element = nullptr;
    if (item->findAndGetElement(tag, element).bad())
        return false;
    for (const std::string &value :
         split(element_text(element), element->ident()))
        if (!value.empty() && each(ctx, value.c_str()))
            return true;
    return false;
}

OFCondition load(const char *path, E_TransferSyntax syntax, struct dcm **set)
{
    auto read = std::make_unique<struct dcm>();
    const OFCondition status = read->file.loadFileUntilTag(
        path, syntax, EGL_noChange, loaded_bytes, ERM_fileOnly, DCM_PixelData);

    if (status.good())
        *set = read.release();
    return status;
}

} // namespace

extern "C" struct dcm *dcm_read(const char *path, struct err *err)
{
    struct dcm *set = nullptr;

    dicom_quiet();
    dcm_guard(err, "reading a DICOM file", [&] {
        std::vector<struct dcm_step> steps;
        char uid[65];
        if (!dcm_path_check("PixelData", steps, err))
            return false;
        if (!part10_check(path, uid, err))
            return err_wrap(err, "%s", path);
        /* DCMTK would guess at a syntax it does not know; all of those are
           explicit VR little endian (PS3.5 A.4), as the pre-scan assumed */
        const E_TransferSyntax known = DcmXfer(uid).getXfer();
        const E_TransferSyntax syntax =
            known == EXS_Unknown ? EXS_LittleEndianExplicit : EXS_Unknown;
        OFCondition status = load(path, syntax, &set);
        /* a disk that did not give its bytes looks like a file that ends */
        if (status.bad())
            status = load(path, syntax, &set);
        if (status.good())
            return true;
        return err_set(err, dcm_unopened(status) ? ERR_RETRY : ERR_REJECT,
                       "%s: cannot be read as DICOM: %s", path, status.text());
    });
    return set;
}

extern "C" void dcm_free(struct dcm *set)
{
    delete set;
}

extern "C" bool dcm_text(const struct dcm *set, const char *path, char *out,
                         size_t size)
{
    out[0] = '\0';
    return dcm_guard_or(false, [&] {
        DcmElement *element = find(set, path);
        if (element == nullptr)
            return false;
        return give(trim(element_text(element), element->ident()), out, size);
    });
}

extern "C" bool dcm_value(const struct dcm *set, const char *path, size_t i,
                          char *out, size_t size)
{
    out[0] = '\0';
    return dcm_guard_or(false, [&] {
        DcmElement *element = find(set, path);
        if (element == nullptr)
            return false;
        const std::vector<std::string> values =
            split(element_text(element), element->ident());
        return i < values.size() && give(values[i], out, size);
    });
}

extern "C" bool dcm_number(const struct dcm *set, const char *path, size_t i,
                           double *out)
{
    return dcm_guard_or(false, [&] {
        DcmElement *element = find(set, path);
        double number = 0;
        if (element == nullptr)
            return false;
        const DcmEVR evr = element->ident();
        if (evr == EVR_FL || evr == EVR_FD) {
            if (!float_value(element, i, &number))
                return false;
        } else {
            const std::vector<std::string> values =
                split(element_text(element), evr);
            if (i >= values.size() || !decimal(values[i], &number))
                return false;
        }
        if (!std::isfinite(number))
            return false;
        *out = number;
        return true;
    });
}

extern "C" size_t dcm_items(const struct dcm *set, const char *sequence)
{
    return dcm_guard_or(static_cast<size_t>(0), [&]() -> size_t {
        DcmElement *element = find(set, sequence);
        DcmSequenceOfItems *items = dynamic_cast<DcmSequenceOfItems *>(element);
        return items == nullptr ? 0 : items->card();
    });
}

extern "C" bool dcm_has(const struct dcm *set, const char *path)
{
    return dcm_guard_or(false, [&] { return find(set, path) != nullptr; });
}

extern "C" bool dcm_each(const struct dcm *set, const char *path,
                         bool (*each)(void *ctx, const char *value), void *ctx)
{
    return dcm_guard_or(false, [&] {
        std::vector<struct dcm_step> steps;
        if (!dcm_path_parse(path, steps))
            return false;
        DcmItem *top = const_cast<struct dcm *>(set)->file.getDataset();
        return each_value(top, steps, 0, each, ctx);
    });
}

extern "C" bool dcm_keyword(const char *path, bool *is_number)
{
    return dcm_guard_or(false, [&] {
        std::vector<struct dcm_step> steps;
        if (!dcm_path_parse(path, steps))
            return false;
        *is_number = dcm_is_number(steps.back().tag.getEVR());
        return true;
    });
}
