/* Attribute paths of dicom/dataset.h: keywords of PS3.6 joined by dots, with
 * an optional item number. Every name goes through DCMTK's dictionary, so a
 * misspelt keyword is found when it is used and not when a PACS complains. */
#include "dicom/dataset_cc.h"

#include "dicom/quiet.h"

#include <cctype>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unordered_map>

namespace
{
const long max_index = 999;

/* DCMTK searches its dictionary from the beginning for a name: a report's
 * hundred keywords took nine tenths of the time of building it (measured
 * under sanitizers), and routing every image asks for the same few. Keywords
 * come from our code and from the configuration, so there is no end of them to
 * fear. */
bool find_keyword(const std::string &name, DcmTag &tag)
{
    static std::unordered_map<std::string, DcmTag> known;
    const auto at = known.find(name);

    if (at != known.end()) {
        tag = at->second;
        return true;
    }
    /* DCMTK marks what PS3.6 has retired in the name; PS3.6 does not */
    if (DcmTag::findTagFromName(name.c_str(), tag).bad() &&
        DcmTag::findTagFromName(("RETIRED_" + name).c_str(), tag).bad())
        return false;
    known.emplace(name, tag);
    return true;
}

/* "Keyword" or "Keyword[12]" in text[0..n). */
bool step_parse(const char *text, size_t n, struct dcm_step &step)
{
    std::string name(text, n);
    const size_t open = name.find('[');

    step.index = -1;
    if (open != std::string::npos) {
        const std::string digits =
            name.back() == ']' ? name.substr(open + 1, name.size() - open - 2)
                               : std::string();
        if (digits.empty() || digits.size() > 3 ||
            digits.find_first_not_of("0123456789") != std::string::npos)
            return false;
        step.index = std::strtol(digits.c_str(), nullptr, 10);
        name.resize(open);
    }
    /* findTagFromName would also take "0010,0010" and odd dictionary names */
    if (name.empty() || !std::isupper(static_cast<unsigned char>(name[0])))
        return false;
    for (const char c : name)
        if (!std::isalnum(static_cast<unsigned char>(c)))
            return false;
    return find_keyword(name, step.tag);
}

} // namespace

bool dcm_path_parse(const char *path, std::vector<struct dcm_step> &steps)
{
    dicom_quiet();
    steps.clear();
    for (const char *at = path;; at++) {
        const size_t n = std::strcspn(at, ".");
        struct dcm_step step;
        if (steps.size() == DCM_STEPS || !step_parse(at, n, step))
            return false;
        steps.push_back(step);
        at += n;
        if (*at == '\0')
            break;
    }
    for (size_t i = 0; i + 1 < steps.size(); i++)
        if (steps[i].tag.getEVR() != EVR_SQ)
            return false;
    return true;
}

bool dcm_path_check(const char *path, std::vector<struct dcm_step> &steps,
                    struct err *err)
{
    dicom_quiet();
    if (!dcmDataDict.isDictionaryLoaded())
        return err_set(err, ERR_FATAL,
                       "DCMTK found no data dictionary: install the package "
                       "that has dicom.dic (Debian: libdcmtk17) or set "
                       "DCMDICTPATH");
    if (!dcm_path_parse(path, steps))
        return err_set(err, ERR_REJECT, "\"%s\" is no DICOM attribute path",
                       path);
    return true;
}

DcmItem *dcm_path_item(const struct dcm *set,
                       const std::vector<struct dcm_step> &steps)
{
    /* DCMTK reads values lazily, so none of its getters is const */
    DcmItem *item = const_cast<struct dcm *>(set)->file.getDataset();

    for (size_t i = 0; i + 1 < steps.size(); i++) {
        const long index = steps[i].index < 0 ? 0 : steps[i].index;
        DcmItem *next = nullptr;
        if (item->findAndGetSequenceItem(steps[i].tag, next, index).bad())
            return nullptr;
        item = next;
    }
    return item;
}

DcmItem *dcm_path_make(struct dcm *set,
                       const std::vector<struct dcm_step> &steps,
                       struct err *err)
{
    DcmItem *item = set->file.getDataset();

    for (size_t i = 0; i + 1 < steps.size(); i++) {
        const long index = steps[i].index < 0 ? 0 : steps[i].index;
        DcmItem *next = nullptr;
        DcmTag tag = steps[i].tag;
        const OFCondition status =
            index > max_index
                ? EC_IllegalParameter
                : item->findOrCreateSequenceItem(tag, next, index);
        if (status.bad()) {
            err_set(err, ERR_REJECT, "cannot make item %ld of %s: %s", index,
                    tag.getTagName(), status.text());
            return nullptr;
        }
        item = next;
    }
    return item;
}

bool dcm_is_number(DcmEVR evr)
{
    switch (evr) {
    case EVR_DS:
    case EVR_IS:
    case EVR_US:
    case EVR_SS:
    case EVR_UL:
    case EVR_SL:
    case EVR_UV:
    case EVR_SV:
    case EVR_FL:
    case EVR_FD:
    case EVR_xs:
    case EVR_up:
        return true;
    default:
        return false;
    }
}

bool dcm_has_values(DcmElement *element)
{
    const DcmEVR evr = element->ident();

    if (dcm_is_number(evr))
        return true;
    switch (evr) {
    case EVR_AE:
    case EVR_AS:
    case EVR_AT:
    case EVR_CS:
    case EVR_DA:
    case EVR_DT:
    case EVR_LO:
    case EVR_LT:
    case EVR_PN:
    case EVR_SH:
    case EVR_ST:
    case EVR_TM:
    case EVR_UC:
    case EVR_UI:
    case EVR_UR:
    case EVR_UT:
        return true;
    default:
        return false;
    }
}
