/* scan_part10() for the C++ files, which cannot include dicom/scan.h (its
 * array parameters are C only). */
#include "dicom/part10.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "dicom/scan.h"

bool part10_syntax(const char *path, char *uid, struct err *err)
{
    off_t offset;
    bool ok;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_set(err, errno == ENOENT ? ERR_REJECT : ERR_RETRY,
                       "cannot open %s: %s", path, strerror(errno));
    ok = scan_part10(fd, uid, &offset, err);
    close(fd);
    return ok;
}
