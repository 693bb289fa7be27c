/* The only place of the pre-scan that touches the file. Its buffers have a
 * fixed size and what they hold is always counted, so a hostile length can at
 * worst make the reader skip to the end. Deflated data sets (PS3.5 A.5, RFC
 * 1951 without zlib header) are inflated piece by piece under a byte cap and
 * a ratio cap: 1 MB may stand for 1 GB. */
#include "dicom/scan_reader.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* a first block of a few KB may well be all zeros */
#define RATIO_SLACK_BYTES (1 << 20)

bool scan_reader_open(struct scan_reader *reader, int fd, off_t offset,
                      bool deflated, const struct scan_limits *limits,
                      struct err *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return err_set(err, ERR_RETRY, "cannot look at the object: %s",
                       strerror(errno));
    if (offset < 0 || offset > st.st_size)
        return err_set(err, ERR_REJECT,
                       "the data set would start behind the end of the file");
    reader->fd = fd;
    reader->at = offset;
    reader->offset = 0;
    reader->bytes = st.st_size - offset;
    reader->left = deflated ? limits->inflated_bytes : st.st_size - offset;
    reader->deflated = deflated;
    reader->ended = false;
    reader->ratio = limits->inflate_ratio;
    reader->from = reader->to = 0;
    if (!deflated)
        return true;
    memset(&reader->inflate, 0, sizeof(reader->inflate));
    if (inflateInit2(&reader->inflate, -MAX_WBITS) != Z_OK)
        return err_set(err, ERR_RETRY, "no memory to inflate the data set");
    return true;
}

void scan_reader_close(struct scan_reader *reader)
{
    if (reader->deflated)
        inflateEnd(&reader->inflate);
}

static bool read_file(struct scan_reader *reader, unsigned char *out,
                      size_t room, size_t *got, struct err *err)
{
    ssize_t n;

    do {
        n = pread(reader->fd, out, room, reader->at);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return err_set(err, ERR_RETRY, "cannot read the object: %s",
                       strerror(errno));
    reader->at += n;
    *got = (size_t)n;
    return true;
}

static bool inflate_more(struct scan_reader *reader, struct err *err)
{
    z_stream *z = &reader->inflate;
    int status;
    size_t got;

    if (z->avail_in == 0) {
        if (!read_file(reader, reader->in, sizeof(reader->in), &got, err))
            return false;
        if (got == 0) {
            reader->ended = true; /* cut off: what is missing shows */
            return true;
        }
        z->next_in = reader->in;
        z->avail_in = (uInt)got;
    }
    z->next_out = reader->out + reader->to;
    z->avail_out = (uInt)(sizeof(reader->out) - reader->to);
    status = inflate(z, Z_NO_FLUSH);
    reader->to = sizeof(reader->out) - z->avail_out;
    if (status == Z_STREAM_END)
        reader->ended = true;
    else if (status != Z_OK && status != Z_BUF_ERROR)
        return err_set(err, ERR_REJECT, "the deflated data set is damaged: %s",
                       z->msg != NULL ? z->msg : "no more is known");
    if (z->total_out > z->total_in * (uLong)reader->ratio + RATIO_SLACK_BYTES)
        return err_set(err, ERR_REJECT,
                       "the data set inflates to more than %d times its size",
                       reader->ratio);
    return true;
}

/* At least `want` bytes in the buffer, or all that are left. */
static bool fill(struct scan_reader *reader, size_t want, struct err *err)
{
    size_t got;

    if (reader->to - reader->from >= want || reader->ended)
        return true;
    memmove(reader->out, reader->out + reader->from, reader->to - reader->from);
    reader->to -= reader->from;
    reader->from = 0;
    while (reader->to < want && !reader->ended) {
        if (reader->deflated) {
            if (!inflate_more(reader, err))
                return false;
            continue;
        }
        if (!read_file(reader, reader->out + reader->to,
                       sizeof(reader->out) - reader->to, &got, err))
            return false;
        reader->to += got;
        reader->ended = got == 0;
    }
    return true;
}

static bool advance(struct scan_reader *reader, int64_t n, struct err *err)
{
    if (n > reader->left)
        return err_set(err, ERR_REJECT,
                       "the data set inflates to more than %lld bytes",
                       (long long)(reader->offset + reader->left));
    reader->offset += n;
    reader->left -= n;
    return true;
}

bool scan_reader_some(struct scan_reader *reader, void *out, size_t n,
                      size_t *got, struct err *err)
{
    unsigned char *to = out;

    *got = 0;
    while (*got < n) {
        size_t part;

        if (!fill(reader, 1, err))
            return false;
        part = reader->to - reader->from;
        if (part == 0)
            break;
        if (part > n - *got)
            part = n - *got;
        memcpy(to + *got, reader->out + reader->from, part);
        reader->from += part;
        *got += part;
    }
    return advance(reader, (int64_t)*got, err);
}

bool scan_reader_all(struct scan_reader *reader, void *out, size_t n,
                     struct err *err)
{
    size_t got;

    if (!scan_reader_some(reader, out, n, &got, err))
        return false;
    if (got < n)
        return err_set(err, ERR_REJECT,
                       "the data set ends in the middle of an element, after "
                       "%lld bytes",
                       (long long)reader->offset);
    return true;
}

bool scan_reader_peek(struct scan_reader *reader, const unsigned char **bytes,
                      size_t n, size_t *got, struct err *err)
{
    if (!fill(reader, n, err))
        return false;
    *bytes = reader->out + reader->from;
    *got = reader->to - reader->from < n ? reader->to - reader->from : n;
    return true;
}

bool scan_reader_skip(struct scan_reader *reader, int64_t n, int64_t *skipped,
                      struct err *err)
{
    *skipped = 0;
    if (!reader->deflated && n > reader->left)
        n = reader->left;
    while (*skipped < n) {
        int64_t part = (int64_t)(reader->to - reader->from);

        if (part == 0 && !reader->deflated) {
            part = n - *skipped; /* no need to read it */
            reader->at += part;
        } else {
            if (part > n - *skipped)
                part = n - *skipped;
            reader->from += (size_t)part;
        }
        if (!advance(reader, part, err))
            return false;
        *skipped += part;
        if (part == 0) {
            if (!fill(reader, 1, err))
                return false;
            if (reader->to == reader->from)
                break;
        }
    }
    return true;
}
