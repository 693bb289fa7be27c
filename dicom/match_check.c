/* The half of checking osteon.yaml that needs the DICOM dictionary. A keyword
 * with a slip in it would silently never match, and a film would go unread:
 * so a program that has such a route does not start. */
#include "dicom/match.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "conf/yaml.h"
#include "dicom/match_value.h"

/* What routes ask for, to find the nearest. */
static const char *const usual[] = {
    "any",
    "all",
    "not",
    "calling_ae",
    "called_ae",
    "AccessionNumber",
    "AcquisitionDeviceProcessingDescription",
    "AcquisitionNumber",
    "AnatomicRegionSequence",
    "BitsAllocated",
    "BitsStored",
    "BodyPartExamined",
    "BurnedInAnnotation",
    "CodeMeaning",
    "CodeValue",
    "CodingSchemeDesignator",
    "Columns",
    "ConvolutionKernel",
    "DeviceSerialNumber",
    "ImageComments",
    "ImageLaterality",
    "ImageType",
    "ImagerPixelSpacing",
    "ImplantPresent",
    "InstanceNumber",
    "InstitutionName",
    "InstitutionalDepartmentName",
    "KVP",
    "Laterality",
    "Manufacturer",
    "ManufacturerModelName",
    "Modality",
    "NumberOfFrames",
    "PatientAge",
    "PatientID",
    "PatientName",
    "PatientOrientation",
    "PatientPosition",
    "PatientSex",
    "PerformedProcedureStepDescription",
    "PhotometricInterpretation",
    "PixelSpacing",
    "PresentationIntentType",
    "ProcedureCodeSequence",
    "ProtocolName",
    "QualityControlImage",
    "ReferringPhysicianName",
    "RequestAttributesSequence",
    "RequestedProcedureCodeSequence",
    "RequestedProcedureDescription",
    "RequestedProcedureID",
    "RequestingService",
    "Rows",
    "SOPClassUID",
    "SamplesPerPixel",
    "ScheduledProcedureStepDescription",
    "SequenceName",
    "SeriesDate",
    "SeriesDescription",
    "SeriesInstanceUID",
    "SeriesNumber",
    "SliceThickness",
    "SoftwareVersions",
    "SpecificCharacterSet",
    "StationName",
    "StudyDate",
    "StudyDescription",
    "StudyID",
    "StudyInstanceUID",
    "ViewCodeSequence",
    "ViewPosition",
    NULL,
};

struct check {
    const char *path; /* of the configuration */
    struct err *err;
};

#define REFUSE(check, match, fmt, ...)                                         \
    err_set((check)->err, ERR_REJECT, "%s:%d:%d: " fmt, (check)->path,         \
            (match)->line, (match)->column, __VA_ARGS__)

/* The first name of the path that is none: "Modalty", or "StudyIDD" of
 * "RequestAttributesSequence.StudyIDD". */
static bool unknown_keyword(const struct check *check,
                            const struct conf_match *match)
{
    const char *at = match->keyword, *near;
    char name[80];
    bool is_number;

    for (;;) {
        size_t n = strcspn(at, ".");

        snprintf(name, sizeof name, "%.*s", (int)(n < 79 ? n : 79), at);
        if (!dcm_keyword(name, &is_number))
            break;
        if (at[n] == '\0')
            return REFUSE(check, match,
                          "\"%.128s\": only sequences have members, and at "
                          "most eight names make a path",
                          match->keyword);
        at += n + 1;
    }
    near = yaml_nearest(name, usual);
    if (near)
        return REFUSE(check, match,
                      "unknown keyword \"%s\"; did you mean \"%s\"?", name,
                      near);
    return REFUSE(check, match,
                  "unknown keyword \"%s\"; write a DICOM keyword such as "
                  "SeriesDescription (PS3.6)",
                  name);
}

static bool check_pattern(const struct check *check,
                          const struct conf_match *match)
{
    const char *pattern = match->values[0];
    char reason[128];
    regex_t regex;
    int code;

    /* They make matching exponential, and texts come from anyone. */
    for (const char *c = strchr(pattern, '\\'); c; c = strchr(c + 2, '\\')) {
        if (isdigit((unsigned char)c[1]))
            return REFUSE(check, match,
                          "%s: back-references (\\%c) are not supported",
                          match->keyword, c[1]);
        if (c[1] == '\0')
            break;
    }
    code = match_value_compile(pattern, &regex);
    if (code == 0) {
        regfree(&regex);
        return true;
    }
    regerror(code, &regex, reason, sizeof reason);
    return REFUSE(check, match, "%s: \"%s\" is not a regular expression: %s",
                  match->keyword, pattern, reason);
}

static bool check_leaf(const struct check *check,
                       const struct conf_match *match)
{
    bool is_number = false;
    double number;

    if (!match_value_is_ae(match->keyword) &&
        !dcm_keyword(match->keyword, &is_number))
        return unknown_keyword(check, match);
    switch (match->op) {
    case CONF_MATCHES:
        return check_pattern(check, match);
    case CONF_LT:
    case CONF_GT:
        if (is_number)
            return true;
        return REFUSE(check, match,
                      "%s: %s compares numbers, and this is not one; use "
                      "matches",
                      match->keyword, match->op == CONF_LT ? "lt" : "gt");
    case CONF_EQUALS:
    case CONF_IN:
        for (size_t i = 0; is_number && i < match->n_values; i++)
            if (!match_value_number(match->values[i], &number))
                return REFUSE(check, match,
                              "%s: is a number and never equals \"%s\"",
                              match->keyword, match->values[i]);
        return true;
    case CONF_EXISTS:
    case CONF_NOT:
    case CONF_ANY:
    case CONF_ALL:
        break;
    }
    return true;
}

static bool check_match(const struct check *check,
                        const struct conf_match *match)
{
    if (match->keyword)
        return check_leaf(check, match);
    for (size_t i = 0; i < match->n_children; i++)
        if (!check_match(check, &match->children[i]))
            return false;
    return true;
}

bool match_check(const struct conf *conf, struct err *err)
{
    const struct check check = {.path = conf->path, .err = err};
    bool is_number;

    if (!dcm_keyword("Modality", &is_number))
        return err_set(err, ERR_FATAL,
                       "DCMTK found no data dictionary; install the package "
                       "that has dicom.dic (Debian: libdcmtk17) or set "
                       "DCMDICTPATH");
    for (size_t i = 0; i < conf->node.inference.n_devices; i++)
        if (!check_match(&check, conf->node.inference.devices[i].match))
            return false;
    for (size_t i = 0; i < conf->n_routes; i++) {
        const struct conf_route *route = &conf->routes[i];

        if (!check_match(&check, &route->match))
            return false;
        for (size_t j = 0; j < route->complete.n_needs; j++)
            if (!check_match(&check, &route->complete.needs[j]))
                return false;
    }
    return true;
}
