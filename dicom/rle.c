/* Our own RLE decoder (PS3.5 Annex G): DCMTK 3.6.7's reads behind the end of
 * a short frame. Each byte of each sample is a segment of its own, the most
 * significant byte first; a segment is PackBits. */
#include "dicom/rle.h"

#define HEADER_BYTES 64
#define SEGMENTS_MAX 15

static uint32_t le32(const unsigned char *b)
{
    return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 |
           b[0];
}

/* PS3.5 G.3.2; every step-th byte of out gets one. Returns how many. */
static size_t unpack(const unsigned char *in, size_t n, unsigned char *out,
                     size_t step, size_t want)
{
    size_t at = 0, done = 0;

    while (at < n && done < want) {
        const unsigned code = in[at++];
        size_t run = code < 128 ? code + 1U : 257U - code;

        if (code == 128)
            continue;
        if (run > want - done)
            run = want - done;
        if (code < 128) {
            const size_t here = n - at < run ? n - at : run;

            for (size_t i = 0; i < here; i++)
                out[(done + i) * step] = in[at + i];
            at += code + 1U < n - at ? code + 1U : n - at;
            done += here;
        } else if (at < n) {
            for (size_t i = 0; i < run; i++)
                out[(done + i) * step] = in[at];
            at++;
            done += run;
        }
    }
    return done;
}

bool rle_decode(const unsigned char *frame, size_t n, size_t pixels,
                size_t samples, size_t bytes, unsigned char *out,
                struct err *err)
{
    const size_t segments = samples * bytes;

    if (n < HEADER_BYTES)
        return err_set(err, ERR_REJECT,
                       "the RLE frame has %zu bytes, less than its header", n);
    if (segments > SEGMENTS_MAX || le32(frame) != segments)
        return err_set(err, ERR_REJECT,
                       "the RLE frame has %u segments, the image needs %zu",
                       le32(frame), segments);
    for (size_t s = 0; s < segments; s++) {
        const size_t from = le32(frame + 4 + 4 * s);
        const size_t to = s + 1 < segments ? le32(frame + 8 + 4 * s) : n;
        const size_t sample = s / bytes;
        const size_t byte = bytes - 1 - s % bytes;
        size_t got;

        if (from < HEADER_BYTES || from > to || to > n)
            return err_set(err, ERR_REJECT,
                           "RLE segment %zu lies outside the frame", s + 1);
        got = unpack(frame + from, to - from,
                     out + sample * pixels * bytes + byte, bytes, pixels);
        if (got < pixels)
            return err_set(err, ERR_REJECT,
                           "RLE segment %zu ends after %zu of %zu pixels",
                           s + 1, got, pixels);
    }
    return true;
}
