/* Who looked. The values of 121012, 121014 and 121015 are those of the
 * Contributing Equipment (IHE AIR, Table 6.5.3.1-1). */
#include "sr_writer/observer.h"

#include <stdio.h>

#include "sr_writer/uids.h"
#include "sr_writer/wording.h"

#define DCM(value, meaning) ((struct dcm_code){value, "DCM", meaning})

static void text(struct srdoc *doc, struct dcm_code name, const char *value)
{
    char ascii[WORDING_SIZE];

    snprintf(ascii, sizeof(ascii), "%s", value);
    wording_ascii(ascii);
    if (ascii[0] == '\0')
        return;
    srdoc_text(doc, SRDOC_OBS_CONTEXT, name, ascii);
    srdoc_up(doc);
}

void observer_add(struct srdoc *doc, const struct result_request *request)
{
    const struct findings *f = request->findings;
    char device[65];

    srdoc_code(
        doc, SRDOC_CONCEPT_MOD,
        DCM("121049", "Language of Content Item and Descendants"),
        (struct dcm_code){"en-US", "RFC5646", "English (United States)"});
    srdoc_up(doc);
    srdoc_code(doc, SRDOC_OBS_CONTEXT, DCM("121005", "Observer Type"),
               DCM("121007", "Device"));
    srdoc_up(doc);
    uids_device(device, f);
    srdoc_uidref(doc, SRDOC_OBS_CONTEXT, DCM("121012", "Device Observer UID"),
                 device);
    srdoc_up(doc);
    text(doc, DCM("121013", "Device Observer Name"), request->node_ae);
    text(doc, DCM("121014", "Device Observer Manufacturer"), f->manufacturer);
    text(doc, DCM("121015", "Device Observer Model Name"), f->model);
}
