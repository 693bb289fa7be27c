/* The file meta information of a Part 10 file (PS3.10 7.1): always explicit
 * VR little endian. The group length is not trusted: the group ends where
 * another one begins. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dicom/scan_walk.h"

#define META_ELEMENTS   64
#define META_BYTES      (1 << 20)
#define TRANSFER_SYNTAX 0x00020010U

static bool meta_read(int fd, off_t at, void *out, size_t n, struct err *err)
{
    ssize_t got;

    do {
        got = pread(fd, out, n, at);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_set(err, ERR_RETRY, "cannot read the object: %s",
                       strerror(errno));
    if ((size_t)got < n)
        return err_set(err, ERR_REJECT, "the file ends in its meta header");
    return true;
}

static bool meta_syntax(int fd, off_t at, uint32_t length, char out[static 65],
                        struct err *err)
{
    char value[66] = "";

    if (length > 65)
        return err_set(err, ERR_REJECT, "TransferSyntaxUID is no UID");
    if (!meta_read(fd, at, value, length, err))
        return false;
    while (length > 0 &&
           (value[length - 1] == '\0' || value[length - 1] == ' '))
        value[--length] = '\0';
    if (!scan_uid_valid(value))
        return err_set(err, ERR_REJECT, "TransferSyntaxUID is no UID");
    memcpy(out, value, 65);
    return true;
}

bool scan_part10(int fd, char transfer_syntax[static 65], off_t *offset,
                 struct err *err)
{
    unsigned char head[132] = {0}, b[12];
    char uid[65] = "";
    off_t at = sizeof(head);

    if (!meta_read(fd, 0, head, sizeof(head), err) && err->code == ERR_RETRY)
        return false;
    if (memcmp(head + 128, "DICM", 4) != 0)
        return err_set(err, ERR_REJECT,
                       "no DICOM file: 128 bytes and \"DICM\" are missing "
                       "(PS3.10 7.1)");
    for (int i = 0; i < META_ELEMENTS; i++) {
        static const char *const long_ones[] = {"OB", "UN", "OW", "UT", "SQ"};
        uint32_t tag, length;
        size_t n_header = 8;

        if (!meta_read(fd, at, b, 8, err))
            return false;
        tag = (uint32_t)scan_u16(b, false) << 16 | scan_u16(b + 2, false);
        if (tag >> 16 != 2)
            break;
        length = scan_u16(b + 6, false);
        for (size_t v = 0; v < sizeof(long_ones) / sizeof(long_ones[0]); v++)
            if (memcmp(b + 4, long_ones[v], 2) == 0)
                n_header = 12;
        if (n_header == 12) {
            if (!meta_read(fd, at, b, 12, err))
                return false;
            length = scan_u32(b + 8, false);
        }
        if (length > META_BYTES)
            return err_set(err, ERR_REJECT,
                           "a meta header element claims %u bytes", length);
        at += (off_t)n_header;
        if (tag == TRANSFER_SYNTAX && !meta_syntax(fd, at, length, uid, err))
            return false;
        at += length;
    }
    if (uid[0] == '\0')
        return err_set(err, ERR_REJECT,
                       "the meta header has no TransferSyntaxUID");
    memcpy(transfer_syntax, uid, sizeof(uid));
    *offset = at;
    return true;
}
