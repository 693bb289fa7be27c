#ifndef DICOM_DATASET_CC_H
#define DICOM_DATASET_CC_H

/* What the C++ files of dicom/ share about struct dcm. Never included by C. */
#include "dcmtk/config/osconfig.h"

#include "dcmtk/dcmdata/dctk.h"

#include <exception>
#include <new>
#include <vector>

extern "C" {
#include "conf/err.h"
}

#include "dicom/dataset.h"

struct dcm {
    DcmFileFormat file;
};

/* One step of "RequestAttributesSequence[0].StudyID". */
struct dcm_step {
    DcmTag tag;
    long index; /* -1: no [n] given */
};

#define DCM_STEPS 8

/* False: the path does not parse or names no keyword of the dictionary. */
bool dcm_path_parse(const char *path, std::vector<struct dcm_step> &steps);

/* The item that holds the last step, following [n] or the first item; NULL:
 * not there. */
DcmItem *dcm_path_item(const struct dcm *set,
                       const std::vector<struct dcm_step> &steps);
/* The same, making sequences and items on the way. */
DcmItem *dcm_path_make(struct dcm *set,
                       const std::vector<struct dcm_step> &steps,
                       struct err *err);

/* Parses with the reason in err: no dictionary, or no such keyword. */
bool dcm_path_check(const char *path, std::vector<struct dcm_step> &steps,
                    struct err *err);

/* Text attributes and binary numbers have values; OB, OW, SQ, … have not. */
bool dcm_has_values(DcmElement *element);
bool dcm_is_number(DcmEVR evr);

/* DCMTK could not open the file: its condition for that has no name. */
inline bool dcm_unopened(const OFCondition &status)
{
    return status.module() == OFM_dcmdata && status.code() == 18;
}

/* No exception leaves dicom/: out of memory may work later, anything else is
 * this input's fault. */
template <typename Step>
bool dcm_guard(struct err *err, const char *what, Step step) noexcept
{
    try {
        return step();
    } catch (const std::bad_alloc &) {
        return err_set(err, ERR_RETRY, "%s: out of memory", what);
    } catch (const std::exception &e) {
        return err_set(err, ERR_REJECT, "%s: %s", what, e.what());
    } catch (...) {
        return err_set(err, ERR_REJECT, "%s: unknown exception", what);
    }
}

template <typename Value, typename Step>
Value dcm_guard_or(Value otherwise, Step step) noexcept
{
    try {
        return step();
    } catch (...) {
        return otherwise;
    }
}

#endif
