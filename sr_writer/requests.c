/* The order that a report answers (PS3.3 C.17.2). */
#include "sr_writer/requests.h"

#include <stdio.h>
#include <string.h>

#define REQUESTS 16 /* more are not passed on */

/* The first of the two source attributes that has a value, else empty. */
static bool request_text(struct dcm *set, size_t item, const char *keyword,
                         const struct dcm *source, const char *first,
                         const char *second, struct err *err)
{
    char path[160], value[260];

    if (!dcm_text(source, first, value, sizeof(value)) && second != NULL)
        dcm_text(source, second, value, sizeof(value));
    snprintf(path, sizeof(path), "ReferencedRequestSequence[%zu].%s", item,
             keyword);
    return dcm_set(set, path, value, err);
}

static bool request_item(struct dcm *set, const struct dcm *source, size_t i,
                         struct err *err)
{
    static const struct {
        const char *keyword;
        bool top; /* may also stand outside the sequence */
    } attributes[] = {
        {"StudyInstanceUID", true},
        {"AccessionNumber", true},
        {"PlacerOrderNumberImagingServiceRequest", true},
        {"FillerOrderNumberImagingServiceRequest", true},
        {"RequestedProcedureID", false},
        {"RequestedProcedureDescription", false},
    };
    char from[160], to[160];

    for (size_t k = 0; k < sizeof(attributes) / sizeof(attributes[0]); k++) {
        const char *keyword = attributes[k].keyword;
        snprintf(from, sizeof(from), "RequestAttributesSequence[%zu].%s", i,
                 keyword);
        if (!request_text(set, i, keyword, source, from,
                          attributes[k].top ? keyword : NULL, err))
            return false;
    }
    snprintf(to, sizeof(to),
             "ReferencedRequestSequence[%zu]."
             "ReferencedStudySequence",
             i);
    if (!dcm_set(set, to, "", err))
        return false;
    snprintf(from, sizeof(from),
             "RequestAttributesSequence[%zu].RequestedProcedureCodeSequence",
             i);
    snprintf(to, sizeof(to),
             "ReferencedRequestSequence[%zu].RequestedProcedureCodeSequence",
             i);
    if (dcm_items(source, from) == 0)
        return dcm_set(set, to, "", err);
    strcat(from, "[0]");
    strcat(to, "[0]");
    return dcm_copy_item(set, to, source, from, err);
}

bool requests_write(struct dcm *set, const struct dcm *source, struct err *err)
{
    size_t n = dcm_items(source, "RequestAttributesSequence");
    char accession[65];

    if (n == 0 &&
        dcm_text(source, "AccessionNumber", accession, sizeof(accession)))
        n = 1;
    for (size_t i = 0; i < n && i < REQUESTS; i++)
        if (!request_item(set, source, i, err))
            return false;
    return true;
}
