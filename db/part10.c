/* Received files carry a header of ours, never the sender's: a preamble can
 * hold a program (CVE-2019-11687), and a meta header can contradict what was
 * negotiated. It is so little that no toolkit is needed for it. */
#include "db/part10.h"

#include <string.h>

#include "conf/version.h"
#include "db/part10_block.h"

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

/* An OB element: two reserved bytes and a length of four. */
static void put_bytes(struct header *header, unsigned element,
                      const unsigned char *bytes, size_t n)
{
    put_number(header, 0x0002, 2);
    put_number(header, element, 2);
    put(header, "OB\0", 4);
    put_number(header, n, 4);
    put(header, bytes, n);
}

size_t part10_header(const struct object *object,
                     unsigned char out[static PART10_HEADER_BYTES])
{
    static const unsigned char version[] = {0, 1};
    static const unsigned char empty[PART10_BLOCK_BYTES];
    const size_t start = PREAMBLE_BYTES + 4;
    struct header header = {.out = out, .used = start + GROUP_BYTES};
    size_t end;

    put_bytes(&header, 0x0001, version, sizeof version);
    put_text(&header, 0x0002, "UI", object->sop_class);
    put_text(&header, 0x0003, "UI", object->sop_uid);
    put_text(&header, 0x0010, "UI", object->transfer_syntax);
    put_text(&header, 0x0012, "UI", OSTEON_IMPLEMENTATION_UID);
    put_text(&header, 0x0013, "SH", OSTEON_IMPLEMENTATION_NAME);
    if (object->calling_ae[0])
        put_text(&header, 0x0016, "AE", object->calling_ae);
    if (object->called_ae[0])
        put_text(&header, 0x0018, "AE", object->called_ae);
    put_text(&header, 0x0100, "UI", OSTEON_PRIVATE_UID);
    put_bytes(&header, 0x0102, empty, sizeof empty);
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

struct reader {
    const unsigned char *bytes;
    size_t at, end;
};

static size_t number(const unsigned char *bytes, size_t n)
{
    size_t value = 0;

    while (n-- > 0)
        value = value << 8 | bytes[n];
    return value;
}

/* The next element of group 0002: its number and value. */
static bool next(struct reader *r, unsigned *element,
                 const unsigned char **value, size_t *n)
{
    const unsigned char *at = r->bytes + r->at;
    size_t left = r->end - r->at, head = 8;

    if (left < 12 || number(at, 2) != 0x0002)
        return false;
    *element = (unsigned)number(at + 2, 2);
    *n = number(at + 6, 2);
    if (memcmp(at + 4, "OB", 2) == 0) {
        head = 12;
        *n = number(at + 8, 4);
    }
    if (*n > left - head)
        return false;
    *value = at + head;
    r->at += head + *n;
    return true;
}

/* Without its padding; false: longer than its place. */
static bool text(char *out, size_t size, const unsigned char *value, size_t n)
{
    while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\0'))
        n--;
    if (n >= size || memchr(value, '\0', n))
        return false;
    memcpy(out, value, n);
    out[n] = '\0';
    return true;
}

static bool take(struct object *object, unsigned element,
                 const unsigned char *value, size_t n)
{
    char creator[65];

    switch (element) {
    case 0x0002:
        return text(object->sop_class, sizeof object->sop_class, value, n);
    case 0x0003:
        return text(object->sop_uid, sizeof object->sop_uid, value, n);
    case 0x0010:
        return text(object->transfer_syntax, sizeof object->transfer_syntax,
                    value, n);
    case 0x0016:
        return text(object->calling_ae, sizeof object->calling_ae, value, n);
    case 0x0018:
        return text(object->called_ae, sizeof object->called_ae, value, n);
    case 0x0100:
        return text(creator, sizeof creator, value, n) &&
               strcmp(creator, OSTEON_PRIVATE_UID) == 0;
    default:
        return true;
    }
}

bool part10_read(const unsigned char *bytes, size_t n, struct object *object,
                 struct result_of *result, struct err *err)
{
    const size_t start = PREAMBLE_BYTES + 4 + GROUP_BYTES;
    struct reader r = {.bytes = bytes, .at = start};
    const unsigned char *value = NULL;
    unsigned element = 0;
    size_t length = 0;

    memset(object, 0, sizeof *object);
    if (n < start || memcmp(bytes + PREAMBLE_BYTES, "DICM", 4) != 0 ||
        number(bytes + start - 4, 4) > PART10_HEADER_BYTES - start ||
        number(bytes + start - 4, 4) > n - start)
        return err_set(err, ERR_REJECT, "it does not begin with our header");
    r.end = start + number(bytes + start - 4, 4);
    while (r.at < r.end)
        if (!next(&r, &element, &value, &length) ||
            !take(object, element, value, length))
            return err_set(err, ERR_REJECT, "its header is malformed");
    if (element != 0x0102 || length != PART10_BLOCK_BYTES)
        return err_set(err, ERR_REJECT, "its header is not one of this node");
    object->data_offset = (int64_t)r.end;
    return part10_block_read(bytes, r.end, object, result, err);
}
