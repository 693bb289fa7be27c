/* dicom/scan.h for the C++ files, which cannot include it (its array
 * parameters are C only). Received objects were scanned before; files named
 * on a command line were not, and one look costs less than a millisecond. */
#include "dicom/part10.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "dicom/scan_walk.h"

static bool look(void *ctx, enum scan_event event,
                 const struct scan_element *element, struct scan_reader *reader,
                 struct err *err)
{
    (void)ctx;
    (void)event;
    (void)element;
    (void)reader;
    (void)err;
    return true;
}

static bool check(int fd, char *uid, struct err *err)
{
    struct scan_reader reader;
    struct scan_syntax syntax;
    off_t offset;
    bool ok;

    if (!scan_part10(fd, uid, &offset, err))
        return false;
    syntax = scan_syntax_of(uid);
    if (!scan_reader_open(&reader, fd, offset, syntax.deflated,
                          &scan_limits_default, err))
        return false;
    ok = scan_walk(&reader, syntax, &scan_limits_default, look, NULL, err);
    scan_reader_close(&reader);
    return ok;
}

bool part10_check(const char *path, char *uid, struct err *err)
{
    bool ok;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_set(err, errno == ENOENT ? ERR_REJECT : ERR_RETRY,
                       "cannot be opened: %s", strerror(errno));
    ok = check(fd, uid, err);
    close(fd);
    return ok;
}
