/* What a destination reports about what it was sent: a data set that anybody
 * who may call can send, read without DCMTK. And the header of a spooled file,
 * which comes back from a disk. */
#include "db/part10.h"
#include "dicom/commitment.h"
#include "dicom/scan.h"
#include "test/fuzz/fuzz.h"

static const char *const syntaxes[] = {
    "1.2.840.10008.1.2",      /* implicit little endian */
    "1.2.840.10008.1.2.1",    /* explicit little endian */
    "1.2.840.10008.1.2.2",    /* explicit big endian */
    "1.2.840.10008.1.2.1.99", /* deflated */
};

static void try_report(const uint8_t *bytes, size_t n)
{
    struct commitment report = {0};
    struct err err = {0};
    const char *syntax = syntaxes[bytes[0] / 2 % 4];

    if (commitment_parse(bytes + 1, n - 1, syntax, &report, &err)) {
        if (report.n > COMMITMENT_OBJECTS)
            abort();
        for (size_t i = 0; i < report.n; i++)
            if (!scan_uid_valid(report.sop_uids[i]))
                abort();
    } else if (err.code == ERR_NONE || err.msg[0] == '\0') {
        abort();
    }
    commitment_free(&report);
    (void)commitment_names(bytes + 1, n - 1, "2.25.1");
}

static void try_header(const uint8_t *bytes, size_t n)
{
    struct object object = {0};
    struct result_of result;
    struct err err = {0};

    (void)part10_read(bytes + 1, n - 1, &object, &result, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 2)
        return 0;
    if (bytes[0] % 2)
        try_report(bytes, n);
    else
        try_header(bytes, n);
    return 0;
}
