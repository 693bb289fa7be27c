/* DCMTK's SR document tree for C. DSRDocument knows which value type may
 * stand in which relationship to which other in each SR IOD (PS3.3 A.35), so
 * a mistake of ours in the tree is an error here and not a report that a PACS
 * refuses. It has no setters for the UIDs and the newer modules: those are
 * patched into the finished data set through dicom/dataset.h. */
#include "dicom/dataset_cc.h"

#include <dcmtk/dcmsr/dsrdoc.h>
#include <dcmtk/dcmsr/dsrimgvl.h>
#include <dcmtk/dcmsr/dsrnumvl.h>
#include <dcmtk/dcmsr/dsrscovl.h>

#include "dicom/quiet.h"
#include "dicom/srdoc.h"

struct srdoc {
    DSRDocument document;
    struct err failure;

    explicit srdoc(DSRTypes::E_DocumentType type)
        : document(type), failure{ERR_NONE, ""}
    {
    }
};

namespace
{
const DSRTypes::E_RelationshipType relationships[] = {
    DSRTypes::RT_contains,      DSRTypes::RT_hasObsContext,
    DSRTypes::RT_hasAcqContext, DSRTypes::RT_hasConceptMod,
    DSRTypes::RT_hasProperties, DSRTypes::RT_inferredFrom,
    DSRTypes::RT_selectedFrom,
};

const DSRTypes::E_DocumentType documents[] = {
    DSRTypes::DT_ComprehensiveSR,
    DSRTypes::DT_Comprehensive3DSR,
    DSRTypes::DT_KeyObjectSelectionDocument,
};

/* Every add runs through here: nothing after a failure, no exception out. */
template <typename Step>
void guard(struct srdoc *doc, const char *what, Step step) noexcept
{
    if (doc->failure.code != ERR_NONE)
        return;
    try {
        const OFCondition status = step();
        if (status.bad())
            err_set(&doc->failure, ERR_REJECT, "SR document: %s: %s", what,
                    status.text());
    } catch (const std::exception &e) {
        err_set(&doc->failure, ERR_RETRY, "SR document: %s: %s", what,
                e.what());
    } catch (...) {
        err_set(&doc->failure, ERR_RETRY, "SR document: %s failed", what);
    }
}

DSRCodedEntryValue coded(const struct dcm_code &code)
{
    return DSRCodedEntryValue(code.value, code.scheme, code.meaning);
}

OFCondition add(struct srdoc *doc, enum srdoc_rel rel,
                DSRTypes::E_ValueType type)
{
    if (doc->document.getTree().addContentItem(relationships[rel], type,
                                               DSRTypes::AM_belowCurrent) == 0)
        return SR_EC_CannotAddContentItem;
    return EC_Normal;
}

DSRContentItem &current(struct srdoc *doc)
{
    return doc->document.getTree().getCurrentContentItem();
}

OFCondition add_named(struct srdoc *doc, enum srdoc_rel rel,
                      DSRTypes::E_ValueType type, const struct dcm_code &name)
{
    const OFCondition status = add(doc, rel, type);
    return status.bad() ? status : current(doc).setConceptName(coded(name));
}

OFCondition refer(struct srdoc *doc, const char *sop_class, const char *sop_uid,
                  uint32_t frame)
{
    DSRImageReferenceValue value(sop_class, sop_uid);
    if (frame > 0)
        value.getFrameList().addItem(static_cast<Sint32>(frame));
    return current(doc).setImageReference(value);
}

OFCondition add_string(struct srdoc *doc, enum srdoc_rel rel,
                       DSRTypes::E_ValueType type, const struct dcm_code &name,
                       const char *value)
{
    const OFCondition status = add_named(doc, rel, type, name);
    return status.bad() ? status : current(doc).setStringValue(value);
}

OFCondition start(struct srdoc *doc, const char *study_uid,
                  const struct dcm_code &root, const char *tid)
{
    OFCondition status = doc->document.createNewSeriesInStudy(study_uid);
    if (status.bad())
        return status;
    if (doc->document.getTree().addContentItem(DSRTypes::RT_isRoot,
                                               DSRTypes::VT_Container) == 0)
        return SR_EC_CannotAddContentItem;
    status = current(doc).setConceptName(coded(root));
    if (status.bad())
        return status;
    return current(doc).setTemplateIdentification(tid, "DCMR");
}
} // namespace

extern "C" struct srdoc *srdoc_open(enum srdoc_class sr_class,
                                    const char *study_uid, struct dcm_code root,
                                    const char *tid, struct err *err)
{
    struct srdoc *doc = nullptr;
    try {
        dicom_quiet();
        doc = new srdoc(documents[sr_class]);
    } catch (...) {
        err_set(err, ERR_RETRY, "SR document: out of memory");
        return nullptr;
    }
    guard(doc, "root", [&] { return start(doc, study_uid, root, tid); });
    if (doc->failure.code == ERR_NONE)
        return doc;
    *err = doc->failure;
    srdoc_free(doc);
    return nullptr;
}

extern "C" void srdoc_free(struct srdoc *doc)
{
    delete doc;
}

extern "C" void srdoc_up(struct srdoc *doc)
{
    guard(doc, "up", [&]() -> OFCondition {
        return doc->document.getTree().goUp() == 0 ? SR_EC_InvalidDocumentTree
                                                   : EC_Normal;
    });
}

extern "C" void srdoc_container(struct srdoc *doc, enum srdoc_rel rel,
                                struct dcm_code name, const char *tid)
{
    guard(doc, name.meaning, [&] {
        const OFCondition status =
            add_named(doc, rel, DSRTypes::VT_Container, name);
        if (status.bad() || tid == nullptr)
            return status;
        return current(doc).setTemplateIdentification(tid, "DCMR");
    });
}

extern "C" void srdoc_code(struct srdoc *doc, enum srdoc_rel rel,
                           struct dcm_code name, struct dcm_code value)
{
    guard(doc, name.meaning, [&] {
        const OFCondition status = add_named(doc, rel, DSRTypes::VT_Code, name);
        return status.bad() ? status : current(doc).setCodeValue(coded(value));
    });
}

extern "C" void srdoc_text(struct srdoc *doc, enum srdoc_rel rel,
                           struct dcm_code name, const char *text)
{
    guard(doc, name.meaning,
          [&] { return add_string(doc, rel, DSRTypes::VT_Text, name, text); });
}

extern "C" void srdoc_uidref(struct srdoc *doc, enum srdoc_rel rel,
                             struct dcm_code name, const char *uid)
{
    guard(doc, name.meaning,
          [&] { return add_string(doc, rel, DSRTypes::VT_UIDRef, name, uid); });
}

extern "C" void srdoc_num(struct srdoc *doc, enum srdoc_rel rel,
                          struct dcm_code name, const char *number,
                          struct dcm_code unit)
{
    guard(doc, name.meaning, [&] {
        const OFCondition status = add_named(doc, rel, DSRTypes::VT_Num, name);
        if (status.bad())
            return status;
        return current(doc).setNumericValue(
            DSRNumericMeasurementValue(number, coded(unit)));
    });
}

extern "C" void srdoc_scoord(struct srdoc *doc, enum srdoc_rel rel,
                             struct dcm_code name, const float *xy,
                             size_t n_points)
{
    guard(doc, name.meaning, [&] {
        const OFCondition status =
            add_named(doc, rel, DSRTypes::VT_SCoord, name);
        if (status.bad())
            return status;
        DSRSpatialCoordinatesValue value(n_points == 1 ? DSRTypes::GT_Point
                                                       : DSRTypes::GT_Polyline);
        for (size_t i = 0; i < n_points; i++)
            value.getGraphicDataList().addItem(xy[2 * i], xy[2 * i + 1]);
        return current(doc).setSpatialCoordinates(value);
    });
}

extern "C" void srdoc_image(struct srdoc *doc, enum srdoc_rel rel,
                            const char *sop_class, const char *sop_uid,
                            uint32_t frame)
{
    guard(doc, "reference to what is no image of a known class", [&] {
        const OFCondition status = add(doc, rel, DSRTypes::VT_Image);
        return status.bad() ? status : refer(doc, sop_class, sop_uid, frame);
    });
}

extern "C" void srdoc_image_named(struct srdoc *doc, enum srdoc_rel rel,
                                  struct dcm_code name, const char *sop_class,
                                  const char *sop_uid, uint32_t frame)
{
    guard(doc, name.meaning, [&] {
        const OFCondition status =
            add_named(doc, rel, DSRTypes::VT_Image, name);
        return status.bad() ? status : refer(doc, sop_class, sop_uid, frame);
    });
}

extern "C" void srdoc_evidence(struct srdoc *doc, const char *study_uid,
                               const char *series_uid, const char *sop_class,
                               const char *sop_uid)
{
    guard(doc, "evidence", [&] {
        return doc->document.getCurrentRequestedProcedureEvidence().addItem(
            study_uid, series_uid, sop_class, sop_uid);
    });
}

extern "C" void srdoc_other_evidence(struct srdoc *doc, const char *study_uid,
                                     const char *series_uid,
                                     const char *sop_class, const char *sop_uid)
{
    guard(doc, "other evidence", [&] {
        return doc->document.getPertinentOtherEvidence().addItem(
            study_uid, series_uid, sop_class, sop_uid);
    });
}

extern "C" struct dcm *srdoc_finish(struct srdoc *doc, struct err *err)
{
    struct dcm *set = dcm_new();

    if (set == nullptr) {
        err_set(err, ERR_RETRY, "SR document: out of memory");
        return nullptr;
    }
    guard(doc, "writing the data set",
          [&] { return doc->document.write(*set->file.getDataset()); });
    if (doc->failure.code == ERR_NONE)
        return set;
    *err = doc->failure;
    dcm_free(set);
    return nullptr;
}
