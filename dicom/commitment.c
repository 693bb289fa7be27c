/* Four small data sets, written and read by hand: a report may come from
 * anybody who reaches our port, and nothing of it may reach DCMTK's parser.
 * Reading goes through the same bounded walk that every received object
 * passes. */
#include "dicom/commitment.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf/mem.h"
#include "dicom/scan.h"
#include "dicom/scan_walk.h"

enum {
    SOP_UID = 0x00080018,
    LEVEL = 0x00080052,
    SOP_CLASS_REFERENCED = 0x00081150,
    SOP_UID_REFERENCED = 0x00081155,
    TRANSACTION = 0x00081195,
    FAILURE_REASON = 0x00081197,
    FAILED_SEQUENCE = 0x00081198,
    REFERENCED_SEQUENCE = 0x00081199,
    STUDY_UID = 0x0020000D,
    SERIES_UID = 0x0020000E
};

#define ITEM       0xFFFEE000U
#define HEAD_BYTES 8U

/* A failure that gives no reason: processing failure. */
#define NO_REASON 0x0110

static const struct scan_limits limits = {.depth = 8,
                                          .elements = 100000,
                                          .inflated_bytes = COMMITMENT_BYTES,
                                          .inflate_ratio = 1};

void commitment_add(struct commitment *c, const char *sop_class,
                    const char *sop_uid, uint16_t failure)
{
    c->sop_classes = mem_grow(c->sop_classes, c->n + 1, sizeof *c->sop_classes);
    c->sop_uids = mem_grow(c->sop_uids, c->n + 1, sizeof *c->sop_uids);
    c->failures = mem_grow(c->failures, c->n + 1, sizeof *c->failures);
    memset(c->sop_classes[c->n], 0, sizeof *c->sop_classes);
    memset(c->sop_uids[c->n], 0, sizeof *c->sop_uids);
    memcpy(c->sop_classes[c->n], sop_class, strnlen(sop_class, 64));
    memcpy(c->sop_uids[c->n], sop_uid, strnlen(sop_uid, 64));
    c->failures[c->n++] = failure;
}

void commitment_free(struct commitment *c)
{
    free(c->sop_classes);
    free(c->sop_uids);
    free(c->failures);
    memset(c, 0, sizeof *c);
}

static unsigned char *put32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        *at++ = (unsigned char)(value >> 8 * i & 0xFF);
    return at;
}

static unsigned char *put_head(unsigned char *at, uint32_t tag, size_t length)
{
    at = put32(at, tag >> 16 | tag << 16);
    return put32(at, (uint32_t)length);
}

/* Values are even: a UID is padded with NUL, other text with a space. */
static size_t even(const char *text)
{
    const size_t n = strnlen(text, 64);

    return n + (n & 1);
}

static unsigned char *put_text(unsigned char *at, uint32_t tag,
                               const char *text, unsigned char pad)
{
    const size_t n = strnlen(text, 64);

    at = put_head(at, tag, even(text));
    memcpy(at, text, n);
    if (n & 1)
        at[n] = pad;
    return at + even(text);
}

static size_t item_bytes(const struct commitment *c, size_t i)
{
    return 2 * HEAD_BYTES + even(c->sop_classes[i]) + even(c->sop_uids[i]);
}

unsigned char *commitment_build(const struct commitment *c, size_t *n_bytes)
{
    size_t items = 0;
    unsigned char *out, *at;

    for (size_t i = 0; i < c->n; i++)
        items += HEAD_BYTES + item_bytes(c, i);
    *n_bytes = 2 * HEAD_BYTES + even(c->transaction) + items;
    at = out = mem_calloc(*n_bytes, 1);
    at = put_text(at, TRANSACTION, c->transaction, '\0');
    at = put_head(at, REFERENCED_SEQUENCE, items);
    for (size_t i = 0; i < c->n; i++) {
        at = put_head(at, ITEM, item_bytes(c, i));
        at = put_text(at, SOP_CLASS_REFERENCED, c->sop_classes[i], '\0');
        at = put_text(at, SOP_UID_REFERENCED, c->sop_uids[i], '\0');
    }
    return out;
}

size_t commitment_query(unsigned char out[COMMITMENT_QUERY_BYTES],
                        const char *study_uid, const char *series_uid,
                        const char *sop_uid)
{
    unsigned char *at = out;

    at = put_text(at, SOP_UID, sop_uid, '\0');
    at = put_text(at, LEVEL, "IMAGE", ' ');
    at = put_text(at, STUDY_UID, study_uid, '\0');
    at = put_text(at, SERIES_UID, series_uid, '\0');
    return (size_t)(at - out);
}

/* What the walk has come to. */
struct reading {
    struct commitment *out;
    uint32_t sequence; /* we are in an item of it; 0: none */
    bool item;
    char sop_class[65], sop_uid[65], found[65];
    uint16_t failure;
};

static bool read_uid(const struct scan_element *element,
                     struct scan_reader *reader, char out[static 65],
                     struct err *err)
{
    char value[66] = "";
    size_t n = element->length;

    if (n >= sizeof value)
        return err_set(err, ERR_REJECT, "element (%04X,%04X) is no UID",
                       element->tag >> 16, element->tag & 0xFFFFU);
    if (!scan_reader_all(reader, value, n, err))
        return false;
    while (n > 0 && (value[n - 1] == '\0' || value[n - 1] == ' '))
        value[--n] = '\0';
    if (!scan_uid_valid(value))
        return err_set(err, ERR_REJECT, "element (%04X,%04X) is no UID",
                       element->tag >> 16, element->tag & 0xFFFFU);
    memcpy(out, value, 65);
    return true;
}

static bool read_reason(const struct scan_element *element,
                        struct scan_reader *reader, uint16_t *out,
                        struct err *err)
{
    unsigned char bytes[2];

    if (element->length != sizeof bytes)
        return err_set(err, ERR_REJECT, "FailureReason is not one number");
    if (!scan_reader_all(reader, bytes, sizeof bytes, err))
        return false;
    *out = scan_u16(bytes, element->big);
    return true;
}

static bool see_value(struct reading *r, const struct scan_element *element,
                      struct scan_reader *reader, struct err *err)
{
    if (element->depth == 0) {
        if (element->tag == TRANSACTION)
            return read_uid(element, reader, r->out->transaction, err);
        if (element->tag == SOP_UID)
            return read_uid(element, reader, r->found, err);
        return true;
    }
    if (element->depth != 1 || r->sequence == 0)
        return true;
    switch (element->tag) {
    case SOP_CLASS_REFERENCED:
        return read_uid(element, reader, r->sop_class, err);
    case SOP_UID_REFERENCED:
        return read_uid(element, reader, r->sop_uid, err);
    case FAILURE_REASON:
        return read_reason(element, reader, &r->failure, err);
    default:
        return true;
    }
}

static bool end_item(struct reading *r, struct err *err)
{
    bool failed = r->sequence == FAILED_SEQUENCE;

    if (r->sop_uid[0] == '\0')
        return err_set(err, ERR_REJECT,
                       "an item without ReferencedSOPInstanceUID");
    if (r->out->n == COMMITMENT_OBJECTS)
        return err_set(err, ERR_REJECT, "over %d objects in one report",
                       COMMITMENT_OBJECTS);
    if (failed && r->failure == 0)
        r->failure = NO_REASON;
    commitment_add(r->out, r->sop_class, r->sop_uid, failed ? r->failure : 0);
    return true;
}

static bool see(void *ctx, enum scan_event event,
                const struct scan_element *element, struct scan_reader *reader,
                struct err *err)
{
    struct reading *r = ctx;

    switch (event) {
    case SCAN_SEQUENCE:
        if (element->depth == 0 && (element->tag == FAILED_SEQUENCE ||
                                    element->tag == REFERENCED_SEQUENCE))
            r->sequence = element->tag;
        return true;
    case SCAN_SEQUENCE_END:
        if (element->depth == 0)
            r->sequence = 0;
        return true;
    case SCAN_ITEM:
        if (element->depth != 1)
            return true;
        r->sop_class[0] = r->sop_uid[0] = '\0';
        r->failure = 0;
        return true;
    case SCAN_ITEM_END:
        return element->depth != 1 || r->sequence == 0 || end_item(r, err);
    case SCAN_ELEMENT:
        return see_value(r, element, reader, err);
    case SCAN_FRAGMENTS:
    case SCAN_FRAGMENT:
    case SCAN_FRAGMENTS_END:
        break;
    }
    return true;
}

static bool walk(int fd, const char *transfer_syntax, struct reading *r,
                 struct err *err)
{
    struct scan_reader *reader = mem_calloc(1, sizeof *reader);
    bool good = scan_reader_open(reader, fd, 0, false, &limits, err);

    if (good) {
        good = scan_walk(reader, scan_syntax_of(transfer_syntax), &limits, see,
                         r, err);
        scan_reader_close(reader);
    }
    free(reader);
    return good;
}

/* The walk reads from a descriptor; this one has no name and no disk. */
static bool read_bytes(const void *bytes, size_t n, const char *transfer_syntax,
                       struct reading *r, struct err *err)
{
    int fd = memfd_create("report", MFD_CLOEXEC);
    bool good;

    if (fd < 0)
        return err_set(err, ERR_RETRY, "no memory for a report");
    if (n > COMMITMENT_BYTES)
        good = err_set(err, ERR_REJECT, "larger than a report may be");
    else if (write(fd, bytes, n) != (ssize_t)n)
        good = err_set(err, ERR_RETRY, "no memory for a report");
    else
        good = walk(fd, transfer_syntax, r, err);
    close(fd);
    return good;
}

bool commitment_parse(const void *bytes, size_t n, const char *transfer_syntax,
                      struct commitment *out, struct err *err)
{
    struct reading r = {.out = out};

    if (!read_bytes(bytes, n, transfer_syntax, &r, err))
        return false;
    if (out->transaction[0] == '\0')
        return err_set(err, ERR_REJECT, "a report without TransactionUID");
    return true;
}

bool commitment_names(const void *bytes, size_t n, const char *sop_uid)
{
    struct commitment ignored = {0};
    struct reading r = {.out = &ignored};
    struct err err = {0};
    bool read = read_bytes(bytes, n, COMMITMENT_SYNTAX, &r, &err);

    commitment_free(&ignored);
    return read && strcmp(r.found, sop_uid) == 0;
}
