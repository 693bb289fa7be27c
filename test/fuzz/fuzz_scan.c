/* The pre-scan: the first code of ours that sees what a stranger sent. What it
 * lets pass is copied for the model process, and the copy must pass again:
 * that is what the decoder is given. */
#include "dicom/scan.h"
#include "test/fuzz/fuzz.h"

static const char *const syntaxes[] = {
    "1.2.840.10008.1.2",       /* implicit little endian */
    "1.2.840.10008.1.2.1",     /* explicit little endian */
    "1.2.840.10008.1.2.2",     /* explicit big endian */
    "1.2.840.10008.1.2.1.99",  /* deflated */
    "1.2.840.10008.1.2.5",     /* RLE */
    "1.2.840.10008.1.2.4.70",  /* JPEG lossless */
    "1.2.840.10008.1.2.4.201", /* nobody's */
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static int in = -1, out = -1;
    struct err err = {0}, copied = {0}, again = {0};
    struct scan scan, second;
    const char *syntax;
    char found[65];
    off_t offset;

    if (n == 0)
        return 0;
    syntax = syntaxes[bytes[0] % (sizeof syntaxes / sizeof *syntaxes)];
    fuzz_file(&in, bytes + 1, n - 1, NULL);
    if (scan_part10(in, found, &offset, &err) && offset > (off_t)n)
        abort();
    err = (struct err){0};
    if (!scan_data_set(in, 0, syntax, &scan_limits_default, &scan, &err))
        return 0;
    if (!scan_uid_valid(scan.sop_uid) || !scan_uid_valid(scan.study_uid))
        abort();
    fuzz_file(&out, NULL, 0, NULL);
    if (!scan_copy_pixels(in, 0, syntax, out, &copied))
        return 0;
    /* a file without a single element after its meta header is none */
    if (!scan_part10(out, found, &offset, &again)) {
        if (scan.pixel_offset >= 0)
            abort();
        return 0;
    }
    /* without its UIDs it is no data set to keep; but the walk must end */
    (void)scan_data_set(out, offset, found, &scan_limits_default, &second,
                        &again);
    return 0;
}
