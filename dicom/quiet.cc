/* DCMTK logs to stderr by default and quotes the values it complains about.
 * OFLog must be configured before the first message, so this is called ahead
 * of everything else, the loading of the dictionary included. */
#include "dicom/quiet.h"

#include "dcmtk/config/osconfig.h"

#include "dcmtk/oflog/oflog.h"

extern "C" void dicom_quiet(void)
{
    static bool done;

    if (done)
        return;
    try {
        OFLog::configure(OFLogger::OFF_LOG_LEVEL);
        done = true;
    } catch (...) {
        done = false;
    }
}
