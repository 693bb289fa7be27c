/* Received files carry a header of ours, never the sender's: a preamble can
 * hold a program (CVE-2019-11687), and a meta header can contradict what was
 * negotiated. It is so little that no toolkit is needed for it. */
#include "db/part10.h"

#include <string.h>

#include "conf/version.h"

#define PREAMBLE_BYTES 128
#define GROUP_BYTES    12 /* (0002,0000) UL and its value */

struct header {
    unsigned char *out;
    size_t used;
};

static void put(struct header *header, const void *bytes, size_t n)
{
    memcpy(header->out + header->used, bytes, n);
    header->used += n;
}

static void put_number(struct header *header, size_t value, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        header->out[header->used++] = (unsigned char)(value & 0xFF);
        value >>= 8;
    }
}

/* A text element of group 0002, PS3.5 7.1.2: even length, UI padded with NUL
 * and others with a space. Every value is bounded by its array. */
static void put_text(struct header *header, unsigned element, const char *vr,
                     const char *value)
{
    size_t n = strnlen(value, 64);

    put_number(header, 0x0002, 2);
    put_number(header, element, 2);
    put(header, vr, 2);
    put_number(header, n + n % 2, 2);
    put(header, value, n);
    if (n % 2)
        put(header, vr[0] == 'U' ? "" : " ", 1);
}

size_t part10_header(const struct object *object,
                     unsigned char out[static PART10_HEADER_BYTES])
{
    static const unsigned char version[] = {0x02, 0x00, 0x01, 0x00, 'O',
                                            'B',  0x00, 0x00, 0x02, 0x00,
                                            0x00, 0x00, 0x00, 0x01};
    const size_t start = PREAMBLE_BYTES + 4;
    struct header header = {.out = out, .used = start + GROUP_BYTES};
    size_t end;

    put(&header, version, sizeof version);
    put_text(&header, 0x0002, "UI", object->sop_class);
    put_text(&header, 0x0003, "UI", object->sop_uid);
    put_text(&header, 0x0010, "UI", object->transfer_syntax);
    put_text(&header, 0x0012, "UI", OSTEON_IMPLEMENTATION_UID);
    put_text(&header, 0x0013, "SH", OSTEON_IMPLEMENTATION_NAME);
    if (object->calling_ae[0])
        put_text(&header, 0x0016, "AE", object->calling_ae);
    if (object->called_ae[0])
        put_text(&header, 0x0018, "AE", object->called_ae);
    end = header.used;

    memset(out, 0, PREAMBLE_BYTES);
    memcpy(out + PREAMBLE_BYTES, "DICM", 4);
    header.used = start;
    put_number(&header, 0x0002, 2);
    put_number(&header, 0x0000, 2);
    put(&header, "UL", 2);
    put_number(&header, 4, 2);
    put_number(&header, end - start - GROUP_BYTES, 4);
    return end;
}
